"""Connections cannot be held for ever: slow senders, slow readers, too many."""

import json
import select
import signal
import socket
import ssl
import subprocess
from contextlib import ExitStack, contextmanager

import httpx
import pytest

from erythema.service.access import new_token

SERVE = """
from pathlib import Path
from erythema.service.limits import Limits
from erythema.service.server import serve
serve(Path({network!r}), port=0, limits=Limits({limits}), {more})
"""
FEW_FILES = """
import resource
resource.setrlimit(resource.RLIMIT_NOFILE, (100, resource.getrlimit(resource.RLIMIT_NOFILE)[1]))
"""


@pytest.fixture(scope="module")
def impatient(service_program, redness_network):
    """The address of a service that waits 0.3 s for headers and bodies."""
    limits = "seconds_for_headers=0.3, seconds_for_body=0.3"
    with serving(service_program, redness_network, limits) as address:
        yield address


@pytest.fixture(scope="module")
def patient(service_program, redness_network):
    """The address of a service that ends idle connections after a second."""
    with serving(service_program, redness_network, "seconds_idle=1") as address:
        yield address


@contextmanager
def process_serving(program, network, limits, more="", before=""):
    """A service's process and its address."""
    code = before + SERVE.format(network=str(network), limits=limits, more=more)
    process = subprocess.Popen([str(program), "-c", code], stdout=subprocess.PIPE, text=True)
    try:
        yield process, httpx.URL(process.stdout.readline().split()[-1])
    finally:
        process.kill()
        process.communicate()


@contextmanager
def serving(program, network, limits, more="", before=""):
    with process_serving(program, network, limits, more, before) as (_, address):
        yield address


def over_tls(settings):
    """What makes a service one for others, with a token."""
    new_token(settings)
    return f"host='0.0.0.0', settings=Path({str(settings)!r})"


def connect(address):
    return socket.create_connection(("127.0.0.1", address.port), timeout=60)


def get_health(address, settings=None):
    if settings is None:
        return httpx.get(f"http://127.0.0.1:{address.port}/health", timeout=60)
    tls = ssl.create_default_context(cafile=str(settings / "certificate.pem"))
    return httpx.get(f"https://localhost:{address.port}/health", timeout=60, verify=tls)


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
def test_who_stops_sending_is_told_and_disconnected(impatient, sent):
    with connect(impatient) as connection:
        connection.sendall(sent)

        status, problem = answer_to(connection)

    assert (status, problem["type"]) == (408, "erythema:too-slow")


def test_bytes_that_trickle_in_do_not_move_the_deadline(impatient):
    with connect(impatient) as connection:
        connection.sendall(HEAD)
        for _ in range(1000):  # far longer than the deadline
            connection.sendall(b"X-A: b\r\n")
            answered, _, _ = select.select([connection], [], [], 0.05)
            if answered:
                break

        assert connection.recv(100).startswith(b"HTTP/1.1 408 ")


def test_an_idle_connection_is_closed(patient):
    with connect(patient) as connection:
        connection.sendall(b"GET /health HTTP/1.1\r\nHost: localhost\r\n\r\n")

        said = connection.makefile("rb").read()  # until it is closed

    assert said.startswith(b"HTTP/1.1 200 ")
    assert b" 408 " not in said


def test_a_refusal_reaches_who_is_still_sending(patient):
    head = b"POST /segment?network=none HTTP/1.1\r\nHost: localhost\r\nConnection: close\r\n"
    half = bytes(1_000_000)
    with connect(patient) as connection:
        connection.sendall(head + b"Content-Length: 2000000\r\n\r\n" + half)
        begun = connection.recv(12)
        connection.sendall(half)
        rest = connection.makefile("rb").read()

    assert begun == b"HTTP/1.1 404"
    assert b"erythema:unknown-network" in rest


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


GET = b"GET /health HTTP/1.1\r\nHost: localhost\r\n\r\n"
POST = HEAD + b"Content-Length: 1000000\r\n\r\n" + bytes(1000000)


@pytest.mark.parametrize("request_", [GET, POST], ids=["GET", "POST"])
def test_who_has_too_many_connections_is_told_so(service_program, redness_network, request_):
    limits = "connections_a_client=2, seconds_for_headers=3600"
    with serving(service_program, redness_network, limits) as address:
        with connect(address), connect(address):
            for _ in range(20):
                with connect(address) as third:
                    third.sendall(request_)
                    status, problem = answer_to(third)

                assert (status, problem["type"]) == (503, "erythema:busy")

        assert get_health(address).status_code == 200


def test_who_has_twice_too_many_connections_is_disconnected(service_program, redness_network):
    limits = "connections_a_client=1, seconds_for_headers=3600"
    with (
        serving(service_program, redness_network, limits) as address,
        connect(address),
        connect(address),
        connect(address) as third,
    ):
        assert third.recv(1) == b""


def test_all_connections_together_have_a_limit(service_program, redness_network):
    limits = "connections=1, seconds_for_headers=3600"
    with serving(service_program, redness_network, limits) as address, connect(address):
        assert get_health(address).status_code == 503


def test_there_are_files_for_all_connections(service_program, redness_network):
    pytest.importorskip("resource")
    limits = "connections_a_client=200, seconds_for_headers=3600"
    with (
        serving(service_program, redness_network, limits, before=FEW_FILES) as address,
        ExitStack() as opened,
    ):
        for _ in range(150):
            opened.enter_context(connect(address))

        assert get_health(address).status_code == 200


@pytest.mark.parametrize("sent", [b"", b"\x16\x03\x01"], ids=["nothing", "half a hello"])
def test_who_does_not_finish_the_tls_handshake_is_disconnected(
    service_program, redness_network, tmp_path, sent
):
    more = over_tls(tmp_path)
    limits = "seconds_for_headers=0.3"
    with (
        serving(service_program, redness_network, limits, more) as address,
        connect(address) as connection,
    ):
        connection.sendall(sent)

        assert connection.recv(1) == b""


def test_connections_in_the_tls_handshake_count(service_program, redness_network, tmp_path):
    more = over_tls(tmp_path)
    limits = "connections_a_client=2, seconds_for_headers=3600"
    with serving(service_program, redness_network, limits, more) as address:
        with connect(address), connect(address):
            assert get_health(address, tmp_path).status_code == 503

        assert get_health(address, tmp_path).status_code == 200


def test_after_their_end_connections_in_the_tls_handshake_do_not_count(
    service_program, redness_network, tmp_path
):
    more = over_tls(tmp_path)
    limits = "connections_a_client=2, seconds_for_headers=3"
    with (
        serving(service_program, redness_network, limits, more) as address,
        connect(address) as first,
        connect(address) as second,
    ):
        assert first.recv(1) == second.recv(1) == b""
        assert get_health(address, tmp_path).status_code == 200


def test_a_connection_in_the_tls_handshake_does_not_keep_the_service_from_ending(
    service_program, redness_network, tmp_path
):
    more = over_tls(tmp_path)
    limits = "seconds_for_headers=3600"
    with (
        process_serving(service_program, redness_network, limits, more) as (process, address),
        connect(address) as connection,
    ):
        assert get_health(address, tmp_path).status_code == 200  # so the other one is open
        process.terminate()

        assert connection.recv(1) == b""
        assert process.wait(60) in (0, -signal.SIGTERM)


def test_who_does_not_read_the_answer_is_disconnected(service_program, redness_network):
    big = 2000 * 2000  # the probability's bytes, 16 MB, fill every buffer on the way
    bmp = bytearray(
        b"BM" + (54 + 3 * big).to_bytes(4, "little") + bytes(4) + b"\x36\0\0\0\x28\0\0\0"
    )
    bmp += (2000).to_bytes(4, "little") * 2 + b"\x01\0\x18\0" + bytes(24) + b"\x10\x20\x30" * big
    head = HEAD + f"Accept: image/tiff\r\nContent-Length: {len(bmp)}\r\n\r\n".encode()
    with (
        serving(service_program, redness_network, "seconds_for_answer=1") as address,
        connect(address) as connection,
    ):
        connection.sendall(head + bmp)
        assert connection.recv(1) == b"H"
        with pytest.raises(ConnectionError):
            send_blank_lines(connection)
