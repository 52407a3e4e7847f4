"""What the service answers to mistakes, and how its process behaves."""

import asyncio
import socket
import subprocess
import sys
from concurrent.futures import ThreadPoolExecutor

import httpx
import pytest
from asking import RED, encoded, names, segment, skin, two_reactions

from erythema.segmentation.engines import open_engine
from erythema.segmentation.network import load_network
from erythema.service.app import create_app
from erythema.service.process import running_service
from erythema.service.server import ServiceError

# Mistakes --------------------------------------------------------------------


def assert_problem(service, answer, status, detail):
    """It is a problem document (RFC 9457), and the service goes on answering."""
    assert answer.status_code == status
    assert answer.headers["Content-Type"] == "application/problem+json"
    problem = answer.json()
    assert sorted(problem) == ["detail", "status", "title", "type"]
    assert problem["status"] == status
    assert problem["title"]
    assert detail in problem["detail"]
    assert "Traceback" not in answer.text
    assert names(segment(service)) == ["erythema 1", "erythema 2"]


def test_no_body(service):
    answer = segment(service, b"")

    assert_problem(service, answer, 400, "send the photo's bytes as the body")


def test_a_damaged_photo(service):
    answer = segment(service, encoded(two_reactions())[:100])

    assert_problem(service, answer, 400, "the PNG file is damaged")
    assert answer.json()["type"] == "erythema:photo-damaged"


def test_a_photo_of_20_pixels(service):
    answer = segment(service, encoded(skin()[:20, :20]))

    assert_problem(service, answer, 400, "20 x 20 pixels is too small")


def test_an_unknown_address(service):
    assert_problem(service, service.get("/outlines"), 404, "GET /outlines")


def test_an_unknown_method(service):
    answer = service.get("/segment")

    assert_problem(service, answer, 405, "GET /segment")
    assert answer.headers["Allow"] == "POST"


@pytest.mark.parametrize("accept", ["text/html", "application/zip;q=0", ""])
def test_a_form_that_there_is_not(service, accept):
    answer = segment(service, accept=accept)

    assert_problem(service, answer, 406, "application/zip, application/geo+json")


@pytest.mark.parametrize(
    "photo",
    [
        encoded(skin(), "GIF"),
        b"not a photo",
        encoded(skin()[..., 0]),
        encoded(skin()[..., 0], "TIFF"),
    ],
    ids=["GIF", "text", "grey PNG", "grey TIFF"],
)
def test_a_body_that_is_no_photo(service, photo):
    answer = segment(service, photo)

    assert_problem(service, answer, 415, "")
    assert answer.json()["type"] == "erythema:not-a-photo"


def test_a_photo_of_too_many_pixels(service):
    bmp = bytearray(encoded(skin(), "BMP"))
    bmp[18:26] = (9000).to_bytes(4, "little") * 2  # width and height, as the header has them

    answer = segment(service, bytes(bmp))

    assert_problem(service, answer, 413, "9000 x 9000 pixels")


def test_a_body_that_says_it_is_too_long_is_refused_before_it_is_sent(service):
    address = httpx.URL(service.base_url)
    with socket.create_connection((address.host, address.port), timeout=60) as connection:
        connection.sendall(
            b"POST /segment HTTP/1.1\r\nHost: erythema\r\nContent-Length: 268435457\r\n\r\n"
        )
        answer = connection.makefile("rb").readline()

    assert answer.startswith(b"HTTP/1.1 413 ")
    assert names(segment(service)) == ["erythema 1", "erythema 2"]


def test_a_body_of_unknown_length_is_refused_once_it_is_too_long(service):
    blocks = (bytes(2**20) for _ in range(257))  # one MiB beyond the limit

    answer = service.post("/segment", content=blocks)

    assert_problem(service, answer, 413, "more than 268,435,456 bytes")


@pytest.mark.parametrize(
    ("name", "value"),
    [
        ("threshold", "0"),
        ("threshold", "-1"),
        ("threshold", "1.01"),
        ("threshold", "nan"),
        ("threshold", "abc"),
        ("smallest_area", "-0.1"),
        ("smallest_area", "2"),
        ("smallest_area", "inf"),
    ],
)
def test_a_parameter_out_of_range(service, name, value):
    answer = segment(service, **{name: value})

    assert_problem(service, answer, 422, name + ": ")


# The process -----------------------------------------------------------------


def test_two_requests_at_once_get_the_answers_to_their_own_photos(service):
    other = skin()
    other[5:25, 5:25] = RED

    def ask(photo):
        return segment(service, encoded(photo), "application/zip").content

    alone = [ask(two_reactions()), ask(other)]
    with ThreadPoolExecutor(2) as pool:
        together = list(pool.map(ask, [two_reactions(), other] * 8))

    assert together == alone * 8


def test_it_listens_on_this_computer_only(service):
    address = httpx.URL(service.base_url)

    assert address.host == "127.0.0.1"
    with pytest.raises(ConnectionRefusedError):
        socket.create_connection(("127.0.0.2", address.port), timeout=60)


def test_a_port_in_use_gets_a_message(service, redness_network):
    port = httpx.URL(service.base_url).port

    command = [sys.executable, "-m", "erythema", "serve", "--port", str(port)]
    run = subprocess.run(
        [*command, "--network", str(redness_network)],
        capture_output=True,
        text=True,
    )

    assert run.returncode == 1
    assert run.stdout == ""
    assert f"The service cannot listen on 127.0.0.1:{port}" in run.stderr
    assert "choose another port with --port" in run.stderr
    assert "Traceback" not in run.stderr


def test_a_service_that_does_not_start_says_why(tmp_path):
    with (
        pytest.raises(ServiceError, match="no network here"),
        running_service(tmp_path),
    ):
        pass


def test_the_service_ends_with_its_block(redness_network):
    with running_service(redness_network) as address:
        assert httpx.get(address + "/health").status_code == 200

    with pytest.raises(httpx.ConnectError):
        httpx.get(address + "/health")


def test_a_misspelt_parameter(service):
    answer = segment(service, treshold=0.9)

    assert_problem(
        service, answer, 422, "no parameter treshold; known: lines, smallest_area, threshold"
    )


def test_lines_of_a_network_without_a_calibration(service):
    answer = segment(service, lines="inner,outer")

    assert_problem(service, answer, 422, "redness has no calibration, so nobody knows")
    assert "erythema train --confidence FILE" in answer.json()["detail"]


@pytest.mark.parametrize("lines", ["middle", "inner;outer", "inner,", "Inner"])
def test_lines_that_there_are_not(service, lines):
    answer = segment(service, lines=lines)

    assert_problem(service, answer, 422, f"lines: is inner, outer or inner,outer, not {lines}")


def test_lines_at_another_threshold_than_the_calibration_s(calibrated_network):
    with running_service(calibrated_network) as address, httpx.Client(base_url=address) as service:
        answer = segment(service, threshold=0.4, lines="inner")

        assert_problem(service, answer, 422, "holds at its own threshold only")


def test_a_fault_of_the_service_itself_is_a_problem_document_too(redness_network):
    broken = open_engine(load_network(redness_network))._replace(compute=lambda photo: 1 / 0)
    transport = httpx.ASGITransport(create_app(broken), raise_app_exceptions=False)

    async def ask():
        async with httpx.AsyncClient(transport=transport, base_url="http://service") as client:
            return await client.post("/segment", content=encoded(skin()))

    answer = asyncio.run(ask())

    assert answer.status_code == 500
    assert answer.headers["Content-Type"] == "application/problem+json"
    assert answer.json()["type"] == "erythema:fault"
