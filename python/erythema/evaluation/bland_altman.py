"""Limits of agreement of two measurements of the same reactions."""

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray
from scipy import stats

from erythema.evaluation.intervals import Interval

EXACT = "Carkeet 2015, exact"
REPEATED = "Zou 2013, several values a patient"
LIMIT = float(stats.norm.ppf(0.975))  # 1.96 standard deviations: 95 % of normal differences
FEWEST_PATIENTS = 3


@dataclass(frozen=True)
class BlandAltman:
    """How two measurements differ; all intervals are 95 %.

    On the logarithm the exponentials of differences, bias and limits are ratios found / drawn,
    those of ``means`` geometric means.
    """

    differences: tuple[float, ...]  # a value each
    means: tuple[float, ...]
    bias: float
    bias_interval: Interval
    low: float  # the lower limit of agreement
    low_interval: Interval
    high: float
    high_interval: Interval
    slope: float  # proportional bias: of the difference on the mean
    slope_interval: Interval
    slope_p: float  # two-sided test for no slope
    patients: int
    values: int
    method: str  # of the limits' intervals: EXACT or REPEATED


def bland_altman(
    found: Sequence[float], drawn: Sequence[float], patients: Sequence[str], *, logarithm: bool
) -> BlandAltman | None:
    """Return the limits of agreement of two measurements (Bland & Altman 1999).

    The difference is found - drawn, or on the logarithm ln(found / drawn); the limits are those
    which 95 % of normal differences keep, bias +- 1.96 standard deviations:
    doi:10.1177/096228029900800204.

    Where each patient has one value, each limit's interval is exact for normal differences
    (Carkeet 2015, limits taken one by one, doi:10.1097/OPX.0000000000000513, by noncentral t).

    Where patients have several, the bias is the mean of the patients' means, and the standard
    deviation that of one value of one patient, between and within patients, true sizes varying
    (Bland & Altman 2007, doi:10.1080/10543400701329422, weighted as by Zou 2013,
    doi:10.1177/0962280211402548, whose intervals these are). They cover more than they say with
    few patients (simulated: 96 to 99 % with 5, 94 to 98 % with 20), above all where only few
    patients have several values.

    The slope is that of a straight line through the patients' mean differences over their mean
    sizes, so that a patient with many values counts once; where patients have unlike numbers of
    values its interval covers a little less than it says (simulated: 92 to 95 %). It is unlike 0
    too where the two measurements only differ in spread (Bland & Altman 1995,
    doi:10.1016/S0140-6736(95)91748-9).

    Parameters
    ----------
    found, drawn: sizes in one unit, in the order of the patients; above 0 for the logarithm.
    patients: the patient of each.

    Returns
    -------
    None with fewer than 3 patients, or where the mean sizes of all patients are the same.

    Raises
    ------
    ValueError: a size is not above 0, and ``logarithm`` is wanted.

    >>> areas = bland_altman([2, 4, 12], [1, 4, 9], ["A", "B", "C"], logarithm=False)
    >>> areas.differences, areas.means, round(areas.bias, 3)
    ((1.0, 0.0, 3.0), (1.5, 4.0, 10.5), 1.333)
    """
    first, second = np.asarray(found, float), np.asarray(drawn, float)
    if logarithm:
        if min(first.min(initial=1), second.min(initial=1)) <= 0:
            raise ValueError("the logarithm needs sizes above 0")
        first, second = np.log(first), np.log(second)
    differences, means = first - second, (first + second) / 2
    names, owner, counts = np.unique(np.asarray(patients), return_inverse=True, return_counts=True)
    patients_difference = np.bincount(owner, differences) / counts
    patients_mean = np.bincount(owner, means) / counts
    if len(names) < FEWEST_PATIENTS or np.ptp(patients_mean) == 0:
        return None
    if len(names) == len(differences):
        deviation = float(differences.std(ddof=1))
        below, above = _exact_reach(len(names), deviation)
        method = EXACT
    else:
        deviation, below, above = _repeated_reach(differences, owner, counts)
        method = REPEATED
    bias = float(patients_difference.mean())
    uncertainty = stats.t.ppf(0.975, len(names) - 1) * stats.sem(patients_difference)
    low, high = bias - LIMIT * deviation, bias + LIMIT * deviation
    slope, slope_interval, slope_p = _slope(patients_difference, patients_mean)
    return BlandAltman(
        differences=tuple(differences.tolist()),
        means=tuple(means.tolist()),
        bias=bias,
        bias_interval=_around(bias, uncertainty, uncertainty),
        low=low,
        low_interval=_around(low, above, below),
        high=high,
        high_interval=_around(high, below, above),
        slope=slope,
        slope_interval=slope_interval,
        slope_p=slope_p,
        patients=len(names),
        values=len(differences),
        method=method,
    )


def _around(value: float, below: float, above: float) -> Interval:
    return Interval(float(value - below), float(value + above))


def _exact_reach(count: int, deviation: float) -> tuple[float, float]:
    """How far the interval of the upper limit reaches inwards and outwards of it."""
    root = np.sqrt(count)
    inner, outer = stats.nct.ppf([0.025, 0.975], count - 1, LIMIT * root) / root
    return deviation * (LIMIT - inner), deviation * (outer - LIMIT)


def _repeated_reach(
    differences: NDArray[np.float64], owner: NDArray[np.intp], counts: NDArray[np.intp]
) -> tuple[float, float, float]:
    """The standard deviation of a value, and the reaches of the upper limit as above.

    Both variances' intervals are joined by the method of variance estimates recovery (MOVER).
    """
    patients_difference = np.bincount(owner, differences) / counts
    between, within = len(counts) - 1, len(differences) - len(counts)  # degrees of freedom
    parts = np.array(
        [
            patients_difference.var(ddof=1),
            (1 - np.mean(1 / counts))  # 1 - 1 / harmonic mean of the patients' counts
            * np.sum((differences - patients_difference[owner]) ** 2)
            / within,
        ]
    )
    freedom = np.array([between, within])
    variance = parts.sum()
    smallest = variance - np.linalg.norm(parts * (1 - freedom / stats.chi2.ppf(0.975, freedom)))
    largest = variance + np.linalg.norm(parts * (freedom / stats.chi2.ppf(0.025, freedom) - 1))
    deviation = np.sqrt(variance)
    of_bias = np.sqrt(parts[0] / len(counts))
    inner = LIMIT * np.hypot(of_bias, deviation - np.sqrt(smallest))
    outer = LIMIT * np.hypot(of_bias, np.sqrt(largest) - deviation)
    return float(deviation), float(inner), float(outer)


def _slope(
    differences: NDArray[np.float64], means: NDArray[np.float64]
) -> tuple[float, Interval, float]:
    if np.ptp(differences) == 0:
        return 0.0, Interval(0.0, 0.0), 1.0
    line = stats.linregress(means, differences)
    uncertainty = stats.t.ppf(0.975, len(means) - 2) * line.stderr
    interval = _around(line.slope, uncertainty, uncertainty)
    return float(line.slope), interval, float(line.pvalue)
