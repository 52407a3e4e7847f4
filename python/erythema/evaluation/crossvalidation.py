"""The reference study's protocol: each photo is judged by a network that never saw its patient.

OUT/settings.json           what the cross-validation was begun with
OUT/folds.csv               the fold of each photo, from 1
OUT/fold_N/network/         trained on all folds but fold N
OUT/fold_N/scores.json      of fold N's photos, written last
OUT/outlines/DATA_SET/      what was found in each photo
OUT/confidence.json         a calibration of confidences, and how well it holds
"""

import json
import shutil
from collections.abc import Callable, Sequence, Set
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import Any

import keras

from erythema.datasets.folder import DataSet
from erythema.evaluation.conclusions import Evaluation, conclude
from erythema.evaluation.confidence import calibrate
from erythema.evaluation.evaluate import (
    Scoring,
    evaluate_reader,
    other_readers,
    refuse_same_names,
    score_network,
)
from erythema.evaluation.leaks import overlap_of_folds, refuse_copies_beside, trained_on
from erythema.evaluation.plan import (
    CrossValidationError,
    draw_folds,
    keep_folds,
    keep_settings,
    refuse_empty_masks,
)
from erythema.evaluation.scores import FoundReaction, PhotoScore, Summary, summarise
from erythema.evaluation.tolerance import readers_tolerance
from erythema.files import write_beside
from erythema.learning import optimisation
from erythema.learning.curve import read_curve
from erythema.learning.settings import Settings
from erythema.learning.training import check_settings, train, training_state
from erythema.segmentation.confidence import Evidence
from erythema.segmentation.engines import choose_engine, open_engine
from erythema.segmentation.network import load_network


@dataclass(frozen=True)
class FoldProgress:
    """How far a cross-validation is: a fold's training, or the photo that is scored."""

    fold: int  # from 1
    folds: int
    now: optimisation.Progress | Scoring


@dataclass(frozen=True)
class CrossValidation:
    """What the networks of all folds found in the photos that they were not trained on."""

    evaluation: Evaluation  # of all photos; its scores name their folds
    readers: list[Evaluation]  # the other readers of the same photos
    folds: list[Summary]
    curves: dict[str, list[dict[str, Any]]]  # rows of training.csv, by "Fold N"
    settings: Settings
    warnings: list[str]


def crossvalidate(
    data_sets: Sequence[DataSet],
    out: Path,
    folds: int,
    settings: Settings,
    *,
    extra: Sequence[DataSet] = (),
    engine: str = "auto",
    allow_overlap: bool = False,
    progress: Callable[[FoldProgress], None] = lambda progress: None,
    report: Callable[[str], None] = lambda line: None,
) -> CrossValidation:
    """Train a network a fold on the other folds, and score it on the fold's photos.

    Folds are drawn by patient from ``settings.seed``. Stopped at any moment, the same call goes on
    from there, to the same scores as without the stop.

    Parameters
    ----------
    out: a new or empty folder, or one that the same call began.
    folds: at least 2.
    extra: data sets that train each network too, but for the patients of its fold, and are never
        scored.
    allow_overlap: let one photo lie in two folds, under two patients, and say so.
    report: called with a line for people now and then.

    Raises
    ------
    CrossValidationError: too few patients; outlines that hold no pixel; or ``out`` was begun with
        other settings or data.
    EngineError: the engine is unknown or not installed.
    LeakError: a photo, or a patient, lies in two folds; or a photo trains beside under another
        patient.
    TrainingError, SettingsError, MemoryShortError: settings that no training can have here.
    OutputError: ``out`` holds something else.
    """
    out = Path(out)
    data_sets = [data_set._replace(entries=data_set.with_masks) for data_set in data_sets]
    refuse_same_names(data_sets)
    refuse_same_names(extra)
    tolerance = readers_tolerance(data_sets)
    entries = [entry for data_set in data_sets for entry in data_set.entries]
    fold_of = draw_folds(entries, folds, settings.seed)
    numbers = [fold_of[entry.photo] for entry in entries]
    overlap = overlap_of_folds(entries, numbers, allow=allow_overlap)
    if not allow_overlap:
        refuse_copies_beside(entries, [one for more in extra for one in more.with_masks])
    check_settings(settings)
    refuse_empty_masks(entries)
    engine = choose_engine(engine)
    keep_settings(out, data_sets, settings, folds, tolerance, engine, extra)
    keep_folds(out / "folds.csv", data_sets, fold_of)

    patients = {entry.patient for one in [*data_sets, *extra] for entry in one.entries}
    scores: list[PhotoScore] = []
    curves = {}
    for fold in range(1, folds + 1):

        def tell(now: optimisation.Progress | Scoring, fold: int = fold) -> None:
            progress(FoldProgress(fold, folds, now))

        held_out = {entry.patient for entry in entries if fold_of[entry.photo] == fold}
        room = out / f"fold_{fold}"
        network = room / "network"
        if not network.is_dir():
            train(
                _part(data_sets, patients - held_out),
                network,
                settings,
                extra=_part(extra, patients - held_out),
                progress=tell,
                report=report,
            )
            keras.backend.clear_session()
        shutil.rmtree(training_state(network), ignore_errors=True)  # killed just before the end
        if not (room / "scores.json").exists():
            judged = _part(data_sets, held_out)
            ready = open_engine(load_network(network), engine)
            photos = [entry for one in judged for entry in one.entries]
            known = trained_on(ready.network, photos, allow=allow_overlap)
            found = score_network(
                ready,
                judged,
                tolerance,
                trained_on={entry.photo for entry in known},
                fold=fold - 1,
                outlines=out / "outlines",
                progress=tell,
            )
            write_beside(room / "scores.json", json.dumps([asdict(score) for score in found]))
        scores += _read_scores(room / "scores.json")
        curves[f"Fold {fold}"] = [asdict(epoch) for epoch in read_curve(network)]
    confidence = calibrate(scores, out / "confidence.json", report)
    return CrossValidation(
        evaluation=conclude(
            f"the networks of {folds} folds", data_sets, scores, tolerance, confidence=confidence
        ),
        readers=[
            evaluation
            for reader in other_readers(data_sets)
            if (evaluation := evaluate_reader(reader, data_sets, tolerance))
        ],
        folds=[
            summarise([score for score in scores if score.fold == fold]) for fold in range(folds)
        ],
        curves=curves,
        settings=settings,
        warnings=overlap.warnings,
    )


def _part(data_sets: Sequence[DataSet], patients: Set[str]) -> list[DataSet]:
    return [
        data_set._replace(entries=[one for one in data_set.entries if one.patient in patients])
        for data_set in data_sets
    ]


def _read_scores(path: Path) -> list[PhotoScore]:
    try:
        return [_read_score(row) for row in json.loads(path.read_text("utf-8"))]
    except (ValueError, TypeError, KeyError) as error:
        raise CrossValidationError(
            f"{path}: not as it was written here ({error}). Delete it, and the same command scores "
            "the fold again"
        ) from error


def _read_score(row: dict[str, Any]) -> PhotoScore:
    found = tuple(
        FoundReaction(Evidence(*one["evidence"]), one["log_area_ratio"]) for one in row["found"]
    )
    reliability = tuple(tuple(bin) for bin in row["reliability"])
    return PhotoScore(**{**row, "reliability": reliability, "found": found})
