"""The expert's ImageJ, as the commands start it, with a robot that plays the expert.

The robot follows a script, JSON lines in the file that EXPERT_SCRIPT names, with the mouse of the
display. It notes in the file that EXPERT_NOTES names which outline it is about to end, and that
what is on the screen is saved.
"""

import json
import os
import queue
import signal
import threading
import time
import traceback
from pathlib import Path

import jpype
import numpy as np

from erythema.fiji import annotate_imagej
from erythema.fiji.annotate_imagej import panel
from erythema.fiji.bridge import java_class, on_event_thread
from erythema.fiji.child import run_task, tell
from erythema.segmentation.roi_set import RoiError, read_rois

PICTURES = os.environ.get("EXPERT_PICTURES")
MOST_SECONDS = 20  # for what comes at once on an idle computer
LEADS_ON = ("Next (N)", "Back (B)", "Skip (K)")


class Expert:
    """What a person does with the mouse."""

    def __init__(self):
        self.robot = java_class("java.awt.Robot")()
        # A robot before may have been killed with the button down.
        self.robot.mouseRelease(java_class("java.awt.event.InputEvent").BUTTON1_DOWN_MASK)
        self.pictures = 0
        self.seen = queue.Queue()
        hear = jpype.JProxy(
            "java.awt.event.AWTEventListener",
            dict={"eventDispatched": lambda event: self.seen.put(int(event.getID()))},
        )
        mouse = java_class("java.awt.AWTEvent").MOUSE_EVENT_MASK
        java_class("java.awt.Toolkit").getDefaultToolkit().addAWTEventListener(hear, mouse)

    def draw(self, corners):
        """Click on corner after corner, each in hundredths of the photo, and on the first again."""
        photo, before = self.photo(), self.outlines()
        if image_window().getImagePlus().getRoi() is not None:
            self.click(1, 1)  # a click beside a selection only takes it away, as always in ImageJ
        image = image_window().getImagePlus()
        points = [(x * image.getWidth() // 100, y * image.getHeight() // 100) for x, y in corners]
        drawn = [self.click(*point) for point in points]
        note(ends=photo, outlines=[*before, drawn])
        self.click(*points[0])
        self.wait_until_saved(photo, [*before, drawn])

    def take(self, outline):
        """Click on an outline's number, which is in the middle; that one counts from 0."""
        xs, ys = zip(*self.outlines()[outline], strict=True)
        self.click((min(xs) + max(xs)) / 2, (min(ys) + max(ys)) / 2)

    def drag(self, outline, corner, right, down):
        """Drag a corner of an outline, by their numbers from 0, by so many pixels."""
        photo, wanted = self.photo(), self.outlines()
        self.take(outline)
        x, y = wanted[outline][corner]
        self.point_at(x, y)
        self.press()
        at = self.point_at(x + right, y + down)
        wanted[outline][corner] = point_of_selection(at)
        note(ends=photo, outlines=wanted)
        self.release()
        self.wait_until_saved(photo, wanted)

    def press_button(self, label):
        """Click on a button of the panel, and wait for the next photo where it leads to one."""
        before = self.photo()
        button = next(one for one in inside(panel()) if is_button(one, label))
        where = button.getLocationOnScreen()
        self.move(where.x + button.getWidth() // 2, where.y + button.getHeight() // 2)
        self.press()
        self.picture()
        self.release()
        if label in LEADS_ON:
            self.wait_for("another photo", lambda: shown() not in (None, before) or not panel())

    def see(self, text):
        """Wait until the panel says something."""
        self.wait_for(text, lambda: text in said())
        self.picture()

    def say_no_erythema(self):
        photo = self.photo()
        note(ends=photo, outlines=[])
        self.press_button("No erythema (E)")
        self.wait_until_saved(photo, [])

    def close(self):
        """Close the panel as a click on its close box does."""
        annotate_imagej.close_panel()

    def press_escape(self):
        """In ImageJ's main window, where Esc means that a macro is to end."""
        event = java_class("java.awt.event.KeyEvent")
        imagej = java_class("ij.IJ").getInstance()
        now = java_class("java.lang.System").currentTimeMillis()
        pressed = event(imagej, event.KEY_PRESSED, now, 0, event.VK_ESCAPE, event.CHAR_UNDEFINED)
        on_event_thread(lambda: imagej.keyPressed(pressed))

    def press_ctrl_c(self):
        """In the terminal of the command."""
        os.kill(os.getppid(), signal.SIGINT)

    def die(self, milliseconds):
        """Let a kill come in the middle of what follows."""

        def kill():
            os.kill(os.getpid(), signal.SIGKILL)

        threading.Timer(milliseconds / 1000, kill).start()

    # How it does that.

    def photo(self):
        """The ID of the photo on the screen, once there is one."""
        return self.wait_for("a photo", shown)

    def outlines(self):
        """The corners of the outlines on the screen."""
        settle()
        manager = java_class("ij.plugin.frame.RoiManager").getInstance()
        return [corners_of(roi) for roi in manager.getRoisAsArray()]

    def click(self, x, y):
        """Click on a point of the photo, and give the one that the selection gets."""
        at = self.point_at(x, y)
        self.press()
        point = point_of_selection(at)
        self.release()
        self.picture()
        return point

    def point_at(self, x, y):
        """Move the mouse to a point of the photo, however its window moves meanwhile.

        Gives where that is in the window's canvas.
        """
        places = []

        def is_there():
            canvas = image_window().getCanvas()
            corner = canvas.getLocationOnScreen()
            at = int(canvas.screenXD(x + 0.5)), int(canvas.screenYD(y + 0.5))
            self.move(corner.x + at[0], corner.y + at[1])
            below = int(canvas.offScreenX(at[0])), int(canvas.offScreenY(at[1]))
            seen = canvas.getCursorLoc()
            places.append(at)
            return (seen.x, seen.y) == below and canvas.getLocationOnScreen().equals(corner)

        self.wait_for(f"the mouse at {x}, {y}", is_there)
        return places[-1]

    def move(self, x, y):
        self.robot.mouseMove(x + 1, y)  # there may be an event only for another place
        self.robot.mouseMove(x, y)
        settle()

    def press(self):
        self.robot.mousePress(java_class("java.awt.event.InputEvent").BUTTON1_DOWN_MASK)
        self.wait_for_event("MOUSE_PRESSED")

    def release(self):
        self.robot.mouseRelease(java_class("java.awt.event.InputEvent").BUTTON1_DOWN_MASK)
        self.wait_for_event("MOUSE_RELEASED")

    def wait_for_event(self, name):
        wanted = int(getattr(java_class("java.awt.event.MouseEvent"), name))
        while self.seen.get(timeout=MOST_SECONDS) != wanted:
            pass
        settle()

    def wait_until_saved(self, photo, outlines):
        self.wait_for(f"the outlines {outlines}", lambda: alike(saved(photo), outlines))
        note(saved=photo, outlines=saved(photo))
        self.picture()

    def wait_for(self, what, condition):
        """Give what `condition` gives, once that is true."""
        end = time.monotonic() + MOST_SECONDS
        while time.monotonic() < end:
            settle()
            if answer := condition():
                return answer
        raise AssertionError(f"{what} do not come; the panel says: {said()}")

    def picture(self):
        """Take a picture of the desktop, where pictures are wanted; its name tells the mouse."""
        if PICTURES:
            self.pictures += 1
            self.robot.waitForIdle()
            size = java_class("java.awt.Toolkit").getDefaultToolkit().getScreenSize()
            mouse = java_class("java.awt.MouseInfo").getPointerInfo().getLocation()
            shot = self.robot.createScreenCapture(java_class("java.awt.Rectangle")(size))
            name = f"{PICTURES}/{self.pictures:03d}_{mouse.x}_{mouse.y}.png"
            part = java_class("java.io.File")(f"{name}.part")  # ImageJ may end meanwhile
            java_class("javax.imageio.ImageIO").write(shot, "png", part)
            os.rename(f"{name}.part", name)


def settle():
    """Let the event thread do what was posted, and what that posts, and the display show it."""
    for _ in range(2):
        on_event_thread(lambda: None)
    java_class("java.awt.Toolkit").getDefaultToolkit().sync()


def shown():
    """The ID of the photo on the screen; None where there is none, as between two photos."""

    def photo():
        window = image_window()
        return window and panel() and Path(str(window.getImagePlus().getTitle())).stem

    return on_event_thread(photo)


def image_window():
    """The photo's window; None while there is none, or the one to compare with gets the keys."""
    image = java_class("ij.WindowManager").getCurrentImage()
    compared = image is not None and str(image.getTitle()).startswith("network: ")
    window = None if image is None or compared else image.getWindow()
    return window if window is not None and window.getCanvas().isShowing() else None


def said():
    """The texts of the panel; none where it is closed."""
    label = java_class("javax.swing.JLabel")
    return on_event_thread(
        lambda: [str(one.getText()) for one in inside(panel()) if isinstance(one, label)]
    )


def is_button(component, label):
    is_one = isinstance(component, java_class("javax.swing.JButton"))
    return is_one and str(component.getText()) == label


def inside(container):
    for component in container.getComponents() if container else []:
        yield component
        if isinstance(component, java_class("java.awt.Container")):
            yield from inside(component)


def point_of_selection(at):
    """A point of the canvas in the photo: a fraction of a pixel where the selection has such."""
    window = image_window()
    canvas, roi = window.getCanvas(), window.getImagePlus().getRoi()
    if roi is not None and roi.subPixelResolution():
        return [float(canvas.offScreenXD(at[0])), float(canvas.offScreenYD(at[1]))]
    return [float(canvas.offScreenX2(at[0])), float(canvas.offScreenY2(at[1]))]


def alike(outlines, others):
    """Whether they have the same corners, but for what 32 bits leave of a fraction of a pixel."""
    return [len(one) for one in outlines] == [len(one) for one in others] and all(
        np.allclose(one, other, rtol=0, atol=0.01)
        for one, other in zip(outlines, others, strict=True)
    )


def corners_of(roi):
    polygon = roi.getFloatPolygon()
    return [[float(polygon.xpoints[i]), float(polygon.ypoints[i])] for i in range(polygon.npoints)]


def saved(photo):
    """The corners of a photo's outlines on the disk."""
    try:
        rois = read_rois(Path(os.environ["EXPERT_READER"]) / f"{photo}.zip")
    except RoiError:
        return []  # there is none
    return [roi.outlines[0].tolist() for roi in rois]


def note(**what):
    with open(os.environ["EXPERT_NOTES"], "a") as notes:
        notes.write(json.dumps(what) + "\n")


def play():
    try:
        expert = Expert()
        for line in Path(os.environ["EXPERT_SCRIPT"]).read_text().splitlines():
            action, *arguments = json.loads(line)
            getattr(expert, action)(*arguments)
    except BaseException:
        traceback.print_exc()
        os._exit(3)  # or nobody would end ImageJ


def tell_and_play(step):
    tell(step)
    threading.Thread(target=play, daemon=True).start()


if __name__ == "__main__":
    annotate_imagej.tell = tell_and_play  # it tells when ImageJ is open
    run_task(annotate_imagej.main, annotate_imagej.close_panel)
