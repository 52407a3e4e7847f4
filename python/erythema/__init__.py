"""Outlines of skin prick test reactions, drawn by a U-Net and corrected in ImageJ."""

import importlib
from typing import Any, List

__version__ = "0.1.0"

_HOMES = {
    "default_network_folder": "erythema.segmentation.network",
    "fill": "erythema.segmentation.outline",
    "load_network": "erythema.segmentation.network",
    "open_engine": "erythema.segmentation.engines",
    "read_photo": "erythema.segmentation.photo",
    "read_rois": "erythema.segmentation.roi_set",
    "segment": "erythema.segmentation.reactions",
    "to_rois": "erythema.segmentation.reactions",
    "trace": "erythema.segmentation.outline",
    "write_rois": "erythema.segmentation.roi_set",
}
_ROOMS = ("fiji",)


def __getattr__(name: str) -> Any:
    if name in _HOMES:
        return getattr(importlib.import_module(_HOMES[name]), name)
    if name in _ROOMS:
        return importlib.import_module("erythema." + name)
    raise AttributeError("module 'erythema' has no attribute '{}'".format(name))


def __dir__() -> List[str]:
    return sorted([*globals(), *_HOMES, *_ROOMS])
