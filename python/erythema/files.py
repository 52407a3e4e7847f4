"""Files and folders that are there as a whole or not at all."""

import errno
import os
import shutil
from contextlib import contextmanager
from pathlib import Path
from typing import Iterator, Union

from erythema.errors import ErythemaError


class OutputError(ErythemaError):
    """A folder for results that is taken; the message says what to do."""


def write_beside(path: Path, content: Union[str, bytes, memoryview]) -> None:
    """Write a file under another name and rename it, so that it is never half there.

    Text is written in UTF-8. Where writing fails, what the file held before stays.
    """
    beside = path.with_name(path.name + ".part")
    try:
        write_through(beside, content)  # or a power cut leaves an empty file under the name
        os.replace(str(beside), str(path))
    except OSError:
        if beside.exists():
            beside.unlink()
        raise


def write_through(path: Path, content: Union[str, bytes, memoryview]) -> None:
    """Write a file, and return when the disk has what is in it; text is written in UTF-8."""
    with path.open("wb") as file:
        file.write(content.encode() if isinstance(content, str) else content)
        file.flush()
        os.fsync(file.fileno())


def sync_folder(folder: Path) -> None:
    """Return when the disk has the names in a folder: files made, renamed or removed there.

    Where the system cannot tell, as on Windows and on some network drives, return at once.
    """
    if os.name == "nt":  # opens no folders
        return
    opened = os.open(str(folder), os.O_RDONLY)
    try:
        os.fsync(opened)
    except OSError as error:
        if error.errno != errno.EINVAL:
            raise
    finally:
        os.close(opened)


def refuse_existing(out: Path) -> None:
    """Raise OutputError where ``out`` exists and is no empty folder."""
    if out.exists() and not (out.is_dir() and not any(out.iterdir())):
        raise OutputError("{} exists: choose another folder, or move that one away".format(out))


@contextmanager
def new_folder(out: Path) -> Iterator[Path]:
    """Give a folder beside ``out`` that becomes ``out`` at the end, or vanishes on any failure.

    Raises
    ------
    OutputError: ``out`` exists and is no empty folder.
    """
    out = Path(out).absolute()
    refuse_existing(out)
    out.parent.mkdir(parents=True, exist_ok=True)
    folder = out.with_name("." + out.name + ".part")
    if folder.exists():  # of a program that was killed
        shutil.rmtree(str(folder))
    folder.mkdir()
    try:
        yield folder
        if out.exists():
            out.rmdir()
        folder.rename(out)
    except BaseException:
        shutil.rmtree(str(folder))
        raise
