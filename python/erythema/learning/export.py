"""A trained U-Net as a network folder: graph, manifest, Keras file, learning curve, card."""

import hashlib
import json
from collections.abc import Sequence
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import Any

import keras
import tensorflow as tf
from tensorflow.python.framework.convert_to_constants import convert_variables_to_constants_v2

from erythema.errors import ErythemaError
from erythema.files import new_folder
from erythema.learning.curve import Epoch, write_curve
from erythema.segmentation.confidence import Calibration, manifest_field
from erythema.segmentation.network import load_network
from erythema.segmentation.passes import Passes

# What a U-Net freezes to. TensorFlow 2.6 (the Nano's) and OpenVINO know every one of these.
PLAIN_OPERATIONS = frozenset(
    {
        "AddV2",
        "BiasAdd",
        "ConcatV2",
        "Const",
        "Conv2D",
        "Conv2DBackpropInput",
        "DepthwiseConv2dNative",
        "Identity",
        "MaxPool",
        "Mean",
        "Mul",
        "Neg",
        "Placeholder",
        "Relu",
        "Relu6",
        "Reshape",
        "ResizeBilinear",
        "Rsqrt",
        "Sigmoid",
        "SquaredDifference",
        "Squeeze",
        "StopGradient",
        "Sub",
    }
)

UNSTATED_LICENCE = "not stated: say here what the licences of the training photos allow"


class ExportError(ErythemaError, ValueError):
    """A network that cannot be written; the message says why and what to do."""


@dataclass(frozen=True)
class Facts:
    """What the manifest and the card say about a network besides its graph."""

    threshold: float
    smallest_area: float  # share of the photo's area
    training_photos: list[str]  # SHA-256 of each photo's file
    training_perceptual_hashes: list[str]  # of the same photos, to know them re-encoded too
    scores: dict[str, Any]
    trained_with: dict[str, Any]
    passes: Passes = Passes()  # noqa: RUF009  # immutable
    confidence: Calibration | None = None  # fitted on photos that such a network had not seen
    licence: str = UNSTATED_LICENCE


def freeze(model: keras.Model) -> tf.compat.v1.GraphDef:
    """Return the model as a graph of plain operations, ``photo:0`` to ``probability:0``.

    Raises
    ------
    ExportError: the graph has an operation outside of ``PLAIN_OPERATIONS``.
    """
    signature = tf.TensorSpec((1, *model.input_shape[1:]), tf.float32, name="photo")
    function = tf.function(
        lambda photo: tf.identity(model(photo, training=False), name="probability"),
        jit_compile=False,
        autograph=False,
    ).get_concrete_function(signature)
    frozen = convert_variables_to_constants_v2(function).graph.as_graph_def()
    # Freezing adds two nodes behind the output, after which OpenVINO would name its output.
    nodes = [n for n in frozen.node if n.op != "NoOp" and "probability" not in n.input]
    graph = tf.compat.v1.GraphDef(node=nodes, versions=frozen.versions)
    strange = sorted({node.op for node in graph.node} - PLAIN_OPERATIONS)
    if strange:
        raise ExportError(
            f"the graph has operations that older TensorFlow may not know: {', '.join(strange)}; "
            "build the network without them"
        )
    return graph


def write_network(model: keras.Model, out: Path, facts: Facts, curve: Sequence[Epoch]) -> None:
    """Write the folder ``out`` as a whole or not at all; its last part is the network's name.

    Raises
    ------
    OutputError: ``out`` exists and is no empty folder.
    ExportError: see ``freeze``.
    """
    graph = freeze(model).SerializeToString(deterministic=True)
    manifest = {
        "format": 1,
        "name": out.name,
        "version": "1",
        "graph": "graph.pb",
        "sha256": hashlib.sha256(graph).hexdigest(),
        "input": {
            "tensor": "photo:0",
            "size": model.input_shape[1],
            "resize": "fit",
            "normalisation": "0..1",
        },
        "output": {"tensor": "probability:0"},
        **asdict(facts),
        "passes": facts.passes._asdict(),
        "confidence": manifest_field(facts.confidence) if facts.confidence else None,
    }
    with new_folder(out) as folder:
        (folder / "graph.pb").write_bytes(graph)
        (folder / "manifest.json").write_text(
            json.dumps(manifest, indent=2, allow_nan=False) + "\n", "utf-8"
        )
        (folder / "README.md").write_text(model_card(out.name, facts), "utf-8")
        model.save(folder / "network.keras")
        write_curve(curve, folder)
        load_network(folder)


def model_card(name: str, facts: Facts) -> str:
    """Return the card in Markdown: how the network was made, how good it is, what it is not for."""
    return f"""# {name}

A U-Net that outlines erythema in photos of skin.

## Made with

{_listed(facts.trained_with)}

SHA-256 sums of the photos are in `manifest.json`, those used to stop the training included.

## Use

Threshold {facts.threshold}, smallest area {facts.smallest_area} of the photo.
{_confidence(facts.confidence)}

## Scores

{_scores(facts.scores)}

## Licence

{facts.licence}

## Limits

It knows skin, cameras and light as in its training photos, and outlines as their reader drew them.
Try it on your own photos before you rely on it, and correct what it draws.
"""


def _confidence(calibration: Calibration | None) -> str:
    if calibration is None:
        return "It states no confidence: none was fitted for it."
    return (
        "The confidence of an outline is the probability that it has an IoU of 0.5 or more with "
        f"the reader's. Where it has, {calibration.coverage:.0%} of the reader's areas should lie "
        "in the area interval. Both are fitted in a cross-validation of networks made alike."
    )


def _scores(scores: dict[str, Any]) -> str:
    if not scores:
        return (
            "All photos trained it, so none can judge it: `erythema evaluate` does, on other ones."
        )
    return f"""{_listed(scores)}

Dice is that of hard masks, one photo at a time, then averaged. The validation photos chose when to
stop, and the threshold and the smallest area where the settings do not, so their scores are kinder
than those on new photos."""


def _listed(facts: dict[str, Any]) -> str:
    lines = []
    for name, value in facts.items():
        text = ", ".join(value) if isinstance(value, list) else value
        lines.append(f"- {name.replace('_', ' ')}: {text}")
    return "\n".join(lines)
