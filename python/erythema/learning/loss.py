"""How far a probability is from a mask."""

import keras
from keras import ops

SMOOTHING = 1.0  # pixels, so that the loss of an empty batch is defined


def dice_loss(target: keras.KerasTensor, probability: keras.KerasTensor) -> keras.KerasTensor:
    """Return 1 - Dice of all pixels of a batch together, so that photos without erythema count too.

    Milletari, Navab, Ahmadi (2016), V-Net, doi:10.1109/3DV.2016.79; without the squares.
    """
    return dice_loss_of_sums(ops.sum(target * probability), ops.sum(target), ops.sum(probability))


def dice_loss_of_sums(
    both: keras.KerasTensor, target: keras.KerasTensor, probability: keras.KerasTensor
) -> keras.KerasTensor:
    """Return ``dice_loss`` of the sums of the products, the targets and the probabilities."""
    return 1 - (2 * both + SMOOTHING) / (target + probability + SMOOTHING)


def cross_entropy(target: keras.KerasTensor, probability: keras.KerasTensor) -> keras.KerasTensor:
    """Return the binary cross-entropy of each photo (n,): the mean over its pixels."""
    return ops.mean(ops.binary_crossentropy(target, probability), axis=(1, 2, 3))
