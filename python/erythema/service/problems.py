"""Errors as problem details (RFC 9457)."""

import errno
from http import HTTPStatus
from typing import Any, Dict, NamedTuple, Optional

from fastapi import FastAPI, Request
from fastapi.exceptions import RequestValidationError
from fastapi.responses import JSONResponse
from starlette.exceptions import HTTPException

from erythema.datasets.corrections import CorrectionError
from erythema.measurement.agreement import MatchingError
from erythema.measurement.size import OutlineError
from erythema.segmentation.photo import NotAPhoto, PhotoError, PhotoTooLarge
from erythema.segmentation.roi_set import RoiError

MEDIA_TYPE = "application/problem+json"
PREFIX = "erythema:"
_FULL = (errno.ENOSPC, errno.EDQUOT, errno.EFBIG)


class Kind(NamedTuple):
    """A kind of problem: the status it is answered with, and what it means for the client."""

    status: int
    meaning: str


KINDS: Dict[str, Kind] = {
    "bad-request": Kind(400, "The request is not HTTP."),
    "no-body": Kind(400, "The request has no body: send the file's bytes as the body."),
    "photo-damaged": Kind(400, "The photo is damaged, or too small. Copy or save it again."),
    "outlines-damaged": Kind(
        400, "The outlines are no ROI or ROI set, have no area, or are too many."
    ),
    "archive-damaged": Kind(400, "The ZIP is damaged, or its entries are not those asked for."),
    "token": Kind(401, "The token is missing or wrong. Send Authorization: Bearer TOKEN."),
    "host": Kind(403, "The Host header is not a name of this service."),
    "origin": Kind(403, "A web page of another origin asked. Pages may not use the service."),
    "corrections-off": Kind(403, "This service keeps no corrections: see --corrections."),
    "unknown-network": Kind(404, "The service has no network of this name: see GET /networks."),
    "not-acceptable": Kind(406, "There is no answer of a form that the Accept header names."),
    "too-slow": Kind(408, "The request did not arrive in time. Check the connection."),
    "length-required": Kind(411, "The request has no Content-Length."),
    "network-changed": Kind(412, "The network is no longer the one of the fingerprint sent."),
    "too-large": Kind(413, "More bytes, pixels or outlines than the service takes."),
    "not-a-photo": Kind(415, "The body is no colour photo in JPEG, PNG, TIFF or BMP."),
    "parameter": Kind(422, "A parameter is unknown or out of range."),
    "too-many-requests": Kind(429, "Too many requests a second. Wait as Retry-After says."),
    "headers-too-large": Kind(431, "The request's headers are too large."),
    "fault": Kind(500, "The service failed. Its log has the problem's instance and the reason."),
    "not-on-this-device": Kind(501, "The device lacks what this needs; the detail names it."),
    "busy": Kind(503, "The queue is full. Ask again after the seconds of Retry-After."),
    "not-ready": Kind(503, "The network is being loaded. Ask again after Retry-After."),
    "store-full": Kind(507, "The disk is full: the correction was not stored. Make space."),
}


class Problem(Exception):
    """An answer other than the one asked for.

    Parameters
    ----------
    kind: one of ``KINDS``.
    detail: what is wrong with this very request; by default the kind's meaning.
    headers: more headers of the answer.
    """

    def __init__(
        self, kind: str, detail: str = "", headers: Optional[Dict[str, str]] = None
    ) -> None:
        self.kind = kind
        self.status, meaning = KINDS[kind]
        self.detail = detail or meaning
        self.headers = headers or {}
        super().__init__(self.detail)


def problem_of(error: Exception) -> Optional[Problem]:
    """Return the problem that an error is for a client, None for the service's own fault."""
    if isinstance(error, Problem):
        return error
    if isinstance(error, PhotoTooLarge):
        return Problem("too-large", str(error))
    if isinstance(error, NotAPhoto):
        return Problem("not-a-photo", str(error))
    if isinstance(error, PhotoError):
        return Problem("photo-damaged", str(error))
    if isinstance(error, (RoiError, OutlineError)):
        return Problem("outlines-damaged", str(error))
    if isinstance(error, CorrectionError):
        return Problem("parameter", str(error))
    if isinstance(error, MatchingError):
        return Problem("not-on-this-device", str(error))
    if isinstance(error, OSError) and error.errno in _FULL:
        return Problem("store-full")
    return None


def document(problem: Problem, instance: Optional[str] = None) -> JSONResponse:
    """Return a problem as an answer; ``instance`` names this very occurrence, as the log does."""
    return _answer(problem.status, PREFIX + problem.kind, problem.detail, problem.headers, instance)


def answer_with_problems(app: FastAPI) -> None:
    """Make every error that a client can mend a problem document."""

    @app.exception_handler(RequestValidationError)
    async def of_parameter(request: Request, error: RequestValidationError) -> JSONResponse:
        faults = ["{}: {}".format(fault["loc"][-1], fault["msg"]) for fault in error.errors()]
        return document(Problem("parameter", "; ".join(faults)))

    @app.exception_handler(HTTPException)
    async def of_route(request: Request, error: HTTPException) -> JSONResponse:
        detail = "There is no {} {}: see GET /docs.".format(request.method, request.scope["path"])
        return _answer(error.status_code, "about:blank", detail, dict(error.headers or {}))


def responses(*kinds: str) -> Dict[Any, Dict[str, Any]]:
    """Return what OpenAPI says of the problems that a route answers with."""
    by_status: Dict[Any, Dict[str, Any]] = {}
    for kind in kinds:
        status, meaning = KINDS[kind]
        described = by_status.setdefault(
            status, {"description": "", "content": {MEDIA_TYPE: {"schema": _SCHEMA}}}
        )
        named = "{}{}: {}".format(PREFIX, kind, meaning)
        described["description"] = (described["description"] + " " + named).strip()
    return by_status


def _answer(
    status: int, kind: str, detail: str, headers: Dict[str, str], instance: Optional[str] = None
) -> JSONResponse:
    content = {
        "type": kind,
        "title": HTTPStatus(status).phrase,
        "status": status,
        "detail": detail,
    }
    if instance is not None:
        content["instance"] = instance
    return JSONResponse(content, status_code=status, headers=headers, media_type=MEDIA_TYPE)


_SCHEMA = {
    "type": "object",
    "required": ["type", "title", "status", "detail"],
    "properties": {
        "type": {"type": "string"},
        "title": {"type": "string"},
        "status": {"type": "integer"},
        "detail": {"type": "string"},
        "instance": {"type": "string"},
    },
}
