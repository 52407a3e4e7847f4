"""Photos to test with, and files that look like them. Python 3.6 as well."""

import io
import struct
import zlib

import numpy as np
import tifffile
from PIL import Image

Y, X = np.mgrid[0:32, 0:40]
PIXELS = np.stack([255 - X, Y, 7 + 0 * X], axis=2).astype(np.uint8)  # 40 x 32, each one different
GREYS = PIXELS[..., 0]
PHOTO = Image.fromarray(PIXELS)
GREY = Image.fromarray(GREYS)


def encoded(image, kind, **options):
    buffer = io.BytesIO()
    image.save(buffer, kind, **options)
    return buffer.getvalue()


def tiff(pixels, **options):
    buffer = io.BytesIO()
    tifffile.imwrite(buffer, pixels, **options)
    return buffer.getvalue()


def imagej_composite(channels, **metadata):
    return tiff(channels, imagej=True, metadata=dict(axes="CYX", mode="composite", **metadata))


def png_chunk(kind, content):
    checksum = zlib.crc32(kind + content) & 0xFFFFFFFF
    return struct.pack(">I", len(content)) + kind + content + struct.pack(">I", checksum)


def png(width, height, bits, rows):
    """A PNG of RGB pixels whose header may promise more than its rows hold."""
    header = struct.pack(">IIBBBBB", width, height, bits, 2, 0, 0, 0)
    return (
        b"\x89PNG\r\n\x1a\n"
        + png_chunk(b"IHDR", header)
        + png_chunk(b"IDAT", zlib.compress(rows))
        + png_chunk(b"IEND", b"")
    )


def tiff_of_one_strip(width, height, compression, strip):
    """A TIFF of RGB pixels whose header may promise less than its strip holds."""
    layout = [(273, strip), (278, height), (279, len(strip))]
    return tiff_of_rgb(width, height, compression, layout)


def tiff_of_one_tile(width, height, compression, size, tile):
    """A TIFF of RGB pixels in one tile, whose width and height may be other than the photo's."""
    layout = [(322, size[0]), (323, size[1]), (324, tile), (325, len(tile))]
    return tiff_of_rgb(width, height, compression, layout)


def tiff_of_rgb(width, height, compression, layout):
    """A TIFF of 3 x 8 bits; bytes in the layout stand for the offset at which they are stored."""
    tags = [(256, width), (257, height), (258, None), (259, compression), (262, 2), (277, 3)]
    tags = sorted([*tags, *layout], key=lambda tag: tag[0])
    after = 8 + 2 + len(tags) * 12 + 4
    directory, pixels = b"", b""
    for code, value in tags:
        if code == 258:
            directory += struct.pack("<HHII", code, 3, 3, after)
        elif isinstance(value, bytes):
            directory += struct.pack("<HHII", code, 4, 1, after + 6)
            pixels = value
        else:
            directory += struct.pack("<HHII", code, 4, 1, value)
    start = struct.pack("<2sHIH", b"II", 42, 8, len(tags))
    return start + directory + struct.pack("<IHHH", 0, 8, 8, 8) + pixels
