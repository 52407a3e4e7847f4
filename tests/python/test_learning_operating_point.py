"""The threshold and the smallest area are those whose masks are most like the readers'."""

import numpy as np
import pytest

pytest.importorskip("keras", reason="training needs TensorFlow: the extra 'train'")

from erythema.learning.operating_point import choose_operating_point


def square(left: int, side: int, value: float = 1) -> np.ndarray:
    """A photo's probability, 100 x 100 pixels, with one square."""
    probability = np.zeros((100, 100), np.float32)
    probability[10 : 10 + side, left : left + side] = value
    return probability


@pytest.mark.parametrize("threshold", [0.3, 0.4, 0.5, 0.6, 0.7])
def test_the_threshold_parts_the_erythema_from_what_is_around_it(threshold):
    inside = square(10, 30, threshold + 0.05)
    around = square(10, 60, threshold - 0.05)
    chosen = choose_operating_point([np.maximum(inside, around)], [inside > 0])
    assert chosen == (threshold, 0.001)


@pytest.mark.parametrize(
    ("wrong_side", "right_side", "smallest_area"),
    [
        (3, 4, 0.001),  # parts 9 from 16 pixels of 10 000
        (4, 5, 0.002),  # 16 from 25
        (2, 3, 0.0005),  # 4 from 9
    ],
)
def test_the_smallest_area_parts_the_reactions_from_wrong_spots(
    wrong_side, right_side, smallest_area
):
    wrong, right = square(10, wrong_side), square(50, right_side)
    chosen = choose_operating_point([np.maximum(wrong, right)], [right > 0])
    assert chosen == (0.5, smallest_area)


def test_of_equals_the_first_is_chosen():
    assert choose_operating_point([square(10, 20)], [square(10, 20) > 0]) == (0.5, 0.001)


def test_a_photo_without_erythema_counts_as_much_as_one_with_it():
    half_sure = square(10, 20, 0.55)
    truth = half_sure > 0
    half_sure[10:20, 10:30] = 0.9
    nothing = np.zeros((100, 100), bool)
    # 0.5 finds all of the reaction, 0.6 half of it (Dice 2/3).
    assert choose_operating_point([half_sure], [truth])[0] == 0.5
    # With a false spot on a bare photo the means are (1 + 0) / 2 and (2/3 + 1) / 2.
    chosen = choose_operating_point([half_sure, square(50, 10, 0.55)], [truth, nothing])
    assert chosen[0] == 0.6
