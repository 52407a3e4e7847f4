"""Training that begins with an earlier network, and keeps that one where it is the better."""

import json
import shutil
from collections.abc import Sequence
from dataclasses import replace
from pathlib import Path
from typing import Any

import keras

from erythema.datasets.folder import Entry, read_mask
from erythema.datasets.identity import sha256
from erythema.errors import ErythemaError
from erythema.files import new_folder
from erythema.learning.export import Facts
from erythema.learning.operating_point import reactions_mask
from erythema.learning.settings import Settings
from erythema.learning.state import Weights
from erythema.learning.validation import Mask, Validation, compare_with_readers
from erythema.segmentation.engines import open_engine
from erythema.segmentation.network import Network
from erythema.segmentation.photo import read_photo

EPOCHS = 30
LEARNING_RATE = 0.0003  # of what was trained before, a fraction of a first training's
_OF_THE_START = ("encoder", "width", "size", "loss", "augmentation")


class StartError(ErythemaError, ValueError):
    """A network that no training can begin with; the message says why and what to do."""


def settings_from(start: Network) -> Settings:
    """Return how to train on from a network: its own shape and operating point, small steps.

    Raises
    ------
    StartError: its manifest does not say how it was made, or lacks the photos' perceptual hashes.
    """
    path = start.folder / "manifest.json"
    made: dict[str, Any] = json.loads(path.read_text("utf-8")).get("trained_with") or {}
    if "width" not in made or start.training_perceptual_hashes is None:
        raise StartError(
            f"{path}: does not say how the network was made, so no training can begin with it; "
            "begin with a network that erythema train wrote"
        )
    return Settings(
        **{name: made[name] for name in _OF_THE_START if name in made},
        schedule="cosine",
        learning_rate=LEARNING_RATE,
        epochs=EPOCHS,
        batch=8,
        copies=2,
        operating_point=(start.threshold, start.smallest_area),
        mirrored=start.passes.mirrored,
        window=start.passes.window,
    )


def first_weights(start: Network, model: keras.Model) -> Weights:
    """Return a network's weights in the order of ``model``'s.

    Raises
    ------
    StartError: ``network.keras`` is missing or damaged, or is a network of another shape.
    """
    path = start.folder / "network.keras"
    if not path.is_file():
        raise StartError(
            f"{path}: is missing; training begins with it. Copy the whole folder again"
        )
    try:
        weights: Weights = keras.saving.load_model(path, compile=False).get_weights()
    except Exception as error:  # Keras raises anything on a damaged file
        problem = str(error).strip().split("\n")[0]
        raise StartError(
            f"{path}: cannot be read ({problem}). Copy the whole folder again"
        ) from error
    shapes = [weight.shape for weight in model.get_weights()]
    if [weight.shape for weight in weights] != shapes:
        raise StartError(
            f"{path}: is not the network that manifest.json describes. Copy the whole folder again"
        )
    return weights


def validate(network: Network, entries: Sequence[Entry]) -> Validation:
    """Use a network, with all its looks, on photos with masks; one or more have outlines."""
    engine = open_engine(network)

    def masks(entry: Entry) -> tuple[Mask, Mask]:
        photo = read_photo(entry.photo)
        probability = engine.probability(photo)
        found = reactions_mask(probability, network.threshold, network.smallest_area)
        return found, read_mask(entry, photo.shape[:2])

    return compare_with_readers(masks(entry) for entry in entries)


def trained_on_from(start: Network, facts: Facts) -> Facts:
    """Return the facts of a network that has seen what its start had seen, too."""
    assert start.training_perceptual_hashes is not None  # settings_from refuses such a start
    before = zip(start.training_photos, start.training_perceptual_hashes, strict=True)
    now = zip(facts.training_photos, facts.training_perceptual_hashes, strict=True)
    seen = dict([*before, *now])
    return replace(
        facts,
        training_photos=list(seen),
        training_perceptual_hashes=list(seen.values()),
        trained_with={"start": f"{start.name}, version {start.version}", **facts.trained_with},
        licence=f"of the start: {start.licence}. Of the photos added: {facts.licence}",
    )


def keep_the_better(
    start: Network, candidate: Network, validation: Sequence[Entry], out: Path
) -> str:
    """Make ``out`` a copy of the candidate, or of the start where that is better; say which."""
    before, after = validate(start, validation), validate(candidate, validation)
    worse = after.is_worse_than(before)
    with new_folder(out) as folder:
        shutil.copytree((start if worse else candidate).folder, folder, dirs_exist_ok=True)
    figures = (
        f"On the {after.outlined} photos with outlines that were kept aside, mean Dice "
        f"{before.mean_dice:.3f} before and {after.mean_dice:.3f} after; of {after.without} "
        f"without erythema, {before.false_alarms} before and {after.false_alarms} after with an "
        "outline."
    )
    seen = sum(sha256(entry.photo) in start.training_photos for entry in validation)
    favour = f" The start had trained on {seen} of these photos, which favours it." if seen else ""
    kept = f"The start is better: {out} is a copy of it." if worse else "The new network is kept."
    return f"{figures}{favour} {kept}"
