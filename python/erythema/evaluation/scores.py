"""The scores of photos, and what many of them say together.

"drawn" is what the reader outlined; "found" is what the network, or another reader, outlined.
"""

from dataclasses import dataclass

from erythema.evaluation.intervals import Interval, Proportion

Counts = tuple[tuple[int, float, int], ...]  # a bin: pixels, sum of probability, drawn pixels

PER_PHOTO = (
    "dice",
    "precision",
    "recall",
    "soft_dice",
    "soft_precision",
    "soft_recall",
    "hd95",
    "surface_dice",
    "matched_dice",
)
POOLED = (
    "dice",
    "precision",
    "recall",
    "soft_dice",
    "soft_precision",
    "soft_recall",
    "detection_f1",
)


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


@dataclass(frozen=True)
class Figure:
    """One figure of many photos. Spread, median and lowest are those of a mean's values."""

    value: float
    interval: Interval | None  # 95 %, by bootstrap over patients; None with too few of them
    spread: float | None  # standard deviation
    median: float | None
    lowest: float | None
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
