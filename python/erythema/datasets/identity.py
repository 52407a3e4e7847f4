"""Which photo a file holds: the same bytes, or the same picture stored again.

Measured by ``tests/benchmarks/photo_likeness.py``: bits of the hash that differ, on 121 photos of
108 patients, all 7260 pairs of them, and each photo beside copies of itself.

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
from typing import Hashable, List, Sequence, Tuple

import numpy as np
from PIL import Image

from erythema.errors import ErythemaError

HASH_SIDE = 12  # bits
LARGEST_DISTANCE = 24  # bits; differences are even in number


class IdentityError(ErythemaError):
    """Photos cannot be compared on this device; the message says what to install."""


def sha256(path: Path) -> str:
    """Return the SHA-256 of a file's bytes, 64 hexadecimal digits."""
    return hashlib.sha256(Path(path).read_bytes()).hexdigest()


def perceptual_hash(photo: np.ndarray) -> str:
    """Return what stays of a photo, uint8 (height, width, 3), when it is stored anew.

    That is 36 hexadecimal digits: its 12 x 12 lowest cosine frequencies, each above or below their
    median (Krawetz 2011, Looks Like It, www.hackerfactor.com, as the package ImageHash has it).

    Raises
    ------
    IdentityError: the package ImageHash is not installed.
    """
    try:
        import imagehash
    except ImportError as error:
        raise IdentityError(
            "Comparing photos needs ImageHash, which is not on this device. Install it with: "
            "pip install ImageHash"
        ) from error
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


def look_alikes(hashes: Sequence[str], groups: Sequence[Hashable]) -> List[Tuple[int, int]]:
    """Return pairs (earlier, later) of photos that are alike though of different groups.

    For each later photo only the first earlier one is named.

    Parameters
    ----------
    hashes: the perceptual hash of each photo.
    groups: such as the patient of each photo.

    >>> look_alikes(["0", "1", "0"], ["anna", "anna", "ben"])
    [(0, 2)]
    """
    pairs = []
    for later, code in enumerate(hashes):
        for earlier in range(later):
            if groups[earlier] != groups[later] and alike(hashes[earlier], code):
                pairs.append((earlier, later))
                break
    return pairs
