"""How far a step moves the weights."""

import numpy as np
import pytest

keras = pytest.importorskip("keras", reason="training needs TensorFlow: the extra 'train'")

from erythema.learning.descent import Descent, cosine_schedule  # noqa: E402
from erythema.learning.settings import Settings  # noqa: E402


def two_layers() -> keras.Model:
    """A model whose first layer has the name of an encoder's."""
    photo = keras.Input((1,))
    x = keras.layers.Dense(1, name="stem")(photo)
    return keras.Model(photo, keras.layers.Dense(1, name="logit")(x))


def moved_by_one_step(model: keras.Model, settings: Settings, slope: float = 1.0) -> list[float]:
    before = [weights.copy() for weights in model.get_weights()]
    slopes = [np.full(v.shape, slope, np.float32) for v in model.trainable_variables]
    Descent(model, settings, steps=1000).step(slopes, 1)
    after = model.get_weights()
    return [float((b - a).squeeze()) for b, a in zip(before, after, strict=True)]


def test_the_first_step_of_adam_is_the_learning_rate_whatever_the_slope():
    assert moved_by_one_step(two_layers(), Settings(), 3.0) == pytest.approx([0.001] * 4, rel=1e-3)


def test_an_encoder_trained_before_moves_a_fifth():
    settings = Settings(encoder="efficientnet-lite0")
    expected = [0.0002, 0.0002, 0.001, 0.001]
    assert moved_by_one_step(two_layers(), settings) == pytest.approx(expected, rel=1e-3)


def test_a_cosine_schedule_begins_with_a_fiftieth():
    settings = Settings(schedule="cosine")
    assert moved_by_one_step(two_layers(), settings) == pytest.approx([0.00002] * 4, rel=0.01)


@pytest.mark.parametrize(
    ("number", "expected"),
    [(25, 0.5), (251, 0.853553), (501, 0.5), (751, 0.146447), (1001, 0)],
)
def test_the_cosine_schedule_rises_for_50_steps_and_then_falls_to_nothing(number, expected):
    assert cosine_schedule(number, 1000) == pytest.approx(expected, abs=0.003)


def test_a_restored_descent_goes_on_as_the_first_one_would_have():
    first, second = two_layers(), two_layers()
    second.set_weights(first.get_weights())
    settings = Settings(encoder="efficientnet-lite0")
    slopes = [[np.full(v.shape, s, np.float32) for v in first.trainable_variables] for s in (1, -3)]
    descent, again = Descent(first, settings, 10), Descent(second, settings, 10)
    descent.step(slopes[0], 1)
    second.set_weights(first.get_weights())
    again.restore([variable.numpy() for variable in descent.variables])
    descent.step(slopes[1], 2)
    again.step(slopes[1], 2)
    for one, other in zip(first.get_weights(), second.get_weights(), strict=True):
        np.testing.assert_array_equal(one, other)
