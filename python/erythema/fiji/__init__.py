"""Drives ImageJ: the user's Fiji through pyimagej, or an embedded ImageJ.

>>> import erythema.fiji
>>> with erythema.fiji.start(headless=True) as imagej:  # doctest: +SKIP
...     imagej.run_macro("return getVersion();")
'1.54p'
"""

from erythema.fiji.errors import FijiError
from erythema.fiji.install import install_plugin
from erythema.fiji.session import Session, start

__all__ = ["FijiError", "Session", "install_plugin", "start"]
