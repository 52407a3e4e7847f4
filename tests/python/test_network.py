"""A network folder, and what is refused."""

import json
import shutil

import pytest

from erythema.segmentation.network import (
    NetworkError,
    default_network_folder,
    load_network,
    read_calibration,
)
from erythema.segmentation.passes import Passes


@pytest.fixture
def folder(redness_network, tmp_path):
    """A copy of the small network, to damage."""
    return shutil.copytree(redness_network, tmp_path / "copy")


def change(folder, **fields):
    path = folder / "manifest.json"
    path.write_text(json.dumps({**json.loads(path.read_text()), **fields}))


def test_a_network_is_what_its_manifest_says(folder):
    network = load_network(folder)
    assert (network.name, network.version, network.input_size) == ("redness", "1", 64)
    assert (network.threshold, network.smallest_area) == (0.5, 0.01)
    assert network.graph == folder / "graph.pb"


def test_a_folder_without_manifest_is_refused(tmp_path):
    with pytest.raises(NetworkError, match=r"no manifest.json.*erythema train"):
        load_network(tmp_path)


def test_a_manifest_that_is_not_json_is_refused(folder):
    (folder / "manifest.json").write_text("{")
    with pytest.raises(NetworkError, match=r"manifest.json: is not valid JSON"):
        load_network(folder)


def test_a_manifest_that_is_not_an_object_is_refused(folder):
    (folder / "manifest.json").write_text("[]")
    with pytest.raises(NetworkError, match="'format' is missing"):
        load_network(folder)


def test_a_format_of_the_future_is_refused(folder):
    change(folder, format=2)
    with pytest.raises(NetworkError, match="format is 2, and this version reads format 1"):
        load_network(folder)


def test_a_missing_field_is_named(folder):
    change(folder, input={"tensor": "photo:0", "resize": "fit", "normalisation": "0..1"})
    with pytest.raises(NetworkError, match=r"'input.size' is missing"):
        load_network(folder)


@pytest.mark.parametrize("size", ["64", True, 8, None])
def test_a_field_of_another_kind_is_named(folder, size):
    change(
        folder,
        input={"tensor": "photo:0", "size": size, "resize": "fit", "normalisation": "0..1"},
    )
    with pytest.raises(NetworkError, match=r"'input.size'"):
        load_network(folder)


def test_an_unknown_resize_rule_is_named(folder):
    change(
        folder,
        input={"tensor": "photo:0", "size": 64, "resize": "stretch", "normalisation": "0..1"},
    )
    with pytest.raises(NetworkError, match=r"'input.resize' is 'stretch'.*fit only"):
        load_network(folder)


@pytest.mark.parametrize("threshold", [0, 1.5])
def test_a_threshold_out_of_range_is_named(folder, threshold):
    change(folder, threshold=threshold)
    with pytest.raises(NetworkError, match="'threshold' is"):
        load_network(folder)


def test_a_missing_graph_is_named(folder):
    (folder / "graph.pb").unlink()
    with pytest.raises(NetworkError, match=r"graph.pb: the graph is missing"):
        load_network(folder)


def test_a_changed_graph_is_refused(folder):
    with (folder / "graph.pb").open("ab") as graph:
        graph.write(b"\0")
    with pytest.raises(NetworkError, match=r"graph.pb: its SHA-256 is .* but the manifest says"):
        load_network(folder)


@pytest.mark.parametrize("name", ["../graph.pb", "/etc/passwd", ".."])
def test_a_graph_elsewhere_is_refused(folder, name):
    change(folder, graph=name)
    with pytest.raises(NetworkError, match="without a folder"):
        load_network(folder)


@pytest.mark.parametrize("field", ["training_photos", "scores", "licence"])
def test_what_a_reviewer_needs_is_required(folder, field):
    change(folder, **{field: None})
    with pytest.raises(NetworkError, match=f"'{field}'"):
        load_network(folder)


@pytest.mark.parametrize("name", ["", "two\nlines"])
def test_a_name_is_one_line(folder, name):
    change(folder, name=name)
    with pytest.raises(NetworkError, match="'name' is one line of text"):
        load_network(folder)


def test_perceptual_hashes_of_the_training_photos_may_be_missing(folder):
    assert load_network(folder).training_perceptual_hashes is None


def test_a_photo_without_its_perceptual_hash_is_refused(folder):
    change(folder, training_photos=["0" * 64, "1" * 64], training_perceptual_hashes=["0" * 36])
    with pytest.raises(NetworkError, match=r"lists 1 photos, and 'training_photos' 2"):
        load_network(folder)


@pytest.mark.parametrize("value", ["0" * 35, "x" * 36, 7])
def test_a_perceptual_hash_of_another_kind_is_refused(folder, value):
    change(folder, training_photos=["0" * 64], training_perceptual_hashes=[value])
    with pytest.raises(NetworkError, match=r"'training_perceptual_hashes' lists .*36 hexadecimal"):
        load_network(folder)


def test_a_network_looks_once_where_its_manifest_does_not_say(folder):
    assert "passes" not in json.loads((folder / "manifest.json").read_text("utf-8"))
    assert load_network(folder).passes == Passes(mirrored=False, window=None)


def test_a_network_looks_as_often_as_its_manifest_says(folder):
    change(folder, passes={"mirrored": True, "window": 1.5})
    assert load_network(folder).passes == Passes(mirrored=True, window=1.5)
    change(folder, passes={"mirrored": True, "window": None})
    assert load_network(folder).passes == Passes(mirrored=True, window=None)


@pytest.mark.parametrize(
    ("passes", "message"),
    [
        ({"mirrored": 1, "window": 1.5}, "'passes.mirrored' is true or false, not 1"),
        ({"mirrored": True, "window": 0.5}, "'passes.window' is 0.5; it lies between 1 and 10"),
        ([], "'passes' cannot be"),
    ],
)
def test_passes_that_cannot_be_are_named(folder, passes, message):
    change(folder, passes=passes)
    with pytest.raises(NetworkError, match=message):
        load_network(folder)


def test_a_network_without_a_calibration_has_none(folder):
    assert load_network(folder).confidence is None
    change(folder, confidence=None)
    assert load_network(folder).confidence is None


def test_a_calibration_holds_at_the_network_s_own_threshold_only(calibrated_network):
    network = load_network(calibrated_network)
    assert network.calibration_at(0.5) == network.confidence
    assert network.confidence.coverage == 0.8
    assert network.calibration_at(0.4) is None


@pytest.mark.parametrize(
    ("field", "value"),
    [
        ("intercept", "0"),
        ("intercept", float("nan")),
        ("scales", {"mean_probability": 0}),
        ("means", {}),
        ("log_area_high", -1),
        ("coverage", 2),
    ],
)
def test_a_calibration_that_cannot_be_is_named(calibrated_network, folder, field, value):
    good = json.loads((calibrated_network / "manifest.json").read_text("utf-8"))["confidence"]
    change(folder, confidence={**good, field: value})
    with pytest.raises(NetworkError, match=f"manifest.json: the field 'confidence.{field}"):
        load_network(folder)


def test_a_calibration_is_read_from_any_file_that_has_one(calibrated_network):
    network = load_network(calibrated_network)
    assert read_calibration(calibrated_network / "manifest.json") == network.confidence


@pytest.mark.parametrize("text", ["{}", "[]", None])
def test_a_file_without_a_calibration_is_refused(tmp_path, text):
    path = tmp_path / "confidence.json"
    if text is not None:
        path.write_text(text)
    with pytest.raises(NetworkError, match=r"no calibration .* here. erythema crossvalidate"):
        read_calibration(path)


def test_the_network_that_comes_with_the_software_states_confidences_and_its_licence():
    network = load_network(default_network_folder())
    assert network.licence == "CC BY 4.0, with the attribution in README.md"
    assert network.passes == Passes(mirrored=True, window=1.5)
    assert network.calibration_at(network.threshold) is not None
