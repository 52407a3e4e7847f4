"""Who may ask: the Host and Origin of a request, its rate, and its token."""

import hashlib
import hmac
import ipaddress
import math
import os
import re
import secrets
import socket
from pathlib import Path
from typing import Any, Callable, FrozenSet, List, NamedTuple, Optional

from erythema.files import write_beside
from erythema.service.limits import RateLimiter
from erythema.service.problems import Problem

LOOPBACK = "127.0.0.1"
_OPEN_PATHS = ("/health", "/ready")  # for monitors, which hold no token
_TOKEN_FILE = "token.sha256"
_HOST = re.compile(r"(?:\[([^\[\]]+)\]|([^\[\]:]+))(?::\d*)?")


class Access(NamedTuple):
    """Whom a service answers.

    ``names``: the host names it goes by, in lower case; numeric addresses count where
    ``any_address``. ``token_hash``: gives the SHA-256 of the token that is good now; None where
    none is needed.
    """

    names: FrozenSet[str]
    any_address: bool
    token_hash: Optional[Callable[[], Optional[str]]]


def access_at(host: str, token_hash: Callable[[], Optional[str]]) -> Access:
    """Return the access of a service that listens on an address.

    A page that rebinds its own name to this computer sends that name as Host, never a numeric
    address, so those are safe where others than this computer ask.
    """
    if is_loopback(host):
        return Access(frozenset(["localhost"]), False, None)
    own = socket.gethostname().lower()
    names = {"localhost", own, own + ".local", socket.getfqdn().lower(), host.lower()}
    return Access(frozenset(names), True, token_hash)


def is_loopback(host: str) -> bool:
    """Tell whether an address or name is this computer's own, which nothing outside reaches."""
    if host.lower() == "localhost":
        return True
    try:
        return ipaddress.ip_address(host).is_loopback
    except ValueError:
        return False


def new_token(settings: Path) -> str:
    """Make a token of 256 random bits, store its hash, and return it; the old one is void.

    The hash is a plain SHA-256: a random token, unlike a password, cannot be guessed.
    """
    token = secrets.token_urlsafe(32)
    make_settings(settings)
    write_beside(settings / _TOKEN_FILE, _hashed(token) + "\n")
    os.chmod(str(settings / _TOKEN_FILE), 0o600)
    return token


def read_token_hash(settings: Path) -> Optional[str]:
    """Return the hash of the token made last, None where none was."""
    path = settings / _TOKEN_FILE
    return path.read_text(encoding="ascii").strip() if path.is_file() else None


def make_settings(settings: Path) -> None:
    """Make the folder of a service's secrets, for its own user alone, where there is none."""
    settings.mkdir(mode=0o700, parents=True, exist_ok=True)


class Gate:
    """An ASGI layer that lets through what ``Access`` and the rate allow."""

    def __init__(self, app: Any, access: Access, requests_a_second: float) -> None:
        self._app = app
        self._access = access
        self._rates = RateLimiter(requests_a_second)

    async def __call__(self, scope: Any, receive: Any, send: Any) -> None:
        if scope["type"] == "http":
            self._check(scope)
        await self._app(scope, receive, send)

    def _check(self, scope: Any) -> None:
        host = _only(scope, b"host")
        if host is None or not _may_be_called(self._access, _without_port(host)):
            raise Problem(
                "host", "The Host header is not this service's name: {!r}.".format(host or "")
            )
        origin = _only(scope, b"origin")
        if origin is not None and origin.lower() != "{}://{}".format(scope["scheme"], host).lower():
            raise Problem("origin")
        client = scope["client"][0] if scope.get("client") else ""
        if not is_loopback(client):
            seconds = self._rates.seconds_to_wait(client)
            if seconds > 0:
                raise Problem("too-many-requests", headers={"Retry-After": str(math.ceil(seconds))})
        if self._access.token_hash is not None and scope["path"] not in _OPEN_PATHS:
            _check_token(_only(scope, b"authorization"), self._access.token_hash() or "")


def _check_token(authorization: Optional[str], token_hash: str) -> None:
    scheme, _, token = (authorization or "").partition(" ")
    if scheme.lower() != "bearer" or not hmac.compare_digest(_hashed(token.strip()), token_hash):
        raise Problem("token", headers={"WWW-Authenticate": "Bearer"})


def _hashed(token: str) -> str:
    return hashlib.sha256(token.encode("utf-8")).hexdigest()


def _may_be_called(access: Access, name: str) -> bool:
    if name in access.names:
        return True
    try:
        address = ipaddress.ip_address(name)
    except ValueError:
        return False
    return access.any_address or address.is_loopback


def _without_port(host: str) -> str:
    """The name in a Host header, in lower case, an IPv6 address without its brackets."""
    found = _HOST.fullmatch(host)
    return (found.group(1) or found.group(2)).lower() if found else host


def _only(scope: Any, name: bytes) -> Optional[str]:
    """The one value of a header, None where it is missing; several are refused."""
    values: List[bytes] = [value for key, value in scope["headers"] if key == name]
    if len(values) > 1:
        raise Problem("bad-request", "The header {} is there twice.".format(name.decode()))
    return values[0].decode("latin-1") if values else None
