"""Do intervals that say 95 % cover the truth that often?

    python tests/benchmarks/coverage.py

Prints, for data simulated with a known truth, how often each interval holds it, with the
simulation's standard error (takes about two minutes; seeds are fixed). The bootstrap of
``erythema.evaluation.intervals`` was chosen by the first table: of the kinds whose coverage never
collapses, the one nearest to 95 % on skewed scores.
"""

import time

import numpy as np
from scipy import stats

from erythema.evaluation.bland_altman import bland_altman
from erythema.evaluation.intervals import bootstrap_over_patients, clopper_pearson

LEVEL = 0.95
DRAWS = 1000


# Data: a statistic is a ratio of sums over photos, top / bottom ---------------------------------


def alike(rng, patients):
    """Mean Dice, one photo a patient, no failures: as two careful readers agree."""
    dice = rng.beta(12, 1.5, patients)
    return np.arange(patients), dice, np.ones(patients), 12 / 13.5


def skewed(rng, patients):
    """Mean Dice, one photo a patient, one photo in ten badly outlined."""
    failed = rng.random(patients) < 0.1
    dice = np.where(failed, rng.beta(2, 3, patients), rng.beta(20, 2, patients))
    return np.arange(patients), dice, np.ones(patients), 0.1 * 2 / 5 + 0.9 * 20 / 22


def pooled(rng, patients):
    """Pooled Dice, one to four photos of a patient, alike; one in ten badly outlined."""
    owner = np.repeat(np.arange(patients), rng.integers(1, 5, patients))
    patient = rng.normal(0, 0.05, patients)[owner]
    failed = rng.random(len(owner)) < 0.1
    dice = np.where(failed, rng.uniform(0.1, 0.7, len(owner)), rng.uniform(0.8, 0.96, len(owner)))
    pixels = rng.lognormal(0, 0.8, len(owner))
    return owner, pixels * (dice + patient * 0.8), pixels, 0.1 * 0.4 + 0.9 * 0.88


def reactions(rng, patients):
    """Detection F1, one to three reactions a photo, one in ten missed: many photos score 1."""
    drawn = rng.integers(1, 4, patients)
    matched = rng.binomial(drawn, 0.9)
    return np.arange(patients), 2.0 * matched, matched + drawn, 1.8 / 1.9


# Kinds of bootstrap --------------------------------------------------------------------------


def other_kinds(rng, owner, top, bottom):
    """The intervals of the kinds that were not chosen, of a ratio of sums over patients."""
    tops, bottoms = np.bincount(owner, top), np.bincount(owner, bottom)
    patients = len(tops)
    times = rng.multinomial(patients, np.full(patients, 1 / patients), DRAWS).astype(float)
    ratios = (times @ tops) / (times @ bottoms)
    whole = tops.sum() / bottoms.sum()
    tail = np.array([(1 - LEVEL) / 2, (1 + LEVEL) / 2])
    yield "percentile", np.quantile(ratios, tail)

    bias = stats.norm.ppf((np.mean(ratios < whole) + np.mean(ratios <= whole)) / 2)
    influence = whole - (tops.sum() - tops) / (bottoms.sum() - bottoms)
    influence -= influence.mean()
    acceleration = np.sum(influence**3) / (6 * np.sum(influence**2) ** 1.5)
    shifted = bias + stats.norm.ppf(tail)
    yield "BCa", np.quantile(ratios, stats.norm.cdf(bias + shifted / (1 - acceleration * shifted)))

    squares = times @ tops**2 - 2 * ratios * (times @ (tops * bottoms))
    squares += ratios**2 * (times @ bottoms**2)
    errors = np.sqrt(np.maximum(squares, 0)) / (times @ bottoms)
    error = np.sqrt(np.sum((tops - whole * bottoms) ** 2)) / bottoms.sum()
    some = errors > 1e-9  # draws without any spread have no t
    t = (ratios[some] - whole) / errors[some]
    yield "bootstrap-t", whole - np.quantile(t, tail[::-1]) * error


def bootstrap_coverage(data, patients, simulations):
    """Yield kind, coverage, number of intervals and median width."""
    rng = np.random.default_rng(patients)
    hits, widths = {}, {}
    for _ in range(simulations):
        owner, top, bottom, truth = data(rng, patients)
        chosen = bootstrap_over_patients(
            lambda photos, top=top, bottom=bottom: top[photos].sum() / bottom[photos].sum(),
            [f"{patient:03}" for patient in owner],
            draws=DRAWS,
        )
        if chosen is None:
            continue  # every patient has the same score: no kind can say anything
        kinds = dict(other_kinds(rng, owner, top, bottom)) | {"ours": (chosen.low, chosen.high)}
        for kind, (low, high) in kinds.items():
            hits.setdefault(kind, []).append(low <= truth <= high)
            widths.setdefault(kind, []).append(high - low)
    for kind, covered in hits.items():
        yield kind, np.mean(covered), len(covered), np.median(widths[kind])


def percent(coverage, count):
    error = np.sqrt(max(coverage * (1 - coverage), 0.25 / count) / count)
    return f"{100 * coverage:5.1f} +- {100 * error:.1f} %"


def print_bootstrap(simulations=400):
    print("Bootstrap over patients (in brackets: median width). 'ours' is BCa at the level")
    print("that a t-interval of as many patients would need.")
    for data in (alike, skewed, pooled, reactions):
        print(f"  {data.__doc__}")
        for patients in (10, 20, 50):
            row = [
                f"{kind} {percent(coverage, count)} ({width:.3f})"
                for kind, coverage, count, width in bootstrap_coverage(data, patients, simulations)
            ]
            print(f"    {patients} patients:  " + "   ".join(row), flush=True)


# Limits of agreement -------------------------------------------------------------------------


def limits_coverage(patients, most_values, between, simulations):
    """Return the coverage of bias, lower and upper limit for normal differences."""
    rng = np.random.default_rng(patients)
    limit = stats.norm.ppf(0.975) * np.sqrt(between + 1)
    hits = []
    for _ in range(simulations):
        owner = np.repeat(np.arange(patients), rng.integers(1, most_values + 1, patients))
        sizes = rng.normal(100, 20, len(owner))
        differences = rng.normal(0, np.sqrt(between), patients)[owner] + rng.normal(
            0, 1, len(owner)
        )
        found = bland_altman(
            sizes + differences / 2, sizes - differences / 2, owner, logarithm=False
        )
        hits.append(
            [
                interval.low <= truth <= interval.high
                for interval, truth in (
                    (found.bias_interval, 0),
                    (found.low_interval, -limit),
                    (found.high_interval, limit),
                    (found.slope_interval, 0),
                )
            ]
        )
    return np.mean(hits, axis=0)


def print_limits(simulations=1500):
    print("Bland-Altman, normal differences: bias, lower limit, upper limit, slope")
    for name, most_values, between in (
        ("one value a patient (Carkeet)", 1, 0),
        ("1 to 4 values, patients as unlike as their values (Zou)", 4, 1),
        ("1 to 4 values, patients alike (Zou)", 4, 0.1),
    ):
        print(f"  {name}")
        for patients in (5, 10, 20, 50):
            coverages = limits_coverage(patients, most_values, between, simulations)
            row = "   ".join(percent(coverage, simulations) for coverage in coverages)
            print(f"    {patients} patients:  {row}", flush=True)


# Proportions ---------------------------------------------------------------------------------


def print_proportions(simulations=20000):
    print("Clopper-Pearson (exact: never below 95 % but for the simulation's chance)")
    rng = np.random.default_rng(0)
    for of in (10, 18, 50):
        intervals = [clopper_pearson(count, of) for count in range(of + 1)]
        row = []
        for truth in (0.02, 0.1, 0.5):
            seen = [intervals[count] for count in rng.binomial(of, truth, simulations)]
            coverage = np.mean([one.low <= truth <= one.high for one in seen])
            row.append(f"true {truth}: {percent(coverage, simulations)}")
        print(f"    of {of:2}:  " + "   ".join(row))


def main():
    start = time.monotonic()
    print_proportions()
    print_limits()
    print_bootstrap()
    print(f"{time.monotonic() - start:.0f} s")


if __name__ == "__main__":
    main()
