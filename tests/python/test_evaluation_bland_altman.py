"""Limits of agreement, their intervals and the test for proportional bias."""

import numpy as np
import pytest

pytest.importorskip("scipy", reason="evaluation needs SciPy: the extra 'evaluate'")
from scipy import stats
from scipy.integrate import quad

from erythema.evaluation.bland_altman import EXACT, REPEATED, bland_altman

# Differences 1, 0, 3 and -1, 1: sums to work with by hand.
FOUND, DRAWN = [2, 4, 12, 7, 21], [1, 4, 9, 8, 20]
FIVE = list("ABCDE")


def test_bias_and_limits_of_five_patients():
    areas = bland_altman(FOUND, DRAWN, FIVE, logarithm=False)
    # Mean 4 / 5; squares about it 0.04 + 0.64 + 4.84 + 3.24 + 0.04 = 8.8, over 4: 2.2.
    assert areas.differences == (1, 0, 3, -1, 1)
    assert areas.means == (1.5, 4, 10.5, 7.5, 20.5)
    assert areas.bias == pytest.approx(0.8)
    assert areas.high == pytest.approx(0.8 + 1.959964 * 2.2**0.5, abs=1e-6)
    assert areas.low == pytest.approx(0.8 - 1.959964 * 2.2**0.5, abs=1e-6)
    assert (areas.patients, areas.values, areas.method) == (5, 5, EXACT)


def test_the_bias_has_a_t_interval():
    areas = bland_altman(FOUND, DRAWN, FIVE, logarithm=False)
    # 2.776 is t for 4 degrees of freedom in every table.
    reach = 2.776 * (2.2 / 5) ** 0.5
    assert areas.bias_interval.low == pytest.approx(0.8 - reach, abs=1e-3)
    assert areas.bias_interval.high == pytest.approx(0.8 + reach, abs=1e-3)


def test_on_the_logarithm_differences_are_ratios_and_means_are_geometric():
    areas = bland_altman([2, 8, 2], [1, 2, 8], list("ABC"), logarithm=True)
    assert np.exp(areas.differences) == pytest.approx([2, 4, 0.25])
    assert np.exp(areas.means) == pytest.approx([2**0.5, 4, 4])
    assert np.exp(areas.bias) == pytest.approx(2 ** (1 / 3))


def exact_coverage(patients, factor):
    """The chance that mean + factor * deviation lies above the true limit, by integration.

    With z the mean's normal deviate and c the deviation's chi: z / root + factor * c > 1.96.
    """
    root, freedom = patients**0.5, patients - 1
    limit = stats.norm.ppf(0.975)
    spread = freedom**0.5
    return quad(
        lambda c: stats.norm.sf((limit - factor * c / spread) * root) * stats.chi.pdf(c, freedom),
        0,
        spread + 12,
        limit=200,
    )[0]


@pytest.mark.parametrize("patients", [3, 5, 17, 50])
def test_the_limits_intervals_are_exact(patients):
    found = np.random.default_rng(patients).normal(10, 1, patients)
    drawn = np.random.default_rng(0).normal(10, 1, patients)
    names = [str(patient) for patient in range(patients)]
    areas = bland_altman(found, drawn, names, logarithm=False)
    deviation = np.std(found - drawn, ddof=1)
    inner = (areas.high_interval.low - areas.bias) / deviation
    outer = (areas.high_interval.high - areas.bias) / deviation
    assert exact_coverage(patients, inner) == pytest.approx(0.025, abs=1e-4)
    assert exact_coverage(patients, outer) == pytest.approx(0.975, abs=1e-4)


def test_both_limits_intervals_mirror_each_other():
    areas = bland_altman(FOUND, DRAWN, FIVE, logarithm=False)
    assert areas.bias - areas.low_interval.low == pytest.approx(
        areas.high_interval.high - areas.bias
    )
    assert areas.bias - areas.low_interval.high == pytest.approx(
        areas.high_interval.low - areas.bias
    )


def test_an_exact_interval_reaches_further_outwards_than_inwards():
    areas = bland_altman(FOUND, DRAWN, FIVE, logarithm=False)
    inwards = areas.high - areas.high_interval.low
    outwards = areas.high_interval.high - areas.high
    assert 0 < inwards < outwards


# Patients A: 1, 3; B: 2, 6; C: 0, 0. Means 2, 4, 0.
SEVERAL = ([11, 23, 12, 26, 40, 50], [10, 20, 10, 20, 40, 50], list("AABBCC"))


def test_several_values_of_a_patient_count_between_and_within_patients():
    areas = bland_altman(*SEVERAL, logarithm=False)
    # Between: variance of 2, 4, 0 is 4. Within: (2 + 8 + 0) / 3, half of it counts (1 - 1/2).
    assert areas.bias == 2
    assert areas.high - areas.bias == pytest.approx(1.959964 * (4 + 10 / 3 / 2) ** 0.5, abs=1e-5)
    assert (areas.patients, areas.values, areas.method) == (3, 6, REPEATED)


def test_limits_of_several_values_have_the_intervals_of_zou():
    areas = bland_altman(*SEVERAL, logarithm=False)
    # Tables of chi-squared: 2 degrees of freedom 0.0506 and 7.378; 3: 0.2158 and 9.348.
    between, within = 4, 10 / 6
    smallest = between + within - np.hypot(4 * (1 - 2 / 7.378), within * (1 - 3 / 9.348))
    largest = between + within + np.hypot(4 * (2 / 0.0506 - 1), within * (3 / 0.2158 - 1))
    deviation = (between + within) ** 0.5
    inwards = 1.96 * np.hypot((4 / 3) ** 0.5, deviation - smallest**0.5)
    outwards = 1.96 * np.hypot((4 / 3) ** 0.5, largest**0.5 - deviation)
    assert areas.high - areas.high_interval.low == pytest.approx(inwards, rel=1e-3)
    assert areas.high_interval.high - areas.high == pytest.approx(outwards, rel=1e-3)
    assert areas.low_interval.high - areas.low == pytest.approx(inwards, rel=1e-3)
    assert areas.low - areas.low_interval.low == pytest.approx(outwards, rel=1e-3)


def test_the_bias_of_several_values_has_the_t_interval_of_the_patients_means():
    areas = bland_altman(*SEVERAL, logarithm=False)
    reach = 4.303 * (4 / 3) ** 0.5  # t of 2 degrees of freedom
    assert areas.bias_interval.high == pytest.approx(2 + reach, abs=1e-3)


def test_a_patient_with_many_values_has_one_say_in_the_bias():
    found, drawn = [3, 2, 2] + [9] * 5, [2, 1, 1] + [5] * 5
    areas = bland_altman(found, drawn, list("ABC") + ["D"] * 5, logarithm=False)
    assert areas.bias == (1 + 1 + 1 + 4) / 4


def test_the_slope_of_five_patients():
    areas = bland_altman(FOUND, DRAWN, FIVE, logarithm=False)
    # Means less their mean 8.8: -7.3, -4.8, 1.7, -1.3, 11.7; squares sum to 217.8. Their products
    # with the differences less 0.8 (0.2, -0.8, 2.2, -1.8, 0.2) sum to 10.8.
    assert areas.slope == pytest.approx(10.8 / 217.8)


def test_slope_interval_and_p_agree_with_least_squares_done_by_matrices():
    rng = np.random.default_rng(0)
    for patients in (3, 4, 10, 40):
        found, drawn = rng.lognormal(5, 1, patients), rng.lognormal(5, 1, patients)
        names = [str(patient) for patient in range(patients)]
        areas = bland_altman(found, drawn, names, logarithm=True)
        design = np.column_stack([np.ones(patients), areas.means])
        inverse = np.linalg.inv(design.T @ design)
        line = inverse @ design.T @ areas.differences
        rest = np.sum((areas.differences - design @ line) ** 2) / (patients - 2)
        error = np.sqrt(rest * inverse[1, 1])
        reach = stats.t.ppf(0.975, patients - 2) * error
        assert areas.slope == pytest.approx(line[1])
        assert areas.slope_interval.low == pytest.approx(line[1] - reach)
        assert areas.slope_interval.high == pytest.approx(line[1] + reach)
        assert areas.slope_p == pytest.approx(
            2 * stats.t.sf(abs(line[1]) / error, patients - 2), rel=1e-6
        )


def test_the_slope_counts_each_patient_once():
    once = bland_altman([2, 5, 9, 10], [1, 3, 9, 12], list("ABCD"), logarithm=False)
    often = bland_altman(
        [2, 5, 9, 10, 10, 10], [1, 3, 9, 12, 12, 12], list("ABCDDD"), logarithm=False
    )
    assert (often.slope, often.slope_p) == pytest.approx((once.slope, once.slope_p))


def test_a_reader_agrees_wholly_with_themselves():
    areas = bland_altman([5, 6, 7], [5, 6, 7], list("ABC"), logarithm=True)
    assert areas.bias == areas.low == areas.high == areas.slope == 0
    assert areas.slope_p == 1
    assert (areas.high_interval.low, areas.high_interval.high) == (0, 0)


def test_two_patients_are_too_few():
    assert bland_altman([1, 2, 3], [1, 3, 2], ["A", "B", "B"], logarithm=False) is None


def test_reactions_of_one_size_tell_nothing_of_a_slope():
    assert bland_altman([5, 6, 4], [5, 4, 6], list("ABC"), logarithm=False) is None


@pytest.mark.parametrize(("found", "drawn"), [([0, 1, 2], [1, 2, 3]), ([1, 2, 3], [1, -1, 2])])
def test_the_logarithm_of_nothing_is_refused(found, drawn):
    with pytest.raises(ValueError, match="above 0"):
        bland_altman(found, drawn, list("ABC"), logarithm=True)
