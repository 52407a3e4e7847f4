"""What several readers of a photo say together: by majority, borders by majority or STAPLE."""

import re
from collections import Counter
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass
from enum import Enum

import numpy as np
from numpy.typing import NDArray

from erythema.datasets.folder import CONSENSUS, OUTLINED, STATES, UNUSABLE
from erythema.evaluation.grouping import Group, Overlaps, group
from erythema.segmentation.reactions import ROLE, find_reactions
from erythema.segmentation.roi_set import Roi

Mask = NDArray[np.bool_]


class Method(str, Enum):
    """How the border of a reaction is found from those of its readers."""

    STAPLE = "staple"
    MAJORITY = "majority"


@dataclass(frozen=True)
class Reading:
    """What one reader says of a photo; ROIs and their masks (height, width) in one order."""

    state: str
    rois: Sequence[Roi]
    masks: Sequence[Mask]


@dataclass(frozen=True)
class Consensus:
    """What the readers of a photo say together; the state is None where they do not."""

    photo: str
    state: str | None
    rois: list[Roi]  # only where outlined
    why: str  # who is behind it, or why there is none


Combine = Callable[[Sequence[Mask]], Mask]


def combiner(method: Method) -> Combine:
    """Return what makes one mask of the masks of a reaction's readers.

    Raises
    ------
    ModuleNotFoundError: STAPLE needs SimpleITK.
    """
    if method is Method.MAJORITY:
        return majority
    import SimpleITK  # noqa: F401  (missing, it is told before any photo is read)

    return staple


def majority(masks: Sequence[Mask]) -> Mask:
    """Return the pixels that more than half of the masks hold; in a tie a pixel is outside.

    >>> majority([np.array([True, True]), np.array([True, False])])
    array([ True, False])
    """
    return 2 * np.sum(masks, axis=0) > len(masks)


def staple(masks: Sequence[Mask]) -> Mask:
    """Return the pixels that are inside with a probability of at least one half, by STAPLE.

    It weighs each mask by the sensitivity and specificity that it estimates for its reader
    (Warfield, Zou & Wells 2004, doi:10.1109/TMI.2004.828354); SimpleITK computes it. The prior is
    the mean share of pixels inside, so what the masks show around the reaction matters; no mask may
    be empty or full. Of two masks it is nearly always what both hold.
    """
    import SimpleITK

    estimate = SimpleITK.STAPLEImageFilter()
    estimate.SetForegroundValue(1)
    images = [SimpleITK.GetImageFromArray(mask.astype(np.uint8)) for mask in masks]
    return SimpleITK.GetArrayFromImage(estimate.Execute(images)) >= 0.5


def consensus(
    photo: str,
    readings: Mapping[str, Reading],
    shared: Overlaps,
    method: Method,
    combine: Combine,
) -> Consensus:
    """Return what more than half of a photo's readers say.

    Outlined, no erythema and unusable are voted on first. Where outlined wins, each reaction is
    voted on by all who did not find the photo unusable, and its border is found from the outlines
    of those who drew it. A tie, of states or about a reaction, is no consensus: which of both is
    right nobody knows. Nor is the word of one reader alone.

    Parameters
    ----------
    readings: of each reader who read the photo.
    shared: IoUs of the outlines, as ``grouping.overlaps`` returns it, of all but those who found
        the photo unusable, in their order.
    combine: what ``combiner`` returns for the method.
    """
    if len(readings) < 2:
        return Consensus(photo, None, [], f"read by {_listed(readings)} alone")
    votes = {
        state: [name for name, one in readings.items() if one.state == state] for state in STATES
    }
    state = max(votes, key=lambda one: len(votes[one]))
    if 2 * len(votes[state]) <= len(readings):
        return Consensus(photo, None, [], f"no majority: {_described(votes)}")
    if state != OUTLINED:
        return Consensus(photo, state, [], f"majority: {_described(votes)}")
    voters = [name for name in readings if readings[name].state != UNUSABLE]
    rois = []
    for members in group(shared, [len(readings[name].masks) for name in voters]):
        drawn_by = [voters[number] for number in members]
        if 2 * len(members) == len(voters):
            place = _place(members, [readings[name] for name in voters])
            why = f"no majority for a reaction at {place}: drawn by {_listed(drawn_by)} only"
            return Consensus(photo, None, [], why)
        if 2 * len(members) > len(voters):
            of_members = [
                (readings[voters[number]].rois[one], readings[voters[number]].masks[one])
                for number, one in members.items()
            ]
            outline = _outline([mask for _, mask in of_members], combine)
            if outline is None:
                place = _place(members, [readings[name] for name in voters])
                why = f"the outlines of the reaction at {place} have no pixel in common"
                return Consensus(photo, None, [], why)
            rois.append(_roi(outline, [roi for roi, _ in of_members], drawn_by, method))
    if not rois:
        return Consensus(photo, None, [], "no majority for any reaction")
    why = f"{'STAPLE' if method is Method.STAPLE else 'majority'} of {_listed(voters)}"
    return Consensus(photo, OUTLINED, _numbered(rois), why)


def _outline(masks: Sequence[Mask], combine: Combine) -> NDArray[np.float64] | None:
    """The outline of the largest piece, with few corners, as people get those of a network.

    Looked at is the reaction's box and as much again on each side, so that the result does not
    depend on how much of the skin around is in the photo.
    """
    rows, columns = np.nonzero(np.any(masks, axis=0))
    low = np.array([rows.min(), columns.min()])
    size = np.array([rows.max(), columns.max()]) + 1 - low
    box = tuple(slice(start, start + length) for start, length in zip(low, size, strict=True))
    around = [(length, length) for length in size]
    inside = combine([np.pad(mask[box], around) for mask in masks])
    pieces = find_reactions(inside.astype(np.float32), 0.5, 0.0)
    if not pieces:
        return None
    return max(pieces, key=lambda piece: piece.area_px).outline + (low - size)[::-1]


def _roi(
    outline: NDArray[np.float64], rois: Sequence[Roi], drawn_by: Iterable[str], method: Method
) -> Roi:
    return Roi(
        _most_common(roi.name for roi in rois),
        [outline],
        {
            "erythema.role": _most_common(
                roi.properties.get("erythema.role", ROLE) for roi in rois
            ),
            "erythema.source": CONSENSUS,
            "erythema.consensus": method.value,
            "erythema.readers": ",".join(drawn_by),
        },
    )


def _numbered(rois: list[Roi]) -> list[Roi]:
    """From top to bottom; the names that persons gave stay."""
    rois = sorted(rois, key=lambda roi: tuple(roi.outlines[0].min(axis=0)[::-1]))
    return [
        roi._replace(name=f"{ROLE} {number}") if re.fullmatch(ROLE + r" \d+", roi.name) else roi
        for number, roi in enumerate(rois, 1)
    ]


def _place(members: Group, readings: Sequence[Reading]) -> str:
    number, one = next(iter(members.items()))
    rows, columns = np.nonzero(readings[number].masks[one])
    return f"x {columns.mean():.0f}, y {rows.mean():.0f}"


def _most_common(values: Iterable[str]) -> str:
    return Counter(values).most_common(1)[0][0]


def _described(votes: Mapping[str, Sequence[str]]) -> str:
    return "; ".join(f"{state}: {_listed(names)}" for state, names in votes.items() if names)


def _listed(names: Iterable[str]) -> str:
    return ", ".join(names)
