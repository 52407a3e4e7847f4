"""Which threshold and smallest area a network should be used with."""

from collections.abc import Sequence
from itertools import product

import numpy as np
from numpy.typing import NDArray

from erythema.measurement.agreement import dice
from erythema.segmentation.outline import fill_each
from erythema.segmentation.reactions import find_reactions

THRESHOLDS = (0.5, 0.4, 0.6, 0.3, 0.7)
# Shares of the photo's area. A flare of 20 mm on a photo of a forearm covers about 0.005.
SMALLEST_AREAS = (0.001, 0.002, 0.0005)


def choose_operating_point(
    probabilities: Sequence[NDArray[np.float32]], truths: Sequence[NDArray[np.bool_]]
) -> tuple[float, float]:
    """Return the threshold and smallest area with the best mean Dice of the reactions' masks.

    A photo without erythema counts 1 where nothing is found, else 0. Of equals the first wins.

    Parameters
    ----------
    probabilities: one (height, width) a photo.
    truths: the readers' masks, of the same shapes.
    """

    def score(point: tuple[float, float]) -> float:
        pairs = zip(probabilities, truths, strict=True)
        return float(np.mean([dice(reactions_mask(p, *point), truth) for p, truth in pairs]))

    return max(product(THRESHOLDS, SMALLEST_AREAS), key=score)


def reactions_mask(
    probability: NDArray[np.float32], threshold: float, smallest_area: float
) -> NDArray[np.bool_]:
    """Return the mask (height, width) of all reactions found in a probability of that shape."""
    reactions = find_reactions(probability, threshold, smallest_area)
    return fill_each(([reaction.outline] for reaction in reactions), probability.shape)
