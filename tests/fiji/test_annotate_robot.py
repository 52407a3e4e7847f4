"""A robot plays an expert who draws with the mouse through `erythema annotate`."""

import json
import os
import random
import shutil
import signal
import subprocess
import sys
from pathlib import Path

import psutil
import pytest

from erythema.datasets.folder import read_folder
from erythema.segmentation.roi_set import read_rois

PHOTOS = Path(__file__).parents[3] / "shared" / "photos" / "protocol"
FIVE = sorted(PHOTOS.glob("*.jpg"))[:5]
KILLS = 20
MOST_LOOKS = 4000  # at a robot's notes before it is killed

pytestmark = pytest.mark.skipif(not FIVE, reason="the photos of ../shared are not on this machine")

ANNOTATE = """
import sys
import erythema.fiji.annotate as annotate
annotate.CHILD = "expert_imagej"
from erythema.cli import main
sys.argv[0] = "erythema"
main()
"""


@pytest.fixture(params=["", pytest.param("Fiji", marks=pytest.mark.fiji)])
def which_imagej(request):
    """Nothing for the embedded ImageJ, or a Fiji's folder."""
    return str(request.getfixturevalue("fiji_folder")) if request.param else ""


@pytest.fixture
def expert(tmp_path, display, plugin, which_imagej):
    return Expert(tmp_path, display, which_imagej)


class Expert:
    """`erythema annotate` on five real photos, whose ImageJ a robot plays with."""

    def __init__(self, tmp_path, display, fiji):
        self.folder = tmp_path / "five photos"
        self.folder.mkdir()
        for photo in FIVE:
            shutil.copy(photo, self.folder)
        self.notes_file = tmp_path / "notes"
        self.script_file = tmp_path / "script"
        self.environment = {
            **os.environ,
            "DISPLAY": display,
            "ERYTHEMA_FIJI": fiji,
            "EXPERT_FOLDER": str(self.folder),
            "EXPERT_NOTES": str(self.notes_file),
            "EXPERT_SCRIPT": str(self.script_file),
            "PYTHONPATH": os.pathsep.join(
                [str(Path(__file__).parent), os.environ.get("PYTHONPATH", "")]
            ),
        }
        self.room = self.folder / "reader_anna"

    def begin(self, *script):
        """Start the command, whose robot follows the script."""
        self.script_file.write_text("\n".join(map(json.dumps, script)) + "\n")
        return subprocess.Popen(
            [sys.executable, "-c", ANNOTATE, "annotate", str(self.folder), "--reader", "anna"],
            env=self.environment,
            stdout=subprocess.PIPE,
            stderr=subprocess.STDOUT,
            text=True,
        )

    def play(self, *script):
        """Follow a script to its end, and give what the command said."""
        process = self.begin(*script)
        said, _ = process.communicate()
        assert process.returncode == 0, said
        return said

    def notes(self):
        if not self.notes_file.exists():
            return []
        text = self.notes_file.read_text()
        return [json.loads(line) for line in text[: text.rfind("\n") + 1].splitlines()]

    def drawn(self):
        """The corners of all outlines that were drawn and saved, by photo."""
        drawn = {}
        for note in self.notes():
            if "corners" in note:
                drawn.setdefault(note["photo"], []).append(note["corners"])
        return drawn

    def saved(self, photo):
        return [roi.outlines[0].tolist() for roi in read_rois(self.room / f"{photo}.zip")]


def draw(*corners):
    return {"do": "draw", "with": [corners]}


def press(label):
    return {"do": "press", "with": [label]}


CLOSE = {"do": "close"}
TRIANGLE = draw((200, 200), (320, 210), (260, 330))
SQUARE = draw((400, 300), (520, 300), (520, 420), (400, 420))
KITE = draw((300, 420), (360, 480), (300, 560), (240, 480))
NEXT, BACK = press("Next (N)"), press("Back (B)")


def test_the_files_are_what_an_expert_drew_before_and_after_a_pause(expert):
    said = expert.play(TRIANGLE, NEXT, SQUARE, BACK, KITE, NEXT, NEXT, SQUARE, TRIANGLE, CLOSE)
    assert "5 photos: 3 outlined, 0 no erythema, 0 unusable, 2 unread" in said

    order = json.loads((expert.room / "queue.json").read_text())["photos"]
    drawn = expert.drawn()
    assert list(drawn) == order[:3]
    assert [len(drawn[photo]) for photo in order[:3]] == [2, 1, 2]

    said = expert.play(KITE, NEXT, TRIANGLE, press("Next (N)"))
    assert "5 photos: 5 outlined" in said

    drawn = expert.drawn()
    assert list(drawn) == order
    assert {photo: expert.saved(photo) for photo in order} == drawn
    data_set = read_folder(expert.folder, "anna")
    assert [entry.state for entry in data_set.entries] == ["outlined"] * 5
    visits = (expert.room / "session.csv").read_text().splitlines()[1:]
    assert [visit.split(",")[0] for visit in visits] == [
        *(order[0], order[1], order[0], order[1], order[2]),
        *(order[3], order[4]),
    ]


def test_killed_at_20_moments_no_outline_is_lost_or_half_written(expert):
    moments = random.Random(0)
    forever = [TRIANGLE, SQUARE, KITE, NEXT] * 5
    for _ in range(KILLS):
        before = len(expert.notes())
        process = expert.begin(*forever)
        wanted, looks = before + moments.randint(1, 3), moments.randint(0, MOST_LOOKS)
        while process.poll() is None and (len(expert.notes()) < wanted or looks > 0):
            looks -= len(expert.notes()) >= wanted
        for child in psutil.Process(process.pid).children():
            child.send_signal(signal.SIGKILL)
        process.communicate()
        check_that_nothing_is_lost(expert)
        if len(expert.drawn()) == len(FIVE):
            start_anew(expert)


def check_that_nothing_is_lost(expert):
    kept = {}
    for file in [*expert.room.glob("*.zip"), *expert.room.glob("earlier/*.zip")]:
        photo = file.name.split(".")[0]
        kept.setdefault(photo, []).extend(roi.outlines[0].tolist() for roi in read_rois(file))
    for photo, outlines in expert.drawn().items():
        assert all(corners in kept[photo] for corners in outlines), photo
    problems = read_folder(expert.folder, "anna").problems
    assert {problem.message for problem in problems} <= {
        "missing: each photo counts as its own patient",
        "unread: neither a reading nor outlines",
    }


def start_anew(expert):
    """All photos are read, so that there is nothing left to draw."""
    shutil.rmtree(expert.room)
    expert.notes_file.unlink()
