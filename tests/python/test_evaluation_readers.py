"""Readers of a data set against each other and a network, and their consensus."""

import json
import shutil

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from hypothesis.extra.numpy import arrays
from tiny_data_sets import save_outlines, save_photo, save_table

pytest.importorskip("scipy", reason="evaluation needs the extra 'evaluate'")

from erythema.datasets.folder import list_readers, read_folder, read_mask
from erythema.datasets.identity import sha256
from erythema.evaluation.conclusions import EvaluationError
from erythema.evaluation.consensus import Method, combiner, majority
from erythema.evaluation.leaks import LeakError
from erythema.evaluation.readers import compare_readers
from erythema.evaluation.tolerance import readers_tolerance
from erythema.segmentation.roi_set import Roi, read_rois, write_rois

PATCH, UPPER_HALF, ELSEWHERE = (20, 10, 50, 30), (20, 10, 50, 20), (2, 35, 12, 45)
METHODS = [Method.MAJORITY, Method.STAPLE]


@pytest.fixture
def folder(tmp_path):
    """Photos P1 to P5, each of a patient of its own; nobody has read them."""
    folder = tmp_path / "photos"
    for number in range(1, 6):
        save_photo(folder / f"P{number}.png", PATCH, skin=(204, 204 - number, 153))
    save_table(folder / "photos.csv", "photo,patient", *(f"P{n},patient {n}" for n in range(1, 6)))
    return folder


@pytest.fixture
def reads(folder):
    """A reader reads photos: rectangles, or a state."""

    def reads(reader, **photos):
        room = folder / f"reader_{reader}"
        rows = []
        for photo, said in photos.items():
            if isinstance(said, str):
                rows.append(f"{photo},{said},")
            else:
                save_outlines(room / f"{photo}.zip", *said)
        save_table(room / "readings.csv", "photo,state,reason", *rows)

    return reads


def agreed(folder, method=Method.MAJORITY):
    """What the consensus says of each photo, and why."""
    found = compare_readers(folder, method=method).consensus
    return {one.photo: (one.state, one.why) for one in found}


def test_two_readers_are_compared_on_the_photos_that_both_read(folder, reads):
    reads("anna", P1=[PATCH], P2=[PATCH], P3="no erythema", P4=[PATCH])
    reads("ben", P1=[UPPER_HALF], P2=[PATCH], P3="no erythema", P5=[PATCH])
    (pair,) = compare_readers(folder).pairs
    assert pair.raters == ["reader anna", "reader ben"]
    assert (pair.photos, pair.patients, pair.without_erythema) == (3, 3, 1)
    assert (pair.dice.value, pair.dice.of) == (pytest.approx((2 / 3 + 1) / 2), 2)


def test_a_reaction_is_a_unit_and_so_is_a_photo_without_any(folder, reads):
    reads("anna", P1=[PATCH, ELSEWHERE], P2="no erythema", P3=[PATCH])
    reads("ben", P1=[PATCH], P2="no erythema", P3="no erythema")
    found = compare_readers(folder).pairs[0].reactions
    assert (found.units, found.present, found.absent, found.agreement) == (4, 1, 1, 0.5)


def test_areas_are_those_of_photos(folder, reads):
    reads("anna", **{f"P{n}": [(0, 0, 10 * n, 10)] for n in range(1, 6)})
    reads("ben", **{f"P{n}": [(0, 0, 10 * n, 20)] for n in range(1, 6)})
    areas = compare_readers(folder).pairs[0].areas
    assert np.exp(areas.bland_altman_log.bias) == pytest.approx(2)  # ben / anna
    assert areas.bland_altman_raw.differences == (100, 200, 300, 400, 500)
    assert areas.icc.photos == 5


def test_three_readers_are_compared_in_pairs_and_together(folder, reads):
    reads("anna", P1=[PATCH], P2=[PATCH])
    reads("ben", P1=[PATCH], P2=[UPPER_HALF])
    reads("cleo", P1=[PATCH, ELSEWHERE], P4=[PATCH])
    found = compare_readers(folder)
    assert [one.photos for one in found.pairs] == [2, 1, 1]
    assert found.all_readers.photos == 1
    reactions = found.all_readers.reactions
    assert (reactions.units, reactions.present) == (2, 1)


def test_readers_without_a_photo_in_common_are_named(folder, reads):
    reads("anna", P1=[PATCH])
    reads("ben", P1=[PATCH], P2=[PATCH])
    reads("cleo", P2=[PATCH])
    found = compare_readers(folder)
    assert len(found.pairs) == 2
    assert "reader anna and reader cleo have no photo in common." in found.warnings


def test_photos_that_need_a_third_look_come_worst_first_with_the_reasons(folder, reads):
    reads("anna", P1=[PATCH], P2=[PATCH], P3=[PATCH, ELSEWHERE], P4=[PATCH], P5=[PATCH])
    reads("ben", P1=[UPPER_HALF], P2="no erythema", P3=[PATCH], P4="unusable", P5=[PATCH])
    both = "(reader anna and reader ben)"
    assert [(one.photo, one.reasons) for one in compare_readers(folder).third_look] == [
        ("P4", ["outlined: anna; unusable: ben"]),
        ("P2", ["outlined: anna; no erythema: ben", f"Dice 0.000 {both}"]),
        ("P1", [f"Dice 0.667 {both}"]),
        ("P3", ["reactions: 2 by reader anna, 1 by reader ben", f"Dice 0.923 {both}"]),
    ]


def test_as_many_reactions_in_other_places_are_a_reason(folder, reads):
    reads("anna", P1=[PATCH])
    reads("ben", P1=[ELSEWHERE])
    (look,) = compare_readers(folder).third_look
    assert look.reasons[0] == "not the same reactions"


def test_a_network_is_compared_with_each_reader(folder, reads, redness_network):
    reads("anna", P1=[PATCH], P2=[PATCH])
    reads("ben", P1=[UPPER_HALF])
    found = compare_readers(folder, redness_network)
    dice = {tuple(one.raters): one.dice.value for one in found.pairs}
    name = "network redness, version 1"
    assert dice["reader anna", name] == 1
    assert dice["reader ben", name] == pytest.approx(2 / 3)
    assert (found.network["name"], found.all_readers) == ("redness", None)
    assert [one.photo for one in found.third_look] == ["P1"]  # about readers only


def test_a_network_that_was_trained_on_these_photos_is_refused_or_told(
    folder, reads, redness_network, tmp_path
):
    reads("anna", P1=[PATCH])
    reads("ben", P1=[PATCH])
    network = shutil.copytree(redness_network, tmp_path / "trained")
    manifest = json.loads((network / "manifest.json").read_text("utf-8"))
    manifest["training_photos"] = [sha256(folder / "P1.png")]
    (network / "manifest.json").write_text(json.dumps(manifest), "utf-8")
    with pytest.raises(LeakError, match="was trained on 1 of these 1 photos"):
        compare_readers(folder, network)
    found = compare_readers(folder, network, allow_overlap=True)
    assert found.trained_on == ["P1"]
    assert [one.trained_on for one in found.photos] == [False, True, True]


@pytest.mark.parametrize(
    ("readers", "says"),
    [
        ([], "has no readers"),
        (["anna"], "has one reader only, anna"),
        (["anna", "consensus"], "has one reader only, anna"),
    ],
)
def test_one_reader_agrees_with_nobody(folder, reads, readers, says):
    for reader in readers:
        reads(reader, P1=[PATCH])
    with pytest.raises(EvaluationError, match=says):
        compare_readers(folder)


def test_readers_of_different_photos_cannot_be_compared(folder, reads):
    reads("anna", P1=[PATCH], P2="unusable")
    reads("ben", P2=[PATCH])
    with pytest.raises(EvaluationError, match="no photo in common"):
        compare_readers(folder)


@pytest.mark.parametrize("method", METHODS)
@given(mask=arrays(bool, (6, 7)), readers=st.integers(2, 5))
@settings(deadline=None, max_examples=25)
def test_the_consensus_of_identical_masks_is_that_mask(method, mask, readers):
    mask[3, 3] = True
    padded = np.pad(mask, 7)
    assert np.array_equal(combiner(method)([padded] * readers), padded)


@pytest.mark.parametrize("method", METHODS)
def test_the_consensus_of_identical_readers_is_what_they_drew(folder, reads, method):
    for reader in ("anna", "ben"):
        reads(reader, P1=[PATCH, ELSEWHERE], P2="no erythema", P3="unusable")
    compare_readers(folder, method=method)
    drawn, found = (
        {entry.id: entry for entry in read_folder(folder, reader).entries}
        for reader in ("anna", "consensus")
    )
    assert [one.state for one in found.values()] == [one.state for one in drawn.values()]
    differing = read_mask(found["P1"], (48, 64)) ^ read_mask(drawn["P1"], (48, 64))
    assert differing.sum() <= 8  # the eight corners are rounded


@pytest.mark.parametrize("method", METHODS)
def test_two_readers_outvote_a_third(folder, reads, method):
    reads("anna", P1=[PATCH], P2=[PATCH], P3=[PATCH, ELSEWHERE], P4="unusable")
    reads("ben", P1=[PATCH], P2="no erythema", P3=[PATCH], P4="unusable")
    reads("cleo", P1=[UPPER_HALF], P2="no erythema", P3=[PATCH], P4=[PATCH])
    states = {photo: state for photo, (state, _) in agreed(folder, method).items()}
    assert states == {"P1": "outlined", "P2": "no erythema", "P3": "outlined", "P4": "unusable"}
    room = folder / "reader_consensus"
    assert not (room / "P2.zip").exists()
    (whole,) = read_rois(room / "P1.zip")
    assert abs(np.ptp(whole.outlines[0], axis=0) - [30, 20]).max() == 0
    assert len(read_rois(room / "P3.zip")) == 1


def test_the_outlines_say_whose_consensus_they_are_and_keep_the_site_s_name(folder, reads):
    for reader in ("anna", "ben"):
        reads(reader, P1=[PATCH])
        path = folder / f"reader_{reader}/P1.zip"
        write_rois(path, [Roi("histamine", roi.outlines, {}) for roi in read_rois(path)])
    agreed(folder, Method.STAPLE)
    (roi,) = read_rois(folder / "reader_consensus/P1.zip")
    assert roi.name == "histamine"
    assert roi.properties == {
        "erythema.role": "erythema",
        "erythema.source": "consensus",
        "erythema.consensus": "staple",
        "erythema.readers": "anna,ben",
    }


def test_a_tie_and_one_reader_alone_are_no_consensus(folder, reads):
    reads("anna", P1=[PATCH], P2=[PATCH, ELSEWHERE], P3=[PATCH], P4="unusable", P5=[PATCH])
    reads("ben", P1="no erythema", P2=[PATCH], P4=[PATCH], P5=[UPPER_HALF])
    assert agreed(folder) == {
        "P1": (None, "no majority: outlined: anna; no erythema: ben"),
        "P2": (None, "no majority for a reaction at x 6, y 40: drawn by anna only"),
        "P3": (None, "read by anna alone"),
        "P4": (None, "no majority: outlined: ben; unusable: anna"),
        "P5": ("outlined", "majority of anna, ben"),
    }
    entries = read_folder(folder, "consensus").entries
    assert [one.state for one in entries] == ["unread"] * 4 + ["outlined"]


def test_of_an_even_number_a_pixel_of_half_of_the_readers_is_outside():
    one, other = np.array([[True, True, False]]), np.array([[False, True, True]])
    assert majority([one, other]).tolist() == [[False, True, False]]


def test_an_earlier_consensus_is_kept_as_a_dated_copy_and_none_is_made_of_the_same(folder, reads):
    reads("anna", P1=[PATCH], P2=[PATCH])
    reads("ben", P1=[PATCH], P2=[PATCH])
    agreed(folder)
    agreed(folder)
    earlier = folder / "reader_consensus/earlier"
    assert not earlier.exists()
    first = {
        photo: (folder / f"reader_consensus/{photo}.zip").read_bytes() for photo in ("P1", "P2")
    }
    reads("ben", P1=[UPPER_HALF], P2=[ELSEWHERE])
    agreed(folder)
    assert {path.name.split(".")[0]: path.read_bytes() for path in earlier.iterdir()} == first
    states = {one.id: one.state for one in read_folder(folder, "consensus").entries}
    assert (states["P1"], states["P2"]) == ("outlined", "unread")


def test_a_consensus_is_no_reader_of_its_own(folder, reads):
    reads("anna", P1=[PATCH])
    reads("ben", P1=[UPPER_HALF])
    before = readers_tolerance([read_folder(folder, "anna")])
    agreed(folder)
    assert list_readers(folder) == ["anna", "ben", "consensus"]
    assert [one["reader"] for one in compare_readers(folder).readers] == ["anna", "ben"]
    assert readers_tolerance([read_folder(folder, "anna")]) == before
