"""Photos for the service, and how the tests start and ask it."""

import asyncio
import io
import subprocess
import sys
import zipfile
from contextlib import contextmanager
from typing import NamedTuple

import httpx
import numpy as np
from PIL import Image

from erythema.segmentation.network import load_network
from erythema.segmentation.roi_set import Roi, rois_to_zip
from erythema.service.access import access_at
from erythema.service.app import create_app
from erythema.service.limits import Limits
from erythema.service.metrics import Metrics
from erythema.service.process import running_service
from erythema.service.segmenter import Segmenter
from erythema.service.state import Service
from erythema.service.work import Work

# The network's probability is 2 (red - green): 0 on this skin, 0.8 on red.
SKIN, RED, FAINT = (204, 204, 153), (204, 102, 102), (204, 153, 102)


@contextmanager
def service_of(network, *arguments, program=sys.executable):
    """An HTTP client of a service that runs on a free port."""
    with (
        running_service(network, arguments, str(program)) as address,
        httpx.Client(base_url=address, timeout=60) as client,
    ):
        yield client


class Started(NamedTuple):
    """A service's process, its address, and the file that its log goes to."""

    process: subprocess.Popen
    address: str
    log: io.TextIOWrapper

    def said(self):
        """The lines of its log so far."""
        self.log.seek(0)
        return self.log.read().splitlines()


@contextmanager
def started(program, network, tmp_path, *arguments):
    """A service whose process a test may kill."""
    command = [str(program), "-m", "erythema.service", "--port", "0", "--network", str(network)]
    with (tmp_path / "log").open("w+") as log:
        process = subprocess.Popen(
            [*command, *map(str, arguments)], stdout=subprocess.PIPE, stderr=log, text=True
        )
        try:
            line = process.stdout.readline()
            assert line.startswith("erythema service on "), (tmp_path / "log").read_text()
            yield Started(process, line.split()[-1], log)
        finally:
            process.kill()
            process.communicate()


def app_of(network, limits=None, host="127.0.0.1", token_hash=None, store=None, segmenter=None):
    """The application of a service within the test's own process."""
    limits = limits or Limits()
    if segmenter is None:
        segmenter = Segmenter(load_network(network))
        segmenter.load()
    work = Work(limits)
    metrics = Metrics(segmenter.network, lambda: work.photos)
    service = Service(segmenter, work, limits, metrics, store)
    return create_app(service, access_at(host, lambda: token_hash))


def ask_app(app, method, path, client="127.0.0.1", base_url="http://127.0.0.1", **request):
    """The answer of an application in the test's own process to one request."""

    async def ask():
        transport = httpx.ASGITransport(app, client=(client, 50000))
        async with httpx.AsyncClient(transport=transport, base_url=base_url) as asking:
            return await asking.request(method, path, **request)

    return asyncio.run(ask())


def skin():
    return np.full((48, 64, 3), SKIN, np.uint8)


def two_reactions():
    """A large red rectangle, a small one below it, and one too faint for the threshold."""
    photo = skin()
    photo[10:30, 20:50] = RED
    photo[36:44, 2:8] = RED
    photo[36:44, 40:60] = FAINT
    return photo


def encoded(photo, kind="PNG"):
    buffer = io.BytesIO()
    Image.fromarray(photo).save(buffer, kind)
    return buffer.getvalue()


def segment(service, photo=None, accept="application/json", **parameters):
    content = encoded(two_reactions()) if photo is None else photo
    return service.post("/segment", content=content, headers={"Accept": accept}, params=parameters)


def names(answer):
    return [reaction["name"] for reaction in answer.json()["reactions"]]


def rectangle(left, top, right, bottom, name="erythema 1"):
    corners = [[left, top], [right, top], [right, bottom], [left, bottom]]
    return Roi(name, [np.array(corners, float)], {})


def roi_set(*rois):
    return rois_to_zip(rois)


def archive(**entries):
    """A ZIP of entries; an underscore in a name stands for the dot."""
    buffer = io.BytesIO()
    with zipfile.ZipFile(buffer, "w") as opened:
        for name, content in entries.items():
            opened.writestr(name.replace("_", "."), content)
    return buffer.getvalue()


def assert_problem(answer, status, kind, detail=""):
    """It is a problem document (RFC 9457) of that type."""
    assert answer.status_code == status, answer.text
    assert answer.headers["Content-Type"] == "application/problem+json"
    problem = answer.json()
    assert {"type", "title", "status", "detail"} <= set(problem)
    assert problem["type"] == (kind if kind == "about:blank" else "erythema:" + kind)
    assert problem["status"] == status
    assert problem["title"]
    assert detail in problem["detail"]
    assert "Traceback" not in answer.text
