"""POST /segment: a photo in, its outlines out."""

from typing import Any, Dict, List, Optional, Tuple
from urllib.parse import quote

from fastapi import APIRouter, Query, Request, Response

from erythema.segmentation.border import Border
from erythema.segmentation.network import Network
from erythema.service.answers import SEGMENTATION_WRITERS, choose
from erythema.service.journal import Notes, notes_of
from erythema.service.problems import Problem, responses
from erythema.service.schemas import (
    INTEGER,
    NUMBER,
    NUMBER_OR_NONE,
    POINTS,
    TEXT,
    contents,
    list_of,
    object_of,
)
from erythema.service.segmenter import Segmentation, Settings
from erythema.service.state import Service, refuse_unknown, service_of
from erythema.service.work import Ticket

_PARAMETERS = ("lines", "network", "smallest_area", "threshold")
_PHOTO_TYPES = ("image/jpeg", "image/png", "image/tiff", "image/bmp", "application/octet-stream")
_PROBLEMS = (
    "no-body",
    "photo-damaged",
    "unknown-network",
    "not-acceptable",
    "length-required",
    "network-changed",
    "too-large",
    "not-a-photo",
    "parameter",
    "busy",
    "not-ready",
)
_SCHEMA = object_of(
    network=TEXT,
    version=TEXT,
    hash=TEXT,
    threshold=NUMBER,
    width=INTEGER,
    height=INTEGER,
    reactions=list_of(
        object_of(
            name=TEXT,
            role=TEXT,
            area_px=NUMBER,
            area_low_px=NUMBER_OR_NONE,
            area_high_px=NUMBER_OR_NONE,
            confidence=NUMBER_OR_NONE,
            outline=POINTS,
        )
    ),
)
_FEATURES = object_of(type=TEXT, features=list_of({"type": "object"}))

router = APIRouter()


@router.post(
    "/segment",
    summary="Outlines of the reactions in a photo",
    response_class=Response,
    responses={
        200: {
            "description": "The outlines, in the form that Accept names.",
            "content": contents(SEGMENTATION_WRITERS, json=_SCHEMA, geo_json=_FEATURES),
        },
        **responses(*_PROBLEMS),
    },
    openapi_extra={
        "requestBody": {
            "required": True,
            "description": "The bytes of a JPEG, PNG, TIFF or BMP file; colour, at least 32 x 32.",
            "content": contents(_PHOTO_TYPES),
        }
    },
)
async def segment(
    request: Request,
    network: Optional[str] = Query(None, description="Name of the network, as GET /networks says."),
    threshold: Optional[float] = Query(
        None, gt=0, le=1, description="Probability from which skin is erythema."
    ),
    smallest_area: Optional[float] = Query(
        None, ge=0, le=1, description="Share of the photo below which a reaction is left out."
    ),
    lines: str = Query("", description="inner, outer or both: where the border is doubtful."),
) -> Response:
    """Segment one photo; its bytes are the body.

    With the header Erythema-Fingerprint, as an earlier answer had it, the photo is refused where
    the network is no longer the same.
    """
    refuse_unknown(request, _PARAMETERS)
    service = service_of(request)
    served = service.segmenter.network
    _check_network(network, request, service)
    threshold = served.threshold if threshold is None else threshold
    settings = Settings(
        threshold,
        served.smallest_area if smallest_area is None else smallest_area,
        _lines(lines, served, threshold),
    )
    media_type = choose(request.headers.getlist("accept"), SEGMENTATION_WRITERS)
    service.segmenter.refuse_unless_ready()
    notes = notes_of(request)

    def compute(ticket: Ticket, photo: bytes) -> Tuple[Segmentation, bytes]:
        segmenter, most = service.segmenter, service.limits.photo_pixels
        found = segmenter.segment(ticket, photo, most, settings, notes)
        with notes.stage("answer"):
            return found, SEGMENTATION_WRITERS[media_type](found)

    photo = await service.work.receive(request, service.limits.photo_bytes, "photo")
    found, content = await service.work.run(request, compute, photo)
    return Response(
        content,
        media_type=media_type,
        headers=_headers(found, service.segmenter.fingerprint, notes),
    )


def _check_network(network: Optional[str], request: Request, service: Service) -> None:
    served, fingerprint = service.segmenter.network, service.segmenter.fingerprint
    if network is not None and network != served.name:
        raise Problem("unknown-network", "The service has the network {}.".format(served.name))
    expected = request.headers.get("erythema-fingerprint")
    if expected is not None and expected != fingerprint:
        raise Problem(
            "network-changed",
            "The network is {}, version {}, with the fingerprint {}; it was {}. Segment the "
            "earlier photos again, or go on without the header.".format(
                served.name, served.version, fingerprint, expected[:64]
            ),
        )


def _lines(lines: str, network: Network, threshold: float) -> List[str]:
    """The lines asked for besides the outlines, the inner one first."""
    names = lines.split(",") if lines else []
    if not set(names) <= set(Border._fields):
        raise Problem("parameter", "lines: is inner, outer or inner,outer, not {}.".format(lines))
    if names and network.confidence is None:
        raise Problem(
            "parameter",
            "lines: the network {} has no calibration, so nobody knows how far to draw them. Train "
            "it with erythema train --confidence FILE, or leave lines out.".format(network.name),
        )
    if names and network.calibration_at(threshold) is None:
        raise Problem(
            "parameter",
            "lines: the calibration of the network {} holds at its own threshold only. Leave "
            "threshold or lines out.".format(network.name),
        )
    return [name for name in Border._fields if name in names]


def _headers(found: Segmentation, fingerprint: str, notes: Notes) -> Dict[str, Any]:
    """What every answer says of its origin."""
    return {
        "Erythema-Network": quote(found.network.name),  # headers are ASCII
        "Erythema-Version": quote(found.network.version),
        "Erythema-Hash": found.network.hash,
        "Erythema-Threshold": "{:g}".format(found.threshold),
        "Erythema-Fingerprint": fingerprint,
        "Erythema-Reactions": str(len(found.reactions)),
        "Server-Timing": notes.server_timing(),
    }
