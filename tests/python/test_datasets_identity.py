"""Which photo a file holds: the same bytes, or the same picture stored again."""

import hashlib
import io
import sys
from itertools import combinations
from pathlib import Path

import numpy as np
import pytest
from PIL import Image

from erythema.datasets.identity import (
    IdentityError,
    alike,
    look_alikes,
    perceptual_hash,
    sha256,
)

SAMPLES = sorted(Path(__file__).parents[2].glob("python/erythema/samples/*.jpg"))
NOTHING = "0" * 36
BITS_24 = "f" * 6 + "0" * 30
BITS_26 = "f" * 6 + "3" + "0" * 29


def hashed(image: Image.Image) -> str:
    return perceptual_hash(np.asarray(image))


@pytest.fixture(params=SAMPLES, ids=lambda path: path.stem)
def photo(request) -> Image.Image:
    return Image.open(request.param).convert("RGB")


def test_the_sha256_is_that_of_the_bytes(tmp_path):
    (tmp_path / "P1.png").write_bytes(b"photo")
    assert sha256(tmp_path / "P1.png") == hashlib.sha256(b"photo").hexdigest()


def test_a_perceptual_hash_has_36_hexadecimal_digits(photo):
    assert len(hashed(photo)) == 36
    assert int(hashed(photo), 16) > 0


def test_a_photo_stored_as_a_poorer_jpeg_is_alike(photo):
    buffer = io.BytesIO()
    photo.save(buffer, "JPEG", quality=30)
    assert alike(hashed(photo), hashed(Image.open(buffer)))


def test_a_photo_scaled_to_a_quarter_is_alike(photo):
    small = photo.resize((photo.width // 4, photo.height // 4), Image.Resampling.LANCZOS)
    assert alike(hashed(photo), hashed(small))


def test_a_photo_that_lost_a_hundredth_at_each_edge_is_alike(photo):
    x, y = photo.width // 100, photo.height // 100
    assert alike(hashed(photo), hashed(photo.crop((x, y, photo.width - x, photo.height - y))))


@pytest.mark.parametrize(("one", "other"), list(combinations(SAMPLES, 2)))
def test_photos_of_different_patients_are_not_alike(one, other):
    assert not alike(hashed(Image.open(one)), hashed(Image.open(other)))


def test_hashes_are_alike_up_to_24_bits():
    assert alike(NOTHING, BITS_24)
    assert not alike(NOTHING, BITS_26)


def test_photos_of_one_group_are_not_compared():
    assert look_alikes([NOTHING, BITS_24], ["anna", "anna"]) == []


def test_a_later_photo_is_paired_with_the_first_that_it_looks_like():
    hashes = [BITS_26, NOTHING, NOTHING, NOTHING]
    assert look_alikes(hashes, ["anna", "ben", "cleo", "dora"]) == [(1, 2), (1, 3)]


def test_a_device_without_imagehash_says_what_to_install(monkeypatch):
    monkeypatch.setitem(sys.modules, "imagehash", None)
    with pytest.raises(IdentityError, match="pip install ImageHash"):
        perceptual_hash(np.zeros((8, 8, 3), np.uint8))
