"""The demo: a photo, a click on "Segment erythema", outlines in the ROI Manager."""

import os
import time
from collections.abc import Callable
from pathlib import Path

from erythema.fiji.child import running_child
from erythema.fiji.display import display_problem
from erythema.fiji.errors import FijiError
from erythema.fiji.folders import find_fiji
from erythema.samples import sample_photos
from erythema.service.process import running_service


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
        with running_child("erythema.fiji.demo_imagej", task, environment) as imagej:
            imagej.follow(step)
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
