"""GET /metrics: figures for Prometheus."""

from fastapi import APIRouter, Request, Response

from erythema.service.problems import responses
from erythema.service.state import refuse_unknown, service_of

_TEXT = "text/plain; version=0.0.4; charset=utf-8"

router = APIRouter()


@router.get(
    "/metrics",
    summary="Figures in Prometheus's text format",
    response_class=Response,
    responses={200: {"content": {"text/plain": {}}}, **responses("parameter")},
)
async def metrics(request: Request) -> Response:
    """Return requests, durations by stage, the queue and memory; no content of photos."""
    refuse_unknown(request, ())
    return Response(service_of(request).metrics.text(), headers={"Content-Type": _TEXT})
