"""A training that was stopped goes on, to the very network that it would have become."""

import csv
import json
import os
import shutil
import signal
import subprocess
import sys
from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest
from PIL import Image

from erythema.datasets.folder import DataSet, read_folder
from erythema.segmentation.roi_set import Roi, write_rois

keras = pytest.importorskip("keras", reason="training needs TensorFlow: the extra 'train'")

from erythema.learning.curve import read_curve  # noqa: E402
from erythema.learning.optimisation import Example, _batches  # noqa: E402
from erythema.learning.settings import Settings  # noqa: E402
from erythema.learning.state import load_state  # noqa: E402
from erythema.learning.training import TrainingError, train  # noqa: E402

SMALL = Settings(width=2, size=32, epochs=4, batch=2, copies=2)


@pytest.fixture(scope="module")
def folder(tmp_path_factory) -> Path:
    """Four patients with a red square each."""
    folder = tmp_path_factory.mktemp("photos")
    (folder / "reader_a").mkdir()
    for number in range(4):
        left = 4 + 6 * number
        photo = np.full((32, 32, 3), (220, 180, 160), np.uint8)
        photo[8:20, left : left + 6] = (200, 90, 90)
        Image.fromarray(photo).save(folder / f"P{number}.png")
        corners = [[left, 8], [left + 6, 8], [left + 6, 20], [left, 20]]
        outline = np.array(corners, np.float64)
        write_rois(folder / f"reader_a/P{number}.zip", [Roi("erythema 1", [outline], {})])
    return folder


@pytest.fixture(scope="module")
def data_set(folder) -> DataSet:
    return read_folder(folder)


@pytest.fixture(scope="module")
def uninterrupted(data_set, tmp_path_factory) -> Path:
    return train([data_set], tmp_path_factory.mktemp("whole") / "mine", SMALL)


def stop_in_epoch(number: int):
    def progress(now):
        if now.epoch == number:
            raise KeyboardInterrupt

    return progress


@pytest.fixture
def stopped(data_set, tmp_path) -> Path:
    """Where a network would be, had its training not been stopped in its third epoch."""
    with pytest.raises(KeyboardInterrupt):
        train([data_set], tmp_path / "mine", SMALL, progress=stop_in_epoch(3))
    return tmp_path / "mine"


def files(network: Path) -> dict[str, bytes]:
    """What a network's files hold; of the Keras file, which has a date in it, the weights."""
    weights = keras.models.load_model(network / "network.keras", compile=False).get_weights()
    content = {path.name: path.read_bytes() for path in network.iterdir()}
    return {**content, "network.keras": b"".join(part.tobytes() for part in weights)}


def test_a_stopped_training_goes_on_to_the_same_network(stopped, data_set, uninterrupted):
    assert not stopped.exists()
    told = []
    train([data_set], stopped, SMALL, report=told.append)
    assert "Goes on after epoch 2." in told
    assert files(stopped) == files(uninterrupted)
    assert list(stopped.parent.iterdir()) == [stopped]


def test_killed_in_its_third_epoch_it_goes_on_to_the_same_network(folder, tmp_path, uninterrupted):
    command = [sys.executable, "-m", "erythema", "train", folder, "--out", tmp_path / "mine"]
    options = ["--preset", "plain", "--width", "2", "--size", "32", "--epochs", "4", "--batch", "2"]
    # The killed process runs the training itself, so that it can kill itself at a known place.
    program = (
        "import os, signal, sys\n"
        "from pathlib import Path\n"
        "from erythema.datasets.folder import read_folder\n"
        "from erythema.learning.settings import Settings\n"
        "from erythema.learning.training import train\n"
        "def progress(now):\n"
        "    if (now.epoch, now.step) == (3, 2):\n"
        "        os.kill(os.getpid(), signal.SIGKILL)\n"
        "settings = Settings(width=2, size=32, epochs=4, batch=2)\n"
        "train([read_folder(Path(sys.argv[1]))], Path(sys.argv[2]), settings, progress=progress)\n"
    )
    environment = {**os.environ, "TF_CPP_MIN_LOG_LEVEL": "3"}
    killed = subprocess.run(
        [sys.executable, "-c", program, folder, tmp_path / "mine"],
        env=environment,
        capture_output=True,
    )
    assert killed.returncode == -signal.SIGKILL
    run = subprocess.run([*command, *options], capture_output=True, encoding="utf-8")
    assert run.returncode == 0, run.stderr
    assert "Goes on after epoch 2." in run.stderr
    whole = [*command[:-1], tmp_path / "whole" / "mine", *options]
    assert subprocess.run(whole, capture_output=True).returncode == 0
    assert files(tmp_path / "mine") == files(tmp_path / "whole" / "mine")


def test_fewer_epochs_than_it_had_write_the_best_network_so_far(stopped, data_set):
    train([data_set], stopped, replace(SMALL, epochs=2))
    with (stopped / "training.csv").open(newline="") as table:
        assert [row["epoch"] for row in csv.DictReader(table)] == ["1", "2"]


def test_a_schedule_goes_on_only_to_the_epochs_it_was_planned_for(stopped, data_set):
    shutil.rmtree(stopped.with_name("mine.training"))
    planned = replace(SMALL, schedule="cosine")

    def stop_in_the_third_epoch(now):
        if now.epoch == 3:
            raise KeyboardInterrupt

    with pytest.raises(KeyboardInterrupt):
        train([data_set], stopped, planned, progress=stop_in_the_third_epoch)
    with pytest.raises(TrainingError, match="begun with other epochs"):
        train([data_set], stopped, replace(planned, epochs=8))
    train([data_set], stopped, replace(planned, epochs=2))
    assert len(read_curve(stopped)) == 2


def test_other_settings_are_refused_by_name_and_the_state_is_kept(stopped, data_set):
    state = stopped.with_name("mine.training") / "state.npz"
    before = state.read_bytes()
    with pytest.raises(TrainingError, match="begun with other width, seed"):
        train([data_set], stopped, replace(SMALL, width=4, seed=1))
    assert state.read_bytes() == before


def test_other_photos_are_refused(stopped, data_set):
    with pytest.raises(TrainingError, match="begun with other photos"):
        train([data_set._replace(entries=data_set.entries[1:])], stopped, SMALL)


@pytest.mark.parametrize("kept", [0, 1000])
def test_a_state_that_was_cut_short_is_refused_with_what_to_do(stopped, data_set, kept):
    state = stopped.with_name("mine.training") / "state.npz"
    state.write_bytes(state.read_bytes()[:kept])
    with pytest.raises(TrainingError, match=r"state\.npz: cannot be read.*move that folder away"):
        train([data_set], stopped, SMALL)


def test_a_training_keeps_its_state_after_each_epoch(stopped):
    state, begun_with = load_state(stopped.with_name("mine.training") / "state.npz")
    assert [epoch.epoch for epoch in state.curve] == [1, 2]
    assert begun_with["width"] == 2


def test_its_curves_can_be_watched_in_tensorboard(stopped):
    from tensorboard.backend.event_processing.event_accumulator import EventAccumulator

    events = EventAccumulator(str(stopped.with_name("mine.training")))
    events.Reload()
    for name in ("loss", "validation_loss", "validation_dice"):
        assert [event.step for event in events.Tensors(name)] == [1, 2]


def test_the_curve_stands_beside_the_network(uninterrupted):
    with (uninterrupted / "training.csv").open(newline="") as table:
        rows = list(csv.DictReader(table))
    assert [row["epoch"] for row in rows] == ["1", "2", "3", "4"]
    assert list(rows[0]) == ["epoch", "loss", "validation_loss", "validation_dice"]


def test_an_epoch_shows_each_photo_as_often_as_there_are_copies(data_set, tmp_path):
    told = []
    train([data_set], tmp_path / "mine", replace(SMALL, epochs=1), progress=told.append)
    # Of four patients one validates; three photos twice, two a step.
    assert [now.step for now in told] == [1, 2, 3]


def test_a_fixed_operating_point_is_used_as_it_is(data_set, tmp_path):
    from erythema.segmentation.network import load_network

    settings = replace(SMALL, epochs=1, operating_point=(0.5, 0.0))
    network = load_network(train([data_set], tmp_path / "mine", settings))
    assert (network.threshold, network.smallest_area) == (0.5, 0.0)


@pytest.fixture(scope="module")
def beside(folder, tmp_path_factory) -> DataSet:
    """A photo more of each of the four patients, and one of a fifth."""
    room = tmp_path_factory.mktemp("beside") / "rendered"
    room.mkdir()
    (room / "reader_rendered").mkdir()
    rows = ["photo,patient"]
    for number in range(5):
        photo = np.full((32, 32, 3), (220, 180, 160 + number), np.uint8)
        Image.fromarray(photo).save(room / f"R{number}.png")
        rows.append(f"R{number},P{number}")
    readings = ["photo,state,reason", *(f"R{number},no erythema," for number in range(5))]
    (room / "photos.csv").write_text("\n".join(rows) + "\n")
    (room / "reader_rendered/readings.csv").write_text("\n".join(readings) + "\n")
    return read_folder(room)


def grey(level: int) -> Example:
    return Example(np.full((8, 8, 3), level, np.uint8), np.zeros((8, 8), np.uint8))


def test_an_epoch_shows_each_photo_as_often_as_the_next_and_the_same_of_those_beside():
    training, beside = [grey(10), grey(20), grey(30)], [grey(level) for level in range(100, 110)]
    settings = Settings(size=8, copies=2, batch=4)
    shown = []
    for photos, _ in _batches(training, beside, (6, 4), settings, epoch=1):
        shown += [round(float(photo.mean()) * 255) for photo in photos]
    assert [shown.count(level) for level in (10, 20, 30)] == [2, 2, 2]
    others = [level for level in shown if level >= 100]
    assert len(others) == len(set(others)) == 4


def test_two_fifths_of_what_an_epoch_shows_are_from_the_data_beside(data_set, beside, tmp_path):
    told = []
    settings = replace(SMALL, epochs=1, batch=1)
    train([data_set], tmp_path / "mine", settings, extra=[beside], progress=told.append)
    # Of four patients one validates; three photos twice are three fifths of ten.
    assert told[-1].steps == 10


def test_data_beside_do_not_train_where_their_patient_validates(data_set, beside, tmp_path):
    settings = replace(SMALL, epochs=1)
    network = train([data_set], tmp_path / "mine", settings, extra=[beside])
    made = json.loads((network / "manifest.json").read_text("utf-8"))["trained_with"]
    # Of the four photos of patients who are in both, one is left out; the fifth patient's trains.
    assert (made["photos"], made["photos_beside"]) == (4, 4)
    assert (made["data_sets"], made["data_sets_beside"]) == ([data_set.name], ["rendered"])


def test_stopped_with_data_beside_it_goes_on_with_the_same_only(data_set, beside, tmp_path):
    with pytest.raises(KeyboardInterrupt):
        train([data_set], tmp_path / "mine", SMALL, extra=[beside], progress=stop_in_epoch(3))
    with pytest.raises(TrainingError, match="begun with other photos beside"):
        train([data_set], tmp_path / "mine", SMALL)
    train([data_set], tmp_path / "mine", SMALL, extra=[beside])
    whole = train([data_set], tmp_path / "whole" / "mine", SMALL, extra=[beside])
    assert files(tmp_path / "mine") == files(whole)
