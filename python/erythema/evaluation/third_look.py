"""Photos about which readers differ, and why: somebody else should look at them."""

from collections.abc import Sequence
from dataclasses import dataclass

from erythema.datasets.folder import NO_ERYTHEMA, OUTLINED, UNUSABLE
from erythema.evaluation.rater_agreement import RatedPhoto


@dataclass(frozen=True)
class ThirdLook:
    """A photo about which readers do not agree."""

    photo: str
    dice: float | None  # the lowest of two readers
    reasons: list[str]


def third_look(photos: Sequence[RatedPhoto], readers: Sequence[str]) -> list[ThirdLook]:
    """Return the photos about which readers differ, the worst first.

    First those of which it is open whether they can be read, then whether there is any erythema,
    then by the lowest Dice of two readers. The network is no judge of it.
    """
    ranked = []
    for photo in photos:
        lowest = min(
            (
                (value, pair)
                for pair, value in photo.dice.items()
                if value is not None and set(pair) <= set(readers)
            ),
            default=None,
        )
        reasons = _reasons(photo, readers, lowest)
        if reasons:
            states = set(photo.states.values())
            rank = 0 if len(states) > 1 and UNUSABLE in states else 1 if len(states) > 1 else 2
            value = lowest[0] if lowest else None
            ranked.append(
                ((rank, 1.0 if value is None else value, photo.id), photo.id, value, reasons)
            )
    return [ThirdLook(name, value, reasons) for _, name, value, reasons in sorted(ranked)]


def _reasons(
    photo: RatedPhoto, readers: Sequence[str], lowest: tuple[float, tuple[str, str]] | None
) -> list[str]:
    reasons = []
    if len(set(photo.states.values())) > 1:
        reasons.append(
            "; ".join(
                f"{state}: {', '.join(name for name, one in photo.states.items() if one == state)}"
                for state in (OUTLINED, NO_ERYTHEMA, UNUSABLE)
                if state in photo.states.values()
            )
        )
    counts = {name: photo.reactions[name] for name in readers if photo.reactions.get(name)}
    if len(set(counts.values())) > 1:
        reasons.append(
            "reactions: " + ", ".join(f"{count} by {name}" for name, count in counts.items())
        )
    elif any(len(drawn_by & counts.keys()) < len(counts) for drawn_by in photo.groups):
        reasons.append("not the same reactions")
    if lowest and lowest[0] < 1:
        reasons.append(f"Dice {lowest[0]:.3f} ({' and '.join(lowest[1])})")
    return reasons
