"""Segments photos without ImageJ: outlines, overlay pictures and tables in one folder."""

import warnings
from collections.abc import Iterator, Sequence
from pathlib import Path
from typing import NamedTuple

import cv2
import numpy as np

from erythema.batch.files import OVERLAY_SUFFIX, Table, make_folder, write_outlines
from erythema.errors import ErythemaError
from erythema.files import write_beside
from erythema.measurement.size import measure
from erythema.segmentation.engines import Engine
from erythema.segmentation.photo import read_photo
from erythema.segmentation.reactions import Reaction, segment, to_rois

REACTION_COLUMNS = (
    "photo",
    "reaction",
    "name",
    "area_px",
    "longest_diameter_px",
    "orthogonal_diameter_px",
    "mean_diameter_px",
    "confidence",
    "area_low_px",
    "area_high_px",
    "network",
    "version",
    "threshold",
)
PHOTO_COLUMNS = ("photo", "status", "reactions", "message")
_OUTLINE_COLOUR = (255, 255, 0)


class PhotoResult(NamedTuple):
    """One row of ``photos.csv``: ``status`` is "segmented" or "failed"."""

    photo: str
    status: str
    reactions: int
    message: str


def segment_photos(
    photos: Sequence[Path],
    engine: Engine,
    out: Path,
    threshold: float | None = None,
    smallest_area: float | None = None,
) -> Iterator[PhotoResult]:
    """Segment photos one by one into the folder ``out``, and give each one's result.

    Writes ``ID.zip`` (a ROI set; none where nothing was found) and ``ID.overlay.jpg`` a photo,
    and ``reactions.csv`` and ``photos.csv`` at the end, also where the loop is left early. A photo
    that fails does not stop the rest. ``threshold`` and ``smallest_area`` are the network's by
    default.

    Raises
    ------
    BatchError: ``out`` cannot be a folder, or holds tables of another kind, such as a data set's.
    """
    reactions_table = Table(out / "reactions.csv", REACTION_COLUMNS)
    photos_table = Table(out / "photos.csv", PHOTO_COLUMNS)
    make_folder(out)
    used = engine.network.threshold if threshold is None else threshold
    try:
        for path in photos:
            reactions: list[Reaction] = []
            try:
                photo, message = _read_with_warnings(path)
                reactions = segment(photo, engine, used, smallest_area)
                rois = to_rois(reactions, engine.network, used)
                kept = write_outlines(out / f"{path.stem}.zip", rois)
                write_beside(out / (path.stem + OVERLAY_SUFFIX), overlay(photo, reactions))
                message = f"{message} {kept}".strip()
                result = PhotoResult(path.stem, "segmented", len(reactions), message)
            except ErythemaError as error:
                reactions = []
                result = PhotoResult(path.stem, "failed", 0, str(error))
            except OSError as error:
                reactions = []
                message = f"{path.name}: its results could not be written ({error})."
                result = PhotoResult(path.stem, "failed", 0, message)
            reactions_table.set_rows(path.stem, _rows(path.stem, reactions, engine, used))
            photos_table.set_rows(path.stem, [result._asdict()])
            yield result
    finally:
        reactions_table.write()
        photos_table.write()


def overlay(photo: np.ndarray, reactions: Sequence[Reaction]) -> bytes:
    """Return the photo as JPEG, with each reaction's outline and number drawn on it.

    Parameters
    ----------
    photo: uint8 of shape (height, width, 3), RGB.
    """
    drawn = photo.copy()
    width = max(1, round(max(photo.shape) / 400))
    for number, reaction in enumerate(reactions, 1):
        points = np.round(reaction.outline - 0.5).astype(np.int32)
        cv2.polylines(drawn, [points], True, _OUTLINE_COLOUR, width, cv2.LINE_AA)
        centre = points.mean(axis=0).astype(int).tolist()
        font = cv2.FONT_HERSHEY_SIMPLEX
        cv2.putText(drawn, str(number), centre, font, width / 2, _OUTLINE_COLOUR, width)
    encoded = cv2.imencode(".jpg", drawn[..., ::-1], [cv2.IMWRITE_JPEG_QUALITY, 90])[1]
    return encoded.tobytes()


def _read_with_warnings(path: Path) -> tuple[np.ndarray, str]:
    with warnings.catch_warnings(record=True) as caught:
        warnings.simplefilter("always")
        photo = read_photo(path)
    return photo, " ".join(str(warning.message) for warning in caught)


def _rows(
    photo: str, reactions: Sequence[Reaction], engine: Engine, threshold: float
) -> list[dict[str, object]]:
    return [
        {
            "photo": photo,
            "reaction": number,
            "name": reaction.name,
            "area_px": reaction.area_px,
            **_diameters(reaction),
            "confidence": _cell(reaction.confidence),
            "area_low_px": _cell(reaction.area_low_px),
            "area_high_px": _cell(reaction.area_high_px),
            "network": engine.network.name,
            "version": engine.network.version,
            "threshold": f"{threshold:g}",
        }
        for number, reaction in enumerate(reactions, 1)
    ]


def _diameters(reaction: Reaction) -> dict[str, str]:
    size = measure([reaction.outline])._asdict()
    names = ("longest_diameter_px", "orthogonal_diameter_px", "mean_diameter_px")
    return {name: _cell(size[name]) for name in names}


def _cell(value: float | None) -> str:
    return "" if value is None else f"{value:.3f}"
