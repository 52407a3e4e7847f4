"""What every command says, and how: the application, its consoles, progress, errors."""

import sys
from collections.abc import Iterable
from typing import Annotated, NoReturn

import typer
from rich.console import Console
from rich.markup import escape
from rich.progress import BarColumn, MofNCompleteColumn, Progress, TextColumn, TimeRemainingColumn

app = typer.Typer(
    help="Outlines skin prick test reactions in photographs, inside ImageJ and out of it.",
    no_args_is_help=True,
    add_completion=False,
    pretty_exceptions_enable=False,
)
out_console = Console(highlight=False, soft_wrap=True)
err_console = Console(stderr=True, highlight=False, soft_wrap=True)

EngineOption = Annotated[str, typer.Option("--engine", help="openvino, tensorflow or auto.")]


def stop(message: str) -> NoReturn:
    """Say what went wrong, and end with exit code 1."""
    err_console.print(f"[bold red]erythema:[/] {escape(message)}")
    sys.exit(1)


def warn(doubts: Iterable[str]) -> None:
    """Say what is doubtful, and go on."""
    for doubt in doubts:
        err_console.print(f"[yellow]Doubtful:[/] {escape(doubt)}")


def progress_bar(*columns: TextColumn) -> Progress:
    """A bar on standard error, with more columns behind it."""
    return Progress(
        TextColumn("{task.description}"),
        BarColumn(),
        MofNCompleteColumn(),
        TimeRemainingColumn(),
        *columns,
        console=err_console,
    )
