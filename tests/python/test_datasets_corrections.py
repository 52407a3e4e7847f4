"""The store of corrections: what it keeps, what it refuses, and that a crash takes nothing.

Also run on the Jetson Nano's Python 3.6.
"""

import csv
import io
import os
import subprocess
import sys
import zipfile

import numpy as np
import pytest
from PIL import Image

from erythema.datasets import corrections
from erythema.datasets.corrections import Correction, CorrectionError, Store
from erythema.datasets.folder import NO_ERYTHEMA, OUTLINED, UNUSABLE, read_folder, read_mask
from erythema.segmentation.photo import read_photo
from erythema.segmentation.roi_set import Roi, RoiError, read_rois, rois_to_zip

NETWORK = {"name": "default", "version": "1", "hash": "abc"}


def photo(red=200):
    return np.full((40, 60, 3), (red, 150, 120), np.uint8)


def square(corner, name="birch", properties=None):
    ends = [[0, 0], [10, 0], [10, 10], [0, 10]]
    return Roi(name, [np.array(ends, float) + corner], properties or {})


def outlines(corner=5):
    return rois_to_zip([square(corner)])


def correction(**changes):
    made = Correction(photo(), "anna", OUTLINED, "", outlines(), NETWORK)
    return made._replace(**changes)


NONE = {"state": NO_ERYTHEMA, "outlines": None}


def word(folder, reader="anna"):
    """What the reader says of the one photo: its state, and where its outlines begin."""
    if not list(folder.glob("*.png")):
        return None
    data = read_folder(folder, reader) if (folder / ("reader_" + reader)).exists() else None
    if data is None:
        return None
    (entry,) = data.entries  # one that contradicts itself is none
    if entry.state == OUTLINED:
        return OUTLINED, int(np.argwhere(read_mask(entry, (40, 60)))[0][0])
    return None if entry.state == "unread" else (entry.state, None)


def readings(folder, reader="anna"):
    with (folder / ("reader_" + reader) / "readings.csv").open(newline="") as file:
        return list(csv.DictReader(file))


# What is kept ----------------------------------------------------------------


def test_the_photo_s_pixels_are_kept_under_a_hash_of_them(tmp_path):
    stored = Store(tmp_path).add(correction())

    assert len(stored.id) == 32
    assert stored.is_new
    np.testing.assert_array_equal(read_photo(tmp_path / (stored.id + ".png")), photo())


def test_nothing_else_that_the_photo_s_file_held_is_kept(tmp_path):
    exif = Image.Exif()
    exif[0x010E] = "Anna Miller"
    file = io.BytesIO()
    Image.fromarray(photo()).save(file, "JPEG", exif=exif, comment=b"Anna Miller")
    pixels = read_photo(file.getvalue() + b"Anna Miller")

    Store(tmp_path).add(correction(photo=pixels))

    (kept,) = tmp_path.glob("*.png")
    assert b"Miller" not in kept.read_bytes()


def test_the_reading_says_what_and_by_which_network(tmp_path):
    stored = Store(tmp_path).add(correction(reason="hairy"))

    (row,) = readings(tmp_path)
    assert row.pop("received").endswith("Z")
    assert row == {
        "photo": stored.id,
        "state": OUTLINED,
        "reason": "hairy",
        "network": "default",
        "version": "1",
        "hash": "abc",
    }


def test_outlines_keep_their_names_and_properties(tmp_path):
    sent = square(5, "birch", {"erythema.source": "corrected"})

    stored = Store(tmp_path).add(correction(outlines=rois_to_zip([sent])))

    (kept,) = read_rois(tmp_path / "reader_anna" / (stored.id + ".zip"))
    assert (kept.name, kept.properties) == ("birch", {"erythema.source": "corrected"})


def test_other_files_in_the_archive_are_not_kept(tmp_path):
    sent = io.BytesIO(outlines())
    with zipfile.ZipFile(sent, "a") as archive:
        archive.writestr("notes.txt", "Anna Miller")

    stored = Store(tmp_path).add(correction(outlines=sent.getvalue()))

    with zipfile.ZipFile(str(tmp_path / "reader_anna" / (stored.id + ".zip"))) as archive:
        assert archive.namelist() == ["birch.roi"]


def test_two_readers_of_one_photo(tmp_path):
    store = Store(tmp_path)
    store.add(correction())
    store.add(correction(reader="ben", outlines=outlines(20)))

    assert word(tmp_path, "anna") == (OUTLINED, 5)
    assert word(tmp_path, "ben") == (OUTLINED, 20)
    assert len(list(tmp_path.glob("*.png"))) == 1


def test_the_very_same_once_more_changes_nothing(tmp_path):
    store = Store(tmp_path)
    store.add(correction())
    before = (tmp_path / "reader_anna" / "readings.csv").stat().st_mtime_ns

    again = store.add(correction(reader="Anna"))

    assert not again.is_new
    assert (tmp_path / "reader_anna" / "readings.csv").stat().st_mtime_ns == before


def test_outlines_that_are_replaced_are_copied_first(tmp_path):
    store = Store(tmp_path)
    store.add(correction())
    store.add(correction(outlines=outlines(6)))
    store.add(correction(outlines=outlines(7)))

    copies = sorted((tmp_path / "reader_anna" / "earlier").iterdir())
    corners = {int(read_rois(copy)[0].outlines[0][0, 0]) for copy in copies}
    assert corners == {5, 6}
    assert word(tmp_path) == (OUTLINED, 7)


def test_columns_and_rows_that_a_person_added_stay(tmp_path):
    store = Store(tmp_path)
    room = tmp_path / "reader_anna"
    room.mkdir()
    (room / "readings.csv").write_text("photo,state,mood\nother,unusable,fine\n")

    store.add(correction())

    other, new = readings(tmp_path)
    assert (other["photo"], other["state"], other["mood"], other["hash"]) == (
        "other",
        UNUSABLE,
        "fine",
        "",
    )
    assert (new["state"], new["mood"], new["hash"]) == (OUTLINED, "", "abc")


# What is refused -------------------------------------------------------------


@pytest.mark.parametrize(
    "reader",
    ["", ".", "..", "../anna", "a/b", "a\\b", "anna miller", "-a", "a-", "a" * 33, "анна", "a\n"],
)
def test_a_reader_s_name_that_could_be_a_path(tmp_path, reader):
    with pytest.raises(CorrectionError, match="reader: has 1 to 32"):
        Store(tmp_path).add(correction(reader=reader))

    assert [path.name for path in tmp_path.iterdir()] in ([], [".lock"])


@pytest.mark.parametrize("reason", ["two\nlines", "a" * 201, "=1+1", "+1", "-1", "@a", "\t=1"])
def test_a_reason_that_is_more_than_a_remark(tmp_path, reason):
    with pytest.raises(CorrectionError, match="reason: "):
        Store(tmp_path).add(correction(reason=reason))


@pytest.mark.parametrize(
    "changes",
    [
        {"outlines": None},
        {"state": NO_ERYTHEMA},
        {"state": UNUSABLE},
        {"state": "maybe"},
    ],
)
def test_a_state_that_does_not_go_with_the_outlines(tmp_path, changes):
    with pytest.raises(CorrectionError, match="state: "):
        Store(tmp_path).add(correction(**changes))


def test_outlines_of_another_photo(tmp_path):
    with pytest.raises(CorrectionError, match="'birch' lies outside of the photo"):
        Store(tmp_path).add(correction(outlines=rois_to_zip([square([60, 0])])))


def test_an_empty_roi_set(tmp_path):
    with pytest.raises(CorrectionError, match="has 0 outlines"):
        Store(tmp_path).add(correction(outlines=rois_to_zip([])))


def test_what_is_no_roi_set(tmp_path):
    with pytest.raises(RoiError):
        Store(tmp_path).add(correction(outlines=b"no outlines"))


def test_a_folder_that_cannot_be_one(tmp_path):
    (tmp_path / "file").write_text("")

    with pytest.raises(CorrectionError, match=r"file: cannot keep corrections"):
        Store(tmp_path / "file")


# Crashes ---------------------------------------------------------------------


class Crash(BaseException):
    """The process dies here."""


def crash_at(monkeypatch, moment):
    """Die at the n-th of all writes, renames, removals and syncs of the store."""
    calls = [0]

    def dying(function):
        def call(*arguments):
            calls[0] += 1
            if calls[0] == moment:
                raise Crash
            return function(*arguments)

        return call

    monkeypatch.setattr(corrections, "_write_safely", dying(corrections._write_safely))
    monkeypatch.setattr(corrections, "_make_safe", dying(corrections._make_safe))
    monkeypatch.setattr(corrections, "write_beside", dying(corrections.write_beside))
    monkeypatch.setattr(os, "replace", dying(os.replace))


BEFORE = {
    "nothing": None,
    "outlined": {},
    "no erythema": NONE,
    "unusable": {"state": UNUSABLE, "outlines": None},
}
AFTER = {"outlined": {"outlines": outlines(7)}, "no erythema": NONE}


@pytest.mark.parametrize(
    ("before", "after"),
    [
        (before, after)
        for before in sorted(BEFORE)
        for after in sorted(AFTER)
        if BEFORE[before] != AFTER[after]
    ],
)
def test_a_crash_at_any_moment_leaves_the_old_word_or_the_new_one(
    tmp_path, monkeypatch, before, after
):
    crashes = 0
    while True:
        folder = tmp_path / str(crashes)
        store = Store(folder)
        if BEFORE[before] is not None:
            store.add(correction(**BEFORE[before]))
        old = word(folder)
        with monkeypatch.context() as patched:
            crash_at(patched, crashes + 1)
            try:
                store.add(correction(**AFTER[after]))
                break
            except Crash:
                crashes += 1
        assert word(folder) in (old, None, expected(after))  # never a contradiction
        Store(folder)
        assert word(folder) in (old, expected(after))
        assert not list(folder.rglob("*.next"))
    assert word(folder) == expected(after)
    assert crashes > 8


def expected(after):
    return (OUTLINED, 7) if after == "outlined" else (NO_ERYTHEMA, None)


def test_a_disk_that_is_full_leaves_everything_as_it_was(tmp_path, monkeypatch):
    store = Store(tmp_path)
    store.add(correction())
    files = sorted(tmp_path.rglob("*"))

    def full(*_):
        raise OSError(28, "No space left on device")

    monkeypatch.setattr(corrections, "write_beside", full)
    with pytest.raises(OSError, match="No space left"):
        store.add(correction(photo=photo(90), outlines=outlines(9)))

    assert sorted(tmp_path.rglob("*")) == files


ADD_20 = """
import sys
from pathlib import Path
import numpy as np
from erythema.datasets.corrections import Correction, Store
store = Store(Path(sys.argv[1]))
network = {"name": "default", "version": "1", "hash": "abc"}
for number in range(20):
    photo = np.full((40, 60, 3), (int(sys.argv[2]), number, 0), np.uint8)
    store.add(Correction(photo, "anna", "no erythema", "", None, network))
"""


def test_two_processes_lose_nothing_of_each_other(tmp_path):
    processes = [
        subprocess.Popen([sys.executable, "-c", ADD_20, str(tmp_path), red]) for red in ("1", "2")
    ]

    assert [process.wait() for process in processes] == [0, 0]
    assert len(readings(tmp_path)) == 40
    assert len(read_folder(tmp_path, "anna").with_masks) == 40
