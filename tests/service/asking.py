"""Photos for the service, and how the tests ask it."""

import io
from contextlib import contextmanager

import httpx
import numpy as np
from PIL import Image

from erythema.service.process import running_service

# The network's probability is 2 (red - green): 0 on this skin, 0.8 on red.
SKIN, RED, FAINT = (204, 204, 153), (204, 102, 102), (204, 153, 102)


@contextmanager
def service_of(network):
    """An HTTP client of a service that runs on a free port."""
    with (
        running_service(network) as address,
        httpx.Client(base_url=address, timeout=60) as client,
    ):
        yield client


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
