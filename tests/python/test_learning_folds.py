"""Folds never share a patient."""

import pytest

from erythema.learning.folds import folds_by_patient

PATIENTS = ["anna", "ben", "anna", "cleo", "dora", "emil", "dora", "finn", "anna"]
OUTLINED = [True, True, False, False, True, False, True, True, True]


@pytest.mark.parametrize("seed", range(5))
def test_a_patient_is_in_one_fold_only(seed):
    folds = folds_by_patient(PATIENTS, OUTLINED, 3, seed)
    for name in set(PATIENTS):
        used = {fold for fold, patient in zip(folds, PATIENTS, strict=True) if patient == name}
        assert len(used) == 1


@pytest.mark.parametrize("seed", range(5))
def test_patients_with_and_without_outlines_are_dealt_out_evenly(seed):
    folds = folds_by_patient(PATIENTS, OUTLINED, 2, seed)
    of = dict(zip(PATIENTS, folds, strict=True))
    assert sorted(of[name] for name in ("anna", "ben", "dora", "finn")) == [0, 0, 1, 1]
    assert sorted(of[name] for name in ("cleo", "emil")) == [0, 1]


def test_the_seed_decides_and_the_order_of_the_photos_does_not():
    folds = folds_by_patient(PATIENTS, OUTLINED, 3, seed=1)
    assert folds_by_patient(PATIENTS, OUTLINED, 3, seed=1) == folds
    assert folds_by_patient(PATIENTS, OUTLINED, 3, seed=2) != folds
    assert folds_by_patient(PATIENTS[::-1], OUTLINED[::-1], 3, seed=1) == folds[::-1]


def test_more_folds_than_patients_are_refused():
    with pytest.raises(ValueError, match="3 folds need at least 3 patients; there are 2"):
        folds_by_patient(["anna", "ben", "ben"], [True] * 3, 3, seed=0)
