"""GET /health: the service runs. GET /ready: its network is loaded and has computed once."""

from typing import Dict

from fastapi import APIRouter, Request

from erythema import __version__
from erythema.service.problems import responses
from erythema.service.state import refuse_unknown, service_of

router = APIRouter()


@router.get("/health", summary="Whether the service runs", responses=responses("parameter"))
async def health(request: Request) -> Dict[str, str]:
    """Answer as soon as the service listens."""
    refuse_unknown(request, ())
    return {"service": "erythema", "version": __version__, "status": "live"}


@router.get(
    "/ready",
    summary="Whether photos can be segmented",
    responses=responses("parameter", "not-ready"),
)
async def ready(request: Request) -> Dict[str, str]:
    """Answer 200 once the network is loaded and warmed, 503 before."""
    refuse_unknown(request, ())
    segmenter = service_of(request).segmenter
    segmenter.refuse_unless_ready()
    return {
        "status": "ready",
        "network": segmenter.network.name,
        "fingerprint": segmenter.fingerprint,
    }
