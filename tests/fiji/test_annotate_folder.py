"""A reader at work in Annotate folder...: mouse and keys in, files out."""

import csv
import json
import re
import shutil
import threading
from contextlib import suppress

import numpy as np
import pytest

from erythema.fiji import FijiError
from erythema.fiji.annotate_imagej import panel
from erythema.fiji.bridge import java_class, on_event_thread, post
from erythema.samples import sample_photos
from erythema.segmentation.roi_set import Roi, digest, read_rois, write_rois

SQUARE = [(100, 100), (200, 100), (200, 200), (100, 200)]
OTHER = [(300, 300), (400, 300), (350, 400)]
DRAFT = [(50, 50), (150, 50), (150, 150), (50, 150)]
DOUBLE_CLICK = 300  # ms within which ImageJ takes a second click to mean the outline under it
REPETITION = 40  # ms within which a key that comes again was held


class Reader:
    """Mouse and keys of a person whose session runs in ImageJ."""

    def __init__(self, folder, name="anna"):
        self.folder = folder
        self.files = folder / f"reader_{name}"
        options = f"input=[{folder}] reader={name}"
        self._released = {}
        self._running = threading.Thread(target=run, args=("Annotate folder...", options))
        self._running.start()
        self.wait_for_photo()

    # What the person sees.

    def says(self):
        """All text of the panel."""
        return on_event_thread(lambda: " | ".join(texts(panel())) if panel() else "")

    def wait_for(self, text):
        until(lambda: re.search(text, self.says()))

    def wait_for_photo(self, number=r"\d"):
        """Wait until a photo is shown, and its window gets the keys."""
        self.wait_for(f"Photo {number} of")
        manager_class = java_class("java.awt.KeyboardFocusManager")
        focus = manager_class.getCurrentKeyboardFocusManager()
        if image():
            until(lambda: focus.getFocusOwner() == image().getCanvas())

    def title(self):
        return str(image().getTitle())

    # What the person does.

    def draw(self, corners):
        """Click on each corner, and on the first one again."""
        for x, y in [*corners, corners[0]]:
            mouse("MOUSE_MOVED", x, y)
            mouse("MOUSE_PRESSED", x, y)
            mouse("MOUSE_RELEASED", x, y)
        settle()

    def drag(self, start, end):
        on_event_thread(lambda: image().getCanvas().paint(image().getCanvas().getGraphics()))
        began = now()
        until(lambda: now() - began > DOUBLE_CLICK)
        mouse("MOUSE_MOVED", *start)
        mouse("MOUSE_PRESSED", *start)
        mouse("MOUSE_DRAGGED", *end)
        mouse("MOUSE_RELEASED", *end)
        settle()

    def click(self, x, y):
        self.drag((x, y), (x, y))

    def key(self, letter):
        """Press a key in the photo's window."""
        until(lambda: now() - self._released.get(letter, 0) > REPETITION)
        post_key(letter)
        self._released[letter] = now()
        settle()

    def go(self, letter, number):
        """Leave the photo by a key, and wait for another one."""
        self.key(letter)
        self.wait_for_photo(number)

    def wait_until_saved(self, state=".*"):
        """Wait until the panel tells a state, and that it is saved."""
        self.wait_for(rf"\| {state} \| saved \|")

    def end(self):
        """Close the panel; the session ends."""
        if panel():
            event = java_class("java.awt.event.WindowEvent")
            post(event(panel(), event.WINDOW_CLOSING))
        self.wait_for_end()

    def wait_for_end(self):
        while self._running.is_alive():
            self._running.join()

    # What is on the disk.

    def outlines(self, photo):
        """Names, sources and corners of a photo's outlines."""
        path = self.files / f"{photo}.zip"
        if not path.exists():
            return None
        return {
            roi.name: (roi.properties["erythema.source"], corners_of(roi))
            for roi in read_rois(path)
        }

    def readings(self):
        return rows(self.files / "readings.csv")

    def log(self):
        return rows(self.files / "session.csv")

    def earlier(self):
        return sorted((self.files / "earlier").glob("*.zip"))


def run(command, options):
    """Run a command, which another macro's error may stop in the end."""
    with suppress(java_class("java.lang.RuntimeException")):
        java_class("ij.IJ").run(command, options)


def corners_of(roi):
    return [tuple(int(value) for value in corner) for corner in roi.outlines[0]]


def rows(table):
    with table.open(encoding="utf-8-sig", newline="") as file:
        return list(csv.DictReader(file))


def image():
    return java_class("ij.WindowManager").getCurrentImage()


def manager():
    return java_class("ij.plugin.frame.RoiManager").getInstance()


def texts(container):
    """The text of each label in a container, in the order in which they stand there."""
    found = []
    for component in container.getComponents():
        if isinstance(component, java_class("javax.swing.JLabel")):
            found.append(str(component.getText() or ""))
        elif isinstance(component, java_class("java.awt.Container")):
            found.extend(texts(component))
    return found


def now():
    return java_class("java.lang.System").currentTimeMillis()


def settle():
    """Let the event thread do what was posted, and what that posts."""
    for _ in range(3):
        on_event_thread(lambda: None)


def until(condition):
    while not condition():
        settle()


def post_key(letter):
    """Press a key in the photo's window; one that asks a question comes back before the answer."""
    event = java_class("java.awt.event.KeyEvent")
    code = getattr(event, f"VK_{letter}")
    where = image().getCanvas() if image() else panel()
    typed = letter.lower() if len(letter) == 1 else event.CHAR_UNDEFINED

    def press_and_release():
        for kind in (event.KEY_PRESSED, event.KEY_RELEASED):
            post(event(where, kind, now(), 0, code, typed))

    on_event_thread(press_and_release)  # at once: the press may take the window away


def mouse(kind, x, y):
    """A mouse event at a point of the photo."""
    canvas = image().getCanvas()
    event = java_class("java.awt.event.MouseEvent")
    held = java_class("java.awt.event.InputEvent").BUTTON1_DOWN_MASK
    down = held if kind in ("MOUSE_PRESSED", "MOUSE_DRAGGED") else 0
    button = event.NOBUTTON if kind in ("MOUSE_MOVED", "MOUSE_DRAGGED") else event.BUTTON1
    at = [round(canvas.screenXD(x + 0.3)), round(canvas.screenYD(y + 0.3))]
    post(event(canvas, getattr(event, kind), now(), down, *at, 1, False, button))
    settle()


@pytest.fixture
def folder(tmp_path):
    """A data set of three photos: a, b and c."""
    data_set = tmp_path / "arms"
    data_set.mkdir()
    for name, photo in zip("abc", sample_photos(), strict=True):
        shutil.copy(photo, data_set / f"{name}.jpg")
    return data_set


@pytest.fixture
def begin(imagej, folder):
    """A function that begins a session; what is left of it is ended after the test."""
    imagej.run_macro('roiManager("reset"); close("*");')
    # Not where another test put it: the photo's zoom depends on that, and what a click means on it.
    on_event_thread(lambda: java_class("ij.IJ").getInstance().setLocation(500, 0))
    readers = []

    def start(**options):
        readers.append(Reader(folder, **options))
        return readers[-1]

    yield start
    for reader in readers:
        reader.end()


def test_an_outline_drawn_with_the_mouse_is_saved_at_once_to_the_pixel(begin):
    reader = begin()
    reader.draw(SQUARE)
    reader.wait_until_saved()
    assert reader.outlines("a") == {"erythema 1": ("reader", SQUARE)}
    assert reader.readings() == [{"photo": "a", "state": "outlined", "reason": ""}]


def test_a_second_outline_gets_the_next_name(begin):
    reader = begin()
    reader.draw(SQUARE)
    reader.click(20, 20)  # deselects, as everywhere in ImageJ
    reader.draw(OTHER)
    reader.wait_until_saved("outlined: 2")
    assert reader.outlines("a")["erythema 2"] == ("reader", OTHER)


def test_a_dragged_corner_is_saved_without_update(begin):
    reader = begin()
    reader.draw(SQUARE)
    reader.wait_until_saved()
    reader.drag((200, 200), (220, 230))
    reader.wait_until_saved()
    moved = [(100, 100), (200, 100), (220, 230), (100, 200)]
    assert reader.outlines("a") == {"erythema 1": ("reader", moved)}


def test_an_outline_that_is_begun_is_not_saved_and_keeps_the_photo(begin):
    reader = begin()
    for corner in SQUARE[:3]:
        reader.click(*corner)
    reader.key("N")
    reader.wait_for("Finish the outline first")
    assert reader.outlines("a") is None


def test_next_is_refused_where_nothing_is_said(begin):
    reader = begin()
    reader.key("N")
    reader.wait_for("Outline the erythema, or say No erythema")
    assert "Photo 1 of 3" in reader.says()


def test_no_erythema_moves_outlines_to_the_earlier_ones(begin):
    reader = begin()
    reader.draw(SQUARE)
    reader.wait_until_saved()
    reader.key("E")
    reader.wait_for("no erythema \\|")
    reader.go("N", 2)
    assert reader.outlines("a") is None
    assert reader.readings() == [{"photo": "a", "state": "no erythema", "reason": ""}]
    (copy,) = reader.earlier()
    assert re.fullmatch(r"a\.\d{8}T\d{6}Z\.zip", copy.name)
    assert corners_of(read_rois(copy)[0]) == SQUARE


def answer_question(text):
    """Type into the question that opens, and press OK."""
    pane_class = java_class("javax.swing.JOptionPane")

    def pane():
        for window in java_class("java.awt.Window").getWindows():
            if isinstance(window, java_class("javax.swing.JDialog")) and window.isShowing():
                return window.getContentPane().getComponent(0)
        return None

    until(lambda: on_event_thread(pane) is not None)
    found = on_event_thread(pane)
    on_event_thread(lambda: found.setInputValue(text))
    on_event_thread(lambda: found.setValue(pane_class.OK_OPTION))


def test_unusable_asks_for_the_reason(begin):
    reader = begin()
    post_key("U")
    answer_question("out of focus")
    reader.wait_for("unusable")
    reader.wait_until_saved()
    assert reader.readings() == [{"photo": "a", "state": "unusable", "reason": "out of focus"}]


def test_a_site_is_named(begin):
    reader = begin()
    reader.draw(SQUARE)
    post_key("R")
    answer_question("birch")
    until(lambda: str(manager().getRoi(0).getName()) == "birch")
    reader.wait_until_saved()
    assert reader.outlines("a") == {"birch": ("reader", SQUARE)}


def in_manager(command, *names):
    """Press a button of the ROI Manager with these ROIs selected in its list."""
    rois = [str(roi.getName()) for roi in manager().getRoisAsArray()]
    on_event_thread(lambda: manager().setSelectedIndexes([rois.index(name) for name in names]))
    event = java_class("java.awt.event.ActionEvent")
    click = event(manager(), event.ACTION_PERFORMED, command)
    on_event_thread(lambda: manager().actionPerformed(click))
    settle()


def test_two_outlines_of_one_site_keep_their_corners(begin):
    reader = begin()
    reader.draw(SQUARE)
    reader.wait_until_saved("outlined: 1")
    reader.click(20, 20)
    reader.draw(OTHER)
    reader.wait_until_saved("outlined: 2")
    for name in ("erythema 1", "erythema 2"):
        roi = next(one for one in manager().getRoisAsArray() if one.getName() == name)
        index = list(manager().getRoisAsArray()).index(roi)
        on_event_thread(lambda index=index: manager().rename(index, "birch"))
    until(lambda: "birch 2" in [str(one.getName()) for one in manager().getRoisAsArray()])
    in_manager("Select", "birch 2")
    reader.key("T")
    reader.go("N", 2)
    assert reader.outlines("a") == {"birch": ("reader", SQUARE), "birch 2": ("reader", OTHER)}


def test_what_is_deleted_in_the_roi_manager_goes_from_the_file(begin):
    reader = begin()
    reader.draw(SQUARE)
    reader.click(20, 20)
    reader.draw(OTHER)
    in_manager("Delete", "erythema 1")
    reader.wait_until_saved("outlined: 1")
    assert list(reader.outlines("a")) == ["erythema 2"]


def test_an_outline_that_is_still_selected_does_not_come_back_when_it_is_deleted(begin):
    reader = begin()
    reader.draw(SQUARE)
    reader.wait_until_saved()
    in_manager("Delete", "erythema 1")
    reader.wait_until_saved("unread")
    assert manager().getCount() == 0
    assert reader.outlines("a") is None
    assert reader.readings() == []


def test_undo_brings_a_deleted_outline_back(begin):
    reader = begin()
    reader.draw(SQUARE)
    reader.wait_until_saved()
    reader.key("DELETE")
    reader.wait_until_saved("unread")
    assert reader.outlines("a") is None
    reader.key("Z")
    reader.wait_until_saved("outlined: 1")
    assert reader.outlines("a") == {"erythema 1": ("reader", SQUARE)}


def test_update_by_hand_and_the_add_key_change_nothing_more(begin):
    reader = begin()
    reader.draw(SQUARE)
    reader.key("T")
    in_manager("Update", "erythema 1")
    reader.wait_until_saved()
    assert len(manager().getRoisAsArray()) == 1
    assert reader.outlines("a") == {"erythema 1": ("reader", SQUARE)}


def test_back_shows_the_photo_before_with_its_outlines(begin):
    reader = begin()
    reader.draw(SQUARE)
    reader.go("N", 2)
    assert reader.title() == "b.jpg"
    assert manager().getCount() == 0
    reader.go("B", 1)
    assert reader.title() == "a.jpg"
    assert [str(roi.getName()) for roi in manager().getRoisAsArray()] == ["erythema 1"]


def test_a_change_on_a_later_visit_keeps_a_dated_copy_once(begin):
    reader = begin()
    reader.draw(SQUARE)
    reader.go("N", 2)
    reader.go("B", 1)
    for corners in (OTHER, [(400, 100), (450, 100), (450, 150)]):
        reader.draw(corners)
        reader.click(20, 20)
    reader.wait_until_saved("outlined: 3")
    (copy,) = reader.earlier()
    assert corners_of(read_rois(copy)[0]) == SQUARE


def test_a_skipped_photo_stays_unread(begin):
    reader = begin()
    reader.go("K", 2)
    reader.end()
    assert not (reader.files / "readings.csv").exists()
    assert [(row["photo"], row["step"], row["state"]) for row in reader.log()] == [
        ("a", "skip", "unread"),
        ("b", "close", "unread"),
    ]


def test_the_next_session_begins_at_the_first_unread_photo(begin):
    reader = begin()
    reader.draw(SQUARE)
    reader.go("N", 2)
    reader.end()
    again = begin()
    again.wait_for("Photo 2 of 3")


def test_the_next_session_begins_with_a_photo_that_was_not_left_by_next(begin):
    reader = begin()
    reader.draw(SQUARE)
    reader.end()
    again = begin()
    again.wait_for("Photo 1 of 3 .*You left this photo unfinished")
    again.draw(OTHER)
    again.go("N", 2)
    assert len(again.outlines("a")) == 2
    assert (again.files / "unfinished.txt").read_text() == "b"


def test_next_leads_to_the_next_photo_that_is_not_finished(begin, folder):
    files = folder / "reader_anna"
    files.mkdir()
    (files / "readings.csv").write_text("photo,state\nb,no erythema\n")
    reader = begin()
    reader.key("E")
    reader.go("N", 3)
    reader.go("B", 2)  # which stays finished
    reader.end()
    assert (files / "unfinished.txt").read_text() == "c"


def test_letters_that_are_no_keys_of_the_session_do_nothing(begin):
    reader = begin()
    reader.draw(SQUARE)
    for letter in "WIHM":  # Close, Info, Histogram and Measure are ImageJ's
        reader.key(letter)
    assert [str(title) for title in java_class("ij.WindowManager").getImageTitles()] == ["a.jpg"]
    assert not java_class("ij.WindowManager").getNonImageTitles().length > 1  # the ROI Manager
    reader.key("E")
    reader.wait_until_saved("no erythema")


def test_a_folder_that_is_read_is_shown_again(begin, folder):
    files = folder / "reader_anna"
    files.mkdir()
    (files / "readings.csv").write_text("photo,state\na,no erythema\nb,unusable\nc,no erythema\n")
    reader = begin()
    assert reader.title() == "a.jpg"
    reader.draw(SQUARE)
    reader.go("N", 2)
    assert [row["state"] for row in reader.readings()] == ["outlined", "unusable", "no erythema"]


def test_lines_and_points_are_told_not_to_be_saved_and_go_with_the_photo(begin):
    reader = begin()
    reader.draw(SQUARE)
    line = java_class("ij.gui.Line")(10, 10, 90, 10)
    on_event_thread(lambda: manager().addRoi(line))
    reader.wait_for(r"outlined: 1 \(not saved: 1 that is no outline in the photo\)")
    reader.go("N", 2)
    assert manager().getCount() == 0


def test_an_outline_beside_the_photo_is_told_not_to_be_saved(begin):
    reader = begin()
    reader.draw(SQUARE)
    beside = java_class("ij.gui.Roi")(5000, 5000, 20, 20)
    on_event_thread(lambda: manager().addRoi(beside))
    reader.wait_until_saved(r"outlined: 1 \(not saved: 1 that is no outline in the photo\)")
    assert list(reader.outlines("a")) == ["erythema 1"]


def test_what_cannot_be_written_keeps_the_session_open_once(begin):
    reader = begin()
    reader.draw(SQUARE)
    reader.wait_until_saved("outlined: 1")
    in_the_way = reader.files / "a.zip.part" / "file"  # nothing can be written there and renamed
    in_the_way.parent.mkdir()
    in_the_way.touch()
    reader.click(20, 20)
    reader.draw(OTHER)
    event = java_class("java.awt.event.WindowEvent")
    post(event(panel(), event.WINDOW_CLOSING))
    reader.wait_for("Close it again to lose what is not saved")
    shutil.rmtree(in_the_way.parent)
    reader.end()
    assert sorted(reader.outlines("a")) == ["erythema 1", "erythema 2"]


def test_closing_the_photos_window_ends_the_session_with_all_saved(begin):
    reader = begin()
    reader.draw(SQUARE)
    event = java_class("java.awt.event.WindowEvent")
    post(event(image().getWindow(), event.WINDOW_CLOSING))
    reader.wait_for_end()
    assert reader.outlines("a") == {"erythema 1": ("reader", SQUARE)}
    assert [row["step"] for row in reader.log()] == ["close"]
    assert manager().getCount() == 0


def test_the_session_ends_when_all_is_read(begin):
    reader = begin()
    for number in (2, 3):
        reader.key("E")
        reader.go("N", number)
    reader.key("E")
    reader.key("N")
    reader.wait_for_end()
    assert [row["state"] for row in reader.log()] == ["no erythema"] * 3


@pytest.fixture
def draft(folder):
    """A network's outlines of photo a, for which the reader's queue waits."""
    drafts = folder / "reader_anna" / "drafts"
    drafts.mkdir(parents=True)
    (folder / "reader_anna" / "queue.json").write_text('{"photos": ["a"], "drafts": true}')
    found = []
    for name, corners in (("erythema 1", DRAFT), ("erythema 2", OTHER)):
        properties = {"erythema.source": "model", "erythema.digest": digest(corners)}
        found.append(Roi(name, [np.array(corners, float)], properties))

    def come():
        write_rois(drafts / "a.zip", found)
        (drafts / "photos.csv").write_text(
            "photo,status,reactions,message\r\na,segmented,2,\r\n", newline=""
        )

    return come


def test_a_draft_that_is_accepted_untouched_is_saved_as_it_is(begin, draft):
    draft()
    reader = begin()
    reader.wait_for("draft: 2")
    assert reader.outlines("a") is None
    reader.go("N", 2)
    assert reader.outlines("a") == {"erythema 1": ("model", DRAFT), "erythema 2": ("model", OTHER)}
    assert changes_in(reader.log()[0]) == ("yes", 2, 0, 0, 0)


def changes_in(row):
    """Whether there was a draft; how many outlines of it were kept, changed, taken out; and new."""
    counts = (int(row[name]) for name in ("unchanged", "corrected", "removed", "drawn"))
    return (row["draft"], *counts)


def test_what_a_reader_makes_of_a_draft_is_counted(begin, draft):
    reader = begin()
    reader.wait_for("The draft is being made")
    draft()
    reader.wait_for("draft: 2")
    in_manager("Select", "erythema 1")
    reader.drag((150, 150), (160, 170))
    in_manager("Delete", "erythema 2")
    until(lambda: image().getRoi() is None)  # it was selected, too
    reader.draw([(400, 100), (450, 100), (450, 150)])
    reader.go("N", 2)
    changed = [(50, 50), (150, 50), (160, 170), (50, 150)]
    assert reader.outlines("a") == {
        "erythema 1": ("corrected", changed),
        "erythema 2": ("reader", [(400, 100), (450, 100), (450, 150)]),
    }
    assert changes_in(reader.log()[0]) == ("yes", 0, 1, 1, 1)


def test_esc_goes_on_without_the_draft(begin, draft):
    reader = begin()
    reader.wait_for("The draft is being made")
    reader.key("ESCAPE")
    draft()
    reader.draw(SQUARE)
    reader.wait_until_saved()
    assert list(reader.outlines("a")) == ["erythema 1"]
    assert reader.says().find("draft:") < 0


def test_a_review_accepts_that_nothing_is_outlined(begin, folder, draft, ben):
    files = folder / "reader_anna"
    said = {"photos": ["a"], "drafts": True, "beside": str(ben)}
    (files / "queue.json").write_text(json.dumps(said))
    (files / "drafts" / "photos.csv").write_text("photo,status,reactions,message\na,segmented,0,\n")
    reader = begin()
    reader.wait_for("No erythema was seen here: N accepts that")
    reader.key("N")
    reader.wait_for_end()
    assert [row["state"] for row in reader.readings()] == ["no erythema"]


def test_blind_hides_the_files_name_and_other_readers(begin, folder):
    files = folder / "reader_anna"
    files.mkdir()
    (files / "queue.json").write_text(json.dumps({"photos": ["c", "a"], "blind": True}))
    reader = begin()
    assert reader.title() == "Photo 1 of 3"
    assert "c.jpg" not in reader.says()
    assert str(image().getOriginalFileInfo()) == "None"
    reader.key("E")
    reader.go("N", 2)
    assert [row["photo"] for row in reader.readings()] == ["c"]


def test_blind_hides_what_a_tiff_calls_its_photo(begin, folder):
    photo = java_class("ij.IJ").openImage(str(folder / "c.jpg"))
    photo.setProp("Slice_Label", "Ms Smith")
    java_class("ij.IJ").saveAsTiff(photo, str(folder / "c.tif"))
    (folder / "c.jpg").unlink()
    files = folder / "reader_anna"
    files.mkdir()
    (files / "queue.json").write_text(json.dumps({"photos": ["c"], "blind": True}))
    begin()
    assert "Smith" not in str(image().getWindow().createSubtitle())


def test_a_second_session_of_the_reader_is_kept_out(begin, imagej, folder):
    reader = begin()
    with pytest.raises(FijiError, match="Another session of this reader is writing"):
        imagej.run_macro(f'run("Annotate folder...", "input=[{folder}] reader=anna");')
    assert "Photo 1 of" in reader.says()


def test_own_rois_in_the_roi_manager_are_not_touched(opened, folder):
    opened.run_macro('makeRectangle(1, 2, 30, 40); roiManager("add");')
    with pytest.raises(FijiError, match="The ROI Manager holds ROIs of yours"):
        opened.run_macro(f'run("Annotate folder...", "input=[{folder}] reader=anna");')
    assert len(opened.rois()) == 1


def test_a_damaged_photo_is_told_and_can_be_left(begin, folder):
    (folder / "a.jpg").write_bytes(b"no photo")
    reader = begin()
    reader.wait_for("a.jpg cannot be opened as an image")
    reader.go("K", 2)


@pytest.fixture
def ben(folder):
    """What another reader outlined in photo a."""
    files = folder / "reader_ben"
    files.mkdir()
    write_rois(files / "a.zip", [Roi("his", [np.array(OTHER, float)], {})])
    return files


def drawn_over(shown):
    overlay = shown.getOverlay()
    return [] if overlay is None else [str(roi.getName()) for roi in overlay.toArray()]


def test_other_readers_outlines_are_shown_on_request_and_never_saved(begin, ben):
    reader = begin()
    assert drawn_over(image()) == []
    tick("Other readers' outlines")
    until(lambda: drawn_over(image()) == ["his"])
    reader.draw(SQUARE)
    reader.wait_until_saved()
    assert list(reader.outlines("a")) == ["erythema 1"]


def tick(label):
    def boxes(container):
        for component in container.getComponents():
            if isinstance(component, java_class("javax.swing.JCheckBox")):
                yield component
            elif isinstance(component, java_class("java.awt.Container")):
                yield from boxes(component)

    (box,) = [box for box in boxes(panel()) if str(box.getText()) == label]
    on_event_thread(box.doClick)


def test_a_folder_to_compare_with_is_shown_in_a_second_window(begin, folder, ben):
    files = folder / "reader_anna"
    files.mkdir()
    (files / "queue.json").write_text(json.dumps({"photos": ["a"], "beside": str(ben)}))
    reader = begin()
    titles = [str(title) for title in java_class("ij.WindowManager").getImageTitles()]
    assert titles == ["a.jpg", "reader_ben: a.jpg"]
    until(lambda: reader.title() == "a.jpg")  # it gets the keys after the other one
    second = java_class("ij.WindowManager").getImage("reader_ben: a.jpg")
    assert drawn_over(second) == ["his"]
    reader.end()
    assert java_class("ij.WindowManager").getImageCount() == 0


def test_a_closed_roi_manager_comes_back_with_the_outlines(begin):
    reader = begin()
    reader.draw(SQUARE)
    on_event_thread(lambda: manager().close())
    until(lambda: manager() is not None and manager().getCount() == 1)
    reader.wait_until_saved("outlined: 1")
    assert reader.outlines("a") == {"erythema 1": ("reader", SQUARE)}
