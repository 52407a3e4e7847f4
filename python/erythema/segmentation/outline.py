"""The one place that knows the geometry of outlines.

An outline is a closed path on pixel corners: a float64 array of shape (n, 2) of x (right) and y
(down), where pixel (0, 0) covers 0..1 in both, and the last point joins the first. Several
outlines together are filled by the even-odd rule, as ImageJ fills them, so a hole is an outline
within another.
"""

import math
from typing import Dict, Iterable, List, Sequence, Tuple, Union

import cv2
import numpy as np

# A point on this grid, and the difference of two, is exact in float32 up to 2**20 pixels, so the
# coordinates survive ImageJ's arithmetic (relative to the bounds and back) to the last bit.
GRID = 1.0 / 16

_STEPS = np.array([[1, 0], [0, 1], [-1, 0], [0, -1]])  # right, down, left, up


def trace(mask: np.ndarray) -> List[List[np.ndarray]]:
    """Trace a mask exactly: one list a region, its outer outline first, then its holes.

    Regions are 4-connected. The area between the outlines is the region's pixel count, and
    ``fill`` of all outlines gives the same mask again.

    Parameters
    ----------
    mask: bool or integer array of shape (height, width); other than 0 is inside.

    >>> import numpy as np
    >>> trace(np.array([[0, 1, 1], [0, 0, 1]]))[0][0].tolist()
    [[1.0, 0.0], [3.0, 0.0], [3.0, 2.0], [2.0, 2.0], [2.0, 1.0], [1.0, 1.0]]
    """
    inside = _as_mask(mask)
    labels = cv2.connectedComponents(inside.astype(np.uint8), connectivity=4)[1]
    regions: Dict[int, List[np.ndarray]] = {}
    for starts, directions in _boundaries(inside):
        x, y = _pixel_inside(starts[:1], directions[:1])[0]
        corners = starts[directions != np.roll(directions, 1)].astype(np.float64)
        outlines = regions.setdefault(int(labels[y, x]), [])
        outlines.insert(0 if _signed_area(corners) > 0 else len(outlines), corners)
    return list(regions.values())


def trace_smoothly(probability: np.ndarray, threshold: float) -> List[np.ndarray]:
    """Trace where a probability crosses a threshold: marching squares, holes filled.

    One outline a 4-connected region of ``probability >= threshold``; what lies in a region's holes
    belongs to it.
    Each step of the exact outline gives one point, on the line between the centres of the pixels
    on its two sides, where linear interpolation reaches the threshold (Lorensen and Cline 1987,
    doi:10.1145/37401.37422, in two dimensions); at the photo's border it lies on the border.

    Parameters
    ----------
    probability: float array of shape (height, width) in [0, 1].
    threshold: in (0, 1].
    """
    return [
        _crossings(probability, threshold, starts, directions)
        for starts, directions in _boundaries(_without_holes(probability >= threshold))
    ]


def simplify(outline: np.ndarray, tolerance: float) -> np.ndarray:
    """Leave out points while the outline stays within ``tolerance`` pixels (Douglas-Peucker)."""
    points = outline.astype(np.float32).reshape(-1, 1, 2)
    return cv2.approxPolyDP(points, tolerance, True).reshape(-1, 2).astype(np.float64)


def crosses_itself(outline: np.ndarray) -> bool:
    """Tell whether two edges of an outline cross, so that its area is not what it fills.

    >>> import numpy as np
    >>> crosses_itself(np.array([[0.0, 0.0], [2.0, 2.0], [2.0, 0.0], [0.0, 2.0]]))
    True
    """
    start, end = outline, np.roll(outline, -1, axis=0)

    def sides(points: np.ndarray) -> np.ndarray:
        """On which side of each edge (row) each point (column) lies."""
        along = (end - start)[:, None]
        off = points[None] - start[:, None]
        return np.sign(along[..., 0] * off[..., 1] - along[..., 1] * off[..., 0])

    parted = sides(start) * sides(end) < 0
    return bool(np.any(parted & parted.T))


def to_grid(outline: np.ndarray) -> np.ndarray:
    """Round coordinates to 1/16 pixel, and leave out points that fall together.

    >>> import numpy as np
    >>> to_grid(np.array([[0.03, 0.0], [0.02, 0.0], [1.3, 0.0], [1.0, 2.0]])).tolist()
    [[0.0, 0.0], [1.3125, 0.0], [1.0, 2.0]]
    """
    points = np.round(outline / GRID) * GRID
    return points[np.any(points != np.roll(points, 1, axis=0), axis=1)]


def with_few_corners(smooth: np.ndarray) -> np.ndarray:
    """Return an outline on the grid with few points, more where so few would make it cross itself.

    It stays within 1 % of the radius of a disc of the same area, at least within a quarter pixel.
    """
    tolerance = max(0.25, 0.01 * math.sqrt(area(smooth) / math.pi))
    outline = to_grid(simplify(smooth, tolerance))
    while crosses_itself(outline) and tolerance > 0.01:
        tolerance /= 2
        outline = to_grid(simplify(smooth, tolerance))
    return outline


def around(
    outline: np.ndarray, shape: Tuple[int, int], margin: Union[float, np.ndarray]
) -> Tuple[Tuple[slice, slice], np.ndarray]:
    """Return the rows and columns of a photo around an outline, and their first corner (x, y).

    Parameters
    ----------
    shape: (height, width) of the photo, at whose edges they end.
    margin: pixels on each side; one number, or one in x and one in y.
    """
    left, top = np.maximum(np.floor(outline.min(axis=0) - margin), 0).astype(int).tolist()
    right, bottom = np.ceil(outline.max(axis=0) + margin).astype(int).tolist()
    window = slice(top, min(bottom, shape[0])), slice(left, min(right, shape[1]))
    return window, np.array([left, top], np.float64)


def fill(outlines: Sequence[np.ndarray], shape: Tuple[int, int]) -> np.ndarray:
    """Return the bool mask of shape (height, width) of the pixels whose centres lie inside.

    Even-odd rule over all outlines together. A centre on the border itself counts as ImageJ's
    ``PolygonFiller`` counts it, so the mask is the one that ImageJ makes of the same ROI.

    >>> import numpy as np
    >>> fill([np.array([[1.0, 0.0], [3.0, 0.0], [3.0, 1.0], [1.0, 1.0]])], (2, 4)).astype(int)
    array([[0, 1, 1, 0],
           [0, 0, 0, 0]])
    """
    height, width = shape
    flips = np.zeros((height, width + 1), bool)
    for outline in outlines:
        rows, columns = _row_crossings(_as_imagej_holds(outline), height)
        np.logical_xor.at(flips, (rows, np.clip(columns, 0, width)), True)
    return np.logical_xor.accumulate(flips[:, :width], axis=1)


def fill_each(regions: Iterable[Sequence[np.ndarray]], shape: Tuple[int, int]) -> np.ndarray:
    """Return the mask of several regions: what lies inside of at least one of them.

    Parameters
    ----------
    regions: the outlines of each, as ``fill`` takes them.

    Returns
    -------
    bool: of ``shape``, (height, width).
    """
    mask = np.zeros(shape, bool)
    for outlines in regions:
        mask |= fill(outlines, shape)
    return mask


def area(outline: np.ndarray) -> float:
    """Area inside an outline in square pixels (shoelace formula).

    >>> import numpy as np
    >>> area(np.array([[0.0, 0.0], [4.0, 0.0], [0.0, 3.0]]))
    6.0
    """
    return abs(_signed_area(outline))


def _signed_area(outline: np.ndarray) -> float:
    """Positive where the outline runs clockwise as seen on the screen (y down)."""
    # Relative to the first point, products stay small and the sum exact for whole pixels.
    x, y = (np.asarray(outline, np.float64) - outline[0]).T
    return float(np.dot(x, np.roll(y, -1)) - np.dot(y, np.roll(x, -1))) / 2


def _as_mask(mask: np.ndarray) -> np.ndarray:
    if mask.ndim != 2:
        raise ValueError("a mask has the shape (height, width), not {}".format(mask.shape))
    return mask != 0


def _without_holes(inside: np.ndarray) -> np.ndarray:
    """Fill what the outside does not reach; around 4-connected regions it is 8-connected."""
    flooded = np.pad(inside, 1, mode="constant").astype(np.uint8)
    cv2.floodFill(flooded, None, (0, 0), 2, flags=8)
    return flooded[1:-1, 1:-1] != 2


def _boundaries(inside: np.ndarray) -> List[Tuple[np.ndarray, np.ndarray]]:
    """Follow all borders between pixels, the inside on the right hand.

    Returns a list of closed walks, each as the corners (n, 2) where its unit steps start and the
    direction of each step (0 right, 1 down, 2 left, 3 up). Where two pixels touch at a corner only,
    the walk turns to stay with its own pixel, which makes regions 4-connected.
    """
    width = inside.shape[1]
    padded = np.pad(inside, 1, mode="constant")
    here, left = padded[1:, 1:], padded[1:, :-1]
    above, above_left = padded[:-1, 1:], padded[:-1, :-1]
    exists = np.stack(
        [here & ~above, left & ~here, above_left & ~left, above & ~above_left], axis=2
    ).reshape(-1)
    steps = np.flatnonzero(exists)
    if not len(steps):
        return []
    corners, directions = steps // 4, steps % 4
    corners_x, corners_y = corners % (width + 1), corners // (width + 1)
    ends = (corners_y + _STEPS[directions, 1]) * (width + 1) + corners_x + _STEPS[directions, 0]
    following = np.zeros_like(steps)
    for turn in (3, 0, 1):  # left, straight on, right: the last that exists wins
        candidate = ends * 4 + (directions + turn) % 4
        following = np.where(exists[candidate], candidate, following)
    positions = np.searchsorted(steps, following).tolist()

    walks = []
    visited = bytearray(len(steps))
    for start in range(len(steps)):
        if visited[start]:
            continue
        walk = []
        step = start
        while not visited[step]:
            visited[step] = 1
            walk.append(step)
            step = positions[step]
        chosen = np.array(walk)
        walks.append((np.stack([corners_x[chosen], corners_y[chosen]], axis=1), directions[chosen]))
    return walks


def _pixel_inside(starts: np.ndarray, directions: np.ndarray) -> np.ndarray:
    """Pixels (x, y) on the right hand of each step."""
    return starts + np.array([[0, 0], [-1, 0], [-1, -1], [0, -1]])[directions]


def _crossings(
    probability: np.ndarray, threshold: float, starts: np.ndarray, directions: np.ndarray
) -> np.ndarray:
    height, width = probability.shape
    inner = _pixel_inside(starts, directions)
    outward = _STEPS[(directions + 3) % 4]
    outer = inner + outward
    in_photo = np.all((outer >= 0) & (outer < [width, height]), axis=1)
    neighbour = np.where(in_photo[:, None], outer, inner)
    high = probability[inner[:, 1], inner[:, 0]].astype(np.float64)
    low = probability[neighbour[:, 1], neighbour[:, 0]].astype(np.float64)
    fall = np.where(in_photo, high - low, 1.0)
    distance = np.where(in_photo, (high - threshold) / fall, 0.5)
    return inner + 0.5 + outward * distance[:, None]


def _as_imagej_holds(outline: np.ndarray) -> np.ndarray:
    """ImageJ holds points in float32 relative to their bounds: a tie may hang on that rounding."""
    corner = np.asarray(outline, np.float64).min(axis=0)
    relative = np.asarray(outline, np.float32) - corner.astype(np.float32)
    return relative.astype(np.float64) + corner


def _row_crossings(outline: np.ndarray, height: int) -> Tuple[np.ndarray, np.ndarray]:
    """Rows and columns at which the outline's edges cross the rows' centre lines."""
    following = np.roll(outline, -1, axis=0)
    downwards = (outline[:, 1] <= following[:, 1])[:, None]
    x1, y1 = np.where(downwards, outline, following).T
    x2, y2 = np.where(downwards, following, outline).T
    first = np.clip(np.floor(y1 + 0.5), 0, height).astype(np.int64)
    end = np.clip(np.floor(y2 + 0.5), 0, height).astype(np.int64)
    counts = end - first
    edges = np.repeat(np.arange(len(outline)), counts)
    rows = np.arange(len(edges)) - np.repeat(np.cumsum(counts) - counts - first, counts)
    slope = (x2 - x1)[edges] / (y2 - y1)[edges]
    x = x1[edges] + (rows + 0.5 - y1[edges]) * slope
    # 1e-8 is ImageJ's own guard against rounding just below a pixel's centre.
    return rows, np.floor(x + 1e-8 + 0.5).astype(np.int64)
