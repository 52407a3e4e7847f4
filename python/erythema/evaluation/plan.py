"""What a cross-validation was begun with, on disk: it goes on with the same, or not at all."""

import csv
import io
import json
from collections.abc import Mapping, Sequence
from dataclasses import asdict
from pathlib import Path

from erythema.datasets.folder import OUTLINED, DataSet, Entry, read_mask
from erythema.datasets.identity import sha256
from erythema.errors import ErythemaError
from erythema.evaluation.leaks import refuse_divided_patients
from erythema.evaluation.tolerance import Tolerance
from erythema.files import OutputError, write_beside
from erythema.learning.folds import folds_by_patient
from erythema.learning.precision import choose_precision
from erythema.learning.settings import Settings
from erythema.learning.training import digest_of_photos
from erythema.segmentation.photo import read_photo

COLUMNS = ("data_set", "photo", "patient", "state", "fold", "sha256", "outlines_sha256")


class CrossValidationError(ErythemaError, ValueError):
    """A cross-validation that cannot begin or go on; the message names what does not fit."""


def draw_folds(entries: Sequence[Entry], folds: int, seed: int) -> dict[Path, int]:
    """Return the fold of each photo, from 1; all photos of a patient lie in one.

    Raises
    ------
    CrossValidationError: fewer than 2 folds, more than patients with outlines, or so few of these
        that a fold leaves fewer than two to train and validate with.
    """
    outlined = [entry.state == OUTLINED for entry in entries]
    patients = [entry.patient for entry in entries]
    most = len({name for name, yes in zip(patients, outlined, strict=True) if yes})
    fewest = next((count for count in range(2, most + 1) if most - -(-most // count) >= 2), None)
    if fewest is None:
        raise CrossValidationError(
            f"a cross-validation needs three patients with outlines or more; here are {most}"
        )
    if not fewest <= folds <= most:
        raise CrossValidationError(
            f"--folds {folds}: with {most} patients with outlines it is {fewest} to {most}"
        )
    numbers = folds_by_patient(patients, outlined, folds, seed)
    return {entry.photo: number + 1 for entry, number in zip(entries, numbers, strict=True)}


def refuse_empty_masks(entries: Sequence[Entry]) -> None:
    """Raise CrossValidationError where outlines hold no pixel of their photo.

    A fold whose training or validation has nothing drawn would stop hours later.
    """
    empty = [
        str(entry.outlines)
        for entry in entries
        if entry.state == OUTLINED and not read_mask(entry, read_photo(entry.photo).shape[:2]).any()
    ]
    if empty:
        raise CrossValidationError(
            f"{', '.join(empty)}: no pixel of the photo lies inside these outlines. Draw them "
            "again, or call the photos unusable in readings.csv"
        )


def keep_settings(
    out: Path,
    data_sets: Sequence[DataSet],
    settings: Settings,
    folds: int,
    tolerance: Tolerance,
    engine: str,
    extra: Sequence[DataSet] = (),
) -> None:
    """Write ``OUT/settings.json``, or check that the cross-validation there began with the same.

    Parameters
    ----------
    extra: data sets that train too, and are not scored.

    Raises
    ------
    OutputError: ``out`` holds something else.
    CrossValidationError: it began with other settings.
    """
    facts = {
        **asdict(settings),
        "precision": choose_precision(settings.precision),
        "engine": engine,
        "folds": folds,
        "data_sets": [data_set.name for data_set in data_sets],
        "readers": [data_set.reader for data_set in data_sets],
        "tolerance": tolerance.pixels,
        "extra": {one.name: digest_of_photos(one.with_masks) for one in extra},
    }
    text = json.dumps(facts, indent=2) + "\n"
    path = out / "settings.json"
    if not path.exists():
        if out.exists() and not (out.is_dir() and not any(out.iterdir())):
            raise OutputError(
                f"{out} exists and holds no cross-validation: choose another --out, or move it away"
            )
        out.mkdir(parents=True, exist_ok=True)
        write_beside(path, text)
        return
    try:
        before = dict(json.loads(path.read_text("utf-8")))
    except (ValueError, TypeError) as error:
        raise CrossValidationError(
            f"{path}: not as it was written here ({error}). Move {out} away and begin anew"
        ) from error
    changed = [
        f"{name} was {before.get(name)} and is {value}"
        for name, value in json.loads(text).items()
        if before.get(name) != value
    ]
    if changed:
        raise CrossValidationError(
            f"{path}: begun with other settings ({'; '.join(changed)}). Give the same to go on "
            "with it, or choose another --out"
        )


def keep_folds(path: Path, data_sets: Sequence[DataSet], fold_of: Mapping[Path, int]) -> None:
    """Write ``folds.csv``, or check that the cross-validation there began with the same photos.

    Raises
    ------
    LeakError: the table has a patient in two folds.
    CrossValidationError: it has other photos, outlines, patients or folds.
    """
    entries = {(one.name, entry.id): entry for one in data_sets for entry in one.entries}
    rows = [_row(name, entry, fold_of[entry.photo]) for (name, _), entry in entries.items()]
    if not path.exists():
        write_beside(path, _table(rows))
        return
    before = _read_table(path)
    known = {key: row for key, row in before.items() if key in entries}
    refuse_divided_patients(
        [entries[key] for key in known], [int(row["fold"]) for row in known.values()]
    )
    changed = [f"{'/'.join(key)} is gone" for key in sorted(before.keys() - entries.keys())]
    changed += [f"{'/'.join(key)} is new" for key in sorted(entries.keys() - before.keys())]
    for row in rows:
        key = row["data_set"], row["photo"]
        changed += [
            f"{name} of {'/'.join(key)} was {before[key][name]} and is {row[name]}"
            for name in COLUMNS
            if key in before and before[key][name] != row[name]
        ]
    if changed:
        raise CrossValidationError(
            f"{path}: begun with other data ({'; '.join(changed)}). Give the same photos and "
            "outlines to go on with it, or choose another --out"
        )


def _read_table(path: Path) -> dict[tuple[str, str], dict[str, str]]:
    """Rows by data set and photo."""
    try:
        with path.open(encoding="utf-8-sig", newline="") as file:
            rows = list(csv.DictReader(file))
    except (UnicodeDecodeError, csv.Error) as error:
        raise CrossValidationError(
            f"{path}: not as it was written here ({error}). Move {path.parent} away and begin anew"
        ) from error
    for number, row in enumerate(rows, 2):
        if not all(row.get(name) is not None for name in COLUMNS) or not row["fold"].isdecimal():
            raise CrossValidationError(
                f"{path}, line {number}: not as it was written here. Move {path.parent} away and "
                "begin anew"
            )
    return {(row["data_set"], row["photo"]): row for row in rows}


def _row(data_set: str, entry: Entry, fold: int) -> dict[str, str]:
    outlines = sha256(entry.outlines) if entry.outlines else ""
    values = (data_set, entry.id, entry.patient, entry.state, str(fold), sha256(entry.photo))
    return dict(zip(COLUMNS, (*values, outlines), strict=True))


def _table(rows: Sequence[Mapping[str, str]]) -> str:
    buffer = io.StringIO()
    writer = csv.DictWriter(buffer, COLUMNS, lineterminator="\n")
    writer.writeheader()
    writer.writerows(rows)
    return buffer.getvalue()
