"""POST /measure: outlines in, their areas and diameters out."""

from typing import Any, Dict, List

from fastapi import APIRouter, Request, Response

from erythema.measurement.size import measure as measure_size
from erythema.segmentation.roi_set import read_rois
from erythema.service.answers import choose, to_csv, to_json
from erythema.service.problems import responses
from erythema.service.state import refuse_unknown, service_of
from erythema.service.work import Ticket

_BINARY = {"schema": {"type": "string", "format": "binary"}}
_FORMS = ("application/json", "text/csv")
_SIZES = ("area_px", "longest_diameter_px", "orthogonal_diameter_px", "mean_diameter_px")
_COLUMNS = ("reaction", "name", *_SIZES)

router = APIRouter()


@router.post(
    "/measure",
    summary="Areas and diameters of outlines",
    response_class=Response,
    responses={
        200: {
            "description": "One row an outline. Lengths are in pixels, areas in square pixels.",
            "content": {media_type: _BINARY for media_type in _FORMS},
        },
        **responses(
            "no-body",
            "outlines-damaged",
            "not-acceptable",
            "length-required",
            "too-large",
            "parameter",
            "busy",
        ),
    },
    openapi_extra={
        "requestBody": {
            "required": True,
            "description": "The bytes of an ImageJ ROI set (ZIP) or of one ROI.",
            "content": {"application/zip": _BINARY, "application/octet-stream": _BINARY},
        }
    },
)
async def measure(request: Request) -> Response:
    """Measure each outline: area, longest diameter D, the diameter d orthogonal to D at its
    midpoint, and (D + d) / 2, by which skin tests are read. JSON has both diameters' ends, too.
    """
    refuse_unknown(request, ())
    service = service_of(request)
    media_type = choose(request.headers.getlist("accept"), _FORMS)
    with await service.work.receive(request, service.limits.outlines_bytes, "ROI set") as rois:
        rows = await service.work.run(request, _rows, rois)
    content = to_csv(rows, _COLUMNS) if media_type == "text/csv" else to_json({"reactions": rows})
    return Response(content, media_type=media_type)


def _rows(ticket: Ticket, rois: bytes) -> List[Dict[str, Any]]:
    rows = []
    for number, roi in enumerate(read_rois(rois), 1):
        ticket.check()
        size = measure_size(roi.outlines)
        rows.append(
            {
                "reaction": number,
                "name": roi.name,
                **{name: round(getattr(size, name), 3) for name in _SIZES},
                "longest": size.longest.tolist(),
                "orthogonal": size.orthogonal.tolist(),
            }
        )
    return rows
