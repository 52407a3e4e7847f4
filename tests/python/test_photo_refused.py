"""What is no photo, and what a person is told. Runs on Python 3.6 as well."""

import os
import struct
import subprocess
import sys
import zlib

import numpy as np
import pytest
from photo_files import (
    GREY,
    GREYS,
    PHOTO,
    PIXELS,
    encoded,
    imagej_composite,
    png,
    png_chunk,
    tiff,
    tiff_of_one_strip,
    tiff_of_one_tile,
)
from PIL import Image

from erythema.segmentation.photo import NotAPhoto, PhotoError, PhotoTooLarge, read_photo


def refusal(kind, data, name="P1"):
    """The message with which a file is refused: the file's name first, nothing of Python's."""
    with pytest.raises(kind) as refused:
        read_photo(data, name)
    message = str(refused.value)
    assert message.startswith(name + ": ")
    assert "object at 0x" not in message
    assert type(refused.value) is kind
    return message


# What is no photo ------------------------------------------------------------


def grey_16_bits():
    return Image.fromarray(GREYS.astype(np.uint16) * 257)


GREY_FILES = {
    "grey JPEG": lambda: encoded(GREY, "JPEG"),
    "grey PNG": lambda: encoded(GREY, "PNG"),
    "grey PNG with alpha": lambda: encoded(GREY.convert("LA"), "PNG"),
    "black and white PNG": lambda: encoded(GREY.convert("1"), "PNG"),
    "grey PNG of 16 bits": lambda: encoded(grey_16_bits(), "PNG"),
    "palette of greys": lambda: encoded(GREY.convert("P"), "PNG"),
    "grey BMP": lambda: encoded(GREY, "BMP"),
    "grey TIFF": lambda: tiff(GREYS),
    "grey TIFF of 16 bits": lambda: tiff(GREYS.astype(np.uint16)),
    "palette TIFF of greys": lambda: tiff(
        GREYS, photometric="palette", colormap=np.array([np.arange(256) * 257] * 3, np.uint16)
    ),
    "JPEG of three equal channels": lambda: encoded(GREY.convert("RGB"), "JPEG"),
}


@pytest.mark.parametrize("name", sorted(GREY_FILES))
def test_a_grey_image_is_refused(name):
    message = refusal(NotAPhoto, GREY_FILES[name]())

    assert message == ("P1: a grey image. Erythema is found by its colour: use the colour photo.")


@pytest.mark.parametrize("kind", ["JPEG", "TIFF"])
def test_cmyk_is_refused(kind):
    message = refusal(NotAPhoto, encoded(PHOTO.convert("CMYK"), kind))

    assert "stored as CMYK, not as RGB. Convert it to RGB" in message


def test_an_animated_png_is_refused():
    animated = encoded(PHOTO, "PNG", save_all=True, append_images=[PHOTO.rotate(180)])

    assert "an animated image. Save the one frame" in refusal(NotAPhoto, animated)


@pytest.mark.parametrize("kind", ["GIF", "WEBP", "ICO", "PPM", "PCX", "TGA", "JPEG2000"])
def test_no_other_format_is_decoded_whatever_its_suffix(kind, tmp_path):
    path = tmp_path / "P1.jpg"
    PHOTO.save(str(path), kind)

    with pytest.raises(NotAPhoto, match=r"P1\.jpg: not a JPEG, PNG, TIFF or BMP file\."):
        read_photo(path)


STACKS = {
    "pages": lambda: tiff(np.stack([PIXELS, PIXELS]), photometric="rgb"),
    "ImageJ stack of RGB": lambda: tiff(np.stack([PIXELS, PIXELS]), imagej=True),
    "ImageJ stack stored as one page": lambda: tiff(
        PIXELS, photometric="rgb", description="ImageJ=1.54p\nimages=2\n", metadata=None
    ),
    "ImageJ composite of two channels": lambda: imagej_composite(np.stack([GREYS, GREYS])),
}


@pytest.mark.parametrize("name", sorted(STACKS))
def test_a_stack_is_refused(name):
    assert "a stack of 2 images. Save the one image" in refusal(NotAPhoto, STACKS[name]())


@pytest.mark.parametrize("samples", ["float32", "int8", "uint32"])
def test_samples_of_another_kind_are_refused(samples):
    message = refusal(NotAPhoto, tiff(PIXELS.astype(samples), photometric="rgb"))

    assert f"a TIFF of {samples} samples; a photo has 8 or 16 bits" in message
    assert "Image > Type > RGB Color" in message


def test_a_tiff_of_many_channels_is_refused():
    many = tiff(np.zeros((32, 40, 9), np.uint8), photometric="rgb", planarconfig="contig")

    assert "more than red, green, blue and alpha. Save the" in refusal(NotAPhoto, many)


def test_jpeg_inside_a_tiff_is_refused():
    message = refusal(NotAPhoto, encoded(PHOTO, "TIFF", compression="jpeg"))

    assert "a TIFF compressed with JPEG" in message
    assert "save it without compression" in message


# Damage ----------------------------------------------------------------------


@pytest.mark.parametrize("kind", ["JPEG", "PNG", "TIFF", "BMP"])
@pytest.mark.parametrize("share", [0.9, 0.5, 0.02])
def test_a_truncated_file_is_damaged(kind, share):
    # Noise, so that the pixels fill most of the file.
    noise = np.random.RandomState(0).randint(0, 256, (200, 200, 3)).astype(np.uint8)
    whole = encoded(Image.fromarray(noise), kind)

    message = refusal(PhotoError, whole[: max(12, int(len(whole) * share))])

    assert f"the {kind} file is damaged (" in message
    assert "Copy it again" in message


def test_a_changed_byte_in_a_png_is_damage():
    data = bytearray(encoded(PHOTO, "PNG"))
    data[data.index(b"IDAT") + 12] ^= 0xFF

    assert "the PNG file is damaged" in refusal(PhotoError, bytes(data))


@pytest.mark.parametrize("data", [b"\xff\xd8\xff", b"\x89PNG\r\n\x1a\n", b"BM", b"II*\x00"])
def test_a_signature_alone_is_damaged(data):
    assert "file is damaged" in refusal(PhotoError, data)


def test_text_is_no_photo():
    assert "not a JPEG, PNG, TIFF or BMP file" in refusal(NotAPhoto, b"photo,patient\n")


def test_an_empty_file(tmp_path):
    (tmp_path / "P1.jpg").write_bytes(b"")

    with pytest.raises(PhotoError, match=r"^P1\.jpg: the file is empty\. Copy it again\.$"):
        read_photo(tmp_path / "P1.jpg")


def test_a_missing_file(tmp_path):
    with pytest.raises(PhotoError, match=r"^P1\.jpg: there is no such file\. Check the path "):
        read_photo(tmp_path / "P1.jpg")


def test_a_folder(tmp_path):
    (tmp_path / "photos").mkdir()

    with pytest.raises(PhotoError, match=r"^photos: a folder\. Name one of the photos in it\.$"):
        read_photo(tmp_path / "photos")


def test_a_decoder_s_log_stays_off_the_screen(tmp_path):
    (tmp_path / "P1.tif").write_bytes(tiff(PIXELS, photometric="rgb")[:8])
    program = (
        "from erythema.segmentation.photo import PhotoError, read_photo\n"
        "try:\n    read_photo('P1.tif')\nexcept PhotoError as error:\n    print(error)\n"
    )

    run = run_python(program, tmp_path)

    assert run.stdout.startswith("P1.tif: the TIFF file is damaged")
    assert run.stderr == ""


# Limits ----------------------------------------------------------------------


def run_python(program, folder):
    return subprocess.run(  # noqa: UP022 (Python 3.6)
        [sys.executable, "-c", program],
        cwd=str(folder),
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        universal_newlines=True,  # noqa: UP021 (Python 3.6)
        env=dict(os.environ, PYTHONPATH=os.pathsep.join(path for path in sys.path if path)),
    )


@pytest.mark.parametrize(("width", "height"), [(40, 20), (20, 40), (20, 20)])
def test_a_side_of_20_pixels_is_too_small(width, height):
    message = refusal(PhotoError, encoded(PHOTO.resize((width, height)), "PNG"))

    assert f"{width} x {height} pixels is too small" in message
    assert "at least 32 pixels" in message


def test_32_pixels_are_enough():
    assert read_photo(encoded(PHOTO.resize((32, 32)), "PNG")).shape == (32, 32, 3)


def test_the_limit_on_bytes_comes_before_the_file_s_kind():
    with pytest.raises(PhotoTooLarge, match="P1: 1,001 bytes, more than the limit of 1,000"):
        read_photo(b"x" * 1001, "P1", max_bytes=1000)


def test_the_limit_on_bytes_comes_before_the_file_is_read(tmp_path):
    with open(str(tmp_path / "P1.png"), "wb") as file:
        file.truncate(2**40)  # a terabyte that takes no room on disk

    with pytest.raises(PhotoTooLarge, match=r"P1\.png: 1,099,511,627,776 bytes, more than"):
        read_photo(tmp_path / "P1.png")


def test_the_limit_on_pixels_itself_is_allowed():
    np.testing.assert_array_equal(read_photo(encoded(PHOTO, "PNG"), max_pixels=40 * 32), PIXELS)


@pytest.mark.parametrize(("width", "height"), [(60537, 32), (32, 60537)])
def test_a_side_beyond_imagej_s_coordinates_is_too_large(width, height):
    message = refusal(PhotoTooLarge, png(width, height, 8, b""))

    assert "ImageJ's outlines reach 60,536 pixels only" in message


# These files hold no pixels at all: had decoding begun, they would be called damaged.
HUGE = {
    "PNG beyond the limit": lambda: png(9000, 9000, 8, b""),
    "PNG far beyond the limit": lambda: png(2**31 - 1, 2**31 - 1, 8, b""),
    "TIFF beyond the limit": lambda: tiff_of_one_strip(9000, 9000, 1, b""),
    "TIFF far beyond the limit": lambda: tiff_of_one_strip(2**32 - 1, 2**32 - 1, 1, b""),
}


@pytest.mark.parametrize("name", sorted(HUGE))
def test_the_limit_on_pixels_comes_before_decoding(name):
    message = refusal(PhotoTooLarge, HUGE[name]())

    assert "more than the limit of 64,000,000" in message
    assert "Crop or scale the photo." in message


def test_the_same_files_within_the_limit_are_damaged():
    assert "damaged" in refusal(PhotoError, png(1000, 1000, 8, b""))
    assert "damaged" in refusal(PhotoError, tiff_of_one_strip(1000, 1000, 1, b""))


@pytest.mark.parametrize("compression", [1, 2])
def test_a_bmp_of_run_lengths_is_refused(compression):
    bmp = bytearray(encoded(PHOTO.quantize(16), "BMP"))
    bmp[30] = compression

    assert "a BMP compressed by run lengths. Save it" in refusal(NotAPhoto, bytes(bmp))


# What would take hours, or gigabytes for a few bytes


def test_a_jpeg_of_more_than_100_scans_is_refused():
    jpeg = encoded(PHOTO, "JPEG", progressive=True)
    last = jpeg[jpeg.rindex(b"\xff\xda") : -2]

    assert "100 scans" in refusal(PhotoError, jpeg[:-2] + 100 * last + jpeg[-2:])


def test_what_follows_a_jpeg_is_not_counted_among_its_scans():
    jpeg = encoded(PHOTO, "JPEG", progressive=True)

    assert read_photo(jpeg + b"\xff\xda\0\2" * 200).shape == (32, 40, 3)


def test_a_jpeg_of_more_than_100_000_segments_is_refused():
    jpeg = encoded(PHOTO, "JPEG")

    message = refusal(PhotoError, jpeg[:2] + b"\xff\xfe\0\2" * 100001 + jpeg[2:])

    assert "more than 100,000 segments" in message


def test_a_png_of_more_than_100_000_chunks_is_refused():
    photo = encoded(PHOTO, "PNG")

    many = photo[:33] + png_chunk(b"prVt", b"") * 100001 + photo[33:]

    assert "more than 100,000 chunks" in refusal(PhotoError, many)


def test_what_follows_a_png_is_not_counted_among_its_chunks():
    assert read_photo(encoded(PHOTO, "PNG") + bytes(12 * 200000)).shape == (32, 40, 3)


def test_a_tiff_of_tiles_smaller_than_tiff_allows_is_refused():
    assert "tiles of 8 x 16" in refusal(PhotoError, tiff_of_one_tile(64, 64, 1, (8, 16), b""))


def test_tags_of_a_tiff_that_hold_more_than_the_file_are_damage():
    tags = struct.pack("<HHII", 273, 4, 2**18, 8) * 1000  # a megabyte each, of the same bytes
    tiff = b"II*\0" + struct.pack("<IH", 8, 1000) + tags + bytes(2**20)

    assert "its tags hold more than the file" in refusal(PhotoError, tiff)


def test_images_of_a_tiff_that_follow_each_other_in_a_circle_are_counted_to_100():
    data = bytearray(tiff_of_one_strip(40, 32, 1, bytes(3 * 40 * 32)))
    following = 8 + 2 + 9 * 12
    data[following : following + 4] = data[4:8]

    assert "a stack of 100 images" in refusal(NotAPhoto, bytes(data))


@pytest.mark.skipif(not sys.platform.startswith("linux"), reason="measures memory as Linux does")
@pytest.mark.parametrize("mode", ["RGB", "RGBA"])
def test_photos_that_are_read_one_after_the_other_leave_no_copies_behind(mode, tmp_path):
    PHOTO.convert(mode).resize((1500, 1000)).save(str(tmp_path / "photo.png"))
    program = (
        "import gc, resource\n"
        "from erythema.segmentation.photo import read_photo\n"
        "gc.disable()\n"
        "def peak():\n    return resource.getrusage(resource.RUSAGE_SELF).ru_maxrss\n"
        "read_photo('photo.png')\n"
        "before = peak()\n"
        "for _ in range(20):\n    read_photo('photo.png')\n"
        "print(peak() - before)\n"
    )

    run = run_python(program, tmp_path)

    assert run.stderr == ""
    assert int(run.stdout) < 20 * 1024  # KiB; twenty copies are 90 MB


def deflated(size):
    compressor = zlib.compressobj(9)
    block = bytes(2**24)
    return b"".join(compressor.compress(block) for _ in range(size // len(block))) + (
        compressor.flush()
    )


BOMBS = {
    "Deflate": lambda: tiff_of_one_strip(40, 32, 8, deflated(2**30)),
    "PackBits": lambda: tiff_of_one_strip(40, 32, 32773, b"\x81\x00" * 2**23),
    "LZW": lambda: tiff_of_one_strip(40, 32, 5, lzw_zeros(290)),
    "PNG": lambda: png(40, 32, 8, bytes(2**28)),
    "tile": lambda: tiff_of_one_tile(64, 64, 8, (2**14, 2**14), deflated(3 * 2**28)),
}


def lzw_zeros(blocks):
    """LZW codes that each stand for one byte more than the one before: 7 MB of zeros a block."""
    pytest.importorskip("imagecodecs", reason="this device reads uncompressed TIFFs only")
    codes = [0, *range(258, 4093)]
    block = "".join(
        format(code, f"0{9 + sum(number >= change for change in (255, 767, 1791))}b")
        for number, code in enumerate(codes, 1)
    )
    clear = format(256, "09b")
    bits = clear + (block + "000" + clear) * blocks
    bits += "0" * (-len(bits) % 8)
    return int(bits, 2).to_bytes(len(bits) // 8, "big")


@pytest.mark.skipif(not sys.platform.startswith("linux"), reason="measures memory as Linux does")
@pytest.mark.parametrize("name", sorted(BOMBS))
def test_a_small_photo_that_inflates_to_gigabytes_takes_little_memory(name, tmp_path):
    (tmp_path / "bomb").write_bytes(BOMBS[name]())
    program = (
        "import resource\n"
        "from erythema.segmentation.photo import PhotoError, read_photo\n"
        "before = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss\n"
        "try:\n    read_photo('bomb')\nexcept PhotoError:\n    pass\n"
        "print(resource.getrusage(resource.RUSAGE_SELF).ru_maxrss - before)\n"
    )

    run = run_python(program, tmp_path)

    assert run.stderr == ""
    assert int(run.stdout) < 200 * 1024  # KiB
