"""Learning curves for TensorBoard, while a training runs."""

from pathlib import Path

import tensorflow as tf

from erythema.learning.curve import Epoch


class LiveCurves:
    """Writes the curves into a folder that ``tensorboard --logdir`` shows."""

    def __init__(self, folder: Path) -> None:
        self.writer = tf.summary.create_file_writer(str(folder))

    def add(self, epoch: Epoch) -> None:
        """Add one epoch to each curve."""
        with self.writer.as_default(step=epoch.epoch):
            for name in ("loss", "validation_loss", "validation_dice"):
                value = getattr(epoch, name)
                if value is not None:
                    tf.summary.scalar(name, value)
        self.writer.flush()

    def close(self) -> None:
        """Close the file."""
        self.writer.close()
