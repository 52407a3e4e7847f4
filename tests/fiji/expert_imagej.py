"""The expert's ImageJ, as `erythema annotate` starts it, with a robot that plays the expert.

The robot follows a script, JSON lines in the file that EXPERT_SCRIPT names, with the mouse of the
display. What it has drawn and the plugin has saved it notes in the file that EXPERT_NOTES names.
"""

import json
import os
import threading
import zipfile
from pathlib import Path

import jpype

from erythema.fiji import annotate_imagej
from erythema.fiji.bridge import java_class
from erythema.fiji.child import run_task
from erythema.segmentation.roi_set import read_rois

FOLDER = Path(os.environ["EXPERT_FOLDER"])
LOOKS_AT_REST = 20
PICTURES = os.environ.get("EXPERT_PICTURES")


class Expert:
    """What a person does with the mouse."""

    def __init__(self):
        self.robot = java_class("java.awt.Robot")()
        self.robot.setAutoWaitForIdle(True)
        self.pictures = 0

    def photo(self, other_than=None):
        """The photo on the screen, once there is one with the panel beside it."""
        while True:
            image = java_class("ij.WindowManager").getCurrentImage()
            if image is not None and image.getCanvas() is not None and self.panel() is not None:
                title = str(image.getTitle())
                if title != other_than and image.getCanvas().isShowing():
                    self.wait_until_at_rest(image.getCanvas())
                    return image

    def wait_until_at_rest(self, canvas):
        """Until place and zoom of the photo stay the same, as they do once it is fitted."""
        seen, alike = None, 0
        while alike < LOOKS_AT_REST:
            self.robot.waitForIdle()
            now = canvas.isShowing() and (
                float(canvas.getMagnification()),
                str(canvas.getLocationOnScreen()),
                str(canvas.getSize()),
            )
            alike = alike + 1 if now == seen else 0
            seen = now

    def panel(self):
        for window in java_class("java.awt.Window").getWindows():
            is_frame = isinstance(window, java_class("java.awt.Frame"))
            if is_frame and window.isShowing() and str(window.getTitle()) == "Annotate folder":
                return window
        return None

    def click(self, x, y):
        button = java_class("java.awt.event.InputEvent").BUTTON1_DOWN_MASK
        self.robot.mouseMove(x, y)
        self.robot.mousePress(button)
        self.robot.mouseRelease(button)

    def draw(self, corners):
        """Click on each corner and on the first again; notes what is saved then."""
        image = self.photo()
        canvas = image.getCanvas()
        drawn = []
        for x, y in [*corners, corners[0]]:
            sx, sy = int(canvas.screenX(x)), int(canvas.screenY(y))
            drawn.append([int(canvas.offScreenX2(sx)), int(canvas.offScreenY2(sy))])
            where = canvas.getLocationOnScreen()
            self.click(where.x + sx, where.y + sy)
            self.picture()
        photo = Path(str(image.getTitle())).stem
        wait_for_outline(photo, drawn[:-1])
        note({"photo": photo, "corners": drawn[:-1]})
        self.picture()

    def press(self, label):
        """Click on a button of the panel, and wait for the next photo where it leads to one."""
        before = str(self.photo().getTitle())
        button = next(
            one
            for one in inside(self.panel())
            if isinstance(one, java_class("javax.swing.JButton")) and str(one.getText()) == label
        )
        where = button.getLocationOnScreen()
        self.click(where.x + button.getWidth() // 2, where.y + button.getHeight() // 2)
        if label in ("Next (N)", "Back (B)", "Skip (K)"):
            after = self.photo(other_than=before)
            note({"photo": Path(str(after.getTitle())).stem, "after": label})
            self.picture()

    def close(self):
        """Quit ImageJ as a click on its window's close box does."""
        bar = java_class("ij.IJ").getInstance()
        event = java_class("java.awt.event.WindowEvent")
        queue = java_class("java.awt.Toolkit").getDefaultToolkit().getSystemEventQueue()
        queue.postEvent(event(self.panel() or bar, event.WINDOW_CLOSING))

    def picture(self):
        """Take a picture of the desktop, where pictures are wanted."""
        if PICTURES:
            self.pictures += 1
            size = java_class("java.awt.Toolkit").getDefaultToolkit().getScreenSize()
            shot = self.robot.createScreenCapture(java_class("java.awt.Rectangle")(size))
            file = java_class("java.io.File")(f"{PICTURES}/{self.pictures:03d}.png")
            java_class("javax.imageio.ImageIO").write(shot, "png", file)


def inside(container):
    for component in container.getComponents():
        yield component
        if isinstance(component, java_class("java.awt.Container")):
            yield from inside(component)


def wait_for_outline(photo, corners):
    """Until the reader's ROI set of a photo has an outline with these corners."""
    (room,) = FOLDER.glob("reader_*")
    while not any(same(roi, corners) for roi in rois_of(room / f"{photo}.zip")):
        pass


def rois_of(file):
    try:
        return read_rois(file)
    except (OSError, ValueError, zipfile.BadZipFile):
        return []  # not there yet


def same(roi, corners):
    return roi.outlines[0].tolist() == [[float(x), float(y)] for x, y in corners]


def note(what):
    with open(os.environ["EXPERT_NOTES"], "a") as notes:
        notes.write(json.dumps(what) + "\n")


def play():
    while not jpype.isJVMStarted():
        pass
    while True:
        try:
            if java_class("ij.IJ").getInstance() is not None:
                break
        except TypeError:  # its class is not there yet
            pass
    expert = Expert()
    for line in Path(os.environ["EXPERT_SCRIPT"]).read_text().splitlines():
        action = json.loads(line)
        getattr(expert, action["do"])(*action.get("with", []))


if __name__ == "__main__":
    threading.Thread(target=play, daemon=True).start()
    run_task(annotate_imagej.main)
