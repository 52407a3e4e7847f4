"""How readers agree, as a page, tables and JSON."""

import csv
import dataclasses
import io
import json
from collections.abc import Sequence
from pathlib import Path
from typing import Any

from markupsafe import Markup

from erythema.evaluation.rater_agreement import PhotoPair, RaterAgreement
from erythema.evaluation.readers import ReadersAgreement
from erythema.evaluation.third_look import ThirdLook
from erythema.files import write_beside
from erythema.reports.cells import icc_cell, ratio_with_interval, with_interval
from erythema.reports.figures import bland_altman_figure
from erythema.reports.page import template
from erythema.reports.readers_terminal import AREAS, UNITS, consensus_lines, raters_name
from erythema.reports.tables import TRAINED_ON, plain


def write_readers_report(out: Path, agreement: ReadersAgreement) -> Path:
    """Write ``report.html``, ``photos.csv``, ``third_look.csv`` and ``agreement.json``.

    The same input gives the same bytes. Returns the page's path.
    """
    page = template("readers.html").render(
        agreement=agreement,
        rows=agreement.comparisons,
        figures=_figures(agreement.pairs),
        units=UNITS,
        areas=AREAS,
        consensus=consensus_lines(agreement),
        trained_on=TRAINED_ON,
        raters_name=raters_name,
        with_interval=with_interval,
        ratio_with_interval=ratio_with_interval,
        icc_cell=icc_cell,
    )
    write_beside(out / "photos.csv", photos_csv(agreement.photos))
    write_beside(out / "third_look.csv", third_look_csv(agreement.third_look))
    write_beside(out / "agreement.json", agreement_json(agreement))
    write_beside(out / "report.html", page)
    return out / "report.html"


def photos_csv(pairs: Sequence[PhotoPair]) -> str:
    """Return a table with a row for each photo and two raters who both read it."""
    columns = [field.name for field in dataclasses.fields(PhotoPair)]
    rows = [
        {**dataclasses.asdict(pair), "trained_on": TRAINED_ON if pair.trained_on else ""}
        for pair in pairs
    ]
    return _csv(columns, rows)


def third_look_csv(photos: Sequence[ThirdLook]) -> str:
    """Return a table of the photos about which readers differ, the worst first."""
    rows = [{"photo": one.photo, "dice": one.dice, "why": "; ".join(one.reasons)} for one in photos]
    return _csv(["photo", "dice", "why"], rows)


def agreement_json(agreement: ReadersAgreement) -> str:
    """Return all figures but those of single photos. A number that is not finite becomes null."""
    fields = {
        field.name: getattr(agreement, field.name)
        for field in dataclasses.fields(agreement)
        if field.name not in ("photos", "consensus")
    }
    fields["consensus"] = agreement.consensus and [
        {"photo": one.photo, "state": one.state, "reactions": len(one.rois), "why": one.why}
        for one in agreement.consensus
    ]
    return json.dumps(plain(fields), indent=2, ensure_ascii=False, allow_nan=False) + "\n"


def _csv(columns: Sequence[str], rows: Sequence[dict[str, Any]]) -> str:
    buffer = io.StringIO()
    writer = csv.DictWriter(buffer, columns, lineterminator="\n")
    writer.writeheader()
    writer.writerows(rows)
    return buffer.getvalue()


def _figures(pairs: Sequence[RaterAgreement]) -> list[tuple[str, Markup]]:
    """Ratios of the areas of each pair that has patients enough for it."""
    return [
        (
            raters_name(pair),
            Markup(
                bland_altman_figure(
                    pair.areas.bland_altman_log,
                    logarithm=True,
                    name=f"ratios{number}",
                    measured_by=(pair.raters[1], pair.raters[0]),
                )
            ),
        )
        for number, pair in enumerate(pairs, 1)
        if pair.areas.bland_altman_log
    ]
