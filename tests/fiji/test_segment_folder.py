"""The command "Segment folder..." in ImageJ, and its call: the files of `erythema segment`."""

import csv
import http.server
import json
import os
import shutil
import subprocess
import sys
import threading

import numpy as np
import pytest
import tifffile
from PIL import Image

from erythema.batch.files import collect_photos
from erythema.batch.segment import segment_photos
from erythema.fiji import FijiError, session
from erythema.fiji.bridge import java_class, post
from erythema.fiji.dialogs import waits_for_answer
from erythema.segmentation.engines import open_engine
from erythema.segmentation.network import load_network
from erythema.segmentation.roi_set import read_rois
from erythema.service.process import running_service

# The network's probability is 2 (red - green): 0 on this skin, 0.8 on red.
SKIN, RED = (204, 204, 153), (204, 102, 102)
ONE, TWO = [(5, 10)], [(40, 10), (5, 10)]


@pytest.fixture(scope="session")
def redness_service(redness_network):
    with running_service(network=redness_network) as address:
        yield address


@pytest.fixture
def photos(tmp_path):
    folder = tmp_path / "photos"
    folder.mkdir()
    return folder


@pytest.fixture
def out(tmp_path):
    return tmp_path / "out"


@pytest.fixture
def call(imagej, photos, out, redness_service):
    """Run the call in ImageJ and give its value."""

    def run(options="", service=redness_service):
        options = f"input=[{photos}] output=[{out}] service={service} {options}"
        return imagej.run_macro(f'return call("erythema.SegmentFolder.run", "{options}");')

    return run


def pixels(corners=()):
    """A photo of skin with a red rectangle, 10 x 20 px, at each corner (x, y)."""
    photo = np.full((48, 64, 3), SKIN, np.uint8)
    for x, y in corners:
        photo[y : y + 20, x : x + 10] = RED
    return photo


def save(path, corners=ONE, **parameters):
    path.parent.mkdir(exist_ok=True)
    Image.fromarray(pixels(corners)).save(path, **parameters)
    return path


def save_broken(folder):
    """Save ten files that are no photos; gives their names."""
    whole = save(folder / "b0.jpg").read_bytes()
    (folder / "b0.jpg").write_bytes(whole[: len(whole) // 2])
    (folder / "b1.jpg").touch()
    (folder / "b2.jpg").write_text("no photo")
    Image.fromarray(pixels()).convert("L").save(folder / "b3.png")
    Image.fromarray(pixels()).convert("L").save(folder / "b4.jpg")
    Image.fromarray(pixels()[:10, :10]).save(folder / "b5.png")
    Image.fromarray(pixels()).convert("CMYK").save(folder / "b6.jpg")
    tifffile.imwrite(folder / "b7.tif", np.stack([pixels()] * 4), photometric="rgb")
    (folder / "b8.png").write_bytes(save(folder / "b8.png").read_bytes()[:60])
    tifffile.imwrite(folder / "b9.tif", np.zeros((48, 64), np.uint16))
    (folder / "b.jpg").mkdir()  # a folder is none of the photos
    return [f"b{number}" for number in range(10)]


def rows(path):
    with path.open(newline="", encoding="utf-8") as file:
        return list(csv.reader(file))


def files(folder, suffix=""):
    return {
        path.relative_to(folder).as_posix(): path.read_bytes()
        for path in sorted(folder.rglob(f"*{suffix}"))
        if path.is_file()
    }


# The same files ----------------------------------------------------------------


def test_imagej_and_the_command_line_write_the_same(call, photos, out, tmp_path, redness_network):
    save(photos / 'arm, "left" é.png', TWO)
    save(photos / "none.png", [])
    save(photos / "arm.jpg", quality=95)
    save(photos / "arm.v2.bmp")
    save(photos / "left" / "deep.tif", compression="tiff_lzw")
    save(photos / "left-hand" / "arm.png", TWO)
    Image.fromarray(pixels(TWO)).quantize().save(photos / "palette.png")
    broken = save_broken(photos)

    assert call("subfolders threshold=0.4") == "7"

    engine = open_engine(load_network(redness_network))
    expected = tmp_path / "expected"
    list(segment_photos(collect_photos([photos], True), engine, expected, threshold=0.4))
    for table in ("photos.csv", "reactions.csv"):
        assert (out / table).read_bytes() == (expected / table).read_bytes()
    assert files(out, ".zip") == files(expected, ".zip")
    assert list(files(out)) == list(files(expected))
    assert len(rows(out / "reactions.csv")) == 1 + 9
    assert [row[0] for row in rows(out / "photos.csv") if row[1] == "failed"] == broken


def test_confidence_and_area_interval_are_those_of_the_command_line(
    call, photos, out, tmp_path, calibrated_network
):
    save(photos / "arm.png", TWO)
    expected = tmp_path / "expected"
    engine = open_engine(load_network(calibrated_network))
    list(segment_photos(collect_photos([photos]), engine, expected))

    with running_service(network=calibrated_network) as service:
        call(service=service)

    assert (out / "reactions.csv").read_bytes() == (expected / "reactions.csv").read_bytes()


def test_the_overlay_is_the_photo_with_a_yellow_line_and_a_number(call, photos, out):
    save(photos / "arm.png", [(40, 20)])

    call()

    with Image.open(out / "arm.overlay.jpg") as picture:
        red, green, blue = np.moveaxis(np.asarray(picture).astype(int), 2, 0)
    yellow = np.minimum(red, green) - blue
    assert red.shape == (48, 64)
    assert yellow[30, 40] > 90  # on the left side
    assert yellow[20:28, 49].max() > 90  # the number, up and right of the middle
    assert yellow[30, 20] < 80
    assert yellow[46, 45] < 80


def test_a_set_with_a_persons_work_is_kept(call, imagej, photos, out):
    save(photos / "arm.png")
    call()
    found = (out / "arm.zip").read_bytes()

    call()  # a set as it was written is replaced
    assert list(files(out, ".zip")) == ["arm.zip"]

    imagej.run_macro(  # even where nothing was changed, ImageJ's file is a person's
        f'newImage("arm", "RGB", 64, 48, 1); roiManager("open", "{out}/arm.zip");'
        f'roiManager("deselect"); roiManager("save", "{out}/arm.zip"); roiManager("reset");'
        'close("*");'
    )
    saved = (out / "arm.zip").read_bytes()
    call()

    assert files(out, ".zip") == {"arm.kept-1.zip": saved, "arm.zip": found}
    kept = "arm.zip held a person's work and is kept as arm.kept-1.zip."
    assert rows(out / "photos.csv")[1] == ["arm", "segmented", "1", kept]


# What is refused ---------------------------------------------------------------


def test_a_readers_folder_takes_no_results(call, photos, out):
    save(photos / "arm.png")
    (out / "reader_a").mkdir(parents=True)

    with pytest.raises(FijiError, match=r"out holds readers' outlines.*\n?.*another output="):
        call()

    assert files(out) == {}


def test_two_photos_of_one_name_are_refused(call, photos, out):
    save(photos / "P1.png")
    save(photos / "p1.jpg")

    with pytest.raises(FijiError, match=r"P1\.png and .*p1\.jpg have one name"):
        call()

    assert not out.exists()


def test_a_table_of_another_kind_is_refused_and_stays(call, photos, out):
    save(photos / "arm.png")
    out.mkdir()
    (out / "photos.csv").write_text("photo,patient\narm,anna\n")

    with pytest.raises(FijiError, match=r"photos\.csv is another table, which would be lost"):
        call()

    assert files(out) == {"photos.csv": b"photo,patient\narm,anna\n"}


def test_an_input_that_is_not_there_is_named(call, photos):
    photos.rmdir()

    with pytest.raises(FijiError, match=r"input=\[.*photos\]: there is no such folder"):
        call()


def test_to_go_on_at_another_threshold_is_refused(call, photos, out):
    save(photos / "arm.png")
    call()
    before = files(out)
    save(photos / "new.png")

    with pytest.raises(FijiError, match=r"at the threshold 0\.5, and .* threshold 0\.4"):
        call("resume threshold=0.4")

    assert files(out) == before
    assert call("resume threshold=0.50") == "1"


def test_a_name_that_the_locale_has_no_letters_for_fails_alone(
    plain_imagej, photos, out, tmp_path, redness_service
):
    for name in ("arm", "Ärm"):
        save(photos / f"{name}.png")
    macro = tmp_path / "folder.ijm"
    options = f"input=[{photos}] output=[{out}] service={redness_service}"
    macro.write_text(f'print(call("erythema.SegmentFolder.run", "{options}"));')

    run = plain_imagej(macro, LC_ALL="POSIX")

    assert run.stdout.strip().endswith("1"), run.stderr
    assert sorted(row[1] for row in rows(out / "photos.csv")[1:]) == ["failed", "segmented"]
    assert "cannot name a file here. Set LANG to a UTF-8 locale" in (out / "photos.csv").read_text()


HOLD = """
import pathlib, sys
from erythema.batch.files import locked
with locked(pathlib.Path(sys.argv[1])):
    print("held", flush=True)
    sys.stdin.read()
"""


def test_a_folder_that_the_command_line_writes_into_is_refused(call, photos, out):
    save(photos / "arm.png")
    out.mkdir()
    command = [sys.executable, "-c", HOLD, str(out)]
    with subprocess.Popen(command, stdin=subprocess.PIPE, stdout=subprocess.PIPE) as other:
        other.stdout.readline()
        with pytest.raises(FijiError, match=r"Another batch is writing into .*out\."):
            call()
        other.communicate()

    assert call() == "1"


def test_the_command_line_is_refused_while_imagej_writes(call, scripted, out):
    others = []

    def hold(answering):
        command = [sys.executable, "-c", HOLD, str(out)]
        others.append(subprocess.run(command, input="", capture_output=True, text=True))
        return 200

    call(service=scripted(hold).address)

    assert "another batch is writing here" in others[0].stderr
    assert "held" not in others[0].stdout


# Killed ------------------------------------------------------------------------


def test_a_batch_of_200_that_was_killed_goes_on(
    plugin, photos, out, tmp_path, redness_network, redness_service
):
    broken = save_broken(photos)
    photo = save(photos / "a0.png").read_bytes()
    good = [f"a{number}" for number in range(95)] + [f"c{number}" for number in range(95)]
    for name in good:
        (photos / f"{name}.png").write_bytes(photo)
    options = f"input=[{photos}] output=[{out}] service={redness_service} resume"
    code = (
        "from erythema.fiji import start\n"
        "with start(headless=True) as imagej:\n"
        f'    print(imagej.run_macro(\'return call("erythema.SegmentFolder.run", "{options}");\'))'
    )
    environment = {**os.environ, "ERYTHEMA_FIJI": ""}
    environment.pop("DISPLAY", None)
    command = [sys.executable, "-c", code]

    with subprocess.Popen(command, env=environment, stdout=subprocess.DEVNULL) as imagej:
        while not (out / "photos.csv").exists() or len(rows(out / "photos.csv")) < 100:
            assert imagej.poll() is None
        imagej.kill()
    before = [row[0] for row in rows(out / "photos.csv")[1:] if row[1] == "segmented"]
    assert len(before) < 190
    run = subprocess.run(command, env=environment, capture_output=True, text=True)

    assert run.stdout.splitlines()[-1] == str(190 - len(before)), run.stderr
    done = rows(out / "photos.csv")[1:]
    assert sorted(row[0] for row in done if row[1] == "segmented") == sorted(good)
    assert sorted(row[0] for row in done if row[1] == "failed") == broken
    assert sorted(row[0] for row in rows(out / "reactions.csv")[1:]) == sorted(good)
    results = {f"{name}{suffix}" for name in good for suffix in (".zip", ".overlay.jpg")}
    assert {path.name for path in out.iterdir()} == results | {"photos.csv", "reactions.csv"}
    for name in good:
        assert len(read_rois(out / f"{name}.zip")) == 1
        with Image.open(out / f"{name}.overlay.jpg") as picture:
            picture.load()


# A service in trouble ----------------------------------------------------------


class Scripted(http.server.ThreadingHTTPServer):
    """A service that finds nothing, but for the answers of a script: a status, or what to do."""

    daemon_threads = True

    def __init__(self, script):
        super().__init__(("127.0.0.1", 0), ScriptedAnswers)
        self.script = list(script)
        self.address = f"http://127.0.0.1:{self.server_port}"
        threading.Thread(target=self.serve_forever, daemon=True).start()


class ScriptedAnswers(http.server.BaseHTTPRequestHandler):
    def do_GET(self):
        network = {"name": "n", "version": "1", "fingerprint": "f", "threshold": 0.5}
        body = json.dumps([{**network, "smallest_area": 0.01}]).encode()
        self.answer(200, "application/json", body)

    def do_POST(self):
        self.rfile.read(int(self.headers["Content-Length"]))
        step = self.server.script.pop(0) if self.server.script else 200
        if self.headers["Erythema-Fingerprint"] != "f":
            step = 412
        if callable(step):
            step = step(self)
        if step == 200:
            self.answer(200, "application/zip", b"PK\5\6" + bytes(18))
        elif step is not None:
            kind = {412: "network-changed", 503: "busy"}[step]
            body = json.dumps({"type": f"erythema:{kind}", "detail": "Wait."}).encode()
            self.answer(step, "application/problem+json", body)

    def answer(self, status, media_type, body):
        self.send_response(status)
        headers = {"Content-Type": media_type, "Content-Length": len(body), "Retry-After": 0}
        for name, value in {**headers, "Erythema-Reactions": 0}.items():
            self.send_header(name, str(value))
        self.end_headers()
        self.wfile.write(body)

    def log_message(self, *arguments):
        pass


@pytest.fixture
def scripted(photos):
    """Start a scripted service, for three photos; the first is its only good answer."""
    for name in ("P1", "P2", "P3"):
        save(photos / f"{name}.png")
    services = []

    def serve(*script):
        services.append(Scripted(script))
        return services[-1]

    yield serve
    for service in services:
        service.shutdown()
        service.server_close()


def statuses(out):
    return [row[:2] for row in rows(out / "photos.csv")[1:]]


SEGMENTED = [["P1", "segmented"], ["P2", "segmented"], ["P3", "segmented"]]


def test_a_busy_service_is_asked_again(call, scripted, out):
    assert call(service=scripted(200, 503, 503).address) == "3"
    assert statuses(out) == SEGMENTED


def test_a_service_that_stays_busy_ends_the_batch(call, scripted, out):
    with pytest.raises(FijiError, match=r"1 of 3 photos are done.*resume"):
        call(service=scripted(200, *[503] * 99).address)
    assert statuses(out) == SEGMENTED[:1]


def test_a_connection_that_breaks_once_is_tried_again(call, scripted, out):
    assert call(service=scripted(200, break_off).address) == "3"
    assert statuses(out) == SEGMENTED


def test_a_photo_that_breaks_the_connection_each_time_fails_alone(call, scripted, out):
    assert call(service=scripted(200, break_off, break_off).address) == "2"
    assert statuses(out) == [["P1", "segmented"], ["P2", "failed"], ["P3", "segmented"]]


def test_a_service_that_is_gone_ends_the_batch_and_another_goes_on(
    call, scripted, out, redness_service
):
    def go(answering):
        answering.server.socket.close()  # nobody connects any more
        break_off(answering)

    with pytest.raises(FijiError, match=r"(?s)Nothing answers at.*1 of 3 photos are done.*resume"):
        call(service=scripted(200, go).address)
    assert statuses(out) == SEGMENTED[:1]

    assert call("resume", service=redness_service) == "2"
    assert statuses(out) == SEGMENTED


def test_a_network_that_changes_ends_the_batch(call, scripted, out):
    with pytest.raises(FijiError, match=r"(?s)another network than when this batch began.*1 of 3"):
        call(service=scripted(200, 412).address)
    assert statuses(out) == SEGMENTED[:1]


def test_esc_ends_the_batch_and_what_is_done_stays(imagej, call, scripted, photos, out, tmp_path):
    ended = threading.Event()

    def press_esc(answering):
        java_class("ij.IJ").setKeyDown(java_class("java.awt.event.KeyEvent").VK_ESCAPE)
        ended.wait()

    service = scripted(200, press_esc).address
    imagej.run_macro(
        f'run("Segment folder...", "input=[{photos}] output=[{out}] service={service}");\n'
        f'File.saveString("went on", "{tmp_path}/next");'
    )
    ended.set()

    assert not (tmp_path / "next").exists()
    assert statuses(out) == SEGMENTED[:1]
    log = str(java_class("ij.IJ").getLog())
    assert log.strip().endswith(
        "1 of 3 photos are done: to go on, run Segment folder... again with resume"
    )


def break_off(answering):
    answering.connection.shutdown(2)


# In windows --------------------------------------------------------------------


@pytest.fixture
def recorder(imagej):
    """ImageJ's open Recorder; gives its text."""
    recorder = java_class("ij.plugin.frame.Recorder")()
    yield lambda: str(recorder.getText())
    recorder.close()


def answer_dialog(texts, checked):
    """Fill in the dialog that is open, if one is, and press OK."""
    for window in java_class("java.awt.Window").getWindows():
        if isinstance(window, java_class("ij.gui.GenericDialog")) and waits_for_answer(window):
            for field, text in zip(window.getStringFields(), texts, strict=True):
                field.setText(text)
            for box, on in zip(window.getCheckboxes(), checked, strict=True):
                box.setState(on)
            event = java_class("java.awt.event.ActionEvent")
            ok = window.getButtons()[0]
            post(event(ok, event.ACTION_PERFORMED, ok.getActionCommand()))


def test_a_click_is_recorded_in_a_line_that_replays(
    imagej, recorder, photos, out, photo, service, monkeypatch
):
    (photos / "left arm").mkdir()
    shutil.copy(photo, photos / "left arm" / "P1.jpg")
    texts = [str(photos), str(out), "default", "0.4", ""]
    monkeypatch.setattr(session, "dismiss_dialog", lambda: answer_dialog(texts, [True, False]))

    imagej.click("Segment folder...")

    first = files(out)
    results = ["left arm/P1.overlay.jpg", "left arm/P1.zip", "photos.csv", "reactions.csv"]
    assert list(first) == results
    (line,) = [line for line in recorder().splitlines() if "Segment folder" in line]
    assert line == (
        f'run("Segment folder...", "input={photos} output={out} subfolders network=default '
        f'threshold=0.4 service={service}");'
    )
    shutil.rmtree(out)
    imagej.run_macro(line)
    assert files(out) == first


@pytest.mark.fiji
def test_the_recorded_line_runs_in_headless_fiji(
    run_python, fiji_folder, photos, out, redness_service
):
    save(photos / "P1.png")
    macro = (
        f'run("Segment folder...", "input=[{photos}] output=[{out}] service={redness_service}");'
    )
    run = run_python(
        "import erythema.fiji\n"
        f"with erythema.fiji.start({str(fiji_folder)!r}, headless=True) as imagej:\n"
        f"    imagej.run_macro({macro!r})"
    )
    assert (out / "P1.zip").exists(), run.stdout + run.stderr
    assert statuses(out) == SEGMENTED[:1]
