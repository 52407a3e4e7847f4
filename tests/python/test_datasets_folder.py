"""A data set's folder: what is an entry, what is a problem, and what is never assumed."""

from pathlib import Path

import numpy as np
import pytest
import roifile
import tifffile
from PIL import Image

from erythema.datasets.folder import (
    DataSet,
    DataSetError,
    Problem,
    list_readers,
    read_folder,
    read_mask,
)
from erythema.segmentation.roi_set import Roi, write_rois

SQUARE = np.array([[2.0, 3.0], [6.0, 3.0], [6.0, 5.0], [2.0, 5.0]])  # 4 x 2 px
OVERLAPPING = SQUARE + np.array([1.0, 0.0])
APART = SQUARE + np.array([20.0, 0.0])
SHAPE = (32, 40)


def save_photo(path: Path) -> None:
    photo = np.full((*SHAPE, 3), (200, 150, 120), np.uint8)
    Image.fromarray(photo).save(path)


def save_outlines(path: Path, *outlines: np.ndarray) -> None:
    path.parent.mkdir(exist_ok=True)
    write_rois(path, [Roi(f"erythema {n}", [xy], {}) for n, xy in enumerate(outlines, 1)])


def save_table(path: Path, *lines: str) -> None:
    path.parent.mkdir(exist_ok=True)
    path.write_text("\n".join(lines) + "\n", "utf-8")


def states(data_set: DataSet) -> dict[str, str]:
    return {entry.id: entry.state for entry in data_set.entries}


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    """One photo, P1 of patient anna, without any reading."""
    save_photo(tmp_path / "P1.png")
    save_table(tmp_path / "photos.csv", "photo,patient", "P1,anna")
    return tmp_path


def test_an_outlined_photo_is_an_entry_with_its_patient_and_roi_set(folder):
    save_outlines(folder / "reader_a/P1.zip", SQUARE)
    save_table(folder / "reader_a/readings.csv", "photo,state,reason", "P1,outlined,")

    data_set = read_folder(folder)

    (entry,) = data_set.entries
    assert entry == (
        folder / "P1.png",
        "P1",
        "anna",
        "outlined",
        folder / "reader_a/P1.zip",
    )
    assert data_set.reader == "a"
    assert data_set.problems == []


def test_outlines_without_a_row_are_outlined(folder):
    save_outlines(folder / "reader_a/P1.zip", SQUARE)
    assert states(read_folder(folder)) == {"P1": "outlined"}


def test_a_photo_without_row_and_outlines_is_unread_never_no_erythema(folder):
    (folder / "reader_a").mkdir()
    data_set = read_folder(folder)
    assert states(data_set) == {"P1": "unread"}
    assert data_set.problems == [Problem("P1.png", "unread: neither a reading nor outlines")]


@pytest.mark.parametrize("state", ["no erythema", "unusable"])
def test_a_row_tells_the_state_of_a_photo_without_outlines(folder, state):
    save_table(folder / "reader_a/readings.csv", "photo,state,reason", f"P1,{state},")
    data_set = read_folder(folder)
    assert states(data_set) == {"P1": state}
    assert data_set.problems == []


def test_a_single_roi_file_is_read(folder):
    (folder / "reader_a").mkdir()
    (folder / "reader_a/P1.roi").write_bytes(roifile.ImagejRoi.frompoints(SQUARE).tobytes())
    (entry,) = read_folder(folder).entries
    assert read_mask(entry, SHAPE).sum() == 8


def test_the_overlay_inside_a_tiff_is_read(folder):
    overlay = {"Overlays": [roifile.ImagejRoi.frompoints(SQUARE).tobytes()]}
    photo = np.asarray(Image.open(folder / "P1.png"))
    tifffile.imwrite(folder / "P1.tif", photo, imagej=True, metadata=overlay)
    (folder / "P1.png").unlink()

    (entry,) = read_folder(folder).entries

    assert (entry.state, entry.outlines) == ("outlined", folder / "P1.tif")
    assert read_mask(entry, SHAPE).sum() == 8


def test_the_mask_is_the_union_of_all_outlines(folder):
    save_outlines(folder / "reader_a/P1.zip", SQUARE, OVERLAPPING, APART)
    (entry,) = read_folder(folder).entries
    assert read_mask(entry, SHAPE).sum() == 5 * 2 + 4 * 2


def test_the_mask_of_a_photo_without_erythema_is_empty(folder):
    save_table(folder / "reader_a/readings.csv", "photo,state,reason", "P1,no erythema,")
    (entry,) = read_folder(folder).entries
    assert not read_mask(entry, SHAPE).any()


def test_an_unread_photo_has_no_mask(folder):
    (entry,) = read_folder(folder).entries
    with pytest.raises(ValueError, match=r"P1.png: unread, so it has no mask"):
        read_mask(entry, SHAPE)


def test_without_photos_csv_each_photo_is_its_own_patient_and_that_is_said(folder):
    (folder / "photos.csv").unlink()
    save_outlines(folder / "reader_a/P1.zip", SQUARE)
    data_set = read_folder(folder)
    assert [entry.patient for entry in data_set.entries] == ["P1"]
    assert data_set.problems == [
        Problem("photos.csv", "missing: each photo counts as its own patient")
    ]


def test_a_photo_that_photos_csv_leaves_out_is_its_own_patient_and_that_is_said(folder):
    save_photo(folder / "P2.png")
    save_table(folder / "reader_a/readings.csv", "photo,state", "P1,unusable", "P2,unusable")
    data_set = read_folder(folder)
    assert [entry.patient for entry in data_set.entries] == ["anna", "P2"]
    assert data_set.problems == [
        Problem("P2.png", "no patient in photos.csv: counts as its own patient")
    ]


def contradictory(folder: Path, *rows: str) -> str:
    """The only problem of a folder whose photo is thereby no entry."""
    save_table(folder / "reader_a/readings.csv", "photo,state,reason", *rows)
    data_set = read_folder(folder)
    assert data_set.entries == []
    ((file, message),) = data_set.problems
    assert file == "P1.png"
    return message


def test_outlined_without_outlines_is_a_problem(folder):
    assert "there is no ROI set of it" in contradictory(folder, "P1,outlined,")


def test_no_erythema_with_outlines_is_a_problem(folder):
    save_outlines(folder / "reader_a/P1.zip", SQUARE)
    assert "but P1.zip has outlines" in contradictory(folder, "P1,no erythema,")


def test_an_unknown_state_is_a_problem(folder):
    assert 'unknown state "red"' in contradictory(folder, "P1,red,")


def test_a_damaged_roi_set_is_a_problem(folder):
    (folder / "reader_a").mkdir()
    (folder / "reader_a/P1.zip").write_bytes(b"PK damaged")
    assert "P1.zip" in contradictory(folder, "P1,outlined,")


def test_an_unreadable_photo_is_a_problem_and_no_entry(folder):
    (folder / "P1.png").write_bytes(b"no photo")
    data_set = read_folder(folder)
    assert data_set.entries == []
    assert [problem.file for problem in data_set.problems] == ["P1.png"]
    assert data_set.problems[0].message.startswith("unreadable photo: ")


def test_two_photos_of_one_id_are_a_problem_and_no_entry(folder):
    save_photo(folder / "P1.bmp")
    data_set = read_folder(folder)
    assert data_set.entries == []
    assert data_set.problems[0] == Problem(
        "P1.bmp", "two photos of one ID (P1.bmp and P1.png): rename one of them"
    )


def test_an_roi_set_without_a_photo_is_a_problem(folder):
    save_outlines(folder / "reader_a/P1.zip", SQUARE)
    save_outlines(folder / "reader_a/P9.zip", SQUARE)
    assert read_folder(folder).problems == [Problem("reader_a/P9.zip", "ROI set without a photo")]


def test_rows_without_a_photo_are_problems(folder):
    save_table(folder / "photos.csv", "photo,patient", "P1,anna", "P8,ben")
    save_table(folder / "reader_a/readings.csv", "photo,state", "P1,unusable", "P9,unusable")
    assert read_folder(folder).problems == [
        Problem("photos.csv", "row without a photo: P8"),
        Problem("reader_a/readings.csv", "row without a photo: P9"),
    ]


def test_hidden_files_are_no_photos(folder):
    (folder / "._P1.png").write_bytes(b"what macOS leaves on a memory stick")
    assert states(read_folder(folder)) == {"P1": "unread"}


def test_of_several_readers_one_must_be_chosen(folder):
    save_outlines(folder / "reader_a/P1.zip", SQUARE)
    save_outlines(folder / "reader_b/P1.zip", SQUARE, APART)
    with pytest.raises(DataSetError, match=r"several readers \(a, b\).*--reader a"):
        read_folder(folder)
    (entry,) = read_folder(folder, "b").entries
    assert entry.outlines == folder / "reader_b/P1.zip"


def test_the_readers_of_a_folder_are_listed(folder):
    assert list_readers(folder) == []
    (folder / "reader_b").mkdir()
    (folder / "reader_a").mkdir()
    (folder / "reader_c").write_text("no folder")
    assert list_readers(folder) == ["a", "b"]


def test_a_data_set_is_named_like_its_folder(folder, monkeypatch):
    monkeypatch.chdir(folder)
    assert read_folder(Path(".")).name == folder.name


def test_an_unknown_reader_is_refused_with_those_there_are(folder):
    (folder / "reader_a").mkdir()
    with pytest.raises(DataSetError, match=r"no reader c; its readers: a"):
        read_folder(folder, "c")


@pytest.mark.parametrize(
    ("lines", "message"),
    [
        (["photo;state", "P1;unusable"], "no column photo and state"),
        (["photo,state", "P1,unusable", "P1,no erythema"], "two rows for P1: keep one"),
    ],
)
def test_a_table_that_cannot_be_read_is_refused(folder, lines, message):
    save_table(folder / "reader_a/readings.csv", *lines)
    with pytest.raises(DataSetError, match=f"readings.csv: {message}"):
        read_folder(folder)


def test_a_table_that_is_not_utf_8_is_refused(folder):
    (folder / "photos.csv").write_bytes("photo,patient\nP1,Jürgen\n".encode("cp1252"))
    with pytest.raises(DataSetError, match=r"photos.csv: not a table in UTF-8"):
        read_folder(folder)


def test_a_folder_that_is_missing_or_without_photos_is_refused(tmp_path):
    with pytest.raises(DataSetError, match="no such folder"):
        read_folder(tmp_path / "nowhere")
    with pytest.raises(DataSetError, match="no photo in this folder"):
        read_folder(tmp_path)


def test_empty_and_short_lines_of_a_spreadsheet_are_left_out(folder):
    before = read_folder(folder)
    path = folder / "photos.csv"
    path.write_text(path.read_text("utf-8") + ",\n,\n\n", "utf-8")
    assert read_folder(folder) == before
