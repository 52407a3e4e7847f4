"""The bundle for a Jetson Nano: one archive with all that the device needs to run the service.

The wheel needs Python 3.10 and the device has 3.6, so the bundle holds the source tree of the rooms
that run there, a network, and the files in ``device``: the installer, the systemd unit, the
Dockerfile, the pinned packages, and a README.
"""

import gzip
import importlib.metadata
import io
import tarfile
from pathlib import Path

from erythema import __version__
from erythema.files import OutputError, write_beside
from erythema.segmentation.network import Network, default_network_folder, load_network

NAME = f"erythema-nano-{__version__}"

# What runs on Python 3.6; it imports nothing from the other rooms.
_MODULES = ("__init__.py", "errors.py", "files.py")
_ROOMS = ("segmentation", "measurement", "datasets", "service")

_PACKAGE = Path(__file__).resolve().parents[1]
_DEVICE = Path(__file__).resolve().parent / "device"
# The same input gives the same bytes: no clock, and no time that tar warns of.
_MODIFIED = 315532800  # 1 January 1980


def write_bundle(out: Path, network_folder: Path | None = None) -> None:
    """Write the bundle, a gzipped tar archive with the one top folder ``NAME``.

    Parameters
    ----------
    network_folder: of the network that comes with it; by default the one enclosed.

    Raises
    ------
    OutputError: ``out`` exists.
    NetworkError: the folder holds no network.
    """
    if out.exists():
        raise OutputError(f"{out} exists: choose another name, or move that one away")
    network = load_network(network_folder or default_network_folder())
    archive = _archive(_source() | _network(network) | _device() | _licence())
    out.parent.mkdir(parents=True, exist_ok=True)
    write_beside(out, archive)


def _source() -> dict[str, bytes]:
    rooms = [path for room in _ROOMS for path in (_PACKAGE / room).rglob("*")]
    files = [_PACKAGE / name for name in _MODULES] + [
        path for path in rooms if path.is_file() and path.parent.name != "__pycache__"
    ]
    return {
        f"python/erythema/{path.relative_to(_PACKAGE).as_posix()}": path.read_bytes()
        for path in files
    }


def _network(network: Network) -> dict[str, bytes]:
    """What computes with it, and its card; not the file to train on from."""
    files = [network.folder / "manifest.json", network.graph, network.folder / "README.md"]
    return {f"network/{path.name}": path.read_bytes() for path in files if path.exists()}


def _device() -> dict[str, bytes]:
    return {path.name: path.read_bytes() for path in _DEVICE.iterdir() if path.is_file()}


def _licence() -> dict[str, bytes]:
    [licence] = [
        file for file in importlib.metadata.files("erythema") or [] if file.name == "LICENSE"
    ]
    return {"LICENSE": Path(licence.locate()).read_bytes()}


def _archive(files: dict[str, bytes]) -> bytes:
    """Return the archive of files by their paths in the top folder; scripts can be run."""
    archive = io.BytesIO()
    with (
        gzip.GzipFile("", "wb", fileobj=archive, mtime=0) as zipped,
        tarfile.open(fileobj=zipped, mode="w", format=tarfile.USTAR_FORMAT) as tar,
    ):
        for path, content in sorted(files.items()):
            entry = tarfile.TarInfo(f"{NAME}/{path}")
            entry.size = len(content)
            entry.mtime = _MODIFIED
            entry.mode = 0o755 if path.endswith(".sh") else 0o644
            entry.uname = entry.gname = "root"
            tar.addfile(entry, io.BytesIO(content))
    return archive.getvalue()
