"""Photo in, outlines out. This room also runs on a Jetson Nano (Python 3.6)."""
