"""Splits by patient: all photos of a patient go to the same side."""

from collections.abc import Sequence

import numpy as np


def folds_by_patient(
    patients: Sequence[str], outlined: Sequence[bool], count: int, seed: int
) -> list[int]:
    """Return the fold, 0 to ``count - 1``, of each photo.

    Patients are dealt out in an order drawn from ``seed``, those with an outlined photo first, so
    that every fold gets about as many of either kind. A patient counts as one by name, whatever
    data set the photos are from, and the order of the photos makes no difference.

    Parameters
    ----------
    patients: the patient of each photo.
    outlined: whether the photo has outlines, for each photo.

    Raises
    ------
    ValueError: fewer patients than folds.

    >>> folds_by_patient(["P1", "P2", "P1", "P3"], [True] * 4, count=3, seed=0)
    [1, 2, 1, 0]
    """
    names = sorted(set(patients))
    if count > len(names):
        raise ValueError(f"{count} folds need at least {count} patients; there are {len(names)}")
    with_outlines = {name for name, yes in zip(patients, outlined, strict=True) if yes}
    shuffled = [names[i] for i in np.random.default_rng(seed).permutation(len(names))]
    dealt = sorted(shuffled, key=lambda name: name not in with_outlines)
    fold = {name: place % count for place, name in enumerate(dealt)}
    return [fold[name] for name in patients]
