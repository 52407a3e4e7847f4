"""Compares one segmentation, all its looks together, with one look of a plain width-16 U-Net.

Both on a photo of 512 x 512 in OpenVINO, float32, in turns; the plain U-Net sees all 512 pixels. A
photo has as many windows as its network found regions, so several photos are timed.

    python tests/benchmarks/looks_speed.py NETWORK PHOTO...
"""

import statistics
import sys
import tempfile
import time
from collections.abc import Callable
from pathlib import Path

import cv2
from rich.console import Console
from rich.table import Table

import erythema
from erythema.learning.export import Facts, write_network
from erythema.learning.unet import build_unet
from erythema.segmentation.engines import Engine, fit
from erythema.segmentation.passes import windows

SIDE = 512
RUNS = 15


def plain_unet(folder: Path) -> Engine:
    """Return a width-16 U-Net for 512 x 512 pixels; its weights make no difference to its speed."""
    facts = Facts(0.5, 0.0, [], [], {}, {})
    write_network(build_unet(16, SIDE), folder / "plain", facts, [])
    return erythema.open_engine(erythema.load_network(folder / "plain"), "openvino")


def medians_ms(*works: Callable[[], object]) -> list[float]:
    """Return the median time of each work in milliseconds, run in turns after one that warms up."""
    times: list[list[float]] = [[] for _ in works]
    for run in range(RUNS + 1):
        for work, of_work in zip(works, times, strict=True):
            start = time.perf_counter()
            work()
            if run:
                of_work.append(1000 * (time.perf_counter() - start))
    return [statistics.median(of_work) for of_work in times]


def main(network_folder: str, photos: list[str]) -> None:
    """Print both times and their ratio, a photo a line."""
    network = erythema.load_network(network_folder)
    engine = erythema.open_engine(network, "openvino")
    table = Table("photo", "windows", "all looks", "plain U-Net", "ratio")
    with tempfile.TemporaryDirectory() as folder:
        plain = plain_unet(Path(folder))
        for path in photos:
            photo = cv2.resize(erythema.read_photo(path), (SIDE, SIDE))
            fitted = fit(photo, SIDE)[None]
            ours, theirs = medians_ms(
                lambda photo=photo: engine.probability(photo),
                lambda fitted=fitted: plain.compute(fitted),
            )
            found = engine.probability(photo) >= network.threshold
            closer = windows(found, network.passes.window or 1, network.smallest_area)
            count = str(len(closer) if network.passes.window else 0)
            ratio = f"{ours / theirs:.2f}"
            table.add_row(Path(path).name, count, f"{ours:.0f} ms", f"{theirs:.0f} ms", ratio)
    Console().print(table)


if __name__ == "__main__":
    main(sys.argv[1], sys.argv[2:])
