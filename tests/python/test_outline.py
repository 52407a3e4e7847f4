"""Masks to outlines and back. Also run on the Jetson Nano's Python 3.6."""

import numpy as np
from hypothesis import given, settings
from hypothesis import strategies as st
from hypothesis.extra.numpy import array_shapes, arrays

from erythema.segmentation.outline import area, fill, simplify, to_grid, trace, trace_smoothly

MASKS = arrays(bool, array_shapes(min_dims=2, max_dims=2, min_side=1, max_side=24))


def mask_of(*rows):
    return np.array([[pixel == "#" for pixel in row] for row in rows])


def lists(regions):
    return [[outline.tolist() for outline in region] for region in regions]


def all_outlines(regions):
    return [outline for region in regions for outline in region]


def pixels_between(regions):
    return sum(area(outer) - sum(area(hole) for hole in holes) for outer, *holes in regions)


def test_a_pixel_is_outlined_by_its_four_corners():
    assert lists(trace(mask_of("..", ".#"))) == [[[[1, 1], [2, 1], [2, 2], [1, 2]]]]


def test_corners_on_a_straight_line_are_left_out():
    assert lists(trace(mask_of("###"))) == [[[[0, 0], [3, 0], [3, 1], [0, 1]]]]


def test_a_region_that_fills_the_photo_is_closed_at_its_borders():
    assert lists(trace(mask_of("##", "##"))) == [[[[0, 0], [2, 0], [2, 2], [0, 2]]]]


def test_a_hole_follows_its_regions_outer_outline():
    assert lists(trace(mask_of("###", "#.#", "###"))) == [
        [
            [[0, 0], [3, 0], [3, 3], [0, 3]],
            [[1, 1], [1, 2], [2, 2], [2, 1]],
        ]
    ]


def test_an_island_in_a_hole_is_a_region_of_its_own():
    regions = trace(mask_of("#####", "#...#", "#.#.#", "#...#", "#####"))
    assert [len(region) for region in regions] == [2, 1]


def test_pixels_that_touch_at_a_corner_are_two_regions():
    assert lists(trace(mask_of("#.", ".#"))) == [
        [[[0, 0], [1, 0], [1, 1], [0, 1]]],
        [[[1, 1], [2, 1], [2, 2], [1, 2]]],
    ]


def test_an_empty_mask_has_no_outlines():
    assert trace(np.zeros((3, 3), bool)) == []


@given(MASKS)
def test_filling_the_traced_outlines_gives_the_mask_again(mask):
    assert np.array_equal(fill(all_outlines(trace(mask)), mask.shape), mask)


@given(MASKS)
def test_the_area_of_the_traced_outlines_is_the_pixel_count(mask):
    assert pixels_between(trace(mask)) == mask.sum()


def test_a_pixel_is_filled_where_its_centre_is_inside():
    triangle = np.array([[0.0, 0.0], [3.0, 0.0], [0.0, 3.0]])
    # The centres on the diagonal lie on a right-hand border, which ImageJ counts as inside.
    assert np.array_equal(fill([triangle], (3, 3)), mask_of("###", "##.", "#.."))


def test_what_lies_outside_the_photo_is_not_filled():
    square = np.array([[-2.0, -2.0], [9.0, -2.0], [9.0, 1.0], [-2.0, 1.0]])
    assert np.array_equal(fill([square], (2, 3)), mask_of("###", "..."))


def test_an_outline_within_an_outline_is_a_hole():
    outer = np.array([[0.0, 0.0], [3.0, 0.0], [3.0, 3.0], [0.0, 3.0]])
    inner = np.array([[1.0, 1.0], [2.0, 1.0], [2.0, 2.0], [1.0, 2.0]])
    assert np.array_equal(fill([outer, inner], (3, 3)), mask_of("###", "#.#", "###"))


def test_a_smooth_outline_lies_where_interpolation_reaches_the_threshold():
    probability = np.array([[0.0, 0.0, 0.0], [0.0, 1.0, 0.0], [0.0, 0.0, 0.0]])
    # From the centre (1.5, 1.5) at 1 to its neighbours at 0, 0.75 is reached after a quarter.
    assert trace_smoothly(probability, 0.75)[0].tolist() == [
        [1.5, 1.25],
        [1.75, 1.5],
        [1.5, 1.75],
        [1.25, 1.5],
    ]


def test_a_smooth_outline_ends_at_the_photos_border():
    probability = np.array([[1.0, 0.0]])
    # Top, right (half-way between the centres 0.5 and 1.5), bottom, left.
    assert trace_smoothly(probability, 0.5)[0].tolist() == [[0.5, 0], [1, 0.5], [0.5, 1], [0, 0.5]]


def test_a_smooth_outline_has_no_holes():
    probability = np.ones((5, 5))
    probability[2, 2] = 0
    assert len(trace_smoothly(probability, 0.5)) == 1


def test_a_disc_keeps_its_area_to_a_thousandth():
    y, x = np.mgrid[0:200, 0:200] + 0.5
    probability = np.clip((60 - np.hypot(x - 100, y - 100)) / 20 + 0.5, 0, 1)
    (outline,) = trace_smoothly(probability, 0.5)
    assert abs(area(outline) / (np.pi * 60 * 60) - 1) < 0.001


@settings(deadline=None)
@given(st.integers(4, 40), st.sampled_from([0.25, 0.5, 2.0]))
def test_a_simplified_outline_stays_within_the_tolerance(corners, tolerance):
    angle = np.linspace(0, 2 * np.pi, 8 * corners, endpoint=False)
    outline = 50 + 20 * np.stack([np.cos(angle), np.sin(angle)], axis=1)
    simple = simplify(outline, tolerance)
    assert max(distance(point, simple) for point in outline) <= tolerance + 1e-4


def distance(point, outline):
    start, end = outline, np.roll(outline, -1, axis=0)
    along = end - start
    share = np.clip(np.sum((point - start) * along, 1) / np.sum(along * along, 1), 0, 1)
    return np.min(np.hypot(*(start + share[:, None] * along - point).T))


def test_points_that_round_to_one_are_one():
    outline = np.array([[0.01, 0.0], [0.02, 0.0], [5.0, 0.0], [5.0, 5.04]])
    assert to_grid(outline).tolist() == [[0, 0], [5, 0], [5, 5.0625]]


def test_coordinates_on_the_grid_are_exact_relative_to_any_corner():
    outline = to_grid(np.array([[4031.3, 17.7], [1003.1, 2999.9], [88.8, 512.2]]))
    corner = outline.min(axis=0).astype(np.float32)
    relative = outline.astype(np.float32) - corner
    assert np.array_equal(relative + corner, outline)
