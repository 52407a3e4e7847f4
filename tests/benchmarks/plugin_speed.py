"""Prints what the plugin adds to the service's own time, stage by stage, and what the wire costs.

In real ImageJ, with a service on this computer; needs a display. The photos are one sample photo,
scaled: it tests speed, nothing else.

    python tests/benchmarks/plugin_speed.py
"""

import os
import re
import statistics
import tempfile
import time
import urllib.request
from collections.abc import Callable
from pathlib import Path
from typing import Any

import cv2
from rich.console import Console
from rich.table import Table

import erythema.fiji
from erythema.fiji.bridge import java_class
from erythema.samples import sample_photos
from erythema.service.process import running_service

RUNS = 7
SIZES = {"512 x 512": (512, 512), "12 megapixels": (4000, 3000)}
TIFF, PNG = "image/tiff", "image/png"
MEGABITS = (1000, 100)
# What the service does itself: "receive" is the wire, and other stages lie within these.
OWN_STAGES = ("decode", "looks", "outlines", "answer")

Times = dict[str, float]  # milliseconds by the name of what took them


def scaled(size: tuple[int, int], folder: Path) -> Path:
    """Return a sample photo in another size, as an uncompressed BMP."""
    photo = cv2.imread(str(sample_photos()[0]))
    path = folder / f"{size[0]}.bmp"
    cv2.imwrite(str(path), cv2.resize(photo, size, interpolation=cv2.INTER_CUBIC))
    return path


def plugin_class(name: str) -> Any:
    """Return a class of the plugin, which ImageJ's own class loader has."""
    import jpype

    loader = java_class("ij.IJ").getClassLoader()
    return jpype.JClass(
        java_class("java.lang.Class").forName(f"erythema.core.{name}", True, loader)
    )


def service_times(address: str) -> Times:
    """Return how long each of the service's stages has taken in all requests until now."""
    with urllib.request.urlopen(f"{address}/metrics") as answer:
        metrics = answer.read().decode()
    sums = re.findall(r'erythema_stage_seconds_sum{stage="(\w+)"} (\S+)', metrics)
    return {stage: 1000 * float(seconds) for stage, seconds in sums}


def timed(work: Callable[[], Any]) -> tuple[Any, float]:
    """Do the work; return its result, and how long it took."""
    start = time.perf_counter()
    result = work()
    return result, 1000 * (time.perf_counter() - start)


def serviced(address: str, work: Callable[[], Any]) -> tuple[Any, Times]:
    """Do work that makes one request; return its result and times: all, own, decode."""
    before = service_times(address)
    result, all_of_it = timed(work)
    after = service_times(address)
    stages = {stage: after[stage] - before.get(stage, 0) for stage in OWN_STAGES}
    own = sum(stages.values())
    return result, {"all": all_of_it, "own": own, "decode": stages["decode"]}


def tiff(photo: Any) -> Any:
    """Return a photo's TIFF file in Java's memory."""
    file = java_class("java.io.ByteArrayOutputStream")(photo.tiffLength())
    photo.writeTiff(file)
    return file


def take_turn(session: "erythema.fiji.Session", address: str) -> tuple[Times, Times]:
    """Take each step of the plugin once on the photo that is open, then all in its command.

    Returns the times of the command's stages, and those and the bytes of the wire forms.
    """
    image = java_class("ij.WindowManager").getCurrentImage()
    client = plugin_class("ServiceClient")(address)
    wanted = ("application/zip", "the photo")
    photo, taking = timed(lambda: plugin_class("Photo").of(image))
    _, key = timed(photo.key)
    png, png_encoding = timed(photo.png)
    file, tiff_encoding = timed(lambda: tiff(photo))
    _, by_png = serviced(address, lambda: client.post("/segment", PNG, lambda: png, *wanted))
    answer, by_tiff = serviced(
        address,
        lambda: client.stream("/segment", TIFF, file.size(), photo.writeTiff, *wanted),
    )
    _, reading = timed(lambda: plugin_class("RoiSet").decode(answer.body))
    _, command = serviced(address, lambda: session.run_macro('run("Segment erythema");'))
    stages = {
        "taking the pixels": taking,
        "the photo's key": key,
        "sending a TIFF, receiving outlines": by_tiff["all"] - by_tiff["own"],
        "reading the outlines": reading,
        "the whole command": command["all"],
        "of that, the service itself": command["own"],
        "of that, what the plugin adds": command["all"] - command["own"],
    }
    wire = {
        "TIFF bytes": file.size(),
        "TIFF encoding": tiff_encoding,
        "TIFF decoding": by_tiff["decode"],
        "PNG bytes": png.size(),
        "PNG encoding": png_encoding,
        "PNG decoding": by_png["decode"],
    }
    return stages, wire


def medians(turns: list[Times]) -> Times:
    """Return the median of each time."""
    return {name: statistics.median(turn[name] for turn in turns) for name in turns[0]}


def measure(session: "erythema.fiji.Session", address: str, photo: Path) -> tuple[Times, Times]:
    """Return the median times of some turns with a photo, after one that warms up."""
    session.run_macro('close("*");')
    session.open(photo)
    turns = [take_turn(session, address) for _ in range(RUNS + 1)][1:]
    stages, wire = zip(*turns, strict=True)
    return medians(list(stages)), medians(list(wire))


def print_tables(session: "erythema.fiji.Session", address: str, console: Console) -> None:
    """Measure both sizes of photo, and print what the plugin adds and what the wire costs."""
    with tempfile.TemporaryDirectory() as folder:
        measured = [
            measure(session, address, scaled(size, Path(folder))) for size in SIZES.values()
        ]
    table = Table("Segment erythema, in ms", *SIZES)
    for stage in measured[0][0]:
        table.add_row(stage, *(f"{stages[stage]:.1f}" for stages, _ in measured))
    console.print(table)
    networks = (f"{megabits} Mbit/s" for megabits in MEGABITS)
    table = Table("from pixels to pixels, in ms", "bytes", "encoding", "decoding", *networks)
    for name, (_, wire) in zip(SIZES, measured, strict=True):
        for form in ("TIFF", "PNG"):
            size, *work = (wire[f"{form} {part}"] for part in ("bytes", "encoding", "decoding"))
            sent = (sum(work) + 8 * size / (1000 * megabits) for megabits in MEGABITS)
            table.add_row(
                f"{name}, {form}",
                f"{size:,.0f}",
                *(f"{ms:.0f}" for ms in (*work, *sent)),
            )
    console.print(table)
    console.print(f"Medians of {RUNS} turns, on {os.cpu_count()} cores; the networks are computed.")


def main() -> None:
    """Print what the plugin adds."""
    with running_service() as address:
        os.environ["ERYTHEMA_SERVICE"] = address
        with erythema.fiji.start() as session:
            print_tables(session, address, Console())


if __name__ == "__main__":
    main()
