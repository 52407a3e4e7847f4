"""The report as one page that needs nothing beside it: no server, no network, no script."""

import math
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path

from jinja2 import Environment, FileSystemLoader, StrictUndefined, Template
from markupsafe import Markup

from erythema.datasets.folder import NO_ERYTHEMA, DataSet, Entry, read_mask
from erythema.evaluation.bland_altman import BlandAltman
from erythema.evaluation.conclusions import Comparison, Evaluation
from erythema.evaluation.scores import Figure, PhotoScore, Summary
from erythema.evaluation.strata import Strata
from erythema.files import write_beside
from erythema.reports import measures
from erythema.reports.figures import (
    bland_altman_figure,
    confidence_figure,
    learning_curves_figure,
    reliability_figure,
)
from erythema.reports.pictures import Picture, agreement_picture, mask_picture, photo_picture
from erythema.reports.tables import TRAINED_ON, fold_table, scores_csv, summary_json
from erythema.segmentation.outline import fill_each
from erythema.segmentation.photo import read_photo
from erythema.segmentation.roi_set import read_rois

NOT_STATED = (
    "Not stated. Whoever shows these figures should say what the photos show and who drew the "
    "outlines (the command's option --about)."
)
Curves = Mapping[str, Sequence[Mapping[str, object]]]


@dataclass(frozen=True)
class PhotoRow:
    """One photo of the study's figure: photo, what was drawn, what was found."""

    score: PhotoScore
    others: list[tuple[str, PhotoScore]]  # who else found outlines in it, and how well
    photo: Picture
    drawn: Picture
    found: Picture


def write_report(
    out: Path,
    evaluations: Sequence[Evaluation],
    comparison: Comparison | None,
    data_sets: Sequence[DataSet],
    *,
    strata: Strata | None = None,
    curves: Curves | None,
    folds: Sequence[Summary] | None,
    about: str,
    command: str,
) -> Path:
    """Write ``report.html``, ``scores.csv`` and ``summary.json``; return the page's path.

    The same input gives the same bytes.

    Parameters
    ----------
    out: the folder; ``outlines/DATA_SET/ID.zip`` in it are the first evaluation's outlines.
    evaluations: first what the report is about, then what it is compared with.
    data_sets: as the reader outlined them; the page shows their photos, at most 320 pixels wide.
    strata: the first evaluation, in groups of photos.
    curves: the rows of ``training.csv`` of each training, by its name.
    folds: where it is a cross-validation.
    about: what the photos are and who drew the outlines; empty where that is not stated.
    command: what was typed.
    """
    about = about or NOT_STATED
    first = evaluations[0]
    page = template("page.html").render(
        first=first,
        evaluations=evaluations,
        comparison=comparison,
        strata=strata,
        strata_measures=measures.STRATA,
        about=about,
        command=command,
        trained_on=TRAINED_ON,
        per_photo=_present(measures.PER_PHOTO, [one.summary.per_photo for one in evaluations]),
        pooled=_present(measures.POOLED, [one.summary.pooled for one in evaluations]),
        folds=folds,
        fold_tables=[fold_table(counting, folds, first.summary) for counting in measures.COUNTINGS]
        if folds
        else [],
        areas=_area_figures(first),
        reliability=first.reliability,
        reliability_svg=first.reliability
        and Markup(reliability_figure(first.reliability, name="reliability")),
        confidence=first.confidence,
        confidence_svg=first.confidence
        and Markup(confidence_figure(first.confidence, name="confidence")),
        curves=[
            Markup(learning_curves_figure(rows, name=f"curves{number}", title=title))
            for number, (title, rows) in enumerate((curves or {}).items(), 1)
        ],
        outlined=_photo_rows(
            out, evaluations, data_sets, [one for one in first.scores if one.drawn_px]
        ),
        false_reactions=_photo_rows(
            out,
            evaluations,
            data_sets,
            [one for one in first.scores if one.state == NO_ERYTHEMA and one.found_px],
        ),
    )
    summary = summary_json(evaluations, comparison, strata, folds, about, command)
    out.mkdir(parents=True, exist_ok=True)
    write_beside(out / "scores.csv", scores_csv(evaluations))
    write_beside(out / "summary.json", summary)
    write_beside(out / "report.html", page)
    return out / "report.html"


def template(name: str) -> Template:
    """Return the template of a page, which escapes what it is given."""
    environment = Environment(
        loader=FileSystemLoader(Path(__file__).parent),
        autoescape=True,
        undefined=StrictUndefined,
        trim_blocks=True,
        lstrip_blocks=True,
    )
    environment.filters.update(number=_number, percent=_percent, ratio=_ratio, p_value=_p_value)
    return environment.get_template(name)


def _present(
    known: Sequence[measures.Measure], summaries: Sequence[Mapping[str, Figure]]
) -> list[measures.Measure]:
    return [one for one in known if any(one.name in summary for summary in summaries)]


def _area_figures(evaluation: Evaluation) -> list[tuple[bool, BlandAltman, Markup]]:
    """On the logarithm first, then raw; each where there are enough patients for it."""
    plots = ((True, evaluation.bland_altman_log), (False, evaluation.bland_altman_raw))
    return [
        (logarithm, areas, Markup(bland_altman_figure(areas, logarithm=logarithm, name=name)))
        for (logarithm, areas), name in zip(plots, ("ratios", "differences"), strict=True)
        if areas
    ]


def _photo_rows(
    out: Path,
    evaluations: Sequence[Evaluation],
    data_sets: Sequence[DataSet],
    scores: Sequence[PhotoScore],
) -> list[PhotoRow]:
    """The photos of the scores, the lowest Dice first; without Dice the largest found area."""
    entries = {(one.name, entry.id): entry for one in data_sets for entry in one.entries}
    elsewhere = [
        (other.subject, {(score.data_set, score.photo): score for score in other.scores})
        for other in evaluations[1:]
    ]
    rows = []
    for score in sorted(
        scores, key=lambda one: (one.dice or 0.0, -one.found_px, one.data_set, one.photo)
    ):
        key = score.data_set, score.photo
        also = [(subject, table[key]) for subject, table in elsewhere if key in table]
        rows.append(_photo_row(out, score, also, entries[key]))
    return rows


def _photo_row(
    out: Path, score: PhotoScore, others: list[tuple[str, PhotoScore]], entry: Entry
) -> PhotoRow:
    photo = read_photo(entry.photo)
    shape = photo.shape[:2]
    drawn = read_mask(entry, shape)
    outlines = out / "outlines" / score.data_set / f"{score.photo}.zip"
    rois = read_rois(outlines) if score.found_px else []
    found = fill_each((roi.outlines for roi in rois), shape)
    return PhotoRow(
        score,
        others,
        photo=photo_picture(photo),
        drawn=mask_picture(drawn),
        found=agreement_picture(found, drawn),
    )


def _number(value: float | None, decimals: int = 3) -> str:
    """A figure for a table; a dash where there is none.

    >>> _number(12345.6, 0), _number(0.95)
    ('12,346', '0.950')
    """
    return (
        "\N{EN DASH}" if value is None else f"{value:,.{decimals}f}".replace("-", "\N{MINUS SIGN}")
    )


def _percent(share: float) -> str:
    """A share in per cent.

    >>> _percent(0.125).split()
    ['12.5', '%']
    """
    return f"{100 * share:.1f}\N{NO-BREAK SPACE}%"


def _ratio(logarithm: float) -> str:
    """The ratio that a natural logarithm stands for.

    >>> _ratio(0.0)
    '1.00'
    """
    return f"{math.exp(logarithm):.2f}"


def _p_value(p: float) -> str:
    """A p value with its sign.

    >>> _p_value(0.0004), _p_value(0.21)
    ('p < 0.001', 'p = 0.210')
    """
    return "p < 0.001" if p < 0.001 else f"p = {p:.3f}"
