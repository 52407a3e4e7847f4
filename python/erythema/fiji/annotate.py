"""An expert draws outlines in ImageJ, photo after photo; what follows is read from the files."""

import os
import shlex
import sys
import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager, suppress
from pathlib import Path

import psutil

from erythema.datasets.corrections import checked_reader
from erythema.datasets.folder import UNREAD, list_reviewers
from erythema.errors import ErythemaError
from erythema.fiji.child import running_child
from erythema.fiji.display import display_problem
from erythema.fiji.errors import FijiError
from erythema.fiji.folders import find_fiji
from erythema.fiji.queue import Drafting, Queue, Work, collect, reader_folder, write_queue

COMMAND = "Annotate folder..."
CHILD = "erythema.fiji.annotate_imagej"
DRAFTS = "drafts"
SECONDS_BETWEEN_LOOKS = 0.5


def annotate(
    folder: Path,
    reader: str,
    queue: Queue,
    fiji: os.PathLike[str] | str | None = None,
    draft: Drafting | None = None,
    report: Callable[[str], object] = print,
    progress: Callable[[Work], object] = lambda work: None,
) -> Work:
    """Open ImageJ with a queue of photos, from the first unfinished one, and return what is read.

    ImageJ runs in a process of its own until the expert closes it; each finished outline is on the
    disk at once, and calling this again goes on with the first photo that is not finished. The
    drafts of `draft` are made ahead of the expert. `fiji` is as in `start`; `report` gets what a
    person should know, `progress` what is read by now.

    Where ImageJ cannot be opened from here (no display, macOS, Fiji runs already), the queue and
    the drafts are made, and `report` tells what to click.

    Raises DataSetError, CorrectionError or FijiError, with the remedy.
    """
    folder = folder.resolve()
    if queue.beside is None and checked_reader(reader) in list_reviewers(folder):
        raise FijiError(
            f"{reader} reviews another reader's outlines here. Name the reader another way, as in "
            f"--reader {reader}-2, to draw for themselves."
        )
    write_queue(folder, reader, queue)
    work = collect(folder, reader)
    unread = [photo for photo in queue.photos if work.states[photo] == UNREAD]
    if not unread and not work.unfinished:
        report(f"All {len(queue.photos)} photos are read. ImageJ shows them again.")
    found = find_fiji(fiji)
    problem = _windows_problem() or (_running_fiji() if found else None)
    drafts = draft(unread, reader_folder(folder, reader) / DRAFTS) if draft else iter(())
    if problem:
        for _ in drafts:
            progress(collect(folder, reader))
        report(_hand_over(problem, folder, reader, queue))
        return collect(folder, reader)
    next(drafts, None)  # the first, or the expert would wait for it
    task = {"fiji": str(found) if found else None, "folder": str(folder), "reader": reader}
    environment = {**os.environ, "ERYTHEMA_FIJI": str(found or "")}
    with (
        _drawn_ahead(drafts),
        running_child(CHILD, task, environment) as imagej,
        _watched(lambda: progress(collect(folder, reader))),
    ):
        imagej.follow(report)
    return collect(folder, reader)


@contextmanager
def _drawn_ahead(drafts: Iterator[str]) -> Iterator[None]:
    """Go on with the drafts while the block runs, and end after the one begun when it ends."""
    trouble: list[Exception] = []

    def draw(over: threading.Event) -> None:
        try:
            for _ in drafts:
                if over.is_set():
                    break
        except Exception as error:
            trouble.append(error)

    with _meanwhile(draw):
        yield
    if trouble:
        raise FijiError(
            f"Drafts could not be made to the end: {trouble[0]} What was drawn is saved."
        ) from trouble[0]


@contextmanager
def _watched(look: Callable[[], object]) -> Iterator[None]:
    """Look now and again while the block runs."""

    def watch(over: threading.Event) -> None:
        while not over.wait(SECONDS_BETWEEN_LOOKS):
            with suppress(ErythemaError, OSError):  # the last look, at the end, tells of it
                look()

    with _meanwhile(watch):
        yield


@contextmanager
def _meanwhile(work: Callable[[threading.Event], None]) -> Iterator[None]:
    """Do `work` beside the block; its event is set when that is over, and it is waited for."""
    over = threading.Event()
    thread = threading.Thread(target=work, args=[over], daemon=True)
    thread.start()
    try:
        yield
    finally:
        over.set()
        thread.join()


def _windows_problem() -> str | None:
    if sys.platform == "darwin":
        return "On macOS Python cannot open ImageJ's windows."
    return display_problem("log in to a desktop, or draw on another computer")


def _running_fiji() -> str | None:
    """That Fiji runs already, for this user; a second one would save preferences over its own."""
    user = psutil.Process().username()
    own = {"net.imagej.Main", "net.imagej.launcher", "sc.fiji.Main", "org.scijava.launcher"}
    for process in psutil.process_iter(["username", "name", "cmdline"]):
        launched = (process.info["name"] or "").lower().startswith(("fiji", "imagej"))
        is_fiji = launched or own.intersection(process.info["cmdline"] or [])
        if is_fiji and process.info["username"] == user:
            return "Fiji is open already."
    return None


def _hand_over(problem: str, folder: Path, reader: str, queue: Queue) -> str:
    after = f"at any time: erythema annotate {shlex.quote(str(folder))} --reader {reader} --collect"
    if queue.beside:
        after = "this command again, which keeps the corrections"
    return (
        f"{problem} The photos are ready. In Fiji, choose Plugins > Erythema > {COMMAND}, with the "
        f"folder {folder} and the reader {reader}. (Where that menu is missing: erythema "
        f"install-plugin YOUR_FIJI.) Then, {after}"
    )
