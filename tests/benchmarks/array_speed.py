"""Compares ways of a photo between NumPy and ImageJ within one run: in one piece, pixel by pixel.

Needs no display. The photos are one sample photo, scaled: it tests speed, nothing else.

    python tests/benchmarks/array_speed.py
"""

import cv2
import numpy as np
from medians import RUNS, median_ms
from rich.console import Console
from rich.table import Table

import erythema
import erythema.fiji
from erythema.fiji.bridge import java_class
from erythema.samples import sample_photos

SIZES = {"512 x 512": (512, 512), "12 megapixels": (4000, 3000)}
FEW_ROWS = 64  # pixel by pixel is timed on these, and scaled up


def set_each_pixel(photo: np.ndarray) -> None:
    """Make an image as a loop over its pixels does."""
    height, width = photo.shape[:2]
    processor = java_class("ij.process.ColorProcessor")(width, height)
    for y, row in enumerate(photo.tolist()):
        for x, (red, green, blue) in enumerate(row):
            processor.set(x, y, red << 16 | green << 8 | blue)


def print_arrays(console: Console) -> None:
    """Print the times in a running ImageJ, and their ratios to a bare copy in NumPy."""
    table = Table("RGB photo", "NumPy copy", "to_image", "to_array", "pixel by pixel")
    for name, size in SIZES.items():
        photo = cv2.resize(erythema.read_photo(sample_photos()[0]), size)
        image = erythema.fiji.to_image(photo)
        assert np.array_equal(erythema.fiji.to_array(image), photo)
        copy = median_ms(photo.copy)
        there = median_ms(lambda photo=photo: erythema.fiji.to_image(photo))
        back = median_ms(lambda image=image: erythema.fiji.to_array(image))
        few = median_ms(lambda photo=photo: set_each_pixel(photo[:FEW_ROWS]))
        each = few * len(photo) / FEW_ROWS
        ratios = (f"{ms:.1f} ms ({ms / copy:.0f} x)" for ms in (there, back, each))
        table.add_row(name, f"{copy:.2f} ms", *ratios)
    console.print(table)
    console.print(f"Medians of {RUNS} runs.")


def main() -> None:
    """Print the times."""
    with erythema.fiji.start(headless=True):
        print_arrays(Console())


if __name__ == "__main__":
    main()
