"""The U-Net and its loss.

Ronneberger, Fischer, Brox (2015), U-Net: Convolutional Networks for Biomedical Image Segmentation,
doi:10.1007/978-3-319-24574-4_28; with padded convolutions and group normalisation (Wu, He 2018,
doi:10.1007/978-3-030-01261-8_1), which has no running statistics to drift on few photos.
"""

import math

import keras
from keras import layers, ops

DEPTH = 4  # times the side is halved
GROUPS = 8
SMOOTHING = 1.0  # pixels, so that the loss of an empty batch is defined


def build_unet(width: int, size: int, precision: str = "float32") -> keras.Model:
    """Build a U-Net: photos (n, size, size, 3) in 0..1 to probabilities (n, size, size, 1).

    Parameters
    ----------
    width: channels of the first level; doubled at each of the four levels below.
    size: side in pixels.
    precision: "float32", or "bfloat16" for the convolutions; weights and output stay float32.

    Raises
    ------
    ValueError: ``size`` is no multiple of 16, or ``width`` is below 1.
    """
    if width < 1:
        raise ValueError(f"width {width}: must be at least 1")
    if size < 2**DEPTH or size % 2**DEPTH:
        raise ValueError(f"size {size}: must be a multiple of {2**DEPTH}")
    policy = "float32" if precision == "float32" else f"mixed_{precision}"
    photo = keras.Input((size, size, 3), name="photo")
    x, skipped = photo, []
    for level in range(DEPTH):
        x = _two_convolutions(x, width << level, policy, f"down{level}")
        skipped.append(x)
        x = layers.MaxPooling2D(dtype=policy, name=f"halve{level}")(x)
    x = _two_convolutions(x, width << DEPTH, policy, "bottom")
    for level in reversed(range(DEPTH)):
        double = layers.Conv2DTranspose(
            width << level, 2, strides=2, dtype=policy, name=f"double{level}"
        )
        x = layers.Concatenate(dtype=policy, name=f"join{level}")([skipped[level], double(x)])
        x = _two_convolutions(x, width << level, policy, f"up{level}")
    probability = layers.Conv2D(1, 1, activation="sigmoid", name="probability", dtype="float32")(x)
    return keras.Model(photo, probability, name="unet")


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


def _two_convolutions(
    x: keras.KerasTensor, channels: int, policy: str, name: str
) -> keras.KerasTensor:
    """Layers have names of their own: Keras would number them, and no two graphs be the same."""
    for part in "ab":
        x = layers.Conv2D(
            channels, 3, padding="same", use_bias=False, dtype=policy, name=f"{name}{part}_conv"
        )(x)
        groups = math.gcd(GROUPS, channels)
        x = layers.GroupNormalization(groups, dtype=policy, name=f"{name}{part}_norm")(x)
        x = layers.ReLU(dtype=policy, name=f"{name}{part}_relu")(x)
    return x
