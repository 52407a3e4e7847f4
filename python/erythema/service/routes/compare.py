"""POST /compare: two ROI sets of one photo in, their agreement out."""

from typing import Any, Dict, List, Tuple

import numpy as np
from fastapi import APIRouter, Query, Request, Response

from erythema.measurement.comparison import Comparison
from erythema.measurement.comparison import compare as compare_outlines
from erythema.segmentation.roi_set import Roi, read_rois
from erythema.service.answers import choose, to_csv, to_json
from erythema.service.archive import read_entries
from erythema.service.problems import Problem, responses
from erythema.service.schemas import NUMBER, TEXT, contents, list_of, object_of
from erythema.service.state import refuse_unknown, service_of
from erythema.service.work import Ticket

_FORMS = ("application/json", "text/csv")
_SETS = ("found.zip", "drawn.zip")
_LONGEST_SIDE = 60536  # ImageJ's range of whole coordinates
_SCHEMA = object_of(
    pairs=list_of(object_of(found=TEXT, drawn=TEXT, iou=NUMBER, dice=NUMBER)),
    **{name: NUMBER for name in Comparison._fields if name != "pairs"},
)

router = APIRouter()


@router.post(
    "/compare",
    summary="Agreement of two ROI sets of one photo",
    response_class=Response,
    responses={
        200: {
            "description": "Measures of agreement.",
            "content": contents(_FORMS, json=_SCHEMA),
        },
        **responses(
            "no-body",
            "archive-damaged",
            "outlines-damaged",
            "not-acceptable",
            "length-required",
            "too-large",
            "parameter",
            "not-on-this-device",
            "busy",
        ),
    },
    openapi_extra={
        "requestBody": {
            "required": True,
            "description": "A ZIP with the ROI sets found.zip and drawn.zip. One that is missing "
            "stands for no outlines, since ImageJ cannot save an empty ROI set.",
            "content": contents(("application/zip",)),
        }
    },
)
async def compare(
    request: Request,
    width: int = Query(..., ge=1, le=_LONGEST_SIDE, description="Of the photo, in pixels."),
    height: int = Query(..., ge=1, le=_LONGEST_SIDE, description="Of the photo, in pixels."),
) -> Response:
    """Compare what was found, such as a network's outlines, with what a reader drew."""
    refuse_unknown(request, ("height", "width"))
    service = service_of(request)
    media_type = choose(request.headers.getlist("accept"), _FORMS)
    most, most_bytes = service.limits.photo_pixels, service.limits.outlines_bytes
    if width * height > most:
        raise Problem("too-large", "{} x {} pixels, more than {:,}.".format(width, height, most))
    archive = await service.work.receive(request, most_bytes, "ZIP")
    names, agreement = await service.work.run(
        request, _compare, archive, most_bytes, (height, width)
    )
    row = _row(agreement)
    if media_type == "text/csv":
        return Response(to_csv([row], list(row)), media_type=media_type)
    pairs = [
        {"found": names[0][one], "drawn": names[1][other], "iou": iou, "dice": dice}
        for one, other, iou, dice in agreement.pairs
    ]
    return Response(to_json({**row, "pairs": pairs}), media_type=media_type)


def _compare(
    ticket: Ticket, archive: bytes, most: int, shape: Tuple[int, int]
) -> Tuple[List[List[str]], Comparison]:
    entries = read_entries(archive, _SETS, most)
    if not entries:
        raise Problem("archive-damaged", "The ZIP has neither found.zip nor drawn.zip.")
    sets: List[List[Roi]] = [
        read_rois(entries[name], name) if name in entries else [] for name in _SETS
    ]
    ticket.check()
    outlines: List[List[List[np.ndarray]]] = [[roi.outlines for roi in rois] for rois in sets]
    names = [[roi.name for roi in rois] for rois in sets]
    return names, compare_outlines(outlines[0], outlines[1], shape)


def _row(agreement: Comparison) -> Dict[str, Any]:
    return {
        name: round(value, 6) if isinstance(value, float) else value
        for name, value in agreement._asdict().items()
        if name != "pairs"
    }
