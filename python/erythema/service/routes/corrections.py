"""/corrections: photos and the outlines that experts made of them, to train on later."""

from typing import Any, Dict, Optional

from fastapi import APIRouter, Query, Request
from fastapi.responses import JSONResponse

from erythema.datasets.corrections import Correction, Store, Stored
from erythema.datasets.folder import OUTLINED, STATES
from erythema.segmentation.photo import PHOTO_SUFFIXES, read_photo
from erythema.segmentation.roi_set import read_rois
from erythema.service.archive import read_entries
from erythema.service.journal import notes_of
from erythema.service.limits import Limits
from erythema.service.problems import Problem, responses
from erythema.service.schemas import contents
from erythema.service.state import Service, refuse_unknown, service_of
from erythema.service.work import Ticket

_PHOTOS = tuple("photo" + suffix for suffix in PHOTO_SUFFIXES)
_OUTLINES = "outlines.zip"

router = APIRouter()


@router.get(
    "/corrections",
    summary="Whether corrections are kept",
    responses=responses("parameter", "corrections-off"),
)
async def kept(request: Request) -> Dict[str, str]:
    """Tell it before a photo is sent."""
    refuse_unknown(request, ())
    _store_of(service_of(request))
    return {"status": "kept"}


@router.post(
    "/corrections",
    summary="Keep a photo with an expert's outlines",
    status_code=201,
    responses={
        200: {"description": "The very same is there already."},
        **responses(
            "no-body",
            "archive-damaged",
            "photo-damaged",
            "outlines-damaged",
            "corrections-off",
            "length-required",
            "too-large",
            "not-a-photo",
            "parameter",
            "busy",
            "store-full",
        ),
    },
    openapi_extra={
        "requestBody": {
            "required": True,
            "description": "A ZIP with the photo, named photo.jpg, .png, .tif or .bmp, and its ROI "
            "set, outlines.zip, which is left out where there is no erythema.",
            "content": contents(("application/zip",)),
        }
    },
)
async def corrections(
    request: Request,
    reader: str = Query(..., description="Who drew: a-z, 0-9 and hyphens, up to 32 characters."),
    state: str = Query(OUTLINED, description=", ".join(STATES)),
    reason: str = Query("", description="Why it is unusable, or any remark."),
) -> JSONResponse:
    """Store a correction; the answer comes when it is safe on the disk."""
    refuse_unknown(request, ("reader", "reason", "state"))
    service = service_of(request)
    store = _store_of(service)
    if state not in STATES:
        raise Problem("parameter", "state: is one of {}, not {}.".format(", ".join(STATES), state))
    network = service.segmenter.network
    served = {"name": network.name, "version": network.version, "hash": network.hash}

    def add(ticket: Ticket, archive: bytes) -> Stored:
        photo, outlines = _unpack(archive, service.limits)
        with notes_of(request).stage("decode"):
            pixels = read_photo(photo, max_pixels=service.limits.photo_pixels)
        ticket.check()
        corrected = served if outlines is None else _corrected_network(outlines) or served
        with notes_of(request).stage("store"):
            return store.add(Correction(pixels, reader, state, reason, outlines, corrected))

    archive = await service.work.receive(request, service.limits.photo_bytes, "ZIP")
    stored = await service.work.run(request, add, archive)
    content: Dict[str, Any] = {"photo": stored.id, "new": stored.is_new}
    return JSONResponse(content, status_code=201 if stored.is_new else 200)


def _store_of(service: Service) -> Store:
    if service.store is None:
        raise Problem(
            "corrections-off", "This service keeps no corrections. Start it with --corrections."
        )
    return service.store


def _unpack(archive: bytes, limits: Limits) -> Any:
    """The photo's bytes, and those of its ROI set or None."""
    entries = read_entries(archive, (*_PHOTOS, _OUTLINES), limits.photo_bytes)
    outlines = entries.pop(_OUTLINES, None)
    if len(outlines or b"") > limits.outlines_bytes:
        raise Problem(
            "too-large", "{} has more than {:,} bytes.".format(_OUTLINES, limits.outlines_bytes)
        )
    if len(entries) != 1:
        raise Problem(
            "archive-damaged",
            "The ZIP has {} photos; it has one of {}.".format(len(entries), ", ".join(_PHOTOS)),
        )
    return next(iter(entries.values())), outlines


def _corrected_network(outlines: bytes) -> Optional[Dict[str, str]]:
    """The network that outlines say they are from, None where none says so."""
    for roi in read_rois(outlines, _OUTLINES):
        if "erythema.hash" in roi.properties:
            names = {"name": "model", "version": "version", "hash": "hash"}
            return {
                name: roi.properties.get("erythema." + said, "") for name, said in names.items()
            }
    return None
