"""Outlines in, numbers out."""
