"""A real service, in a process of its own, with the network whose results are known by hand."""

import httpx
import pytest

from erythema.service.process import running_service


@pytest.fixture(scope="session")
def service(redness_network):
    """An HTTP client of a service that runs on a free port."""
    with (
        running_service(redness_network) as address,
        httpx.Client(base_url=address, timeout=60) as client,
    ):
        yield client
