"""Commands with which experts draw in ImageJ: annotate, review."""

from collections.abc import Iterator, Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer
from rich.markup import escape

from erythema.cli.console import app, err_console, out_console, progress_bar, stop
from erythema.cli.everyday import NetworkOption

if TYPE_CHECKING:
    from erythema.fiji.queue import Drafting, Queue, Work
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
        typer.Option(
            metavar="NETWORK",
            help="Start from the outlines of this network, or of the enclosed one: default.",
        ),
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
    from erythema.datasets.folder import UNREAD, list_readers
    from erythema.fiji.queue import Queue, is_blind, reader_folder, shuffled
    from erythema.fiji.queue import collect as read_work

    photos = shuffled(folder, reader, seed)
    room = reader_folder(folder, reader)
    if not room.is_dir() and list_readers(folder):
        so_far = ", ".join(list_readers(folder))
        out_console.print(escape(f"{reader} is new here; readers so far: {so_far}."))
    if collect:
        _tell(read_work(folder, reader), room)
        return
    stays_blind = is_blind(folder, reader)
    if stays_blind and not blind:
        out_console.print(f"{reader} began blind, and stays so.")
    queue = Queue(photos, blind or stays_blind, drafts=draft is not None)
    drafting = _drafting(folder, _drafts_engine(draft)) if draft else None
    work = _open_imagej(folder, reader, queue, fiji, drafting)
    _tell(work, room)
    if work.count(UNREAD) or work.unfinished:
        out_console.print("The same command goes on with the others.")


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

    if corrections.resolve() == folder.resolve():
        stop(f"--corrections {corrections}: is the data set itself; name another folder.")
    engine = _engine(network)
    with progress_bar() as progress:
        task = progress.add_task("Comparing", total=None, visible=False)
        queue = prepare_review(
            folder,
            reader,
            reviewer,
            _drafting(folder, engine, anew=True),
            lambda done, total: progress.update(task, completed=done, total=total, visible=True),
        )
    _open_imagej(folder, reviewer, queue, fiji, None)
    outcome = keep_corrections(folder, reader, reviewer, engine.network, corrections)
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
        task = progress.add_task("Read", total=len(queue.photos))

        def show(work: "Work") -> "Work":
            read = [photo for photo in queue.photos if work.states.get(photo, UNREAD) != UNREAD]
            progress.update(task, completed=len(read))
            return work

        try:
            work = open_imagej(
                folder,
                reader,
                queue,
                fiji,
                draft,
                report=lambda line: progress.console.print(escape(line)),
                progress=show,
            )
            return show(work)
        except KeyboardInterrupt:
            progress.stop()
            err_console.print("Stopped. What was drawn is saved; the same command goes on.")
            raise typer.Exit(1) from None


def _drafts_engine(network: Path) -> "Engine":
    enclosed = network == Path("default") and not network.exists()
    return _engine(None if enclosed else network)


def _drafting(folder: Path, engine: "Engine", anew: bool = False) -> "Drafting":
    """What makes outlines with a network, of photos by their IDs; those that are there stay.

    Those of another network are an error, or where `anew` is set, are made anew.
    """
    from erythema.batch.files import BatchError, collect_photos
    from erythema.batch.segment import photos_left, segment_photos

    photos = collect_photos([folder])

    def draft(ids: Sequence[str], out: Path) -> Iterator[str]:
        wanted = {photo: photos[photo] for photo in ids if photo in photos}
        try:
            left = photos_left(wanted, engine, out)
        except BatchError:
            if not anew:
                raise
            left = wanted
        for result in segment_photos(left, engine, out):
            yield result.photo

    return draft


def _engine(network: Path | None) -> "Engine":
    from erythema.segmentation.engines import open_engine
    from erythema.segmentation.network import default_network_folder, load_network

    return open_engine(load_network(network or default_network_folder()), "auto")


def _tell(work: "Work", room: Path) -> None:
    from erythema.datasets.folder import STATES, UNREAD

    counts = ", ".join(f"{work.count(state)} {state}" for state in (*STATES, UNREAD))
    out_console.print(f"{_photos(len(work.states))}: {counts}")
    if work.unfinished:
        out_console.print(f"{len(work.unfinished)} not finished: N in ImageJ finishes a photo")
    read = {photo for photo, state in work.states.items() if state != UNREAD}
    seconds = [spent for photo, spent in work.seconds.items() if photo in read]
    if seconds:
        each = sum(seconds) / len(seconds)
        out_console.print(f"{each:.0f} seconds a photo, over {_photos(len(seconds))}")
    if work.drafts:
        done = ", ".join(f"{count} {name}" for name, count in work.outlines.items())
        out_console.print(f"{_photos(work.drafts)} began with a draft; outlines: {done}")
    out_console.print(escape(f"The files are in {room}."))


def _photos(count: int) -> str:
    return f"{count} photo{'' if count == 1 else 's'}"
