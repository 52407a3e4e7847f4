"""Whole folders of photos."""
