"""Figures as the cells of a table."""

import math

from erythema.evaluation.icc import Icc
from erythema.evaluation.intervals import Interval
from erythema.evaluation.scores import Figure


def figure_cell(figure: Figure | None, decimals: int = 3) -> str:
    """Return a figure with its interval; of a mean, the median and the worst value, too."""
    if figure is None:
        return "-"
    text = with_interval(figure.value, figure.interval, decimals)
    if figure.median is not None:
        text += f", median {figure.median:.{decimals}f}, worst {figure.worst:.{decimals}f}"
    return text


def with_interval(value: float | None, interval: Interval | None, decimals: int = 3) -> str:
    """Return a figure with its 95 % interval; a dash where there is none.

    >>> with_interval(0.5, Interval(0.25, 0.75), 2)
    '0.50 (0.25 to 0.75)'
    """
    if value is None:
        return "-"
    text = f"{value:.{decimals}f}"
    if interval is None:
        return text
    return f"{text} ({interval.low:.{decimals}f} to {interval.high:.{decimals}f})"


def ratio_with_interval(value: float, interval: Interval) -> str:
    """Return the ratio that a logarithm stands for, with its interval.

    >>> ratio_with_interval(0.0, Interval(0.0, math.log(2)))
    '1.00 (1.00 to 2.00)'
    """
    as_ratios = Interval(math.exp(interval.low), math.exp(interval.high))
    return with_interval(math.exp(value), as_ratios, 2)


def icc_cell(icc: Icc | None) -> str:
    """Return ICC(A,1) with its interval; a dash where there is none."""
    return with_interval(icc.value, icc.interval) if icc else "-"
