"""The inner and the outer line of a border."""

import numpy as np
import pytest

from erythema.segmentation.border import borders
from erythema.segmentation.confidence import Calibration, Evidence
from erythema.segmentation.outline import area, fill
from erythema.segmentation.reactions import find_reactions

NOTHING, ONE = Evidence(0, 0, 0, 0), Evidence(1, 1, 1, 1)


def interval(low, high):
    """A calibration whose area interval is from low to high times the found area."""
    return Calibration(NOTHING, ONE, NOTHING, 0, np.log(low), np.log(high), 0.8)


def cones(*tops, shape=(200, 300)):
    """From 1 at each top (x, y) the probability falls by 0.5 every 40 px."""
    y, x = np.mgrid[0 : shape[0], 0 : shape[1]] + 0.5
    falls = [1 - np.hypot(x - left, y - top) / 80 for left, top in tops]
    return np.clip(np.max(falls, axis=0), 0, 1).astype(np.float32)


def lines(probability, calibration, threshold=0.5):
    reactions = find_reactions(probability, threshold, 0, calibration)
    return reactions, borders(probability, reactions, threshold)


def test_the_lines_enclose_both_ends_of_the_area_interval():
    # At 0.5 the radius is 40 px; half the area has 28 px, 1.44 times the area 48 px.
    (reaction,), ((inner, outer),) = lines(cones((150, 100)), interval(0.5, 1.44))
    assert np.ptp(reaction.outline, axis=0) == pytest.approx([80, 80], abs=1)
    assert area(inner) == pytest.approx(reaction.area_low_px, rel=0.02)
    assert area(outer) == pytest.approx(reaction.area_high_px, rel=0.02)
    assert np.ptp(inner, axis=0) == pytest.approx([56.6, 56.6], abs=1)
    assert np.ptp(outer, axis=0) == pytest.approx([96, 96], abs=1)


def test_the_inner_line_lies_within_the_outline_and_that_within_the_outer_line():
    probability = cones((150, 100))
    (reaction,), ((inner, outer),) = lines(probability, interval(0.8, 1.2))
    masks = [fill([line], probability.shape) for line in (inner, reaction.outline, outer)]
    assert not np.any(masks[0] & ~masks[1])
    assert not np.any(masks[1] & ~masks[2])


def test_the_outer_line_ends_before_another_reaction():
    # Both have a radius of 40 px, and 20 px between them: they merge half-way, 10 px away.
    probability = cones((90, 100), (190, 100))
    (left, _), ((_, outer), _) = lines(probability, interval(0.9, 4))
    assert area(left.outline) < area(outer) < area(left.outline) * 1.8
    assert outer[:, 0].max() <= 141


def test_reactions_keep_their_own_lines():
    (_, right), (_, (inner, _)) = lines(cones((90, 100), (190, 100)), interval(0.5, 1.1))
    assert inner.min(axis=0)[0] > right.outline.min(axis=0)[0]


def test_an_interval_beside_the_found_area_leaves_the_outline_as_the_line():
    # The reader always draws more: even the low end is larger than what was found.
    (reaction,), ((inner, outer),) = lines(cones((150, 100)), interval(1.2, 1.44))
    np.testing.assert_array_equal(inner, reaction.outline)
    assert area(outer) > reaction.area_px


def test_a_sharp_border_moves_by_less_than_a_pixel():
    probability = np.zeros((100, 100), np.float32)
    probability[30:70, 30:70] = 0.9
    (reaction,), ((inner, outer),) = lines(probability, interval(0.5, 2))
    assert np.abs(inner.min(axis=0) - 30).max() <= 0.5
    assert np.abs(outer.min(axis=0) - 30).max() <= 0.5
    assert area(inner) < reaction.area_px < area(outer)


def test_where_nearly_all_is_certain_the_levels_next_to_1_are_told_apart():
    y, x = np.mgrid[0:200, 0:200] + 0.5
    probability = 1 / (1 + np.exp((np.hypot(x - 100, y - 100) - 40) / 2))  # 0.993 at 30 px
    (reaction,), ((inner, outer),) = lines(probability.astype(np.float32), interval(0.5, 1.44))
    assert area(inner) == pytest.approx(reaction.area_low_px, rel=0.02)
    assert area(outer) == pytest.approx(reaction.area_high_px, rel=0.02)


def test_a_wheal_inside_is_no_border():
    probability = cones((150, 100))
    probability[90:110, 140:160] = 0.0
    (reaction,), ((inner, _),) = lines(probability, interval(0.5, 1.44))
    assert area(inner) == pytest.approx(reaction.area_low_px, rel=0.02)


def test_a_reaction_at_the_photo_s_corner_has_lines():
    (reaction,), ((inner, outer),) = lines(cones((0, 0)), interval(0.5, 1.44))
    assert inner.min() == outer.min() == 0
    assert area(inner) < reaction.area_px < area(outer)


def test_a_threshold_of_1_has_its_outline_as_the_inner_line():
    probability = np.zeros((100, 100), np.float32)
    probability[30:70, 30:70] = 1.0
    (reaction,), ((inner, outer),) = lines(probability, interval(0.5, 2), threshold=1.0)
    assert area(inner) <= area(outer)
    assert area(inner) == pytest.approx(reaction.area_px, rel=0.01)


def test_a_reaction_without_an_area_interval_has_no_lines():
    probability = cones((150, 100))
    with pytest.raises(ValueError, match="erythema 1 has no area interval"):
        borders(probability, find_reactions(probability, 0.5, 0), 0.5)
