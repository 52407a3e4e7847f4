"""What a batch writes, and what it never loses."""

import csv
import io
import math
import subprocess
import sys
import zipfile
from pathlib import Path

import cv2
import numpy as np
import pytest
from PIL import Image

from erythema.batch.files import BatchError, collect_photos
from erythema.batch.segment import PhotoResult, photos_left, segment_photos
from erythema.segmentation.engines import open_engine
from erythema.segmentation.network import load_network
from erythema.segmentation.roi_set import read_rois, write_rois

COLUMNS = (
    "photo,reaction,name,area_px,longest_diameter_px,orthogonal_diameter_px,mean_diameter_px,"
    "confidence,area_low_px,area_high_px,network,version,threshold"
)

# The network's probability is 2 (red - green): 0 on this skin, 0.8 on red.
SKIN, RED = (204, 204, 153), (204, 102, 102)

# A rectangle of 10 x 20 px in red: half-way lies 1/8 px inside, each corner is cut by 3/8 px.
AREA = 9.75 * 19.75 - 4 * 0.375**2 / 2

# The longest diameter ends at the corners' cuts; across its middle lie the long sides.
LONGEST = math.hypot(9.75 - 2 * 0.375, 19.75)
ORTHOGONAL = 9.75 * LONGEST / 19.75
MEAN = (LONGEST + ORTHOGONAL) / 2
SIZE = [f"{AREA:.3f}", f"{LONGEST:.3f}", f"{ORTHOGONAL:.3f}", f"{MEAN:.3f}"]


@pytest.fixture(scope="session")
def engine(redness_network):
    return open_engine(load_network(redness_network), "openvino")


@pytest.fixture
def photos(tmp_path):
    folder = tmp_path / "photos"
    folder.mkdir()
    return folder


@pytest.fixture
def out(tmp_path):
    return tmp_path / "out"


def save_photo(path: Path, *corners: tuple[int, int]) -> Path:
    """Save a photo of skin with a red rectangle, 10 x 20 px, at each corner (x, y)."""
    pixels = np.full((48, 64, 3), SKIN, np.uint8)
    for x, y in corners:
        pixels[y : y + 20, x : x + 10] = RED
    Image.fromarray(pixels).save(path)
    return path


def save_damaged(path: Path) -> Path:
    save_photo(path)
    path.write_bytes(path.read_bytes()[:100])
    return path


def rows(path: Path) -> list[list[str]]:
    with path.open(newline="", encoding="utf-8") as file:
        return list(csv.reader(file))


def run(engine, out, *photos, **parameters):
    return list(segment_photos(named(photos), engine, out, **parameters))


def named(photos):
    return {photo.stem: photo for photo in photos}


def files(folder: Path) -> dict[str, bytes]:
    return {path.name: path.read_bytes() for path in sorted(folder.iterdir())}


# Files -----------------------------------------------------------------------


def test_a_photo_gives_outlines_an_overlay_and_two_tables(engine, photos, out):
    run(engine, out, save_photo(photos / "P1.png", (40, 10), (5, 10)))

    assert list(files(out)) == ["P1.overlay.jpg", "P1.zip", "photos.csv", "reactions.csv"]
    assert [roi.name for roi in read_rois(out / "P1.zip")] == ["erythema 1", "erythema 2"]
    assert rows(out / "photos.csv") == [
        ["photo", "status", "reactions", "message"],
        ["P1", "segmented", "2", ""],
    ]
    assert rows(out / "reactions.csv") == [
        COLUMNS.split(","),
        ["P1", "1", "erythema 1", *SIZE, "", "", "", "redness", "1", "0.5"],
        ["P1", "2", "erythema 2", *SIZE, "", "", "", "redness", "1", "0.5"],
    ]


def test_a_calibrated_network_says_how_sure_it_is(calibrated_network, photos, out):
    engine = open_engine(load_network(calibrated_network), "openvino")
    photo = save_photo(photos / "P1.png", (40, 10))

    run(engine, out, photo)
    low, high = f"{AREA / 2:.3f}", f"{AREA * 2:.3f}"
    assert rows(out / "reactions.csv")[1][3:10] == [*SIZE, "0.750", low, high]

    run(engine, out, photo, threshold=0.4)  # the calibration does not hold there
    assert rows(out / "reactions.csv")[1][7:10] == ["", "", ""]


def test_the_overlay_is_the_photo_with_a_yellow_line_on_the_outline(engine, photos, out):
    run(engine, out, save_photo(photos / "P1.png", (40, 10)))

    blue, green, red = np.moveaxis(cv2.imread(str(out / "P1.overlay.jpg")).astype(int), 2, 0)
    assert red.shape == (48, 64)
    # JPEG blurs colour; on the line at x = 40 there is far less blue than on skin or red.
    yellow = np.minimum(red, green) - blue
    assert yellow[20, 40] > 120
    assert yellow[20, 20] < 80
    assert yellow[40, 5] < 80


def test_a_photo_without_reactions_gives_no_roi_set(engine, photos, out):
    run(engine, out, save_photo(photos / "P1.png"))

    assert list(files(out)) == ["P1.overlay.jpg", "photos.csv", "reactions.csv"]
    assert rows(out / "photos.csv")[1:] == [["P1", "segmented", "0", ""]]
    assert rows(out / "reactions.csv")[1:] == []


def test_threshold_and_smallest_area_are_used_and_noted(engine, photos, out):
    photo = save_photo(photos / "P1.png", (40, 10))

    run(engine, out, photo, threshold=0.4)
    # At half of 0.8 the outline runs between the pixels: 10 x 20, each corner cut by 1/2 px.
    (row,) = rows(out / "reactions.csv")[1:]
    assert [row[3], *row[10:]] == ["199.500", "redness", "1", "0.4"]
    assert read_rois(out / "P1.zip")[0].properties["erythema.threshold"] == "0.4"

    run(engine, out, photo, smallest_area=0.1)
    assert rows(out / "reactions.csv")[1:] == []


def test_a_photo_s_warning_is_its_message(engine, photos, out):
    photo = save_photo(photos / "P1.png")
    Image.open(photo).save(photo, icc_profile=b"Display P3")

    (result,) = run(engine, out, photo)

    assert result.status == "segmented"
    assert result.message.startswith("P1.png: has a colour profile other than sRGB")
    assert rows(out / "photos.csv")[1] == ["P1", "segmented", "0", result.message]


def test_a_failed_photo_does_not_stop_the_rest(engine, photos, out):
    first, last = save_photo(photos / "P1.png", (5, 5)), save_photo(photos / "P3.png", (5, 5))

    results = run(engine, out, first, save_damaged(photos / "P2.png"), last)

    assert [result.status for result in results] == ["segmented", "failed", "segmented"]
    assert results[1].message.startswith("P2.png: the PNG file is damaged")
    assert [row[:3] for row in rows(out / "photos.csv")[1:]] == [
        ["P1", "segmented", "1"],
        ["P2", "failed", "0"],
        ["P3", "segmented", "1"],
    ]
    assert [row[0] for row in rows(out / "reactions.csv")[1:]] == ["P1", "P3"]
    assert not (out / "P2.zip").exists()


def test_a_result_is_given_as_soon_as_it_is_there(engine, photos, out):
    batch = segment_photos(named([save_photo(photos / "P1.png", (5, 5))]), engine, out)

    assert next(batch) == PhotoResult("P1", "segmented", 1, "")
    assert (out / "P1.zip").exists()


def test_the_tables_have_a_photo_as_soon_as_it_is_done(engine, photos, out):
    first, second = save_photo(photos / "P1.png", (5, 5)), save_photo(photos / "P2.png", (5, 5))

    next(segment_photos(named([first, second]), engine, out))

    assert rows(out / "photos.csv")[1:] == [["P1", "segmented", "1", ""]]
    assert [row[0] for row in rows(out / "reactions.csv")[1:]] == ["P1"]


def test_no_half_written_file_is_left(engine, photos, out):
    # Wider than ImageJ's ROI files reach: no outline of it could be written.
    wide = np.full((32, 62_000, 3), SKIN, np.uint8)
    wide[:, 60_000:] = RED
    Image.fromarray(wide).save(photos / "P1.png")

    (result,) = run(engine, out, photos / "P1.png", smallest_area=0)

    assert result.status == "failed"
    assert "ImageJ's outlines reach 60,536 pixels only" in result.message
    assert list(files(out)) == ["photos.csv", "reactions.csv"]
    assert rows(out / "photos.csv")[1][:3] == ["P1", "failed", "0"]
    assert rows(out / "reactions.csv")[1:] == []


# Again -----------------------------------------------------------------------


def test_running_again_gives_the_same_files(engine, photos, out):
    photo = save_photo(photos / "P1.png", (5, 5))
    run(engine, out, photo)
    before = files(out)

    run(engine, out, photo)

    assert files(out) == before


def test_rows_of_other_photos_stay(engine, photos, out):
    run(engine, out, save_photo(photos / "P1.png", (5, 5)), save_photo(photos / "P2.png", (5, 5)))

    run(engine, out, save_photo(photos / "P1.png"), save_photo(photos / "P3.png", (5, 5)))

    assert [row[:3] for row in rows(out / "photos.csv")[1:]] == [
        ["P2", "segmented", "1"],
        ["P1", "segmented", "0"],
        ["P3", "segmented", "1"],
    ]
    assert [row[0] for row in rows(out / "reactions.csv")[1:]] == ["P2", "P3"]


def test_a_row_that_a_power_cut_left_half_written_is_dropped(engine, photos, out):
    run(engine, out, save_photo(photos / "P1.png"))
    with (out / "photos.csv").open("a") as table:
        table.write("P2,segme")

    run(engine, out, save_photo(photos / "P3.png"))

    assert [row[0] for row in rows(out / "photos.csv")] == ["photo", "P1", "P3"]


def test_a_table_that_a_spreadsheet_program_saved_is_read(engine, photos, out):
    run(engine, out, save_photo(photos / "P1.png"))
    text = (out / "photos.csv").read_text("utf-8")
    (out / "photos.csv").write_text("\ufeff" + text + "\n", "utf-8")

    run(engine, out, save_photo(photos / "P2.png"))

    assert [row[0] for row in rows(out / "photos.csv")] == ["photo", "P1", "P2"]


def test_unedited_outlines_are_replaced(engine, photos, out):
    run(engine, out, save_photo(photos / "P1.png", (5, 5)))

    run(engine, out, save_photo(photos / "P1.png", (40, 5), (5, 5)))

    assert [path.name for path in out.glob("*.zip")] == ["P1.zip"]
    assert len(read_rois(out / "P1.zip")) == 2


def test_outlines_that_are_found_no_more_are_removed(engine, photos, out):
    run(engine, out, save_photo(photos / "P1.png", (5, 5)))

    run(engine, out, save_photo(photos / "P1.png"))

    assert list(out.glob("*.zip")) == []


def edit(path: Path) -> bytes:
    """Drag the first corner of the first outline, as an expert does."""
    first, *others = read_rois(path)
    first.outlines[0][0] += 1
    write_rois(path, [first, *others])
    return path.read_bytes()


def test_edited_outlines_are_kept_beside_the_new_ones(engine, photos, out):
    photo = save_photo(photos / "P1.png", (5, 5))
    run(engine, out, photo)
    found = (out / "P1.zip").read_bytes()

    edited = edit(out / "P1.zip")
    run(engine, out, photo)
    edited_again = edit(out / "P1.zip")
    run(engine, out, photo)

    assert (out / "P1.zip").read_bytes() == found
    assert (out / "P1.kept-1.zip").read_bytes() == edited
    assert (out / "P1.kept-2.zip").read_bytes() == edited_again


def test_edited_outlines_are_kept_where_nothing_is_found_now(engine, photos, out):
    run(engine, out, save_photo(photos / "P1.png", (5, 5)))
    edited = edit(out / "P1.zip")

    run(engine, out, save_photo(photos / "P1.png"))

    assert [path.name for path in out.glob("*.zip")] == ["P1.kept-1.zip"]
    assert (out / "P1.kept-1.zip").read_bytes() == edited


def test_a_file_that_is_no_roi_set_is_kept(engine, photos, out):
    out.mkdir()
    (out / "P1.zip").write_bytes(b"my notes")

    run(engine, out, save_photo(photos / "P1.png", (5, 5)))

    assert (out / "P1.kept-1.zip").read_bytes() == b"my notes"
    assert len(read_rois(out / "P1.zip")) == 1


@pytest.mark.parametrize(
    ("name", "content"),
    [
        ("photos.csv", b"photo,patient\nP1,anna\n"),
        ("reactions.csv", b"my,own,table\n"),
        ("photos.csv", b""),
        ("photos.csv", b"photo,status,reactions,message\nP1,segmented,0,caf\xe9\n"),
        ("photos.csv", b"photo,status,reactions,message\nP1,segmented,0,,my note\n"),
    ],
    ids=["data set", "own table", "empty", "not UTF-8", "own column"],
)
def test_a_table_of_another_kind_is_refused_and_nothing_is_lost(engine, photos, out, name, content):
    out.mkdir()
    (out / name).write_bytes(content)

    with pytest.raises(BatchError, match=r"is another table, which would be lost\..*--out"):
        run(engine, out, save_photo(photos / "P1.png", (5, 5)))

    assert files(out) == {name: content}


def test_a_file_where_the_results_should_go_is_refused(engine, photos, out):
    out.write_text("mine")

    with pytest.raises(BatchError, match=r"out: cannot be a folder for results .*--out"):
        run(engine, out, save_photo(photos / "P1.png"))

    assert out.read_text() == "mine"


# Going on --------------------------------------------------------------------


def test_photos_that_are_segmented_are_left_out_and_failed_ones_are_not(engine, photos, out):
    done, failed, new = (photos / f"P{number}.png" for number in (1, 2, 3))
    run(engine, out, save_photo(done, (5, 5)), save_damaged(failed))

    assert list(photos_left(named([done, failed, new]), engine, out)) == ["P2", "P3"]


def test_a_first_run_has_all_photos_left(engine, photos, out):
    assert photos_left({"P1": photos / "P1.png"}, engine, out) == {"P1": photos / "P1.png"}


def test_a_photo_whose_batch_was_killed_between_its_two_tables_is_there_once(engine, photos, out):
    photo = save_photo(photos / "P1.png", (5, 5))
    run(engine, out, photo)
    (out / "photos.csv").write_text("photo,status,reactions,message\n")

    list(segment_photos(photos_left(named([photo]), engine, out), engine, out))

    assert [row[:2] for row in rows(out / "reactions.csv")[1:]] == [["P1", "1"]]
    assert rows(out / "photos.csv")[1:] == [["P1", "segmented", "1", ""]]


@pytest.mark.parametrize(
    ("changed", "parameters", "then"),
    [
        ({}, {"threshold": 0.4}, "network redness, version 1, at the threshold 0.5"),
        ({"version": "2"}, {}, "network redness, version 1, at the threshold 0.5"),
        ({"name": "mine"}, {}, "network redness, version 1, at the threshold 0.5"),
    ],
    ids=["threshold", "version", "network"],
)
def test_outlines_of_two_kinds_are_not_mixed(engine, photos, out, changed, parameters, then):
    first, second = save_photo(photos / "P1.png", (5, 5)), save_photo(photos / "P2.png")
    run(engine, out, first)
    before = files(out)
    changed_engine = engine._replace(network=engine.network._replace(**changed))

    with pytest.raises(BatchError, match=rf"{then}, and this.*choose another --out"):
        photos_left(named([first, second]), changed_engine, out, **parameters)

    assert files(out) == before


def test_after_a_new_threshold_was_begun_its_batch_can_go_on(engine, photos, out):
    both = named([save_photo(photos / "P1.png", (5, 5)), save_photo(photos / "P2.png", (5, 5))])
    list(segment_photos(both, engine, out))

    next(segment_photos(both, engine, out, threshold=0.4))

    assert list(photos_left(both, engine, out, threshold=0.4)) == ["P2"]


# Which photos ----------------------------------------------------------------


def test_a_folder_gives_its_photos_in_order(photos):
    for name in ("b.png", "a.TIF", "c.jpeg"):
        save_photo(photos / name)
    for name in ("notes.txt", "d.overlay.jpg", "a.zip"):
        (photos / name).touch()
    (photos / "e.png").mkdir()

    found = collect_photos([photos])
    assert list(found) == ["a", "b", "c"]
    assert [path.name for path in found.values()] == ["a.TIF", "b.png", "c.jpeg"]


def test_subfolders_name_the_photos_in_them(photos):
    for name in ("left", "left/deep", ".hidden", "reader_a"):
        (photos / name).mkdir()
    inside = [save_photo(photos / f"{name}P1.png") for name in ("", "left/", "left/deep/")]
    save_photo(photos / ".hidden" / "P2.png")
    save_photo(photos / "reader_a" / "P3.png")

    found = collect_photos([photos], subfolders=True)

    assert list(found) == ["P1", "left/P1", "left/deep/P1"]
    assert list(found.values()) == inside
    assert list(collect_photos([photos])) == ["P1"]


def test_results_of_a_subfolder_lie_in_one_of_its_name(engine, photos, out):
    (photos / "left").mkdir()
    save_photo(photos / "left" / "P1.png", (5, 5))

    list(segment_photos(collect_photos([photos], subfolders=True), engine, out))

    assert sorted(path.name for path in (out / "left").iterdir()) == ["P1.overlay.jpg", "P1.zip"]
    assert rows(out / "photos.csv")[1:] == [["left/P1", "segmented", "1", ""]]
    assert rows(out / "reactions.csv")[1][0] == "left/P1"


def test_photos_and_folders_are_taken_together(photos, tmp_path):
    inside, outside = save_photo(photos / "a.png"), save_photo(tmp_path / "b.png")

    assert collect_photos([outside, photos]) == {"b": outside, "a": inside}


def test_two_photos_of_one_name_are_refused(photos):
    save_photo(photos / "P1.png")
    save_photo(photos / "p1.jpg")

    with pytest.raises(BatchError) as refused:
        collect_photos([photos])

    assert f"{photos / 'P1.png'} and {photos / 'p1.jpg'} have one name" in str(refused.value)
    assert "Rename one of them" in str(refused.value)


def test_a_folder_without_photos_is_refused(photos):
    with pytest.raises(BatchError, match=r"photos: no photos here \(\.jpg, \.jpeg, \.png"):
        collect_photos([photos])


def test_a_path_to_nothing_is_refused(tmp_path):
    with pytest.raises(BatchError, match=r"P9\.png: there is no such file or folder"):
        collect_photos([tmp_path / "P9.png"])


def test_a_photo_named_twice_is_there_once(photos):
    photo = save_photo(photos / "P1.png")

    assert collect_photos([photos, photo]) == {"P1": photo}


def test_a_set_from_which_a_person_deleted_an_outline_is_kept(engine, photos, out):
    photo = save_photo(photos / "P1.png", (5, 5), (40, 5))
    run(engine, out, photo)
    corrected = zip_without_first_entry(out / "P1.zip")
    (out / "P1.zip").write_bytes(corrected)

    (result,) = run(engine, out, photo)

    assert (out / "P1.kept-1.zip").read_bytes() == corrected
    assert len(read_rois(out / "P1.zip")) == 2
    assert result.message == "P1.zip held a person's work and is kept as P1.kept-1.zip."


def zip_without_first_entry(path: Path) -> bytes:
    """What another program writes of a ROI set once the first outline is deleted."""
    written = io.BytesIO()
    with zipfile.ZipFile(path) as old, zipfile.ZipFile(written, "w") as new:
        for entry in old.namelist()[1:]:
            new.writestr(entry, old.read(entry))
    return written.getvalue()


def test_results_do_not_go_into_a_data_set(engine, photos):
    photo = save_photo(photos / "P1.png")
    (photos / "reader_a").mkdir()

    for folder in (photos, photos / "reader_a"):
        with pytest.raises(BatchError, match=r"holds readers' outlines.*--out"):
            run(engine, folder, photo)
    assert sorted(path.name for path in photos.iterdir()) == ["P1.png", "reader_a"]


def test_hidden_files_are_no_photos(photos):
    photo = save_photo(photos / "P1.png")
    save_photo(photos / "._P1.png")

    assert collect_photos([photos]) == {"P1": photo}


def test_a_photo_whose_results_cannot_be_written_fails_alone(engine, photos, out):
    first, last = save_photo(photos / "P1.png", (5, 5)), save_photo(photos / "P2.png", (5, 5))
    (out / "P1.overlay.jpg").mkdir(parents=True)

    results = run(engine, out, first, last)

    assert [result.status for result in results] == ["failed", "segmented"]
    assert results[0].message.startswith("P1.png: its results could not be written")
    assert not list(out.glob("*.part"))


def test_a_folder_takes_one_batch_at_a_time(engine, photos, out):
    photo = save_photo(photos / "P1.png", (10, 10))
    run(engine, out, photo)
    before = files(out)
    hold = (
        "import pathlib, sys\n"
        "from erythema.batch.files import locked\n"
        "with locked(pathlib.Path(sys.argv[1])):\n"
        "    print(flush=True)\n"
        "    input()"
    )
    command = [sys.executable, "-c", hold, str(out)]
    with subprocess.Popen(command, stdin=subprocess.PIPE, stdout=subprocess.PIPE) as other:
        other.stdout.readline()
        with pytest.raises(BatchError, match="another batch is writing here"):
            run(engine, out, photo)
        other.communicate(b"\n")

    run(engine, out, photo)
    assert files(out) == before
