"""How well two masks of one photo agree: what was found, and what a reader drew.

``found`` is what the network, or another reader, outlined; both masks are bool of one shape
(height, width). Two empty masks agree fully in every measure; where only one of two is empty, they
do not agree at all.
"""

from typing import List, Sequence, Tuple

import cv2
import numpy as np

from erythema.errors import ErythemaError


class MatchingError(ErythemaError, RuntimeError):
    """This device lacks what the matching of reactions needs."""


def dice(found: np.ndarray, drawn: np.ndarray) -> float:
    """Return the Dice coefficient, 2 |A and B| / (|A| + |B|), in [0, 1].

    Dice (1945), doi:10.2307/1932409. Of a probability it is the soft Dice, without squares in the
    denominator: products and sums of probabilities instead of counts.

    Parameters
    ----------
    found: bool, or a probability: float in [0, 1]; of shape (height, width).
    drawn: the same.

    Raises
    ------
    ValueError: arrays of different shapes or of other types; so do all measures here.

    >>> dice(np.array([[True, True, False]]), np.array([[True, False, False]]))
    0.6666666666666666
    """
    _check(found, drawn, "bf")
    both = _amount(found) + _amount(drawn)
    return 2 * _overlap(found, drawn) / both if both else 1.0


def iou(found: np.ndarray, drawn: np.ndarray) -> float:
    """Return intersection over union, |A and B| / |A or B|, in [0, 1].

    Jaccard (1912), doi:10.1111/j.1469-8137.1912.tb05611.x. Parameters and errors are dice's.

    >>> iou(np.array([[True, True, False]]), np.array([[True, False, False]]))
    0.5
    """
    _check(found, drawn, "bf")
    overlap = _overlap(found, drawn)
    union = _amount(found) + _amount(drawn) - overlap
    return overlap / union if union else 1.0


def precision(found: np.ndarray, drawn: np.ndarray) -> float:
    """Return the share of what was found that was drawn, |A and B| / |found|, in [0, 1].

    Also called positive predictive value: Maier-Hein et al. (2024), Metrics reloaded,
    doi:10.1038/s41592-023-02151-z. Where nothing is found it is 0, or 1 where nothing is drawn
    either. Parameters and errors are dice's.

    >>> precision(np.array([[True, True, False]]), np.array([[True, False, False]]))
    0.5
    """
    _check(found, drawn, "bf")
    amount = _amount(found)
    return _overlap(found, drawn) / amount if amount else float(not drawn.any())


def recall(found: np.ndarray, drawn: np.ndarray) -> float:
    """Return the share of what was drawn that was found, |A and B| / |drawn|, in [0, 1].

    Also called sensitivity: Maier-Hein et al. (2024), doi:10.1038/s41592-023-02151-z. Where nothing
    is drawn it is 0, or 1 where nothing is found either. Parameters and errors are dice's.

    >>> recall(np.array([[True, True, False]]), np.array([[True, False, False]]))
    1.0
    """
    return precision(drawn, found)


def at_longer_side(mask: np.ndarray, side: int = 512) -> np.ndarray:
    """Scale a mask so that its longer side has ``side`` pixels and distances can be compared.

    A pixel is inside where at least half of it was; where the mask is enlarged, where linear
    interpolation between the pixels reaches one half. Regions narrower than half a pixel at the new
    size vanish.

    Parameters
    ----------
    mask: bool of shape (height, width).

    Returns
    -------
    bool: of the same aspect, to the pixel; its shorter side is at least 1.
    """
    height, width = mask.shape
    scale = side / max(height, width)
    shape = max(1, round(width * scale)), max(1, round(height * scale))
    interpolation = cv2.INTER_AREA if scale < 1 else cv2.INTER_LINEAR
    return cv2.resize(mask.astype(np.float32), shape, interpolation=interpolation) >= 0.5


def surface_distances(found: np.ndarray, drawn: np.ndarray) -> Tuple[np.ndarray, np.ndarray]:
    """Return how far each mask's border pixels lie from the nearest border pixel of the other.

    A border pixel is a pixel of the mask with one of its four neighbours outside; beyond the
    photo's edge is outside. Distances are Euclidean, between centres of pixels, exact up to 2000
    pixels; infinite where the other mask is empty.

    Parameters
    ----------
    found, drawn: bool of shape (height, width).

    Returns
    -------
    from found's border to drawn's, and from drawn's to found's: float64, pixels, one a border
    pixel in the order of rows.

    >>> found, drawn = np.array([[True, True, False, False]]), np.array([[True, True, True, True]])
    >>> [distances.tolist() for distances in surface_distances(found, drawn)]
    [[0.0, 0.0], [0.0, 0.0, 1.0, 2.0]]
    """
    _check(found, drawn, "b")
    found_border, drawn_border = _border(found), _border(drawn)
    return _distances(found_border, drawn_border), _distances(drawn_border, found_border)


def hd95(found: np.ndarray, drawn: np.ndarray) -> float:
    """Return the 95th percentile of the Hausdorff distance, in pixels.

    The larger of the 95th percentiles (linearly interpolated) of the two directed surface
    distances, as Maier-Hein et al. (2024), doi:10.1038/s41592-023-02151-z, recommend it. Where only
    one mask is empty it is the masks' diagonal, which is further apart than two pixels can be.

    Parameters
    ----------
    found, drawn: bool of shape (height, width); scale them first: ``at_longer_side``.

    >>> hd95(np.array([[True, False, False]]), np.array([[False, False, True]]))
    2.0
    """
    there, back = surface_distances(found, drawn)
    if not len(there) and not len(back):
        return 0.0
    if not len(there) or not len(back):
        return float(np.hypot(*found.shape))
    return float(max(np.percentile(there, 95), np.percentile(back, 95)))


def surface_dice(found: np.ndarray, drawn: np.ndarray, tolerance: float) -> float:
    """Return the share of both borders that lies within ``tolerance`` of the other, in [0, 1].

    Nikolov et al. (2021), doi:10.2196/26151; here each border pixel counts once, where they weigh
    it by the length of the border in it.

    Parameters
    ----------
    found, drawn: bool of shape (height, width); scale them first: ``at_longer_side``.
    tolerance: pixels; a distance equal to it is within.

    >>> surface_dice(np.array([[True, False, False]]), np.array([[True, True, True]]), 1)
    0.75
    """
    distances = np.concatenate(surface_distances(found, drawn))
    return float(np.mean(distances <= tolerance)) if len(distances) else 1.0


def match(
    found: Sequence[np.ndarray], drawn: Sequence[np.ndarray], min_iou: float = 0.5
) -> List[Tuple[int, int]]:
    """Match found reactions with drawn ones, one to one.

    Of all matchings whose pairs reach ``min_iou``, it has the most pairs, and of those the largest
    sum of IoU (Kuhn 1955, the Hungarian method, doi:10.1002/nav.3800020109).

    Parameters
    ----------
    found, drawn: one mask a reaction, bool, all of one shape (height, width).
    min_iou: in (0, 1].

    Returns
    -------
    pairs of the indices of found and drawn, in found's order.

    Raises
    ------
    MatchingError: scipy is not installed on this device.

    >>> left, right = np.array([[True, False]]), np.array([[False, True]])
    >>> match([left, right], [right])
    [(1, 0)]
    """
    ious = [[iou(one, other) for other in drawn] for one in found]
    return assign(np.array(ious).reshape(len(found), len(drawn)), min_iou)


def assign(ious: np.ndarray, min_iou: float = 0.5) -> List[Tuple[int, int]]:
    """Match as ``match`` does, by the IoU of each pair that could be.

    Parameters
    ----------
    ious: float of shape (found, drawn).

    >>> assign(np.array([[0.6, 0.9], [0.0, 0.7]]))
    [(0, 0), (1, 1)]
    """
    try:
        from scipy.optimize import linear_sum_assignment
    except ImportError as error:
        raise MatchingError(
            "Matching reactions needs scipy, which is not on this device. Install it with: "
            "pip install scipy"
        ) from error
    # Below 1 together, so that no sum of IoU outweighs one pair more.
    shares = ious / (min(ious.shape) + 1)
    pairs = zip(*linear_sum_assignment(np.where(ious >= min_iou, 1 + shares, 0), maximize=True))
    return [(int(one), int(other)) for one, other in pairs if ious[one, other] >= min_iou]


def detection_f1(matched: int, found: int, drawn: int) -> float:
    """Return the F1 score of detection, 2 m / (f + d), in [0, 1]; 1 where there is no reaction.

    Maier-Hein et al. (2024), doi:10.1038/s41592-023-02151-z.

    Parameters
    ----------
    matched, found, drawn: numbers of pairs, of found reactions and of drawn ones; for several
        photos, their sums.

    >>> detection_f1(matched=2, found=3, drawn=2)
    0.8
    """
    return 2 * matched / (found + drawn) if found + drawn else 1.0


def _check(found: np.ndarray, drawn: np.ndarray, kinds: str) -> None:
    if found.shape != drawn.shape:
        raise ValueError("masks of different shapes: {} and {}".format(found.shape, drawn.shape))
    for mask in (found, drawn):
        if mask.dtype.kind not in kinds:
            raise ValueError("a mask is bool, not {}: compare it first".format(mask.dtype))


def _amount(values: np.ndarray) -> float:
    """The number of pixels inside; of a probability, its sum."""
    if values.dtype == bool:
        return float(np.count_nonzero(values))
    return float(values.sum(dtype=np.float64))


def _overlap(found: np.ndarray, drawn: np.ndarray) -> float:
    return _amount(found * drawn)


def _border(mask: np.ndarray) -> np.ndarray:
    pixels = mask.astype(np.uint8)
    cross = cv2.getStructuringElement(cv2.MORPH_CROSS, (3, 3))
    inner = cv2.erode(pixels, cross, borderType=cv2.BORDER_CONSTANT, borderValue=0)
    return pixels > inner


def _distances(border: np.ndarray, other: np.ndarray) -> np.ndarray:
    """From each pixel of a border to the nearest pixel of another."""
    if not other.any():
        return np.full(np.count_nonzero(border), np.inf)
    nearest = cv2.distanceTransform((~other).astype(np.uint8), cv2.DIST_L2, cv2.DIST_MASK_PRECISE)[
        border
    ]
    # Squares of distances are whole numbers; OpenCV's float32 differs between machines.
    return np.sqrt(np.rint(np.square(nearest, dtype=np.float64)))
