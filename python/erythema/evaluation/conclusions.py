"""What the scores of one network or reader say together, and beside those of another."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from erythema.datasets.folder import OUTLINED, DataSet
from erythema.errors import ErythemaError
from erythema.evaluation.bland_altman import BlandAltman, bland_altman
from erythema.evaluation.confidence import Judgement, judge_network
from erythema.evaluation.reliability import Reliability, reliability
from erythema.evaluation.scores import Figure, PhotoScore, Summary, mean_figure, summarise
from erythema.evaluation.tolerance import Tolerance
from erythema.segmentation.network import Network

COMPARED = ("dice", "precision", "recall", "hd95", "surface_dice")


class EvaluationError(ErythemaError, ValueError):
    """Data sets that cannot be evaluated; the message says what is missing."""


@dataclass(frozen=True)
class Evaluation:
    """How what one network or reader found agrees with what a reader drew."""

    subject: str  # who found, such as "network default, version 1" or "reader b"
    network: dict[str, Any] | None  # name, version, sha256, threshold, smallest_area
    reader: str  # who drew, such as "reader a"
    data_sets: list[dict[str, Any]]  # name, reader, photos, outlined, without_erythema, patients
    scores: list[PhotoScore]
    summary: Summary
    bland_altman_log: BlandAltman | None  # of areas; without photos in which nothing was found
    bland_altman_raw: BlandAltman | None
    left_out_of_log: int  # outlined photos in which nothing was found
    reliability: Reliability | None  # None where a reader found
    tolerance: float  # of surface Dice, in pixels of a photo whose longer side has 512
    tolerance_from: str
    trained_on: list[str]  # DATA_SET/ID of photos that the network saw in training
    confidence: Judgement | None = None  # None where no confidence is stated


@dataclass(frozen=True)
class Comparison:
    """One evaluation minus another, photo by photo."""

    subject: str
    other: str
    differences: dict[str, Figure]  # means of the differences, by the names in COMPARED
    photos: int
    patients: int


def conclude(
    subject: str,
    data_sets: Sequence[DataSet],
    scores: Sequence[PhotoScore],
    tolerance: Tolerance,
    network: Network | None = None,
    confidence: Judgement | None = None,
) -> Evaluation:
    """Return what the scores of one network or reader say together.

    Parameters
    ----------
    network: whose own confidences are judged, where it states any.
    confidence: the judgement of other ones.

    Raises
    ------
    EvaluationError: there is no score.
    """
    if not scores:
        raise EvaluationError(
            f"{', '.join(str(one.folder) for one in data_sets)}: no photo here was outlined or "
            "found without erythema by the reader, so there is nothing to compare with"
        )
    outlined = [score for score in scores if score.drawn_px]
    found = [score for score in outlined if score.found_px]
    if network and network.confidence:
        confidence = judge_network(scores, network.confidence)
    return Evaluation(
        subject=subject,
        network=network and network_facts(network),
        reader=" and ".join(sorted({_reader_name(data_set) for data_set in data_sets})),
        data_sets=[_counts(data_set) for data_set in data_sets],
        scores=list(scores),
        summary=summarise(scores),
        bland_altman_log=_areas(found, logarithm=True),
        bland_altman_raw=_areas(outlined, logarithm=False),
        left_out_of_log=len(outlined) - len(found),
        reliability=_reliability(scores),
        tolerance=tolerance.pixels,
        tolerance_from=tolerance.source,
        trained_on=[f"{score.data_set}/{score.photo}" for score in scores if score.trained_on],
        confidence=confidence,
    )


def compare(subject: Evaluation, other: Evaluation, seed: int = 0) -> Comparison:
    """Return the means of the paired differences, ``subject`` minus ``other``, with intervals.

    Of the photos that both have a score of; intervals by bootstrap over patients.
    """
    theirs = {(score.data_set, score.photo): score for score in other.scores}
    pairs = [
        (score, theirs[score.data_set, score.photo])
        for score in subject.scores
        if score.drawn_px and (score.data_set, score.photo) in theirs
    ]
    patients = [score.patient for score, _ in pairs]
    figures = {
        name: mean_figure(
            name, [getattr(a, name) - getattr(b, name) for a, b in pairs], patients, seed
        )
        for name in COMPARED
    }
    return Comparison(
        subject=subject.subject,
        other=other.subject,
        differences={name: figure for name, figure in figures.items() if figure},
        photos=len(pairs),
        patients=len(set(patients)),
    )


def network_facts(network: Network) -> dict[str, Any]:
    """Return what identifies a network in a report."""
    return {
        "name": network.name,
        "version": network.version,
        "sha256": network.hash,
        "threshold": network.threshold,
        "smallest_area": network.smallest_area,
    }


def _reader_name(data_set: DataSet) -> str:
    return f"reader {data_set.reader}" if data_set.reader else "a reader without a name"


def _counts(data_set: DataSet) -> dict[str, Any]:
    entries = data_set.with_masks
    outlined = sum(entry.state == OUTLINED for entry in entries)
    return {
        "name": data_set.name,
        "reader": data_set.reader,
        "photos": len(entries),
        "outlined": outlined,
        "without_erythema": len(entries) - outlined,
        "patients": len({entry.patient for entry in entries}),
    }


def _areas(scores: Sequence[PhotoScore], *, logarithm: bool) -> BlandAltman | None:
    return bland_altman(
        [float(score.found_px) for score in scores],
        [float(score.drawn_px) for score in scores],
        [score.patient for score in scores],
        logarithm=logarithm,
    )


def _reliability(scores: Sequence[PhotoScore]) -> Reliability | None:
    counted = [(score.reliability, score.patient) for score in scores if score.reliability]
    if not counted:
        return None
    return reliability([counts for counts, _ in counted], [patient for _, patient in counted])
