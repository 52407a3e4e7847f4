"""`erythema demo`, as a person meets it."""

import os
import re
import signal
import subprocess
import sys
import urllib.error
import urllib.request
from pathlib import Path

import pytest
from PIL import Image

from erythema.fiji import FijiError
from erythema.fiji.demo import run_demo
from erythema.segmentation.roi_set import read_rois

pytestmark = pytest.mark.usefixtures("plugin")

# ImageJ as a person leaves it: an outline renamed, then the window closed.
LEFT_BY_A_PERSON = """
import sys
from erythema.fiji import demo_imagej
from erythema.fiji.bridge import java_class

def tell(text):
    print(text)
    if text.startswith("ImageJ stays open"):
        if {edit}:
            java_class("ij.plugin.frame.RoiManager").getInstance().rename(0, "mine")
        java_class("ij.IJ").getInstance().quit()

demo_imagej.tell = tell
demo_imagej.main(
    dict(photo={photo!r}, fiji=None, picture=None, headless=False, out="erythema-demo")
)
"""


@pytest.fixture(params=["ImageJ", pytest.param("Fiji", marks=pytest.mark.fiji)])
def fiji(request):
    """The argument `fiji`: nothing, or the Fiji that ERYTHEMA_FIJI names."""
    return request.getfixturevalue("fiji_folder") if request.param == "Fiji" else None


@pytest.fixture
def demo(monkeypatch, tmp_path, display):
    """Run the demo in an empty folder; the function takes its options and gives the lines told."""
    monkeypatch.chdir(tmp_path)
    monkeypatch.setenv("DISPLAY", display)
    monkeypatch.setenv("ERYTHEMA_FIJI", "")

    def run(**options):
        told = []
        run_demo(report=told.append, **options)
        return told

    return run


@pytest.fixture
def demo_process(tmp_path, display):
    """The running demo, once ImageJ stays open, and the service's address."""
    process = subprocess.Popen(
        [sys.executable, "-m", "erythema", "demo"],
        env={**os.environ, "DISPLAY": display, "ERYTHEMA_FIJI": ""},
        cwd=tmp_path,
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        text=True,
    )
    address = process.stdout.readline().split()[3]
    while not process.stdout.readline().startswith("ImageJ stays open"):
        assert process.poll() is None, process.stderr.read()
    yield process, address
    process.kill()
    process.communicate()


def imagej_of(folder):
    """The process of the demo's ImageJ that was started in `folder`, if it runs."""
    for commandline in Path("/proc").glob("[0-9]*/cmdline"):
        try:
            command = commandline.read_text()
        except OSError:  # ended meanwhile
            continue
        if "demo_imagej" in command and str(folder) in command:
            return int(commandline.parent.name)
    return None


def answers(address):
    try:
        urllib.request.urlopen(f"{address}/health")
    except urllib.error.URLError:
        return False
    return True


def without_time(lines):
    return [re.sub(r"  \d+\.\d s$", "", line) for line in lines]


def test_a_picture_of_the_desktop_is_saved(demo, tmp_path, fiji):
    demo(screenshot=tmp_path / "shot.png", fiji=fiji)
    with Image.open(tmp_path / "shot.png") as desktop:
        assert len(desktop.convert("RGB").getcolors(maxcolors=2**24)) > 1000
    assert [path.name for path in tmp_path.iterdir()] == ["shot.png"]


def test_each_step_is_told_with_its_time(demo, tmp_path):
    picture = tmp_path / "shot.png"
    told = demo(screenshot=picture)
    assert all(re.search(r"  \d+\.\d s$", line) for line in told)
    assert without_time(told)[1:] == [
        "ImageJ 1.54p started",
        "photo opened: PAT_1415_1440_629.jpg",
        "Segment erythema: 1 reaction",
        f"screenshot saved: {picture}",
    ]


def test_without_a_display_the_outlines_and_their_picture_are_saved(
    demo, monkeypatch, tmp_path, fiji
):
    monkeypatch.delenv("DISPLAY")
    told = demo(fiji=fiji)
    assert "DISPLAY is not set" in told[0]
    out = tmp_path / "erythema-demo"
    assert [roi.name for roi in read_rois(out / "PAT_1415_1440_629.zip")] == ["erythema 1"]
    with Image.open(out / "PAT_1415_1440_629.overlay.jpg") as overlay:
        assert overlay.size == (640, 640)


def test_results_of_an_earlier_demo_are_kept(demo, monkeypatch, tmp_path):
    monkeypatch.delenv("DISPLAY")
    (tmp_path / "erythema-demo").mkdir()
    demo()
    assert list((tmp_path / "erythema-demo").iterdir()) == []
    assert (tmp_path / "erythema-demo-2" / "PAT_1415_1440_629.zip").exists()


def test_a_picture_that_could_not_be_taken_is_an_error(demo, monkeypatch, tmp_path):
    monkeypatch.delenv("DISPLAY")
    with pytest.raises(FijiError, match=r"No picture.*xvfb-run -a erythema demo"):
        demo(screenshot=tmp_path / "shot.png")
    assert (tmp_path / "erythema-demo" / "PAT_1415_1440_629.zip").exists()


def test_a_photo_that_does_not_exist_is_named(demo):
    with pytest.raises(FijiError, match=r"no photo nowhere\.jpg"):
        demo(photo="nowhere.jpg")


def test_a_photo_that_imagej_cannot_open_is_named(demo, tmp_path):
    (tmp_path / "notes.jpg").write_text("no photo")
    with pytest.raises(FijiError, match=r"cannot open .*notes\.jpg"):
        demo(photo="notes.jpg")


@pytest.mark.parametrize("name", ["shot.jpg", "nowhere/shot.png"])
def test_a_picture_that_cannot_be_saved_is_told_before_anything_starts(demo, name):
    with pytest.raises(FijiError, match=r"PNG|no folder"):
        demo(screenshot=name)


def test_outlines_that_a_person_changed_are_saved(run_python, tmp_path, display, service, photo):
    code = LEFT_BY_A_PERSON.format(photo=str(photo), edit=True)
    result = run_python(code, DISPLAY=display, ERYTHEMA_SERVICE=service)
    assert result.returncode == 0, result.stderr
    saved = read_rois(tmp_path / "erythema-demo" / "PAT_1415_1440_629.zip")
    assert [roi.name for roi in saved] == ["mine"]


def test_outlines_that_nobody_changed_are_not_saved(run_python, tmp_path, display, service, photo):
    code = LEFT_BY_A_PERSON.format(photo=str(photo), edit=False)
    result = run_python(code, DISPLAY=display, ERYTHEMA_SERVICE=service)
    assert result.stdout.endswith("ImageJ closed\n"), result.stderr
    assert list(tmp_path.iterdir()) == []


def test_ctrl_c_ends_imagej_and_the_service(demo_process, tmp_path):
    process, address = demo_process
    process.send_signal(signal.SIGINT)
    assert process.wait() != 0
    assert imagej_of(tmp_path) is None
    assert not answers(address)


def test_the_death_of_imagej_is_told_and_ends_the_service(demo_process, tmp_path):
    process, address = demo_process
    os.kill(imagej_of(tmp_path), signal.SIGKILL)
    assert process.wait() == 1
    assert "ImageJ ended early" in process.stderr.read()
    assert not answers(address)
