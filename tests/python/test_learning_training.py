"""Training and export, with networks of width 2 on photos of 48 px that take a second each."""

import json
import subprocess
from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest
from PIL import Image

from erythema.datasets.folder import DataSet, read_folder
from erythema.files import OutputError
from erythema.segmentation.engines import fit, open_engine
from erythema.segmentation.network import NetworkError, load_network
from erythema.segmentation.photo import read_photo
from erythema.segmentation.roi_set import Roi, write_rois

keras = pytest.importorskip("keras", reason="training needs TensorFlow: the extra 'train'")

from erythema.learning.curve import best_epoch, read_curve  # noqa: E402
from erythema.learning.encoder import set_imagenet_weights  # noqa: E402
from erythema.learning.export import ExportError, Facts, freeze, write_network  # noqa: E402
from erythema.learning.gradients import LossGradients  # noqa: E402
from erythema.learning.loss import dice_loss  # noqa: E402
from erythema.learning.optimisation import Example, Progress, average, learn  # noqa: E402
from erythema.learning.settings import Settings, preset  # noqa: E402
from erythema.learning.training import TrainingError, check_settings, train  # noqa: E402
from erythema.learning.unet import build_encoded_unet, build_unet  # noqa: E402

SMALL = Settings(width=2, size=32, epochs=2, batch=1)


@pytest.fixture(scope="module")
def data_set(tmp_path_factory) -> DataSet:
    """Two patients with a red square on skin, and two without."""
    folder = tmp_path_factory.mktemp("photos")
    (folder / "reader_a").mkdir()
    skin = np.full((40, 48, 3), (220, 180, 160), np.uint8)
    for photo_id, left in (("P1", 8), ("P2", 20)):
        photo = skin.copy()
        photo[10:26, left : left + 16] = (200, 90, 90)
        Image.fromarray(photo).save(folder / f"{photo_id}.png")
        corners = [[left, 10], [left + 16, 10], [left + 16, 26], [left, 26]]
        outline = np.array(corners, np.float64)
        write_rois(folder / f"reader_a/{photo_id}.zip", [Roi("erythema 1", [outline], {})])
    for photo_id, shade in (("P3", 0), ("P4", 10)):
        Image.fromarray(skin - np.uint8(shade)).save(folder / f"{photo_id}.png")
    photos = "photo,patient\nP1,anna\nP2,ben\nP3,cleo\nP4,dora\n"
    (folder / "photos.csv").write_text(photos, "utf-8")
    rows = "P1,outlined,\nP2,outlined,\nP3,no erythema,\nP4,no erythema,\n"
    (folder / "reader_a/readings.csv").write_text("photo,state,reason\n" + rows, "utf-8")
    return read_folder(folder)


@pytest.fixture(scope="module")
def training(data_set, tmp_path_factory) -> tuple[Path, list[Progress]]:
    """A network, trained into a folder that was there and empty, and the progress told."""
    out = tmp_path_factory.mktemp("models") / "small"
    out.mkdir()
    told: list[Progress] = []
    return train([data_set], out, SMALL, progress=told.append), told


@pytest.fixture(scope="module")
def trained(training) -> Path:
    return training[0]


@pytest.fixture(scope="module")
def pretrained(data_set, tmp_path_factory) -> Path:
    """A network whose encoder learnt on ImageNet, trained on all photos."""
    settings = replace(preset("default"), width=2, size=32, epochs=2, batch=2)
    return train([data_set], tmp_path_factory.mktemp("models") / "pretrained", settings)


@pytest.fixture(params=["trained", "pretrained"])
def network_folder(request) -> Path:
    return request.getfixturevalue(request.param)


def test_where_nobody_validates_all_photos_train_and_the_card_says_so(pretrained):
    assert read_curve(pretrained)[1].validation_loss is None
    manifest = json.loads((pretrained / "manifest.json").read_text("utf-8"))
    assert manifest["scores"] == {}
    assert (manifest["threshold"], manifest["smallest_area"]) == (0.5, 0.001)
    assert "All photos trained it, so none can judge it" in (pretrained / "README.md").read_text()


def test_a_pretrained_encoder_begins_with_what_it_learnt_on_imagenet(pretrained):
    weights = keras.models.load_model(pretrained / "network.keras").get_layer("stem").get_weights()
    learnt = build_encoded_unet(2, 32)
    set_imagenet_weights(learnt)
    for now, before in zip(weights, learnt.get_layer("stem").get_weights(), strict=True):
        np.testing.assert_allclose(now, before, atol=0.001)


def test_a_size_that_no_encoder_can_halve_five_times_is_refused():
    with pytest.raises(ValueError, match="size 48: must be a multiple of 32"):
        build_encoded_unet(2, 48)


def test_a_trained_network_loads_and_says_what_it_was_made_of(trained, data_set):
    network = load_network(trained)
    assert (network.name, network.input_size) == ("small", 32)
    manifest = json.loads((trained / "manifest.json").read_text("utf-8"))
    assert len(set(manifest["training_photos"])) == 4
    assert manifest["trained_with"]["patients"] == 4
    assert manifest["trained_with"]["readers"] == ["a"]
    assert "validation_dice" in manifest["scores"]


def test_the_folder_holds_five_files_and_nothing_lies_beside_it(trained):
    files = sorted(path.name for path in trained.iterdir())
    assert files == ["README.md", "graph.pb", "manifest.json", "network.keras", "training.csv"]
    assert list(trained.parent.iterdir()) == [trained]


def probability_of_keras(trained: Path, photo: np.ndarray) -> np.ndarray:
    model = keras.models.load_model(trained / "network.keras", compile=False)
    return np.asarray(model(fit(photo, 32)[None], training=False))


@pytest.mark.parametrize("engine", ["tensorflow", "openvino"])
def test_the_frozen_graph_gives_what_the_keras_model_gives(network_folder, data_set, engine):
    photo = read_photo(data_set.entries[0].photo)
    expected = probability_of_keras(network_folder, photo)
    computed = open_engine(load_network(network_folder), engine).compute(fit(photo, 32)[None])
    np.testing.assert_allclose(computed, expected, atol=1e-4)


def test_tensorflow_2_6_reads_the_graph(network_folder, data_set, nano_python, tmp_path):
    photo = read_photo(data_set.entries[0].photo)
    np.save(tmp_path / "photo.npy", fit(photo, 32)[None])
    program = (
        "import sys, numpy as np, tensorflow as tf\n"
        "graph = tf.compat.v1.GraphDef()\n"
        "graph.ParseFromString(open(sys.argv[1], 'rb').read())\n"
        "with tf.Graph().as_default() as room, tf.compat.v1.Session(graph=room) as session:\n"
        "    tf.compat.v1.import_graph_def(graph, name='')\n"
        "    photo = np.load(sys.argv[2])\n"
        "    np.save(sys.argv[3], session.run('probability:0', {'photo:0': photo}))\n"
    )
    files = [network_folder / "graph.pb", tmp_path / "photo.npy", tmp_path / "probability.npy"]
    subprocess.run([nano_python, "-c", program, *map(str, files)], check=True)
    expected = probability_of_keras(network_folder, photo)
    np.testing.assert_allclose(np.load(files[2]), expected, atol=1e-5)


def test_an_operation_that_older_tensorflow_may_not_know_is_refused():
    photo = keras.Input((32, 32, 3))
    model = keras.Model(photo, keras.layers.Activation("gelu")(photo))
    with pytest.raises(ExportError, match="Erf"):
        freeze(model)


def test_the_same_seed_gives_the_same_weights(trained, data_set, tmp_path):
    again = train([data_set], tmp_path / "again", SMALL)
    weights = [keras.models.load_model(n / "network.keras").get_weights() for n in (trained, again)]
    for first, second in zip(*weights, strict=True):
        np.testing.assert_array_equal(first, second)


def test_gradients_of_a_large_batch_repeat_to_the_last_bit():
    # On several cores, TensorFlow's graph optimiser would add them up in the order they come.
    check_settings(Settings(width=8, size=128, batch=32))
    photos = np.random.default_rng(0).random((32, 128, 128, 3), np.float32)
    masks = (photos[..., :1] > 0.6).astype(np.float32)
    gradients = LossGradients(build_unet(8, 128), 32)
    loss, first = gradients(photos, masks)
    for _ in range(4):
        again, others = gradients(photos, masks)
        assert again == loss
        assert all(np.array_equal(one, other) for one, other in zip(first, others, strict=True))


def test_progress_is_told_after_each_step(training):
    told = training[1]
    # Two photos train, one a step.
    assert [(p.epoch, p.step) for p in told] == [(1, 1), (1, 2), (2, 1), (2, 2)]
    assert {(p.epochs, p.steps) for p in told} == {(2, 2)}
    assert told[1].validation_dice is None
    assert 0 <= told[2].validation_dice <= 1
    assert all(0 <= p.loss <= 1 for p in told)


def test_photos_without_erythema_train_and_validate(training):
    # Of two photos with outlines and two without erythema, one each trains and one each validates.
    trained, told = training
    scores = json.loads((trained / "manifest.json").read_text("utf-8"))["scores"]
    assert told[0].steps == 2
    assert scores["validation_photos_outlined"] == 1
    assert scores["validation_photos_without_erythema"] == 1


WHITE = np.full((4, 4, 3), 255, np.uint8)
ALL = Example(WHITE, np.full((4, 4), 255, np.uint8))
ONE_PIXEL = Example(WHITE, np.pad(np.full((1, 1), 255, np.uint8), (0, 3)))


def learn_all(validation: Example, epochs: int) -> tuple[float, int, int]:
    """Teach one neuron, all of whose weights are 0, that all is erythema; a step an epoch.

    Each step of Adam then adds the learning rate, 0.001, to each weight. Returns the value of the
    weights kept, the epoch they are from, and how many epochs there were.
    """
    photo = keras.Input((4, 4, 3))
    neuron = keras.layers.Conv2D(1, 1, activation="sigmoid", kernel_initializer="zeros")
    model = keras.Model(photo, neuron(photo))
    learner = keras.models.clone_model(model)
    settings = Settings(epochs=epochs, batch=1)
    steps = learn(model, learner, [ALL], [], [validation], settings, 1, None, lambda progress: None)
    *_, state = steps
    weights = np.concatenate([part.ravel() for part in state.best])
    assert weights == pytest.approx(weights[0], rel=0.01)
    return weights[0], best_epoch(state.curve), len(state.curve)


def test_the_averaged_weights_are_kept():
    # After one step a tenth of the average is old, after two steps 2/11.
    assert learn_all(ALL, 1)[0] == pytest.approx(0.0009, rel=0.01)
    assert learn_all(ALL, 2)[0] == pytest.approx(0.0009 * 2 / 11 + 0.002 * 9 / 11, rel=0.01)


def test_training_goes_on_while_the_validation_loss_falls():
    assert learn_all(validation=ALL, epochs=20)[1:] == (20, 20)


def test_training_ends_15_epochs_after_the_best_whose_weights_are_kept():
    # Where one pixel is erythema, learning that all of it is makes each epoch worse.
    weight, epoch, epochs = learn_all(validation=ONE_PIXEL, epochs=40)
    assert (epoch, epochs) == (1, 16)
    assert weight == pytest.approx(0.0009, rel=0.01)


@pytest.mark.parametrize(("step", "expected"), [(1, 19.0), (9, 15.0), (100_000, 10.1)])
def test_the_average_keeps_more_with_each_step_up_to_99_percent(step, expected):
    assert average([np.array(10.0)], [np.array(20.0)], step) == [pytest.approx(expected)]


def test_an_existing_network_is_refused_before_training_and_kept(data_set, tmp_path):
    (tmp_path / "small").mkdir()
    (tmp_path / "small/manifest.json").write_text("mine", "utf-8")
    with pytest.raises(OutputError, match="small exists: choose another folder"):
        train([data_set], tmp_path / "small", SMALL)
    assert (tmp_path / "small/manifest.json").read_text("utf-8") == "mine"


def test_a_folder_that_would_not_load_is_not_left_behind(tmp_path):
    impossible = Facts(
        threshold=2.0,
        smallest_area=0.001,
        training_photos=[],
        training_perceptual_hashes=[],
        scores={},
        trained_with={},
    )
    with pytest.raises(NetworkError, match="threshold"):
        write_network(build_unet(2, 32), tmp_path / "small", impossible, curve=[])
    assert list(tmp_path.iterdir()) == []


def test_fewer_than_two_outlined_patients_are_refused(data_set, tmp_path):
    alone = data_set._replace(entries=data_set.entries[1:])
    with pytest.raises(TrainingError, match="outlined photos of two patients or more; found 1"):
        train([alone], tmp_path / "small", SMALL)


def test_photos_that_nobody_read_are_not_trained_on(data_set, tmp_path):
    unread = [entry._replace(state="unread", outlines=None) for entry in data_set.entries]
    with pytest.raises(TrainingError, match="found 0"):
        train([data_set._replace(entries=unread)], tmp_path / "small", SMALL)


def test_dice_loss_is_one_minus_dice_over_the_whole_batch():
    target = np.array([[[1.0, 1.0]], [[0.0, 0.0]]], np.float32)
    probability = np.array([[[1.0, 0.0]], [[1.0, 0.0]]], np.float32)
    # Two inside, two found, one of them right: 1 - (2 + 1) / (2 + 2 + 1), ones for empty batches.
    assert float(dice_loss(target, probability)) == pytest.approx(0.4)


@pytest.mark.parametrize(("width", "size"), [(2, 40), (2, 0), (0, 32)])
def test_a_width_or_size_that_cannot_be_is_refused(width, size):
    with pytest.raises(ValueError, match="must be"):
        build_unet(width, size)


def test_each_level_gets_again_what_was_halved_below_it():
    layers = build_unet(2, 32).layers
    halved = [layer.input for layer in layers if isinstance(layer, keras.layers.MaxPooling2D)]
    joined = [layer.input[0] for layer in layers if isinstance(layer, keras.layers.Concatenate)]
    assert [tensor.shape[1:] for tensor in halved] == [
        (32, 32, 2),
        (16, 16, 4),
        (8, 8, 8),
        (4, 4, 16),
    ]
    assert all(one is other for one, other in zip(halved, reversed(joined), strict=True))


def test_outlines_that_hold_no_pixel_cannot_be_learnt_from(data_set, tmp_path):
    elsewhere = np.array([[500, 500], [510, 500], [510, 510]], np.float64)
    write_rois(tmp_path / "elsewhere.zip", [Roi("erythema 1", [elsewhere], {})])
    entries = [
        entry._replace(outlines=entry.outlines and tmp_path / "elsewhere.zip")
        for entry in data_set.entries
    ]
    with pytest.raises(TrainingError, match=r"elsewhere\.zip: no pixel .* draw them again"):
        train([data_set._replace(entries=entries)], tmp_path / "small", SMALL)
