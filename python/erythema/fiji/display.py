"""Can windows be opened here?"""

import ctypes
import os
import sys

_OPENED: set[str] = set()


def display_problem(
    remedy: str = "log in to a desktop, or put `xvfb-run -a` before the command",
) -> str | None:
    """Why no window can be opened, with the remedy; None where one can.

    Asked before Java starts: Java finds out too late to start anew without windows.
    """
    if not sys.platform.startswith("linux"):
        return None
    name = os.environ.get("DISPLAY")
    if not name:
        return f"There is no display (DISPLAY is not set): {remedy}."
    try:
        x11 = ctypes.CDLL("libX11.so.6")
    except OSError:
        return "There are no X11 libraries (libX11.so.6): install a JDK with windows or libx11-6."
    x11.XOpenDisplay.restype = ctypes.c_void_p
    # Never closed: a virtual display resets itself when its last client leaves, and whoever comes
    # at that moment is turned away.
    if name not in _OPENED and x11.XOpenDisplay(None):
        _OPENED.add(name)
    return None if name in _OPENED else f"The display {name} (DISPLAY) cannot be opened: {remedy}."
