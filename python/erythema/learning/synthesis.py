"""Rendered skin tests: photos of forearms with reactions whose outlines are known exactly.

They are for training, and for tests of what no real photo at hand shows: several reactions on an
arm, wheals, skin of each tone. What a network reaches on them says nothing about real photos.
"""

from typing import NamedTuple

import cv2
import numpy as np
from numpy.typing import NDArray

from erythema.learning import markings
from erythema.learning.flares import Reaction, paint, place
from erythema.learning.forearms import Forearm
from erythema.learning.skin import (
    HAEMOGLOBIN,
    MELANIN,
    Pixels,
    Skin,
    axis,
    dim,
    drawn,
    haemoglobin_for,
    melanin_for,
    noise,
    photographed,
    to_srgb,
    tone,
    with_pigment,
)

SIZE = 512  # pixels, each side of a rendered photo
SMALLEST_DIAMETER = 18.0  # pixels, of a flare
SHARE_DRAWN = 0.3  # of the photos, on a drawn arm instead of a photographed one

Pair = tuple[float, float]


class Ranges(NamedTuple):
    """From where to where each quality of a rendered photo is drawn, evenly."""

    reactions: Pair  # on one arm
    merging: Pair  # neighbours whose flares merge with another's
    unresponsive: Pair  # pricks that nothing follows
    diameter: Pair  # of a flare, mm on an arm of `arm_width`
    arm_width: Pair  # mm
    redness: Pair  # haemoglobin, as the natural logarithm by which it dims green
    least_difference: Pair  # CIELAB units between a flare and the skin around it, at least
    softness: Pair  # of a flare's edge, share of its radius
    axis_ratio: Pair  # of a flare, shorter to longer
    wave: Pair  # height of each of four waves along a flare's outline, share of its radius
    wheal: Pair  # its diameter as a share of the flare's
    paleness: Pair  # share of the flare's redness that a wheal lacks
    relief: Pair  # how strongly the light shows a wheal's slopes
    mottle: Pair  # unevenness of the skin's redness, haemoglobin
    typology_angle: Pair  # of the skin's colour, degrees: about 60 very light, -50 dark
    magnification: Pair  # of a photographed arm
    hairs: Pair  # number
    freckles: Pair  # number
    veins: Pair  # number
    scratches: Pair  # number
    glare: Pair  # light of a highlight on the arm, share of the skin's own
    fall_of_light: Pair  # natural logarithm from one edge of the photo to the other
    exposure: Pair  # natural logarithm
    white_balance: Pair  # natural logarithm of each channel
    blur: Pair  # pixels, standard deviation
    noise: Pair  # of the camera, share of white, standard deviation


TRAINING = Ranges(
    reactions=(1, 6),
    merging=(0, 1),
    unresponsive=(0, 2),
    diameter=(8, 32),
    arm_width=(65, 90),
    redness=(0.3, 0.8),
    least_difference=(12, 14),
    softness=(0.05, 0.11),
    axis_ratio=(0.75, 1),
    wave=(0, 0.04),
    wheal=(0.25, 0.5),
    paleness=(0.3, 0.9),
    relief=(0.2, 1.0),
    mottle=(0.01, 0.06),
    typology_angle=(-45, 60),
    magnification=(1, 2),
    hairs=(0, 250),
    freckles=(0, 25),
    veins=(0, 3),
    scratches=(0, 2),
    glare=(0, 0.35),
    fall_of_light=(-0.5, 0.5),
    exposure=(-0.3, 0.25),
    white_balance=(-0.06, 0.06),
    blur=(0.3, 1.1),
    noise=(0.002, 0.015),
)

TEST = Ranges(
    reactions=(1, 8),
    merging=(0, 2),
    unresponsive=(0, 3),
    diameter=(6, 38),
    arm_width=(60, 95),
    redness=(0.25, 0.9),
    least_difference=(10, 14),
    softness=(0.04, 0.13),
    axis_ratio=(0.65, 1),
    wave=(0, 0.05),
    wheal=(0.2, 0.55),
    paleness=(0.2, 1.0),
    relief=(0.1, 1.2),
    mottle=(0.01, 0.08),
    typology_angle=(-55, 65),
    magnification=(1, 2.4),
    hairs=(0, 350),
    freckles=(0, 40),
    veins=(0, 4),
    scratches=(0, 3),
    glare=(0, 0.45),
    fall_of_light=(-0.7, 0.7),
    exposure=(-0.4, 0.3),
    white_balance=(-0.09, 0.09),
    blur=(0.2, 1.5),
    noise=(0.001, 0.02),
)


class Rendering(NamedTuple):
    """A rendered photo, uint8 (512, 512, 3), and what is on it.

    ``erythema``, ``wheals``: float32 (512, 512), 1 inside and 0 outside; the borders are where they
    cross 0.5. Flares that merge are one region. ``arm``: bool (512, 512). ``tone``: class of the
    skin's colour, 1 to 6. ``mm_per_pixel``: the arm's width taken as one of ``Ranges.arm_width``.
    """

    photo: NDArray[np.uint8]
    erythema: Pixels
    wheals: Pixels
    arm: NDArray[np.bool_]
    patient: str
    tone: int
    mm_per_pixel: float


def render(
    ranges: Ranges, forearms: list[Forearm], *, reactions: bool, rng: np.random.Generator
) -> Rendering:
    """Render one photo of a skin test on one of the forearms or on a drawn one.

    Parameters
    ----------
    forearms: none: the arm is drawn.
    reactions: False renders all the rest, pricks and pen marks too.
    """
    skin = _base(ranges, forearms, rng)
    angle, thickness = axis(skin.arm > 0.5)
    mm = thickness / _draw(ranges.arm_width, rng)
    colour, melanin = _recolour(skin, ranges, rng)
    sites = _prick_sites(skin.arm, angle, mm, rng)
    tests = _react(ranges, sites, skin.arm, colour, mm, rng) if reactions else []
    idle = _unresponsive(ranges, sites, tests, rng, reactions)
    fields = paint(tests, skin.arm.shape, 0.1 * noise(skin.arm.shape, 3 * mm, rng))
    at = np.array([(test.x, test.y) for test in tests] + idle).reshape(-1, 2)
    reach = np.array([1.2 * test.radius for test in tests] + [2 * mm] * len(idle))

    on_skin = skin.skin[..., None]
    pigments = dim(fields.haemoglobin, HAEMOGLOBIN) + melanin * MELANIN
    pigments += _blemishes(ranges, skin.arm.shape, angle, mm, rng)
    pigments += markings.pricks(skin.arm.shape, at, mm)
    light = skin.within * np.exp(-on_skin * pigments)
    slopes, shine = _relief(fields.height, _draw(ranges.relief, rng), rng)
    shine += _draw(ranges.glare, rng) * colour.mean() * _highlight(skin.arm, angle, rng)
    light = light * slopes[..., None] + skin.surface + on_skin * shine[..., None]
    cover = markings.pen(skin.arm.shape, at, reach, angle, mm, rng)
    lie = angle + rng.uniform(-1.5, 1.5)
    cover += markings.hairs(skin.arm.shape, _whole(ranges.hairs, rng), lie, mm, rng)
    light *= np.exp(-on_skin * cover)
    in_the_way = np.maximum(fields.flare, _discs(at, reach, skin.arm.shape))
    markings.lay_scale(light, in_the_way, mm, rng)
    return Rendering(
        _photograph(light, ranges, rng),
        np.minimum(fields.flare, skin.skin),
        fields.wheal,
        skin.arm > 0.5,
        skin.patient,
        tone(colour),
        1 / mm,
    )


def _draw(pair: Pair, rng: np.random.Generator) -> float:
    return float(rng.uniform(*pair))


def _whole(pair: Pair, rng: np.random.Generator) -> int:
    return int(rng.integers(int(pair[0]), int(pair[1]) + 1))


def _base(ranges: Ranges, forearms: list[Forearm], rng: np.random.Generator) -> Skin:
    if not forearms or rng.random() < SHARE_DRAWN:
        return drawn(f"drawn {rng.integers(10**9):09d}", SIZE, rng)
    forearm = forearms[rng.integers(len(forearms))]
    magnification = _draw(ranges.magnification, rng)
    return photographed(forearm, SIZE, magnification, rng)


def _prick_sites(
    arm: Pixels, angle: float, mm: float, rng: np.random.Generator
) -> NDArray[np.float64]:
    """One or two rows of places along the arm, at least 2 cm apart, in random order: (n, 2)."""
    spacing = mm * rng.uniform(20, 28)
    along, across = markings.axes(angle)
    middle = np.argwhere(arm > 0.5).mean(axis=0)[::-1]
    rows = (0.0,) if rng.random() < 0.4 else (-0.5, 0.5)
    steps = np.arange(-12, 13) + rng.uniform(0, 1)
    sites = [
        middle + spacing * (step * along + row * 1.2 * across) + rng.normal(0, 1.5 * mm, 2)
        for step in steps
        for row in rows
    ]
    on_arm = [site for site in sites if _is_inside(arm, site)]
    return rng.permutation(np.array(on_arm).reshape(-1, 2))


def _is_inside(arm: Pixels, site: NDArray[np.float64]) -> bool:
    x, y = site.astype(int)
    return 12 <= x < arm.shape[1] - 12 and 12 <= y < arm.shape[0] - 12 and arm[y, x] > 0.9


def _recolour(skin: Skin, ranges: Ranges, rng: np.random.Generator) -> tuple[Pixels, float]:
    """The arm's new colour, and the melanin that makes it so."""
    melanin = melanin_for(skin.colour, _draw(ranges.typology_angle, rng))
    return with_pigment(skin.colour, melanin, MELANIN), melanin


def _react(
    ranges: Ranges,
    sites: NDArray[np.float64],
    arm: Pixels,
    colour: Pixels,
    mm: float,
    rng: np.random.Generator,
) -> list[Reaction]:
    smallest = SMALLEST_DIAMETER / 2
    count = _whole(ranges.reactions, rng)
    radii = np.maximum(mm * rng.uniform(*ranges.diameter, count) / 2, smallest)
    placed = place(sites, radii, smallest, arm, _whole(ranges.merging, rng), rng)
    visible = _draw(ranges.least_difference, rng)
    return [
        Reaction(
            x,
            y,
            radius,
            axis_ratio=_draw(ranges.axis_ratio, rng),
            angle=rng.uniform(0, np.pi),
            softness=_draw(ranges.softness, rng),
            waves=np.column_stack([rng.uniform(*ranges.wave, 4), rng.uniform(0, 2 * np.pi, 4)]),
            redness=haemoglobin_for(colour, _draw(ranges.redness, rng), visible),
            wheal=_draw(ranges.wheal, rng),
            paleness=_draw(ranges.paleness, rng),
        )
        for x, y, radius in placed
    ]


def _unresponsive(
    ranges: Ranges,
    sites: NDArray[np.float64],
    tests: list[Reaction],
    rng: np.random.Generator,
    reactions: bool,
) -> list[tuple[float, float]]:
    """Sites of pricks that nothing followed, clear of the flares; more where nothing reacts."""
    count = _whole(ranges.unresponsive if reactions else ranges.reactions, rng)
    free = [
        (float(x), float(y))
        for x, y in sites
        if all(np.hypot(x - test.x, y - test.y) > 1.5 * test.radius for test in tests)
    ]
    return free[:count]


def _blemishes(
    ranges: Ranges, shape: tuple[int, int], angle: float, mm: float, rng: np.random.Generator
) -> Pixels:
    """The exponents of all that colours the skin besides the tests."""
    mottle = _draw(ranges.mottle, rng) * noise(shape, 12 * mm, rng)
    return (
        dim(mottle, HAEMOGLOBIN)
        + markings.freckles(shape, _whole(ranges.freckles, rng), mm, rng)
        + markings.veins(shape, _whole(ranges.veins, rng), angle, mm, rng)
        + markings.scratches(shape, _whole(ranges.scratches, rng), mm, rng)
    )


def _relief(height: Pixels, strength: float, rng: np.random.Generator) -> tuple[Pixels, Pixels]:
    """How light from one side brightens and darkens the slopes of wheals, and makes them shine."""
    smooth = cv2.GaussianBlur(height, (0, 0), 1.2)
    from_side = rng.uniform(0, 2 * np.pi)
    slope = np.cos(from_side) * cv2.Sobel(smooth, cv2.CV_32F, 1, 0, scale=1 / 8)
    slope += np.sin(from_side) * cv2.Sobel(smooth, cv2.CV_32F, 0, 1, scale=1 / 8)
    slope = np.tanh(slope)
    shine = 0.06 * strength * np.clip(slope, 0, 1) ** 2
    return 1 + 0.25 * strength * slope, shine


def _highlight(arm: Pixels, angle: float, rng: np.random.Generator) -> Pixels:
    """About 1 in the middle of a highlight drawn out along the arm, 0 far from it."""
    rows, columns = np.nonzero(arm[::4, ::4] > 0.9)
    at = rng.integers(len(rows))
    y, x = np.mgrid[:SIZE, :SIZE].astype(np.float32)
    y, x = y - 4 * rows[at], x - 4 * columns[at]
    along, across = x * np.cos(angle) + y * np.sin(angle), y * np.cos(angle) - x * np.sin(angle)
    length, width = SIZE * rng.uniform(0.1, 0.4), SIZE * rng.uniform(0.02, 0.08)
    highlight = np.exp(-0.5 * ((along / length) ** 2 + (across / width) ** 2))
    sparkle = np.clip(1 + 0.08 * noise(arm.shape, 4, rng), 0, None)
    return np.asarray(highlight * sparkle, np.float32)


def _discs(
    sites: NDArray[np.float64], reach: NDArray[np.float64], shape: tuple[int, int]
) -> Pixels:
    """1 in discs about the sites."""
    discs = np.zeros(shape, np.float32)
    for (x, y), radius in zip(sites, reach, strict=True):
        cv2.circle(discs, (round(x), round(y)), round(radius), 1.0, -1)
    return discs


def _photograph(light: Pixels, ranges: Ranges, rng: np.random.Generator) -> NDArray[np.uint8]:
    """Light the scene unevenly and take it with a camera of limited sharpness."""
    y, x = (np.mgrid[:SIZE, :SIZE] / SIZE - 0.5).astype(np.float32)
    direction = rng.uniform(0, 2 * np.pi)
    fall = _draw(ranges.fall_of_light, rng) * (x * np.cos(direction) + y * np.sin(direction))
    gain = np.exp(fall + _draw(ranges.exposure, rng))
    channels = np.exp(rng.uniform(*ranges.white_balance, 3)).astype(np.float32)
    seen = cv2.GaussianBlur(light * gain[..., None] * channels, (0, 0), _draw(ranges.blur, rng))
    # Photon noise: its deviation grows with the root of the light.
    grain = _draw(ranges.noise, rng) * rng.standard_normal(light.shape, np.float32)
    return to_srgb(seen + grain * np.sqrt(np.clip(seen, 0, 1)))
