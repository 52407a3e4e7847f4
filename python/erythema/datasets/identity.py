"""Which photo a file holds: the same bytes, or the same picture stored again.

Measured by ``tests/benchmarks/photo_likeness.py``: bits of the hash that differ, on 121 photos of
95 patients and 13 forearms, all 7260 pairs of them, and each photo beside copies of itself.

=====================================  ==========  ============  ============
                                       8 x 8 bits  12 x 12 bits  16 x 16 bits
=====================================  ==========  ============  ============
copy: JPEG quality 90, largest                  2             4             4
copy: JPEG quality 60, largest                  2             6             8
copy: JPEG quality 30, largest                  4            12            14
copy: half the size, largest                    2             4             4
copy: a quarter of the size, largest            2             4             6
copy: a quarter, quality 30, largest            6            22            42
copy: 1 % cut off each edge, largest            8            14            26
copy: 2 % cut off each edge, largest           10            22            54
two photos of one arm, smallest                12            26            66
photos of two patients, smallest               10            34            48
=====================================  ==========  ============  ============

Only 12 x 12 bits keep all copies apart from all others. A copy that was turned or mirrored, or of
which more was cut off, is not recognised.
"""

import hashlib
from pathlib import Path

import numpy as np

HASH_SIDE = 12  # bits
LARGEST_DISTANCE = 24  # bits; differences are even in number


def sha256(path: Path) -> str:
    """Return the SHA-256 of a file's bytes, 64 hexadecimal digits."""
    return hashlib.sha256(Path(path).read_bytes()).hexdigest()


def perceptual_hash(photo: np.ndarray) -> str:
    """Return what stays of a photo, uint8 (height, width, 3), when it is stored anew: 36 hex digits.

    The signs of its lowest 12 x 12 cosine frequencies about their median, as the package ImageHash
    computes them (Zauner 2010, Implementation and Benchmarking of Perceptual Image Hash Functions).
    """
    import imagehash
    from PIL import Image

    return str(imagehash.phash(Image.fromarray(photo), hash_size=HASH_SIDE))


def distance(a: str, b: str) -> int:
    """Return in how many bits two perceptual hashes differ, 0 to 144.

    >>> distance("0f", "1e")
    2
    """
    return bin(int(a, 16) ^ int(b, 16)).count("1")


def alike(a: str, b: str) -> bool:
    """Return whether two perceptual hashes are those of one picture, most likely."""
    return distance(a, b) <= LARGEST_DISTANCE
