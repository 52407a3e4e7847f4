"""The size of a reaction: its area and its diameters, from its outlines."""

from typing import List, NamedTuple, Sequence

import cv2
import numpy as np

from erythema.errors import ErythemaError
from erythema.segmentation.outline import area

FARTHEST = 2**20  # pixels: up to there, sums on the grid of 1/16 pixel are exact
MOST_OUTLINES = 2000  # of one reaction: the time for its area grows with their square


class OutlineError(ErythemaError, ValueError):
    """Outlines that cannot be measured; the message says why."""


class Size(NamedTuple):
    """How large a reaction is, in pixels.

    ``longest`` and ``orthogonal`` are the two ends of each diameter: float64 (2, 2), x and y, the
    upper end first, or the left one of a level diameter.
    """

    area_px: float  # square pixels
    longest_diameter_px: float
    orthogonal_diameter_px: float
    mean_diameter_px: float
    longest: np.ndarray
    orthogonal: np.ndarray


def measure(outlines: Sequence[np.ndarray]) -> Size:
    """Measure a reaction as skin prick tests are read, and its area.

    The longest diameter D is the longest distance between two points of the outlines. The
    orthogonal diameter d lies on the line that meets D at its midpoint at a right angle, between
    the outermost points that this line has in common with the outlines; it is not the smallest
    width. The mean diameter is (D + d) / 2, the European standard's. Of large wheals D follows the
    area better than the mean does (Konstantinou et al. 2010, doi:10.1159/000250443).

    Of several longest diameters, D is the one with the highest upper end; of those, the one whose
    upper end is leftmost; then the lower end decides alike. Points on one line have an area and a
    d of 0; so has d where the line passes between two pieces without meeting either.

    Parameters
    ----------
    outlines: those of one reaction, each float (n, 2), x and y, filled together by the even-odd
        rule: one within another is a hole. They may touch. The area of an outline that crosses
        itself is what the shoelace formula gives (``outline.area``).

    Raises
    ------
    OutlineError: no outline, one without points, a coordinate that is no number or lies beyond
        ``FARTHEST``, or more than ``MOST_OUTLINES``.

    >>> size = measure([np.array([[0.0, 0.0], [4.0, 0.0], [4.0, 3.0], [0.0, 3.0]])])
    >>> size.area_px, size.longest_diameter_px, size.orthogonal_diameter_px, size.mean_diameter_px
    (12.0, 5.0, 3.75, 4.375)
    >>> size.orthogonal.tolist()
    [[3.125, 0.0], [0.875, 3.0]]
    """
    if len(outlines) > MOST_OUTLINES:
        raise OutlineError(
            "{} outlines in one reaction are too many to measure; {} is the most. Draw it "
            "again.".format(len(outlines), MOST_OUTLINES)
        )
    points = points_of(outlines)
    outlines = [np.asarray(outline, np.float64) for outline in outlines]
    longest = _longest(points)
    orthogonal = _orthogonal(points, _following(outlines), longest)
    diameters = _distance(longest), _distance(orthogonal)
    return Size(_even_odd_area(outlines), *diameters, sum(diameters) / 2, longest, orthogonal)


def points_of(outlines: Sequence[np.ndarray]) -> np.ndarray:
    """Return the points of a reaction's outlines, float64 (n, 2).

    Raises
    ------
    OutlineError: as ``measure``, but for their number.
    """
    if min((len(outline) for outline in outlines), default=0) == 0:
        raise OutlineError("An outline without points has no size. Delete it, or draw it again.")
    points = np.concatenate(outlines).astype(np.float64)
    if not np.all(np.abs(points) <= FARTHEST):
        raise OutlineError(
            "An outline has a coordinate that is no number, or lies beyond {} pixels. Delete it, "
            "or draw it again.".format(FARTHEST)
        )
    return points


def _following(outlines: Sequence[np.ndarray]) -> np.ndarray:
    """The point after each, with which it makes an edge."""
    return np.concatenate([np.roll(outline, -1, axis=0) for outline in outlines])


def _distance(ends: np.ndarray) -> float:
    return float(np.hypot(*(ends[1] - ends[0])))


def _upper_first(ends: np.ndarray) -> np.ndarray:
    return ends[np.lexsort(ends.T)]


def _longest(points: np.ndarray) -> np.ndarray:
    """The two points that lie farthest apart, by rotating calipers (Toussaint 1983)."""
    hull = points[cv2.convexHull(points.astype(np.float32), returnPoints=False)[:, 0]]
    edges = np.roll(hull, -1, axis=0) - hull
    angles = np.unwrap(np.arctan2(edges[:, 1], edges[:, 0]))
    opposite = np.searchsorted(np.append(angles, angles + 2 * np.pi), angles + np.pi)
    # With both neighbours: of parallel edges two points are opposite, and angles are rounded.
    opposite = hull[(opposite[:, None] + np.array([-1, 0, 1])) % len(hull)]
    pairs = np.stack([np.repeat(hull, 3, axis=0), opposite.reshape(-1, 2)], axis=1)
    squares = np.sum((pairs[:, 1] - pairs[:, 0]) ** 2, axis=1)
    longest = [_upper_first(ends) for ends in pairs[squares == squares.max()]]
    return min(longest, key=lambda ends: ends[:, ::-1].ravel().tolist())


def _orthogonal(starts: np.ndarray, ends: np.ndarray, longest: np.ndarray) -> np.ndarray:
    """Where edges outermost meet the line through the midpoint of the longest diameter."""
    along = longest[1] - longest[0]
    # Twice the way from the line, times the diameter: without a division, exact on the grid.
    before, after = ((2 * points - longest.sum(axis=0)).dot(along) for points in (starts, ends))
    crossing = np.sign(before) * np.sign(after) < 0
    share = before[crossing] / (before - after)[crossing]
    crossings = starts[crossing] + share[:, None] * (ends - starts)[crossing]
    common = np.concatenate([starts[before == 0], crossings])
    midpoint = longest.mean(axis=0)
    if not len(common):
        return np.stack([midpoint, midpoint])
    across = (common - midpoint).dot([-along[1], along[0]])
    return _upper_first(common[[across.argmin(), across.argmax()]])


def _even_odd_area(outlines: Sequence[np.ndarray]) -> float:
    """Areas added, and those taken away that an odd number of other outlines contains."""
    by_size = sorted((outline for outline in outlines if area(outline)), key=area, reverse=True)
    if not by_size:
        return 0.0
    starts, ends = np.concatenate(by_size), _following(by_size)
    total, first = 0.0, 0
    for outline in by_size:
        # Only a larger one can contain it: of those all edges come before its own.
        x, y = _inner_point(outline)
        left = np.count_nonzero(_level_crossings(starts[:first], ends[:first], y) < x)
        total += -area(outline) if left % 2 else area(outline)
        first += len(outline)
    return total


def _inner_point(outline: np.ndarray) -> List[float]:
    """A point well inside an outline, not on its border, which may be another's border too."""
    levels = np.unique(outline[:, 1])
    gap = np.diff(levels).argmax()
    y = (levels[gap] + levels[gap + 1]) / 2
    crossings = np.sort(_level_crossings(outline, _following([outline]), y))
    widest = 2 * (crossings[1::2] - crossings[::2]).argmax()
    return [crossings[widest : widest + 2].mean(), y]


def _level_crossings(starts: np.ndarray, ends: np.ndarray, y: float) -> np.ndarray:
    """The x at which edges cross a horizontal line; a point on it counts as below it."""
    crossing = (starts[:, 1] < y) != (ends[:, 1] < y)
    (x1, y1), (x2, y2) = starts[crossing].T, ends[crossing].T
    return x1 + (y - y1) / (y2 - y1) * (x2 - x1)
