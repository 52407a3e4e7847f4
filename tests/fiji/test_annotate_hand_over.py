"""`erythema annotate` where it cannot open ImageJ's windows: it says what to click."""

import json
import os
import subprocess
import sys

import pytest

from erythema.datasets.folder import REVIEWED, read_states
from erythema.fiji import annotate as annotating
from erythema.fiji.annotate import annotate
from erythema.fiji.queue import Queue, shuffled
from erythema.samples import sample_photos
from erythema.segmentation.network import default_network_folder
from erythema.segmentation.roi_set import read_rois


@pytest.fixture
def folder(tmp_path):
    """A folder with the sample photos."""
    for photo in sample_photos():
        (tmp_path / photo.name).write_bytes(photo.read_bytes())
    return tmp_path


def annotated_without_display(folder, *options):
    environment = {**os.environ, "ERYTHEMA_FIJI": ""}
    environment.pop("DISPLAY", None)
    command = [sys.executable, "-m", "erythema", "annotate", str(folder), "--reader", "anna"]
    return subprocess.run([*command, *options], env=environment, capture_output=True, text=True)


def test_without_a_display_the_queue_is_made_and_what_to_click_is_told(folder):
    run = annotated_without_display(folder)

    assert run.returncode == 0
    assert "There is no display" in run.stderr
    assert "choose Plugins > Erythema > Annotate folder..., with the folder" in run.stderr
    assert f"folder {folder} and the reader anna" in run.stderr
    assert "3 photos: 0 outlined, 0 no erythema, 0 unusable, 3 unread" in run.stdout
    queue = json.loads((folder / "reader_anna" / "queue.json").read_text())
    assert sorted(queue["photos"]) == sorted(read_states(folder, "anna"))


def test_the_drafts_are_made_then_too_and_count_as_unread(folder):
    run = annotated_without_display(folder, "--draft", str(default_network_folder()))

    assert run.returncode == 0, run.stderr
    drafts = sorted((folder / "reader_anna" / "drafts").glob("*.zip"))
    assert all(read_rois(draft) for draft in drafts)
    assert "3 unread" in run.stdout
    table = (folder / "reader_anna" / "drafts" / "photos.csv").read_text()
    assert table.count("segmented") == 3


def test_a_fiji_that_runs_already_is_not_started_twice(folder, fiji_that_runs):
    told = []
    queue = Queue(shuffled(folder, "anna", seed=0))
    annotate(folder, "anna", queue, fiji_that_runs, report=told.append)

    assert told[0].startswith("Fiji is open already. The photos are ready. In Fiji, choose Plugins")


@pytest.fixture(params=["its launcher", "java and its main class"])
def fiji_that_runs(request, tmp_path_factory, monkeypatch):
    """A stand-in for a Fiji that runs: a process of that name, or with that argument."""
    fiji = tmp_path_factory.mktemp("Fiji")
    (fiji / "jars").mkdir()
    (fiji / "plugins").mkdir()
    monkeypatch.setattr(annotating, "display_problem", lambda remedy: None)
    monkeypatch.setattr(annotating, "find_fiji", lambda folder: fiji)
    waits = [sys.executable, "-c", "input()", "sc.fiji.Main"]
    if request.param == "its launcher":
        launcher = fiji / "fiji-linux-x64"
        launcher.symlink_to("/bin/cat")
        waits = [str(launcher)]
    with subprocess.Popen(waits, stdin=subprocess.PIPE) as process:
        yield fiji
        process.kill()


def test_a_folder_that_is_read_is_told_to_be_so(folder):
    room = folder / "reader_anna"
    room.mkdir()
    rows = "".join(f"{photo.stem},no erythema,\n" for photo in sample_photos())
    (room / "readings.csv").write_text("photo,state,reason\n" + rows)

    run = annotated_without_display(folder)

    assert "All 3 photos are read." in run.stderr
    assert "3 photos: 0 outlined, 3 no erythema" in run.stdout


def test_a_reviewer_does_not_draw_under_the_same_name(folder):
    (folder / "reader_anna" / REVIEWED).mkdir(parents=True)

    run = annotated_without_display(folder)

    assert "anna reviews another reader's outlines here" in run.stderr
    assert not (folder / "reader_anna" / "queue.json").exists()


def test_what_is_read_is_told_without_imagej(folder):
    run = annotated_without_display(folder, "--collect")

    assert run.stdout.splitlines() == [
        "3 photos: 0 outlined, 0 no erythema, 0 unusable, 3 unread",
        f"The files are in {folder / 'reader_anna'}.",
    ]
    assert not (folder / "reader_anna").exists()


def test_a_name_that_is_no_readers_is_told_without_a_stack_trace(folder):
    command = [sys.executable, "-m", "erythema", "annotate", str(folder), "--reader", "Dr. Who"]
    run = subprocess.run(command, capture_output=True, text=True)

    assert run.returncode == 1
    assert "a name has 1 to 32 of the letters a to z" in run.stderr
    assert "Traceback" not in run.stderr
