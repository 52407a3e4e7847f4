"""The small pictures in a report."""

import base64
import io

import numpy as np
from PIL import Image

from erythema.reports.pictures import agreement_picture, mask_picture, photo_picture


def pixels(picture):
    content = base64.b64decode(picture.uri.partition("base64,")[2])
    return np.asarray(Image.open(io.BytesIO(content)).convert("RGB")).tolist()


def test_a_large_photo_is_shrunk_to_320_pixels():
    picture = photo_picture(np.zeros((400, 800, 3), np.uint8))
    assert (picture.width, picture.height) == (320, 160)
    assert picture.uri.startswith("data:image/jpeg;base64,")


def test_a_small_photo_keeps_its_size():
    picture = photo_picture(np.zeros((20, 30, 3), np.uint8))
    assert (picture.width, picture.height) == (30, 20)


def test_a_mask_is_white_on_black():
    assert pixels(mask_picture(np.array([[False, True]]))) == [[[0, 0, 0], [255, 255, 255]]]


def test_what_was_found_is_coloured_by_how_it_agrees():
    found = np.array([[False, True, False, True]])
    drawn = np.array([[False, False, True, True]])
    black, blue, orange, white = [0, 0, 0], [86, 180, 233], [213, 94, 0], [255, 255, 255]
    assert pixels(agreement_picture(found, drawn)) == [[black, blue, orange, white]]
