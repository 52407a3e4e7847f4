"""The files that a batch reads and writes; nothing of a person's is lost."""

import csv
import io
from collections.abc import Iterable, Sequence
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


class BatchError(ErythemaError):
    """A batch that cannot start; the message says which file and what to do."""


def collect_photos(sources: Iterable[Path]) -> list[Path]:
    """Return the photos named, and those that lie in the folders named, each folder sorted.

    A photo that is named twice is there once.

    Raises
    ------
    BatchError: nothing there; a folder without photos; or two photos of one name.
    """
    photos: list[Path] = []
    for source in sources:
        if source.is_dir():
            found = sorted(path for path in source.iterdir() if _is_photo(path))
            if not found:
                raise BatchError(
                    f"{source}: no photos here ({', '.join(PHOTO_SUFFIXES)}). Name another folder."
                )
            photos += found
        elif source.is_file():
            photos.append(source)
        else:
            raise BatchError(f"{source}: there is no such file or folder. Check the path.")
    by_name: dict[str, Path] = {}
    for photo in photos:
        other = by_name.setdefault(photo.stem.lower(), photo)
        if not other.samefile(photo):
            raise BatchError(
                f"{other} and {photo} have one name, so their results would be one file. "
                "Rename one of them, or run them with two --out folders."
            )
    return list(by_name.values())


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
    if folder.name.startswith("reader_") or any(folder.glob("reader_*")):
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
    """A CSV table of one batch: rows of photos that this batch leaves out stay as they are.

    Raises
    ------
    BatchError: the file is there and something else, such as a data set's table.
    """

    def __init__(self, path: Path, columns: Sequence[str]) -> None:
        self.path = path
        self.columns = list(columns)
        self.rows: list[dict[str, object]] = []
        self.photos: set[str] = set()
        self.before = self._read() if path.exists() else []

    def _read(self) -> list[dict[str, str]]:
        try:
            with self.path.open(newline="", encoding="utf-8-sig") as file:
                header, *lines = filter(None, csv.reader(file))
        except (ValueError, csv.Error):
            header, lines = [], []  # empty, or not CSV in UTF-8
        if header != self.columns or any(len(line) != len(header) for line in lines):
            raise BatchError(
                f"{self.path}: is another table, which would be lost. Choose another --out."
            )
        return [dict(zip(header, line, strict=True)) for line in lines]

    def set_rows(self, photo: str, rows: Iterable[dict[str, object]]) -> None:
        """Set all rows of one photo."""
        self.photos.add(photo)
        self.rows += rows

    def write(self) -> None:
        """Write the rows set, after those of other photos that the file had before."""
        others = [row for row in self.before if row["photo"] not in self.photos]
        text = io.StringIO(newline="")
        writer = csv.DictWriter(text, self.columns)
        writer.writeheader()
        writer.writerows([*others, *self.rows])
        write_beside(self.path, text.getvalue())
