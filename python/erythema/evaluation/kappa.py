"""Whether raters find the same reactions: agreement on present or absent, and kappa."""

from collections.abc import Sequence
from dataclasses import dataclass
from itertools import combinations

import numpy as np
from numpy.typing import NDArray

from erythema.evaluation.intervals import FEWEST_PATIENTS, Interval, bootstrap_over_patients

Ratings = NDArray[np.bool_]  # (units, raters)


@dataclass(frozen=True)
class ReactionAgreement:
    """Agreement on which reactions are there; the intervals are 95 %, by bootstrap over patients.

    ``agreement`` is the raw share of units rated alike, ``positive`` the share of agreement among
    ratings of present, ``kappa`` the agreement beyond chance: each over all pairs of raters. Kappa
    is None where chance alone makes all agree: all units are present for all raters, or absent.
    """

    units: int
    present: int  # for all raters
    absent: int  # for all raters
    agreement: float
    agreement_interval: Interval | None
    positive: float | None  # None where nobody rated any unit present
    kappa: float | None
    kappa_interval: Interval | None


def reaction_agreement(ratings: Ratings, patients: Sequence[str]) -> ReactionAgreement | None:
    """Return how well raters agree on which reactions are there; None without any unit.

    The unit is a reaction: the outlines of several raters that match (``grouping``), present for
    those who drew one of them and absent for the others. A photo in which nobody drew anything is
    one unit, absent for all. Other places without a reaction are no units, for nobody can count
    them.

    Kappa is that of Conger (1980), doi:10.1037/0033-2909.88.2.322, for the same raters on all
    units: with two it is Cohen's (1960), where Fleiss' is not. Where nearly all units are present
    kappa is low though raters agree on nearly all of them (Feinstein & Cicchetti 1990), so raw
    agreement and agreement on presence belong beside it (Lantz & Nebenzahl 1996,
    doi:10.1016/0895-4356(95)00571-4). Kappa has an interval only where each rater rated units of at
    least 5 patients as present, and of 5 as absent: with fewer, many draws of the bootstrap have no
    kappa. Those few that have none then count as 1, for everybody agrees in them.

    Parameters
    ----------
    ratings: bool of shape (units, raters), whether present; of two raters or more.
    patients: the patient of each unit.

    >>> ratings = np.array([[True, True], [True, True], [True, False], [False, False]])
    >>> found = reaction_agreement(ratings, ["A", "B", "C", "D"])
    >>> found.agreement, found.positive, found.kappa
    (0.75, 0.8, 0.5)
    """
    if not len(ratings):
        return None
    present = int(ratings.all(axis=1).sum())
    absent = int((~ratings).all(axis=1).sum())
    return ReactionAgreement(
        units=len(ratings),
        present=present,
        absent=absent,
        agreement=_raw(ratings),
        agreement_interval=bootstrap_over_patients(lambda units: _raw(ratings[units]), patients),
        positive=_positive(ratings),
        kappa=None if len(ratings) in (present, absent) else _kappa(ratings),
        kappa_interval=bootstrap_over_patients(lambda units: _kappa(ratings[units]), patients)
        if _varies_enough(ratings, patients)
        else None,
    )


def _varies_enough(ratings: Ratings, patients: Sequence[str]) -> bool:
    names = np.asarray(patients)
    return all(
        len(set(names[rated])) >= FEWEST_PATIENTS
        for rater in ratings.T
        for rated in (rater, ~rater)
    )


def _pairs(ratings: Ratings) -> list[tuple[NDArray[np.bool_], NDArray[np.bool_]]]:
    return list(combinations(ratings.T, 2))


def _raw(ratings: Ratings) -> float:
    return float(np.mean([np.mean(one == other) for one, other in _pairs(ratings)]))


def _positive(ratings: Ratings) -> float | None:
    both = sum(int((one & other).sum()) for one, other in _pairs(ratings))
    each = sum(int(one.sum() + other.sum()) for one, other in _pairs(ratings))
    return 2 * both / each if each else None


def _kappa(ratings: Ratings) -> float:
    shares = ratings.mean(axis=0)
    by_chance = np.mean([a * b + (1 - a) * (1 - b) for a, b in combinations(shares, 2)])
    if by_chance == 1:
        return 1.0
    return float((_raw(ratings) - by_chance) / (1 - by_chance))
