"""A service that is slow, breaks off, answers nonsense or refuses, and what ImageJ makes of it."""

import queue
import re
import socketserver
import threading
import zipfile
from contextlib import contextmanager
from io import BytesIO

import pytest

from erythema.fiji import FijiError, session
from erythema.fiji.bridge import java_class

HEALTH = b'{"service": "erythema", "version": "0.1.0"}'


class Troubled(socketserver.ThreadingTCPServer):
    """A server whose test says, byte for byte, what it answers to a photo.

    `answer` is called with the connection once a photo is there, and writes to it.
    """

    daemon_threads = True

    def __init__(self, answer, is_erythema):
        super().__init__(("127.0.0.1", 0), Handler)
        self.answer = answer
        self.is_erythema = is_erythema
        self.address = f"http://127.0.0.1:{self.server_address[1]}"


class Handler(socketserver.StreamRequestHandler):
    def handle(self):
        request = self.rfile.readline()
        length = 0
        while (line := self.rfile.readline().strip()) != b"":
            name, value = line.split(b":", 1)
            if name.lower() == b"content-length":
                length = int(value)
        if request.startswith(b"GET /health"):
            self.wfile.write(
                response("200 OK", HEALTH, "application/json")
                if self.server.is_erythema
                else response("404 Not Found", b"<h1>It works!</h1>", "text/html")
            )
        else:
            self.rfile.read(length)
            self.server.answer(self.wfile)


def response(status, body=b"", media_type="application/zip", length=None, **headers):
    lines = [f"HTTP/1.1 {status}", "Connection: close", f"Content-Type: {media_type}"]
    lines.append(f"Content-Length: {len(body) if length is None else length}")
    lines += [f"{name.replace('_', '-')}: {value}" for name, value in headers.items()]
    return "\r\n".join([*lines, "", ""]).encode() + body


def problem(status, text, **headers):
    return response(status, text.encode(), "application/problem+json", **headers)


@contextmanager
def troubled(answer, is_erythema=True):
    """A running server; `answer` as Troubled takes it, or the bytes of every answer."""
    write = answer if callable(answer) else (lambda connection: connection.write(answer))
    with Troubled(write, is_erythema) as server:
        threading.Thread(target=server.serve_forever, daemon=True).start()
        yield server.address
        server.shutdown()


def roi_set(name):
    """The bytes of an ROI set that holds one square."""
    square = java_class("ij.gui.Roi")(10, 10, 20, 20)
    file = BytesIO()
    with zipfile.ZipFile(file, "w") as entries:
        content = java_class("ij.io.RoiEncoder").saveAsByteArray(square)
        entries.writestr(f"{name}.roi", bytes(content))
    return file.getvalue()


BUSY = '{"type": "erythema:busy", "title": "Busy", "status": 503, "detail": "Queue full."}'
LOADING = '{"type": "erythema:not-ready", "title": "Loading", "status": 503}'
LARGE = (
    '{"type": "erythema:too-large", "status": 413,'
    ' "detail": "The photo has 80 megapixels. Send at most 40."}'
)

# What it answers, and what a person is told: what is wrong, and the next step.
TROUBLES = {
    "dies in mid-answer": (
        response("200 OK", b"PK\x03\x04", length=5000, Erythema_Reactions=1),
        r"The service at ADDRESS failed\. The connection broke.*Its own window says why",
    ),
    "dies without an answer": (
        b"",
        r"The service at ADDRESS failed\. The connection broke.*Its own window says why",
    ),
    "answers no HTTP": (
        b"220 mail.example.org ESMTP\r\n\r\n",
        r"The service at ADDRESS failed\..*Its own window says why",
    ),
    "answers garbage instead of a ZIP": (
        response("200 OK", b"garbage" * 100, Erythema_Reactions=1),
        r"The service at ADDRESS failed\..*0 of 1 outlines.*Its own window says why",
    ),
    "answers a page": (
        response("200 OK", b"<h1>Log in</h1>", "text/html"),
        r"The service at ADDRESS failed\..*HTTP 200.*Its own window says why",
    ),
    "wants a token": (
        response("401 Unauthorized", b"{}", "application/problem+json"),
        r"The service at ADDRESS asks for its token\..*ERYTHEMA_TOKEN",
    ),
    "finds the photo too large": (
        problem("413 Content Too Large", LARGE),
        r"refused PHOTO\..*has 80 megapixels\. Send at most 40",
    ),
    "is busy": (
        problem("503 Service Unavailable", BUSY, Retry_After=7),
        r"The service at ADDRESS is busy.*Try again in 7 seconds",
    ),
    "is starting": (
        problem("503 Service Unavailable", LOADING, Retry_After=5),
        r"The service at ADDRESS is not ready.*Try again in 5 seconds",
    ),
    "sends on": (
        response("307 Temporary Redirect", Location="https://nano.local:8765/segment"),
        r"ADDRESS sends on to https://nano\.local:8765.*Use that as the address",
    ),
}


@pytest.fixture
def expert(opened):
    """ImageJ with a photo that has a selection, and an expert's ROI in the ROI Manager."""
    opened.run_macro(
        'makeRectangle(1, 2, 30, 40); Roi.setName("mine"); roiManager("add");'
        "makeRectangle(0, 0, 300, 300);"
    )
    return opened


@pytest.fixture
def dialogs(monkeypatch):
    """The texts of the dialogs that open, in their order."""
    texts = []
    dismiss = session.dismiss_dialog

    def look():
        text = dismiss()
        if text is not None:
            texts.append(text)
        return text

    monkeypatch.setattr(session, "dismiss_dialog", look)
    return texts


def macro_of(way, address, next_step):
    command = {
        "run": f'run("Segment erythema", "service={address}");',
        "call": f'call("erythema.Segment.run", "service={address}");',
    }[way]
    return f'{command}\nFile.saveString("went on", "{next_step}");'


def assert_as_it_was(imagej):
    assert [roi.name for roi in imagej.rois()] == ["mine"]
    image = java_class("ij.WindowManager").getCurrentImage()
    selection = image.getRoi().getBounds()
    assert (selection.width, selection.height) == (300, 300)
    assert image.getOverlay() is None
    assert not image.isLocked()


@pytest.mark.parametrize("way", ["run", "call"])
@pytest.mark.parametrize("trouble", TROUBLES)
def test_the_macro_stops_and_says_what_to_do(expert, photo, tmp_path, dialogs, trouble, way):
    answer, told = TROUBLES[trouble]
    with troubled(answer) as address:
        told = told.replace("ADDRESS", re.escape(address)).replace("PHOTO", re.escape(photo.name))

        with pytest.raises(FijiError, match=f"(?s){told}"):
            expert.run_macro(macro_of(way, address, tmp_path / "next"))

    assert len(dialogs) == 1
    assert "in line 1" in dialogs[0]
    assert not (tmp_path / "next").exists()
    assert_as_it_was(expert)


def test_another_server_at_the_address_is_not_taken_for_the_service(expert, tmp_path):
    page = response("200 OK", b"<h1>It works!</h1>", "text/html")
    with (
        troubled(page, is_erythema=False) as address,
        pytest.raises(FijiError, match=f"What answers at {address} is not the erythema service"),
    ):
        expert.run_macro(macro_of("run", address, tmp_path / "next"))

    assert_as_it_was(expert)


@pytest.mark.parametrize("way", ["run", "call"])
def test_esc_ends_the_request_to_a_slow_service_before_it_answers(expert, tmp_path, way):
    events = queue.Queue()
    told = threading.Event()

    def slow(connection):
        java_class("ij.IJ").setKeyDown(java_class("java.awt.event.KeyEvent").VK_ESCAPE)
        told.wait()  # the macro has ended: only then comes the answer, to nobody
        events.put("answered")

    with troubled(slow) as address:
        try:
            expert.run_macro(macro_of(way, address, tmp_path / "next"))
        finally:
            events.put("macro ended")
            told.set()

        assert [events.get(), events.get()] == ["macro ended", "answered"]
    assert not (tmp_path / "next").exists()
    assert_as_it_was(expert)


def test_two_images_are_segmented_at_once(opened, photo):
    both_wait = threading.Barrier(2)
    names = queue.Queue()
    names.put("first")
    names.put("second")

    def answer(connection):
        both_wait.wait()
        connection.write(response("200 OK", roi_set(names.get()), Erythema_Reactions=1))

    opened.open(photo)
    images = [
        java_class("ij.WindowManager").getImage(one)
        for one in java_class("ij.WindowManager").getIDList()
    ]
    with troubled(answer) as address:
        macro = f"selectImage(parseInt(getArgument())); {macro_of('run', address, '/dev/null')}"
        runs = [
            threading.Thread(target=opened.run_macro, args=(macro, str(image.getID())))
            for image in images
        ]
        for run in runs:
            run.start()
        for run in runs:
            run.join()

    assert sorted(roi.name for roi in opened.rois()) == ["first", "second"]
    assert [bool(image.isLocked()) for image in images] == [False, False]
