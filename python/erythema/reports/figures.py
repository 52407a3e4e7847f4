"""The report's figures as SVG that lies within the page and takes its colours from it."""

import html
import io
import re
from collections.abc import Callable, Mapping, Sequence
from contextlib import AbstractContextManager
from typing import Any

import matplotlib
import numpy as np
from matplotlib.axes import Axes
from matplotlib.figure import Figure
from matplotlib.ticker import (
    EngFormatter,
    LogLocator,
    MaxNLocator,
    NullFormatter,
    StrMethodFormatter,
)

from erythema.evaluation.bland_altman import BlandAltman
from erythema.evaluation.confidence import Judgement
from erythema.evaluation.intervals import Interval
from erythema.evaluation.reliability import Reliability

# Stand-ins while matplotlib draws: the page sets these colours, for light and for dark.
INK, FAINT, FIRST, SECOND = "#000001", "#000002", "#000003", "#000004"
PAGE_COLOURS = {
    INK: "var(--ink)",
    FAINT: "var(--faint)",
    FIRST: "var(--first)",
    SECOND: "var(--second)",
}
STYLE: dict[Any, Any] = {
    "svg.fonttype": "none",  # text stays text: it can be read aloud, searched and copied
    "figure.facecolor": "none",
    "axes.facecolor": "none",
    "font.size": 10,
    "text.color": INK,
    "axes.labelcolor": INK,
    "axes.edgecolor": FAINT,
    "axes.spines.top": False,
    "axes.spines.right": False,
    "xtick.color": INK,
    "ytick.color": INK,
    "grid.color": FAINT,
    "grid.linewidth": 0.4,
    "axes.grid": True,
    "axes.axisbelow": True,
}
WIDEST_LINEAR_RANGE = 4.0  # times; a wider logarithmic axis is labelled 1, 2, 5, 10, ...


def bland_altman_figure(
    areas: BlandAltman,
    *,
    logarithm: bool,
    name: str,
    measured_by: tuple[str, str] = ("found", "drawn"),
) -> str:
    """Draw differences over means with the bias, the limits of agreement and their intervals.

    On the logarithm both axes are shown as what they stand for: found / drawn as a ratio, over
    the geometric mean of both areas.

    Parameters
    ----------
    measured_by: what the axis and the description call the first and the second measurement.
    """
    first, second = measured_by
    with _style(name):
        figure = Figure(figsize=(5, 3.9), layout="constrained")
        axes = figure.add_subplot()
        as_shown: Callable[[Any], Any] = np.exp if logarithm else np.asarray
        axes.plot(
            as_shown(areas.means), as_shown(areas.differences), "o", color=FIRST, markersize=4.5
        )
        axes.axhline(1 if logarithm else 0, color=INK, linewidth=0.8)
        for value, interval, line in (
            (areas.bias, areas.bias_interval, "-"),
            (areas.low, areas.low_interval, "--"),
            (areas.high, areas.high_interval, "--"),
        ):
            _line_with_interval(axes, as_shown, value, interval, line)
        axes.set_xlabel(f"{'Geometric mean' if logarithm else 'Mean'} of both areas (pixels)")
        ratio, difference = f"{first} / {second}", f"{first} \N{MINUS SIGN} {second} (pixels)"
        label = ratio if logarithm else difference
        axes.set_ylabel(label[0].upper() + label[1:])
        if logarithm:
            axes.set_xscale("log")
            axes.set_yscale("log")
            _label_logarithm(axes)
            axes.yaxis.set_major_formatter(StrMethodFormatter("{x:.3g}"))
        else:
            axes.yaxis.set_major_formatter(EngFormatter(sep="\N{THIN SPACE}"))
        axes.xaxis.set_major_formatter(EngFormatter(sep="\N{THIN SPACE}"))
        scale = "as ratios on a logarithmic axis" if logarithm else "as differences in pixels"
        return _svg(
            figure,
            name,
            f"Bland-Altman plot of the areas {first} and {second}, {scale}: {len(areas.means)} "
            "photos as dots, the bias as a full line, the limits of agreement dashed, with bands "
            "for their 95 % intervals. The sentences beside it say the same in numbers.",
        )


def reliability_figure(reliability: Reliability, *, name: str) -> str:
    """Draw the share of pixels that were drawn over the probability that the network gave."""
    with _style(name):
        figure, above, below = _over_a_diagonal()
        filled = [bin for bin in reliability.bins if bin.pixels]
        probability = [bin.probability for bin in filled]
        for bin in filled:
            if bin.interval:
                ends = bin.interval.low, bin.interval.high
                above.vlines(bin.probability, *ends, color=FIRST, alpha=0.5, linewidth=2)
        above.plot(probability, [bin.drawn for bin in filled], "o-", color=FIRST, markersize=4.5)
        above.set_ylabel("Share drawn by the reader")
        below.bar(probability, [bin.pixels for bin in filled], width=0.05, color=FIRST)
        below.set_yscale("log")
        below.yaxis.set_major_formatter(EngFormatter(sep="\N{THIN SPACE}"))
        below.yaxis.set_minor_formatter(NullFormatter())
        below.set_ylabel("Pixels")
        below.set_xlabel("Probability given by the network")
        return _svg(
            figure,
            name,
            "Reliability diagram: the share of pixels that the reader drew, over the probability "
            "that the network gave them; on the dotted diagonal both are the same. Below it, how "
            "many pixels each dot stands for.",
        )


def confidence_figure(judgement: Judgement, *, name: str) -> str:
    """Draw the share of reactions that were right over the confidence that was stated."""
    with _style(name):
        figure, above, below = _over_a_diagonal()
        filled = [(one, one.correct) for one in judgement.bins if one.correct]
        stated = [one.confidence for one, _ in filled]
        for one, correct in filled:
            ends = correct.low, correct.high
            above.vlines(one.confidence, *ends, color=FIRST, alpha=0.5, linewidth=2)
        shares = [correct.share for _, correct in filled]
        above.plot(stated, shares, "o-", color=FIRST, markersize=4.5)
        above.set_ylabel("Share of right outlines")
        below.bar(stated, [one.reactions for one, _ in filled], width=0.05, color=FIRST)
        below.yaxis.set_major_locator(MaxNLocator(3, integer=True))
        below.set_ylabel("Reactions")
        below.set_xlabel("Confidence stated")
        return _svg(
            figure,
            name,
            "Reliability diagram of confidences: the share of found reactions whose outline was "
            "right, over the confidence stated for them; on the dotted diagonal both are the "
            "same. Below it, how many reactions each dot stands for.",
        )


def _over_a_diagonal() -> tuple[Figure, Axes, Axes]:
    """Shares over probabilities on a dotted diagonal, and below it room for how many there are."""
    figure = Figure(figsize=(5, 4.6), layout="constrained")
    above, below = figure.subplots(2, 1, sharex=True, height_ratios=(4, 1))
    above.plot([0, 1], [0, 1], color=INK, linewidth=0.8, linestyle=":")
    above.set_ylim(-0.02, 1.02)
    above.set_xlim(-0.02, 1.02)
    return figure, above, below


def learning_curves_figure(rows: Sequence[Mapping[str, object]], *, name: str, title: str) -> str:
    """Draw one training: loss, validation loss and validation Dice over the epochs."""
    with _style(name):
        figure = Figure(figsize=(4.2, 2.6), layout="constrained")
        axes = figure.add_subplot()
        epochs = [int(str(row["epoch"])) for row in rows]
        for column, line in (
            ("loss", {"color": FAINT, "linestyle": "-"}),
            ("validation_loss", {"color": SECOND, "linestyle": "--"}),
            ("validation_dice", {"color": FIRST, "linestyle": "-", "linewidth": 2.0}),
        ):
            if rows[0][column] is not None:  # None in every row where no photo validated
                axes.plot(epochs, [float(str(row[column])) for row in rows], **line)
        axes.set_ylim(0, max(1.0, *(float(str(row["loss"])) for row in rows)))
        axes.xaxis.set_major_locator(MaxNLocator(integer=True, nbins=6))
        axes.set_xlabel("Epoch")
        axes.set_title(title, loc="left", fontsize=10, parse_math=False)
        return _svg(
            figure,
            name,
            f"Learning curves of {title}: training loss, validation loss and validation Dice over "
            f"{len(rows)} epochs.",
        )


def _style(name: str) -> AbstractContextManager[None]:
    """The same drawing has the same bytes each time: matplotlib derives ids from the salt."""
    return matplotlib.rc_context({**STYLE, "svg.hashsalt": name})


def _line_with_interval(
    axes: Axes, as_shown: Callable[[Any], Any], value: float, interval: Interval, line: str
) -> None:
    axes.axhspan(
        as_shown(interval.low), as_shown(interval.high), color=SECOND, alpha=0.15, linewidth=0
    )
    axes.axhline(as_shown(value), color=SECOND, linestyle=line, linewidth=1.5)


def _label_logarithm(axes: Axes) -> None:
    for axis in (axes.xaxis, axes.yaxis):
        low, high = axis.get_view_interval()
        wide = high / low > WIDEST_LINEAR_RANGE
        axis.set_major_locator(LogLocator(subs=(1, 2, 5)) if wide else MaxNLocator(5))
        axis.set_minor_formatter(NullFormatter())


def _svg(figure: Figure, name: str, description: str) -> str:
    """Return a figure as an ``<svg>`` element whose ids no other figure of the page has."""
    buffer = io.StringIO()
    nothing = dict.fromkeys(("Date", "Creator", "Format", "Type"))
    figure.savefig(buffer, format="svg", metadata=nothing)
    svg = buffer.getvalue()
    svg = svg[svg.index("<svg") :]
    for stand_in, colour in PAGE_COLOURS.items():
        svg = svg.replace(stand_in, colour)
    svg = re.sub(r'(\bid="|url\(#|href="#)', rf"\g<1>{name}-", svg)
    width, height = (72 * side for side in figure.get_size_inches())
    start = (
        f'<svg xmlns="http://www.w3.org/2000/svg" xmlns:xlink="http://www.w3.org/1999/xlink" '
        f'viewBox="0 0 {width:g} {height:g}" role="img" aria-label="{html.escape(description)}">'
    )
    return re.sub(r"<svg[^>]*>", start, svg, count=1)
