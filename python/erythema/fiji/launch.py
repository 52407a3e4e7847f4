"""Starts ImageJ in this process, once, or takes the one that the user has started."""

import atexit
import faulthandler
import os
import shutil
import tempfile
from collections.abc import Sequence
from contextlib import ExitStack
from pathlib import Path
from typing import Any

from filelock import FileLock

from erythema.fiji.bridge import java_class
from erythema.fiji.display import display_problem
from erythema.fiji.errors import FijiError
from erythema.fiji.folders import find_fiji
from erythema.fiji.install import installed_copies, plugin_jar
from erythema.fiji.java import Java, find_java
from erythema.fiji.session import Session

EMBEDDED_IMAGEJ = "net.imagej:ij:1.54p"


def start(
    fiji: os.PathLike[str] | str | None = None,
    headless: bool = False,
    plugins: Sequence[Path] | None = None,
) -> Session:
    """Start ImageJ with the Erythema plugin in this process, once; give its session.

    `fiji` is the folder of a Fiji or ImageJ2; without it the one that ERYTHEMA_FIJI names or
    that lies in a usual place, else the embedded ImageJ. `plugins` are the jars to bring along
    (by default the Erythema plugin). Neither the user's Fiji nor the user's preferences change.
    The session ends, and with it ImageJ's windows, at the end of its `with` block, with its
    `close()`, or with this process. Python's faulthandler, which Java cannot live with, is
    disabled.

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
        if not headless:
            stack.callback(_close_windows)
        session = Session(attended=False, endings=stack.pop_all())
    atexit.register(session.close)
    return session


def attach(ij: Any) -> Session:
    """Take the ImageJ that the user has started with pyimagej; give its session.

    `ij` is what `imagej.init(...)` gave. Nothing is started, changed or ended: windows, ROI
    Manager and preferences stay the user's, and dialogs wait for the user.

    Raises FijiError where `ij` is no such gateway, or has no ImageJ 1.x in it.
    """
    if not hasattr(ij, "getContext"):
        raise FijiError(
            f"{ij!r} is no gateway of pyimagej: hand in what imagej.init(...) gives in the modes "
            "'interactive' and 'headless' ('gui' blocks, and gives none)."
        )
    try:
        java_class("ij.IJ")
    except TypeError as error:
        raise FijiError(
            "This gateway has no ImageJ 1.x, which the plugin and the ROI Manager are part of: "
            "call imagej.init with add_legacy=True in a new process."
        ) from error
    atexit.register(_stop_releasing_proxies)
    return Session(attended=True, endings=ExitStack())


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
            "process: start it in a new one, or hand your own to erythema.fiji.attach(ij)."
        )
    # At its end it would take the signals from Java that Java works with: a crash, now and then.
    faulthandler.disable()
    os.environ["JAVA_HOME"] = str(java.home)
    scyjava.config.add_option("-Xrs")  # or Ctrl-C ends Java, and Python with it
    if java.version >= 24:
        scyjava.config.add_option("--enable-native-access=ALL-UNNAMED")  # or it warns
    jpype.config.destroy_jvm = False  # or the process hangs at its end once windows were open


def _stop_releasing_proxies() -> None:
    """Java would release Python objects while Python ends, which aborts the process."""
    java_class("org.jpype.ref.JPypeReferenceQueue").getInstance().stop()


def _close_windows() -> None:
    """Close every window without a question; what was not saved is lost."""
    for window in java_class("java.awt.Window").getWindows():
        window.dispose()


def _start_embedded(home: Path, headless: bool) -> None:
    import scyjava

    (home / "IJ_Prefs.txt").touch()  # or ImageJ looks for an older file in the user's home
    _spare_imglyb()  # where the user has imported imagej
    scyjava.config.endpoints[:] = [EMBEDDED_IMAGEJ]
    scyjava.config.set_java_constraints(fetch="never")
    scyjava.config.add_option(f"-Dplugins.dir={home}")
    scyjava.config.add_option(f"-Djava.awt.headless={str(headless).lower()}")
    with ExitStack() as alone:
        try:
            alone.enter_context(_lock(Path(scyjava.config.get_cache_dir())))
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


def _lock(cache: Path) -> FileLock:
    """Keep other processes from starting: jgo takes its jars away at each start, for a moment."""
    cache.mkdir(parents=True, exist_ok=True)
    return FileLock(cache / "erythema.lock")


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
    if not any((folder / "jars").glob("imglib2-imglyb-*.jar")):
        _spare_imglyb()
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


def _spare_imglyb() -> None:
    """Let Java start without the jar that imglyb, which pyimagej imports, looks for then.

    What imglyb registered with scyjava raises where that jar is missing, and would end the start.
    Only pyimagej's own conversions of arrays need it.
    """
    from scyjava import _jvm

    callbacks = getattr(_jvm, "_startup_callbacks", [])
    callbacks[:] = [one for one in callbacks if one.__module__.partition(".")[0] != "imglyb"]
