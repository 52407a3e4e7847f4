"""A running ImageJ, driven from Python."""

import os
import queue
import threading
from collections.abc import Callable, Sequence
from contextlib import ExitStack
from pathlib import Path
from typing import Any

from erythema.fiji import outlines
from erythema.fiji.bridge import java_class, plugin_class, post
from erythema.fiji.dialogs import dismiss_dialog
from erythema.fiji.errors import FijiError
from erythema.fiji.menus import command_threads, menu_item
from erythema.segmentation.roi_set import Roi
from erythema.service.process import running_service

SECONDS_TO_BEGIN = 60
LOCAL = "local"


class Session:
    """A running ImageJ. `start` and `attach` make it.

    `version` is what ImageJ calls itself; `headless` tells that there are no windows. Images are
    ImageJ's own (ij.ImagePlus), outlines are `erythema.segmentation.roi_set.Roi`.
    """

    def __init__(self, attended: bool, endings: ExitStack) -> None:
        """`attended`: a person answers its dialogs; `endings`: what closing it does."""
        self.headless = bool(java_class("java.awt.GraphicsEnvironment").isHeadless())
        self.version = str(java_class("ij.IJ").getVersion())
        self._attended = attended
        self._endings = endings
        self._local_service: str | None = None

    def __enter__(self) -> "Session":
        return self

    def __exit__(self, *error: object) -> None:
        self.close()

    def close(self) -> None:
        """End what the session started: the service, and, where `start` made it, ImageJ.

        Its windows close without a question; what was not saved is lost.
        """
        self._endings.close()
        self._local_service = None

    def open(self, photo: os.PathLike[str] | str) -> Any:
        """Open a photo, in a window where there are windows, and give the image.

        Raises FijiError where ImageJ cannot read it.
        """
        path = str(Path(photo).resolve())
        try:
            image = self._wait_for(lambda: java_class("ij.IJ").openImage(path))
        except FijiError:  # ImageJ's dialog says no more
            image = None
        if image is None:
            raise FijiError(f"ImageJ cannot open {path}: is it a JPEG, PNG, TIFF or BMP file?")
        if not self.headless:
            self._wait_for(lambda: _show(image))
        return image

    def images(self) -> list[Any]:
        """The images in windows, in the order in which they were opened."""
        self._need_windows("list the images in windows", "keep those that open() gives")
        manager = java_class("ij.WindowManager")
        return [manager.getImage(number) for number in manager.getIDList() or []]

    def current(self) -> Any:
        """The image in front.

        Raises FijiError where none is open.
        """
        self._need_windows("tell which image is in front", "keep those that open() gives")
        image = java_class("ij.WindowManager").getCurrentImage()
        if image is None:
            raise FijiError("There are no images open: open a photo first.")
        return image

    def segment(
        self,
        image: Any,
        *,
        threshold: float | None = None,
        smallest_area: float | None = None,
        network: str | None = None,
        stack: bool = False,
        service: str | None = None,
    ) -> list[Roi]:
        """Give the outlines of the erythema in an image, or inside its selection; nothing changes.

        Parameters
        ----------
        threshold, smallest_area, network: as in the plugin's command; the network's own where
            they are left out.
        stack: look at all photos of a stack; each outline's `position` tells on which it lies.
        service: its address, or "local" for one that this session starts and ends. Without: the
            one that ImageJ knows (ERYTHEMA_SERVICE, the plugin's dialog, this computer's).

        Raises FijiError with what the plugin says is wrong.
        """
        import jpype

        settings = {
            "network": network,
            "threshold": threshold,
            "smallest": smallest_area,
            "service": self._running_service() if service == LOCAL else service,
        }
        words = [f"{key}=[{value}]" for key, value in settings.items() if value is not None]
        options = " ".join([*words, *(["stack"] if stack else [])])
        segment = plugin_class("erythema.Segment")
        try:
            found = self._wait_for(lambda: segment.outlines(image, options))
        except jpype.JException as error:
            raise FijiError(str(error.getMessage())) from error
        return outlines.from_java(found, str(image.getTitle()))

    def rois(self, image: Any = None) -> list[Roi]:
        """The outlines in the ROI Manager, in its order, or those of an image's overlay.

        None where the ROI Manager is closed. Lines and points are left out.
        """
        if image is not None:
            return outlines.in_overlay(image)
        self._need_windows("look into the ROI Manager", "rois(image) gives those of its overlay")
        return outlines.in_manager()

    def add_rois(self, rois: Sequence[Roi], image: Any = None) -> None:
        """Add outlines at the end of the ROI Manager, or to an image's overlay.

        What is there already stays. The ROI Manager opens where it is closed.
        """
        if image is not None:
            outlines.add_to_overlay(image, rois)
            return
        self._need_windows("fill the ROI Manager", "add_rois(rois, image) adds them to its overlay")
        outlines.add_to_manager(rois)

    def run_macro(self, macro: str, argument: str = "") -> str:
        """Run macro code and give what it returned, "" where it returned nothing.

        Raises FijiError with the macro's message and line instead of showing a dialog.
        """
        interpreter = java_class("ij.macro.Interpreter")()
        _last_error()  # forgets an older one
        older = self._exceptions()
        try:
            answer = self._wait_for(lambda: interpreter.run(macro, argument))
        except Exception as error:
            raise _macro_error(interpreter, error) from error
        if trouble := interpreter.getErrorMessage() or (self.headless and _last_error()):
            raise _macro_error(interpreter, trouble)
        self._raise_exception("The macro", older)
        return "" if answer is None else str(answer)

    def click(self, command: str) -> None:
        """Do what a click on the menu item named `command` does, and wait for its end.

        Raises FijiError where there is no such item, or with the error that ImageJ shows.
        """
        self._need_windows("click a menu item")
        item = menu_item(command)
        event = java_class("java.awt.event.ActionEvent")
        click = event(item, event.ACTION_PERFORMED, item.getActionCommand())
        older = self._exceptions()
        with command_threads() as threads:
            post(click)
            try:
                thread = threads.get(timeout=SECONDS_TO_BEGIN)
            except queue.Empty:
                raise FijiError(
                    f"ImageJ did not begin {command} within {SECONDS_TO_BEGIN} seconds. Is it "
                    "busy, or does a dialog wait for an answer?"
                ) from None
            self._wait_for(thread.join)
        self._raise_exception(command, older)

    def screenshot(self, file: os.PathLike[str] | str) -> None:
        """Save a picture of the whole desktop (PNG) once every window is painted."""
        self._need_windows("take a picture of the desktop")
        robot = java_class("java.awt.Robot")()
        robot.waitForIdle()
        size = java_class("java.awt.Toolkit").getDefaultToolkit().getScreenSize()
        picture = robot.createScreenCapture(java_class("java.awt.Rectangle")(size))
        target = Path(file).resolve()
        beside = target.with_name(f".{target.name}.part")
        java_class("javax.imageio.ImageIO").write(
            picture, "png", java_class("java.io.File")(str(beside))
        )
        os.replace(beside, target)

    def wait_until_closed(self) -> None:
        """Wait until the person quits ImageJ."""
        import jpype

        self._need_windows("wait for a person")
        closed = threading.Event()
        # Java asks for all of the listener's methods.
        names = [
            method.getName()
            for method in java_class("java.awt.event.WindowListener").class_.getMethods()
        ]
        listener = {str(name): lambda event: None for name in names}
        listener["windowClosed"] = lambda event: closed.set()
        window = java_class("ij.IJ").getInstance()
        if window is None:  # closed already
            return
        window.addWindowListener(jpype.JProxy("java.awt.event.WindowListener", dict=listener))
        if window.isDisplayable():
            closed.wait()

    def _exceptions(self) -> list[Any]:
        """The windows in which ImageJ shows exceptions."""
        if self.headless:
            return []
        windows = java_class("ij.WindowManager").getNonImageWindows()
        return [window for window in windows if str(window.getTitle()) == "Exception"]

    def _raise_exception(self, what: str, older: list[Any]) -> None:
        """Close the windows that came after `older`, and raise what they tell."""
        texts = []
        for window in self._exceptions():
            if window not in older:
                texts.append(str(window.getTextPanel().getText()))
                window.close(False)
        if texts:
            raise FijiError(f"{what} failed: {' '.join(texts)}")

    def _running_service(self) -> str:
        """The address of the service that this session starts, once, and ends."""
        if self._local_service is None:
            self._local_service = self._endings.enter_context(running_service())
        return self._local_service

    def _need_windows(self, wish: str, remedy: str = "") -> None:
        if self.headless:
            remedy = remedy or "start it with headless=False"
            raise FijiError(f"ImageJ cannot {wish} headless: {remedy}.")

    def _wait_for(self, work: Callable[[], Any]) -> Any:
        """Do `work` in a thread of its own; an unattended dialog is a FijiError."""
        outcome: queue.Queue[tuple[Any, Exception | None]] = queue.Queue()

        def do() -> None:
            # A Fiji's windows find their look (FlatLaf) by the loader that brought ImageJ.
            loader = java_class("ij.IJ").class_.getClassLoader()
            java_class("java.lang.Thread").currentThread().setContextClassLoader(loader)
            try:
                outcome.put((work(), None))
            except Exception as error:
                outcome.put((None, error))
            finally:
                java_class("java.lang.Thread").detach()  # else Java keeps each thread for ever

        threading.Thread(target=do, daemon=True).start()
        refusal = None
        while True:
            try:
                answer, error = outcome.get(timeout=0.05)
                break
            except queue.Empty:
                if not (self.headless or self._attended):
                    told = dismiss_dialog()
                    refusal = told if refusal is None else refusal
        if refusal is not None:
            raise FijiError(refusal) from error
        if error is not None:
            raise error
        return answer


def _show(image: Any) -> None:
    image.show()
    # Its window comes to the front later, and might then do so before one that is opened next.
    image.waitTillActivated()


def _last_error() -> str | None:
    """The last error that ImageJ told, which it then forgets."""
    message = java_class("ij.IJ").getErrorMessage()
    return None if message is None else str(message)


def _macro_error(interpreter: Any, trouble: object) -> FijiError:
    message = interpreter.getErrorMessage() or _last_error() or trouble
    return FijiError(f"The macro stopped in line {interpreter.getLineNumber()}: {message}")
