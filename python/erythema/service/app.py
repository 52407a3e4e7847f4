"""The service's routes."""

import threading
from typing import Any, Dict, List

import numpy as np
from fastapi import FastAPI, Query, Request, Response
from starlette.concurrency import run_in_threadpool
from starlette.requests import ClientDisconnect

from erythema import __version__
from erythema.segmentation.border import Border, borders
from erythema.segmentation.engines import Engine
from erythema.segmentation.network import Network
from erythema.segmentation.photo import MAX_BYTES, PhotoError, read_photo
from erythema.segmentation.reactions import find_reactions
from erythema.service import answers
from erythema.service.problems import Problem, answer_with_problems, of_photo

PARAMETERS = {"lines", "smallest_area", "threshold"}


def create_app(engine: Engine) -> FastAPI:
    """Return the service for one network: POST /segment, GET /health, GET /networks.

    Parameters
    ----------
    engine: the network, made ready to compute; it is used for one photo at a time.
    """
    app = FastAPI(title="erythema", version=__version__, docs_url=None, redoc_url=None)
    answer_with_problems(app)
    network = engine.network
    one_at_a_time = threading.Lock()

    def segment_photo(
        photo: bytes, threshold: float, smallest_area: float, lines: List[str]
    ) -> answers.Segmentation:
        try:
            pixels = read_photo(photo)
        except PhotoError as error:
            raise of_photo(error) from error
        with one_at_a_time:
            probability = engine.probability(pixels)
        calibration = network.calibration_at(threshold)
        reactions = find_reactions(probability, threshold, smallest_area, calibration)
        asked: List[Dict[str, np.ndarray]] = [{} for _ in reactions]
        if lines:
            around = borders(probability, reactions, threshold)
            asked = [{name: getattr(border, name) for name in lines} for border in around]
        return answers.Segmentation(probability, reactions, asked, network, threshold)

    @app.post("/segment")
    async def segment(
        request: Request,
        threshold: float = Query(network.threshold, gt=0, le=1),
        smallest_area: float = Query(network.smallest_area, ge=0, le=1),
        lines: str = Query(""),
    ) -> Response:
        _check_parameters(request)
        asked = _lines(lines, network, threshold)
        media_type = answers.choose(", ".join(request.headers.getlist("accept") or ["*/*"]))
        if media_type is None:
            raise Problem(
                406,
                "not-acceptable",
                "The answer is one of {}.".format(", ".join(answers.WRITERS)),
            )
        photo = await _body(request)
        found = await run_in_threadpool(segment_photo, photo, threshold, smallest_area, asked)
        content = await run_in_threadpool(answers.WRITERS[media_type], found)
        return Response(content, media_type=media_type, headers=answers.headers(found))

    @app.get("/health")
    async def health() -> Dict[str, str]:
        return {
            "service": "erythema",
            "version": __version__,
            "status": "ready",
            "network": network.name,
        }

    @app.get("/networks")
    async def networks() -> List[Dict[str, Any]]:
        return [
            {
                "name": network.name,
                "version": network.version,
                "hash": network.hash,
                "threshold": network.threshold,
                "smallest_area": network.smallest_area,
                "engine": engine.name,
                "licence": network.licence,
            }
        ]

    return app


def _check_parameters(request: Request) -> None:
    """Refuse a misspelt parameter, which would otherwise be ignored."""
    unknown = set(request.query_params) - PARAMETERS
    if unknown:
        raise Problem(
            422,
            "parameter",
            "There is no parameter {}; known: {}.".format(
                ", ".join(sorted(unknown)), ", ".join(sorted(PARAMETERS))
            ),
        )


def _lines(lines: str, network: Network, threshold: float) -> List[str]:
    """The lines asked for besides the outlines, the inner one first."""
    names = lines.split(",") if lines else []
    if not set(names) <= set(Border._fields):
        raise Problem(
            422, "parameter", "lines: is inner, outer or inner,outer, not {}.".format(lines)
        )
    if names and network.confidence is None:
        raise Problem(
            422,
            "parameter",
            "lines: the network {} has no calibration, so nobody knows how far to draw them. Train "
            "it with erythema train --confidence FILE, or leave lines out.".format(network.name),
        )
    if names and network.calibration_at(threshold) is None:
        raise Problem(
            422,
            "parameter",
            "lines: the calibration of the network {} holds at its own threshold only. Leave "
            "threshold or lines out.".format(network.name),
        )
    return [name for name in Border._fields if name in names]


async def _body(request: Request) -> bytes:
    """The request's body, refused as soon as it is longer than a photo may be."""
    too_large = Problem(
        413, "photo-too-large", "The photo has more than {:,} bytes.".format(MAX_BYTES)
    )
    if _declared_length(request) > MAX_BYTES:
        raise too_large
    body = bytearray()
    try:
        async for chunk in request.stream():
            body += chunk
            if len(body) > MAX_BYTES:
                raise too_large
    except ClientDisconnect as gone:
        raise Problem(400, "no-photo", "The client went away while it sent the photo.") from gone
    if not body:
        raise Problem(
            400, "no-photo", "The request has no body: send the photo's bytes as the body."
        )
    return bytes(body)


def _declared_length(request: Request) -> int:
    length = request.headers.get("content-length", "")
    return int(length) if length.isdigit() else 0
