"""A bounded queue: what is too much is refused, and what nobody waits for is not computed."""

import asyncio
import gc
import threading

import httpx
import pytest
from asking import app_of, assert_problem, encoded, skin

from erythema.segmentation.engines import open_engine
from erythema.segmentation.network import load_network
from erythema.service.limits import Limits
from erythema.service.segmenter import Segmenter
from erythema.service.work import HeldBody


class HeldSegmenter(Segmenter):
    """Counts photos, and holds each in the network until it is let go."""

    def __init__(self, folder):
        super().__init__(load_network(folder))
        engine = open_engine(self.network)
        self.entered, self.go, self.computed = threading.Event(), threading.Event(), 0

        def compute(fitted):
            self.entered.set()
            self.go.wait()
            self.computed += 1
            return engine.compute(fitted)

        self._engine = engine._replace(compute=compute)


@pytest.fixture
def held(redness_network):
    """A segmenter; whatever happens, it is let go."""
    segmenter = HeldSegmenter(redness_network)
    yield segmenter
    segmenter.go.set()


async def in_thread(event):
    await asyncio.get_running_loop().run_in_executor(None, event.wait)


def client_of(app):
    transport = httpx.ASGITransport(app)
    return httpx.AsyncClient(transport=transport, base_url="http://localhost", timeout=60)


async def metrics_with(client, line):
    """Ask until a line is there: a photo is counted out a moment after its answer."""
    metrics = ""
    while line not in metrics:
        await asyncio.sleep(0)  # nothing else lets the loop count it out
        metrics = (await client.get("/metrics")).text
    return metrics


def test_past_the_queue_photos_are_refused_and_the_others_answered(redness_network, held):
    app = app_of(redness_network, Limits(photos=3), segmenter=held)

    async def ask():
        async with client_of(app) as client:
            waiting = [
                asyncio.ensure_future(client.post("/segment", content=encoded(skin())))
                for _ in range(3)
            ]
            await in_thread(held.entered)
            await metrics_with(client, "erythema_photos 3.0")
            refused = await client.post("/segment", content=encoded(skin()))
            held.go.set()
            answers = await asyncio.gather(*waiting)
            await metrics_with(client, "erythema_photos 0.0")
            return refused, answers

    refused, answers = asyncio.run(ask())

    assert_problem(refused, 503, "busy", "Retry-After")
    assert int(refused.headers["Retry-After"]) >= 1
    assert [answer.status_code for answer in answers] == [200, 200, 200]


def test_bodies_of_more_bytes_than_may_be_held_are_refused(redness_network):
    app = app_of(redness_network, Limits(bytes_held=100))

    async def ask():
        async with client_of(app) as client:
            return [await client.post("/segment", content=encoded(skin())) for _ in range(2)]

    for answer in asyncio.run(ask()):  # the second one, too: the first one's bytes are let go
        assert_problem(answer, 503, "busy")


def test_a_photo_whose_client_went_away_is_not_computed(redness_network, held):
    app = app_of(redness_network, segmenter=held)

    async def ask():
        async with client_of(app) as client:
            first = asyncio.ensure_future(client.post("/segment", content=encoded(skin())))
            await in_thread(held.entered)
            await post_and_leave(app, encoded(skin()))
            held.go.set()
            await first
            last = await client.post("/segment", content=encoded(skin()))
            return last, await metrics_with(client, "erythema_photos 0.0")

    last, metrics = asyncio.run(ask())

    assert last.status_code == 200
    assert held.computed == 2  # the first and the last
    assert 'erythema_requests_total{method="POST",route="/segment",status="499"} 1.0' in metrics


def test_photos_of_clients_that_went_away_are_let_go_at_once(redness_network, held):
    app = app_of(redness_network, segmenter=held)

    async def ask():
        async with client_of(app) as client:
            first = asyncio.ensure_future(client.post("/segment", content=encoded(skin())))
            await in_thread(held.entered)
            for _ in range(10):
                await post_and_leave(app, encoded(skin()))
            bodies = [one for one in gc.get_objects() if isinstance(one, HeldBody)]
            held.go.set()
            await first
            return sum(bool(body.content) for body in bodies)

    assert asyncio.run(ask()) <= 2  # those that the two threads have begun


async def post_and_leave(app, photo):
    """Send a photo and close the connection."""
    messages = iter(
        [
            {"type": "http.request", "body": photo, "more_body": False},
            {"type": "http.disconnect"},
        ]
    )

    async def receive():
        return next(messages)

    async def send(message):
        raise AssertionError("nobody is there to read an answer")

    headers = [(b"host", b"localhost"), (b"content-length", str(len(photo)).encode())]
    scope = {
        "type": "http",
        "http_version": "1.1",
        "method": "POST",
        "scheme": "http",
        "path": "/segment",
        "raw_path": b"/segment",
        "query_string": b"",
        "root_path": "",
        "headers": headers,
        "client": ("127.0.0.1", 50000),
        "server": ("127.0.0.1", 80),
    }
    await app(scope, receive, send)
