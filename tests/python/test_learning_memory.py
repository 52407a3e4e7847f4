"""How many photos of a batch are computed at once."""

import pytest

keras = pytest.importorskip("keras", reason="training needs TensorFlow: the extra 'train'")

from erythema.learning import memory  # noqa: E402
from erythema.learning.memory import (  # noqa: E402
    MemoryShortError,
    memory_here,
    photos_at_once,
    step_memory,
)
from erythema.learning.unet import build_unet  # noqa: E402


def megabyte_a_photo() -> keras.Model:
    photo = keras.Input((100, 100, 25))
    return keras.Model(photo, photo)


def test_every_layer_counts_once_a_photo_and_every_weight_five_times():
    photo = keras.Input((2, 2, 3))
    model = keras.Model(photo, keras.layers.Conv2D(1, 1)(photo))
    # 12 numbers in and 4 out for each of 10 photos; 4 weights; 4 bytes each.
    assert step_memory(model, 10) == 4 * (10 * (12 + 4) + 5 * 4)


@pytest.mark.parametrize(("megabytes", "expected"), [(64, 32), (62, 16), (20, 8), (2, 1)])
def test_half_of_the_memory_is_used_in_even_parts(megabytes, expected):
    assert photos_at_once(megabyte_a_photo(), 32, megabytes * 10**6) == expected


def test_a_network_too_large_for_one_photo_is_refused_with_both_sizes():
    with pytest.raises(MemoryShortError, match=r"0\.0 GB for one photo.*smaller --width"):
        photos_at_once(megabyte_a_photo(), 32, 1_900_000)


def test_the_published_batch_needs_parts_on_a_computer_of_24_gigabytes():
    model = build_unet(64, 512)
    assert step_memory(model, 32) > 24e9
    assert photos_at_once(model, 32, int(24e9)) < 32


def test_a_container_has_what_its_limit_says(tmp_path, monkeypatch):
    limit = tmp_path / "memory.max"
    monkeypatch.setattr(memory, "CONTAINER_LIMIT", limit)
    limit.write_text("1000000\n")
    assert memory_here() == 1_000_000
    limit.write_text("max\n")
    assert memory_here() > 1e9


def test_this_computer_has_memory():
    assert memory_here() > 1e9
