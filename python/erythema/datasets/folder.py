"""A data set on disk: a folder of photos with the outlines and readings of one reader.

    FOLDER/ID.jpg                         the photo, any format that photo.py reads
    FOLDER/reader_NAME/ID.zip             ROI set (or ID.roi, or an overlay in the photo's own TIFF)
    FOLDER/reader_NAME/readings.csv       photo,state,reason
    FOLDER/photos.csv                     photo,patient,... (optional)

A photo without a row and without outlines is unread. It is never taken for "no erythema".
"""

import csv
from pathlib import Path
from typing import Dict, List, NamedTuple, Optional, Sequence, Tuple

import numpy as np

from erythema.errors import ErythemaError
from erythema.segmentation.outline import fill_each
from erythema.segmentation.photo import PHOTO_SUFFIXES, PhotoError, read_photo
from erythema.segmentation.roi_set import read_rois

OUTLINED = "outlined"
NO_ERYTHEMA = "no erythema"
UNUSABLE = "unusable"
UNREAD = "unread"
STATES = (OUTLINED, NO_ERYTHEMA, UNUSABLE)

READER_PREFIX = "reader_"
REVIEWED = "network"  # in the folder of a reader who reviews: what that is compared with
CONSENSUS = "consensus"  # the reader under whose name several ones agree
ROI_SUFFIXES = (".zip", ".roi")
TIFF_SUFFIXES = (".tif", ".tiff")


class DataSetError(ErythemaError, ValueError):
    """A folder that cannot be read as a data set; the message names the file and the remedy."""


class Problem(NamedTuple):
    """One file or row that does not fit, by its path inside the data set's folder."""

    file: str
    message: str


class Entry(NamedTuple):
    """One readable photo: what a reader said of it, and where the outlines are."""

    photo: Path
    id: str
    patient: str
    state: str  # outlined, no erythema, unusable or unread
    outlines: Optional[Path]  # only where outlined: an ROI set, or the photo with its overlay

    @property
    def has_mask(self) -> bool:
        """Whether the reader said where erythema is: outlined, or nowhere."""
        return self.state in (OUTLINED, NO_ERYTHEMA)


class DataSet(NamedTuple):
    """The entries of a folder, sorted by ID, and what was left out or doubtful."""

    folder: Path
    reader: Optional[str]
    entries: List[Entry]
    problems: List[Problem]

    @property
    def name(self) -> str:
        """The folder's own name."""
        return self.folder.resolve().name

    @property
    def with_masks(self) -> List[Entry]:
        """The photos that the reader outlined or found without erythema."""
        return [entry for entry in self.entries if entry.has_mask]


def read_folder(folder: Path, reader: Optional[str] = None) -> DataSet:
    """Read the data set in a folder, as one reader outlined it.

    A photo whose reading contradicts itself (such as outlines beside "no erythema") is listed
    among the problems and is no entry; so are unreadable photos.

    Parameters
    ----------
    reader: NAME of the subfolder ``reader_NAME``; may be left out where there is only one.

    Raises
    ------
    DataSetError: no such folder, no photo in it, an unknown reader, several readers and none
        chosen, or a table that cannot be read.
    """
    folder = Path(folder)
    if not folder.is_dir():
        raise DataSetError("{}: no such folder".format(folder))
    problems: List[Problem] = []
    photos = _photos(folder, problems)
    reader = _choose_reader(folder, reader)
    patients = _patients(folder, photos, problems)
    readings: Dict[str, Dict[str, str]] = {}
    roi_sets: Dict[str, Path] = {}
    if reader is not None:
        room = folder / (READER_PREFIX + reader)
        readings = _rows(room / "readings.csv", ("photo", "state"))
        _list_strangers(readings, photos, room / "readings.csv", folder, problems)
        roi_sets = _roi_sets(room, photos, folder, problems)

    entries = []
    for photo_id, photo in sorted(photos.items()):
        try:
            read_photo(photo)
        except PhotoError as error:
            problems.append(Problem(photo.name, "unreadable photo: {}".format(error)))
            continue
        try:
            outlines = _outlines(photo, roi_sets.get(photo_id))
            state = _state(readings.get(photo_id), outlines)
        except ValueError as error:
            problems.append(Problem(photo.name, str(error)))
            continue
        if state == UNREAD:
            problems.append(Problem(photo.name, "unread: neither a reading nor outlines"))
        entries.append(Entry(photo, photo_id, patients.get(photo_id, photo_id), state, outlines))
    return DataSet(folder, reader, entries, problems)


def list_readers(folder: Path) -> List[str]:
    """Return the names of the readers of a folder, sorted."""
    rooms = Path(folder).glob(READER_PREFIX + "*")
    return sorted(room.name[len(READER_PREFIX) :] for room in rooms if room.is_dir())


def list_persons(folder: Path) -> List[str]:
    """Return the readers of a folder who read for themselves: no consensus, and no reviewers."""
    others = {CONSENSUS, *list_reviewers(folder)}
    return [name for name in list_readers(folder) if name not in others]


def list_reviewers(folder: Path) -> List[str]:
    """Return the readers of a folder whose outlines began as another reader's."""
    readers = list_readers(folder)
    return [name for name in readers if (folder / (READER_PREFIX + name) / REVIEWED).is_dir()]


def read_states(folder: Path, reader: str) -> Dict[str, str]:
    """Return what a reader said of each photo by now, by the photo's ID, without opening photos.

    Whoever has no folder there has read none. What contradicts itself counts as unread, and so
    does an overlay in a photo's own TIFF, which may be anyone's.

    Raises
    ------
    DataSetError: no such folder, no photo in it, or readings.csv is no table.
    """
    folder = Path(folder)
    if not folder.is_dir():
        raise DataSetError("{}: no such folder".format(folder))
    photos = _photos(folder, [])
    room = folder / (READER_PREFIX + reader)
    rows = _rows(room / "readings.csv", ("photo", "state"))
    sets = _roi_sets(room, photos, folder, []) if room.is_dir() else {}
    return {photo: _said(rows.get(photo), sets.get(photo)) for photo in sorted(photos)}


def _said(row: Optional[Dict[str, str]], outlines: Optional[Path]) -> str:
    try:
        return _state(row, outlines)
    except ValueError:
        return UNREAD


def read_reasons(folder: Path, reader: str) -> Dict[str, str]:
    """Return the reasons and remarks in a reader's readings.csv, by the photo's ID.

    Raises
    ------
    DataSetError: readings.csv is no table, or lacks that column.
    """
    table = Path(folder) / (READER_PREFIX + reader) / "readings.csv"
    return {photo: row["reason"] for photo, row in _rows(table, ("photo", "reason")).items()}


def read_column(folder: Path, column: str) -> Dict[str, str]:
    """Return what a column of photos.csv says of each photo, by the photo's ID.

    Raises
    ------
    DataSetError: there is no photos.csv, or no such column in it.
    """
    table = Path(folder) / "photos.csv"
    if not table.exists():
        raise DataSetError("{}: missing, so no photo has a {}".format(table, column))
    return {photo: row[column] for photo, row in _rows(table, ("photo", column)).items()}


def read_mask(entry: Entry, shape: Tuple[int, int]) -> np.ndarray:
    """Return what the reader outlined, all ROIs together: bool of shape (height, width).

    Raises
    ------
    ValueError: the photo is unread or unusable, so nobody knows its mask.
    """
    if not entry.has_mask:
        raise ValueError("{}: {}, so it has no mask".format(entry.photo, entry.state))
    rois = [] if entry.outlines is None else read_rois(entry.outlines)
    return fill_each((roi.outlines for roi in rois), shape)


def _photos(folder: Path, problems: List[Problem]) -> Dict[str, Path]:
    found: Dict[str, List[Path]] = {}
    for path in sorted(folder.iterdir()):
        if path.suffix.lower() in PHOTO_SUFFIXES and not path.name.startswith("."):
            found.setdefault(path.stem, []).append(path)
    if not found:
        raise DataSetError(
            "{}: no photo in this folder ({})".format(folder, ", ".join(PHOTO_SUFFIXES))
        )
    for paths in found.values():
        if len(paths) > 1:
            names = " and ".join(path.name for path in paths)
            message = "two photos of one ID ({}): rename one of them".format(names)
            problems.append(Problem(paths[0].name, message))
    return {photo_id: paths[0] for photo_id, paths in found.items() if len(paths) == 1}


def _choose_reader(folder: Path, reader: Optional[str]) -> Optional[str]:
    readers = list_readers(folder)
    if reader is None:
        if len(readers) > 1:
            raise DataSetError(
                "{} has several readers ({}): choose one of them, as in --reader {}".format(
                    folder, ", ".join(readers), readers[0]
                )
            )
        return readers[0] if readers else None
    if reader not in readers:
        raise DataSetError(
            "{} has no reader {}; its readers: {}".format(
                folder, reader, ", ".join(readers) or "none"
            )
        )
    return reader


def _rows(table: Path, columns: Sequence[str]) -> Dict[str, Dict[str, str]]:
    """The rows of a table by photo; none where there is no such file."""
    if not table.exists():
        return {}
    try:
        with table.open(encoding="utf-8-sig", newline="") as file:
            reader = csv.DictReader(file)
            missing = [name for name in columns if name not in (reader.fieldnames or ())]
            rows = list(reader)
    except (OSError, UnicodeDecodeError, csv.Error) as error:
        raise DataSetError(
            "{}: not a table in UTF-8 ({}); save it as CSV UTF-8".format(table, error)
        ) from error
    if missing:
        raise DataSetError(
            "{}: no column {}; the first line must name the columns, separated by commas".format(
                table, " and ".join(missing)
            )
        )
    by_photo: Dict[str, Dict[str, str]] = {}
    for row in rows:
        photo_id = (row["photo"] or "").strip()
        if not photo_id:  # a spreadsheet program's empty line
            continue
        if photo_id in by_photo:
            raise DataSetError("{}: two rows for {}: keep one".format(table, photo_id))
        by_photo[photo_id] = {name: (row[name] or "").strip() for name in columns}
    return by_photo


def _patients(folder: Path, photos: Dict[str, Path], problems: List[Problem]) -> Dict[str, str]:
    table = folder / "photos.csv"
    rows = _rows(table, ("photo", "patient"))
    if not table.exists():
        problems.append(Problem(table.name, "missing: each photo counts as its own patient"))
        return {}
    _list_strangers(rows, photos, table, folder, problems)
    patients = {photo_id: row["patient"] for photo_id, row in rows.items() if row["patient"]}
    for photo_id in sorted(set(photos) - set(patients)):
        message = "no patient in photos.csv: counts as its own patient"
        problems.append(Problem(photos[photo_id].name, message))
    return patients


def _list_strangers(
    rows: Dict[str, Dict[str, str]],
    photos: Dict[str, Path],
    table: Path,
    folder: Path,
    problems: List[Problem],
) -> None:
    name = table.relative_to(folder).as_posix()
    strangers = sorted(set(rows) - set(photos))
    problems.extend(Problem(name, "row without a photo: {}".format(row)) for row in strangers)


def _roi_sets(
    room: Path, photos: Dict[str, Path], folder: Path, problems: List[Problem]
) -> Dict[str, Path]:
    sets: Dict[str, Path] = {}
    for path in sorted(room.iterdir()):
        if path.suffix.lower() not in ROI_SUFFIXES or path.name.startswith("."):
            continue
        name = path.relative_to(folder).as_posix()
        if path.stem not in photos:
            problems.append(Problem(name, "ROI set without a photo"))
        elif path.stem in sets:
            message = "not used: {} is there too".format(sets[path.stem].name)
            problems.append(Problem(name, message))
        else:
            sets[path.stem] = path
    return sets


def _outlines(photo: Path, roi_set: Optional[Path]) -> Optional[Path]:
    """Where the outlines of a photo are: its ROI set, else its own overlay, else nowhere."""
    if roi_set is not None:
        if not read_rois(roi_set):
            raise ValueError("{} holds no ROI".format(roi_set.name))
        return roi_set
    if photo.suffix.lower() in TIFF_SUFFIXES and read_rois(photo):
        return photo
    return None


def _state(row: Optional[Dict[str, str]], outlines: Optional[Path]) -> str:
    """What a photo's row and outlines say together.

    Raises
    ------
    ValueError: they contradict each other, or the state is none that readings.csv knows.
    """
    if row is None:
        return UNREAD if outlines is None else OUTLINED
    state = row["state"]
    if state not in STATES:
        raise ValueError(
            'unknown state "{}" in readings.csv; known: {}'.format(state, ", ".join(STATES))
        )
    if state == OUTLINED and outlines is None:
        raise ValueError("outlined in readings.csv, but there is no ROI set of it")
    if state == NO_ERYTHEMA and outlines is not None:
        raise ValueError("no erythema in readings.csv, but {} has outlines".format(outlines.name))
    return state
