"""The command line: one command a verb, no logic of its own."""

import os
from typing import Annotated

import typer

from erythema import __version__
from erythema.cli import annotating, bundling, everyday, learning, readers, rendering
from erythema.cli.console import app, out_console, stop
from erythema.errors import ErythemaError

__all__ = ["annotating", "app", "bundling", "everyday", "learning", "main", "readers", "rendering"]

_PACKAGES = {
    "SimpleITK": "SimpleITK",
    "imagehash": "ImageHash",
    "imagej": "pyimagej",
    "jinja2": "Jinja2",
    "jpype": "scyjava",
    "keras": "tensorflow",
    "matplotlib": "matplotlib",
    "psutil": "psutil",
    "scipy": "scipy",
    "scyjava": "scyjava",
    "tensorboard": "tensorboard",
    "tensorflow": "tensorflow",
}


def main() -> None:
    """Run the command line; what a person can mend is a message, not a stack trace."""
    os.environ.setdefault("TF_CPP_MIN_LOG_LEVEL", "3")  # TensorFlow greets at every start
    try:
        app()
    except ErythemaError as error:
        stop(str(error))
    except OSError as error:  # a full disk, a folder that cannot be written
        stop(f"{error.filename}: {error.strerror}" if error.filename else str(error))
    except ModuleNotFoundError as error:
        package = _PACKAGES.get(error.name or "")
        if package is None:
            raise
        stop(f"This needs {package}. Install it with: pip install {package}")


def _version(wanted: bool) -> None:
    if wanted:
        out_console.print(f"erythema {__version__}")
        raise typer.Exit


@app.callback()
def _options(
    version: Annotated[
        bool, typer.Option("--version", callback=_version, is_eager=True, help="Print the version.")
    ] = False,
) -> None:
    pass
