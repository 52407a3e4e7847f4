"""`erythema annotate` and `review`, whose ImageJ a robot plays with, and what the files tell."""

import json
import os
import shutil
import subprocess
import sys
from pathlib import Path

from erythema.segmentation.roi_set import read_rois

NEXT, BACK = ("press_button", "Next (N)"), ("press_button", "Back (B)")

ROBOTS_COMMAND = """
import sys
from erythema.fiji import annotate as command
command.CHILD = "robot_imagej"
from erythema.cli import main
sys.argv[0] = "erythema"
main()
"""


class Expert:
    """The commands on a folder of photos, whose ImageJ a robot plays with."""

    def __init__(self, home, photos, display, fiji=""):
        self.folder = home / "photos of arms"
        self.folder.mkdir()
        for photo in photos:
            shutil.copy(photo, self.folder)
        self.notes_file = home / "notes"
        self.script_file = home / "script"
        self.display, self.fiji = display, fiji

    def play(self, *script, reader="anna", reviews=None, options=(), pictures=None):
        """Run `annotate`, or `review` of a reader, whose robot follows the script; give its end."""
        self.reader = self.folder / f"reader_{reader}"
        self.notes_file.write_text("")
        self.script_file.write_text("\n".join(map(json.dumps, script)))
        environment = {
            **os.environ,
            "DISPLAY": self.display,
            "ERYTHEMA_FIJI": self.fiji,
            "EXPERT_READER": str(self.reader),
            "EXPERT_NOTES": str(self.notes_file),
            "EXPERT_SCRIPT": str(self.script_file),
            "PYTHONPATH": os.pathsep.join(
                [str(Path(__file__).parent), os.environ.get("PYTHONPATH", "")]
            ),
        }
        if pictures:
            environment["EXPERT_PICTURES"] = str(pictures)
        command = ["annotate", self.folder, "--reader", reader]
        if reviews:
            command = ["review", self.folder, "--reader", reviews, "--reviewer", reader]
        return subprocess.run(
            [sys.executable, "-c", ROBOTS_COMMAND, *command, *options],
            env=environment,
            capture_output=True,
            text=True,
        )

    def notes(self, kind):
        """The outlines that the robot noted last of each photo, when it began or ended an edit."""
        lines = self.notes_file.read_text().splitlines()
        return {note[kind]: note["outlines"] for note in map(json.loads, lines) if kind in note}

    def order(self):
        return json.loads((self.reader / "queue.json").read_text())["photos"]

    def outlines(self):
        """The corners of all outlines in the reader's files, by photo."""
        return {file.stem: corners(file) for file in self.reader.glob("*.zip")}

    def earlier(self, photo):
        """The corners of the outlines that dated copies of a photo's hold."""
        copies = self.reader.glob(f"earlier/{photo}.*.zip")
        return [outline for copy in copies for outline in corners(copy)]

    def visits(self):
        """Photo, step, state, and what became of the draft of each visit in the session's log."""
        rows = (self.reader / "session.csv").read_text().splitlines()[1:]
        return [[row.split(",")[0], *row.split(",")[3:]] for row in rows]


def corners(file):
    return [roi.outlines[0].tolist() for roi in read_rois(file)]
