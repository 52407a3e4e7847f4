"""The pixels of a photo: as stored, as ImageJ shows them. Runs on Python 3.6 as well."""

import warnings

import numpy as np
import pytest
from photo_files import GREY, GREYS, PHOTO, PIXELS, encoded, imagej_composite, png, tiff
from PIL import Image, ImageCms

from erythema.segmentation.photo import PhotoWarning, read_photo

# Stored pixels ---------------------------------------------------------------


@pytest.mark.parametrize("kind", ["PNG", "BMP", "TIFF"])
def test_a_file_without_loss_gives_its_stored_pixels(kind):
    photo = read_photo(encoded(PHOTO, kind))

    assert photo.dtype == np.uint8
    np.testing.assert_array_equal(photo, PIXELS)


def test_a_jpeg_gives_its_colours():
    photo = read_photo(encoded(Image.new("RGB", (40, 32), (204, 102, 51)), "JPEG", quality=95))

    assert photo.shape == (32, 40, 3)
    assert np.abs(photo.astype(int) - (204, 102, 51)).max() <= 1


def test_a_path_is_read_as_its_bytes_are(tmp_path):
    PHOTO.save(str(tmp_path / "P1.png"))

    np.testing.assert_array_equal(read_photo(tmp_path / "P1.png"), PIXELS)


def test_a_file_is_known_by_its_bytes_and_not_by_its_suffix(tmp_path):
    (tmp_path / "P1.jpg").write_bytes(encoded(PHOTO, "PNG"))

    np.testing.assert_array_equal(read_photo(tmp_path / "P1.jpg"), PIXELS)


@pytest.mark.parametrize("kind", ["JPEG", "PNG"])
def test_a_phone_photo_is_not_turned_by_its_exif_orientation(kind):
    exif = Image.Exif()
    exif[0x0112] = 6  # to be shown turned by 90 degrees

    turned = read_photo(encoded(PHOTO, kind, exif=exif.tobytes()))

    np.testing.assert_array_equal(turned, read_photo(encoded(PHOTO, kind)))


def test_the_first_frame_of_a_jpeg_is_the_photo():
    """A phone's JPEG may carry a depth map after the photo (MPO)."""
    photo = encoded(PHOTO, "JPEG")
    mpo = photo + encoded(GREY, "JPEG")

    np.testing.assert_array_equal(read_photo(mpo), read_photo(photo))


def test_a_palette_gives_its_colours():
    image = Image.new("P", (40, 32), 1)
    image.putpalette([0, 0, 0, 204, 102, 51])

    assert read_photo(encoded(image, "PNG"))[0, 0].tolist() == [204, 102, 51]


def test_transparent_parts_lie_on_white():
    image = Image.new("RGBA", (40, 32), (200, 0, 100, 0))
    image.paste((200, 0, 100, 51), (0, 0, 20, 32))  # one fifth of the colour

    photo = read_photo(encoded(image, "PNG"))

    assert photo[0, 0].tolist() == [244, 204, 224]
    assert photo[0, 39].tolist() == [255, 255, 255]


def test_a_16_bit_png_gives_the_high_bytes():
    row = b"\x00" + b"\xcc\xff\x66\x00\x33\x80" * 40

    photo = read_photo(png(40, 32, 16, row * 32))

    assert photo[31, 39].tolist() == [0xCC, 0x66, 0x33]


# Colour profiles -------------------------------------------------------------


def srgb_profile():
    return ImageCms.ImageCmsProfile(ImageCms.createProfile("sRGB")).tobytes()


def display_p3_profile():
    """The sRGB profile under another name, which is what the reader goes by."""
    description = "sRGB built-in".encode("utf-16-be")
    profile = srgb_profile()
    assert description in profile
    return profile.replace(description, "Display P3   ".encode("utf-16-be"))


@pytest.mark.parametrize("kind", ["JPEG", "PNG", "TIFF"])
def test_another_colour_profile_is_not_applied_and_gives_a_warning(kind):
    with pytest.warns(PhotoWarning, match="P1: has a colour profile other than sRGB"):
        photo = read_photo(encoded(PHOTO, kind, icc_profile=display_p3_profile()), "P1")

    np.testing.assert_array_equal(photo, read_photo(encoded(PHOTO, kind)))


@pytest.mark.parametrize("kind", ["JPEG", "PNG", "TIFF"])
def test_the_srgb_profile_gives_no_warning(kind):
    with warnings.catch_warnings():
        warnings.simplefilter("error", PhotoWarning)
        read_photo(encoded(PHOTO, kind, icc_profile=srgb_profile()))


# TIFF ------------------------------------------------------------------------


def test_an_imagej_rgb_tiff():
    np.testing.assert_array_equal(read_photo(tiff(PIXELS, imagej=True)), PIXELS)


@pytest.mark.parametrize("order", ["<", ">"])
def test_either_order_of_bytes(order):
    np.testing.assert_array_equal(
        read_photo(tiff(PIXELS, photometric="rgb", byteorder=order)), PIXELS
    )


def test_a_tiff_with_one_plane_a_colour():
    planes = tiff(np.moveaxis(PIXELS, 2, 0), photometric="rgb", planarconfig="separate")

    np.testing.assert_array_equal(read_photo(planes), PIXELS)


def test_the_alpha_of_a_tiff_is_left_out_as_imagej_does():
    alpha = np.zeros((32, 40, 1), np.uint8)
    data = tiff(np.concatenate([PIXELS, alpha], 2), photometric="rgb", extrasamples=["unassalpha"])

    np.testing.assert_array_equal(read_photo(data), PIXELS)


def test_a_palette_tiff_gives_its_colours():
    red, green, blue = np.arange(256), np.arange(256)[::-1], np.full(256, 7)
    colours = (np.stack([red, green, blue]) * 257).astype(np.uint16)

    photo = read_photo(tiff(GREYS, photometric="palette", colormap=colours))

    assert photo[0, 1].tolist() == [254, 1, 7]


@pytest.mark.parametrize("compression", ["tiff_lzw", "tiff_adobe_deflate", "packbits"])
def test_a_tiff_compressed_without_loss(compression):
    pytest.importorskip("imagecodecs", reason="this device reads uncompressed TIFFs only")

    photo = read_photo(encoded(PHOTO, "TIFF", compression=compression))

    np.testing.assert_array_equal(photo, PIXELS)


def test_16_bits_of_a_plain_tiff_go_from_0_to_65535():
    pixels = np.full((32, 40, 3), 25700, np.uint16)  # 100 x 257
    pixels[0, 0] = (0, 128, 65535)  # 128 is half of a step of 256: rounded up

    photo = read_photo(tiff(pixels, photometric="rgb"))

    assert photo[0, 0].tolist() == [0, 1, 255]
    assert photo[0, 1].tolist() == [100, 100, 100]


def test_16_bits_of_an_imagej_composite_go_over_each_channel_s_display_range():
    channels = np.full((3, 32, 40), 1000, np.uint16)
    channels[0, 0, :6] = [0, 1000, 1002, 1512, 2023, 3000]

    photo = read_photo(
        imagej_composite(channels, Ranges=(1000.0, 2023.0, 0.0, 4095.0, 1000.0, 9000.0))
    )

    # 1024 values onto 256: four a step, so 512 above the lowest are 128; the rest is cut off.
    assert photo[0, :6, 0].tolist() == [0, 0, 1, 128, 255, 255]
    # 4096 values onto 256: 16 a step, and 1000 / 16 = 62.5 is rounded up.
    assert photo[1, 1].tolist() == [0, 63, 0]


def test_8_bits_of_an_imagej_composite_stay_whatever_their_display_range():
    channels = np.moveaxis(PIXELS, 2, 0)

    photo = read_photo(imagej_composite(channels, Ranges=(50.0, 150.0, 0.0, 9.0, 0.0, 255.0)))

    np.testing.assert_array_equal(photo, PIXELS)


def test_an_imagej_composite_without_display_ranges():
    channels = np.full((3, 32, 40), 25700, np.uint16)

    assert read_photo(imagej_composite(channels))[5, 5].tolist() == [100, 100, 100]
