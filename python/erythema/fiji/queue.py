"""What an expert is to read: the files by which `annotate` and the plugin understand each other.

FOLDER/reader_NAME/queue.json       the order of the photos, and how they are shown
FOLDER/reader_NAME/drafts/          outlines to start from, as a batch writes them
FOLDER/reader_NAME/session.csv      a row for each photo that was left: how long, what changed
FOLDER/reader_NAME/unfinished.txt   the photos that were opened and not left by Next, a line each
"""

import csv
import io
import json
import random
from collections import Counter
from collections.abc import Callable, Iterator, Sequence
from pathlib import Path
from typing import NamedTuple

from erythema.datasets.corrections import checked_reader
from erythema.datasets.folder import CONSENSUS, READER_PREFIX, UNREAD, read_states
from erythema.fiji.errors import FijiError
from erythema.files import write_beside

# Makes the drafts of photos, by their IDs in this order, in a folder, and gives each one's ID.
Drafting = Callable[[Sequence[str], Path], Iterator[str]]

_SESSION = ("photo", "opened", "seconds", "step", "state", "reason", "draft")
_CHANGES = ("unchanged", "corrected", "removed", "drawn")


class Work(NamedTuple):
    """What a reader has done by now.

    ``states``: what is said of each photo, by its ID (outlined, no erythema, unusable, unread).
    ``seconds``: how long each photo was open, all its visits together.
    ``drafts``: how many of the visits in which something was saved began with a draft.
    ``outlines``: of those drafts' outlines unchanged, corrected and removed, and drawn beside.
    ``unfinished``: what is read but was not left by Next: outlines may be missing there.
    """

    states: dict[str, str]
    seconds: dict[str, float]
    drafts: int
    outlines: dict[str, int]
    unfinished: list[str]

    def count(self, state: str) -> int:
        """How many photos are in a state."""
        return list(self.states.values()).count(state)


def reader_folder(folder: Path, reader: str) -> Path:
    """Return where a reader's files lie.

    Raises CorrectionError where the name is no reader's; FijiError where it is the consensus's.
    """
    name = checked_reader(reader)
    if name == CONSENSUS:
        raise FijiError(f"{CONSENSUS} is what readers agree on: name the reader another way.")
    return folder / (READER_PREFIX + name)


class Queue(NamedTuple):
    """The photos in the order in which they are shown, by their IDs, and how.

    ``blind`` hides file names and other readers. ``drafts`` tells that drafts come into the
    reader's folder. ``beside`` is a folder of ROI sets to compare with, in the reader's folder.
    """

    photos: list[str]
    blind: bool = False
    drafts: bool = False
    beside: Path | None = None


def shuffled(folder: Path, reader: str, seed: int) -> list[str]:
    """Return the IDs of a folder's photos in an order from a seed, another one for each reader.

    A queue that the reader has keeps its order; photos that it lacks come after.

    Raises DataSetError where `folder` is none with photos; FijiError where the queue is damaged.
    """
    earlier = _read_queue(folder, reader)
    photos = list(read_states(folder, checked_reader(reader)))
    before = [photo for photo in earlier.photos if photo in set(photos)]
    new = [photo for photo in photos if photo not in set(before)]
    random.Random(f"{seed} {checked_reader(reader)}").shuffle(new)
    return before + new


def is_blind(folder: Path, reader: str) -> bool:
    """Tell whether the reader's queue hides file names and other readers.

    Raises FijiError where the queue is damaged.
    """
    return _read_queue(folder, reader).blind


def write_queue(folder: Path, reader: str, queue: Queue) -> None:
    """Write a reader's queue, in place of an earlier one."""
    said: dict[str, object] = {
        "photos": queue.photos,
        "blind": queue.blind,
        "drafts": queue.drafts,
    }
    if queue.beside is not None:
        said["beside"] = str(queue.beside)
    file = _queue_file(folder, reader)
    file.parent.mkdir(exist_ok=True)
    write_beside(file, json.dumps(said, indent=1))


def _queue_file(folder: Path, reader: str) -> Path:
    return reader_folder(folder, reader) / "queue.json"


def _read_queue(folder: Path, reader: str) -> Queue:
    file = _queue_file(folder, reader)
    if not file.exists():
        return Queue([])
    try:
        said = json.loads(file.read_text(encoding="utf-8"))
        return Queue([str(photo) for photo in said["photos"]], said.get("blind", False))
    except (ValueError, KeyError, TypeError, AttributeError) as error:
        raise FijiError(f"{file}: is no queue ({error}). Move it away for a new one.") from error


def collect(folder: Path, reader: str) -> Work:
    """Return what a reader has done by now, from the files alone; ImageJ may be at work.

    Raises DataSetError where `folder` is none with photos or a table cannot be read.
    """
    reader = checked_reader(reader)
    states = read_states(folder, reader)
    room = reader_folder(folder, reader)
    visits = _visits(room / "session.csv")
    seconds: dict[str, float] = {}
    outlines = Counter(dict.fromkeys(_CHANGES, 0))
    drafts = 0
    for visit in visits:
        photo = visit["photo"]
        seconds[photo] = seconds.get(photo, 0) + float(visit["seconds"])
        if visit["draft"] == "yes" and visit["state"] == "outlined":
            drafts += 1
            outlines.update({name: int(visit[name]) for name in _CHANGES})
    opened = room / "unfinished.txt"
    lines = (
        opened.read_text(encoding="utf-8", errors="replace").split("\n") if opened.exists() else []
    )
    unfinished = [photo for photo in lines if states.get(photo, UNREAD) != UNREAD]
    return Work(states, seconds, drafts, dict(outlines), unfinished)


def _visits(log: Path) -> list[dict[str, str]]:
    if not log.exists():
        return []
    try:
        text = log.read_text(encoding="utf-8-sig")
        whole = text[: text.rfind("\n") + 1]  # a power cut may have ended the last row early
        rows = list(csv.DictReader(io.StringIO(whole, newline="")))
        for row in rows:
            if any(row.get(name) is None for name in (*_SESSION, *_CHANGES)):
                raise ValueError("a cell is missing")
            float(row["seconds"])
            for name in _CHANGES:
                int(row[name])
    except ValueError as error:
        raise FijiError(
            f"{log}: is no session log ({error}). Move it away; the outlines do not need it."
        ) from error
    return rows
