"""Starts ImageJ in this process and drives it; one start a process."""

import atexit
import os
import queue
import shutil
import tempfile
import threading
import zipfile
from collections.abc import Callable, Iterator, Sequence
from contextlib import ExitStack, contextmanager
from io import BytesIO
from pathlib import Path
from typing import Any

from erythema.fiji.bridge import java_class, post
from erythema.fiji.dialogs import dismiss_dialog
from erythema.fiji.display import display_problem
from erythema.fiji.errors import FijiError
from erythema.fiji.folders import find_fiji
from erythema.fiji.install import installed_copies, plugin_jar
from erythema.fiji.java import Java, find_java
from erythema.segmentation.roi_set import Roi, read_rois

EMBEDDED_IMAGEJ = "net.imagej:ij:1.54p"
SECONDS_TO_BEGIN = 60


@contextmanager
def start(
    fiji: os.PathLike[str] | str | None = None,
    headless: bool = False,
    plugins: Sequence[Path] | None = None,
) -> Iterator["Session"]:
    """Start ImageJ with the Erythema plugin in this process, and close it at the end.

    `fiji` is the folder of a Fiji or ImageJ2; without it the one that ERYTHEMA_FIJI names or
    that lies in a usual place, else the embedded ImageJ. `plugins` are the jars to bring along
    (by default the Erythema plugin). Neither the user's Fiji nor the user's preferences change.

    Raises FijiError, with the remedy: no Java or a wrong one, no display, no Fiji in `fiji`,
    no plugin, no network for the first start of the embedded ImageJ, Java already running.
    """
    folder = find_fiji(fiji)
    jars = [plugin_jar()] if plugins is None else [Path(jar) for jar in plugins]
    for jar in jars:
        if not jar.is_file():
            raise FijiError(f"There is no plugin {jar}: check the path.")
    problem = None if headless else display_problem()
    if problem:
        raise FijiError(problem)
    java = find_java(windows=not headless)
    with ExitStack() as stack:
        home = Path(stack.enter_context(tempfile.TemporaryDirectory(prefix="erythema-imagej-")))
        (home / "plugins").mkdir()
        for jar in jars:
            shutil.copy(jar, home / "plugins")
        _claim_java(java)
        if folder:
            stack.callback(_start_fiji(folder, home, headless).dispose)
        else:
            _start_embedded(home, headless)
        atexit.register(_stop_releasing_proxies)
        session = Session(headless)
        stack.callback(session.close)
        yield session


class Session:
    """A running ImageJ. `start` makes it.

    `version` is what ImageJ calls itself; `headless` tells that there are no windows.
    """

    def __init__(self, headless: bool) -> None:
        self.headless = headless
        self.version = str(java_class("ij.IJ").getVersion())

    def open(self, photo: os.PathLike[str] | str) -> None:
        """Open a photo in a window, as File > Open does.

        Raises FijiError where ImageJ cannot read it.
        """
        self._need_windows("open a photo")
        path = str(Path(photo).resolve())
        try:
            image = self._wait_for(lambda: java_class("ij.IJ").openImage(path))
        except FijiError:  # ImageJ's dialog says no more
            image = None
        if image is None:
            raise FijiError(f"ImageJ cannot open {path}: is it a JPEG, PNG, TIFF or BMP file?")
        image.show()

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
        item = _menu_item(java_class("ij.Menus").getMenuBar(), command)
        event = java_class("java.awt.event.ActionEvent")
        click = event(item, event.ACTION_PERFORMED, item.getActionCommand())
        older = self._exceptions()
        with _command_threads() as threads:
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

    def rois(self) -> list[Roi]:
        """The ROI Manager's ROIs, in its order; none where it is closed."""
        self._need_windows("look into the ROI Manager")
        manager = java_class("ij.plugin.frame.RoiManager").getInstance()
        found = [] if manager is None else manager.getRoisAsArray()
        if len(found) == 0:
            return []
        archive = BytesIO()
        with zipfile.ZipFile(archive, "w") as entries:
            for number, roi in enumerate(found, start=1):
                data = bytes(java_class("ij.io.RoiEncoder").saveAsByteArray(roi))
                entries.writestr(f"{number:06d}.roi", data)
        return read_rois(archive.getvalue())

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

    def close(self) -> None:
        """Close every window without a question; what was not saved is lost."""
        if not self.headless:
            for window in java_class("java.awt.Window").getWindows():
                window.dispose()

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

    def _need_windows(self, wish: str) -> None:
        if self.headless:
            raise FijiError(f"ImageJ cannot {wish} headless: start it with headless=False.")

    def _wait_for(self, work: Callable[[], Any]) -> Any:
        """Do `work` in a thread of its own; a dialog, which nobody answers, is a FijiError."""
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
                if not self.headless:
                    told = dismiss_dialog()
                    refusal = told if refusal is None else refusal
        if refusal is not None:
            raise FijiError(refusal) from error
        if error is not None:
            raise error
        return answer


def _claim_java(java: Java) -> None:
    try:
        import jpype
        import jpype.config
        import scyjava
    except ImportError as error:
        raise FijiError(
            f"What runs ImageJ is not installed ({error}): pip install 'erythema[fiji]'"
        ) from error
    if jpype.isJVMStarted():
        raise FijiError(
            "Java was already started in this process, and ImageJ can be started only once in a "
            "process: start it in a new one."
        )
    os.environ["JAVA_HOME"] = str(java.home)
    scyjava.config.add_option("-Xrs")  # or Ctrl-C ends Java, and Python with it
    if java.version >= 24:
        scyjava.config.add_option("--enable-native-access=ALL-UNNAMED")  # or it warns
    jpype.config.destroy_jvm = False  # or the process hangs at its end once windows were open


def _stop_releasing_proxies() -> None:
    """Java would release Python objects while Python ends, which aborts the process."""
    java_class("org.jpype.ref.JPypeReferenceQueue").getInstance().stop()


def _start_embedded(home: Path, headless: bool) -> None:
    import scyjava

    (home / "IJ_Prefs.txt").touch()  # or ImageJ looks for an older file in the user's home
    scyjava.config.endpoints[:] = [EMBEDDED_IMAGEJ]
    scyjava.config.set_java_constraints(fetch="never")
    scyjava.config.add_option(f"-Dplugins.dir={home}")
    scyjava.config.add_option(f"-Djava.awt.headless={str(headless).lower()}")
    try:
        scyjava.start_jvm()
    except Exception as error:
        raise FijiError(
            f"The embedded ImageJ ({EMBEDDED_IMAGEJ}) did not start: {error}. Its first start "
            "fetches it from Maven Central: check the network, or name a Fiji instead."
        ) from error
    _save_preferences_in(home)
    if not headless:
        imagej = java_class("ij.ImageJ")
        imagej(imagej.STANDALONE)


def _save_preferences_in(home: Path) -> None:
    """Keep the user's preferences as they are, wherever ImageJ found them."""
    folder = java_class("java.lang.Class").forName("ij.Prefs").getDeclaredField("prefsDir")
    folder.setAccessible(True)
    folder.set(None, str(home))


def _start_fiji(folder: Path, home: Path, headless: bool) -> Any:
    """The pyimagej gateway, whose `dispose` ends this Fiji."""
    import imagej
    import scyjava

    # Importing imagej asks for a jar that Maven Central does not hold.
    scyjava.config.endpoints.clear()
    scyjava.config.set_java_constraints(fetch="auto")
    if not any(installed_copies(folder / "plugins")):
        scyjava.config.add_option(f"-Dij1.plugin.dirs={home / 'plugins'}")  # for the menus
        scyjava.config.add_classpath(*(home / "plugins").glob("*.jar"))
    try:
        gateway = imagej.init(str(folder), mode="headless" if headless else "interactive")
    except Exception as error:
        raise FijiError(
            f"The Fiji in {folder} did not start: {error}. Does it start by itself? If it does "
            "not, update it; an empty ERYTHEMA_FIJI takes the embedded ImageJ instead."
        ) from error
    _save_preferences_in(home)
    if not headless:
        gateway.ui().showUI()
        # Whoever quits Fiji ends its windows, not this Python.
        java_class("ij.IJ").getInstance().exitWhenQuitting(False)
    return gateway


def _last_error() -> str | None:
    """The last error that ImageJ told, which it then forgets."""
    message = java_class("ij.IJ").getErrorMessage()
    return None if message is None else str(message)


def _macro_error(interpreter: Any, trouble: object) -> FijiError:
    message = interpreter.getErrorMessage() or _last_error() or trouble
    return FijiError(f"The macro stopped in line {interpreter.getLineNumber()}: {message}")


def _menu_item(menu: Any, command: str) -> Any:
    """The item below `menu` (a java.awt.MenuBar) that carries `command`."""
    pending = [menu.getMenu(index) for index in range(menu.getMenuCount())]
    while pending:
        item = pending.pop()
        if isinstance(item, java_class("java.awt.Menu")):
            pending += [item.getItem(index) for index in range(item.getItemCount())]
        elif str(item.getLabel()) == command:
            return item
    raise FijiError(f"ImageJ's menus have no item {command!r}: is the plugin installed?")


@contextmanager
def _command_threads() -> Iterator["queue.Queue[Any]"]:
    """The Java threads in which ImageJ starts to run menu commands."""
    import jpype

    threads: queue.Queue[Any] = queue.Queue()

    def executing(command: Any) -> Any:
        threads.put(java_class("java.lang.Thread").currentThread())
        return command

    executer = java_class("ij.Executer")
    listener = jpype.JProxy("ij.CommandListener", dict={"commandExecuting": executing})
    executer.addCommandListener(listener)
    try:
        yield threads
    finally:
        executer.removeCommandListener(listener)
