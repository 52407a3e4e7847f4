"""The command line as a person meets it: exit codes and messages, never a stack trace."""

import signal
import subprocess
import sys
from pathlib import Path

import numpy as np
import pytest
from command_line import erythema
from PIL import Image

from erythema.segmentation.roi_set import read_rois

SKIN, RED = (204, 204, 153), (204, 102, 102)


def save_photo(path: Path) -> Path:
    """Save a photo of skin with one red rectangle."""
    pixels = np.full((48, 64, 3), SKIN, np.uint8)
    pixels[10:30, 20:50] = RED
    Image.fromarray(pixels).save(path)
    return path


@pytest.fixture
def segment(redness_network):
    """Run ``erythema segment`` with the network whose results are known by hand."""

    def run(*arguments):
        return erythema("segment", "--network", redness_network, *arguments)

    return run


def test_help_lists_the_verbs():
    run = erythema("--help")

    assert run.returncode == 0
    for verb in ("demo", "segment", "serve", "train", "install-plugin"):
        assert f" {verb} " in run.stdout


def test_version():
    assert erythema("--version").stdout == "erythema 0.1.0\n"


def test_an_unknown_verb():
    run = erythema("outline")

    assert run.returncode == 2
    assert "No such command 'outline'" in run.stderr


def test_segment_writes_the_files_and_says_where(segment, tmp_path):
    photo, out = save_photo(tmp_path / "P1.png"), tmp_path / "out"

    run = segment(photo, "--out", out)

    assert run.returncode == 0
    assert run.stdout == f"1 of 1 photos segmented into {out}\n"
    assert sorted(path.name for path in out.iterdir()) == [
        "P1.overlay.jpg",
        "P1.zip",
        "photos.csv",
        "reactions.csv",
    ]


def test_segment_passes_its_options_on(segment, tmp_path):
    photo, out = save_photo(tmp_path / "P1.png"), tmp_path / "out"

    segment(photo, "--out", out, "--threshold", "0.4", "--engine", "tensorflow")
    assert read_rois(out / "P1.zip")[0].properties["erythema.threshold"] == "0.4"

    segment(photo, "--out", out, "--smallest-area", "0.5")
    assert not (out / "P1.zip").exists()

    (tmp_path / "left").mkdir()
    save_photo(tmp_path / "left" / "P2.png")
    segment(tmp_path, "--out", out, "--subfolders")
    assert (out / "left" / "P2.zip").exists()


def test_a_failed_photo_is_named_and_the_exit_code_is_1(segment, tmp_path):
    photos, out = tmp_path / "photos", tmp_path / "out"
    photos.mkdir()
    save_photo(photos / "P2.png")
    (photos / "P1.jpg").write_bytes(b"no photo")

    run = segment(photos, "--out", out)

    assert run.returncode == 1
    assert run.stdout == f"1 of 2 photos segmented into {out}\n"
    assert "P1.jpg: not a JPEG, PNG, TIFF or BMP file." in run.stderr
    assert (out / "P2.zip").exists()


def refused(run):
    """The message of a run that could not start."""
    assert run.returncode == 1
    assert run.stdout == ""
    message = run.stderr.splitlines()[-1]
    assert message.startswith("erythema: ")
    return message


def test_a_missing_photo(segment, tmp_path):
    message = refused(segment(tmp_path / "P9.png", "--out", tmp_path / "out"))

    assert "P9.png: there is no such file or folder. Check the path." in message


def test_a_folder_that_holds_no_network(tmp_path):
    photo = save_photo(tmp_path / "P1.png")

    message = refused(erythema("segment", photo, "--out", tmp_path, "--network", tmp_path / "no"))

    assert f"{tmp_path / 'no'}: no network here" in message
    assert "models/default" in message


def test_an_engine_that_there_is_not(segment, tmp_path):
    photo = save_photo(tmp_path / "P1.png")

    message = refused(segment(photo, "--out", tmp_path / "out", "--engine", "abacus"))

    assert "There is no engine 'abacus'; choose openvino, tensorflow or auto." in message


def test_a_data_set_as_the_folder_for_results(segment, tmp_path):
    photo = save_photo(tmp_path / "P1.png")
    (tmp_path / "photos.csv").write_text("photo,patient\nP1,anna\n")

    message = refused(segment(photo, "--out", tmp_path))

    assert "photos.csv: is another table, which would be lost. Choose another --out." in message
    assert (tmp_path / "photos.csv").read_text() == "photo,patient\nP1,anna\n"


@pytest.mark.parametrize(
    ("option", "value"),
    [
        ("--threshold", "0"),
        ("--threshold", "-1"),
        ("--threshold", "1.5"),
        ("--threshold", "nan"),
        ("--threshold", "abc"),
        ("--smallest-area", "-0.1"),
        ("--smallest-area", "1.5"),
        ("--smallest-area", "nan"),
    ],
)
def test_an_option_out_of_range(segment, tmp_path, option, value):
    photo, out = save_photo(tmp_path / "P1.png"), tmp_path / "out"

    run = segment(photo, "--out", out, option, value)

    assert run.returncode == 2
    assert f"Invalid value for '{option}': " in run.stderr
    assert not out.exists()


def start_batch(redness_network, photos, out):
    """Start to segment a folder whose first photo, 0.jpg, is broken, and wait until it is done."""
    command = [sys.executable, "-m", "erythema", "segment", photos, "--out", out]
    process = subprocess.Popen(
        [*command, "--network", redness_network],
        stderr=subprocess.PIPE,
        stdout=subprocess.PIPE,
        encoding="utf-8",
    )
    while "0.jpg: not a JPEG" not in process.stderr.readline():
        assert process.poll() is None
    return process


def save_photos(folder, last):
    """Save photos 1.png, 2.png and so on, and the broken 0.jpg before them."""
    folder.mkdir()
    (folder / "0.jpg").write_bytes(b"no photo")
    pixels = save_photo(folder / "1.png").read_bytes()
    for number in range(2, last + 1):
        (folder / f"{number}.png").write_bytes(pixels)
    return folder


def test_a_batch_that_was_killed_goes_on(segment, redness_network, tmp_path):
    photos, out = save_photos(tmp_path / "photos", 60), tmp_path / "out"
    with start_batch(redness_network, photos, out) as process:
        process.kill()
    before = len((out / "photos.csv").read_text("utf-8").splitlines()) - 2
    assert before < 60

    run = segment(photos, "--out", out, "--resume")

    told = f"{60 - before} of {61 - before} photos segmented into {out}"
    assert run.stdout == told + (f"; {before} were before\n" if before else "\n")
    done = [line.split(",")[:2] for line in (out / "photos.csv").read_text("utf-8").splitlines()]
    assert sorted(done[1:]) == sorted(
        [["0", "failed"], *([str(number), "segmented"] for number in range(1, 61))]
    )
    assert len((out / "reactions.csv").read_text("utf-8").splitlines()) == 61


@pytest.mark.skipif(sys.platform == "win32", reason="Windows sends no SIGINT to one process")
def test_ctrl_c_leaves_the_tables_of_what_is_done(redness_network, tmp_path):
    photos, out = save_photos(tmp_path / "photos", 2000), tmp_path / "out"
    process = start_batch(redness_network, photos, out)
    process.send_signal(signal.SIGINT)
    _, said = process.communicate()

    assert process.returncode == 130
    assert "Traceback" not in said
    done = (out / "photos.csv").read_text("utf-8").splitlines()
    assert done[0] == "photo,status,reactions,message"
    assert done[1].startswith("0,failed,0,")
    assert len(done) < 2000
    assert (out / "reactions.csv").exists()
    assert list(out.glob("*.part")) == []
