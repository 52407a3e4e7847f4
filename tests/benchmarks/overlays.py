"""Draws what a network found beside what was drawn, from the worst photo to the best.

    erythema evaluate NETWORK FOLDER --reader NAME --out REPORT
    python tests/benchmarks/overlays.py REPORT FOLDER --reader NAME PICTURE.jpg

Six photos of the report, evenly spaced by Dice, the lowest first: blue found, orange drawn. Where
only some photos may be shown, `--shown ID...` names them: they come beside the six, whose outlines
are then drawn on grey.
"""

import argparse
import csv
from pathlib import Path

import cv2
import numpy as np

from erythema.datasets.folder import read_folder
from erythema.reports.pictures import BLUE, ORANGE
from erythema.segmentation.photo import read_photo
from erythema.segmentation.roi_set import read_rois

PHOTOS, COLUMNS, SIDE, CAPTION = 6, 3, 300, 18  # pixels
GREY = 225


def tile(photo, drawn, found, caption):
    """A square picture with both outlines and a line of text below."""
    height, width = photo.shape[:2]
    scale = SIDE / max(height, width)
    small = cv2.resize(photo, None, fx=scale, fy=scale, interpolation=cv2.INTER_AREA)
    for path, colour in ((drawn, ORANGE), (found, BLUE)):
        for roi in read_rois(path) if path else []:
            # ImageJ's corner coordinates, to the 1/16 pixel, on OpenCV's pixel centres.
            lines = [np.rint((line * scale - 0.5) * 16).astype(np.int32) for line in roi.outlines]
            cv2.polylines(small, lines, True, colour, 2, cv2.LINE_AA, shift=4)
    square = np.full((SIDE + CAPTION, SIDE, 3), 255, np.uint8)
    square[: small.shape[0], : small.shape[1]] = small
    place = (2, SIDE + CAPTION - 5)
    cv2.putText(square, caption, place, cv2.FONT_HERSHEY_SIMPLEX, 0.42, (0, 0, 0), 1, cv2.LINE_AA)
    return square


def main():
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("report", type=Path)
    parser.add_argument("folder", type=Path)
    parser.add_argument("picture", type=Path)
    parser.add_argument("--reader")
    parser.add_argument("--shown", nargs="+", default=[], help="draw no other photo's pixels")
    parser.add_argument("--patients", default="", help="only of those whose name begins so")
    given = parser.parse_args()
    data_set = read_folder(given.folder, given.reader)
    entries = {entry.id: entry for entry in data_set.entries}
    with (given.report / "scores.csv").open(encoding="utf-8", newline="") as table:
        rows = list(csv.DictReader(table))
    rows = [row for row in rows if row["found_by"] == rows[0]["found_by"] and row["dice"]]
    rows = [row for row in rows if row["data_set"] == data_set.name]
    rows = [row for row in rows if row["patient"].startswith(given.patients)]
    rows.sort(key=lambda row: float(row["dice"]))
    others = [row for row in rows if row["photo"] not in given.shown]
    places = np.linspace(0, len(others) - 1, PHOTOS).round().astype(int)
    chosen = [others[place] for place in places]
    chosen += [row for row in rows if row["photo"] in given.shown]
    tiles = []
    for row in sorted(chosen, key=lambda row: float(row["dice"])):
        name, dice = row["photo"], float(row["dice"])
        found = given.report / "outlines" / data_set.name / f"{name}.zip"
        drawn = entries[name].outlines
        photo = read_photo(entries[name].photo)
        if given.shown and name not in given.shown:
            photo = np.full_like(photo, GREY)
        caption = f"{name}  Dice {dice:.3f}"
        tiles.append(tile(photo, drawn, found if found.exists() else None, caption))
    rows_of_tiles = [np.hstack(tiles[i : i + COLUMNS]) for i in range(0, len(tiles), COLUMNS)]
    picture = np.vstack(rows_of_tiles)[..., ::-1]
    cv2.imwrite(str(given.picture), picture, [cv2.IMWRITE_JPEG_QUALITY, 85])


if __name__ == "__main__":
    main()
