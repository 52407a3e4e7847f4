"""The learning curve of a network, as a table beside it."""

import csv
from collections.abc import Sequence
from dataclasses import asdict, dataclass, fields
from pathlib import Path

CURVE = "training.csv"


@dataclass(frozen=True)
class Epoch:
    """The learning curve at one epoch, from 1.

    ``loss`` is the mean Dice loss of the steps, ``validation_loss`` the Dice loss of the averaged
    weights on the validation photos, ``validation_dice`` the mean Dice of their hard masks.
    """

    epoch: int
    loss: float
    validation_loss: float
    validation_dice: float


def best_epoch(curve: Sequence[Epoch]) -> int:
    """Return the epoch with the lowest validation loss, from 1; the first one of equals."""
    return min(curve, key=lambda epoch: epoch.validation_loss).epoch


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
            Epoch(int(row.pop("epoch")), **{name: float(value) for name, value in row.items()})
            for row in csv.DictReader(file)
        ]
