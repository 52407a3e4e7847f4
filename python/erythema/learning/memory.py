"""How much memory a training step takes, and how many photos of a batch fit at once."""

import math
from pathlib import Path

import keras
import psutil
import tensorflow as tf

from erythema.errors import ErythemaError

SHARE = 0.5  # of the memory that training may take; the rest is for everything else
FLOAT = 4  # bytes
CONTAINER_LIMIT = Path("/sys/fs/cgroup/memory.max")  # Linux, cgroup 2


class MemoryShortError(ErythemaError):
    """A network too large for this computer; the message gives both sizes."""


def step_memory(model: keras.Model, photos: int) -> int:
    """Return about how many bytes a training step takes on so many photos at once.

    What every layer puts out is kept until its gradient is computed; the weights are there five
    times (themselves, their gradient, Adam's two moments, their average).
    ``tests/benchmarks/training_memory.py`` compares this with what steps really took.
    """
    outputs = sum(math.prod(layer.output.shape[1:]) for layer in model.layers)
    return FLOAT * (photos * outputs + 5 * model.count_params())


def photos_at_once(model: keras.Model, batch: int, memory: int) -> int:
    """Return how many photos of a batch to compute at once, in parts of about the same size.

    Parameters
    ----------
    memory: bytes of the processor that trains.

    Raises
    ------
    MemoryShortError: one photo alone is too much.

    >>> photo = keras.Input((100, 100, 25))  # 1 MB a photo
    >>> model = keras.Model(photo, photo)
    >>> photos_at_once(model, batch=32, memory=24_000_000)  # 12 would fit, in parts of 12, 12, 8
    11
    """
    limit = SHARE * memory
    if step_memory(model, 1) > limit:
        raise MemoryShortError(
            f"training needs {in_gigabytes(step_memory(model, 1))} for one photo, and may take "
            f"{in_gigabytes(limit)} here: choose a smaller --width or --size"
        )
    each = step_memory(model, 2) - step_memory(model, 1)
    most = 1 + int((limit - step_memory(model, 1)) / each)
    return math.ceil(batch / math.ceil(batch / most))


def memory_here() -> int:
    """Return the bytes of memory that the first GPU has, or else the computer or container."""
    if tf.config.list_physical_devices("GPU"):
        from tensorflow.python.client import device_lib

        devices = device_lib.list_local_devices()
        return next(int(one.memory_limit) for one in devices if one.device_type == "GPU")
    limit = CONTAINER_LIMIT.read_text().strip() if CONTAINER_LIMIT.exists() else "max"
    total = int(psutil.virtual_memory().total)
    return total if limit == "max" else min(total, int(limit))


def in_gigabytes(size: float) -> str:
    """Return a number of bytes in words.

    >>> in_gigabytes(1_940_000_000)
    '1.9 GB'
    """
    return f"{size / 1e9:.1f} GB"
