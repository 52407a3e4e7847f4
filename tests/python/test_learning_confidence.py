"""The calibration of confidences that a training writes into its network."""

import pytest
from tiny_data_sets import save_outlines, save_photo

pytest.importorskip("keras", reason="training needs TensorFlow: the extra 'train'")

from erythema.datasets.folder import read_folder
from erythema.learning.settings import Settings
from erythema.learning.training import train
from erythema.segmentation.network import load_network, read_calibration

SMALL = Settings(width=2, size=32, epochs=1, batch=1, precision="float32")


@pytest.fixture
def data_set(tmp_path):
    for number in (1, 2):
        save_photo(tmp_path / f"photos/P{number}.png", (10, 10, 30, 30))
        save_outlines(tmp_path / f"photos/reader_a/P{number}.zip", (10, 10, 30, 30))
    return read_folder(tmp_path / "photos")


def test_a_network_states_confidences_by_the_calibration_that_training_got(
    data_set, calibrated_network, tmp_path
):
    calibration = read_calibration(calibrated_network / "manifest.json")
    out = train([data_set], tmp_path / "small", SMALL, confidence=calibration)
    assert load_network(out).confidence == calibration
    card = " ".join((out / "README.md").read_text("utf-8").split())
    assert "the probability that it has an IoU of 0.5 or more with the reader's" in card
    assert "80% of the reader's areas should lie in the area interval" in card


def test_a_network_that_got_none_states_no_confidence_and_its_card_says_so(data_set, tmp_path):
    out = train([data_set], tmp_path / "small", SMALL)
    assert load_network(out).confidence is None
    assert "It states no confidence" in (out / "README.md").read_text("utf-8")
