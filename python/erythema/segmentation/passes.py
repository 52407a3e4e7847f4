"""Several looks of one network at one photo: mirrored, and closer at each region that it found."""

from typing import Callable, List, NamedTuple, Optional, Tuple

import cv2
import numpy as np

MOST_WINDOWS = 8  # so that a photo full of regions does not take many times as long
NEARLY_ALL = 0.8  # of the photo's longer side: a window of that side shows nothing more

Look = Callable[[np.ndarray], np.ndarray]  # a photo (height, width, 3) to its probability


class Passes(NamedTuple):
    """How often a network looks at a photo.

    ``mirrored``: what it sees in the whole photo is the mean of two looks, the second at the
    mirrored pixels. ``window``: side of the square around a region that is looked at again, as a
    multiple of the region's longer side, at least 1; None: no region is looked at again.
    """

    mirrored: bool = False
    window: Optional[float] = None


def mirror(compute: Look) -> Look:
    """Return what gives the mean of a batch's probability and its left-right mirror's."""

    def both(fitted: np.ndarray) -> np.ndarray:
        other = compute(np.ascontiguousarray(fitted[:, :, ::-1]))
        return np.asarray((compute(fitted) + other[:, :, ::-1]) / 2, np.float32)

    return both


def look_closer(
    photo: np.ndarray,
    whole: np.ndarray,
    look: Look,
    window: float,
    threshold: float,
    smallest_area: float,
) -> np.ndarray:
    """Look at a window around each region of a first look; return the mean of both.

    Parameters
    ----------
    photo: uint8 of shape (height, width, 3), RGB.
    whole: the first look's probability, float32 (height, width).
    look: gives the probability of any part of the photo.
    window: see ``Passes``.
    threshold: regions are where ``whole`` reaches it.
    smallest_area: regions smaller than this share of the photo's area are not looked at again.
    """
    total, looks = whole.copy(), np.ones_like(whole)
    for place in windows(whole >= threshold, window, smallest_area):
        total[place] += look(np.ascontiguousarray(photo[place]))
        looks[place] += 1
    return np.asarray(total / looks, np.float32)


def windows(mask: np.ndarray, window: float, smallest_area: float) -> List[Tuple[slice, slice]]:
    """Return the windows (rows, columns) around a mask's largest regions, largest region first."""
    height, width = mask.shape
    _, _, regions, _ = cv2.connectedComponentsWithStats(mask.astype(np.uint8), connectivity=8)
    regions = regions[1:]  # the first one is the background
    regions = regions[regions[:, cv2.CC_STAT_AREA] >= smallest_area * mask.size]
    largest_first = np.argsort(-regions[:, cv2.CC_STAT_AREA], kind="stable")
    places = []
    for left, top, across, down, _ in regions[largest_first][:MOST_WINDOWS].tolist():
        half = window * max(across, down) / 2
        if 2 * half >= NEARLY_ALL * max(height, width):
            continue
        x, y = left + across / 2, top + down / 2
        rows = slice(max(0, round(y - half)), min(height, round(y + half)))
        columns = slice(max(0, round(x - half)), min(width, round(x + half)))
        places.append((rows, columns))
    return places
