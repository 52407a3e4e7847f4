"""How well the readers of a data set agree, with each other and with a network."""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from itertools import combinations
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray

from erythema.datasets.corrections import LONGEST_REASON, Correction, Store
from erythema.datasets.folder import (
    CONSENSUS,
    NO_ERYTHEMA,
    OUTLINED,
    UNREAD,
    UNUSABLE,
    DataSet,
    Entry,
    list_persons,
    list_reviewers,
    read_folder,
)
from erythema.evaluation.conclusions import EvaluationError, network_facts
from erythema.evaluation.consensus import (
    Consensus,
    Mask,
    Method,
    Reading,
    combiner,
    consensus,
)
from erythema.evaluation.evaluate import drawn_rois, subject_name, with_masks
from erythema.evaluation.grouping import overlaps
from erythema.evaluation.leaks import overlap_with_training
from erythema.evaluation.rater_agreement import (
    PhotoPair,
    RatedPhoto,
    RaterAgreement,
    conclude_raters,
    photo_pair,
    rate_photo,
)
from erythema.evaluation.third_look import ThirdLook, third_look
from erythema.segmentation.engines import Engine, open_engine
from erythema.segmentation.network import load_network
from erythema.segmentation.photo import read_photo
from erythema.segmentation.reactions import segment, to_rois
from erythema.segmentation.roi_set import Roi, rois_to_zip


@dataclass(frozen=True)
class Step:
    """How far a comparison is: this photo, or this reader's outlines, come next."""

    doing: str
    what: str
    number: int  # from 1
    of: int


Progress = Callable[[Step], None]


@dataclass(frozen=True)
class ReadersAgreement:
    """How well the readers of a data set agree, the consensus, and what was doubtful."""

    data_set: str  # the folder's name
    readers: list[dict[str, Any]]  # reader, outlined, no erythema, unusable, unread
    network: dict[str, Any] | None  # name, version, sha256, threshold, smallest_area
    trained_on: list[str]  # photos that the network saw in training
    pairs: list[RaterAgreement]
    all_readers: RaterAgreement | None  # of three readers or more
    third_look: list[ThirdLook]  # the worst first
    consensus: list[Consensus] | None
    photos: list[PhotoPair]
    warnings: list[str]

    @property
    def comparisons(self) -> list[RaterAgreement]:
        """Each pair, then all readers together where there are three or more."""
        return [*self.pairs, *([self.all_readers] if self.all_readers else [])]


def compare_readers(
    folder: Path,
    network: Path | None = None,
    *,
    engine: str = "auto",
    allow_overlap: bool = False,
    method: Method | None = None,
    progress: Progress = lambda step: None,
) -> ReadersAgreement:
    """Compare all readers of a data set, each pair on the photos that both of them read.

    Parameters
    ----------
    network: its folder; it is compared with each reader, and is none itself.
    allow_overlap: compare on photos that the network was trained on, too, and say so.
    method: make the consensus of the readers and write it as reader ``consensus``.

    Raises
    ------
    DataSetError: the folder is no data set.
    EvaluationError: fewer than two readers, or no photo that two of them read.
    LeakError: the network was trained on some of the photos.
    ModuleNotFoundError: SimpleITK is missing, which STAPLE needs.
    """
    combine = combiner(method) if method else None
    names, entries, warnings = _read_all(Path(folder), progress)
    loaded = load_network(network) if network else None
    trained_on: set[str] = set()
    if loaded:
        overlap = overlap_with_training(loaded, [_judged(folder, entries)], allow=allow_overlap)
        warnings += overlap.warnings
        trained_on = {entry.id for entry in overlap.same}
    opened = open_engine(loaded, engine) if loaded else None
    store = Store(Path(folder)) if method else None
    photos: list[RatedPhoto] = []
    agreed: list[Consensus] = []
    for number, (photo, said) in enumerate(entries.items(), 1):
        progress(Step("Comparing", photo, number, len(entries)))
        pixels = read_photo(next(iter(said.values())).photo)
        readings = {name: _reading(entry, pixels.shape[:2]) for name, entry in said.items()}
        raters = {f"reader {name}": one for name, one in readings.items() if one.state != UNUSABLE}
        if opened and raters:
            raters[subject_name(opened.network)] = _found(opened, pixels)
        shared = overlaps([one.masks for one in raters.values()])
        patient = next(iter(said.values())).patient
        states = {name: one.state for name, one in readings.items()}
        photos.append(rate_photo(photo, patient, states, raters, shared, pixels.shape[:2]))
        if method and combine and store:
            agreed.append(consensus(photo, readings, shared, method, combine))
            _write(store, agreed[-1], pixels)

    readers = [f"reader {name}" for name in names]
    raters_of_pairs = list(combinations(readers, 2))
    if loaded:
        raters_of_pairs += [(reader, subject_name(loaded)) for reader in readers]
    pairs = [conclude_raters(pair, photos) for pair in raters_of_pairs]
    for one in pairs:
        if not one.photos:
            warnings.append(f"{' and '.join(one.raters)} have no photo in common.")
    return ReadersAgreement(
        data_set=Path(folder).resolve().name,
        readers=[_counts(name, entries) for name in names],
        network=loaded and network_facts(loaded),
        trained_on=sorted(trained_on),
        pairs=[one for one in pairs if one.photos],
        all_readers=conclude_raters(tuple(readers), photos) if len(readers) > 2 else None,
        third_look=third_look(photos, readers),
        consensus=agreed if method else None,
        photos=[
            photo_pair(photo, pair, photo.id in trained_on and pair[1] not in readers)
            for photo in photos
            for pair in raters_of_pairs
            if set(pair) <= photo.areas.keys()
        ],
        warnings=warnings,
    )


def _read_all(
    folder: Path, progress: Progress
) -> tuple[list[str], dict[str, dict[str, Entry]], list[str]]:
    """The readers, what each said of each photo that somebody read, and what is odd in the files.

    A consensus made before is none of them: its readers would agree with it. Nor are reviewers, nor
    those who have read nothing.
    """
    names = list_persons(folder)
    if len(names) == 1:
        raise EvaluationError(
            f"{folder} has one reader only, {names[0]}: there is nobody to agree with. Let another "
            "reader outline the photos. How a network agrees with one, erythema evaluate says."
        )
    if not names:
        read_folder(folder)  # says what is wrong where it is no data set
        raise EvaluationError(
            f"{folder} has no readers: their outlines lie in its folders reader_NAME"
        )
    entries: dict[str, dict[str, Entry]] = {}
    problems: dict[str, None] = {}
    for number, name in enumerate(names, 1):
        progress(Step("Reading", f"reader {name}", number, len(names)))
        data_set = read_folder(folder, name)
        for entry in data_set.entries:
            if entry.state != UNREAD:
                entries.setdefault(entry.id, {})[name] = entry
        for problem in data_set.problems:
            if not problem.message.startswith(UNREAD):
                problems[f"{folder / problem.file}: {problem.message}"] = None
    for name in list_reviewers(folder):
        problems[f"{name} reviewed another reader's outlines, and is left out"] = None
    if not any(sum(one.has_mask for one in said.values()) > 1 for said in entries.values()):
        raise EvaluationError(
            f"{folder}: its readers ({', '.join(names)}) have no photo in common that two of them "
            "outlined or found without erythema, so there is nothing to compare"
        )
    readers = [name for name in names if any(name in said for said in entries.values())]
    return readers, dict(sorted(entries.items())), list(problems)


def _judged(folder: Path, entries: Mapping[str, Mapping[str, Entry]]) -> DataSet:
    """The photos that at least one reader outlined or found without erythema."""
    with_masks = [[one for one in said.values() if one.has_mask] for said in entries.values()]
    return DataSet(Path(folder), None, [ones[0] for ones in with_masks if ones], [])


def _reading(entry: Entry, shape: tuple[int, int]) -> Reading:
    return _with_state(entry.state, drawn_rois(entry, shape))


def _found(engine: Engine, photo: NDArray[np.uint8]) -> Reading:
    """What a network finds, as if it were a reader."""
    reactions = segment(photo, engine)
    rois = to_rois(reactions, engine.network, engine.network.threshold)
    drawn = with_masks(rois, photo.shape[:2])
    return _with_state(OUTLINED if drawn else NO_ERYTHEMA, drawn)


def _with_state(state: str, drawn: Sequence[tuple[Roi, Mask]]) -> Reading:
    return Reading(state, [roi for roi, _ in drawn], [mask for _, mask in drawn])


def _write(store: Store, agreed: Consensus, photo: NDArray[np.uint8]) -> None:
    """Write or take back what the readers agree on; what was there stays in ``earlier``."""
    if agreed.state is None:
        store.take_back(agreed.photo, CONSENSUS)
        return
    outlines = rois_to_zip(agreed.rois) if agreed.rois else None
    reason = agreed.why if len(agreed.why) <= LONGEST_REASON else "consensus of many readers"
    no_network = {"name": "", "version": "", "hash": ""}
    store.say(
        agreed.photo,
        Correction(photo, CONSENSUS, agreed.state, reason, outlines, no_network),
    )


def _counts(name: str, entries: Mapping[str, Mapping[str, Entry]]) -> dict[str, Any]:
    states = [said[name].state if name in said else UNREAD for said in entries.values()]
    return {
        "reader": name,
        **{state: states.count(state) for state in (OUTLINED, NO_ERYTHEMA, UNUSABLE, UNREAD)},
    }
