"""The scores of photos in groups, such as one for each tone of skin."""

import math
from collections import defaultdict
from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from erythema.datasets.folder import DataSet, read_column
from erythema.evaluation.scores import PhotoScore, Summary, summarise

NOT_STATED = "not stated"

Values = Mapping[tuple[str, str], str]  # of a column, by data set and photo


@dataclass(frozen=True)
class Strata:
    """What the scores of the photos of each value of a column of photos.csv say together."""

    column: str
    summaries: dict[str, Summary]  # by the value, in order; of photos without one last


def read_values(column: str, data_sets: Sequence[DataSet]) -> Values:
    """Return what a column of photos.csv says of each photo, by data set and photo.

    Raises
    ------
    DataSetError: a data set has no such column.
    """
    return {
        (data_set.name, photo): value
        for data_set in data_sets
        for photo, value in read_column(data_set.folder, column).items()
    }


def stratify(column: str, values: Values, scores: Sequence[PhotoScore]) -> Strata:
    """Part scores by the values of a column; those of photos without one are "not stated"."""
    groups: dict[str, list[PhotoScore]] = defaultdict(list)
    for score in scores:
        groups[values.get((score.data_set, score.photo)) or NOT_STATED].append(score)
    return Strata(column, {value: summarise(groups[value]) for value in sorted(groups, key=_place)})


def _place(value: str) -> tuple[bool, float, str]:
    """Numbers first and by size, then words, then what is not stated."""
    try:
        return (False, float(value), value)
    except ValueError:
        return (value == NOT_STATED, math.inf, value)
