"""The same skin under another light, through another camera."""

import cv2
import numpy as np
from numpy.typing import NDArray

GAMMA = 0.25  # standard deviation of its logarithm
EXPOSURE = 0.15  # of the logarithm, of all channels together
WHITE_BALANCE = 0.06  # of the logarithm, of each channel
SATURATION = 0.2  # of the logarithm
FALL_OF_LIGHT = 0.4  # of the logarithm, from one border to the other; in every second photo
BLUR = (0.4, 1.6)  # pixels, standard deviation
JPEG_QUALITY = (25, 90)
NOISE = (0.008, 0.04)  # standard deviation
SHARE_SPOILT = 0.25  # of the photos, by each of blur, JPEG and noise


def change_appearance(photo: NDArray[np.float32], rng: np.random.Generator) -> NDArray[np.float32]:
    """Return a photo (height, width, 3) in 0..1 with other colours, light and faults."""
    changed = _change_light(photo, rng)
    if rng.random() < SHARE_SPOILT:
        blurred = cv2.GaussianBlur(changed, (0, 0), rng.uniform(*BLUR))
        changed = np.asarray(blurred, np.float32)
    if rng.random() < SHARE_SPOILT:
        changed = compress(changed, int(rng.integers(*JPEG_QUALITY)))
    if rng.random() < SHARE_SPOILT:
        noise = rng.standard_normal(changed.shape, np.float32)
        changed = np.asarray(changed + np.float32(rng.uniform(*NOISE)) * noise, np.float32)
    return np.clip(changed, 0, 1, dtype=np.float32)


def compress(photo: NDArray[np.float32], quality: int) -> NDArray[np.float32]:
    """Return what JPEG of a quality (0 to 100) keeps of a photo in 0..1."""
    whole = np.rint(np.clip(photo, 0, 1) * 255).astype(np.uint8)
    blue_first = np.ascontiguousarray(whole[..., ::-1])  # as OpenCV's codecs take and give it
    _, content = cv2.imencode(".jpg", blue_first, [cv2.IMWRITE_JPEG_QUALITY, quality])
    read = np.asarray(cv2.imdecode(content, cv2.IMREAD_COLOR))[..., ::-1]
    return np.divide(read, 255, dtype=np.float32)


def _change_light(photo: NDArray[np.float32], rng: np.random.Generator) -> NDArray[np.float32]:
    changed = np.asarray(photo ** np.float32(np.exp(rng.normal(0, GAMMA))), np.float32)
    gain = np.exp(rng.normal(0, EXPOSURE) + rng.normal(0, WHITE_BALANCE, 3))
    changed *= gain.astype(np.float32)
    grey = changed.mean(axis=2, keepdims=True)
    changed = grey + (changed - grey) * np.float32(np.exp(rng.normal(0, SATURATION)))
    if rng.random() < 0.5:
        height, width = photo.shape[:2]
        angle = rng.uniform(0, 2 * np.pi)
        y, x = np.mgrid[:height, :width].astype(np.float32)
        along = (x / width - 0.5) * np.cos(angle) + (y / height - 0.5) * np.sin(angle)
        changed *= np.exp(along * rng.normal(0, FALL_OF_LIGHT)).astype(np.float32)[..., None]
    return np.asarray(changed, np.float32)
