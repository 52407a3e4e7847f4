"""GET /networks: the network that the service has."""

from typing import Any, Dict, List

from fastapi import APIRouter, Request

from erythema.service.problems import responses
from erythema.service.state import refuse_unknown, service_of

router = APIRouter()


@router.get("/networks", summary="The networks there are: one", responses=responses("parameter"))
async def networks(request: Request) -> List[Dict[str, Any]]:
    """Return each network with its defaults; the fingerprint changes with anything in it."""
    refuse_unknown(request, ())
    segmenter = service_of(request).segmenter
    network = segmenter.network
    return [
        {
            "name": network.name,
            "version": network.version,
            "hash": network.hash,
            "fingerprint": segmenter.fingerprint,
            "threshold": network.threshold,
            "smallest_area": network.smallest_area,
            "lines": network.confidence is not None,
            "engine": segmenter.engine_name,
            "licence": network.licence,
        }
    ]
