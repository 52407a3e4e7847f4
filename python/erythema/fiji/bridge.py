"""Java's classes in Python."""

from typing import Any


def java_class(name: str) -> Any:
    """A Java class, once Java runs."""
    import jpype

    return jpype.JClass(name)


def post(event: Any) -> None:
    """Hand an event to Java's windows, as the desktop does."""
    java_class("java.awt.Toolkit").getDefaultToolkit().getSystemEventQueue().postEvent(event)
