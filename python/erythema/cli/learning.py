"""Commands that make a network and judge it: train, evaluate, crossvalidate."""

import shlex
import sys
from collections.abc import Sequence
from contextlib import nullcontext
from dataclasses import replace
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any

import typer
from rich.markup import escape
from rich.progress import Progress, TaskID, TextColumn

from erythema.cli.console import (
    EngineOption,
    app,
    err_console,
    out_console,
    progress_bar,
    stop,
    warn,
)
from erythema.datasets.checks import doubts
from erythema.datasets.folder import DataSet, list_readers, read_folder
from erythema.learning.settings import Settings
from erythema.learning.settings import preset as preset_settings
from erythema.segmentation.network import Network, load_network, read_calibration

if TYPE_CHECKING:
    from erythema.evaluation import evaluate as evaluation
    from erythema.evaluation.crossvalidation import FoldProgress
    from erythema.learning import optimisation

FoldersArgument = Annotated[
    list[Path], typer.Argument(metavar="FOLDER...", help="Data sets: photos with outlines.")
]
ReaderOption = Annotated[
    str | None, typer.Option(help="Whose outlines count, where there are several.")
]
PresetOption = Annotated[
    str, typer.Option(help="default, plain: a plain U-Net, or study: as published.")
]
WidthOption = Annotated[
    int | None, typer.Option(help="Channels of the U-Net's finest level.", min=1)
]
SizeOption = Annotated[int | None, typer.Option(help="Side of the square input in pixels.", min=32)]
EpochsOption = Annotated[int | None, typer.Option(help="At most so many passes.", min=1)]
BatchOption = Annotated[int | None, typer.Option(help="Photos a step.", min=1)]
PrecisionOption = Annotated[
    str | None, typer.Option(help="float32, bfloat16, or auto: the faster one here.")
]
ExtraOption = Annotated[
    list[Path] | None,
    typer.Option("--with", metavar="FOLDER", help="Trains too, beside; never judges a network."),
]
ReportOption = Annotated[Path | None, typer.Option(metavar="DIR", help="Folder for the report.")]
OverlapOption = Annotated[
    bool, typer.Option("--allow-overlap", help="Score photos that were trained on too, and say so.")
]
AboutOption = Annotated[
    str, typer.Option(metavar="TEXT", help="What the photos are, and who drew; for the report.")
]
SeedOption = Annotated[int, typer.Option(help="The same seed gives the same network.", min=0)]


@app.command()
def train(
    folders: FoldersArgument,
    out: Annotated[Path, typer.Option(metavar="models/NAME", help="New folder for the network.")],
    extra: ExtraOption = None,
    reader: ReaderOption = None,
    preset: PresetOption = "default",
    width: WidthOption = None,
    size: SizeOption = None,
    epochs: EpochsOption = None,
    batch: BatchOption = None,
    precision: PrecisionOption = None,
    seed: SeedOption = 0,
    start: Annotated[
        Path | None,
        typer.Option("--from", metavar="NETWORK", help="Train on from this network, in minutes."),
    ] = None,
    confidence: Annotated[
        Path | None,
        typer.Option(metavar="FILE", help="confidence.json of a crossvalidate with these options."),
    ] = None,
) -> None:
    """Train a network on photos with outlines; stopped, the same command goes on."""
    calibration = read_calibration(confidence) if confidence else None
    begin_with = load_network(start) if start else None
    settings = _settings(preset, width, size, epochs, batch, precision, seed, begin_with)
    data_sets = _read_folders(folders, reader)
    more = [_read_beside(folder, reader) for folder in extra or []]
    _tell_doubts(data_sets, more)

    from erythema.learning.training import train as learn

    with progress_bar(TextColumn("{task.fields[scores]}")) as progress:
        task = progress.add_task("Training", total=None, scores="")

        try:
            folder = learn(
                data_sets,
                out,
                settings,
                extra=more,
                start=begin_with,
                confidence=calibration,
                progress=lambda now: _show_training(progress, task, now),
                report=lambda line: progress.console.print(escape(line)),
            )
        except KeyboardInterrupt:
            progress.stop()
            stop(
                "Stopped. The same command goes on after the last finished epoch; with --epochs N, "
                "where N is that epoch or an earlier one, it writes the best network so far."
            )
    out_console.print(escape(f"The network is in {folder}; its card is README.md there."))


@app.command()
def evaluate(
    network: Annotated[Path, typer.Argument(metavar="NETWORK", help="Folder of the network.")],
    folders: FoldersArgument,
    out: ReportOption = None,
    reader: ReaderOption = None,
    against: Annotated[
        str | None,
        typer.Option(metavar="NETWORK_OR_READER", help="What to compare it with, photo by photo."),
    ] = None,
    by: Annotated[
        str | None,
        typer.Option(
            metavar="COLUMN", help="Column of photos.csv, such as fitzpatrick: a row each."
        ),
    ] = None,
    allow_overlap: OverlapOption = False,
    engine: EngineOption = "auto",
    about: AboutOption = "",
) -> None:
    """Say how good a network is on photos with outlines, other readers of them beside it."""
    from erythema.evaluation.evaluate import evaluate as judge
    from erythema.files import new_folder
    from erythema.reports import terminal
    from erythema.reports.page import write_report

    data_sets = _read_folders(folders, reader)
    _tell_doubts(data_sets)
    with new_folder(out) if out else nullcontext() as folder:
        with progress_bar(TextColumn("{task.fields[photo]}")) as progress:
            task = progress.add_task("Scoring", total=None, photo="")

            def show(now: "evaluation.Scoring") -> None:
                progress.update(task, total=now.photos, completed=now.number - 1, photo=now.photo)

            result = judge(
                network,
                data_sets,
                against,
                by=by,
                engine=engine,
                allow_overlap=allow_overlap,
                outlines=folder and folder / "outlines",
                progress=show,
            )
        warn(result.warnings)
        out_console.print(terminal.agreement_table(result.evaluations))
        if result.comparison:
            out_console.print(terminal.comparison_table(result.comparison))
        if result.strata:
            out_console.print(terminal.strata_table(result.strata, result.evaluations[0]))
        out_console.print(escape(terminal.tolerance_line(result.evaluations[0])))
        if result.evaluations[0].confidence:
            out_console.print(terminal.confidence_line(result.evaluations[0].confidence))
        if folder:
            write_report(
                folder,
                result.evaluations,
                result.comparison,
                data_sets,
                strata=result.strata,
                curves=result.curves,
                folds=None,
                about=about,
                command=_command(),
            )
    if out:
        out_console.print(escape(f"The report is {out / 'report.html'}."))


@app.command()
def crossvalidate(
    folders: FoldersArgument,
    out: Annotated[Path, typer.Option(metavar="DIR", help="Folder for the report and networks.")],
    folds: Annotated[int, typer.Option(help="Networks to train, each on the other folds.")] = 5,
    extra: ExtraOption = None,
    reader: ReaderOption = None,
    preset: PresetOption = "default",
    width: WidthOption = None,
    size: SizeOption = None,
    epochs: EpochsOption = None,
    batch: BatchOption = None,
    precision: PrecisionOption = None,
    seed: SeedOption = 0,
    allow_overlap: OverlapOption = False,
    engine: EngineOption = "auto",
    about: AboutOption = "",
) -> None:
    """Train and judge a network a fold, split by patient; stopped, the same command goes on."""
    settings = _settings(preset, width, size, epochs, batch, precision, seed)
    data_sets = _read_folders(folders, reader)
    more = [_read_beside(folder, reader) for folder in extra or []]
    _tell_doubts(data_sets, more)

    from erythema.evaluation.crossvalidation import crossvalidate as validate
    from erythema.evaluation.evaluate import Scoring
    from erythema.reports import terminal
    from erythema.reports.page import write_report

    with progress_bar(TextColumn("{task.fields[scores]}")) as progress:
        task = progress.add_task("Fold 1", total=None, scores="")

        def show(now: "FoldProgress") -> None:
            progress.update(task, description=f"Fold {now.fold} of {now.folds}")
            if isinstance(now.now, Scoring):
                done, total = now.now.number - 1, now.now.photos
                progress.update(task, completed=done, total=total, scores=now.now.photo)
            else:
                _show_training(progress, task, now.now)

        try:
            result = validate(
                data_sets,
                out,
                folds,
                settings,
                extra=more,
                engine=engine,
                allow_overlap=allow_overlap,
                progress=show,
                report=lambda line: progress.console.print(escape(line)),
            )
        except KeyboardInterrupt:
            progress.stop()
            stop("Stopped. The same command goes on after the last finished epoch.")
    warn(result.warnings)
    evaluations = [result.evaluation, *result.readers]
    for table in terminal.fold_tables(result.evaluation, result.folds):
        out_console.print(table)
    out_console.print(terminal.agreement_table(evaluations))
    out_console.print(escape(terminal.tolerance_line(result.evaluation)))
    if result.evaluation.confidence:
        out_console.print(terminal.confidence_line(result.evaluation.confidence))
    page = write_report(
        out,
        evaluations,
        None,
        data_sets,
        curves=result.curves,
        folds=result.folds,
        about=about,
        command=_command(),
    )
    out_console.print(escape(f"The report is {page}."))


def _settings(
    name: str,
    width: int | None,
    size: int | None,
    epochs: int | None,
    batch: int | None,
    precision: str | None,
    seed: int,
    start: Network | None = None,
) -> Settings:
    """A preset, or what a start needs, with what the user sets otherwise."""
    wanted: dict[str, Any] = {
        "width": width,
        "size": size,
        "epochs": epochs,
        "batch": batch,
        "precision": precision,
    }
    others = {key: value for key, value in wanted.items() if value is not None}
    if start is None:
        return replace(preset_settings(name), seed=seed, **others)
    if width or size or name != "default":
        stop("--from NETWORK decides preset, width and size: leave those options out.")

    from erythema.learning.finetuning import settings_from

    return replace(settings_from(start), seed=seed, **others)


def _read_folders(folders: list[Path], reader: str | None) -> list[DataSet]:
    return [read_folder(folder, reader) for folder in folders]


def _read_beside(folder: Path, reader: str | None) -> DataSet:
    """A data set that only trains; one of a single reader is read as that one outlined it."""
    return read_folder(folder, reader if len(list_readers(folder)) > 1 else None)


def _tell_doubts(data_sets: list[DataSet], beside: Sequence[DataSet] = ()) -> None:
    for data_set in [*data_sets, *beside]:
        for problem in data_set.problems:
            err_console.print(escape(f"{data_set.folder / problem.file}: {problem.message}"))
    warn(doubts(data_sets, beside))


def _command() -> str:
    return shlex.join(["erythema", *sys.argv[1:]])


def _show_training(progress: Progress, task: TaskID, now: "optimisation.Progress") -> None:
    dice = "" if now.validation_dice is None else f"  Dice {now.validation_dice:.3f}"
    progress.update(
        task,
        total=now.epochs * now.steps,
        completed=(now.epoch - 1) * now.steps + now.step,
        scores=f"epoch {now.epoch}  loss {now.loss:.3f}{dice}",
    )
