"""What a training is made of after an epoch, on disk, so that it can go on from there."""

import io
import json
from collections.abc import Sequence
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray

from erythema.files import write_beside
from erythema.learning.curve import Epoch

Weights = list[NDArray[np.float32]]
_ARRAYS = ("weights", "optimizer", "averaged", "best")


@dataclass(frozen=True)
class State:
    """A training after ``len(curve)`` epochs; ``best`` are the averaged weights of the best one."""

    weights: Weights
    optimizer: list[NDArray[Any]]
    averaged: Weights
    best: Weights
    curve: Sequence[Epoch]


def save_state(state: State, begun_with: dict[str, Any], path: Path) -> None:
    """Write a state, with what its training began with, as a whole or not at all."""
    facts = {"begun_with": begun_with, "curve": [asdict(epoch) for epoch in state.curve]}
    arrays = {
        f"{name}_{number:04d}": array
        for name in _ARRAYS
        for number, array in enumerate(getattr(state, name))
    }
    content = io.BytesIO()
    np.savez(content, facts=np.array(json.dumps(facts)), **arrays)
    write_beside(path, content.getbuffer())


def load_state(path: Path) -> tuple[State, dict[str, Any]]:
    """Read what ``save_state`` wrote: the state, and what its training began with."""
    with np.load(path) as file:
        facts = json.loads(str(file["facts"]))
        parts = {
            name: [file[key] for key in sorted(file.files) if key.startswith(name + "_")]
            for name in _ARRAYS
        }
    return State(**parts, curve=[Epoch(**row) for row in facts["curve"]]), facts["begun_with"]
