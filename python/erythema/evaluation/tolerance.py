"""How far apart the borders of two readers lie: what surface Dice tolerates."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from itertools import combinations

import numpy as np
from numpy.typing import NDArray

from erythema.datasets.folder import OUTLINED, DataSet, list_persons, read_folder, read_mask
from erythema.measurement.agreement import at_longer_side, surface_distances
from erythema.segmentation.photo import read_photo

# Pixels where the photo's longer side has 512: `erythema evaluate` prints it for a folder with two
# readers. Measured on 20 photos of red patches, drawn twice by hand, not by clinicians.
READERS_DISTANCE = 5**0.5


@dataclass(frozen=True)
class Tolerance:
    """A distance in pixels of a photo whose longer side has 512, and where it is from."""

    pixels: float
    source: str


def readers_tolerance(data_sets: Sequence[DataSet]) -> Tolerance:
    """Return the median distance between the borders that two readers drew of the same photos.

    Over all border pixels of all photos that both outlined, from each reader to the other; where no
    folder has two readers, ``READERS_DISTANCE``. A consensus of readers is none of them. Nikolov et
    al. (2021), doi:10.2196/26151, take the tolerance of surface Dice from the readers' own
    disagreement.
    """
    distances: list[NDArray[np.float64]] = []
    sources = []
    for data_set in data_sets:
        for pair in combinations(list_persons(data_set.folder), 2):
            of_pair = list(_distances(data_set, *pair))
            if of_pair:
                distances += of_pair
                sources.append(
                    f"readers {' and '.join(pair)} on {len(of_pair)} photos of {data_set.name}"
                )
    if not distances:
        return Tolerance(READERS_DISTANCE, "two readers on 20 other photos")
    return Tolerance(float(np.median(np.concatenate(distances))), ", ".join(sources))


def _distances(data_set: DataSet, one: str, other: str) -> Iterator[NDArray[np.float64]]:
    """Both directed distances, of each photo that two readers outlined."""
    ones, others = (
        {entry.id: entry for entry in read_folder(data_set.folder, reader).entries}
        for reader in (one, other)
    )
    for photo in sorted(ones.keys() & others.keys()):
        readings = ones[photo], others[photo]
        if any(reading.state != OUTLINED for reading in readings):
            continue
        shape = read_photo(readings[0].photo).shape[:2]
        masks = [at_longer_side(read_mask(reading, shape)) for reading in readings]
        if all(mask.any() for mask in masks):
            yield np.concatenate(surface_distances(*masks))
