"""The demo's ImageJ, in a process of its own: steps go to standard output, a JSON line each."""

import json
import os
import shutil
import sys
import tempfile
import threading
import zipfile
from pathlib import Path
from typing import Any

from erythema.errors import ErythemaError
from erythema.fiji.bridge import java_class
from erythema.fiji.launch import start
from erythema.fiji.session import Session
from erythema.segmentation.roi_set import write_rois

COMMAND = "Segment erythema"


def main(task: dict[str, Any]) -> None:
    """Open the photo and segment it, in windows or without."""
    out = Path(task["out"])
    with start(task["fiji"], headless=task["headless"]) as session:
        _tell(f"ImageJ {session.version} started")
        if session.headless:
            _segment_headless(session, Path(task["photo"]), out)
        else:
            _segment(session, Path(task["photo"]))
            if task["picture"]:
                session.screenshot(task["picture"])
                _tell(f"screenshot saved: {task['picture']}")
            else:
                _leave_open(session, out / f"{Path(task['photo']).stem}.zip")


def _segment(session: Session, photo: Path) -> None:
    session.open(photo)
    _tell(f"photo opened: {photo.name}")
    session.run_macro(f'run("{COMMAND}");')  # a click would wait for its dialog
    _arrange()
    _tell(f"{COMMAND}: {_reactions(len(session.rois()))}")


def _segment_headless(session: Session, photo: Path, out: Path) -> None:
    with tempfile.TemporaryDirectory() as temporary:
        rois = Path(temporary) / f"{photo.stem}.zip"
        macro = 'return call("erythema.Segment.run", getArgument());'
        found = int(session.run_macro(macro, f"photo=[{photo}] output=[{rois}]"))
        _tell(f"{COMMAND}: {_reactions(found)}")
        _save_overlay(photo, rois, Path(temporary) / f"{photo.stem}.overlay.jpg")
        shutil.copytree(temporary, out)
    _tell(f"saved in {out}: {', '.join(sorted(path.name for path in out.iterdir()))}")


def _leave_open(session: Session, rois: Path) -> None:
    found = session.rois()
    _tell("ImageJ stays open; close its window to end the demo")
    session.wait_until_closed()
    left = session.rois()
    if left and _as_text(left) != _as_text(found):
        rois.parent.mkdir()
        write_rois(rois, left)
        _tell(f"ImageJ closed; the outlines you changed are saved: {rois}")
    else:
        _tell("ImageJ closed")


def _as_text(rois: list[Any]) -> list[Any]:
    return [(roi.name, [outline.tolist() for outline in roi.outlines]) for roi in rois]


def _arrange() -> None:
    """ImageJ's bar on top, the photo as large as fits below it, the ROI Manager to its right."""
    screen = java_class("java.awt.GraphicsEnvironment").getLocalGraphicsEnvironment()
    area = screen.getMaximumWindowBounds()
    bar = java_class("ij.IJ").getInstance()
    bar.setLocation(area.x, area.y)
    top, height = area.y + bar.getHeight(), area.height - bar.getHeight()
    manager = java_class("ij.plugin.frame.RoiManager").getInstance()
    beside = 0 if manager is None else manager.getWidth()
    window = java_class("ij.WindowManager").getCurrentImage().getWindow()
    window.setLocationAndSize(area.x, top, area.width - beside, height)
    if manager is not None:
        manager.setLocation(area.x + window.getWidth(), top)
        java_class("java.awt.Robot")().waitForIdle()  # the photo's new zoom is known then
        manager.select(0)  # shows the corners that can be dragged


def _save_overlay(photo: Path, rois: Path, picture: Path) -> None:
    """The photo with its outlines, as ImageJ draws them; no `rois` where nothing was found."""
    image = java_class("ij.IJ").openImage(str(photo))
    overlay = java_class("ij.gui.Overlay")()
    if rois.exists():
        with zipfile.ZipFile(rois) as entries:
            for name in entries.namelist():
                overlay.add(java_class("ij.io.RoiDecoder")(entries.read(name), name).getRoi())
    overlay.setStrokeWidth(max(1.0, image.getWidth() / 400))
    image.setOverlay(overlay)
    java_class("ij.io.FileSaver")(image.flatten()).saveAsJpeg(str(picture))


def _reactions(count: int) -> str:
    return f"{count} reaction" + ("" if count == 1 else "s")


def _tell(text: str) -> None:
    print(json.dumps({"step": text}), flush=True)


def _end_with_parent() -> None:
    """Standard input is a pipe from the parent, which never writes: it ends with the parent."""
    os.read(sys.stdin.fileno(), 1)
    os._exit(1)


if __name__ == "__main__":
    threading.Thread(target=_end_with_parent, daemon=True).start()
    try:
        main(json.loads(sys.argv[1]))
    except ErythemaError as error:
        print(json.dumps({"error": str(error)}), flush=True)
    os._exit(0)  # not the slow way through Java's threads; nothing is left to write
