"""The U-Net, its loss and its score.

Ronneberger, Fischer, Brox (2015), U-Net: Convolutional Networks for Biomedical Image Segmentation,
doi:10.1007/978-3-319-24574-4_28; with padded convolutions and group normalisation (Wu, He 2018,
doi:10.1007/978-3-030-01261-8_1), which has no running statistics to drift on few photos.
"""

import math

import keras
import numpy as np
from keras import layers, ops
from numpy.typing import NDArray

DEPTH = 4  # times the side is halved
GROUPS = 8


def build_unet(width: int, size: int) -> keras.Model:
    """Build a U-Net: photos (n, size, size, 3) in 0..1 to probabilities (n, size, size, 1).

    Parameters
    ----------
    width: channels of the first level; doubled at each of the four levels below.
    size: side in pixels.

    Raises
    ------
    ValueError: ``size`` is no multiple of 16, or ``width`` is below 1.
    """
    if width < 1:
        raise ValueError(f"width {width}: must be at least 1")
    if size < 2**DEPTH or size % 2**DEPTH:
        raise ValueError(f"size {size}: must be a multiple of {2**DEPTH}")
    photo = keras.Input((size, size, 3), name="photo")
    x, skipped = photo, []
    for level in range(DEPTH):
        x = _two_convolutions(x, width << level)
        skipped.append(x)
        x = layers.MaxPooling2D()(x)
    x = _two_convolutions(x, width << DEPTH)
    for level in reversed(range(DEPTH)):
        x = layers.Conv2DTranspose(width << level, 2, strides=2)(x)
        x = layers.Concatenate()([skipped[level], x])
        x = _two_convolutions(x, width << level)
    probability = layers.Conv2D(1, 1, activation="sigmoid", name="probability")(x)
    return keras.Model(photo, probability)


def dice_loss(target: keras.KerasTensor, probability: keras.KerasTensor) -> keras.KerasTensor:
    """Return 1 - Dice of all pixels of a batch together, so that photos without erythema count too.

    Milletari, Navab, Ahmadi (2016), V-Net, doi:10.1109/3DV.2016.79; without the squares.
    """
    both = ops.sum(target * probability)
    return 1 - (2 * both + 1) / (ops.sum(target) + ops.sum(probability) + 1)


def dice(mask: NDArray[np.bool_], truth: NDArray[np.bool_]) -> float:
    """Return the Dice coefficient of two masks: 2 |A and B| / (|A| + |B|); 1 where both are empty.

    >>> dice(np.array([True, True, False]), np.array([True, False, False]))
    0.6666666666666666
    """
    both = int(mask.sum()) + int(truth.sum())
    return 2 * int((mask & truth).sum()) / both if both else 1.0


def _two_convolutions(x: keras.KerasTensor, channels: int) -> keras.KerasTensor:
    for _ in range(2):
        x = layers.Conv2D(channels, 3, padding="same", use_bias=False)(x)
        x = layers.GroupNormalization(math.gcd(GROUPS, channels))(x)
        x = layers.ReLU()(x)
    return x
