"""Calibrations of confidences, and how well they hold."""

import dataclasses
import math

import numpy as np
import pytest

pytest.importorskip("scipy", reason="evaluation needs the extra 'evaluate'")

from erythema.evaluation.confidence import calibrate, fit, judge, judge_network
from erythema.evaluation.scores import FoundReaction, PhotoScore
from erythema.segmentation.confidence import Calibration, Evidence, area_interval, confidence
from erythema.segmentation.network import NetworkError, read_calibration

SURE_TO_A_HALF = Calibration(
    means=Evidence(0, 0, 0, 0),
    scales=Evidence(1, 1, 1, 1),
    coefficients=Evidence(0, 0, 0, 0),
    intercept=0,
    log_area_low=-0.1,
    log_area_high=0.1,
    coverage=0.8,
)


def sure_to(share):
    return SURE_TO_A_HALF._replace(intercept=math.log(share / (1 - share)))


def found(expected_iou, log_area_ratio):
    return FoundReaction(Evidence(0.8, -3.0, expected_iou, 0.2), log_area_ratio)


RIGHT = [found(0.9, 0.01 * number) for number in range(1, 10)]
WRONG = [found(0.3, None) for _ in range(5)]


def test_reactions_like_the_right_ones_get_more_confidence_than_reactions_like_the_wrong_ones():
    calibration = fit(RIGHT + WRONG)
    assert confidence(RIGHT[0].evidence, calibration) > 0.8
    assert confidence(WRONG[0].evidence, calibration) < 0.3


def test_evidence_that_says_nothing_gives_the_share_of_right_ones():
    same = [found(0.9, 0.0)] * 30 + [found(0.9, None)] * 10
    calibration = fit(same)
    # Platt's targets: 30 times 31/32, and 10 times 1/12.
    share = (30 * 31 / 32 + 10 / 12) / 40
    assert confidence(same[0].evidence, calibration) == pytest.approx(share)


def test_of_nine_ratios_the_interval_has_the_lowest_and_the_highest_as_its_ends():
    calibration = fit(RIGHT + WRONG)
    low, high = area_interval(100, calibration)
    assert (low, high) == (pytest.approx(100 * math.exp(0.01)), pytest.approx(100 * math.exp(0.09)))


def test_of_nineteen_ratios_the_second_of_each_side_is_an_end():
    ratios = np.random.default_rng(0).permutation(np.arange(19.0))
    calibration = fit([found(0.9, ratio) for ratio in ratios] + WRONG)
    assert (calibration.log_area_low, calibration.log_area_high) == (1, 17)


@pytest.mark.parametrize("reactions", [RIGHT[:8] + WRONG, WRONG, []])
def test_fewer_than_nine_right_reactions_fit_nothing(reactions):
    assert fit(reactions) is None


def test_right_reactions_alone_make_no_certainty():
    # Platt's target of nine right ones and no wrong one is 10/11.
    calibration = fit(RIGHT)
    assert confidence(RIGHT[0].evidence, calibration) == pytest.approx(10 / 11)


def test_an_area_interval_covers_its_share_of_new_reactions():
    random = np.random.default_rng(1)
    inside = []
    for _ in range(400):
        ratios = random.normal(0.1, 0.2, 20)
        calibration = fit([found(0.9, ratio) for ratio in ratios[:19]] + WRONG)
        inside.append(calibration.log_area_low <= ratios[19] <= calibration.log_area_high)
    # 0.8 by theory; its standard error here is 0.02.
    assert 0.74 < np.mean(inside) < 0.86


def test_a_judgement_counts_by_hand():
    reactions = [found(0.9, 0.0), found(0.9, 0.5), found(0.9, 0.05), found(0.9, None)]
    three, one = [sure_to(0.9)] * 3, [sure_to(0.3)]
    judgement = judge(reactions, ["A", "A", "B", "C"], three + one)
    assert (judgement.reactions, judgement.correct, judgement.patients) == (4, 3, 3)
    assert [bin.reactions for bin in judgement.bins] == [0, 1, 0, 0, 3]
    assert judgement.bins[1].correct.share == 0
    assert judgement.bins[4].confidence == pytest.approx(0.9)
    assert judgement.brier == pytest.approx((3 * 0.1**2 + 0.3**2) / 4)
    assert judgement.brier_of_the_share == pytest.approx(0.75 * 0.25)
    assert judgement.error == pytest.approx((3 * 0.1 + 0.3) / 4)
    # 0.5 lies beyond 0.1.
    assert (judgement.inside.count, judgement.inside.of, judgement.coverage) == (2, 3, 0.8)


def test_without_a_right_outline_there_is_no_area_to_judge():
    assert judge(WRONG, ["A"] * 5, [SURE_TO_A_HALF] * 5).inside is None


def photo(number, fold, *reactions):
    empty = dict.fromkeys([field.name for field in dataclasses.fields(PhotoScore)])
    return PhotoScore(**{**empty, "patient": f"P{number}", "fold": fold, "found": reactions})


def test_a_network_is_judged_by_its_own_calibration_on_all_photos():
    judgement = judge_network([photo(1, None, *RIGHT), photo(2, None)], sure_to(0.9))
    assert (judgement.reactions, judgement.patients) == (9, 1)
    assert judgement.brier == pytest.approx(0.1**2)


def test_a_network_that_found_nothing_is_not_judged():
    assert judge_network([photo(1, None)], SURE_TO_A_HALF) is None


PHOTOS = [photo(number, 0, RIGHT[number % 9], WRONG[0]) for number in range(20)]


def test_photos_that_no_network_had_seen_give_a_calibration_that_a_training_can_take(tmp_path):
    path = tmp_path / "confidence.json"
    told = []
    judgement = calibrate(PHOTOS, path, told.append)
    assert read_calibration(path) == fit([one for score in PHOTOS for one in score.found])
    assert (judgement.reactions, judgement.correct, told) == (40, 20, [])


def test_each_patient_is_judged_by_all_others(tmp_path):
    # One patient's ten areas are drawn as found, the other's twice as large: none foresees this.
    scores = [
        photo(number % 2, 0, found(0.9, (number % 2) * math.log(2)), WRONG[0])
        for number in range(20)
    ]
    judgement = calibrate(scores, tmp_path / "confidence.json", print)
    assert (judgement.inside.count, judgement.inside.of) == (0, 20)


def test_too_few_reactions_besides_a_patients_own_are_told_and_nothing_is_written(tmp_path):
    scores = [photo(1, 0, *RIGHT, *WRONG), photo(2, 1, *RIGHT[:8], *WRONG)]
    told = []
    assert calibrate(scores, tmp_path / "confidence.json", told.append) is None
    assert told[0].startswith(
        "No confidence could be fitted: besides each patient's own it takes 9"
    )
    assert told[0].endswith("there are 17.")
    with pytest.raises(NetworkError, match="no calibration of confidences here"):
        read_calibration(tmp_path / "confidence.json")
