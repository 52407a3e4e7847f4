"""The U-Net, with an encoder of its own or a plain one.

Ronneberger, Fischer, Brox (2015), U-Net: Convolutional Networks for Biomedical Image Segmentation,
doi:10.1007/978-3-319-24574-4_28; with padded convolutions and group normalisation (Wu, He 2018,
doi:10.1007/978-3-030-01261-8_1), which has no running statistics to drift on few photos.
"""

import math

import keras
from keras import layers

from erythema.learning.encoder import encode

DEPTH = 4  # times the side is halved
GROUPS = 8


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
    _check(width, size, 2**DEPTH)
    policy = _policy(precision)
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


def build_encoded_unet(width: int, size: int, precision: str = "float32") -> keras.Model:
    """Build a U-Net whose encoder is EfficientNet-Lite0; input and output as ``build_unet``'s.

    The decoder goes up by bilinear interpolation and ends at half the photo's side.

    Parameters
    ----------
    width: channels of the decoder's last level; doubled at each of the three levels below.

    Raises
    ------
    ValueError: ``size`` is no multiple of 32, or ``width`` is below 1.
    """
    _check(width, size, 32)
    policy = _policy(precision)
    photo = keras.Input((size, size, 3), name="photo")
    *skipped, x = encode(photo, policy)
    for level in reversed(range(DEPTH)):
        channels = width << level
        x = layers.Conv2D(channels, 1, dtype=policy, name=f"narrow{level}")(x)
        x = _double(x, policy, f"double{level}")
        x = layers.Concatenate(dtype=policy, name=f"join{level}")([skipped[level], x])
        x = _two_convolutions(x, channels, policy, f"up{level}")
    x = layers.Conv2D(1, 1, name="logit", dtype="float32")(x)
    x = _double(x, "float32", "whole")
    probability = layers.Activation("sigmoid", name="probability", dtype="float32")(x)
    return keras.Model(photo, probability, name="unet")


def _check(width: int, size: int, divisor: int) -> None:
    if width < 1:
        raise ValueError(f"width {width}: must be at least 1")
    if size < divisor or size % divisor:
        raise ValueError(f"size {size}: must be a multiple of {divisor}")


def _policy(precision: str) -> str:
    return "float32" if precision == "float32" else f"mixed_{precision}"


def _double(x: keras.KerasTensor, policy: str, name: str) -> keras.KerasTensor:
    return layers.UpSampling2D(interpolation="bilinear", dtype=policy, name=name)(x)


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
