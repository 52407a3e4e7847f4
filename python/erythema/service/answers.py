"""The forms in which the service answers, chosen by the Accept header."""

import csv
import io
import json
from typing import Any, Callable, Dict, Iterable, Mapping, Optional, Sequence

import cv2
import numpy as np
import tifffile

from erythema.segmentation.outline import fill_each
from erythema.segmentation.reactions import provenance, to_rois
from erythema.segmentation.roi_set import Roi, digest, rois_to_zip
from erythema.service.problems import Problem
from erythema.service.segmenter import Segmentation

STROKES = {"inner": b"\xff\x00\xff\xff", "outer": b"\xff\xff\x00\xff"}  # cyan, magenta


def choose(accept: Sequence[str], media_types: Iterable[str]) -> str:
    """Return the media type that a client likes best, of several the first.

    Parameters
    ----------
    accept: the values of its Accept headers; none: it takes anything.
    media_types: those there are.

    Raises
    ------
    Problem: it takes none of them.

    >>> choose(["application/zip, application/json;q=0.5"], SEGMENTATION_WRITERS)
    'application/zip'
    >>> choose([], SEGMENTATION_WRITERS)
    'application/json'
    """
    best, best_quality = None, 0.0
    for media_type in media_types:
        quality = _quality(media_type, ", ".join(accept or ["*/*"]))
        if quality > best_quality:
            best, best_quality = media_type, quality
    if best is None:
        raise Problem("not-acceptable", "The answer is one of {}.".format(", ".join(media_types)))
    return best


def _quality(media_type: str, accept: str) -> float:
    """How much a client likes a media type: the most specific range decides (RFC 9110, 12.5.1)."""
    ranges = {}
    for item in accept.lower().split(","):
        name, _, parameters = item.partition(";")
        ranges[name.strip()] = _q(parameters)
    for name in (media_type, media_type.split("/")[0] + "/*", "*/*"):
        if name in ranges:
            return ranges[name]
    return 0.0


def _q(parameters: str) -> float:
    for parameter in parameters.split(";"):
        name, _, value = parameter.partition("=")
        if name.strip() == "q":
            try:
                return float(value)
            except ValueError:
                return 0.0
    return 1.0


def _to_json(found: Segmentation) -> bytes:
    height, width = found.probability.shape
    network = found.network
    return to_json(
        {
            "network": network.name,
            "version": network.version,
            "hash": network.hash,
            "threshold": found.threshold,
            "width": width,
            "height": height,
            "reactions": [
                {
                    "name": reaction.name,
                    "role": "erythema",
                    "area_px": reaction.area_px,
                    "area_low_px": _rounded(reaction.area_low_px),
                    "area_high_px": _rounded(reaction.area_high_px),
                    "confidence": _rounded(reaction.confidence),
                    "outline": reaction.outline.tolist(),
                    **{name: line.tolist() for name, line in lines.items()},
                }
                for reaction, lines in zip(found.reactions, found.lines)
            ],
        }
    )


def _to_geojson(found: Segmentation) -> bytes:
    features = []
    for reaction, lines in zip(found.reactions, found.lines):
        properties = dict(provenance(reaction, found.network, found.threshold))
        properties["name"] = reaction.name
        features.append(_feature(reaction.outline, properties))
        for name, line in lines.items():
            features.append(_feature(line, {"name": reaction.name, "line": name}))
    return to_json({"type": "FeatureCollection", "features": features})


def _feature(outline: np.ndarray, properties: Dict[str, str]) -> Dict[str, Any]:
    ring = outline.tolist()
    return {
        "type": "Feature",
        "geometry": {"type": "Polygon", "coordinates": [ring + ring[:1]]},
        "properties": properties,
    }


def _rounded(value: Optional[float]) -> Optional[float]:
    return None if value is None else round(value, 3)


def to_json(content: Mapping[str, Any]) -> bytes:
    """Return an object as JSON in UTF-8."""
    return json.dumps(content).encode("utf-8")


def _to_zip(found: Segmentation) -> bytes:
    outlines = to_rois(found.reactions, found.network, found.threshold)
    rois = []
    for outline, lines in zip(outlines, found.lines):
        rois.append(outline)
        for name, line in lines.items():
            rois.append(_line_roi(outline, name, line))
    return rois_to_zip(rois)


def _line_roi(outline: Roi, name: str, line: np.ndarray) -> Roi:
    """A line beside its reaction's outline; its role keeps it from being taken for one."""
    properties = dict(outline.properties)
    properties["erythema.role"] += " " + name
    properties["erythema.digest"] = digest(line)
    return Roi("{} {}".format(outline.name, name), [line], properties, STROKES[name])


def _to_mask(found: Segmentation) -> bytes:
    outlines = ([reaction.outline] for reaction in found.reactions)
    mask = fill_each(outlines, found.probability.shape)
    return cv2.imencode(".png", mask.astype(np.uint8) * 255)[1].tobytes()


def _to_tiff(found: Segmentation) -> bytes:
    buffer = io.BytesIO()
    tifffile.imwrite(buffer, found.probability.astype(np.float32), photometric="minisblack")
    return buffer.getvalue()


SEGMENTATION_WRITERS: Dict[str, Callable[[Segmentation], bytes]] = {
    "application/json": _to_json,
    "application/zip": _to_zip,
    "application/geo+json": _to_geojson,
    "image/png": _to_mask,
    "image/tiff": _to_tiff,
}


def to_csv(rows: Sequence[Mapping[str, Any]], columns: Sequence[str]) -> bytes:
    """Return rows as a table in CSV, UTF-8; what is in no column is left out."""
    text = io.StringIO(newline="")
    writer = csv.DictWriter(text, columns, extrasaction="ignore")
    writer.writeheader()
    writer.writerows(rows)
    return text.getvalue().encode("utf-8")
