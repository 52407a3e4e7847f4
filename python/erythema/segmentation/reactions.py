"""Reactions: one outline for each region where the network finds erythema."""

import math
from typing import Dict, List, NamedTuple, Optional, Sequence

import numpy as np

from erythema.errors import ErythemaError
from erythema.segmentation.engines import Engine
from erythema.segmentation.network import Network
from erythema.segmentation.outline import (
    area,
    crosses_itself,
    fill,
    simplify,
    to_grid,
    trace_smoothly,
)
from erythema.segmentation.roi_set import Roi, digest

ROLE = "erythema"


class SettingError(ErythemaError, ValueError):
    """A threshold or a smallest area out of range; the message gives the range."""


class Reaction(NamedTuple):
    """One skin response at one prick.

    ``outline``: float64 (n, 2) on a grid of 1/16 pixel; ``area_px``: square pixels inside it;
    ``confidence``: mean probability inside it, in [0, 1].
    """

    name: str
    outline: np.ndarray
    area_px: float
    confidence: float


def segment(
    photo: np.ndarray,
    engine: Engine,
    threshold: Optional[float] = None,
    smallest_area: Optional[float] = None,
) -> List[Reaction]:
    """Find the reactions in a photo; threshold and smallest area are the network's by default."""
    network = engine.network
    return find_reactions(
        engine.probability(photo),
        network.threshold if threshold is None else threshold,
        network.smallest_area if smallest_area is None else smallest_area,
    )


def find_reactions(
    probability: np.ndarray, threshold: float, smallest_area: float
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
        outline = _simplified(smooth, max(0.25, 0.01 * math.sqrt(size / math.pi)))
        if len(outline) >= 3:
            outlines.append(outline)
    outlines.sort(key=lambda outline: (outline[:, 1].min(), outline[:, 0].min()))
    return [
        Reaction(
            name="{} {}".format(ROLE, number),
            outline=outline,
            area_px=area(outline),
            confidence=_mean_inside(probability, outline),
        )
        for number, outline in enumerate(outlines, 1)
    ]


def to_rois(reactions: Sequence[Reaction], network: Network, threshold: float) -> List[Roi]:
    """Return the reactions as ImageJ ROIs whose properties say where they come from."""
    return [
        Roi(reaction.name, [reaction.outline], provenance(reaction, network, threshold))
        for reaction in reactions
    ]


def provenance(reaction: Reaction, network: Network, threshold: float) -> Dict[str, str]:
    """Where an outline comes from: the properties of its ROI, and of its GeoJSON feature."""
    return {
        "erythema.model": network.name,
        "erythema.version": network.version,
        "erythema.hash": network.hash,
        "erythema.threshold": "{:g}".format(threshold),
        "erythema.confidence": "{:.3f}".format(reaction.confidence),
        "erythema.role": ROLE,
        "erythema.source": "model",
        "erythema.digest": digest(reaction.outline),
    }


def _simplified(smooth: np.ndarray, tolerance: float) -> np.ndarray:
    """An outline with few points on the grid; with more where so few would make it cross itself."""
    outline = to_grid(simplify(smooth, tolerance))
    while crosses_itself(outline) and tolerance > 0.01:
        tolerance /= 2
        outline = to_grid(simplify(smooth, tolerance))
    return outline


def _mean_inside(probability: np.ndarray, outline: np.ndarray) -> float:
    """Mean probability of the pixels inside an outline, read in its bounding box only."""
    left, top = np.maximum(np.floor(outline.min(axis=0)).astype(int), 0)
    right, bottom = np.ceil(outline.max(axis=0)).astype(int)
    window = probability[top:bottom, left:right]
    inside = fill([outline - [left, top]], window.shape)
    return float(window[inside].mean()) if inside.any() else float(window.mean())
