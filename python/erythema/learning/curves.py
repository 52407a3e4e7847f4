"""Learning curves: live in TensorBoard, and as a table beside the network."""

import csv
from collections.abc import Sequence
from dataclasses import asdict, fields
from pathlib import Path

import tensorflow as tf

from erythema.learning.state import Epoch


class LiveCurves:
    """Writes the curves into a folder that ``tensorboard --logdir`` shows while a training runs."""

    def __init__(self, folder: Path) -> None:
        self.writer = tf.summary.create_file_writer(str(folder))

    def add(self, epoch: Epoch) -> None:
        """Add one epoch to each curve."""
        with self.writer.as_default(step=epoch.epoch):
            for name in ("loss", "validation_loss", "validation_dice"):
                tf.summary.scalar(name, getattr(epoch, name))
        self.writer.flush()

    def close(self) -> None:
        """Close the file."""
        self.writer.close()


def write_curve(curve: Sequence[Epoch], path: Path) -> None:
    """Write the learning curve as a CSV table, a row an epoch."""
    with path.open("w", newline="", encoding="utf-8") as file:
        table = csv.DictWriter(file, [field.name for field in fields(Epoch)])
        table.writeheader()
        table.writerows(asdict(epoch) for epoch in curve)


def read_curve(path: Path) -> list[Epoch]:
    """Read what ``write_curve`` wrote."""
    with path.open(newline="", encoding="utf-8") as file:
        return [
            Epoch(int(row.pop("epoch")), **{name: float(value) for name, value in row.items()})
            for row in csv.DictReader(file)
        ]
