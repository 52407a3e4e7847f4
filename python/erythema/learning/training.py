"""From data sets to a network: Dice loss, Adam, early stopping, averaged weights."""

import hashlib
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path

import keras
import numpy as np
import tensorflow as tf
from numpy.typing import NDArray

from erythema.datasets.folder import NO_ERYTHEMA, OUTLINED, DataSet, Entry, read_mask
from erythema.errors import ErythemaError
from erythema.learning.augmentation import augment
from erythema.learning.export import Facts, refuse_existing, write_network
from erythema.learning.folds import folds_by_patient
from erythema.learning.operating_point import choose_operating_point, reactions_mask
from erythema.learning.unet import build_unet, dice, dice_loss
from erythema.segmentation.engines import fit, unfit
from erythema.segmentation.photo import read_photo

LEARNING_RATE = 0.001
PATIENCE = 15  # epochs without a lower validation loss
FOLDS = 5  # one of them validates
AVERAGING = 0.99  # share of the averaged weights that a step keeps


class TrainingError(ErythemaError, ValueError):
    """Data sets that cannot train a network; the message says what is missing."""


@dataclass(frozen=True)
class Progress:
    """How far a training is, after one step."""

    epoch: int  # from 1
    epochs: int  # at most
    step: int  # from 1, within the epoch
    steps: int
    loss: float  # mean Dice loss of this epoch so far
    validation_dice: float | None  # of the last finished epoch


@dataclass(frozen=True)
class Example:
    """A photo as the network sees it, with the reader's mask, both uint8 to save memory."""

    photo: NDArray[np.uint8]  # (size, size, 3)
    mask: NDArray[np.uint8]  # (size, size), 255 inside


Weights = list[NDArray[np.float32]]


def train(
    data_sets: Sequence[DataSet],
    out: Path,
    *,
    width: int = 16,
    size: int = 256,
    epochs: int = 200,
    batch: int = 4,
    seed: int = 0,
    progress: Callable[[Progress], None] = lambda progress: None,
) -> Path:
    """Train a U-Net on the outlined and the erythema-free photos and write the folder ``out``.

    A fifth of the patients, drawn from ``seed``, validates: their loss stops the training, and they
    choose the threshold and the smallest area. What is kept is the running average of the weights.
    The same seed, photos and TensorFlow on the same kind of processor give the same network; it
    switches TensorFlow to deterministic operations for the rest of the process.

    Parameters
    ----------
    out: a new or empty folder; its last part is the network's name. An interrupted training
        leaves nothing there.
    width: channels of the first level.
    size: side in pixels of the square that the network sees; a multiple of 16.
    epochs: at most so many passes over the photos.
    batch: photos a step.
    progress: called after each step.

    Raises
    ------
    TrainingError: fewer than two patients with outlines; or a size that does not fit the U-Net.
    ExportError: ``out`` exists and is no empty folder.
    """
    out = Path(out).absolute()
    refuse_existing(out)
    entries = [
        entry
        for data_set in data_sets
        for entry in data_set.entries
        if entry.state in (OUTLINED, NO_ERYTHEMA)
    ]
    training, validation = _split(entries, seed)
    keras.utils.set_random_seed(seed)
    tf.config.experimental.enable_op_determinism()
    try:
        model = build_unet(width, size)
    except ValueError as error:
        raise TrainingError(str(error)) from error
    examples = [_example(entry, size) for entry in training]
    held_out = [_example(entry, size) for entry in validation]
    epoch = learn(model, examples, held_out, epochs, batch, seed, progress)

    threshold, smallest_area, scores = _judge(model, validation)
    facts = Facts(
        threshold=threshold,
        smallest_area=smallest_area,
        training_photos=[_sha256(entry.photo) for entry in entries],
        scores=scores,
        trained_with={
            "data_sets": [data_set.folder.resolve().name for data_set in data_sets],
            "readers": sorted({data_set.reader for data_set in data_sets if data_set.reader}),
            "photos": len(entries),
            "photos_outlined": sum(entry.state == OUTLINED for entry in entries),
            "patients": len({entry.patient for entry in entries}),
            "width": width,
            "size": size,
            "batch": batch,
            "seed": seed,
            "best_epoch": epoch,
            "tensorflow": tf.__version__,
            "keras": keras.__version__,
        },
    )
    write_network(model, out, facts)
    return out


def learn(
    model: keras.Model,
    training: Sequence[Example],
    validation: Sequence[Example],
    epochs: int,
    batch: int,
    seed: int,
    progress: Callable[[Progress], None],
) -> int:
    """Train ``model``, leave its averaged weights in it, and return their epoch, from 1.

    They are those with the lowest validation loss. Training ends after ``PATIENCE`` epochs without
    a lower one. ``validation`` has an example with a mask that is not empty.
    """
    learner = keras.models.clone_model(model)
    learner.set_weights(model.get_weights())
    learner.compile(keras.optimizers.Adam(LEARNING_RATE), dice_loss, jit_compile=False)
    averaged: Weights = model.get_weights()
    best, best_loss, best_epoch = averaged, np.inf, 0
    validation_dice = None
    steps = -(-len(training) // batch)
    for epoch in range(1, epochs + 1):
        losses = []
        for step, (photos, masks) in enumerate(_batches(training, batch, seed, epoch), 1):
            losses.append(float(learner.train_on_batch(photos, masks)))
            averaged = average(averaged, learner.get_weights(), (epoch - 1) * steps + step)
            mean = float(np.mean(losses))
            progress(Progress(epoch, epochs, step, steps, mean, validation_dice))
        model.set_weights(averaged)
        loss, validation_dice = _validate(model, validation)
        if loss < best_loss:
            best, best_loss, best_epoch = averaged, loss, epoch
        elif epoch - best_epoch >= PATIENCE:
            break
    model.set_weights(best)
    return best_epoch


def average(averaged: Weights, current: Weights, step: int) -> Weights:
    """Return the running average, which forgets the untrained weights of the first steps sooner.

    >>> average([np.array([0.0])], [np.array([10.0])], step=1)  # keeps a tenth
    [array([9.])]
    """
    keep = min(AVERAGING, step / (step + 9))
    return [keep * a + (1 - keep) * c for a, c in zip(averaged, current, strict=True)]


def _split(entries: Sequence[Entry], seed: int) -> tuple[list[Entry], list[Entry]]:
    """Entries to train on and to validate on; both have patients with outlines."""
    outlined = [entry.state == OUTLINED for entry in entries]
    patients = [entry.patient for entry in entries]
    with_outlines = {name for name, yes in zip(patients, outlined, strict=True) if yes}
    if len(with_outlines) < 2:
        raise TrainingError(
            f"training needs outlined photos of two patients or more; found {len(with_outlines)}"
        )
    folds = folds_by_patient(patients, outlined, min(FOLDS, len(with_outlines)), seed)
    training = [entry for entry, fold in zip(entries, folds, strict=True) if fold]
    validation = [entry for entry, fold in zip(entries, folds, strict=True) if not fold]
    return training, validation


def _example(entry: Entry, size: int) -> Example:
    photo = read_photo(entry.photo)
    mask = np.where(read_mask(entry, photo.shape[:2]), 255, 0).astype(np.uint8)
    fitted = fit(np.repeat(mask[..., None], 3, axis=2), size)[..., 0]
    return Example(_bytes(fit(photo, size)), _bytes(fitted))


def _bytes(image: NDArray[np.float32]) -> NDArray[np.uint8]:
    return np.rint(image * 255).astype(np.uint8)


def _batches(
    examples: Sequence[Example], batch: int, seed: int, epoch: int
) -> Iterator[tuple[NDArray[np.float32], NDArray[np.float32]]]:
    """One pass over the examples in a drawn order, each augmented anew."""
    rng = np.random.default_rng((seed, epoch))
    order = rng.permutation(len(examples))
    for start in range(0, len(order), batch):
        drawn = [examples[i] for i in order[start : start + batch]]
        pairs = [augment(_unit(one.photo), _unit(one.mask), rng) for one in drawn]
        yield np.stack([photo for photo, _ in pairs]), np.stack([m for _, m in pairs])[..., None]


def _unit(image: NDArray[np.uint8]) -> NDArray[np.float32]:
    return np.divide(image, 255, dtype=np.float32)


def _validate(model: keras.Model, examples: Sequence[Example]) -> tuple[float, float]:
    """Dice loss of all examples together, and the mean Dice of those with outlines."""
    probabilities = np.stack([_predict(model, _unit(one.photo)) for one in examples])
    masks = np.stack([_unit(one.mask) for one in examples])
    scores = [
        dice(probability >= 0.5, mask >= 0.5)
        for probability, mask in zip(probabilities, masks, strict=True)
        if mask.any()
    ]
    return float(dice_loss(masks, probabilities)), float(np.mean(scores))


def _predict(model: keras.Model, fitted: NDArray[np.float32]) -> NDArray[np.float32]:
    return np.asarray(model(fitted[None], training=False)[0, ..., 0], np.float32)


def _judge(
    model: keras.Model, validation: Sequence[Entry]
) -> tuple[float, float, dict[str, float]]:
    """Threshold, smallest area, and the scores with them on whole photos."""
    size = model.input_shape[1]
    probabilities, truths = [], []
    for entry in validation:
        photo = read_photo(entry.photo)
        shape = photo.shape[:2]
        probabilities.append(unfit(_predict(model, fit(photo, size)), shape))
        truths.append(read_mask(entry, shape))
    point = choose_operating_point(probabilities, truths)
    pairs = [(reactions_mask(p, *point), t) for p, t in zip(probabilities, truths, strict=True)]
    scores = [dice(mask, truth) for mask, truth in pairs if truth.any()]
    alarms = [mask.any() for mask, truth in pairs if not truth.any()]
    return *point, {
        "validation_dice": round(float(np.mean(scores)), 4),
        "validation_photos_outlined": len(scores),
        "validation_photos_without_erythema": len(alarms),
        "of_these_with_false_reactions": int(np.sum(alarms)),
    }


def _sha256(path: Path) -> str:
    return hashlib.sha256(path.read_bytes()).hexdigest()
