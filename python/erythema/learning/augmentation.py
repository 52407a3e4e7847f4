"""Turned, mirrored, shifted and zoomed copies of a photo and its mask, both moved alike."""

import cv2
import numpy as np
from numpy.typing import NDArray

from erythema.learning.appearance import change_appearance
from erythema.learning.clutter import lay_things

ROTATION = 30.0  # degrees either way
SHIFT = 0.3  # of the side, either way
ZOOM = 0.3  # 0.7 to 1.3 times

WIDE_ZOOM = (0.7, 1.8)
WIDE_SHIFT = 0.2  # of the side, either way
SHARE_ON_REACTION = 0.7  # of the copies zoomed in of photos with erythema


def augment(
    photo: NDArray[np.float32], mask: NDArray[np.float32], rng: np.random.Generator
) -> tuple[NDArray[np.float32], NDArray[np.float32]]:
    """Return one random copy of a square photo (size, size, 3) and of its mask (size, size).

    What comes in from outside is mirrored at the border, in the photo and in the mask.
    """
    matrix = draw_movement(len(photo), rng)
    return warp(photo, matrix), warp(mask, matrix)


def augment_widely(
    photo: NDArray[np.float32], mask: NDArray[np.float32], size: int, rng: np.random.Generator
) -> tuple[NDArray[np.float32], NDArray[np.float32]]:
    """Return one random copy of ``size`` pixels, turned by any angle and of another appearance.

    Most copies that are zoomed in show a part of the erythema, as a closer look would.

    Parameters
    ----------
    photo, mask: square, of ``size`` pixels or more, so that a copy zoomed in is sharp.
    """
    side = len(photo)
    zoom = np.exp(rng.uniform(*np.log(WIDE_ZOOM)))
    matrix = affine(
        side,
        degrees=rng.uniform(-180, 180),
        zoom=zoom,
        shift=tuple(rng.uniform(-WIDE_SHIFT, WIDE_SHIFT, 2)),
        mirror=(bool(rng.random() < 0.5), bool(rng.random() < 0.5)),
    )
    if zoom > 1 and mask.any() and rng.random() < SHARE_ON_REACTION:
        rows, columns = np.nonzero(mask)
        at = rng.integers(len(rows))
        matrix[:, 2] -= matrix[:, :2] @ (np.array([columns[at], rows[at]]) - (side - 1) / 2)
    shrink = size / side
    matrix = shrink * matrix
    matrix[:, 2] += (shrink - 1) / 2  # pixel centres
    if zoom * shrink < 1:
        against_aliasing = 0.3 / (zoom * shrink)
        photo = np.asarray(cv2.GaussianBlur(photo, (0, 0), against_aliasing), np.float32)
    moved = warp(photo, matrix, size), warp(mask, matrix, size)
    return change_appearance(lay_things(*moved, rng), rng), moved[1]


def draw_movement(size: int, rng: np.random.Generator) -> NDArray[np.float64]:
    """Return the matrix (2, 3) of one random movement of a square of ``size`` pixels."""
    return affine(
        size,
        degrees=rng.uniform(-ROTATION, ROTATION),
        zoom=rng.uniform(1 - ZOOM, 1 + ZOOM),
        shift=(rng.uniform(-SHIFT, SHIFT), rng.uniform(-SHIFT, SHIFT)),
        mirror=(bool(rng.random() < 0.5), bool(rng.random() < 0.5)),
    )


def affine(
    size: int,
    *,
    degrees: float = 0.0,
    zoom: float = 1.0,
    shift: tuple[float, float] = (0.0, 0.0),
    mirror: tuple[bool, bool] = (False, False),
) -> NDArray[np.float64]:
    """Return the matrix (2, 3) of a movement about the centre of a square of ``size`` pixels.

    Parameters
    ----------
    degrees: turn, clockwise as seen on the screen.
    shift: to the right and down, as a share of the side.
    mirror: left-right and up-down.

    >>> affine(4, mirror=(True, False))  # x becomes 3 - x
    array([[-1.,  0.,  3.],
           [ 0.,  1.,  0.]])
    """
    angle = np.deg2rad(degrees)
    turn = np.array([[np.cos(angle), -np.sin(angle)], [np.sin(angle), np.cos(angle)]])
    linear = zoom * turn @ np.diag(np.where(mirror, -1.0, 1.0))
    centre = np.full(2, (size - 1) / 2)
    offset = centre - linear @ centre + size * np.asarray(shift)
    return np.column_stack([linear, offset])


def warp(
    image: NDArray[np.float32], matrix: NDArray[np.float64], size: int | None = None
) -> NDArray[np.float32]:
    """Move a square image, with or without channels, into one of ``size`` pixels (its own: None).

    Linear between its pixels.
    """
    side = size or len(image)
    moved = cv2.warpAffine(
        image, matrix, (side, side), flags=cv2.INTER_LINEAR, borderMode=cv2.BORDER_REFLECT_101
    )
    return np.asarray(moved, np.float32)
