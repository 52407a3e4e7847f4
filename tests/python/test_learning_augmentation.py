"""Augmentation moves a photo and its mask alike, and only as far as is stated."""

import numpy as np
import pytest

from erythema.learning.augmentation import affine, augment, warp

SIZE = 4
CORNER = np.zeros((SIZE, SIZE), np.float32)
CORNER[0, 1] = 1  # top row, second from the left


def where(image):
    return [tuple(place) for place in np.argwhere(image > 0.5)]


@pytest.mark.parametrize(
    ("movement", "row", "column"),
    [
        ({}, 0, 1),
        ({"mirror": (True, False)}, 0, 2),
        ({"mirror": (False, True)}, 3, 1),
        ({"shift": (0.25, 0.5)}, 2, 2),
        ({"degrees": 90}, 1, 3),
    ],
)
def test_a_pixel_moves_as_worked_out_by_hand(movement, row, column):
    moved = warp(CORNER, affine(SIZE, **movement))
    assert moved[row, column] == pytest.approx(1, abs=1e-5)


def test_zoom_keeps_the_centre():
    centre = np.zeros((5, 5), np.float32)
    centre[2, 2] = 1
    assert where(warp(centre, affine(5, zoom=2.0))) == [(2, 2)]
    assert warp(centre, affine(5, zoom=2.0)).sum() == pytest.approx(4)  # twice each way


@pytest.mark.parametrize("seed", range(5))
def test_photo_and_mask_move_alike(seed):
    rng = np.random.default_rng(seed)
    mask = (rng.random((16, 16)) > 0.5).astype(np.float32)
    photo = np.repeat(mask[..., None], 3, axis=2)

    moved_photo, moved_mask = augment(photo, mask, rng)

    assert not np.array_equal(moved_mask, mask)
    for channel in range(3):
        np.testing.assert_array_equal(moved_photo[..., channel], moved_mask)


def test_the_same_seed_gives_the_same_copy():
    photo = np.random.default_rng(0).random((16, 16, 3), np.float32)
    copies = [augment(photo, photo[..., 0], np.random.default_rng(7))[0] for _ in range(2)]
    np.testing.assert_array_equal(*copies)
