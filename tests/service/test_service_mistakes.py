"""What the service answers to mistakes; after each it goes on answering."""

import socket

import httpx
import pytest
from asking import (
    app_of,
    ask_app,
    assert_problem,
    encoded,
    names,
    segment,
    service_of,
    skin,
    two_reactions,
)

from erythema.segmentation.engines import open_engine
from erythema.segmentation.network import load_network
from erythema.service.segmenter import Segmenter


@pytest.fixture(autouse=True)
def it_goes_on_answering(request):
    """Checks after each test of a running service that the next good request is right."""
    yield
    if "service" in request.fixturenames:
        answer = segment(request.getfixturevalue("service"))
        assert names(answer) == ["erythema 1", "erythema 2"]


# The body --------------------------------------------------------------------


def test_no_body(service):
    answer = segment(service, b"")

    assert_problem(answer, 400, "no-body", "send the photo as the body")


def test_a_damaged_photo(service):
    answer = segment(service, encoded(two_reactions())[:100])

    assert_problem(answer, 400, "photo-damaged", "the PNG file is damaged")


def test_a_photo_of_20_pixels(service):
    answer = segment(service, encoded(skin()[:20, :20]))

    assert_problem(answer, 400, "photo-damaged", "20 x 20 pixels is too small")


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
    assert_problem(segment(service, photo), 415, "not-a-photo")


def test_a_photo_of_too_many_pixels(service):
    bmp = bytearray(encoded(skin(), "BMP"))
    bmp[18:26] = (9000).to_bytes(4, "little") * 2  # width and height, as the header has them

    answer = segment(service, bytes(bmp))

    assert_problem(answer, 413, "too-large", "9000 x 9000 pixels")


def test_a_body_that_says_it_is_too_long_is_refused_before_it_is_sent(service):
    address = httpx.URL(service.base_url)
    with socket.create_connection((address.host, address.port), timeout=60) as connection:
        connection.sendall(
            b"POST /segment HTTP/1.1\r\nHost: localhost\r\nContent-Length: 268435457\r\n\r\n"
        )
        answer = connection.makefile("rb").readline()

    assert answer.startswith(b"HTTP/1.1 413 ")


def test_a_body_of_unknown_length_is_refused(service):
    blocks = (bytes(100) for _ in range(2))  # sent in chunks

    answer = service.post("/segment", content=blocks)

    assert_problem(answer, 411, "length-required", "Content-Length")


# Routes and forms ------------------------------------------------------------


def test_an_unknown_address(service):
    assert_problem(service.get("/outlines"), 404, "about:blank", "There is no GET /outlines")


def test_an_unknown_method(service):
    answer = service.get("/segment")

    assert_problem(answer, 405, "about:blank", "GET /segment")
    assert answer.headers["Allow"] == "POST"


@pytest.mark.parametrize("accept", ["text/html", "application/zip;q=0", ""])
def test_a_form_that_there_is_not(service, accept):
    answer = segment(service, accept=accept)

    assert_problem(answer, 406, "not-acceptable", "application/zip, application/geo+json")


# Parameters ------------------------------------------------------------------


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

    assert_problem(answer, 422, "parameter", name + ": ")


def test_a_misspelt_parameter(service):
    answer = segment(service, treshold=0.9)

    known = "known: lines, network, smallest_area, threshold"
    assert_problem(answer, 422, "parameter", "no parameter treshold; " + known)


def test_a_parameter_that_is_there_twice(service):
    answer = service.post("/segment?threshold=0.5&threshold=0.6", content=encoded(skin()))

    assert_problem(answer, 422, "parameter", "threshold: is there twice")


def test_a_network_that_the_service_does_not_have(service):
    answer = segment(service, network="greenness")

    assert_problem(answer, 404, "unknown-network", "has the network redness")


def test_lines_of_a_network_without_a_calibration(service):
    answer = segment(service, lines="inner,outer")

    assert_problem(answer, 422, "parameter", "redness has no calibration, so nobody knows")
    assert "erythema train --confidence FILE" in answer.json()["detail"]


@pytest.mark.parametrize("lines", ["middle", "inner;outer", "inner,", "Inner"])
def test_lines_that_there_are_not(service, lines):
    answer = segment(service, lines=lines)

    assert_problem(answer, 422, "parameter", f"lines: is inner, outer or inner,outer, not {lines}")


def test_lines_at_another_threshold_than_the_calibration_s(service_program, calibrated_network):
    with service_of(calibrated_network, program=service_program) as calibrated:
        answer = segment(calibrated, threshold=0.4, lines="inner")

    assert_problem(answer, 422, "parameter", "holds at its own threshold only")


# Not the client's mistake ----------------------------------------------------


def test_a_fault_of_the_service_has_an_id_that_the_log_has_too(redness_network, caplog):
    segmenter = Segmenter(load_network(redness_network))
    engine = open_engine(segmenter.network)
    segmenter._engine = engine._replace(compute=lambda photo: {}["Miller, Anna"])

    app = app_of(redness_network, segmenter=segmenter)
    with caplog.at_level("INFO", logger="erythema.service"):
        answer = ask_app(app, "POST", "/segment", content=encoded(skin()))

    assert_problem(answer, 500, "fault")
    (record,) = caplog.records
    assert record.fields["instance"] == answer.json()["instance"]
    assert record.fields["fault"] == "KeyError"
    assert any("test_service_mistakes" in place for place in record.fields["where"])
    assert "Miller" not in str(record.fields)
    assert "Miller" not in answer.text


def test_a_photo_is_refused_until_the_network_is_loaded(redness_network):
    app = app_of(redness_network, segmenter=Segmenter(load_network(redness_network)))

    answer = ask_app(app, "POST", "/segment", content=encoded(skin()))

    assert_problem(answer, 503, "not-ready")
    assert answer.headers["Retry-After"] == "5"
    assert_problem(ask_app(app, "GET", "/ready"), 503, "not-ready")
    assert ask_app(app, "GET", "/health").status_code == 200
