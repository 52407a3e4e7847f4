"""Experts' corrections, kept as a data set that ``folder.py`` reads as any other.

    FOLDER/ID.png                         the photo's pixels, and nothing else of its file
    FOLDER/reader_NAME/ID.zip             ROI set; none for "no erythema" and "unusable"
    FOLDER/reader_NAME/readings.csv       photo,state,reason,received,network,version,hash
    FOLDER/reader_NAME/earlier/ID.*.zip   outlines that the same reader replaced, by time (UTC)

A correction is kept as a whole or not at all. All its files are first written to ``.adding.part``,
and renaming that to ``.adding`` decides. What is in ``.adding`` then goes to its places step by
step; where the process dies before the last step, whoever uses the store next makes the others.
"""

import csv
import hashlib
import io
import json
import os
import re
import shutil
import unicodedata
from contextlib import contextmanager
from datetime import datetime, timezone
from pathlib import Path
from typing import Dict, Iterator, List, NamedTuple, Optional, Tuple

import cv2
import numpy as np
from filelock import FileLock

from erythema.datasets.folder import (
    OUTLINED,
    READER_PREFIX,
    ROI_SUFFIXES,
    STATES,
    DataSetError,
)
from erythema.errors import ErythemaError
from erythema.files import sync_folder, write_through
from erythema.segmentation.roi_set import RoiError, read_rois, rois_to_zip

MOST_ROIS = 1000
LONGEST_REASON = 200

_COLUMNS = ("photo", "state", "reason", "received", "network", "version", "hash")
_STEPS = "steps.json"
_BYTE_ORDER_MARK = "\ufeff"


class CorrectionError(ErythemaError, ValueError):
    """A correction that cannot be kept as it is; the message says what to change."""


class Correction(NamedTuple):
    """What a reader says of a photo.

    ``photo``: uint8 (height, width, 3), RGB, as ``read_photo`` gives it.
    ``reader``: 1 to 32 of a-z, 0-9 and inner hyphens; capitals are folded.
    ``state``: outlined, no erythema or unusable.
    ``reason``: one line of at most 200 characters, or "".
    ``outlines``: the bytes of a ROI set of 1 to 1000 ROIs where outlined, else None.
    ``network``: the name, version and hash of the network whose outlines were corrected.
    """

    photo: np.ndarray
    reader: str
    state: str
    reason: str
    outlines: Optional[bytes]
    network: Dict[str, str]


class Stored(NamedTuple):
    """The photo's ID in the store, and whether the correction was not there yet."""

    id: str
    is_new: bool


class Store:
    """Corrections in a folder, which is made for its owner alone where it is missing.

    Threads and processes may use one store at once.

    Raises
    ------
    DataSetError: the folder cannot be made or written.
    """

    def __init__(self, folder: Path) -> None:
        self._folder = Path(folder)
        self._parts = self._folder / ".adding.part"
        self._adding = self._folder / ".adding"
        try:
            if not self._folder.is_dir():
                self._folder.mkdir(mode=0o700, parents=True, exist_ok=True)  # another may, too
                sync_folder(self._folder.parent)
            with self._locked():
                pass
        except OSError as error:
            raise DataSetError(
                "{}: corrections cannot be kept there ({}). Choose a folder that you may write "
                "to.".format(folder, error.strerror)
            ) from error

    def add(self, correction: Correction) -> Stored:
        """Keep a correction, and return when all of it is on the disk.

        It takes the place of what the same reader said of the photo before. The very same
        correction once more changes nothing, whatever file the photo came in.

        Raises
        ------
        CorrectionError: reader, state or reason is not as ``Correction`` has it.
        RoiError: the outlines are no ROI set, too many, or lie outside the photo.
        DataSetError: the reader's readings.csv is no table to add a row to.
        OSError: the disk is full or fails.
        """
        correction = _checked(correction)
        photo_id = photo_id_of(correction.photo)
        with self._locked():
            is_new = self._replace(photo_id, correction, with_photo=True)
        return Stored(photo_id, is_new)

    def say(self, photo_id: str, correction: Correction) -> bool:
        """Keep what a reader says of a photo that lies in the folder already, as ``add`` does.

        Raises
        ------
        As ``add``.
        """
        with self._locked():
            return self._replace(photo_id, _checked(correction), with_photo=False)

    def take_back(self, photo_id: str, reader: str) -> bool:
        """Make a photo unread by a reader; outlines go to ``earlier``. False where it is already.

        Raises
        ------
        DataSetError: the reader's readings.csv is no table.
        OSError: the disk is full or fails.
        """
        with self._locked():
            room = self._folder / (READER_PREFIX + reader)
            table = room / "readings.csv"
            readings = _read_readings(table)
            found = _outlines_in(room, photo_id)
            said = readings.said_of(photo_id)
            if said is None and not found:
                return False
            with self._changes() as changes:
                if said is not None:
                    changes.write(table, readings.without(photo_id).encoded())
                _keep_earlier(changes, room, found)
                for path in found:
                    changes.remove(path)
            return True

    @contextmanager
    def _locked(self) -> Iterator[None]:
        """Hold the store alone, with all begun changes made."""
        # A lock of its own each time: filelock 3.4 lets all threads that share one in together.
        with FileLock(str(self._folder / ".lock")):
            self._finish()
            yield

    def _replace(self, photo_id: str, correction: Correction, with_photo: bool) -> bool:
        """Make what the reader says of the photo this correction; False where it is already.

        The steps' order keeps what ``folder.py`` reads between any two of them free of
        contradictions: the row goes before outlines that it does not fit, and comes after them.
        """
        photo = self._folder / (photo_id + ".png")
        lacks_photo = with_photo and not photo.exists()
        room = self._folder / (READER_PREFIX + correction.reader)
        table = room / "readings.csv"
        readings = _read_readings(table)
        found = _outlines_in(room, photo_id)
        wanted: Dict[Path, bytes] = {}
        if correction.outlines is not None:
            wanted[room / (photo_id + ".zip")] = correction.outlines
        said = readings.said_of(photo_id)
        is_said = said == (correction.state, correction.reason) and found == wanted
        if is_said and not lacks_photo:
            return False

        with self._changes() as changes:
            if lacks_photo:
                changes.write(photo, _png_of(correction.photo))
            if not room.is_dir():
                changes.make_folder(room)
            if found != wanted:
                if said is not None and said[0] != correction.state:
                    changes.write(table, readings.without(photo_id).encoded())
                _keep_earlier(changes, room, found)
                for path, content in wanted.items():
                    changes.write(path, content)
                for path in found:
                    if path not in wanted:
                        changes.remove(path)
            changes.write(table, readings.having(photo_id, correction).encoded())
        return True

    @contextmanager
    def _changes(self) -> Iterator["_Changes"]:
        """Collect changes, and make all of them at the end, or none where collecting fails."""
        self._parts.mkdir()
        try:
            changes = _Changes(self._folder, self._parts)
            yield changes
            write_through(self._parts / _STEPS, json.dumps(changes.steps))
            sync_folder(self._parts)
            os.replace(str(self._parts), str(self._adding))
        except BaseException:
            shutil.rmtree(str(self._parts))
            raise
        sync_folder(self._folder)
        self._finish()

    def _finish(self) -> None:
        """Make the steps that are left of a change, and remove parts of one that came to nothing.

        Each step may have been made before: then what it would move is gone already.
        """
        if self._adding.exists():
            for source, target in json.loads((self._adding / _STEPS).read_text(encoding="utf-8")):
                path = self._folder / target
                if source is None:
                    if path.exists():
                        path.unlink()
                elif (self._adding / source).exists():
                    os.replace(str(self._adding / source), str(path))
                sync_folder(path.parent)
            os.replace(str(self._adding), str(self._parts))
            sync_folder(self._folder)
        if self._parts.exists():
            shutil.rmtree(str(self._parts))


class _Changes:
    """Changes to files of a folder, in order. What they need is written to ``parts`` at once.

    ``steps``: what to move from ``parts`` (None: nothing, remove the target), and the target.
    """

    def __init__(self, folder: Path, parts: Path) -> None:
        self._folder = folder
        self._parts = parts
        self.steps: List[Tuple[Optional[str], str]] = []

    def write(self, path: Path, content: bytes) -> None:
        write_through(self._add(path), content)

    def make_folder(self, path: Path) -> None:
        self._add(path).mkdir()

    def remove(self, path: Path) -> None:
        self.steps.append((None, path.relative_to(self._folder).as_posix()))

    def _add(self, path: Path) -> Path:
        part = str(len(self.steps))
        self.steps.append((part, path.relative_to(self._folder).as_posix()))
        return self._parts / part


class _Readings(NamedTuple):
    """A reader's readings.csv: columns that we do not know are kept as they are."""

    mark: str  # a byte order mark, by which spreadsheet programs tell UTF-8, or ""
    columns: List[str]
    rows: List[List[str]]

    def said_of(self, photo_id: str) -> Optional[Tuple[str, str]]:
        """State and reason."""
        row = self._row_of(photo_id)
        if row is None:
            return None
        state, reason = (row[self.columns.index(name)].strip() for name in ("state", "reason"))
        return state, reason

    def without(self, photo_id: str) -> "_Readings":
        column = self.columns.index("photo")
        rows = [row for row in self.rows if row[column].strip() != photo_id]
        return self._replace(rows=rows)

    def having(self, photo_id: str, correction: Correction) -> "_Readings":
        row = list(self._row_of(photo_id) or [""] * len(self.columns))
        values = (
            photo_id,
            correction.state,
            correction.reason,
            datetime.now(timezone.utc).strftime("%Y-%m-%dT%H:%M:%SZ"),
            correction.network["name"],
            correction.network["version"],
            correction.network["hash"],
        )
        for name, value in zip(_COLUMNS, values):
            row[self.columns.index(name)] = value
        return self._replace(rows=[*self.without(photo_id).rows, row])

    def encoded(self) -> bytes:
        text = io.StringIO()
        csv.writer(text, lineterminator="\n").writerows([self.columns, *self.rows])
        return (self.mark + text.getvalue()).encode()

    def _row_of(self, photo_id: str) -> Optional[List[str]]:
        column = self.columns.index("photo")
        return next((row for row in self.rows if row[column].strip() == photo_id), None)


def _read_readings(table: Path) -> _Readings:
    if not table.exists():
        return _Readings("", list(_COLUMNS), [])
    try:
        text = table.read_bytes().decode()
        mark = _BYTE_ORDER_MARK if text.startswith(_BYTE_ORDER_MARK) else ""
        lines = list(filter(None, csv.reader(io.StringIO(text[len(mark) :], newline=""))))
    except (UnicodeDecodeError, csv.Error) as error:
        raise DataSetError(
            "{}: not a table in UTF-8 ({}); save it as CSV UTF-8".format(table, error)
        ) from error
    if not lines or not {"photo", "state"} <= set(lines[0]):
        raise DataSetError(
            "{}: no column photo or state; the first line must name the columns, separated by "
            "commas".format(table)
        )
    # A row may have more cells than the first line: they stay where they are, under no name.
    columns = lines[0] + [""] * (max(map(len, lines)) - len(lines[0]))
    columns += [name for name in _COLUMNS if name not in columns]
    rows = [line + [""] * (len(columns) - len(line)) for line in lines[1:]]
    return _Readings(mark, columns, rows)


def _checked(correction: Correction) -> Correction:
    """The correction as it is stored: names folded, and the outlines encoded anew."""
    if correction.state not in STATES:
        raise CorrectionError("state: is one of {}.".format(", ".join(STATES)))
    if (correction.state == OUTLINED) != (correction.outlines is not None):
        raise CorrectionError(
            "state: {}, but there are {}outlines. Only what is outlined has outlines.".format(
                correction.state, "no " if correction.outlines is None else ""
            )
        )
    reader, reason = checked_reader(correction.reader), _checked_reason(correction.reason)
    outlines = correction.outlines
    if outlines is not None:
        outlines = _encoded_anew(outlines, correction.photo)
    return correction._replace(reader=reader, reason=reason, outlines=outlines)


def checked_reader(reader: str) -> str:
    """Return a reader's name as folders have it, the only text of a client's that becomes a path.

    Raises
    ------
    CorrectionError: it is none.
    """
    folded = reader.lower()
    if not re.fullmatch(r"[a-z0-9]([a-z0-9-]{0,30}[a-z0-9])?", folded):
        raise CorrectionError(
            "reader: a name has 1 to 32 of the letters a to z, digits, and hyphens between them, "
            "as in anna or reader-2."
        )
    return folded


def _checked_reason(reason: str) -> str:
    if any(unicodedata.category(character) in ("Cc", "Cs", "Zl", "Zp") for character in reason):
        raise CorrectionError("reason: is one line, without control characters.")
    reason = reason.strip()
    if len(reason) > LONGEST_REASON:
        raise CorrectionError(
            "reason: {} characters; it has at most {}.".format(len(reason), LONGEST_REASON)
        )
    # Refused rather than marked with a quote: what is stored is what was said, word for word.
    if unicodedata.normalize("NFKC", reason).startswith(("=", "+", "-", "@")):
        raise CorrectionError(
            "reason: a spreadsheet program takes what starts with {} for a formula. Start with a "
            "word.".format(reason[0])
        )
    return reason


def _encoded_anew(roi_set: bytes, photo: np.ndarray) -> bytes:
    """The outlines, names and properties of a ROI set, and nothing else that its bytes held."""
    rois = read_rois(roi_set)
    if not 1 <= len(rois) <= MOST_ROIS:
        raise RoiError(
            "The ROI set has {} ROIs; one that is stored has 1 to {}.".format(len(rois), MOST_ROIS)
        )
    height, width = photo.shape[:2]
    for roi in rois:
        for outline in roi.outlines:
            if np.any(outline.max(axis=0) <= 0) or np.any(outline.min(axis=0) >= [width, height]):
                raise RoiError(
                    "ROI '{}': lies outside the photo of {} x {} pixels. Is it another "
                    "photo's?".format(roi.name, width, height)
                )
    encoded = rois_to_zip(rois)
    if len(read_rois(encoded)) != len(rois):
        raise RoiError("The ROI set has a name that no file can hold. Rename its ROIs.")
    return encoded


def photo_id_of(photo: np.ndarray) -> str:
    """The same for the same pixels, whatever file they came in: 32 hexadecimal digits."""
    height, width = photo.shape[:2]
    digest = hashlib.sha256("{} {} ".format(height, width).encode())
    digest.update(photo.tobytes())
    return digest.hexdigest()[:32]


def _png_of(photo: np.ndarray) -> bytes:
    png = cv2.imencode(".png", cv2.cvtColor(photo, cv2.COLOR_RGB2BGR))[1]
    return bytes(png.tobytes())


def _outlines_in(room: Path, photo_id: str) -> Dict[Path, bytes]:
    """What ``folder.py`` takes for a photo's outlines, put there by the store or by a person."""
    if not room.is_dir():
        return {}
    return {
        path: path.read_bytes()
        for path in sorted(room.iterdir())
        if path.stem == photo_id and path.suffix.lower() in ROI_SUFFIXES
    }


def _keep_earlier(changes: _Changes, room: Path, found: Dict[Path, bytes]) -> None:
    """Copy outlines that are about to go."""
    earlier = room / "earlier"
    if found and not earlier.is_dir():
        changes.make_folder(earlier)
    for path, content in found.items():
        changes.write(_free_name(earlier, path), content)


def _free_name(earlier: Path, path: Path) -> Path:
    """Where a copy of replaced outlines goes."""
    now = datetime.now(timezone.utc).strftime("%Y%m%dT%H%M%SZ")
    free, number = earlier / "{}.{}{}".format(path.stem, now, path.suffix), 1
    while free.exists():
        number += 1
        free = earlier / "{}.{}-{}{}".format(path.stem, now, number, path.suffix)
    return free
