"""What a training step was expected to take of memory, and what it took.

    python tests/benchmarks/training_memory.py

Each step runs in a process of its own, whose memory is read while it computes.
"""

import multiprocessing
import os
import threading

from rich.console import Console
from rich.table import Table

# Width, size, photos at once, precision.
STEPS = [
    (8, 256, 16, "float32"),
    (16, 128, 32, "float32"),
    (16, 256, 8, "float32"),
    (16, 512, 2, "float32"),
    (32, 256, 4, "float32"),
    (64, 256, 2, "float32"),
    (16, 256, 8, "bfloat16"),
    (32, 256, 4, "bfloat16"),
]


def step(width: int, size: int, photos: int, precision: str) -> tuple[int, int]:
    """Return the bytes expected, and the most that three steps took more than the process had."""
    import keras
    import numpy as np
    import psutil

    from erythema.learning.gradients import LossGradients
    from erythema.learning.memory import step_memory
    from erythema.learning.unet import build_unet

    model = build_unet(width, size, precision)
    optimizer = keras.optimizers.Adam()
    optimizer.build(model.trainable_variables)
    rng = np.random.default_rng(0)
    batch = rng.random((photos, size, size, 3), np.float32)
    masks = (batch[..., :1] > 0.5).astype(np.float32)
    process = psutil.Process()
    before = most = process.memory_info().rss
    done = threading.Event()

    def watch() -> None:
        nonlocal most
        while not done.wait(0.005):
            most = max(most, process.memory_info().rss)

    watcher = threading.Thread(target=watch)
    watcher.start()
    for _ in range(3):
        _, slopes = LossGradients(model, photos)(batch, masks)
        optimizer.apply_gradients(zip(slopes, model.trainable_variables, strict=True))
    done.set()
    watcher.join()
    return step_memory(model, photos), most - before


def main() -> None:
    """Print expected, taken, and their ratio for each step."""
    os.environ.setdefault("TF_CPP_MIN_LOG_LEVEL", "3")
    table = Table("width", "size", "photos", "precision", "expected", "taken", "taken / expected")
    spawning = multiprocessing.get_context("spawn")
    for settings in STEPS:
        with spawning.Pool(1) as pool:
            expected, taken = pool.apply(step, settings)
        sizes = [f"{size / 1e6:.0f} MB" for size in (expected, taken)]
        table.add_row(*map(str, settings), *sizes, f"{taken / expected:.2f}")
    Console().print(table)


if __name__ == "__main__":
    main()
