"""Drives ImageJ: the user's Fiji through pyimagej, or an embedded ImageJ.

>>> import erythema.fiji
>>> with erythema.fiji.start(headless=True) as imagej:  # doctest: +SKIP
...     photo = imagej.open("arm.jpg")
...     outlines = imagej.segment(photo, service="local")
...     pixels = erythema.fiji.to_array(photo)  # row, col, ch
"""

from erythema.fiji.errors import FijiError
from erythema.fiji.images import dims, to_array, to_image
from erythema.fiji.install import install_plugin
from erythema.fiji.launch import attach, start
from erythema.fiji.session import Session

__all__ = [
    "FijiError",
    "Session",
    "attach",
    "dims",
    "install_plugin",
    "start",
    "to_array",
    "to_image",
]
