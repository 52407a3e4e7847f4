"""From data sets to a network folder; a training that was stopped goes on."""

import hashlib
import json
import shutil
import zipfile
from collections.abc import Callable, Sequence
from dataclasses import asdict, replace
from pathlib import Path
from typing import Any

import keras
import numpy as np
import tensorflow as tf
from numpy.typing import NDArray

from erythema.datasets.folder import OUTLINED, DataSet, Entry, read_mask
from erythema.datasets.identity import perceptual_hash, sha256
from erythema.errors import ErythemaError
from erythema.files import refuse_existing
from erythema.learning.curve import best_epoch
from erythema.learning.encoder import set_imagenet_weights
from erythema.learning.export import Facts, write_network
from erythema.learning.finetuning import first_weights, keep_the_better, trained_on_from
from erythema.learning.folds import folds_by_patient
from erythema.learning.live_curves import LiveCurves
from erythema.learning.memory import in_gigabytes, memory_here, photos_at_once, step_memory
from erythema.learning.operating_point import choose_operating_point, reactions_mask
from erythema.learning.optimisation import Example, Progress, learn, predict
from erythema.learning.precision import choose_precision
from erythema.learning.settings import PRESETS, Settings
from erythema.learning.state import State, load_state, save_state
from erythema.learning.unet import build_encoded_unet, build_unet
from erythema.learning.validation import compare_with_readers
from erythema.segmentation.confidence import Calibration
from erythema.segmentation.engines import fit, unfit
from erythema.segmentation.network import Network, load_network
from erythema.segmentation.passes import Passes
from erythema.segmentation.photo import read_photo

STATE = "state.npz"


class TrainingError(ErythemaError, ValueError):
    """Data sets that cannot train a network; the message says what is missing."""


def train(
    data_sets: Sequence[DataSet],
    out: Path,
    settings: Settings = PRESETS["default"],
    *,
    extra: Sequence[DataSet] = (),
    start: Network | None = None,
    confidence: Calibration | None = None,
    progress: Callable[[Progress], None] = lambda progress: None,
    report: Callable[[str], None] = lambda line: None,
) -> Path:
    """Train a U-Net on the outlined and the erythema-free photos and write the folder ``out``.

    One patient of ``settings.validation``, drawn from the seed, validates: their loss stops the
    training, and they choose threshold and smallest area where the settings do not; with 0, all
    photos train. What is kept is the running average of the weights.

    After each epoch the folder ``OUT.training`` beside ``out`` holds all that the training is made
    of, and its curves for TensorBoard. Stopped at any moment, the same call goes on from there, to
    the same network as without the stop, and removes that folder when it is done. With fewer
    epochs than it already had, it writes the network as it is.

    The same settings, photos and TensorFlow on the same computer give the same network, to the last
    bit; for this, it switches TensorFlow to deterministic operations, and its graph optimiser off,
    for the rest of the process.

    With ``start``, the weights begin as that network's, and ``out`` becomes a copy of it where it
    is the better one on the validation photos.

    Parameters
    ----------
    out: a new or empty folder; its last part is the network's name.
    extra: data sets to train on beside, such as rendered photos: ``settings.extra_share`` of what
        is shown. They never validate, nor train where their patient validates.
    start: a network to train on from, with settings of its shape (``finetuning.settings_from``).
    confidence: what the network is to state confidences with.
    progress: called after each step.
    report: called with a line for people now and then, such as the memory that is needed.

    Raises
    ------
    TrainingError: fewer than two patients with outlines; a size that does not fit the U-Net; or
        ``OUT.training`` was begun with other settings or photos.
    WeightsError: the weights of the encoder are not installed.
    OutputError: ``out`` exists and is no empty folder.
    SettingsError, MemoryShortError: settings that cannot be, or not on this computer.
    StartError: ``start`` lacks what a training begins with.
    """
    out = Path(out).absolute()
    refuse_existing(out)
    entries = [entry for data_set in data_sets for entry in data_set.with_masks]
    training, validation = _split(entries, settings)
    judges = {entry.patient for entry in validation}
    beside = [one for data_set in extra for one in data_set.with_masks if one.patient not in judges]
    begun_with = _beginning(entries, beside, settings, start)
    room = training_state(out)
    earlier = state = _earlier_state(room, begun_with, settings, report)
    model, learner, at_once = _prepare(settings, start, report)

    room.mkdir(parents=True, exist_ok=True)
    if extra:
        share = f": {settings.extra_share:.0%} of what is shown" if beside else ""
        report(f"Beside, {len(beside)} photos train{share}.")
    live = LiveCurves(room)
    report(f"Live curves: tensorboard --logdir {room}")
    # Augmentation that zooms in finds twice the pixels.
    side = settings.size if settings.augmentation == "geometry" else 2 * settings.size
    examples = _outlined_examples(training, side)
    more = [_example(entry, side) for entry in beside]
    held_out = _outlined_examples(validation, settings.size) if validation else []
    states = learn(model, learner, examples, more, held_out, settings, at_once, earlier, progress)
    for state in states:
        save_state(state, begun_with, room / STATE)
        live.add(state.curve[-1])
    live.close()
    assert state is not None  # there is at least one epoch
    model.set_weights(state.best)
    facts = _facts(model, data_sets, entries, validation, settings, state)
    facts = replace(_with_beside(facts, extra, beside), confidence=confidence)
    if start is None:
        write_network(model, out, facts, state.curve)
    else:
        candidate = room / "network" / out.name
        shutil.rmtree(candidate, ignore_errors=True)  # of a training that was stopped at its end
        write_network(model, candidate, trained_on_from(start, facts), state.curve)
        report(keep_the_better(start, load_network(candidate), validation, out))
    shutil.rmtree(room)
    return out


def training_state(out: Path) -> Path:
    """Return the folder of what a training towards ``out`` is made of."""
    return out.with_name(out.name + ".training")


def check_settings(settings: Settings) -> None:
    """Raise TrainingError, SettingsError or MemoryShortError where no training can have them."""
    _prepare(settings, start=None, report=lambda line: None)
    keras.backend.clear_session()


def _prepare(
    settings: Settings, start: Network | None, report: Callable[[str], None]
) -> tuple[keras.Model, keras.Model, int]:
    """Model and learner of the same first weights, and how many photos to compute at once."""
    keras.utils.set_random_seed(settings.seed)
    tf.config.experimental.enable_op_determinism()
    # The graph optimiser saves memory by adding up gradients in the order in which they come.
    tf.config.optimizer.set_experimental_options({"disable_meta_optimizer": True})
    try:
        model = _build(settings, "float32")
    except ValueError as error:
        raise TrainingError(str(error)) from error
    if start:
        model.set_weights(first_weights(start, model))
    elif settings.encoder != "none":
        set_imagenet_weights(model)
    learner = _build(settings, choose_precision(settings.precision))
    learner.set_weights(model.get_weights())
    return model, learner, _plan_memory(model, settings.batch, report)


def _build(settings: Settings, precision: str) -> keras.Model:
    build = build_unet if settings.encoder == "none" else build_encoded_unet
    return build(settings.width, settings.size, precision)


def digest_of_photos(entries: Sequence[Entry]) -> str:
    """Return the SHA-256 of all that photos teach: their files, patients, states and outlines."""
    photos = hashlib.sha256()
    for entry in entries:
        outlines = sha256(entry.outlines) if entry.outlines else ""
        photos.update(
            "\n".join([sha256(entry.photo), entry.patient, entry.state, outlines]).encode()
        )
    return photos.hexdigest()


def _beginning(
    entries: Sequence[Entry],
    beside: Sequence[Entry],
    settings: Settings,
    start: Network | None,
) -> dict[str, Any]:
    """What must be the same for a training to go on: settings, start, photos, outlines."""
    beginning = {
        **asdict(settings),
        "precision": choose_precision(settings.precision),
        "start": start.hash if start else None,
        "photos": digest_of_photos(entries),
        "photos beside": digest_of_photos(beside),
    }
    if settings.schedule == "constant":
        del beginning["epochs"]
    as_read_again: dict[str, Any] = json.loads(json.dumps(beginning))
    return as_read_again


def _earlier_state(
    room: Path, begun_with: dict[str, Any], settings: Settings, report: Callable[[str], None]
) -> State | None:
    if not (room / STATE).exists():
        return None
    try:
        state, before = load_state(room / STATE)
    except (OSError, EOFError, TypeError, ValueError, KeyError, zipfile.BadZipFile) as error:
        raise TrainingError(
            f"{room / STATE}: cannot be read ({error}); move that folder away to begin anew"
        ) from error
    changed = [name for name, value in begun_with.items() if before.get(name) != value]
    if changed == ["epochs"] and settings.epochs <= len(state.curve):
        changed = []  # nothing is trained any more
    if changed:
        raise TrainingError(
            f"{room}: holds a training begun with other {', '.join(changed)}. Give the same "
            "settings and photos to go on with it, or move that folder away to begin anew"
        )
    report(f"Goes on after epoch {len(state.curve)}.")
    return state


def _plan_memory(model: keras.Model, batch: int, report: Callable[[str], None]) -> int:
    memory = memory_here()
    at_once = photos_at_once(model, batch, memory)
    parts = "" if at_once == batch else f", {at_once} at a time,"
    needed = in_gigabytes(step_memory(model, at_once))
    report(f"A step computes {batch} photos{parts} in about {needed} of {in_gigabytes(memory)}.")
    return at_once


def _split(entries: Sequence[Entry], settings: Settings) -> tuple[list[Entry], list[Entry]]:
    """Entries to train on and to validate on; both have patients with outlines."""
    outlined = [entry.state == OUTLINED for entry in entries]
    patients = [entry.patient for entry in entries]
    with_outlines = {name for name, yes in zip(patients, outlined, strict=True) if yes}
    if len(with_outlines) < 2:
        raise TrainingError(
            f"training needs outlined photos of two patients or more; found {len(with_outlines)}"
        )
    if settings.validation == 0:
        return list(entries), []
    count = min(settings.validation, len(with_outlines))
    folds = folds_by_patient(patients, outlined, count, settings.seed)
    training = [entry for entry, fold in zip(entries, folds, strict=True) if fold]
    validation = [entry for entry, fold in zip(entries, folds, strict=True) if not fold]
    return training, validation


def _outlined_examples(entries: Sequence[Entry], size: int) -> list[Example]:
    examples = [_example(entry, size) for entry in entries]
    if not any(example.mask.any() for example in examples):
        outlined = ", ".join(str(one.outlines) for one in entries if one.state == OUTLINED)
        raise TrainingError(
            f"{outlined}: no pixel of a photo lies inside these outlines, so nothing can be learnt "
            "or validated with them; draw them again"
        )
    return examples


def _example(entry: Entry, size: int) -> Example:
    photo = read_photo(entry.photo)
    mask = np.where(read_mask(entry, photo.shape[:2]), 255, 0).astype(np.uint8)
    fitted = fit(np.repeat(mask[..., None], 3, axis=2), size)[..., 0]
    return Example(_bytes(fit(photo, size)), _bytes(fitted))


def _bytes(image: NDArray[np.float32]) -> NDArray[np.uint8]:
    return np.rint(image * 255).astype(np.uint8)


def _facts(
    model: keras.Model,
    data_sets: Sequence[DataSet],
    entries: Sequence[Entry],
    validation: Sequence[Entry],
    settings: Settings,
    state: State,
) -> Facts:
    if validation:
        threshold, smallest_area, scores = _judge(model, validation, settings.operating_point)
    else:
        assert settings.operating_point is not None  # settings without either are refused
        (threshold, smallest_area), scores = settings.operating_point, {}
    return Facts(
        threshold=threshold,
        smallest_area=smallest_area,
        training_photos=[sha256(entry.photo) for entry in entries],
        training_perceptual_hashes=[perceptual_hash(read_photo(one.photo)) for one in entries],
        scores=scores,
        passes=Passes(settings.mirrored, settings.window),
        trained_with={
            "data_sets": [data_set.folder.resolve().name for data_set in data_sets],
            "readers": sorted({data_set.reader for data_set in data_sets if data_set.reader}),
            "photos": len(entries),
            "photos_outlined": sum(entry.state == OUTLINED for entry in entries),
            "patients": len({entry.patient for entry in entries}),
            **asdict(settings),
            "precision": choose_precision(settings.precision),
            "best_epoch": best_epoch(state.curve),
            "tensorflow": tf.__version__,
            "keras": keras.__version__,
        },
    )


def _with_beside(facts: Facts, extra: Sequence[DataSet], beside: Sequence[Entry]) -> Facts:
    """The facts of a network that was trained on photos beside, too."""
    trained_with = dict(facts.trained_with)
    if beside:
        trained_with["data_sets_beside"] = [one.folder.resolve().name for one in extra]
        trained_with["photos_beside"] = len(beside)
    else:
        del trained_with["extra_share"]
    hashes = [perceptual_hash(read_photo(one.photo)) for one in beside]
    return replace(
        facts,
        training_photos=facts.training_photos + [sha256(one.photo) for one in beside],
        training_perceptual_hashes=facts.training_perceptual_hashes + hashes,
        trained_with=trained_with,
    )


def _judge(
    model: keras.Model, validation: Sequence[Entry], operating_point: tuple[float, float] | None
) -> tuple[float, float, dict[str, float]]:
    """Threshold, smallest area, and the scores with them on whole photos."""
    size = model.input_shape[1]
    probabilities, truths = [], []
    for entry in validation:
        photo = read_photo(entry.photo)
        shape = photo.shape[:2]
        probabilities.append(unfit(predict(model, fit(photo, size)), shape))
        truths.append(read_mask(entry, shape))
    point = operating_point or choose_operating_point(probabilities, truths)
    found = compare_with_readers(
        (reactions_mask(p, *point), truth) for p, truth in zip(probabilities, truths, strict=True)
    )
    return *point, {
        "validation_dice": round(found.mean_dice, 4),
        "validation_photos_outlined": found.outlined,
        "validation_photos_without_erythema": found.without,
        "of_these_with_false_reactions": found.false_alarms,
    }
