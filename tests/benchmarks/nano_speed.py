"""The least time that networks need on a Jetson Nano: computed from its figures, not measured.

    python tests/benchmarks/nano_speed.py

Counted by hand for each convolution of the frozen graph, from its shapes: a multiply-add is two
operations; normalisation, activation, resizing and joining are left out, as if they cost nothing.
At least these bytes go to and from memory: all weights, read once, and the photo and what each
convolution gives, written once and read once. The least time is the longer one of computing at the
chip's peak and of moving these bytes at its full bandwidth.

NVIDIA, Jetson Nano System-on-Module Data Sheet, DS-09366-001: 128 CUDA cores at up to 921.6 MHz,
four 16-bit channels of LPDDR4 at 1600 MHz. A core does one multiply-add a clock in float32, and two
in float16, which makes the 472 GFLOP/s that NVIDIA states for the module.
"""

import os
from math import prod
from typing import NamedTuple

os.environ.setdefault("TF_CPP_MIN_LOG_LEVEL", "3")

import tensorflow as tf
from rich.console import Console
from rich.table import Table

import erythema
from erythema.learning.export import freeze
from erythema.learning.unet import build_unet
from erythema.segmentation.passes import MOST_WINDOWS

FLOPS = {"float32": 128 * 2 * 921.6e6, "float16": 128 * 4 * 921.6e6}  # a second
BANDWIDTH = 4 * 2 * 2 * 1600e6  # bytes a second
BYTES = {"float32": 4, "float16": 2}  # a number
CONVOLUTIONS = ("Conv2D", "DepthwiseConv2dNative", "Conv2DBackpropInput")


class Look(NamedTuple):
    """What one look of a network takes: operations, numbers in its weights, numbers passed on."""

    operations: int
    weights: int
    activations: int

    def milliseconds(self, precision: str) -> float:
        """Return the least time on the Nano."""
        moved = BYTES[precision] * (self.weights + 2 * self.activations)
        return 1000 * max(self.operations / FLOPS[precision], moved / BANDWIDTH)


def count(graph: tf.compat.v1.GraphDef) -> Look:
    """Count what one look of a frozen graph takes, all of whose shapes are fixed."""
    operations = weights = activations = 0
    with tf.Graph().as_default() as imported:
        tf.compat.v1.import_graph_def(graph, name="")
    for node in imported.get_operations():
        if node.type == "Placeholder":
            activations += prod(node.outputs[0].shape)
        if node.type in CONVOLUTIONS:
            kernel = node.inputs[1].shape
            # A transposed convolution uses all of its kernel at each pixel that goes in.
            pixels = node.inputs[2] if node.type == "Conv2DBackpropInput" else node.outputs[0]
            operations += 2 * prod(pixels.shape[1:3]) * prod(kernel)
            weights += prod(kernel)
            activations += prod(node.outputs[0].shape)
    return Look(operations, weights, activations)


def main() -> None:
    """Print one look of each network, and then what one photo takes."""
    network = erythema.load_network(erythema.default_network_folder())
    graph = tf.compat.v1.GraphDef()
    graph.ParseFromString(network.graph.read_bytes())
    default, study = count(graph), count(freeze(build_unet(64, 512)))
    console = Console()

    looks = Table("one look", "GFLOP", "weights", "passed on", "MB, float32", "MB, float16")
    for name, look in (("default, 256 x 256", default), ("study, 512 x 512", study)):
        moved = (BYTES[p] * (look.weights + 2 * look.activations) / 1e6 for p in BYTES)
        looks.add_row(
            name,
            f"{look.operations / 1e9:.2f}",
            f"{look.weights / 1e6:.2f} M",
            f"{look.activations / 1e6:.1f} M",
            *(f"{megabytes:.0f}" for megabytes in moved),
        )
    console.print(looks)

    photos = Table("one photo", "looks", *BYTES, title="at least, computed, not measured")
    first = 2 if network.passes.mirrored else 1
    most = MOST_WINDOWS if network.passes.window else 0
    for name, look, times in (
        ("default, no reaction", default, first),
        ("default, two reactions", default, first + min(2, most)),
        ("default, the most", default, first + most),
        ("study", study, 1),
    ):
        least = (f"{times * look.milliseconds(precision):.0f} ms" for precision in BYTES)
        photos.add_row(name, str(times), *least)
    console.print(photos)


if __name__ == "__main__":
    main()
