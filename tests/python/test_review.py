"""A second look at a reader's outlines beside a network's."""

from pathlib import Path

import pytest
from tiny_data_sets import save_outlines, save_photo, save_table

from erythema.batch.segment import photos_left, segment_photos
from erythema.datasets.folder import REVIEWED, list_persons, read_folder, read_reasons
from erythema.fiji import FijiError
from erythema.fiji.queue import Queue
from erythema.fiji.review import Outcome, keep_corrections, prepare_review
from erythema.segmentation.engines import open_engine
from erythema.segmentation.network import load_network
from erythema.segmentation.roi_set import read_rois

RED = (10, 10, 30, 30)


@pytest.fixture
def engine(redness_network):
    return open_engine(load_network(redness_network), "openvino")


@pytest.fixture
def draft(folder, engine):
    """Makes the network's outlines as the command does."""

    def make(photos, out):
        files = {photo: folder / f"{photo}.png" for photo in photos}
        for result in segment_photos(photos_left(files, engine, out), engine, out):
            yield result.photo

    return make


@pytest.fixture
def folder(tmp_path):
    """Three photos with a red square: reader a drew it, beside it, and not at all."""
    for photo in ("alike", "beside", "none"):
        save_photo(tmp_path / f"{photo}.png", RED)
    save_outlines(tmp_path / "reader_a" / "alike.zip", RED)
    save_outlines(tmp_path / "reader_a" / "beside.zip", (40, 10, 60, 30))
    save_table(tmp_path / "reader_a" / "readings.csv", "photo,state,reason", "none,no erythema,")
    return tmp_path


def test_the_least_alike_come_first_with_the_networks_outlines_beside(folder, draft):
    queue = prepare_review(folder, "a", "eve", draft)

    room = folder / "reader_eve"
    assert sorted(queue.photos[:2]) == ["beside", "none"]
    assert queue == Queue([*queue.photos[:2], "alike"], drafts=True, beside=Path(REVIEWED))
    assert all((room / REVIEWED / f"{photo}.zip").exists() for photo in queue.photos)


def test_the_readers_outlines_are_the_drafts(folder, draft):
    prepare_review(folder, "a", "eve", draft)

    drafts = folder / "reader_eve" / "drafts"
    (draft,) = read_rois(drafts / "beside.zip")
    assert draft.outlines[0].tolist() == [[40, 10], [60, 10], [60, 30], [40, 30]]
    assert (drafts / "photos.csv").read_text().splitlines() == [
        "photo,status,reactions,message",
        "alike,segmented,1,",
        "beside,segmented,1,",
        "none,segmented,0,",
    ]


def test_only_what_the_reviewer_changed_is_kept_as_a_correction(folder, engine, draft):
    prepare_review(folder, "a", "eve", draft)
    room = folder / "reader_eve"
    save_outlines(room / "alike.zip", RED)
    save_outlines(room / "beside.zip", RED)
    store = folder.parent / f"{folder.name}-store"

    outcome = keep_corrections(folder, "a", "eve", engine.network, store)

    assert outcome == Outcome(accepted=1, corrected=1, left=1)
    (kept,) = read_folder(store, "eve").entries
    (outline,) = read_rois(kept.outlines)
    assert outline.outlines[0].tolist() == [[10, 10], [30, 10], [30, 30], [10, 30]]
    readings = (store / "reader_eve" / "readings.csv").read_text()
    assert f",redness,{engine.network.version},{engine.network.hash}" in readings


def test_a_correction_keeps_the_reviewers_reason(folder, engine, draft):
    prepare_review(folder, "a", "eve", draft)
    save_table(
        folder / "reader_eve" / "readings.csv", "photo,state,reason", "beside,unusable,blurred"
    )
    store = folder.parent / f"{folder.name}-store"

    keep_corrections(folder, "a", "eve", engine.network, store)

    assert list(read_reasons(store, "eve").values()) == ["blurred"]


def test_what_was_not_finished_is_left(folder, engine, draft):
    prepare_review(folder, "a", "eve", draft)
    save_outlines(folder / "reader_eve" / "beside.zip", RED)
    (folder / "reader_eve" / "unfinished.txt").write_text("beside")
    store = folder.parent / f"{folder.name}-store"

    assert keep_corrections(folder, "a", "eve", engine.network, store) == Outcome(0, 0, 3)


def test_a_correction_that_was_taken_back_leaves_the_store(folder, engine, draft):
    prepare_review(folder, "a", "eve", draft)
    store = folder.parent / f"{folder.name}-store"
    corrected = folder / "reader_eve" / "beside.zip"
    save_outlines(corrected, RED)
    keep_corrections(folder, "a", "eve", engine.network, store)
    corrected.write_bytes((folder / "reader_a" / "beside.zip").read_bytes())

    assert keep_corrections(folder, "a", "eve", engine.network, store) == Outcome(1, 0, 2)
    assert list((store / "reader_eve").glob("*.zip")) == []


def test_outlines_that_a_reader_took_back_are_no_draft_any_more(folder, draft):
    prepare_review(folder, "a", "eve", draft)
    (folder / "reader_a" / "alike.zip").unlink()
    save_table(
        folder / "reader_a" / "readings.csv",
        *("photo,state,reason", "none,no erythema,", "alike,no erythema,"),
    )

    prepare_review(folder, "a", "eve", draft)

    assert not (folder / "reader_eve" / "drafts" / "alike.zip").exists()


def test_nothing_is_stored_before_the_reviewer_has_begun(folder, engine, draft):
    prepare_review(folder, "a", "eve", draft)
    store = folder.parent / f"{folder.name}-store"

    assert keep_corrections(folder, "a", "eve", engine.network, store) == Outcome(0, 0, 3)
    assert not store.exists()


def test_a_second_time_only_photos_that_are_new_are_segmented(folder, draft):
    prepare_review(folder, "a", "eve", draft)
    save_photo(folder / "new.png", RED)
    save_outlines(folder / "reader_a" / "new.zip", RED)
    segmented = []

    queue = prepare_review(folder, "a", "eve", draft, lambda done, total: segmented.append(done))

    assert segmented == [1]
    assert sorted(queue.photos) == ["alike", "beside", "new", "none"]


def test_outlines_of_the_reviewers_own_are_no_review(folder, draft):
    save_outlines(folder / "reader_eve" / "alike.zip", RED)

    with pytest.raises(FijiError, match="eve has outlines of these photos that are no review"):
        prepare_review(folder, "a", "eve", draft)


def test_a_reviewer_is_no_reader_who_read_for_themselves(folder, draft):
    prepare_review(folder, "a", "eve", draft)

    assert list_persons(folder) == ["a"]


def test_nobody_reviews_what_has_the_same_name(folder, draft):
    with pytest.raises(FijiError, match="name the reviewer another way"):
        prepare_review(folder, "a", "A", draft)
