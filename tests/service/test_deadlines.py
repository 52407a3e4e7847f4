"""Connections cannot be held for ever: slow senders, slow readers, too many."""

import json
import socket
import subprocess
from contextlib import contextmanager

import httpx
import pytest

SERVE = """
from pathlib import Path
from erythema.service.limits import Limits
from erythema.service.server import serve
serve(Path({network!r}), port=0, limits=Limits({limits}))
"""


@pytest.fixture(scope="module")
def patient(service_program, redness_network):
    """The address of a service that waits 0.3 s for headers and bodies, 1 s on idle connections."""
    limits = "seconds_for_headers=0.3, seconds_for_body=0.3, seconds_idle=1"
    with serving(service_program, redness_network, limits) as address:
        yield address


@contextmanager
def serving(program, network, limits):
    code = SERVE.format(network=str(network), limits=limits)
    process = subprocess.Popen([str(program), "-c", code], stdout=subprocess.PIPE, text=True)
    try:
        yield httpx.URL(process.stdout.readline().split()[-1])
    finally:
        process.kill()
        process.communicate()


def connect(address):
    return socket.create_connection((address.host, address.port), timeout=60)


def answer_to(connection):
    """All that comes until the service closes the connection: status and problem."""
    said = connection.makefile("rb").read()
    head, _, body = said.partition(b"\r\n\r\n")
    return int(head.split()[1]), json.loads(body)


def send_blank_lines(connection):
    """Send what HTTP ignores until the connection breaks."""
    while True:
        connection.sendall(b"\r\n")


HEAD = b"POST /segment HTTP/1.1\r\nHost: localhost\r\n"


@pytest.mark.parametrize(
    "sent",
    [b"", b"GET", HEAD, HEAD + b"Content-Length: 1000\r\n\r\n" + bytes(10)],
    ids=["nothing", "a method", "half the headers", "half a body"],
)
def test_who_stops_sending_is_told_and_disconnected(patient, sent):
    with connect(patient) as connection:
        connection.sendall(sent)

        status, problem = answer_to(connection)

    assert (status, problem["type"]) == (408, "erythema:too-slow")


def test_bytes_that_trickle_in_do_not_move_the_deadline(patient):
    with connect(patient) as connection:
        connection.sendall(HEAD)
        connection.settimeout(0.05)
        answer = b""
        for _ in range(1000):  # far longer than the deadline
            connection.sendall(b"X-A: b\r\n")
            try:
                answer = connection.recv(100)
                break
            except TimeoutError:
                pass

    assert answer.startswith(b"HTTP/1.1 408 ")


def test_an_idle_connection_is_closed(patient):
    with connect(patient) as connection:
        connection.sendall(b"GET /health HTTP/1.1\r\nHost: localhost\r\n\r\n")

        said = connection.makefile("rb").read()  # until it is closed

    assert said.startswith(b"HTTP/1.1 200 ")
    assert b" 408 " not in said


def test_what_is_not_http_is_told_so(patient):
    with connect(patient) as connection:
        connection.sendall(b"\x16\x03\x01 not HTTP\r\n\r\n")

        status, problem = answer_to(connection)

    assert (status, problem["type"]) == (400, "erythema:bad-request")


def test_headers_that_are_too_large_are_refused(patient):
    with connect(patient) as connection:
        connection.sendall(HEAD + b"X-A: " + b"a" * 20000)

        status, problem = answer_to(connection)

    assert (status, problem["type"]) == (431, "erythema:headers-too-large")


def test_a_client_has_only_so_many_connections(service_program, redness_network):
    with serving(service_program, redness_network, "connections_a_client=2") as address:
        with connect(address), connect(address), connect(address) as third:
            status, problem = answer_to(third)

        assert (status, problem["type"]) == (503, "erythema:busy")
        assert httpx.get(f"http://127.0.0.1:{address.port}/health").status_code == 200


def test_who_does_not_read_the_answer_is_disconnected(service_program, redness_network):
    big = 2000 * 2000  # the probability's bytes, 16 MB, fill every buffer on the way
    bmp = bytearray(
        b"BM" + (54 + 3 * big).to_bytes(4, "little") + bytes(4) + b"\x36\0\0\0\x28\0\0\0"
    )
    bmp += (2000).to_bytes(4, "little") * 2 + b"\x01\0\x18\0" + bytes(24) + b"\x10\x20\x30" * big
    head = HEAD + f"Accept: image/tiff\r\nContent-Length: {len(bmp)}\r\n\r\n".encode()
    with (
        serving(service_program, redness_network, "seconds_for_answer=0.2") as address,
        connect(address) as connection,
    ):
        connection.sendall(head + bmp)
        assert connection.recv(1) == b"H"
        with pytest.raises(ConnectionError):
            send_blank_lines(connection)
