"""Coloured things that lie about where photos are taken: bags, gloves, sheets, bottle caps."""

import colorsys

import cv2
import numpy as np
from numpy.typing import NDArray

SHARE_CLUTTERED = 0.5  # of the photos
MOST_THINGS = 3
RADIUS = (0.05, 0.35)  # of the side, of the farthest corner
CORNERS = (3, 12)
SHARE_RED = 0.5  # of the things: colour alone must not tell a reaction
RED_HUE = 0.06  # of the circle, either way
SATURATION = (0.6, 1.0)  # above that of red skin
VALUE = (0.3, 1.0)
FOLDS = 0.25  # standard deviation of the light's logarithm
FOLDS_ACROSS = (3, 16)  # of a photo's side


def lay_things(
    photo: NDArray[np.float32], mask: NDArray[np.float32], rng: np.random.Generator
) -> NDArray[np.float32]:
    """Return a square photo (side, side, 3) in 0..1, at times with things beside the mask's 1s.

    A thing is a polygon of one saturated colour, in folds. Those that would hide a part of the
    erythema are left out, so that the mask (side, side) stays true.
    """
    if rng.random() >= SHARE_CLUTTERED:
        return photo
    side = len(photo)
    cluttered = photo
    for _ in range(rng.integers(1, MOST_THINGS, endpoint=True)):
        thing, colour, folds = _shape(side, rng), _colour(rng), _folds(side, rng)
        if not (thing * mask).any():
            cluttered = cluttered + thing[..., None] * (folds[..., None] * colour - cluttered)
    return np.clip(cluttered, 0, 1, dtype=np.float32)


def _shape(side: int, rng: np.random.Generator) -> NDArray[np.float32]:
    """Share of each pixel (side, side) that a polygon covers; its middle may lie outside."""
    corners = int(rng.integers(*CORNERS, endpoint=True))
    angles = np.sort(rng.uniform(0, 2 * np.pi, corners))
    radii = rng.uniform(*RADIUS) * rng.uniform(0.4, 1, corners)
    middle = rng.uniform(-0.1, 1.1, 2)
    places = middle + radii[:, None] * np.column_stack([np.cos(angles), np.sin(angles)])
    covered = np.zeros((side, side), np.uint8)
    cv2.fillPoly(covered, [np.rint(places * side).astype(np.int32)], 255, cv2.LINE_AA)
    return np.divide(covered, 255, dtype=np.float32)


def _colour(rng: np.random.Generator) -> NDArray[np.float32]:
    red = rng.random() < SHARE_RED
    hue = rng.uniform(-RED_HUE, RED_HUE) % 1 if red else rng.random()
    saturation, value = rng.uniform(*SATURATION), rng.uniform(*VALUE)
    return np.array(colorsys.hsv_to_rgb(hue, saturation, value), np.float32)


def _folds(side: int, rng: np.random.Generator) -> NDArray[np.float32]:
    """Light (side, side) that falls on folded cloth, about 1."""
    across = int(rng.integers(*FOLDS_ACROSS, endpoint=True))
    coarse = rng.normal(0, FOLDS, (across, across)).astype(np.float32)
    smooth = cv2.resize(coarse, (side, side), interpolation=cv2.INTER_CUBIC)
    return np.asarray(np.exp(smooth), np.float32)
