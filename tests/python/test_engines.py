"""Engines give the same probability, of the photo's size."""

import json
import os
import shutil
import subprocess
import sys

import numpy as np
import pytest

from erythema.samples import sample_photos
from erythema.segmentation.engines import TOLERANCE, EngineError, fit, open_engine, unfit
from erythema.segmentation.network import NetworkError, default_network_folder, load_network
from erythema.segmentation.passes import Passes
from erythema.segmentation.photo import read_photo

ENGINES = ["openvino", "tensorflow"]


@pytest.mark.parametrize("name", ENGINES)
def test_a_probability_is_what_the_network_computes(redness_network, name):
    photo = np.full((64, 64, 3), (102, 102, 102), np.uint8)
    photo[10:20, 30:50] = (204, 102, 50)  # 2 * (204 - 102) / 255 = 0.8
    expected = np.zeros((64, 64), np.float32)
    expected[10:20, 30:50] = 0.8
    probability = open_engine(load_network(redness_network), name).probability(photo)
    assert probability.dtype == np.float32
    assert np.allclose(probability, expected, atol=1e-6)


@pytest.mark.parametrize("shape", [(64, 40), (40, 64), (500, 300), (33, 47)])
def test_a_probability_has_the_photos_size(redness_network, shape):
    photo = np.full((*shape, 3), (204, 102, 50), np.uint8)
    probability = open_engine(load_network(redness_network)).probability(photo)
    assert probability.shape == shape
    assert np.allclose(probability, 0.8, atol=1e-6)


@pytest.mark.parametrize("photo", sample_photos(), ids=lambda path: path.stem)
def test_engines_agree_within_the_stated_tolerance(photo):
    network = load_network(default_network_folder())
    openvino, tensorflow = (
        open_engine(network, name).probability(read_photo(photo)) for name in ENGINES
    )
    assert np.abs(openvino - tensorflow).max() <= TOLERANCE


def test_an_unknown_engine_is_named(redness_network):
    with pytest.raises(
        EngineError, match=r"no engine 'torch'; choose openvino, tensorflow or auto"
    ):
        open_engine(load_network(redness_network), "torch")


def test_a_photo_is_fitted_at_the_top_left_and_its_border_repeated():
    photo = np.zeros((2, 4, 3), np.uint8)
    photo[1] = 255
    assert fit(photo, 4)[..., 0].tolist() == [[0] * 4, [1] * 4, [1] * 4, [1] * 4]


def test_unfitting_leaves_out_the_repeated_border():
    probability = np.array([[0, 0, 0, 0], [1, 1, 1, 1], [0.5] * 4, [0.5] * 4], np.float32)
    assert unfit(probability, (2, 4)).tolist() == [[0] * 4, [1] * 4]


@pytest.mark.parametrize("engine", ENGINES)
@pytest.mark.parametrize(
    "fields",
    [
        {"input": {"tensor": "picture:0", "size": 64, "resize": "fit", "normalisation": "0..1"}},
        {"output": {"tensor": "mask:0"}},
    ],
    ids=["input tensor", "output tensor"],
)
def test_a_graph_that_its_manifest_does_not_fit_is_refused(
    redness_network, tmp_path, engine, fields
):
    folder = shutil.copytree(redness_network, tmp_path / "copy")
    manifest = json.loads((folder / "manifest.json").read_text())
    (folder / "manifest.json").write_text(json.dumps({**manifest, **fields}))
    with pytest.raises(NetworkError, match=r"graph.pb: .* cannot compute it as the manifest"):
        open_engine(load_network(folder), engine)


def test_opening_an_engine_reports_to_nobody(redness_network, tmp_path):
    program = (
        "import socket, sys\n"
        "def refuse(*arguments): raise SystemExit(f'asks for {arguments[0]}')\n"
        "socket.getaddrinfo = refuse\n"
        "from erythema.segmentation.engines import open_engine\n"
        "from erythema.segmentation.network import load_network\n"
        "open_engine(load_network(sys.argv[1]), 'openvino')\n"
    )
    home = {**os.environ, "HOME": str(tmp_path)}
    subprocess.run([sys.executable, "-c", program, str(redness_network)], env=home, check=True)
    assert list(tmp_path.iterdir()) == []


def test_a_second_look_sees_more_of_what_is_small_on_the_whole_photo(redness_network):
    # The network sees 64 x 64: 25 pixels of this photo in one, then 150 / 64 in its window.
    photo = np.full((1600, 1600, 3), 102, np.uint8)
    photo[710:810, 700:800, 0] = 255
    truth = photo[..., 0] == 255
    network = load_network(redness_network)
    lost = []
    for passes in (Passes(), Passes(mirrored=True, window=1.5)):
        engine = open_engine(network._replace(passes=passes, smallest_area=0.0), "openvino")
        lost.append(np.abs(engine.probability(photo) - truth).sum())
    # The mean of a first look and of one that loses next to nothing.
    assert lost[1] < 0.6 * lost[0]


@pytest.mark.parametrize(
    ("passes", "looks"),
    [(Passes(), 1), (Passes(mirrored=True), 2), (Passes(mirrored=True, window=1.5), 3)],
)
def test_the_whole_photo_alone_is_looked_at_mirrored_too(redness_network, passes, looks):
    photo = np.full((64, 64, 3), 102, np.uint8)
    photo[10:20, 10:20, 0] = 255  # one region
    engine = open_engine(load_network(redness_network)._replace(passes=passes, smallest_area=0.0))
    seen = []

    def compute(fitted):
        seen.append(fitted.shape)
        return engine.compute(fitted)

    engine._replace(compute=compute).probability(photo)
    assert len(seen) == looks
