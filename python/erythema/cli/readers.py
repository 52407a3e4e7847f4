"""The command that compares readers: agreement."""

from contextlib import nullcontext
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer
from rich.markup import escape
from rich.progress import TextColumn

from erythema.cli.console import EngineOption, app, out_console, progress_bar, stop, warn
from erythema.cli.learning import OverlapOption, ReportOption

if TYPE_CHECKING:
    from erythema.evaluation.readers import Step


@app.command()
def agreement(
    folder: Annotated[
        Path, typer.Argument(metavar="FOLDER", help="Data set: photos with readers' outlines.")
    ],
    network: Annotated[
        Path | None,
        typer.Option(metavar="NETWORK", help="Folder of a network, compared with each reader."),
    ] = None,
    out: ReportOption = None,
    consensus: Annotated[
        str | None,
        typer.Option(
            metavar="staple|majority", help="Write what most readers say as reader consensus."
        ),
    ] = None,
    allow_overlap: OverlapOption = False,
    engine: EngineOption = "auto",
) -> None:
    """Say how well the readers of photos agree, and which photos need a third look."""
    from erythema.evaluation.consensus import Method
    from erythema.evaluation.readers import compare_readers
    from erythema.files import new_folder
    from erythema.reports import readers_terminal as terminal
    from erythema.reports.readers import write_readers_report

    known = [method.value for method in Method]
    if consensus is not None and consensus not in known:
        stop(f"--consensus {consensus}: is one of {', '.join(known)}.")
    with new_folder(out) if out else nullcontext() as report:
        with progress_bar(TextColumn("{task.fields[what]}")) as progress:
            task = progress.add_task("Reading", total=None, what="")

            def show(step: "Step") -> None:
                progress.update(
                    task,
                    description=step.doing,
                    total=step.of,
                    completed=step.number - 1,
                    what=step.what,
                )

            result = compare_readers(
                folder,
                network,
                engine=engine,
                allow_overlap=allow_overlap,
                method=Method(consensus) if consensus else None,
                progress=show,
            )
        warn(result.warnings)
        for table in terminal.readers_tables(result):
            out_console.print(table)
        out_console.print(escape(terminal.UNITS), soft_wrap=False)
        out_console.print(escape(terminal.AREAS), soft_wrap=False)
        for line in terminal.consensus_lines(result):
            out_console.print(escape(line))
        if report:
            write_readers_report(report, result)
    if out:
        out_console.print(escape(f"The report is {out / 'report.html'}."))
