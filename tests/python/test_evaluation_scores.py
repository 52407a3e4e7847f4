"""Scores of a photo and of many, worked out by hand."""

import math
from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest

pytest.importorskip("scipy", reason="evaluation needs the extra 'evaluate'")

from erythema.datasets.folder import Entry
from erythema.evaluation.scores import Found, PhotoScore, score_photo, summarise

SHAPE = (1, 8)


def pixels(*places: int) -> np.ndarray:
    """A mask of one row of eight pixels."""
    mask = np.zeros(SHAPE, bool)
    mask[0, list(places)] = True
    return mask


def entry(photo: str = "P1", patient: str = "anna", state: str = "outlined") -> Entry:
    return Entry(Path(f"{photo}.png"), photo, patient, state, None)


def score(found, drawn, probability=None, **labels) -> PhotoScore:
    given = Found(found, probability)
    return score_photo(entry(**labels), given, drawn, SHAPE, 2.0, data_set="photos")


def test_dice_precision_and_recall_are_those_of_all_reactions_together():
    one = score([pixels(0, 1), pixels(4, 5)], [pixels(1, 2, 3), pixels(4)])
    # Found 0, 1, 4, 5; drawn 1, 2, 3, 4; both 1 and 4.
    assert (one.found_px, one.drawn_px, one.both_px) == (4, 4, 2)
    assert (one.dice, one.precision, one.recall) == (0.5, 0.5, 0.5)


def test_reactions_are_matched_one_by_one():
    one = score([pixels(0, 1), pixels(4, 5)], [pixels(1, 2, 3), pixels(4)])
    # 0, 1 and 1, 2, 3 share 1 of 4 pixels: no match. 4, 5 and 4 share 1 of 2: Dice 2 / 3.
    assert (one.reactions_found, one.reactions_drawn, one.reactions_matched) == (2, 2, 1)
    assert one.matched_dice == pytest.approx(2 / 3)


def test_soft_scores_take_the_probability():
    probability = np.array([[0.5, 0.5, 0.0, 0.0, 0.0, 0.0, 0.0, 0.0]], np.float32)
    one = score([pixels(0, 1)], [pixels(1, 2)], probability)
    assert (one.soft_found_px, one.soft_both_px) == (1.0, 0.5)
    assert one.soft_dice == pytest.approx(2 * 0.5 / (1 + 2))
    assert one.soft_precision == pytest.approx(0.5)
    assert one.soft_recall == pytest.approx(0.25)
    # Two pixels of 0.5, one of them drawn, and six of 0, of which one is.
    assert one.reliability[5] == (2, 1.0, 1)
    assert one.reliability[0] == (6, 0.0, 1)


def test_a_reader_has_no_soft_scores():
    one = score([pixels(0)], [pixels(0)])
    assert one.soft_dice is one.soft_found_px is one.reliability is one.found is None


def test_each_found_reaction_has_its_evidence_and_how_much_larger_the_drawn_one_is():
    probability = np.array([[0.9, 0.9, 0.0, 0.0, 0.7, 0.0, 0.0, 0.0]], np.float32)
    one = score([pixels(0, 1), pixels(4)], [pixels(0, 1, 2)], probability)
    matched, alone = one.found
    assert matched.evidence.mean_probability == pytest.approx(0.9)
    assert matched.log_area_ratio == pytest.approx(math.log(3 / 2))
    assert alone.evidence.mean_probability == pytest.approx(0.7)
    assert alone.log_area_ratio is None


def test_distances_are_in_pixels_of_a_longer_side_of_512():
    # A pixel is 64 wide then: the drawn one begins and ends 64 further right.
    one = score([pixels(1)], [pixels(2)])
    assert one.hd95 == 64
    # Of the 252 border pixels of either, a side of 64 lies 1 from the other square, and 2 lie 2.
    assert one.surface_dice == pytest.approx(66 / 252)


def test_where_nothing_is_found_the_scores_are_the_lowest():
    one = score([], [pixels(2)])
    assert (one.dice, one.precision, one.recall, one.surface_dice) == (0, 0, 0, 0)
    assert one.hd95 == pytest.approx(np.hypot(512, 64))
    assert one.matched_dice is None


def test_where_nothing_is_drawn_there_are_no_shares_and_no_distances():
    one = score([pixels(2)], [], state="no erythema")
    assert (one.drawn_px, one.found_px) == (0, 1)
    assert one.dice is one.precision is one.recall is one.hd95 is one.surface_dice is None


HALF = score([pixels(0, 1)], [pixels(0, 2)], photo="P1", patient="anna")  # Dice 1/2
WHOLE = score([pixels(*range(6))], [pixels(*range(6))], photo="P2", patient="ben")
MISSED = score([], [pixels(0, 1)], photo="P3", patient="ben")
ALARM = score([pixels(2)], [], photo="P4", patient="cleo", state="no erythema")
QUIET = score([], [], photo="P5", patient="dora", state="no erythema")


def test_a_mean_counts_each_outlined_photo_alike():
    summary = summarise([HALF, WHOLE, MISSED, ALARM, QUIET])
    dice = summary.per_photo["dice"]
    assert (summary.photos, summary.patients) == (3, 2)
    assert (dice.value, dice.median, dice.worst, dice.spread) == (0.5, 0.5, 0, 0.5)
    assert dice.of == 3


def test_the_worst_distance_is_the_highest():
    hd95 = summarise([HALF, WHOLE, MISSED]).per_photo["hd95"]
    assert hd95.worst == MISSED.hd95 > WHOLE.hd95 == 0


def test_pooled_figures_are_of_the_sums_over_outlined_photos():
    summary = summarise([HALF, WHOLE, MISSED, ALARM, QUIET])
    # Drawn 2 + 6 + 2, found 2 + 6 + 0, both 1 + 6 + 0.
    assert summary.pooled["dice"].value == pytest.approx(14 / 18)
    assert summary.pooled["precision"].value == pytest.approx(7 / 8)
    assert summary.pooled["recall"].value == pytest.approx(7 / 10)
    # Matched 0 + 1 + 0 (a third is too little), found 1 + 1 + 0, drawn 1 + 1 + 1.
    assert summary.pooled["detection_f1"].value == pytest.approx(2 / 5)


def test_photos_without_erythema_are_counted_with_false_reactions_only():
    share = summarise([HALF, ALARM, QUIET]).false_reactions
    assert (share.count, share.of) == (1, 2)
    assert summarise([HALF]).false_reactions is None


def test_a_measure_that_no_photo_has_is_left_out():
    summary = summarise([MISSED])
    assert "matched_dice" not in summary.per_photo
    assert "soft_dice" not in summary.per_photo
    assert "soft_dice" not in summary.pooled
    assert summarise([QUIET]).per_photo == summarise([QUIET]).pooled == {}


def test_intervals_are_over_patients_and_need_five_of_them():
    six = zip([HALF, WHOLE, MISSED] * 2, "abcdef", strict=True)
    many = [replace(one, patient=name) for one, name in six]
    dice = summarise(many).per_photo["dice"]
    assert dice.interval.low < dice.value < dice.interval.high
    one_patient = [replace(score, patient="a") for score in many]
    assert summarise(one_patient).per_photo["dice"].interval is None
    assert summarise(one_patient).pooled["dice"].interval is None
