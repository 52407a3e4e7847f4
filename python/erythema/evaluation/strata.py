"""The scores of photos in groups, such as one for each tone of skin."""

from collections import defaultdict
from collections.abc import Sequence
from dataclasses import dataclass

from erythema.datasets.folder import DataSet, read_column
from erythema.evaluation.scores import PhotoScore, Summary, summarise

NOT_STATED = "not stated"


@dataclass(frozen=True)
class Strata:
    """What the scores of the photos of each value of a column of photos.csv say together."""

    column: str
    summaries: dict[str, Summary]  # by the value, sorted; those of photos without one last


def stratify(column: str, scores: Sequence[PhotoScore], data_sets: Sequence[DataSet]) -> Strata:
    """Part scores by a column of their data sets' photos.csv.

    Raises
    ------
    DataSetError: a data set has no such column.
    """
    values = {data_set.name: read_column(data_set.folder, column) for data_set in data_sets}
    groups: dict[str, list[PhotoScore]] = defaultdict(list)
    for score in scores:
        groups[values[score.data_set].get(score.photo) or NOT_STATED].append(score)
    order = sorted(groups, key=lambda value: (value == NOT_STATED, value))
    return Strata(column, {value: summarise(groups[value]) for value in order})
