"""The pictures of the manual, fiji_plugin/README.md: each dialog, and what came of it.

    ERYTHEMA_SCREENSHOTS=$PWD/fiji_plugin/screenshots pytest tests/fiji/test_screenshots.py

renews those in the repository. Without that variable they go to a folder of the test.
"""

import os
import re
from io import BytesIO
from pathlib import Path

import numpy as np
import pytest
from answering import click, click_beside, press_cancel, press_ok, tick
from PIL import Image

from erythema.fiji.bridge import java_class, post
from erythema.segmentation.roi_set import Roi, read_rois, write_rois
from erythema.service.process import running_service

pytestmark = pytest.mark.skipif(
    "ERYTHEMA_TEST_IMAGEJ" in os.environ,
    reason="the manual's pictures are of the tests' own ImageJ",
)

MOST_BYTES = 150_000
RESULTS = (940, 150)


@pytest.fixture
def shoot(opened, tmp_path):
    """Take a picture of windows, side by side; the function takes its file's name and them."""
    folder = Path(os.environ.get("ERYTHEMA_SCREENSHOTS", tmp_path))

    def shoot(name, *windows):
        height = max(window.getHeight() for window in windows)
        picture = Image.new("RGB", (sum(window.getWidth() for window in windows), height), "white")
        left = 0
        for window in windows:
            picture.paste(painted(window), (left, 0))
            left += window.getWidth()
        path = folder / name
        picture.save(path, optimize=True, quality=80)
        assert path.stat().st_size < MOST_BYTES

    return shoot


def painted(window):
    """What a window holds as Java paints it, whatever lies on top of it on the display."""
    image = java_class("java.awt.image.BufferedImage")
    canvas = image(window.getWidth(), window.getHeight(), image.TYPE_INT_RGB)
    java_class("java.awt.Robot")().waitForIdle()
    graphics = canvas.createGraphics()
    graphics.setColor(window.getBackground())
    graphics.fillRect(0, 0, window.getWidth(), window.getHeight())
    for part in window.getComponents():
        part.printAll(graphics.create(part.getX(), part.getY(), part.getWidth(), part.getHeight()))
    png = java_class("java.io.ByteArrayOutputStream")()
    java_class("javax.imageio.ImageIO").write(canvas, "png", png)
    return Image.open(BytesIO(bytes(png.toByteArray())))


@pytest.fixture
def photo_window(opened):
    """The photo's window, at half its size; 10 of its pixels are a millimetre."""
    java_class("ij.IJ").getInstance().setLocation(0, 800)
    java_class("ij.Prefs").set("erythema.segment", "")
    opened.run_macro('run("Clear Results"); run("Set Scale...", "distance=10 known=1 unit=mm");')
    opened.run_macro('run("Out [-]"); run("Out [-]");')
    yield java_class("ij.WindowManager").getCurrentImage().getWindow()
    opened.run_macro('if (isOpen("Results")) { selectWindow("Results"); run("Close"); }')


def results():
    window = java_class("ij.WindowManager").getWindow("Results")
    window.setSize(*RESULTS)
    return window


def manager():
    return java_class("ij.plugin.frame.RoiManager").getInstance()


def type_text(dialog, *texts):
    """Write into a dialog's first fields."""
    for number, text in enumerate(texts):
        dialog.getStringFields().get(number).setText(text)


def test_segment_erythema(opened, photo_window, shoot):
    def look_at_the_preview(dialog):
        tick(dialog, "Preview")
        while photo_window.getImagePlus().getOverlay() is None:
            yield
        shoot("segment-dialog.jpg", photo_window, dialog)
        press_ok(dialog)

    click(opened, "Segment erythema", look_at_the_preview)

    manager().select(0)
    shoot("segment-result.jpg", photo_window, manager())


def test_segment_folder(opened, photo_window, shoot):
    def look(dialog):
        type_text(dialog, "/photos/", "/outlines/")
        shoot("folder-dialog.png", dialog)
        press_cancel(dialog)

    click(opened, "Segment folder...", look)


def test_measure_reactions(opened, photo_window, shoot):
    opened.run_macro('run("Segment erythema"); run("Measure reactions");')

    shoot("measure-result.jpg", photo_window, results())


def test_compare_outlines(opened, photo_window, shoot, tmp_path):
    found, drawn = tmp_path / "arm.zip", tmp_path / "reader.zip"
    opened.run_macro(f'run("Segment erythema", "manager=none output=[{found}]");')
    moved = [
        Roi("reader", [np.add(outline, [12, -8]) for outline in roi.outlines], {})
        for roi in read_rois(found)
    ]
    write_rois(drawn, moved)

    def look(dialog):
        type_text(dialog, "/outlines/arm.zip", "/photos/reader_a/arm.zip")
        shoot("compare-dialog.png", dialog)
        type_text(dialog, str(found), str(drawn))
        press_ok(dialog)

    click(opened, "Compare outlines...", look)
    shoot("compare-result.jpg", photo_window, results())


def test_save_outlines(opened, photo_window, shoot):
    opened.run_macro('run("Segment erythema");')

    def look(dialog):
        type_text(dialog, "/photos/", "anna")
        shoot("save-dialog.png", dialog)
        press_cancel(dialog)

    click(opened, "Save outlines...", look)


def test_send_correction(opened, photo_window, shoot, tmp_path):
    def look(dialog):
        type_text(dialog, "anna")
        shoot("send-dialog.png", dialog)
        press_cancel(dialog)

    with running_service(arguments=["--corrections", str(tmp_path / "store")]) as keeping:
        click_beside(keeping, opened, "Send correction", look)


def test_erythema_service(opened, photo_window, shoot):
    def test_the_connection(dialog):
        type_text(dialog, "http://127.0.0.1:1")
        buttons, answer = panel_of(dialog).getComponents()
        test = buttons.getComponent(0)
        event = java_class("java.awt.event.ActionEvent")
        post(event(test, event.ACTION_PERFORMED, test.getActionCommand()))
        while not str(answer.getText()).startswith("Nothing answers"):
            yield
        shoot("service-dialog.png", dialog)
        press_cancel(dialog)

    click(opened, "Erythema service...", test_the_connection)


def panel_of(dialog):
    """The part of the service's dialog that has its buttons and answers."""
    text_area = java_class("java.awt.TextArea")
    for component in dialog.getComponents():
        if isinstance(component, java_class("java.awt.Panel")) and any(
            isinstance(one, text_area) for one in component.getComponents()
        ):
            return component
    raise AssertionError("the dialog has no text area")


def test_about_erythema(opened, photo_window, shoot):
    def look(dialog):
        shoot("about-dialog.png", dialog)
        press_ok(dialog)

    click(opened, "About Erythema...", look)


def test_the_manual_s_pictures_are_there_and_small():
    manual = Path(__file__).parents[2] / "fiji_plugin"
    named = re.findall(r"\]\((screenshots/\S+)\)", (manual / "README.md").read_text("utf-8"))
    sizes = [(manual / name).stat().st_size for name in named if not name.endswith(".gif")]

    assert len(named) == len(list((manual / "screenshots").iterdir()))
    assert max(sizes) < MOST_BYTES
    assert sum(sizes) < 1_000_000
