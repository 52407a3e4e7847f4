"""The command that packs the service for a device: bundle."""

from pathlib import Path
from typing import Annotated

import typer
from rich.markup import escape

from erythema.cli.console import app, out_console
from erythema.cli.everyday import NetworkOption

_bundle = typer.Typer(
    help="Pack the service, a network and an installer into one archive for a device.",
    no_args_is_help=True,
)
app.add_typer(_bundle, name="bundle")


@_bundle.command("nano")
def bundle_nano(
    out: Annotated[Path, typer.Argument(metavar="OUT.tar.gz", help="The new archive.")],
    network: NetworkOption = None,
) -> None:
    """For a Jetson Nano with JetPack 4.6, or an Orin with JetPack 6."""
    from erythema.nano.bundle import NAME, write_bundle

    write_bundle(out, network)
    out_console.print(
        escape(
            f"{out} is written. Copy it to the device, and type there:\n"
            f"    tar xzf {out.name} && cd {NAME} && sudo ./install.sh"
        )
    )
