"""The store of experts' corrections: what is kept, and that it stays. Python 3.6 as well."""

import csv
import errno
import hashlib
import io
import itertools
import os
import shutil
import signal
import subprocess
import sys
import threading
import zipfile
from contextlib import contextmanager
from pathlib import Path

import numpy as np
import pytest
import roifile
from photo_files import PHOTO, PIXELS, encoded
from PIL import Image

from erythema.datasets import corrections
from erythema.datasets.corrections import Correction, CorrectionError, Store
from erythema.datasets.folder import (
    NO_ERYTHEMA,
    OUTLINED,
    UNREAD,
    UNUSABLE,
    DataSetError,
    read_folder,
    read_mask,
)
from erythema.segmentation.photo import read_photo
from erythema.segmentation.roi_set import Roi, RoiError, read_rois, rois_to_zip

HEIGHT, WIDTH = PIXELS.shape[:2]  # 32, 40
ID = hashlib.sha256(b"32 40 " + PIXELS.tobytes()).hexdigest()[:32]
NETWORK = {"name": "redness", "version": "1", "hash": "0123abcd"}


def rectangle(left, top, right, bottom):
    return np.array([[left, top], [right, top], [right, bottom], [left, bottom]], np.float64)


def roi_set(*outlines):
    return rois_to_zip([Roi(f"site {n}", [xy], {}) for n, xy in enumerate(outlines, 1)])


SMALL = roi_set(rectangle(2, 3, 6, 5))  # 4 x 2 px
LARGE = roi_set(rectangle(10, 10, 20, 20), rectangle(15, 10, 25, 20))  # 15 x 10 px together


def correction(state=OUTLINED, outlines=None, photo=PIXELS, reader="anna", reason=""):
    return Correction(photo, reader, state, reason, outlines, NETWORK)


def outlined(outlines=SMALL, **more):
    return correction(OUTLINED, outlines, **more)


def numbered(number):
    """A photo that no other number has."""
    photo = PIXELS.copy()
    photo[0, 0] = number // 256, number % 256, 9
    return photo


def rows(folder, reader="anna"):
    with (folder / f"reader_{reader}/readings.csv").open(encoding="utf-8", newline="") as file:
        return [dict(row) for row in csv.DictReader(file)]


def files(folder):
    """What every file holds."""
    return {
        path.relative_to(folder).as_posix(): path.read_bytes()
        for path in folder.rglob("*")
        if path.is_file() and path.name != ".lock"
    }


def told(folder, reader="anna"):
    """State, reason and size of the mask of each photo that the reader spoke of.

    Unread photos are nothing told. What is contradictory or cannot be read fails the test.
    """
    if not list(folder.glob("*.png")) or not (folder / f"reader_{reader}").exists():
        return {}
    data = read_folder(folder, reader)
    for problem in data.problems:
        assert problem.message.startswith(("unread", "missing: each photo counts"))
    reasons = {}
    if (folder / f"reader_{reader}/readings.csv").exists():
        reasons = {row["photo"]: row["reason"] for row in rows(folder, reader)}
    return {
        entry.id: (
            entry.state,
            reasons.get(entry.id, ""),
            int(read_mask(entry, (HEIGHT, WIDTH)).sum()) if entry.has_mask else None,
        )
        for entry in data.entries
        if entry.state != UNREAD
    }


@pytest.fixture
def folder(tmp_path):
    return tmp_path / "store"


# What is kept ----------------------------------------------------------------


def test_an_outlined_photo_is_read_back_to_the_pixel(folder):
    stored = Store(folder).add(outlined(LARGE, reason="two overlap"))

    assert stored == (ID, True)
    (entry,) = read_folder(folder).entries
    assert (entry.id, entry.state) == (ID, OUTLINED)
    np.testing.assert_array_equal(read_photo(entry.photo), PIXELS)
    expected = np.zeros((HEIGHT, WIDTH), bool)
    expected[10:20, 10:25] = True
    np.testing.assert_array_equal(read_mask(entry, (HEIGHT, WIDTH)), expected)


def test_the_row_says_state_reason_time_and_network(folder):
    Store(folder).add(outlined(reason="hair"))
    (row,) = rows(folder)
    received = row.pop("received")
    assert row == {
        "photo": ID,
        "state": "outlined",
        "reason": "hair",
        "network": "redness",
        "version": "1",
        "hash": "0123abcd",
    }
    assert len(received) == len("2026-01-31T12:00:00Z")
    assert received.endswith("Z")


@pytest.mark.parametrize("state", [NO_ERYTHEMA, UNUSABLE])
def test_what_is_not_outlined_is_a_row_alone(folder, state):
    Store(folder).add(correction(state, reason="blurred"))
    assert sorted(files(folder)) == [f"{ID}.png", "reader_anna/readings.csv"]
    assert [entry.state for entry in read_folder(folder).entries] == [state]


def test_names_and_properties_of_rois_stay(folder):
    rois = [
        Roi("Birke/links", [rectangle(2, 3, 6, 5)], {"erythema.source": "reader"}),
        Roi("\u03b1 control", [rectangle(10, 3, 16, 5)], {}),
    ]
    Store(folder).add(outlined(rois_to_zip(rois)))
    kept = read_rois(folder / f"reader_anna/{ID}.zip")
    assert [(roi.name, roi.properties) for roi in kept] == [
        ("Birke/links", {"erythema.source": "reader"}),
        ("\u03b1 control", {}),
    ]


def test_an_oval_becomes_a_polygon_of_the_same_mask(folder):
    oval = roifile.ImagejRoi()
    oval.version, oval.roitype = 227, roifile.ROI_TYPE.OVAL
    oval.left, oval.top, oval.right, oval.bottom = 5, 4, 25, 16
    before = corrections.read_rois(oval.tobytes())

    Store(folder).add(outlined(oval.tobytes()))

    (roi,) = read_rois(folder / f"reader_anna/{ID}.zip")
    np.testing.assert_array_equal(roi.outlines[0], before[0].outlines[0])


def test_nothing_of_a_roi_set_s_file_stays_but_outlines(folder):
    sent = io.BytesIO(SMALL)
    with zipfile.ZipFile(sent, "a") as archive:
        archive.comment = b"Anna Miller"
        archive.writestr("notes.txt", "Anna Miller")
    Store(folder).add(outlined(sent.getvalue()))
    assert (folder / f"reader_anna/{ID}.zip").read_bytes() == SMALL


def test_nothing_of_a_photo_s_file_stays_but_pixels(folder):
    exif = Image.Exif()
    exif[0x013B] = "Anna Miller"  # the artist
    exif[0x010E] = "59.3293 N 18.0686 E"
    jpeg = encoded(PHOTO, "JPEG", exif=exif.tobytes()) + b"Main Street 1"
    photo = read_photo(jpeg)

    stored = Store(folder).add(outlined(photo=photo))

    kept = (folder / f"{stored.id}.png").read_bytes()
    for private in (b"Anna Miller", b"59.3293 N", b"Main Street 1"):
        assert private in jpeg
        assert private not in kept
    assert chunks(kept) == {b"IHDR", b"IDAT", b"IEND"}
    np.testing.assert_array_equal(read_photo(kept), photo)


def chunks(png):
    """The kinds of a PNG's chunks, which end where the file ends."""
    kinds, at = set(), 8
    while at < len(png):
        kinds.add(png[at + 4 : at + 8])
        at += 12 + int.from_bytes(png[at : at + 4], "big")
    assert at == len(png)
    return kinds


def test_one_photo_in_two_kinds_of_files_is_one_photo(folder):
    store = Store(folder)
    for kind in ("PNG", "BMP"):
        store.add(outlined(photo=read_photo(encoded(PHOTO, kind)), reader=kind))
    assert [path.name for path in folder.glob("*.png")] == [f"{ID}.png"]


def test_the_same_pixels_in_another_shape_are_another_photo(folder):
    store = Store(folder)
    high = np.ascontiguousarray(PIXELS.reshape(WIDTH, HEIGHT, 3))
    assert store.add(outlined()).id != store.add(outlined(photo=high)).id


def test_two_readers_of_one_photo(folder):
    store = Store(folder)
    store.add(outlined(SMALL, reader="anna"))
    assert store.add(outlined(LARGE, reader="ben")).is_new
    assert told(folder, "anna") == {ID: (OUTLINED, "", 4 * 2)}
    assert told(folder, "ben") == {ID: (OUTLINED, "", 15 * 10)}


def test_a_reader_s_capitals_are_folded(folder):
    store = Store(folder)
    store.add(outlined(reader="Anna-B2"))
    assert not store.add(outlined(reader="anna-b2")).is_new
    assert [path.name for path in folder.glob("reader_*")] == ["reader_anna-b2"]


@pytest.mark.parametrize(
    "same",
    [outlined(reason="hair"), correction(NO_ERYTHEMA), correction(UNUSABLE, reason="blurred")],
    ids=lambda correction: correction.state,
)
def test_the_very_same_once_more_writes_nothing(folder, same):
    store = Store(folder)
    store.add(same)
    before = files(folder)

    assert store.add(same) == (ID, False)
    assert files(folder) == before


# What is replaced ------------------------------------------------------------

SAID = {
    "nothing": None,
    "small": outlined(SMALL, reason="hair"),
    "large": outlined(LARGE),
    "none": correction(NO_ERYTHEMA, reason="sure"),
    "unusable": correction(UNUSABLE, reason="blurred"),
}
TOLD = {
    "nothing": {},
    "small": {ID: (OUTLINED, "hair", 4 * 2)},
    "large": {ID: (OUTLINED, "", 15 * 10)},
    "none": {ID: (NO_ERYTHEMA, "sure", 0)},
    "unusable": {ID: (UNUSABLE, "blurred", None)},
}
TRANSITIONS = [
    ("nothing", "small"),
    ("nothing", "none"),
    ("small", "large"),
    ("small", "none"),
    ("small", "unusable"),
    ("none", "small"),
    ("none", "unusable"),
    ("unusable", "small"),
]


@pytest.mark.parametrize(("before", "after"), TRANSITIONS)
def test_a_reader_s_later_word_takes_the_earlier_one_s_place(folder, before, after):
    store = Store(folder)
    if SAID[before]:
        store.add(SAID[before])
    assert store.add(SAID[after]).is_new
    assert told(folder) == TOLD[after]
    assert len(rows(folder)) == 1


@pytest.mark.parametrize("after", ["large", "none", "unusable"])
def test_outlines_that_are_replaced_stay_as_a_copy(folder, after):
    store = Store(folder)
    store.add(SAID["small"])
    store.add(SAID[after])
    (copy,) = (folder / "reader_anna/earlier").iterdir()
    assert copy.name.startswith(f"{ID}.2")  # and the time
    assert copy.read_bytes() == SMALL


def test_another_reason_for_the_same_outlines_makes_no_copy(folder):
    store = Store(folder)
    store.add(outlined())
    assert store.add(outlined(reason="hair")).is_new
    assert not (folder / "reader_anna/earlier").exists()


def test_copies_of_one_second_do_not_overwrite_each_other(folder):
    store = Store(folder)
    for state in ["small", "none"] * 3:
        store.add(SAID[state])
    copies = list((folder / "reader_anna/earlier").iterdir())
    assert [copy.read_bytes() for copy in copies] == [SMALL] * 3


def test_outlines_that_a_person_put_there_are_replaced_with_a_copy(folder):
    store = Store(folder)
    store.add(SAID["none"])
    (folder / "reader_anna/readings.csv").unlink()
    drawn = roifile.ImagejRoi.frompoints(rectangle(2, 3, 6, 5)).tobytes()
    (folder / f"reader_anna/{ID}.roi").write_bytes(drawn)

    store.add(SAID["large"])

    assert told(folder) == TOLD["large"]
    (copy,) = (folder / "reader_anna/earlier").glob("*.roi")
    assert copy.read_bytes() == drawn


# What is refused -------------------------------------------------------------


def refused(folder, wrong, error=CorrectionError):
    """The message; nothing is written."""
    store = Store(folder)
    with pytest.raises(error) as caught:
        store.add(wrong)
    assert files(folder) == {}
    return str(caught.value)


@pytest.mark.parametrize(
    "reader",
    ["", " anna", "anna\n", "../anna", "a/b", "a\\b", "a.b", "a_b", "-a", "a-", "a" * 33, "\xe4"],
)
def test_a_reader_s_name_is_of_few_letters(folder, reader):
    assert refused(folder, outlined(reader=reader)).startswith("reader: a name has 1 to 32 of")


def test_the_longest_reader_s_name(folder):
    Store(folder).add(outlined(reader="a" * 32))
    assert (folder / ("reader_" + "a" * 32)).is_dir()


@pytest.mark.parametrize("reason", ["a\nb", "a\r", "\ta", "a\0b", "a\x7f", "a\u2028b", "\ud800"])
def test_a_reason_is_one_line_without_control_characters(folder, reason):
    assert "is one line" in refused(folder, outlined(reason=reason))


@pytest.mark.parametrize("reason", ["=1+1", "+1", "-1", "@a", " =1", "\uff1d1", "\uff0b1"])
def test_a_reason_is_no_formula_of_a_spreadsheet(folder, reason):
    assert "for a formula. Start with a word." in refused(folder, outlined(reason=reason))


def test_a_reason_has_at_most_200_characters(folder):
    message = "reason: 201 characters; it has at most 200."
    assert refused(folder, outlined(reason="\xe4" * 201)) == message
    Store(folder).add(outlined(reason="\xe4" * 200))


def test_a_reason_may_hold_what_a_table_must_quote(folder):
    Store(folder).add(outlined(reason=' 3 mm, "pale" = \u7d05 '))
    assert told(folder)[ID][1] == '3 mm, "pale" = \u7d05'


@pytest.mark.parametrize(
    ("state", "outlines", "message"),
    [
        ("maybe", None, "state: is one of outlined, no erythema, unusable."),
        (UNREAD, None, "state: is one of outlined, no erythema, unusable."),
        (OUTLINED, None, "state: outlined, but there are no outlines."),
        (NO_ERYTHEMA, SMALL, "state: no erythema, but there are outlines."),
        (UNUSABLE, SMALL, "state: unusable, but there are outlines."),
    ],
)
def test_state_and_outlines_that_do_not_fit(folder, state, outlines, message):
    assert refused(folder, correction(state, outlines)).startswith(message)


@pytest.mark.parametrize(
    ("outlines", "message"),
    [
        (b"none", "neither a ROI, a ROI set"),
        (SMALL[:-9], "damaged"),
        (roi_set(), "has 0 ROIs; one that is stored has 1 to 1000"),
        (roi_set(*[rectangle(2, 3, 6, 5)] * 1001), "has 1001 ROIs"),
        (roi_set(rectangle(40, 3, 46, 5)), "'site 1': lies outside the photo of 40 x 32 pixels"),
        (roi_set(rectangle(2, 3, 6, 5), rectangle(2, -6, 6, 0)), "'site 2': lies outside"),
    ],
    ids=["no ROI", "damaged", "0", "1001", "right of it", "above it"],
)
def test_outlines_that_are_none_of_the_photo(folder, outlines, message):
    assert message in refused(folder, outlined(outlines), RoiError)


def test_an_outline_may_lie_partly_outside_the_photo(folder):
    Store(folder).add(outlined(roi_set(rectangle(38, 30, 60, 50))))
    assert told(folder) == {ID: (OUTLINED, "", 2 * 2)}


def test_outlines_of_which_the_new_file_would_lose_some_are_refused(folder, monkeypatch):
    monkeypatch.setattr(corrections, "rois_to_zip", lambda rois: roi_set())
    assert "a name that no file can hold" in refused(folder, outlined(), RoiError)


# What was there before -------------------------------------------------------


def test_a_data_set_made_elsewhere_is_used(folder):
    (folder / "reader_anna").mkdir(parents=True)
    PHOTO.transpose(Image.FLIP_LEFT_RIGHT).save(str(folder / "P1.png"))
    (folder / "reader_anna/P1.zip").write_bytes(LARGE)
    (folder / "photos.csv").write_text("photo,patient\nP1,p\n")
    before = files(folder)

    Store(folder).add(SAID["small"])

    assert before.items() <= files(folder).items()
    states = {entry.id: entry.state for entry in read_folder(folder).entries}
    assert states == {"P1": OUTLINED, ID: OUTLINED}


@pytest.mark.parametrize(
    ("table", "expected"),
    [
        (
            "photo,state\nP1,unusable\n",
            ["photo,state,reason,received,network,version,hash", "P1,unusable,,,,,"],
        ),
        (
            "\ufeffsure?,photo,state,reason\r\nno,P1,unusable,\u00e4\r\n\r\n",
            [
                "\ufeffsure?,photo,state,reason,received,network,version,hash",
                "no,P1,unusable,\u00e4,,,,",
            ],
        ),
        (
            "photo,state,reason\nP1,unusable,dark, blurred\n",
            ["photo,state,reason,,received,network,version,hash", "P1,unusable,dark, blurred,,,,"],
        ),
    ],
    ids=["too few columns", "another column", "a comma too many"],
)
def test_a_table_made_elsewhere_keeps_all_that_it_says(folder, table, expected):
    (folder / "reader_anna").mkdir(parents=True)
    path = folder / "reader_anna/readings.csv"
    path.write_bytes(table.encode())

    Store(folder).add(SAID["small"])

    lines = path.read_bytes().decode().splitlines()
    assert lines[:2] == expected
    assert len(lines) == 3
    assert rows(folder)[1]["hash"] == NETWORK["hash"]


def test_a_person_s_own_column_stays_with_the_photo(folder):
    store = Store(folder)
    store.add(SAID["none"])
    path = folder / "reader_anna/readings.csv"
    header, row = path.read_text().splitlines()
    path.write_text(f"{header},sure\n{row},very\n")

    store.add(SAID["small"])

    assert [(row["state"], row["sure"]) for row in rows(folder)] == [("outlined", "very")]


@pytest.mark.parametrize(
    ("table", "message"),
    [
        ("photo;state;reason\n", "no column photo or state"),
        ("", "no column photo or state"),
        ("photo,state\nP1,\u00fc\n", "not a table in UTF-8"),
    ],
    ids=["semicolons", "empty", "another encoding"],
)
def test_a_table_that_is_none_is_left_alone(folder, table, message):
    (folder / "reader_anna").mkdir(parents=True)
    (folder / "reader_anna/readings.csv").write_bytes(table.encode("latin-1"))
    before = files(folder)
    with pytest.raises(DataSetError, match=message):
        Store(folder).add(SAID["small"])
    assert files(folder) == before


def test_a_file_is_no_folder_for_a_store(tmp_path):
    (tmp_path / "file").write_text("mine")
    with pytest.raises(DataSetError, match=r"file: corrections cannot be kept there"):
        Store(tmp_path / "file")


@pytest.mark.skipif(os.name == "nt", reason="Windows has other permissions")
def test_a_folder_that_is_made_is_its_owner_s_alone(tmp_path):
    Store(tmp_path / "data" / "store")
    assert (tmp_path / "data" / "store").stat().st_mode & 0o777 == 0o700


# A full disk -----------------------------------------------------------------


@pytest.mark.parametrize(
    ("number", "new"),
    [
        (errno.ENOSPC, outlined(photo=numbered(1))),  # photo, outlines, row
        (errno.EDQUOT, SAID["large"]),  # copy, outlines, row
        (errno.EFBIG, SAID["none"]),  # no row, copy, row
    ],
    ids=["new", "replaced", "no more outlined"],
)
def test_a_disk_that_is_full_at_any_file_leaves_all_as_it_was(folder, monkeypatch, number, new):
    store = Store(folder)
    store.add(SAID["small"])
    before = files(folder)
    for written in range(4):  # those three, and the steps
        with monkeypatch.context() as patch:
            patch.setattr(corrections, "write_through", full_after(written, number))
            with pytest.raises(OSError, match="full") as caught:
                store.add(new)
            assert caught.value.errno == number
        assert files(folder) == before
    assert store.add(new).is_new


def full_after(written, number):
    left = [written]

    def write(path, content):
        if not left[0]:
            path.write_bytes(content[:5] if isinstance(content, bytes) else b"[")
            raise OSError(number, "full")
        left[0] -= 1
        path.write_bytes(content if isinstance(content, bytes) else content.encode())

    return write


def test_a_disk_with_any_number_of_pages_left_holds_all_or_nothing(tmp_path):
    with small_disk(tmp_path / "disk") as disk:
        folder = disk / "store"
        store = Store(folder)
        store.add(SAID["small"])
        noise = np.random.RandomState(3).randint(0, 256, (64, 64, 3)).astype(np.uint8)
        before = files(folder)

        pages = 0
        fill(disk / "ballast", pages)
        while not fits(store, outlined(LARGE, photo=noise, reader="ben")):
            assert files(folder) == before
            assert os.listdir(str(folder)).count("reader_ben") == 0
            pages += 1
            (disk / "ballast").unlink()
            fill(disk / "ballast", pages)

        assert pages > 4  # of 4 kB; the photo alone has 12 kB
        assert told(folder, "anna") == TOLD["small"]
        assert len(told(folder, "ben")) == 1


@contextmanager
def small_disk(folder):
    """A file system of 300 kB in memory, where one may be mounted."""
    folder.mkdir()
    mount = ["mount", "-t", "tmpfs", "-o", "size=300k", "tmpfs", str(folder)]
    try:
        subprocess.run(mount, check=True, stderr=subprocess.DEVNULL)
    except (OSError, subprocess.CalledProcessError):
        pytest.skip("a small file system cannot be mounted here: it takes Linux and root")
    try:
        yield folder
    finally:
        subprocess.run(["umount", str(folder)], check=True)


def fill(ballast, pages_left):
    """Write to a file until the disk is full, and give back some pages."""
    with ballast.open("wb", buffering=0) as file:
        with pytest.raises(OSError, match="space"):
            file.writelines(itertools.repeat(bytes(4096)))
        file.truncate(file.tell() - 4096 * pages_left)


def fits(store, correction):
    try:
        return store.add(correction).is_new
    except OSError as error:
        if error.errno != errno.ENOSPC:
            raise
        return False


# A process that is killed ----------------------------------------------------

CHANGING = {"fsync", "mkdir", "open", "remove", "rename", "replace", "rmdir", "unlink", "write"}
FORKS = pytest.mark.skipif(not hasattr(os, "fork"), reason="this system cannot fork a process")


def in_another_process(function, *arguments):
    """Start a function of this module in a Python of its own."""
    program = f"import test_datasets_corrections as this; this.{function}{arguments!r}"
    paths = [str(Path(__file__).parent), *filter(None, sys.path)]
    return subprocess.Popen(
        [sys.executable, "-c", program],
        env=dict(os.environ, PYTHONPATH=os.pathsep.join(paths)),
        stderr=subprocess.PIPE,
    )


def finished(process):
    message = process.communicate()[1].decode()
    assert process.returncode == 0, message


def kill_at_each_call(start, name=None):
    """Copy a folder to start-0, start-1, ... and add there (no name: only open the store).

    The n-th process is killed as it makes its n-th call that may change the disk.
    """
    for number in itertools.count():
        folder = Path(f"{start}-{number}")
        shutil.copytree(start, str(folder))
        child = os.fork()
        if not child:
            try:
                use_killed(folder, name, number)
                os._exit(0)
            finally:
                os._exit(1)
        status = os.waitpid(child, 0)[1]
        if not os.WIFSIGNALED(status):
            assert os.WEXITSTATUS(status) == 0
            return


def use_killed(folder, name, number):
    if name is None:
        sys.setprofile(killer(number))
        Store(folder)
    else:
        store = Store(folder)
        sys.setprofile(killer(number))
        store.add(SAID[name])
    sys.setprofile(None)


def killer(number):
    left = [number]

    def profile(frame, event, function):
        if event == "c_call" and function.__name__ in CHANGING:
            if not left[0]:
                os.kill(os.getpid(), signal.SIGKILL)
            left[0] -= 1

    return profile


def killed_copies(start, name=None):
    """The copies of a folder, one for each call at which a process was killed."""
    finished(in_another_process("kill_at_each_call", str(start), name))
    count = len(list(start.parent.glob(f"{start.name}-*")))
    return [start.with_name(f"{start.name}-{number}") for number in range(count - 1)]


@FORKS
@pytest.mark.parametrize(("before", "after"), TRANSITIONS)
def test_killed_at_any_call_it_holds_what_was_said_before_or_after(folder, before, after):
    store = Store(folder)
    other = store.add(outlined(LARGE, photo=numbered(1), reason="stays")).id
    if SAID[before]:
        store.add(SAID[before])
    start = told(folder)
    stays = {other: (OUTLINED, "stays", 15 * 10)}
    assert start == {**TOLD[before], **stays}
    end = {**TOLD[after], **stays}

    reached = set()
    for copy in killed_copies(folder, after):
        meanwhile = told(copy)  # free of contradictions, before anybody opens the store
        assert meanwhile[other] == stays[other]
        store = Store(copy)
        now = told(copy)
        assert now in (start, end)
        reached.add(now == end)
        assert left_over(copy) == []
        assert store.add(SAID[after]).is_new == (now == start)
        assert told(copy) == end
        if before == "small":
            (kept,) = (copy / "reader_anna/earlier").iterdir()
            assert kept.read_bytes() == SMALL
    assert reached == {False, True}


def left_over(folder):
    """Names in a store, and in its readers' folders, that no correction has."""
    known = {".png", ".zip", ".csv"}
    found = [*folder.iterdir(), *folder.glob("reader_*/*")]
    return [
        path.name
        for path in found
        if path.suffix not in known
        and path.name not in (".lock", "earlier")
        and not path.name.startswith("reader_")
    ]


@FORKS
def test_killed_while_it_makes_what_a_killed_one_left_it_still_holds_all(folder):
    Store(folder).add(SAID["small"])
    decided = [copy for copy in killed_copies(folder, "none") if (copy / ".adding").exists()]
    for copy in killed_copies(decided[0]):
        assert set(told(copy)) <= {ID}
        Store(copy)
        assert told(copy) == TOLD["none"]
        assert left_over(copy) == []


# Several at once -------------------------------------------------------------


def add_some(folder, first):
    store = Store(Path(folder))
    for number in range(first, first + 20):
        assert store.add(outlined(photo=numbered(number))).is_new


def test_two_processes_that_add_at_once_lose_none(folder):
    processes = [in_another_process("add_some", str(folder), first) for first in (0, 1000)]
    for process in processes:
        finished(process)
    assert len(told(folder)) == 40
    assert len(rows(folder)) == 40


def test_threads_that_share_a_store_lose_none(folder):
    store = Store(folder)

    def add(first):
        for number in range(first, first + 5):
            store.add(outlined(photo=numbered(number)))

    threads = [threading.Thread(target=add, args=(1000 * n,)) for n in range(4)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert len(told(folder)) == 20


def test_a_reading_of_a_photo_in_the_folder_leaves_the_photo_as_it_is(tmp_path):
    Image.fromarray(PIXELS).save(tmp_path / "arm.png")
    store = Store(tmp_path)
    assert store.say("arm", outlined(LARGE))
    assert not store.say("arm", outlined(LARGE))
    assert [path.name for path in tmp_path.glob("*.png")] == ["arm.png"]
    assert [one.state for one in read_folder(tmp_path, "anna").entries] == [OUTLINED]


def test_what_is_taken_back_is_unread_and_its_outlines_are_kept(tmp_path):
    Image.fromarray(PIXELS).save(tmp_path / "arm.png")
    store = Store(tmp_path)
    store.say("arm", outlined(LARGE))
    assert store.take_back("arm", "anna")
    assert not store.take_back("arm", "anna")
    assert [one.state for one in read_folder(tmp_path, "anna").entries] == [UNREAD]
    (earlier,) = (tmp_path / "reader_anna/earlier").iterdir()
    assert earlier.read_bytes() == LARGE
