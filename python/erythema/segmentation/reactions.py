"""Reactions: one outline for each region where the network finds erythema."""

from typing import Dict, List, NamedTuple, Optional, Sequence

import numpy as np

from erythema.errors import ErythemaError
from erythema.segmentation.confidence import Calibration, area_interval, confidence, evidence
from erythema.segmentation.engines import Engine
from erythema.segmentation.network import Network
from erythema.segmentation.outline import area, around, fill, trace_smoothly, with_few_corners
from erythema.segmentation.roi_set import Roi, digest

ROLE = "erythema"


class SettingError(ErythemaError, ValueError):
    """A threshold or a smallest area out of range; the message gives the range."""


class Reaction(NamedTuple):
    """One skin response at one prick.

    ``outline``: float64 (n, 2) on a grid of 1/16 pixel; ``area_px``: square pixels inside it.
    ``confidence``: the probability that the reader's outline is nearly this one (IoU >= 0.5);
    ``area_low_px`` to ``area_high_px``: where the reader's area is expected if so. All three
    are None without a calibration, and ``confidence`` also where the outline holds no pixel's
    centre.
    """

    name: str
    outline: np.ndarray
    area_px: float
    confidence: Optional[float] = None
    area_low_px: Optional[float] = None
    area_high_px: Optional[float] = None


def segment(
    photo: np.ndarray,
    engine: Engine,
    threshold: Optional[float] = None,
    smallest_area: Optional[float] = None,
) -> List[Reaction]:
    """Find the reactions in a photo; threshold and smallest area are the network's by default.

    Confidences and area intervals are those of the network's calibration, which holds at its own
    threshold only.
    """
    network = engine.network
    used = network.threshold if threshold is None else threshold
    return find_reactions(
        engine.probability(photo),
        used,
        network.smallest_area if smallest_area is None else smallest_area,
        network.calibration_at(used),
    )


def find_reactions(
    probability: np.ndarray,
    threshold: float,
    smallest_area: float,
    calibration: Optional[Calibration] = None,
) -> List[Reaction]:
    """Turn a probability into reactions, from top to bottom, then from left to right.

    Holes are filled: a wheal, crust or hair inside belongs to the reaction. Outlines are
    simplified within 1 % of the radius of a disc of the same area, at least a quarter pixel: a
    disc gets 32 corners to drag, and loses 0.6 % of its area.

    Parameters
    ----------
    probability: float32 of shape (height, width) in [0, 1].
    threshold: reactions are where the probability reaches it; in (0, 1].
    smallest_area: reactions smaller than this share of the photo's area are left out; in [0, 1].
    calibration: of confidences and area intervals at this threshold.

    Raises
    ------
    SettingError: threshold or smallest area out of range.
    """
    if not 0 < threshold <= 1:
        raise SettingError("threshold is {}; it lies above 0 and is at most 1.".format(threshold))
    if not 0 <= smallest_area <= 1:
        raise SettingError("smallest_area is {}; it lies between 0 and 1.".format(smallest_area))
    outlines = []
    for smooth in trace_smoothly(probability, threshold):
        size = area(smooth)
        if size < max(1.0, smallest_area * probability.size):
            continue
        outline = with_few_corners(smooth)
        if len(outline) >= 3:
            outlines.append(outline)
    outlines.sort(key=lambda outline: (outline[:, 1].min(), outline[:, 0].min()))
    reactions = [
        Reaction("{} {}".format(ROLE, number), outline, area(outline))
        for number, outline in enumerate(outlines, 1)
    ]
    if calibration is None:
        return reactions
    return [_calibrated(reaction, probability, calibration) for reaction in reactions]


def to_rois(reactions: Sequence[Reaction], network: Network, threshold: float) -> List[Roi]:
    """Return the reactions as ImageJ ROIs whose properties say where they come from."""
    return [
        Roi(reaction.name, [reaction.outline], provenance(reaction, network, threshold))
        for reaction in reactions
    ]


def provenance(reaction: Reaction, network: Network, threshold: float) -> Dict[str, str]:
    """Where an outline comes from: the properties of its ROI, and of its GeoJSON feature."""
    properties = {
        "erythema.model": network.name,
        "erythema.version": network.version,
        "erythema.hash": network.hash,
        "erythema.threshold": "{:g}".format(threshold),
        "erythema.role": ROLE,
        "erythema.source": "model",
        "erythema.digest": digest(reaction.outline),
    }
    for name in ("confidence", "area_low_px", "area_high_px"):
        value = getattr(reaction, name)
        if value is not None:
            properties["erythema." + name] = "{:.3f}".format(value)
    return properties


def _calibrated(reaction: Reaction, probability: np.ndarray, calibration: Calibration) -> Reaction:
    low, high = area_interval(reaction.area_px, calibration)
    # The band around the reaction is narrower than the longer side of the reaction itself.
    longer = float(np.ptp(reaction.outline, axis=0).max())
    window, corner = around(reaction.outline, probability.shape, margin=longer + 2)
    near = probability[window]
    mask = fill([reaction.outline - corner], near.shape)
    sure = None
    if mask.any():
        sure = confidence(evidence(near, mask, probability.size), calibration)
    return reaction._replace(confidence=sure, area_low_px=low, area_high_px=high)
