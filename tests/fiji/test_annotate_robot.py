"""A robot plays an expert who draws with the mouse through `erythema annotate`."""

import random
from pathlib import Path

import pytest
from expert import BACK, NEXT, Expert, corners
from robot_imagej import alike

from erythema.datasets.folder import read_folder
from erythema.samples import sample_photos
from erythema.segmentation.network import default_network_folder

SHARED = sorted((Path(__file__).parents[3] / "shared" / "photos" / "protocol").glob("*.jpg"))
KILLS = 20
NO_FAULTS = {
    "missing: each photo counts as its own patient",
    "unread: neither a reading nor outlines",
}

needs_photos = pytest.mark.skipif(
    not SHARED, reason="the photos of ../shared are not on this machine"
)

TRIANGLE = "draw", [[15, 15], [25, 16], [20, 26]]
SQUARE = "draw", [[40, 30], [52, 30], [52, 42], [40, 42]]
KITE = "draw", [[30, 52], [36, 58], [30, 66], [24, 58]]
OUTLINES = TRIANGLE, SQUARE, KITE
NO_ERYTHEMA, CLOSE = ("say_no_erythema",), ("close",)


@needs_photos
@pytest.mark.parametrize("which", ["ImageJ", pytest.param("Fiji", marks=pytest.mark.fiji)])
def test_the_files_are_what_an_expert_drew_before_and_after_a_pause(
    which, tmp_path, display, plugin, request
):
    fiji = str(request.getfixturevalue("fiji_folder")) if which == "Fiji" else ""
    expert = Expert(tmp_path, SHARED[:5], display, fiji)

    first = expert.play(TRIANGLE, NEXT, SQUARE, BACK, KITE, NEXT, NEXT, SQUARE, TRIANGLE, CLOSE)

    assert "5 photos: 3 outlined, 0 no erythema, 0 unusable, 2 unread" in first.stdout, first.stderr
    order, drawn = expert.order(), expert.notes("saved")
    assert [len(drawn[photo]) for photo in order[:3]] == [2, 1, 2]
    assert expert.outlines() == drawn

    assert "1 not finished" in first.stdout

    second = expert.play(NEXT, KITE, NEXT, TRIANGLE, NEXT)

    assert "5 photos: 5 outlined" in second.stdout, second.stderr
    drawn.update(expert.notes("saved"))
    assert expert.outlines() == drawn
    assert sorted(drawn) == sorted(order)
    assert {entry.state for entry in read_folder(expert.folder, "anna").entries} == {"outlined"}
    assert [visit[:2] for visit in expert.visits()] == [
        [order[0], "next"],
        [order[1], "back"],
        [order[0], "next"],
        [order[1], "next"],
        [order[2], "close"],
        [order[2], "next"],
        [order[3], "next"],
        [order[4], "next"],
    ]


def test_a_draft_is_taken_as_it_is_or_corrected(tmp_path, display, plugin):
    expert = Expert(tmp_path, sample_photos(), display)
    draft = ["--draft", str(default_network_folder())]

    see_draft = ("see", "draft: 1")
    script = [see_draft, NEXT, see_draft, ("drag", 0, 0, -30, 20), NEXT, see_draft, TRIANGLE, NEXT]

    run = expert.play(*script, options=draft)

    assert "3 photos: 3 outlined" in run.stdout, run.stderr
    assert "3 photos began with a draft" in run.stdout
    # Outlines of the draft unchanged, corrected and removed, and those drawn beside.
    assert [visit[1:] for visit in expert.visits()] == [
        ["next", "outlined", "", "yes", "1", "0", "0", "0"],
        ["next", "outlined", "", "yes", "0", "1", "0", "0"],
        ["next", "outlined", "", "yes", "1", "0", "0", "1"],
    ]
    first, second, third = expert.order()
    drafts = {photo: corners(expert.reader / f"drafts/{photo}.zip") for photo in expert.order()}
    assert expert.outlines()[first] == drafts[first]
    assert expert.outlines()[second] == expert.notes("saved")[second]
    assert expert.outlines()[second][0][1:] == drafts[second][0][1:]
    assert expert.outlines()[third][:-1] == drafts[third]
    assert expert.outlines()[third] == expert.notes("saved")[third]


def test_a_review_keeps_what_was_corrected(tmp_path, display, plugin):
    expert = Expert(tmp_path, sample_photos(), display)
    draft = ["--draft", str(default_network_folder())]
    expert.play(*[("see", "draft: 1"), NEXT] * 2, ("say_no_erythema",), NEXT, options=draft)
    store = tmp_path / "corrections"

    script = [
        ("see", "<html>No erythema was seen here: N accepts that"),
        NEXT,
    ]  # the network found one, so it comes first
    script += [("see", "draft: 1"), ("drag", 0, 0, -30, 20), NEXT, ("see", "draft: 1"), NEXT]
    keep = ["--corrections", store]
    run = expert.play(*script, reader="ben", reviews="anna", options=keep)

    assert "2 accepted, 1 corrected, 0 left" in run.stdout, run.stderr
    (kept,) = (store / "reader_ben").glob("*.zip")
    assert corrections_of(expert, "ben") == [corners(kept)]


def corrections_of(expert, reviewer):
    """The outlines of the one photo that a reviewer made something else of."""
    anna = {file.name: corners(file) for file in expert.folder.glob("reader_anna/*.zip")}
    files = expert.folder.glob(f"reader_{reviewer}/*.zip")
    return [corners(file) for file in files if corners(file) != anna[file.name]]


def test_esc_in_imagejs_own_window_is_no_error(tmp_path, display, plugin):
    expert = Expert(tmp_path, sample_photos(), display)

    run = expert.play(TRIANGLE, ("press_escape",), CLOSE)

    assert run.returncode == 0, run.stderr
    assert "3 photos: 1 outlined" in run.stdout


@pytest.mark.parametrize("question", [[], [("press_button", "Unusable... (U)")]])
def test_ctrl_c_leaves_the_photo_as_closing_does(question, tmp_path, display, plugin):
    expert = Expert(tmp_path, sample_photos(), display)

    expert.play(TRIANGLE, *question, ("press_ctrl_c",))

    assert expert.outlines() == expert.notes("saved")
    assert [visit[:3] for visit in expert.visits()] == [[expert.order()[0], "close", "outlined"]]


@needs_photos
def test_killed_at_20_moments_no_outline_is_lost_or_half_written(tmp_path, display, plugin):
    moments = random.Random(0)
    expert = Expert(tmp_path, SHARED[:12], display)
    for number in range(KILLS):
        reader = f"reader-{number // 4}"  # three photos a time: the fourth time has some left
        triangle, square, kite = (in_quarter(number % 4, shape) for shape in OUTLINES)
        script = [triangle, NO_ERYTHEMA, square, NEXT, kite, BACK, triangle, NEXT, square, NEXT]
        before = saved_before(expert, reader)
        dies = "die", moments.uniform(0, 300)
        at = moments.randrange(len(script))

        run = expert.play(*script[:at], dies, *script[at:], reader=reader)

        assert "ImageJ ended early (exit code -9)" in run.stderr
        check_that_nothing_is_lost(expert, before)
        data_set = read_folder(expert.folder, reader)
        assert len(data_set.entries) == 12
        assert {problem.message for problem in data_set.problems} <= NO_FAULTS


def in_quarter(quarter, drawing):
    """A drawing at half its size in a quarter of the photo, so that none is on another one."""
    action, corners = drawing
    right, down = 50 * (quarter % 2), 50 * (quarter // 2)
    return action, [[right + x // 2, down + y // 2] for x, y in corners]


def saved_before(expert, reader):
    """What the reader's files hold of each photo before the robot begins anew."""
    expert.reader = expert.folder / f"reader_{reader}"
    return expert.outlines()


def check_that_nothing_is_lost(expert, before):
    """Each photo has what was saved last, or what was about to be; nothing goes without a copy."""
    found, saved, begun = expert.outlines(), expert.notes("saved"), expert.notes("ends")
    for photo in {*before, *saved, *begun, *found}:
        last = saved.get(photo, before.get(photo, []))
        now = found.get(photo, [])
        assert now == last or alike(now, begun[photo]), photo
        assert all(outline in now + expert.earlier(photo) for outline in last), photo
