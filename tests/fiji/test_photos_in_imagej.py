"""ImageJ and photo.py see the same pixels."""

from pathlib import Path

import numpy as np
import pytest
import tifffile
from PIL import Image

from erythema.fiji.bridge import java_class
from erythema.samples import sample_photos
from erythema.segmentation.photo import read_photo

PHOTOS = Path(__file__).parents[3] / "shared" / "photos"
ALL_PHOTOS = sorted([*PHOTOS.glob("*/*.jpg"), *PHOTOS.glob("*/*.png")])

pytestmark = pytest.mark.usefixtures("imagej")


def imagejs_pixels(path):
    """What ImageJ shows of a file, uint8 (height, width, 3)."""
    image = java_class("ij.IJ").openImage(str(path))
    if image.isComposite():
        image = image.flatten()
    processor = image.getProcessor().convertToRGB()
    packed = np.array(processor.getPixels(), np.int32).reshape(image.getHeight(), image.getWidth())
    return np.stack([packed >> 16 & 255, packed >> 8 & 255, packed & 255], axis=2).astype(np.uint8)


def colours(dtype=np.uint8, height=40, width=50):
    full = np.iinfo(dtype).max
    return (
        np.random.default_rng(0).integers(0, full, (height, width, 3), endpoint=True).astype(dtype)
    )


def assert_same_pixels(path):
    assert np.array_equal(imagejs_pixels(path), read_photo(path))


@pytest.mark.parametrize("suffix", ["png", "bmp", "tif"])
def test_files_without_loss_are_the_same(tmp_path, suffix):
    path = tmp_path / f"photo.{suffix}"
    Image.fromarray(colours()).save(path)
    assert_same_pixels(path)


def test_an_rgb_tiff_that_imagej_wrote_is_the_same(tmp_path):
    path = tmp_path / "photo.tif"
    image = java_class("ij.IJ").openImage(str(sample_photos()[0]))
    java_class("ij.IJ").saveAsTiff(image, str(path))
    assert_same_pixels(path)


def test_a_composite_tiff_of_8_bits_is_the_same(tmp_path):
    path = tmp_path / "photo.tif"
    planes = np.moveaxis(colours(), 2, 0)
    tifffile.imwrite(path, planes, imagej=True, metadata={"axes": "CYX", "mode": "composite"})
    assert_same_pixels(path)


def test_a_composite_tiff_of_16_bits_is_shown_over_its_display_ranges(tmp_path):
    path = tmp_path / "photo.tif"
    planes = np.moveaxis(colours(np.uint16) // 16, 2, 0)  # 12 bits, as cameras store them
    tifffile.imwrite(path, planes, imagej=True, metadata={"axes": "CYX", "mode": "composite"})
    image = java_class("ij.IJ").openImage(str(path))
    for channel, (low, high) in enumerate([(0, 4095), (100, 3000), (7, 2048)], 1):
        image.setC(channel)
        image.setDisplayRange(low, high)
    java_class("ij.IJ").saveAsTiff(image, str(path))
    assert_same_pixels(path)


def test_an_8_bit_colour_image_that_imagej_wrote_is_the_same(tmp_path):
    path = tmp_path / "photo.tif"
    image = java_class("ij.IJ").openImage(str(sample_photos()[0]))
    java_class("ij.process.ImageConverter")(image).convertRGBtoIndexedColor(256)
    java_class("ij.IJ").saveAsTiff(image, str(path))
    assert_same_pixels(path)


def test_transparent_parts_are_white_in_both(tmp_path):
    path = tmp_path / "photo.png"
    pixels = np.dstack([colours(), np.full((40, 50), 255, np.uint8)])
    pixels[:10, :, 3] = 0
    Image.fromarray(pixels).save(path)
    assert_same_pixels(path)


def test_a_phone_photo_with_an_orientation_is_turned_by_neither(tmp_path):
    path = tmp_path / "phone.jpg"
    exif = Image.Exif()
    exif[0x0112] = 6
    Image.open(sample_photos()[0]).crop((0, 0, 320, 200)).save(path, exif=exif)
    assert read_photo(path).shape == (200, 320, 3)
    assert_same_pixels(path)


def test_a_colour_profile_is_applied_by_neither(tmp_path):
    path = tmp_path / "p3.jpg"
    profile = b"\0" * 128 + b"Display P3"
    Image.open(sample_photos()[0]).save(path, icc_profile=profile)
    with pytest.warns(UserWarning, match="profile other than sRGB"):
        assert_same_pixels(path)


@pytest.mark.skipif(not ALL_PHOTOS, reason="the photos of ../shared are not on this machine")
def test_no_pixel_of_any_shared_photo_differs_between_the_jpeg_decoders():
    differing = [
        path.name for path in ALL_PHOTOS if (imagejs_pixels(path) != read_photo(path)).any()
    ]
    assert differing == []
