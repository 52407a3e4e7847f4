"""ImageJ in a process of its own: it tells its steps to standard output, a JSON line each."""

import json
import os
import subprocess
import sys
import tempfile
import threading
import time
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from typing import IO, Any, NamedTuple

from erythema.errors import ErythemaError
from erythema.fiji.errors import FijiError
from erythema.service.process import end_process

SECONDS_TO_SAVE = 10


class Child(NamedTuple):
    """The process, and the file with what it said to standard error."""

    process: "subprocess.Popen[str]"
    said: IO[str]

    def follow(self, step: Callable[[str], object]) -> None:
        """Give each step until the process ends.

        Raises FijiError with the process's own, or where it ended early.
        """
        assert self.process.stdout is not None
        for line in self.process.stdout:
            if not line.startswith('{"'):  # Java's own words
                continue
            message = json.loads(line)
            if "error" in message:
                raise FijiError(message["error"])
            step(message["step"])
        if self.process.wait() != 0:
            self.said.seek(0)
            last = "".join(self.said.readlines()[-10:]).strip() or "nothing"
            raise FijiError(
                f"ImageJ ended early (exit code {self.process.returncode}). It said: {last}"
            )


@contextmanager
def running_child(
    module: str, task: Mapping[str, object], environment: Mapping[str, str]
) -> Iterator[Child]:
    """Run a module, which calls `run_task`, on a task that JSON can hold.

    It ends with this block, and where this process dies too: its standard input is closed then.
    """
    command = [sys.executable, "-m", module, json.dumps(task)]
    with tempfile.TemporaryFile("w+", errors="replace") as said:
        process = subprocess.Popen(
            command,
            env=dict(environment),
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            stderr=said,
            text=True,
            start_new_session=True,  # Ctrl-C comes to this process, which ends that one
        )
        try:
            yield Child(process, said)
        finally:
            _end(process)


def _end(process: "subprocess.Popen[str]") -> None:
    """Close its standard input, so that it saves and ends; where it does not, by force."""
    try:
        process.communicate(timeout=SECONDS_TO_SAVE)
    except subprocess.TimeoutExpired:
        end_process(process)


def tell(step: str) -> None:
    """Tell the parent a step."""
    print(json.dumps({"step": step}), flush=True)


def run_task(
    main: Callable[[dict[str, Any]], None], close: Callable[[], bool] = lambda: False
) -> None:
    """In the child: do the task, tell the parent of an error, and end with it.

    Once the parent has ended, or wishes it, `close` asks `main` to save and return, and tells
    whether it could.
    """
    threading.Thread(target=_end_with_parent, args=[close], daemon=True).start()
    try:
        main(json.loads(sys.argv[1]))
    except ErythemaError as error:
        print(json.dumps({"error": str(error)}), flush=True)
    os._exit(0)  # not the slow way through Java's threads; nothing is left to write


def _end_with_parent(close: Callable[[], bool]) -> None:
    """Standard input is a pipe from the parent, which never writes: it ends with the parent."""
    os.read(sys.stdin.fileno(), 1)
    try:
        if close():
            time.sleep(SECONDS_TO_SAVE)
    finally:
        os._exit(1)
