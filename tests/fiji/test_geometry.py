"""Real ImageJ and outline.py agree: the same ROI, the same mask, the same area."""

import io
import zipfile
from pathlib import Path

import numpy as np
import pytest

from erythema.fiji.bridge import java_class
from erythema.segmentation.outline import area, fill, trace
from erythema.segmentation.roi_set import Roi, digest, read_rois, rois_to_zip

PHOTOS = Path(__file__).parents[3] / "shared" / "photos"
READINGS = sorted(PHOTOS.glob("*/reader_*/*.zip"))
SHAPE = (70, 80)

pytestmark = pytest.mark.usefixtures("imagej")


def java_bytes(data):
    import jpype

    return jpype.JArray(jpype.JByte)(np.frombuffer(data, np.int8).tolist())


def entries(roi_set):
    """The ROI files in a ROI set."""
    with zipfile.ZipFile(io.BytesIO(roi_set)) as archive:
        return [archive.read(name) for name in archive.namelist()]


def opened_by_imagej(data):
    return java_class("ij.io.RoiDecoder").openFromByteArray(java_bytes(data))


def written_by_imagej(roi):
    return bytes(java_class("ij.io.RoiEncoder").saveAsByteArray(roi))


def imagejs_mask(roi, shape):
    """What ImageJ fills of a ROI in an image of this shape."""
    processor = java_class("ij.process.ByteProcessor")(shape[1], shape[0])
    processor.setValue(255)
    processor.fill(roi)
    return np.array(processor.getPixels(), np.int8).reshape(shape) != 0


def imagejs_area(roi):
    """Inside the vertices, as ij.gui.PolygonRoi counts it for its own statistics."""
    polygon = roi.getFloatPolygon()
    n = polygon.npoints
    x, y = np.array(polygon.xpoints)[:n], np.array(polygon.ypoints)[:n]
    return area(np.stack([x, y], axis=1))


def assert_same_mask(data, shape):
    (ours,) = read_rois(data)
    theirs = imagejs_mask(opened_by_imagej(data), shape)
    assert np.array_equal(fill(ours.outlines, shape), theirs)


@pytest.mark.parametrize("seed", range(40))
def test_imagej_makes_the_same_mask_of_what_was_traced(seed):
    rng = np.random.default_rng(seed)
    mask = rng.random(rng.integers(1, 40, 2)) < rng.random()
    filled = np.zeros_like(mask)
    for region in trace(mask):
        (data,) = entries(rois_to_zip([Roi("region", region, {})]))
        filled |= imagejs_mask(opened_by_imagej(data), mask.shape)
    assert np.array_equal(filled, mask)


@pytest.mark.skipif(not READINGS, reason="the photos of ../shared are not on this machine")
def test_every_readers_outline_fills_to_imagejs_mask():
    for path in READINGS:
        for data in entries(path.read_bytes()):
            bounds = opened_by_imagej(data).getBounds()
            assert_same_mask(data, (bounds.y + bounds.height + 2, bounds.x + bounds.width + 2))


@pytest.mark.skipif(not READINGS, reason="the photos of ../shared are not on this machine")
def test_every_readers_outline_comes_back_from_a_new_file_to_the_last_coordinate():
    for path in READINGS:
        rois = read_rois(path)
        for old, new in zip(entries(path.read_bytes()), entries(rois_to_zip(rois)), strict=True):
            old_points, new_points = (
                opened_by_imagej(data).getFloatPolygon() for data in (old, new)
            )
            assert list(old_points.xpoints) == list(new_points.xpoints)
            assert list(old_points.ypoints) == list(new_points.ypoints)


@pytest.mark.skipif(not READINGS, reason="the photos of ../shared are not on this machine")
def test_every_readers_mask_is_traced_and_filled_to_the_same_mask():
    for path in READINGS:
        outlines = [outline for roi in read_rois(path) for outline in roi.outlines]
        width, height = np.ceil(np.concatenate(outlines).max(axis=0)).astype(int) + 2
        mask = fill(outlines, (height, width))
        traced = [outline for region in trace(mask) for outline in region]
        assert np.array_equal(fill(traced, mask.shape), mask)


@pytest.mark.parametrize("width", [1, 2, 3, 10, 33, 50])
@pytest.mark.parametrize("height", [1, 2, 5, 24, 49])
def test_an_oval_drawn_in_imagej_has_the_same_mask(width, height):
    assert_same_mask(written_by_imagej(java_class("ij.gui.OvalRoi")(5, 7, width, height)), SHAPE)


def test_a_rectangle_drawn_in_imagej_has_the_same_mask():
    assert_same_mask(written_by_imagej(java_class("ij.gui.Roi")(3, 4, 10, 20)), SHAPE)


def test_a_composite_made_in_imagej_has_the_same_mask():
    shape, roi = java_class("ij.gui.ShapeRoi"), java_class("ij.gui.Roi")
    ring = shape(roi(3, 4, 30, 30)).not_(shape(java_class("ij.gui.OvalRoi")(10, 10, 15, 8)))
    assert_same_mask(written_by_imagej(ring), SHAPE)


@pytest.mark.parametrize("kind", ["POLYGON", "FREEROI", "TRACED_ROI"])
@pytest.mark.parametrize("seed", range(20))
def test_a_sub_pixel_outline_drawn_in_imagej_has_the_same_mask(kind, seed):
    import jpype

    points = np.random.default_rng(seed).random((8, 2)) * 60 + 5
    x, y = (jpype.JArray(jpype.JFloat)(column.tolist()) for column in points.T)
    polygon = java_class("ij.process.FloatPolygon")(x, y, len(points))
    kind = getattr(java_class("ij.gui.Roi"), kind)
    assert_same_mask(written_by_imagej(java_class("ij.gui.PolygonRoi")(polygon, kind)), SHAPE)


def test_a_written_outline_is_a_polygon_with_name_properties_and_area():
    outline = np.array([[10.5, 20.0625], [30.25, 21.0], [12.0, 44.9375]])
    roi = Roi("erythema 1", [outline], {"erythema.digest": digest(outline)})
    (data,) = entries(rois_to_zip([roi]))
    opened = opened_by_imagej(data)
    assert opened.getTypeAsString() == "Polygon"
    assert opened.getName() == "erythema 1"
    assert opened.getProperty("erythema.digest") == digest(outline)
    assert imagejs_area(opened) == area(outline)


def test_properties_set_in_imagej_are_read():
    roi = java_class("ij.gui.Roi")(3, 4, 10, 20)
    roi.setProperty("erythema.site", "grass")
    (read,) = read_rois(written_by_imagej(roi))
    assert read.properties == {"erythema.site": "grass"}


def test_an_overlay_in_a_tiff_that_imagej_wrote_is_read(tmp_path):
    path = tmp_path / "arm.tif"
    image = java_class("ij.IJ").createImage("arm", "RGB white", 80, 70, 1)
    overlay = java_class("ij.gui.Overlay")()
    for left in (3, 43):
        roi = java_class("ij.gui.Roi")(left, 4, 10, 20)
        roi.setName(f"at {left}")
        overlay.add(roi)
    image.setOverlay(overlay)
    java_class("ij.IJ").saveAsTiff(image, str(path))
    assert [roi.name for roi in read_rois(path)] == ["at 3", "at 43"]


def test_a_line_drawn_in_imagej_is_refused_by_name():
    from erythema.segmentation.roi_set import RoiError

    line = java_class("ij.gui.Line")(1, 2, 30, 40)
    line.setName("ruler")
    with pytest.raises(RoiError, match=r"'ruler'.*LINE is no outline"):
        read_rois(written_by_imagej(line))
