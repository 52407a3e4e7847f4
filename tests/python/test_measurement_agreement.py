"""Measures of agreement, worked out by hand. Also run on the Jetson Nano's Python 3.6."""

import math
import sys

import numpy as np
import pytest

from erythema.measurement.agreement import (
    MatchingError,
    at_longer_side,
    detection_f1,
    dice,
    hd95,
    iou,
    match,
    precision,
    recall,
    surface_dice,
    surface_distances,
)


def mask_of(*rows):
    return np.array([[pixel == "#" for pixel in row] for row in rows])


def lists(distances):
    return [one.tolist() for one in distances]


# Three pixels found, four drawn, two of them the same.
FOUND = mask_of("##..", "#...")
DRAWN = mask_of("##..", ".##.")
NOTHING = mask_of("....", "....")


def test_overlap_of_a_few_pixels():
    assert dice(FOUND, DRAWN) == 2 * 2 / (3 + 4)
    assert iou(FOUND, DRAWN) == 2 / 5
    assert precision(FOUND, DRAWN) == 2 / 3
    assert recall(FOUND, DRAWN) == 2 / 4


@pytest.mark.parametrize("measure", [dice, iou, precision, recall])
def test_nothing_found_and_nothing_drawn_agree_fully(measure):
    assert measure(NOTHING, NOTHING) == 1
    assert measure(NOTHING.astype(np.float32), NOTHING) == 1


@pytest.mark.parametrize("measure", [dice, iou, precision, recall])
def test_something_and_nothing_do_not_agree_at_all(measure):
    assert measure(FOUND, NOTHING) == 0
    assert measure(NOTHING, DRAWN) == 0


def test_a_probability_is_measured_by_its_sums():
    probability = np.array([[0.5, 0.25, 0, 0], [0.25, 0, 0, 0]], np.float32)
    # Of a sum of 1, 0.75 lies on the four pixels drawn.
    assert dice(probability, DRAWN) == 2 * 0.75 / (1 + 4)
    assert iou(probability, DRAWN) == 0.75 / (1 + 4 - 0.75)
    assert precision(probability, DRAWN) == 0.75 / 1
    assert recall(probability, DRAWN) == 0.75 / 4


def test_a_photo_of_large_probability_is_summed_without_loss():
    probability = np.full((4000, 4200), 0.1, np.float32)
    everywhere = np.ones(probability.shape, bool)
    assert precision(probability, everywhere) == 1
    assert recall(probability, everywhere) == pytest.approx(0.1, rel=1e-7)


@pytest.mark.parametrize("measure", [dice, iou, precision, recall, surface_distances, hd95])
def test_masks_of_different_shapes_are_refused(measure):
    with pytest.raises(ValueError, match="different shapes"):
        measure(FOUND, FOUND[:1])


@pytest.mark.parametrize("measure", [dice, iou, precision, recall, surface_distances, hd95])
def test_whole_numbers_are_no_masks(measure):
    with pytest.raises(ValueError, match="bool, not uint8"):
        measure(FOUND, 255 * DRAWN.astype(np.uint8))


def test_a_probability_has_no_border():
    with pytest.raises(ValueError, match="bool, not float32"):
        surface_distances(FOUND, DRAWN.astype(np.float32))


def test_the_border_is_where_one_of_four_neighbours_is_outside():
    block = mask_of("......", ".####.", ".####.", ".####.", "......")
    centre = mask_of("......", "......", "...#..", "......", "......")
    assert lists(surface_distances(block, centre)) == [
        # The ring of 10 pixels; the two within are no border.
        [
            *[math.sqrt(5), math.sqrt(2), 1, math.sqrt(2)],
            *[2, 1],
            *[math.sqrt(5), math.sqrt(2), 1, math.sqrt(2)],
        ],
        [1],
    ]


def test_the_photos_edge_is_outside():
    full = mask_of("###", "###", "###")
    corner = mask_of("#..", "...", "...")
    there, back = surface_distances(full, corner)
    assert len(there) == 8  # all but the centre
    assert max(there) == math.sqrt(8)
    assert back.tolist() == [0]


def test_distances_are_exact_across_a_photo():
    first, last = np.zeros((2, 512, 511), bool)
    first[0, 0] = last[511, 510] = True
    assert lists(surface_distances(first, last)) == [[math.sqrt(511**2 + 510**2)]] * 2


def test_an_empty_mask_is_infinitely_far():
    assert lists(surface_distances(FOUND, NOTHING)) == [[math.inf] * 3, []]
    assert lists(surface_distances(NOTHING, NOTHING)) == [[], []]


def test_hd95_is_the_larger_of_both_directions():
    pixel = mask_of("#....")
    line = mask_of("#####")
    # Back from the line: 0, 1, 2, 3, 4, whose 95th percentile lies 0.95 * 4 along.
    assert hd95(pixel, line) == hd95(line, pixel) == pytest.approx(3.8)


def test_hd95_of_an_empty_mask_is_the_diagonal():
    pixel = mask_of("#...", "....", "....")
    assert hd95(pixel, pixel & False) == hd95(pixel & False, pixel) == 5
    assert hd95(NOTHING, NOTHING) == 0


def test_surface_dice_counts_the_borders_within_the_tolerance():
    pixel = mask_of("#....")
    line = mask_of("#####")
    # Of 1 + 5 border pixels: at 0, 0 and at 0, 0, 1, 2.
    assert surface_dice(pixel, line, 0) == 2 / 6
    assert surface_dice(pixel, line, 1.9) == 3 / 6
    assert surface_dice(pixel, line, 2) == 4 / 6


def test_surface_dice_of_an_empty_mask():
    assert surface_dice(FOUND, NOTHING, 100) == surface_dice(NOTHING, FOUND, 100) == 0
    assert surface_dice(NOTHING, NOTHING, 0) == 1


def test_shrunk_a_pixel_is_inside_where_half_of_it_was():
    mask = mask_of("##.#....", "##..##..")
    assert at_longer_side(mask, 4).tolist() == mask_of("#.#.").tolist()


def test_the_aspect_is_kept():
    assert at_longer_side(np.ones((1200, 1600), bool)).shape == (384, 512)
    assert at_longer_side(np.ones((312, 104), bool)).shape == (512, 171)
    assert at_longer_side(np.ones((1, 2000), bool)).shape == (1, 512)


def test_a_mask_of_that_size_stays_as_it_is():
    mask = mask_of("#.#", ".#.", "..#")
    assert at_longer_side(mask, 3).tolist() == mask.tolist()


def test_enlarged_the_edge_of_the_photo_stays_reached():
    assert at_longer_side(mask_of("#."), 8).tolist() == mask_of("####....").repeat(4, 0).tolist()


def bars(*spans):
    """Masks of one row of ten pixels; (1, 3) is the pixels 1 and 2."""
    pixels = np.arange(10)[None]
    return [(pixels >= start) & (pixels < end) for start, end in spans]


@pytest.fixture
def scipy():
    return pytest.importorskip("scipy", reason="needs scipy: the extra 'evaluate'")


def test_each_reaction_is_matched_with_one_other(scipy):
    # IoU 2/4 and 3/4 with the single one.
    assert match(bars((0, 2), (0, 3)), bars((0, 4))) == [(1, 0)]
    assert match(bars((0, 4)), bars((0, 2), (0, 3))) == [(0, 1)]


def test_a_pair_reaches_the_least_iou(scipy):
    assert match(bars((0, 2)), bars((0, 4))) == [(0, 0)]
    assert match(bars((0, 2)), bars((0, 4)), min_iou=0.51) == []


def test_two_pairs_are_better_than_the_best_one(scipy):
    # The first two have IoU 4/5; the pairs across have 1/4 and 2/5, and the last two 0.
    found, drawn = bars((0, 4), (3, 5)), bars((0, 5), (0, 1))
    assert match(found, drawn, min_iou=0.25) == [(0, 1), (1, 0)]
    assert match(found, drawn) == [(0, 0)]


def test_three_pairs_are_better_than_two_perfect_ones(scipy):
    # The two in common have IoU 1; the three pairs in turn have 1/4, 1/7 and 1/4.
    first, second = bars((0, 4), (3, 7))
    found, drawn = [*bars((0, 1)), first, second], [first, second, *bars((6, 7))]
    assert match(found, drawn, min_iou=0.1) == [(0, 0), (1, 1), (2, 2)]
    assert match(found, drawn) == [(1, 0), (2, 1)]


def test_of_as_many_pairs_the_better_ones_are_taken(scipy):
    # 3/4 and 3/4, or 1 and 1 across.
    assert match(bars((0, 3), (0, 4)), bars((0, 4), (0, 3))) == [(0, 1), (1, 0)]


def test_nothing_matches_nothing(scipy):
    assert match([], bars((0, 2))) == match(bars((0, 2)), []) == match([], []) == []


def test_without_scipy_the_error_says_so(monkeypatch):
    monkeypatch.setitem(sys.modules, "scipy.optimize", None)
    with pytest.raises(MatchingError, match="scipy, which is not on this device"):
        match(bars((0, 2)), bars((0, 2)))


def test_detection_f1():
    assert detection_f1(matched=1, found=2, drawn=4) == 2 / 6
    assert detection_f1(matched=0, found=0, drawn=3) == 0
    assert detection_f1(matched=0, found=0, drawn=0) == 1
