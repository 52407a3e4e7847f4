"""ImageJ as a library: outlines of an image, to and from the ROI Manager and overlays."""

import shutil

import numpy as np
import pytest

import erythema
from erythema.fiji import FijiError, to_array, to_image
from erythema.fiji.bridge import java_class
from erythema.segmentation.roi_set import Roi

SQUARE = np.array([[10.0, 10.0], [30.0, 10.0], [30.0, 30.0], [10.0, 30.0]])


def manager():
    return java_class("ij.plugin.frame.RoiManager").getInstance()


def place(roi):
    """Channel, slice and frame of one of ImageJ's ROIs, or its slice."""
    if roi.hasHyperStackPosition():
        return roi.getCPosition(), roi.getZPosition(), roi.getTPosition()
    return roi.getPosition()


@pytest.fixture
def image(opened):
    """The photo that is open."""
    return java_class("ij.WindowManager").getCurrentImage()


def test_open_gives_the_image_of_the_window(opened, photo):
    image = opened.open(photo)
    assert image == java_class("ij.WindowManager").getCurrentImage()
    assert str(image.getTitle()) == photo.name


def test_the_images_in_windows_are_listed_and_the_one_in_front_is_told(opened, photo, tmp_path):
    second = shutil.copy(photo, tmp_path / "second.jpg")
    opened.open(second)
    assert [str(image.getTitle()) for image in opened.images()] == [photo.name, "second.jpg"]
    assert opened.current().getTitle() == "second.jpg"


def test_where_no_image_is_open_none_is_in_front(opened):
    opened.run_macro('close("*");')
    assert opened.images() == []
    with pytest.raises(FijiError, match="no images open"):
        opened.current()


def test_an_image_is_segmented_without_being_shown_or_changed(imagej, photo):
    shown = java_class("ij.WindowManager").getImageCount()
    image = to_image(erythema.read_photo(photo), photo.name)
    assert [roi.name for roi in imagej.segment(image)] == ["erythema 1"]
    assert image.getOverlay() is None
    assert java_class("ij.WindowManager").getImageCount() == shown


def test_segmenting_an_array_finds_what_the_menu_finds(opened, image, photo):
    opened.run_macro('run("Segment erythema");')
    (clicked,) = opened.rois()
    (found,) = opened.segment(to_image(erythema.read_photo(photo)))
    assert np.array_equal(found.outlines[0], clicked.outlines[0])
    assert found.properties == clicked.properties


def test_a_threshold_is_the_networks_or_the_callers(opened, image):
    (found,) = opened.segment(image, threshold=0.75)
    assert found.properties["erythema.threshold"] == "0.75"


def test_the_smallest_area_leaves_reactions_out(opened, image):
    assert opened.segment(image, smallest_area=0.9) == []


def test_each_photo_of_a_stack_has_its_own_outlines(imagej, photo):
    pixels = erythema.read_photo(photo)
    stack = to_image(np.stack([pixels, pixels[::-1]]))
    found = imagej.segment(stack, stack=True)
    assert [roi.position for roi in found] == [(1,), (2,)]


def test_a_session_runs_a_service_of_its_own(opened, image, proxy):
    before = len(proxy.asked)
    assert len(opened.segment(image, service="local")) == 1
    assert len(proxy.asked) == before


@pytest.mark.parametrize(
    ("settings", "message"),
    [
        ({"threshold": 7}, "threshold=7 is not a number above 0"),
        ({"network": "none such"}, "has the network default"),
        ({"service": "127.0.0.1:1"}, r"Nothing answers at http://127.0.0.1:1"),
    ],
)
def test_what_the_plugin_says_is_wrong_is_raised(opened, image, settings, message):
    with pytest.raises(FijiError, match=message):
        opened.segment(image, **settings)


def test_outlines_come_back_from_the_roi_manager_as_they_went(opened):
    sent = Roi("birch", [SQUARE], {"site": "3"}, bytes([255, 0, 128, 0]), (1, 2, 3))
    opened.add_rois([sent])
    (back,) = opened.rois()
    assert np.array_equal(back.outlines[0], SQUARE)
    assert back._replace(outlines=[]) == sent._replace(outlines=[])


def test_outlines_are_added_to_what_is_in_the_roi_manager(opened):
    opened.run_macro('makeOval(5, 5, 9, 9); Roi.setName("mine"); roiManager("add");')
    opened.add_rois([Roi("birch", [SQUARE], {})])
    assert [roi.name for roi in opened.rois()] == ["mine", "birch"]


@pytest.mark.parametrize(("position", "expected"), [((), 0), ((2,), 2), ((0, 2, 1), (0, 2, 1))])
def test_an_outline_lies_where_it_did_in_a_stack(opened, position, expected):
    opened.add_rois([Roi("birch", [SQUARE], {}, position=position)])
    assert place(manager().getRoi(0)) == expected
    assert opened.rois()[0].position == position


def test_lines_and_points_in_the_roi_manager_are_left_out(opened):
    opened.run_macro('makeLine(1, 1, 9, 9); roiManager("add"); makePoint(5, 5); roiManager("add");')
    opened.add_rois([Roi("birch", [SQUARE], {})])
    assert [roi.name for roi in opened.rois()] == ["birch"]


def test_an_overlay_takes_outlines_beside_its_own(opened, image):
    opened.add_rois([Roi("birch", [SQUARE], {})], image)
    opened.add_rois([Roi("mite", [SQUARE + 50], {})], image)
    assert [roi.name for roi in opened.rois(image)] == ["birch", "mite"]


def test_a_flattened_image_shows_its_overlay(opened, image):
    opened.add_rois([Roi("birch", [SQUARE], {}, bytes([255, 0, 255, 0]))], image)
    assert to_array(image.flatten())[10, 20].tolist() == [0, 255, 0]


def test_a_macro_leaves_no_variable_to_the_next(imagej):
    imagej.run_macro("left = 1;")
    with pytest.raises(FijiError, match="Undefined variable"):
        imagej.run_macro("return left;")


def test_a_macro_leaves_no_batch_mode_to_the_next(imagej):
    imagej.run_macro("setBatchMode(true);")
    assert imagej.run_macro('return "" + is("Batch Mode");') in ("0", "false")


HEADLESS = """
from erythema.fiji import start, to_array
imagej = start(headless=True)
image = imagej.open({photo!r})
found = imagej.segment(image, service="local")
imagej.add_rois(found, image)
print([roi.name for roi in imagej.rois(image)], to_array(image.flatten()).shape)
for work in (imagej.rois, lambda: imagej.add_rois(found), lambda: imagej.screenshot("a.png")):
    try:
        work()
    except Exception as error:
        print(type(error).__name__, error)
imagej.close()
imagej.close()
"""


@pytest.mark.parametrize("which", ["ImageJ", pytest.param("Fiji", marks=pytest.mark.fiji)])
def test_headless_images_have_outlines_and_windows_are_refused(run_python, photo, request, which):
    folder = str(request.getfixturevalue("fiji_folder")) if which == "Fiji" else ""
    result = run_python(HEADLESS.format(photo=str(photo)), ERYTHEMA_FIJI=folder)
    assert result.stdout.splitlines()[-4:] == [
        "['erythema 1'] (640, 640, 3)",
        "FijiError ImageJ cannot look into the ROI Manager headless: rois(image) gives those of "
        "its overlay.",
        "FijiError ImageJ cannot fill the ROI Manager headless: add_rois(rois, image) adds them to "
        "its overlay.",
        "FijiError ImageJ cannot take a picture of the desktop headless: start it with "
        "headless=False.",
    ], result.stderr


def test_a_session_that_nobody_closes_ends_with_the_process(run_python, tmp_path):
    result = run_python(
        "from erythema.fiji import start\nprint(start(headless=True).version)",
        TMPDIR=str(tmp_path),
    )
    assert (result.stdout, result.returncode) == ("1.54p\n", 0), result.stderr
    assert [path for path in tmp_path.iterdir() if path.name.startswith("erythema")] == []


@pytest.mark.parametrize("which", ["ImageJ", pytest.param("Fiji", marks=pytest.mark.fiji)])
def test_a_process_that_opened_windows_and_closes_none_ends(
    run_python, display, photo, request, which
):
    folder = str(request.getfixturevalue("fiji_folder")) if which == "Fiji" else ""
    result = run_python(
        "from erythema.fiji import start\n"
        "imagej = start()\n"
        f"imagej.open({str(photo)!r})\n"
        "imagej.add_rois([])\n"
        "print([str(image.getTitle()) for image in imagej.images()])",
        DISPLAY=display,
        ERYTHEMA_FIJI=folder,
    )
    said = result.stdout.splitlines()[-1:]
    assert (said, result.returncode) == ([f"[{photo.name!r}]"], 0), result.stderr
