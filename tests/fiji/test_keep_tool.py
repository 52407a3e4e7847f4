"""The toolbar's tool that keeps one reaction: a click with the mouse on the photo."""

import socket

import jpype
import pytest
from answering import press_cancel

from erythema.fiji.bridge import java_class, post
from erythema.fiji.dialogs import waits_for_answer
from erythema.segmentation.roi_set import digest

REACTIONS = {"erythema 1": (100, 100), "erythema 2": (300, 100), "erythema 3": (500, 100)}


@pytest.fixture
def tool(opened):
    """The tool in the toolbar; gives a function that clicks on a point of the photo."""
    opened.run_macro('run("Keep one reaction");')

    def click_at(x, y, **keys):
        press(x, y, **keys)
        return status_that_comes()

    yield click_at
    java_class("ij.gui.Toolbar").getInstance().setTool(0)


def image():
    return java_class("ij.WindowManager").getCurrentImage()


def manager():
    return java_class("ij.plugin.frame.RoiManager").getInstance()


def press(x, y, alt=False):
    """Press the mouse on a point of the current photo."""
    java_class("ij.IJ").showStatus("")
    canvas = image().getCanvas()
    event = java_class("java.awt.event.MouseEvent")
    down = java_class("java.awt.event.InputEvent").BUTTON1_DOWN_MASK
    held = down | (java_class("java.awt.event.InputEvent").ALT_DOWN_MASK if alt else 0)
    point = canvas.screenXD(float(x)), canvas.screenYD(float(y))
    where = [round(one) for one in point]
    post(event(canvas, event.MOUSE_PRESSED, 0, held, *where, 1, False, event.BUTTON1))


def status_that_comes():
    """What the tool says when it has done its work."""
    bar = java_class("ij.IJ").getInstance().getStatusBar()
    label = java_class("javax.swing.JLabel")
    while True:
        text = "".join(str(one.getText()) for one in bar.getComponents() if isinstance(one, label))
        if text and not text.startswith(("Segmenting", "ImageJ ")):  # Fiji says its version
            return text


def names(imagej):
    return [roi.name for roi in imagej.rois()]


@pytest.fixture
def three(opened):
    """Three outlines in the ROI Manager as if they had been found in the photo, and an expert's."""
    opened.run_macro('run("Segment erythema");')
    found = manager().getRoi(0)
    photo = str(found.getProperty("erythema.photo"))
    opened.run_macro('roiManager("reset");')
    for name, (x, y) in REACTIONS.items():
        xs, ys = [x - 40.0, x + 40.0, x + 40.0, x - 40.0], [y - 40.0, y - 40.0, y + 40.0, y + 40.0]
        roi = java_class("ij.gui.PolygonRoi")(xs, ys, 4, java_class("ij.gui.Roi").POLYGON)
        roi.setName(name)
        roi.setProperty("erythema.source", "model")
        roi.setProperty("erythema.photo", photo)
        roi.setProperty("erythema.digest", digest(list(zip(xs, ys, strict=True))))
        manager().addRoi(roi)
    opened.run_macro('makeRectangle(1, 300, 40, 40); Roi.setName("mine"); roiManager("add");')
    opened.run_macro('run("Select None");')


def test_the_tool_is_in_the_toolbar(tool):
    assert str(java_class("ij.gui.Toolbar").getToolName()) == "Keep reaction"


def test_a_click_keeps_the_reaction_and_what_an_expert_drew(opened, three, tool):
    said = tool(300, 100)
    assert names(opened) == ["erythema 2", "mine"]
    assert said == "Kept erythema 2; left out: 2 (Alt-click brings them back)"


def test_an_edited_outline_stays(opened, three, tool):
    manager().getRoi(0).setLocation(90.0, 60.0)
    tool(300, 100)
    assert names(opened) == ["erythema 1", "erythema 2", "mine"]


def test_a_click_beside_all_says_so_and_changes_nothing(opened, three, tool):
    assert tool(300, 500) == "There is no reaction here: click inside an outline"
    assert names(opened) == [*REACTIONS, "mine"]


def test_alt_click_brings_back_what_was_taken_out(opened, three, tool):
    tool(300, 100)
    assert tool(300, 100, alt=True) == "2 brought back"
    assert sorted(names(opened)) == [*REACTIONS, "mine"]


def test_a_photo_without_outlines_is_segmented_first(opened, tool):
    said = tool(345, 330)
    assert said == "Kept erythema 1; left out: 0"
    assert names(opened) == ["erythema 1"]


def test_an_esc_from_before_the_click_does_not_count(opened, tool):
    java_class("ij.IJ").setKeyDown(java_class("java.awt.event.KeyEvent").VK_ESCAPE)
    assert tool(345, 330) == "Kept erythema 1; left out: 0"


def test_a_click_beside_all_that_is_found_adds_nothing(opened, tool):
    assert tool(20, 20) == "There is no reaction here: click inside an outline"
    assert opened.rois() == []


def test_the_images_selection_and_pixels_stay(opened, three, tool):
    opened.run_macro("makeRectangle(100, 300, 200, 200);")
    selection = image().getRoi()
    tool(300, 100)
    assert image().getRoi() == selection


@pytest.fixture
def pending():
    """The name of another command whose line the recorder has begun."""
    recorder_class = java_class("ij.plugin.frame.Recorder")
    recorder = recorder_class()
    recorder_class.setCommand("Other...")
    yield lambda: recorder_class.getCommand()
    recorder_class.setCommand(None)
    recorder.close()


def test_a_click_leaves_the_line_of_another_command_to_the_recorder(opened, three, tool, pending):
    tool(300, 100)
    assert pending() == "Other..."


def test_a_click_that_fails_leaves_that_line_too(opened, tool, pending):
    opened.run_macro('run("8-bit");')
    java_class("ij.plugin.frame.Recorder").setCommand("Other...")
    press(300, 100)
    dialog_that_comes().dispose()
    assert pending() == "Other..."


def dialog_that_comes():
    while True:
        for window in java_class("java.awt.Window").getWindows():
            if waits_for_answer(window):
                return window


@pytest.fixture
def thread_of_a_macro():
    """The event thread under the name that IJ.run() leaves to it."""

    def called(name):
        thread = java_class("java.lang.Thread")
        before = []

        def rename():
            before.append(thread.currentThread().getName())
            thread.currentThread().setName(name)

        run = jpype.JProxy("java.lang.Runnable", dict={"run": rename})
        java_class("java.awt.EventQueue").invokeAndWait(run)
        return before[0]

    before = called("Run$_AWT-EventQueue-0")
    yield
    called(before)


@pytest.fixture
def no_service(imagej):
    """ImageJ knows an address at which nothing listens."""
    with socket.create_server(("127.0.0.1", 0)) as server:
        dead = f"http://127.0.0.1:{server.getsockname()[1]}"
    address = java_class("ij.IJ").getClassLoader().loadClass("erythema.core.ServiceAddress")
    remember = address.getMethod("remember", java_class("java.lang.String").class_)
    remember.invoke(None, [dead])
    yield
    remember.invoke(None, [None])


def test_a_click_is_a_persons_whatever_the_event_thread_is_called(
    opened, tool, thread_of_a_macro, no_service
):
    press(345, 330)
    dialog = dialog_that_comes()
    assert str(dialog.getTitle()) == "Erythema service"
    press_cancel(dialog)
    assert status_that_comes() == "Keep one reaction was canceled"
