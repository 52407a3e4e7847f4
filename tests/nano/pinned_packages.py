"""Where the bundle pins its packages."""

from pathlib import Path

_DEVICE = Path(__file__).parents[2] / "python/erythema/nano/device"
REQUIREMENTS = [_DEVICE / "requirements.txt", _DEVICE / "requirements-tensorflow.txt"]
PIP = "pip==21.3.1"  # as install.sh takes it
