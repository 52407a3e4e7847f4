"""What the routes of one service share."""

from collections import Counter
from typing import NamedTuple, Optional, Sequence

from fastapi import Request

from erythema.datasets.corrections import Store
from erythema.service.limits import Limits
from erythema.service.metrics import Metrics
from erythema.service.problems import Problem
from erythema.service.segmenter import Segmenter
from erythema.service.work import Work


class Service(NamedTuple):
    """One running service; ``store`` is None where it keeps no corrections."""

    segmenter: Segmenter
    work: Work
    limits: Limits
    metrics: Metrics
    store: Optional[Store]


def service_of(request: Request) -> Service:
    """Return the service that a request came to."""
    service: Service = request.app.state.service
    return service


def refuse_unknown(request: Request, known: Sequence[str]) -> None:
    """Refuse a misspelt parameter, which would otherwise be ignored, and one given twice."""
    names = [name for name, _ in request.query_params.multi_items()]
    unknown = sorted(set(names) - set(known))
    if unknown:
        raise Problem(
            "parameter",
            "There is no parameter {}; known: {}.".format(
                ", ".join(unknown), ", ".join(known) or "none"
            ),
        )
    twice = sorted(name for name, count in Counter(names).items() if count > 1)
    if twice:
        raise Problem("parameter", "{}: is there twice.".format(", ".join(twice)))
