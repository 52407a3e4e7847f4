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
    NO_ERYTHEMA,
    OUTLINED,
    UNREAD,
    UNUSABLE,
    DataSet,
    Entry,
    list_readers,
    read_folder,
)
from erythema.evaluation.bland_altman import BlandAltman, bland_altman
from erythema.evaluation.conclusions import EvaluationError, network_facts
from erythema.evaluation.consensus import (
    CONSENSUS,
    Consensus,
    Method,
    Reading,
    combiner,
    consensus,
)
from erythema.evaluation.evaluate import drawn_rois, subject_name
from erythema.evaluation.grouping import Overlaps, group, overlaps
from erythema.evaluation.icc import Icc, icc_a1
from erythema.evaluation.kappa import ReactionAgreement, reaction_agreement
from erythema.evaluation.leaks import overlap_with_training
from erythema.evaluation.scores import Figure, mean_figure, together
from erythema.measurement.agreement import assign, dice
from erythema.segmentation.engines import Engine, open_engine
from erythema.segmentation.network import load_network
from erythema.segmentation.outline import fill
from erythema.segmentation.photo import read_photo
from erythema.segmentation.reactions import segment, to_rois
from erythema.segmentation.roi_set import rois_to_zip


@dataclass(frozen=True)
class Step:
    """How far a comparison is: this photo, or this reader's outlines, come next."""

    doing: str
    what: str
    number: int  # from 1
    of: int


Progress = Callable[[Step], None]


@dataclass(frozen=True)
class PhotoPair:
    """How two raters agree on one photo in which both said where erythema is, or that none is."""

    photo: str  # its ID
    patient: str
    one: str
    other: str
    state_one: str  # outlined or no erythema
    state_other: str
    dice: float | None  # of all reactions together; None where neither drew anything
    area_one_px: int
    area_other_px: int
    reactions_one: int
    reactions_other: int
    reactions_matched: int
    trained_on: bool  # the network, one of the two, saw this photo in training


@dataclass(frozen=True)
class Areas:
    """Agreement of the areas of photos, all reactions together; on the logarithm without 0."""

    icc: Icc | None
    icc_log: Icc | None
    bland_altman_log: BlandAltman | None  # ln(other / one); None of more than two raters
    bland_altman_raw: BlandAltman | None  # other - one, in square pixels


@dataclass(frozen=True)
class RaterAgreement:
    """How raters agree on the photos that all of them read: two of them, or all readers."""

    raters: list[str]
    photos: int  # outlined or without erythema, for each of them
    patients: int
    without_erythema: int  # photos in which none of them drew anything
    dice: Figure | None  # mean of the photos in which one of them drew something
    reactions: ReactionAgreement | None
    areas: Areas


@dataclass(frozen=True)
class ThirdLook:
    """A photo about which readers do not agree."""

    photo: str
    dice: float | None  # the lowest of two readers
    reasons: list[str]


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
    photos: list[_Photo] = []
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
        photos.append(_compared(photo, patient, states, raters, shared, pixels.shape[:2]))
        if method and combine:
            agreed.append(consensus(photo, readings, shared, method, combine))
            _write(folder, agreed[-1], pixels)

    readers = [f"reader {name}" for name in names]
    raters_of_pairs = list(combinations(readers, 2))
    if loaded:
        raters_of_pairs += [(reader, subject_name(loaded)) for reader in readers]
    pairs = [_conclude(pair, photos) for pair in raters_of_pairs]
    for one in pairs:
        if not one.photos:
            warnings.append(f"{' and '.join(one.raters)} have no photo in common.")
    return ReadersAgreement(
        data_set=Path(folder).resolve().name,
        readers=[_counts(name, entries) for name in names],
        network=loaded and network_facts(loaded),
        trained_on=sorted(trained_on),
        pairs=[one for one in pairs if one.photos],
        all_readers=_conclude(tuple(readers), photos) if len(readers) > 2 else None,
        third_look=_third_look(photos, readers),
        consensus=agreed if method else None,
        photos=[
            _photo_pair(photo, pair, photo.id in trained_on and pair[1] not in readers)
            for photo in photos
            for pair in raters_of_pairs
            if set(pair) <= photo.areas.keys()
        ],
        warnings=warnings,
    )


@dataclass(frozen=True)
class _Photo:
    """A photo that somebody read. Raters are those who did not find it unusable."""

    id: str
    patient: str
    states: dict[str, str]  # by the name of a reader, the unusable too
    said: dict[str, str]  # the states by the name of a rater
    reactions: dict[str, int]
    areas: dict[str, int]
    dice: dict[tuple[str, str], float | None]
    matched: dict[tuple[str, str], int]
    groups: list[set[str]]  # of each reaction, the readers who drew it; the network is left out


def _read_all(
    folder: Path, progress: Progress
) -> tuple[list[str], dict[str, dict[str, Entry]], list[str]]:
    """The readers, what each said of each photo that somebody read, and what is odd in the files.

    A consensus made before is none of them: its readers would agree with it.
    """
    names = [name for name in list_readers(folder) if name != CONSENSUS]
    if len(names) == 1:
        raise EvaluationError(
            f"{folder} has one reader only, {names[0]}: there is nobody to agree with. Let another "
            "reader outline the photos; how a network agrees with one reader, erythema evaluate says."
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
    if not any(sum(one.has_mask for one in said.values()) > 1 for said in entries.values()):
        raise EvaluationError(
            f"{folder}: its readers ({', '.join(names)}) have no photo in common that two of them "
            "outlined or found without erythema, so there is nothing to compare"
        )
    return names, dict(sorted(entries.items())), list(problems)


def _judged(folder: Path, entries: Mapping[str, Mapping[str, Entry]]) -> DataSet:
    """The photos that at least one reader outlined or found without erythema."""
    with_masks = [[one for one in said.values() if one.has_mask] for said in entries.values()]
    return DataSet(Path(folder), None, [ones[0] for ones in with_masks if ones], [])


def _reading(entry: Entry, shape: tuple[int, int]) -> Reading:
    drawn = drawn_rois(entry, shape)
    return Reading(entry.state, [roi for roi, _ in drawn], [mask for _, mask in drawn])


def _found(engine: Engine, photo: NDArray[np.uint8]) -> Reading:
    """What a network finds, as if it were a reader."""
    reactions = segment(photo, engine)
    rois = to_rois(reactions, engine.network, engine.network.threshold)
    drawn = [(roi, fill(roi.outlines, photo.shape[:2])) for roi in rois]
    drawn = [(roi, mask) for roi, mask in drawn if mask.any()]
    state = OUTLINED if drawn else NO_ERYTHEMA
    return Reading(state, [roi for roi, _ in drawn], [mask for _, mask in drawn])


def _compared(
    photo: str,
    patient: str,
    states: dict[str, str],
    raters: Mapping[str, Reading],
    shared: Overlaps,
    shape: tuple[int, int],
) -> _Photo:
    names = list(raters)
    masks = {name: together(one.masks, shape) for name, one in raters.items()}
    areas = {name: int(mask.sum()) for name, mask in masks.items()}
    pairs = list(combinations(range(len(names)), 2))
    readers = [f"reader {name}" for name in states if f"reader {name}" in raters]
    groups = group(shared, [len(raters[name].masks) for name in readers])
    return _Photo(
        id=photo,
        patient=patient,
        states=states,
        said={name: one.state for name, one in raters.items()},
        reactions={name: len(one.masks) for name, one in raters.items()},
        areas=areas,
        dice={
            (names[one], names[other]): dice(masks[names[one]], masks[names[other]])
            if areas[names[one]] or areas[names[other]]
            else None
            for one, other in pairs
        },
        matched={
            (names[one], names[other]): len(assign(shared[one, other])) for one, other in pairs
        },
        groups=[{readers[number] for number in members} for members in groups],
    )


def _write(folder: Path, agreed: Consensus, photo: NDArray[np.uint8]) -> None:
    """Write or take back what the readers agree on; what was there stays in ``earlier``."""
    store = Store(Path(folder))
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


def _conclude(raters: Sequence[str], photos: Sequence[_Photo]) -> RaterAgreement:
    common = [photo for photo in photos if set(raters) <= photo.areas.keys()]
    drawn = [photo for photo in common if any(photo.areas[one] for one in raters)]
    pairs = list(combinations(raters, 2))
    means = [np.mean([_dice(photo, pair) for pair in pairs]) for photo in drawn]
    rows = [(row, photo.patient) for photo in common for row in _units(photo, raters)]
    return RaterAgreement(
        raters=list(raters),
        photos=len(common),
        patients=len({photo.patient for photo in common}),
        without_erythema=len(common) - len(drawn),
        dice=mean_figure("dice", [float(one) for one in means], [one.patient for one in drawn], 0),
        reactions=reaction_agreement(
            np.array([row for row, _ in rows], bool), [patient for _, patient in rows]
        ),
        areas=_areas(raters, drawn),
    )


def _dice(photo: _Photo, pair: tuple[str, str]) -> float:
    """Of two raters; 1 where neither of them drew anything, though a third did."""
    value = photo.dice[pair]
    return 1.0 if value is None else value


def _units(photo: _Photo, raters: Sequence[str]) -> list[list[bool]]:
    """Of each reaction of a photo, who drew it."""
    if len(raters) > 2:
        rows = [[rater in group for rater in raters] for group in photo.groups]
    else:
        one, other = raters
        matched = photo.matched[one, other]
        rows = [[True, True]] * matched
        rows += [[True, False]] * (photo.reactions[one] - matched)
        rows += [[False, True]] * (photo.reactions[other] - matched)
    return rows or [[False] * len(raters)]


def _areas(raters: Sequence[str], photos: Sequence[_Photo]) -> Areas:
    above_0 = [photo for photo in photos if all(photo.areas[rater] for rater in raters)]
    sizes, above = (
        np.array([[photo.areas[rater] for rater in raters] for photo in ones], float).reshape(
            len(ones), len(raters)
        )
        for ones in (photos, above_0)
    )
    patients, of_above = ([photo.patient for photo in ones] for ones in (photos, above_0))
    raw = log = None
    if len(raters) == 2:
        raw = bland_altman(sizes[:, 1].tolist(), sizes[:, 0].tolist(), patients, logarithm=False)
        log = bland_altman(above[:, 1].tolist(), above[:, 0].tolist(), of_above, logarithm=True)
    return Areas(icc_a1(sizes, patients), icc_a1(np.log(above), of_above), log, raw)


def _photo_pair(photo: _Photo, pair: tuple[str, str], trained_on: bool) -> PhotoPair:
    one, other = pair
    return PhotoPair(
        photo=photo.id,
        patient=photo.patient,
        one=one,
        other=other,
        state_one=photo.said[one],
        state_other=photo.said[other],
        dice=photo.dice[pair],
        area_one_px=photo.areas[one],
        area_other_px=photo.areas[other],
        reactions_one=photo.reactions[one],
        reactions_other=photo.reactions[other],
        reactions_matched=photo.matched[pair],
        trained_on=trained_on,
    )


def _third_look(photos: Sequence[_Photo], readers: Sequence[str]) -> list[ThirdLook]:
    """Photos about which readers differ: first whether it can be read, then whether there is any
    erythema, then by the lowest Dice of two readers."""
    ranked = []
    for photo in photos:
        lowest = min(
            (
                (value, pair)
                for pair, value in photo.dice.items()
                if value is not None and set(pair) <= set(readers)
            ),
            default=None,
        )
        reasons = _reasons(photo, readers, lowest)
        if reasons:
            states = set(photo.states.values())
            rank = 0 if len(states) > 1 and UNUSABLE in states else 1 if len(states) > 1 else 2
            value = lowest[0] if lowest else None
            ranked.append(
                ((rank, 1.0 if value is None else value, photo.id), photo.id, value, reasons)
            )
    return [ThirdLook(name, value, reasons) for _, name, value, reasons in sorted(ranked)]


def _reasons(
    photo: _Photo, readers: Sequence[str], lowest: tuple[float, tuple[str, str]] | None
) -> list[str]:
    reasons = []
    if len(set(photo.states.values())) > 1:
        reasons.append(
            "; ".join(
                f"{state}: {', '.join(name for name, one in photo.states.items() if one == state)}"
                for state in (OUTLINED, NO_ERYTHEMA, UNUSABLE)
                if state in photo.states.values()
            )
        )
    counts = {name: photo.reactions[name] for name in readers if photo.reactions.get(name)}
    if len(set(counts.values())) > 1:
        reasons.append(
            "reactions: " + ", ".join(f"{count} by {name}" for name, count in counts.items())
        )
    elif any(len(drawn_by & counts.keys()) < len(counts) for drawn_by in photo.groups):
        reasons.append("not the same reactions")
    if lowest and lowest[0] < 1:
        reasons.append(f"Dice {lowest[0]:.3f} ({' and '.join(lowest[1])})")
    return reasons


def _counts(name: str, entries: Mapping[str, Mapping[str, Entry]]) -> dict[str, Any]:
    states = [said[name].state if name in said else UNREAD for said in entries.values()]
    return {
        "reader": name,
        **{state: states.count(state) for state in (OUTLINED, NO_ERYTHEMA, UNUSABLE, UNREAD)},
    }
