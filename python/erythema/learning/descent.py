"""Adam, slower for an encoder that was trained before."""

from collections.abc import Iterable, Sequence
from typing import Any

import keras
import numpy as np
import tensorflow as tf
from numpy.typing import NDArray

from erythema.learning.encoder import is_of_encoder
from erythema.learning.settings import Settings

ENCODER_SHARE = 0.2  # of the learning rate
RISE = 50  # steps in which the cosine schedule reaches the learning rate
STEEPEST = 5.0  # norm of all gradients together; steeper ones are scaled down


class Descent:
    """Steps of Adam along a model's gradients; Kingma, Ba (2015), arXiv:1412.6980."""

    def __init__(self, model: keras.Model, settings: Settings, steps: int) -> None:
        """``steps``: of the whole training."""
        own = [id(v) for one in model.layers if is_of_encoder(one) for v in one.trainable_variables]
        trained_before = settings.encoder != "none"
        self._in_encoder = [trained_before and id(v) in own for v in model.trainable_variables]
        self._steps = steps
        self._cosine = settings.schedule == "cosine"
        self._variables = model.trainable_variables
        self._learning_rate = settings.learning_rate
        self._optimizers = []
        for encoder in (False, True):
            optimizer = keras.optimizers.Adam(settings.learning_rate)
            optimizer.build(self._part(self._variables, encoder))
            self._optimizers.append(optimizer)
        # Operation by operation from Python, hundreds of variables take half as long as gradients.
        self._apply = tf.function(self._apply_gradients, jit_compile=False)

    @property
    def variables(self) -> list[keras.Variable]:
        """What the next steps depend on, besides the model's weights."""
        return [variable for one in self._optimizers for variable in one.variables]

    def restore(self, values: Iterable[NDArray[Any]]) -> None:
        """Go on with the values that ``variables`` had."""
        for variable, value in zip(self.variables, values, strict=True):
            variable.assign(value)

    def step(self, slopes: Sequence[tf.Tensor], number: int) -> None:
        """Change the model's weights along its gradients; ``number`` counts steps from 1."""
        rate = self._learning_rate
        if self._cosine:
            rate *= cosine_schedule(number, self._steps)
        self._apply(list(slopes), tf.constant(rate, tf.float32))

    def _apply_gradients(self, slopes: Sequence[tf.Tensor], rate: tf.Tensor) -> None:
        if self._cosine:
            slopes, _ = tf.clip_by_global_norm(slopes, STEEPEST)
        for encoder, optimizer in zip((False, True), self._optimizers, strict=True):
            part = self._part(self._variables, encoder)
            if part:
                optimizer.learning_rate.assign(rate * ENCODER_SHARE if encoder else rate)
                optimizer.apply_gradients(zip(self._part(slopes, encoder), part, strict=True))

    def _part(self, values: Sequence[Any], encoder: bool) -> list[Any]:
        return [v for v, own in zip(values, self._in_encoder, strict=True) if own == encoder]


def cosine_schedule(number: int, steps: int) -> float:
    """Return the share of the learning rate at a step, counted from 1.

    Loshchilov, Hutter (2017), SGDR, arXiv:1608.03983, without restarts.

    >>> cosine_schedule(1, 1000)
    0.02
    >>> cosine_schedule(501, 1000)
    0.5
    """
    fall = 0.5 + 0.5 * np.cos(np.pi * (number - 1) / steps)
    return round(float(min(1, number / RISE) * fall), 12)
