"""In how many bits do perceptual hashes differ, between copies of a photo and between photos?

    python tests/benchmarks/photo_likeness.py PHOTOS_FOLDER

The folder holds data sets, each with its photos.csv. Prints the table in datasets/identity.py:
the largest distance of a copy, and the smallest ones of photos of one and of two patients.
"""

import argparse
import io
from itertools import combinations
from pathlib import Path

import imagehash
import numpy as np
from PIL import Image

from erythema.datasets.folder import read_folder

SIDES = (8, 12, 16)


def as_jpeg(photo, quality):
    buffer = io.BytesIO()
    photo.save(buffer, "JPEG", quality=quality)
    return Image.open(buffer)


def scaled(photo, share):
    return photo.resize((round(photo.width * share), round(photo.height * share)), Image.LANCZOS)


def without_edges(photo, share):
    x, y = round(photo.width * share), round(photo.height * share)
    return photo.crop((x, y, photo.width - x, photo.height - y))


COPIES = {
    "JPEG quality 90": lambda photo: as_jpeg(photo, 90),
    "JPEG quality 60": lambda photo: as_jpeg(photo, 60),
    "JPEG quality 30": lambda photo: as_jpeg(photo, 30),
    "half the size": lambda photo: scaled(photo, 0.5),
    "a quarter of the size": lambda photo: scaled(photo, 0.25),
    "a quarter, quality 30": lambda photo: as_jpeg(scaled(photo, 0.25), 30),
    "1 % cut off each edge": lambda photo: without_edges(photo, 0.01),
    "2 % cut off each edge": lambda photo: without_edges(photo, 0.02),
}


def bits(photo, side):
    return imagehash.phash(photo, hash_size=side).hash.ravel()


def print_row(name, distances):
    print(f"{name:32}" + "".join(f"{distance:>14}" for distance in distances))


def main():
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("folder", metavar="PHOTOS_FOLDER", type=Path)
    tables = sorted(parser.parse_args().folder.glob("*/photos.csv"))
    entries = [entry for table in tables for entry in read_folder(table.parent, "a").entries]
    photos = [Image.open(entry.photo).convert("RGB") for entry in entries]
    pairs = list(combinations(range(len(photos)), 2))
    same_patient = np.array([entries[a].patient == entries[b].patient for a, b in pairs])
    patients = len({entry.patient for entry in entries})
    print(f"{len(photos)} photos of {patients} patients, {len(pairs)} pairs")

    hashes = {side: np.array([bits(photo, side) for photo in photos]) for side in SIDES}
    print_row("", [f"{side} x {side} bits" for side in SIDES])
    for name, copy in COPIES.items():
        copies = [copy(photo) for photo in photos]
        distances = {
            side: [
                np.sum(bits(one, side) != hashed)
                for one, hashed in zip(copies, hashes[side], strict=True)
            ]
            for side in SIDES
        }
        print_row(f"copy: {name}, largest", [max(distances[side]) for side in SIDES])
    apart = {
        side: np.array([np.sum(hashes[side][a] != hashes[side][b]) for a, b in pairs])
        for side in SIDES
    }
    print_row("two photos of one arm, smallest", [apart[s][same_patient].min() for s in SIDES])
    print_row("photos of two patients, smallest", [apart[s][~same_patient].min() for s in SIDES])


if __name__ == "__main__":
    main()
