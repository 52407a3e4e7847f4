"""The report's main tables for a terminal."""

from collections.abc import Sequence
from dataclasses import replace

from rich.markup import escape
from rich.table import Table

from erythema.datasets.folder import NO_ERYTHEMA
from erythema.evaluation.conclusions import Comparison, Evaluation
from erythema.evaluation.confidence import Judgement
from erythema.evaluation.scores import Figure, Summary
from erythema.evaluation.strata import Strata
from erythema.reports.cells import figure_cell
from erythema.reports.measures import COUNTINGS, PER_PHOTO, POOLED, STRATA, Counting, Measure
from erythema.reports.tables import TRAINED_ON, fold_table

SHARES = ("Dice", "precision", "recall")


def agreement_table(evaluations: Sequence[Evaluation]) -> Table:
    """Return a row a measure and a column a network or reader, with 95 % intervals."""
    title = escape(f"Agreement with {evaluations[0].reader}") + _trained_on(evaluations)
    table = Table("", *(escape(one.subject) for one in evaluations), title=title)
    for measure in PER_PHOTO:
        _add(table, measure, [one.summary.per_photo.get(measure.name) for one in evaluations])
    for measure in POOLED:
        _add(table, measure, [one.summary.pooled.get(measure.name) for one in evaluations])
    table.add_row("Photos (patients)", *(_photos(one.summary) for one in evaluations))
    table.add_row(
        "False reactions in photos without erythema",
        *(_false_reactions(one.summary) for one in evaluations),
    )
    for name in _without_erythema_in(evaluations[0]):
        table.add_row(escape(f"  of {name}"), *(_false_in(name, one) for one in evaluations))
    return table


def comparison_table(comparison: Comparison) -> Table:
    """Return the mean of the differences between two, photo by photo."""
    title = f"{comparison.subject} minus {comparison.other}, {comparison.photos} photos"
    table = Table("", "Mean of the differences", title=escape(title))
    for measure in PER_PHOTO:
        _add(table, measure, [_short(comparison.differences.get(measure.name))])
    return table


def strata_table(strata: Strata, evaluation: Evaluation) -> Table:
    """Return a row a value of the column that parts the photos, with 95 % intervals."""
    title = escape(f"{evaluation.subject} by {strata.column}") + _trained_on([evaluation])
    titles = (measure.title for measure in STRATA)
    table = Table("", "outlined (patients)", *titles, "false reactions", title=title)
    table.columns[0].overflow = "fold"
    for value, summary in strata.summaries.items():
        figures = {**summary.pooled, **summary.per_photo}
        cells = (figure_cell(_short(figures.get(one.name)), one.decimals) for one in STRATA)
        table.add_row(escape(value), _photos(summary), *cells, _false_reactions(summary))
    return table


def fold_tables(evaluation: Evaluation, folds: Sequence[Summary]) -> list[Table]:
    """Return a table like the reference study's for each way to count Dice, precision, recall."""
    return [_fold_table(counting, evaluation, folds) for counting in COUNTINGS]


def tolerance_line(evaluation: Evaluation) -> str:
    """Say what surface Dice tolerates, and where that is from."""
    return (
        f"Surface Dice tolerates {evaluation.tolerance:.2f} pixels of a photo whose longer side "
        f"has 512: the median distance between borders of {evaluation.tolerance_from}."
    )


def confidence_line(judgement: Judgement) -> str:
    """Say how well confidences and area intervals hold."""
    line = (
        f"Confidences of {judgement.reactions} reactions ({judgement.correct} right): Brier score "
        f"{judgement.brier:.3f} ({judgement.brier_of_the_share:.3f} for the share of right ones), "
        f"expected calibration error {judgement.error:.3f}."
    )
    inside = judgement.inside
    if inside is None:
        return line
    return (
        f"{line} Drawn areas within their {judgement.coverage:.0%} interval: {inside.count} of "
        f"{inside.of} ({inside.low:.3f} to {inside.high:.3f})."
    )


def _fold_table(counting: Counting, evaluation: Evaluation, folds: Sequence[Summary]) -> Table:
    figures = fold_table(counting, folds, evaluation.summary)
    table = Table("Fold", "photos", *SHARES, title=counting.title + _trained_on([evaluation]))
    for number, (row, summary) in enumerate(zip(figures.rows, folds, strict=True), 1):
        values = ["-" if one is None else f"{one.value:.3f}" for one in row]
        table.add_row(str(number), str(summary.photos), *values)
    table.add_section()
    table.add_row(
        "Mean ± SD",
        "",
        *("-" if one is None else f"{one[0]:.3f} ± {one[1]:.3f}" for one in figures.over_folds),
    )
    everything = [figure_cell(figure) for figure in figures.all_photos]
    table.add_row("All photos", str(evaluation.summary.photos), *everything)
    return table


def _add(table: Table, measure: Measure, figures: Sequence[Figure | None]) -> None:
    if any(figures):
        cells = (figure_cell(figure, measure.decimals) for figure in figures)
        table.add_row(measure.title, *cells)


def _short(figure: Figure | None) -> Figure | None:
    """A figure without the median and the worst value."""
    return figure and replace(figure, median=None)


def _photos(summary: Summary) -> str:
    return f"{summary.photos} ({summary.patients})"


def _false_reactions(summary: Summary) -> str:
    share = summary.false_reactions
    return f"{share.count} of {share.of} ({share.low:.3f} to {share.high:.3f})" if share else "-"


def _without_erythema_in(evaluation: Evaluation) -> list[str]:
    """The data sets that have photos without erythema, where there are several."""
    names = [one["name"] for one in evaluation.data_sets if one["without_erythema"]]
    return names if len(names) > 1 else []


def _false_in(data_set: str, evaluation: Evaluation) -> str:
    found = [
        score.found_px > 0
        for score in evaluation.scores
        if (score.data_set, score.state) == (data_set, NO_ERYTHEMA)
    ]
    return f"{sum(found)} of {len(found)}" if found else "-"


def _trained_on(evaluations: Sequence[Evaluation]) -> str:
    return f": {TRAINED_ON}" if any(one.trained_on for one in evaluations) else ""
