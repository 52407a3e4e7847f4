"""What makes data sets doubtful to train or to judge a network on."""

from typing import Dict, List, Sequence, Tuple

import numpy as np

from erythema.datasets.folder import OUTLINED, DataSet, Entry
from erythema.datasets.identity import look_alikes, perceptual_hash, sha256
from erythema.segmentation.outline import fill
from erythema.segmentation.photo import read_photo
from erythema.segmentation.roi_set import Roi, read_rois

FEWEST_PATIENTS = 10  # with outlines
FARTHEST_OUTSIDE = 1.0  # px; a point set on the photo's edge by hand may lie so far beyond it


def doubts(data_sets: Sequence[DataSet], beside: Sequence[DataSet] = ()) -> List[str]:
    """Return one sentence for each thing that looks wrong: the file, what is odd, and the remedy.

    Looked at are the photos that were read as outlined or without erythema: outlines that reach
    outside the photo or hold none of its pixels, one photo under two patients, one file twice, and
    fewer than 10 patients with outlines. An outline may reach one pixel outside, as a point set on
    the edge by hand does; one that reaches farther was likely drawn on another photo, or before the
    photo was cropped or scaled.

    Parameters
    ----------
    beside: data sets that only train; their patients need not be many.

    Raises
    ------
    IdentityError: the package ImageHash is not installed.
    """
    judging = [entry for data_set in data_sets for entry in data_set.with_masks]
    entries = judging + [entry for data_set in beside for entry in data_set.with_masks]
    found = []
    hashes = []
    for entry in entries:
        photo = read_photo(entry.photo)
        hashes.append(perceptual_hash(photo))
        found.extend(_of_outlines(entry, photo.shape[0], photo.shape[1]))
    return found + _of_repeats(entries, hashes) + _of_copies(entries) + _of_patients(judging)


def _of_outlines(entry: Entry, height: int, width: int) -> List[str]:
    if entry.outlines is None:
        return []
    found = []
    for roi in read_rois(entry.outlines):
        outside = _farthest_outside(roi, height, width)
        if outside > FARTHEST_OUTSIDE:
            found.append(
                "{}: '{}' reaches {:.0f} pixels outside the photo {} ({} x {}). Was it drawn on "
                "another photo, or before this one was cropped or scaled? Draw it again.".format(
                    entry.outlines, roi.name, outside, entry.photo.name, width, height
                )
            )
        elif not fill(roi.outlines, (height, width)).any():
            found.append(
                "{}: '{}' holds no pixel of the photo {}. Draw it again, or delete it.".format(
                    entry.outlines, roi.name, entry.photo.name
                )
            )
    return found


def _farthest_outside(roi: Roi, height: int, width: int) -> float:
    """How far a ROI reaches beyond the photo's edges, in pixels; negative where it is within."""
    points = np.concatenate(roi.outlines)
    return float(max(-points.min(), (points - [width, height]).max()))


def _of_repeats(entries: Sequence[Entry], hashes: Sequence[str]) -> List[str]:
    found = []
    for earlier, later in look_alikes(hashes, [entry.patient for entry in entries]):
        one, other = entries[earlier], entries[later]
        same = sha256(one.photo) == sha256(other.photo)
        found.append(
            "{} of patient {} and {} of patient {} {}. If they are one photo, keep one of them, "
            "or name one patient for both in photos.csv.".format(
                one.photo,
                one.patient,
                other.photo,
                other.patient,
                "are the same file" if same else "look alike",
            )
        )
    return found


def _of_copies(entries: Sequence[Entry]) -> List[str]:
    """Files that are there twice under one patient."""
    first: Dict[Tuple[str, str], Entry] = {}
    found = []
    for entry in entries:
        other = first.setdefault((entry.patient, sha256(entry.photo)), entry)
        if other is not entry:
            found.append(
                "{} and {} are the same file, which counts twice. Keep one of them.".format(
                    other.photo, entry.photo
                )
            )
    return found


def _of_patients(entries: Sequence[Entry]) -> List[str]:
    patients = {entry.patient for entry in entries if entry.state == OUTLINED}
    if len(patients) >= FEWEST_PATIENTS:
        return []
    folders = sorted({str(entry.photo.parent) for entry in entries})
    return [
        "{}: {} with outlines. With fewer than {}, a network learns little and its scores say "
        "little: outline photos of more patients.".format(
            ", ".join(folders), _counted(len(patients), "patient"), FEWEST_PATIENTS
        )
    ]


def _counted(count: int, noun: str) -> str:
    return "{} {}{}".format(count, noun, "" if count == 1 else "s")
