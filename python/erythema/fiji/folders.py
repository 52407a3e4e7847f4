"""Where Fiji lies on this machine."""

import os
import sys
from pathlib import Path

from erythema.fiji.errors import FijiError

SETTING = "ERYTHEMA_FIJI"


def find_fiji(folder: os.PathLike[str] | str | None = None) -> Path | None:
    """The Fiji to use: `folder`, else the one ERYTHEMA_FIJI names, else one in a usual place.

    None means that there is none: take the embedded ImageJ. An ERYTHEMA_FIJI that is set but
    empty asks for that too.

    Raises FijiError where `folder` or ERYTHEMA_FIJI names something else than a Fiji.
    """
    if folder is not None:
        return _checked(Path(folder), "")
    setting = os.environ.get(SETTING)
    if setting is not None:
        return _checked(Path(setting), f" (named by {SETTING})") if setting else None
    return next((place for place in _usual_places() if _is_fiji(place)), None)


def _usual_places() -> list[Path]:
    if sys.platform == "darwin":
        places = ["/Applications/Fiji", "/Applications/Fiji.app", "~/Fiji", "~/Fiji.app"]
    elif os.name == "nt":
        programs = os.environ.get("PROGRAMFILES", r"C:\Program Files")
        places = [rf"{programs}\Fiji", rf"{programs}\Fiji.app", "~/Fiji", "~/Fiji.app"]
        places += [r"C:\Fiji", r"C:\Fiji.app"]
    else:
        places = ["~/Fiji", "~/Fiji.app", "/opt/Fiji", "/opt/Fiji.app", "/opt/fiji"]
    return [Path(place).expanduser() for place in places]


def _is_fiji(folder: Path) -> bool:
    return any((folder / "jars").glob("*.jar"))


def _checked(folder: Path, origin: str) -> Path:
    folder = folder.expanduser().resolve()
    if not folder.is_dir():
        raise FijiError(f"There is no folder {folder}{origin}: name the folder of Fiji or ImageJ2.")
    if not _is_fiji(folder):
        hint = (
            "a plain ImageJ, which" if (folder / "ij.jar").exists() else "not Fiji or ImageJ2: it"
        )
        raise FijiError(
            f"{folder}{origin} is {hint} has no jars/ folder with ImageJ2 in it. "
            "Name the folder that holds jars/ and plugins/ (Fiji, or Fiji.app)."
        )
    return folder
