"""The expert's ImageJ, in a process of its own."""

from typing import Any

from erythema.fiji.annotate import COMMAND
from erythema.fiji.bridge import java_class, post
from erythema.fiji.child import run_task, tell
from erythema.fiji.errors import FijiError
from erythema.fiji.launch import start

PANEL = "Erythema annotate"  # the name that the plugin gives its window


def main(task: dict[str, Any]) -> None:
    """Run the plugin's command until the expert has ended it."""
    with start(task["fiji"]) as session:
        tell(f"ImageJ {session.version} is open; each outline is saved as soon as it is drawn")
        options = f"input=[{task['folder']}] reader={task['reader']}"
        # Not the session's: it would dismiss the dialogs, which are the expert's here.
        try:
            java_class("ij.IJ").run(COMMAND, options)
        except java_class("java.lang.RuntimeException") as end:
            # What an Esc in one of ImageJ's own windows, or a message that was shown, leaves.
            if "Macro canceled" not in str(end):
                raise


def panel() -> Any:
    """The command's window, None where it does not show."""
    for window in java_class("java.awt.Window").getWindows():
        if window.isShowing() and str(window.getName()) == PANEL:
            return window
    return None


def close_panel() -> bool:
    """Close the command's panel, as the expert does, and tell whether there is one."""
    try:
        windows = java_class("java.awt.Window").getWindows()
    except FijiError:
        return False
    dialog, event = java_class("java.awt.Dialog"), java_class("java.awt.event.WindowEvent")
    for window in windows:
        if isinstance(window, dialog) and window.isModal():
            window.dispose()  # a question, which would keep the panel from hearing it
    shown = panel()
    if shown is not None:
        post(event(shown, event.WINDOW_CLOSING))
    return shown is not None


if __name__ == "__main__":
    run_task(main, close_panel)
