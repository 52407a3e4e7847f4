"""A second look at outlines beside a network's, those that differ most first."""

import csv
import io
from collections.abc import Callable
from pathlib import Path
from typing import NamedTuple

import numpy as np

from erythema.datasets.corrections import Correction, Store, checked_reader, photo_id_of
from erythema.datasets.folder import (
    NO_ERYTHEMA,
    OUTLINED,
    READER_PREFIX,
    REVIEWED,
    UNREAD,
    Entry,
    read_folder,
    read_mask,
    read_reasons,
)
from erythema.fiji.errors import FijiError
from erythema.fiji.queue import Drafting, Queue, collect, reader_folder
from erythema.files import write_beside
from erythema.measurement.agreement import dice
from erythema.segmentation.network import Network
from erythema.segmentation.outline import fill_each
from erythema.segmentation.photo import read_photo
from erythema.segmentation.roi_set import read_rois, rois_to_zip, write_rois


class Outcome(NamedTuple):
    """How many photos the reviewer accepted as they were, corrected, and has not seen yet."""

    accepted: int
    corrected: int
    left: int


def prepare_review(
    folder: Path,
    reader: str,
    reviewer: str,
    draft: Drafting,
    progress: Callable[[int, int], object] = lambda done, total: None,
) -> Queue:
    """Make what the reviewer is shown, and return it: the photos of the lowest Dice first.

    `draft` makes the network's outlines, and may leave out photos whose outlines are there.
    The reader's outlines become the reviewer's drafts, and the network's lie beside. Photos that
    the reader found unusable or has not read are left out.

    Raises DataSetError where the folder or the reader is none; FijiError where the reviewer is the
    reader or has other outlines there, or nothing is read.
    """
    room = reader_folder(folder, reviewer)
    data_set = read_folder(folder, reader)
    if room.name == f"{READER_PREFIX}{data_set.reader}":
        raise FijiError(
            f"{reviewer} cannot review outlines of that name: name the reviewer another way, as in "
            f"--reviewer {reviewer}-2. What {reviewer} drew stays as it is."
        )
    entries = data_set.with_masks
    if not entries:
        raise FijiError(f"{folder}: reader {reader} has read no photo, so there is no review yet.")
    if room.is_dir() and not (room / REVIEWED).is_dir():
        raise FijiError(
            f"{room}: {reviewer} has outlines of these photos that are no review. Name the "
            f"reviewer another way, as in --reviewer {reviewer}-2."
        )
    photos = [entry.id for entry in entries]
    for number, _ in enumerate(draft(photos, room / REVIEWED), 1):
        progress(number, len(entries))
    agreement = {entry.id: _dice(entry, room / REVIEWED) for entry in entries}
    _write_drafts(entries, room / "drafts")
    photos.sort(key=lambda photo: agreement[photo])
    return Queue(photos, drafts=True, beside=Path(REVIEWED))


def _dice(entry: Entry, beside: Path) -> float:
    """How far the network's outlines of a photo agree with the reader's."""
    shape = read_photo(entry.photo).shape[:2]
    outlines = beside / f"{entry.id}.zip"
    rois = read_rois(outlines) if outlines.exists() else []
    return dice(fill_each((roi.outlines for roi in rois), shape), read_mask(entry, shape))


def _write_drafts(entries: list[Entry], drafts: Path) -> None:
    """The reader's outlines, in the files of a batch."""
    drafts.mkdir(exist_ok=True)
    table = io.StringIO(newline="")
    writer = csv.writer(table)
    writer.writerow(("photo", "status", "reactions", "message"))
    for entry in entries:
        rois = [] if entry.outlines is None else read_rois(entry.outlines)
        outlines = drafts / f"{entry.id}.zip"
        if rois:
            write_rois(outlines, rois)
        else:
            outlines.unlink(missing_ok=True)
        writer.writerow((entry.id, "segmented", len(rois), ""))
    write_beside(drafts / "photos.csv", table.getvalue())


def keep_corrections(
    folder: Path, reader: str, reviewer: str, network: Network, store: Path
) -> Outcome:
    """Add what the reviewer changed to a correction store, and return how the review stands.

    Raises DataSetError or OSError where the store cannot be written.
    """
    reviewer = checked_reader(reviewer)
    drawn = {entry.id: entry for entry in read_folder(folder, reader).with_masks}
    seen = [entry for entry in _reviewed(folder, reviewer) if entry.id in drawn]
    changed = [entry for entry in seen if not _is_same(entry, drawn[entry.id])]
    accepted = [entry for entry in seen if entry not in changed]
    named = {"name": network.name, "version": network.version, "hash": network.hash}
    reasons = read_reasons(folder, reviewer)
    outcome = Outcome(len(accepted), len(changed), len(drawn) - len(seen))
    if not changed and not store.is_dir():
        return outcome
    corrections = Store(store)
    for entry in accepted:  # it may have been corrected in an earlier session
        corrections.take_back(photo_id_of(read_photo(entry.photo)), reviewer)
    for entry in changed:
        outlines = None if entry.outlines is None else rois_to_zip(read_rois(entry.outlines))
        photo, reason = read_photo(entry.photo), reasons.get(entry.id, "")
        corrections.add(Correction(photo, reviewer, entry.state, reason, outlines, named))
    return outcome


def _reviewed(folder: Path, reviewer: str) -> list[Entry]:
    """What the reviewer has finished; an overlay in a photo's own file is not the reviewer's."""
    room = reader_folder(folder, reviewer)
    if not room.is_dir():
        return []
    work = collect(folder, reviewer)
    finished = []
    for entry in read_folder(folder, reviewer).entries:
        state = work.states.get(entry.id, UNREAD)
        if state != UNREAD and entry.id not in work.unfinished:
            outlines = entry.outlines if state == OUTLINED else None
            finished.append(entry._replace(state=state, outlines=outlines))
    return finished


def _is_same(a: Entry, b: Entry) -> bool:
    return a.state == b.state and _corners(a) == _corners(b)


def _corners(entry: Entry) -> list[list[list[list[float]]]]:
    if entry.state == NO_ERYTHEMA or entry.outlines is None:
        return []
    return [
        [path.astype(np.float32).tolist() for path in roi.outlines]
        for roi in read_rois(entry.outlines)
    ]
