"""Augmentation moves a photo and its mask alike, and only as far as is stated."""

import numpy as np
import pytest

from erythema.learning.augmentation import affine, augment, augment_widely, draw_movement, warp

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


@pytest.fixture(scope="module")
def movements():
    """A thousand random movements of a square of side 2, whose centre is (0.5, 0.5)."""
    rng = np.random.default_rng(0)
    return np.array([draw_movement(2, rng) for _ in range(1000)])


def assert_reaches(values, lowest, highest):
    """All values lie between the two, and some come within a hundredth of each."""
    margin = (highest - lowest) / 100
    assert lowest <= values.min() < lowest + margin
    assert highest - margin < values.max() <= highest


def test_a_copy_turns_up_to_30_degrees_either_way(movements):
    # The image of the x axis, or of its opposite where it was mirrored: the same slope.
    assert_reaches(np.degrees(np.arctan(movements[:, 1, 0] / movements[:, 0, 0])), -30, 30)


def test_a_copy_is_zoomed_by_up_to_30_percent_either_way(movements):
    assert_reaches(np.sqrt(np.abs(np.linalg.det(movements[:, :, :2]))), 0.7, 1.3)


@pytest.mark.parametrize("axis", [0, 1])
def test_a_copy_shifts_by_up_to_30_percent_of_the_side_either_way(movements, axis):
    centres = movements @ [0.5, 0.5, 1]
    assert_reaches((centres[:, axis] - 0.5) / 2, -0.3, 0.3)


def test_half_of_the_copies_are_mirrored_each_way(movements):
    # Turned by less than 90 degrees, an axis changes its sign only where it is mirrored.
    mirrored = movements[:, [0, 1], [0, 1]] < 0
    assert mirrored.mean(axis=0) == pytest.approx([0.5, 0.5], abs=0.05)
    assert mirrored.all(axis=1).mean() == pytest.approx(0.25, abs=0.05)


def share_of_erythema(mask):
    """Mean share of a wide copy's pixels that are erythema."""
    photo = np.zeros((*mask.shape, 3), np.float32)
    rng = np.random.default_rng(0)
    return np.mean([augment_widely(photo, mask, 32, rng)[1].mean() for _ in range(300)])


def test_a_closer_copy_shows_a_small_reaction_more_often_than_chance():
    small = np.zeros((64, 64), np.float32)
    small[6:10, 6:10] = 1  # 16 of 4096 pixels, next to a corner
    # Copies drawn about the photo's centre would hold 0.0045 of it, and lose it when zoomed in.
    assert share_of_erythema(small) > 0.0055


def test_a_photo_without_erythema_has_wide_copies_too():
    assert share_of_erythema(np.zeros((64, 64), np.float32)) == 0
