"""Commands that use a network: demo, segment, serve, install-plugin."""

from pathlib import Path
from typing import Annotated

import typer
from rich.markup import escape

from erythema.cli.console import EngineOption, app, out_console, progress_bar
from erythema.segmentation.engines import Engine, open_engine
from erythema.segmentation.network import default_network_folder, load_network

NetworkOption = Annotated[
    Path | None,
    typer.Option("--network", help="Folder of the network; by default the one enclosed."),
]


def _above_zero(value: float | None) -> float | None:
    if value is not None and not 0 < value <= 1:
        raise typer.BadParameter(f"{value:g} does not lie above 0 and up to 1.")
    return value


def _share(value: float | None) -> float | None:
    if value is not None and not 0 <= value <= 1:
        raise typer.BadParameter(f"{value:g} does not lie between 0 and 1.")
    return value


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

    run_demo(photo, fiji, screenshot, report=lambda line: out_console.print(escape(line)))


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
    subfolders: Annotated[
        bool, typer.Option("--subfolders", help="Photos in folders of the folders, too.")
    ] = False,
    resume: Annotated[
        bool,
        typer.Option(
            "--resume",
            help="Go on with a batch: leave out what photos.csv calls segmented. The smallest "
            "area, which no table has, is yours to keep the same.",
        ),
    ] = False,
) -> None:
    """Outline the reactions in photos: ROI sets, overlay pictures and tables, without ImageJ."""
    from erythema.batch.files import collect_photos
    from erythema.batch.segment import photos_left, segment_photos

    photos = collect_photos(sources, subfolders)
    ready = _open(network, engine)
    before = 0
    if resume:
        left = photos_left(photos, ready, out, threshold)
        before = len(photos) - len(left)
        photos = left
    failed = 0
    with progress_bar() as progress:
        task = progress.add_task("Segmenting", total=len(photos))
        for result in segment_photos(photos, ready, out, threshold, smallest_area):
            progress.advance(task)
            failed += result.status == "failed"
            if result.message:
                progress.console.print(escape(result.message))
    out_console.print(
        f"{len(photos) - failed} of {len(photos)} photos segmented into {escape(str(out))}"
        + (f"; {before} were before" if before else "")
    )
    if failed:
        raise typer.Exit(1)


@app.command(
    context_settings={
        "allow_extra_args": True,
        "ignore_unknown_options": True,
        "help_option_names": [],  # the service has its own, also where this command is not
    }
)
def serve(context: typer.Context) -> None:
    """Run the U-Net service that ImageJ's menu command asks, on this computer or for others."""
    from erythema.service.__main__ import main as run_service

    run_service(context.args, "erythema serve")


@app.command("install-plugin")
def install_plugin(
    folder: Annotated[
        Path, typer.Argument(metavar="FIJI_OR_IMAGEJ_FOLDER", help="Your Fiji or ImageJ folder.")
    ],
) -> None:
    """Copy the plugin into Fiji or ImageJ, and remove older copies of it there."""
    from erythema.fiji.install import install_plugin as install

    out_console.print(
        escape(f"Installed {install(folder)}. Restart ImageJ to see Plugins > Erythema.")
    )


def _open(network: Path | None, engine: str) -> Engine:
    return open_engine(load_network(network or default_network_folder()), engine)
