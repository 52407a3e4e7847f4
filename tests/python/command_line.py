"""The command line, run as a person runs it."""

import os
import subprocess
import sys


def erythema(*arguments, columns=None):
    """Run the command line in a process of its own, on a terminal of so many columns."""
    run = subprocess.run(
        [sys.executable, "-m", "erythema", *map(str, arguments)],
        capture_output=True,
        encoding="utf-8",
        env={**os.environ, "COLUMNS": str(columns)} if columns else None,
    )
    assert "Traceback" not in run.stderr
    return run
