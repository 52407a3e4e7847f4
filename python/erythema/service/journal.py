"""What the service says of each request: one JSON line, without photo content or names."""

import json
import logging
import time
import traceback
import uuid
from contextlib import contextmanager
from typing import Any, Dict, Iterator, List

from erythema.datasets.folder import DataSetError
from erythema.service.metrics import Metrics
from erythema.service.problems import Problem, document, problem_of

LOG = logging.getLogger("erythema.service")
_KEY = "erythema"
_OWN = ("erythema", "uvicorn")  # other loggers' messages may quote what a client sent
_CLIENT_GONE = 499  # in log and metrics only: nobody is there to read an answer
_HEADERS = (
    (b"cache-control", b"no-store"),
    (b"cross-origin-resource-policy", b"same-origin"),
    (b"referrer-policy", b"no-referrer"),
    (b"x-content-type-options", b"nosniff"),
    (b"x-frame-options", b"DENY"),
)
_CONTENT_POLICY = (b"content-security-policy", b"default-src 'none'; frame-ancestors 'none'")


class ClientGone(Exception):
    """The client closed the connection: nobody waits for the answer."""


class Notes:
    """What is noted of one request while it is answered: seconds by stage, and numbers."""

    def __init__(self) -> None:
        self.stages: Dict[str, float] = {}
        self.numbers: Dict[str, int] = {}

    @contextmanager
    def stage(self, name: str) -> Iterator[None]:
        """Note how long the block takes."""
        start = time.perf_counter()
        try:
            yield
        finally:
            self.stages[name] = self.stages.get(name, 0.0) + time.perf_counter() - start

    def server_timing(self) -> str:
        """Return the stages as a Server-Timing header has them, in milliseconds."""
        return ", ".join(
            "{};dur={:.1f}".format(name, 1000 * seconds) for name, seconds in self.stages.items()
        )


def notes_of(request: Any) -> Notes:
    """Return the notes of a request."""
    return request.scope[_KEY]


class Journal:
    """An ASGI layer around all others: notes, log line, metrics, security headers, and faults."""

    def __init__(self, app: Any, metrics: Metrics) -> None:
        self._app = app
        self._metrics = metrics

    async def __call__(self, scope: Any, receive: Any, send: Any) -> None:
        if scope["type"] != "http":
            await self._app(scope, receive, send)
            return
        scope[_KEY] = notes = Notes()
        start = time.perf_counter()
        statuses: List[int] = []

        async def send_with_headers(message: Any) -> None:
            if message["type"] == "http.response.start":
                statuses.append(message["status"])
                message["headers"] = _secured(message.get("headers", []))
            await send(message)

        fault: Dict[str, Any] = {}
        try:
            await self._app(scope, receive, send_with_headers)
        except ClientGone:
            statuses.append(_CLIENT_GONE)
        except Exception as error:  # whatever it is, it is one line here and a problem there
            answer, fault = _answer_to(error)
            if not statuses:
                await answer(scope, receive, send_with_headers)
        seconds = time.perf_counter() - start
        status = statuses[0] if statuses else 0
        route = getattr(scope.get("route"), "path", "-")  # a path may hold a name
        self._metrics.count(scope["method"], route, status, seconds, notes.stages)
        LOG.log(
            logging.ERROR if fault else logging.INFO,
            "request",
            extra={
                "fields": {
                    "method": scope["method"],
                    "route": route,
                    "status": status,
                    "client": scope["client"][0] if scope.get("client") else "",
                    "ms": round(1000 * seconds, 1),
                    "stages_ms": {
                        name: round(1000 * value, 1) for name, value in notes.stages.items()
                    },
                    **notes.numbers,
                    **fault,
                }
            },
        )


def _answer_to(error: Exception) -> Any:
    """The answer to an exception, and what the log says of it."""
    problem = problem_of(error)
    if problem is not None:
        return document(problem), {}
    instance = uuid.uuid4().urn
    frames = traceback.extract_tb(error.__traceback__)
    where = ["{}:{} {}".format(frame.filename, frame.lineno, frame.name) for frame in frames]
    fault = {"instance": instance, "fault": type(error).__name__, "where": where}
    # The messages of others stay out of the log: they may quote what the client sent.
    if isinstance(error, DataSetError):
        fault["reason"] = str(error)
    elif isinstance(error, OSError):
        fault["reason"] = str(error.strerror)
    return document(Problem("fault"), instance), fault


def _secured(headers: List[Any]) -> List[Any]:
    named = {name.lower() for name, _ in headers}
    secured = [*headers, *_HEADERS]
    return secured if _CONTENT_POLICY[0] in named else [*secured, _CONTENT_POLICY]


class JsonLines(logging.Formatter):
    """A log record as one line of JSON."""

    def format(self, record: logging.LogRecord) -> str:
        line = {
            "time": time.strftime("%Y-%m-%dT%H:%M:%SZ", time.gmtime(record.created)),
            "level": record.levelname.lower(),
            "event": record.getMessage() if record.name.startswith(_OWN) else "library",
            **({} if record.name.startswith(_OWN) else {"logger": record.name}),
        }
        line.update(getattr(record, "fields", {}))
        is_fault = record.levelno >= logging.ERROR  # uvicorn warns of what is no HTTP
        if is_fault and record.exc_info and record.exc_info[0]:
            line["fault"] = record.exc_info[0].__name__
        return json.dumps(line)


def log_json_lines() -> None:
    """Send the logs of this service, its server and the event loop to standard error, in JSON."""
    handler = logging.StreamHandler()
    handler.setFormatter(JsonLines())
    levels = {
        "erythema.service": logging.INFO,
        "uvicorn": logging.WARNING,
        "asyncio": logging.ERROR,
        "": logging.ERROR,  # of libraries
    }
    for name in ("tifffile", "roifile"):  # a damaged file may have thousands of faults
        logging.getLogger(name).propagate = False
    for name, level in levels.items():
        logger = logging.getLogger(name)
        logger.handlers = [handler]
        logger.setLevel(level)
        logger.propagate = False
