"""A real service, in a process of its own, with the network whose results are known by hand."""

import pytest
from asking import service_of


@pytest.fixture(scope="session")
def service(redness_network):
    """An HTTP client of its service."""
    with service_of(redness_network) as client:
        yield client
