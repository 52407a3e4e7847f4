"""Commands with which experts draw in ImageJ: annotate."""

from collections.abc import Iterator, Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer
from rich.markup import escape

from erythema.cli.console import app, err_console, out_console, progress_bar

if TYPE_CHECKING:
    from erythema.fiji.annotate import Drafting
    from erythema.fiji.queue import Queue, Work


@app.command()
def annotate(
    folder: Annotated[Path, typer.Argument(metavar="FOLDER", help="Data set: a folder of photos.")],
    reader: Annotated[str, typer.Option(help="Who draws: a-z, 0-9 and hyphens.")],
    draft: Annotated[
        Path | None,
        typer.Option(metavar="NETWORK", help="Start from the outlines of this network."),
    ] = None,
    blind: Annotated[
        bool, typer.Option("--blind", help="Hide file names and other readers' outlines.")
    ] = False,
    fiji: Annotated[
        Path | None, typer.Option(help="Folder of your Fiji; by default the one that is found.")
    ] = None,
    seed: Annotated[int, typer.Option(help="Of the order in which the photos come.", min=0)] = 0,
    collect: Annotated[
        bool, typer.Option("--collect", help="Only tell what is read by now.")
    ] = False,
) -> None:
    """Draw outlines in ImageJ, photo after photo; the same command goes on where it ended."""
    from erythema.fiji.queue import Queue, shuffled
    from erythema.fiji.queue import collect as read_work

    if collect:
        _tell(read_work(folder, reader))
        return
    queue = Queue(shuffled(folder, reader, seed), blind, drafts=draft is not None)
    _tell(_open_imagej(folder, reader, queue, fiji, _drafting(folder, draft) if draft else None))


def _open_imagej(
    folder: Path, reader: str, queue: "Queue", fiji: Path | None, draft: "Drafting | None"
) -> "Work":
    """Show a queue in ImageJ, with a bar of what is read."""
    from erythema.datasets.folder import UNREAD
    from erythema.fiji.annotate import annotate as open_imagej

    with progress_bar() as progress:
        task = progress.add_task("Read", total=None)

        def show(work: "Work") -> None:
            total = len(work.states)
            progress.update(task, total=total, completed=total - work.count(UNREAD))

        try:
            return open_imagej(
                folder,
                reader,
                queue,
                fiji,
                draft,
                report=lambda line: progress.console.print(escape(line)),
                progress=show,
            )
        except KeyboardInterrupt:
            progress.stop()
            err_console.print("Stopped. What was drawn is saved; the same command goes on.")
            raise typer.Exit(1) from None


def _drafting(folder: Path, network: Path) -> "Drafting":
    """What makes drafts with a network, ahead of the expert; those that are there stay."""
    from erythema.batch.files import collect_photos
    from erythema.batch.segment import photos_left, segment_photos
    from erythema.segmentation.engines import open_engine
    from erythema.segmentation.network import load_network

    engine = open_engine(load_network(network), "auto")
    photos = collect_photos([folder])

    def draft(ids: Sequence[str], out: Path) -> Iterator[str]:
        wanted = {photo: photos[photo] for photo in ids if photo in photos}
        for result in segment_photos(photos_left(wanted, engine, out), engine, out):
            yield result.photo

    return draft


def _tell(work: "Work") -> None:
    counts = ", ".join(
        f"{work.count(state)} {state}"
        for state in ("outlined", "no erythema", "unusable", "unread")
    )
    out_console.print(f"{len(work.states)} photos: {counts}")
    if work.seconds:
        each = sum(work.seconds.values()) / len(work.seconds)
        out_console.print(f"{each:.0f} seconds a photo, over {len(work.seconds)} photos")
    if work.drafts:
        done = ", ".join(f"{count} {name}" for name, count in work.outlines.items())
        out_console.print(f"{work.drafts} photos began with a draft; outlines: {done}")
