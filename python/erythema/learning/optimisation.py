"""The steps of a training, averaged weights, and early stopping."""

from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass

import keras
import numpy as np
from numpy.typing import NDArray

from erythema.learning.augmentation import augment, augment_widely
from erythema.learning.curve import Epoch, best_epoch
from erythema.learning.descent import Descent
from erythema.learning.gradients import LossGradients
from erythema.learning.loss import dice_loss
from erythema.learning.settings import Settings
from erythema.learning.state import State, Weights
from erythema.measurement.agreement import dice

AVERAGING = 0.99  # share of the averaged weights that a step keeps


@dataclass(frozen=True)
class Progress:
    """How far a training is, after one step."""

    epoch: int  # from 1
    epochs: int  # at most
    step: int  # from 1, within the epoch
    steps: int
    loss: float  # mean loss of this epoch so far
    validation_dice: float | None  # of the last finished epoch


@dataclass(frozen=True)
class Example:
    """A photo in a square, with the reader's mask, both uint8 to save memory.

    The square is as large as the network's input, or larger where augmentation may zoom in.
    """

    photo: NDArray[np.uint8]  # (side, side, 3)
    mask: NDArray[np.uint8]  # (side, side), 255 inside


def learn(
    model: keras.Model,
    learner: keras.Model,
    training: Sequence[Example],
    extra: Sequence[Example],
    validation: Sequence[Example],
    settings: Settings,
    at_once: int,
    state: State | None,
    progress: Callable[[Progress], None],
) -> Iterator[State]:
    """Train ``learner`` and yield the state after each epoch, until the training is over.

    It is over after ``settings.epochs``, or ``settings.patience`` epochs after the best one, where
    photos validate.

    Parameters
    ----------
    model: in float32, of the learner's shape; computes the validation with the averaged weights.
    extra: shown beside ``training``, as ``settings.extra_share`` of all; may be none.
    validation: of the network's input size; none, or one has a mask that is not empty.
    at_once: photos that memory takes in one pass.
    state: where an earlier training ended, to go on exactly as that would have; None begins.
    """
    counts = len(training) * settings.copies, _shown_of_extra(training, extra, settings)
    steps = -(-sum(counts) // settings.batch)
    descent = Descent(learner, settings, settings.epochs * steps)
    gradients = LossGradients(learner, at_once, settings.loss)
    curve: list[Epoch] = []
    averaged = best = learner.get_weights()
    if state is not None:
        curve, averaged, best = list(state.curve), state.averaged, state.best
        learner.set_weights(state.weights)
        descent.restore(state.optimizer)
    while not _is_over(curve, settings):
        epoch = len(curve) + 1
        told = curve[-1].validation_dice if curve else None
        losses = []
        for step, (photos, masks) in enumerate(
            _batches(training, extra, counts, settings, epoch), 1
        ):
            loss, slopes = gradients(photos, masks)
            number = (epoch - 1) * steps + step
            descent.step(slopes, number)
            losses.append(loss)
            averaged = average(averaged, learner.get_weights(), number)
            mean = float(np.mean(losses))
            progress(Progress(epoch, settings.epochs, step, steps, mean, told))
        model.set_weights(averaged)
        curve.append(Epoch(epoch, mean, *_validate(model, validation)))
        if best_epoch(curve) == epoch:
            best = averaged
        variables = [variable.numpy() for variable in descent.variables]
        yield State(learner.get_weights(), variables, averaged, best, tuple(curve))


def average(averaged: Weights, current: Weights, step: int) -> Weights:
    """Return the running average, which forgets the untrained weights of the first steps sooner.

    >>> average([np.array([0.0])], [np.array([10.0])], step=1)  # keeps a tenth
    [array([9.])]
    """
    keep = min(AVERAGING, step / (step + 9))
    return [keep * a + (1 - keep) * c for a, c in zip(averaged, current, strict=True)]


def predict(model: keras.Model, fitted: NDArray[np.float32]) -> NDArray[np.float32]:
    """Return the probability (size, size) of a photo (size, size, 3) as ``fit`` gives it."""
    return np.asarray(model(fitted[None], training=False)[0, ..., 0], np.float32)


def _is_over(curve: Sequence[Epoch], settings: Settings) -> bool:
    if not curve:
        return False
    since_best = 0 if curve[-1].validation_loss is None else len(curve) - best_epoch(curve)
    return len(curve) >= settings.epochs or since_best >= settings.patience


def _shown_of_extra(
    training: Sequence[Example], extra: Sequence[Example], settings: Settings
) -> int:
    """How many of the extra examples an epoch shows."""
    share = settings.extra_share if extra else 0
    return round(len(training) * settings.copies * share / (1 - share))


def _batches(
    training: Sequence[Example],
    extra: Sequence[Example],
    counts: tuple[int, int],
    settings: Settings,
    epoch: int,
) -> Iterator[tuple[NDArray[np.float32], NDArray[np.float32]]]:
    """So many examples of both, each of them as often as the next, in a drawn order.

    Each is augmented anew.
    """
    rng = np.random.default_rng((settings.seed, epoch))
    examples = [*training, *extra]
    own, beside = (
        np.resize(rng.permutation(len(part)), count)
        for part, count in zip((training, extra), counts, strict=True)
    )
    order = rng.permutation(np.concatenate([own, beside + len(training)]))
    for start in range(0, len(order), settings.batch):
        drawn = [examples[i] for i in order[start : start + settings.batch]]
        pairs = [_augment(_unit(one.photo), _unit(one.mask), settings, rng) for one in drawn]
        yield np.stack([photo for photo, _ in pairs]), np.stack([m for _, m in pairs])[..., None]


def _augment(
    photo: NDArray[np.float32],
    mask: NDArray[np.float32],
    settings: Settings,
    rng: np.random.Generator,
) -> tuple[NDArray[np.float32], NDArray[np.float32]]:
    if settings.augmentation == "geometry":
        return augment(photo, mask, rng)
    return augment_widely(photo, mask, settings.size, rng)


def _unit(image: NDArray[np.uint8]) -> NDArray[np.float32]:
    return np.divide(image, 255, dtype=np.float32)


def _validate(
    model: keras.Model, examples: Sequence[Example]
) -> tuple[float, float] | tuple[None, None]:
    """Dice loss of all examples together, and the mean Dice of those with outlines."""
    if not examples:
        return None, None
    probabilities = np.stack([predict(model, _unit(one.photo)) for one in examples])
    masks = np.stack([_unit(one.mask) for one in examples])
    scores = [
        dice(probability >= 0.5, mask >= 0.5)
        for probability, mask in zip(probabilities, masks, strict=True)
        if mask.any()
    ]
    return float(dice_loss(masks, probabilities)), float(np.mean(scores))
