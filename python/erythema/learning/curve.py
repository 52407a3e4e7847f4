"""The learning curve of a network, as a table beside it."""

import csv
from collections.abc import Sequence
from dataclasses import asdict, dataclass, fields
from pathlib import Path

CURVE = "training.csv"
_OF_VALIDATION = ("validation_loss", "validation_dice")


@dataclass(frozen=True)
class Epoch:
    """The learning curve at one epoch, from 1.

    ``loss`` is the mean loss of the steps, ``validation_loss`` the Dice loss of the averaged
    weights on the validation photos, ``validation_dice`` the mean Dice of their hard masks; None
    where no photo validates.
    """

    epoch: int
    loss: float
    validation_loss: float | None
    validation_dice: float | None


def best_epoch(curve: Sequence[Epoch]) -> int:
    """Return the epoch with the lowest validation loss, from 1; the first one of equals.

    Where no photo validates, it is the last one.
    """
    losses = {one.epoch: one.validation_loss for one in curve if one.validation_loss is not None}
    return min(losses, key=losses.__getitem__) if losses else curve[-1].epoch


def write_curve(curve: Sequence[Epoch], network: Path) -> None:
    """Write the learning curve into a network's folder, a row an epoch."""
    with (network / CURVE).open("w", newline="", encoding="utf-8") as file:
        table = csv.DictWriter(file, [field.name for field in fields(Epoch)])
        table.writeheader()
        table.writerows(asdict(epoch) for epoch in curve)


def read_curve(network: Path) -> list[Epoch]:
    """Return the learning curve of a network's folder; empty where it holds none."""
    if not (network / CURVE).exists():
        return []
    with (network / CURVE).open(newline="", encoding="utf-8") as file:
        return [
            Epoch(
                int(row["epoch"]),
                float(row["loss"]),
                *(float(row[name]) if row[name] else None for name in _OF_VALIDATION),
            )
            for row in csv.DictReader(file)
        ]
