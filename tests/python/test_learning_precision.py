"""Which number format a training computes in."""

import numpy as np
import pytest

keras = pytest.importorskip("keras", reason="training needs TensorFlow: the extra 'train'")

from erythema.learning import precision  # noqa: E402
from erythema.learning.export import freeze  # noqa: E402
from erythema.learning.gradients import LossGradients  # noqa: E402
from erythema.learning.precision import choose_precision  # noqa: E402
from erythema.learning.settings import SettingsError  # noqa: E402
from erythema.learning.unet import build_unet  # noqa: E402


def test_what_the_user_chose_is_taken():
    assert choose_precision("float32") == "float32"
    assert choose_precision("bfloat16") == "bfloat16"


def test_an_unknown_precision_is_refused_with_the_known_ones():
    with pytest.raises(SettingsError, match="no precision half; there are: auto, float32, bfloat"):
        choose_precision("half")


@pytest.mark.parametrize(
    ("flags", "expected"),
    [("flags : sse avx512_bf16 amx_bf16", "bfloat16"), ("flags : sse avx512_bf16", "float32")],
)
def test_auto_takes_bfloat16_where_the_processor_has_matrix_units(
    flags, expected, tmp_path, monkeypatch
):
    facts = tmp_path / "cpuinfo"
    facts.write_text(flags)
    monkeypatch.setattr(precision, "CPU_FACTS", facts)
    monkeypatch.setattr(precision.tf.config, "list_physical_devices", lambda kind: [])
    assert choose_precision("auto") == expected


def test_a_unet_in_bfloat16_has_float32_weights_and_output_and_nearly_the_same_loss():
    rng = np.random.default_rng(0)
    photos = rng.random((2, 32, 32, 3), np.float32)
    masks = (photos[..., :1] > 0.5).astype(np.float32)
    exact, fast = build_unet(4, 32), build_unet(4, 32, "bfloat16")
    fast.set_weights(exact.get_weights())
    assert {weight.dtype for weight in fast.get_weights()} == {np.dtype("float32")}
    assert fast.output.dtype == "float32"
    loss, _ = LossGradients(exact, 2)(photos, masks)
    assert LossGradients(fast, 2)(photos, masks)[0] == pytest.approx(loss, abs=0.01)


def test_weights_learnt_in_bfloat16_freeze_as_float32():
    model = build_unet(2, 32)
    model.set_weights(build_unet(2, 32, "bfloat16").get_weights())
    assert "Cast" not in {node.op for node in freeze(model).node}
