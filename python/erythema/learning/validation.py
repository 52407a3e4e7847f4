"""How good what a network finds is on the photos that validate."""

from collections.abc import Iterable
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from erythema.measurement.agreement import dice

Mask = NDArray[np.bool_]


@dataclass(frozen=True)
class Validation:
    """What was found in the photos that validate, at an operating point."""

    mean_dice: float  # of the photos with outlines
    false_alarms: int  # photos without erythema where some was found
    outlined: int
    without: int

    def is_worse_than(self, other: "Validation") -> bool:
        """Say whether borders are worse, or more photos without erythema have an outline."""
        return self.mean_dice < other.mean_dice or self.false_alarms > other.false_alarms


def compare_with_readers(pairs: Iterable[tuple[Mask, Mask]]) -> Validation:
    """Return how what was found agrees with what was drawn, a pair of masks a photo."""
    scores, alarms = [], []
    for found, drawn in pairs:
        if drawn.any():
            scores.append(dice(found, drawn))
        else:
            alarms.append(bool(found.any()))
    return Validation(float(np.mean(scores)), sum(alarms), len(scores), len(alarms))
