"""The command line: one command a verb, no logic of its own."""

import os
import sys
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer
from rich.console import Console
from rich.markup import escape
from rich.progress import BarColumn, MofNCompleteColumn, Progress, TextColumn, TimeRemainingColumn

from erythema import __version__
from erythema.errors import ErythemaError
from erythema.segmentation.engines import Engine, open_engine
from erythema.segmentation.network import default_network_folder, load_network

if TYPE_CHECKING:
    from erythema.learning import training

app = typer.Typer(
    help="Outlines skin prick test reactions in photographs, inside ImageJ and out of it.",
    no_args_is_help=True,
    add_completion=False,
    pretty_exceptions_enable=False,
)
_out = Console(highlight=False, soft_wrap=True)
_err = Console(stderr=True, highlight=False, soft_wrap=True)

_PACKAGES = {
    "imagej": "pyimagej",
    "jpype": "scyjava",
    "keras": "tensorflow",
    "scyjava": "scyjava",
    "tensorflow": "tensorflow",
}

NetworkOption = Annotated[
    Path | None,
    typer.Option("--network", help="Folder of the network; by default the one enclosed."),
]
EngineOption = Annotated[str, typer.Option("--engine", help="openvino, tensorflow or auto.")]


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
    folders: Annotated[
        list[Path], typer.Argument(metavar="FOLDER...", help="Data sets: photos with outlines.")
    ],
    out: Annotated[Path, typer.Option(metavar="models/NAME", help="New folder for the network.")],
    reader: Annotated[
        str | None, typer.Option(help="Whose outlines to learn from, where there are several.")
    ] = None,
    width: Annotated[int, typer.Option(help="Channels of the U-Net's first level.", min=1)] = 16,
    size: Annotated[int, typer.Option(help="Side of the square input in pixels.", min=32)] = 256,
    epochs: Annotated[int, typer.Option(help="At most so many passes.", min=1)] = 200,
    batch: Annotated[int, typer.Option(help="Photos a step.", min=1)] = 4,
    seed: Annotated[int, typer.Option(help="The same seed gives the same network.")] = 0,
) -> None:
    """Train a network on photos with outlines."""
    from erythema.datasets.folder import read_folder

    data_sets = [read_folder(folder, reader) for folder in folders]
    for data_set in data_sets:
        for problem in data_set.problems:
            _err.print(escape(f"{data_set.folder}: {problem}"))

    from erythema.learning import training

    with _progress(TextColumn("{task.fields[scores]}")) as progress:
        task = progress.add_task("Training", total=None, scores="")

        def show(now: "training.Progress") -> None:
            dice = "" if now.validation_dice is None else f"  Dice {now.validation_dice:.3f}"
            progress.update(
                task,
                total=now.epochs * now.steps,
                completed=(now.epoch - 1) * now.steps + now.step,
                scores=f"epoch {now.epoch}  loss {now.loss:.3f}{dice}",
            )

        folder = training.train(
            data_sets,
            out,
            width=width,
            size=size,
            epochs=epochs,
            batch=batch,
            seed=seed,
            progress=show,
        )
    _out.print(escape(f"The network is in {folder}; its card is README.md there."))


@app.command("install-plugin")
def install_plugin(
    folder: Annotated[
        Path, typer.Argument(metavar="FIJI_OR_IMAGEJ_FOLDER", help="Your Fiji or ImageJ folder.")
    ],
) -> None:
    """Copy the plugin into Fiji or ImageJ, and remove older copies of it there."""
    from erythema.fiji.install import install_plugin as install

    _out.print(escape(f"Installed {install(folder)}. Restart ImageJ to see Plugins > Erythema."))


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
