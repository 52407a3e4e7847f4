"""The rooms for the Nano under the oldest and the newest Python and roifile."""

import os
import subprocess
from pathlib import Path

ROOT = Path(__file__).parents[2]
ON_EVERY_PYTHON = [
    "test_border.py",
    "test_confidence.py",
    "test_datasets_corrections.py",
    "test_measurement_agreement.py",
    "test_measurement_agreement_of_random_masks.py",
    "test_measurement_comparison.py",
    "test_measurement_size.py",
    "test_outline.py",
    "test_photo.py",
    "test_photo_refused.py",
    "test_roi_set.py",
]


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


def test_photos_outlines_and_measures_with_the_nanos_python_and_the_oldest_roifile(nano_python):
    run = run_tests(nano_python)
    assert run.returncode == 0, run.stdout + run.stderr


def test_photos_outlines_and_measures_with_the_newest_python_and_roifile(newest_python):
    run = run_tests(newest_python)
    assert run.returncode == 0, run.stdout + run.stderr
