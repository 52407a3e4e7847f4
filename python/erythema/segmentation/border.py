"""Where a border is doubtful: an inner and an outer line, level sets of the probability."""

import math
from typing import Callable, List, NamedTuple, Optional, Sequence

import cv2
import numpy as np

from erythema.segmentation.outline import (
    area,
    around,
    fill,
    fill_each,
    trace_smoothly,
    with_few_corners,
)
from erythema.segmentation.reactions import Reaction

_HIGHEST = 14.0  # logit of a level; float32 knows no probability much nearer to 1
_HALVINGS = 12  # of the range of logits: the last two levels differ by less than 0.01 there


class Border(NamedTuple):
    """The lines between which a reaction's border is expected; float64 (n, 2), as outlines are."""

    inner: np.ndarray
    outer: np.ndarray


def borders(
    probability: np.ndarray, reactions: Sequence[Reaction], threshold: float
) -> List[Border]:
    """Return for each reaction the lines that enclose the low and high end of its area interval.

    Each is the border of the reaction's region at another level of the probability: the inner one
    at the highest at which the region still has the interval's low end, the outer one at the
    lowest at which it has no more than the high end. The outer line ends before it meets another
    reaction, or goes farther from its own than that one's size. Where no such level is, a line is
    the reaction's outline. Lines are simplified as outlines are: within that tolerance, the inner
    one lies inside the outline, and that inside the outer one.

    Parameters
    ----------
    probability: float32 of shape (height, width) in [0, 1].
    reactions: all that were found in it.
    threshold: with which they were found.

    Raises
    ------
    ValueError: a reaction has no area interval.
    """
    return [
        _border(probability, reaction, [one for one in reactions if one is not reaction], threshold)
        for reaction in reactions
    ]


def _border(
    probability: np.ndarray, reaction: Reaction, others: Sequence[Reaction], threshold: float
) -> Border:
    low, high = reaction.area_low_px, reaction.area_high_px
    if low is None or high is None:
        raise ValueError("{} has no area interval".format(reaction.name))
    size = np.ptp(reaction.outline, axis=0)
    window, corner = around(reaction.outline, probability.shape, margin=size)
    near, outline = probability[window], reaction.outline - corner
    inside = fill([outline], near.shape)
    elsewhere = fill_each([[other.outline - corner] for other in others], near.shape)

    def still_large(region: np.ndarray) -> bool:
        return area(region) >= low

    def still_small(region: np.ndarray) -> bool:
        return area(region) <= high and not np.any(fill([region], near.shape) & elsewhere)

    def line(limit: float, good: Callable[[np.ndarray], bool]) -> np.ndarray:
        found = _last_good(near, inside, threshold, limit, good)
        return reaction.outline if found is None else with_few_corners(found + corner)

    return Border(inner=line(_HIGHEST, still_large), outer=line(-_HIGHEST, still_small))


def _last_good(
    probability: np.ndarray,
    inside: np.ndarray,
    threshold: float,
    limit: float,
    good: Callable[[np.ndarray], bool],
) -> Optional[np.ndarray]:
    """The reaction's region at the level nearest to the limit at which it is good.

    Halved are logits: most of a photo's probabilities lie next to 0 and to 1.
    """
    sure = min(threshold, 1 - 1e-6)  # 1 has no logit
    level, beyond, best = math.log(sure / (1 - sure)), limit, None
    for _ in range(_HALVINGS):
        middle = (level + beyond) / 2
        region = _region(probability, inside, 1 / (1 + math.exp(-middle)))
        if region is not None and good(region):
            level, best = middle, region
        else:
            beyond = middle
    return best


def _region(probability: np.ndarray, inside: np.ndarray, level: float) -> Optional[np.ndarray]:
    """The border of the region at a level that holds most of the reaction; None where none does."""
    labels = cv2.connectedComponents((probability >= level).astype(np.uint8), connectivity=4)[1]
    shares = np.bincount(labels[inside], minlength=1)
    shares[0] = 0  # the background
    if not shares.any():
        return None
    others = (labels > 0) & (labels != int(shares.argmax()))
    (outline,) = trace_smoothly(np.where(others, np.float32(0), probability), level)
    return outline
