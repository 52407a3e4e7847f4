"""Reactions of a skin test as fields on the skin: the flare's redness and the wheal inside it."""

from typing import NamedTuple

import cv2
import numpy as np
from numpy.typing import NDArray

from erythema.learning.skin import Pixels

_EDGE = 1.3  # radii from a reaction's centre to the arm's edge at least
_APART = 1.45  # times the sum of two radii lie between centres of reactions that do not merge
_MERGED = 0.75  # ... of two that do


class Reaction(NamedTuple):
    """One flare and its wheal, both ellipses with waves; lengths in pixels, angles in radians.

    ``softness``: of the flare's edge, as a share of its radius: the redness falls from 73 % to 27 %
    over twice as much. ``waves``: (n, 2), height (share of the radius) and phase of the waves that
    go 2, 3, ... times around. ``wheal``: its radius as a share of the flare's.
    """

    x: float
    y: float
    radius: float
    axis_ratio: float
    angle: float
    softness: float
    waves: NDArray[np.float64]
    redness: float
    wheal: float
    paleness: float


class Fields(NamedTuple):
    """What the reactions do to the skin, each (height, width).

    ``haemoglobin``: more of it, as ``skin.dim`` takes it. ``flare``, ``wheal``: 1 inside, 0
    outside, 0.5 at their borders. ``height``: of the wheals, in pixels.
    """

    haemoglobin: Pixels
    flare: Pixels
    wheal: Pixels
    height: Pixels


def place(
    sites: NDArray[np.float64],
    radii: NDArray[np.float64],
    smallest: float,
    arm: Pixels,
    merging: int,
    rng: np.random.Generator,
) -> list[tuple[float, float, float]]:
    """Return x, y and radius of reactions at sites, at most one a radius, wholly on the arm.

    A radius becomes smaller where the arm's edge or a neighbour is near, and a site where it would
    be below ``smallest`` stays empty. The first ``merging`` reactions with room for it get one more
    whose flare merges with theirs; all others stay clearly apart. There is at least one: where no
    site has room, in the middle of the arm.

    Parameters
    ----------
    sites: (n, 2), x and y. ``radii``, ``smallest``: pixels.
    """
    inside = cv2.copyMakeBorder((arm > 0.5).astype(np.uint8), 1, 1, 1, 1, cv2.BORDER_CONSTANT)
    room = cv2.distanceTransform(inside, cv2.DIST_L2, 5)[1:-1, 1:-1]
    middle_y, middle_x = divmod(int(np.argmax(room)), room.shape[1])
    placed: list[tuple[float, float, float]] = []

    def fits(x: float, y: float, others: list[tuple[float, float, float]]) -> float:
        if not (0 <= x < arm.shape[1] and 0 <= y < arm.shape[0]):
            return 0.0
        apart = [np.hypot(x - at_x, y - at_y) / _APART - other for at_x, at_y, other in others]
        return float(min([room[int(y), int(x)] / _EDGE, *apart]))

    roomy = [(x, y) for x, y in sites if fits(x, y, []) >= smallest]
    for x, y in roomy or [(middle_x, middle_y)]:
        if len(placed) >= len(radii):
            break
        radius = min(radii[len(placed)], fits(x, y, placed))
        if radius < smallest:
            continue
        others = list(placed)
        placed.append((float(x), float(y), float(radius)))
        if merging > 0:
            angle, other = rng.uniform(0, 2 * np.pi), radius * rng.uniform(0.7, 1.0)
            distance = _MERGED * (radius + other)
            near_x, near_y = x + distance * np.cos(angle), y + distance * np.sin(angle)
            if other >= smallest and fits(near_x, near_y, others) >= other:
                placed.append((float(near_x), float(near_y), float(other)))
                merging -= 1
    return placed


def paint(reactions: list[Reaction], shape: tuple[int, int], mottle: Pixels) -> Fields:
    """Return the fields of reactions; where flares overlap, the redder one shows.

    Parameters
    ----------
    mottle: (height, width), unevenness of the redness inside, as a share of it.
    """
    fields = Fields(*(np.zeros(shape, np.float32) for _ in Fields._fields))
    for reaction in reactions:
        reach = reaction.radius * (1 + np.abs(reaction.waves[:, 0]).sum() + 6 * reaction.softness)
        reach /= np.sqrt(reaction.axis_ratio)
        top, left = (max(0, int(at - reach)) for at in (reaction.y, reaction.x))
        bottom, right = (int(at + reach) + 2 for at in (reaction.y, reaction.x))
        window = (slice(top, bottom), slice(left, right))
        mine = _fields(reaction, mottle[window], left, top)
        for whole, part in zip(fields, mine, strict=True):
            np.maximum(whole[window], part, out=whole[window])
    return fields


def _fields(reaction: Reaction, mottle: Pixels, left: int, top: int) -> Fields:
    y, x = np.mgrid[: mottle.shape[0], : mottle.shape[1]].astype(np.float32)
    x, y = x + left + 0.5 - reaction.x, y + top + 0.5 - reaction.y
    angle = np.arctan2(y, x) - reaction.angle
    distance = np.hypot(x, y) / reaction.radius
    stretch = np.hypot(np.cos(angle), np.sin(angle) / reaction.axis_ratio)
    border = 1 / (stretch * np.sqrt(reaction.axis_ratio))
    inner = border.copy()
    for times, (height, phase) in enumerate(reaction.waves, 2):
        border *= 1 + height * np.cos(times * angle + phase)
        inner *= 1 + height * np.sin(times * angle + phase)
    flare = 1 / (1 + np.exp(np.clip((distance - border) / reaction.softness, -30, 30)))
    wheal_edge = max(0.04, 0.8 / reaction.radius)
    inside = (distance - reaction.wheal * inner) / wheal_edge
    wheal = 1 / (1 + np.exp(np.clip(inside, -30, 30)))
    redness = reaction.redness * flare * (1 + mottle) * (1 - reaction.paleness * wheal)
    dome = np.clip(1 - (distance / (1.15 * reaction.wheal * inner)) ** 2, 0, 1)
    height = reaction.wheal * reaction.radius * dome**0.7
    return Fields(*(field.astype(np.float32) for field in (redness, flare, wheal, height)))
