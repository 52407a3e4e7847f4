"""How readers agree, in tables for a terminal."""

import math
from collections.abc import Sequence

from rich.markup import escape
from rich.table import Table

from erythema.datasets.folder import CONSENSUS
from erythema.evaluation.rater_agreement import RaterAgreement
from erythema.evaluation.readers import ReadersAgreement
from erythema.reports.cells import figure_cell, icc_cell, ratio_with_interval, with_interval
from erythema.reports.tables import TRAINED_ON

FIRST_TO_LOOK_AT = 10

UNITS = (
    "Reactions: the unit is a reaction, outlines of which match (intersection over union of at "
    "least a half). It is present for a reader who drew it and absent for one who did not; a photo "
    "in which nobody drew anything is one unit, absent for all. Where nearly all units are present "
    "kappa is low, or does not exist, though readers agree: read it with the shares of ratings "
    "alike. Of more than two readers kappa is Conger's (1980)."
)
AREAS = (
    "Areas: of all reactions of a photo together. ICC(A,1), absolute agreement of single readers, "
    "both photos and readers at random (McGraw & Wong 1996); with photos of few pixels and of many "
    "it is high for that alone. Ratios leave out photos in which one of both drew nothing; their "
    "limits of agreement hold 95 % of photos (Bland & Altman 1999)."
)


def readers_tables(agreement: ReadersAgreement) -> list[Table]:
    """Return what to print: outlines, reactions, areas, and the photos that need a third look."""
    rows = agreement.comparisons
    tables = [_outlines(rows, agreement), _reactions(rows, agreement), _areas(rows, agreement)]
    return [*tables, *([_third_look(agreement)] if agreement.third_look else [])]


def raters_name(one: RaterAgreement) -> str:
    """Return what a row is called: both of a pair, or all readers."""
    return " and ".join(one.raters) if len(one.raters) == 2 else f"all {len(one.raters)} readers"


def consensus_lines(agreement: ReadersAgreement) -> list[str]:
    """Say what became reader ``consensus``, and which photos have none, and why."""
    if agreement.consensus is None:
        return []
    agreed = [one for one in agreement.consensus if one.state is not None]
    of_two = ["Of two readers it is what both outlined, less than either did: a third one helps."]
    return [
        f"Consensus in {len(agreed)} of {len(agreement.consensus)} photos, as reader {CONSENSUS}.",
        *(of_two if len(agreement.readers) == 2 else []),
        *(f"{one.photo}: no consensus, {one.why}" for one in agreement.consensus if not one.state),
    ]


def _outlines(rows: Sequence[RaterAgreement], agreement: ReadersAgreement) -> Table:
    table = _table("Outlines", agreement, "photos (patients)", "no erythema for both", "Dice")
    for one in rows:
        table.add_row(
            escape(raters_name(one)),
            f"{one.photos} ({one.patients})",
            str(one.without_erythema),
            figure_cell(one.dice),
        )
    return table


def _reactions(rows: Sequence[RaterAgreement], agreement: ReadersAgreement) -> Table:
    table = _table(
        "Reactions",
        agreement,
        "units",
        "present, absent for all",
        "rated alike",
        "alike of present",
        "kappa",
    )
    for one in rows:
        found = one.reactions
        if found:
            table.add_row(
                escape(raters_name(one)),
                str(found.units),
                f"{found.present}, {found.absent}",
                with_interval(found.agreement, found.agreement_interval),
                with_interval(found.positive, None),
                "none: no variation"
                if found.kappa is None
                else with_interval(found.kappa, found.kappa_interval),
            )
    return table


def _areas(rows: Sequence[RaterAgreement], agreement: ReadersAgreement) -> Table:
    table = _table(
        "Areas", agreement, "ICC(A,1)", "of the logarithms", "second / first", "limits of agreement"
    )
    for one in rows:
        ratios = one.areas.bland_altman_log
        table.add_row(
            escape(raters_name(one)),
            icc_cell(one.areas.icc),
            icc_cell(one.areas.icc_log),
            ratio_with_interval(ratios.bias, ratios.bias_interval) if ratios else "-",
            f"{math.exp(ratios.low):.2f} to {math.exp(ratios.high):.2f}" if ratios else "-",
        )
    return table


def _third_look(agreement: ReadersAgreement) -> Table:
    shown = agreement.third_look[:FIRST_TO_LOOK_AT]
    title = f"Look at these first ({len(shown)} of {len(agreement.third_look)} that differ)"
    table = Table("Photo", "Why", title=title)
    for one in shown:
        table.add_row(escape(one.photo), escape("; ".join(one.reasons)))
    return table


def _table(name: str, agreement: ReadersAgreement, *columns: str) -> Table:
    trained_on = f": the network was {TRAINED_ON}" if agreement.trained_on else ""
    table = Table("", *columns, title=f"{name}{trained_on}")
    table.columns[0].overflow = "fold"
    return table
