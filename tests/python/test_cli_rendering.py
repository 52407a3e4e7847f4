"""``erythema render`` as a person meets it."""

import csv

import cv2
import numpy as np
import pytest
from command_line import erythema
from tiny_data_sets import save_photo

from erythema.datasets.checks import doubts
from erythema.datasets.folder import read_folder, read_mask
from erythema.learning.forearms import HELD_OUT_SCENES, read_forearms
from erythema.learning.rendered_sets import SPLITS, render_nth
from erythema.segmentation.roi_set import read_rois


def rows(table):
    with table.open(encoding="utf-8", newline="") as file:
        return list(csv.DictReader(file))


@pytest.fixture(scope="module")
def rendered(tmp_path_factory):
    """Five photos of the test split, on drawn arms."""
    folder = tmp_path_factory.mktemp("rendered") / "set"
    run = erythema("render", folder, "--split", "test", "--count", 5)
    assert run.stdout == f"5 photos are in {folder}.\n"
    return folder


def test_it_writes_a_data_set_without_problems(rendered):
    data_set = read_folder(rendered)
    assert data_set.reader == "rendered"
    assert data_set.problems == []
    assert [entry.state for entry in data_set.entries] == ["outlined"] * 4 + ["no erythema"]
    assert len({entry.patient for entry in data_set.entries}) == 5


def test_no_outline_and_no_photo_is_doubtful_but_that_they_are_few(rendered):
    [doubt] = doubts([read_folder(rendered)])
    assert "4 patients with outlines" in doubt


def test_the_outlines_are_the_rendered_erythema(rendered):
    for number, entry in enumerate(read_folder(rendered).with_masks, 1):
        truth = render_nth(SPLITS["test"], [], number).erythema >= 0.5
        mask = read_mask(entry, truth.shape)
        assert 2 * (mask & truth).sum() >= 0.98 * (mask.sum() + truth.sum())
        if entry.outlines:
            names = [roi.name for roi in read_rois(entry.outlines)]
            assert names == [f"erythema {at}" for at in range(1, len(names) + 1)]


def test_wheals_lie_in_a_folder_of_their_own(rendered):
    assert sorted(path.name for path in (rendered / "wheals").iterdir()) == [
        f"rendered_000{number}.zip" for number in range(1, 5)
    ]
    assert read_rois(rendered / "wheals/rendered_0001.zip")[0].name == "wheal 1"


def test_the_table_names_tone_and_scale(rendered):
    for row in rows(rendered / "photos.csv"):
        assert (row["width"], row["height"], row["region"]) == ("512", "512", "forearm")
        assert row["fitzpatrick"] in "123456"
        assert 0.05 < float(row["mm_per_pixel"]) < 1


def test_the_same_seed_gives_the_same_bytes_and_another_seed_another_photo(tmp_path):
    for name, seed in (("one", 3), ("same", 3), ("other", 4)):
        erythema("render", tmp_path / name, "--count", 1, "--seed", seed)
    files = sorted(path.relative_to(tmp_path / "one") for path in (tmp_path / "one").rglob("*.*"))
    assert len(files) == 5
    for file in files:
        assert (tmp_path / "same" / file).read_bytes() == (tmp_path / "one" / file).read_bytes()
    photos = [(tmp_path / name / "rendered_0001.jpg").read_bytes() for name in ("one", "other")]
    assert photos[0] != photos[1]


def test_an_existing_folder_is_refused(rendered):
    run = erythema("render", rendered, "--count", 1)
    assert run.returncode == 1
    assert f"{rendered} exists" in run.stderr


def test_an_unknown_split_is_refused_with_those_there_are(tmp_path):
    run = erythema("render", tmp_path / "out", "--split", "validation")
    assert run.returncode == 1
    assert "no split 'validation'; known: training, test" in run.stderr


def test_a_folder_without_the_known_forearms_is_refused(tmp_path):
    save_photo(tmp_path / "photos/P1.png")
    run = erythema("render", tmp_path / "out", "--forearms", tmp_path / "photos")
    assert run.returncode == 1
    assert "none of the forearms that skin tests are rendered on" in run.stderr
    assert not (tmp_path / "out").exists()


def test_forearms_of_held_out_scenes_are_rendered_in_the_test_split_only(tmp_path):
    folder = tmp_path / "forearms"
    folder.mkdir()
    lines = ["photo,patient"]
    for photo in ("scene12_img4", "scene14_img1"):
        pixels = np.full((312, 312, 3), 40, np.uint8)
        pixels[:, 80:210] = (120, 160, 210)  # blue, green, red
        cv2.imwrite(str(folder / f"{photo}.png"), pixels)
        lines.append(f"{photo},{photo.split('_')[0]}")
    (folder / "photos.csv").write_text("\n".join(lines))
    assert [arm.scene for arm in read_forearms(folder, held_out=True)] == ["scene14"]
    assert [arm.scene for arm in read_forearms(folder, held_out=False)] == ["scene12"]
    assert "scene14" in HELD_OUT_SCENES

    for split, scene in (("training", "scene12"), ("test", "scene14")):
        out = tmp_path / split
        erythema("render", out, "--forearms", folder, "--split", split, "--count", 8)
        patients = {row["patient"] for row in rows(out / "photos.csv")}
        assert {name for name in patients if not name.startswith("drawn")} == {scene}
