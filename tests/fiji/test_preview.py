"""The preview in Segment erythema's dialog: a threshold line beside the overlay, asked for once."""

import pytest
from answering import click, press_cancel, press_ok, tick, type_number

from erythema.fiji import FijiError
from erythema.fiji.bridge import java_class

COMMAND = "Segment erythema"
PROBABILITY, OUTLINES = "image/tiff", "application/zip"


@pytest.fixture(autouse=True)
def nothing_remembered(opened, proxy):
    """The dialog as it is at first, and a count of requests that starts at 0."""
    java_class("ij.Prefs").set("erythema.segment", "")
    proxy.asked.clear()
    yield
    java_class("ij.Prefs").set("erythema.segment", "")


def image():
    return java_class("ij.WindowManager").getCurrentImage()


def line_area():
    """The area inside the preview's line, which is last in the overlay; 0 where there is none."""
    overlay = image().getOverlay()
    if overlay is None or overlay.size() == 0 or overlay.get(overlay.size() - 1).getName():
        return 0
    return overlay.get(overlay.size() - 1).getStatistics().area


def own_overlay():
    """An overlay of the expert's, on the image."""
    roi = java_class("ij.gui.Roi")(1, 2, 30, 40)
    roi.setName("mine")
    overlay = java_class("ij.gui.Overlay")(roi)
    image().setOverlay(overlay)
    return overlay


def until_line(more_than=0):
    while line_area() <= more_than:
        yield


def test_threshold_and_smallest_area_move_the_line_without_a_new_request(opened, proxy):
    areas = []

    def person(dialog):
        tick(dialog, "Preview")
        yield from until_line()
        areas.append(line_area())
        type_number(dialog, 0, "0.1")
        yield from until_line(areas[0])
        areas.append(line_area())
        type_number(dialog, 1, "99")  # nothing is as large
        while line_area() > 0:
            yield
        press_cancel(dialog)

    click(opened, COMMAND, person)
    assert 0 < areas[0] < areas[1]
    assert proxy.count(PROBABILITY) == 1
    assert proxy.count(OUTLINES) == 0


def test_the_line_is_where_the_outline_comes(opened):
    areas = []

    def person(dialog):
        tick(dialog, "Preview")
        yield from until_line()
        areas.append(line_area())
        press_ok(dialog)

    click(opened, COMMAND, person)
    manager = java_class("ij.plugin.frame.RoiManager").getInstance()
    assert manager.getRoi(0).getStatistics().area == pytest.approx(areas[0], rel=0.02)


@pytest.mark.parametrize("press", [press_ok, press_cancel])
def test_overlay_and_selection_are_as_before_when_the_dialog_closes(opened, press):
    mine = own_overlay()
    opened.run_macro("makeRectangle(5, 6, 600, 600);")
    selection = image().getRoi()

    def person(dialog):
        tick(dialog, "Preview")
        yield from until_line()
        press(dialog)

    click(opened, COMMAND, person)
    assert image().getOverlay() == mine
    assert [str(roi.getName()) for roi in mine.toArray()] == ["mine"]
    assert image().getRoi() == selection


def test_an_image_without_overlay_has_none_afterwards(opened):
    def person(dialog):
        tick(dialog, "Preview")
        yield from until_line()
        press_cancel(dialog)

    click(opened, COMMAND, person)
    assert image().getOverlay() is None


def test_without_its_tick_the_line_goes(opened):
    def person(dialog):
        tick(dialog, "Preview")
        yield from until_line()
        tick(dialog, "Preview", on=False)
        while line_area() > 0:
            yield
        press_cancel(dialog)

    click(opened, COMMAND, person)


def test_an_overlay_that_is_shown_again_meanwhile_stays_shown(opened):
    own_overlay()
    image().setHideOverlay(True)

    def person(dialog):
        image().setHideOverlay(False)
        type_number(dialog, 0, "0.4")
        press_cancel(dialog)

    click(opened, COMMAND, person)
    assert not image().getHideOverlay()


def test_ok_while_the_preview_waits_for_its_probability_goes_on_to_the_outlines(opened, proxy):
    def person(dialog):
        proxy.go.clear()
        tick(dialog, "Preview")
        while not proxy.count(PROBABILITY):
            yield
        press_ok(dialog)
        while not proxy.count(OUTLINES):
            yield
        proxy.go.set()

    click(opened, COMMAND, person)
    assert len(opened.rois()) == 1
    assert image().getOverlay() is None


def test_an_image_that_is_closed_meanwhile_is_named(opened):
    def person(dialog):
        tick(dialog, "Preview")
        yield from until_line()
        image().close()

    with pytest.raises(FijiError, match=r"PAT_1415_1440_629\.jpg was closed"):
        click(opened, COMMAND, person)


def esc_while_the_preview_waits(dialog, proxy, begin):
    """Press Esc in the photo's window when the request that `begin` begins is on its way."""
    asked = proxy.count(PROBABILITY)
    proxy.go.clear()
    begin()
    while proxy.count(PROBABILITY) == asked:
        yield
    java_class("ij.IJ").setKeyDown(java_class("java.awt.event.KeyEvent").VK_ESCAPE)
    while dialog.getCheckboxes().lastElement().getState():
        yield
    proxy.go.set()


def test_esc_in_the_photos_window_ends_the_request_and_takes_the_tick_away(opened, proxy):
    def person(dialog):
        yield from esc_while_the_preview_waits(dialog, proxy, lambda: tick(dialog, "Preview"))
        press_cancel(dialog)

    click(opened, COMMAND, person)
    assert image().getOverlay() is None


def test_a_selection_whose_probability_did_not_come_is_asked_for_again(opened, proxy):
    def select_a_part(dialog):
        image().setRoi(0, 0, 600, 600)
        type_number(dialog, 0, "0.4")

    def person(dialog):
        tick(dialog, "Preview")
        yield from until_line()
        yield from esc_while_the_preview_waits(dialog, proxy, lambda: select_a_part(dialog))
        assert line_area() == 0
        tick(dialog, "Preview")
        yield from until_line()
        press_cancel(dialog)

    click(opened, COMMAND, person)
    assert proxy.count(PROBABILITY) == 3
