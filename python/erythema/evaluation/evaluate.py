"""How good a network, or a second reader, is on data sets that a reader outlined."""

from collections.abc import Callable, Iterator, Sequence, Set
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import Any

from erythema.datasets.folder import DataSet, Entry, list_readers, read_folder
from erythema.evaluation.conclusions import (
    Comparison,
    Evaluation,
    EvaluationError,
    compare,
    conclude,
)
from erythema.evaluation.leaks import overlap_with_training
from erythema.evaluation.scores import Found, Mask, PhotoScore, score_photo
from erythema.evaluation.strata import Strata, read_values, stratify
from erythema.evaluation.tolerance import Tolerance, readers_tolerance
from erythema.learning.curve import read_curve
from erythema.segmentation.engines import Engine, open_engine
from erythema.segmentation.network import Network, load_network
from erythema.segmentation.outline import fill
from erythema.segmentation.photo import read_photo
from erythema.segmentation.reactions import find_reactions, to_rois
from erythema.segmentation.roi_set import Roi, read_rois, write_rois


@dataclass(frozen=True)
class Scoring:
    """How far an evaluation is: this photo is scored next."""

    subject: str
    photo: str
    number: int  # from 1
    photos: int


Progress = Callable[[Scoring], None]


@dataclass(frozen=True)
class Result:
    """A network's evaluation, then what it stands beside: another network, and other readers."""

    evaluations: list[Evaluation]
    comparison: Comparison | None  # of the first with the one asked for
    strata: Strata | None  # of the first, where a column was asked for
    curves: dict[str, list[dict[str, Any]]]  # rows of training.csv, by the network's name
    warnings: list[str]


def evaluate(
    network: Path,
    data_sets: Sequence[DataSet],
    against: str | None = None,
    *,
    by: str | None = None,
    engine: str = "auto",
    allow_overlap: bool = False,
    outlines: Path | None = None,
    progress: Progress = lambda scoring: None,
) -> Result:
    """Evaluate a network, and beside it whoever else outlined the same photos.

    Parameters
    ----------
    network: its folder.
    against: what to compare it with photo by photo: a network's folder, or a reader's name.
    by: a column of the data sets' photos.csv; the network is also evaluated on the photos of each
        of its values.
    allow_overlap: score photos that a network was trained on, too, and say so.
    outlines: folder for what the network found: ``DATA_SET/ID.zip``.

    Raises
    ------
    DataSetError: a data set has no column ``by``.
    EvaluationError: no photo that the reader outlined or found without erythema, two data sets of
        one name, or no such reader.
    LeakError: a network was trained on some of the photos.
    """
    refuse_same_names(data_sets)
    values = None if by is None else read_values(by, data_sets)
    names = other_readers(data_sets)
    judged = [load_network(network)]
    if against is not None and against not in names:
        judged.append(_other_network(against, names))
    overlaps = [overlap_with_training(one, data_sets, allow=allow_overlap) for one in judged]
    tolerance = readers_tolerance(data_sets)
    judgements = {name: evaluate_reader(name, data_sets, tolerance, progress) for name in names}
    readers = {name: one for name, one in judgements.items() if one}
    if against in names and against not in readers:
        raise EvaluationError(f"--against {against}: this reader read none of these photos")
    evaluations, curves = [], {}
    for number, (one, overlap, subject) in enumerate(
        zip(judged, overlaps, _subject_names(judged), strict=True)
    ):
        scores = score_network(
            open_engine(one, engine),
            data_sets,
            tolerance,
            trained_on={entry.photo for entry in overlap.same},
            outlines=None if number else outlines,
            progress=progress,
        )
        evaluations.append(conclude(subject, data_sets, scores, tolerance, network=one))
        curve = [asdict(epoch) for epoch in read_curve(one.folder)]
        if curve:
            curves[subject] = curve
    compared_with = evaluations[1] if len(evaluations) == 2 else readers.get(against or "")
    evaluations += readers.values()
    comparison = compare(evaluations[0], compared_with) if compared_with else None
    warnings = [warning for overlap in overlaps for warning in overlap.warnings]
    strata = stratify(by, values, evaluations[0].scores) if by and values else None
    return Result(evaluations, comparison, strata, curves, warnings)


def _other_network(against: str, readers: Sequence[str]) -> Network:
    """The network to compare with; ``against`` is no reader."""
    if not Path(against).is_dir():
        raise EvaluationError(
            f"--against {against}: neither a network's folder nor another reader of these photos "
            f"({', '.join(readers) or 'they have none'})"
        )
    return load_network(against)


def _subject_names(networks: Sequence[Network]) -> list[str]:
    """What networks are called in tables; with the graph's hash where two have one name."""
    names = [subject_name(network) for network in networks]
    if len(set(names)) == len(names):
        return names
    return [f"{name} ({network.hash[:8]})" for name, network in zip(names, networks, strict=True)]


def score_network(
    engine: Engine,
    data_sets: Sequence[DataSet],
    tolerance: Tolerance,
    *,
    trained_on: Set[Path] = frozenset(),
    fold: int | None = None,
    outlines: Path | None = None,
    progress: Progress = lambda scoring: None,
) -> list[PhotoScore]:
    """Score what a network finds, at its own threshold and smallest area, photo by photo.

    Parameters
    ----------
    trained_on: photos that the network saw in training.
    outlines: folder for what it found: ``DATA_SET/ID.zip``, none where nothing was found.
    """
    network = engine.network
    scores = []
    for data_set, entry in _told(subject_name(network), data_sets, progress):
        photo = read_photo(entry.photo)
        shape = photo.shape[:2]
        probability = engine.probability(photo)
        reactions = find_reactions(
            probability, network.threshold, network.smallest_area, network.confidence
        )
        if outlines and reactions:
            folder = outlines / data_set.name
            folder.mkdir(parents=True, exist_ok=True)
            write_rois(folder / f"{entry.id}.zip", to_rois(reactions, network, network.threshold))
        masks = [fill([reaction.outline], shape) for reaction in reactions]
        scores.append(
            score_photo(
                entry,
                Found([mask for mask in masks if mask.any()], probability),
                drawn_reactions(entry, shape),
                shape,
                tolerance.pixels,
                data_set=data_set.name,
                fold=fold,
                trained_on=entry.photo in trained_on,
            )
        )
    return scores


def evaluate_reader(
    reader: str,
    data_sets: Sequence[DataSet],
    tolerance: Tolerance,
    progress: Progress = lambda scoring: None,
) -> Evaluation | None:
    """Evaluate another reader on the photos that both read; None where there is none."""
    theirs = {
        entry.photo: entry
        for data_set in data_sets
        if reader in list_readers(data_set.folder)
        for entry in read_folder(data_set.folder, reader).with_masks
    }
    read_by_both = [
        data_set._replace(entries=[one for one in data_set.entries if one.photo in theirs])
        for data_set in data_sets
    ]
    if not any(data_set.with_masks for data_set in read_by_both):
        return None
    scores = []
    for data_set, entry in _told(f"reader {reader}", read_by_both, progress):
        shape = read_photo(entry.photo).shape[:2]
        found = Found(drawn_reactions(theirs[entry.photo], shape), None)
        drawn = drawn_reactions(entry, shape)
        scores.append(
            score_photo(entry, found, drawn, shape, tolerance.pixels, data_set=data_set.name)
        )
    return conclude(f"reader {reader}", read_by_both, scores, tolerance)


def other_readers(data_sets: Sequence[DataSet]) -> list[str]:
    """Return the readers of the folders besides those who were chosen, sorted."""
    return sorted(
        {
            reader
            for data_set in data_sets
            for reader in list_readers(data_set.folder)
            if reader != data_set.reader
        }
    )


def drawn_reactions(entry: Entry, shape: tuple[int, int]) -> list[Mask]:
    """Return a mask (height, width) a ROI that the reader drew; a ROI without pixels has none."""
    return [mask for _, mask in drawn_rois(entry, shape)]


def drawn_rois(entry: Entry, shape: tuple[int, int]) -> list[tuple[Roi, Mask]]:
    """Return each ROI that the reader drew, with its mask (height, width); none without pixels."""
    if entry.outlines is None:
        return []
    return with_masks(read_rois(entry.outlines), shape)


def with_masks(rois: Sequence[Roi], shape: tuple[int, int]) -> list[tuple[Roi, Mask]]:
    """Return ROIs with their masks (height, width); those without pixels are left out."""
    pairs = [(roi, fill(roi.outlines, shape)) for roi in rois]
    return [(roi, mask) for roi, mask in pairs if mask.any()]


def refuse_same_names(data_sets: Sequence[DataSet]) -> None:
    """Raise EvaluationError where two data sets' folders have one name."""
    names = [data_set.name for data_set in data_sets]
    for name in names:
        if names.count(name) > 1:
            folders = " and ".join(str(one.folder) for one in data_sets if one.name == name)
            raise EvaluationError(
                f"{folders}: results are kept by the folder's name, so rename one of them"
            )


def subject_name(network: Network) -> str:
    """Return what a network is called in tables."""
    return f"network {network.name}, version {network.version}"


def _told(
    subject: str, data_sets: Sequence[DataSet], progress: Progress
) -> Iterator[tuple[DataSet, Entry]]:
    """Each photo to score, told before its turn."""
    pairs = [(data_set, entry) for data_set in data_sets for entry in data_set.with_masks]
    for number, (data_set, entry) in enumerate(pairs, 1):
        progress(Scoring(subject, entry.id, number, len(pairs)))
        yield data_set, entry
