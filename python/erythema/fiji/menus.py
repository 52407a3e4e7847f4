"""ImageJ's menus, and the threads that their commands run in."""

import queue
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

from erythema.fiji.bridge import java_class
from erythema.fiji.errors import FijiError


def menu_item(command: str) -> Any:
    """The item of ImageJ's menus that carries `command`.

    Raises FijiError where there is none.
    """
    bar = java_class("ij.Menus").getMenuBar()
    pending = [] if bar is None else [bar.getMenu(index) for index in range(bar.getMenuCount())]
    while pending:
        item = pending.pop()
        if isinstance(item, java_class("java.awt.Menu")):
            pending += [item.getItem(index) for index in range(item.getItemCount())]
        elif str(item.getLabel()) == command:
            return item
    raise FijiError(f"ImageJ's menus have no item {command!r}: is the plugin installed?")


@contextmanager
def command_threads() -> Iterator["queue.Queue[Any]"]:
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
