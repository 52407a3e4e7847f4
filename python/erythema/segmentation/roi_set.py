"""ImageJ's ROI files: a ``.roi``, a ROI set (``.zip``), or the overlay inside a photo's TIFF."""

import hashlib
import io
import logging
import os
import re
import struct
import zipfile
from pathlib import Path
from typing import Any, Dict, Iterable, List, NamedTuple, Sequence, Set, Tuple, Union

import numpy as np
import roifile
import tifffile

from erythema.errors import ErythemaError
from erythema.files import write_beside
from erythema.segmentation.outline import area
from erythema.segmentation.photo import count_tiff_images

_LOWEST, _HIGHEST = -5000, 60536  # ImageJ's range of whole coordinates
_MOST_BYTES = 16 * 1024 * 1024  # of all ROIs of a set, unpacked
_MOST_OUTLINES = 10000  # of all ROIs of a set
_LONGEST_ENTRY = 200  # letters of a ROI's name that become its entry's in a ZIP
_AREA_TYPES = (roifile.ROI_TYPE.POLYGON, roifile.ROI_TYPE.FREEHAND, roifile.ROI_TYPE.TRACED)

# What roifile logs about a damaged ROI goes to standard error, the log of the service.
logging.getLogger("roifile").addHandler(logging.NullHandler())


class RoiError(ErythemaError, ValueError):
    """A ROI file that cannot be read or written; the message names file, reason and remedy."""


class Roi(NamedTuple):
    """One ImageJ ROI: its name, its outlines (filled together, even-odd) and its properties.

    ``position``: where in a stack it lies, counted from 1: nothing for everywhere, (slice,) in a
    plain stack, or (channel, slice, frame), each 0 for all.
    ``stroke``: alpha, red, green and blue of its line, a byte each; all 0: as ImageJ is set. It is
    written, and not read.
    """

    name: str
    outlines: List[np.ndarray]
    properties: Dict[str, str]
    stroke: bytes = bytes(4)
    position: Tuple[int, ...] = ()


def digest(outline: np.ndarray) -> str:
    """SHA-256 of an outline as a polygon of float32: an outline is unedited while this fits.

    >>> import numpy as np
    >>> digest(np.array([[0.0, 0.0], [2.0, 0.0], [2.0, 1.0]]))[:16]
    'afbe619eb4d28551'
    """
    return hashlib.sha256(b"polygon" + np.asarray(outline, ">f4").tobytes()).hexdigest()


def is_unedited(roi: Roi) -> bool:
    """Tell whether a ROI is a network's outline that nobody has changed since."""
    return len(roi.outlines) == 1 and roi.properties.get("erythema.digest") == digest(
        roi.outlines[0]
    )


def read_rois(source: Union[bytes, str, "os.PathLike[str]"], name: str = "") -> List[Roi]:
    """Return the ROIs of a ``.roi``, of a ROI set, or of the overlay in a TIFF.

    Rectangles, ovals, polygons, freehand and traced outlines and composites are read; each fills
    (``outline.fill``) to the mask that ImageJ makes of it.

    Parameters
    ----------
    source: the file's bytes, or its path.
    name: what messages call the file; by default its own name.

    Raises
    ------
    RoiError: no such file; not one of the three kinds; damaged; more than 16 MiB or 10,000
        outlines; or a ROI without an area.
    """
    if isinstance(source, bytes):
        data, name = source, name or "the ROI set"
    else:
        name = name or Path(source).name
        try:
            data = Path(source).read_bytes()
        except OSError as error:
            raise RoiError("{}: cannot be read ({}).".format(name, error.strerror)) from error
    if data.startswith(b"Iout"):
        return [_decode(data, name, Path(name).stem)]
    if data.startswith(b"PK"):
        return _read_zip(data, name)
    if data[:2] in (b"II", b"MM"):
        return _read_overlay(data, name)
    raise RoiError(
        "{}: neither a ROI, a ROI set nor a TIFF with an overlay. Save the outlines with the ROI "
        "Manager's More > Save...".format(name)
    )


def write_rois(path: Union[str, "os.PathLike[str]"], rois: Sequence[Roi]) -> None:
    """Write a ROI set, beside its place first and then renamed; see ``rois_to_zip``."""
    write_beside(Path(path), rois_to_zip(rois))


def rois_to_zip(rois: Sequence[Roi]) -> bytes:
    """Return a ROI set as ImageJ's ROI Manager writes it: a ZIP of ``NAME.roi`` entries.

    A ROI of one outline becomes a polygon, whose corners can be dragged; one of several becomes a
    composite. The same ROIs give the same bytes.

    Raises
    ------
    RoiError: an outline with fewer than three points, or beyond ImageJ's coordinates.
    """
    buffer = io.BytesIO()
    taken: Set[str] = set()
    with zipfile.ZipFile(buffer, "w", zipfile.ZIP_DEFLATED) as archive:
        for roi in rois:
            stem = re.sub(r"[/\\:\0]", "_", roi.name[:_LONGEST_ENTRY])
            entry = zipfile.ZipInfo(_unique(stem, taken) + ".roi")
            entry.compress_type = zipfile.ZIP_DEFLATED
            archive.writestr(entry, _encode(roi))
    return buffer.getvalue()


def _unique(name: str, taken: Set[str]) -> str:
    unique, number = name, 0
    while unique in taken:
        number += 1
        unique = "{}-{}".format(name, number)
    taken.add(unique)
    return unique


def _read_zip(data: bytes, name: str) -> List[Roi]:
    try:
        with zipfile.ZipFile(io.BytesIO(data)) as archive:
            entries = [entry for entry in archive.infolist() if _is_roi(entry.filename)]
            if sum(entry.file_size for entry in entries) > _MOST_BYTES:
                raise RoiError("{}: unpacks to more than {:,} bytes.".format(name, _MOST_BYTES))
            rois = ((read_entry(archive, entry), Path(entry.filename).stem) for entry in entries)
            return _decode_all(rois, name)
    except RoiError:
        raise
    except Exception as error:  # zipfile may raise anything on damaged bytes
        raise RoiError("{}: a damaged ZIP file ({}).".format(name, error)) from error


def _is_roi(entry: str) -> bool:
    return entry.lower().endswith(".roi") and not entry.startswith("__MACOSX/")


def read_entry(archive: zipfile.ZipFile, entry: zipfile.ZipInfo) -> bytes:
    """Return the bytes of an entry of a ZIP, as many as it says that it has.

    ``ZipFile.read`` would unpack all, a thousand times as many, to find that it said too little.

    Raises
    ------
    BadZipFile: it is compressed otherwise than by Deflate, which is what Java can read, too.
    Exception: whatever zipfile raises on damaged bytes.
    """
    if entry.compress_type not in (zipfile.ZIP_STORED, zipfile.ZIP_DEFLATED):
        raise zipfile.BadZipFile("{} is not compressed by Deflate".format(entry.filename))
    with archive.open(entry) as opened:
        return opened.read(entry.file_size + 1)  # one more: or nothing checks an empty one


def _read_overlay(data: bytes, name: str) -> List[Roi]:
    try:
        count_tiff_images(data)
        with tifffile.TiffFile(io.BytesIO(data), is_lsm=False, is_scanimage=False) as tif:
            overlays = (tif.imagej_metadata or {}).get("Overlays", [])
    except Exception as error:  # a decoder may raise anything on damaged bytes
        raise RoiError("{}: a damaged TIFF file ({}).".format(name, error)) from error
    if isinstance(overlays, bytes):
        overlays = [overlays]
    return _decode_all(
        ((roi, "overlay {}".format(number)) for number, roi in enumerate(overlays, 1)), name
    )


def _decode_all(rois: Iterable[Tuple[bytes, str]], file: str) -> List[Roi]:
    """Decode ROIs, each with the name that it has where it holds none itself."""
    decoded: List[Roi] = []
    outlines = 0
    for data, fallback in rois:
        decoded.append(_decode(data, file, fallback))
        outlines += len(decoded[-1].outlines)
        if outlines > _MOST_OUTLINES:
            raise RoiError("{}: more than {:,} outlines.".format(file, _MOST_OUTLINES))
    return decoded


def _decode(data: bytes, file: str, fallback: str) -> Roi:
    try:
        roi = roifile.ImagejRoi.frombytes(data)
        name = roi.name or fallback
        where = "{}, ROI '{}'".format(file, name)
        outlines = _outlines(roi, where)
        if not all(np.all(np.isfinite(outline)) for outline in outlines):
            raise RoiError(
                "{}: has a coordinate that is no number. Draw it again, or delete it.".format(where)
            )
        if not any(area(outline) for outline in outlines):
            raise RoiError("{}: has no area. Draw it again, or delete it.".format(where))
        return Roi(name, outlines, _properties(data), position=_position(data))
    except RoiError:
        raise
    except Exception as error:  # a decoder may raise anything on damaged bytes
        raise RoiError("{}: the ROI '{}' is damaged ({}).".format(file, fallback, error)) from error


def _outlines(roi: Any, where: str) -> List[np.ndarray]:
    """The outlines of a decoded ROI, float64 (n, 2) each, that fill to ImageJ's own mask of it."""
    kind = roi.roitype
    if kind in _AREA_TYPES:
        if roi.options & roifile.ROI_OPTIONS.SPLINE_FIT:
            raise RoiError(
                "{}: a spline is fitted to it. Use Edit > Selection > Interpolate in ImageJ, "
                "then save it again.".format(where)
            )
        return [_open_path(roi.coordinates())]
    if kind == roifile.ROI_TYPE.RECT and roi.composite:
        # Each begins with a 0; and a list of millions would take roifile minutes.
        if np.count_nonzero(roi.multi_coordinates == 0) > _MOST_OUTLINES:
            raise RoiError("{}: more than {:,} outlines.".format(where, _MOST_OUTLINES))
        return [_open_path(path) for path in roi.coordinates(multi=True)]
    if kind == roifile.ROI_TYPE.RECT and not roi.rounded_rect_arc_size:
        left, top, right, bottom = roi.left, roi.top, roi.right, roi.bottom
        return [np.array([[left, top], [right, top], [right, bottom], [left, bottom]], np.float64)]
    if kind == roifile.ROI_TYPE.OVAL:
        corner = np.array([roi.left, roi.top], np.float64)
        return [outline + corner for outline in _oval(roi.right - roi.left, roi.bottom - roi.top)]
    raise RoiError(
        "{}: a selection of type {} is no outline. Draw it with the polygon, freehand or oval "
        "tool.".format(where, kind.name)
    )


def _open_path(points: np.ndarray) -> np.ndarray:
    """Without the last point where it repeats the first."""
    outline = np.asarray(points, np.float64)
    return outline[:-1] if len(outline) > 1 and np.array_equal(outline[0], outline[-1]) else outline


def _oval(width: int, height: int) -> List[np.ndarray]:
    """The outline of the pixels whose centres lie in the ellipse, ImageJ's own mask of an oval.

    Row by row, without the mask: a ROI of 64 bytes may be 65535 pixels wide and high.
    """
    if min(width, height) <= 0:
        return []
    a, b = width / 2.0, height / 2.0
    # Written as ij.gui.OvalRoi's sums are, so that centres on the ellipse round alike.
    y = np.arange(height)
    yy = y - (b - 0.5)
    left, middle = np.zeros_like(y), np.full_like(y, (width - 1) // 2)

    def inside(x: np.ndarray) -> np.ndarray:
        xx = x - (a - 0.5)
        return xx * xx / (a * a) + yy * yy / (b * b) <= 1.0

    right = middle
    while np.any(left < right):
        between = (left + right) // 2
        left, right = (
            np.where(inside(between), left, between + 1),
            np.where(inside(between), between, right),
        )
    left, y = left[inside(middle)], y[inside(middle)]
    levels = np.stack([y, y + 1], axis=1).ravel()
    down, up = (np.stack([np.repeat(x, 2), levels], axis=1) for x in (width - left, left))
    return [_corners(np.concatenate([down, up[::-1]]).astype(np.float64))]


def _corners(path: np.ndarray) -> np.ndarray:
    """Without the points of a closed path of level and upright steps at which it does not turn."""
    path = path[np.any(path != np.roll(path, 1, axis=0), axis=1)]
    before, after = path - np.roll(path, 1, axis=0), np.roll(path, -1, axis=0) - path
    return path[(before[:, 0] == 0) != (after[:, 0] == 0)]


def _properties(data: bytes) -> Dict[str, str]:
    """A ROI's properties, read here because the last roifile for Python 3.6 cuts them short."""
    header2 = struct.unpack_from(">i", data, 60)[0]
    if not 0 < header2 <= len(data) - 48:
        return {}
    offset, length = struct.unpack_from(">ii", data, header2 + 40)
    if offset <= 0 or length <= 0:
        return {}
    lines = data[offset : offset + 2 * length].decode("utf-16-be").splitlines()
    pairs = (re.split(r"[:=]", line, maxsplit=1) for line in lines)
    return {pair[0].strip(): pair[1].strip() for pair in pairs if len(pair) == 2}


def _position(data: bytes) -> Tuple[int, ...]:
    """Where in a stack ImageJ's RoiDecoder would put it."""
    position, header2 = struct.unpack_from(">ii", data, 56)
    if 0 < header2 <= len(data) - 16:
        in_hyperstack = struct.unpack_from(">iii", data, header2 + 4)
        if max(in_hyperstack) > 0:
            return in_hyperstack
    return (position,) if position > 0 else ()


def _encode(roi: Roi) -> bytes:
    if min((len(outline) for outline in roi.outlines), default=0) < 3:
        raise RoiError("ROI '{}': an outline needs at least three points.".format(roi.name))
    points = np.concatenate([np.asarray(outline, np.float64) for outline in roi.outlines])
    if points.min() < _LOWEST or points.max() > _HIGHEST:
        raise RoiError(
            "ROI '{}': ImageJ's ROI files hold coordinates from {} to {} only.".format(
                roi.name, _LOWEST, _HIGHEST
            )
        )
    encoded = roifile.ImagejRoi()
    encoded.version = 227
    encoded.name = _in_plane_0(roi.name)
    encoded.stroke_color = roi.stroke
    if len(roi.position) == 3:
        encoded.c_position, encoded.z_position, encoded.t_position = roi.position
    elif roi.position:
        (encoded.position,) = roi.position
    lines = ("{}: {}\n".format(*pair) for pair in sorted(roi.properties.items()))
    encoded.props = _in_plane_0("".join(lines))
    left_top = np.floor(points.min(axis=0)).astype(int)
    encoded.left, encoded.top = (int(v) for v in left_top)
    encoded.right, encoded.bottom = (int(v) for v in np.ceil(points.max(axis=0)))
    if len(roi.outlines) > 1:
        encoded.roitype = roifile.ROI_TYPE.RECT
        encoded.multi_coordinates = _path(roi.outlines)
        encoded.shape_roi_size = len(encoded.multi_coordinates)
        return bytes(encoded.tobytes())
    encoded.roitype = roifile.ROI_TYPE.POLYGON
    encoded.n_coordinates = len(points)
    encoded.integer_coordinates = np.floor(points).astype(np.int32) - left_top
    if not np.array_equal(points, np.floor(points)):
        encoded.options = encoded.options | roifile.ROI_OPTIONS.SUB_PIXEL_RESOLUTION
        encoded.subpixel_coordinates = points.astype(np.float32)
    return bytes(encoded.tobytes())


def _in_plane_0(text: str) -> str:
    """Without what roifile writes wrongly: NUL, and emoji and others of two UTF-16 units."""
    return re.sub("[^\x01-\uffff]", "\ufffd", text)


def _path(outlines: Sequence[np.ndarray]) -> np.ndarray:
    """A composite's path as java.awt.geom.PathIterator codes it: 0 move, 1 line, 4 close."""
    path: List[float] = []
    for outline in outlines:
        for n, (x, y) in enumerate(outline.tolist()):
            path += [0 if n == 0 else 1, x, y]
        path.append(4)
    return np.array(path, np.float32)
