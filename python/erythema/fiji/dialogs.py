"""Dialogs that ImageJ opens while nobody is there to answer."""

from typing import Any

from erythema.fiji.bridge import java_class, post

_WAITING = (
    ("java.awt.WaitDispatchSupport", "enter"),
    ("ij.gui.NonBlockingGenericDialog", "showDialog"),
)


def dismiss_dialog() -> str | None:
    """Cancel the dialog that ImageJ waits for, if any, and give its text."""
    for window in java_class("java.awt.Window").getWindows():
        if waits_for_answer(window):
            text = _labels(window) or str(window.getTitle())
            event = java_class("java.awt.event.WindowEvent")
            post(event(window, event.WINDOW_CLOSING))
            return text
    return None


def waits_for_answer(window: Any) -> bool:
    """Whether a dialog shows and somebody waits for it by now: an answer before that is lost."""
    return bool(window.isShowing()) and _is_waited_for(window) and _somebody_waits()


def _is_waited_for(window: Any) -> bool:
    if isinstance(window, java_class("ij.gui.NonBlockingGenericDialog")):
        return True
    return isinstance(window, java_class("java.awt.Dialog")) and bool(window.isModal())


def _somebody_waits() -> bool:
    """Whether a thread is at rest in one of the methods that wait for dialogs.

    A dialog shows a moment before its thread waits. Once closed in between, it waits for ever.
    """
    for thread, frames in dict(java_class("java.lang.Thread").getAllStackTraces()).items():
        at_rest = str(thread.getState()) in ("WAITING", "TIMED_WAITING")
        if at_rest and any(_waits_in(frame) for frame in frames):
            return True
    return False


def _waits_in(frame: Any) -> bool:
    return (str(frame.getClassName()), str(frame.getMethodName())) in _WAITING


def _labels(container: Any) -> str:
    """The text of every label in `container`."""
    found = []
    for component in container.getComponents():
        if isinstance(component, java_class("java.awt.Container")):
            found.append(_labels(component))
        elif isinstance(component, java_class("java.awt.Label")):
            found.append(str(component.getText()))
        elif isinstance(component, java_class("ij.gui.MultiLineLabel")):
            found.append(" ".join(str(line) for line in _hidden(component, "lines")))
    return " ".join(text for text in found if text)


def _hidden(instance: Any, name: str) -> Any:
    """The value of a field that ImageJ does not make public."""
    field = instance.getClass().getDeclaredField(name)
    field.setAccessible(True)
    return field.get(instance)
