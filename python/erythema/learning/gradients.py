"""The gradient of a batch's loss, computed a few photos at a time where memory is short."""

import keras
import tensorflow as tf

from erythema.learning.loss import cross_entropy, dice_loss, dice_loss_of_sums


class LossGradients:
    """Loss of a whole batch, and its gradient for each trainable weight of a model.

    Dice is a ratio of sums over the batch, so the gradients of its parts do not add up to its own.
    The sums do: a first pass adds them up, a second one adds the parts' gradients of the loss made
    linear in those sums. That is the whole batch's gradient, but for rounding. The cross-entropy is
    a mean over photos, whose gradients do add up.
    """

    def __init__(self, model: keras.Model, at_once: int, loss: str = "dice") -> None:
        """Make ready to compute.

        Parameters
        ----------
        at_once: how many photos memory takes in one pass, at least 1.
        loss: "dice", or "bce+dice".
        """
        self.model = model
        self.entropy = 1.0 if loss == "bce+dice" else 0.0
        self.at_once = at_once
        self._whole = tf.function(self._gradients_of_whole, jit_compile=False)
        self._sums = tf.function(self._sums_of_part, jit_compile=False)
        self._part = tf.function(self._gradients_of_part, jit_compile=False)

    def __call__(self, photos: tf.Tensor, masks: tf.Tensor) -> tuple[float, list[tf.Tensor]]:
        """Return loss and gradients; photos (n, size, size, 3), masks (n, size, size, 1), 0..1."""
        if len(photos) <= self.at_once:
            loss, gradients = self._whole(photos, masks)
            return float(loss), gradients
        parts = [
            (photos[start : start + self.at_once], masks[start : start + self.at_once])
            for start in range(0, len(photos), self.at_once)
        ]
        sums = [self._sums(*part) for part in parts]
        both, found, entropy = (tf.add_n(one) for one in zip(*sums, strict=True))
        with tf.GradientTape() as tape:
            tape.watch((both, found))
            loss = dice_loss_of_sums(both, tf.reduce_sum(masks), found)
        slopes = tape.gradient(loss, (both, found))
        slopes = [*slopes, tf.constant(self.entropy / len(photos))]
        gradients = self._part(*parts[0], *slopes)
        for part in parts[1:]:
            more = self._part(*part, *slopes)
            gradients = [a + b for a, b in zip(gradients, more, strict=True)]
        return float(loss + slopes[-1] * entropy), gradients

    def _gradients_of_whole(
        self, photos: tf.Tensor, masks: tf.Tensor
    ) -> tuple[tf.Tensor, list[tf.Tensor]]:
        with tf.GradientTape() as tape:
            probability = self.model(photos, training=True)
            loss = dice_loss(masks, probability)
            if self.entropy:
                loss += tf.reduce_mean(cross_entropy(masks, probability))
        return loss, tape.gradient(loss, self.model.trainable_variables)

    def _sums_of_part(
        self, photos: tf.Tensor, masks: tf.Tensor
    ) -> tuple[tf.Tensor, tf.Tensor, tf.Tensor]:
        """Found and drawn together, found, and the photos' cross-entropy."""
        probability = self.model(photos, training=True)
        entropy = tf.reduce_sum(cross_entropy(masks, probability))
        return tf.reduce_sum(masks * probability), tf.reduce_sum(probability), entropy

    def _gradients_of_part(
        self,
        photos: tf.Tensor,
        masks: tf.Tensor,
        slope_both: tf.Tensor,
        slope_found: tf.Tensor,
        slope_entropy: tf.Tensor,
    ) -> list[tf.Tensor]:
        with tf.GradientTape() as tape:
            both, found, entropy = self._sums_of_part(photos, masks)
            linear = slope_both * both + slope_found * found + slope_entropy * entropy
        return tape.gradient(linear, self.model.trainable_variables)
