"""Data set in, network out."""
