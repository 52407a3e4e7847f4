"""Segments photos without ImageJ: outlines, overlay pictures and tables in one folder."""

import warnings
from collections.abc import Iterator, Mapping, Sequence
from pathlib import Path
from typing import NamedTuple

import cv2
import numpy as np

from erythema.batch.files import (
    OVERLAY_SUFFIX,
    BatchError,
    Table,
    locked,
    make_folder,
    write_outlines,
)
from erythema.errors import ErythemaError
from erythema.files import write_beside
from erythema.measurement.size import measure
from erythema.segmentation.engines import Engine
from erythema.segmentation.photo import read_photo
from erythema.segmentation.reactions import Reaction, segment, to_rois

_SIZES = ("area_px", "longest_diameter_px", "orthogonal_diameter_px", "mean_diameter_px")
REACTION_COLUMNS = (
    "photo",
    "reaction",
    "name",
    *_SIZES,
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


def photos_left(
    photos: Mapping[str, Path], engine: Engine, out: Path, threshold: float | None = None
) -> dict[str, Path]:
    """Return the photos that ``out/photos.csv`` does not call segmented, to go on with a batch.

    The smallest area stands in no table: it is the caller's to be the same.

    Raises
    ------
    BatchError: ``out/reactions.csv`` has rows of another network, version or threshold than those
        that the batch would go on with; or as ``segment_photos``.
    """
    done = {
        row["photo"]
        for row in Table(out / "photos.csv", PHOTO_COLUMNS).rows
        if row["status"] == "segmented"
    }
    left = {name: path for name, path in photos.items() if name not in done}
    reactions = Table(out / "reactions.csv", REACTION_COLUMNS)
    now = _origin(engine, threshold)
    for row in reactions.without(left):
        then = {name: row[name] for name in now}
        if then != now:
            raise BatchError(
                f"{reactions.path}: has outlines of {_told(then)}, and this would go on with "
                f"{_told(now)}. Use those again, or choose another --out, or segment all photos "
                "anew: without --resume, or with this folder moved away."
            )
    return left


def segment_photos(
    photos: Mapping[str, Path],
    engine: Engine,
    out: Path,
    threshold: float | None = None,
    smallest_area: float | None = None,
) -> Iterator[PhotoResult]:
    """Segment photos one by one into the folder ``out``, and give each one's result.

    Writes ``NAME.zip`` (a ROI set; none where nothing was found) and ``NAME.overlay.jpg`` for each
    photo, then its rows in ``reactions.csv`` and ``photos.csv``: whatever ends the batch, the
    tables have the photos done so far, and those that were not in it. A photo that fails does not
    stop the rest. ``threshold`` and ``smallest_area`` are the network's by default.

    Parameters
    ----------
    photos: by the names of their results (``collect_photos``).

    Raises
    ------
    BatchError: ``out`` cannot be a folder, or holds tables of another kind, such as a data set's;
        or another batch is writing into it; or the tables cannot be written.
    """
    make_folder(out)
    with locked(out):
        yield from _segment_photos(photos, engine, out, threshold, smallest_area)


def _segment_photos(
    photos: Mapping[str, Path],
    engine: Engine,
    out: Path,
    threshold: float | None,
    smallest_area: float | None,
) -> Iterator[PhotoResult]:
    reactions_table = Table(out / "reactions.csv", REACTION_COLUMNS)
    photos_table = Table(out / "photos.csv", PHOTO_COLUMNS)
    for folder in {(out / name).parent for name in photos}:
        make_folder(folder)
    for table in (photos_table, reactions_table):  # or photos.csv tells of reactions that are gone
        table.start(photos)
    origin = _origin(engine, threshold)
    for name, path in photos.items():
        reactions: list[Reaction] = []
        try:
            photo, message = _read_with_warnings(path)
            reactions = segment(photo, engine, threshold, smallest_area)
            used = engine.network.threshold if threshold is None else threshold
            kept = write_outlines(out / f"{name}.zip", to_rois(reactions, engine.network, used))
            write_beside(out / (name + OVERLAY_SUFFIX), overlay(photo, reactions))
            result = PhotoResult(name, "segmented", len(reactions), f"{message} {kept}")
        except ErythemaError as error:
            reactions = []
            result = PhotoResult(name, "failed", 0, str(error))
        except OSError as error:
            reactions = []
            message = f"{path.name}: its results could not be written ({error})."
            result = PhotoResult(name, "failed", 0, message)
        result = result._replace(message=" ".join(result.message.split()))  # one line a row
        # In this order: a photo whose reactions are half there is none that is done.
        reactions_table.append(_rows(name, reactions, origin))
        photos_table.append([result._asdict()])
        yield result


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


def _origin(engine: Engine, threshold: float | None) -> dict[str, str]:
    """The columns that tell what an outline comes from."""
    network = engine.network
    used = network.threshold if threshold is None else threshold
    return {"network": network.name, "version": network.version, "threshold": f"{used:g}"}


def _told(origin: Mapping[str, str]) -> str:
    return "network {network}, version {version}, at the threshold {threshold}".format(**origin)


def _rows(
    photo: str, reactions: Sequence[Reaction], origin: Mapping[str, str]
) -> list[dict[str, object]]:
    return [
        {
            "photo": photo,
            "reaction": number,
            "name": reaction.name,
            **_size(reaction),
            "confidence": _cell(reaction.confidence),
            "area_low_px": _cell(reaction.area_low_px),
            "area_high_px": _cell(reaction.area_high_px),
            **origin,
        }
        for number, reaction in enumerate(reactions, 1)
    ]


def _size(reaction: Reaction) -> dict[str, str]:
    size = measure([reaction.outline])._asdict()
    return {name: _cell(size[name]) for name in _SIZES}


def _cell(value: float | None) -> str:
    return "" if value is None else f"{value:.3f}"
