"""What is doubted in a data set, and what is not."""

from pathlib import Path

import numpy as np
import pytest
from PIL import Image

from erythema.datasets.checks import doubts
from erythema.datasets.folder import read_folder
from erythema.segmentation.roi_set import Roi, write_rois

WIDTH, HEIGHT = 40, 32


def box(left: float, top: float, right: float, bottom: float) -> np.ndarray:
    return np.array([[left, top], [right, top], [right, bottom], [left, bottom]], float)


def save_photo(path: Path, picture: int) -> None:
    """Every picture is another pattern of 8 x 8 shades."""
    shades = np.random.default_rng(picture).integers(0, 256, (8, 8, 3), np.uint8)
    Image.fromarray(shades).resize((WIDTH, HEIGHT), Image.Resampling.BICUBIC).save(path)


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    """Ten outlined photos, P0 to P9, of as many patients."""
    (tmp_path / "reader_a").mkdir()
    for number in range(10):
        save_photo(tmp_path / f"P{number}.png", number)
        save_outlines(tmp_path, f"P{number}", box(10, 10, 20, 20))
    save_patients(tmp_path, {f"P{number}": f"patient {number}" for number in range(10)})
    return tmp_path


def save_outlines(folder: Path, photo: str, *outlines: np.ndarray) -> None:
    rois = [Roi(f"erythema {n}", [xy], {}) for n, xy in enumerate(outlines, 1)]
    write_rois(folder / f"reader_a/{photo}.zip", rois)


def save_patients(folder: Path, patients: dict[str, str]) -> None:
    rows = [f"{photo},{patient}\n" for photo, patient in patients.items()]
    (folder / "photos.csv").write_text("photo,patient\n" + "".join(rows), "utf-8")


def doubts_about(folder: Path) -> list[str]:
    return doubts([read_folder(folder)])


def test_nothing_is_doubted_in_ten_outlined_photos_of_ten_patients(folder):
    assert doubts_about(folder) == []


def test_an_outline_without_a_pixel_is_doubted(folder):
    save_outlines(folder, "P3", box(10, 10, 20, 20), box(5.1, 5.1, 5.3, 5.3))
    (doubt,) = doubts_about(folder)
    assert doubt == (
        f"{folder / 'reader_a/P3.zip'}: 'erythema 2' holds no pixel of the photo P3.png. Draw it "
        "again, or delete it."
    )


@pytest.mark.parametrize(
    "outline",
    [box(-2, 5, 9, 9), box(5, -2, 9, 9), box(5, 5, 42, 9), box(5, 5, 9, 34)],
    ids=["left", "above", "right", "below"],
)
def test_an_outline_two_pixels_outside_the_photo_is_doubted(folder, outline):
    save_outlines(folder, "P3", outline)
    (doubt,) = doubts_about(folder)
    assert doubt.startswith(
        f"{folder / 'reader_a/P3.zip'}: 'erythema 1' reaches 2 pixels outside the photo P3.png "
        "(40 x 32)."
    )


def test_an_outline_wholly_outside_the_photo_is_doubted_once(folder):
    save_outlines(folder, "P3", box(100, 100, 120, 120))
    (doubt,) = doubts_about(folder)
    assert "'erythema 1' reaches 88 pixels outside" in doubt


def test_an_outline_one_pixel_outside_the_photo_is_not_doubted(folder):
    save_outlines(folder, "P3", box(-1, -1, 41, 33))
    assert doubts_about(folder) == []


def test_one_file_under_two_patients_is_doubted(folder):
    (folder / "P7.png").write_bytes((folder / "P3.png").read_bytes())
    (doubt,) = doubts_about(folder)
    assert doubt == (
        f"{folder / 'P3.png'} of patient patient 3 and {folder / 'P7.png'} of patient patient 7 "
        "are the same file. If they are one photo, keep one of them, or name one patient for both "
        "in photos.csv."
    )


def test_one_photo_stored_anew_under_another_patient_is_doubted(folder):
    (folder / "P7.png").unlink()
    Image.open(folder / "P3.png").save(folder / "P7.jpg", quality=80)
    (doubt,) = doubts_about(folder)
    assert f"{folder / 'P3.png'} of patient patient 3 and {folder / 'P7.jpg'}" in doubt
    assert "look alike" in doubt


def test_one_photo_in_two_data_sets_under_two_patients_is_doubted(folder, tmp_path_factory):
    other = tmp_path_factory.mktemp("other")
    (other / "reader_a").mkdir()
    (other / "Q1.png").write_bytes((folder / "P3.png").read_bytes())
    save_outlines(other, "Q1", box(10, 10, 20, 20))
    (doubt,) = doubts([read_folder(folder), read_folder(other)])
    assert f"{folder / 'P3.png'} of patient patient 3 and {other / 'Q1.png'} of" in doubt


def test_one_file_twice_under_one_patient_counts_twice(folder):
    (folder / "P10.png").write_bytes((folder / "P3.png").read_bytes())
    save_outlines(folder, "P10", box(10, 10, 20, 20))
    patients = {f"P{number}": f"patient {number}" for number in range(10)}
    save_patients(folder, {**patients, "P10": "patient 3"})
    (doubt,) = doubts_about(folder)
    assert doubt == (
        f"{folder / 'P10.png'} and {folder / 'P3.png'} are the same file, which counts twice. "
        "Keep one of them."
    )


def test_nine_patients_with_outlines_are_doubted(folder):
    (folder / "reader_a/P9.zip").unlink()
    (folder / "reader_a/readings.csv").write_text("photo,state\nP9,no erythema\n", "utf-8")
    (doubt,) = doubts_about(folder)
    assert doubt.startswith(f"{folder}: 9 patients with outlines.")


def test_an_unread_photo_is_not_looked_at(folder):
    (folder / "P10.png").write_bytes((folder / "P3.png").read_bytes())
    assert doubts_about(folder) == []


def test_a_single_patient_is_counted_in_the_singular(folder):
    data_set = read_folder(folder)
    one = data_set._replace(entries=data_set.entries[:1])
    (doubt,) = doubts([one])
    assert doubt.startswith(f"{folder}: 1 patient with outlines.")


def test_data_that_only_train_may_have_few_patients_but_no_copies(folder, tmp_path_factory):
    more = tmp_path_factory.mktemp("more")
    (more / "reader_a").mkdir()
    (more / "R1.png").write_bytes((folder / "P1.png").read_bytes())
    save_outlines(more, "R1", box(10, 10, 20, 20))
    (doubt,) = doubts([read_folder(folder)], [read_folder(more)])
    assert "P1.png of patient patient 1 and" in doubt
    assert "R1.png of patient R1 are the same file" in doubt
