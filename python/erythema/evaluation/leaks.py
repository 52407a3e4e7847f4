"""Photos that would be judged by a network that knows them from its training."""

from collections import defaultdict
from collections.abc import Sequence
from dataclasses import dataclass

from erythema.datasets.folder import DataSet, Entry
from erythema.datasets.identity import alike, look_alikes, perceptual_hash, sha256
from erythema.errors import ErythemaError
from erythema.segmentation.network import Network
from erythema.segmentation.photo import read_photo


class LeakError(ErythemaError, ValueError):
    """Photos to be judged were trained on; the message names them and says what to do."""


@dataclass(frozen=True)
class Overlap:
    """Which photos the training saw too."""

    same: list[Entry]  # the very file was trained on
    alike: list[Entry]  # a photo that looks alike was trained on
    warnings: list[str]  # a sentence for each of `alike`, and for what could not be compared


def overlap_with_training(
    network: Network, data_sets: Sequence[DataSet], *, allow: bool = False
) -> Overlap:
    """Return which photos of the data sets a network was trained on.

    Looked at are the photos that can be judged: outlined, or without erythema.

    Parameters
    ----------
    allow: list the photos that were trained on instead of refusing them.

    Raises
    ------
    LeakError: the network was trained on some of the photos, unless allowed.
    """
    name = _subject(network)
    judged = [entry for data_set in data_sets for entry in data_set.with_masks]
    same = trained_on(network, judged, allow=allow)
    others = [entry for entry in judged if entry not in same]
    if network.training_perceptual_hashes is None:
        warning = (
            f"{name} lists no perceptual hashes: copies of its training photos, stored anew, go "
            "unnoticed."
        )
        return Overlap(same, [], [warning] if network.training_photos else [])
    look_alike, warnings = [], []
    for entry in others:
        twin = _twin(entry, network.training_photos, network.training_perceptual_hashes)
        if twin is not None:
            look_alike.append(entry)
            warnings.append(
                f"{name} was trained on a photo that looks like {entry.photo} (SHA-256 {twin}). "
                "If it is the same photo, leave it out."
            )
    return Overlap(same, look_alike, warnings)


def trained_on(network: Network, entries: Sequence[Entry], *, allow: bool = False) -> list[Entry]:
    """Return the entries whose very files a network was trained on.

    Raises
    ------
    LeakError: there are some, unless allowed.
    """
    known = set(network.training_photos)
    same = [entry for entry in entries if sha256(entry.photo) in known]
    if same and not allow:
        raise LeakError(
            f"{_subject(network)} was trained on {len(same)} of these {len(entries)} photos: "
            f"{_named(same)}. Leave them out, choose another network, or allow the overlap "
            "(--allow-overlap), which every table then says."
        )
    return same


def overlap_of_folds(
    entries: Sequence[Entry], folds: Sequence[int], *, allow: bool = False
) -> Overlap:
    """Return which photos of a cross-validation lie in two folds.

    A photo in two folds is judged by a network that was trained on it.

    Parameters
    ----------
    folds: the fold of each entry.
    allow: list the photos that lie in two folds instead of refusing them.

    Raises
    ------
    LeakError: a patient lies in two folds; or a photo does, unless allowed.
    """
    refuse_divided_patients(entries, folds)
    sums = [sha256(entry.photo) for entry in entries]
    folds_of = defaultdict(set)
    for code, fold in zip(sums, folds, strict=True):
        folds_of[code].add(fold)
    in_two = [len(folds_of[code]) > 1 for code in sums]
    same = [entry for entry, yes in zip(entries, in_two, strict=True) if yes]
    others = [entry for entry, yes in zip(entries, in_two, strict=True) if not yes]
    if same and not allow:
        raise LeakError(
            f"These photos lie in two folds, under two patients: {_named(same)}. Keep one of each, "
            "name one patient for both in photos.csv, or allow the overlap (--allow-overlap), "
            "which every table then says."
        )
    fold_of = {entry.photo: fold for entry, fold in zip(entries, folds, strict=True)}
    hashes = [perceptual_hash(read_photo(entry.photo)) for entry in others]
    pairs = look_alikes(hashes, [fold_of[entry.photo] for entry in others])
    look_alike = [others[place] for place in sorted({place for pair in pairs for place in pair})]
    warnings = [
        f"{others[earlier].photo} and {others[later].photo} look alike and lie in two folds. If "
        "they are one photo, keep one of them, or name one patient for both in photos.csv."
        for earlier, later in pairs
    ]
    return Overlap(same, look_alike, warnings)


def refuse_copies_beside(entries: Sequence[Entry], beside: Sequence[Entry]) -> None:
    """Raise LeakError where a photo to be scored trains beside, too, under another patient."""
    patients_of = defaultdict(set)
    for entry in beside:
        patients_of[sha256(entry.photo)].add(entry.patient)
    same = [entry for entry in entries if patients_of[sha256(entry.photo)] - {entry.patient}]
    if same:
        raise LeakError(
            f"These photos train beside, too, under another patient: {_named(same)}. Name one "
            "patient for both in photos.csv, leave them out there, or allow the overlap "
            "(--allow-overlap), which every table then says."
        )


def refuse_divided_patients(entries: Sequence[Entry], folds: Sequence[int]) -> None:
    """Raise LeakError where the photos of one patient lie in two folds; ``folds``: of each entry.

    A network that was trained on a patient is no judge of another photo of that patient.
    """
    photos_of: dict[str, dict[int, Entry]] = defaultdict(dict)
    for entry, fold in zip(entries, folds, strict=True):
        photos_of[entry.patient].setdefault(fold, entry)
    divided = [
        f"patient {patient}: "
        + ", ".join(f"{entry.photo} in fold {fold}" for fold, entry in sorted(photos.items()))
        for patient, photos in sorted(photos_of.items())
        if len(photos) > 1
    ]
    if divided:
        raise LeakError(
            "All photos of a patient belong in one fold, but these do not lie so: "
            f"{'; '.join(divided)}. Put them together, or draw the folds anew."
        )


def _twin(entry: Entry, sums: Sequence[str], hashes: Sequence[str]) -> str | None:
    """The SHA-256 of the first training photo that an entry's photo looks like."""
    own = perceptual_hash(read_photo(entry.photo))
    return next((code for code, other in zip(sums, hashes, strict=True) if alike(own, other)), None)


def _subject(network: Network) -> str:
    return f"The network {network.name}, version {network.version},"


def _named(entries: Sequence[Entry]) -> str:
    return ", ".join(str(entry.photo) for entry in entries)
