"""Runs the service on this computer, in this process."""

import errno
import os
import socket
import sys
import threading

import uvicorn

from erythema.errors import ErythemaError
from erythema.segmentation.engines import Engine
from erythema.service.app import create_app

LOOPBACK = "127.0.0.1"
DEFAULT_PORT = 8765


class ServiceError(ErythemaError, RuntimeError):
    """The service cannot start; the message says why and what to do."""


def serve(
    engine: Engine, host: str = LOOPBACK, port: int = DEFAULT_PORT, with_parent: bool = False
) -> None:
    """Serve a network until interrupted; once it listens, print the one line with its address.

    Parameters
    ----------
    engine: the network, made ready to compute.
    host, port: where to listen; port 0 takes a free one.
    with_parent: end when standard input closes, as it does when the program that holds it ends.

    Raises
    ------
    ServiceError: the port is in use, or the address is not this computer's.
    """
    listening = _listen(host, port)
    address = "http://{}:{}".format(host, listening.getsockname()[1])
    config = uvicorn.Config(create_app(engine), log_level="warning", access_log=False)
    server = uvicorn.Server(config)
    if with_parent:
        threading.Thread(target=_end_with_standard_input, args=(server,), daemon=True).start()
    print("erythema service on {}".format(address), flush=True)
    server.run(sockets=[listening])


def _end_with_standard_input(server: uvicorn.Server) -> None:
    sys.stdin.read()
    server.should_exit = True


def _listen(host: str, port: int) -> socket.socket:
    listening = socket.socket()
    if os.name == "posix":  # elsewhere it would let two services share the port
        listening.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
    try:
        listening.bind((host, port))
    except OSError as error:
        listening.close()
        in_use = error.errno == errno.EADDRINUSE
        remedy = (
            "Perhaps it runs already; else choose another port with --port."
            if in_use
            else "Name an IPv4 address or a name of this computer with --host."
        )
        raise ServiceError(
            "The service cannot listen on {}:{} ({}). {}".format(host, port, error.strerror, remedy)
        ) from error
    listening.listen(128)
    return listening
