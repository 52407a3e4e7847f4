"""Connections that end neither too late nor too early: deadlines, a limit, requests heard out.

uvicorn ends an idle connection, but waits without end for a request that has begun, and for a
client that does not read its answer.
"""

import asyncio
import functools
import ssl
from asyncio.sslproto import SSLProtocol
from http import HTTPStatus
from typing import Any, Optional

import h11
from uvicorn.protocols.http.h11_impl import H11Protocol
from uvicorn.protocols.utils import get_remote_addr

from erythema.service.limits import Limits
from erythema.service.problems import Problem, document

_LARGEST_HEADERS = 16 * 1024
_BODY_HEADERS = (b"content-length", b"transfer-encoding")


class _Parser(h11.Connection):
    """Reads requests, and tells of what is none before uvicorn closes the connection."""

    def __init__(self, refuse: Any) -> None:
        super().__init__(h11.SERVER, max_incomplete_event_size=_LARGEST_HEADERS)
        self._refuse = refuse

    def next_event(self) -> Any:
        try:
            event = super().next_event()
            if isinstance(event, h11.Request):
                _check(event)
                event = _without_upgrade(event)
            return event
        except h11.RemoteProtocolError as error:
            too_large = error.error_status_hint == 431
            self._refuse(Problem("headers-too-large" if too_large else "bad-request"))
            raise


def _check(request: h11.Request) -> None:
    """Refuse what h11 lets through."""
    names = {name for name, _ in request.headers}
    if names >= {b"content-length", b"transfer-encoding"}:
        raise h11.RemoteProtocolError("two lengths: who stands between may believe the other")
    if request.http_version not in (b"1.0", b"1.1"):
        raise h11.RemoteProtocolError("another version of HTTP")
    size = len(request.target) + sum(len(name) + len(value) for name, value in request.headers)
    if size > _LARGEST_HEADERS:  # h11 counts them only while some are missing
        raise h11.RemoteProtocolError("headers too large", error_status_hint=431)


def _without_upgrade(request: h11.Request) -> h11.Request:
    """Without a request's wish for another protocol, which some versions of uvicorn refuse."""
    headers = [
        (name, value)
        for name, value in request.headers
        if name != b"connection" or b"upgrade" not in value.lower()
    ]
    if len(headers) == len(request.headers):
        return request
    return h11.Request(
        method=request.method,
        target=request.target,
        headers=headers,
        http_version=request.http_version,
    )


def protocol_with(limits: Limits, tls: Optional[ssl.SSLContext] = None) -> Any:
    """Return uvicorn's protocol with deadlines and a limit of connections, within TLS if given."""
    if tls is None:
        return functools.partial(_Protocol, limits)
    return functools.partial(_TlsProtocol, limits, tls)


class _Protocol(H11Protocol):
    def __init__(self, limits: Limits, *arguments: Any, **named: Any) -> None:
        super().__init__(*arguments, **named)
        self.limits = limits
        self.beyond_limit: Optional[bool] = None
        self.conn = _Parser(self._refuse)
        self._awaited: Optional[str] = None
        self._deadline: Optional[asyncio.TimerHandle] = None
        self._answer_deadline: Optional[asyncio.TimerHandle] = None
        self._end: Optional[asyncio.TimerHandle] = None

    def handshake_begun(self, transport: Any) -> None:
        """Count a connection, and set its deadline, before ``connection_made``."""
        self.transport = transport
        self.client = get_remote_addr(transport)
        self._admit()
        self._awaited = "handshake"
        self._deadline = self.loop.call_later(self.limits.seconds_for_headers, transport.abort)

    def handshake_lost(self, error: Any) -> None:
        """Forget a connection that ended before ``connection_made``; after it, do nothing."""
        if self._in_handshake():
            self.connection_lost(error)

    def connection_made(self, transport: Any) -> None:
        super().connection_made(transport)
        if self.beyond_limit is None:
            self._admit()
        self._watch()

    def data_received(self, data: bytes) -> None:
        if self.transport.is_closing():
            return
        super().data_received(data)
        self._watch()

    def timeout_keep_alive_handler(self) -> None:
        super().timeout_keep_alive_handler()
        self._watch()

    def shutdown(self) -> None:
        if self._in_handshake():
            self.transport.abort()
            return
        super().shutdown()
        self._watch()

    def send_400_response(self, message: str) -> None:
        self.transport.close()  # the parser has told already

    def pause_writing(self) -> None:
        super().pause_writing()
        self._answer_deadline = self.loop.call_later(
            self.limits.seconds_for_answer, self.transport.abort
        )

    def resume_writing(self) -> None:
        super().resume_writing()
        if self._answer_deadline is not None:
            self._answer_deadline.cancel()

    def connection_lost(self, error: Any) -> None:
        for deadline in (self._deadline, self._answer_deadline, self._end):
            if deadline is not None:
                deadline.cancel()
        super().connection_lost(error)

    def _watch(self) -> None:
        """Set the deadline for what the client owes now; bytes that trickle in do not move it."""
        if self.transport.is_closing():
            self._make_sure_it_closes()
            return
        state = self.conn.their_state
        awaited = {h11.IDLE: "headers", h11.SEND_BODY: "body"}.get(state)
        if awaited == self._awaited:
            return
        if self._deadline is not None:
            self._deadline.cancel()
        self._awaited = awaited
        if awaited is not None:
            seconds = getattr(self.limits, "seconds_for_" + awaited)
            self._deadline = self.loop.call_later(seconds, self._too_slow)

    def _make_sure_it_closes(self) -> None:
        """Before Python 3.11, closing TLS waits without end for a client's word of it."""
        if self._end is None:
            self.flow.resume_reading()
            unsent = self.transport.get_write_buffer_size()
            seconds = self.limits.seconds_for_answer if unsent else self.limits.seconds_idle
            self._end = self.loop.call_later(seconds, self.transport.abort)

    def on_response_complete(self) -> None:
        super().on_response_complete()
        if self.conn.their_state is not h11.IDLE or self.transport.is_closing():
            self._watch()
        elif self._deadline is not None:  # uvicorn ends an idle connection
            self._deadline.cancel()
            self._awaited = None

    def _too_slow(self) -> None:
        self._refuse(Problem("too-slow"))
        self.transport.close()
        self._watch()

    def _in_handshake(self) -> bool:
        return self.flow is None

    def _admit(self) -> None:
        """Count a connection; beyond the limit its request is refused, at twice as many it ends."""
        beyond = not self._has_room(beyond_limit=False)
        if beyond:
            self.app = EndAfterBody(_tell_busy)
            if not self._has_room(beyond_limit=True):
                self.transport.abort()
        self.beyond_limit = beyond
        self.connections.add(self)

    def _has_room(self, beyond_limit: bool) -> bool:
        connections: Any = self.connections
        alike = [one for one in connections if one.beyond_limit is beyond_limit]
        of_client = [one for one in alike if one.address() == self.address()]
        return (
            len(alike) < self.limits.connections
            and len(of_client) < self.limits.connections_a_client
        )

    def address(self) -> Optional[str]:
        """Return the client's, without its port."""
        return self.client[0] if self.client else None

    def _refuse(self, problem: Problem) -> None:
        """Write an answer past uvicorn, where no other has begun."""
        answering = self.cycle is not None and not self.cycle.response_complete
        if self.transport.is_closing() or (answering and self.cycle.response_started):
            return
        self.transport.write(_as_http(problem))


class _TlsProtocol(SSLProtocol):
    """TLS whose handshake has a deadline and counts as a connection.

    asyncio's own calls ``connection_made`` only after the handshake, and on Python 3.6 waits for it
    without end.
    """

    def __init__(
        self, limits: Limits, context: ssl.SSLContext, *arguments: Any, **named: Any
    ) -> None:
        self._http = _Protocol(limits, *arguments, **named)
        waiter: Any = None
        super().__init__(self._http.loop, self._http, context, waiter, server_side=True)

    def connection_made(self, transport: Any) -> None:
        self._http.handshake_begun(transport)
        if not transport.is_closing():
            super().connection_made(transport)

    def connection_lost(self, error: Any) -> None:
        super().connection_lost(error)
        self._http.handshake_lost(error)


class EndAfterBody:
    """An ASGI layer that ends an answer only once the request's body has come.

    A connection that closes with bytes unread is reset, and an answer on its way is lost with it
    (RFC 9112, section 9.6). The answer is written at once; what comes later is thrown away.
    """

    def __init__(self, app: Any) -> None:
        self._app = app

    async def __call__(self, scope: Any, receive: Any, send: Any) -> None:
        coming = any(name in _BODY_HEADERS for name, _ in scope.get("headers", ()))

        async def receive_and_note() -> Any:
            nonlocal coming
            message = await receive()
            coming = message.get("more_body", False)
            return message

        async def send_and_receive_the_rest(message: Any) -> None:
            ends = message["type"] == "http.response.body" and not message.get("more_body", False)
            if ends and coming:
                await send({**message, "more_body": True})
                while coming:
                    await receive_and_note()
                message = {"type": "http.response.body"}
            await send(message)

        await self._app(scope, receive_and_note, send_and_receive_the_rest)


async def _tell_busy(scope: Any, receive: Any, send: Any) -> None:
    headers = {"Retry-After": "1", "Connection": "close"}
    await document(Problem("busy", "Too many connections.", headers))(scope, receive, send)


def _as_http(problem: Problem) -> bytes:
    answer = document(problem)
    status = "HTTP/1.1 {} {}".format(problem.status, HTTPStatus(problem.status).phrase)
    headers = [name + b": " + value for name, value in answer.raw_headers]
    lines = [status.encode("ascii"), *headers, b"Connection: close"]
    return b"\r\n".join(lines) + b"\r\n\r\n" + bytes(answer.body)
