"""How long something takes: the median of some runs."""

import statistics
import time
from collections.abc import Callable

RUNS = 9


def median_ms(work: Callable[[], object]) -> float:
    """Return the median time of some runs in milliseconds, after one that warms up."""
    work()
    times = []
    for _ in range(RUNS):
        start = time.perf_counter()
        work()
        times.append(1000 * (time.perf_counter() - start))
    return statistics.median(times)
