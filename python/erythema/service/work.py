"""What is computed beside the event loop: two threads, a bounded queue, a bounded sum of bodies."""

import asyncio
import math
from concurrent.futures import ThreadPoolExecutor
from typing import Any, Callable

from fastapi import Request
from starlette.requests import ClientDisconnect

from erythema.service.journal import ClientGone, notes_of
from erythema.service.limits import Limits
from erythema.service.problems import Problem

# While one photo is in the network, the next is decoded and the last one's answer is written.
_THREADS = 2


class Ticket:
    """Tells the thread that computes whether anybody still waits for it."""

    def __init__(self) -> None:
        self.gone = False

    def check(self) -> None:
        """Raise ClientGone where the client went away."""
        if self.gone:
            raise ClientGone


class Work:
    """The queue of one service; all methods but ``run``'s function are the event loop's."""

    def __init__(self, limits: Limits) -> None:
        self._limits = limits
        self._pool = ThreadPoolExecutor(_THREADS)
        self._bytes_held = 0
        self._seconds = 0.1
        self.photos = 0

    def refuse_if_full(self) -> None:
        """Raise the problem "busy" where no more work is taken."""
        if self.photos >= self._limits.photos:
            self._refuse()

    async def run(
        self, request: Request, function: Callable[..., Any], body: "HeldBody", *arguments: Any
    ) -> Any:
        """Return ``function(ticket, content, *arguments)``, computed in a thread.

        The body is let go when the thread is done with it, or at once where it never begins.

        Raises
        ------
        Problem: the queue is full.
        ClientGone: the client went away; what had not begun is never computed.
        """
        try:
            self.refuse_if_full()
        except Problem:
            body.release()
            raise
        loop = asyncio.get_event_loop()
        ticket = Ticket()
        notes = notes_of(request)
        entered = loop.time()

        def compute() -> Any:
            notes.stages["wait"] = loop.time() - entered
            ticket.check()
            return function(ticket, body.content, *arguments)

        def leave() -> None:
            self.photos -= 1
            self._seconds += 0.1 * (loop.time() - entered - self._seconds)
            body.release()

        self.photos += 1
        job = self._pool.submit(compute)
        job.add_done_callback(lambda _: loop.call_soon_threadsafe(leave))
        result = asyncio.wrap_future(job)
        gone = asyncio.ensure_future(_until_gone(request))
        try:
            await asyncio.wait({result, gone}, return_when=asyncio.FIRST_COMPLETED)
            if not result.done():
                ticket.gone = True
                result.cancel()
                raise ClientGone
            return result.result()
        finally:
            gone.cancel()

    async def receive(self, request: Request, most: int, content: str) -> "HeldBody":
        """Return a request's body, refused before it is received where it says it is too long.

        Parameters
        ----------
        most: bytes.
        content: what the body is, for messages, such as "photo".
        """
        length = request.headers.get("content-length", "")
        if not length.isdigit():
            raise Problem("length-required")
        if int(length) > most:
            raise Problem(
                "too-large",
                "The {} has {:,} bytes, more than {:,}.".format(content, int(length), most),
            )
        self.refuse_if_full()
        received = bytearray()
        try:
            with notes_of(request).stage("receive"):
                async for chunk in request.stream():
                    if self._bytes_held + len(chunk) > self._limits.bytes_held:
                        self._refuse()
                    self._bytes_held += len(chunk)
                    received += chunk
        except BaseException as error:
            self.release(len(received))
            if isinstance(error, ClientDisconnect):
                raise ClientGone from error
            raise
        if not received:
            raise Problem("no-body", "There is no body: send the {} as the body.".format(content))
        notes_of(request).numbers["bytes"] = len(received)
        return HeldBody(self, bytes(received))

    def release(self, count: int) -> None:
        """Say that so many bytes are held no more."""
        self._bytes_held -= count

    def close(self) -> None:
        """Wait for the threads."""
        self._pool.shutdown()

    def _refuse(self) -> None:
        raise Problem("busy", headers={"Retry-After": str(max(1, math.ceil(self._seconds)))})


class HeldBody:
    """A received body, which counts as held until it is released."""

    def __init__(self, work: Work, content: bytes) -> None:
        self._work = work
        self.content = content

    def release(self) -> None:
        """Let the bytes go: a queue may keep this object for a while."""
        self._work.release(len(self.content))
        self.content = b""


async def _until_gone(request: Request) -> None:
    """Wait until the client closes the connection; its body has been received."""
    while (await request.receive())["type"] != "http.disconnect":
        pass
