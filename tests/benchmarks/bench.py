"""Compares speeds within one run: click to outlines over the bare network, and engine over engine.

Needs a display. The 12-megapixel photo is a sample photo scaled up: it tests speed, nothing else.
"""

import os
import tempfile
from pathlib import Path

import cv2
from array_speed import print_arrays
from medians import RUNS, median_ms
from plugin_speed import print_tables
from rich.console import Console
from rich.table import Table

import erythema
import erythema.fiji
from erythema.samples import sample_photos
from erythema.segmentation.engines import Engine, fit
from erythema.service.process import running_service


def network_ms(engine: Engine, photo: Path) -> float:
    """Return the time of the network alone, on a photo already fitted to its input."""
    fitted = fit(erythema.read_photo(photo), engine.network.input_size)[None]
    return median_ms(lambda: engine.compute(fitted))


def click_ms(session: "erythema.fiji.Session", photo: Path) -> float:
    """Return the time from a macro's command to the outlines in the ROI Manager."""
    session.open(photo)
    return median_ms(lambda: session.run_macro('run("Segment erythema");'))


def twelve_megapixels(folder: Path) -> Path:
    """Return a sample photo scaled to 4000 x 3000, as an uncompressed BMP."""
    photo = cv2.imread(str(sample_photos()[0]))
    path = folder / "twelve_megapixels.bmp"
    cv2.imwrite(str(path), cv2.resize(photo, (4000, 3000), interpolation=cv2.INTER_CUBIC))
    return path


def main() -> None:
    """Print both comparisons, and what the plugin adds by stage."""
    network = erythema.load_network(erythema.default_network_folder())
    openvino, tensorflow = (
        erythema.open_engine(network, name) for name in ("openvino", "tensorflow")
    )
    console = Console()
    with tempfile.TemporaryDirectory() as folder, running_service() as address:
        os.environ["ERYTHEMA_SERVICE"] = address
        photos = [sample_photos()[0], twelve_megapixels(Path(folder))]
        table = Table("photo", "network", "click to outlines", "click / network")
        with erythema.fiji.start() as session:
            for photo in photos:
                bare, click = network_ms(openvino, photo), click_ms(session, photo)
                ratio = f"{click / bare:.2f}"
                table.add_row(photo.name, f"{bare:.0f} ms", f"{click:.0f} ms", ratio)
            console.print(table)
            print_tables(session, address, console)
            print_arrays(console)
    table = Table("network", "TensorFlow", "OpenVINO", "OpenVINO / TensorFlow")
    reference, fast = (network_ms(engine, photos[0]) for engine in (tensorflow, openvino))
    table.add_row(network.name, f"{reference:.0f} ms", f"{fast:.0f} ms", f"{fast / reference:.2f}")
    console.print(table)
    console.print(f"Medians of {RUNS} runs, on {os.cpu_count()} cores, in float32.")


if __name__ == "__main__":
    main()
