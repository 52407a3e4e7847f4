"""The rooms for the Nano under the oldest and the newest Python and roifile.

The environments lie in .venv-nano and .venv-newest and are made once, from PyPI.
"""

import glob
import os
import re
import shutil
import subprocess
import sys
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[2]
ON_EVERY_PYTHON = ["test_outline.py", "test_roi_set.py"]
NANO = [
    "dataclasses",
    "hypothesis==6.31.6",
    "numpy==1.19.5",
    "opencv-python-headless==4.5.1.48",
    "Pillow==8.4.0",
    "pytest==7.0.1",
    "roifile==2020.8.13",
    "tifffile==2020.9.3",
]
NEWEST = [
    "hypothesis",
    "imagecodecs",
    "numpy",
    "opencv-python-headless",
    "Pillow",
    "pytest",
    "roifile",
    "tifffile",
]


def find_python(lowest, highest):
    """The program of the newest Python from `lowest` to `highest`, None where there is none."""
    names = [f"python3.{minor}" for minor in range(highest, lowest - 1, -1)]
    pyenv = [
        program
        for minor in range(highest, lowest - 1, -1)
        for program in glob.glob(os.path.expanduser(f"~/.pyenv/versions/3.{minor}.*/bin/python"))
    ]
    for program in [sys.executable, *names, *pyenv]:
        found = shutil.which(program)
        if found and lowest <= (minor_version(found) or 0) <= highest:
            return found
    return None


def minor_version(program):
    """N of Python 3.N, None where the program is no Python 3 that runs."""
    answer = subprocess.run([program, "--version"], capture_output=True, text=True, check=False)
    version = re.match(r"Python 3\.(\d+)", answer.stdout)
    return int(version[1]) if version and answer.returncode == 0 else None


def environment(folder, python, packages):
    """The Python of an environment with these packages; made anew where they changed."""
    stamp = folder / "packages"
    program = folder / "bin" / "python"
    if not stamp.exists() or stamp.read_text() != "\n".join(packages):
        subprocess.run([python, "-m", "venv", "--clear", str(folder)], check=True)
        pip = [str(program), "-m", "pip", "install", "--quiet", "--only-binary", ":all:"]
        subprocess.run([*pip, "--upgrade", "pip"], check=True)
        subprocess.run([*pip, *packages], check=True)
        stamp.write_text("\n".join(packages))
    return program


def run_tests(program):
    tests = [str(ROOT / "tests" / "python" / name) for name in ON_EVERY_PYTHON]
    command = [str(program), "-m", "pytest", "-q", "-p", "no:cacheprovider", "--noconftest"]
    return subprocess.run(
        [*command, "-c", os.devnull, "--rootdir", str(ROOT / "tests"), *tests],
        env={**os.environ, "PYTHONPATH": str(ROOT / "python"), "PYTHONDONTWRITEBYTECODE": "1"},
        capture_output=True,
        text=True,
        check=False,
    )


def test_outlines_photos_and_roi_sets_with_the_nanos_python_and_the_oldest_roifile():
    python = find_python(6, 6)
    if python is None:
        pytest.skip("there is no Python 3.6 on this machine")
    run = run_tests(environment(ROOT / ".venv-nano", python, NANO))
    assert run.returncode == 0, run.stdout + run.stderr


def test_outlines_photos_and_roi_sets_with_the_newest_roifile():
    python = find_python(12, 14)
    if python is None:
        pytest.skip("the newest roifile needs Python 3.12, and there is none on this machine")
    run = run_tests(environment(ROOT / ".venv-newest", python, NEWEST))
    assert run.returncode == 0, run.stdout + run.stderr
