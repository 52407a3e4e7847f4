"""Does a probability mean what it says: of all pixels with 0.7, did the reader draw 70 %?"""

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from erythema.evaluation.intervals import Interval, bootstrap_over_patients

BINS = 10  # of equal width, from 0 to 1; a probability on an edge falls into the bin above it

Counts = Sequence[tuple[int, float, int]]  # a bin: pixels, sum of their probability, drawn ones


@dataclass(frozen=True)
class Bin:
    """The pixels of all photos whose probability lies in one bin; shares in [0, 1]."""

    pixels: int
    probability: float  # their mean; 0 where the bin is empty
    drawn: float  # the share of them that the reader drew; 0 where the bin is empty
    interval: Interval | None  # of ``drawn``; None where patients are too few or all alike


@dataclass(frozen=True)
class Reliability:
    """The bins of a reliability diagram, and the expected calibration error, in [0, 1].

    The error is the mean distance of probability and drawn share, weighted by pixels (Naeini et
    al. 2015, doi:10.1609/aaai.v29i1.9602). It has no interval: chance only ever adds to it, so
    that the bootstrap's draws all lie too high.
    """

    bins: tuple[Bin, ...]
    error: float


def reliability_counts(
    probability: NDArray[np.float32], drawn: NDArray[np.bool_]
) -> list[tuple[int, float, int]]:
    """Return for each bin its pixels, the sum of their probability, and how many are drawn.

    Parameters
    ----------
    probability: (height, width) in [0, 1].
    drawn: what the reader outlined, of the same shape.

    >>> counts = reliability_counts(np.array([[0.12, 0.18, 1]]), np.array([[False, True, True]]))
    >>> counts[1], counts[9]
    ((2, 0.3, 1), (1, 1.0, 1))
    """
    flat = probability.ravel()
    edges = (np.arange(1, BINS) / BINS).astype(flat.dtype)
    bins = np.searchsorted(edges, flat, side="right")
    pixels = np.bincount(bins, minlength=BINS)
    sums = np.bincount(bins, flat, BINS)
    hits = np.bincount(bins[drawn.ravel()], minlength=BINS)
    return list(zip(pixels.tolist(), sums.tolist(), hits.tolist(), strict=True))


def reliability(photos: Sequence[Counts], patients: Sequence[str], seed: int = 0) -> Reliability:
    """Return the reliability of the probabilities of many photos together.

    The intervals of the drawn shares are those of ``bootstrap_over_patients``.

    Parameters
    ----------
    photos: what ``reliability_counts`` gave for each photo; at least one photo.
    patients: the patient of each photo.
    seed: of the bootstrap.

    >>> photo = [(4, 1.0, 2), (0, 0.0, 0), (6, 6.0, 6)]
    >>> two = reliability([photo, photo], ["A", "B"])
    >>> [(bin.pixels, bin.probability, bin.drawn) for bin in two.bins], two.error
    ([(8, 0.25, 0.5), (0, 0.0, 0.0), (12, 1.0, 1.0)], 0.1)
    """
    counts = np.array(photos, np.float64)  # (photos, bins, 3)
    pixels, sums, hits = counts.sum(axis=0).T
    filled = np.maximum(pixels, 1)
    bins = tuple(
        Bin(int(count), float(mean), float(share), _interval(counts[:, place], patients, seed))
        for place, (count, mean, share) in enumerate(
            zip(pixels, sums / filled, hits / filled, strict=True)
        )
    )
    return Reliability(bins, float(np.abs(sums - hits).sum() / pixels.sum()))


def _interval(counts: NDArray[np.float64], patients: Sequence[str], seed: int) -> Interval | None:
    """The interval of a bin's drawn share, over the photos that have pixels in it."""
    having = np.flatnonzero(counts[:, 0])
    pixels, hits = counts[having, 0], counts[having, 2]
    return bootstrap_over_patients(
        lambda photos: hits[photos].sum() / pixels[photos].sum(),
        [patients[photo] for photo in having.tolist()],
        seed,
    )
