"""What each measure is called on the page, and what it says, in a sentence for a physician."""

from dataclasses import dataclass

from erythema.evaluation.scores import HARD, SOFT


@dataclass(frozen=True)
class Measure:
    """One measure as the page names it; ``name`` is its name in the scores."""

    name: str
    title: str
    says: str
    decimals: int = 3


@dataclass(frozen=True)
class Counting:
    """One way to count Dice, precision and recall: the page keeps the four of them apart."""

    title: str
    pooled: bool
    names: tuple[str, str, str]
    says: str
    hides: str


COUNTINGS = (
    Counting(
        "Outlines, mean of the photos (hard, per photo)",
        False,
        HARD,
        "Each photo is scored by the outline that a user gets, and each photo counts alike.",
        "A mean hides how the photos differ: look at the worst value and at the photos below.",
    ),
    Counting(
        "Outlines, all pixels together (hard, pooled)",
        True,
        HARD,
        "All photos are scored as if they were one large photo.",
        "Large reactions in large photos decide; a small one missed altogether hardly shows.",
    ),
    Counting(
        "Probabilities, mean of the photos (soft, per photo)",
        False,
        SOFT,
        "The network's probability is scored before a threshold makes an outline of it.",
        "It does not show the outline that a user gets, which may be better or worse.",
    ),
    Counting(
        "Probabilities, all pixels together (soft, pooled)",
        True,
        SOFT,
        "What the training's Dice loss computes over a batch of photos.",
        "It hides both: how the photos differ, and which outline a user gets.",
    ),
)

PER_PHOTO = (
    Measure("dice", "Dice", "Overlap of both outlines: 1 is the same, 0 is nothing in common."),
    Measure("precision", "Precision", "Share of the found area that the reader drew, too."),
    Measure("recall", "Recall", "Share of the drawn area that was found."),
    Measure(
        "hd95",
        "HD95 (pixels of 512)",
        "How far apart the borders lie, the worst twentieth left out, in a photo whose longer "
        "side has 512 pixels. Lower is better.",
        1,
    ),
    Measure(
        "surface_dice",
        "Surface Dice",
        "Share of both borders that lies within the tolerance (see the methods) of the other.",
    ),
    Measure(
        "matched_dice",
        "Dice of matched reactions",
        "Overlap reaction by reaction, of those that were found at all.",
    ),
    Measure("soft_dice", "Dice of probabilities", "As Dice, before a threshold is applied."),
    Measure("soft_precision", "Precision of probabilities", "As precision, before a threshold."),
    Measure("soft_recall", "Recall of probabilities", "As recall, before a threshold."),
)

POOLED = (
    Measure("dice", "Dice, pooled", "Dice as if all photos were one: large reactions decide."),
    Measure("precision", "Precision, pooled", "Precision as if all photos were one."),
    Measure("recall", "Recall, pooled", "Recall as if all photos were one."),
    Measure("soft_dice", "Dice of probabilities, pooled", "Closest to what Dice loss computes."),
    Measure("soft_precision", "Precision of probabilities, pooled", "Pooled, before a threshold."),
    Measure("soft_recall", "Recall of probabilities, pooled", "Pooled, before a threshold."),
    Measure(
        "detection_f1",
        "Detection F1",
        "Reactions counted one by one: 1 if each drawn one was found and nothing else. Found "
        "means an overlap (intersection over union) of at least a half.",
    ),
)

# What a row of one group of photos has room for.
_OF_STRATA = ("dice", "matched_dice", "detection_f1")
STRATA = tuple(one for one in (*PER_PHOTO, POOLED[-1]) if one.name in _OF_STRATA)
