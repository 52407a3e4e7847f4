"""Skin as light sees it: what haemoglobin, melanin and ink take from its red, green and blue.

Colours here are linear light, float32 in 0..1. A photo of skin is what its surface reflects, which
no pigment changes, plus what comes back from within, which each pigment dims by
exp(-amount * absorption) (a modified Beer-Lambert law, as in Tsumura et al. 2003,
doi:10.1145/882262.882344). So the same flare shows less, and browner, on darker skin. An amount is
the natural logarithm by which a pigment dims green.
"""

from typing import Any, NamedTuple

import cv2
import numpy as np
from numpy.typing import NDArray

from erythema.learning.forearms import Forearm

Pixels = NDArray[np.float32]

# Oxygenated blood at 600, 540 and 460 nm, as green: 3200, 53236 and 44480 per cm and mol/l (Prahl
# 1999, https://omlc.org/spectra/hemoglobin/).
HAEMOGLOBIN = np.array([0.06, 1.0, 0.84], np.float32)
# At the same wavelengths, by their power -3.48 (Jacques 1998,
# https://omlc.org/spectra/melanin/mua.html).
MELANIN = np.array([0.69, 1.0, 1.75], np.float32)

SURFACE = 0.03  # share of the light that the surface reflects into the camera
PALE = (0.72, 0.50, 0.40)  # skin without melanin, linear

# From which individual typology angle (degrees) skin counts as very light, light, intermediate,
# tan, brown and, below the last, dark (Chardon et al. 1991, doi:10.1111/j.1467-2494.1991.tb00561.x;
# Del Bino and Bernerd 2013, doi:10.1111/bjd.12529); numbered as Fitzpatrick's types I to VI.
TONES = (55.0, 41.0, 28.0, 10.0, -30.0)


class Skin(NamedTuple):
    """A photo of an arm before anything happens on it.

    ``within``, ``surface``: (height, width, 3), its light from within and from the surface;
    ``skin``, ``arm``: (height, width), 1 where skin, where the arm is, soft at their edges;
    ``colour``: (3,), the arm's median, of both together;
    ``patient``: of the photo, or a number for a drawn arm.
    """

    within: Pixels
    surface: Pixels
    skin: Pixels
    arm: Pixels
    colour: Pixels
    patient: str


def from_srgb(photo: NDArray[np.uint8]) -> Pixels:
    """Return linear light (IEC 61966-2-1) of uint8 sRGB."""
    return np.asarray(_LINEAR[photo])


def to_srgb(light: Pixels) -> NDArray[np.uint8]:
    """Return uint8 sRGB (IEC 61966-2-1) of linear light; what is brighter than white is white.

    >>> to_srgb(np.array([0.0, 0.2140, 1.0, 7.0], np.float32)).tolist()
    [0, 127, 255, 255]
    """
    return np.asarray(_SRGB[(np.clip(light, 0, 1) * (len(_SRGB) - 1)).astype(np.int32)])


def dim(amount: Pixels, absorption: Pixels) -> Pixels:
    """Return the exponents (height, width, 3) of a pigment's amount (height, width)."""
    return np.multiply(amount[..., None], absorption, dtype=np.float32)


def typology_angle(colour: Pixels) -> float:
    """Return the individual typology angle of a colour in degrees: the lighter, the larger.

    >>> round(typology_angle(from_srgb(np.array([236, 202, 181], np.uint8))))
    66
    """
    lightness, _, yellow = lab(colour)
    return float(np.degrees(np.arctan2(lightness - 50, yellow)))


def tone(colour: Pixels) -> int:
    """Return the class of a skin colour, 1 (very light) to 6 (dark), by its typology angle."""
    return 1 + sum(typology_angle(colour) <= limit for limit in TONES)


def lab(colour: Pixels) -> NDArray[np.float64]:
    """Return CIELAB (L*, a*, b*) of one linear colour (3,)."""
    converted = cv2.cvtColor(
        _companded(colour).astype(np.float32).reshape(1, 1, 3), cv2.COLOR_RGB2LAB
    )
    return np.asarray(converted.reshape(3), np.float64)


def with_pigment(colour: Pixels, amount: float, absorption: Pixels) -> Pixels:
    """Return one colour (3,) of skin with more of a pigment, or with less of it (below 0)."""
    surface = np.minimum(SURFACE, colour)
    return np.asarray(surface + (colour - surface) * np.exp(-amount * absorption), np.float32)


def melanin_for(colour: Pixels, angle: float) -> float:
    """Return how much melanin, from -0.4 to 3, brings a colour nearest to a typology angle."""
    low, high = -0.4, 3.0
    for _ in range(20):
        middle = (low + high) / 2
        if typology_angle(with_pigment(colour, middle, MELANIN)) > angle:
            low = middle
        else:
            high = middle
    return low


def haemoglobin_for(colour: Pixels, amount: float, least_difference: float) -> float:
    """Return the amount, or the smallest larger one that changes a colour visibly.

    Parameters
    ----------
    least_difference: in CIELAB units (CIE 1976); 2.3 is just noticeable side by side.
    """
    before = lab(colour)
    while amount < 4:
        after = lab(with_pigment(colour, amount, HAEMOGLOBIN))
        if float(np.linalg.norm(after - before)) >= least_difference:
            break
        amount *= 1.05
    return amount


def noise(shape: tuple[int, int], grain: float, rng: np.random.Generator) -> Pixels:
    """Return smooth noise of mean 0 and about unit deviation whose spots are ``grain`` pixels."""
    coarse = rng.standard_normal([max(2, round(side / grain) + 1) for side in shape], np.float32)
    return np.asarray(cv2.resize(coarse, shape[::-1], interpolation=cv2.INTER_CUBIC), np.float32)


def axis(arm: NDArray[Any]) -> tuple[float, float]:
    """Return the direction of an arm in radians and its thickness in pixels.

    Parameters
    ----------
    arm: bool or integer (height, width); thickness is that of a bar of the same moments.
    """
    moments = cv2.moments(np.asarray(arm, np.uint8), binaryImage=True)
    xx, yy, xy = (moments[name] / moments["m00"] for name in ("mu20", "mu02", "mu11"))
    smaller = (xx + yy - np.hypot(xx - yy, 2 * xy)) / 2
    return float(0.5 * np.arctan2(2 * xy, xx - yy)), float(np.sqrt(12 * smaller))


def photographed(
    forearm: Forearm, size: int, magnification: float, rng: np.random.Generator
) -> Skin:
    """Return a square window of a photo of an arm, turned by quarters or mirrored.

    Parameters
    ----------
    magnification: 1 shows all of the photo's shorter side; it becomes more where the arm is
        narrower than a third of the window.
    """
    height, width = forearm.arm.shape
    room = cv2.distanceTransform(forearm.arm.astype(np.uint8), cv2.DIST_L2, 5)
    middle = np.argwhere(room >= 0.6 * room.max())
    y, x = middle[rng.integers(len(middle))]
    side = min(height / magnification, width / magnification, 3 * axis(forearm.arm)[1])
    scale = size / side
    left, top = np.clip(x - side / 2, 0, width - side), np.clip(y - side / 2, 0, height - side)
    matrix = np.array([[scale, 0, -left * scale], [0, scale, -top * scale]])
    matrix[:, 2] += (scale - 1) / 2  # pixel centres
    turns, mirrored = int(rng.integers(4)), rng.random() < 0.5

    def window(image: NDArray[Any], interpolation: int) -> NDArray[Any]:
        edge = cv2.BORDER_REFLECT_101
        moved = cv2.warpAffine(image, matrix, (size, size), flags=interpolation, borderMode=edge)
        moved = np.rot90(moved, turns)
        return np.ascontiguousarray(moved[:, ::-1] if mirrored else moved)

    light = from_srgb(window(forearm.photo, cv2.INTER_CUBIC))

    def soft(mask: NDArray[np.bool_]) -> Pixels:
        moved = window(mask.astype(np.float32), cv2.INTER_LINEAR)
        return np.asarray(cv2.GaussianBlur(moved, (0, 0), 0.8 * scale), np.float32)

    return _skin(light, soft(forearm.skin), soft(forearm.arm), forearm.scene)


def drawn(patient: str, size: int, rng: np.random.Generator) -> Skin:
    """Return an arm that runs through a photo from edge to edge, and its plain background."""
    y, x = (np.mgrid[:size, :size] / size - 0.5).astype(np.float32)
    angle = rng.uniform(0, np.pi)
    along = x * np.cos(angle) + y * np.sin(angle)
    across = y * np.cos(angle) - x * np.sin(angle) - rng.uniform(-0.06, 0.06)
    across -= rng.uniform(-0.2, 0.2) * along**2
    half = rng.uniform(0.2, 0.42) * (1 + rng.uniform(-0.25, 0.25) * along)
    place = across / half
    inside = np.clip((1 - np.abs(place)) * half * size / 2 + 0.5, 0, 1)
    light_from = rng.uniform(-0.6, 0.6)
    round_shade = np.sqrt(
        np.clip(1 - (place - light_from) ** 2 / (1.02 + abs(light_from)) ** 2, 0, 1)
    )
    texture = 0.02 * noise((size, size), 2, rng) + 0.03 * noise((size, size), 40, rng)
    shade = 0.35 + 0.65 * round_shade + texture
    background = rng.uniform(0.02, 0.7) * (1 + rng.normal(0, 0.12, 3))
    folds = 1 + 0.15 * noise((size, size), rng.uniform(3, 120), rng)
    shadow = 1 - 0.5 * np.exp(-np.clip(np.abs(place) - 1, 0, None) * half * 25)
    behind = (folds * shadow)[..., None] * background
    light = inside[..., None] * shade[..., None] * np.array(PALE) + (1 - inside[..., None]) * behind
    arm = inside.astype(np.float32)
    return _skin(np.clip(light, 0, 1).astype(np.float32), arm, arm, patient)


def _skin(light: Pixels, skin: Pixels, arm: Pixels, patient: str) -> Skin:
    colour = np.median(light[arm > 0.5], axis=0)
    shade = cv2.resize(light.mean(axis=2), None, fx=1 / 8, fy=1 / 8, interpolation=cv2.INTER_AREA)
    shade = cv2.resize(cv2.GaussianBlur(shade, (0, 0), 3), arm.shape[::-1])
    lit = np.clip(shade / colour.mean(), 0, 1.5)
    surface = np.minimum(SURFACE * lit[..., None], 0.5 * light)
    return Skin(light - surface, surface, skin, arm, colour, patient)


def _curve() -> Pixels:
    level = np.arange(256) / 255
    return np.where(level <= 0.04045, level / 12.92, ((level + 0.055) / 1.055) ** 2.4).astype(
        np.float32
    )


def _inverse_curve() -> NDArray[np.uint8]:
    return np.rint(255 * _companded(np.arange(65536) / 65535)).astype(np.uint8)


def _companded(light: NDArray[Any]) -> NDArray[Any]:
    return np.where(light <= 0.0031308, 12.92 * light, 1.055 * light ** (1 / 2.4) - 0.055)


_LINEAR = _curve()
_SRGB = _inverse_curve()
