"""How sure an outline is."""

import math

import numpy as np
import pytest

from erythema.segmentation.confidence import (
    Calibration,
    Evidence,
    area_interval,
    confidence,
    evidence,
    manifest_field,
)

CALIBRATION = Calibration(
    means=Evidence(0.5, -2, 0.5, 0.5),
    scales=Evidence(0.1, 1, 0.1, 0.1),
    coefficients=Evidence(1, 0, 2, -1),
    intercept=0.5,
    log_area_low=math.log(0.8),
    log_area_high=math.log(1.5),
    coverage=0.8,
)


def square(inside, around=0.0):
    """A square of 10 px in a photo of 40 px, with another probability 1 px around it."""
    probability = np.zeros((40, 40), np.float32)
    probability[14:26, 14:26] = around
    probability[15:25, 15:25] = inside
    mask = np.zeros((40, 40), bool)
    mask[15:25, 15:25] = True
    return probability, mask


def test_a_reaction_of_certainty_with_nothing_around_it_is_its_own_expected_outline():
    found = evidence(*square(1.0))
    assert found == Evidence(1.0, pytest.approx(math.log(100 / 1600)), 1.0, 0.0)


def test_probability_around_it_lowers_the_expected_overlap_and_is_in_doubt():
    # The ring of 1 px has 44 pixels, all within half the radius of a disc of 100 px (2.8).
    found = evidence(*square(1.0, around=0.5))
    assert found.expected_iou == pytest.approx(100 / (100 + 22))
    assert found.doubtful_share == pytest.approx(0.44)
    assert found.mean_probability == 1.0


def test_what_lies_farther_away_says_nothing_of_it():
    probability, mask = square(1.0)
    probability[:13] = 0.6  # 3 px away and more; half the radius is 2.8
    assert evidence(probability, mask) == evidence(*square(1.0))


def test_a_reaction_in_the_photo_s_corner_has_evidence():
    probability = np.zeros((40, 40), np.float32)
    probability[:4, :4] = 0.5
    found = evidence(probability, probability > 0)
    assert found == Evidence(0.5, pytest.approx(math.log(0.01)), 0.5, 1.0)


def test_average_evidence_gives_the_intercept():
    sure = confidence(CALIBRATION.means, CALIBRATION)
    assert sure == pytest.approx(1 / (1 + math.exp(-0.5)))


def test_each_evidence_counts_by_its_coefficient_in_units_of_its_scale():
    found = CALIBRATION.means._replace(expected_iou=0.6, doubtful_share=0.55)
    # 0.5 + 2 * 1 - 1 * 0.5
    assert confidence(found, CALIBRATION) == pytest.approx(1 / (1 + math.exp(-2.0)))


@pytest.mark.parametrize(("coefficient", "sure"), [(1e6, 1.0), (-1e6, 0.0)])
def test_extreme_evidence_stays_within_0_and_1(coefficient, sure):
    steep = CALIBRATION._replace(coefficients=Evidence(coefficient, 0, 0, 0))
    assert confidence(CALIBRATION.means._replace(mean_probability=1), steep) == sure


def test_the_area_interval_is_the_found_area_times_both_bounds():
    assert area_interval(100.0, CALIBRATION) == (pytest.approx(80), pytest.approx(150))


def test_the_manifest_s_field_names_each_evidence():
    field = manifest_field(CALIBRATION)
    assert field["scales"] == {
        "mean_probability": 0.1,
        "log_area_share": 1,
        "expected_iou": 0.1,
        "doubtful_share": 0.1,
    }
    assert field["intercept"] == 0.5
