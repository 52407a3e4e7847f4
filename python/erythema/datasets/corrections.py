"""The store of experts' corrections: a data set that grows one photo and its outlines at a time.

    FOLDER/ID.png                         the photo's pixels, under a hash of them, and nothing else
    FOLDER/reader_NAME/ID.zip             the outlines, a ROI set
    FOLDER/reader_NAME/readings.csv       photo,state,reason,received,network,version,hash
    FOLDER/reader_NAME/earlier/           outlines that the same reader has replaced since

Each correction is there as a whole or not at all, whenever the power fails: its files are written
beside their places first, then a journal of the renames that remain. These follow at once or, after
a crash, when the store is opened next.
"""

import csv
import hashlib
import io
import json
import os
import re
import time
from pathlib import Path
from typing import Dict, List, NamedTuple, Optional, Tuple

import cv2
import numpy as np
from filelock import FileLock

from erythema.datasets.folder import OUTLINED, READER_PREFIX, STATES
from erythema.errors import ErythemaError
from erythema.files import write_beside
from erythema.segmentation.roi_set import read_rois, rois_to_zip

_COLUMNS = ("photo", "state", "reason", "received", "network", "version", "hash")
_JOURNAL = ".pending"
_STAGED = ".next"
_MOST_OUTLINES = 1000
_LONGEST_REASON = 200

Step = Tuple[str, ...]  # ("rename", from, to) or ("remove", file), relative to the store's folder


class CorrectionError(ErythemaError, ValueError):
    """A correction that cannot be stored; the message says what is wrong with it."""


class Correction(NamedTuple):
    """What an expert says of a photo.

    ``photo``: uint8 (height, width, 3), RGB. ``reader``: a-z, 0-9 and inner hyphens, up to 32
    characters. ``state``: as in readings.csv. ``reason``: one line. ``outlines``: bytes of a ROI
    set, only where outlined. ``network``: name, version and hash of the network that was corrected.
    """

    photo: np.ndarray
    reader: str
    state: str
    reason: str
    outlines: Optional[bytes]
    network: Dict[str, str]


class Stored(NamedTuple):
    """The photo's ID, and whether anything was new in the correction."""

    id: str
    is_new: bool


class Store:
    """Corrections in a folder; several processes may use one.

    Raises
    ------
    CorrectionError: the folder cannot be made or written.
    """

    def __init__(self, folder: Path) -> None:
        self.folder = Path(folder)
        try:
            self.folder.mkdir(parents=True, exist_ok=True)
            self._lock = FileLock(str(self.folder / ".lock"))
            with self._lock:
                self._finish()
        except OSError as error:
            raise CorrectionError(
                "{}: cannot keep corrections ({}). Choose another folder.".format(
                    folder, error.strerror
                )
            ) from error

    def add(self, correction: Correction) -> Stored:
        """Store a correction; it is safe on the disk when this returns.

        The same once more changes nothing. What the same reader said of the photo before is
        replaced; outlines are copied to ``earlier`` first.

        Raises
        ------
        CorrectionError: a field is not as ``Correction`` has it.
        RoiError: the outlines are no ROI set, or one lies outside the photo.
        OSError: the disk is full or broken; the store is as it was.
        """
        room = READER_PREFIX + _reader(correction.reader)
        _check_reason(correction.reason)
        outlines = _checked_outlines(correction)
        photo_id = _photo_id(correction.photo)
        with self._lock:
            self._finish()
            if self._has(room, photo_id, correction, outlines):
                return Stored(photo_id, False)
            try:
                steps = self._stage(room, photo_id, correction, outlines)
                write_beside(self.folder / _JOURNAL, json.dumps(steps))
            except OSError:
                self._finish()  # removes what was staged
                raise
            self._finish()
        return Stored(photo_id, True)

    def _has(
        self, room: str, photo_id: str, correction: Correction, outlines: Optional[bytes]
    ) -> bool:
        row = _rows(self.folder / room / "readings.csv")[1].get(photo_id, {})
        roi_set = self.folder / room / (photo_id + ".zip")
        return (
            (row.get("state"), row.get("reason")) == (correction.state, correction.reason)
            and (roi_set.read_bytes() if roi_set.exists() else None) == outlines
            and (self.folder / (photo_id + ".png")).exists()
        )

    def _stage(
        self, room: str, photo_id: str, correction: Correction, outlines: Optional[bytes]
    ) -> List[Step]:
        """Write all files beside their places; return what then brings them there.

        After each step folder.py reads the reader's word of before, none, or the new one.
        """
        steps: List[Step] = []

        def stage(place: str, content: bytes, staged: str = "") -> None:
            staged = (staged or place) + _STAGED
            _write_safely(self.folder / staged, content)
            steps.append(("rename", staged, place))

        photo, roi_set, table = photo_id + ".png", room + "/" + photo_id + ".zip", room
        table += "/readings.csv"
        (self.folder / room / "earlier").mkdir(parents=True, exist_ok=True)
        if not (self.folder / photo).exists():
            stage(photo, _as_png(correction.photo))
        before = (self.folder / roi_set).read_bytes() if (self.folder / roi_set).exists() else None
        if before is not None and before != outlines:
            stage(self._free_place(room, photo_id), before)
        columns, rows = _rows(self.folder / table)
        without = {other: row for other, row in rows.items() if other != photo_id}
        if photo_id in rows and (before is None) != (outlines is None):
            # The old row would contradict the new outlines, or the new row the old ones.
            stage(table, _as_csv(columns, without), staged=table + ".without")
        if outlines is not None:
            stage(roi_set, outlines)
        elif before is not None:
            steps.append(("remove", roi_set))
        network = correction.network
        row = dict(rows.get(photo_id, {}))
        row.update(
            photo=photo_id,
            state=correction.state,
            reason=correction.reason,
            received=time.strftime("%Y-%m-%dT%H:%M:%SZ", time.gmtime()),
            network=network["name"],
            version=network["version"],
            hash=network["hash"],
        )
        stage(table, _as_csv(columns, dict(without, **{photo_id: row})))
        for folder in (self.folder, self.folder / room, self.folder / room / "earlier"):
            _make_safe(folder)
        return steps

    def _free_place(self, room: str, photo_id: str) -> str:
        """Where a copy of outlines goes: a name with the time that none has yet."""
        stamp = time.strftime("%Y%m%dT%H%M%SZ", time.gmtime())
        name, number = stamp, 1
        while True:
            place = "{}/earlier/{}.{}.zip".format(room, photo_id, name)
            if not (self.folder / place).exists():
                return place
            number += 1
            name = "{}-{}".format(stamp, number)

    def _finish(self) -> None:
        """Carry out what a journal says, and remove what was staged without one."""
        journal = self.folder / _JOURNAL
        if journal.exists():
            for kind, *files in json.loads(journal.read_text(encoding="utf-8")):
                first = self.folder / files[0]
                if first.exists():  # else it was done before the crash
                    if kind == "rename":
                        os.replace(str(first), str(self.folder / files[1]))
                    else:
                        first.unlink()
                    _make_safe(first.parent)
            journal.unlink()
            _make_safe(self.folder)
        for pattern in ("*", READER_PREFIX + "*/*", READER_PREFIX + "*/earlier/*"):
            for suffix in (_STAGED, ".part"):
                for left in list(self.folder.glob(pattern + suffix)):
                    left.unlink()


def _reader(name: str) -> str:
    folded = name.lower()
    if not re.fullmatch("[a-z0-9]([a-z0-9-]{0,30}[a-z0-9])?", folded):
        raise CorrectionError(
            "reader: has 1 to 32 of the letters a to z, digits and inner hyphens, such as anna or "
            "reader-2."
        )
    return folded


def _check_reason(reason: str) -> None:
    if len(reason) > _LONGEST_REASON or not reason.isprintable():
        raise CorrectionError("reason: is one line of up to {} characters.".format(_LONGEST_REASON))
    if reason[:1] in ("=", "+", "-", "@"):
        raise CorrectionError(
            "reason: starts with {}, which a spreadsheet program would compute. Start it with a "
            "word.".format(reason[0])
        )


def _checked_outlines(correction: Correction) -> Optional[bytes]:
    """The outlines, encoded anew so that nothing else is stored; None where there are none."""
    if correction.state not in STATES:
        raise CorrectionError("state: is one of {}.".format(", ".join(STATES)))
    if (correction.state == OUTLINED) != (correction.outlines is not None):
        raise CorrectionError(
            "state: is {}, which goes {} outlines.".format(
                correction.state, "with" if correction.state == OUTLINED else "without"
            )
        )
    if correction.outlines is None:
        return None
    rois = read_rois(correction.outlines)
    if not 1 <= len(rois) <= _MOST_OUTLINES:
        raise CorrectionError(
            "The ROI set has {} outlines; it has 1 to {}.".format(len(rois), _MOST_OUTLINES)
        )
    width_and_height = np.array(correction.photo.shape[1::-1])
    for roi in rois:
        points = np.concatenate(roi.outlines)
        if np.any(points.max(axis=0) <= 0) or np.any(points.min(axis=0) >= width_and_height):
            raise CorrectionError(
                "The outline '{}' lies outside of the photo. Is it another photo's?".format(
                    roi.name
                )
            )
    return rois_to_zip(rois)


def _photo_id(photo: np.ndarray) -> str:
    """A hash of the pixels: one photo has one ID, whatever file it came in."""
    digest = hashlib.sha256("{} {} ".format(*photo.shape).encode("ascii"))
    digest.update(np.ascontiguousarray(photo).tobytes())
    return digest.hexdigest()[:32]


def _as_png(photo: np.ndarray) -> bytes:
    return bytes(cv2.imencode(".png", photo[..., ::-1])[1].tobytes())


def _rows(table: Path) -> Tuple[List[str], Dict[str, Dict[str, str]]]:
    """The columns of readings.csv, those of the store among them, and its rows by photo."""
    if not table.exists():
        return list(_COLUMNS), {}
    with table.open(encoding="utf-8-sig", newline="") as file:
        reader = csv.DictReader(file)
        columns = list(reader.fieldnames or [])
        rows = {row["photo"]: {name: row[name] or "" for name in columns} for row in reader}
    return columns + [name for name in _COLUMNS if name not in columns], rows


def _as_csv(columns: List[str], rows: Dict[str, Dict[str, str]]) -> bytes:
    text = io.StringIO(newline="")
    writer = csv.DictWriter(text, columns)
    writer.writeheader()
    writer.writerows(rows.values())
    return text.getvalue().encode("utf-8")


def _write_safely(path: Path, content: bytes) -> None:
    with path.open("wb") as file:
        file.write(content)
        file.flush()
        os.fsync(file.fileno())


def _make_safe(folder: Path) -> None:
    """Make the names in a folder survive a power cut, where the system can."""
    if os.name == "posix":
        opened = os.open(str(folder), os.O_RDONLY)
        try:
            os.fsync(opened)
        finally:
            os.close(opened)
