"""Arrays to ImageJ's images and back, through ij.process: the same in Fiji and plain ImageJ.

The axes have scikit-image's names, and always this order: `t` (frames), `pln` (slices), `row`,
`col`, `ch` (channels, or red, green and blue).
"""

from collections.abc import Sequence
from typing import Any

import cv2
import numpy as np

from erythema.fiji.bridge import java_class
from erythema.fiji.errors import FijiError

AXES = ("t", "pln", "row", "col", "ch")
_PROCESSORS = {
    "uint8": ("ij.process.ByteProcessor", "int8"),
    "uint16": ("ij.process.ShortProcessor", "int16"),
    "float32": ("ij.process.FloatProcessor", "float32"),
}
# The type in Java, and how a buffer of bytes is seen as one of that type.
_JAVA = {
    "int8": ("JByte", "slice"),
    "int16": ("JShort", "asShortBuffer"),
    "int32": ("JInt", "asIntBuffer"),
    "float32": ("JFloat", "asFloatBuffer"),
}


def dims(image: Any) -> tuple[str, ...]:
    """The names of the axes of `to_array(image)`: `row`, `col`, and those longer than 1."""
    _, channels, slices, frames = _shape(image)
    lengths = {"t": frames, "pln": slices, "row": 2, "col": 2, "ch": channels}
    return tuple(axis for axis in AXES if lengths[axis] > 1)


def to_array(image: Any) -> np.ndarray:
    """The pixels of an image (ij.ImagePlus), its stack included, with the axes that `dims` names.

    8-bit images give uint8, 16-bit ones uint16, 32-bit ones float32: the stored values, whatever
    the display range and the calibration of grey values. RGB images give uint8 with red, green and
    blue along `ch`. The colours of a table are no pixels: Image > Type > RGB Color makes them so.
    The array is a copy.
    """
    in_colour, channels, slices, frames = _shape(image)
    stack = image.getStack()
    planes = [
        _plane(stack.getProcessor(number), in_colour) for number in range(1, stack.getSize() + 1)
    ]
    if in_colour:
        array = np.stack(planes).reshape(frames, slices, *planes[0].shape)
    else:
        # ImageJ stores the channels of a slice one after the other.
        array = np.stack(planes).reshape(frames, slices, channels, *planes[0].shape)
        array = np.moveaxis(array, 2, -1)
    kept = dims(image)
    left_out = tuple(number for number, axis in enumerate(AXES) if axis not in kept)
    return np.ascontiguousarray(array.squeeze(left_out))


def to_image(
    array: Any,
    title: str = "image",
    *,
    dims: Sequence[str] | None = None,
    pixel_size: float | None = None,
    unit: str = "mm",
) -> Any:
    """An image (ij.ImagePlus) with the pixels of an array; no window shows it yet.

    Parameters
    ----------
    array: uint8, uint16, float32, or bool (which becomes 0 and 255, an ImageJ mask). uint8 with
        three channels becomes RGB; other channels, slices and frames become a stack. An xarray's
        dims are looked at.
    dims: its axes, of `AXES` in any order. Without: `row, col`; where there are more, the last one
        is `ch` if it has the length 3 or there are five, and those before are `pln`, or `t, pln`.
    pixel_size: width and height of a pixel in `unit`; without it the image has no scale.

    Raises FijiError where the array's type or shape is not one of these, or a pixel has no size.
    """
    if pixel_size is not None and not 0 < pixel_size < float("inf"):
        raise FijiError(f"pixel_size={pixel_size} is no size of a pixel: give one above 0.")
    values, names = _checked(array, getattr(array, "dims", None) if dims is None else dims)
    missing = tuple(number for number, axis in enumerate(AXES) if axis not in names)
    order = sorted(range(values.ndim), key=lambda number: AXES.index(names[number]))
    whole = np.expand_dims(values.transpose(order), missing)
    if whole.dtype == bool:
        whole = whole.astype(np.uint8) * np.uint8(255)
    frames, slices, height, width, channels = whole.shape
    in_colour = channels == 3 and whole.dtype == np.uint8
    stack = java_class("ij.ImageStack")(width, height)
    for frame in whole:
        for plane in frame:
            if in_colour:
                stack.addSlice(_colour_processor(plane))
            else:
                for channel in range(channels):
                    stack.addSlice(_processor(plane[..., channel]))
    image = java_class("ij.ImagePlus")(title, stack)
    if in_colour:
        channels = 1
    image.setDimensions(channels, slices, frames)
    if channels > 1 or (slices > 1 and frames > 1):
        image.setOpenAsHyperStack(True)
    if 1 < channels <= 7:
        composite = java_class("ij.CompositeImage")
        image = composite(image, composite.COMPOSITE)
    if pixel_size is not None:
        calibration = image.getCalibration()
        calibration.pixelWidth = calibration.pixelHeight = float(pixel_size)
        calibration.setUnit(unit)
    return image


def _shape(image: Any) -> tuple[bool, int, int, int]:
    """Whether an image is in colour; its channels (3 of one in colour), slices and frames."""
    channels, slices, frames = (int(n) for n in list(image.getDimensions())[2:])
    if image.getType() == image.COLOR_RGB:
        # What ImageJ calls channels of an RGB stack are photos, as slices are.
        return True, 3, channels * slices, frames
    return False, channels, slices, frames


def _plane(processor: Any, in_colour: bool) -> np.ndarray:
    shape = int(processor.getHeight()), int(processor.getWidth())
    if in_colour:
        packed = np.asarray(processor.getPixels()).astype("<i4", copy=False)
        return cv2.cvtColor(packed.view(np.uint8).reshape(*shape, 4), cv2.COLOR_BGRA2RGB)
    pixels = np.asarray(processor.getPixels())
    unsigned = {"int8": np.uint8, "int16": np.uint16}.get(pixels.dtype.name)
    return (pixels if unsigned is None else pixels.view(unsigned)).reshape(shape)


def _processor(plane: np.ndarray) -> Any:
    name, stored = _PROCESSORS[plane.dtype.name]
    height, width = plane.shape
    pixels = _java_array(np.ascontiguousarray(plane).view(stored))
    return java_class(name)(width, height, pixels, None)


def _colour_processor(plane: np.ndarray) -> Any:
    height, width = plane.shape[:2]
    packed = cv2.cvtColor(np.ascontiguousarray(plane), cv2.COLOR_RGB2BGRA)  # alpha is 255
    pixels = _java_array(packed.view("<i4").astype(np.int32, copy=False))
    return java_class("ij.process.ColorProcessor")(width, height, pixels)


def _java_array(values: np.ndarray) -> Any:
    """A Java array of the same type, copied in one piece.

    Through a buffer: JPype's own conversions go value by value.
    """
    import jpype
    import jpype.nio

    name, view = _JAVA[values.dtype.name]
    array = jpype.JArray(getattr(jpype, name))(values.size)
    pixels: Any = np.require(values, requirements=["C", "W"]).ravel().view(np.uint8)
    buffer = jpype.nio.convertToDirectBuffer(memoryview(pixels))
    buffer.order(java_class("java.nio.ByteOrder").nativeOrder())
    getattr(buffer, view)().get(array)
    return array


def _checked(array: Any, dims: Sequence[str] | None) -> tuple[np.ndarray, tuple[str, ...]]:
    """The values of an array, and the names of its axes."""
    values = np.asarray(array)
    if values.dtype != bool and values.dtype.name not in _PROCESSORS:
        raise FijiError(
            f"ImageJ has no images of {values.dtype}: convert the array to uint8, uint16 or "
            "float32 first, for example with array.astype('float32')."
        )
    names = _guess(values.shape) if dims is None else tuple(str(name) for name in dims)
    fits = len(names) == values.ndim and len(set(names)) == len(names)
    if not fits or not {"row", "col"} <= set(names) <= set(AXES):
        raise FijiError(
            f"An array of shape {values.shape} with the axes {', '.join(names) or '-'} is no "
            "image: name each axis once, row and col among them, with dims=; there are "
            f"{', '.join(AXES)}."
        )
    if 0 in values.shape:
        raise FijiError(f"An array of shape {values.shape} has no pixels: give one that has some.")
    return values, names


def _guess(shape: tuple[int, ...]) -> tuple[str, ...]:
    channels = len(shape) == 5 or (len(shape) > 2 and shape[-1] == 3)
    planes = ("t", "pln", "row", "col")[4 - min(4, len(shape) - channels) :]
    return (*planes, "ch") if channels else planes
