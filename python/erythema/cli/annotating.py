"""Commands with which experts draw in ImageJ: annotate, review."""

from collections.abc import Iterator, Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer
from rich.markup import escape

from erythema.cli.console import app, err_console, out_console, progress_bar
from erythema.cli.everyday import NetworkOption

if TYPE_CHECKING:
    from erythema.fiji.annotate import Drafting
    from erythema.fiji.queue import Queue, Work
    from erythema.segmentation.engines import Engine


FijiOption = Annotated[
    Path | None, typer.Option(help="Folder of your Fiji; by default the one that is found.")
]


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
    fiji: FijiOption = None,
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


@app.command()
def review(
    folder: Annotated[
        Path, typer.Argument(metavar="FOLDER", help="Data set: photos with a reader's outlines.")
    ],
    reader: Annotated[str, typer.Option(help="Whose outlines are looked at again.")],
    reviewer: Annotated[str, typer.Option(help="Who looks: a-z, 0-9 and hyphens.")],
    corrections: Annotated[
        Path, typer.Option(metavar="STORE", help="Folder that keeps what was corrected.")
    ],
    network: NetworkOption = None,
    fiji: FijiOption = None,
) -> None:
    """Look again at outlines in ImageJ, a network's beside them, the least alike first."""
    from erythema.fiji.review import keep_corrections, prepare_review

    engine = _engine(network)
    with progress_bar() as progress:
        task = progress.add_task("Comparing", total=None)
        queue = prepare_review(
            folder,
            reader,
            reviewer,
            engine,
            lambda done, total: progress.update(task, completed=done, total=total),
        )
    _open_imagej(folder, reviewer, queue, fiji, None)
    outcome = keep_corrections(folder, reader, reviewer, engine, corrections)
    out_console.print(
        f"{outcome.accepted} accepted, {outcome.corrected} corrected, {outcome.left} left"
    )
    if outcome.corrected:
        out_console.print(
            escape(f"The corrected ones are in {corrections}; erythema train reads it.")
        )


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

    engine = _engine(network)
    photos = collect_photos([folder])

    def draft(ids: Sequence[str], out: Path) -> Iterator[str]:
        wanted = {photo: photos[photo] for photo in ids if photo in photos}
        for result in segment_photos(photos_left(wanted, engine, out), engine, out):
            yield result.photo

    return draft


def _engine(network: Path | None) -> "Engine":
    from erythema.segmentation.engines import open_engine
    from erythema.segmentation.network import default_network_folder, load_network

    return open_engine(load_network(network or default_network_folder()), "auto")


def _tell(work: "Work") -> None:
    counts = ", ".join(
        f"{work.count(state)} {state}"
        for state in ("outlined", "no erythema", "unusable", "unread")
    )
    out_console.print(f"{len(work.states)} photos: {counts}")
    if work.unfinished:
        named = ", ".join(work.unfinished)
        out_console.print(escape(f"Not finished (N in ImageJ finishes a photo): {named}"))
    if work.seconds:
        each = sum(work.seconds.values()) / len(work.seconds)
        out_console.print(f"{each:.0f} seconds a photo, over {len(work.seconds)} photos")
    if work.drafts:
        done = ", ".join(f"{count} {name}" for name, count in work.outlines.items())
        out_console.print(f"{work.drafts} photos began with a draft; outlines: {done}")
