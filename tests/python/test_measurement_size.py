"""Areas and diameters, worked out by hand. Also run on the Jetson Nano's Python 3.6."""

import itertools
import math

import cv2
import numpy as np
import pytest
from hypothesis import assume, given
from hypothesis import strategies as st
from hypothesis.extra.numpy import array_shapes, arrays

from erythema.measurement.size import OutlineError, measure
from erythema.segmentation.outline import GRID, trace

MASKS = arrays(bool, array_shapes(min_dims=2, max_dims=2, min_side=1, max_side=12))
POINTS_ON_GRID = st.lists(st.tuples(*[st.integers(0, 4000)] * 2), min_size=1, max_size=30).map(
    lambda points: GRID * np.array(points, float)
)


def path(*points):
    return np.array(points, float)


def box(left, top, right, bottom):
    return path((left, top), (right, top), (right, bottom), (left, bottom))


def numbers(size):
    return size[:4]


def turned(points):
    """By a right angle."""
    return points.dot(np.array([[0.0, 1.0], [-1.0, 0.0]]))


# Diameters -------------------------------------------------------------------


def test_of_a_rectangle_d_is_cut_from_the_line_orthogonal_to_the_diagonal():
    # From the middle the line falls by 4 on 3, so it has 3 * 5 / 4 between the long sides.
    size = measure([box(0, 0, 4, 3)])
    assert numbers(size) == (12, 5, 3.75, 4.375)
    assert size.longest.tolist() == [[0, 0], [4, 3]]
    assert size.orthogonal.tolist() == [[3.125, 0], [0.875, 3]]


def test_of_a_square_on_its_corner_both_diameters_are_its_diagonals():
    size = measure([path((3, 0), (6, 3), (3, 6), (0, 3))])
    assert numbers(size) == (18, 6, 6, 6)
    assert size.longest.tolist() == [[3, 0], [3, 6]]
    assert size.orthogonal.tolist() == [[0, 3], [6, 3]]


def test_of_a_right_triangle_d_ends_in_the_middle_of_its_longest_side():
    size = measure([path((0, 0), (4, 0), (0, 3))])
    # Its smallest width is 3 * 4 / 5 = 2.4.
    assert numbers(size) == pytest.approx((6, 5, 1.875, 3.4375))
    assert size.longest.tolist() == [[4, 0], [0, 3]]
    assert size.orthogonal == pytest.approx(path((0.875, 0), (2, 1.5)))


def test_of_a_crescent_d_lies_beside_the_midpoint_of_the_longest_diameter():
    size = measure([path((0, 0), (1, 0), (4, 4), (7, 0), (8, 0), (4, 6))])
    assert numbers(size) == (24 - 12, 8, 2, 5)
    assert size.longest.tolist() == [[0, 0], [8, 0]]
    assert size.orthogonal.tolist() == [[4, 4], [4, 6]]


def test_d_reaches_across_a_gap_to_the_outermost_points():
    # A C of bars as wide as 1.
    size = measure([path((0, 0), (8, 0), (8, 1), (1, 1), (1, 5), (8, 5), (8, 6), (0, 6))])
    assert numbers(size) == (8 + 4 + 8, 10, 7.5, 8.75)
    assert size.orthogonal.tolist() == [[6.25, 0], [1.75, 6]]


def test_d_is_0_where_its_line_passes_between_two_pieces():
    size = measure([box(0, 0, 1, 1), box(9, 0, 10, 1)])
    assert numbers(size) == (2, math.sqrt(101), 0, math.sqrt(101) / 2)
    assert size.orthogonal.tolist() == [[5, 0.5], [5, 0.5]]


def test_of_an_l_d_starts_in_its_inner_corner():
    size = measure([path((0, 0), (4, 0), (4, 3), (8, 3), (8, 6), (0, 6))])
    assert numbers(size) == (8 * 6 - 4 * 3, 10, 3.75, 6.875)
    assert size.orthogonal.tolist() == [[4, 3], [1.75, 6]]


def test_d_reaches_a_corner_that_only_touches_its_line():
    # Below (5, 1) to (3, 1) a spike comes from the right as far as (4, 3).
    size = measure([path((0, 0), (8, 0), (6, 1), (4, 3), (5, 1), (3, 1))])
    assert size.longest.tolist() == [[0, 0], [8, 0]]
    assert size.orthogonal.tolist() == [[4, 0], [4, 3]]


def test_of_several_longest_diameters_the_highest_and_leftmost_is_taken():
    rectangle = box(0, 0, 4, 3)
    for outline in (rectangle, rectangle[::-1], np.roll(rectangle, 1, axis=0)):
        assert measure([outline]).longest.tolist() == [[0, 0], [4, 3]]
    two_long_sides = path((4, 8), (2, 0), (0, 8))
    assert measure([two_long_sides]).longest.tolist() == [[2, 0], [0, 8]]


def test_on_the_grid_of_a_sixteenth_pixel_sizes_are_exact_far_from_the_corner():
    size = measure([60000 + GRID + GRID * box(0, 0, 4, 3)])
    assert numbers(size) == (12 * GRID**2, 5 * GRID, 3.75 * GRID, 4.375 * GRID)


def test_whole_numbers_are_coordinates_too():
    assert numbers(measure([box(0, 0, 4, 3).astype(np.int16)])) == (12, 5, 3.75, 4.375)


def test_of_thousands_of_points_the_two_farthest_are_found():
    random = np.random.RandomState(0)
    angles = np.linspace(0, 2 * math.pi, 3000, endpoint=False)
    radii = random.uniform(900, 1000, len(angles))
    outline = 2000 + radii[:, None] * np.stack([np.cos(angles), np.sin(angles)], axis=1)
    farthest = max(np.hypot(*(outline - point).T).max() for point in outline)
    assert measure([outline]).longest_diameter_px == pytest.approx(farthest)


# Area ------------------------------------------------------------------------


def test_a_hole_is_no_area_and_changes_no_diameter():
    outer, hole = box(0, 0, 8, 8), box(2, 2, 6, 6)
    diagonal = math.sqrt(128)
    for outlines in ([outer, hole], [hole, outer], [outer, hole[::-1]]):
        assert numbers(measure(outlines)) == pytest.approx((64 - 16, *[diagonal] * 3))


def test_an_island_in_a_hole_is_area_again():
    island, hole, outer = box(4, 4, 5, 5), box(2, 2, 7, 7), box(0, 0, 9, 9)
    assert measure([island, hole, outer]).area_px == 81 - 25 + 1


def test_a_hole_may_touch_the_border():
    notch, corner = box(0, 1, 2, 2), path((0, 0), (1, 0), (0, 1))
    assert measure([box(0, 0, 4, 4), notch, corner]).area_px == 16 - 2 - 0.5


def test_pieces_beside_each_other_may_touch():
    assert measure([box(0, 0, 2, 2), box(2, 0, 4, 2), box(2, 2, 3, 3)]).area_px == 4 + 4 + 1


def test_an_outline_twice_is_no_area():
    assert measure([box(0, 0, 2, 2)] * 2).area_px == 0


def test_a_line_within_an_outline_takes_nothing_away():
    assert measure([box(0, 0, 4, 4), path((1, 1), (2, 2)), path((3, 3))]).area_px == 16


@given(MASKS, st.randoms())
def test_of_traced_outlines_in_any_order_the_area_is_the_pixel_count(mask, random):
    assume(mask.any())
    outlines = [outline for region in trace(mask) for outline in region]
    random.shuffle(outlines)
    assert measure(outlines).area_px == mask.sum()


# Any points on the grid --------------------------------------------------------


@given(POINTS_ON_GRID)
def test_the_longest_diameter_is_the_longest_of_all_distances(points):
    squares = [np.sum((one - other) ** 2) for one, other in itertools.product(points, points)]
    ends = measure([points]).longest
    assert np.sum((ends[1] - ends[0]) ** 2) == max(squares)


@given(POINTS_ON_GRID)
def test_both_diameters_lie_in_the_convex_hull_at_a_right_angle(points):
    size = measure([points])
    assert size.orthogonal_diameter_px <= size.longest_diameter_px + 1e-9
    along, across = np.diff(size.longest, axis=0)[0], np.diff(size.orthogonal, axis=0)[0]
    assert along.dot(across) == pytest.approx(0, abs=1e-6)
    midpoint = size.longest.mean(axis=0)
    assert along.dot(size.orthogonal[0] - midpoint) == pytest.approx(0, abs=1e-6)
    # The four ends are corners of a quadrilateral of area D d / 2.
    hull = cv2.convexHull(points.astype(np.float32))[:, 0].astype(float)
    spanned = size.longest_diameter_px * size.orthogonal_diameter_px / 2
    assert spanned <= measure([hull]).area_px + 1e-6


@given(POINTS_ON_GRID, st.integers(-20000, 20000), st.integers(-20000, 20000))
def test_moved_a_reaction_keeps_its_size(points, right, down):
    way = GRID * np.array([right, down])
    here, there = measure([points]), measure([points + way])
    assert numbers(there) == pytest.approx(numbers(here))
    assert np.array_equal(there.longest, here.longest + way)


@given(POINTS_ON_GRID)
def test_turned_a_reaction_with_one_longest_diameter_keeps_its_size(points):
    corners = np.unique(points, axis=0)
    squares = [np.sum((a - b) ** 2) for a, b in itertools.combinations(corners, 2)]
    assume(squares and squares.count(max(squares)) == 1)
    assert numbers(measure([turned(points)])) == pytest.approx(numbers(measure([points])))


@given(POINTS_ON_GRID, st.integers(0, 29))
def test_where_an_outline_starts_and_which_way_it_runs_changes_nothing(points, start):
    other = np.roll(points, start, axis=0)[::-1]
    assert numbers(measure([other])) == pytest.approx(numbers(measure([points])))


# What has hardly a size -------------------------------------------------------


def test_points_on_one_line_have_a_length_only():
    size = measure([path((1, 2), (5, 5), (9, 8), (5, 5))])
    assert numbers(size) == (0, 10, 0, 5)
    assert size.orthogonal.tolist() == [[5, 5], [5, 5]]


def test_two_points_have_a_length_only():
    assert numbers(measure([path((1, 2), (5, 5))])) == (0, 5, 0, 2.5)


def test_one_point_has_no_size():
    assert numbers(measure([path((1, 2), (1, 2), (1, 2))])) == (0, 0, 0, 0)


@pytest.mark.parametrize("outlines", [[], [path()], [box(0, 0, 1, 1), path()]])
def test_an_outline_without_points_is_refused(outlines):
    with pytest.raises(OutlineError, match="without points has no size"):
        measure(outlines)


@pytest.mark.parametrize("value", [math.nan, math.inf, -math.inf, 1e30])
def test_a_coordinate_that_is_no_place_in_a_photo_is_refused(value):
    with pytest.raises(OutlineError, match="no number, or lies beyond 1048576 pixels"):
        measure([path((0, 0), (4, 0), (0, value))])


def test_more_outlines_than_a_reaction_has_are_refused():
    with pytest.raises(
        OutlineError, match="2001 outlines in one reaction are too many to measure; 2000 is"
    ):
        measure([box(0, 0, 1, 1)] * 2001)
