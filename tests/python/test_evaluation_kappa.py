"""Agreement on which reactions are there, against published tables."""

import numpy as np
import pytest

pytest.importorskip("scipy", reason="evaluation needs the extra 'evaluate'")

from erythema.evaluation.grouping import group, overlaps
from erythema.evaluation.kappa import reaction_agreement


def ratings(both, first, second, neither):
    """Of two raters."""
    rows = [[True, True]] * both + [[True, False]] * first
    rows += [[False, True]] * second + [[False, False]] * neither
    return np.array(rows)


def of_as_many_patients(rows):
    return reaction_agreement(rows, [f"patient {number}" for number in range(len(rows))])


@pytest.mark.parametrize(
    ("table", "kappa"),
    [((40, 9, 6, 45), 0.70), ((80, 10, 5, 5), 0.32)],
    ids=["balanced", "nearly all present: the paradox of kappa"],
)
def test_kappa_is_that_of_feinstein_and_cicchetti_s_tables(table, kappa):
    found = of_as_many_patients(ratings(*table))
    assert found.agreement == pytest.approx(0.85)
    assert round(found.kappa, 2) == kappa
    assert found.kappa_interval.low < kappa < found.kappa_interval.high


def test_agreement_on_presence_leaves_out_what_is_absent_for_all():
    assert of_as_many_patients(ratings(6, 1, 3, 100)).positive == pytest.approx(12 / 16)


def test_kappa_of_three_raters_is_conger_s():
    rows = np.array([[1, 1, 1], [1, 1, 0], [0, 0, 0], [1, 0, 0]], bool)
    # Present: 3/4, 2/4, 1/4. Pairs agree in 3, 2 and 3 of 4 units; by chance in 1/2, 3/8, 1/2.
    observed, by_chance = (3 + 2 + 3) / 12, (1 / 2 + 3 / 8 + 1 / 2) / 3
    expected = (observed - by_chance) / (1 - by_chance)
    assert of_as_many_patients(rows).kappa == pytest.approx(expected)


def test_where_all_units_are_present_for_all_there_is_no_kappa():
    found = of_as_many_patients(ratings(20, 0, 0, 0))
    assert (found.kappa, found.agreement, found.present, found.absent) == (None, 1.0, 20, 0)


@pytest.mark.parametrize("table", [(19, 1, 0, 0), (19, 2, 0, 0), (19, 4, 4, 0)])
def test_where_hardly_any_unit_is_absent_kappa_has_no_interval_but_raw_agreement_has(table):
    found = of_as_many_patients(ratings(*table))
    assert found.kappa <= 0
    assert found.kappa_interval is None
    assert found.agreement_interval.low < found.agreement


def test_without_units_there_is_no_agreement():
    assert reaction_agreement(np.zeros((0, 2), bool), []) is None


def test_outlines_of_three_raters_that_overlap_by_half_are_one_reaction():
    def place(start, end):
        mask = np.zeros((1, 20), bool)
        mask[0, start:end] = True
        return mask

    first = [place(0, 4), place(10, 14)]
    second = [place(10, 13)]
    third = [place(11, 14), place(0, 1)]  # a quarter of the first's is another reaction
    groups = group(overlaps([first, second, third]), [2, 1, 2])
    assert groups == [{0: 0}, {0: 1, 1: 0, 2: 0}, {2: 1}]
