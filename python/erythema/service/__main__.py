"""The command line of the service, also on a Jetson Nano, which has no other command.

python3 -m erythema.service --help
"""

import argparse
import os
import sys
from pathlib import Path
from typing import List, Optional

from erythema.errors import ErythemaError
from erythema.service.access import LOOPBACK, new_token
from erythema.service.limits import Limits
from erythema.service.server import DEFAULT_PORT, DEFAULT_SETTINGS, Certificate, serve

_DESCRIPTION = """Run the U-Net service that ImageJ's menu command asks. On this computer alone it
needs nothing else. On another address it needs a token (--new-token) and speaks TLS."""


def main(
    arguments: Optional[List[str]] = None, program: str = "python3 -m erythema.service"
) -> None:
    """Run the service, or make a token.

    Raises
    ------
    ErythemaError: it cannot start; the message says why.
    """
    os.environ.setdefault("TF_CPP_MIN_LOG_LEVEL", "3")  # standard error is the log, in JSON
    options = _parser(program).parse_args(arguments)
    if (options.certificate is None) != (options.key is None):
        _parser(program).error("--certificate and --key go together")
    if options.new_token:
        _tell_new_token(options)
        return
    limits = Limits()
    if options.max_megapixels is not None:
        limits = limits.with_pixels(round(options.max_megapixels * 1e6))
    given = options.certificate is not None
    serve(
        options.network,
        options.engine,
        options.host,
        options.port,
        options.settings,
        Certificate(options.certificate, options.key) if given else None,
        options.corrections,
        limits,
        options.with_parent,
    )


def _parser(program: str) -> argparse.ArgumentParser:
    parser = argparse.ArgumentParser(prog=program, description=_DESCRIPTION)
    add = parser.add_argument
    add("--network", type=Path, metavar="FOLDER", help="the network; by default the one enclosed")
    add("--engine", default="auto", help="openvino, tensorflow or auto")
    add("--host", default=LOOPBACK, help="address to listen on; by default this computer alone")
    add("--port", type=_port, default=DEFAULT_PORT, help="by default %(default)s; 0: a free one")
    add("--new-token", action="store_true", help="make a token, show it once, and end")
    add("--certificate", type=Path, metavar="PEM", help="by default one is made")
    add("--key", type=Path, metavar="PEM", help="the certificate's key")
    add(
        "--corrections",
        type=Path,
        metavar="FOLDER",
        help="keep photos and outlines that experts send as corrections here; by default none",
    )
    add(
        "--max-megapixels",
        type=_megapixels,
        metavar="N",
        help="refuse larger photos; by default 64",
    )
    add(
        "--settings",
        type=Path,
        default=DEFAULT_SETTINGS,
        metavar="FOLDER",
        help="where the token's hash and the certificate are; by default .erythema at home",
    )
    add("--with-parent", action="store_true", help="end when standard input closes")
    return parser


def _port(text: str) -> int:
    if not text.isdigit() or int(text) > 65535:
        raise argparse.ArgumentTypeError("{} is no number from 0 to 65535".format(text))
    return int(text)


def _megapixels(text: str) -> float:
    try:
        value = float(text)
    except ValueError:
        value = 0
    if not 0 < value <= 1000:
        raise argparse.ArgumentTypeError("{} is no number above 0, up to 1000".format(text))
    return value


def _tell_new_token(options: argparse.Namespace) -> None:
    """Print a new token, as text and as QR code."""
    import segno

    token = new_token(options.settings)
    print("The new token, shown this once; the old one is void:\n\n    {}\n".format(token))
    segno.make(token).terminal(compact=True)


def run(arguments: Optional[List[str]] = None) -> None:
    """Run ``main``; what a person can mend is a message, not a stack trace."""
    try:
        main(arguments)
    except ErythemaError as error:
        sys.exit("erythema: {}".format(error))
    except OSError as error:
        sys.exit("erythema: {}: {}".format(error.filename or "", error.strerror or error))


if __name__ == "__main__":
    run()
