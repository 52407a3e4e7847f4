"""The command that renders skin tests: render."""

from pathlib import Path
from typing import Annotated

import typer
from rich.markup import escape

from erythema.cli.console import app, out_console, progress_bar


@app.command()
def render(
    out: Annotated[Path, typer.Argument(metavar="OUT", help="New folder for the data set.")],
    forearms: Annotated[
        Path | None,
        typer.Option(metavar="PHOTOS/forearms", help="Photos to render on; else arms are drawn."),
    ] = None,
    split: Annotated[str, typer.Option(help="training, or test: harder, on other arms.")] = (
        "training"
    ),
    count: Annotated[int | None, typer.Option(help="Number of photos.", min=1)] = None,
    seed: Annotated[
        int | None, typer.Option(help="The same seed gives the same photos.", min=0)
    ] = None,
) -> None:
    """Render photos of skin tests on forearms, with their exact outlines, as a data set."""
    from erythema.learning.rendered_sets import split as find
    from erythema.learning.rendered_sets import write_rendered_set

    wanted = find(split)
    wanted = wanted._replace(
        photos=wanted.photos if count is None else count, seed=wanted.seed if seed is None else seed
    )
    with progress_bar() as progress:
        task = progress.add_task("Rendering", total=wanted.photos)
        write_rendered_set(
            out,
            wanted,
            forearms,
            progress=lambda number: progress.update(task, completed=number - 1),
        )
        progress.update(task, completed=wanted.photos)
    out_console.print(escape(f"{wanted.photos} photos are in {out}."))
