"""The most memory that the service takes on the Jetson Nano's Python and TensorFlow, without CUDA.

    python tests/benchmarks/nano_memory.py [.venv-nano/bin/python]

The default network, a photo of 12 megapixels with a reaction, sent again and again: by one client,
then by four at once.
"""

import io
import os
import re
import subprocess
import sys
import urllib.request
from concurrent.futures import ThreadPoolExecutor
from importlib.resources import files
from pathlib import Path

from PIL import Image
from rich.console import Console
from rich.table import Table

import erythema

ROOT = Path(__file__).parents[2]
SIZE = (4000, 3000)
STAGES = ((1, 0), (1, 1), (1, 19), (1, 80), (4, 20), (4, 80))  # clients, photos


def photo() -> bytes:
    """Return a sample photo, scaled up, as a JPEG file."""
    with Image.open(
        io.BytesIO((files(erythema) / "samples/PAT_165_256_460.jpg").read_bytes())
    ) as small:
        large = small.resize(SIZE)
    file = io.BytesIO()
    large.save(file, "JPEG", quality=92)
    return file.getvalue()


def memory(process: int) -> list[str]:
    """Return the most memory that a process has had, and what it has, in MB."""
    status = Path(f"/proc/{process}/status").read_text()
    sizes = (re.search(rf"{field}:\s*(\d+) kB", status) for field in ("VmHWM", "VmRSS"))
    return [f"{int(size[1]) / 1000:.0f} MB" for size in sizes if size]


def ask(address: str, content: bytes) -> None:
    """Have a photo segmented."""
    urllib.request.urlopen(f"{address}/segment", data=content).read()


def main(program: str) -> None:
    """Print memory after some numbers of photos, from some numbers of clients."""
    content = photo()
    command = [program, "-m", "erythema.service", "--port", "0", "--max-megapixels", "16"]
    service = subprocess.Popen(
        command,
        env={**os.environ, "PYTHONPATH": str(ROOT / "python"), "TF_CPP_MIN_LOG_LEVEL": "3"},
        stdout=subprocess.PIPE,
        stderr=subprocess.DEVNULL,
        text=True,
    )
    try:
        assert service.stdout is not None
        address = service.stdout.readline().split()[-1]
        table = Table("clients", "photos so far", "most", "now")
        done = 0
        for clients, photos in STAGES:
            with ThreadPoolExecutor(clients) as pool:
                for _ in pool.map(lambda _: ask(address, content), range(photos)):
                    done += 1
            table.add_row(str(clients), str(done), *memory(service.pid))
        Console().print(table)
    finally:
        service.terminate()
        service.wait()


if __name__ == "__main__":
    main(*(sys.argv[1:] or [str(ROOT / ".venv-nano/bin/python")]))
