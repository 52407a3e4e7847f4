"""What a person at ImageJ's windows meets when the plugin runs."""

import queue
import socket
import threading

import numpy as np
import pytest
from answering import click, press_cancel, press_ok

from erythema.fiji import FijiError
from erythema.fiji.bridge import java_class
from erythema.segmentation.roi_set import Roi, write_rois

# The address is asked for, and answered as a person would.
ASKED = """
from answering import click, press_ok
from erythema.fiji import start
from erythema.fiji.bridge import java_class

def answer(dialog):
    dialog.getStringFields().get(0).setText({address!r})
    press_ok(dialog)

with start() as imagej:
    imagej.open({photo!r})
    click(imagej, "Segment erythema", answer, press_ok)
    print(java_class("ij.Prefs").get("erythema.service", "none"))
"""


@pytest.fixture
def recorder(opened):
    """ImageJ's open Recorder; gives its text."""
    recorder = java_class("ij.plugin.frame.Recorder")()
    yield lambda: str(recorder.getText())
    recorder.close()


@pytest.fixture
def silent():
    """A server that takes requests and never answers: its address and who is connected."""
    connected = queue.Queue()
    with socket.create_server(("127.0.0.1", 0)) as server:

        def accept():
            while True:
                try:
                    connection, _ = server.accept()
                except OSError:  # closed at the end of the test
                    return
                connected.put(connection)

        threading.Thread(target=accept, daemon=True).start()
        yield f"http://127.0.0.1:{server.getsockname()[1]}", connected
        server.shutdown(socket.SHUT_RDWR)


def current_image():
    return java_class("ij.WindowManager").getCurrentImage()


def test_a_click_is_recorded_in_one_line_that_replays(opened, recorder, service):
    click(opened, "Segment erythema", press_ok)
    lines = [line for line in recorder().splitlines() if "erythema" in line]
    assert lines == [f'run("Segment erythema", "service={service}");']
    opened.run_macro(lines[0])
    assert len(opened.rois()) == 2


def test_a_path_with_backslashes_and_quotes_is_recorded_so_that_it_replays(
    opened, recorder, tmp_path
):
    outlines = tmp_path / 'left "arm" \\new.zip'
    corners = np.array([[10, 10], [30, 10], [30, 30], [10, 30]], float)
    write_rois(outlines, [Roi("birch", [corners], {})])

    def answer(dialog):
        dialog.getStringFields().get(0).setText(str(outlines))
        dialog.getStringFields().get(1).setText(str(outlines))
        press_ok(dialog)

    click(opened, "Compare outlines...", answer)
    (line,) = [line for line in recorder().splitlines() if "Compare" in line]
    opened.run_macro('run("Clear Results");')
    opened.run_macro(line)
    assert opened.run_macro('return "" + getResult("dice", 0);') == "1"


def test_all_outlines_are_shown_after_a_click(opened):
    click(opened, "Segment erythema", press_ok)
    assert current_image().getCanvas().getShowAllList().size() == 1


def test_an_experts_own_roi_stays_in_the_roi_manager(opened):
    opened.run_macro('makeRectangle(1, 2, 30, 40); roiManager("add"); roiManager("select", 0);')
    opened.run_macro('roiManager("rename", "mine"); run("Select None");')
    click(opened, "Segment erythema", press_ok)
    assert [roi.name for roi in opened.rois()] == ["mine", "erythema 1"]


def test_the_images_own_selection_stays(opened):
    opened.run_macro("makeRectangle(1, 2, 300, 400);")
    click(opened, "Segment erythema", press_ok)
    bounds = current_image().getRoi().getBounds()
    assert (bounds.x, bounds.y, bounds.width, bounds.height) == (1, 2, 300, 400)


def test_esc_ends_a_macro_that_waits_for_an_answer(opened, silent, tmp_path):
    address, connected = silent

    def press_esc():
        connected.get()  # the plugin waits for its answer now
        java_class("ij.IJ").setKeyDown(java_class("java.awt.event.KeyEvent").VK_ESCAPE)

    threading.Thread(target=press_esc, daemon=True).start()
    opened.run_macro(
        f'run("Segment erythema", "service={address}");\n'
        f'File.saveString("went on", "{tmp_path}/next");'
    )
    assert not (tmp_path / "next").exists()
    assert not current_image().isLocked()


def test_a_service_that_is_not_there_stops_a_macro_with_the_diagnosis(opened, tmp_path):
    with socket.create_server(("127.0.0.1", 0)) as server:
        port = server.getsockname()[1]
    with pytest.raises(FijiError, match=f"Nothing answers at http://127.0.0.1:{port}"):
        opened.run_macro(
            f'run("Segment erythema", "service=127.0.0.1:{port}");\n'
            f'File.saveString("went on", "{tmp_path}/next");'
        )
    assert not (tmp_path / "next").exists()


def test_an_address_that_was_asked_for_is_remembered(run_python, display, service, photo):
    code = ASKED.format(address=service, photo=str(photo))
    result = run_python(code, DISPLAY=display, ERYTHEMA_SERVICE=None)
    assert result.stdout == f"{service}\n", result.stderr


@pytest.fixture
def another_macro(imagej, tmp_path):
    """A macro that runs until it may end; gives a function that lets it, and tells what it did."""
    interpreter = java_class("ij.macro.Interpreter")()
    may_end, went_on = tmp_path / "may end", tmp_path / "went on"
    text = f'while (!File.exists("{may_end}")) wait(10); File.saveString("yes", "{went_on}");'
    running = threading.Thread(target=interpreter.run, args=(text, ""))
    running.start()
    while java_class("ij.macro.Interpreter").getInstance() is None:
        pass

    def end():
        may_end.touch()
        running.join()
        return went_on.exists()

    yield end
    end()


def test_a_persons_cancel_stops_no_macro_that_runs_meanwhile(opened, another_macro):
    click(opened, "Segment erythema", press_cancel)
    assert another_macro()
