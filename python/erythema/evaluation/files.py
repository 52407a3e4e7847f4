"""Files and folders that are there as a whole or not at all."""

import os
import shutil
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from erythema.errors import ErythemaError


class OutputError(ErythemaError):
    """A folder for results that is taken; the message says what to do."""


def write_beside(path: Path, text: str) -> None:
    """Write a text file under another name and rename it, so that it is never half there."""
    beside = path.with_name(path.name + ".part")
    beside.write_text(text, "utf-8", newline="")
    beside.replace(path)


@contextmanager
def new_folder(out: Path) -> Iterator[Path]:
    """Give a folder beside ``out`` that becomes ``out`` at the end, or vanishes on any failure.

    Raises
    ------
    OutputError: ``out`` exists and is no empty folder.
    """
    out = Path(out).absolute()
    if out.exists() and not (out.is_dir() and not any(out.iterdir())):
        raise OutputError(f"{out} exists: choose another --out, or move that folder away")
    out.parent.mkdir(parents=True, exist_ok=True)
    folder = out.with_name(f".{out.name}.{os.getpid()}")
    folder.mkdir()
    try:
        yield folder
        if out.exists():
            out.rmdir()
        folder.rename(out)
    except BaseException:
        shutil.rmtree(folder)
        raise
