"""What several tests share: a network so small that its results are worked out by hand."""

import hashlib
import json

import pytest

SIZE = 64


@pytest.fixture(scope="session")
def redness_network(tmp_path_factory):
    """Folder of a network whose probability is 2 (red - green), kept within 0 and 1.

    Red and green are in 0..1, so 204 red and 102 green give 0.8. A photo with a longer side of
    64 pixels is computed without being scaled. Threshold 0.5; smallest area 1 % of the photo.
    """
    folder = tmp_path_factory.mktemp("networks") / "redness"
    folder.mkdir()
    graph = _redness_graph()
    (folder / "graph.pb").write_bytes(graph)
    manifest = {
        "format": 1,
        "name": "redness",
        "version": "1",
        "graph": "graph.pb",
        "sha256": hashlib.sha256(graph).hexdigest(),
        "input": {"tensor": "photo:0", "size": SIZE, "resize": "fit", "normalisation": "0..1"},
        "output": {"tensor": "probability:0"},
        "threshold": 0.5,
        "smallest_area": 0.01,
        "training_photos": [],
        "scores": {},
        "licence": "CC0-1.0",
        "trained_with": {},
    }
    (folder / "manifest.json").write_text(json.dumps(manifest), encoding="utf-8")
    return folder


def _redness_graph():
    """A frozen TensorFlow graph of plain operations, as bytes."""
    tf = pytest.importorskip("tensorflow")
    with tf.Graph().as_default() as graph:
        photo = tf.compat.v1.placeholder(tf.float32, [1, SIZE, SIZE, 3], "photo")
        weights = tf.reshape(tf.constant([2.0, -2.0, 0.0]), [1, 1, 3, 1])
        redness = tf.nn.relu(tf.nn.conv2d(photo, weights, strides=1, padding="SAME"))
        tf.minimum(redness, 1.0, name="probability")
    return graph.as_graph_def().SerializeToString()
