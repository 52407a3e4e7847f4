"""Measures of agreement of 1,000 random pairs of masks, each checked by other means.

By SimpleITK, scipy, or all pixels, borders and matchings one by one. Also run on the Jetson Nano's
Python 3.6, without what needs scipy or SimpleITK.
"""

import itertools
import math

import numpy as np
import pytest

from erythema.measurement.agreement import (
    at_longer_side,
    detection_f1,
    dice,
    hd95,
    iou,
    match,
    precision,
    recall,
    surface_dice,
    surface_distances,
)

PAIRS = 1000


def lists(distances):
    return [one.tolist() for one in distances]


@pytest.fixture
def scipy():
    return pytest.importorskip("scipy", reason="needs scipy: the extra 'evaluate'")


def random_mask(random, shape):
    """A disc, a disc with noise, a frame, or a mask with nothing, everything or one pixel in it."""
    height, width = shape
    y, x = np.mgrid[:height, :width]
    centre_y, centre_x = random.uniform(0, height), random.uniform(0, width)
    disc = np.hypot(y - centre_y, x - centre_x) < random.uniform(0.1, 0.7) * max(shape)
    kind = random.randint(10)
    if kind == 0:
        return np.zeros(shape, bool)
    if kind == 1:
        return np.ones(shape, bool)
    if kind == 2:
        return (y == random.randint(height)) & (x == random.randint(width))
    if kind == 3:
        return (y % (height - 1 or 1) == 0) | (x % (width - 1 or 1) == 0)
    if kind == 4:
        return disc ^ (random.uniform(size=shape) < 0.2)
    return disc


def random_pairs():
    random = np.random.RandomState(0)
    for _ in range(PAIRS):
        shape = tuple(random.randint(1, 33, 2))
        yield random_mask(random, shape), random_mask(random, shape)


def test_random_pairs_are_degenerate_too():
    pairs = list(random_pairs())
    both_empty = [not found.any() and not drawn.any() for found, drawn in pairs]
    one_empty = [found.any() != drawn.any() for found, drawn in pairs]
    full = [found.all() or drawn.all() for found, drawn in pairs]
    single = [1 in (found.sum(), drawn.sum()) for found, drawn in pairs]
    edge = [found[0].any() and found[-1].any() and not found.all() for found, _ in pairs]
    assert min(map(sum, [both_empty, one_empty, full, single, edge])) >= 5


def test_overlap_of_random_pairs_is_what_simpleitk_measures():
    sitk = pytest.importorskip("SimpleITK", reason="needs SimpleITK: the extra 'test'")
    measures = sitk.LabelOverlapMeasuresImageFilter()
    for found, drawn in random_pairs():
        if found.any() and drawn.any():  # SimpleITK has no figures of empty masks
            images = [sitk.GetImageFromArray(mask.astype(np.uint8)) for mask in (found, drawn)]
            measures.Execute(*images)
            assert dice(found, drawn) == pytest.approx(measures.GetDiceCoefficient())
            assert iou(found, drawn) == pytest.approx(measures.GetJaccardCoefficient())
            assert precision(found, drawn) == pytest.approx(1 - measures.GetFalseDiscoveryRate())
            assert recall(found, drawn) == pytest.approx(1 - measures.GetFalseNegativeError())
        else:
            agree = float(found.any() == drawn.any())
            figures = [measure(found, drawn) for measure in (dice, iou, precision, recall)]
            assert figures == [agree] * 4


def test_soft_overlap_of_random_pairs_is_summed_pixel_by_pixel():
    random = np.random.RandomState(1)
    for found, drawn in random_pairs():
        probability = (found * random.uniform(size=found.shape)).astype(np.float32)
        sum_p, sum_d = math.fsum(probability.ravel().tolist()), int(drawn.sum())
        both = math.fsum(probability[drawn].tolist())
        if sum_p and sum_d:
            assert dice(probability, drawn) == pytest.approx(2 * both / (sum_p + sum_d))
            assert iou(probability, drawn) == pytest.approx(both / (sum_p + sum_d - both))
            assert precision(probability, drawn) == pytest.approx(both / sum_p)
            assert recall(probability, drawn) == pytest.approx(both / sum_d)
        else:
            assert dice(probability, drawn) == float(sum_p == sum_d)


def border_pixels(mask):
    """Those of a mask with a neighbour outside, looked at one by one: (n, 2) of y and x."""
    height, width = mask.shape

    def outside(y, x):
        return not (0 <= y < height and 0 <= x < width and mask[y, x])

    return np.array(
        [
            (y, x)
            for y, x in np.argwhere(mask)
            if outside(y - 1, x) or outside(y + 1, x) or outside(y, x - 1) or outside(y, x + 1)
        ]
    ).reshape(-1, 2)


def percentile_95(values):
    """Linear interpolation at 0.95 (n - 1) of the sorted values."""
    ordered = sorted(values)
    place = 0.95 * (len(ordered) - 1)
    below = int(place)
    above = min(below + 1, len(ordered) - 1)
    return ordered[below] + (place - below) * (ordered[above] - ordered[below])


def test_surface_measures_of_random_pairs_are_those_of_all_distances_between_borders(scipy):
    from scipy.spatial.distance import cdist

    for number, (found, drawn) in enumerate(random_pairs()):
        tolerance = [0, 1, math.sqrt(5), 3.3][number % 4]
        if not (found.any() and drawn.any()):
            agree = found.any() == drawn.any()
            assert hd95(found, drawn) == (0 if agree else math.hypot(*found.shape))
            assert surface_dice(found, drawn, tolerance) == float(agree)
            continue
        between = cdist(border_pixels(found), border_pixels(drawn))
        there, back = between.min(axis=1).tolist(), between.min(axis=0).tolist()
        assert lists(surface_distances(found, drawn)) == [there, back]
        expected = max(percentile_95(there), percentile_95(back))
        assert hd95(found, drawn) == pytest.approx(expected)
        within = sum(distance <= tolerance for distance in there + back)
        expected = within / (len(there) + len(back))
        assert surface_dice(found, drawn, tolerance) == pytest.approx(expected)


def test_the_largest_surface_distance_of_random_pairs_is_simpleitks_hausdorff_distance():
    sitk = pytest.importorskip("SimpleITK", reason="needs SimpleITK: the extra 'test'")
    hausdorff = sitk.HausdorffDistanceImageFilter()
    for found, drawn in random_pairs():
        if found.any() and drawn.any():
            padded = [np.pad(mask, 1, "constant").astype(np.uint8) for mask in (found, drawn)]
            hausdorff.Execute(*(sitk.BinaryContour(sitk.GetImageFromArray(m)) for m in padded))
            largest = max(map(np.max, surface_distances(found, drawn)))
            assert largest == pytest.approx(hausdorff.GetHausdorffDistance())


def covered(mask, shape):
    """The share of each pixel of another size that a mask covers, by whole parts of pixels."""
    (height, width), (new_height, new_width) = mask.shape, shape
    parts = mask.repeat(new_height, axis=0).repeat(new_width, axis=1)
    return parts.reshape(new_height, height, new_width, width).mean(axis=(1, 3))


def test_random_masks_are_shrunk_by_the_share_of_each_pixel_that_they_cover():
    random = np.random.RandomState(2)
    for mask, _ in random_pairs():
        side = random.randint(1, max(mask.shape) + 1)
        shrunk = at_longer_side(mask, side)
        share = covered(mask, shrunk.shape)
        clear = np.abs(share - 0.5) > 1e-5  # OpenCV's float32 may round one half down
        assert max(shrunk.shape) == side
        assert (shrunk == (share >= 0.5))[clear].all()


def test_random_masks_are_enlarged_by_linear_interpolation():
    pytest.importorskip("scipy", "1.6", reason="needs grid_mode of scipy 1.6")
    from scipy.ndimage import zoom

    random = np.random.RandomState(3)
    for mask, _ in random_pairs():
        enlarged = at_longer_side(mask, max(mask.shape) + random.randint(1, 40))
        scales = np.divide(enlarged.shape, mask.shape)
        level = zoom(mask.astype(float), scales, order=1, mode="nearest", grid_mode=True)
        clear = np.abs(level - 0.5) > 1e-5
        assert (enlarged == (level >= 0.5))[clear].all()


def best_matching(ious, min_iou):
    """The number of pairs and the sum of IoU of the best of all matchings, tried one by one."""
    few, many = sorted(ious.shape)
    table = ious if ious.shape == (few, many) else ious.T
    matchings = [
        [table[row, column] for row, column in enumerate(columns) if table[row, column] >= min_iou]
        for columns in itertools.permutations(range(many), few)
    ]
    return max((len(pairs), sum(pairs)) for pairs in matchings)


def test_random_reactions_are_matched_as_well_as_any_matching_could(scipy):
    random = np.random.RandomState(4)
    counts = []
    for _ in range(PAIRS):
        found, drawn = (
            [random_mask(random, (6, 7)) for _ in range(random.randint(1, 5))] for _ in range(2)
        )
        min_iou = random.choice([0.1, 0.3, 0.5])
        ious = np.array([[iou(one, other) for other in drawn] for one in found])
        pairs = match(found, drawn, min_iou)
        count, best_sum = best_matching(ious, min_iou)
        assert len({one for one, _ in pairs}) == len({other for _, other in pairs}) == len(pairs)
        assert len(pairs) == count
        assert min([ious[pair] for pair in pairs] or [1]) >= min_iou
        assert sum(ious[pair] for pair in pairs) == pytest.approx(best_sum)
        counts.append(count)
    assert set(counts) == {0, 1, 2, 3, 4}


def test_detection_f1_is_the_harmonic_mean_of_precision_and_recall():
    random = np.random.RandomState(5)
    for _ in range(PAIRS):
        found, drawn = random.randint(1, 20, 2).tolist()
        matched = random.randint(1, min(found, drawn) + 1)
        harmonic_mean = 2 / (found / matched + drawn / matched)
        assert detection_f1(matched, found, drawn) == pytest.approx(harmonic_mean)
