"""The files that a batch reads and writes; nothing of a person's is lost."""

import csv
import io
import os
import sys
from collections.abc import Container, Iterable, Iterator, Mapping, Sequence
from contextlib import contextmanager, suppress
from pathlib import Path

from erythema.errors import ErythemaError
from erythema.files import write_beside
from erythema.segmentation.photo import PHOTO_SUFFIXES
from erythema.segmentation.roi_set import (
    Roi,
    RoiError,
    is_unedited,
    read_rois,
    rois_to_zip,
    write_rois,
)

OVERLAY_SUFFIX = ".overlay.jpg"
_READER = "reader_"


class BatchError(ErythemaError):
    """A batch that cannot start; the message says which file and what to do."""


def collect_photos(sources: Iterable[Path], subfolders: bool = False) -> dict[str, Path]:
    """Return the photos named, and those in the folders named, by the names of their results.

    Of each folder they come sorted; a photo that is named twice is there once. With ``subfolders``
    the photo ``FOLDER/left/P1.jpg`` has the name ``left/P1``; hidden folders, and readers', are
    left out.

    Raises
    ------
    BatchError: nothing there; a folder without photos; or two photos of one name.
    """
    photos: dict[str, Path] = {}
    taken: dict[str, Path] = {}
    for source in sources:
        for path in _photos_of(source, subfolders):
            inside = path.relative_to(source) if source.is_dir() else Path(path.name)
            name = inside.with_suffix("").as_posix()
            other = taken.setdefault(name.lower(), path)
            if other is path:
                photos[name] = path
            elif not other.samefile(path):
                raise BatchError(
                    f"{other} and {path} have one name, so their results would be one file. "
                    "Rename one of them, or run them with two --out folders."
                )
    return photos


def _photos_of(source: Path, subfolders: bool) -> list[Path]:
    if source.is_file():
        return [source]
    if not source.is_dir():
        raise BatchError(f"{source}: there is no such file or folder. Check the path.")
    found = []
    for folder, below, names in os.walk(source):
        below[:] = [name for name in below if subfolders and _may_hold_photos(name)]
        found += [path for path in (Path(folder, name) for name in names) if _is_photo(path)]
    if not found:
        raise BatchError(
            f"{source}: no photos here ({', '.join(PHOTO_SUFFIXES)}). Name another folder."
        )
    return sorted(found, key=lambda path: path.relative_to(source).parts)


def _may_hold_photos(folder: str) -> bool:
    return not folder.startswith((".", _READER))


def _is_photo(path: Path) -> bool:
    name = path.name.lower()
    is_other = name.startswith(".") or name.endswith(OVERLAY_SUFFIX)
    return path.is_file() and name.endswith(PHOTO_SUFFIXES) and not is_other


def make_folder(folder: Path) -> None:
    """Make a folder for results.

    Raises
    ------
    BatchError: it cannot be one, or it is a data set or a reader's folder, where results would
        take the place of a reader's outlines.
    """
    if folder.name.startswith(_READER) or any(folder.glob(_READER + "*")):
        raise BatchError(
            f"{folder}: holds readers' outlines, and results do not belong beside them. "
            "Choose another --out."
        )
    try:
        folder.mkdir(parents=True, exist_ok=True)
    except OSError as error:
        raise BatchError(
            f"{folder}: cannot be a folder for results ({error.strerror}). Choose another --out."
        ) from error


@contextmanager
def locked(folder: Path) -> Iterator[None]:
    """Keep a folder for one batch at a time; ImageJ's batches lock the same file.

    Raises
    ------
    BatchError: another process's batch is writing into it, or nobody can.
    """
    path = folder / ".erythema.lock"
    try:
        file = path.open("ab")
    except OSError as error:
        raise BatchError(
            f"{folder}: cannot be written into ({error.strerror}). Choose another --out."
        ) from error
    with file:
        try:
            _lock(file.fileno())
        except (BlockingIOError, PermissionError) as error:
            raise BatchError(
                f"{folder}: another batch is writing here. Wait until it has ended, or choose "
                "another --out."
            ) from error
        except OSError:
            pass  # on some network drives there are no locks
        try:
            yield
        finally:
            with suppress(OSError):  # Windows removes no open file: there it stays, empty
                path.unlink()


def _lock(descriptor: int) -> None:
    if sys.platform == "win32":
        import msvcrt

        msvcrt.locking(descriptor, msvcrt.LK_NBLCK, 1)
    else:
        import fcntl

        fcntl.lockf(descriptor, fcntl.LOCK_EX | fcntl.LOCK_NB)


def write_outlines(path: Path, rois: Sequence[Roi]) -> str:
    """Write a ROI set, or none where nothing was found; a set with a person's work is kept.

    An existing set that is not as a network's outlines were written is renamed to
    ``NAME.kept-1.zip`` (or the next free number) first. Returns what to tell of that, else "".
    """
    told = ""
    if path.exists() and not _is_as_written(path):
        kept = _free_name(path)
        path.rename(kept)
        told = f"{path.name} held a person's work and is kept as {kept.name}."
    if rois:
        write_rois(path, rois)
    else:
        path.unlink(missing_ok=True)
    return told


def _is_as_written(path: Path) -> bool:
    """Whether a set holds a network's unedited outlines in the very bytes that we write.

    ImageJ writes other bytes: what it saved counts as a person's work, also where an outline was
    only deleted or renamed there.
    """
    try:
        rois = read_rois(path)
    except RoiError:
        return False
    ours = (is_unedited(roi) and roi.properties.get("erythema.source") == "model" for roi in rois)
    return all(ours) and path.read_bytes() == rois_to_zip(rois)


def _free_name(path: Path) -> Path:
    number = 1
    while (kept := path.with_name(f"{path.stem}.kept-{number}{path.suffix}")).exists():
        number += 1
    return kept


class Table:
    """A CSV table of a batch, to which a photo's rows are appended as soon as it is done.

    Raises
    ------
    BatchError: the file is there and something else, such as a data set's table; or it cannot be
        written.
    """

    def __init__(self, path: Path, columns: Sequence[str]) -> None:
        self.path = path
        self.columns = list(columns)
        self.rows = self._read() if path.exists() else []

    def _read(self) -> list[dict[str, str]]:
        try:
            text = self.path.read_bytes().decode("utf-8-sig")
            header, *lines = filter(None, csv.reader(io.StringIO(text, newline="")))
        except (ValueError, csv.Error):
            text, header, lines = "", [], []  # empty, or not CSV in UTF-8
        if lines and not text.endswith("\n") and len(lines[-1]) < len(header):
            lines.pop()  # a power cut ended the batch while it wrote this one
        if header != self.columns or any(len(line) != len(header) for line in lines):
            raise BatchError(
                f"{self.path}: is another table, which would be lost. Choose another --out."
            )
        return [dict(zip(header, line, strict=True)) for line in lines]

    def without(self, photos: Container[str]) -> list[dict[str, str]]:
        """Return the rows of all other photos."""
        return [row for row in self.rows if row["photo"] not in photos]

    def start(self, photos: Container[str]) -> None:
        """Write the table without the rows of photos, which are about to be segmented."""
        header = dict(zip(self.columns, self.columns, strict=True))
        with self._told_where_it_fails():
            write_beside(self.path, self._text([header, *self.without(photos)]))

    def append(self, rows: Iterable[Mapping[str, object]]) -> None:
        """Append a photo's rows, and return when the disk has them."""
        with self._told_where_it_fails(), self.path.open("ab") as file:
            file.write(self._text(rows).encode())
            file.flush()
            os.fsync(file.fileno())

    def _text(self, rows: Iterable[Mapping[str, object]]) -> str:
        text = io.StringIO(newline="")
        csv.DictWriter(text, self.columns).writerows(rows)
        return text.getvalue()

    @contextmanager
    def _told_where_it_fails(self) -> Iterator[None]:
        try:
            yield
        except OSError as error:
            raise BatchError(
                f"{self.path}: cannot be written ({error.strerror}). Close it where it is open, "
                "make space, then go on with --resume."
            ) from error
