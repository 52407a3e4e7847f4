"""Errors as problem details (RFC 9457)."""

from http import HTTPStatus
from typing import Any

from fastapi import FastAPI, Request
from fastapi.exceptions import RequestValidationError
from fastapi.responses import JSONResponse
from starlette.exceptions import HTTPException

from erythema.segmentation.photo import NotAPhoto, PhotoError, PhotoTooLarge

MEDIA_TYPE = "application/problem+json"


class Problem(Exception):
    """An answer other than the one asked for; ``kind`` names it for programs."""

    def __init__(self, status: int, kind: str, detail: str) -> None:
        super().__init__(detail)
        self.status = status
        self.kind = kind
        self.detail = detail


def of_photo(error: PhotoError) -> Problem:
    """Return the problem that a photo's error is."""
    if isinstance(error, PhotoTooLarge):
        return Problem(413, "photo-too-large", str(error))
    if isinstance(error, NotAPhoto):
        return Problem(415, "not-a-photo", str(error))
    return Problem(400, "photo-damaged", str(error))


def answer_with_problems(app: FastAPI) -> None:
    """Make every error of an application a problem document."""

    @app.exception_handler(Problem)
    async def of_problem(request: Request, error: Problem) -> JSONResponse:
        return _document(error.status, "erythema:" + error.kind, error.detail)

    @app.exception_handler(RequestValidationError)
    async def of_parameter(request: Request, error: RequestValidationError) -> JSONResponse:
        faults = ["{}: {}".format(_place(fault), fault["msg"]) for fault in error.errors()]
        return _document(422, "erythema:parameter", "; ".join(faults))

    @app.exception_handler(HTTPException)
    async def of_route(request: Request, error: HTTPException) -> JSONResponse:
        detail = "{} {}: {}".format(request.method, request.url.path, error.detail)
        answer = _document(error.status_code, "about:blank", detail)
        answer.headers.update(error.headers or {})  # such as Allow
        return answer

    @app.exception_handler(Exception)
    async def of_fault(request: Request, error: Exception) -> JSONResponse:
        detail = "The service failed on this request; its own output says why."
        return _document(500, "erythema:fault", detail)


def _place(fault: Any) -> str:
    return str(fault["loc"][-1])


def _document(status: int, kind: str, detail: str) -> JSONResponse:
    content = {
        "type": kind,
        "title": HTTPStatus(status).phrase,
        "status": status,
        "detail": detail,
    }
    return JSONResponse(content, status_code=status, media_type=MEDIA_TYPE)
