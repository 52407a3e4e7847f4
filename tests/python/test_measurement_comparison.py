"""Two sets of outlines of one photo, compared by hand. Also run on the Jetson Nano's Python 3.6."""

import math
import sys
import tracemalloc

import numpy as np
import pytest

from erythema.measurement.agreement import MatchingError, dice, iou, match
from erythema.measurement.comparison import Comparison, Pair, compare
from erythema.measurement.size import OutlineError
from erythema.segmentation.outline import fill, fill_each

LARGE = (8000, 8000)  # 64 megapixels


def path(*points):
    return np.array(points, float)


def box(left, top, right, bottom):
    return path((left, top), (right, top), (right, bottom), (left, bottom))


@pytest.fixture
def scipy():
    return pytest.importorskip("scipy", reason="needs scipy: the extra 'evaluate'")


# By hand ---------------------------------------------------------------------


def test_two_squares_that_overlap_by_half(scipy):
    # Of the 12 border pixels of each, 4 lie 2 pixels from the other's border.
    assert compare([[box(0, 0, 4, 4)]], [[box(2, 0, 6, 4)]], (512, 300)) == Comparison(
        dice=2 * 8 / (16 + 16),
        iou=8 / 24,
        precision=8 / 16,
        recall=8 / 16,
        hd95_px=2,
        area_found_px=16,
        area_drawn_px=16,
        reactions_found=1,
        reactions_drawn=1,
        detection_f1=0,
        pairs=[],
    )


def test_matched_reactions_are_told_by_their_indices(scipy):
    found = [[box(0, 0, 4, 4)], [box(10, 10, 14, 14)], [box(20, 0, 24, 4)]]
    drawn = [[box(10, 10, 14, 12)], [box(0, 0, 4, 5)]]

    compared = compare(found, drawn, (30, 30))

    assert compared.pairs == [
        Pair(found=0, drawn=1, iou=16 / 20, dice=2 * 16 / (16 + 20)),
        Pair(found=1, drawn=0, iou=8 / 16, dice=2 * 8 / (16 + 8)),
    ]
    assert compared.detection_f1 == 2 * 2 / (3 + 2)
    assert (compared.reactions_found, compared.reactions_drawn) == (3, 2)
    assert compared.dice == 2 * 24 / (48 + 28)
    assert compared.iou == 24 / (48 + 28 - 24)
    assert (compared.precision, compared.recall) == (24 / 48, 24 / 28)


def test_what_lies_in_two_reactions_counts_once(scipy):
    compared = compare([[box(0, 0, 4, 4)], [box(2, 0, 6, 4)]], [[box(0, 0, 6, 4)]], (8, 8))
    assert (compared.area_found_px, compared.area_drawn_px, compared.dice) == (24, 24, 1)
    # Either has an IoU of 16 / 24.
    assert [pair.iou for pair in compared.pairs] == [16 / 24]


def test_a_hole_is_outside(scipy):
    ring = [box(0, 0, 6, 6), box(2, 2, 4, 4)]
    compared = compare([ring], [[box(0, 0, 6, 6)]], (8, 8))
    assert (compared.area_found_px, compared.area_drawn_px) == (32, 36)
    assert compared.pairs == [Pair(0, 0, 32 / 36, 2 * 32 / (32 + 36))]
    # What lies in the hole has nothing in common with the ring.
    assert compare([ring], [[box(2, 2, 4, 4)]], (8, 8)).pairs == []


def test_distances_are_those_of_a_photo_of_512_pixels(scipy):
    compared = compare([[box(0, 0, 8, 8)]], [[box(4, 0, 12, 8)]], (600, 1024))
    assert compared.hd95_px == 2
    assert compared.area_found_px == 64


def test_only_what_lies_in_the_photo_counts(scipy):
    compared = compare([[box(-3, -3, 2, 2)]], [[box(0, 0, 2, 2)]], (10, 10))
    assert compared.pairs == [Pair(0, 0, 1, 1)]
    assert compared.area_found_px == 4


@pytest.mark.parametrize("outside", [box(-9, 0, -5, 4), box(50, 0, 54, 4), box(0, 11, 4, 15)])
def test_an_outline_outside_of_the_photo_is_another_photo_s(outside):
    with pytest.raises(OutlineError, match="outside of the photo of 20 x 10 pixels"):
        compare([[outside]], [], (10, 20))


# Nothing ---------------------------------------------------------------------


def test_nothing_found_and_nothing_drawn_agree_fully(scipy):
    assert compare([], [], (30, 40)) == Comparison(1, 1, 1, 1, 0, 0, 0, 0, 0, 1, [])


def test_something_and_nothing_do_not_agree_at_all(scipy):
    square, diagonal = [[box(0, 0, 4, 4)]], math.hypot(512, 384)
    assert compare(square, [], (30, 40)) == Comparison(0, 0, 0, 0, diagonal, 16, 0, 1, 0, 0, [])
    assert compare([], square, (30, 40)) == Comparison(0, 0, 0, 0, diagonal, 0, 16, 0, 1, 0, [])


def test_an_outline_without_a_pixel_matches_none(scipy):
    speck = [box(1.1, 1.1, 1.3, 1.3)]
    compared = compare([speck], [speck, [box(1, 1, 2, 2)]], (4, 4))
    assert compared.pairs == []
    assert (compared.reactions_found, compared.area_found_px) == (1, 0)


# As full masks ---------------------------------------------------------------


def random_outlines(random, shape):
    """Up to six reactions of one or two outlines each, some of which reach beyond the photo."""
    reactions = []
    for _ in range(random.randint(7)):
        centre = random.uniform(0, shape[::-1])
        angles = np.linspace(0, 2 * math.pi, random.randint(3, 12), endpoint=False)
        radii = random.uniform(2, 12, (random.randint(1, 3), len(angles), 1))
        circle = np.stack([np.cos(angles), np.sin(angles)], axis=1)
        reactions.append([np.float32(centre + one * circle).astype(float) for one in radii])
    return [one for one in reactions if fill(one, shape).any()]


def moved(random, reactions, shape):
    """The reactions in another order, each a little aside."""
    aside = [[one + random.uniform(-2, 2, 2) for one in outlines] for outlines in reactions]
    random.shuffle(aside)
    return [one for one in aside if fill(one, shape).any()]


def test_random_outlines_compare_as_their_full_masks_do(scipy):
    random = np.random.RandomState(0)
    counts = []
    for _ in range(100):
        shape = tuple(random.randint(20, 50, 2))
        found = random_outlines(random, shape)
        drawn = moved(random, found, shape) + random_outlines(random, shape)
        found_masks, drawn_masks = ([fill(one, shape) for one in each] for each in (found, drawn))

        compared = compare(found, drawn, shape)

        pairs = [
            Pair(one, other, iou(*masks), dice(*masks))
            for one, other in match(found_masks, drawn_masks)
            for masks in [(found_masks[one], drawn_masks[other])]
        ]
        assert compared.pairs == pairs
        assert compared.dice == dice(fill_each(found, shape), fill_each(drawn, shape))
        counts.append(len(pairs))
    assert set(counts) >= {0, 1, 2, 3, 4, 5}


def peak_memory(reactions):
    tracemalloc.start()
    try:
        compare(reactions, reactions, (500, 500))
        return tracemalloc.get_traced_memory()[1]
    finally:
        tracemalloc.stop()


def test_many_reactions_need_no_more_memory_than_one(scipy):
    everything = [box(0, 0, 500, 500)]
    assert peak_memory([everything] * 30) < 1.5 * peak_memory([everything])


# Refused ---------------------------------------------------------------------


def test_too_many_reactions_are_refused():
    with pytest.raises(OutlineError, match="501 reactions are too many to compare; 500 is the"):
        compare([], [[box(0, 0, 1, 1)]] * 501, (10, 10))


def test_too_large_reactions_together_are_refused():
    everything = [[box(0, 0, 8000, 8000)]]
    with pytest.raises(OutlineError, match="too many and too large, or too jagged"):
        compare(9 * everything, 8 * everything, LARGE)


def test_a_jagged_outline_is_refused():
    up_and_down = [np.stack([np.arange(600.0), np.arange(600) % 2 * 8000.0], axis=1)]
    with pytest.raises(OutlineError, match="too many and too large, or too jagged"):
        compare([up_and_down], [], LARGE)


def test_a_coordinate_that_is_no_number_is_refused():
    with pytest.raises(OutlineError, match="a coordinate that is no number"):
        compare([], [[path((0, 0), (4, 0), (0, math.nan))]], (10, 10))


def test_without_scipy_the_error_says_so(monkeypatch):
    monkeypatch.setitem(sys.modules, "scipy.optimize", None)
    with pytest.raises(MatchingError, match="scipy, which is not on this device"):
        compare([[box(0, 0, 4, 4)]], [[box(0, 0, 4, 4)]], (10, 10))
