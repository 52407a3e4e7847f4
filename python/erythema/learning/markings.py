"""What else is on an arm in a photo of a skin test: hair, spots, veins, ink, scratches, a scale."""

from itertools import pairwise
from typing import Any

import cv2
import numpy as np
from numpy.typing import NDArray

from erythema.learning.skin import HAEMOGLOBIN, MELANIN, Pixels, dim

Points = NDArray[np.float64]

# Deep vessels take more red than the skin above them gives back (Kienle et al. 1996,
# doi:10.1364/AO.35.001151).
_VEIN = np.array([1.0, 0.75, 0.4], np.float32)
_HAIR = np.array([1.0, 1.15, 1.3], np.float32)
_INKS = {
    "blue": np.array([2.2, 1.5, 0.35], np.float32),
    "black": np.array([1.7, 1.7, 1.6], np.float32),
    "violet": np.array([1.2, 2.0, 0.5], np.float32),
    "red": np.array([0.08, 2.2, 1.9], np.float32),
}
_SHIFT = 4  # OpenCV draws on a grid of 1/16 pixel

_STICKERS = ((0.10, 0.55, 0.22), (0.75, 0.75, 0.72), (0.08, 0.2, 0.6), (0.02, 0.02, 0.02))
STICKER_MM = 10.0


def hairs(
    shape: tuple[int, int], count: int, angle: float, mm: float, rng: np.random.Generator
) -> Pixels:
    """Return the exponents of curved hairs of 4 to 12 mm, most of them along one direction."""
    layer = np.zeros(shape, np.uint8)
    for _ in range(count):
        start = rng.uniform(0, 1, 2) * shape[::-1]
        heading = angle + rng.normal(0, 0.35)
        turns = heading + rng.normal(0, 0.08) * np.arange(8)
        steps = mm * rng.uniform(0.5, 1.5) * _headings(turns)
        _stroke(layer, start + np.cumsum(steps, axis=0), 1, int(rng.integers(40, 200)))
    return dim(_soft(layer, 0.7) * rng.uniform(0.3, 0.9), _HAIR)


def freckles(shape: tuple[int, int], count: int, mm: float, rng: np.random.Generator) -> Pixels:
    """Return the exponents of brown spots of 1 to 4 mm, a mole in ten of them larger and darker."""
    amount = np.zeros(shape, np.float32)
    for _ in range(count):
        mole = rng.random() < 0.1
        x, y = rng.uniform(0, 1, 2) * shape[::-1]
        radius = mm * (rng.uniform(1.2, 2.5) if mole else rng.uniform(0.4, 1.4))
        spot = _spot(shape, x, y, max(1.0, radius), rng.uniform(0.6, 1), 0.12 if mole else 0.3)
        amount = np.maximum(
            amount, spot * (rng.uniform(0.8, 1.6) if mole else rng.uniform(0.1, 0.5))
        )
    return dim(amount, MELANIN)


def veins(
    shape: tuple[int, int], count: int, angle: float, mm: float, rng: np.random.Generator
) -> Pixels:
    """Return the exponents of blurred blue-green vessels that wind along the arm."""
    layer = np.zeros(shape, np.uint8)
    for _ in range(count):
        start = rng.uniform(0, 1, 2) * shape[::-1]
        turns = angle + rng.normal(0, 0.2) + np.cumsum(rng.normal(0, 0.12, 40))
        steps = 0.02 * shape[0] * _headings(turns)
        path = start + np.cumsum(steps, axis=0) - steps.sum(axis=0) / 2
        _stroke(layer, path, max(2, round(rng.uniform(1.5, 3.5) * mm)), 255)
    return dim(_soft(layer, 0.9 * mm + 1) * rng.uniform(0.1, 0.3), _VEIN)


def scratches(shape: tuple[int, int], count: int, mm: float, rng: np.random.Generator) -> Pixels:
    """Return the exponents of thin red lines, some of them two or three side by side."""
    layer = np.zeros(shape, np.uint8)
    for _ in range(count):
        start = rng.uniform(0.1, 0.9, 2) * shape[::-1]
        heading = rng.uniform(0, 2 * np.pi)
        turns = heading + np.cumsum(rng.normal(0, 0.05, 12))
        steps = mm * rng.uniform(0.8, 3) * _headings(turns)
        aside = 3 * mm * np.array([-np.sin(heading), np.cos(heading)])
        for number in range(int(rng.integers(1, 4))):
            line = start + number * aside + np.cumsum(steps, axis=0)
            _stroke(layer, line, max(1, round(0.5 * mm)), int(rng.integers(120, 255)))
    return dim(_soft(layer, 0.6) * rng.uniform(0.5, 1.0), HAEMOGLOBIN)


def pen(
    shape: tuple[int, int],
    sites: Points,
    reach: NDArray[np.float64],
    angle: float,
    mm: float,
    rng: np.random.Generator,
) -> Pixels:
    """Return the exponents of ink: numbers or dots beside the pricks, or a grid between them.

    Parameters
    ----------
    sites: (n, 2), the pricks: x, y. ``reach``: (n,), how far from each the ink begins.
    angle: of the arm.
    """
    ink = _INKS[str(rng.choice(list(_INKS), p=[0.4, 0.35, 0.1, 0.15]))]
    layer = np.zeros(shape, np.uint8)
    style = rng.choice(["numbers", "dots", "grid", "none"], p=[0.4, 0.2, 0.25, 0.15])
    thick = max(1, round(rng.uniform(0.35, 0.8) * mm))
    along, across = axes(angle)
    if style == "grid":
        _grid(layer, sites, reach, (along, across), thick)
    elif style != "none":
        side = across * rng.choice([-1, 1])
        for number, (site, far) in enumerate(zip(sites, reach, strict=True), 1):
            at = site + side * (far + 3 * mm)
            if style == "dots":
                _stroke(layer, np.array([at, at + rng.normal(0, 0.4 * mm, 2)]), 2 * thick, 255)
            else:
                _number(layer, str(number), at, mm, thick)
    return dim(_soft(layer, 0.6) * rng.uniform(0.35, 1.0), ink)


def pricks(shape: tuple[int, int], sites: Points, mm: float) -> Pixels:
    """Return the exponents of the tiny punctures."""
    layer = np.zeros(shape, np.uint8)
    for site in sites:
        _stroke(layer, np.array([site, site]), max(1, round(0.6 * mm)), 200)
    return dim(_soft(layer, 0.6) * 0.7, HAEMOGLOBIN)


def lay_scale(photo: Pixels, away_from: Pixels, mm: float, rng: np.random.Generator) -> None:
    """Lay a ruler or a round sticker of 10 mm on the photo, where it hides nothing; or neither.

    Parameters
    ----------
    photo: linear light (height, width, 3), which is changed.
    away_from: (height, width), above 0.02 where nothing may lie.
    """
    kind = rng.choice(["ruler", "sticker", "none"], p=[0.35, 0.35, 0.3])
    if kind == "ruler":
        _lay_ruler(photo, away_from, mm, rng)
    elif kind == "sticker":
        height, width = away_from.shape
        radius = STICKER_MM / 2 * mm
        free = cv2.distanceTransform((away_from < 0.02).astype(np.uint8), cv2.DIST_L2, 5)
        free[: int(radius) + 2], free[-int(radius) - 2 :] = 0, 0
        free[:, : int(radius) + 2], free[:, -int(radius) - 2 :] = 0, 0
        places = np.argwhere(free > 1.3 * radius)
        if len(places):
            y, x = places[rng.integers(len(places))]
            disc = _spot((height, width), x, y, radius, 1.0, 0.05)[..., None]
            colour = np.array(_STICKERS[rng.integers(len(_STICKERS))], np.float32)
            photo += disc * (colour * rng.uniform(0.7, 1.2) - photo)


def axes(angle: float) -> tuple[Points, Points]:
    """Return the directions along an arm at an angle, and across it: (2,) each."""
    along = np.array([np.cos(angle), np.sin(angle)])
    return along, np.array([-along[1], along[0]])


def _lay_ruler(photo: Pixels, away_from: Pixels, mm: float, rng: np.random.Generator) -> None:
    """Along one edge of the photo, if nothing else lies there."""
    size = len(photo)
    depth = int(min(0.16 * size, rng.uniform(10, 16) * mm))
    edges = [np.rot90(away_from, turns)[:depth].max() for turns in range(4)]
    free = [turns for turns, most in enumerate(edges) if most < 0.02]
    if not free:
        return
    strip = np.rot90(photo, int(rng.choice(free)))[:depth]  # a view
    ruler = np.empty_like(strip)
    ruler[:] = np.array(rng.choice([(0.8, 0.8, 0.78), (0.75, 0.6, 0.12)]), np.float32)
    ink = np.zeros(strip.shape[:2], np.uint8)
    start = rng.uniform(0, 10 * mm)
    for tick in range(int((size - start) / mm) + 1):
        x = start + tick * mm
        long = 0.45 if tick % 10 == 0 else 0.32 if tick % 5 == 0 else 0.2
        _stroke(ink, np.array([[x, depth], [x, depth * (1 - long)]]), 1, 255)
        if tick % 10 == 0:
            _number(ink, str(tick // 10), np.array([x, depth * 0.3]), 0.12 * depth, 1)
    ruler *= np.exp(-3 * _soft(ink, 0.4))[..., None]
    strip[:] = ruler * rng.uniform(0.6, 1.0)


def _grid(
    layer: NDArray[np.uint8],
    sites: Points,
    reach: NDArray[np.float64],
    axes: tuple[Points, Points],
    thick: int,
) -> None:
    """A line across the arm between each two pricks that follow each other along it."""
    along, across = axes
    order = np.argsort(sites @ along)
    for first, second in pairwise(order):
        gap = (sites[second] - sites[first]) @ along
        if gap > reach[first] + reach[second]:
            at = sites[first] + along * (reach[first] + gap - reach[second]) / 2
            ends = [at - across * 0.1 * len(layer), at + across * 0.1 * len(layer)]
            _stroke(layer, np.array(ends), thick, 255)


def _headings(turns: NDArray[Any]) -> Points:
    return np.column_stack([np.cos(turns), np.sin(turns)])


def _number(layer: NDArray[np.uint8], text: str, at: Points, mm: float, thick: int) -> None:
    scale = max(0.3, 4.5 * mm / 22)  # the font is 22 pixels high at 1
    place = (round(at[0] - 9 * scale * len(text)), round(at[1] + 10 * scale))
    cv2.putText(layer, text, place, cv2.FONT_HERSHEY_SIMPLEX, scale, 255, thick, cv2.LINE_AA)


def _stroke(layer: NDArray[np.uint8], points: Points, thick: int, value: int) -> None:
    fixed = np.rint(points * 2**_SHIFT).astype(np.int32)
    cv2.polylines(layer, [fixed], False, value, thick, cv2.LINE_AA, _SHIFT)


def _soft(layer: NDArray[np.uint8], blur: float) -> Pixels:
    return np.asarray(cv2.GaussianBlur(layer, (0, 0), blur) / np.float32(255), np.float32)


def _spot(
    shape: tuple[int, int], x: float, y: float, radius: float, ratio: float, edge: float
) -> Pixels:
    """1 in an ellipse and 0 outside; the edge is a share of the radius."""
    spot = np.zeros(shape, np.float32)
    reach = int(2.5 * radius) + 3
    top, left = max(0, int(y) - reach), max(0, int(x) - reach)
    part = spot[top : int(y) + reach, left : int(x) + reach]
    rows, columns = np.mgrid[: part.shape[0], : part.shape[1]].astype(np.float32)
    distance = np.hypot(columns + left + 0.5 - x, (rows + top + 0.5 - y) / ratio) / radius
    part[:] = 1 / (1 + np.exp(np.clip((distance - 1) / edge, -30, 30)))
    return spot
