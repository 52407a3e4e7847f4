"""GET /docs: the manual of the routes, made from the OpenAPI document at /openapi.json."""

import base64
import hashlib
from html import escape
from typing import Any, Dict, List

from fastapi import APIRouter, Request, Response

from erythema.service.problems import KINDS, PREFIX, responses
from erythema.service.state import refuse_unknown

_STYLE = (
    "body{font:16px/1.5 sans-serif;max-width:50em;margin:2em auto;padding:0 1em;color:#222}"
    "h2{margin-top:2em}code{background:#f3f3f3;padding:0 .2em}"
    "table{border-collapse:collapse;margin:1em 0}td,th{border:1px solid #ccc;padding:.2em .6em;"
    "text-align:left;vertical-align:top}"
)
_STYLE_HASH = base64.b64encode(hashlib.sha256(_STYLE.encode("ascii")).digest()).decode("ascii")
_POLICY = "default-src 'none'; frame-ancestors 'none'; style-src 'sha256-{}'".format(_STYLE_HASH)
_INTRODUCTION = (
    "The service outlines the reactions of skin prick tests in photos. It aids a physician and is "
    "not a certified medical device. Photos stay in its memory and go nowhere else; corrections "
    "are stored only where the service was started with a folder for them."
)

router = APIRouter()


@router.get(
    "/docs",
    summary="This page",
    response_class=Response,
    responses={200: {"content": {"text/html": {}}}, **responses("parameter")},
)
async def docs(request: Request) -> Response:
    """Return the page; it needs no script and loads nothing from elsewhere."""
    refuse_unknown(request, ())
    page = _page(request.app.openapi())
    return Response(page, media_type="text/html", headers={"Content-Security-Policy": _POLICY})


def _page(document: Dict[str, Any]) -> str:
    sections = [
        _section(method.upper(), path, operation)
        for path, operations in document["paths"].items()
        for method, operation in operations.items()
    ]
    kinds = _table(
        ["type", "status", "meaning"],
        [
            ["<code>{}{}</code>".format(PREFIX, name), str(kind.status), escape(kind.meaning)]
            for name, kind in KINDS.items()
        ],
    )
    return (
        '<!DOCTYPE html><html lang="en"><meta charset="utf-8"><title>Erythema service</title>'
        "<style>{}</style><h1>Erythema service</h1><p>{}</p>"
        '<p>For programs: <a href="/openapi.json">/openapi.json</a></p>{}'
        "<h2>Problems</h2><p>Errors are problem details (RFC 9457) of these types.</p>{}</html>"
    ).format(_STYLE, escape(_INTRODUCTION), "".join(sections), kinds)


def _section(method: str, path: str, operation: Dict[str, Any]) -> str:
    parts = [
        "<h2><code>{} {}</code></h2>".format(method, escape(path)),
        "<p>{}</p>".format(escape(operation.get("description", ""))),
    ]
    body = operation.get("requestBody")
    if body:
        parts.append("<p>Body: {}</p>".format(escape(body["description"])))
    parameters = [
        [
            "<code>{}</code>".format(escape(parameter["name"])),
            escape(parameter.get("description", "")),
        ]
        for parameter in operation.get("parameters", [])
    ]
    if parameters:
        parts.append(_table(["parameter", "meaning"], parameters))
    answers = [
        [
            escape(status),
            escape(answer["description"]),
            escape(", ".join(answer.get("content", {}))),
        ]
        for status, answer in sorted(operation["responses"].items())
    ]
    parts.append(_table(["status", "answer", "forms"], answers))
    return "".join(parts)


def _table(heads: List[str], rows: List[List[str]]) -> str:
    head = "".join("<th>{}</th>".format(cell) for cell in heads)
    body = "".join(
        "<tr>{}</tr>".format("".join("<td>{}</td>".format(cell) for cell in row)) for row in rows
    )
    return "<table><tr>{}</tr>{}</table>".format(head, body)
