"""A real service, in a process of its own, with the network whose results are known by hand.

All that uses ``service_program`` runs twice: with this Python, and with the Jetson Nano's.
"""

import sys

import pytest
from asking import service_of


@pytest.fixture(scope="session", params=["this Python", "the Nano's Python"])
def service_program(request):
    """The Python that runs the service."""
    if request.param == "this Python":
        return sys.executable
    return request.getfixturevalue("nano_python")


@pytest.fixture(scope="session")
def service(service_program, redness_network):
    """An HTTP client of its service."""
    with service_of(redness_network, program=service_program) as client:
        yield client
