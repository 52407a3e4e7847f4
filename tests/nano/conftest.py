"""What the tests of the bundle share: the bundle, unpacked, and the packages that it pins."""

import subprocess
import tarfile
from pathlib import Path

import pytest
from filelock import FileLock
from pinned_packages import PIP, REQUIREMENTS

from erythema.nano.bundle import NAME, write_bundle

ROOT = Path(__file__).parents[2]


@pytest.fixture(scope="session")
def bundle(tmp_path_factory):
    """The folder of the unpacked bundle."""
    folder = tmp_path_factory.mktemp("bundle")
    write_bundle(folder / "nano.tar.gz")
    with tarfile.open(folder / "nano.tar.gz") as tar:
        tar.extractall(folder, filter="data")
    return folder / NAME


@pytest.fixture(scope="session")
def python36(nano_python):
    """The bare Python 3.6 under the one with the Nano's packages."""
    prefix = subprocess.run(
        [nano_python, "-c", "import sys; print(sys.base_prefix)"],
        capture_output=True,
        text=True,
        check=True,
    ).stdout.strip()
    return Path(prefix) / "bin" / "python3"


@pytest.fixture(scope="session")
def wheels(nano_python):
    """A folder of wheels of all that the bundle pins for Python 3.6; made once, from PyPI."""
    folder = ROOT / ".venv-nano-wheels"
    stamp = folder / "requirements.txt"
    pins = "".join(file.read_text() for file in REQUIREMENTS)
    with FileLock(folder.with_suffix(".lock")):
        _make_wheels(folder, stamp, pins, nano_python)
    return folder


def _make_wheels(folder, stamp, pins, nano_python):
    if not stamp.exists() or stamp.read_text() != pins:
        pip = [str(nano_python), "-m", "pip", "wheel", "--quiet", "--wheel-dir", str(folder)]
        listed = [word for file in REQUIREMENTS for word in ("-r", str(file))]
        subprocess.run([*pip, "--no-deps", PIP, *listed], check=True)
        stamp.write_text(pins)
