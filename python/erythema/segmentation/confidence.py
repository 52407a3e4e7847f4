"""How sure an outline is: evidence from the probability, and what a calibration makes of it.

``evaluation.confidence`` fits a calibration; a network's manifest carries it.
"""

import math
from typing import Any, Dict, NamedTuple, Optional, Tuple

import cv2
import numpy as np

DOUBTFUL = (0.25, 0.75)  # a pixel's probability between these is in doubt
BAND = 0.5  # the band around a reaction, in radii of a disc of its area


class Evidence(NamedTuple):
    """What the probability says of one reaction; or one number for each of these four.

    ``mean_probability``: inside the outline, in [0, 1]. ``log_area_share``: natural logarithm of
    its share of the photo's area, at most 0. ``expected_iou``: sum of the probability inside, over
    the area and the sum of the probability in the band around it, in [0, 1].
    ``doubtful_share``: pixels in doubt, inside and in the band, over the area.
    """

    mean_probability: float
    log_area_share: float
    expected_iou: float
    doubtful_share: float


class Calibration(NamedTuple):
    """Turns evidence into a confidence, and a found area into an interval of the drawn one.

    The confidence is logistic in the evidence, each number less its mean and over its scale.
    ``log_area_low`` and ``log_area_high`` bound ln(drawn area / found area) for the share
    ``coverage`` of the reactions that were found.
    """

    means: Evidence
    scales: Evidence
    coefficients: Evidence
    intercept: float
    log_area_low: float
    log_area_high: float
    coverage: float


def evidence(probability: np.ndarray, mask: np.ndarray, photo_px: Optional[int] = None) -> Evidence:
    """Return what the probability says of one reaction.

    Parameters
    ----------
    probability: float32 of shape (height, width) in [0, 1].
    mask: bool of the same shape; the pixels of the reaction, at least one.
    photo_px: pixels of the photo, where both are a part of it that holds reaction and band; None:
        they are the whole photo.

    >>> probability = np.zeros((8, 8), np.float32)
    >>> probability[2:6, 2:6] = 0.75
    >>> evidence(probability, probability > 0.5)
    Evidence(mean_probability=0.75, log_area_share=-1.38..., expected_iou=0.75, doubtful_share=0.0)
    """
    area = int(np.count_nonzero(mask))
    reach = max(1.0, BAND * math.sqrt(area / math.pi))
    window = _window(mask, math.ceil(reach))
    inside, values = mask[window], probability[window].astype(np.float64)
    distance = cv2.distanceTransform((~inside).astype(np.uint8), cv2.DIST_L2, 5)
    around = ~inside & (distance <= reach)
    doubtful = (values > DOUBTFUL[0]) & (values < DOUBTFUL[1]) & (inside | around)
    within = float(values[inside].sum())
    return Evidence(
        mean_probability=within / area,
        log_area_share=math.log(area / (photo_px or mask.size)),
        expected_iou=within / (area + float(values[around].sum())),
        doubtful_share=float(np.count_nonzero(doubtful)) / area,
    )


def confidence(found: Evidence, calibration: Calibration) -> float:
    """Return the probability, in [0, 1], that an outline has an IoU >= 0.5 with the reader's."""
    parts = zip(found, calibration.means, calibration.scales, calibration.coefficients)
    logit = calibration.intercept + sum(
        coefficient * (value - mean) / scale for value, mean, scale, coefficient in parts
    )
    return float(np.exp(-np.logaddexp(0.0, -logit)))


def area_interval(area_px: float, calibration: Calibration) -> Tuple[float, float]:
    """Return the interval in which the reader's area is expected, in square pixels."""
    low, high = calibration.log_area_low, calibration.log_area_high
    return area_px * math.exp(low), area_px * math.exp(high)


def manifest_field(calibration: Calibration) -> Dict[str, Any]:
    """Return a calibration as the manifest's field ``confidence`` holds it."""
    return {
        name: dict(value._asdict()) if isinstance(value, Evidence) else value
        for name, value in calibration._asdict().items()
    }


def _window(mask: np.ndarray, margin: int) -> Tuple[slice, slice]:
    """The rows and columns of a mask's pixels, and so many more on each side."""
    rows, columns = (np.flatnonzero(mask.any(axis=axis)) for axis in (1, 0))
    return (
        slice(max(0, int(rows[0]) - margin), int(rows[-1]) + margin + 1),
        slice(max(0, int(columns[0]) - margin), int(columns[-1]) + margin + 1),
    )
