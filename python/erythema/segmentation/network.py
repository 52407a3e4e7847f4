"""A network: a folder with ``manifest.json``, the frozen graph that it names, and a card."""

import hashlib
import json
import os
import re
from pathlib import Path
from typing import Any, Dict, List, NamedTuple, Optional, Union

from erythema.errors import ErythemaError
from erythema.segmentation.confidence import Calibration, Evidence
from erythema.segmentation.passes import Passes

FORMAT = 1
_RESIZE_RULES = ("fit",)
_NORMALISATIONS = ("0..1",)
_PACKAGED = Path(__file__).resolve().parent.parent / "networks" / "default"
_CHECKOUT = Path(__file__).resolve().parents[3] / "models" / "default"


class NetworkError(ErythemaError, ValueError):
    """A folder that holds no usable network; the message names what does not fit, and where."""


class Network(NamedTuple):
    """A network whose files fit its manifest.

    ``threshold`` is a probability in (0, 1]; ``smallest_area`` a share of the photo's area in
    [0, 1); ``input_size`` the side of the square input in pixels; ``hash`` the SHA-256 of the
    graph; ``passes`` how often it looks at a photo: once, where the manifest does not say;
    ``confidence`` the calibration of its confidences, None where the manifest has none.
    ``training_photos`` holds the SHA-256 of each photo's file, and beside it
    ``training_perceptual_hashes`` what ``datasets.identity`` makes of the photo; older networks
    lack them.
    """

    folder: Path
    name: str
    version: str
    hash: str
    graph: Path
    input_tensor: str
    output_tensor: str
    input_size: int
    threshold: float
    smallest_area: float
    passes: Passes
    confidence: Optional[Calibration]
    licence: str
    training_photos: List[str]
    training_perceptual_hashes: Optional[List[str]]

    def calibration_at(self, threshold: float) -> Optional[Calibration]:
        """Return the calibration where it holds: at the network's own threshold only."""
        return self.confidence if threshold == self.threshold else None


def default_network_folder() -> Path:
    """Return the folder of the network that comes with this software."""
    return _PACKAGED if _PACKAGED.is_dir() else _CHECKOUT


def load_network(folder: Union[str, "os.PathLike[str]"]) -> Network:
    """Read a network's manifest and check the graph against it.

    Raises
    ------
    NetworkError: no folder, manifest or graph; a field missing or of another kind; a format,
        resize rule or normalisation that this version does not know; or a graph of another hash.
    """
    folder = Path(folder)
    path = folder / "manifest.json"
    if not path.is_file():
        raise NetworkError(
            "{}: no network here (there is no manifest.json). Name a folder such as "
            "models/default, or train one: erythema train FOLDER --out models/NAME.".format(folder)
        )
    fields = _read_fields(path)
    if fields.of("format", int) != FORMAT:
        raise NetworkError(
            "{}: format is {}, and this version reads format {}. Install a version of this "
            "software that fits the network.".format(path, fields.manifest["format"], FORMAT)
        )
    fields.one_of("input.resize", _RESIZE_RULES)
    fields.one_of("input.normalisation", _NORMALISATIONS)
    network = Network(
        folder=folder,
        name=fields.words("name"),
        version=fields.words("version"),
        hash=fields.of("sha256", str),
        graph=folder / _plain_name(fields.of("graph", str), path),
        input_tensor=fields.of("input.tensor", str),
        output_tensor=fields.of("output.tensor", str),
        input_size=int(fields.between("input.size", 16, 8192, int)),
        threshold=fields.between("threshold", 1e-6, 1),
        smallest_area=fields.between("smallest_area", 0, 0.999999),
        passes=_passes(fields),
        confidence=_calibration(fields),
        licence=fields.words("licence"),
        training_photos=fields.hexadecimals("training_photos", 64),
        training_perceptual_hashes=_perceptual_hashes(fields),
    )
    fields.of("scores", dict)
    _check_graph(network)
    return network


def read_calibration(path: Union[str, "os.PathLike[str]"]) -> Calibration:
    """Read the calibration in a ``confidence.json``, or in another network's manifest.

    Raises
    ------
    NetworkError: no such file, or one without a calibration.
    """
    path = Path(path)
    calibration = _calibration(_read_fields(path)) if path.is_file() else None
    if calibration is None:
        raise NetworkError(
            "{}: no calibration of confidences here. erythema crossvalidate writes one: "
            "confidence.json in its folder.".format(path)
        )
    return calibration


def _read_fields(path: Path) -> "_Fields":
    try:
        content = json.loads(path.read_text(encoding="utf-8"))
    except ValueError as error:
        raise NetworkError("{}: is not valid JSON ({}).".format(path, error)) from error
    return _Fields(path, content)


class _Fields:
    """Typed access to a manifest by dotted names, with errors that name file and field."""

    def __init__(self, path: Path, manifest: Dict[str, Any]) -> None:
        self.path = path
        self.manifest = manifest

    def of(self, field: str, kind: Any) -> Any:
        value: Any = self.manifest
        for key in field.split("."):
            if not isinstance(value, dict) or key not in value:
                raise NetworkError("{}: the field '{}' is missing.".format(self.path, field))
            value = value[key]
        if not isinstance(value, kind) or isinstance(value, bool):
            raise NetworkError("{}: the field '{}' cannot be {!r}.".format(self.path, field, value))
        return value

    def one_of(self, field: str, known: Any) -> None:
        value = self.of(field, str)
        if value not in known:
            raise NetworkError(
                "{}: the field '{}' is '{}', and this version knows {} only.".format(
                    self.path, field, value, ", ".join(known)
                )
            )

    def words(self, field: str) -> str:
        """A text that can stand in one line."""
        value = str(self.of(field, str))
        if not value or not value.isprintable():
            raise NetworkError(
                "{}: the field '{}' is one line of text, not {!r}.".format(self.path, field, value)
            )
        return value

    def hexadecimals(self, field: str, digits: int) -> List[str]:
        values: List[str] = self.of(field, list)
        for value in values:
            if not isinstance(value, str) or not re.fullmatch("[0-9a-f]{%d}" % digits, value):
                raise NetworkError(
                    "{}: the field '{}' lists {!r}; it lists texts of {} hexadecimal "
                    "digits.".format(self.path, field, value, digits)
                )
        return values

    def between(self, field: str, lowest: float, highest: float, kind: Any = (int, float)) -> float:
        value = float(self.of(field, kind))
        if not lowest <= value <= highest:
            raise NetworkError(
                "{}: the field '{}' is {}; it lies between {} and {}.".format(
                    self.path, field, value, lowest, highest
                )
            )
        return value


def _passes(fields: _Fields) -> Passes:
    if "passes" not in fields.manifest:
        return Passes()
    mirrored = fields.of("passes", dict).get("mirrored")
    if not isinstance(mirrored, bool):
        raise NetworkError(
            "{}: the field 'passes.mirrored' is true or false, not {!r}.".format(
                fields.path, mirrored
            )
        )
    if fields.manifest["passes"].get("window") is None:
        return Passes(mirrored)
    return Passes(mirrored, fields.between("passes.window", 1, 10))


def _calibration(fields: _Fields) -> Optional[Calibration]:
    if not isinstance(fields.manifest, dict) or fields.manifest.get("confidence") is None:
        return None

    def each(name: str, lowest: float) -> Evidence:
        names = ("confidence.{}.{}".format(name, one) for one in Evidence._fields)
        return Evidence(*(fields.between(one, lowest, 1e6) for one in names))

    low = fields.between("confidence.log_area_low", -10, 10)
    return Calibration(
        means=each("means", -1e6),
        scales=each("scales", 1e-6),
        coefficients=each("coefficients", -1e6),
        intercept=fields.between("confidence.intercept", -1e6, 1e6),
        log_area_low=low,
        log_area_high=fields.between("confidence.log_area_high", low, 10),
        coverage=fields.between("confidence.coverage", 0, 1),
    )


def _perceptual_hashes(fields: _Fields) -> Optional[List[str]]:
    if "training_perceptual_hashes" not in fields.manifest:
        return None
    hashes = fields.hexadecimals("training_perceptual_hashes", 36)
    photos = fields.manifest["training_photos"]
    if len(hashes) != len(photos):
        raise NetworkError(
            "{}: 'training_perceptual_hashes' lists {} photos, and 'training_photos' {}; each "
            "photo stands in both.".format(fields.path, len(hashes), len(photos))
        )
    return hashes


def _plain_name(name: str, path: Path) -> str:
    """A manifest may come from elsewhere: its graph lies in the same folder, and nowhere else."""
    if Path(name).name != name or name in (".", ".."):
        raise NetworkError("{}: 'graph' is a file's name without a folder.".format(path))
    return name


def _check_graph(network: Network) -> None:
    if not network.graph.is_file():
        raise NetworkError(
            "{}: the graph is missing. Copy the whole network folder again.".format(network.graph)
        )
    found = hashlib.sha256(network.graph.read_bytes()).hexdigest()
    if found != network.hash:
        raise NetworkError(
            "{}: its SHA-256 is {}..., but the manifest says {}.... One of the two files was "
            "changed: copy the whole network folder again.".format(
                network.graph, found[:12], network.hash[:12]
            )
        )
