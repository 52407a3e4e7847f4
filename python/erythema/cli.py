"""The command line: one command a verb, no logic of its own."""

import os
import shlex
import sys
from contextlib import nullcontext
from dataclasses import replace
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any

import typer
from rich.console import Console
from rich.markup import escape
from rich.progress import (
    BarColumn,
    MofNCompleteColumn,
    Progress,
    TaskID,
    TextColumn,
    TimeRemainingColumn,
)

from erythema import __version__
from erythema.datasets.checks import doubts
from erythema.datasets.folder import DataSet, read_folder
from erythema.errors import ErythemaError
from erythema.learning.settings import Settings
from erythema.learning.settings import preset as preset_settings
from erythema.segmentation.engines import Engine, open_engine
from erythema.segmentation.network import default_network_folder, load_network

if TYPE_CHECKING:
    from erythema.evaluation import evaluate as evaluation
    from erythema.evaluation.crossvalidation import FoldProgress
    from erythema.learning import optimisation

app = typer.Typer(
    help="Outlines skin prick test reactions in photographs, inside ImageJ and out of it.",
    no_args_is_help=True,
    add_completion=False,
    pretty_exceptions_enable=False,
)
_out = Console(highlight=False, soft_wrap=True)
_err = Console(stderr=True, highlight=False, soft_wrap=True)

_PACKAGES = {
    "imagehash": "ImageHash",
    "imagej": "pyimagej",
    "jinja2": "Jinja2",
    "jpype": "scyjava",
    "keras": "tensorflow",
    "matplotlib": "matplotlib",
    "psutil": "psutil",
    "scipy": "scipy",
    "scyjava": "scyjava",
    "tensorflow": "tensorflow",
}

NetworkOption = Annotated[
    Path | None,
    typer.Option("--network", help="Folder of the network; by default the one enclosed."),
]
EngineOption = Annotated[str, typer.Option("--engine", help="openvino, tensorflow or auto.")]
FoldersArgument = Annotated[
    list[Path], typer.Argument(metavar="FOLDER...", help="Data sets: photos with outlines.")
]
ReaderOption = Annotated[
    str | None, typer.Option(help="Whose outlines count, where there are several.")
]
PresetOption = Annotated[str, typer.Option(help="default, or study: as published.")]
WidthOption = Annotated[
    int | None, typer.Option(help="Channels of the U-Net's first level.", min=1)
]
SizeOption = Annotated[int | None, typer.Option(help="Side of the square input in pixels.", min=32)]
EpochsOption = Annotated[int | None, typer.Option(help="At most so many passes.", min=1)]
BatchOption = Annotated[int | None, typer.Option(help="Photos a step.", min=1)]
PrecisionOption = Annotated[
    str | None, typer.Option(help="float32, bfloat16, or auto: the faster one here.")
]
ReportOption = Annotated[Path | None, typer.Option(metavar="DIR", help="Folder for the report.")]
OverlapOption = Annotated[
    bool, typer.Option("--allow-overlap", help="Score photos that were trained on too, and say so.")
]
AboutOption = Annotated[
    str, typer.Option(metavar="TEXT", help="What the photos are, and who drew; for the report.")
]
SeedOption = Annotated[int, typer.Option(help="The same seed gives the same network.", min=0)]


def main() -> None:
    """Run the command line; what a person can mend is a message, not a stack trace."""
    os.environ.setdefault("TF_CPP_MIN_LOG_LEVEL", "3")  # TensorFlow greets at every start
    try:
        app()
    except ErythemaError as error:
        _stop(str(error))
    except ModuleNotFoundError as error:
        package = _PACKAGES.get(error.name or "")
        if package is None:
            raise
        _stop(f"This needs {package}. Install it with: pip install {package}")


def _stop(message: str) -> None:
    _err.print(f"[bold red]erythema:[/] {escape(message)}")
    sys.exit(1)


def _version(wanted: bool) -> None:
    if wanted:
        _out.print(f"erythema {__version__}")
        raise typer.Exit


def _above_zero(value: float | None) -> float | None:
    if value is not None and not 0 < value <= 1:
        raise typer.BadParameter(f"{value:g} does not lie above 0 and up to 1.")
    return value


def _share(value: float | None) -> float | None:
    if value is not None and not 0 <= value <= 1:
        raise typer.BadParameter(f"{value:g} does not lie between 0 and 1.")
    return value


@app.callback()
def _options(
    version: Annotated[
        bool, typer.Option("--version", callback=_version, is_eager=True, help="Print the version.")
    ] = False,
) -> None:
    pass


@app.command()
def demo(
    photo: Annotated[Path | None, typer.Argument(help="A photo; by default a sample.")] = None,
    fiji: Annotated[
        Path | None, typer.Option(help="Folder of your Fiji; by default the one that is found.")
    ] = None,
    screenshot: Annotated[
        Path | None, typer.Option(help="Save a picture of the desktop here, and end.")
    ] = None,
) -> None:
    """Start the service and ImageJ, and segment a photo as a click on the menu does."""
    from erythema.fiji.demo import run_demo

    run_demo(photo, fiji, screenshot, report=lambda line: _out.print(escape(line)))


@app.command()
def segment(
    sources: Annotated[
        list[Path],
        typer.Argument(metavar="PHOTO_OR_FOLDER...", help="Photos and folders of photos."),
    ],
    out: Annotated[Path, typer.Option(metavar="DIR", help="Folder for the results.")],
    network: NetworkOption = None,
    threshold: Annotated[
        float | None,
        typer.Option(help="Probability from which skin is erythema.", callback=_above_zero),
    ] = None,
    smallest_area: Annotated[
        float | None,
        typer.Option(
            help="Share of the photo below which a reaction is left out.", callback=_share
        ),
    ] = None,
    engine: EngineOption = "auto",
) -> None:
    """Outline the reactions in photos: ROI sets, overlay pictures and tables, without ImageJ."""
    from erythema.batch.files import collect_photos
    from erythema.batch.segment import segment_photos

    photos = collect_photos(sources)
    ready = _open(network, engine)
    failed = 0
    with _progress() as progress:
        task = progress.add_task("Segmenting", total=len(photos))
        for result in segment_photos(photos, ready, out, threshold, smallest_area):
            progress.advance(task)
            failed += result.status == "failed"
            if result.message:
                progress.console.print(escape(result.message))
    _out.print(f"{len(photos) - failed} of {len(photos)} photos segmented into {escape(str(out))}")
    if failed:
        raise typer.Exit(1)


@app.command()
def serve(
    host: Annotated[str, typer.Option(help="Address to listen on.")] = "127.0.0.1",
    port: Annotated[int, typer.Option(help="Port; 0 takes a free one.", min=0, max=65535)] = 8765,
    with_parent: Annotated[
        bool, typer.Option("--with-parent", help="End when standard input closes.")
    ] = False,
    network: NetworkOption = None,
    engine: EngineOption = "auto",
) -> None:
    """Run the U-Net service that ImageJ's menu command asks."""
    from erythema.service.server import LOOPBACK
    from erythema.service.server import serve as run_service

    if host not in (LOOPBACK, "localhost"):
        _err.print(
            "[yellow]Anyone who reaches this address can use the service, and photos travel "
            "unencrypted.[/] Use it in a closed network only."
        )
    run_service(_open(network, engine), host, port, with_parent)


@app.command()
def train(
    folders: FoldersArgument,
    out: Annotated[Path, typer.Option(metavar="models/NAME", help="New folder for the network.")],
    reader: ReaderOption = None,
    preset: PresetOption = "default",
    width: WidthOption = None,
    size: SizeOption = None,
    epochs: EpochsOption = None,
    batch: BatchOption = None,
    precision: PrecisionOption = None,
    seed: SeedOption = 0,
) -> None:
    """Train a network on photos with outlines; stopped, the same command goes on."""
    settings = _settings(preset, width, size, epochs, batch, precision, seed)
    data_sets = _read_data_sets(folders, reader)

    from erythema.learning.training import train as learn

    with _progress(TextColumn("{task.fields[scores]}")) as progress:
        task = progress.add_task("Training", total=None, scores="")

        try:
            folder = learn(
                data_sets,
                out,
                settings,
                progress=lambda now: _show_training(progress, task, now),
                report=lambda line: progress.console.print(escape(line)),
            )
        except KeyboardInterrupt:
            progress.stop()
            _stop(
                "Stopped. The same command goes on after the last finished epoch; with --epochs N, "
                "where N is that epoch or an earlier one, it writes the best network so far."
            )
    _out.print(escape(f"The network is in {folder}; its card is README.md there."))


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
    allow_overlap: OverlapOption = False,
    engine: EngineOption = "auto",
    about: AboutOption = "",
) -> None:
    """Say how good a network is on photos with outlines, other readers of them beside it."""
    from erythema.evaluation.evaluate import evaluate as judge
    from erythema.evaluation.files import new_folder
    from erythema.reports import terminal
    from erythema.reports.page import write_report

    data_sets = _read_data_sets(folders, reader)
    with new_folder(out) if out else nullcontext() as folder:
        with _progress(TextColumn("{task.fields[photo]}")) as progress:
            task = progress.add_task("Scoring", total=None, photo="")

            def show(now: "evaluation.Scoring") -> None:
                progress.update(task, total=now.photos, completed=now.number - 1, photo=now.photo)

            result = judge(
                network,
                data_sets,
                against,
                engine=engine,
                allow_overlap=allow_overlap,
                outlines=folder and folder / "outlines",
                progress=show,
            )
        _warn(result.warnings)
        _out.print(terminal.agreement_table(result.evaluations))
        if result.comparison:
            _out.print(terminal.comparison_table(result.comparison))
        _out.print(escape(terminal.tolerance_line(result.evaluations[0])))
        if folder:
            write_report(
                folder,
                result.evaluations,
                result.comparison,
                data_sets,
                curves=None,
                folds=None,
                about=about,
                command=_command(),
            )
    if out:
        _out.print(escape(f"The report is {out / 'report.html'}."))


@app.command()
def crossvalidate(
    folders: FoldersArgument,
    out: Annotated[Path, typer.Option(metavar="DIR", help="Folder for the report and networks.")],
    folds: Annotated[int, typer.Option(help="Networks to train, each on the other folds.")] = 5,
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
    data_sets = _read_data_sets(folders, reader)

    from erythema.evaluation.crossvalidation import crossvalidate as validate
    from erythema.evaluation.evaluate import Scoring
    from erythema.reports import terminal
    from erythema.reports.page import write_report

    with _progress(TextColumn("{task.fields[scores]}")) as progress:
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
                engine=engine,
                allow_overlap=allow_overlap,
                progress=show,
                report=lambda line: progress.console.print(escape(line)),
            )
        except KeyboardInterrupt:
            progress.stop()
            _stop("Stopped. The same command goes on after the last finished epoch.")
    _warn(result.warnings)
    evaluations = [result.evaluation, *result.readers]
    for table in terminal.fold_tables(result.evaluation, result.folds):
        _out.print(table)
    _out.print(terminal.agreement_table(evaluations))
    _out.print(escape(terminal.tolerance_line(result.evaluation)))
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
    _out.print(escape(f"The report is {page}."))


@app.command("install-plugin")
def install_plugin(
    folder: Annotated[
        Path, typer.Argument(metavar="FIJI_OR_IMAGEJ_FOLDER", help="Your Fiji or ImageJ folder.")
    ],
) -> None:
    """Copy the plugin into Fiji or ImageJ, and remove older copies of it there."""
    from erythema.fiji.install import install_plugin as install

    _out.print(escape(f"Installed {install(folder)}. Restart ImageJ to see Plugins > Erythema."))


def _settings(
    name: str,
    width: int | None,
    size: int | None,
    epochs: int | None,
    batch: int | None,
    precision: str | None,
    seed: int,
) -> Settings:
    """A preset with what the user sets otherwise."""
    wanted: dict[str, Any] = {
        "width": width,
        "size": size,
        "epochs": epochs,
        "batch": batch,
        "precision": precision,
    }
    others = {key: value for key, value in wanted.items() if value is not None}
    return replace(preset_settings(name), seed=seed, **others)


def _read_data_sets(folders: list[Path], reader: str | None) -> list[DataSet]:
    """Data sets, after telling what is doubtful in them."""
    data_sets = [read_folder(folder, reader) for folder in folders]
    for data_set in data_sets:
        for problem in data_set.problems:
            _err.print(escape(f"{data_set.folder}: {problem}"))
    for doubt in doubts(data_sets):
        _err.print(f"[yellow]Doubtful:[/] {escape(doubt)}")
    return data_sets


def _warn(warnings: list[str]) -> None:
    for warning in warnings:
        _err.print(f"[yellow]Doubtful:[/] {escape(warning)}")


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


def _open(network: Path | None, engine: str) -> Engine:
    return open_engine(load_network(network or default_network_folder()), engine)


def _progress(*columns: TextColumn) -> Progress:
    return Progress(
        TextColumn("{task.description}"),
        BarColumn(),
        MofNCompleteColumn(),
        TimeRemainingColumn(),
        *columns,
        console=_err,
    )
