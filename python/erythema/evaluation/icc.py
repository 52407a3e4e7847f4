"""The intraclass correlation of sizes that several readers measured."""

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray
from scipy import stats

from erythema.evaluation.intervals import Interval, bootstrap_over_patients

FEWEST_PHOTOS = 3


@dataclass(frozen=True)
class Icc:
    """ICC(A,1) and its 95 % interval; None where it does not exist."""

    value: float
    interval: Interval | None
    photos: int


@dataclass(frozen=True)
class _Squares:
    """Mean squares of a two-way analysis of variance without replication."""

    photos: float
    readers: float
    rest: float


def icc_a1(sizes: NDArray[np.float64], patients: Sequence[str]) -> Icc | None:
    """Return ICC(A,1): absolute agreement of single readers, photos and readers both at random.

    It is ICC(2,1) of Shrout & Fleiss (1979), doi:10.1037/0033-2909.86.2.420, in the words of McGraw
    & Wong (1996), doi:10.1037/1082-989X.1.1.30, whose interval this is where each patient has one
    photo. Photos of one patient are not independent: where there are some, the interval is a
    bootstrap over patients. ICC grows with the range of sizes among the photos, so it says little
    about a single reading without Bland & Altman's limits beside it.

    Parameters
    ----------
    sizes: of shape (photos, readers).
    patients: the patient of each photo.

    Returns
    -------
    None with fewer than 3 photos, or where all sizes are the same.

    >>> sizes = np.array([[1.0, 2.0], [3.0, 4.0], [5.0, 6.0]])
    >>> round(icc_a1(sizes, ["A", "B", "C"]).value, 3)
    0.889
    """
    if len(sizes) < FEWEST_PHOTOS or np.ptp(sizes) == 0:
        return None
    value = _icc(sizes)
    if len(set(patients)) < len(patients):
        interval = bootstrap_over_patients(lambda photos: _icc(sizes[photos]), patients)
    else:
        interval = _interval(sizes, value)
    return Icc(value, interval, len(sizes))


def _mean_squares(sizes: NDArray[np.float64]) -> _Squares:
    photos, readers = sizes.shape
    mean = sizes.mean()
    of_photos = sizes.mean(axis=1) - mean
    of_readers = sizes.mean(axis=0) - mean
    rest = sizes - mean - of_photos[:, None] - of_readers
    return _Squares(
        photos=float(readers * np.sum(of_photos**2) / (photos - 1)),
        readers=float(photos * np.sum(of_readers**2) / (readers - 1)),
        rest=float(np.sum(rest**2) / ((photos - 1) * (readers - 1))),
    )


def _icc(sizes: NDArray[np.float64]) -> float:
    photos, readers = sizes.shape
    squares = _mean_squares(sizes)
    total = (
        squares.photos
        + (readers - 1) * squares.rest
        + readers * (squares.readers - squares.rest) / photos
    )
    # A draw of the bootstrap may hold one photo only, of which all readers say the same.
    return (squares.photos - squares.rest) / total if total else 1.0


def _interval(sizes: NDArray[np.float64], icc: float) -> Interval | None:
    """McGraw & Wong's for ICC(A,1), with Satterthwaite's degrees of freedom."""
    photos, readers = sizes.shape
    squares = _mean_squares(sizes)
    if icc >= 1 or squares.readers + squares.rest == 0:
        return None
    of_readers = readers * icc / (photos * (1 - icc)) * squares.readers
    of_rest = (1 + readers * icc * (photos - 1) / (photos * (1 - icc))) * squares.rest
    freedom = (of_readers + of_rest) ** 2 / (
        of_readers**2 / (readers - 1) + of_rest**2 / ((photos - 1) * (readers - 1))
    )
    error = readers * squares.readers + (readers * photos - readers - photos) * squares.rest
    above = stats.f.ppf(0.975, photos - 1, freedom)
    below = stats.f.ppf(0.975, freedom, photos - 1)
    low = (
        photos * (squares.photos - above * squares.rest) / (above * error + photos * squares.photos)
    )
    high = (
        photos * (below * squares.photos - squares.rest) / (error + photos * below * squares.photos)
    )
    return Interval(float(low), float(high))
