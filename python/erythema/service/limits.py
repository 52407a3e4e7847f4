"""How much one service takes on; what is more is refused, never queued without end."""

import time
from collections import OrderedDict
from typing import Callable, NamedTuple, Tuple

from erythema.segmentation.photo import MAX_BYTES, MAX_PIXELS

_MOST_CLIENTS = 1000
_BYTES_A_PIXEL = 6  # uncompressed, 16 bits a colour
_METADATA_BYTES = 2**20


class Limits(NamedTuple):
    """Bytes, pixels, numbers and seconds.

    ``photos``: being computed or waiting for it, together. ``bytes_held``: of all bodies that are
    being received or worked on. ``requests_a_second``: of one client on another computer; programs
    of this computer's own user are bounded by the queue alone.
    """

    photo_bytes: int = MAX_BYTES
    photo_pixels: int = MAX_PIXELS
    outlines_bytes: int = 16 * 1024 * 1024
    bytes_held: int = 2 * MAX_BYTES
    photos: int = 16
    connections: int = 256
    connections_a_client: int = 128
    requests_a_second: float = 20
    seconds_for_headers: float = 10
    seconds_for_body: float = 60
    seconds_for_answer: float = 60
    seconds_idle: int = 5

    def with_pixels(self, pixels: int) -> "Limits":
        """Return limits for smaller photos: less memory, too."""
        most_bytes = min(self.photo_bytes, _BYTES_A_PIXEL * pixels + _METADATA_BYTES)
        return self._replace(photo_pixels=pixels, photo_bytes=most_bytes, bytes_held=2 * most_bytes)


class RateLimiter:
    """Counts requests by client: at most so many a second, after as many at once (token bucket).

    Parameters
    ----------
    requests_a_second: allowed to each client.
    clock: seconds that only grow.
    """

    def __init__(
        self, requests_a_second: float, clock: Callable[[], float] = time.monotonic
    ) -> None:
        self._rate = requests_a_second
        self._clock = clock
        self._buckets: "OrderedDict[str, Tuple[float, float]]" = OrderedDict()

    def seconds_to_wait(self, client: str) -> float:
        """Count one request; return 0 where it is allowed, else after how long the next one is."""
        now = self._clock()
        tokens, before = self._buckets.pop(client, (self._rate, now))
        tokens = min(self._rate, tokens + (now - before) * self._rate)
        allowed = tokens >= 1
        self._buckets[client] = (tokens - 1 if allowed else tokens, now)
        while len(self._buckets) > _MOST_CLIENTS:
            self._buckets.popitem(last=False)
        return 0.0 if allowed else (1 - tokens) / self._rate
