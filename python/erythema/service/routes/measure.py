"""POST /measure: outlines in, their areas and diameters out."""

from typing import Any, Dict, List

import numpy as np
from fastapi import APIRouter, Request, Response

from erythema.measurement.size import measure as measure_size
from erythema.segmentation.roi_set import read_rois
from erythema.service.answers import choose, to_csv, to_json
from erythema.service.problems import responses
from erythema.service.schemas import INTEGER, NUMBER, POINTS, TEXT, contents, list_of, object_of
from erythema.service.state import refuse_unknown, service_of
from erythema.service.work import Ticket

_FORMS = ("application/json", "text/csv")
_SIZES = ("area_px", "longest_diameter_px", "orthogonal_diameter_px", "mean_diameter_px")
_ENDS = tuple(
    "{}_{}{}".format(diameter, axis, end)
    for diameter in ("longest", "orthogonal")
    for end in (1, 2)
    for axis in "xy"
)
_COLUMNS = ("reaction", "name", *_SIZES, *_ENDS)
_SCHEMA = object_of(
    reactions=list_of(
        object_of(
            reaction=INTEGER,
            name=TEXT,
            longest=POINTS,
            orthogonal=POINTS,
            **dict.fromkeys(_SIZES, NUMBER),
        )
    )
)

router = APIRouter()


@router.post(
    "/measure",
    summary="Areas and diameters of outlines",
    response_class=Response,
    responses={
        200: {
            "description": "One row an outline. Lengths are in pixels, areas in square pixels.",
            "content": contents(_FORMS, json=_SCHEMA),
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
            "content": contents(("application/zip", "application/octet-stream")),
        }
    },
)
async def measure(request: Request) -> Response:
    """Measure each outline: area, longest diameter D, the diameter d orthogonal to D at its
    midpoint, and (D + d) / 2, by which skin tests are read; and the ends of both diameters.
    """
    refuse_unknown(request, ())
    service = service_of(request)
    media_type = choose(request.headers.getlist("accept"), _FORMS)
    rois = await service.work.receive(request, service.limits.outlines_bytes, "ROI set")
    rows = await service.work.run(request, _rows, rois)
    if media_type == "text/csv":
        return Response(to_csv(list(map(_flat, rows)), _COLUMNS), media_type=media_type)
    return Response(to_json({"reactions": rows}), media_type=media_type)


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


def _flat(row: Dict[str, Any]) -> Dict[str, Any]:
    """A row with a column for each coordinate of a diameter's ends."""
    coordinates = np.concatenate([row["longest"], row["orthogonal"]]).ravel().tolist()
    return {**row, **dict(zip(_ENDS, coordinates))}
