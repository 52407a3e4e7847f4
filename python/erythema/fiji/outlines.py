"""ImageJ's ROIs as outlines in Python, and outlines as ROIs; what travels is a ROI set's bytes."""

import zipfile
from collections.abc import Iterable, Sequence
from io import BytesIO
from typing import Any

from erythema.fiji.bridge import java_class, on_event_thread
from erythema.segmentation.roi_set import Roi, read_rois, rois_to_zip

_STROKE = slice(40, 44)  # of a .roi file: alpha, red, green, blue of the line


def from_java(rois: Iterable[Any], name: str) -> list[Roi]:
    """Those of ImageJ's ROIs that enclose an area, in their order; `name` is for messages."""
    encoder = java_class("ij.io.RoiEncoder")
    encoded = [bytes(encoder.saveAsByteArray(roi)) for roi in rois if roi.isArea()]
    archive = BytesIO()
    with zipfile.ZipFile(archive, "w") as entries:
        for number, data in enumerate(encoded, start=1):
            entries.writestr(f"{number:06d}.roi", data)
    read = read_rois(archive.getvalue(), name)
    return [roi._replace(stroke=data[_STROKE]) for roi, data in zip(read, encoded, strict=True)]


def to_java(rois: Sequence[Roi]) -> list[Any]:
    """ImageJ's ROIs (ij.gui.Roi) of outlines, with their names, positions and properties."""
    decoder = java_class("ij.io.RoiDecoder")
    made = []
    with zipfile.ZipFile(BytesIO(rois_to_zip(rois))) as entries:
        for entry, roi in zip(entries.namelist(), rois, strict=True):
            made.append(decoder(entries.read(entry), roi.name).getRoi())
    return made


def in_manager() -> list[Roi]:
    """The outlines in the ROI Manager; none where it is closed."""
    manager = java_class("ij.plugin.frame.RoiManager").getInstance()
    return [] if manager is None else from_java(manager.getRoisAsArray(), "the ROI Manager")


def add_to_manager(rois: Sequence[Roi]) -> None:
    """Add outlines at the end of the ROI Manager, which opens where it is closed."""
    import jpype

    added = to_java(rois)
    no_image = jpype.JObject(None, java_class("ij.ImagePlus"))

    def add() -> None:
        manager = java_class("ij.plugin.frame.RoiManager").getRoiManager()
        for roi in added:
            manager.add(no_image, roi, -1)  # addRoi() would give it the current image's position

    on_event_thread(add)


def in_overlay(image: Any) -> list[Roi]:
    """The outlines in an image's overlay."""
    overlay = image.getOverlay()
    return [] if overlay is None else from_java(overlay.toArray(), f"{image.getTitle()}'s overlay")


def add_to_overlay(image: Any, rois: Sequence[Roi]) -> None:
    """Add outlines to an image's overlay, which it gets where it has none."""
    overlay = image.getOverlay()
    if overlay is None:
        overlay = java_class("ij.gui.Overlay")()
    for roi in to_java(rois):
        overlay.add(roi)
    image.setOverlay(overlay)
