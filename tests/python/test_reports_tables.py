"""The tables beside a report's page: a row a photo, and everything together."""

import csv
import dataclasses
import io
import json
import math

from erythema.evaluation.conclusions import Evaluation
from erythema.evaluation.scores import Figure, PhotoScore, Summary
from erythema.reports.tables import scores_csv, summary_json

SCORE = PhotoScore(
    data_set="clinic",
    photo="one, first",
    patient="P1",
    state="outlined",
    fold=0,
    trained_on=False,
    drawn_px=4,
    found_px=4,
    both_px=2,
    dice=0.5,
    precision=0.5,
    recall=0.5,
    soft_found_px=None,
    soft_both_px=None,
    soft_dice=None,
    soft_precision=None,
    soft_recall=None,
    hd95=math.nan,
    surface_dice=1.0,
    reactions_drawn=1,
    reactions_found=1,
    reactions_matched=0,
    matched_dice=None,
    reliability=None,
)
EVALUATION = Evaluation(
    subject="reader b",
    network=None,
    reader="reader a",
    data_sets=[],
    scores=[SCORE],
    summary=Summary(1, 1, {"hd95": Figure(math.nan, None, None, 0.5, math.inf, 1)}, {}, None),
    bland_altman_log=None,
    bland_altman_raw=None,
    left_out_of_log=0,
    reliability=None,
    tolerance=2.0,
    tolerance_from="readers a and b",
    trained_on=[],
)


def rows(evaluations):
    return list(csv.DictReader(io.StringIO(scores_csv(evaluations))))


def test_a_photo_has_a_row_for_each_who_found_outlines_in_it():
    other = dataclasses.replace(EVALUATION, subject="reader c")
    assert [(row["found_by"], row["photo"]) for row in rows([EVALUATION, other])] == [
        ("reader b", "one, first"),
        ("reader c", "one, first"),
    ]


def test_folds_count_from_one_and_what_does_not_exist_is_empty():
    (row,) = rows([EVALUATION])
    assert (row["fold"], row["dice"], row["soft_dice"], row["trained_on"]) == ("1", "0.5", "", "")


def test_a_photo_of_the_training_says_so_in_its_row():
    seen = dataclasses.replace(
        EVALUATION, scores=[dataclasses.replace(SCORE, trained_on=True)], trained_on=[SCORE.photo]
    )
    assert rows([seen])[0]["trained_on"] == "trained on these"


def test_numbers_that_are_not_finite_become_null():
    content = json.loads(
        summary_json([EVALUATION], None, None, None, "made up", "erythema evaluate")
    )
    figure = content["evaluations"][0]["summary"]["per_photo"]["hd95"]
    assert (figure["value"], figure["median"], figure["worst"]) == (None, 0.5, None)


def test_the_summary_says_what_the_data_are_and_leaves_single_photos_to_the_table():
    content = json.loads(
        summary_json([EVALUATION], None, None, None, "made up", "erythema evaluate")
    )
    assert (content["about"], content["command"]) == ("made up", "erythema evaluate")
    assert "scores" not in content["evaluations"][0]
