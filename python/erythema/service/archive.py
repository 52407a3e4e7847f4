"""ZIP files from a client: a few entries of known names, read within limits."""

import io
import zipfile
from typing import Dict, Sequence

from erythema.segmentation.roi_set import read_entry
from erythema.service.problems import Problem

# zipfile takes half a kilobyte for each entry in the list at a ZIP's end, where one has 46 bytes.
_LISTED = b"PK\x01\x02"
_MOST_LISTED = 20000  # those of ROI sets within the ZIP count, too


def read_entries(archive: bytes, names: Sequence[str], most: int) -> Dict[str, bytes]:
    """Return the entries of a ZIP by their names, which never become files' names.

    Parameters
    ----------
    archive: the ZIP's bytes.
    names: those an entry may have.
    most: bytes that all entries may have together when unpacked.

    Raises
    ------
    Problem: it is no ZIP, is damaged, or has an entry of another name, twice, or too large.
    """
    if archive.count(_LISTED) > _MOST_LISTED:
        raise Problem("too-large", "More than {:,} entries in the ZIP.".format(_MOST_LISTED))
    try:
        with zipfile.ZipFile(io.BytesIO(archive)) as opened:
            return _read(opened, names, most)
    except Problem:
        raise
    except Exception as error:  # zipfile may raise anything on damaged bytes
        raise Problem("archive-damaged", "The ZIP is damaged ({}).".format(error)) from error


def _read(archive: zipfile.ZipFile, names: Sequence[str], most: int) -> Dict[str, bytes]:
    entries: Dict[str, zipfile.ZipInfo] = {}
    for entry in archive.infolist():
        if entry.filename.startswith("__MACOSX/"):  # what macOS adds to each ZIP
            continue
        if entry.filename not in names or entry.filename in entries:
            raise Problem(
                "archive-damaged",
                "An entry of the ZIP is unknown or there twice; it has: {}.".format(
                    ", ".join(names)
                ),
            )
        entries[entry.filename] = entry
        if sum(entry.file_size for entry in entries.values()) > most:
            raise Problem(
                "too-large",
                "With {} the ZIP unpacks to more than {:,} bytes.".format(entry.filename, most),
            )
    return {name: read_entry(archive, entry) for name, entry in entries.items()}
