"""From a probability to reactions."""

import math

import cv2
import numpy as np
import pytest

from erythema.segmentation.confidence import Calibration, Evidence
from erythema.segmentation.outline import crosses_itself, fill
from erythema.segmentation.reactions import SettingError, find_reactions

BY_MEAN_PROBABILITY = Calibration(
    means=Evidence(0.7, 0, 0, 0),
    scales=Evidence(0.1, 1, 1, 1),
    coefficients=Evidence(math.log(3), 0, 0, 0),
    intercept=0,
    log_area_low=-math.log(2),
    log_area_high=math.log(4),
    coverage=0.8,
)


def probability_with(*squares, size=100):
    """Zero but for squares of (left, top, side, probability)."""
    probability = np.zeros((size, size), np.float32)
    for left, top, side, value in squares:
        probability[top : top + side, left : left + side] = value
    return probability


def test_a_square_of_certainty_is_one_reaction():
    (reaction,) = find_reactions(probability_with((20, 30, 40, 1.0)), 0.5, 0)
    assert reaction.name == "erythema 1"
    # The square without its four corners, each cut off half-way between pixel centres.
    assert reaction.area_px == 40 * 40 - 4 * 0.125


def test_below_the_threshold_there_is_none():
    assert find_reactions(probability_with((20, 30, 40, 0.49)), 0.5, 0) == []


def test_the_threshold_itself_belongs_to_the_reaction():
    (reaction,) = find_reactions(probability_with((20, 30, 40, 0.5)), 0.5, 0)
    assert fill([reaction.outline], (100, 100))[35:65, 25:55].all()


def test_without_a_calibration_there_is_neither_confidence_nor_area_interval():
    (reaction,) = find_reactions(probability_with((20, 30, 40, 0.75)), 0.375, 0)
    assert reaction[3:] == (None, None, None)


def test_a_calibration_gives_each_reaction_confidence_and_area_interval():
    probability = probability_with((20, 30, 20, 0.6), (60, 70, 20, 0.9))
    first, second = find_reactions(probability, 0.5, 0, BY_MEAN_PROBABILITY)
    # ln 3 = 1.0986: at twice the scale above the mean, 3^2 = 9 of 10; at one below it, 1 of 4.
    assert first.confidence == pytest.approx(0.25)
    assert second.confidence == pytest.approx(0.9)
    assert first.area_low_px == pytest.approx(first.area_px / 2)
    assert first.area_high_px == pytest.approx(first.area_px * 4)


def test_reactions_smaller_than_the_share_are_left_out():
    probability = probability_with((10, 10, 9, 1.0), (50, 50, 11, 1.0))
    (reaction,) = find_reactions(probability, 0.5, 0.01)
    assert reaction.outline.min() >= 50


def test_reactions_are_numbered_from_top_to_bottom_then_from_left_to_right():
    squares = [(60, 70, 10, 1.0), (60, 10, 10, 1.0), (20, 10, 10, 1.0)]
    reactions = find_reactions(probability_with(*squares), 0.5, 0)
    assert [(r.name, r.outline[:, 0].min(), r.outline[:, 1].min()) for r in reactions] == [
        ("erythema 1", 20, 10),
        ("erythema 2", 60, 10),
        ("erythema 3", 60, 70),
    ]


def test_a_pale_wheal_inside_belongs_to_the_reaction():
    probability = probability_with((20, 20, 60, 1.0), (40, 40, 20, 0.0))
    (reaction,) = find_reactions(probability, 0.5, 0)
    assert reaction.area_px == 60 * 60 - 4 * 0.125


def test_a_reaction_at_the_border_reaches_the_border():
    (reaction,) = find_reactions(probability_with((0, 0, 30, 1.0)), 0.5, 0)
    assert reaction.outline.min(axis=0).tolist() == [0, 0]


def test_a_round_reaction_has_few_corners_and_nearly_its_whole_area():
    y, x = np.mgrid[0:1000, 0:1000] + 0.5
    probability = np.clip((300 - np.hypot(x - 500, y - 500)) / 50 + 0.5, 0, 1)
    (reaction,) = find_reactions(probability.astype(np.float32), 0.5, 0)
    assert len(reaction.outline) == 32
    assert reaction.area_px == pytest.approx(np.pi * 300**2, rel=0.007)


@pytest.mark.parametrize("threshold", [0, -0.1, 1.01, float("nan")])
def test_a_threshold_out_of_range_is_refused(threshold):
    with pytest.raises(SettingError, match="threshold is"):
        find_reactions(np.zeros((40, 40), np.float32), threshold, 0)


@pytest.mark.parametrize("smallest_area", [-0.1, 1.01, float("nan")])
def test_a_smallest_area_out_of_range_is_refused(smallest_area):
    with pytest.raises(SettingError, match="smallest_area is"):
        find_reactions(np.zeros((40, 40), np.float32), 0.5, smallest_area)


def test_a_red_prick_point_within_a_pale_wheal_is_no_reaction_of_its_own():
    squares = [(20, 20, 60, 1.0), (35, 35, 30, 0.0), (45, 45, 10, 1.0)]
    (reaction,) = find_reactions(probability_with(*squares), 0.5, 0)
    assert reaction.area_px == 60 * 60 - 4 * 0.125


@pytest.mark.parametrize("seed", range(20))
def test_no_outline_crosses_itself(seed):
    noise = np.random.default_rng(seed).random((120, 120)).astype(np.float32)
    probability = cv2.normalize(cv2.GaussianBlur(noise, (0, 0), 3), None, 0, 1, cv2.NORM_MINMAX)
    for reaction in find_reactions(probability, 0.5, 0):
        assert not crosses_itself(reaction.outline)
