"""What the service answers: a photo's outlines in five forms."""

import io
import json
import shutil
import zipfile

import cv2
import numpy as np
import pytest
import tifffile
from asking import assert_problem, encoded, names, segment, service_of, skin, two_reactions

from erythema.segmentation.network import load_network
from erythema.segmentation.roi_set import digest, read_rois
from erythema.service.segmenter import Segmenter

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


# Answers ---------------------------------------------------------------------


def test_health_says_that_it_is_erythema_and_live(service):
    answer = service.get("/health").json()

    assert answer == {"service": "erythema", "version": "0.1.0", "status": "live"}


def test_ready_names_the_network(service):
    answer = service.get("/ready")

    assert answer.status_code == 200
    assert (answer.json()["status"], answer.json()["network"]) == ("ready", "redness")


def test_networks_lists_the_one_network(service, redness_network):
    manifest = json.loads((redness_network / "manifest.json").read_text("utf-8"))

    (network,) = service.get("/networks").json()

    assert network["name"] == "redness"
    assert network["hash"] == manifest["sha256"]
    assert network["threshold"] == 0.5
    assert network["smallest_area"] == 0.01
    assert network["engine"] in ("openvino", "tensorflow")
    assert network["lines"] is False


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
    assert first["confidence"] is first["area_low_px"] is first["area_high_px"] is None
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
    assert first["properties"]["erythema.role"] == "erythema"
    assert "erythema.confidence" not in first["properties"]
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
    assert headers["Erythema-Fingerprint"] == service.get("/networks").json()[0]["fingerprint"]
    assert "network;dur=" in headers["Server-Timing"]


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


def test_all_accept_lines_count(service):
    photo, lines = encoded(two_reactions()), [("Accept", "text/html"), ("Accept", "image/png")]

    answer = service.post("/segment", content=photo, headers=lines)

    assert answer.headers["Content-Type"] == "image/png"


def test_a_network_of_any_name_answers(service_program, redness_network, tmp_path):
    folder = shutil.copytree(redness_network, tmp_path / "copy")
    manifest = json.loads((folder / "manifest.json").read_text())
    (folder / "manifest.json").write_text(json.dumps({**manifest, "name": "수지"}))

    with service_of(folder, program=service_program) as other:
        answer = segment(other, network="수지")

    assert answer.json()["network"] == "수지"
    assert answer.headers["Erythema-Network"] == "%EC%88%98%EC%A7%80"


# The handshake ---------------------------------------------------------------


def test_a_photo_is_segmented_with_the_network_of_the_fingerprint_sent(service):
    fingerprint = segment(service).headers["Erythema-Fingerprint"]

    answer = service.post(
        "/segment",
        content=encoded(two_reactions()),
        headers={"Erythema-Fingerprint": fingerprint},
    )

    assert answer.status_code == 200


def test_a_photo_is_refused_once_the_network_is_another(service):
    answer = service.post(
        "/segment",
        content=encoded(two_reactions()),
        headers={"Erythema-Fingerprint": "0123456789abcdef"},
    )

    assert_problem(answer, 412, "network-changed", "it was 0123456789abcdef")


@pytest.mark.parametrize("change", [{"version": "2"}, {"threshold": 0.4}, {"smallest_area": 0.02}])
def test_the_fingerprint_changes_with_the_network(redness_network, tmp_path, change):
    folder = shutil.copytree(redness_network, tmp_path / "copy")
    manifest = json.loads((folder / "manifest.json").read_text())
    (folder / "manifest.json").write_text(json.dumps({**manifest, **change}))

    before, after = (Segmenter(load_network(path)) for path in (redness_network, folder))

    assert before.fingerprint != after.fingerprint
