"""Data sets of a few small photos of skin, some with a red rectangle, as readers outline them."""

from pathlib import Path

import numpy as np
from PIL import Image

from erythema.segmentation.roi_set import Roi, write_rois

SKIN, RED = (204, 204, 153), (204, 102, 102)
WIDTH, HEIGHT = 64, 48


def save_photo(path: Path, *red: tuple[int, int, int, int], skin=SKIN) -> None:
    """Save a photo with red rectangles, each as left, top, right, bottom."""
    pixels = np.full((HEIGHT, WIDTH, 3), skin, np.uint8)
    for left, top, right, bottom in red:
        pixels[top:bottom, left:right] = RED
    path.parent.mkdir(parents=True, exist_ok=True)
    Image.fromarray(pixels).save(path)


def save_outlines(path: Path, *rectangles: tuple[int, int, int, int]) -> None:
    """Save a ROI set of rectangles."""
    path.parent.mkdir(parents=True, exist_ok=True)
    rois = []
    for number, (left, top, right, bottom) in enumerate(rectangles, 1):
        corners = [[left, top], [right, top], [right, bottom], [left, bottom]]
        rois.append(Roi(f"erythema {number}", [np.array(corners, np.float64)], {}))
    write_rois(path, rois)


def save_table(path: Path, *lines: str) -> None:
    """Save a table as UTF-8."""
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_text("\n".join(lines) + "\n", "utf-8")
