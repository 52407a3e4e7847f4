"""The scores as tables: one row a photo (CSV), everything together (JSON), and mean and SD."""

import csv
import dataclasses
import io
import json
import math
import statistics
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from erythema.evaluation.conclusions import Comparison, Evaluation
from erythema.evaluation.scores import Figure, PhotoScore, Summary
from erythema.evaluation.strata import Strata
from erythema.reports.measures import Counting

TRAINED_ON = "trained on these"

_NOT_IN_CSV = ("reliability", "found")  # the report's diagrams show them
_COLUMNS = [field.name for field in dataclasses.fields(PhotoScore) if field.name not in _NOT_IN_CSV]


def scores_csv(evaluations: Sequence[Evaluation]) -> str:
    """Return a table with a row for each photo and for each that found outlines in it.

    Shares are given in full; what does not exist for a photo is left empty; folds count from 1.
    """
    buffer = io.StringIO()
    writer = csv.DictWriter(buffer, ["found_by", *_COLUMNS], lineterminator="\n")
    writer.writeheader()
    for evaluation in evaluations:
        for score in evaluation.scores:
            row = {name: getattr(score, name) for name in _COLUMNS}
            row["fold"] = None if score.fold is None else score.fold + 1
            row["trained_on"] = TRAINED_ON if score.trained_on else ""
            writer.writerow({"found_by": evaluation.subject, **row})
    return buffer.getvalue()


def summary_json(
    evaluations: Sequence[Evaluation],
    comparison: Comparison | None,
    strata: Strata | None,
    folds: Sequence[Summary] | None,
    about: str,
    command: str,
) -> str:
    """Return all figures but those of single photos. A number that is not finite becomes null."""
    content = {
        "about": about,
        "command": command,
        "evaluations": [_without_scores(evaluation) for evaluation in evaluations],
        "comparison": comparison,
        "strata": strata,
        "folds": folds,
    }
    return json.dumps(plain(content), indent=2, ensure_ascii=False, allow_nan=False) + "\n"


@dataclass(frozen=True)
class FoldTable:
    """Dice, precision and recall of each fold, counted in one of the four ways."""

    counting: Counting
    rows: list[list[Figure | None]]  # a fold; None where it has no outlined photo
    over_folds: list[tuple[float, float] | None]  # mean and standard deviation
    all_photos: list[Figure | None]


def fold_table(counting: Counting, folds: Sequence[Summary], everything: Summary) -> FoldTable:
    """Return the figures of the folds, and of all photos, counted in one way."""

    def row(summary: Summary) -> list[Figure | None]:
        figures = summary.pooled if counting.pooled else summary.per_photo
        return [figures.get(name) for name in counting.names]

    rows = [row(summary) for summary in folds]
    columns = zip(*rows, strict=True)
    spread = [over_folds([figure.value for figure in column if figure]) for column in columns]
    return FoldTable(counting, rows, spread, row(everything))


def over_folds(values: Sequence[float]) -> tuple[float, float] | None:
    """Return the mean and the standard deviation (n - 1) of the folds' values.

    None where fewer than two folds have a value.

    >>> over_folds([0.5, 0.75, 1.0])
    (0.75, 0.25)
    >>> over_folds([0.8]) is None
    True
    """
    if len(values) < 2:
        return None
    return statistics.mean(values), statistics.stdev(values)


def _without_scores(evaluation: Evaluation) -> dict[str, Any]:
    fields = dataclasses.fields(evaluation)
    return {
        field.name: getattr(evaluation, field.name) for field in fields if field.name != "scores"
    }


def plain(value: Any) -> Any:
    """Return the same of dictionaries, lists, strings, finite numbers, booleans and None only."""
    if dataclasses.is_dataclass(value) and not isinstance(value, type):
        value = {field.name: getattr(value, field.name) for field in dataclasses.fields(value)}
    if isinstance(value, Mapping):
        return {str(key): plain(item) for key, item in value.items()}
    if isinstance(value, (list, tuple)):
        return [plain(item) for item in value]
    if isinstance(value, float) and not math.isfinite(value):
        return None
    return value
