"""POST /measure and POST /compare: outlines in, numbers out."""

import csv
import io
import zipfile

import pytest
from asking import archive, assert_problem, rectangle, roi_set

SET = roi_set(rectangle(0, 0, 4, 3, "histamine"), rectangle(10, 10, 16, 18, "birch"))


def measure(service, content, accept="application/json"):
    return service.post("/measure", content=content, headers={"Accept": accept})


def compare(service, content, accept="application/json", **size):
    size = size or {"width": 64, "height": 48}
    return service.post("/compare", content=content, headers={"Accept": accept}, params=size)


# Measure ---------------------------------------------------------------------


def test_measure_gives_area_and_diameters_of_each_outline(service):
    first, second = measure(service, SET).json()["reactions"]

    assert (first["reaction"], first["name"]) == (1, "histamine")
    assert (first["area_px"], first["longest_diameter_px"]) == (12, 5)
    # The diagonal from (0, 0) to (4, 3), and across its midpoint from edge to edge.
    assert (first["orthogonal_diameter_px"], first["mean_diameter_px"]) == (3.75, 4.375)
    assert first["longest"] == [[0, 0], [4, 3]]
    assert first["orthogonal"] == [[3.125, 0], [0.875, 3]]
    assert (second["name"], second["area_px"], second["longest_diameter_px"]) == ("birch", 48, 10)


def test_measure_gives_a_table(service):
    answer = measure(service, SET, "text/csv")

    assert answer.headers["Content-Type"].startswith("text/csv")
    rows = list(csv.DictReader(io.StringIO(answer.text)))
    assert [row["name"] for row in rows] == ["histamine", "birch"]
    assert rows[0]["mean_diameter_px"] == "4.375"
    ends = ["longest_x1", "longest_y1", "longest_x2", "longest_y2"]
    assert [float(rows[0][end]) for end in ends] == [0, 0, 4, 3]
    assert float(rows[0]["orthogonal_x1"]) == 3.125


def test_measure_takes_a_single_roi(service):
    with zipfile.ZipFile(io.BytesIO(SET)) as opened:
        roi = opened.read("birch.roi")

    (row,) = measure(service, roi).json()["reactions"]

    assert row["area_px"] == 48


@pytest.mark.parametrize("content", [b"not outlines", SET[:-30]], ids=["text", "cut off"])
def test_measure_refuses_what_is_no_roi_set(service, content):
    assert_problem(measure(service, content), 400, "outlines-damaged", "ROI set")


# Compare ---------------------------------------------------------------------


def test_compare_gives_the_agreement_of_two_sets(service):
    found = roi_set(rectangle(0, 0, 10, 10, "A"), rectangle(30, 30, 40, 40, "B"))
    drawn = roi_set(rectangle(0, 5, 10, 15, "a"), rectangle(30, 30, 40, 40, "b"))

    answer = compare(service, archive(found_zip=found, drawn_zip=drawn)).json()

    assert answer["dice"] == 0.75  # 50 and 100 of 200 and 200 pixels
    assert answer["iou"] == 0.6  # 150 of 250
    assert (answer["reactions_found"], answer["reactions_drawn"]) == (2, 2)
    assert answer["detection_f1"] == 0.5  # the first pair's IoU, 50 of 150, is below 0.5
    assert answer["pairs"] == [{"found": "B", "drawn": "b", "iou": 1, "dice": 1}]


def test_compare_gives_a_table(service):
    same = archive(found_zip=SET, drawn_zip=SET)

    (row,) = csv.DictReader(io.StringIO(compare(service, same, "text/csv").text))

    assert float(row["dice"]) == 1
    assert row["reactions_found"] == "2"


def test_a_missing_set_stands_for_no_outlines(service):
    answer = compare(service, archive(drawn_zip=SET)).json()

    assert (answer["dice"], answer["reactions_found"], answer["reactions_drawn"]) == (0, 0, 2)


@pytest.mark.parametrize(
    ("content", "detail"),
    [
        (archive(), "neither found.zip nor drawn.zip"),
        (archive(found_zip=SET, other_zip=SET), "unknown or there twice"),
        (b"PK not a ZIP", "damaged"),
    ],
    ids=["empty", "another entry", "no ZIP"],
)
def test_compare_refuses_what_is_not_two_sets(service, content, detail):
    assert_problem(compare(service, content), 400, "archive-damaged", detail)


def test_compare_refuses_a_damaged_set_and_names_it(service):
    answer = compare(service, archive(found_zip=SET, drawn_zip=b"no outlines"))

    assert_problem(answer, 400, "outlines-damaged", "drawn.zip")


def test_compare_needs_the_photo_s_size(service):
    assert_problem(compare(service, archive(found_zip=SET), width=64), 422, "parameter", "height")


def test_compare_refuses_a_size_that_no_photo_may_have(service):
    answer = compare(service, archive(found_zip=SET), width=9000, height=9000)

    assert_problem(answer, 413, "too-large", "9000 x 9000 pixels")


def test_an_entry_that_unpacks_to_too_much_is_refused(service):
    buffer = io.BytesIO()
    with zipfile.ZipFile(buffer, "w", zipfile.ZIP_DEFLATED) as opened:
        opened.writestr("found.zip", bytes(17 * 2**20))

    assert_problem(compare(service, buffer.getvalue()), 413, "too-large", "found.zip")


def test_compare_refuses_outlines_outside_of_the_photo(service):
    answer = compare(service, archive(found_zip=SET, drawn_zip=SET), width=8, height=8)

    assert_problem(answer, 400, "outlines-damaged", "outside of the photo of 8 x 8 pixels")
