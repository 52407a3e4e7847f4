"""``erythema evaluate`` and ``erythema crossvalidate`` as a person meets them."""

import functools

import command_line
import pytest
from tiny_data_sets import save_outlines, save_photo, save_table

pytest.importorskip("scipy", reason="evaluation needs the extra 'evaluate'")

PATCH, UPPER_HALF = (20, 10, 50, 30), (20, 10, 50, 20)


erythema = functools.partial(command_line.erythema, columns=200)


def cells(run, row):
    """The cells of the first printed row of that name."""
    lines = [line.strip("│┃ \n").split("│") for line in run.stdout.splitlines()]
    rows = [[cell.strip() for cell in line] for line in lines]
    return next(cells[1:] for cells in rows if cells[0] == row)


@pytest.fixture
def folder(tmp_path):
    """A photo with a red patch, of which a drew the upper half, and one without erythema."""
    folder = tmp_path / "photos"
    save_photo(folder / "P1.png", PATCH)
    save_photo(folder / "P2.png")
    save_table(folder / "photos.csv", "photo,patient", "P1,anna", "P2,ben")
    save_outlines(folder / "reader_a/P1.zip", UPPER_HALF)
    save_table(folder / "reader_a/readings.csv", "photo,state", "P2,no erythema")
    return folder


def test_evaluate_prints_tables_and_writes_nothing(redness_network, folder, tmp_path):
    before = sorted(tmp_path.rglob("*"))
    run = erythema("evaluate", redness_network, folder)
    assert run.returncode == 0
    assert "Agreement with reader a" in run.stdout
    # 600 pixels found, 300 drawn, all of these found.
    assert cells(run, "Dice") == ["0.667, median 0.667, worst 0.667"]
    assert cells(run, "Precision, pooled") == ["0.500"]
    assert cells(run, "False reactions in photos without erythema") == ["0 of 1 (0.000 to 0.975)"]
    assert sorted(tmp_path.rglob("*")) == before


def test_evaluate_writes_a_report_that_says_what_the_photos_are(redness_network, folder, tmp_path):
    pytest.importorskip("jinja2", reason="reports need the extra 'evaluate'")
    out = tmp_path / "out"
    run = erythema("evaluate", redness_network, folder, "--out", out, "--about", "Rendered.")
    assert run.stdout.endswith(f"The report is {out / 'report.html'}.\n")
    assert "Rendered." in (out / "report.html").read_text("utf-8")
    assert (out / "outlines/photos/P1.zip").exists()
    assert not list(tmp_path.glob(".out*"))


def test_evaluate_compares_with_another_reader(redness_network, folder):
    save_outlines(folder / "reader_b/P1.zip", UPPER_HALF)
    arguments = ["evaluate", redness_network, folder, "--reader", "a"]
    run = erythema(*arguments, "--against", "b")
    assert cells(run, "Dice") == [
        "0.667, median 0.667, worst 0.667",
        "1.000, median 1.000, worst 1.000",
    ]
    assert "network redness, version 1 minus reader b, 1 photos" in run.stdout


def test_evaluate_says_what_is_wrong(redness_network, folder):
    run = erythema("evaluate", redness_network, folder, "--against", "c")
    assert run.returncode == 1
    assert "--against c: neither a network's folder nor another reader" in run.stderr


def test_crossvalidate_prints_the_folds_four_ways_and_writes_a_report(tmp_path):
    pytest.importorskip("keras", reason="training needs TensorFlow: the extra 'train'")
    folder, out = tmp_path / "photos", tmp_path / "out"
    for number in range(1, 5):
        patch = (4 * number, 10, 4 * number + 20, 30)
        save_photo(folder / f"P{number}.png", patch)
        save_outlines(folder / f"reader_a/P{number}.zip", patch)
    small = ["--preset", "plain", "--width", 2, "--size", 32, "--epochs", 1, "--batch", 2]
    run = erythema("crossvalidate", folder, "--out", out, "--folds", 2, *small)
    assert run.returncode == 0
    for title in ("hard, per photo", "hard, pooled", "soft, per photo", "soft, pooled"):
        assert title in run.stdout
    assert cells(run, "1")[0] == cells(run, "2")[0] == "2"
    assert cells(run, "All photos")[0] == "4"
    assert "±" in cells(run, "Mean ± SD")[1]
    assert (out / "report.html").exists()


def test_train_refuses_a_confidence_file_without_a_calibration(folder, tmp_path):
    path = tmp_path / "scores.json"
    path.write_text("[]")
    run = erythema("train", folder, "--out", tmp_path / "mine", "--confidence", path)
    assert run.returncode == 1
    assert "scores.json: no calibration of confidences here." in run.stderr
    assert not list(tmp_path.glob("mine*"))


def test_evaluate_says_how_well_the_confidences_hold(calibrated_network, folder):
    run = erythema("evaluate", calibrated_network, folder)
    # One reaction with 0.75; its upper half is drawn, so it is right and half as large.
    assert "Confidences of 1 reactions (1 right): Brier score 0.062" in run.stdout


def test_a_folder_that_cannot_be_written_is_named_without_a_stack_trace(redness_network, folder):
    run = erythema("evaluate", redness_network, folder, "--out", folder / "P1.png" / "report")
    assert run.returncode == 1
    assert "P1.png" in run.stderr


def test_what_is_doubtful_in_a_folder_is_told_in_words(redness_network, folder):
    (folder / "photos.csv").unlink()
    run = erythema("evaluate", redness_network, folder)
    told = f"{folder / 'photos.csv'}: missing: each photo counts as its own patient"
    assert told in run.stderr.splitlines()


def test_brackets_in_a_readers_name_are_printed(redness_network, folder):
    (folder / "reader_a").rename(folder / "reader_a [old]")
    run = erythema("evaluate", redness_network, folder)
    assert "Agreement with reader a [old]" in run.stdout


def test_evaluate_prints_a_row_for_each_value_of_a_column(redness_network, folder, tmp_path):
    pytest.importorskip("jinja2", reason="reports need the extra 'evaluate'")
    save_table(folder / "photos.csv", "photo,patient,tone", "P1,anna,2", "P2,ben,5")
    out = tmp_path / "out"
    run = erythema("evaluate", redness_network, folder, "--by", "tone", "--out", out)
    assert run.returncode == 0
    # 300 of 600 pixels found were drawn: an intersection over union of a half, so it is found.
    assert cells(run, "2") == ["1 (1)", "0.667", "0.667", "1.000", "-"]
    assert cells(run, "5") == ["0 (0)", "-", "-", "-", "0 of 1 (0.000 to 0.975)"]
    assert "<h3>By tone</h3>" in (out / "report.html").read_text("utf-8")


def test_evaluate_counts_false_reactions_in_each_data_set(redness_network, folder, tmp_path):
    moles = tmp_path / "moles"
    save_photo(moles / "M1.png", PATCH)
    save_photo(moles / "M2.png")
    save_table(moles / "reader_a/readings.csv", "photo,state", "M1,no erythema", "M2,no erythema")
    run = erythema("evaluate", redness_network, folder, moles, "--allow-overlap")
    assert cells(run, "of photos") == ["0 of 1"]
    assert cells(run, "of moles") == ["1 of 2"]
