"""Photos that a network knows from its training are not left to it to be judged by."""

import json
import shutil
from pathlib import Path

import numpy as np
import pytest
from PIL import Image

from erythema.datasets.folder import read_folder
from erythema.datasets.identity import perceptual_hash, sha256
from erythema.evaluation.leaks import LeakError, overlap_of_folds, overlap_with_training
from erythema.segmentation.network import Network, load_network
from erythema.segmentation.photo import read_photo


def save_photo(path: Path, picture: int) -> None:
    """Every picture is another pattern of 8 x 8 shades."""
    shades = np.random.default_rng(picture).integers(0, 256, (8, 8, 3), np.uint8)
    Image.fromarray(shades).resize((64, 48), Image.Resampling.BICUBIC).save(path)


def save_tables(folder: Path, **patients: str) -> None:
    """No photo has erythema; each is of the patient given."""
    (folder / "reader_a").mkdir(exist_ok=True)
    readings = "".join(f"{photo},no erythema\n" for photo in patients)
    (folder / "reader_a/readings.csv").write_text("photo,state\n" + readings, "utf-8")
    rows = "".join(f"{photo},{patient}\n" for photo, patient in patients.items())
    (folder / "photos.csv").write_text("photo,patient\n" + rows, "utf-8")


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    """Photos P1 of anna, P2 of ben and P3 of cleo, all different."""
    folder = tmp_path / "test"
    folder.mkdir()
    for number in (1, 2, 3):
        save_photo(folder / f"P{number}.png", number)
    save_tables(folder, P1="anna", P2="ben", P3="cleo")
    return folder


@pytest.fixture
def trained_on(redness_network, tmp_path):
    """Makes the network that was trained on the photos given."""

    def network(*photos: Path, hashes: bool = True) -> Network:
        folder = shutil.copytree(redness_network, tmp_path / "redness")
        manifest = json.loads((folder / "manifest.json").read_text("utf-8"))
        manifest["training_photos"] = [sha256(photo) for photo in photos]
        if hashes:
            codes = [perceptual_hash(read_photo(photo)) for photo in photos]
            manifest["training_perceptual_hashes"] = codes
        (folder / "manifest.json").write_text(json.dumps(manifest), "utf-8")
        return load_network(folder)

    return network


def photos(entries) -> list[str]:
    return [entry.photo.name for entry in entries]


def test_a_network_trained_on_a_photo_of_the_test_folder_is_refused_by_name(folder, trained_on):
    network = trained_on(folder / "P2.png")
    with pytest.raises(LeakError) as refusal:
        overlap_with_training(network, [read_folder(folder)])
    assert str(refusal.value).startswith(
        f"The network redness, version 1, was trained on 1 of these 3 photos: {folder / 'P2.png'}. "
    )


def test_an_overlap_that_is_allowed_is_listed(folder, trained_on):
    network = trained_on(folder / "P2.png", folder / "P3.png")
    overlap = overlap_with_training(network, [read_folder(folder)], allow=True)
    assert photos(overlap.same) == ["P2.png", "P3.png"]
    assert (overlap.alike, overlap.warnings) == ([], [])


def test_a_training_photo_stored_anew_is_a_warning_that_names_both(folder, trained_on, tmp_path):
    original = tmp_path / "original.jpg"
    photo = Image.open(folder / "P2.png")
    photo.resize((128, 96), Image.Resampling.BICUBIC).save(original, quality=60)
    overlap = overlap_with_training(trained_on(original), [read_folder(folder)])
    assert (overlap.same, photos(overlap.alike)) == ([], ["P2.png"])
    assert overlap.warnings == [
        "The network redness, version 1, was trained on a photo that looks like "
        f"{folder / 'P2.png'} (SHA-256 {sha256(original)}). If it is the same photo, leave it out."
    ]


def test_other_photos_than_the_training_s_are_no_overlap(folder, trained_on, tmp_path):
    save_photo(tmp_path / "other.png", 4)
    overlap = overlap_with_training(trained_on(tmp_path / "other.png"), [read_folder(folder)])
    assert (overlap.same, overlap.alike, overlap.warnings) == ([], [], [])


def test_a_training_photo_that_nobody_read_is_no_overlap(folder, trained_on):
    network = trained_on(folder / "P2.png")
    save_tables(folder, P1="anna", P3="cleo")
    assert overlap_with_training(network, [read_folder(folder)]).same == []


def test_a_network_without_perceptual_hashes_gets_a_warning(folder, trained_on, tmp_path):
    save_photo(tmp_path / "other.png", 4)
    network = trained_on(tmp_path / "other.png", hashes=False)
    (warning,) = overlap_with_training(network, [read_folder(folder)]).warnings
    assert "redness, version 1, lists no perceptual hashes" in warning


def fold_overlap(folder: Path, folds: list[int], allow: bool = False):
    data_set = read_folder(folder)
    return overlap_of_folds(data_set.entries, folds, allow=allow)


def test_different_photos_of_different_patients_lie_in_any_folds(folder):
    overlap = fold_overlap(folder, [0, 1, 2])
    assert (overlap.same, overlap.alike, overlap.warnings) == ([], [], [])


@pytest.mark.parametrize("allow", [False, True])
def test_one_patient_in_two_folds_is_refused_always(folder, allow):
    save_tables(folder, P1="anna", P2="ben", P3="anna")
    with pytest.raises(LeakError) as refusal:
        fold_overlap(folder, [0, 1, 2], allow)
    assert f"patient anna: {folder / 'P1.png'} in fold 0, {folder / 'P3.png'} in fold 2" in str(
        refusal.value
    )
    assert "ben" not in str(refusal.value)


def test_one_file_in_two_folds_is_refused_by_name(folder):
    (folder / "P3.png").write_bytes((folder / "P1.png").read_bytes())
    with pytest.raises(LeakError, match="two patients") as refusal:
        fold_overlap(folder, [0, 1, 2])
    assert f"{folder / 'P1.png'}, {folder / 'P3.png'}. " in str(refusal.value)


def test_one_file_in_two_folds_is_listed_where_allowed(folder):
    (folder / "P3.png").write_bytes((folder / "P1.png").read_bytes())
    overlap = fold_overlap(folder, [0, 1, 2], allow=True)
    assert photos(overlap.same) == ["P1.png", "P3.png"]
    assert (overlap.alike, overlap.warnings) == ([], [])


def test_one_file_twice_in_one_fold_is_no_overlap(folder):
    (folder / "P3.png").write_bytes((folder / "P1.png").read_bytes())
    overlap = fold_overlap(folder, [0, 1, 0])
    assert (overlap.same, overlap.warnings) == ([], [])


def test_look_alikes_in_two_folds_are_a_warning_that_names_both(folder):
    (folder / "P3.png").unlink()
    Image.open(folder / "P1.png").save(folder / "P3.jpg", quality=60)
    overlap = fold_overlap(folder, [0, 1, 2])
    assert (overlap.same, photos(overlap.alike)) == ([], ["P1.png", "P3.jpg"])
    (warning,) = overlap.warnings
    assert warning.startswith(f"{folder / 'P1.png'} and {folder / 'P3.jpg'} look alike and lie in")
