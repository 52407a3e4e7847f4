"""Runs the service on this computer, in a process of its own."""

import subprocess
import sys
import tempfile
from contextlib import contextmanager
from pathlib import Path
from typing import Iterator, Optional, Sequence

from erythema.service.server import ServiceError

_ANNOUNCEMENT = "erythema service on "
_SECONDS_TO_END = 10


@contextmanager
def running_service(
    network: Optional[Path] = None, arguments: Sequence[str] = (), program: str = sys.executable
) -> Iterator[str]:
    """Start the service on a free port, give its address, and end it at the end of the block.

    Parameters
    ----------
    network: its folder; by default the one enclosed.
    arguments: more of the service's command line.
    program: the Python that runs it.

    Raises
    ------
    ServiceError: it did not start; the message holds what it said.
    """
    command = [program, "-m", "erythema.service", "--port", "0", "--with-parent", *arguments]
    if network is not None:
        command += ["--network", str(network)]
    # A file, because nobody would empty a pipe while the service runs.
    with tempfile.TemporaryFile("w+") as said:
        process = subprocess.Popen(
            command,
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            stderr=said,
            universal_newlines=True,
        )
        try:
            assert process.stdout is not None
            lines = (line.strip() for line in process.stdout)
            announced = next((line for line in lines if line.startswith(_ANNOUNCEMENT)), None)
            if announced is None:
                said.seek(0)
                reason = said.read().strip() or "nothing"
                raise ServiceError("The service did not start. It said: {}".format(reason))
            yield announced[len(_ANNOUNCEMENT) :]
        finally:
            end_process(process)


def end_process(process: "subprocess.Popen[str]") -> None:
    """Ask a process to end, wait for it, and end it by force where it does not."""
    process.terminate()
    try:
        process.communicate(timeout=_SECONDS_TO_END)
    except subprocess.TimeoutExpired:
        process.kill()
        process.communicate()
