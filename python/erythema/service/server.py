"""Runs the service on this computer, in this process."""

import ctypes
import errno
import os
import socket
import ssl
import sys
import threading
import warnings
from contextlib import suppress
from functools import partial
from pathlib import Path
from typing import NamedTuple, Optional, Tuple

import uvicorn

from erythema.datasets.corrections import Store
from erythema.errors import ErythemaError
from erythema.segmentation.network import default_network_folder, load_network
from erythema.service.access import access_at, is_loopback, read_token_hash
from erythema.service.app import create_app
from erythema.service.connections import protocol_with
from erythema.service.journal import log_json_lines
from erythema.service.limits import Limits
from erythema.service.metrics import Metrics
from erythema.service.segmenter import Segmenter
from erythema.service.state import Service
from erythema.service.work import Work

_M_MMAP_THRESHOLD = -3  # malloc.h
_LARGE_BLOCK = 8 * 1024 * 1024  # Pillow's are twice as large
_OTHER_FILES = 256  # open besides connections: the log, the libraries', corrections

DEFAULT_PORT = 8765
DEFAULT_SETTINGS = Path.home() / ".erythema"


class ServiceError(ErythemaError, RuntimeError):
    """The service cannot start; the message says why and what to do."""


class Certificate(NamedTuple):
    """The files, in PEM, of a certificate that somebody else signed, and of its key."""

    certificate: Path
    key: Path


def serve(
    network: Optional[Path] = None,
    engine: str = "auto",
    host: str = "127.0.0.1",
    port: int = DEFAULT_PORT,
    settings: Path = DEFAULT_SETTINGS,
    certificate: Optional[Certificate] = None,
    corrections: Optional[Path] = None,
    limits: Optional[Limits] = None,
    with_parent: bool = False,
) -> None:
    """Serve a network until interrupted; once it is ready, print the one line with its address.

    On any address but this computer's own it needs a token and speaks TLS; a second line then has
    the certificate's pin.

    Parameters
    ----------
    network: its folder; by default the one enclosed.
    engine: as ``open_engine`` takes it.
    host, port: where to listen; port 0 takes a free one.
    settings: folder of the token's hash and of the self-made certificate.
    certificate: one to use instead.
    corrections: folder to keep experts' corrections in; None: they are refused.
    limits: what it takes on.
    with_parent: end when standard input closes, as it does when the program that holds it ends.

    Raises
    ------
    ServiceError: there is no token; the port is in use, or the address is not this computer's.
    ErythemaError: the network, the certificate or the folder for corrections cannot be used.
    """
    limits = limits or Limits()
    segmenter = Segmenter(load_network(network or default_network_folder()), engine)
    warnings.simplefilter("ignore")  # standard error is the log, in JSON
    local = is_loopback(host)
    if not local and read_token_hash(settings) is None:
        raise ServiceError(
            "On {} others can reach the service, so it needs a token. Make one with: "
            "erythema serve --new-token".format(host)
        )
    work = Work(limits)
    service = Service(
        segmenter,
        work,
        limits,
        Metrics(segmenter.network, lambda: work.photos),
        None if corrections is None else Store(corrections),
    )
    listening = _listen(host, port)
    scheme, tls, told = "http", None, ""
    if not local or certificate is not None:
        scheme = "https"
        tls, told = _tls(certificate, settings, host)
    _allow_files(2 * limits.connections + _OTHER_FILES)
    config = uvicorn.Config(
        create_app(service, access_at(host, partial(read_token_hash, settings))),
        loop="asyncio",
        http=protocol_with(limits, tls),
        ws="none",
        lifespan="off",
        log_config=None,
        access_log=False,
        server_header=False,
        proxy_headers=False,
        timeout_keep_alive=limits.seconds_idle,
    )
    address = "{}://{}:{}".format(scheme, host, listening.getsockname()[1])
    log_json_lines()
    _return_large_blocks()
    server = uvicorn.Server(config)
    if with_parent:
        threading.Thread(target=_end_with_standard_input, args=(server,), daemon=True).start()
    loading = _Loading(segmenter, server, "erythema service on {}{}".format(address, told))
    loading.start()
    try:
        with suppress(KeyboardInterrupt):  # uvicorn raises it once all requests are answered
            server.run(sockets=[listening])
    finally:
        work.close()
    if loading.error is not None:
        raise loading.error


class _Loading(threading.Thread):
    """Loads the network beside the server, which answers GET /health meanwhile."""

    def __init__(self, segmenter: Segmenter, server: uvicorn.Server, announcement: str) -> None:
        super().__init__(daemon=True)
        self.error: Optional[Exception] = None
        self._segmenter = segmenter
        self._server = server
        self._announcement = announcement

    def run(self) -> None:
        try:
            self._segmenter.load()
            print(self._announcement, flush=True)
        except Exception as error:  # whatever it is, the service must end with it
            self.error = error
            self._server.should_exit = True


def _return_large_blocks() -> None:
    """Make glibc give memory back; else each thread would keep what its largest photo took."""
    if sys.platform == "linux":
        with suppress(AttributeError):  # another C library
            ctypes.CDLL(None).mallopt(_M_MMAP_THRESHOLD, _LARGE_BLOCK)


def _allow_files(number: int) -> None:
    """Let this process have so many files and connections open, or as many as the system allows."""
    if sys.platform == "win32":  # it has no such limit
        return
    import resource

    now, most = resource.getrlimit(resource.RLIMIT_NOFILE)
    if most != resource.RLIM_INFINITY:
        number = min(number, most)
    if now != resource.RLIM_INFINITY and now < number:
        resource.setrlimit(resource.RLIMIT_NOFILE, (number, most))


def _tls(
    certificate: Optional[Certificate], settings: Path, host: str
) -> Tuple[ssl.SSLContext, str]:
    """Return what makes a server speak TLS 1.2 or newer, and the line with the pin."""
    from erythema.service.certificate import make_certificate, pin

    if certificate is None:
        names = [name for name in (host, socket.gethostname(), "localhost") if _is_name(name)]
        certificate = Certificate(*make_certificate(settings, names))
    told = "\ncertificate pin {}".format(pin(certificate.certificate))
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    context.options |= ssl.OP_NO_TLSv1 | ssl.OP_NO_TLSv1_1
    try:
        context.load_cert_chain(str(certificate.certificate), str(certificate.key))
    except OSError as error:  # ssl.SSLError is one
        raise ServiceError(
            "{} and {}: not a certificate and its key ({}).".format(*certificate, error)
        ) from error
    return context, told


def _is_name(host: str) -> bool:
    """Whether a certificate can be for it: not for all addresses of this computer at once."""
    return host not in ("0.0.0.0", "::", "")


def _end_with_standard_input(server: uvicorn.Server) -> None:
    sys.stdin.read()
    server.should_exit = True


def _listen(host: str, port: int) -> socket.socket:
    # Of a socket without its protocol, asyncio does not know that it may send small packets at
    # once; each answer then waits some 40 ms for the client's kernel.
    listening = socket.socket(proto=socket.IPPROTO_TCP)
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
