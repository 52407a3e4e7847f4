"""What a running ImageJ does for Python."""

import threading

import pytest
from answering import click, press_ok
from PIL import Image

from erythema.fiji import FijiError, start
from erythema.fiji.bridge import java_class
from erythema.fiji.dialogs import dismiss_dialog


def test_a_click_fills_the_roi_manager(opened):
    assert opened.rois() == []
    click(opened, "Segment erythema", press_ok)
    assert [roi.name for roi in opened.rois()] == ["erythema 1"]


def test_a_clicked_outline_is_a_polygon_with_corners_to_drag(opened):
    click(opened, "Segment erythema", press_ok)
    kind = opened.run_macro('roiManager("select", 0); type = Roi.getType; return type;')
    assert kind == "polygon"


def test_a_macro_fills_the_roi_manager(opened):
    assert opened.run_macro('run("Segment erythema"); return "" + roiManager("count");') == "1"


def test_a_photo_opens_in_a_window(opened, photo):
    assert opened.run_macro("return getTitle();") == photo.name


def test_an_opened_photo_has_come_to_the_front(opened, photo):
    assert opened.open(photo).windowActivated()


def test_a_file_that_is_no_photo_is_named(imagej, tmp_path):
    (tmp_path / "notes.jpg").write_text("no photo")
    with pytest.raises(FijiError, match=r"cannot open .*notes\.jpg"):
        imagej.open(tmp_path / "notes.jpg")


def test_a_macro_returns_its_value(imagej):
    assert imagej.run_macro('return "got " + getArgument();', "this") == "got this"


def test_a_macro_without_a_value_returns_nothing(imagej):
    assert imagej.run_macro("a = 1;") == ""


@pytest.mark.parametrize(
    ("macro", "message"),
    [
        ("a = 1;\nnonsense(a);", "line 2: Undefined identifier"),
        ('exit("too dark");', "too dark"),
        ('showMessage("look here");', "look here"),
        ('run("No such command");', "Unrecognized command"),
        ('run("Segment erythema", "service=127.0.0.1:1");', "no images open"),
        ('run("Segment erythema", "service=[no address]");', "service=no address is not"),
    ],
)
def test_an_error_in_a_macro_is_raised_and_leaves_no_dialog(imagej, macro, message):
    with pytest.raises(FijiError, match=message):
        imagej.run_macro(macro)
    assert imagej.run_macro("return 'alive';") == "alive"


def test_an_error_after_a_click_is_raised(imagej):
    with pytest.raises(FijiError, match="no images open"):
        imagej.click("Segment erythema")


def test_a_dialog_dismissed_as_soon_as_it_shows_lets_imagej_go_on(imagej):
    def show():
        java_class("ij.IJ").showMessage("Erythema", "hello")

    for _ in range(20):
        waiting = threading.Thread(target=show, daemon=True)
        waiting.start()
        while dismiss_dialog() is None:
            pass
        waiting.join(60)
        assert not waiting.is_alive()


def test_an_exception_in_a_macro_is_raised_and_its_window_closed(imagej):
    with pytest.raises(FijiError, match="NumberFormatException"):
        imagej.run_macro('call("java.lang.Integer.parseInt", "x");')
    assert imagej.run_macro('return "" + isOpen("Exception");') in ("0", "false")


def test_an_older_exception_is_not_told_of_a_click(opened):
    window = java_class("ij.text.TextWindow")("Exception", "an older one", 400, 300)
    click(opened, "Segment erythema", press_ok)
    window.close(False)


def test_a_menu_item_that_does_not_exist_is_named(imagej):
    with pytest.raises(FijiError, match="'Segment moles'"):
        imagej.click("Segment moles")


def test_a_picture_of_the_desktop_shows_the_photo(opened, tmp_path):
    opened.screenshot(tmp_path / "desktop.png")
    with Image.open(tmp_path / "desktop.png") as picture:
        assert picture.format == "PNG"
        assert len(picture.convert("RGB").getcolors(maxcolors=2**24)) > 1000
    assert [path.name for path in tmp_path.iterdir()] == ["desktop.png"]


def test_imagej_starts_once_in_a_process(imagej):
    with pytest.raises(FijiError, match="once in a process"), start(headless=True):
        pass


def test_headless_imagej_is_called_by_a_macro(run_python, service, photo):
    result = run_python(
        "from erythema.fiji import start\n"
        "with start(headless=True) as imagej:\n"
        "    print(imagej.run_macro('return call(\"erythema.Segment.run\", getArgument());', "
        f"'photo=[{photo}]'))",
        ERYTHEMA_SERVICE=service,
    )
    assert result.stdout == "1\n", result.stderr


def test_an_error_in_a_headless_macro_is_raised(run_python):
    result = run_python(
        "from erythema.fiji import start\n"
        "with start(headless=True) as imagej:\n"
        '    imagej.run_macro(\'call("erythema.Segment.run", "photo=[/nowhere.jpg]");\')',
    )
    assert "FijiError: The macro stopped in line 1" in result.stderr
    assert "there is no such file" in result.stderr


@pytest.mark.parametrize("headless", [True, False])
def test_ctrl_c_reaches_python(run_python, display, headless):
    result = run_python(
        "import os, signal, threading\n"
        "from erythema.fiji import start\n"
        f"with start(headless={headless}):\n"
        "    try:\n"
        "        os.kill(os.getpid(), signal.SIGINT)\n"
        "        threading.Event().wait()\n"
        "    except KeyboardInterrupt:\n"
        "        print('interrupted')",
        DISPLAY=display,
    )
    assert result.stdout == "interrupted\n", result.stderr


def test_headless_imagej_has_no_menu_to_click(run_python):
    result = run_python(
        "from erythema.fiji import start\n"
        "with start(headless=True) as imagej: imagej.click('Segment erythema')"
    )
    assert "cannot click a menu item headless" in result.stderr


def test_closing_imagej_ends_the_wait(run_python, display):
    result = run_python(
        "from erythema.fiji import start\n"
        "from erythema.fiji.bridge import java_class\n"
        "with start() as imagej:\n"
        "    java_class('ij.IJ').getInstance().quit()\n"
        "    imagej.wait_until_closed()\n"
        "    print('closed')",
        DISPLAY=display,
    )
    assert result.stdout == "closed\n", result.stderr


@pytest.mark.fiji
def test_a_click_in_fiji_fills_the_roi_manager(run_python, display, service, photo, fiji_folder):
    result = run_python(
        "from answering import click, press_ok\n"
        "from erythema.fiji import start\n"
        "with start() as imagej:\n"
        f"    imagej.open({str(photo)!r})\n"
        "    click(imagej, 'Segment erythema', press_ok)\n"
        "    print([roi.name for roi in imagej.rois()])",
        DISPLAY=display,
        ERYTHEMA_SERVICE=service,
        ERYTHEMA_FIJI=str(fiji_folder),
    )
    assert result.stdout == "['erythema 1']\n", result.stderr


@pytest.mark.fiji
def test_headless_fiji_runs_the_command(run_python, service, photo, fiji_folder):
    result = run_python(
        "from erythema.fiji import start\n"
        "macro = 'open(getArgument()); run(\"Segment erythema\"); return toString(Overlay.size);'\n"
        "with start(headless=True) as imagej:\n"
        f"    print(imagej.run_macro(macro, {str(photo)!r}))",
        ERYTHEMA_SERVICE=service,
        ERYTHEMA_FIJI=str(fiji_folder),
    )
    assert result.stdout == "1\n", result.stderr
