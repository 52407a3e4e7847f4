"""Intervals hold what their sources say, and count patients, not photos."""

import numpy as np
import pytest

pytest.importorskip("scipy", reason="evaluation needs SciPy: the extra 'evaluate'")

from scipy import stats

from erythema.evaluation.intervals import Proportion, bootstrap_over_patients, clopper_pearson


def mean_of(values):
    array = np.asarray(values, float)
    return lambda photos: array[photos].mean()


def test_none_of_18_may_still_be_one_in_five():
    # The upper end p solves (1 - p)^18 = 0.025.
    none = clopper_pearson(0, 18)
    assert (none.count, none.of, none.low) == (0, 18, 0)
    assert none.high == pytest.approx(1 - 0.025 ** (1 / 18), abs=1e-12)


def test_all_of_18_mirror_none_of_18():
    everything, none = clopper_pearson(18, 18), clopper_pearson(0, 18)
    assert everything.high == 1
    assert everything.low == pytest.approx(1 - none.high, abs=1e-12)


def test_one_of_two_is_anything_but_never_and_always():
    # 1 - (1 - low)^2 = 0.025, and high mirrors it.
    low = 1 - 0.975**0.5
    assert clopper_pearson(1, 2) == Proportion(1, 2, pytest.approx(low), pytest.approx(1 - low))


def test_proportions_agree_with_scipy_on_1000_random_cases():
    rng = np.random.default_rng(0)
    for of in rng.integers(1, 500, 1000).tolist():
        count, level = int(rng.integers(0, of + 1)), float(rng.uniform(0.5, 0.999))
        expected = stats.binomtest(count, of).proportion_ci(level, method="exact")
        ours = clopper_pearson(count, of, level)
        assert (ours.low, ours.high) == pytest.approx((expected.low, expected.high), abs=1e-9)


@pytest.mark.parametrize(("count", "of"), [(0, 0), (3, 2), (-1, 2)])
def test_what_is_no_proportion_is_refused(count, of):
    with pytest.raises(ValueError, match="not a proportion"):
        clopper_pearson(count, of)


@pytest.mark.parametrize("patients", [10, 20, 50])
def test_the_bootstrap_agrees_with_scipys_bca_where_each_patient_has_one_photo(patients):
    # Sixty-fourths: their sums are exact, so that draws of all patients tie with the whole.
    dice = np.round(np.random.default_rng(patients).beta(8, 2, patients) * 64) / 64
    # SciPy's BCa at the level that makes a normal interval as wide as a t-interval.
    end = np.sqrt(patients / (patients - 1)) * stats.t.ppf(0.975, patients - 1)
    expected = stats.bootstrap(
        (dice,),
        np.mean,
        n_resamples=200_000,
        batch=10_000,
        confidence_level=2 * stats.norm.cdf(end) - 1,
        method="BCa",
        random_state=1,
    ).confidence_interval
    names = [f"P{patient}" for patient in range(patients)]
    ours = bootstrap_over_patients(mean_of(dice), names, draws=50_000)
    tolerance = 0.015 * (expected.high - expected.low)
    assert ours.low == pytest.approx(expected.low, abs=tolerance)
    assert ours.high == pytest.approx(expected.high, abs=tolerance)


def test_the_same_photo_twice_is_no_more_evidence():
    dice = np.random.default_rng(0).beta(8, 2, 10)
    names = [f"P{patient}" for patient in range(10)]
    once = bootstrap_over_patients(mean_of(dice), names)
    twice = bootstrap_over_patients(mean_of(np.tile(dice, 2)), names * 2)
    assert (twice.low, twice.high) == pytest.approx((once.low, once.high))


def test_all_photos_of_a_drawn_patient_come_along():
    seen = []

    def statistic(photos):
        seen.append(sorted(photos.tolist()))
        return float(photos.mean())

    bootstrap_over_patients(statistic, ["A", "B", "A", "C", "D", "E"], draws=50)
    for photos in seen:
        assert photos.count(0) == photos.count(2)


def test_the_same_seed_gives_the_same_interval_whatever_the_patients_are_called():
    dice = [0.9, 0.8, 0.95, 0.4, 0.85, 0.7]
    first = bootstrap_over_patients(mean_of(dice), list("ABCDEF"), seed=3)
    assert first == bootstrap_over_patients(mean_of(dice), list("UVWXYZ"), seed=3)
    assert first != bootstrap_over_patients(mean_of(dice), list("ABCDEF"), seed=4)


def test_a_higher_level_gives_a_wider_interval():
    dice = np.random.default_rng(0).beta(8, 2, 20)
    names = [f"P{patient}" for patient in range(20)]
    usual = bootstrap_over_patients(mean_of(dice), names)
    surer = bootstrap_over_patients(mean_of(dice), names, level=0.99)
    assert surer.low < usual.low < usual.high < surer.high


def test_an_interval_of_shares_stays_within_0_and_1():
    interval = bootstrap_over_patients(mean_of([1, 1, 1, 1, 0]), list("ABCDE"))
    assert 0 <= interval.low < interval.high <= 1


def test_four_patients_are_too_few_however_many_photos_they_have():
    photos = [0.1 * photo for photo in range(8)]
    assert bootstrap_over_patients(mean_of(photos), list("ABCDABCD")) is None


def test_scores_without_spread_have_no_interval():
    assert bootstrap_over_patients(mean_of([0.1] * 6), list("ABCDEF")) is None


def test_a_statistic_that_is_no_number_for_some_draws_is_refused():
    drawn = np.array([0, 0, 0, 0, 1])
    with (
        np.errstate(invalid="ignore", divide="ignore"),
        pytest.raises(ValueError, match="not a finite number"),
    ):
        bootstrap_over_patients(lambda i: 1 / drawn[i].sum(), list("ABCDE"))


def test_where_no_single_patient_matters_there_is_an_interval_nevertheless():
    interval = bootstrap_over_patients(lambda photos: float(len(set(photos))), list("ABCDEF"))
    assert 1 <= interval.low < interval.high <= 6
