"""How well two sets of outlines of one photo agree."""

from typing import List, NamedTuple, Sequence, Tuple

import numpy as np

from erythema.measurement.agreement import (
    assign,
    at_longer_side,
    detection_f1,
    dice,
    hd95,
    iou,
    precision,
    recall,
)
from erythema.measurement.size import OutlineError, points_of
from erythema.segmentation.outline import fill

# More would take long, or memory that a small device lacks. Within it lie 500 reactions of a
# quarter of a megapixel on each side, each crossing the rows 4,000 times.
MOST_REACTIONS = 500  # found, or drawn
MOST_PIXELS = 2**28  # in the boxes around all reactions
MOST_CROSSINGS = 2**22  # of all outlines with the centre lines of rows

Outlines = Sequence[np.ndarray]


class Pair(NamedTuple):
    """A found and a drawn reaction that match, by their indices, and how well they agree."""

    found: int
    drawn: int
    iou: float
    dice: float


class Comparison(NamedTuple):
    """How what was found in one photo agrees with what was drawn.

    The measures are those of ``agreement``, up to ``hd95_px`` of all reactions together.
    """

    dice: float
    iou: float
    precision: float
    recall: float
    hd95_px: float  # pixels where the photo's longer side has 512
    area_found_px: int  # pixels whose centres lie in at least one reaction
    area_drawn_px: int
    reactions_found: int
    reactions_drawn: int
    detection_f1: float
    pairs: List[Pair]  # in the order of found


def compare(
    found: Sequence[Outlines], drawn: Sequence[Outlines], shape: Tuple[int, int]
) -> Comparison:
    """Compare two sets of reactions of one photo; reactions match from an IoU of 0.5 on.

    Reactions are compared as the pixels whose centres lie inside; one without any matches none.
    A photo of 64 megapixels needs 1.5 GB of memory for it, with however many reactions.

    Parameters
    ----------
    found, drawn: the outlines of each reaction, as ``outline.fill`` takes them.
    shape: (height, width) of the photo.

    Raises
    ------
    OutlineError: outlines that ``size.measure`` refuses, one outside of the photo, or more than
        ``MOST_REACTIONS``, ``MOST_PIXELS`` or ``MOST_CROSSINGS``.
    MatchingError: scipy is not installed on this device.

    >>> square = np.array([[0.0, 0.0], [2.0, 0.0], [2.0, 2.0], [0.0, 2.0]])
    >>> compare([[square]], [[square]], (4, 4)).pairs
    [Pair(found=0, drawn=0, iou=1.0, dice=1.0)]
    """
    _refuse_too_much(found, drawn, shape)
    found_mask, found_regions = _fill_each(found, shape)
    drawn_mask, drawn_regions = _fill_each(drawn, shape)
    overlaps = _overlaps(found_regions, drawn_regions)
    sums = np.add.outer(
        np.array([region.pixels for region in found_regions], np.int64),
        np.array([region.pixels for region in drawn_regions], np.int64),
    )
    unions = np.maximum(sums - overlaps, 1)  # of two without a pixel, too, nothing is in common
    pairs = [
        Pair(
            one,
            other,
            iou=float(overlaps[one, other] / unions[one, other]),
            dice=float(2 * overlaps[one, other] / sums[one, other]),
        )
        for one, other in assign(overlaps / unions)
    ]
    return Comparison(
        dice=dice(found_mask, drawn_mask),
        iou=iou(found_mask, drawn_mask),
        precision=precision(found_mask, drawn_mask),
        recall=recall(found_mask, drawn_mask),
        hd95_px=hd95(at_longer_side(found_mask), at_longer_side(drawn_mask)),
        area_found_px=int(np.count_nonzero(found_mask)),
        area_drawn_px=int(np.count_nonzero(drawn_mask)),
        reactions_found=len(found),
        reactions_drawn=len(drawn),
        detection_f1=detection_f1(len(pairs), len(found), len(drawn)),
        pairs=pairs,
    )


def _refuse_too_much(
    found: Sequence[Outlines], drawn: Sequence[Outlines], shape: Tuple[int, int]
) -> None:
    """Before anything is filled: a small file can hold what takes hours."""
    if max(len(found), len(drawn)) > MOST_REACTIONS:
        raise OutlineError(
            "{} reactions are too many to compare; {} is the most. Delete those that are "
            "none.".format(max(len(found), len(drawn)), MOST_REACTIONS)
        )
    pixels = crossings = 0
    for outlines in [*found, *drawn]:
        low, high = _box(points_of(outlines), shape)
        if np.any(high <= low):
            raise OutlineError(
                "An outline lies outside of the photo of {1} x {0} pixels. Is that its size, and "
                "are the outlines of this photo?".format(*shape)
            )
        pixels += int(np.prod(high - low))
        crossings += sum(_crossings(outline, shape[0]) for outline in outlines)
    if pixels > MOST_PIXELS or crossings > MOST_CROSSINGS:
        raise OutlineError(
            "The outlines are too many and too large, or too jagged, to compare. Delete those that "
            "are no reactions."
        )


def _box(points: np.ndarray, shape: Tuple[int, int]) -> Tuple[np.ndarray, np.ndarray]:
    """The first row and column of a photo around points, and those behind the last."""
    ends = np.array([shape, shape])
    rows_and_columns = [np.floor(points.min(axis=0))[::-1], np.ceil(points.max(axis=0))[::-1]]
    low, high = np.clip(rows_and_columns, 0, ends).astype(np.int64)
    return low, high


def _crossings(outline: np.ndarray, height: int) -> int:
    """How often an outline crosses the centre lines of a photo's rows."""
    rows = np.clip(np.floor(outline[:, 1] + 0.5), 0, height)
    return int(np.abs(rows - np.roll(rows, 1)).sum())


class _Region(NamedTuple):
    """The pixels of one reaction, as runs along the rows.

    ``low``, ``high``: their box. ``ends``: where runs start and where they end, in turn, counted
    along the photo's rows, one row after the other with one place between.
    """

    low: np.ndarray
    high: np.ndarray
    ends: np.ndarray

    @property
    def pixels(self) -> int:
        return int(np.sum(self.ends[1::2] - self.ends[::2]))


def _fill_each(
    reactions: Sequence[Outlines], shape: Tuple[int, int]
) -> Tuple[np.ndarray, List[_Region]]:
    """The mask of all reactions, as ``outline.fill_each`` gives it, and each reaction's pixels."""
    mask = np.zeros(shape, bool)
    regions = []
    for outlines in reactions:
        low, high = _box(points_of(outlines), shape)
        inside = fill([outline - low[::-1] for outline in outlines], tuple(high - low))
        mask[low[0] : high[0], low[1] : high[1]] |= inside
        regions.append(_Region(low, high, _run_ends(inside, low, shape[1])))
    return mask, regions


def _run_ends(inside: np.ndarray, low: np.ndarray, width: int) -> np.ndarray:
    padded = np.pad(inside, ((0, 0), (1, 1)), "constant")
    rows, columns = np.nonzero(padded[:, 1:] != padded[:, :-1])
    return (rows + low[0]) * (width + 1) + columns + low[1]


def _overlaps(found: Sequence[_Region], drawn: Sequence[_Region]) -> np.ndarray:
    """How many pixels each found and each drawn reaction have in common; int64 (found, drawn)."""
    overlaps = np.zeros((len(found), len(drawn)), np.int64)
    for one, region in enumerate(found):
        for other in _near(region, drawn):
            before = _pixels_before(drawn[other].ends, region.ends)
            overlaps[one, other] = np.sum(before[1::2] - before[::2])
    return overlaps


def _near(region: _Region, others: Sequence[_Region]) -> List[int]:
    """Those whose boxes overlap."""
    lows = np.array([other.low for other in others]).reshape(-1, 2)
    highs = np.array([other.high for other in others]).reshape(-1, 2)
    return np.flatnonzero(np.all((region.low < highs) & (lows < region.high), axis=1)).tolist()


def _pixels_before(ends: np.ndarray, places: np.ndarray) -> np.ndarray:
    """How many pixels of a region's runs lie before each place."""
    passed = np.searchsorted(ends, places)
    signed = np.where(np.arange(len(ends)) % 2, ends, -ends)
    return np.append(0, np.cumsum(signed))[passed] + np.where(passed % 2, places, 0)
