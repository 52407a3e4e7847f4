"""The scores of photos, and what many of them say together.

"drawn" is what the reader outlined; "found" is what the network, or another reader, outlined.
"""

import math
import statistics
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from erythema.datasets.folder import NO_ERYTHEMA, Entry
from erythema.evaluation.intervals import (
    Interval,
    Proportion,
    bootstrap_over_patients,
    clopper_pearson,
)
from erythema.evaluation.reliability import reliability_counts
from erythema.measurement import agreement
from erythema.segmentation.confidence import Evidence, evidence

Counts = tuple[tuple[int, float, int], ...]  # a bin: pixels, sum of probability, drawn pixels

Mask = NDArray[np.bool_]

HARD = ("dice", "precision", "recall")
SOFT = ("soft_dice", "soft_precision", "soft_recall")
PER_PHOTO = (*HARD, *SOFT, "hd95", "surface_dice", "matched_dice")
POOLED = (*HARD, *SOFT, "detection_f1")


@dataclass(frozen=True)
class FoundReaction:
    """One reaction that a network found, and whether it was right."""

    evidence: Evidence
    log_area_ratio: float | None  # ln(drawn area / found area); None where no drawn one matches it


@dataclass(frozen=True)
class PhotoScore:
    """How what was found in one photo agrees with what was drawn.

    Shares lie in [0, 1]. Soft ones take the probability itself for what was found; they are None
    where a reader found. Where nothing is drawn, all shares and distances are None.
    """

    data_set: str  # the folder's name
    photo: str  # its ID
    patient: str
    state: str  # what the reader said: outlined or no erythema
    fold: int | None  # from 0; None outside of a cross-validation
    trained_on: bool  # the network saw this photo in training
    drawn_px: int
    found_px: int
    both_px: int
    dice: float | None
    precision: float | None
    recall: float | None
    soft_found_px: float | None  # sum of the probability
    soft_both_px: float | None  # that of it inside what is drawn
    soft_dice: float | None
    soft_precision: float | None
    soft_recall: float | None
    hd95: float | None  # pixels where the photo's longer side has 512
    surface_dice: float | None
    reactions_drawn: int
    reactions_found: int
    reactions_matched: int
    matched_dice: float | None  # mean Dice of the matched reactions; None where none is
    reliability: Counts | None  # None where a reader found
    found: tuple[FoundReaction, ...] | None = None  # None where a reader found


@dataclass(frozen=True)
class Figure:
    """One figure of many photos. Spread, median and worst are those of a mean's values."""

    value: float
    interval: Interval | None  # 95 %, by bootstrap over patients; None with too few of them
    spread: float | None  # standard deviation
    median: float | None
    worst: float | None  # the lowest value, but the highest of HD95
    of: int  # photos


@dataclass(frozen=True)
class Summary:
    """What the scores of many photos say together.

    Photos without erythema are in ``false_reactions`` only. A measure that no photo has is in
    neither dictionary.
    """

    photos: int  # outlined
    patients: int  # of these photos
    per_photo: dict[str, Figure]  # means, by the names in PER_PHOTO
    pooled: dict[str, Figure]  # of the sums over all photos, by the names in POOLED
    false_reactions: Proportion | None  # photos without erythema in which something was found


@dataclass(frozen=True)
class Found:
    """What a network or a reader outlined in one photo of shape (height, width)."""

    reactions: Sequence[Mask]  # one a reaction
    probability: NDArray[np.float32] | None  # None where a reader found


def score_photo(
    entry: Entry,
    found: Found,
    drawn: Sequence[Mask],
    shape: tuple[int, int],
    tolerance: float,
    *,
    data_set: str,
    fold: int | None = None,
    trained_on: bool = False,
) -> PhotoScore:
    """Return how what was found in one photo agrees with what the reader drew.

    Parameters
    ----------
    drawn: one mask a reaction, each of the photo's shape (height, width).
    tolerance: of surface Dice, in pixels of a photo whose longer side has 512.
    """
    found_mask, drawn_mask = together(found.reactions, shape), together(drawn, shape)
    probability = found.probability
    pairs = agreement.match(found.reactions, drawn)
    dice_of_pairs = [agreement.dice(found.reactions[one], drawn[other]) for one, other in pairs]
    hard = _shares(found_mask, drawn_mask)
    soft = dict.fromkeys(hard) if probability is None else _shares(probability, drawn_mask)
    return PhotoScore(
        data_set=data_set,
        photo=entry.id,
        patient=entry.patient,
        state=entry.state,
        fold=fold,
        trained_on=trained_on,
        drawn_px=int(drawn_mask.sum()),
        found_px=int(found_mask.sum()),
        both_px=int((found_mask & drawn_mask).sum()),
        **hard,
        soft_found_px=None if probability is None else _sum(probability),
        soft_both_px=None if probability is None else _sum(probability[drawn_mask]),
        **{f"soft_{name}": share for name, share in soft.items()},
        **_distances(found_mask, drawn_mask, tolerance),
        reactions_drawn=len(drawn),
        reactions_found=len(found.reactions),
        reactions_matched=len(pairs),
        matched_dice=statistics.fmean(dice_of_pairs) if pairs else None,
        reliability=None
        if probability is None
        else tuple(reliability_counts(probability, drawn_mask)),
        found=None
        if probability is None
        else _found_reactions(found.reactions, probability, drawn, dict(pairs)),
    )


def together(reactions: Sequence[Mask], shape: tuple[int, int]) -> Mask:
    """Return the mask (height, width) of all reactions of a photo."""
    mask = np.zeros(shape, bool)
    for reaction in reactions:
        mask |= reaction
    return mask


def summarise(scores: Sequence[PhotoScore], seed: int = 0) -> Summary:
    """Return what the scores of many photos say together; ``seed`` is that of the bootstrap."""
    outlined = [score for score in scores if score.drawn_px]
    alarms = [score.found_px > 0 for score in scores if score.state == NO_ERYTHEMA]
    means = {name: mean_of(outlined, name, seed) for name in PER_PHOTO}
    pooled = {name: _pooled(outlined, name, seed) for name in POOLED}
    return Summary(
        photos=len(outlined),
        patients=len({score.patient for score in outlined}),
        per_photo={name: figure for name, figure in means.items() if figure},
        pooled={name: figure for name, figure in pooled.items() if figure},
        false_reactions=clopper_pearson(sum(alarms), len(alarms)) if alarms else None,
    )


def mean_of(scores: Sequence[PhotoScore], name: str, seed: int) -> Figure | None:
    """Return the mean of one measure over the photos that have it; None where none has."""
    having = [score for score in scores if getattr(score, name) is not None]
    values = [getattr(score, name) for score in having]
    return mean_figure(name, values, [score.patient for score in having], seed)


def mean_figure(
    name: str, values: Sequence[float], patients: Sequence[str], seed: int
) -> Figure | None:
    """Return the mean of a measure's value a photo; None where there is no photo."""
    if not values:
        return None
    array = np.array(values)
    return Figure(
        value=statistics.fmean(values),
        interval=bootstrap_over_patients(lambda photos: array[photos].mean(), patients, seed),
        spread=statistics.stdev(values) if len(values) > 1 else None,
        median=statistics.median(values),
        worst=max(values) if name == "hd95" else min(values),
        of=len(values),
    )


Ratio = Callable[[NDArray[np.float64]], float]  # of the sums of drawn, found and both


def _dice(sums: NDArray[np.float64]) -> float:
    return 2 * sums[2] / (sums[0] + sums[1])


def _precision(sums: NDArray[np.float64]) -> float:
    return sums[2] / sums[1] if sums[1] else 0.0


def _recall(sums: NDArray[np.float64]) -> float:
    return sums[2] / sums[0]


def _f1(sums: NDArray[np.float64]) -> float:
    drawn, found, matched = (int(count) for count in sums)
    return agreement.detection_f1(matched, found, drawn)


_HARD_SUMS = ("drawn_px", "found_px", "both_px")
_SOFT_SUMS = ("drawn_px", "soft_found_px", "soft_both_px")
_REACTION_SUMS = ("reactions_drawn", "reactions_found", "reactions_matched")
_RATIOS: Mapping[str, tuple[Ratio, tuple[str, str, str]]] = {
    "dice": (_dice, _HARD_SUMS),
    "precision": (_precision, _HARD_SUMS),
    "recall": (_recall, _HARD_SUMS),
    "soft_dice": (_dice, _SOFT_SUMS),
    "soft_precision": (_precision, _SOFT_SUMS),
    "soft_recall": (_recall, _SOFT_SUMS),
    "detection_f1": (_f1, _REACTION_SUMS),
}


def _pooled(outlined: Sequence[PhotoScore], name: str, seed: int) -> Figure | None:
    """A ratio of sums over all photos; None where a reader found and so has no probability."""
    ratio, columns = _RATIOS[name]
    rows = [[getattr(score, column) for column in columns] for score in outlined]
    if not rows or any(None in row for row in rows):
        return None
    amounts = np.array(rows, np.float64)
    patients = [score.patient for score in outlined]
    return Figure(
        value=float(ratio(amounts.sum(axis=0))),
        interval=bootstrap_over_patients(
            lambda photos: ratio(amounts[photos].sum(axis=0)), patients, seed
        ),
        spread=None,
        median=None,
        worst=None,
        of=len(rows),
    )


def _shares(found: NDArray[np.generic], drawn: Mask) -> dict[str, float | None]:
    """Dice, precision and recall, hard or soft; None where nothing is drawn."""
    measures = (agreement.dice, agreement.precision, agreement.recall)
    return {one.__name__: one(found, drawn) if drawn.any() else None for one in measures}


def _distances(found: Mask, drawn: Mask, tolerance: float) -> dict[str, float | None]:
    if not drawn.any():
        return {"hd95": None, "surface_dice": None}
    masks = agreement.at_longer_side(found), agreement.at_longer_side(drawn)
    return {
        "hd95": agreement.hd95(*masks),
        "surface_dice": agreement.surface_dice(*masks, tolerance),
    }


def _found_reactions(
    reactions: Sequence[Mask],
    probability: NDArray[np.float32],
    drawn: Sequence[Mask],
    pairs: Mapping[int, int],
) -> tuple[FoundReaction, ...]:
    def log_area_ratio(number: int) -> float:
        return math.log(drawn[pairs[number]].sum() / reactions[number].sum())

    return tuple(
        FoundReaction(
            evidence(probability, mask), log_area_ratio(number) if number in pairs else None
        )
        for number, mask in enumerate(reactions)
    )


def _sum(probability: NDArray[np.float32]) -> float:
    return float(probability.sum(dtype=np.float64))
