"""A macro in real ImageJ gives the same outlines as `erythema segment`, to the last coordinate."""

import numpy as np
import pytest
from PIL import Image

from erythema.batch.segment import segment_photos
from erythema.fiji.bridge import java_class
from erythema.samples import sample_photos
from erythema.segmentation.engines import open_engine
from erythema.segmentation.network import default_network_folder, load_network
from erythema.segmentation.photo import read_photo
from erythema.segmentation.roi_set import is_unedited, read_rois


@pytest.fixture(scope="session", params=["jpg", "png", "tif"])
def photo(request, tmp_path_factory):
    """A sample photo in each of three formats."""
    original = sample_photos()[0]
    if request.param == "jpg":
        return original
    path = tmp_path_factory.mktemp("photos") / f"arm.{request.param}"
    Image.fromarray(read_photo(original)).save(path)
    return path


@pytest.fixture(scope="session")
def expected(photo, tmp_path_factory):
    """The ROI set that `erythema segment` writes for the photo."""
    out = tmp_path_factory.mktemp("out")
    engine = open_engine(load_network(default_network_folder()))
    list(segment_photos({photo.stem: photo}, engine, out))
    rois = read_rois(out / f"{photo.stem}.zip")
    assert rois
    return rois


@pytest.fixture
def empty_imagej(imagej):
    """ImageJ with no image open and nothing in the ROI Manager."""
    imagej.run_macro('roiManager("reset"); close("*");')
    return imagej


def assert_same(found, expected):
    """ImageJ's outlines also tell their photo, by which a later command knows them."""
    assert [roi.name for roi in found] == [roi.name for roi in expected]
    assert all(roi.properties.pop("erythema.photo") for roi in found)
    assert [roi.properties for roi in found] == [roi.properties for roi in expected]
    for ours, theirs in zip(found, expected, strict=True):
        assert np.array_equal(ours.outlines, theirs.outlines)


def test_a_macro_in_a_display(empty_imagej, photo, expected, service):
    empty_imagej.run_macro(f'open("{photo}"); run("Segment erythema", "service={service}");')
    assert_same(empty_imagej.rois(), expected)


def test_a_call_from_a_macro_in_a_display(empty_imagej, photo, expected, service, tmp_path):
    saved = tmp_path / "arm.zip"
    reactions = empty_imagej.run_macro(
        f'return call("erythema.Segment.run", '
        f'"photo=[{photo}] service={service} output=[{saved}]");'
    )
    assert reactions == str(len(expected))
    assert_same(read_rois(saved), expected)


def test_a_call_from_a_macro_in_headless_imagej(run_python, photo, expected, service, tmp_path):
    saved = tmp_path / "arm.zip"
    macro = (
        f'return call("erythema.Segment.run", '
        f'"photo=[{photo}] service={service} output=[{saved}]");'
    )
    run = run_python(
        "import erythema.fiji\n"
        "with erythema.fiji.start(headless=True) as imagej:\n"
        f"    print(imagej.run_macro({macro!r}))"
    )
    assert run.stdout.split()[-1:] == [str(len(expected))], run.stderr
    assert_same(read_rois(saved), expected)


@pytest.mark.fiji
def test_a_macro_in_headless_fiji(run_python, fiji_folder, photo, expected, service, tmp_path):
    macro = f'open("{photo}"); run("Segment erythema", "service={service} output=[{tmp_path}]");'
    run = run_python(
        "import erythema.fiji\n"
        f"with erythema.fiji.start({str(fiji_folder)!r}, headless=True) as imagej:\n"
        f"    imagej.run_macro({macro!r})"
    )
    saved = tmp_path / f"{photo.stem}.zip"
    assert saved.exists(), run.stdout + run.stderr
    assert_same(read_rois(saved), expected)


@pytest.mark.fiji
def test_a_macro_in_fiji_in_a_display(
    run_python, fiji_folder, display, photo, expected, service, tmp_path
):
    macro = f'open("{photo}"); run("Segment erythema", "service={service}");'
    saved = tmp_path / "manager.zip"
    run = run_python(
        "import erythema.fiji\n"
        "from erythema.segmentation.roi_set import write_rois\n"
        f"with erythema.fiji.start({str(fiji_folder)!r}) as imagej:\n"
        f"    imagej.run_macro({macro!r})\n"
        f"    write_rois({str(saved)!r}, imagej.rois())",
        DISPLAY=display,
    )
    assert saved.exists(), run.stdout + run.stderr
    assert_same(read_rois(saved), expected)


def test_the_outlines_have_corners_to_drag_and_are_called_unedited(
    empty_imagej, photo, expected, service
):
    empty_imagej.run_macro(f'open("{photo}"); run("Segment erythema", "service={service}");')
    manager = java_class("ij.plugin.frame.RoiManager").getInstance()
    assert {str(roi.getTypeAsString()) for roi in manager.getRoisAsArray()} == {"Polygon"}
    assert all(is_unedited(roi) for roi in empty_imagej.rois())


def test_an_outline_whose_corner_was_dragged_is_no_longer_unedited(empty_imagej, photo, service):
    empty_imagej.run_macro(
        f'open("{photo}"); run("Segment erythema", "service={service}");'
        'roiManager("select", 0); getSelectionCoordinates(x, y); x[0] += 5;'
        'makeSelection("polygon", x, y); roiManager("update");'
    )
    assert not is_unedited(empty_imagej.rois()[0])
