"""The one network of a service: loaded once, used for one photo at a time."""

import hashlib
import threading
from typing import Dict, List, NamedTuple, Optional

import numpy as np

from erythema import __version__
from erythema.segmentation.border import borders
from erythema.segmentation.engines import Engine, choose_engine, open_engine
from erythema.segmentation.network import Network
from erythema.segmentation.photo import read_photo
from erythema.segmentation.reactions import Reaction, find_reactions
from erythema.service.journal import Notes
from erythema.service.problems import Problem
from erythema.service.work import Ticket


class Settings(NamedTuple):
    """How a photo is segmented; ``lines``: names of the lines asked for beside the outlines."""

    threshold: float
    smallest_area: float
    lines: List[str]


class Segmentation(NamedTuple):
    """What was found in one photo, and with which network and settings.

    ``lines``: for each reaction its lines that were asked for, by their names.
    """

    probability: np.ndarray
    reactions: List[Reaction]
    lines: List[Dict[str, np.ndarray]]
    network: Network
    threshold: float


class Segmenter:
    """Segments photos with one network, from several threads.

    Parameters
    ----------
    network: read already; it is made ready by ``load``, once.
    engine: as ``open_engine`` takes it.

    Raises
    ------
    EngineError: the engine is unknown or not installed.
    """

    def __init__(self, network: Network, engine: str = "auto") -> None:
        self.network = network
        self.engine_name = choose_engine(engine)
        self.fingerprint = _fingerprint(network, self.engine_name)
        self._engine: Optional[Engine] = None
        self._turn = threading.Lock()

    def load(self) -> None:
        """Make the network ready, which takes seconds to a minute.

        Raises
        ------
        NetworkError: the graph is not the one that the manifest describes.
        """
        self._engine = open_engine(self.network, self.engine_name)

    def refuse_unless_ready(self) -> Engine:
        """Return the engine; raise the problem "not-ready" until it is loaded."""
        if self._engine is None:
            raise Problem("not-ready", headers={"Retry-After": "5"})
        return self._engine

    def segment(
        self, ticket: Ticket, photo: bytes, max_pixels: int, settings: Settings, notes: Notes
    ) -> Segmentation:
        """Return what is found in a photo's file.

        Raises
        ------
        PhotoError: it is no photo that can be used.
        """
        engine = self.refuse_unless_ready()
        with notes.stage("decode"):
            pixels = read_photo(photo, max_pixels=max_pixels)
        notes.numbers["pixels"] = pixels.shape[0] * pixels.shape[1]
        with notes.stage("looks"):  # the turns, the network, and all resizing
            probability = self._in_turns(engine, ticket, notes).probability(pixels)
        threshold, smallest_area, names = settings
        with notes.stage("outlines"):
            calibration = self.network.calibration_at(threshold)
            reactions = find_reactions(probability, threshold, smallest_area, calibration)
            lines: List[Dict[str, np.ndarray]] = [{} for _ in reactions]
            if names:
                around = borders(probability, reactions, threshold)
                lines = [{name: getattr(border, name) for name in names} for border in around]
        notes.numbers["reactions"] = len(reactions)
        return Segmentation(probability, reactions, lines, self.network, threshold)

    def _in_turns(self, engine: Engine, ticket: Ticket, notes: Notes) -> Engine:
        """The engine for one of several threads: while one looks, others bring photos to size."""

        def compute(fitted: np.ndarray) -> np.ndarray:
            with notes.stage("turn"):
                self._turn.acquire()
            try:
                ticket.check()
                with notes.stage("network"):
                    return engine.compute(fitted)
            finally:
                self._turn.release()

        return engine._replace(compute=compute)


def _fingerprint(network: Network, engine: str) -> str:
    """What changes with anything in the network, with the engine, and with this software."""
    manifest = (network.folder / "manifest.json").read_bytes()  # it has the graph's hash
    software = " {} {}".format(__version__, engine).encode("utf-8")
    return hashlib.sha256(manifest + software).hexdigest()[:16]
