"""Training on from an earlier network, which is kept where it is the better one."""

import json
import shutil
from dataclasses import replace

import numpy as np
import pytest
from tiny_data_sets import save_outlines, save_photo, save_table

pytest.importorskip("keras", reason="training needs TensorFlow: the extra 'train'")

from erythema.datasets.folder import read_folder
from erythema.datasets.identity import sha256
from erythema.learning.finetuning import StartError, keep_the_better, settings_from
from erythema.learning.settings import Settings
from erythema.learning.training import TrainingError, train
from erythema.learning.validation import Validation
from erythema.segmentation.engines import open_engine
from erythema.segmentation.network import load_network
from erythema.segmentation.photo import read_photo

ALL, NOTHING = 0.001, 1.0  # thresholds at which the network finds so much
SMALL = Settings(width=2, size=32, epochs=1, batch=1, precision="float32")


@pytest.fixture(scope="module")
def data_set(tmp_path_factory):
    folder = tmp_path_factory.mktemp("photos")
    for number in (1, 2):
        save_photo(folder / f"P{number}.png", (10, 10, 30 + number, 30))
        save_outlines(folder / f"reader_a/P{number}.zip", (10, 10, 30 + number, 30))
    return read_folder(folder)


@pytest.fixture(scope="module")
def lab(tmp_path_factory):
    """Other photos than those that the start was trained on."""
    folder = tmp_path_factory.mktemp("lab")
    for number in (1, 2):
        save_photo(folder / f"L{number}.png", (20, 5, 50, 30 + number))
        save_outlines(folder / f"reader_b/L{number}.zip", (20, 5, 50, 30 + number))
    return read_folder(folder)


@pytest.fixture(scope="module")
def start(data_set, tmp_path_factory):
    return load_network(train([data_set], tmp_path_factory.mktemp("models") / "start", SMALL))


def train_on(start, lab, out, said, **others):
    settings = replace(settings_from(start), precision="float32", **others)
    return load_network(train([lab], out, settings, start=start, report=said.append))


def test_without_a_step_that_changes_it_the_weights_are_those_of_the_start(start, lab, tmp_path):
    said = []
    network = train_on(start, lab, tmp_path / "lab", said, epochs=1, learning_rate=0.0)
    photo = read_photo(lab.entries[0].photo)
    np.testing.assert_allclose(
        open_engine(network).probability(photo), open_engine(start).probability(photo), atol=1e-4
    )
    assert "The new network is kept." in said[-1]


@pytest.mark.parametrize(
    ("before", "after", "figure", "kept"),
    [
        (ALL, NOTHING, "and 0.000 after", "The start is better"),
        (NOTHING, ALL, "mean Dice 0.000 before", "The new network is kept"),
    ],
    ids=["worse", "better"],
)
def test_the_better_network_is_kept_and_training_says_so(
    start, lab, tmp_path, before, after, figure, kept
):
    networks = [at_threshold(one, start, tmp_path / str(one)) for one in (before, after)]
    said = keep_the_better(*networks, lab.entries, tmp_path / "lab")
    assert figure in said
    assert kept in said
    assert load_network(tmp_path / "lab").threshold == ALL


def test_it_says_how_many_of_the_judging_photos_the_start_had_seen(start, data_set, lab, tmp_path):
    judging = [data_set.entries[0], lab.entries[0]]
    said = keep_the_better(start, start, judging, tmp_path / "lab")
    assert "The start had trained on 1 of these photos" in said
    unseen = keep_the_better(start, start, lab.entries, tmp_path / "other")
    assert "had trained on" not in unseen


def at_threshold(threshold, network, folder):
    shutil.copytree(network.folder, folder)
    manifest = json.loads((folder / "manifest.json").read_text("utf-8"))
    manifest["threshold"] = threshold
    (folder / "manifest.json").write_text(json.dumps(manifest), "utf-8")
    return load_network(folder)


@pytest.mark.parametrize(
    ("after", "worse"),
    [
        (Validation(0.8, 1, 3, 2), False),
        (Validation(0.9, 1, 3, 2), False),
        (Validation(0.79, 0, 3, 2), True),
        (Validation(0.9, 2, 3, 2), True),
    ],
)
def test_worse_are_lower_dice_or_more_photos_with_false_outlines(after, worse):
    assert after.is_worse_than(Validation(0.8, 1, 3, 2)) is worse


def test_the_new_network_names_the_photos_of_both_trainings(start, data_set, lab, tmp_path):
    network = train_on(start, lab, tmp_path / "lab", [], epochs=1, learning_rate=0.0)
    assert sorted(network.training_photos) == sorted(
        sha256(entry.photo) for entry in [*data_set.entries, *lab.entries]
    )
    assert network.name == "lab"
    assert "start: start, version 1" in (network.folder / "README.md").read_text("utf-8")


def test_photos_without_outlines_of_two_patients_are_too_few(start, tmp_path):
    save_photo(tmp_path / "one/P1.png", (10, 10, 30, 30))
    save_outlines(tmp_path / "one/reader_a/P1.zip", (10, 10, 30, 30))
    save_table(tmp_path / "one/photos.csv", "photo,patient", "P1,anna")
    with pytest.raises(TrainingError, match="two patients"):
        train_on(start, read_folder(tmp_path / "one"), tmp_path / "lab", [])


def damaged(start, folder, change):
    shutil.copytree(start.folder, folder)
    change(folder)
    return load_network(folder)


def without_width(folder):
    manifest = json.loads((folder / "manifest.json").read_text("utf-8"))
    del manifest["trained_with"]
    (folder / "manifest.json").write_text(json.dumps(manifest), "utf-8")


def test_a_start_that_does_not_say_how_it_was_made_is_refused(start, tmp_path):
    with pytest.raises(StartError, match="does not say how the network was made"):
        settings_from(damaged(start, tmp_path / "start", without_width))


@pytest.mark.parametrize(
    ("change", "message"),
    [
        (lambda folder: (folder / "network.keras").unlink(), "network.keras: is missing"),
        (lambda folder: (folder / "network.keras").write_bytes(b"?"), "cannot be read"),
    ],
)
def test_a_start_without_its_keras_file_is_refused(start, lab, tmp_path, change, message):
    with pytest.raises(StartError, match=message):
        train_on(damaged(start, tmp_path / "start", change), lab, tmp_path / "lab", [])
    assert not (tmp_path / "lab").exists()
