"""Things that lie beside the erythema change a photo, not what is erythema."""

import numpy as np
import pytest

from erythema.learning.clutter import lay_things

GREY = np.full((64, 64, 3), 0.5, np.float32)
NOTHING = np.zeros((64, 64), np.float32)
LEFT_HALF = NOTHING.copy()
LEFT_HALF[:, :32] = 1


def cluttered(mask, seeds=200):
    """Grey photos with things on them, of those seeds that lay any."""
    photos = [lay_things(GREY, mask, np.random.default_rng(seed)) for seed in range(seeds)]
    return [photo for photo in photos if (photo != GREY).any()]


@pytest.fixture(scope="module")
def things():
    return cluttered(NOTHING)


def test_nearly_half_of_the_photos_get_things(things):
    # Half are to; in some of these, all things lie outside.
    assert 70 <= len(things) <= 110


def test_things_leave_the_erythema_as_it_is():
    beside = cluttered(LEFT_HALF)
    assert beside
    for photo in beside:
        np.testing.assert_array_equal(photo[:, :32], GREY[:, :32])


def test_a_photo_that_is_erythema_all_over_gets_none():
    assert cluttered(np.ones((64, 64), np.float32)) == []


def test_things_stay_in_range(things):
    assert all(photo.dtype == np.float32 for photo in things)
    assert min(photo.min() for photo in things) >= 0
    assert max(photo.max() for photo in things) <= 1


def test_many_things_are_red_and_many_are_not(things):
    changed = np.concatenate([photo[(photo != GREY).any(axis=2)] for photo in things])
    red = (changed[:, 0] > changed[:, 1]) & (changed[:, 0] > changed[:, 2])
    assert 0.3 < red.mean() < 0.9


def test_the_photo_given_stays_as_it_is():
    before = GREY.copy()
    cluttered(NOTHING, seeds=5)
    np.testing.assert_array_equal(GREY, before)


def test_the_same_seed_lays_the_same_things():
    both = [lay_things(GREY, NOTHING, np.random.default_rng(3)) for _ in range(2)]
    np.testing.assert_array_equal(*both)
