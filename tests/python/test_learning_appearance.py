"""Another light and another camera change a photo, not its mask."""

import io

import numpy as np
import pytest
from PIL import Image

from erythema.learning.appearance import change_appearance, compress
from erythema.learning.augmentation import augment_widely

PHOTO = np.random.default_rng(0).random((32, 32, 3), np.float32)


@pytest.mark.parametrize("seed", range(10))
def test_a_changed_photo_stays_in_range_and_is_another(seed):
    changed = change_appearance(PHOTO, np.random.default_rng(seed))
    assert changed.dtype == np.float32
    assert changed.min() >= 0
    assert changed.max() <= 1
    assert np.abs(changed - PHOTO).max() > 0.01


def test_the_photo_given_stays_as_it_is():
    photo = PHOTO.copy()
    change_appearance(photo, np.random.default_rng(1))
    np.testing.assert_array_equal(photo, PHOTO)


def test_the_same_seed_gives_the_same_appearance():
    both = [change_appearance(PHOTO, np.random.default_rng(3)) for _ in range(2)]
    np.testing.assert_array_equal(*both)


def test_jpeg_of_low_quality_loses_more_than_of_high_quality():
    lost = [float(np.abs(compress(PHOTO, quality) - PHOTO).mean()) for quality in (95, 25)]
    assert lost[0] < lost[1]


def test_jpeg_is_that_of_a_photo_file():
    file = io.BytesIO()
    Image.fromarray(np.rint(PHOTO * 255).astype(np.uint8)).save(file, "JPEG", quality=50)
    np.testing.assert_allclose(compress(PHOTO, 50), np.asarray(Image.open(file)) / 255, atol=0.005)


@pytest.mark.parametrize("seed", range(5))
def test_a_wide_copy_has_the_size_asked_for_and_a_mask_that_lies_where_the_photo_is_bright(seed):
    mask = np.zeros((64, 64), np.float32)
    mask[20:44, 24:40] = 1
    photo = np.repeat(0.2 + 0.6 * mask[..., None], 3, axis=2)
    moved, moved_mask = augment_widely(photo, mask, 32, np.random.default_rng(seed))
    assert moved.shape == (32, 32, 3)
    assert moved_mask.shape == (32, 32)
    inside = moved_mask > 0.5
    assert inside.any()
    assert moved[inside].mean() > moved[moved_mask < 0.5].mean() + 0.2
