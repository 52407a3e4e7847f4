"""The plugin's jar: where it lies, and how it gets into a Fiji or ImageJ."""

import os
import zipfile
from collections.abc import Iterator
from pathlib import Path

from erythema.fiji.errors import FijiError
from erythema.files import write_beside

JAR = "Erythema_.jar"


def plugin_jar() -> Path:
    """The plugin's jar: the one in this package, else the one built in the checkout.

    Raises FijiError where it was not built yet.
    """
    package = Path(__file__).parents[1]
    packaged = package / "plugin" / JAR
    built = package.parents[1] / "fiji_plugin" / "target" / JAR
    for jar in (packaged, built):
        if jar.exists():
            return jar
    raise FijiError(f"The ImageJ plugin was not built: {built} is missing. Run `./run build`.")


def install_plugin(folder: os.PathLike[str] | str) -> Path:
    """Copy the plugin into `folder`, a Fiji or ImageJ, and give the copy's path.

    Older copies anywhere in its plugins folder, which would double the menu, are removed.

    Raises FijiError where `folder` is no ImageJ or cannot be written to.
    """
    plugins = _plugins_folder(Path(folder).expanduser().resolve())
    source = plugin_jar()
    target = plugins / JAR
    try:
        write_beside(target, source.read_bytes())
        for copy in installed_copies(plugins):
            if copy != target:
                copy.unlink()
    except OSError as error:
        raise FijiError(
            f"The plugin could not be copied to {plugins}: {error.strerror} ({error.filename}). "
            "Quit ImageJ, and run this as a user who may write there."
        ) from error
    return target


def installed_copies(plugins: Path) -> Iterator[Path]:
    """Every jar under `plugins` that is this plugin, whatever its version and name."""
    for jar in sorted(plugins.rglob("*.jar")):
        if _is_plugin(jar):
            yield jar


def _is_plugin(jar: Path) -> bool:
    try:
        with zipfile.ZipFile(jar) as archive:
            return "erythema/SegmentErythema.class" in archive.namelist()
    except (zipfile.BadZipFile, OSError):
        return False  # not ours: a damaged or unreadable jar of somebody else


def _plugins_folder(folder: Path) -> Path:
    if not folder.is_dir():
        raise FijiError(f"There is no folder {folder}: name the folder of Fiji or ImageJ.")
    if folder.name == "plugins":
        folder = folder.parent
    plugins = folder / "plugins"
    if folder.suffix == ".app" and not plugins.is_dir():
        plugins = folder.parent / "plugins"  # macOS: ImageJ's plugins lie beside its bundle
    marks = [plugins.parent / name for name in ("jars", "ij.jar", "ImageJ.app")]
    if not plugins.is_dir() or not any(mark.exists() for mark in marks):
        raise FijiError(
            f"{folder} is no Fiji or ImageJ: it should hold plugins/ beside jars/ or ij.jar. "
            "Name the folder that ImageJ starts from."
        )
    return plugins
