"""The bundle for a Jetson Nano."""
