"""POST /corrections: photos and outlines that experts send are kept, whatever happens."""

import csv
import io
import json
import os
import random
import subprocess
import sys
import threading
import zipfile
from contextlib import contextmanager
from pathlib import Path

import httpx
import numpy as np
import pytest
from asking import (
    archive,
    assert_problem,
    encoded,
    names,
    rectangle,
    roi_set,
    segment,
    service_of,
    skin,
    started,
)

from erythema.datasets.folder import NO_ERYTHEMA, OUTLINED, UNUSABLE, read_folder, read_mask

OUTLINES = roi_set(rectangle(5, 5, 25, 15, "birch"))


@pytest.fixture
def store(tmp_path):
    return tmp_path / "store"


@pytest.fixture
def keeping(service_program, redness_network, store):
    """A client of a service that keeps corrections in ``store``."""
    with service_of(
        redness_network, "--corrections", str(store), program=service_program
    ) as client:
        yield client


def correct(service, photo, outlines=OUTLINES, reader="anna", **parameters):
    entries = {"photo_png": encoded(photo)}
    if outlines is not None:
        entries["outlines_zip"] = outlines
    parameters["reader"] = reader
    return service.post("/corrections", content=archive(**entries), params=parameters)


def numbered(number):
    """A photo of skin that no other number has."""
    photo = skin()
    photo[0, :3, 0] = number % 256, number // 256 % 256, number // 65536
    return photo


def rows(store, reader="anna"):
    with (store / f"reader_{reader}" / "readings.csv").open(newline="") as file:
        return list(csv.DictReader(file))


# What is kept ----------------------------------------------------------------


def test_by_default_none_are_kept(service):
    assert_problem(correct(service, skin()), 403, "corrections-off", "Start it with --corrections")


def test_whether_they_are_kept_is_told_before_any_is_sent(service, keeping):
    assert_problem(service.get("/corrections"), 403, "corrections-off", "--corrections")
    assert keeping.get("/corrections").json() == {"status": "kept"}


def test_a_correction_is_a_reading_of_a_data_set(keeping, store):
    answer = correct(keeping, skin())

    assert answer.status_code == 201
    data = read_folder(store, "anna")
    (entry,) = data.entries
    assert (entry.id, entry.state) == (answer.json()["photo"], OUTLINED)
    expected = np.zeros((48, 64), bool)
    expected[5:15, 5:25] = True
    np.testing.assert_array_equal(read_mask(entry, (48, 64)), expected)
    (row,) = rows(store)
    assert (row["network"], row["version"]) == ("redness", "1")


def test_no_erythema_and_unusable_are_readings_without_outlines(keeping, store):
    correct(keeping, numbered(1), None, state=NO_ERYTHEMA)
    correct(keeping, numbered(2), None, state=UNUSABLE, reason="blurred")

    states = {entry.state for entry in read_folder(store, "anna").entries}
    assert states == {NO_ERYTHEMA, UNUSABLE}
    assert {row["reason"] for row in rows(store)} == {"", "blurred"}


def test_the_very_same_once_more_changes_nothing(keeping, store):
    first = correct(keeping, skin())
    files = {path: path.stat().st_mtime_ns for path in store.rglob("*") if path.is_file()}

    again = correct(keeping, skin())

    assert (first.status_code, again.status_code) == (201, 200)
    assert again.json() == {"photo": first.json()["photo"], "new": False}
    now = {path: path.stat().st_mtime_ns for path in store.rglob("*") if path.is_file()}
    assert {path: now[path] for path in files if path.name != ".lock"} == {
        path: files[path] for path in files if path.name != ".lock"
    }


def test_outlines_that_are_replaced_stay_as_a_copy(keeping, store):
    correct(keeping, skin())
    correct(keeping, skin(), roi_set(rectangle(30, 30, 40, 40)))

    assert len(list((store / "reader_anna" / "earlier").iterdir())) == 1
    (entry,) = read_folder(store, "anna").entries
    assert read_mask(entry, (48, 64)).sum() == 100


def test_two_readers_share_one_photo(keeping, store):
    correct(keeping, skin(), reader="anna")
    correct(keeping, skin(), reader="Ben")  # names are kept in lower case

    assert len(list(store.glob("*.png"))) == 1
    assert {path.name for path in store.glob("reader_*")} == {"reader_anna", "reader_ben"}


def test_the_network_is_the_one_that_the_outlines_say_they_are_from(keeping, store):
    properties = {"erythema.model": "old", "erythema.version": "0.9", "erythema.hash": "abc"}
    corrected = rectangle(5, 5, 25, 15)._replace(properties=properties)

    correct(keeping, skin(), roi_set(corrected))

    (row,) = rows(store)
    assert (row["network"], row["version"], row["hash"]) == ("old", "0.9", "abc")


def test_what_macos_adds_to_a_zip_is_left_out(keeping, store):
    content = io.BytesIO(archive(photo_png=encoded(skin()), outlines_zip=OUTLINES))
    with zipfile.ZipFile(content, "a") as opened:
        opened.writestr("__MACOSX/._photo.png", b"x")

    answer = keeping.post("/corrections?reader=anna", content=content.getvalue())

    assert answer.status_code == 201
    assert len(list(store.glob("*.png"))) == 1


def test_a_table_that_the_store_cannot_read_is_a_fault_whose_reason_the_log_has(
    service_program, redness_network, tmp_path, store
):
    (store / "reader_anna").mkdir(parents=True)
    (store / "reader_anna" / "readings.csv").write_text("no such columns")

    with (
        started(service_program, redness_network, tmp_path, "--corrections", store) as running,
        httpx.Client(base_url=running.address, timeout=60) as client,
    ):
        answer = correct(client, skin())
        while not (said := running.said()):  # the log may follow the answer
            pass

    (line,) = map(json.loads, said)
    assert_problem(answer, 500, "fault")
    assert line["instance"] == answer.json()["instance"]
    assert "readings.csv: no column photo or state" in line["reason"]


# What is refused -------------------------------------------------------------


@pytest.mark.parametrize(
    "reader", ["", "../anna", "a/b", "anna miller", "a" * 33, "-a", "анна", "con.", "a\0"]
)
def test_a_reader_s_name_that_is_none(keeping, store, reader):
    assert_problem(correct(keeping, skin(), reader=reader), 422, "parameter")
    assert not list(store.glob("*.png"))


def test_a_state_that_there_is_not(keeping):
    assert_problem(correct(keeping, skin(), state="maybe"), 422, "parameter", "state: is one of")


def test_outlines_beside_no_erythema(keeping):
    answer = correct(keeping, skin(), state=NO_ERYTHEMA)

    assert_problem(answer, 422, "parameter", "no erythema")


def test_no_outlines_where_it_is_outlined(keeping):
    assert_problem(correct(keeping, skin(), None), 422, "parameter")


def test_outlines_that_are_none(keeping, store):
    assert_problem(correct(keeping, skin(), b"none"), 400, "outlines-damaged")
    assert not list(store.glob("*.png"))


@pytest.mark.parametrize(
    ("entries", "status", "kind"),
    [
        ({"outlines_zip": OUTLINES}, 400, "archive-damaged"),
        ({"photo_png": b"x", "photo_jpg": b"x"}, 400, "archive-damaged"),
        ({"photo_png": b"x", "../photo_png": b"x"}, 400, "archive-damaged"),
        ({"photo_png": b"x", "outlines_zip": OUTLINES}, 415, "not-a-photo"),
    ],
    ids=["no photo", "two photos", "a path", "text as photo"],
)
def test_an_archive_that_is_none(keeping, store, entries, status, kind):
    answer = keeping.post("/corrections?reader=anna", content=archive(**entries))

    assert_problem(answer, status, kind)
    assert not list(store.glob("*.png"))


# What happens ----------------------------------------------------------------


def test_killed_at_50_moments_it_has_all_that_it_acknowledged(redness_network, tmp_path, store):
    moments = random.Random(7)
    acknowledged = {}
    for moment in range(50):
        with started(sys.executable, redness_network, tmp_path, "--corrections", store) as running:
            timer = threading.Timer(moments.uniform(0, 0.1), running.process.kill)
            send_until_it_breaks(running.address, 1000 * moment, acknowledged, timer)
            timer.join()

        data = read_folder(store, "anna") if list(store.glob("*.png")) else None
        entries = {} if data is None else {entry.id: entry for entry in data.entries}
        assert data is None or {problem.file for problem in data.problems} <= {
            "photos.csv",
            *unread(data),
        }
        for photo, corner in acknowledged.items():
            mask = read_mask(entries[photo], (48, 64))
            assert mask.sum() == 100
            assert mask[corner, corner]
    assert len(acknowledged) >= 50


def unread(data):
    """Photos of corrections that were not acknowledged may be there without a reading."""
    return [entry.photo.name for entry in data.entries if entry.state == "unread"]


def send_until_it_breaks(address, number, acknowledged, timer):
    """Send corrections; with the first one's answer the timer starts that kills the service."""
    with httpx.Client(base_url=address, timeout=60) as client:
        while True:
            corner = number % 30
            outlines = roi_set(rectangle(corner, corner, corner + 10, corner + 10))
            try:
                answer = correct(client, numbered(number), outlines)
            except httpx.TransportError:
                return
            assert answer.status_code == 201
            if not timer.ident:
                timer.start()
            acknowledged[answer.json()["photo"]] = corner
            number += 1


def test_on_a_full_disk_it_says_so_and_keeps_what_it_has(
    service_program, redness_network, tmp_path
):
    with (
        small_disk(tmp_path / "disk") as disk,
        service_of(
            redness_network, "--corrections", str(disk / "store"), program=service_program
        ) as client,
    ):
        noise = np.random.RandomState(3)
        kept = []
        for _ in range(100):
            photo = noise.randint(0, 256, (128, 128, 3)).astype(np.uint8)  # 48 kB as PNG
            answer = correct(client, photo)
            if answer.status_code != 201:
                break
            kept.append(answer.json()["photo"])

        assert_problem(answer, 507, "store-full", "was not stored")
        assert kept
        data = read_folder(disk / "store", "anna")
        assert [entry.id for entry in data.with_masks] == sorted(kept)
        assert {problem.file for problem in data.problems} == {"photos.csv"}
        assert not list((disk / "store").rglob("*.part"))
        assert names(segment(client)) == ["erythema 1", "erythema 2"]


@contextmanager
def small_disk(folder):
    """A file system of 300 kB, where this user may mount one."""
    folder.mkdir()
    command = ["mount", "-t", "tmpfs", "-o", "size=300k", "tmpfs", str(folder)]
    try:
        subprocess.run(command, check=True, capture_output=True)
    except (OSError, subprocess.CalledProcessError):
        pytest.skip("a small file system cannot be mounted here")
    try:
        yield folder
    finally:
        subprocess.run(["umount", str(folder)], check=True)


def test_the_store_is_read_as_any_other_data_set(keeping, store):
    for number in range(3):
        assert correct(keeping, numbered(number)).status_code == 201

    data = read_folder(Path(store))

    assert data.reader == "anna"
    assert len(data.with_masks) == 3
    assert os.listdir(store / "reader_anna").count("readings.csv") == 1
