"""The commands "Erythema service..." and "About Erythema..." in ImageJ."""

import os
import socket
import subprocess
import sys
from contextlib import suppress
from itertools import takewhile
from pathlib import Path

import pytest

from erythema.fiji import FijiError
from erythema.fiji.bridge import java_class

SECONDS = 60  # in which a service ends with ImageJ, at the latest

# A person at ImageJ's dialogs.
PERSON = """
import sys
import threading
from pathlib import Path
from erythema.fiji import session, start
from erythema.fiji.bridge import java_class, post
from erythema.fiji.dialogs import waits_for_answer

session.dismiss_dialog = lambda: None

def inside(container):
    for component in container.getComponents():
        yield component
        if isinstance(component, java_class("java.awt.Container")):
            yield from inside(component)

def the(kind, dialog, label=None):
    found = (each for each in inside(dialog) if isinstance(each, java_class(f"java.awt.{kind}")))
    return next(each for each in found if label is None or str(each.getLabel()) == label)

def idle():
    java_class("java.awt.Robot")().waitForIdle()

def press(dialog, label):
    event = java_class("java.awt.event.ActionEvent")
    button = the("Button", dialog, label)
    post(event(button, event.ACTION_PERFORMED, button.getActionCommand()))

def shown(title):
    while True:
        idle()
        for window in java_class("java.awt.Window").getWindows():
            if waits_for_answer(window) and str(window.getTitle()) == title:
                return window

def says(dialog, label):
    area = the("TextArea", dialog)
    area.setText("")
    press(dialog, label)
    while True:
        idle()
        text = str(area.getText())
        if text and not text.endswith(" ..."):
            return text

def field(dialog, number, text=None):
    found = dialog.getStringFields().get(number)
    if text is not None:
        found.setText(text)
        idle()
    return str(found.getText())

def click(imagej, command, title):
    clicked = threading.Thread(target=imagej.click, args=[command], daemon=True)
    clicked.start()
    return clicked, shown(title)
"""

CONNECT = """
with start() as imagej:
    recorder = java_class("ij.plugin.frame.Recorder")()
    clicked, dialog = click(imagej, "Erythema service...", "Erythema service")
    field(dialog, 0, {address!r})
    print(says(dialog, "Test connection"))
    field(dialog, 2, {pin!r})
    print(says(dialog, "Test connection"))
    field(dialog, 1, {token!r})
    print("echo:", dialog.getStringFields().get(1).getEchoChar())
    print(says(dialog, "Test connection"))
    press(dialog, "  OK  ")
    clicked.join()
    print("recorded:", recorder.getText())
    print("segmented:", imagej.run_macro(
        'return call("erythema.Segment.run", "photo=[{photo}]");'))
    clicked, dialog = click(imagej, "Erythema service...", "Erythema service")
    print("stored:", field(dialog, 1) == {token!r})
    field(dialog, 0, "https://localhost:1")
    print("for another address:", repr(field(dialog, 1)), repr(field(dialog, 2)))
    press(dialog, "Cancel")
    clicked.join()
    prefs = java_class("ij.Prefs")
    print(f"mode: {{Path(str(prefs.getPrefsDir()), 'IJ_Prefs.txt').stat().st_mode & 511:o}}")
"""

MEND = """
with start() as imagej:
    clicked, dialog = click(imagej, "Erythema service...", "Erythema service")
    print("at first:", field(dialog, 0), the("TextArea", dialog).getText())
    field(dialog, 0, "https://nano:99999")
    field(dialog, 1, "typed token")
    field(dialog, 2, "typed pin")
    press(dialog, "  OK  ")
    dialog = shown("Erythema service")
    print("again:", [field(dialog, number) for number in range(3)])
    print(the("TextArea", dialog).getText())
    field(dialog, 0, {dead!r})
    field(dialog, 1, "")
    press(dialog, "  OK  ")
    dialog = shown("Erythema service")
    print("pin:", the("TextArea", dialog).getText())
    field(dialog, 3, "/no such")
    print(says(dialog, "Start local service"))
    press(dialog, "Cancel")
    clicked.join()
    print("python:", java_class("ij.Prefs").get("erythema.python", "none"))
"""

START_LOCAL = """
with start() as imagej:
    recorder = java_class("ij.plugin.frame.Recorder")()
    clicked, dialog = click(imagej, "Erythema service...", "Erythema service")
    print(says(dialog, "Start local service"))
    press(dialog, "  OK  ")
    clicked.join()
    log = java_class("ij.WindowManager").getWindow("Erythema service log")
    print("log:", log.getTextPanel().getLine(1))
    print("recorded:", recorder.getText())
    print("remembered:", java_class("ij.Prefs").get("erythema.service", "none"))
    print("end", flush=True)
    sys.stdin.read()
"""

ASKED = """
with start() as imagej:
    recorder = java_class("ij.plugin.frame.Recorder")()
    java_class("ij.Prefs").set("erythema.service", {dead!r})
    imagej.open({photo!r})
    clicked, dialog = click(imagej, "Segment erythema", "Erythema service")
    print("told:", the("TextArea", dialog).getText())
    says(dialog, "Start local service")
    press(dialog, "  OK  ")
    press(shown("Segment erythema"), "  OK  ")
    clicked.join()
    print("rois:", len(imagej.rois()))
    print("recorded:", recorder.getText())
"""

HEADLESS = """
from erythema.fiji import start
with start(headless=True) as imagej:
    print(imagej.run_macro(
        'network = call("erythema.Service.run", "service=local");'
        'return network + ": " + call("erythema.Segment.run", "photo=[{photo}]");'))
"""


@pytest.fixture
def dead():
    """An address at which nothing listens."""
    with socket.create_server(("127.0.0.1", 0)) as server:
        return f"http://127.0.0.1:{server.getsockname()[1]}"


@pytest.fixture
def surroundings(display):
    """The environment of a person with windows, where the program erythema is on the PATH."""
    path = os.pathsep.join([str(Path(sys.executable).parent), os.environ["PATH"]])
    return {"DISPLAY": display, "PATH": path, "ERYTHEMA_SERVICE": None}


def wait_for_its_end(port):
    """Hold a connection to a service until it ends; it has closed its port by then."""
    with (
        socket.create_connection(("127.0.0.1", port), SECONDS) as connection,
        suppress(ConnectionResetError),
    ):
        connection.recv(1)


def test_a_service_with_token_and_pin_is_connected_and_the_token_kept_to_it(
    run_python, surroundings, protected, photo
):
    address, token, pin = protected
    code = PERSON + CONNECT.format(address=address, token=token, pin=pin, photo=photo)
    result = run_python(code, **surroundings)

    assert result.returncode == 0, result.stderr
    untrusted, asks, ready = (
        result.stdout.index(text)
        for text in (f"Its pin is {pin}", "asks for its token", f"at {address} is ready")
    )
    assert untrusted < asks < ready
    assert "echo: *" in result.stdout
    assert f'recorded: run("Erythema service...", "service={address}");' in result.stdout
    assert "segmented: 1" in result.stdout
    assert "stored: True\nfor another address: '' ''\nmode: 600\n" in result.stdout
    assert token not in result.stdout


def test_what_cannot_be_is_told_in_the_dialog_which_keeps_its_fields(
    run_python, surroundings, dead
):
    wrong = {**surroundings, "ERYTHEMA_SERVICE": "http:/nano"}
    result = run_python(PERSON + MEND.format(dead=dead), **wrong)

    assert result.returncode == 0, result.stderr
    assert "at first: http:/nano ERYTHEMA_SERVICE=http:/nano is not an address" in result.stdout
    assert "again: ['https://nano:99999', 'typed token', 'typed pin']" in result.stdout
    assert "Service=https://nano:99999 is not an address" in result.stdout
    assert f"pin: A service without https has no certificate, and the service is {dead}" in (
        result.stdout
    )
    assert "/no such has no program erythema" in result.stdout
    assert "python: none\n" in result.stdout


def test_a_local_service_is_started_by_the_dialog_and_ends_with_imagej(surroundings, tmp_path):
    environment = {**os.environ, "ERYTHEMA_FIJI": "", **surroundings}
    environment = {name: value for name, value in environment.items() if value is not None}
    with subprocess.Popen(
        [sys.executable, "-c", PERSON + START_LOCAL],
        env=environment,
        cwd=tmp_path,
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        text=True,
    ) as imagej:
        said = list(takewhile(lambda line: line != "end\n", imagej.stdout))
        imagej.kill()

    assert said[0] == "The service on this computer is ready.\n"
    assert 'recorded: run("Erythema service...", "service=local");\n' in said
    assert "remembered: local\n" in said
    log = next(line for line in said if line.startswith("log: erythema service on "))
    port = int(log.rsplit(":", 1)[1])
    with suppress(ConnectionRefusedError):
        wait_for_its_end(port)
    with pytest.raises(ConnectionRefusedError):
        socket.create_connection(("127.0.0.1", port), SECONDS)


def test_a_person_without_a_service_starts_one_and_gets_the_outlines(
    run_python, surroundings, dead, photo
):
    result = run_python(PERSON + ASKED.format(dead=dead, photo=str(photo)), **surroundings)

    assert result.returncode == 0, result.stderr
    assert f"told: Nothing answers at {dead}: connection refused" in result.stdout
    assert "rois: 1\n" in result.stdout
    assert 'run("Segment erythema", "service=local");' in result.stdout


def test_headless_a_macro_starts_a_local_service(run_python, surroundings, photo):
    result = run_python(HEADLESS.format(photo=photo), **{**surroundings, "DISPLAY": None})

    assert result.stdout == "default 1: 1\n", result.stderr


def test_a_macro_is_stopped_by_a_service_that_does_not_work_and_the_known_one_stays(imagej, dead):
    with pytest.raises(FijiError, match="connection refused at port"):
        imagej.run_macro(f'run("Erythema service...", "service={dead}");')

    assert imagej.run_macro('return call("erythema.Service.run", "");') == "default 1"


def test_a_recorded_line_tests_the_service(imagej, service):
    imagej.run_macro(f'run("Erythema service...", "service={service}");')

    assert str(java_class("ij.Prefs").get("erythema.service", "none")) == service


def test_about_tells_versions_in_a_macro_without_a_dialog(imagej):
    told = imagej.run_macro('print("\\\\Clear"); run("About Erythema..."); return getInfo("log");')

    assert told.startswith("Erythema 0.1.0: outlines skin prick test reactions\nImageJ ")
    assert "Version 0.1.0, network default 1, computed by " in told
    assert "Apache License 2.0" in told
