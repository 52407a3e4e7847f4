"""Networks and readers on data sets, with a network whose results are known by hand."""

import json
import shutil

import pytest
from tiny_data_sets import save_outlines, save_photo, save_table

pytest.importorskip("scipy", reason="evaluation needs the extra 'evaluate'")

from erythema.datasets.folder import DataSetError, read_folder
from erythema.datasets.identity import sha256
from erythema.evaluation.conclusions import EvaluationError
from erythema.evaluation.evaluate import evaluate
from erythema.evaluation.leaks import LeakError
from erythema.segmentation.roi_set import read_rois

PATCH, UPPER_HALF = (20, 10, 50, 30), (20, 10, 50, 20)


@pytest.fixture
def folder(tmp_path):
    """Reader a drew half of a red patch, and a place that is not red; b drew the whole patch.

    The network finds 0.8 in red patches: those of P1 and of P3, which has no erythema.
    """
    folder = tmp_path / "photos"
    save_photo(folder / "P1.png", PATCH)
    save_photo(folder / "P2.png")
    save_photo(folder / "P3.png", PATCH, skin=(200, 204, 153))
    save_photo(folder / "P4.png", skin=(200, 204, 153))
    save_photo(folder / "P5.png", skin=(204, 200, 153))
    save_table(folder / "photos.csv", "photo,patient", *(f"P{n},patient {n}" for n in range(1, 6)))
    save_outlines(folder / "reader_a/P1.zip", UPPER_HALF)
    save_outlines(folder / "reader_a/P2.zip", (0, 0, 10, 10))
    save_table(folder / "reader_a/readings.csv", "photo,state", "P3,no erythema", "P4,no erythema")
    save_outlines(folder / "reader_b/P1.zip", PATCH)
    return folder


@pytest.fixture
def data_sets(folder):
    return [read_folder(folder, "a")]


def test_a_network_is_scored_by_its_outlines_and_by_its_probability(redness_network, data_sets):
    evaluation = evaluate(redness_network, data_sets).evaluations[0]
    half, missed, false, right = evaluation.scores
    assert (half.photo, half.patient, half.data_set) == ("P1", "patient 1", "photos")
    assert (half.drawn_px, half.found_px, half.both_px) == (300, 600, 300)
    assert half.dice == pytest.approx(2 * 300 / 900)
    assert half.soft_found_px == pytest.approx(0.8 * 600)
    assert half.soft_dice == pytest.approx(2 * 0.8 * 300 / (0.8 * 600 + 300))
    assert (missed.drawn_px, missed.found_px, missed.dice) == (100, 0, 0)
    assert (false.found_px, right.found_px) == (600, 0)
    assert evaluation.left_out_of_log == 1
    assert (evaluation.subject, evaluation.reader) == ("network redness, version 1", "reader a")
    assert evaluation.network["threshold"] == 0.5


def test_unread_photos_are_not_scored(redness_network, data_sets):
    evaluation = evaluate(redness_network, data_sets).evaluations[0]
    assert [score.photo for score in evaluation.scores] == ["P1", "P2", "P3", "P4"]
    assert evaluation.data_sets == [
        {
            "name": "photos",
            "reader": "a",
            "photos": 4,
            "outlined": 2,
            "without_erythema": 2,
            "patients": 4,
        }
    ]


def test_another_reader_of_the_same_photos_stands_beside_the_network(redness_network, data_sets):
    result = evaluate(redness_network, data_sets)
    reader = result.evaluations[1]
    assert (reader.subject, reader.reader, reader.network) == ("reader b", "reader a", None)
    (score,) = reader.scores  # b read one photo only
    assert (score.photo, score.found_px, score.soft_dice) == ("P1", 600, None)
    assert reader.reliability is None
    assert result.comparison is None


def test_a_comparison_is_of_the_photos_that_both_have(redness_network, folder, data_sets):
    save_outlines(folder / "reader_b/P1.zip", UPPER_HALF)
    comparison = evaluate(redness_network, data_sets, "b").comparison
    assert (comparison.subject, comparison.other) == ("network redness, version 1", "reader b")
    assert (comparison.photos, comparison.patients) == (1, 1)
    assert comparison.differences["dice"].value == pytest.approx(2 / 3 - 1)
    assert comparison.differences["precision"].value == pytest.approx(1 / 2 - 1)
    assert comparison.differences["recall"].value == 0
    assert comparison.differences["dice"].interval is None


def test_a_network_is_compared_with_another(redness_network, data_sets, tmp_path):
    other = shutil.copytree(redness_network, tmp_path / "stricter")
    change_manifest(other, name="stricter", threshold=0.9)
    result = evaluate(redness_network, data_sets, str(other))
    subjects = [one.subject for one in result.evaluations]
    assert subjects == ["network redness, version 1", "network stricter, version 1", "reader b"]
    # The other finds nothing, so it misses both.
    assert result.comparison.differences["dice"].value == pytest.approx((2 / 3 - 0) / 2)


def test_what_is_neither_a_network_nor_a_reader_is_refused(redness_network, data_sets):
    with pytest.raises(EvaluationError, match=r"--against c: neither .* these photos \(b\)"):
        evaluate(redness_network, data_sets, "c")


def test_the_outlines_are_roi_sets_and_there_is_none_where_nothing_was_found(
    redness_network, data_sets, tmp_path
):
    evaluate(redness_network, data_sets, outlines=tmp_path / "outlines")
    files = sorted(path.name for path in (tmp_path / "outlines/photos").iterdir())
    assert files == ["P1.zip", "P3.zip"]
    (roi,) = read_rois(tmp_path / "outlines/photos/P1.zip")
    assert roi.properties["erythema.model"] == "redness"


def change_manifest(network, **fields):
    path = network / "manifest.json"
    manifest = json.loads(path.read_text("utf-8"))
    path.write_text(json.dumps({**manifest, **fields}), "utf-8")


def test_photos_that_were_trained_on_are_refused_or_said(
    redness_network, folder, data_sets, tmp_path
):
    network = shutil.copytree(redness_network, tmp_path / "knowing")
    change_manifest(network, training_photos=[sha256(folder / "P1.png")])
    with pytest.raises(LeakError, match=r"P1\.png"):
        evaluate(network, data_sets)
    evaluation = evaluate(network, data_sets, allow_overlap=True).evaluations[0]
    assert evaluation.trained_on == ["photos/P1"]
    assert [score.trained_on for score in evaluation.scores] == [True, False, False, False]


def test_each_photo_is_told_before_its_turn(redness_network, data_sets):
    told = []
    evaluate(redness_network, data_sets, progress=told.append)
    assert [(one.photo, one.number, one.photos) for one in told if "redness" in one.subject] == [
        ("P1", 1, 4),
        ("P2", 2, 4),
        ("P3", 3, 4),
        ("P4", 4, 4),
    ]


def test_a_folder_without_any_reading_is_refused(redness_network, tmp_path):
    save_photo(tmp_path / "unread/P1.png")
    with pytest.raises(EvaluationError, match=r"unread: no photo here was outlined"):
        evaluate(redness_network, [read_folder(tmp_path / "unread")])


def test_two_data_sets_of_one_name_are_refused(redness_network, folder, data_sets, tmp_path):
    other = shutil.copytree(folder, tmp_path / "elsewhere/photos")
    with pytest.raises(EvaluationError, match="rename one of them"):
        evaluate(redness_network, [*data_sets, read_folder(other, "a")])


def test_a_networks_learning_curve_is_shown_where_it_has_one(redness_network, data_sets, tmp_path):
    network = shutil.copytree(redness_network, tmp_path / "redness")
    assert evaluate(network, data_sets).curves == {}
    save_table(
        network / "training.csv", "epoch,loss,validation_loss,validation_dice", "1,0.5,0.25,0.75"
    )
    row = {"epoch": 1, "loss": 0.5, "validation_loss": 0.25, "validation_dice": 0.75}
    assert evaluate(network, data_sets).curves == {"network redness, version 1": [row]}


def test_a_reader_who_read_none_of_the_photos_is_left_out(redness_network, folder):
    (folder / "reader_c").mkdir()
    result = evaluate(redness_network, [read_folder(folder, "a")])
    assert [one.subject for one in result.evaluations] == ["network redness, version 1", "reader b"]


def test_a_reader_who_read_none_of_the_photos_cannot_be_compared_with(redness_network, folder):
    (folder / "reader_c").mkdir()
    told = []
    with pytest.raises(EvaluationError, match="--against c: this reader read none of these photos"):
        evaluate(redness_network, [read_folder(folder, "a")], "c", progress=told.append)
    assert not any(now.subject.startswith("network") for now in told)


def test_whom_it_cannot_be_compared_with_is_said_before_any_photo_is_scored(
    redness_network, data_sets
):
    told = []
    with pytest.raises(EvaluationError, match="--against nobody: neither"):
        evaluate(redness_network, data_sets, "nobody", progress=told.append)
    assert told == []


def test_two_networks_of_one_name_are_told_apart_by_their_hash(redness_network, data_sets):
    result = evaluate(redness_network, data_sets, str(redness_network))
    name = result.evaluations[0].subject
    assert name.startswith("network redness, version 1 (")
    assert result.evaluations[0].network["sha256"].startswith(name[-9:-1])


@pytest.fixture
def tones(folder, data_sets):
    """What photos.csv says of the skin: nothing of P4."""
    rows = ["P1,patient 1,2", "P2,patient 2,5", "P3,patient 3,5", "P4,patient 4,", "P5,patient 5,1"]
    save_table(folder / "photos.csv", "photo,patient,fitzpatrick", *rows)


def test_a_network_is_scored_by_groups_of_photos(redness_network, data_sets, tones):
    strata = evaluate(redness_network, data_sets, by="fitzpatrick").strata
    assert (strata.column, list(strata.summaries)) == ("fitzpatrick", ["2", "5", "not stated"])
    two, five, unknown = strata.summaries.values()
    assert (two.photos, two.false_reactions) == (1, None)
    assert two.per_photo["dice"].value == pytest.approx(2 / 3)
    # P2's reaction is missed, and P3's red patch is no erythema.
    assert (five.photos, five.per_photo["dice"].value) == (1, 0)
    assert (five.false_reactions.count, five.false_reactions.of) == (1, 1)
    assert (unknown.photos, unknown.false_reactions.count) == (0, 0)


def test_groups_by_an_unknown_column_are_refused(redness_network, data_sets):
    with pytest.raises(DataSetError, match=r"photos\.csv: no column fitzpatrick"):
        evaluate(redness_network, data_sets, by="fitzpatrick")


def test_groups_need_a_table_of_photos(redness_network, folder):
    (folder / "photos.csv").unlink()
    with pytest.raises(DataSetError, match=r"photos\.csv: missing, so no photo has a fitzpatrick"):
        evaluate(redness_network, [read_folder(folder, "a")], by="fitzpatrick")
