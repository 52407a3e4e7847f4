"""The application: routes behind their gate, inside the journal."""

from fastapi import FastAPI

from erythema import __version__
from erythema.service.access import Access, Gate
from erythema.service.connections import EndAfterBody
from erythema.service.journal import Journal
from erythema.service.problems import answer_with_problems
from erythema.service.routes import (
    compare,
    corrections,
    docs,
    health,
    measure,
    metrics,
    networks,
    segment,
)
from erythema.service.state import Service

_ROUTES = (segment, networks, health, measure, compare, corrections, metrics, docs)


def create_app(service: Service, access: Access) -> FastAPI:
    """Return the application of one service.

    Parameters
    ----------
    service: what its routes share; it may still be loading its network.
    access: whom it answers.
    """
    app = FastAPI(title="Erythema service", version=__version__, docs_url=None, redoc_url=None)
    app.router.redirect_slashes = False  # or the Host header is quoted in an address
    app.state.service = service
    answer_with_problems(app)
    for route in _ROUTES:
        app.include_router(route.router)
    # The one added last is the outer one.
    app.add_middleware(Gate, access=access, requests_a_second=service.limits.requests_a_second)
    app.add_middleware(Journal, metrics=service.metrics)
    app.add_middleware(EndAfterBody)
    return app
