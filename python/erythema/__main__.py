"""Run the command line: ``python -m erythema``."""

from erythema.cli import main

main()
