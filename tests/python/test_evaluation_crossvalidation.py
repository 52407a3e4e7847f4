"""Cross-validation, with networks of width 2 on photos of 64 px that take seconds each."""

import csv
import json
import shutil
import signal
import subprocess
import sys
from dataclasses import replace

import pytest
from tiny_data_sets import save_outlines, save_photo, save_table

pytest.importorskip("scipy", reason="evaluation needs the extra 'evaluate'")
pytest.importorskip("keras", reason="training needs TensorFlow: the extra 'train'")

from erythema.datasets.folder import read_folder
from erythema.datasets.identity import sha256
from erythema.evaluation.crossvalidation import crossvalidate
from erythema.evaluation.evaluate import Scoring
from erythema.evaluation.leaks import LeakError
from erythema.evaluation.plan import CrossValidationError
from erythema.files import OutputError
from erythema.learning.settings import Settings
from erythema.learning.training import TrainingError
from erythema.reports.tables import scores_csv
from erythema.segmentation.engines import EngineError

SMALL = Settings(width=2, size=32, epochs=2, batch=2, validation=2, precision="float32")
NAMES = ("anna", "ben", "cleo", "dora", "emil", "fay")

# Says where it is after each step, and writes the scores at the end.
PROGRAM = """
import sys
from pathlib import Path
from erythema.datasets.folder import read_folder
from erythema.evaluation.crossvalidation import crossvalidate
from erythema.learning.settings import Settings
from erythema.reports.tables import scores_csv

def tell(now):
    print(now.fold, getattr(now.now, "epoch", "scoring"), flush=True)

settings = Settings(width=2, size=32, epochs=2, batch=2, validation=2, precision="float32")
folder, out = Path(sys.argv[1]), Path(sys.argv[2])
result = crossvalidate([read_folder(folder)], out, 3, settings, progress=tell)
(out / "scores.csv").write_text(scores_csv([result.evaluation]), "utf-8")
"""


@pytest.fixture(scope="module")
def folder(tmp_path_factory):
    """Six patients with a red patch, anna with two photos of it, and one without erythema."""
    folder = tmp_path_factory.mktemp("data") / "photos"
    rows = []
    for number, name in enumerate((*NAMES, "anna"), 1):
        patch = (4 * number, 10, 4 * number + 20, 30)
        save_photo(folder / f"P{number}.png", patch)
        save_outlines(folder / f"reader_a/P{number}.zip", patch)
        rows.append(f"P{number},{name}")
    save_photo(folder / "P8.png")
    save_table(folder / "reader_a/readings.csv", "photo,state", "P8,no erythema")
    save_table(folder / "photos.csv", "photo,patient", *rows, "P8,gus")
    return folder


@pytest.fixture(scope="module")
def whole(folder, tmp_path_factory):
    """A folder, and what came of the cross-validation in it without a stop."""
    out = tmp_path_factory.mktemp("whole") / "out"
    told = []
    result = crossvalidate([read_folder(folder)], out, 3, SMALL, progress=told.append)
    return out, result, told


def read_folds(out):
    with (out / "folds.csv").open(encoding="utf-8") as file:
        return list(csv.DictReader(file))


def test_each_photo_is_scored_once_by_a_network_that_never_saw_its_patient(whole, folder):
    out, result, _ = whole
    assert sorted(score.photo for score in result.evaluation.scores) == [
        f"P{number}" for number in range(1, 9)
    ]
    rows = read_folds(out)
    for score in result.evaluation.scores:
        manifest = json.loads((out / f"fold_{score.fold + 1}/network/manifest.json").read_text())
        patients = {row["patient"] for row in rows if row["sha256"] in manifest["training_photos"]}
        assert score.patient not in patients
        assert len(manifest["training_photos"]) == len(
            [row for row in rows if row["fold"] != str(score.fold + 1)]
        )


def test_the_folds_table_says_where_each_photo_lies(whole, folder):
    rows = {row["photo"]: row for row in read_folds(whole[0])}
    assert {row["fold"] for row in rows.values()} == {"1", "2", "3"}
    assert rows["P1"]["fold"] == rows["P7"]["fold"]  # both are anna's
    assert rows["P2"]["data_set"] == "photos"
    assert rows["P2"]["sha256"] == sha256(folder / "P2.png")


def test_each_fold_has_its_summary_and_its_learning_curve(whole):
    result = whole[1]
    assert [summary.photos for summary in result.folds] == [
        len([one for one in result.evaluation.scores if one.fold == fold and one.drawn_px])
        for fold in range(3)
    ]
    assert sorted(result.curves) == ["Fold 1", "Fold 2", "Fold 3"]
    assert [row["epoch"] for row in result.curves["Fold 3"]] == [1, 2]


def test_progress_says_the_fold_and_what_it_does(whole):
    told = whole[2]
    assert {(one.fold, isinstance(one.now, Scoring)) for one in told} == {
        (fold, scoring) for fold in (1, 2, 3) for scoring in (False, True)
    }
    assert {one.folds for one in told} == {3}


def test_killed_in_the_third_fold_and_resumed_it_gives_the_same_table(whole, folder, tmp_path):
    resumed = tmp_path / "resumed"
    command = [sys.executable, "-c", PROGRAM, str(folder), str(resumed)]
    with subprocess.Popen(command, stdout=subprocess.PIPE, text=True) as process:
        for line in process.stdout:
            if line == "3 2\n":  # in the second epoch of the third fold
                process.kill()
                break
    assert process.returncode == -signal.SIGKILL
    assert (resumed / "fold_2/scores.json").exists()
    assert not (resumed / "fold_3/network").exists()

    again = subprocess.run(command, check=True, capture_output=True, text=True)
    steps = [line for line in again.stdout.splitlines() if not line.endswith("scoring")]
    assert set(steps) == {"3 2"}  # neither the first folds nor the first epoch were done again
    assert (resumed / "scores.csv").read_text("utf-8") == scores_csv([whole[1].evaluation])


@pytest.fixture(scope="module")
def with_more(folder, tmp_path_factory):
    """Cross-validated with two more photos: one of anna, who is scored too, and one of zoe."""
    more = tmp_path_factory.mktemp("more") / "rendered"
    for number in (1, 2):
        save_photo(more / f"R{number}.png", (number, 5, 30, 40))
        save_outlines(more / f"reader_rendered/R{number}.zip", (number, 5, 30, 40))
    save_table(more / "photos.csv", "photo,patient", "R1,anna", "R2,zoe")
    out = tmp_path_factory.mktemp("with") / "out"
    settings = replace(SMALL, epochs=1, validation=0, operating_point=(0.5, 0.0))
    extra = [read_folder(more)]
    return more, out, crossvalidate([read_folder(folder)], out, 3, settings, extra=extra)


def test_photos_that_only_train_are_not_scored(with_more):
    _, _, result = with_more
    assert {score.photo for score in result.evaluation.scores} == {f"P{n}" for n in range(1, 9)}


def test_photos_that_only_train_do_not_train_the_network_of_their_patients_fold(with_more):
    more, out, _ = with_more
    anna, zoe = sha256(more / "R1.png"), sha256(more / "R2.png")
    fold_of_anna = next(row["fold"] for row in read_folds(out) if row["patient"] == "anna")
    for fold in "123":
        manifest = json.loads((out / f"fold_{fold}/network/manifest.json").read_text("utf-8"))
        assert zoe in manifest["training_photos"]
        assert (anna in manifest["training_photos"]) == (fold != fold_of_anna)


def test_a_scored_photo_that_trains_beside_under_another_patient_is_refused(folder, tmp_path):
    copy = tmp_path / "more/R1.png"
    copy.parent.mkdir()
    copy.write_bytes((folder / "P1.png").read_bytes())
    save_outlines(tmp_path / "more/reader_rendered/R1.zip", (1, 5, 30, 40))
    extra = [read_folder(tmp_path / "more")]
    with pytest.raises(LeakError, match=r"train beside, too, under another patient: .*P1\.png"):
        crossvalidate([read_folder(folder)], tmp_path / "out", 3, SMALL, extra=extra)


def test_a_finished_one_is_only_read(whole, folder):
    out, result, _ = whole
    told = []
    again = crossvalidate([read_folder(folder)], out, 3, SMALL, progress=told.append)
    assert told == []
    assert again == result


def test_scores_of_an_earlier_version_are_refused_with_what_to_do(whole, folder, tmp_path):
    out = shutil.copytree(whole[0], tmp_path / "out")
    path = out / "fold_1/scores.json"
    rows = json.loads(path.read_text("utf-8"))
    path.write_text(json.dumps([{k: v for k, v in row.items() if k != "found"} for row in rows]))
    with pytest.raises(CrossValidationError, match=r"scores\.json: .* Delete it"):
        crossvalidate([read_folder(folder)], out, 3, SMALL)


def test_too_few_reactions_for_a_confidence_are_told(whole, folder):
    told = []
    result = crossvalidate([read_folder(folder)], whole[0], 3, SMALL, report=told.append)
    assert result.evaluation.confidence is None
    assert told[-1].startswith("No confidence could be fitted")
    assert not (whole[0] / "confidence.json").exists()


def test_other_settings_are_refused_and_named(whole, folder):
    wider = Settings(width=4, size=32, epochs=2, batch=2, validation=2, precision="float32")
    with pytest.raises(CrossValidationError, match=r"settings \(width was 2 and is 4\)"):
        crossvalidate([read_folder(folder)], whole[0], 3, wider)
    with pytest.raises(CrossValidationError, match=r"settings \(folds was 3 and is 2\)"):
        crossvalidate([read_folder(folder)], whole[0], 2, SMALL)


@pytest.fixture
def begun(whole, tmp_path):
    """The settings and the folds of a cross-validation that was stopped in its first fold."""
    for name in ("settings.json", "folds.csv"):
        (tmp_path / name).write_bytes((whole[0] / name).read_bytes())
    return tmp_path


def test_a_photo_that_is_gone_is_refused_and_named(begun, folder):
    data_set = read_folder(folder)
    fewer = data_set._replace(entries=data_set.entries[1:])
    with pytest.raises(CrossValidationError, match="photos/P1 is gone"):
        crossvalidate([fewer], begun, 3, SMALL)


def test_an_outline_that_was_changed_is_refused_and_named(begun, folder, tmp_path):
    data_set = read_folder(folder)
    save_outlines(tmp_path / "P1.zip", (0, 0, 9, 9))
    first = data_set.entries[0]._replace(outlines=tmp_path / "P1.zip")
    changed = data_set._replace(entries=[first, *data_set.entries[1:]])
    with pytest.raises(CrossValidationError, match="outlines_sha256 of photos/P1 was"):
        crossvalidate([changed], begun, 3, SMALL)


def edit_fold(out, photo):
    """Put one photo into another fold."""
    rows = read_folds(out)
    with (out / "folds.csv").open("w", encoding="utf-8") as file:
        table = csv.DictWriter(file, rows[0].keys())
        table.writeheader()
        for row in rows:
            if row["photo"] == photo:
                row["fold"] = "2" if row["fold"] == "1" else "1"
            table.writerow(row)


def test_a_patient_who_was_put_into_two_folds_is_refused_by_name(begun, folder):
    edit_fold(begun, "P7")
    with pytest.raises(LeakError, match=r"patient anna: .*P1\.png in fold"):
        crossvalidate([read_folder(folder)], begun, 3, SMALL)


def test_a_patient_who_was_put_into_another_fold_is_refused(begun, folder):
    edit_fold(begun, "P2")
    with pytest.raises(CrossValidationError, match="fold of photos/P2 was"):
        crossvalidate([read_folder(folder)], begun, 3, SMALL)


def test_a_folder_that_holds_something_else_is_refused_and_kept(folder, tmp_path):
    (tmp_path / "mine.txt").write_text("mine")
    with pytest.raises(OutputError, match="holds no cross-validation"):
        crossvalidate([read_folder(folder)], tmp_path, 3, SMALL)
    assert [path.name for path in tmp_path.iterdir()] == ["mine.txt"]


def test_one_photo_under_two_patients_is_refused(folder, tmp_path):
    data_set = read_folder(folder)
    copy = tmp_path / "P9.png"
    copy.write_bytes((folder / "P8.png").read_bytes())
    twin = data_set.entries[-1]._replace(photo=copy, id="P9", patient="hal")
    with pytest.raises(LeakError, match=r"P8\.png.*P9\.png"):
        crossvalidate(
            [data_set._replace(entries=[*data_set.entries, twin])], tmp_path / "out", 3, SMALL
        )


@pytest.mark.parametrize(("patients", "folds"), [(3, 2), (4, 1), (4, 5)])
def test_folds_that_leave_too_few_patients_are_refused(folder, tmp_path, patients, folds):
    data_set = read_folder(folder)
    few = data_set._replace(entries=data_set.entries[:patients])
    with pytest.raises(CrossValidationError, match=rf"--folds {folds}: with {patients} patients"):
        crossvalidate([few], tmp_path / "out", folds, SMALL)
    assert list(tmp_path.iterdir()) == []


def test_fewer_than_three_patients_cannot_be_cross_validated(folder, tmp_path):
    data_set = read_folder(folder)
    with pytest.raises(CrossValidationError, match=r"needs three patients .* or more; here are 2"):
        crossvalidate([data_set._replace(entries=data_set.entries[:2])], tmp_path / "out", 2, SMALL)


def test_settings_that_cannot_be_leave_nothing_behind(folder, tmp_path):
    with pytest.raises(TrainingError, match="size 40: must be a multiple of 16"):
        crossvalidate([read_folder(folder)], tmp_path / "out", 3, replace(SMALL, size=40))
    assert list(tmp_path.iterdir()) == []


def test_an_engine_that_is_not_there_leaves_nothing_behind(folder, tmp_path):
    with pytest.raises(EngineError, match="no engine 'torch'"):
        crossvalidate([read_folder(folder)], tmp_path / "out", 3, SMALL, engine="torch")
    assert list(tmp_path.iterdir()) == []


def test_outlines_that_hold_no_pixel_are_named_before_anything_is_trained(folder, tmp_path):
    save_outlines(tmp_path / "elsewhere.zip", (500, 500, 520, 520))
    data_set = read_folder(folder)
    first, *others = data_set.entries
    moved = data_set._replace(
        entries=[first._replace(outlines=tmp_path / "elsewhere.zip"), *others]
    )
    with pytest.raises(CrossValidationError, match=r"elsewhere\.zip: no pixel .* Draw them again"):
        crossvalidate([moved], tmp_path / "out", 3, SMALL)
    assert not (tmp_path / "out").exists()


@pytest.mark.parametrize(
    ("name", "content", "remedy"),
    [
        ("settings.json", b"[1]", r"settings\.json: .* begin anew"),
        ("folds.csv", b"photo\xff", r"folds\.csv: .* begin anew"),
        ("fold_1/scores.json", b"[", r"scores\.json: .* Delete it, and the same command"),
        ("fold_1/scores.json", b"[{}]", r"scores\.json: .* Delete it, and the same command"),
    ],
)
def test_damaged_files_are_named_with_what_to_do(folder, whole, tmp_path, name, content, remedy):
    out = shutil.copytree(whole[0], tmp_path / "out")
    (out / name).write_bytes(content)
    with pytest.raises(CrossValidationError, match=remedy):
        crossvalidate([read_folder(folder)], out, 3, SMALL)
