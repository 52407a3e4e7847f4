"""Small pictures of photos and masks, as data URIs that lie within the page."""

import base64
import io
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray
from PIL import Image

LONGER_SIDE = 320  # pixels

# Told apart without colour vision and in grey print (Okabe and Ito 2008).
BLACK, WHITE, BLUE, ORANGE = (0, 0, 0), (255, 255, 255), (86, 180, 233), (213, 94, 0)


@dataclass(frozen=True)
class Picture:
    """A picture as an ``<img>`` shows it."""

    uri: str
    width: int
    height: int


def photo_picture(photo: NDArray[np.uint8]) -> Picture:
    """Return a photo (height, width, 3) as a JPEG whose longer side is at most 320 pixels."""
    return _encode(_smaller(Image.fromarray(photo), Image.Resampling.LANCZOS), "JPEG", quality=82)


def mask_picture(mask: NDArray[np.bool_]) -> Picture:
    """Return a mask (height, width) as a PNG: white inside, black outside."""
    return _palette_picture(mask.astype(np.uint8), BLACK + WHITE)


def agreement_picture(found: NDArray[np.bool_], drawn: NDArray[np.bool_]) -> Picture:
    """Return two masks (height, width) in one PNG.

    White where both are, blue what was found only, orange what was drawn only.
    """
    return _palette_picture(found + 2 * drawn.astype(np.uint8), BLACK + BLUE + ORANGE + WHITE)


def _palette_picture(indices: NDArray[np.uint8], palette: tuple[int, ...]) -> Picture:
    image = Image.fromarray(indices)
    image.putpalette(palette)
    return _encode(_smaller(image, Image.Resampling.NEAREST), "PNG", optimize=True)


def _smaller(image: Image.Image, resampling: Image.Resampling) -> Image.Image:
    image.thumbnail((LONGER_SIDE, LONGER_SIDE), resampling)
    return image


def _encode(image: Image.Image, kind: str, **options: int | bool) -> Picture:
    buffer = io.BytesIO()
    image.save(buffer, kind, **options)
    content = base64.b64encode(buffer.getvalue()).decode("ascii")
    return Picture(f"data:image/{kind.lower()};base64,{content}", *image.size)
