"""The files by which `erythema annotate` and the plugin understand each other."""

import json

import pytest
from PIL import Image

from erythema.datasets.corrections import CorrectionError
from erythema.datasets.folder import DataSetError
from erythema.fiji import FijiError
from erythema.fiji.queue import Queue, collect, is_blind, reader_folder, shuffled, write_queue

HEADER = "photo,opened,seconds,step,state,reason,draft,unchanged,corrected,removed,drawn\n"


@pytest.fixture
def folder(tmp_path):
    """A folder with the photos P1 to P6."""
    for number in range(1, 7):
        Image.new("RGB", (8, 8)).save(tmp_path / f"P{number}.png")
    return tmp_path


def queue_of(folder):
    return json.loads((folder / "reader_anna" / "queue.json").read_text())


def test_the_order_has_every_photo_once_and_comes_from_the_seed(folder):
    order = shuffled(folder, "anna", seed=1)

    assert sorted(order) == ["P1", "P2", "P3", "P4", "P5", "P6"]
    assert order != sorted(order)
    assert shuffled(folder, "Anna", seed=1) == order
    assert shuffled(folder, "anna", seed=2) != order


def test_a_queue_keeps_its_order_and_new_photos_come_after(folder):
    before = shuffled(folder, "anna", seed=1)
    write_queue(folder, "anna", Queue(before))
    (folder / f"{before[0]}.png").unlink()
    Image.new("RGB", (8, 8)).save(folder / "P0.png")

    assert shuffled(folder, "anna", seed=9) == [*before[1:], "P0"]


def test_the_queue_says_how_photos_are_shown(folder):
    write_queue(folder, "Anna", Queue(["P2", "P1"], blind=True, drafts=True, beside=folder / "b"))

    assert queue_of(folder) == {
        "photos": ["P2", "P1"],
        "blind": True,
        "drafts": True,
        "beside": str(folder / "b"),
    }


def test_capitals_of_a_reader_are_folded(folder):
    assert reader_folder(folder, "ANNA") == folder / "reader_anna"


def test_a_name_that_is_no_readers_is_refused(folder):
    with pytest.raises(CorrectionError, match="1 to 32 of the letters"):
        shuffled(folder, "../anna", 0)


def test_the_name_of_the_consensus_is_no_readers(folder):
    with pytest.raises(FijiError, match="name the reader another way"):
        shuffled(folder, "Consensus", 0)


def test_a_folder_without_photos_is_refused(tmp_path):
    with pytest.raises(DataSetError, match="no photo in this folder"):
        shuffled(tmp_path, "anna", 0)


def test_a_damaged_queue_is_named_and_left_as_it_is(folder):
    file = folder / "reader_anna" / "queue.json"
    file.parent.mkdir()
    file.write_text("{")

    with pytest.raises(FijiError, match=r"queue\.json: is no queue"):
        shuffled(folder, "anna", 0)
    assert file.read_text() == "{"


def test_a_queue_says_whether_it_is_blind(folder):
    assert not is_blind(folder, "anna")
    write_queue(folder, "anna", Queue(["P1"], blind=True))
    assert is_blind(folder, "anna")


def test_each_reader_has_an_order_of_their_own(folder):
    assert shuffled(folder, "anna", 0) != shuffled(folder, "ben", 0)


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


def test_photos_that_were_read_and_not_left_by_next_are_unfinished(folder):
    room = folder / "reader_anna"
    room.mkdir()
    (room / "P1.zip").write_bytes(b"a set")
    (room / "P2.zip").write_bytes(b"a set")
    (room / "unfinished.txt").write_text("P2\nP3\ngone")  # nothing is said of P3

    assert collect(folder, "anna").unfinished == ["P2"]


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
