"""What the service answers: a photo's outlines in five forms, and each mistake as a problem."""

import io
import json
import socket
import subprocess
import sys
import zipfile
from concurrent.futures import ThreadPoolExecutor

import cv2
import httpx
import numpy as np
import pytest
import tifffile
from PIL import Image

from erythema.segmentation.roi_set import digest, read_rois
from erythema.service.process import running_service
from erythema.service.server import ServiceError

# The network's probability is 2 (red - green): 0 on this skin, 0.8 on red.
SKIN, RED, FAINT = (204, 204, 153), (204, 102, 102), (204, 153, 102)

# From 0.8 down to 0 across one pixel, 0.5 lies 3/8 of a pixel beyond the inner pixel's centre.
LARGE = [
    [20.125, 10.5],
    [20.5, 10.125],
    [49.5, 10.125],
    [49.875, 10.5],
    [49.875, 29.5],
    [49.5, 29.875],
    [20.5, 29.875],
    [20.125, 29.5],
]
LARGE_AREA = 29.75 * 19.75 - 4 * 0.375**2 / 2


def skin():
    return np.full((48, 64, 3), SKIN, np.uint8)


def two_reactions():
    """A large red rectangle, a small one below it, and one too faint for the threshold."""
    photo = skin()
    photo[10:30, 20:50] = RED
    photo[36:44, 2:8] = RED
    photo[36:44, 40:60] = FAINT
    return photo


def encoded(photo, kind="PNG"):
    buffer = io.BytesIO()
    Image.fromarray(photo).save(buffer, kind)
    return buffer.getvalue()


def segment(service, photo=None, accept="application/json", **parameters):
    content = encoded(two_reactions()) if photo is None else photo
    return service.post("/segment", content=content, headers={"Accept": accept}, params=parameters)


def names(answer):
    return [reaction["name"] for reaction in answer.json()["reactions"]]


# Answers ---------------------------------------------------------------------


def test_health_says_that_it_is_erythema_and_ready(service):
    assert service.get("/health").json() == {
        "service": "erythema",
        "version": "0.1.0",
        "status": "ready",
        "network": "redness",
    }


def test_networks_lists_the_one_network(service, redness_network):
    manifest = json.loads((redness_network / "manifest.json").read_text("utf-8"))

    (network,) = service.get("/networks").json()

    assert network["name"] == "redness"
    assert network["hash"] == manifest["sha256"]
    assert network["threshold"] == 0.5
    assert network["smallest_area"] == 0.01
    assert network["engine"] in ("openvino", "tensorflow")


def test_json_holds_the_reactions_from_top_to_bottom(service):
    answer = segment(service)

    assert answer.status_code == 200
    assert answer.headers["Content-Type"] == "application/json"
    found = answer.json()
    assert (found["width"], found["height"], found["threshold"]) == (64, 48, 0.5)
    first, second = found["reactions"]
    assert (first["name"], second["name"]) == ("erythema 1", "erythema 2")
    assert first["role"] == "erythema"
    assert first["outline"] == LARGE
    assert first["area_px"] == LARGE_AREA
    assert first["confidence"] == 0.8
    assert np.min(second["outline"], axis=0).tolist() == [2.125, 36.125]
    assert np.max(second["outline"], axis=0).tolist() == [7.875, 43.875]


def test_json_is_the_answer_to_who_takes_anything(service):
    assert segment(service, accept="*/*").headers["Content-Type"] == "application/json"


def test_json_is_the_answer_to_who_names_no_form(service):
    request = service.build_request("POST", "/segment", content=encoded(two_reactions()))
    del request.headers["Accept"]

    assert service.send(request).headers["Content-Type"] == "application/json"


def test_the_answer_is_the_form_liked_best(service):
    answer = segment(service, accept="text/html, image/png;q=0.4, application/zip;q=0.9")

    assert answer.headers["Content-Type"] == "application/zip"


def test_zip_is_an_imagej_roi_set_that_says_where_it_comes_from(service, redness_network):
    manifest = json.loads((redness_network / "manifest.json").read_text("utf-8"))

    answer = segment(service, accept="application/zip")

    with zipfile.ZipFile(io.BytesIO(answer.content)) as archive:
        assert archive.namelist() == ["erythema 1.roi", "erythema 2.roi"]
    first, _ = read_rois(answer.content)
    assert first.name == "erythema 1"
    assert [outline.tolist() for outline in first.outlines] == [LARGE]
    assert first.properties == {
        "erythema.model": "redness",
        "erythema.version": "1",
        "erythema.hash": manifest["sha256"],
        "erythema.threshold": "0.5",
        "erythema.confidence": "0.800",
        "erythema.role": "erythema",
        "erythema.source": "model",
        "erythema.digest": digest(np.array(LARGE)),
    }


def test_geojson_holds_closed_polygons_of_the_same_corners(service):
    answer = segment(service, accept="application/geo+json")

    assert answer.headers["Content-Type"] == "application/geo+json"
    collection = answer.json()
    assert collection["type"] == "FeatureCollection"
    first, second = collection["features"]
    assert first["type"] == "Feature"
    assert first["geometry"] == {"type": "Polygon", "coordinates": [[*LARGE, LARGE[0]]]}
    assert first["properties"]["name"] == "erythema 1"
    assert first["properties"]["erythema.confidence"] == "0.800"
    assert second["properties"]["name"] == "erythema 2"


def test_png_is_the_mask_of_the_same_outlines(service):
    answer = segment(service, accept="image/png")

    mask = cv2.imdecode(np.frombuffer(answer.content, np.uint8), cv2.IMREAD_UNCHANGED)
    expected = np.zeros((48, 64), np.uint8)
    expected[10:30, 20:50] = 255
    expected[36:44, 2:8] = 255
    np.testing.assert_array_equal(mask, expected)


def test_tiff_is_the_probability_of_the_photo_s_size(service):
    answer = segment(service, accept="image/tiff")

    probability = tifffile.imread(io.BytesIO(answer.content))
    assert probability.dtype == np.float32
    expected = np.zeros((48, 64), np.float32)
    expected[10:30, 20:50] = expected[36:44, 2:8] = 0.8
    expected[36:44, 40:60] = 0.4
    np.testing.assert_allclose(probability, expected, atol=1e-5)


FORMS = ["application/json", "application/zip", "application/geo+json", "image/png", "image/tiff"]


@pytest.mark.parametrize("accept", FORMS)
def test_every_form_says_in_its_headers_where_it_comes_from(service, redness_network, accept):
    manifest = json.loads((redness_network / "manifest.json").read_text("utf-8"))

    headers = segment(service, accept=accept).headers

    assert headers["Content-Type"] == accept
    assert headers["Erythema-Network"] == "redness"
    assert headers["Erythema-Version"] == "1"
    assert headers["Erythema-Hash"] == manifest["sha256"]
    assert headers["Erythema-Threshold"] == "0.5"
    assert headers["Erythema-Reactions"] == "2"


def test_nothing_found_is_an_empty_archive(service):
    answer = segment(service, encoded(skin()), accept="application/zip")

    assert answer.status_code == 200
    assert answer.headers["Erythema-Reactions"] == "0"
    with zipfile.ZipFile(io.BytesIO(answer.content)) as archive:
        assert archive.namelist() == []


def test_nothing_found_is_no_reactions_no_features_and_a_black_mask(service):
    photo = encoded(skin())

    assert segment(service, photo).json()["reactions"] == []
    assert segment(service, photo, "application/geo+json").json()["features"] == []
    mask = segment(service, photo, "image/png").content
    assert not cv2.imdecode(np.frombuffer(mask, np.uint8), cv2.IMREAD_UNCHANGED).any()


@pytest.mark.parametrize("kind", ["TIFF", "BMP"])
def test_the_same_pixels_give_the_same_outlines_in_any_file(service, kind):
    same = segment(service, encoded(two_reactions(), kind), "application/zip")

    assert same.content == segment(service, accept="application/zip").content


def test_a_jpeg_is_taken(service):
    answer = segment(service, encoded(two_reactions(), "JPEG"))

    assert names(answer) == ["erythema 1", "erythema 2"]


# Parameters ------------------------------------------------------------------


def test_a_lower_threshold_finds_the_faint_reaction(service):
    answer = segment(service, threshold=0.3)

    assert len(answer.json()["reactions"]) == 3
    assert answer.headers["Erythema-Threshold"] == "0.3"
    # 0.3 lies 5/8 of a pixel beyond the centre of the last pixel with 0.8.
    assert np.min(answer.json()["reactions"][0]["outline"], axis=0).tolist() == [19.875, 9.875]


def test_a_higher_threshold_finds_nothing(service):
    assert names(segment(service, threshold=0.9)) == []


def test_reactions_below_the_smallest_area_are_left_out(service):
    # The small reaction has about 45 of 3072 square pixels, 1.5 %; the large one 19 %.
    assert names(segment(service, smallest_area=0.01)) == ["erythema 1", "erythema 2"]
    assert names(segment(service, smallest_area=0.02)) == ["erythema 1"]
    assert names(segment(service, smallest_area=0.2)) == []


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
