"""ImageJ's ROI files, read and written. Also run on the Jetson Nano's Python 3.6."""

import io
import re
import struct
import tracemalloc
import zipfile

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from hypothesis.extra.numpy import array_shapes, arrays

from erythema.segmentation.outline import area, fill, trace
from erythema.segmentation.roi_set import (
    Roi,
    RoiError,
    digest,
    is_unedited,
    read_rois,
    rois_to_zip,
    write_rois,
)

TRIANGLE = np.array([[0.0, 0.0], [2.0, 0.0], [2.0, 1.0]])
SUB_PIXEL = np.array([[10.5, 20.0625], [30.25, 21.0], [12.0, 44.9375]])
MASKS = arrays(bool, array_shapes(min_dims=2, max_dims=2, min_side=1, max_side=16))


def roi(outline=TRIANGLE, name="erythema 1", **properties):
    return Roi(name, [outline], properties)


def same(rois):
    return read_rois(rois_to_zip(rois))


def test_whole_coordinates_come_back():
    assert same([roi(TRIANGLE)])[0].outlines[0].tolist() == TRIANGLE.tolist()


def test_sub_pixel_coordinates_come_back():
    assert same([roi(SUB_PIXEL)])[0].outlines[0].tolist() == SUB_PIXEL.tolist()


def test_names_come_back_also_beyond_ascii():
    names = ["erythema 1", "Gräser/Hasel", "ダニ"]
    assert [r.name for r in same([roi(name=name) for name in names])] == names


def test_properties_come_back_whole():
    properties = {"erythema.model": "default", "erythema.hash": "0f" * 32, "note": "a: b = c"}
    assert same([Roi("r", [TRIANGLE], properties)])[0].properties == properties


def test_a_roi_without_properties_has_none():
    assert same([roi()])[0].properties == {}


def test_a_roi_has_the_stroke_colour_that_it_was_given():
    archive = rois_to_zip([roi(name="plain"), roi(name="cyan")._replace(stroke=b"\xff\0\xff\xff")])
    with zipfile.ZipFile(io.BytesIO(archive)) as rois:
        plain, cyan = rois.read("plain.roi"), rois.read("cyan.roi")
    # ij.io.RoiDecoder: STROKE_COLOR is the integer at 40, alpha first; 0 stands for none.
    assert plain[40:44] == bytes(4)
    assert cyan[40:44] == b"\xff\0\xff\xff"


def test_rois_of_one_name_are_all_kept():
    assert len(same([roi(name="a"), roi(name="a")])) == 2


def test_the_same_rois_give_the_same_bytes():
    assert rois_to_zip([roi(site="grass")]) == rois_to_zip([roi(site="grass")])


def test_nothing_found_is_an_empty_archive():
    assert read_rois(rois_to_zip([])) == []


@given(MASKS.filter(lambda mask: mask.any()))
def test_regions_with_holes_come_back_as_the_same_mask(mask):
    rois = [Roi("region", region, {}) for region in trace(mask)]
    outlines = [outline for one in same(rois) for outline in one.outlines]
    assert np.array_equal(fill(outlines, mask.shape), mask)


def test_a_file_already_there_is_replaced_whole(tmp_path):
    path = tmp_path / "set.zip"
    write_rois(path, [roi(name="old"), roi(name="older")])
    write_rois(path, [roi(name="new")])
    assert [r.name for r in read_rois(path)] == ["new"]
    assert [p.name for p in tmp_path.iterdir()] == ["set.zip"]


def test_a_digest_is_the_sha256_of_type_and_big_endian_float32():
    # printf polygon and the six float32 values, piped into sha256sum
    assert digest(TRIANGLE) == "afbe619eb4d2855197c08d0e5aede7afaa7f9d43440e945e2a24688abaf7e0ba"


def test_an_outline_is_unedited_while_its_digest_fits():
    written = Roi("erythema 1", [SUB_PIXEL], {"erythema.digest": digest(SUB_PIXEL)})
    moved = written._replace(outlines=[SUB_PIXEL + 0.5])
    assert is_unedited(same([written])[0])
    assert not is_unedited(same([moved])[0])


def test_an_experts_own_outline_is_never_called_unedited():
    assert not is_unedited(roi())


def test_two_points_are_no_outline():
    with pytest.raises(RoiError, match=r"erythema 1.*at least three points"):
        rois_to_zip([roi(TRIANGLE[:2])])


def test_coordinates_beyond_imagejs_are_refused():
    with pytest.raises(RoiError, match=r"-5000 to 60536"):
        rois_to_zip([roi(TRIANGLE + 60536)])


@pytest.mark.parametrize(
    ("content", "message"),
    [
        (b"not a ROI", "neither a ROI, a ROI set nor a TIFF"),
        (b"Iout\x00\x01", "damaged"),
        (b"PK\x03\x04 cut off", "damaged ZIP"),
        (b"II*\x00\xff\xff", "damaged TIFF"),
    ],
)
def test_a_damaged_file_is_named_in_the_error(tmp_path, content, message):
    path = tmp_path / "arm.zip"
    path.write_bytes(content)
    with pytest.raises(RoiError, match=r"arm.zip.*" + message):
        read_rois(path)


def test_a_missing_file_is_named_in_the_error(tmp_path):
    with pytest.raises(RoiError, match=r"arm.zip.*No such file"):
        read_rois(tmp_path / "arm.zip")


def test_other_entries_of_a_zip_are_left_alone():
    buffer = io.BytesIO(rois_to_zip([roi()]))
    with zipfile.ZipFile(buffer, "a") as archive:
        archive.writestr("readme.txt", "hello")
    assert len(read_rois(buffer.getvalue())) == 1


@given(st.binary(max_size=200))
def test_whatever_the_bytes_the_error_is_a_roi_error(tail):
    start = zipfile.ZipFile(io.BytesIO(rois_to_zip([roi(SUB_PIXEL)])))
    data = start.read("erythema 1.roi")[:64] + tail
    try:
        read_rois(data)
    except RoiError:
        return
    assert area(read_rois(data)[0].outlines[0]) >= 0


def test_a_roi_without_an_area_is_refused_by_name():
    flat = np.array([[0.0, 0.0], [2.0, 0.0], [4.0, 0.0]])
    with pytest.raises(RoiError, match=r"'speck': has no area"):
        same([roi(flat, name="speck")])


def test_a_roi_without_outlines_is_not_written():
    with pytest.raises(RoiError, match="at least three points"):
        rois_to_zip([Roi("nothing", [], {})])


def test_what_a_mac_adds_to_a_zip_is_left_alone():
    buffer = io.BytesIO(rois_to_zip([roi()]))
    with zipfile.ZipFile(buffer, "a") as archive:
        archive.writestr("__MACOSX/._erythema 1.roi", "finder's own")
    assert len(read_rois(buffer.getvalue())) == 1


# What would take gigabytes or hours --------------------------------------------


def roi_bytes(kind, bounds=(0, 0, 0, 0), path=()):
    """A rectangle (1), an oval (2) or, with a path, a composite as ImageJ writes it."""
    left, top, right, bottom = bounds
    head = struct.pack(">4shBxhhhhH16xh", b"Iout", 227, kind, top, left, bottom, right, 0, 0)
    return head + struct.pack(">i24x", len(path)) + np.array(path, ">f4").tobytes()


@pytest.mark.parametrize(("width", "height"), [(1, 1), (2, 9), (7, 4), (16, 16), (61, 40)])
def test_an_oval_fills_to_the_pixels_whose_centres_lie_in_the_ellipse(width, height):
    (oval,) = read_rois(roi_bytes(2, (3, 5, 3 + width, 5 + height)))

    y, x = np.mgrid[0:60, 0:80]
    a, b = width / 2, height / 2
    inside = ((x + 0.5 - 3 - a) / a) ** 2 + ((y + 0.5 - 5 - b) / b) ** 2 <= 1
    np.testing.assert_array_equal(fill(oval.outlines, (60, 80)), inside)


def test_an_oval_as_large_as_imagej_knows_is_read_without_its_mask():
    (oval,) = read_rois(roi_bytes(2, (0, 0, 30000, 20000)))  # the mask would take 600 MB

    assert area(oval.outlines[0]) == pytest.approx(np.pi * 15000 * 10000, rel=1e-4)


def test_a_coordinate_that_is_no_number_is_refused():
    with pytest.raises(RoiError, match=r"has a coordinate that is no number\. Draw it again"):
        read_rois(roi_bytes(1, path=[0, 0, 0, 1, np.nan, 0, 1, 0, 9, 4]))


def test_more_than_10_000_outlines_in_a_composite_are_refused():
    with pytest.raises(RoiError, match="more than 10,000 outlines"):
        read_rois(roi_bytes(1, path=[0, 1, 1, 1, 9, 1, 1, 1, 9, 4] * 10001))


def test_more_than_10_000_outlines_in_a_set_are_refused():
    many = roi_bytes(1, path=[0, 1, 1, 1, 9, 1, 1, 1, 9, 4] * 5001)
    with pytest.raises(RoiError, match=r"arm\.zip: more than 10,000 outlines"):
        read_rois(zip_of({"a.roi": many, "b.roi": many}), "arm.zip")


def test_rois_that_unpack_to_more_than_16_mebibytes_are_refused():
    half = bytes(2**23 + 1)
    with pytest.raises(RoiError, match=r"arm\.zip: unpacks to more than 16,777,216 bytes"):
        read_rois(zip_of({"a.roi": half, "b.roi": half}), "arm.zip")


def test_no_more_is_unpacked_than_a_roi_says_that_it_has():
    data = bytearray(zip_of({"a.roi": bytes(2**28)}))
    listed = data.index(b"PK\x01\x02")
    data[22:26] = data[listed + 24 : listed + 28] = struct.pack("<I", 100)
    tracemalloc.start()
    try:
        with pytest.raises(RoiError, match="damaged ZIP"):
            read_rois(bytes(data))
        assert tracemalloc.get_traced_memory()[1] < 2**24
    finally:
        tracemalloc.stop()


@pytest.mark.parametrize("method", [zipfile.ZIP_BZIP2, zipfile.ZIP_LZMA])
def test_a_compression_that_java_does_not_read_is_refused(method):
    with pytest.raises(RoiError, match=r"damaged ZIP file \(a\.roi is not compressed by Deflate\)"):
        read_rois(zip_of({"a.roi": bytes(2**20)}, method))


def test_a_name_in_a_zip_that_is_no_utf_8_is_damage():
    damaged = zip_of({"é.roi": b""}).replace("é".encode(), b"\xff\xfe")
    with pytest.raises(RoiError, match="damaged ZIP"):
        read_rois(damaged)


def test_a_list_of_entries_that_begins_before_the_file_is_damage():
    data = bytearray(rois_to_zip([roi()]))
    data[-6:-2] = b"\xff\xff\xff\x7f"
    with pytest.raises(RoiError, match="damaged ZIP"):
        read_rois(bytes(data))


def test_tags_of_a_tiff_that_hold_more_than_the_file_are_damage():
    tags = struct.pack("<HHII", 273, 4, 2**18, 8) * 1000
    tiff = b"II*\0" + struct.pack("<IH", 8, 1000) + tags + bytes(2**20)
    with pytest.raises(RoiError, match="its tags hold more than the file"):
        read_rois(tiff)


def test_a_name_that_is_too_long_for_a_zip_comes_back_from_the_roi_itself():
    assert [r.name for r in same([roi(name="x" * 70000)])] == ["x" * 70000]


def zip_of(entries, method=zipfile.ZIP_DEFLATED):
    buffer = io.BytesIO()
    with zipfile.ZipFile(buffer, "w", method) as archive:
        for name, content in entries.items():
            archive.writestr(name, content)
    return buffer.getvalue()


@pytest.mark.parametrize("name", ["birch \U0001f333", "a\0b"], ids=["emoji", "NUL"])
def test_characters_that_roi_files_cannot_hold_are_replaced(name):
    square = np.array([[0.0, 0.0], [4.0, 0.0], [4.0, 4.0], [0.0, 4.0]])

    (read,) = read_rois(rois_to_zip([Roi(name, [square], {"erythema.site": name})]))

    expected = re.sub("\U0001f333|\0", "\ufffd", name)
    assert (read.name, read.properties) == (expected, {"erythema.site": expected})
    np.testing.assert_array_equal(read.outlines[0], square)


@pytest.mark.parametrize("position", [(), (2,), (1, 2, 3), (0, 2, 0)])
def test_the_place_in_a_stack_comes_back(position):
    square = np.array([[0.0, 0.0], [4.0, 0.0], [4.0, 4.0], [0.0, 4.0]])
    (back,) = read_rois(rois_to_zip([Roi("birch", [square], {}, position=position)]))
    assert back.position == position
