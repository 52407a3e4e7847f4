"""Data sets of rendered skin tests, as folders."""

import csv
import io
from collections.abc import Callable, Sequence
from pathlib import Path
from typing import NamedTuple

import cv2
import numpy as np

from erythema.datasets.folder import NO_ERYTHEMA, OUTLINED, READER_PREFIX
from erythema.errors import ErythemaError
from erythema.files import new_folder, write_beside
from erythema.learning.forearms import Forearm, read_forearms
from erythema.learning.skin import Pixels
from erythema.learning.synthesis import TEST, TRAINING, Ranges, Rendering, render
from erythema.segmentation.outline import area, trace_smoothly, with_few_corners
from erythema.segmentation.roi_set import Roi, write_rois

READER = "rendered"
JPEG_QUALITY = 92
EVERY_NTH_WITHOUT = 5  # no reaction in it

_SMALLEST = 4.0  # square pixels
_COLUMNS = (
    "photo",
    "patient",
    "width",
    "height",
    "region",
    "fitzpatrick",
    "diagnosis",
    "mm_per_pixel",
)


class SplitError(ErythemaError, ValueError):
    """A split that does not exist."""


class Split(NamedTuple):
    """What a rendered data set is made of; photo N depends on the seed and N only."""

    ranges: Ranges
    held_out: bool  # on the held-out forearms, or on all others
    photos: int
    seed: int


SPLITS = {
    "training": Split(TRAINING, held_out=False, photos=480, seed=1),
    "test": Split(TEST, held_out=True, photos=120, seed=2),
}


def split(name: str) -> Split:
    """Return a split by its name.

    Raises
    ------
    SplitError: there is none of that name.
    """
    if name not in SPLITS:
        raise SplitError(f"no split {name!r}; known: {', '.join(SPLITS)}")
    return SPLITS[name]


def render_nth(wanted: Split, forearms: list[Forearm], number: int) -> Rendering:
    """Return photo ``number`` of a split, from 1 on; every fifth is without a reaction."""
    rng = np.random.default_rng([wanted.seed, number])
    reactions = number % EVERY_NTH_WITHOUT != 0
    return render(wanted.ranges, forearms, reactions=reactions, rng=rng)


def write_rendered_set(
    out: Path,
    wanted: Split,
    forearms: Path | None,
    progress: Callable[[int], None] = lambda number: None,
) -> None:
    """Render a data set into the folder ``out``, erythema as the reader "rendered" outlined it.

    Wheals lie in ``out/wheals/ID.zip``. ``photos.csv`` names the forearm's scene as the patient,
    and a patient of its own for each drawn arm.

    Parameters
    ----------
    forearms: folder of the photos of forearms; None draws all arms.
    progress: called with each photo's number before it is rendered.

    Raises
    ------
    OutputError: ``out`` exists and is no empty folder.
    ForearmError, DataSetError: ``forearms`` does not hold these photos.
    """
    arms = read_forearms(forearms, held_out=wanted.held_out) if forearms else []
    with new_folder(out) as folder:
        reader = folder / (READER_PREFIX + READER)
        reader.mkdir()
        (folder / "wheals").mkdir()
        photos, readings = [], []
        for number in range(1, wanted.photos + 1):
            progress(number)
            name = f"rendered_{number:04d}"
            rendering = render_nth(wanted, arms, number)
            _write_photo(folder / f"{name}.jpg", rendering)
            erythema = _rois("erythema", rendering.erythema)
            if erythema:
                write_rois(reader / f"{name}.zip", erythema)
            wheals = _rois("wheal", rendering.wheals)
            if wheals:
                write_rois(folder / "wheals" / f"{name}.zip", wheals)
            height, width = rendering.photo.shape[:2]
            scale = f"{rendering.mm_per_pixel:.4f}"
            photos.append(
                (name, rendering.patient, width, height, "forearm", rendering.tone, "", scale)
            )
            readings.append((name, OUTLINED if erythema else NO_ERYTHEMA, ""))
        _write_table(folder / "photos.csv", _COLUMNS, photos)
        _write_table(reader / "readings.csv", ("photo", "state", "reason"), readings)


def _write_photo(path: Path, rendering: Rendering) -> None:
    bgr = np.ascontiguousarray(rendering.photo[..., ::-1])
    _, content = cv2.imencode(".jpg", bgr, [cv2.IMWRITE_JPEG_QUALITY, JPEG_QUALITY])
    write_beside(path, content.tobytes())


def _rois(name: str, field: Pixels) -> list[Roi]:
    """One ROI a region, from top to bottom."""
    smooth = [line for line in trace_smoothly(field, 0.5) if area(line) >= _SMALLEST]
    outlines = sorted(map(with_few_corners, smooth), key=lambda line: float(line[:, 1].min()))
    return [Roi(f"{name} {number}", [line], {}) for number, line in enumerate(outlines, 1)]


def _write_table(path: Path, columns: Sequence[str], rows: Sequence[Sequence[object]]) -> None:
    text = io.StringIO()
    writer = csv.writer(text, lineterminator="\n")
    writer.writerow(columns)
    writer.writerows(rows)
    write_beside(path, text.getvalue())
