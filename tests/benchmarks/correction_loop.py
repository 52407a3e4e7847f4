"""Drafts, corrections, a network that learns from them, and whether it is the better one.

    python tests/benchmarks/correction_loop.py PHOTOS OUT [--start models/default]

Shares out the patients of PHOTOS/training: one half's photos get drafts of the start, which an
expert corrects; the other half's judge. The expert is simulated: reader A's outlines, kept as the
service keeps corrections. The commands are those that a clinic types, and are printed.

Without --start the start is trained on PHOTOS/protocol first, and has seen no photo of either half.
models/default was trained on all of them: with it the figures say that the loop works, not how much
it helps, and they are printed with that warning.
"""

import argparse
import csv
import random
import shlex
import shutil
import subprocess
import sys
from pathlib import Path

from erythema.datasets.corrections import Correction, Store
from erythema.segmentation.network import load_network
from erythema.segmentation.photo import read_photo

READER = "a"
SEED = 0


def erythema(*arguments):
    """Run a command of `erythema`, and show it."""
    words = [str(argument) for argument in arguments]
    print("\n$", shlex.join(["erythema", *words]), flush=True)
    subprocess.run([sys.executable, "-m", "erythema", *words], check=True)


def halves(folder):
    """The photos' IDs, shared out by patient."""
    with (folder / "photos.csv").open(encoding="utf-8-sig", newline="") as table:
        patients = {row["photo"]: row["patient"] for row in csv.DictReader(table)}
    shuffled = sorted(set(patients.values()))
    random.Random(SEED).shuffle(shuffled)
    first = set(shuffled[: len(shuffled) // 2])
    photos = sorted(patients)
    return (
        [photo for photo in photos if patients[photo] in first],
        [photo for photo in photos if patients[photo] not in first],
    )


def copy_photos(folder, photos, out):
    """A folder of photos without outlines; gives their files."""
    out.mkdir(parents=True)
    return [Path(shutil.copy(next(folder.glob(f"{photo}.*")), out)) for photo in photos]


def copy_outlines(folder, photos, out):
    """What reader A said of photos, beside them."""
    room = Path(f"reader_{READER}")
    (out / room).mkdir()
    for photo in photos:
        shutil.copy(folder / room / f"{photo}.zip", out / room)
    shutil.copy(folder / "photos.csv", out)


def simulate_expert(photos, folder, network, store):
    """Keep reader A's outlines as corrections of a network's."""
    corrections = Store(store)
    corrected = {"name": network.name, "version": network.version, "hash": network.hash}
    for photo in photos:
        outlines = (folder / f"reader_{READER}" / f"{photo.stem}.zip").read_bytes()
        corrections.add(Correction(read_photo(photo), READER, "outlined", "", outlines, corrected))
    print(f"\n{len(photos)} drafts corrected by reader A's outlines, in {store}", flush=True)


def main():
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("photos", metavar="PHOTOS", type=Path)
    parser.add_argument("out", metavar="OUT", type=Path, help="a new folder")
    parser.add_argument("--start", metavar="NETWORK", type=Path)
    wishes = parser.parse_args()
    training, out = wishes.photos / "training", wishes.out
    to_correct, to_judge = halves(training)
    out.mkdir(parents=True)
    drafted = copy_photos(training, to_correct, out / "photos")
    copy_photos(training, to_judge, out / "judged")
    copy_outlines(training, to_judge, out / "judged")

    start, overlap = wishes.start, ["--allow-overlap"]
    if start is None:
        start, overlap = out / "start", []
        erythema("train", wishes.photos / "protocol", "--reader", READER, "--out", start)
    erythema("segment", out / "photos", "--network", start, "--out", out / "drafts")
    simulate_expert(drafted, training, load_network(start), out / "corrections")
    erythema("train", "--from", start, out / "corrections", "--out", out / "corrected")
    erythema(
        *("evaluate", out / "corrected", out / "judged", "--reader", READER),
        *("--against", start, *overlap, "--out", out / "report"),
    )
    if overlap:
        print("\nThe start was trained on these photos: the loop works; how much it helps is open.")


if __name__ == "__main__":
    main()
