"""The intraclass correlation, against the published example."""

import numpy as np
import pytest

pytest.importorskip("scipy", reason="evaluation needs the extra 'evaluate'")

from erythema.evaluation.icc import icc_a1

# Shrout & Fleiss (1979), table 2: six targets, four judges.
SIZES = np.array(
    [[9, 2, 5, 8], [6, 1, 3, 2], [8, 4, 6, 8], [7, 1, 2, 6], [10, 5, 6, 9], [6, 2, 4, 7]], float
)
PATIENTS = list("ABCDEF")


def test_it_is_that_of_shrout_and_fleiss_example():
    found = icc_a1(SIZES, PATIENTS)
    assert (round(found.value, 2), found.photos) == (0.29, 6)
    assert (found.interval.low, found.interval.high) == pytest.approx((0.019, 0.761), abs=5e-4)


def test_a_reader_who_always_draws_more_lowers_it():
    sizes = np.array([[1, 1], [2, 2], [3, 3], [4, 4]], float)
    assert icc_a1(sizes, list("ABCD")).value == 1
    assert icc_a1(sizes + np.array([0, 1]), list("ABCD")).value < 0.8


def test_where_a_patient_has_several_photos_the_interval_is_a_bootstrap_over_patients():
    of_six = icc_a1(SIZES, PATIENTS)
    of_five = icc_a1(SIZES, list("AABCDE"))
    assert of_five.value == of_six.value
    assert of_five.interval not in (None, of_six.interval)
    assert icc_a1(SIZES, list("AABBCC")).interval is None  # three patients say too little


def test_of_two_photos_or_of_sizes_that_are_all_the_same_there_is_none():
    assert icc_a1(SIZES[:2], PATIENTS[:2]) is None
    assert icc_a1(np.ones((4, 2)), list("ABCD")) is None
