"""How raters of photos agree: two of them, or all readers, on the photos that all of them read.

Raters are readers, and a network where there is one.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from itertools import combinations

import numpy as np

from erythema.evaluation.bland_altman import BlandAltman, bland_altman
from erythema.evaluation.consensus import Reading
from erythema.evaluation.grouping import Overlaps, group
from erythema.evaluation.icc import Icc, icc_a1
from erythema.evaluation.kappa import ReactionAgreement, reaction_agreement
from erythema.evaluation.scores import Figure, mean_figure, together
from erythema.measurement.agreement import assign, dice


@dataclass(frozen=True)
class RatedPhoto:
    """A photo that somebody read. Raters are those who did not find it unusable."""

    id: str
    patient: str
    states: dict[str, str]  # by the name of a reader, the unusable too
    said: dict[str, str]  # the states by the name of a rater
    reactions: dict[str, int]
    areas: dict[str, int]
    dice: dict[tuple[str, str], float | None]
    matched: dict[tuple[str, str], int]
    groups: list[set[str]]  # of each reaction, the readers who drew it; the network is left out


@dataclass(frozen=True)
class PhotoPair:
    """How two raters agree on one photo in which both said where erythema is, or that none is."""

    photo: str  # its ID
    patient: str
    one: str
    other: str
    state_one: str  # outlined or no erythema
    state_other: str
    dice: float | None  # of all reactions together; None where neither drew anything
    area_one_px: int
    area_other_px: int
    reactions_one: int
    reactions_other: int
    reactions_matched: int
    trained_on: bool  # the network, one of the two, saw this photo in training


@dataclass(frozen=True)
class Areas:
    """Agreement of the areas of photos, all reactions together; on the logarithm without 0."""

    icc: Icc | None
    icc_log: Icc | None
    bland_altman_log: BlandAltman | None  # ln(other / one); None of more than two raters
    bland_altman_raw: BlandAltman | None  # other - one, in square pixels


@dataclass(frozen=True)
class RaterAgreement:
    """How raters agree on the photos that all of them read: two of them, or all readers."""

    raters: list[str]
    photos: int  # outlined or without erythema, for each of them
    patients: int
    without_erythema: int  # photos in which none of them drew anything
    dice: Figure | None  # mean of the photos in which one of them drew something
    reactions: ReactionAgreement | None
    areas: Areas


def rate_photo(
    photo: str,
    patient: str,
    states: dict[str, str],
    raters: Mapping[str, Reading],
    shared: Overlaps,
    shape: tuple[int, int],
) -> RatedPhoto:
    names = list(raters)
    masks = {name: together(one.masks, shape) for name, one in raters.items()}
    areas = {name: int(mask.sum()) for name, mask in masks.items()}
    pairs = list(combinations(range(len(names)), 2))
    readers = [f"reader {name}" for name in states if f"reader {name}" in raters]
    groups = group(shared, [len(raters[name].masks) for name in readers])
    return RatedPhoto(
        id=photo,
        patient=patient,
        states=states,
        said={name: one.state for name, one in raters.items()},
        reactions={name: len(one.masks) for name, one in raters.items()},
        areas=areas,
        dice={
            (names[one], names[other]): dice(masks[names[one]], masks[names[other]])
            if areas[names[one]] or areas[names[other]]
            else None
            for one, other in pairs
        },
        matched={
            (names[one], names[other]): len(assign(shared[one, other])) for one, other in pairs
        },
        groups=[{readers[number] for number in members} for members in groups],
    )


def conclude_raters(raters: Sequence[str], photos: Sequence[RatedPhoto]) -> RaterAgreement:
    common = [photo for photo in photos if set(raters) <= photo.areas.keys()]
    drawn = [photo for photo in common if any(photo.areas[one] for one in raters)]
    pairs = list(combinations(raters, 2))
    means = [np.mean([_dice(photo, pair) for pair in pairs]) for photo in drawn]
    rows = [(row, photo.patient) for photo in common for row in _units(photo, raters)]
    return RaterAgreement(
        raters=list(raters),
        photos=len(common),
        patients=len({photo.patient for photo in common}),
        without_erythema=len(common) - len(drawn),
        dice=mean_figure("dice", [float(one) for one in means], [one.patient for one in drawn], 0),
        reactions=reaction_agreement(
            np.array([row for row, _ in rows], bool), [patient for _, patient in rows]
        ),
        areas=_areas(raters, drawn),
    )


def _dice(photo: RatedPhoto, pair: tuple[str, str]) -> float:
    """Of two raters; 1 where neither of them drew anything, though a third did."""
    value = photo.dice[pair]
    return 1.0 if value is None else value


def _units(photo: RatedPhoto, raters: Sequence[str]) -> list[list[bool]]:
    """Of each reaction of a photo, who drew it."""
    if len(raters) > 2:
        rows = [[rater in group for rater in raters] for group in photo.groups]
    else:
        one, other = raters
        matched = photo.matched[one, other]
        rows = [[True, True]] * matched
        rows += [[True, False]] * (photo.reactions[one] - matched)
        rows += [[False, True]] * (photo.reactions[other] - matched)
    return rows or [[False] * len(raters)]


def _areas(raters: Sequence[str], photos: Sequence[RatedPhoto]) -> Areas:
    above_0 = [photo for photo in photos if all(photo.areas[rater] for rater in raters)]
    sizes, above = (
        np.array([[photo.areas[rater] for rater in raters] for photo in ones], float).reshape(
            len(ones), len(raters)
        )
        for ones in (photos, above_0)
    )
    patients, of_above = ([photo.patient for photo in ones] for ones in (photos, above_0))
    raw = log = None
    if len(raters) == 2:
        raw = bland_altman(sizes[:, 1].tolist(), sizes[:, 0].tolist(), patients, logarithm=False)
        log = bland_altman(above[:, 1].tolist(), above[:, 0].tolist(), of_above, logarithm=True)
    return Areas(icc_a1(sizes, patients), icc_a1(np.log(above), of_above), log, raw)


def photo_pair(photo: RatedPhoto, pair: tuple[str, str], trained_on: bool) -> PhotoPair:
    one, other = pair
    return PhotoPair(
        photo=photo.id,
        patient=photo.patient,
        one=one,
        other=other,
        state_one=photo.said[one],
        state_other=photo.said[other],
        dice=photo.dice[pair],
        area_one_px=photo.areas[one],
        area_other_px=photo.areas[other],
        reactions_one=photo.reactions[one],
        reactions_other=photo.reactions[other],
        reactions_matched=photo.matched[pair],
        trained_on=trained_on,
    )
