"""What several tests share: a network so small that its results are worked out by hand."""

import glob
import hashlib
import json
import math
import os
import re
import shutil
import subprocess
import sys
from pathlib import Path

import pytest
from filelock import FileLock
from hypothesis import settings

# The same examples in each run, however busy the computer is.
settings.register_profile("repeatable", deadline=None, derandomize=True)
settings.load_profile("repeatable")

ROOT = Path(__file__).parents[1]
SIZE = 64


@pytest.fixture(scope="session")
def redness_network(tmp_path_factory):
    """Folder of a network whose probability is 2 (red - green), kept within 0 and 1.

    Red and green are in 0..1, so 204 red and 102 green give 0.8. A photo with a longer side of
    64 pixels is computed without being scaled. Threshold 0.5; smallest area 1 % of the photo.
    """
    folder = tmp_path_factory.mktemp("networks") / "redness"
    folder.mkdir()
    graph = _redness_graph()
    (folder / "graph.pb").write_bytes(graph)
    manifest = {
        "format": 1,
        "name": "redness",
        "version": "1",
        "graph": "graph.pb",
        "sha256": hashlib.sha256(graph).hexdigest(),
        "input": {"tensor": "photo:0", "size": SIZE, "resize": "fit", "normalisation": "0..1"},
        "output": {"tensor": "probability:0"},
        "threshold": 0.5,
        "smallest_area": 0.01,
        "training_photos": [],
        "scores": {},
        "licence": "CC0-1.0",
        "trained_with": {},
    }
    (folder / "manifest.json").write_text(json.dumps(manifest), encoding="utf-8")
    return folder


@pytest.fixture(scope="session")
def calibrated_network(redness_network, tmp_path_factory):
    """The same network with a calibration: of any outline it is sure to 0.75.

    The reader's area lies between a half and twice the found one.
    """
    folder = shutil.copytree(redness_network, tmp_path_factory.mktemp("networks") / "calibrated")
    evidence = ("mean_probability", "log_area_share", "expected_iou", "doubtful_share")
    path = folder / "manifest.json"
    manifest = json.loads(path.read_text("utf-8"))
    manifest["confidence"] = {
        "means": dict.fromkeys(evidence, 0),
        "scales": dict.fromkeys(evidence, 1),
        "coefficients": dict.fromkeys(evidence, 0),
        "intercept": math.log(3),
        "log_area_low": -math.log(2),
        "log_area_high": math.log(2),
        "coverage": 0.8,
    }
    path.write_text(json.dumps(manifest), encoding="utf-8")
    return folder


def _redness_graph():
    """A frozen TensorFlow graph of plain operations, as bytes."""
    tf = pytest.importorskip("tensorflow")
    with tf.Graph().as_default() as graph:
        photo = tf.compat.v1.placeholder(tf.float32, [1, SIZE, SIZE, 3], "photo")
        weights = tf.reshape(tf.constant([2.0, -2.0, 0.0]), [1, 1, 3, 1])
        redness = tf.nn.relu(tf.nn.conv2d(photo, weights, strides=1, padding="SAME"))
        tf.minimum(redness, 1.0, name="probability")
    return graph.as_graph_def().SerializeToString()


# Environments of older and newer Pythons, made once from PyPI in .venv-nano and .venv-newest, in
# steps: TensorFlow 2.6 asks for an older typing-extensions than FastAPI, and runs with the newer.
PINS = ROOT / "python" / "erythema" / "nano" / "device" / "requirements.txt"
NANO = [
    ["hypothesis==6.31.6", "numpy==1.19.5", "pytest==7.0.1", "tensorflow==2.6.2"],
    [line for line in PINS.read_text().splitlines() if line and not line.startswith("#")],
]
NEWEST = [
    [
        "filelock",
        "hypothesis",
        "imagecodecs",
        "numpy",
        "opencv-python-headless",
        "Pillow",
        "pytest",
        "roifile",
        "scipy",
        "tifffile",
    ]
]


@pytest.fixture(scope="session")
def nano_python():
    """A Python 3.6 with the packages that the Jetson Nano has."""
    python = find_python(6, 6)
    if python is None:
        pytest.skip("there is no Python 3.6 on this machine")
    return environment(ROOT / ".venv-nano", python, NANO)


@pytest.fixture(scope="session")
def newest_python():
    """A Python with the newest roifile."""
    python = find_python(12, 14)
    if python is None:
        pytest.skip("the newest roifile needs Python 3.12, and there is none on this machine")
    return environment(ROOT / ".venv-newest", python, NEWEST)


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


def environment(folder, python, steps):
    """The Python of an environment with these packages and this one; made anew where they changed.

    Each step is installed after the one before, and may replace what that asked for.
    """
    program = folder / "bin" / "python"
    with FileLock(folder.with_suffix(".lock")):
        _make_environment(folder, python, steps, program)
    return program


def _make_environment(folder, python, steps, program):
    stamp = folder / "packages"
    wanted = json.dumps(steps)
    if not stamp.exists() or stamp.read_text() != wanted:
        subprocess.run([python, "-m", "venv", "--clear", str(folder)], check=True)
        pip = [str(program), "-m", "pip", "install", "--quiet", "--prefer-binary"]
        subprocess.run([*pip, "--upgrade", "pip"], check=True)
        for packages in steps:
            subprocess.run([*pip, *packages], check=True)
        (packages_folder,) = folder.glob("lib/python3.*/site-packages")
        (packages_folder / "erythema.pth").write_text(str(ROOT / "python"))
        stamp.write_text(wanted)
