"""How much the service carries on this computer, beside the bare network in the same run.

Clients are oha's (`cargo install --locked oha`), over loopback, on the same cores as the service.
Photos are JPEGs of 512 x 512 pixels; the network is the default one, in OpenVINO, float32.

    python tests/benchmarks/service_load.py [--requests N] [--memory N] PHOTO...
"""

import argparse
import json
import os
import re
import statistics
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from functools import partial
from pathlib import Path
from typing import NamedTuple

import cv2
import httpx
import numpy as np
import openvino
from rich.console import Console
from rich.table import Table

import erythema
from erythema.segmentation.engines import Engine, fit

Work = Callable[[], object]

SIDE = 512
CLIENTS = (1, 8, 64)
BARE_SECONDS = 1
TURNS = 15


class Load(NamedTuple):
    """What oha measured: answers of status 200, times of all answers, and other statuses."""

    a_second: float
    p50_ms: float
    p99_ms: float
    others: dict[str, int]


def oha(address: str, photo: Path, clients: int, requests: int) -> Load:
    """Send a photo again and again, each client its next one after an answer."""
    command = ["oha", "--no-tui", "--output-format", "json", "-n", str(requests), "-c"]
    headers = ["-H", "Accept: application/zip", "-T", "image/jpeg"]
    said = subprocess.run(
        [*command, str(clients), "-m", "POST", "-D", str(photo), *headers, address + "/segment"],
        capture_output=True,
        text=True,
        check=True,
    ).stdout
    report = json.loads(said)
    statuses = dict(report["statusCodeDistribution"])
    answered = statuses.pop("200", 0)
    others = {**statuses, **report["errorDistribution"]}
    times = report["latencyPercentiles"]
    return Load(
        answered / report["summary"]["total"], 1000 * times["p50"], 1000 * times["p99"], others
    )


def a_second(work: Work) -> float:
    """Return how often a second something is done by a program that does nothing else."""
    work()
    done, start = 0, time.perf_counter()
    while time.perf_counter() - start < BARE_SECONDS:
        work()
        done += 1
    return done / (time.perf_counter() - start)


@contextmanager
def running(command: list[str], ready: str, **environment: str) -> Iterator[tuple[int, str]]:
    """Start a service, and give its process ID and address once it says that it is ready."""
    environment = {**os.environ, "TF_CPP_MIN_LOG_LEVEL": "3", **environment}
    process = subprocess.Popen(
        command,
        stdout=subprocess.PIPE,
        stderr=subprocess.DEVNULL if ready else subprocess.PIPE,
        env=environment,
        text=True,
    )
    try:
        stream = process.stdout if ready else process.stderr
        assert stream is not None
        for line in stream:
            found = re.search(r"http://127\.0\.0\.1:\d+", line)
            if found:
                yield process.pid, found[0]
                break
    finally:
        process.kill()
        process.communicate()


def service() -> list[str]:
    """The command that starts the service."""
    return [sys.executable, "-m", "erythema.service", "--port", "0", "--engine", "openvino"]


def afternoon_service() -> list[str]:
    """The command that starts what a user would write in an afternoon."""
    folder = str(Path(__file__).parent)
    return [sys.executable, "-m", "uvicorn", "--port", "0", "--app-dir", folder, "--no-access-log",
            "afternoon_service:app"]  # fmt: skip


def memory_mb(process: int, field: str) -> float:
    """Return a process's memory: now (VmRSS), or its largest so far (VmHWM)."""
    status = Path(f"/proc/{process}/status").read_text()
    return int(re.search(rf"{field}:\s+(\d+) kB", status)[1]) / 1024


def as_jpeg(photo: Path, folder: Path) -> Path:
    """Write a photo scaled to 512 x 512 pixels as JPEG."""
    pixels = cv2.resize(erythema.read_photo(photo), (SIDE, SIDE), interpolation=cv2.INTER_AREA)
    path = folder / (photo.stem + ".jpg")
    cv2.imwrite(str(path), pixels[..., ::-1], [cv2.IMWRITE_JPEG_QUALITY, 90])
    return path


def compare_with_the_network(photos: list[Path], requests: int, console: Console) -> None:
    """Print the service's throughput at 8 clients over the bare network's, photo by photo.

    In turns, since the computer's own speed drifts: medians of them, and of the ratios within.
    """
    engine = erythema.open_engine(
        erythema.load_network(erythema.default_network_folder()), "openvino"
    )
    table = Table("photo", "looks", "bare looks, photos a s", "with resizing", "service, 8 clients",
                  "service / bare looks")  # fmt: skip
    for photo in photos:
        pixels = erythema.read_photo(photo)
        looks, whole = bare_work(engine, pixels)
        turns = []
        with running(service(), "ready") as (_, address):
            oha(address, photo, 8, 50)
            for _ in range(TURNS):
                served = oha(address, photo, 8, requests // TURNS).a_second
                turns.append((a_second(looks), a_second(whole), served))
        cells = [f"{statistics.median(rates):.1f}" for rates in zip(*turns, strict=True)]
        ratio = statistics.median(served / bare for bare, _, served in turns)
        table.add_row(photo.stem, str(number_of_looks(engine, pixels)), *cells, f"{ratio:.2f}")
    console.print(table)


def bare_work(engine: Engine, pixels: np.ndarray) -> tuple[Work, Work]:
    """Return what the network alone does for a photo: its looks, and these with all resizing."""
    fitted = fit(pixels, engine.network.input_size)[None]
    looks = number_of_looks(engine, pixels)

    def only_looks() -> None:
        for _ in range(looks):
            engine.compute(fitted)

    return only_looks, lambda: engine.probability(pixels)


def number_of_looks(engine: Engine, pixels: np.ndarray) -> int:
    """Return how often a network looks at a photo and its parts."""
    looks = 0

    def counted(fitted: np.ndarray) -> np.ndarray:
        nonlocal looks
        looks += 1
        return engine.compute(fitted)

    engine._replace(compute=counted).probability(pixels)
    return looks


def compare_streams(photo: Path, console: Console) -> None:
    """Print how many looks a second come of one photo after the other, and of several at once.

    Several in one batch cannot be: the graph's group normalisation is frozen for one.
    """
    network = erythema.load_network(erythema.default_network_folder())
    fitted = fit(erythema.read_photo(photo), network.input_size)[None]
    core = openvino.Core()
    table = Table("photos at once", "looks a s")
    for streams in (1, os.cpu_count() or 1):
        model = core.read_model(str(network.graph))
        model.reshape({network.input_tensor: list(fitted.shape)})
        settings = {"INFERENCE_PRECISION_HINT": "f32", "NUM_STREAMS": streams}
        queue = openvino.AsyncInferQueue(core.compile_model(model, "CPU", settings), streams)
        table.add_row(str(streams), f"{8 * a_second(partial(look_8_times, queue, fitted)):.1f}")
    console.print(table)


def look_8_times(queue: openvino.AsyncInferQueue, fitted: np.ndarray) -> None:
    """Look at a photo 8 times, as many at once as there are streams."""
    for _ in range(8):
        queue.start_async(fitted)
    queue.wait_all()


def show_load(photo: Path, requests: int, console: Console) -> None:
    """Print throughput, latency, memory and errors by number of clients."""
    table = Table("clients", "answers a s", "p50", "p99", "memory now, largest", "other answers")
    with running(service(), "ready") as (process, address):
        oha(address, photo, 8, 50)
        for clients in CLIENTS:
            # Most answers of 64 clients are refusals, which cost little.
            load = oha(address, photo, clients, requests * (20 if clients == 64 else 1))
            now, largest = (memory_mb(process, field) for field in ("VmRSS", "VmHWM"))
            table.add_row(str(clients), f"{load.a_second:.1f}", f"{load.p50_ms:.0f} ms",
                          f"{load.p99_ms:.0f} ms", f"{now:.0f}, {largest:.0f} MB",
                          str(load.others or "none"))  # fmt: skip
        console.print(table)
        show_stages(address, photo, console)


def show_stages(address: str, photo: Path, console: Console) -> None:
    """Print where the time of one request goes, alone on the service."""
    stages: dict[str, list[float]] = {}
    with httpx.Client(timeout=60) as client:
        for _ in range(50):
            start = time.perf_counter()
            answer = client.post(
                address + "/segment",
                content=photo.read_bytes(),
                headers={"Accept": "application/zip"},
            )
            stages.setdefault("whole, at the client", []).append(
                1000 * (time.perf_counter() - start)
            )
            for item in answer.headers["Server-Timing"].split(", "):
                name, _, duration = item.partition(";dur=")
                stages.setdefault(name, []).append(float(duration))
    table = Table("stage", "median")
    for name, times in stages.items():
        table.add_row(name, f"{statistics.median(times):.1f} ms")
    console.print(table)


def compare_with_an_afternoon(photo: Path, requests: int, console: Console) -> None:
    """Print the same load on the service and on what a user would write."""
    table = Table("service", "clients", "answers a s", "p50", "p99", "service / it")
    compared = {
        "the service": (service(), "ready", {}),
        "predict, same looks": (afternoon_service(), "", {"LOOKS": "all"}),
        "predict, one look": (afternoon_service(), "", {"LOOKS": "one"}),
    }
    first: dict[int, Load] = {}
    for name, (command, ready, environment) in compared.items():
        with running(command, ready, **environment) as (_, address):
            oha(address, photo, 1, 10)
            for clients in (1, 8):
                load = oha(address, photo, clients, requests)
                ours = first.setdefault(clients, load)
                table.add_row(name, str(clients), f"{load.a_second:.1f}", f"{load.p50_ms:.0f} ms",
                              f"{load.p99_ms:.0f} ms",
                              f"{ours.a_second / load.a_second:.1f}")  # fmt: skip
    console.print(table)


def show_memory(photo: Path, requests: int, console: Console) -> None:
    """Print the service's memory while many requests come, by tenths."""
    with running(service(), "ready") as (process, address):
        memory = []
        for _ in range(10):
            oha(address, photo, 4, requests // 10)
            memory.append(f"{memory_mb(process, 'VmRSS'):.0f}")
        console.print(f"Memory in MB after each tenth of {requests} requests: {', '.join(memory)}")


def main() -> None:
    """Print all comparisons."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("photos", nargs="+", type=Path)
    parser.add_argument("--requests", type=int, default=400)
    parser.add_argument("--memory", type=int, default=0, help="requests to watch the memory over")
    options = parser.parse_args()
    console = Console(width=120)
    with tempfile.TemporaryDirectory() as folder:
        photos = [as_jpeg(photo, Path(folder)) for photo in options.photos]
        compare_with_the_network(photos, options.requests, console)
        compare_streams(photos[0], console)
        show_load(photos[0], options.requests, console)
        compare_with_an_afternoon(photos[0], options.requests // 4, console)
        if options.memory:
            show_memory(photos[0], options.memory, console)
    console.print(f"On {os.cpu_count()} cores.")


if __name__ == "__main__":
    main()
