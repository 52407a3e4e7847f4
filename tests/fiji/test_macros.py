"""The macros of macros/, which people copy, run in real ImageJ."""

import csv
import re
from pathlib import Path

import numpy as np
import pytest
from PIL import Image

from erythema.fiji import FijiError
from erythema.samples import sample_photos
from erythema.segmentation.roi_set import Roi, read_rois, write_rois

MACROS = Path(__file__).parents[2] / "macros"

LARGE, SMALL = (10, 10, 30, 30), (10, 10, 30, 20)  # 400 and 200 pixels: Dice 2 * 200 / 600
DICE = "0.667"


@pytest.fixture
def empty(imagej):
    """ImageJ with nothing open and no results."""
    close_all = 'roiManager("reset"); close("*"); run("Clear Results"); print("\\\\Clear");'
    imagej.run_macro(close_all)
    yield imagej
    imagej.run_macro(close_all)


@pytest.fixture
def photos(tmp_path):
    """A folder of two photos, arm.jpg with a red patch and back.png, which is grey all over."""
    folder = tmp_path / "my photos"
    folder.mkdir()
    (folder / "arm.jpg").write_bytes(sample_photos()[0].read_bytes())
    Image.new("RGB", (64, 48), (128, 128, 128)).save(folder / "back.png")
    return folder


def macro(name):
    return (MACROS / name).read_text("utf-8")


def outline(path, box):
    """Write an ROI set of one rectangle."""
    left, top, right, bottom = box
    corners = np.array([[left, top], [right, top], [right, bottom], [left, bottom]], float)
    path.parent.mkdir(exist_ok=True)
    write_rois(path, [Roi("birch", [corners], {})])


def rows(path):
    with path.open(newline="", encoding="utf-8") as table:
        return list(csv.DictReader(table))


def log(imagej):
    return imagej.run_macro('return getInfo("log");')


@pytest.mark.parametrize("path", sorted(MACROS.glob("*.ijm")), ids=lambda path: path.stem)
def test_each_macro_is_short_and_begins_with_what_it_does(path):
    lines = path.read_text("utf-8").splitlines()

    assert len(lines) <= 50
    assert lines[0].startswith("// ")


def test_segment_open_image_prints_each_outline_with_its_area(empty, photos):
    empty.open(photos / "arm.jpg")

    empty.run_macro(macro("segment_open_image.ijm"))

    assert re.fullmatch(r"erythema 1 [0-9.]+\n", log(empty))


def test_segment_folder_saves_the_outlines_of_each_photo(empty, photos, tmp_path):
    out = tmp_path / "out"

    empty.run_macro(macro("segment_folder.ijm"), f"{photos};{out}")

    assert [roi.name for roi in read_rois(out / "arm.zip")] == ["erythema 1"]
    assert [(row["photo"], row["reactions"]) for row in rows(out / "photos.csv")] == [
        ("arm", "1"),
        ("back", "0"),
    ]


def test_measure_folder_measures_the_photos_that_have_outlines(empty, photos, tmp_path):
    outline(tmp_path / "out" / "arm.zip", LARGE)

    empty.run_macro(macro("measure_folder.ijm"), f"{photos};{tmp_path / 'out'}")

    (row,) = rows(tmp_path / "out" / "measurements.csv")
    assert (row["Label"], row["Name"], row["Area"]) == ("arm.jpg", "birch", "400")
    assert empty.run_macro('return "" + isOpen("Results") + " " + nImages;') == "1 0"


def test_measure_folder_keeps_the_results_that_were_there(empty, photos, tmp_path):
    outline(tmp_path / "out" / "arm.zip", LARGE)
    empty.run_macro('setResult("mine", 0, 7); updateResults();')

    empty.run_macro(macro("measure_folder.ijm"), f"{photos};{tmp_path / 'out'}")

    assert len(rows(tmp_path / "out" / "measurements.csv")) == 1
    mine = 'value = Table.get("mine", 0, "Earlier results"); close("Earlier results");'
    assert empty.run_macro(mine + 'return "" + value;') == "7"


def test_compare_readers_gives_the_dice_coefficient_of_each_photo(empty, photos, tmp_path):
    first, second = photos / "reader_a", photos / "reader_b"
    outline(first / "arm.zip", LARGE)
    outline(second / "arm.zip", SMALL)
    outline(second / "back.zip", SMALL)
    table = tmp_path / "readers.csv"

    empty.run_macro(macro("compare_readers.ijm"), f"{photos};{first};{second};{table}")

    assert [(row["Label"], row["dice"]) for row in rows(table)] == [("arm.jpg", DICE)]
    assert log(empty) == (
        "back.png has outlines of one reader only\nmean Dice of 1 photos: 0.6667\n"
    )


@pytest.mark.parametrize(
    ("name", "fields"),
    [
        ("segment_folder.ijm", "Photos.*Results"),
        ("measure_folder.ijm", "Photos.*Outlines"),
        ("compare_readers.ijm", "Photos.*Reader 1.*Reader 2.*Table"),
    ],
)
def test_a_macro_without_an_argument_asks_for_its_folders(empty, name, fields):
    with pytest.raises(FijiError, match=fields):
        empty.run_macro(macro(name))


def test_a_command_may_be_the_first_thing_that_a_new_imagej_does(plain_imagej, photos, tmp_path):
    first = tmp_path / "first.ijm"
    first.write_text(
        f'open("{photos}/arm.jpg"); run("Segment erythema", "threshold=0.5");'
        'print(roiManager("count"));'
    )

    assert plain_imagej(first, headless=False).stdout == "1\n"


def test_headless_batch_is_run_by_an_imagej_without_a_display(plain_imagej, photos, tmp_path):
    out = tmp_path / "out"

    run = plain_imagej(MACROS / "headless_batch.ijm", f"{photos};{out}", DISPLAY="")

    assert run.stdout == f"2 photos segmented; the outlines are in {out}\n", run.stderr
    assert [roi.name for roi in read_rois(out / "arm.zip")] == ["erythema 1"]


def test_headless_batch_stops_with_the_reason_where_no_service_answers(
    plain_imagej, photos, tmp_path
):
    argument = f"{photos};{tmp_path / 'out'}"

    run = plain_imagej(
        MACROS / "headless_batch.ijm", argument, DISPLAY="", ERYTHEMA_SERVICE="http://127.0.0.1:1"
    )

    assert "Nothing answers at http://127.0.0.1:1" in run.stdout
    assert "the outlines are in" not in run.stdout


@pytest.mark.fiji
def test_headless_batch_in_headless_fiji(run_python, fiji_folder, service, photos, tmp_path):
    out = tmp_path / "out"
    text = macro("headless_batch.ijm")
    run = run_python(
        "import erythema.fiji\n"
        f"with erythema.fiji.start({str(fiji_folder)!r}, headless=True) as imagej:\n"
        f"    imagej.run_macro({text!r}, {f'{photos};{out}'!r})",
        ERYTHEMA_SERVICE=service,
    )

    assert (out / "arm.zip").exists(), run.stdout + run.stderr
