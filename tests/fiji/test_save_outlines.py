"""The command "Save outlines..." in ImageJ, and its call from a macro: files of a data set."""

import csv
import re

import numpy as np
import pytest
from answering import choose, click, press_cancel, press_ok
from PIL import Image

from erythema.datasets.folder import read_folder, read_mask
from erythema.fiji import FijiError
from erythema.fiji.bridge import java_class
from erythema.segmentation.roi_set import Roi, read_rois, write_rois

DRAW = 'makeRectangle(10, 20, 30, 5); roiManager("add"); run("Select None");'
DRAWN = (slice(20, 25), slice(10, 40))  # the rows and columns of its pixels


@pytest.fixture
def arms(opened, tmp_path):
    """The folder of a data set, whose photo arm.png is open."""
    folder = tmp_path / "my arms"
    folder.mkdir()
    Image.new("RGB", (64, 48), (204, 204, 153)).save(folder / "arm.png")
    opened.run_macro('close("*");')
    opened.open(folder / "arm.png")
    yield folder
    java_class("ij.Prefs").set("erythema.reader", "")


@pytest.fixture
def recorded(opened):
    """The line that ImageJ's open Recorder has of the command."""
    recorder = java_class("ij.plugin.frame.Recorder")()
    yield lambda: next(line for line in str(recorder.getText()).splitlines() if "Save" in line)
    recorder.close()


def entry(folder, reader="anna"):
    """The one photo as Python reads it."""
    (photo,) = read_folder(folder, reader).entries
    return photo


def answer_as(reader, state="outlined", reason=""):
    def answer(dialog):
        dialog.getStringFields().get(1).setText(reader)
        choose(dialog, 0, state)
        dialog.getStringFields().get(2).setText(reason)
        press_ok(dialog)

    return answer


def test_a_recorded_line_saves_what_is_drawn_as_the_readers(opened, arms):
    opened.run_macro(DRAW + f'run("Save outlines...", "folder=[{arms}] reader=anna");')

    saved = entry(arms)
    mask = read_mask(saved, (48, 64))
    assert saved.state == "outlined"
    assert mask[DRAWN].all()
    assert mask.sum() == 5 * 30
    (roi,) = read_rois(saved.outlines)
    assert roi.properties == {"erythema.source": "reader", "erythema.role": "erythema"}


def test_a_click_is_recorded_in_one_line_that_replays(opened, arms, recorded):
    opened.run_macro(DRAW)
    click(opened, "Save outlines...", answer_as("Anna"))
    line = recorded()

    assert f'folder=[{arms}] reader=anna state=outlined");' in line.replace("/]", "]")
    (arms / "reader_anna" / "arm.zip").unlink()
    opened.run_macro(line)
    assert read_mask(entry(arms), (48, 64)).sum() == 5 * 30


def test_the_photos_own_folder_and_the_last_reader_are_offered(opened, arms):
    seen = []

    def look(dialog):
        seen.extend(str(dialog.getStringFields().get(number).getText()) for number in (0, 1))
        press_cancel(dialog)

    opened.run_macro(DRAW)
    click(opened, "Save outlines...", answer_as("anna"))
    click(opened, "Save outlines...", look)

    assert seen == [f"{arms}/", "anna"]


def test_cancel_saves_nothing(opened, arms):
    opened.run_macro(DRAW)
    click(opened, "Save outlines...", press_cancel)

    assert [path.name for path in arms.iterdir()] == ["arm.png"]


def test_what_was_saved_before_is_kept_with_its_date(opened, arms):
    save = 'run("Save outlines...", "reader=anna");'
    opened.run_macro(DRAW + save)
    before = (arms / "reader_anna" / "arm.zip").read_bytes()
    opened.run_macro('makeRectangle(0, 0, 9, 9); roiManager("add"); run("Select None");' + save)

    (kept,) = (arms / "reader_anna" / "earlier").iterdir()
    assert re.fullmatch(r"arm\.\d{8}T\d{6}Z\.zip", kept.name)
    assert kept.read_bytes() == before
    assert len(read_rois(entry(arms).outlines)) == 2


def test_a_click_says_that_a_photo_is_unusable_and_why(opened, arms):
    opened.run_macro(DRAW + 'run("Save outlines...", "reader=anna");')
    click(opened, "Save outlines...", answer_as("anna", "unusable", "out of focus, dark"))

    assert entry(arms).state == "unusable"
    with (arms / "reader_anna" / "readings.csv").open(newline="", encoding="utf-8") as table:
        (row,) = csv.DictReader(table)
    assert row == {"photo": "arm", "state": "unusable", "reason": "out of focus, dark"}
    assert len(list((arms / "reader_anna" / "earlier").iterdir())) == 1


def test_no_erythema_is_a_reading_without_outlines(opened, arms):
    opened.run_macro('run("Save outlines...", "reader=anna state=[no erythema]");')

    assert entry(arms).state == "no erythema"


def test_a_networks_outline_that_was_moved_is_a_correction(opened, photo, tmp_path):
    (tmp_path / "arm.jpg").write_bytes(photo.read_bytes())
    opened.run_macro('close("*");')
    opened.open(tmp_path / "arm.jpg")
    opened.run_macro('run("Segment erythema");')
    opened.run_macro(
        'roiManager("select", 0); Roi.move(1, 1); roiManager("update"); roiManager("deselect");'
        'run("Select None"); run("Save outlines...", "reader=anna");'
    )

    first, *others = read_rois(entry(tmp_path).outlines)
    assert first.properties["erythema.source"] == "corrected"
    assert first.properties["erythema.model"]
    assert {roi.properties["erythema.source"] for roi in others} <= {"model"}


def test_headless_plain_imagej_saves_a_file_of_outlines(plain_imagej, tmp_path):
    Image.new("RGB", (64, 48), (204, 204, 153)).save(tmp_path / "arm.png")
    corners = np.array([[10, 20], [40, 20], [40, 25], [10, 25]], float)
    write_rois(tmp_path / "drawn.zip", [Roi("birch", [corners], {})])
    options = f"photo=[{tmp_path}/arm.png] rois=[{tmp_path}/drawn.zip] reader=anna"
    (tmp_path / "save.ijm").write_text(f'print(call("erythema.Save.run", "{options}"));')

    finished = plain_imagej(tmp_path / "save.ijm")

    assert finished.stdout.strip() == "1", finished.stderr
    assert read_mask(entry(tmp_path), (48, 64))[DRAWN].all()


@pytest.mark.parametrize(
    ("options", "message"),
    [
        ("", "reader= is missing"),
        ("reader=[Anna B.]", r"reader=\[Anna B\.\] is no reader's name"),
        ("reader=anna state=unusable", "reason= is missing"),
        ("reader=anna folder=[/no/such/folder]", "there is no such folder"),
    ],
)
def test_a_mistake_stops_the_macro_and_names_its_key(opened, arms, options, message):
    with pytest.raises(FijiError, match=message):
        opened.run_macro(DRAW + f'run("Save outlines...", "{options}");')

    assert [path.name for path in arms.iterdir()] == ["arm.png"]


def test_a_photo_of_another_folder_is_refused_with_what_to_do(opened, arms, tmp_path):
    (tmp_path / "legs").mkdir()

    with pytest.raises(FijiError, match=r"arm\.png is no photo in .*legs.*\nCopy it there first"):
        opened.run_macro(DRAW + f'run("Save outlines...", "reader=anna folder=[{tmp_path}/legs]");')


def test_an_image_that_was_never_saved_is_refused(opened, arms):
    with pytest.raises(FijiError, match=r"new was never saved.*\nSave it as PNG"):
        opened.run_macro(
            'newImage("new", "RGB", 64, 48, 1);' + DRAW + 'run("Save outlines...", "reader=anna");'
        )
