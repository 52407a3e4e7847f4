"""ZIP files from a client: a few entries of known names, read within limits."""

import io
import zipfile
import zlib
from typing import Dict, Sequence

from erythema.service.problems import Problem

_LARGEST_ENTRY = 16 * 1024 * 1024


def read_entries(
    archive: bytes, names: Sequence[str], largest: int = _LARGEST_ENTRY
) -> Dict[str, bytes]:
    """Return the entries of a ZIP by their names, which never become files' names.

    Parameters
    ----------
    archive: the ZIP's bytes.
    names: those an entry may have.
    largest: bytes that an entry may have when unpacked.

    Raises
    ------
    Problem: it is no ZIP, is damaged, or has an entry of another name, twice, or too large.
    """
    entries: Dict[str, bytes] = {}
    try:
        with zipfile.ZipFile(io.BytesIO(archive)) as opened:
            for entry in opened.infolist():
                if entry.filename not in names or entry.filename in entries:
                    raise Problem(
                        "archive-damaged",
                        "An entry of the ZIP is unknown or there twice; it has: {}.".format(
                            ", ".join(names)
                        ),
                    )
                if entry.file_size > largest:
                    raise Problem(
                        "too-large",
                        "{} has more than {:,} bytes.".format(entry.filename, largest),
                    )
                entries[entry.filename] = opened.read(entry)
    except (
        zipfile.BadZipFile,
        zlib.error,
        EOFError,
        NotImplementedError,
        OSError,
        RuntimeError,
        ValueError,
    ) as error:
        raise Problem("archive-damaged", "The ZIP is damaged ({}).".format(error)) from error
    return entries
