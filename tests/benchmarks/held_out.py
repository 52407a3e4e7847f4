"""How well does a network outline photos that it was not trained on?

    python tests/benchmarks/held_out.py [--network FOLDER] [--reader NAME] FOLDER...

Prints the Dice of hard masks a photo (the network's reactions against the reader's outlines, with
the network's own threshold and smallest area), their mean and median, and on how many photos
without erythema something was found. A photo that the network was trained on ends it.
"""

import argparse
import hashlib
import json
from pathlib import Path

import numpy as np

from erythema.datasets.folder import NO_ERYTHEMA, OUTLINED, read_folder, read_mask
from erythema.segmentation.engines import open_engine
from erythema.segmentation.network import default_network_folder, load_network
from erythema.segmentation.outline import fill
from erythema.segmentation.photo import read_photo
from erythema.segmentation.reactions import segment


def dice(mask, truth):
    return 2 * np.count_nonzero(mask & truth) / (np.count_nonzero(mask) + np.count_nonzero(truth))


def main():
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("folders", metavar="FOLDER", nargs="+", type=Path)
    parser.add_argument("--network", type=Path, default=default_network_folder())
    parser.add_argument("--reader")
    parser.add_argument("--engine", default="auto")
    options = parser.parse_args()
    network = load_network(options.network)
    engine = open_engine(network, options.engine)
    manifest = json.loads((network.folder / "manifest.json").read_text("utf-8"))
    scores, alarms = [], []
    for folder in options.folders:
        for entry in read_folder(folder, options.reader).entries:
            if entry.state not in (OUTLINED, NO_ERYTHEMA):
                continue
            if hashlib.sha256(entry.photo.read_bytes()).hexdigest() in manifest["training_photos"]:
                raise SystemExit(f"{entry.photo}: {network.name} was trained on this photo")
            photo = read_photo(entry.photo)
            reactions = segment(photo, engine)
            if entry.state == NO_ERYTHEMA:
                alarms.append(len(reactions) > 0)
                continue
            mask = np.zeros(photo.shape[:2], bool)
            for reaction in reactions:
                mask |= fill([reaction.outline], mask.shape)
            scores.append(dice(mask, read_mask(entry, mask.shape)))
            print(f"{entry.id:24} Dice {scores[-1]:.3f}  reactions {len(reactions)}")
    print(f"{network.name} {network.hash[:12]}, {engine.name}")
    if scores:
        print(f"{len(scores)} photos: mean Dice {np.mean(scores):.3f}, ", end="")
        print(f"median {np.median(scores):.3f}, lowest {np.min(scores):.3f}")
    if alarms:
        print(f"{sum(alarms)} of {len(alarms)} photos without erythema have false reactions")


if __name__ == "__main__":
    main()
