"""What Prometheus reads: counts and durations, no content."""

from typing import Callable, Dict

from prometheus_client import (
    CollectorRegistry,
    Counter,
    Gauge,
    Histogram,
    Info,
    ProcessCollector,
    generate_latest,
)

from erythema.segmentation.network import Network

_SECONDS = (0.001, 0.003, 0.01, 0.03, 0.1, 0.3, 1, 3, 10, 30)


class Metrics:
    """The figures of one service.

    Parameters
    ----------
    network: named in them.
    photos: gives the number of photos being computed or waiting.
    """

    def __init__(self, network: Network, photos: Callable[[], int]) -> None:
        self._registry = CollectorRegistry()
        ProcessCollector(registry=self._registry)
        self._requests = Counter(
            "erythema_requests",
            "Requests answered.",
            ["method", "route", "status"],
            registry=self._registry,
        )
        self._seconds = Histogram(
            "erythema_request_seconds",
            "From a request's headers to the end of its answer.",
            ["route"],
            buckets=_SECONDS,
            registry=self._registry,
        )
        self._stages = Histogram(
            "erythema_stage_seconds",
            "One stage of a request.",
            ["stage"],
            buckets=_SECONDS,
            registry=self._registry,
        )
        waiting = Gauge(
            "erythema_photos", "Photos being computed or waiting.", registry=self._registry
        )
        waiting.set_function(photos)
        Info("erythema_network", "The network served.", registry=self._registry).info(
            {"name": network.name, "version": network.version, "hash": network.hash}
        )

    def count(
        self, method: str, route: str, status: int, seconds: float, stages: Dict[str, float]
    ) -> None:
        """Count one request."""
        known = method if method in ("GET", "POST") else "other"
        self._requests.labels(known, route, str(status)).inc()
        self._seconds.labels(route).observe(seconds)
        for stage, value in stages.items():
            self._stages.labels(stage).observe(value)

    def text(self) -> bytes:
        """Return all figures in Prometheus's text format."""
        return bytes(generate_latest(self._registry))
