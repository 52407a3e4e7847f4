"""The files by which `erythema annotate` and the plugin understand each other."""

import json

import pytest
from PIL import Image

from erythema.datasets.corrections import CorrectionError
from erythema.datasets.folder import DataSetError
from erythema.fiji import FijiError
from erythema.fiji.queue import collect, reader_folder, write_queue

HEADER = "photo,opened,seconds,step,state,reason,draft,unchanged,corrected,removed,drawn\n"


@pytest.fixture
def folder(tmp_path):
    """A folder with the photos P1 to P6."""
    for number in range(1, 7):
        Image.new("RGB", (8, 8)).save(tmp_path / f"P{number}.png")
    return tmp_path


def queue_of(folder):
    return json.loads((folder / "reader_anna" / "queue.json").read_text())


def test_the_queue_has_every_photo_once_in_an_order_from_the_seed(folder):
    order = write_queue(folder, "anna", seed=1, blind=False, drafts=False)

    assert sorted(order) == ["P1", "P2", "P3", "P4", "P5", "P6"]
    assert order != sorted(order)
    assert queue_of(folder) == {"photos": order, "blind": False, "drafts": False}


def test_the_same_seed_gives_the_same_order_and_another_one_another(folder):
    order = write_queue(folder, "anna", 1, False, False)

    assert write_queue(folder, "ben", 1, False, False) == order
    assert write_queue(folder, "eve", 2, False, False) != order


def test_a_queue_keeps_its_order_and_new_photos_come_after(folder):
    before = write_queue(folder, "anna", 1, False, False)
    (folder / f"{before[0]}.png").unlink()
    Image.new("RGB", (8, 8)).save(folder / "P0.png")

    assert write_queue(folder, "anna", 9, True, True) == [*before[1:], "P0"]
    assert queue_of(folder)["blind"] is True
    assert queue_of(folder)["drafts"] is True


def test_capitals_of_a_reader_are_folded(folder):
    write_queue(folder, "Anna", 0, False, False)

    assert reader_folder(folder, "ANNA") == folder / "reader_anna"
    assert (folder / "reader_anna" / "queue.json").exists()


def test_a_name_that_is_no_readers_is_refused(folder):
    with pytest.raises(CorrectionError, match="1 to 32 of the letters"):
        write_queue(folder, "../anna", 0, False, False)


def test_a_folder_without_photos_is_refused(tmp_path):
    with pytest.raises(DataSetError, match="no photo in this folder"):
        write_queue(tmp_path, "anna", 0, False, False)


def test_a_damaged_queue_is_named_and_left_as_it_is(folder):
    file = folder / "reader_anna" / "queue.json"
    file.parent.mkdir()
    file.write_text("{")

    with pytest.raises(FijiError, match=r"queue\.json: is no queue"):
        write_queue(folder, "anna", 0, False, False)
    assert file.read_text() == "{"


def test_nothing_is_read_before_the_first_session(folder):
    work = collect(folder, "anna")

    assert set(work.states.values()) == {"unread"}
    assert (work.seconds, work.drafts) == ({}, 0)


def test_what_was_read_is_collected_from_the_files(folder):
    room = folder / "reader_anna"
    room.mkdir()
    (room / "P1.zip").write_bytes(b"a set")
    (room / "P2.zip").write_bytes(b"a set")
    (room / "readings.csv").write_text(
        'photo,state,reason\nP1,outlined,\nP3,no erythema,\nP4,unusable,"blurred, dark"\n'
    )
    (room / "session.csv").write_text(
        HEADER
        + "P1,2026-11-26T10:00:00Z,30.5,next,outlined,,yes,1,2,3,4\n"
        + "P2,2026-11-26T10:01:00Z,10.0,next,outlined,,no,0,0,0,1\n"
        + "P1,2026-11-26T10:02:00Z,4.5,back,outlined,,no,7,0,0,0\n"
        + "P5,2026-11-26T10:03:00Z,1.0,skip,unread,,yes,2,0,0,0\n"
    )

    work = collect(folder, "anna")

    assert work.states == {
        "P1": "outlined",
        "P2": "outlined",
        "P3": "no erythema",
        "P4": "unusable",
        "P5": "unread",
        "P6": "unread",
    }
    assert work.seconds == {"P1": 35.0, "P2": 10.0, "P5": 1.0}
    assert work.drafts == 1  # P5's was not taken over
    assert work.outlines == {"unchanged": 1, "corrected": 2, "removed": 3, "drawn": 4}


def test_a_row_that_a_power_cut_ended_early_is_left_out(folder):
    room = folder / "reader_anna"
    room.mkdir()
    row = "P1,2026-11-26T10:00:00Z,30.5,next,unread,,no,0,0,0,0\n"
    (room / "session.csv").write_text(HEADER + row + "P2,2026-11-26T10:01:00Z,1")

    assert collect(folder, "anna").seconds == {"P1": 30.5}


def test_a_session_log_that_is_another_table_is_named(folder):
    room = folder / "reader_anna"
    room.mkdir()
    (room / "session.csv").write_text("name,age\nanna,9\n")

    with pytest.raises(FijiError, match=r"session\.csv: is no session log"):
        collect(folder, "anna")
