"""Segment erythema as a person asks for it, in its dialog, and as the recorder repeats it."""

import pytest
import answering
from answering import choose, press_cancel, press_ok, tick, type_number

from erythema.fiji import FijiError
from erythema.fiji.bridge import java_class

COMMAND = "Segment erythema"


@pytest.fixture
def click(opened):
    """Click on the command; the function takes what the persons at its dialogs do."""
    java_class("ij.Prefs").set("erythema.segment", "")

    def click(*people):
        answering.click(opened, COMMAND, *people)

    yield click
    java_class("ij.Prefs").set("erythema.segment", "")


@pytest.fixture
def recorder(opened):
    """ImageJ's open Recorder; gives the lines of the plugin in it."""
    recorder = java_class("ij.plugin.frame.Recorder")()
    yield lambda: [line for line in str(recorder.getText()).splitlines() if "erythema" in line]
    recorder.close()


def current_image():
    return java_class("ij.WindowManager").getCurrentImage()


def titles():
    ids = java_class("ij.WindowManager").getIDList()
    return sorted(str(java_class("ij.WindowManager").getImage(one).getTitle()) for one in ids)


def test_ok_means_the_networks_own_settings(click, opened, recorder, service):
    click(press_ok)
    assert [roi.name for roi in opened.rois()] == ["erythema 1"]
    assert recorder() == [f'run("Segment erythema", "service={service}");']


def everything(dialog):
    type_number(dialog, 0, "0.3")
    type_number(dialog, 1, "0.02")
    choose(dialog, 0, "replace ours")
    for output in ("Overlay", "Mask", "Probability image"):
        tick(dialog, output)
    press_ok(dialog)


def test_what_is_chosen_is_done_and_recorded(click, opened, recorder, service):
    image = current_image()
    click(everything)
    assert recorder() == [
        'run("Segment erythema", "threshold=0.3 smallest=0.0002 manager=replace overlay mask '
        f'probability service={service}");'
    ]
    photo = str(image.getTitle())
    assert titles() == [photo, f"{photo} mask", f"{photo} probability"]
    assert image.getOverlay().size() == len(opened.rois()) == 1
    assert opened.rois()[0].properties["erythema.threshold"] == "0.3"
