"""The demo: a photo, a click on "Segment erythema", outlines in the ROI Manager."""

import json
import os
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import IO

from erythema.fiji.display import display_problem
from erythema.fiji.errors import FijiError
from erythema.fiji.folders import find_fiji
from erythema.samples import sample_photos
from erythema.service.process import end_process, running_service


def run_demo(
    photo: os.PathLike[str] | str | None = None,
    fiji: os.PathLike[str] | str | None = None,
    screenshot: os.PathLike[str] | str | None = None,
    report: Callable[[str], object] = print,
) -> None:
    """Start the service and ImageJ, open `photo` (a sample by default) and segment it.

    ImageJ stays open until the person closes it; outlines changed there are saved then. With
    `screenshot` (a .png) the desktop's picture is saved and everything ends. Without a display
    headless ImageJ does the same and writes `ID.zip` and `ID.overlay.jpg`. What is written goes
    into a new folder, `erythema-demo` in the current one. `fiji` is as in `start`; `report`
    gets a line a step, with the seconds since the start.

    Raises FijiError, also where a picture was asked for and there is no display; ServiceError
    where the service does not start.
    """
    photo = _checked_photo(Path(photo or sample_photos()[0]))
    picture = _checked_picture(Path(screenshot)) if screenshot else None
    folder = find_fiji(fiji)
    began = time.monotonic()

    def step(text: str) -> None:
        report(f"{text}  {time.monotonic() - began:.1f} s")

    problem = display_problem()
    if problem:
        report(f"{problem} The demo goes on without windows.")
    out = _new_folder(Path.cwd() / "erythema-demo")
    task: dict[str, str | bool | None] = {
        "photo": str(photo),
        "fiji": str(folder) if folder else None,
        "picture": str(picture) if picture else None,
        "headless": problem is not None,
        "out": str(out),
    }
    with running_service() as address:
        step(f"service ready at {address}")
        environment = {
            **os.environ,
            "ERYTHEMA_SERVICE": address,
            "ERYTHEMA_FIJI": str(folder or ""),
        }
        with _imagej(task, environment) as (process, said):
            _follow(process, said, step)
    if problem and picture:
        raise FijiError(
            f"No picture of the desktop was taken, since there is none. With a virtual one: "
            f"xvfb-run -a erythema demo --screenshot {picture}"
        )


def _checked_photo(photo: Path) -> Path:
    if not photo.is_file():
        raise FijiError(f"There is no photo {photo}: check the path.")
    return photo.resolve()


def _checked_picture(picture: Path) -> Path:
    picture = picture.resolve()
    if picture.suffix.lower() != ".png":
        raise FijiError(f"The picture of the desktop is a PNG file: name {picture.stem}.png.")
    if not picture.parent.is_dir():
        raise FijiError(f"There is no folder {picture.parent} for the picture: make it first.")
    return picture


def _new_folder(wanted: Path) -> Path:
    """`wanted`, or with the first free number, so that nothing there is overwritten."""
    folder, number = wanted, 1
    while folder.exists():
        number += 1
        folder = wanted.with_name(f"{wanted.name}-{number}")
    return folder


@contextmanager
def _imagej(
    task: dict[str, str | bool | None], environment: dict[str, str]
) -> Iterator[tuple["subprocess.Popen[str]", IO[str]]]:
    """A process that runs ImageJ on `task`, and the file with what it said to stderr.

    It ends with this block, and where this process dies too: its standard input is closed then.
    """
    command = [sys.executable, "-m", "erythema.fiji.demo_imagej", json.dumps(task)]
    with tempfile.TemporaryFile("w+", errors="replace") as said:
        process = subprocess.Popen(
            command,
            env=environment,
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            stderr=said,
            text=True,
            start_new_session=True,  # Ctrl-C comes to this process, which ends that one
        )
        try:
            yield process, said
        finally:
            end_process(process)


def _follow(process: "subprocess.Popen[str]", said: IO[str], step: Callable[[str], None]) -> None:
    """Tell each step until the process ends."""
    assert process.stdout is not None
    for line in process.stdout:
        if not line.startswith('{"'):  # Java's own words
            continue
        message = json.loads(line)
        if "error" in message:
            raise FijiError(message["error"])
        step(message["step"])
    if process.wait() != 0:
        said.seek(0)
        last = "".join(said.readlines()[-10:]).strip() or "nothing"
        raise FijiError(f"ImageJ ended early (exit code {process.returncode}). It said: {last}")
