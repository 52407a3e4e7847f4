"""A network looks mirrored, and closer at what it found."""

import numpy as np
import pytest

from erythema.segmentation.passes import look_closer, mirror, windows


def test_mirrored_is_the_mean_of_the_look_and_of_the_mirrored_look():
    def left_half(batch):
        found = np.zeros(batch.shape[:3], np.float32)[..., None]
        found[:, :, :2] = batch[:, :, :2, :1]
        return found

    batch = np.zeros((1, 1, 4, 3), np.float32)
    batch[0, 0, :, 0] = [0.2, 0.4, 0.6, 0.8]
    # Seen as it is: 0.2, 0.4, 0, 0. Mirrored, the right half is on the left: 0, 0, 0.6, 0.8.
    found = mirror(left_half)(batch)[0, 0, :, 0]
    np.testing.assert_allclose(found, [0.1, 0.2, 0.3, 0.4], atol=1e-7)


def mask_with(*boxes):
    mask = np.zeros((100, 200), bool)
    for top, left, height, width in boxes:
        mask[top : top + height, left : left + width] = True
    return mask


def test_a_window_is_a_square_around_the_region():
    # 20 wide, 10 high, centre (60, 45): a window of 1.5 times has a side of 30.
    assert windows(mask_with((40, 50, 10, 20)), 1.5, 0.0) == [(slice(30, 60), slice(45, 75))]


def test_a_window_ends_at_the_border_of_the_photo():
    assert windows(mask_with((0, 190, 10, 10)), 2.0, 0.0) == [(slice(0, 15), slice(185, 200))]


def test_a_region_that_fills_the_photo_is_not_looked_at_again():
    assert windows(mask_with((0, 0, 100, 110)), 1.5, 0.0) == []


def test_regions_below_the_smallest_area_are_not_looked_at_again():
    two = mask_with((10, 10, 10, 10), (60, 100, 20, 10))  # 100 and 200 of 20000 pixels
    assert windows(two, 1.0, 0.0075) == [(slice(60, 80), slice(95, 115))]


def test_of_many_regions_the_largest_eight_are_looked_at_again():
    boxes = [(10, 20 * number, 4, 4 + number) for number in range(9)]
    places = windows(mask_with(*boxes), 1.0, 0.0)
    assert len(places) == 8
    assert places[0][1] == slice(160, 172)
    assert all(columns.start > 0 for _, columns in places)  # not the first, the smallest


@pytest.mark.parametrize(("second", "expected"), [(1.0, 0.8), (0.2, 0.4)])
def test_inside_a_window_the_probability_is_the_mean_of_both_looks(second, expected):
    photo = np.zeros((100, 200, 3), np.uint8)
    photo[40:50, 50:70] = 255
    whole = np.where(photo[..., 0] == 255, np.float32(0.6), np.float32(0))
    shapes = []

    def look(part):
        shapes.append(part.shape)
        return np.where(part[..., 0] == 255, np.float32(second), np.float32(0))

    found = look_closer(photo, whole, look, 1.5, 0.5, 0.0)
    assert shapes == [(30, 30, 3)]
    assert found.dtype == np.float32
    np.testing.assert_allclose(found[40:50, 50:70], expected, atol=1e-6)
    assert found.sum() == pytest.approx(200 * expected, rel=1e-5)


def test_where_nothing_is_found_there_is_no_closer_look():
    photo = np.zeros((10, 10, 3), np.uint8)
    whole = np.full((10, 10), 0.3, np.float32)
    seen = []
    np.testing.assert_array_equal(look_closer(photo, whole, seen.append, 1.5, 0.5, 0.0), whole)
    assert seen == []
