"""The command "Send correction" in ImageJ, and its call: with the service's own store."""

import csv

import numpy as np
import pytest
from answering import click_beside, press_cancel, press_ok, said, tick
from PIL import Image

from erythema.datasets.folder import read_folder, read_mask
from erythema.fiji import FijiError
from erythema.fiji.bridge import java_class
from erythema.segmentation.photo import read_photo
from erythema.segmentation.roi_set import Roi, read_rois, write_rois
from erythema.service.process import running_service

I_AGREE = "I agree that photos and outlines are sent there"
DRAW = 'makeRectangle(10, 20, 30, 5); Roi.setName("birch"); roiManager("add"); run("Select None");'


@pytest.fixture(scope="module")
def folder(tmp_path_factory):
    return tmp_path_factory.mktemp("corrections") / "store"


@pytest.fixture(scope="module")
def keeping(folder):
    """The address of a service that keeps corrections in ``folder``."""
    with running_service(arguments=["--corrections", str(folder)]) as address:
        yield address


@pytest.fixture
def nobody_agreed(opened, keeping, service):
    """ImageJ with a photo open, which has not been allowed to send anything anywhere."""
    yield opened
    for address in (keeping, service):
        java_class("ij.Prefs").set(f"erythema.corrections.{address}", "")
    java_class("ij.Prefs").set("erythema.reader", "")


@pytest.fixture
def agreed(nobody_agreed, keeping):
    java_class("ij.Prefs").set(f"erythema.corrections.{keeping}", "agreed")
    return nobody_agreed


def person(reader="anna", agrees=True, seen=None):
    """Who answers the dialog, and lists what it says and whether the tick is there already."""

    def answer(dialog):
        if seen is not None:
            seen.append((said(dialog), dialog.getCheckboxes()[0].getState()))
        dialog.getStringFields().get(0).setText(reader)
        tick(dialog, I_AGREE, agrees)
        press_ok(dialog)

    return answer


def click_send(imagej, service, *people):
    click_beside(service, imagej, "Send correction", *people)


def run_send(imagej, address, options="reader=anna"):
    imagej.run_macro(f'run("Send correction", "{options} service={address}");')


def rows(folder, reader):
    table = folder / f"reader_{reader}" / "readings.csv"
    with table.open(newline="", encoding="utf-8") as file:
        return list(csv.DictReader(file))


def test_the_first_click_says_what_goes_where_and_the_next_one_asks_no_more(
    nobody_agreed, keeping, folder, photo
):
    seen = []
    nobody_agreed.run_macro(DRAW)
    click_send(nobody_agreed, keeping, person("first", seen=seen))
    click_send(nobody_agreed, keeping, person("first", seen=seen))

    (text, before), (_, later) = seen
    assert f"To the service {keeping} go" in text
    assert "the pixels of this photo" in text
    assert "until somebody deletes them" in text
    assert (before, later) == (False, True)
    (sent,) = [entry for entry in read_folder(folder, "first").entries if entry.outlines]
    assert np.array_equal(read_photo(sent.photo), read_photo(photo))
    (roi,) = read_rois(sent.outlines)
    assert roi.name == "birch"
    assert read_mask(sent, read_photo(photo).shape[:2]).sum() == 5 * 30


def test_a_photo_goes_without_the_name_of_its_file(agreed, keeping, folder, photo):
    agreed.run_macro(DRAW)
    run_send(agreed, keeping)

    kept = b"".join(path.read_bytes() for path in folder.rglob("*") if path.is_file())
    assert photo.stem.encode() not in kept


def test_a_corrected_outline_names_the_network(agreed, keeping, folder):
    agreed.run_macro('run("Segment erythema");')
    agreed.run_macro(
        'roiManager("select", 0); Roi.move(1, 1); roiManager("update"); roiManager("deselect");'
        'run("Select None");'
    )
    outline = agreed.rois()[0]
    run_send(agreed, keeping, "reader=eva")

    (row,) = rows(folder, "eva")
    assert row["network"] == outline.properties["erythema.model"]
    assert row["hash"] == outline.properties["erythema.hash"]
    stored = read_rois(folder / "reader_eva" / f"{row['photo']}.zip")[0]
    assert stored.properties["erythema.source"] == "corrected"


def test_a_click_is_recorded_in_one_line_that_replays(agreed, keeping, folder):
    agreed.run_macro(DRAW)
    recorder = java_class("ij.plugin.frame.Recorder")()
    try:
        click_send(agreed, keeping, person("ida"))
        text = str(recorder.getText())
    finally:
        recorder.close()
    (line,) = [line for line in text.splitlines() if "Send correction" in line]

    assert line == (f'run("Send correction", "reader=ida state=outlined service={keeping}");')
    agreed.run_macro(line.replace("ida", "ina"))
    assert [row["state"] for row in rows(folder, "ina")] == ["outlined"]


def test_that_nothing_is_to_outline_is_sent_too(agreed, keeping, folder):
    run_send(agreed, keeping, "reader=ute state=unusable reason=[out of focus]")

    (row,) = rows(folder, "ute")
    assert (row["state"], row["reason"]) == ("unusable", "out of focus")


def test_without_an_agreement_a_macro_stops_and_nothing_is_sent(nobody_agreed, keeping, folder):
    nobody_agreed.run_macro(DRAW)

    with pytest.raises(FijiError, match=r"nobody has agreed.*\nClick once on .*Send correction"):
        run_send(nobody_agreed, keeping, "reader=otto")

    assert not (folder / "reader_otto").exists()


def test_without_the_tick_nothing_is_sent(nobody_agreed, keeping, folder):
    nobody_agreed.run_macro(DRAW)

    with pytest.raises(FijiError, match="Nothing was sent to"):
        click_send(nobody_agreed, keeping, person("otto", agrees=False))

    assert not (folder / "reader_otto").exists()


def test_taking_the_tick_away_ends_the_agreement(agreed, keeping, folder):
    agreed.run_macro(DRAW)

    with pytest.raises(FijiError, match=r"Your agreement for .* has ended"):
        click_send(agreed, keeping, person("otto", agrees=False))

    with pytest.raises(FijiError, match="nobody has agreed"):
        run_send(agreed, keeping, "reader=otto")
    assert not (folder / "reader_otto").exists()


def test_an_agreement_ends_where_the_service_keeps_none_any_more_too(nobody_agreed, service):
    java_class("ij.Prefs").set(f"erythema.corrections.{service}", "agreed")
    nobody_agreed.run_macro(DRAW)

    with pytest.raises(FijiError, match=r"Your agreement for .* has ended"):
        click_send(nobody_agreed, service, person("otto", agrees=False))

    with pytest.raises(FijiError, match="nobody has agreed"):
        run_send(nobody_agreed, service, "reader=otto")


def test_cancel_neither_agrees_nor_sends(nobody_agreed, keeping, folder):
    nobody_agreed.run_macro(DRAW)
    click_send(nobody_agreed, keeping, press_cancel)

    with pytest.raises(FijiError, match="nobody has agreed"):
        run_send(nobody_agreed, keeping, "reader=otto")


def test_a_service_without_a_store_is_told_with_how_to_start_one(nobody_agreed, service):
    java_class("ij.Prefs").set(f"erythema.corrections.{service}", "agreed")
    nobody_agreed.run_macro(DRAW)

    with pytest.raises(FijiError, match=r"keeps no corrections.*\n.*erythema serve --corrections"):
        run_send(nobody_agreed, service)


def test_a_service_without_a_store_is_sent_no_photo(nobody_agreed, proxy):
    java_class("ij.Prefs").set(f"erythema.corrections.{proxy.address}", "agreed")
    nobody_agreed.run_macro(DRAW)
    proxy.asked.clear()

    with pytest.raises(FijiError, match="keeps no corrections"):
        run_send(nobody_agreed, proxy.address)

    assert [path for path, _ in proxy.asked] == ["/corrections"]


def test_a_click_with_a_service_without_a_store_shows_no_dialog(nobody_agreed, service):
    nobody_agreed.run_macro(DRAW)

    with pytest.raises(FijiError, match="keeps no corrections"):
        click_send(nobody_agreed, service)


@pytest.fixture
def call(tmp_path):
    """A macro that calls the command for files, and prints what it gives."""

    def call(address):
        Image.new("RGB", (64, 48), (204, 204, 153)).save(tmp_path / "arm.png")
        corners = np.array([[10, 20], [40, 20], [40, 25], [10, 25]], float)
        write_rois(tmp_path / "drawn.zip", [Roi("birch", [corners], {})])
        options = f"photo=[{tmp_path}/arm.png] rois=[{tmp_path}/drawn.zip] reader=headless"
        macro = f'print(call("erythema.Send.run", "{options} service={address}"));'
        (tmp_path / "send.ijm").write_text(macro)
        return tmp_path / "send.ijm"

    return call


def test_headless_plain_imagej_sends_where_somebody_agreed(
    plain_imagej, call, keeping, folder, tmp_path
):
    agreement = f"erythema.corrections.{keeping}=agreed"
    preferences = tmp_path / "ImageJ" / ".imagej"
    preferences.mkdir()
    escaped = agreement.replace(":", "\\:")
    (preferences / "IJ_Prefs.txt").write_text(f".{escaped}\n")

    finished = plain_imagej(call(keeping))

    (row,) = rows(folder, "headless")
    assert finished.stdout.split() == [row["photo"]], finished.stderr


def test_headless_plain_imagej_without_an_agreement_says_what_to_do(plain_imagej, call, keeping):
    finished = plain_imagej(call(keeping))

    assert "Click once on Plugins > Erythema > Send correction" in finished.stdout + finished.stderr
