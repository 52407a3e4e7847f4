"""Engines compute a network: OpenVINO on processors, TensorFlow on GPUs and the Jetson Nano.

TensorFlow in float32 is the reference; OpenVINO computes in float32 too, and its probability
differs from the reference by at most ``TOLERANCE``.
"""

import importlib.util
import os
import sys
from typing import Callable, NamedTuple, Tuple

import cv2
import numpy as np

from erythema.errors import ErythemaError
from erythema.segmentation.network import Network, NetworkError
from erythema.segmentation.passes import look_closer, mirror

TOLERANCE = 1e-3
_GPU_DEVICES = ("/dev/nvidia0", "/dev/nvhost-gpu")


class EngineError(ErythemaError, RuntimeError):
    """An engine that is unknown, or not installed on this device."""


class Engine(NamedTuple):
    """A network made ready to compute; not for several threads at once."""

    name: str
    network: Network
    compute: Callable[[np.ndarray], np.ndarray]

    def probability(self, photo: np.ndarray) -> np.ndarray:
        """Return the probability of erythema, float32 (height, width) in [0, 1].

        Parameters
        ----------
        photo: uint8 of shape (height, width, 3), RGB.
        """
        mirrored, window = self.network.passes
        whole = self._look(photo, mirror(self.compute) if mirrored else self.compute)
        if window is None:
            return whole
        threshold, smallest_area = self.network.threshold, self.network.smallest_area

        def look(part: np.ndarray) -> np.ndarray:
            return self._look(part, self.compute)

        return look_closer(photo, whole, look, window, threshold, smallest_area)

    def _look(self, photo: np.ndarray, compute: Callable[[np.ndarray], np.ndarray]) -> np.ndarray:
        fitted = fit(photo, self.network.input_size)
        return unfit(compute(fitted[None])[0, :, :, 0], photo.shape[:2])


def choose_engine(engine: str = "auto") -> str:
    """Return the name of the engine that ``open_engine`` takes here; the same parameter.

    Raises
    ------
    EngineError: the engine is unknown or not installed.
    """
    name = _choose() if engine == "auto" else engine
    if name not in _OPENERS:
        raise EngineError(
            "There is no engine '{}'; choose {} or auto.".format(name, ", ".join(sorted(_OPENERS)))
        )
    if not _installed(name):
        raise EngineError(
            "The engine {0} is not installed on this device. Install it with: "
            "pip install {0}".format(name)
        )
    return name


def open_engine(network: Network, engine: str = "auto") -> Engine:
    """Make a network ready to compute.

    Parameters
    ----------
    engine: "openvino", "tensorflow", or "auto": TensorFlow where there is an NVIDIA GPU,
        else OpenVINO, else what is installed.

    Raises
    ------
    EngineError: the engine is unknown or not installed.
    NetworkError: the graph is not the one that the manifest describes.
    """
    name = choose_engine(engine)
    try:
        compute = _OPENERS[name](network)
        _try_out(compute, network.input_size)
    except Exception as error:  # an engine may raise anything on a graph that does not fit
        raise NetworkError(
            "{}: {} cannot compute it as the manifest beside it says ({}). Copy the whole network "
            "folder again, or correct the manifest's input and output.".format(
                network.graph, name, str(error).strip().split("\n")[0]
            )
        ) from error
    return Engine(name, network, compute)


def _try_out(compute: Callable[[np.ndarray], np.ndarray], size: int) -> None:
    """Compute once, which also makes the first photo as fast as the others."""
    shape = compute(np.zeros((1, size, size, 3), np.float32)).shape
    if shape != (1, size, size, 1):
        raise ValueError("its output has the shape {}".format(shape))


def fit(photo: np.ndarray, size: int) -> np.ndarray:
    """Scale a photo into a square of ``size`` pixels: float32 (size, size, 3) in [0, 1].

    The longer side becomes ``size``, the aspect is kept, the photo lies at the top left, and its
    border pixels fill the rest.
    """
    height, width = _fitted_shape(photo.shape[:2], size)
    shrinks = height <= photo.shape[0]
    scaled = cv2.resize(
        photo, (width, height), interpolation=cv2.INTER_AREA if shrinks else cv2.INTER_LINEAR
    )
    padded = cv2.copyMakeBorder(
        scaled, 0, size - height, 0, size - width, borderType=cv2.BORDER_REPLICATE
    )
    return padded.astype(np.float32) / np.float32(255)


def unfit(probability: np.ndarray, shape: Tuple[int, int]) -> np.ndarray:
    """Bring a probability of the fitted square back to the photo's (height, width)."""
    height, width = _fitted_shape(shape, probability.shape[0])
    placed = np.ascontiguousarray(probability[:height, :width], np.float32)
    scaled = cv2.resize(placed, (shape[1], shape[0]), interpolation=cv2.INTER_LINEAR)
    return np.clip(scaled, 0, 1)


def _fitted_shape(shape: Tuple[int, int], size: int) -> Tuple[int, int]:
    height, width = shape
    scale = size / max(height, width)
    return max(1, round(height * scale)), max(1, round(width * scale))


def _choose() -> str:
    has_gpu = any(os.path.exists(device) for device in _GPU_DEVICES)
    if _installed("tensorflow") and (has_gpu or not _installed("openvino")):
        return "tensorflow"
    return "openvino"


def _installed(name: str) -> bool:
    return importlib.util.find_spec(name) is not None


def _open_openvino(network: Network) -> Callable[[np.ndarray], np.ndarray]:
    # Importing openvino sends a usage report where this package is found: photos are patients'.
    sys.modules.setdefault("openvino_telemetry", None)  # type: ignore[arg-type]
    import openvino

    core = openvino.Core()
    model = core.read_model(str(network.graph))
    size = network.input_size
    model.reshape({network.input_tensor: [1, size, size, 3]})
    output = model.output(network.output_tensor).index
    settings = {"INFERENCE_PRECISION_HINT": "f32", "PERFORMANCE_HINT": "LATENCY"}
    compiled = core.compile_model(model, "CPU", settings)
    return lambda fitted: np.asarray(compiled(fitted)[output])


def _open_tensorflow(network: Network) -> Callable[[np.ndarray], np.ndarray]:
    import tensorflow as tf

    for gpu in tf.config.list_physical_devices("GPU"):
        # A Nano shares its memory between processor and GPU: take only what is used.
        tf.config.experimental.set_memory_growth(gpu, True)
    graph = tf.compat.v1.GraphDef()
    graph.ParseFromString(network.graph.read_bytes())

    def import_graph() -> None:
        tf.compat.v1.import_graph_def(graph, name="")

    wrapped = tf.compat.v1.wrap_function(import_graph, [])
    function = wrapped.prune(
        wrapped.graph.as_graph_element(network.input_tensor),
        wrapped.graph.as_graph_element(network.output_tensor),
    )
    return lambda fitted: np.asarray(function(tf.constant(fitted)))


_OPENERS = {"openvino": _open_openvino, "tensorflow": _open_tensorflow}
