"""Java's classes in Python."""

from collections.abc import Callable
from typing import Any

from erythema.fiji.errors import FijiError


def java_class(name: str) -> Any:
    """A Java class, once Java runs.

    Raises FijiError where it does not run yet.
    """
    import jpype

    if not jpype.isJVMStarted():
        raise FijiError("ImageJ does not run here yet: call erythema.fiji.start() or attach(ij).")
    return jpype.JClass(name)


def plugin_class(name: str) -> Any:
    """A class of the Erythema plugin, which ImageJ's own class loader has."""
    import jpype

    loader = java_class("ij.IJ").getClassLoader()
    try:
        return jpype.JClass(java_class("java.lang.Class").forName(name, True, loader))
    except jpype.JException as error:
        raise FijiError(
            "This ImageJ has no Erythema plugin: `erythema install-plugin FOLDER` puts it into the "
            "Fiji in FOLDER, which then starts with it."
        ) from error


def on_event_thread(work: Callable[[], Any]) -> Any:
    """Do `work` where ImageJ's windows may be changed; return or raise what it does."""
    import jpype

    answers: list[Any] = []
    errors: list[Exception] = []

    def run() -> None:
        try:
            answers.append(work())
        except Exception as error:  # Java would tell of it without its message
            errors.append(error)

    queue = java_class("java.awt.EventQueue")
    queue.invokeAndWait(jpype.JProxy("java.lang.Runnable", dict={"run": run}))
    if errors:
        raise errors[0]
    return answers[0]


def post(event: Any) -> None:
    """Hand an event to Java's windows, as the desktop does."""
    java_class("java.awt.Toolkit").getDefaultToolkit().getSystemEventQueue().postEvent(event)
