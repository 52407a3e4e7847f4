"""The gradient of a batch computed in parts is that of the whole batch."""

import numpy as np
import pytest

keras = pytest.importorskip("keras", reason="training needs TensorFlow: the extra 'train'")

from erythema.learning.gradients import LossGradients  # noqa: E402
from erythema.learning.unet import build_unet  # noqa: E402


def one_weight(value: float) -> keras.Model:
    """Probability = weight x red."""
    photo = keras.Input((1, 2, 3))
    red = keras.layers.Lambda(lambda pixels: pixels[..., :1])(photo)
    model = keras.Model(photo, keras.layers.Dense(1, use_bias=False)(red))
    model.set_weights([np.array([[value]], np.float32)])
    return model


@pytest.mark.parametrize("at_once", [1, 2])
def test_loss_and_gradient_of_two_photos_by_hand(at_once):
    red = np.zeros((2, 1, 2, 3), np.float32)
    red[..., 0] = [[[1, 0]], [[1, 1]]]
    masks = np.array([[[[1], [0]]], [[[1], [0]]]], np.float32)
    loss, (slope,) = LossGradients(one_weight(0.5), at_once)(red, masks)
    # With weight w: 2 w both, 3 w found, 2 drawn; loss 1 - (4 w + 1) / (3 w + 3), w = 1/2: 1/3.
    assert loss == pytest.approx(1 / 3)
    # Slope: -(4 (3 w + 3) - 3 (4 w + 1)) / (3 w + 3)^2 = -9 / 20.25.
    assert float(slope[0, 0]) == pytest.approx(-9 / 20.25)


@pytest.mark.parametrize("at_once", [1, 2])
def test_cross_entropy_comes_on_top(at_once):
    red = np.zeros((2, 1, 2, 3), np.float32)
    red[..., 0] = [[[1, 0]], [[1, 1]]]
    masks = np.array([[[[1], [0]]], [[[1], [0]]]], np.float32)
    loss, (slope,) = LossGradients(one_weight(0.5), at_once, "bce+dice")(red, masks)
    # Pixels: ln 2 and 0 in the first photo, ln 2 and ln 2 in the second.
    assert loss == pytest.approx(1 / 3 + 0.75 * np.log(2), rel=1e-5)
    # Slopes: -1/w and 0, -1/w and 1/(1 - w), of four pixels.
    assert float(slope[0, 0]) == pytest.approx(-9 / 20.25 - 0.5, rel=1e-5)


@pytest.mark.parametrize("loss", ["dice", "bce+dice"])
@pytest.mark.parametrize("at_once", [1, 2, 3])
def test_parts_of_any_size_give_a_unet_the_gradient_of_the_whole(at_once, loss):
    rng = np.random.default_rng(0)
    keras.utils.set_random_seed(0)
    model = build_unet(4, 32)
    photos = rng.random((5, 32, 32, 3), np.float32)
    masks = (rng.random((5, 32, 32, 1)) > 0.7).astype(np.float32)
    whole_loss, whole = LossGradients(model, 5, loss)(photos, masks)
    found, parts = LossGradients(model, at_once, loss)(photos, masks)
    assert found == pytest.approx(whole_loss, rel=1e-5)
    for one, other in zip(whole, parts, strict=True):
        scale = float(np.abs(one).max())
        np.testing.assert_allclose(np.asarray(other), np.asarray(one), atol=1e-4 * scale + 1e-9)
