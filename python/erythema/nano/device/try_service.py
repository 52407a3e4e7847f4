"""Starts the service as it will run, with a token and TLS, on a free port; asks it, and ends it.

python try_service.py NETWORK
"""

import ssl
import sys
import tempfile
import urllib.request
from pathlib import Path

from erythema.errors import ErythemaError
from erythema.service.access import new_token
from erythema.service.process import running_service


def try_service(network: Path) -> None:
    """Start a service with a network, and ask it what monitors and clients ask.

    Raises
    ------
    ErythemaError: it does not start.
    OSError: it gives another answer than 200, or none.
    """
    with tempfile.TemporaryDirectory() as settings:
        token = new_token(Path(settings))
        options = ["--host", "0.0.0.0", "--settings", settings]
        with running_service(network, options) as address:
            local = "https://localhost:" + address.rsplit(":", 1)[1]
            tls = ssl.create_default_context(cafile=str(Path(settings, "certificate.pem")))
            for path in ("/ready", "/health", "/networks"):
                request = urllib.request.Request(
                    local + path, headers={"Authorization": "Bearer " + token}
                )
                urllib.request.urlopen(request, timeout=60, context=tls).close()


if __name__ == "__main__":
    try:
        try_service(Path(sys.argv[1]))
    except (ErythemaError, OSError) as error:
        sys.exit(f"The service was tried and failed: {error}")
