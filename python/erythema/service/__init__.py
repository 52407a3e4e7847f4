"""The same over HTTP. This room also runs on a Jetson Nano (Python 3.6)."""
