"""Reads a photo: the stored pixels of a JPEG, PNG, TIFF or BMP file, as ImageJ shows them.

EXIF orientation and ICC profile are both not applied, because ImageJ applies neither and outlines
are drawn on the pixels that ImageJ shows.
"""

import io
import logging
import os
import re
import struct
import warnings
from importlib.util import find_spec
from pathlib import Path
from typing import Any, Iterable, Optional, Tuple, Union

import numpy as np
import tifffile
from PIL import Image, UnidentifiedImageError

from erythema.errors import ErythemaError

PHOTO_SUFFIXES = (".jpg", ".jpeg", ".png", ".tif", ".tiff", ".bmp")
MAX_BYTES = 256 * 1024 * 1024
MAX_PIXELS = 64 * 1000 * 1000
MIN_SIDE = 32
MAX_SIDE = 60536  # where the coordinates of ImageJ's ROI files end

_SIGNATURES = (
    (b"\xff\xd8\xff", "JPEG"),
    (b"\x89PNG\r\n\x1a\n", "PNG"),
    (b"BM", "BMP"),
    (b"II*\x00", "TIFF"),
    (b"MM\x00*", "TIFF"),
    (b"II+\x00", "TIFF"),
    (b"MM\x00+", "TIFF"),
)
_GREY_MODES = ("1", "L", "LA", "La", "I", "I;16", "I;16B", "I;16L", "F")
# None, LZW, Deflate (both codes) and PackBits: what ImageJ and image editors write without loss.
# Without imagecodecs, as on a Jetson Nano, tifffile would inflate a strip to any size: none only.
_TIFF_COMPRESSIONS = (1, 5, 8, 32946, 32773) if find_spec("imagecodecs") else (1,)
_ICC_PROFILE_TAG = 34675
_RUN_LENGTHS = (b"\x01\0\0\0", b"\x02\0\0\0")  # compressions of a BMP, of 8 and of 4 bits
_OLDEST_BMP = b"\x0c\0\0\0"  # a header of 12 bytes, without a compression

# A file of a few bytes can ask for gigabytes or for hours. What a camera or an editor writes stays
# far below these.
_MOST_PARTS = 100000  # chunks of a PNG, segments of a JPEG
_MOST_SCANS = 100  # of a progressive JPEG
_MOST_IMAGES = 100  # that are counted in a TIFF
_MOST_TAGS = 4096  # of one of them
_MOST_NUMBERS = 2**20  # in its tags
_SMALLEST_TILE = 16  # pixels a side; TIFF allows no smaller one
_JPEG_MARKER = re.compile(b"\xff[\xc0-\xcf\xd9-\xfe]")  # of what has a length, and of the end
_JPEG_SCAN, _JPEG_END = 0xDA, 0xD9
_TIFF_TEXTS = (1, 2, 6, 7)  # types of one byte each

# What tifffile logs about a damaged file, PhotoError says in words that a person understands.
logging.getLogger("tifffile").addHandler(logging.NullHandler())


class PhotoError(ErythemaError, ValueError):
    """A file that is not a usable photo; the message names the file, the reason and the remedy."""


class PhotoTooLarge(PhotoError):
    """More bytes or pixels than the limit."""


class NotAPhoto(PhotoError):
    """An intact or unknown file of a kind that is no colour photo."""


class PhotoWarning(UserWarning):
    """A photo that is read, but not shown in its own colours."""


def read_photo(
    source: Union[bytes, str, "os.PathLike[str]"],
    name: Optional[str] = None,
    max_bytes: int = MAX_BYTES,
    max_pixels: int = MAX_PIXELS,
) -> np.ndarray:
    """Return the stored pixels of a photo as uint8 of shape (height, width, 3), RGB in 0..255.

    Eight-bit samples are returned as they are. Of sixteen-bit samples in a PNG the high byte is
    returned; those in a TIFF are brought to eight bits over the display range that ImageJ saved
    (else over 0..65535), by the rule of ImageJ's *RGB Color* conversion.

    Parameters
    ----------
    source: the file's bytes, or its path.
    name: what messages call the photo; by default the file's name.
    max_bytes, max_pixels: limits, both checked before anything is decoded.

    Raises
    ------
    PhotoError: not a JPEG, PNG, TIFF or BMP file; damaged; grey, CMYK or animated; too large; or
        smaller than 32 pixels, or longer than 60536 on one side.
    """
    data, name = _load(source, name, max_bytes)
    kind = _kind(data, name)
    # A decoder may raise anything on damaged bytes, so every other exception means "damaged".
    try:
        photo = (_read_tiff if kind == "TIFF" else _read_with_pillow)(data, kind, name, max_pixels)
    except PhotoError:
        raise
    except Exception as error:
        raise PhotoError(
            "{}: the {} file is damaged ({}). Copy it again from where it came from, "
            "or open it in ImageJ and save it anew.".format(name, kind, error)
        ) from error
    return np.ascontiguousarray(photo)


def _load(
    source: Union[bytes, str, "os.PathLike[str]"], name: Optional[str], max_bytes: int
) -> Tuple[bytes, str]:
    if isinstance(source, bytes):
        name = name or "the photo"
        _check_bytes(len(source), name, max_bytes)
        return source, name
    path = Path(source)
    name = name or path.name
    if path.is_dir():
        raise PhotoError("{}: a folder. Name one of the photos in it.".format(name))
    if not path.is_file():
        raise PhotoError("{}: there is no such file. Check the path {}.".format(name, path))
    _check_bytes(path.stat().st_size, name, max_bytes)
    try:
        return path.read_bytes(), name
    except OSError as error:
        raise PhotoError(
            "{}: the file cannot be read ({}).".format(name, error.strerror)
        ) from error


def _check_bytes(size: int, name: str, max_bytes: int) -> None:
    if size == 0:
        raise PhotoError("{}: the file is empty. Copy it again.".format(name))
    if size > max_bytes:
        raise PhotoTooLarge(
            "{}: {:,} bytes, more than the limit of {:,}. Crop it or save it as JPEG.".format(
                name, size, max_bytes
            )
        )


def _check_pixels(
    width: int, height: int, name: str, max_pixels: int, min_side: int = MIN_SIDE
) -> None:
    if width * height > max_pixels:
        raise PhotoTooLarge(
            "{}: {} x {} pixels, more than the limit of {:,}. Crop or scale the photo.".format(
                name, width, height, max_pixels
            )
        )
    if max(width, height) > MAX_SIDE:
        raise PhotoTooLarge(
            "{}: {} x {} pixels; ImageJ's outlines reach {:,} pixels only. Crop or scale the "
            "photo.".format(name, width, height, MAX_SIDE)
        )
    if min(width, height) < min_side:
        raise PhotoError(
            "{}: {} x {} pixels is too small for a photo of skin; both sides need at least "
            "{} pixels.".format(name, width, height, min_side)
        )


def _kind(data: bytes, name: str) -> str:
    for signature, kind in _SIGNATURES:
        if data.startswith(signature):
            return kind
    raise NotAPhoto(
        "{}: not a JPEG, PNG, TIFF or BMP file. Open it in ImageJ and save it as one "
        "of these.".format(name)
    )


def _grey(name: str) -> NotAPhoto:
    return NotAPhoto(
        "{}: a grey image. Erythema is found by its colour: use the colour photo.".format(name)
    )


def _read_with_pillow(data: bytes, kind: str, name: str, max_pixels: int) -> np.ndarray:
    if kind == "PNG":
        _check_png_parts(data)
    elif kind == "JPEG":
        _check_jpeg_parts(data)
    elif data[14:18] != _OLDEST_BMP and data[30:34] in _RUN_LENGTHS:
        raise NotAPhoto(
            "{}: a BMP compressed by run lengths. Save it without compression.".format(name)
        )
    with warnings.catch_warnings():
        # Our own limit on pixels, checked next, is the stricter one.
        warnings.simplefilter("ignore", Image.DecompressionBombWarning)
        try:
            image = Image.open(io.BytesIO(data), formats=[kind])
        except Image.DecompressionBombError as error:
            raise PhotoTooLarge(
                "{}: more than the limit of {:,} pixels. Crop or scale the photo.".format(
                    name, max_pixels
                )
            ) from error
        except UnidentifiedImageError as error:
            raise ValueError("its header makes no sense") from error
    with image:
        _check_pixels(image.width, image.height, name, max_pixels)
        # A JPEG may carry a preview or a depth map as further frames (MPO): the first is the photo.
        if kind == "PNG" and getattr(image, "n_frames", 1) > 1:
            raise NotAPhoto("{}: an animated image. Save the one frame you need.".format(name))
        if image.mode in _GREY_MODES:
            raise _grey(name)
        if image.mode not in ("RGB", "RGBA", "P"):
            raise _not_rgb(name, image.mode)
        _warn_of_profile(image.info.get("icc_profile"), name)
        image.load()
        if image.mode == "RGBA":
            # ImageJ shows transparent parts on white.
            white = Image.new("RGBA", image.size, (255, 255, 255, 255))
            return _pixels(Image.alpha_composite(white, image))
        photo = _pixels(image)
        # ImageJ shows a JPEG with three equal channels, and a palette of greys, as a grey image.
        if (kind == "JPEG" or image.mode == "P") and _is_grey(photo):
            raise _grey(name)
        return photo


def _pixels(image: Image.Image) -> np.ndarray:
    """An image's colours, not by way of asarray: with it, older Pillows leave a copy behind."""
    rgb = image.convert("RGB")
    return np.frombuffer(rgb.tobytes(), np.uint8).reshape(rgb.height, rgb.width, 3)


def _check_png_parts(data: bytes) -> None:
    position, parts = 8, 0
    while data[position + 4 : position + 8] not in (b"", b"IEND"):
        parts += 1
        if parts > _MOST_PARTS:
            raise ValueError("more than {:,} chunks".format(_MOST_PARTS))
        position += 12 + int.from_bytes(data[position : position + 4], "big")


def _check_jpeg_parts(data: bytes) -> None:
    parts = scans = 0
    found = _JPEG_MARKER.search(data, 2)
    while found is not None and found.group()[1] != _JPEG_END:
        parts += 1
        scans += found.group()[1] == _JPEG_SCAN
        if parts > _MOST_PARTS or scans > _MOST_SCANS:
            raise ValueError("more than {:,} segments or {} scans".format(_MOST_PARTS, _MOST_SCANS))
        length = int.from_bytes(data[found.end() : found.end() + 2], "big")
        found = _JPEG_MARKER.search(data, found.end() + length)


def _not_rgb(name: str, colours: str) -> NotAPhoto:
    return NotAPhoto(
        "{}: its colours are stored as {}, not as RGB. Convert it to RGB in an image editor "
        "that knows its colour profile.".format(name, colours)
    )


def _is_grey(photo: np.ndarray) -> bool:
    red, green, blue = photo[..., 0], photo[..., 1], photo[..., 2]
    return bool(np.array_equal(red, green) and np.array_equal(green, blue))


def _warn_of_profile(profile: Optional[bytes], name: str) -> None:
    if profile and b"sRGB" not in profile and "sRGB".encode("utf-16-be") not in profile:
        warnings.warn(
            "{}: has a colour profile other than sRGB, which is not applied (ImageJ does not "
            "apply it either); its reds may look paler than they are.".format(name),
            PhotoWarning,
            stacklevel=2,
        )


def _read_tiff(data: bytes, kind: str, name: str, max_pixels: int) -> np.ndarray:
    images = count_tiff_images(data)
    # These microscopes' files have more pages than they say.
    with tifffile.TiffFile(io.BytesIO(data), is_lsm=False, is_scanimage=False) as tif:
        page = tif.pages[0]
        _check_pixels(page.imagewidth, page.imagelength, name, max_pixels)
        if page.is_tiled:
            _check_pixels(page.tilewidth, page.tilelength, name, max_pixels, min_side=1)
            if min(page.tilewidth, page.tilelength) < _SMALLEST_TILE:
                raise ValueError("tiles of {} x {} pixels".format(page.tilewidth, page.tilelength))
        _check_tiff_kind(page, name)
        composite = _is_composite(tif, images, name)
        if not composite and max(images, _frames(tif)) > 1:
            raise NotAPhoto(
                "{}: a stack of {} images. Save the one image you need (ImageJ: Image > "
                "Duplicate..., then File > Save As).".format(name, max(images, _frames(tif)))
            )
        _warn_of_profile(_tag(page, _ICC_PROFILE_TAG), name)
        if composite:
            channels = np.asarray(tif.series[0].asarray()).reshape(
                3, page.imagelength, page.imagewidth
            )
            return _to_8_bits(np.moveaxis(channels, 0, 2), _display_ranges(tif))
        pixels = page.asarray()
        if int(page.photometric) == 3:
            colours = np.asarray(page.colormap).T >> 8
            if _is_grey(colours):
                raise _grey(name)
            return colours.astype(np.uint8)[pixels]
        if int(page.planarconfig) == 2:
            pixels = np.moveaxis(pixels, 0, 2)
        return _to_8_bits(pixels[..., :3], None)


def count_tiff_images(data: bytes) -> int:
    """Return the number of images in a TIFF, at most 100; its tags are fit to be loaded after it.

    tifffile loads each tag's values, however many, and those that overlap as often as they are
    named.

    Raises
    ------
    ValueError, struct.error: it is damaged, or its tags hold more than the whole file.
    """
    order = "<" if data.startswith(b"II") else ">"
    big = 43 in data[2:4]
    offset, count, tag = ("Q", "Q", "HHQ8x") if big else ("I", "H", "HHI4x")
    offset, count, tag = order + offset, order + count, order + tag
    (position,) = struct.unpack_from(offset, data, 8 if big else 4)
    images = 0
    while 0 < position < len(data) and images < _MOST_IMAGES:
        (tags,) = struct.unpack_from(count, data, position)
        first = position + struct.calcsize(count)
        end = first + tags * struct.calcsize(tag)
        if tags > _MOST_TAGS:
            raise ValueError("{} tags".format(tags))
        _check_tiff_tags(struct.iter_unpack(tag, data[first:end]), len(data))
        (position,) = struct.unpack_from(offset, data, end)
        images += 1
    return images


def _check_tiff_tags(tags: Iterable[Tuple[int, ...]], most_bytes: int) -> None:
    texts = numbers = 0
    for _, kind, count in tags:
        if kind in _TIFF_TEXTS:
            texts += count
        else:
            numbers += count
    if texts > most_bytes or numbers > _MOST_NUMBERS:
        raise ValueError("its tags hold more than the file")


def _check_tiff_kind(page: Any, name: str) -> None:
    """Refuse what would need another decoder, and what holds no colours."""
    if int(page.compression) not in _TIFF_COMPRESSIONS:
        raise NotAPhoto(
            "{}: a TIFF compressed with {}, which is not read on this device. Open it in ImageJ or "
            "an image editor and save it without compression.".format(
                name, getattr(page.compression, "name", page.compression)
            )
        )
    photometric = int(page.photometric)
    if photometric == 5:
        raise _not_rgb(name, "CMYK")
    if photometric not in (0, 1, 2, 3):
        raise _not_rgb(name, getattr(page.photometric, "name", str(photometric)))
    if page.dtype is None or page.dtype.name not in ("uint8", "uint16"):
        raise NotAPhoto(
            "{}: a TIFF of {} samples; a photo has 8 or 16 bits a sample (ImageJ: Image > Type > "
            "RGB Color).".format(name, page.dtype or "unknown")
        )
    if photometric == 3 and page.dtype.name != "uint8":
        raise NotAPhoto("{}: a palette of 16 bits; save it as an RGB image.".format(name))
    if photometric == 2 and page.samplesperpixel < 3:
        raise _grey(name)
    if page.size > 4 * page.imagewidth * page.imagelength:
        raise NotAPhoto(
            "{}: a TIFF of more than red, green, blue and alpha. Save the three colours alone "
            "(ImageJ: Image > Type > RGB Color).".format(name)
        )


def _is_composite(tif: Any, images: int, name: str) -> bool:
    """Tell whether this is ImageJ's composite of three channels; refuse grey images."""
    page = tif.pages[0]
    if int(page.photometric) not in (0, 1):
        return False
    metadata = tif.imagej_metadata or {} if tif.is_imagej else {}
    if metadata.get("channels") == 3 and metadata.get("images") == 3 and images in (1, 3):
        return True
    if max(images, _frames(tif)) > 1:
        return False
    raise _grey(name)


def _frames(tif: Any) -> int:
    """Number of images that ImageJ's own description counts (it may store them as one page)."""
    metadata = tif.imagej_metadata or {} if tif.is_imagej else {}
    return int(metadata.get("images", 1))


def _tag(page: Any, code: int) -> Any:
    tag = page.tags.get(code)
    return None if tag is None else tag.value


def _display_ranges(tif: Any) -> Optional[Tuple[float, ...]]:
    ranges = (tif.imagej_metadata or {}).get("Ranges")
    return tuple(ranges) if ranges is not None and len(ranges) == 6 else None


def _to_8_bits(pixels: np.ndarray, ranges: Optional[Tuple[float, ...]]) -> np.ndarray:
    """Bring samples to 8 bits over each channel's display range (ij.process.ShortProcessor)."""
    if pixels.dtype == np.uint8:
        return pixels
    if ranges is None:
        ranges = (0, 65535) * 3
    channels = []
    for channel, (low, high) in enumerate(zip(ranges[0::2], ranges[1::2])):
        scaled = (np.arange(65536) - low) * (256.0 / (high - low + 1)) + 0.5
        levels = np.clip(np.floor(scaled), 0, 255).astype(np.uint8)
        channels.append(levels[pixels[..., channel]])
    return np.stack(channels, axis=2)
