"""Arrays as ImageJ's images, and images as arrays."""

from types import SimpleNamespace

import numpy as np
import pytest
from PIL import Image

import erythema
from erythema.fiji import FijiError, dims, to_array, to_image
from erythema.fiji.bridge import java_class

pytestmark = pytest.mark.usefixtures("imagej")

RED, GREEN, BLUE = [255, 0, 0], [0, 255, 0], [0, 0, 255]


def kind(image):
    """Bits of a pixel, then channels, slices and frames."""
    return image.getBitDepth(), *list(image.getDimensions())[2:]


def test_an_array_of_row_col_and_three_channels_is_an_rgb_image():
    image = to_image(np.array([[RED, GREEN, BLUE]], np.uint8))
    assert kind(image) == (24, 1, 1, 1)
    colours = [image.getProcessor().getColor(x, 0) for x in range(3)]
    assert [(c.getRed(), c.getGreen(), c.getBlue()) for c in colours] == [
        (255, 0, 0),
        (0, 255, 0),
        (0, 0, 255),
    ]


def test_x_goes_along_the_columns():
    image = to_image(np.array([[1, 2, 3], [4, 5, 6]], np.uint8))
    assert (image.getWidth(), image.getHeight()) == (3, 2)
    assert image.getProcessor().get(2, 1) == 6


def test_a_photo_has_the_pixels_that_read_photo_reads(imagej, photo):
    image = java_class("ij.IJ").openImage(str(photo))
    assert np.array_equal(to_array(image), erythema.read_photo(photo))


def test_a_photo_comes_back_as_it_went(photo):
    pixels = erythema.read_photo(photo)
    assert np.array_equal(to_array(to_image(pixels)), pixels)


@pytest.mark.parametrize(
    ("array", "expected"),
    [
        (np.array([[0, 128, 255]], np.uint8), (8, 1, 1, 1)),
        (np.array([[0, 40000, 65535]], np.uint16), (16, 1, 1, 1)),
        (np.array([[-1.5, 0, 1e6]], np.float32), (32, 1, 1, 1)),
        (np.array([[[1, 2]], [[3, 4]]], np.uint16), (16, 1, 2, 1)),
        (np.array([[[RED, GREEN]], [[BLUE, RED]]], np.uint8), (24, 1, 2, 1)),
        (np.arange(6, dtype=np.uint16).reshape(1, 2, 3), (16, 3, 1, 1)),
        (np.arange(16, dtype=np.float32).reshape(2, 2, 2, 2), (32, 1, 2, 2)),
        (np.arange(36, dtype=np.uint8).reshape(2, 3, 1, 2, 3), (24, 1, 3, 2)),
        (np.arange(48, dtype=np.uint8).reshape(2, 3, 2, 2, 2), (8, 2, 3, 2)),
    ],
)
def test_each_kind_comes_back_to_the_last_bit(array, expected):
    image = to_image(array)
    assert kind(image) == expected
    back = to_array(image)
    assert back.dtype == array.dtype
    assert np.array_equal(back, array)


def test_a_hyperstack_has_each_plane_where_its_axes_say():
    array = np.zeros((2, 3, 1, 1, 4), np.uint8)
    array[1, 2, 0, 0, 3] = 7  # second frame, third slice, fourth channel
    image = to_image(array)
    image.setPosition(4, 3, 2)
    assert image.getProcessor().get(0, 0) == 7
    assert dims(image) == ("t", "pln", "row", "col", "ch")


def test_axes_of_length_one_are_left_out():
    assert dims(to_image(np.zeros((1, 1, 5, 4, 2), np.uint8))) == ("row", "col", "ch")


def test_named_axes_may_have_any_order():
    image = to_image(np.array([[[1, 2]], [[3, 4]]], np.uint8), dims=("ch", "row", "col"))
    assert kind(image) == (8, 2, 1, 1)
    assert to_array(image).tolist() == [[[1, 3], [2, 4]]]


def test_what_dims_says_makes_the_same_image_again():
    image = to_image(
        np.arange(8, dtype=np.uint8).reshape(2, 1, 2, 2), dims=("pln", "row", "col", "ch")
    )
    again = to_image(to_array(image), dims=dims(image))
    assert kind(again) == kind(image) == (8, 2, 2, 1)
    assert np.array_equal(to_array(again), to_array(image))


class Labelled(SimpleNamespace):
    """An xarray, as far as it is looked at."""

    def __array__(self, dtype=None, copy=None):
        return np.asarray(self.values, dtype)


def test_the_dims_of_an_xarray_are_looked_at():
    labelled = Labelled(values=np.array([[[1, 2]], [[3, 4]]], np.uint8), dims=("ch", "row", "col"))
    assert to_array(to_image(labelled)).tolist() == [[[1, 3], [2, 4]]]


def test_a_mask_is_255_inside():
    assert to_array(to_image(np.array([[True, False]]))).tolist() == [[255, 0]]


def test_a_colour_table_leaves_the_values(imagej):
    image = to_image(np.array([[0, 128, 255]], np.uint8))
    red = java_class("java.awt.Color").red
    image.setLut(java_class("ij.process.LUT").createLutFromColor(red))
    assert to_array(image).tolist() == [[0, 128, 255]]


def test_a_photo_with_a_colour_table_becomes_rgb_as_in_the_menu(photo, tmp_path):
    path = tmp_path / "palette.png"
    with Image.open(photo) as opened:
        opened.quantize(64).save(path)
    image = java_class("ij.IJ").openImage(str(path))
    java_class("ij.process.ImageConverter")(image).convertToRGB()
    assert np.array_equal(to_array(image), erythema.read_photo(path))


def test_an_array_that_must_not_change_does_as_well():
    array = np.array([[1, 2], [3, 4]], np.float32)
    array.flags.writeable = False
    assert to_array(to_image(array.T)).tolist() == [[1, 3], [2, 4]]


def test_an_array_is_a_copy():
    image = to_image(np.array([[1]], np.uint8))
    to_array(image)[0, 0] = 9
    assert image.getProcessor().get(0, 0) == 1


def test_an_image_has_the_size_of_a_pixel_in_its_unit():
    calibration = to_image(np.zeros((2, 2), np.uint8), pixel_size=0.1, unit="mm").getCalibration()
    assert (calibration.pixelWidth, calibration.pixelHeight) == (0.1, 0.1)
    assert calibration.getUnit() == "mm"


@pytest.mark.parametrize("pixel_size", [0, -0.1, float("nan"), float("inf")])
def test_a_pixel_without_a_size_is_told(pixel_size):
    with pytest.raises(FijiError, match=r"pixel_size=.* is no size of a pixel"):
        to_image(np.zeros((2, 2), np.uint8), pixel_size=pixel_size)


def test_copy_scale_hands_the_calibration_of_an_image_on():
    image = to_image(np.zeros((2, 2), np.uint8), pixel_size=0.1)
    changed = to_image(to_array(image) + np.uint8(1))
    changed.copyScale(image)
    assert changed.getCalibration().pixelWidth == 0.1


@pytest.mark.parametrize(
    ("array", "named", "message"),
    [
        (np.zeros((2, 2)), None, "no images of float64.*astype"),
        (np.zeros(3, np.uint8), None, r"shape \(3,\) .*is no image"),
        (np.zeros((2, 2), np.uint8), ("row", "x"), "axes row, x.*t, pln, row, col, ch"),
        (np.zeros((2, 2), np.uint8), ("row", "row"), "each axis once"),
        (np.zeros((2, 2), np.uint8), ("row", "col", "ch"), r"shape \(2, 2\)"),
        (np.zeros((0, 2), np.uint8), None, "no pixels"),
    ],
)
def test_an_array_that_is_no_image_is_told(array, named, message):
    with pytest.raises(FijiError, match=message):
        to_image(array, dims=named)


def test_without_imagej_there_are_no_images(run_python):
    result = run_python(
        "import numpy\nfrom erythema.fiji import to_image\nto_image(numpy.zeros((2, 2), 'uint8'))"
    )
    assert "FijiError: ImageJ does not run here yet: call erythema.fiji.start()" in result.stderr
