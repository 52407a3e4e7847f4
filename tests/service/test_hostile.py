"""Hostile uploads, more than 1,000: each is refused as it should be, and the service stays whole.

Half are made by hand and have their exact answer, but where decoders differ; half are good files
damaged by chance, some of which are still good. What is sent too slowly is in test_deadlines.py.
"""

import functools
import http.client
import io
import json
import re
import socket
import subprocess
import sys
import zipfile
from contextlib import contextmanager
from typing import NamedTuple

import httpx
import numpy as np
import pytest
from asking import (
    Started,
    archive,
    assert_problem,
    encoded,
    names,
    rectangle,
    roi_set,
    segment,
    skin,
    started,
    two_reactions,
)
from hostile_files import (
    bmp,
    chunk,
    composite,
    damaged,
    grey_tags,
    imagej,
    list_of_entries,
    png,
    polygon,
    roi,
    tags,
    tiff,
    with_field,
    with_its_last_scan_again,
    with_segments,
    with_size,
    with_strings,
    with_unpacked_size,
    zeros_deflated,
    zip_bomb,
    zip_of,
    zip_of_raw,
)
from PIL import Image

from erythema.segmentation.roi_set import Roi, read_rois
from erythema.service.problems import KINDS, PREFIX

PHOTO = Image.fromarray(two_reactions())
SET = roi_set(rectangle(0, 0, 4, 3, "histamine"), rectangle(10, 10, 16, 18, "birch"))
ROI = polygon([(0, 0), (8, 0), (0, 6)])
NOT_A_PHOTO, DAMAGED, TOO_LARGE = (415, "not-a-photo"), (400, "photo-damaged"), (413, "too-large")
BAD_OUTLINES, BAD_ZIP = (400, "outlines-damaged"), (400, "archive-damaged")
GOOD, ANY = (200, 201), (200, 201, 400, 413, 415, 422)


class Attacked(NamedTuple):
    """A service that is attacked, and a client of it."""

    service: Started
    client: httpx.Client
    memory_before: int
    store: object

    def peak(self):
        """The most memory that it has had at once, in bytes."""
        return memory(self.service.process.pid, "VmHWM")


@pytest.fixture(scope="module")
def attacked(service_program, redness_network, tmp_path_factory):
    folder = tmp_path_factory.mktemp("attacked")
    store = folder / "store"
    with (
        started(service_program, redness_network, folder, "--corrections", store) as service,
        httpx.Client(base_url=service.address, timeout=60) as client,
    ):
        segment(client)
        yield Attacked(service, client, memory(service.process.pid, "VmHWM"), store)


@pytest.fixture(autouse=True)
def the_next_good_request_is_right(attacked):
    yield
    assert names(segment(attacked.client)) == ["erythema 1", "erythema 2"]


def memory(process, name):
    if not sys.platform.startswith("linux"):
        return 0
    with open(f"/proc/{process}/status") as status:
        (line,) = (line for line in status if line.startswith(name))
    return int(line.split()[1]) * 1024


@functools.lru_cache(None)
def _made(make):
    return make()


def made(table, name):
    """A hostile file, made once, and what it should get."""
    make, expected = table[name]
    return _made(make), expected


def check(answer, expected):
    """The answer has the status and the type of problem expected, or one of several statuses."""
    status, kind = expected[:2]
    if isinstance(kind, str):
        assert_problem(answer, status, kind)
    else:
        assert answer.status_code in expected, answer.text
        assert_no_fault(answer)


def assert_no_fault(answer):
    """It is an answer to a good file, or calls it the client's mistake."""
    if answer.status_code not in GOOD:
        kind = answer.json()["type"][len(PREFIX) :]
        assert 400 <= KINDS[kind].status < 500
        assert_problem(answer, KINDS[kind].status, kind)


# Photos ----------------------------------------------------------------------


def jpeg(**options):
    return encoded_as("JPEG", quality=90, **options)


def encoded_as(kind, photo=PHOTO, **options):
    buffer = io.BytesIO()
    photo.save(buffer, kind, **options)
    return buffer.getvalue()


def exif_bomb():
    """EXIF whose 2,700 tags each name the same 32 KB."""
    entries = b"".join(
        np.array([256 + tag, 2], "<u2").tobytes() + np.array([32000, 8], "<u4").tobytes()
        for tag in range(2700)
    )
    body = b"II*\0\x08\0\0\0" + np.array([2700], "<u2").tobytes() + entries
    body = b"Exif\0\0" + body + bytes(65000 - len(body))
    return b"\xff\xe1" + (len(body) + 2).to_bytes(2, "big") + body


def strips(**others):
    return tiff(tags(**others))


def deflated_strip(mebibytes):
    content = zeros_deflated(mebibytes)
    return tiff(tags(_259=(3, 1, 8), _279=(4, 1, len(content))), pixels=content)


def one_image_of_a_composite_lies(**others):
    metadata = "images=3\nchannels=3\nmode=composite\n"
    return imagej(metadata, grey_tags(), grey_tags(**others), grey_tags())


FRAME = jpeg()
PHOTOS = {
    # Nothing, or something else
    "nothing": (lambda: b"", (400, "no-body")),
    "a byte": (lambda: b"\x00", NOT_A_PHOTO),
    "zeros": (lambda: bytes(100000), NOT_A_PHOTO),
    "ones": (lambda: b"\xff" * 100000, NOT_A_PHOTO),
    "GIF": (lambda: encoded_as("GIF"), NOT_A_PHOTO),
    "WebP": (lambda: encoded_as("WEBP"), NOT_A_PHOTO),
    "AVIF": (lambda: b"\0\0\0\x1cftypavif\0\0\0\0avifmif1miaf" + bytes(1000), NOT_A_PHOTO),
    "HEIC": (lambda: b"\0\0\0\x18ftypheic\0\0\0\0mif1heic" + bytes(1000), NOT_A_PHOTO),
    "ICO": (lambda: encoded_as("ICO"), NOT_A_PHOTO),
    "PPM": (lambda: encoded_as("PPM"), NOT_A_PHOTO),
    "JPEG 2000": (lambda: encoded_as("JPEG2000"), NOT_A_PHOTO),
    "EPS": (lambda: encoded_as("EPS"), NOT_A_PHOTO),
    "PDF": (lambda: encoded_as("PDF"), NOT_A_PHOTO),
    "PostScript": (lambda: b"%!PS\n(/etc/passwd) (r) file\n", NOT_A_PHOTO),
    "SVG": (lambda: b'<svg xmlns="http://www.w3.org/2000/svg" onload="x()"/>', NOT_A_PHOTO),
    "XML that doubles": (
        lambda: b'<!DOCTYPE x [<!ENTITY a "b"><!ENTITY c "&a;&a;">]><x>&c;</x>',
        NOT_A_PHOTO,
    ),
    "HTML": (lambda: b"<!DOCTYPE html><script>alert(1)</script>", NOT_A_PHOTO),
    "MVG": (lambda: b"push graphic-context\nimage over 0,0 0,0 'https://a/b'\n", NOT_A_PHOTO),
    "a program": (lambda: b"\x7fELF\x02\x01\x01" + bytes(1000), NOT_A_PHOTO),
    "a Windows program": (lambda: b"MZ\x90\0" + bytes(1000), NOT_A_PHOTO),
    "a script": (lambda: b"#!/bin/sh\nrm -rf /\n", NOT_A_PHOTO),
    "a pickle": (lambda: b"cposix\nsystem\n(S'true'\ntR.", NOT_A_PHOTO),
    "an array": (lambda: b"\x93NUMPY\x01\0v\0{'descr': '|O', 'shape': (9,)}", NOT_A_PHOTO),
    "a ZIP": (lambda: archive(photo_png=encoded(skin())), NOT_A_PHOTO),
    "a ROI set": (lambda: SET, NOT_A_PHOTO),
    "gzip": (lambda: b"\x1f\x8b\x08" + bytes(1000), NOT_A_PHOTO),
    "a photo after a byte": (lambda: b"\n" + FRAME, NOT_A_PHOTO),
    "a multipart form": (
        lambda: b'--x\r\nContent-Disposition: form-data; name="a"\r\n\r\n' + FRAME + b"\r\n--x--",
        NOT_A_PHOTO,
    ),
    # PNG
    "PNG of a billion pixels": (lambda: png(40000, 30000), TOO_LARGE),
    "PNG of the largest size": (lambda: png(2**31 - 1, 2**31 - 1), TOO_LARGE),
    "PNG of size 0": (lambda: png(0, 0, rows=b""), DAMAGED),
    "PNG of a negative size": (lambda: png(2**32 - 40, 2**32 - 32), TOO_LARGE),
    "PNG of one row of 2,000,000": (lambda: png(2000000, 32, rows=b""), TOO_LARGE),
    "PNG that inflates to 256 MB": (lambda: png(deflated=zeros_deflated(256)), GOOD),
    "PNG without its pixels": (lambda: png(7000, 7000, rows=b""), DAMAGED),
    "PNG of 3 bits": (lambda: png(bits=3), DAMAGED),
    "PNG of 16 bits": (lambda: png(bits=16, rows=(bytes(241)) * 32), GOOD),
    "PNG without its palette": (lambda: png(colours=3, rows=bytes(41) * 32), NOT_A_PHOTO),
    "PNG of a short palette": (
        lambda: png(colours=3, before=chunk(b"PLTE", b"\x90\x20\x30"), rows=b"\0" * 41 * 32),
        GOOD,
    ),
    "grey PNG": (lambda: png(colours=0, rows=bytes(41) * 32), NOT_A_PHOTO),
    "grey PNG of 16 bits": (lambda: png(colours=0, bits=16, rows=bytes(81) * 32), NOT_A_PHOTO),
    "grey PNG with alpha": (lambda: png(colours=4, rows=bytes(81) * 32), NOT_A_PHOTO),
    "PNG whose filter is unknown": (lambda: png(rows=(b"\x09" + bytes(120)) * 32), DAMAGED),
    "PNG of a wrong checksum": (lambda: png()[:-20] + b"\0" + png()[-19:], DAMAGED),
    "PNG whose text inflates": (
        lambda: png(before=chunk(b"zTXt", b"a\0\0" + zeros_deflated(256)) * 9),
        DAMAGED,
    ),
    "PNG whose profile inflates": (
        lambda: png(before=chunk(b"iCCP", b"a\0\0" + zeros_deflated(256)) * 9),
        DAMAGED,
    ),
    "PNG of 200,000 chunks": (lambda: png(before=chunk(b"prVt") * 200000), DAMAGED),
    "PNG of 200,000 empty pixels": (lambda: png(before=chunk(b"IDAT") * 200000), DAMAGED),
    "PNG of two headers": (lambda: png(before=png(9000, 9000)[8:33]), TOO_LARGE),
    "animated PNG": (lambda: encoded_as("PNG", save_all=True, append_images=[PHOTO]), NOT_A_PHOTO),
    "PNG that says it is animated": (
        lambda: png(before=chunk(b"acTL", b"\x7f\xff\xff\xff\0\0\0\0")),
        NOT_A_PHOTO,
    ),
    "PNG with a page after it": (lambda: png() + b"<html><script>x()</script>", GOOD),
    "PNG with a ZIP after it": (lambda: png() + SET, GOOD),
    # JPEG
    "JPEG of 65,535 x 65,535": (lambda: with_size(FRAME, 65535, 65535), TOO_LARGE),
    "JPEG of 65,535 x 900": (lambda: with_size(FRAME, 65535, 900), TOO_LARGE),
    "JPEG of height 0": (lambda: with_size(FRAME, 64, 0), DAMAGED),
    "JPEG that is a signature": (lambda: FRAME[:3], DAMAGED),
    "JPEG cut in its header": (lambda: FRAME[:150], DAMAGED),
    "JPEG cut in its pixels": (lambda: FRAME[: len(FRAME) // 2 + 300], DAMAGED),
    "JPEG without an end": (lambda: FRAME[:-2], DAMAGED),
    "JPEG of 20,000 scans": (
        lambda: with_its_last_scan_again(jpeg(progressive=True), 20000),
        DAMAGED,
    ),
    "JPEG of 200,000 segments": (lambda: with_segments(FRAME, b"\xff\xe5\0\2" * 200000), DAMAGED),
    "JPEG of 200,000 comments": (lambda: with_segments(FRAME, b"\xff\xfe\0\2" * 200000), DAMAGED),
    "JPEG of 100,000 fill bytes": (lambda: with_segments(FRAME, b"\xff" * 100000), GOOD),
    "JPEG whose segment has length 0": (lambda: with_segments(FRAME, b"\xff\xe5\0\0"), GOOD),
    "JPEG whose EXIF names much": (lambda: with_segments(FRAME, exif_bomb()), GOOD),
    "JPEG whose EXIF is nonsense": (
        lambda: with_segments(FRAME, b"\xff\xe1\0\x10Exif\0\0" + b"\xff" * 8),
        GOOD,
    ),
    "JPEG of two frames": (lambda: FRAME[:2] + FRAME[2:600] + FRAME[2:], DAMAGED),
    "JPEG within a JPEG": (lambda: with_segments(FRAME, b"\xff\xe0\x04\x02" + FRAME[:1024]), GOOD),
    "MPO": (lambda: encoded_as("MPO", save_all=True, append_images=[PHOTO]), GOOD),
    "MPO that lies": (
        lambda: encoded_as("MPO", save_all=True, append_images=[PHOTO]).replace(
            b"\xb0\x01", b"\xb0\x7f"
        ),
        GOOD,
    ),
    "CMYK JPEG": (lambda: encoded_as("JPEG", PHOTO.convert("CMYK")), NOT_A_PHOTO),
    "grey JPEG": (lambda: encoded_as("JPEG", PHOTO.convert("L")), NOT_A_PHOTO),
    "JPEG with a ZIP after it": (lambda: FRAME + SET, GOOD),
    "JPEG with a page after it": (lambda: FRAME + b"<html><script>x()</script>", GOOD),
    "JPEG with a page in it": (
        lambda: with_segments(FRAME, b"\xff\xfe\0\x18*/<script>x()</script>"),
        GOOD,
    ),
    "JPEG with a program after it": (lambda: FRAME + b"\x7fELF" + bytes(1000), GOOD),
    # TIFF
    "TIFF that is a signature": (lambda: b"II*\0", DAMAGED),
    "TIFF whose list is beyond it": (lambda: b"II*\0\xff\xff\xff\x7f" + bytes(99), DAMAGED),
    "TIFF whose list is its start": (lambda: b"II*\0\0\0\0\0" + bytes(99), DAMAGED),
    "TIFF of 65,535 x 65,535": (lambda: tiff(tags(65535, 65535)), TOO_LARGE),
    "TIFF of the largest size": (lambda: tiff(tags(2**32 - 1, 2**32 - 1)), TOO_LARGE),
    "TIFF of size 0": (lambda: tiff(tags(0, 0)), DAMAGED),
    "TIFF of height 2,000,000": (lambda: tiff(tags(32, 2000000)), TOO_LARGE),
    "TIFF whose strip is beyond it": (lambda: strips(_273=(4, 1, 2**31)), DAMAGED),
    "TIFF of one strip too few": (lambda: strips(_278=(4, 1, 31)), ANY),
    "TIFF without strips": (lambda: strips(_273=None, _279=None), DAMAGED),
    "TIFF of 2^28 strips": (lambda: strips(_273=(4, 2**28, 8), _279=(4, 2**28, 8)), DAMAGED),
    "TIFF of no rows a strip": (lambda: strips(_278=(4, 1, 0)), ANY),
    "TIFF whose strip inflates": (lambda: deflated_strip(256), ANY),
    "TIFF of tiles of 1 x 1": (
        lambda: tiff(tags(8000, 8000, _322=(4, 1, 1), _323=(4, 1, 1), _324=(4, 1, 8))),
        DAMAGED,
    ),
    "TIFF of a tile of 2^31": (
        lambda: tiff(tags(_322=(4, 1, 2**31), _323=(4, 1, 2**31), _324=(4, 1, 8))),
        TOO_LARGE,
    ),
    "TIFF that is its own next image": (
        lambda: tiff(tags(), following=8 + 3840),
        NOT_A_PHOTO,
    ),
    "TIFF of two images in a circle": (
        lambda: tiff(tags(), tags(), following=8 + 3840),
        NOT_A_PHOTO,
    ),
    "TIFF of 5,000 images": (lambda: tiff(*[tags()] * 5000), NOT_A_PHOTO),
    "TIFF whose next image is nonsense": (lambda: tiff(tags(), following=9), DAMAGED),
    "TIFF of 60,000 tags": (
        lambda: tiff(tags() + [(40000 + n % 20000, 2, 2**31 - 1, 8) for n in range(60000)]),
        DAMAGED,
    ),
    "TIFF whose tags all name its pixels": (
        lambda: tiff(tags() + [(273, 4, 2**18, 8)] * 3500, pixels=bytes(2**20)),
        DAMAGED,
    ),
    "TIFF whose tag is longer than it": (lambda: strips(_270=(2, 2**31 - 1, 8)), DAMAGED),
    "TIFF of a tag of an unknown type": (lambda: strips(_40000=(99, 2**20, 8)), DAMAGED),
    "TIFF of 65,535 samples": (lambda: strips(_277=(3, 1, 65535)), NOT_A_PHOTO),
    "TIFF of 0 samples": (lambda: strips(_277=(3, 1, 0)), ANY),
    "TIFF of 1,000,000 layers": (lambda: strips(_32997=(4, 1, 10**6)), NOT_A_PHOTO),
    "TIFF of 64 bits": (lambda: strips(_258=(3, 1, 64)), NOT_A_PHOTO),
    "CMYK TIFF": (lambda: encoded_as("TIFF", PHOTO.convert("CMYK")), NOT_A_PHOTO),
    "grey TIFF": (lambda: tiff(grey_tags()), NOT_A_PHOTO),
    "TIFF of an unknown photometric": (lambda: strips(_262=(3, 1, 99)), NOT_A_PHOTO),
    "TIFF with JPEG in it": (lambda: strips(_259=(3, 1, 7)), NOT_A_PHOTO),
    "TIFF of an unknown compression": (lambda: strips(_259=(3, 1, 9999)), NOT_A_PHOTO),
    "TIFF of the other byte order": (lambda: tiff(tags(), order="MM"), NOT_A_PHOTO),
    "BigTIFF of 2^60 tags": (
        lambda: b"II+\0\x08\0\0\0\x10" + bytes(7) + b"\0\0\0\0\0\0\0\x10" + bytes(99),
        DAMAGED,
    ),
    "BigTIFF whose list is beyond it": (
        lambda: b"II+\0\x08\0\0\0" + b"\xff" * 7 + b"\x7f" + bytes(99),
        DAMAGED,
    ),
    "BigTIFF of other offsets": (lambda: b"II+\0\x04\0\0\0" + bytes(99), DAMAGED),
    "ImageJ stack of 2^31 images": (lambda: imagej("images=2147483647\n", tags()), NOT_A_PHOTO),
    "ImageJ composite of 10^12 slices": (
        lambda: imagej(
            "images=3\nchannels=3\nslices=1000000\nframes=1000000\n", *[grey_tags()] * 3
        ),
        ANY,
    ),
    "ImageJ composite of one huge image": (
        lambda: one_image_of_a_composite_lies(_256=(4, 1, 10**5), _257=(4, 1, 10**5)),
        DAMAGED,
    ),
    "ImageJ composite of 1,000 images": (
        lambda: imagej("images=3\nchannels=3\n", *[grey_tags()] * 1000),
        NOT_A_PHOTO,
    ),
    "ImageJ composite of words": (
        lambda: imagej("images=3\nchannels=3\nframes=x\n", *[grey_tags()] * 3),
        DAMAGED,
    ),
    "microscope's TIFF": (lambda: strips(_34412=(4, 1, 8)), ANY),
    # BMP
    "BMP that is a signature": (lambda: b"BM", DAMAGED),
    "BMP of a negative width": (lambda: bmp(-40), TOO_LARGE),
    "BMP of the lowest height": (lambda: bmp(40, -(2**31)), TOO_LARGE),
    "BMP from bottom to top": (lambda: bmp(40, -32), GOOD),
    "BMP of 50,000 x 50,000": (lambda: bmp(50000, 50000), TOO_LARGE),
    "BMP whose pixels are beyond it": (lambda: bmp(offset=2**31), DAMAGED),
    "BMP cut off": (lambda: bmp()[:-500], DAMAGED),
    "BMP of run lengths": (
        lambda: bmp(4000, 4000, 8, 1, b"\x01\x05" * 10**6, 54 + 1024),
        NOT_A_PHOTO,
    ),
    "BMP of run lengths of 4 bits": (lambda: bmp(4000, 4000, 4, 2), NOT_A_PHOTO),
    "BMP with a JPEG in it": (lambda: bmp(compression=4, pixels=FRAME), DAMAGED),
    "BMP of 13 bits": (lambda: bmp(bits=13), DAMAGED),
    "BMP of 2^31 colours": (lambda: bmp(bits=8, colours=2**31 - 1), DAMAGED),
    "BMP of an unknown header": (lambda: bmp()[:14] + b"\x99" + bmp()[15:], DAMAGED),
    "grey BMP": (lambda: encoded_as("BMP", PHOTO.convert("L")), NOT_A_PHOTO),
    "a photo of 31 x 400": (lambda: encoded(skin()[:31]), DAMAGED),
}


@pytest.mark.parametrize("name", PHOTOS)
def test_a_hostile_photo(attacked, name):
    content, expected = made(PHOTOS, name)

    answer = segment(attacked.client, content)

    check(answer, expected)


@pytest.mark.parametrize("name", list(PHOTOS)[1::4])
def test_a_hostile_photo_in_a_correction(attacked, name):
    content, expected = made(PHOTOS, name)

    answer = correct(attacked.client, zip_of([("photo.tif", content), ("outlines.zip", SET)]))

    check(answer, expected)


# Outlines --------------------------------------------------------------------


def measure(client, content):
    return client.post("/measure", content=content)


def compare(client, content, **size):
    size = size or {"width": 64, "height": 48}
    return client.post("/compare", content=content, params=size)


def correct(client, content, **parameters):
    parameters = {"reader": "anna", **parameters}
    return client.post("/corrections", content=content, params=parameters)


def circle(points):
    angles = np.linspace(0, 2 * np.pi, points, endpoint=False)
    return 24 + 20 * np.stack([np.cos(angles), np.sin(angles)], axis=1)


def triangles(count):
    return [
        [(n % 60, n // 60 % 40), (n % 60 + 2, n // 60 % 40), (n % 60, 47)] for n in range(count)
    ]


OUTLINES = {
    "a signature": (lambda: b"Iout", BAD_OUTLINES),
    "a cut header": (lambda: ROI[:50], BAD_OUTLINES),
    "text": (lambda: b"erythema", BAD_OUTLINES),
    "a photo": (lambda: encoded(skin()), BAD_OUTLINES),
    "a TIFF without an overlay": (lambda: tiff(tags()), GOOD),
    "a TIFF whose tags all name its pixels": (
        lambda: tiff(tags() + [(273, 4, 2**18, 8)] * 3500, pixels=bytes(2**20)),
        BAD_OUTLINES,
    ),
    "a TIFF whose overlay is nonsense": (
        lambda: imagej(
            "images=1\n",
            tags(_50838=(4, 2, b"\x0c\0\0\0\xff\xff\xff\x7f"), _50839=(1, 12, b"IJIJrevo\1\0\0\0")),
        ),
        ANY,
    ),
    "no points": (lambda: polygon(np.zeros((0, 2))), BAD_OUTLINES),
    "one point": (lambda: polygon([(1, 1)]), BAD_OUTLINES),
    "points on a line": (lambda: polygon([(0, 0), (5, 5), (9, 9)]), BAD_OUTLINES),
    "fewer points than it says": (lambda: polygon([(0, 0), (8, 0), (0, 6)], 60000), BAD_OUTLINES),
    "a million fewer": (lambda: polygon([(0, 0), (8, 0), (0, 6)], 10**6), BAD_OUTLINES),
    "2^31 points": (lambda: polygon([(0, 0), (8, 0), (0, 6)], 2**31 - 1), BAD_OUTLINES),
    "-5 points": (lambda: polygon([(0, 0), (8, 0), (0, 6)], -5), BAD_OUTLINES),
    "a coordinate that is no number": (
        lambda: polygon([(0, 0), (np.nan, 0), (0, 6)]),
        BAD_OUTLINES,
    ),
    "an infinite coordinate": (lambda: polygon([(0, 0), (np.inf, 0), (0, 6)]), BAD_OUTLINES),
    "the largest coordinate": (lambda: polygon([(0, 0), (3e38, 0), (0, 6)]), BAD_OUTLINES),
    "a million points": (lambda: polygon(circle(10**6)), GOOD),
    "an outline that crosses itself": (
        lambda: polygon(np.random.RandomState(0).uniform(0, 40, (5000, 2))),
        GOOD,
    ),
    "an unknown type": (lambda: roi(99), BAD_OUTLINES),
    "a line": (lambda: roi(3), BAD_OUTLINES),
    "points": (lambda: roi(10, points=1, content=bytes(4)), BAD_OUTLINES),
    "an empty rectangle": (lambda: roi(1, (5, 5, 5, 9)), BAD_OUTLINES),
    "an oval of 65,535 pixels": (lambda: roi(2, (-5000, -5000, 32767, 32767)), GOOD),
    "an oval inside out": (lambda: roi(2, (9, 9, 2, 2)), ANY),
    "a composite of nothing": (lambda: composite([]), ANY),
    "a composite that is cut off": (lambda: composite(triangles(9))[:-20], BAD_OUTLINES),
    "a composite of 2^31": (lambda: roi(1, path=2**31 - 1, content=bytes(99)), BAD_OUTLINES),
    "a composite of an unknown step": (
        lambda: roi(1, path=3, content=np.array([9, 1, 1], ">f4").tobytes()),
        BAD_OUTLINES,
    ),
    "a composite of an infinite step": (
        lambda: roi(1, path=3, content=np.array([np.inf, 1, 1], ">f4").tobytes()),
        BAD_OUTLINES,
    ),
    "a composite of curves": (
        lambda: roi(1, path=10, content=np.array([0, 1, 1, 3, 1, 2, 3, 4, 5, 6], ">f4").tobytes()),
        BAD_OUTLINES,
    ),
    "a composite of 1,900 outlines": (lambda: composite(triangles(1900)), GOOD),
    "a composite of 9,000 outlines": (lambda: composite(triangles(9000)), ANY),
    "a composite of a million outlines": (
        lambda: roi(1, path=3 * 10**6, content=bytes(12 * 10**6)),
        BAD_OUTLINES,
    ),
    "1,900 outlines, each in the one before": (
        lambda: composite(
            [[(n, n), (4000 - n, n), (4000 - n, 4000 - n), (n, 4000 - n)] for n in range(1900)]
        ),
        GOOD,
    ),
    "a name of a megabyte": (lambda: with_strings(ROI, "x" * 2**19), GOOD),
    "a name that is longer than it": (
        lambda: with_strings(ROI, "Anna Miller", lengths=(2**30, 0)),
        ANY,
    ),
    "a name of half a letter": (lambda: with_strings(ROI, "Anna \ud800 Miller"), BAD_OUTLINES),
    "a name of control characters": (
        lambda: with_strings(ROI, "Anna\0\r\n\x1b[2JMiller\u202e\u2028"),
        GOOD,
    ),
    "a name that is a path": (lambda: with_strings(ROI, "../../../etc/Miller"), GOOD),
    "a name that a spreadsheet computes": (
        lambda: with_strings(ROI, '=HYPERLINK("http://a.example","Miller")'),
        GOOD,
    ),
    "properties of 4 MB": (lambda: with_strings(ROI, properties="a: b\n" * 400000), GOOD),
    "properties that are longer than it": (
        lambda: with_strings(ROI, properties="a: b\n", lengths=(0, 2**30)),
        GOOD,
    ),
    "properties of half a letter": (
        lambda: with_strings(ROI, properties="a: \udfff\n"),
        BAD_OUTLINES,
    ),
    "10,001 ROIs": (
        lambda: zip_of([(f"{number}.roi", ROI) for number in range(10001)], zipfile.ZIP_STORED),
        BAD_OUTLINES,
    ),
    "ROIs that unpack to 96 MB": (
        lambda: zip_of([(f"{number}.roi", bytes(2**24)) for number in range(6)]),
        BAD_OUTLINES,
    ),
    "ROI that unpacks to 256 MB and says 1,000 bytes": (
        lambda: zip_bomb("a.roi", 256, 1000),
        BAD_OUTLINES,
    ),
    "ROI that unpacks to 256 MB": (lambda: zip_bomb("a.roi", 256, 2**28), BAD_OUTLINES),
    "ROIs of one name": (lambda: ZIP_OF_ONE_NAME, GOOD),
    "ROI compressed by bzip2": (
        lambda: zip_of([("a.roi", bytes(2**24))], zipfile.ZIP_BZIP2),
        BAD_OUTLINES,
    ),
    "ROI compressed by LZMA": (lambda: zip_of([("a.roi", ROI)], zipfile.ZIP_LZMA), BAD_OUTLINES),
    "ROI of damaged LZMA": (
        lambda: zip_of([("a.roi", ROI)], zipfile.ZIP_LZMA).replace(
            b"\x5d\0\0\x80", b"\xff\xff\xff\xff"
        ),
        BAD_OUTLINES,
    ),
    "an unknown compression": (
        lambda: with_field(zip_of([("a.roi", ROI)]), 8, 10, b"\x63\0"),
        BAD_OUTLINES,
    ),
    "an encrypted ROI": (
        lambda: with_field(zip_of([("a.roi", ROI)]), 6, 8, b"\x01\0"),
        BAD_OUTLINES,
    ),
    "a name that is no UTF-8": (
        lambda: zip_of([("é.roi", ROI)]).replace("é".encode(), b"\xff\xfe"),
        BAD_OUTLINES,
    ),
    "a list that begins before the file": (
        lambda: with_end(SET, 16, b"\xff\xff\xff\x7f"),
        BAD_OUTLINES,
    ),
    "a list of another length": (lambda: with_end(SET, 12, b"\xff\xff\xff\x7f"), BAD_OUTLINES),
    "100,000 listed entries": (lambda: list_of_entries(100000), GOOD),
    "a ROI set in a ROI set": (lambda: zip_of([("a.roi", SET)]), BAD_OUTLINES),
    "an empty ROI": (lambda: zip_of([("a.roi", b"")]), BAD_OUTLINES),
}


def with_end(archive, field, value):
    """A ZIP with a changed field of its end."""
    at = archive.rindex(b"PK\x05\x06") + field
    return archive[:at] + value + archive[at + len(value) :]


with pytest.warns(UserWarning, match="Duplicate name"):
    ZIP_OF_ONE_NAME = zip_of([("a.roi", ROI), ("a.roi", ROI)])


@pytest.mark.parametrize("name", OUTLINES)
def test_hostile_outlines(attacked, name):
    content, expected = made(OUTLINES, name)

    answer = measure(attacked.client, content)

    check(answer, expected)


@pytest.mark.parametrize("name", OUTLINES)
def test_hostile_outlines_in_a_comparison(attacked, name):
    content, expected = made(OUTLINES, name)

    answer = compare(attacked.client, archive(found_zip=content, drawn_zip=SET))

    assert_no_fault(answer)
    if expected == BAD_OUTLINES:
        assert answer.status_code in (400, 413)  # what can be measured can be too much to compare


@pytest.mark.parametrize("name", OUTLINES)
def test_hostile_outlines_in_a_correction(attacked, name):
    content, expected = made(OUTLINES, name)

    answer = correct(attacked.client, archive(photo_png=encoded(skin()), outlines_zip=content))

    assert_no_fault(answer)
    if expected == BAD_OUTLINES:
        assert answer.status_code >= 400


# ZIPs ------------------------------------------------------------------------


def symbolic_link():
    entry = zipfile.ZipInfo("photo.png")
    entry.external_attr = 0o120777 << 16
    entry.create_system = 3
    return zip_of([(entry, b"/etc/passwd")])


def within(depth):
    """A ZIP in a ZIP in a ZIP..."""
    content = SET
    for _ in range(depth):
        content = zip_of([("outlines.zip", content)])
    return content


PNG = encoded(two_reactions())
ARCHIVES = {
    "text": (lambda: b"erythema", BAD_ZIP),
    "a ROI set": (lambda: SET, BAD_ZIP),
    "an empty ZIP": (lambda: archive(), BAD_ZIP),
    "an end alone": (lambda: archive()[:10], BAD_ZIP),
    "a ZIP cut off": (lambda: archive(photo_png=PNG)[:-30], BAD_ZIP),
    "outlines alone": (lambda: archive(outlines_zip=SET), BAD_ZIP),
    "two photos": (lambda: archive(photo_png=PNG, photo_jpg=FRAME), BAD_ZIP),
    "a photo twice": (lambda: ZIP_OF_ONE_PHOTO, BAD_ZIP),
    "another entry": (lambda: archive(photo_png=PNG, notes_txt=b"Anna Miller"), BAD_ZIP),
    "a path upwards": (lambda: zip_of([("../photo.png", PNG)]), BAD_ZIP),
    "a path from the root": (lambda: zip_of([("/photo.png", PNG)]), BAD_ZIP),
    "a path of Windows": (lambda: zip_of([("..\\photo.png", PNG)]), BAD_ZIP),
    "a drive": (lambda: zip_of([("C:photo.png", PNG)]), BAD_ZIP),
    "a folder": (lambda: zip_of([("photo.png/", b"")]), BAD_ZIP),
    "capitals": (lambda: zip_of([("PHOTO.PNG", PNG)]), BAD_ZIP),
    "a name of 65,000 letters": (lambda: zip_of([("x" * 65000, PNG)]), BAD_ZIP),
    "a symbolic link": (symbolic_link, NOT_A_PHOTO),
    "a name that ends early": (lambda: zip_of_raw("photo.png\0.exe", PNG, len(PNG), 0), BAD_ZIP),
    "65,000 entries": (lambda: list_of_entries(65000), TOO_LARGE),
    "a photo of 272 MB": (lambda: zip_bomb("photo.png", 272, 272 * 2**20), TOO_LARGE),
    "a photo of 256 MB that says 1,000 bytes": (lambda: zip_bomb("photo.png", 256, 1000), BAD_ZIP),
    "photos that unpack to 384 MB": (
        lambda: zip_of(
            [("photo.png", bytes(2**27)), ("photo.bmp", bytes(2**27)), ("photo.tif", b"x" * 2**27)]
        ),
        TOO_LARGE,
    ),
    "outlines of 100 MB": (
        lambda: zip_of([("photo.png", PNG), ("outlines.zip", bytes(100 * 2**20))]),
        TOO_LARGE,
    ),
    "a photo that is shorter than it says": (
        lambda: with_unpacked_size(archive(photo_png=PNG, outlines_zip=SET), 10**6),
        ANY,
    ),
    "a photo that is longer than it says": (
        lambda: with_unpacked_size(zip_of([("photo.png", PNG)]), 100),
        BAD_ZIP,
    ),
    "a wrong checksum": (lambda: with_field(archive(photo_png=PNG), 14, 16, b"\1\2\3\4"), BAD_ZIP),
    "an encrypted photo": (lambda: with_field(archive(photo_png=PNG), 6, 8, b"\x01\0"), BAD_ZIP),
    "an unknown compression": (
        lambda: with_field(archive(photo_png=PNG), 8, 10, b"\x63\0"),
        BAD_ZIP,
    ),
    "bzip2": (lambda: zip_of([("photo.png", bytes(2**26))], zipfile.ZIP_BZIP2), BAD_ZIP),
    "LZMA": (lambda: zip_of([("photo.png", bytes(2**24))], zipfile.ZIP_LZMA), BAD_ZIP),
    "another entry in its place": (
        lambda: with_field(archive(photo_png=PNG), None, 46, b"photo.bmp"),
        BAD_ZIP,
    ),
    "an entry of the future": (
        lambda: with_field(archive(photo_png=PNG), 4, 6, b"\xff\0"),
        BAD_ZIP,
    ),
    "a ZIP in a ZIP in a ZIP": (
        lambda: zip_of([("photo.png", PNG), ("outlines.zip", within(9))]),
        ANY,
    ),
    "a program before it": (lambda: b"\x7fELF" + bytes(1000) + archive(photo_png=PNG), ANY),
    "a ZIP that is a photo, too": (lambda: FRAME + archive(photo_png=PNG, outlines_zip=SET), ANY),
}

with pytest.warns(UserWarning, match="Duplicate name"):
    ZIP_OF_ONE_PHOTO = zip_of([("photo.png", PNG), ("photo.png", PNG)])


@pytest.mark.parametrize("name", ARCHIVES)
def test_a_hostile_zip(attacked, name):
    content, expected = made(ARCHIVES, name)

    answer = correct(attacked.client, content)

    check(answer, expected)


@pytest.mark.parametrize("name", ARCHIVES)
def test_a_hostile_zip_in_a_comparison(attacked, name):
    content, _ = made(ARCHIVES, name)
    content = content.replace(b"photo.png", b"drawn.zip").replace(b"photo.bmp", b"found.zip")

    assert_no_fault(compare(attacked.client, content))


# Damaged good files ----------------------------------------------------------

FORMATS = {
    "JPEG": [
        FRAME,
        jpeg(progressive=True),
        encoded_as("MPO", save_all=True, append_images=[PHOTO]),
    ],
    "PNG": [PNG, encoded_as("PNG", PHOTO.quantize(16)), encoded_as("PNG", PHOTO.convert("RGBA"))],
    "TIFF": [
        tiff(tags()),
        imagej("images=3\nchannels=3\nmode=composite\n", *[grey_tags()] * 3),
        encoded_as("TIFF", compression="tiff_lzw"),
        encoded_as("TIFF", compression="tiff_adobe_deflate"),
        encoded_as("TIFF", big_tiff=True),
    ],
    "BMP": [bmp(), encoded_as("BMP", PHOTO.quantize(16)), encoded_as("BMP", PHOTO.convert("RGBA"))],
}


@pytest.mark.parametrize("kind", FORMATS)
def test_damaged_photos(attacked, kind):
    for photo in damaged(FORMATS[kind], 75, seed=list(FORMATS).index(kind)):
        assert_no_fault(segment(attacked.client, photo))


ROI_SETS = [
    SET,
    roi_set(Roi("a", [circle(9) / 2, circle(9)], {"erythema.role": "erythema"})),
    ROI,
    composite(triangles(5)),
    with_strings(roi(2, (3, 4, 30, 40)), "oval", "a: b\n"),
]


@pytest.mark.parametrize("ask", [measure, compare, correct])
def test_damaged_outlines(attacked, ask):
    for content in damaged(ROI_SETS, 60, seed=len(ask.__name__)):
        if ask is compare:
            content = archive(found_zip=content, drawn_zip=SET)
        elif ask is correct:
            content = archive(photo_png=PNG, outlines_zip=content)
        assert_no_fault(ask(attacked.client, content))


@pytest.mark.parametrize("ask", [compare, correct])
def test_damaged_zips(attacked, ask):
    good = [
        archive(found_zip=SET, drawn_zip=SET),
        zip_of([("found.zip", SET), ("drawn.zip", ROI)]),
        archive(photo_png=PNG, outlines_zip=SET),
        zip_of([("photo.png", PNG), ("outlines.zip", ROI)]),
    ]
    for content in damaged(good, 60, seed=len(ask.__name__)):
        assert_no_fault(ask(attacked.client, content))


# Parameters ------------------------------------------------------------------


@pytest.mark.parametrize(
    "query",
    [
        "threshold=%00",
        "threshold=0.5%0d%0aX-Injected:%201",
        "threshold=1e400",
        "threshold=0x1",
        "threshold=-0",
        "threshold=",
        "threshold",
        "threshold=0.5;smallest_area=1",
        "threshold=" + "1" * 10000,
        "lines=%00",
        "lines=" + "inner," * 2000,
        "lines=inner&lines=outer",
        "&".join(["threshold=1"] * 1300),
        "&".join(f"Anna{number}=Miller" for number in range(900)),
        "=",
        "%00=%00",
        "%ff=%fe",
        "__proto__=1",
    ],
)
def test_a_hostile_parameter(attacked, query):
    answer = attacked.client.post("/segment?" + query, content=PNG)

    assert_problem(answer, 422, "parameter")
    assert "X-Injected" not in answer.headers


@pytest.mark.parametrize(
    "network",
    [
        "",
        "..",
        "../redness",
        "%2Fetc%2FMiller",
        "redness%00",
        "%0d%0aX-Injected:%201",
        "%ff",
        "x" * 9000,
    ],
)
def test_a_hostile_network(attacked, network):
    answer = attacked.client.post("/segment?network=" + network, content=PNG)

    assert_problem(answer, 404, "unknown-network")
    assert "X-Injected" not in answer.headers


@pytest.mark.parametrize(
    "parameters",
    [
        {"reader": ""},
        {"reader": ".."},
        {"reader": "../anna"},
        {"reader": "/etc/passwd"},
        {"reader": "anna\0"},
        {"reader": "anna\n"},
        {"reader": "Änna"},
        {"reader": "-rf"},
        {"reader": "a" * 33},
        {"reader": "con.txt"},
        {"reason": "x" * 201},
        {"reason": "two\nlines"},
        {"reason": "NUL \0"},
        {"reason": "\x1b[2J"},
        {"reason": "=cmd|'/c calc'!A0"},
        {"reason": "@SUM(1+1)"},
        {"state": "OUTLINED"},
        {"state": "outlined\0"},
        {"state": "no erythema"},
    ],
    ids=repr,
)
def test_a_hostile_parameter_of_a_correction(attacked, parameters):
    answer = correct(attacked.client, archive(photo_png=PNG, outlines_zip=SET), **parameters)

    assert_problem(answer, 422, "parameter")


@pytest.mark.parametrize(
    ("width", "height", "expected"),
    [
        ("64", "0", (422, "parameter")),
        ("-64", "48", (422, "parameter")),
        ("64", "1e9", (422, "parameter")),
        ("99999999999999999999", "48", (422, "parameter")),
        ("nan", "48", (422, "parameter")),
        ("60536", "60536", TOO_LARGE),
        ("1", "1", (400, "outlines-damaged")),  # they lie outside of it
    ],
)
def test_a_hostile_size(attacked, width, height, expected):
    answer = compare(attacked.client, archive(found_zip=SET), width=width, height=height)

    check(answer, expected)


@pytest.mark.parametrize(
    ("name", "value", "expected"),
    [
        ("Accept", "," * 15000, (406, "not-acceptable")),
        ("Accept", "*/*;q=nan", (406, "not-acceptable")),
        ("Accept", "text/" + "x" * 9000, (406, "not-acceptable")),
        ("Erythema-Fingerprint", "x" * 9000, (412, "network-changed")),
        ("Erythema-Fingerprint", "\xff", (412, "network-changed")),
        ("Content-Encoding", "gzip", GOOD),  # it is ignored, as is what the body is said to be
        ("Content-Type", "text/html; charset=\xff", GOOD),
        ("Authorization", "Bearer \xff", GOOD),  # on this computer nobody needs a token
        ("X-Forwarded-For", "Anna Miller", GOOD),
        ("X-Forwarded-Proto", "javascript", GOOD),
        ("X-HTTP-Method-Override", "DELETE", GOOD),
        ("Cookie", "a=b;" * 2000, GOOD),
        ("Origin", "null", (403, "origin")),
        ("Referer", "https://a.example/Miller", GOOD),
        ("Range", "bytes=0-1," * 1000, GOOD),
        ("Expect", "100-continue", GOOD),
        ("Expect", "a miracle", GOOD),
    ],
)
def test_a_hostile_header(attacked, name, value, expected):
    headers = [(name.encode(), value.encode("latin-1"))]
    answer = attacked.client.post("/segment", content=PNG, headers=headers)

    check(answer, expected)


# What is no request ----------------------------------------------------------

NO_HTTP, HEADERS = (400, "bad-request"), (431, "headers-too-large")
UNKNOWN, NOT_ALLOWED = (404, "about:blank"), (405, "about:blank")
END = b"\r\nHost: localhost\r\n\r\n"


def get(target, end=END):
    return b"GET " + target + b" HTTP/1.1" + end


def post(*headers, body=b"0\r\n\r\n"):
    return (
        b"POST /segment HTTP/1.1\r\nHost: localhost\r\n"
        + b"\r\n".join(headers)
        + b"\r\n\r\n"
        + body
    )


CHUNKED = b"Transfer-Encoding: chunked"
REQUESTS = {
    # Lengths
    "a negative length": (post(b"Content-Length: -1"), NO_HTTP),
    "a length with a sign": (post(b"Content-Length: +5"), NO_HTTP),
    "a length in words": (post(b"Content-Length: five"), NO_HTTP),
    "a hexadecimal length": (post(b"Content-Length: 0x5"), NO_HTTP),
    "a length with a space": (post(b"Content-Length: 1 0"), NO_HTTP),
    "no digits": (post(b"Content-Length: "), NO_HTTP),
    "a raised 2": (post(b"Content-Length: \xb2"), NO_HTTP),
    "a length of 10^18": (post(b"Content-Length: 1" + b"0" * 18, body=b""), TOO_LARGE),
    "a length of 5,000 digits": (post(b"Content-Length: " + b"9" * 5000, body=b""), (400, 413)),
    "two lengths": (post(b"Content-Length: 5", b"Content-Length: 6"), NO_HTTP),
    "two lengths in one": (post(b"Content-Length: 5, 6"), NO_HTTP),
    "a length of 0": (post(b"Content-Length: 0", body=b""), (400, "no-body")),
    "a length that is too short": (
        post(b"Content-Length: %d" % (len(PNG) // 2), body=PNG),
        DAMAGED,
    ),
    "a length and chunks": (post(b"Content-Length: 5", CHUNKED), NO_HTTP),
    "chunks and a length": (post(CHUNKED, b"Content-Length: 5"), NO_HTTP),
    "chunks": (post(CHUNKED), (411, "length-required")),
    "chunks twice": (post(CHUNKED, CHUNKED), NO_HTTP),
    "chunks after a space": (post(b"Transfer-Encoding : chunked"), NO_HTTP),
    "chunks in vain": (post(b"Transfer-Encoding: chunked\0"), NO_HTTP),
    "chunks of another kind": (post(b"Transfer-Encoding: xchunked"), NO_HTTP),
    "compressed chunks": (post(b"Transfer-Encoding: gzip, chunked"), NO_HTTP),
    "no encoding": (post(b"Transfer-Encoding: identity", b"Content-Length: 5"), NO_HTTP),
    "a chunk of no length": (post(CHUNKED, body=b"zz\r\nabc\r\n"), NO_HTTP),
    "a chunk of a negative length": (post(CHUNKED, body=b"-1\r\nabc\r\n"), NO_HTTP),
    "a chunk of 2^64": (post(CHUNKED, body=b"f" * 16 + b"\r\na"), (411, "length-required")),
    "a chunk of 2^400": (post(CHUNKED, body=b"f" * 100 + b"\r\na"), NO_HTTP),
    "a chunk's long extension": (post(CHUNKED, body=b"1;" + b"a" * 20000), HEADERS),
    # Headers
    "a header with a zero": (post(b"X-A: a\0b"), NO_HTTP),
    "a header with a line's end": (post(b"X-A: a\rb"), NO_HTTP),
    "a header without a colon": (post(b"X-A"), NO_HTTP),
    "a header without a name": (post(b": a"), NO_HTTP),
    "a header's name of two words": (post(b"X A: b"), NO_HTTP),
    "a header's name that is not ASCII": (post(b"X-\xc4: b"), NO_HTTP),
    "a header of 20,000 bytes": (post(b"X-A: " + b"a" * 20000), HEADERS),
    "3,000 headers": (post(*[b"X-%d: a" % number for number in range(3000)]), HEADERS),
    "1,000 headers": (
        post(*[b"X-%d: a" % number for number in range(1000)]),
        (411, "length-required"),
    ),
    "no host": (get(b"/health", b"\r\n\r\n"), NO_HTTP),
    "two hosts": (get(b"/health", b"\r\nHost: localhost" + END), NO_HTTP),
    "another host": (get(b"/health", b"\r\nHost: evil.example\r\n\r\n"), (403, "host")),
    "a host with a user": (get(b"/health", b"\r\nHost: a@localhost\r\n\r\n"), (403, "host")),
    "two hosts in one": (get(b"/health", b"\r\nHost: localhost, a\r\n\r\n"), (403, "host")),
    "a host of 9,000 letters": (
        get(b"/", b"\r\nHost: " + b"a" * 9000 + b"\r\n\r\n"),
        (403, "host"),
    ),
    "half an address": (get(b"/nowhere", b"\r\nHost: [::1\r\n\r\n"), (403, "host")),
    "an address and more": (get(b"/health", b"\r\nHost: [::1]a.example\r\n\r\n"), (403, "host")),
    "a port of letters": (get(b"/health", b"\r\nHost: localhost:http\r\n\r\n"), (403, "host")),
    "an empty host": (get(b"/health", b"\r\nHost:\r\n\r\n"), (403, "host")),
    # Targets
    "a target of 20,000 bytes": (get(b"/" + b"a" * 20000), HEADERS),
    "a target of 9,000 bytes": (get(b"/" + b"a" * 9000), UNKNOWN),
    "a whole address": (get(b"http://localhost/health"), UNKNOWN),
    "another's address": (get(b"http://evil.example/health"), UNKNOWN),
    "half an address as target": (get(b"[x"), UNKNOWN),
    "two slashes": (get(b"//evil.example/health"), UNKNOWN),
    "a slash at the end": (get(b"/health/"), UNKNOWN),
    "a path upwards": (get(b"/../../etc/Miller"), UNKNOWN),
    "a path upwards in code": (get(b"/docs/%2e%2e%2f%2e%2e%2fetc/Miller"), UNKNOWN),
    "a path with a zero": (get(b"/health%00"), UNKNOWN),
    "a path that is no UTF-8": (get(b"/%ff%fe%ed%a0%80%zz"), UNKNOWN),
    "a path with a line's end": (get(b"/%0d%0aX-Injected:%201"), UNKNOWN),
    "a path that is not ASCII": (get(b"/\xe4"), NO_HTTP),
    "a path with a space": (get(b"/a b"), NO_HTTP),
    "no path": (get(b""), NO_HTTP),
    "an asterisk": (b"OPTIONS * HTTP/1.1" + END, UNKNOWN),
    "a tunnel": (b"CONNECT localhost:80 HTTP/1.1" + END, UNKNOWN),
    # Methods and versions
    "TRACE": (b"TRACE /health HTTP/1.1" + END, NOT_ALLOWED),
    "PUT": (b"PUT /segment HTTP/1.1" + END, NOT_ALLOWED),
    "DELETE": (b"DELETE /corrections HTTP/1.1" + END, NOT_ALLOWED),
    "a method of 9,000 letters": (b"A" * 9000 + b" /health HTTP/1.1" + END, NOT_ALLOWED),
    "a method that is not ASCII": (b"G\xc4T /health HTTP/1.1" + END, NO_HTTP),
    "a page's request for leave": (
        b"OPTIONS /segment HTTP/1.1\r\nOrigin: https://a.example" + END,
        (403, "origin"),
    ),
    "HTTP/0.9": (b"GET /health\r\n\r\n", NO_HTTP),
    "HTTP/1.0 without a host": (b"GET /health HTTP/1.0\r\n\r\n", (403, "host")),
    "HTTP/1": (b"GET /health HTTP/1" + END, NO_HTTP),
    "HTTP/2": (b"PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n" + bytes(9), NO_HTTP),
    "HTTP/3": (b"GET /health HTTP/3.0" + END, NO_HTTP),
    "small letters": (b"GET /health http/1.1" + END, NO_HTTP),
    # Other protocols
    "TLS": (bytes.fromhex("16030102000100 01fc0303") + bytes(500), NO_HTTP),
    "SSH": (b"SSH-2.0-OpenSSH_9.9\r\n\r\n", NO_HTTP),
    "SMTP": (b"EHLO a.example\r\n\r\n", NO_HTTP),
    "Redis": (b"*1\r\n$8\r\nFLUSHALL\r\n\r\n", NO_HTTP),
    "zeros": (bytes(1000), NO_HTTP),
    "a response": (b"HTTP/1.1 200 OK\r\n\r\n", NO_HTTP),
    "a photo": (PNG + b"\r\n\r\n", NO_HTTP),
}


@contextmanager
def connected(attacked):
    address = httpx.URL(attacked.service.address)
    with socket.create_connection((address.host, address.port), timeout=60) as connection:
        yield connection


class Answer(NamedTuple):
    """The parts of an answer that check looks at."""

    status_code: int
    headers: object
    text: str

    def json(self):
        return json.loads(self.text)


def answer_on(connection):
    response = http.client.HTTPResponse(connection)
    response.begin()
    return Answer(response.status, response.headers, response.read().decode())


@pytest.mark.parametrize("name", REQUESTS)
def test_a_hostile_request(attacked, name):
    sent, expected = REQUESTS[name]

    with connected(attacked) as connection:
        connection.sendall(sent)
        answer = answer_on(connection)

    check(answer, expected)
    assert "X-Injected" not in answer.headers


def test_a_request_that_is_smuggled_behind_chunks_is_not_answered(attacked):
    with connected(attacked) as connection:
        connection.sendall(post(CHUNKED, b"Content-Length: 5") + get(b"/health"))

        said = connection.makefile("rb").read()  # until it is closed

    assert said.count(b"HTTP/1.1 ") == 1
    assert said.startswith(b"HTTP/1.1 400 ")


def test_nonsense_behind_a_request_ends_the_connection_after_its_answer(attacked):
    with connected(attacked) as connection:
        connection.sendall(get(b"/health") + b"\0 nonsense\r\n\r\n")

        said = connection.makefile("rb").read()

    assert said.startswith(b"HTTP/1.1 200 ")
    assert b"HTTP/1.1 400 " in said


@pytest.mark.parametrize(
    "wish",
    [
        b"Connection: Upgrade\r\nUpgrade: websocket\r\nSec-WebSocket-Version: 13",
        b"Connection: Upgrade, HTTP2-Settings\r\nUpgrade: h2c\r\nHTTP2-Settings: AAMA",
        b"Connection: upgrade",
        b"Upgrade: TLS/1.2",
    ],
)
def test_a_wish_for_another_protocol_is_ignored(attacked, wish):
    with connected(attacked) as connection:
        connection.sendall(get(b"/health", b"\r\n" + wish + END))

        assert answer_on(connection).status_code == 200


# After all this --------------------------------------------------------------


def test_the_store_has_nothing_but_what_it_makes(attacked):
    its_own = r"\.lock|[0-9a-f]{32}\.png|reader_anna|reader_anna/(readings\.csv|earlier)"
    its_own += r"|reader_anna/(earlier/)?[0-9a-f]{32}[-.0-9TZ]*\.zip"

    for path in attacked.store.rglob("*"):
        assert re.fullmatch(its_own, path.relative_to(attacked.store).as_posix())
    for path in attacked.store.rglob("*.zip"):
        assert read_rois(path)


def test_the_log_is_json_without_a_fault_or_a_name(attacked):
    for line in attacked.service.said():
        assert "fault" not in json.loads(line)
        assert json.loads(line).get("client") in (None, "127.0.0.1")
        assert "Miller" not in line
        assert "anna" not in line.lower()


def test_what_libraries_complain_of_is_json_without_their_words(service_program):
    code = (
        "import logging\n"
        "from erythema.service.journal import log_json_lines\n"
        "log_json_lines()\n"
        "logging.getLogger('asyncio').error('an exception\\nthat nobody asked for')\n"
    )

    run = subprocess.run(
        [str(service_program), "-c", code], capture_output=True, text=True, check=True
    )

    line = json.loads(run.stderr)
    assert (line["event"], line["logger"]) == ("library", "asyncio")
    assert "nobody asked for" not in run.stderr


@pytest.mark.skipif(not sys.platform.startswith("linux"), reason="reads memory as Linux shows it")
def test_no_hostile_file_took_more_than_400_megabytes(attacked):
    """The most, some 300: outlines of 100 MB, which are unpacked before they are refused."""
    assert attacked.peak() - attacked.memory_before < 400 * 10**6


@pytest.mark.skipif(not sys.platform.startswith("linux"), reason="reads memory as Linux shows it")
def test_the_largest_photo_takes_24_bytes_a_pixel_and_gives_them_back(attacked):
    """With alpha: three images of 4 bytes a pixel; then the photo and its probability."""
    assert segment(attacked.client, largest_photo()).status_code == 200

    assert attacked.peak() - attacked.memory_before < 24 * 8000 * 8000
    segment(attacked.client)
    now = memory(attacked.service.process.pid, "VmRSS")
    assert now - attacked.memory_before < 400 * 10**6


@functools.lru_cache(None)
def largest_photo():
    """A PNG of 64 megapixels in a quarter of a megabyte."""
    return encoded_as("PNG", Image.new("RGBA", (8000, 8000), (204, 204, 153, 9)), compress_level=1)
