"""Segment erythema as a person asks for it, in its dialog, and as the recorder repeats it."""

import json
import urllib.request

import answering
import pytest
from answering import choose, press_cancel, press_ok, tick, type_number

from erythema.fiji import FijiError
from erythema.fiji.bridge import java_class

COMMAND = "Segment erythema"


@pytest.fixture
def click(opened):
    """Click on the command; the function takes what the persons at its dialogs do."""
    java_class("ij.Prefs").set("erythema.segment", "")

    def click(*people):
        answering.click(opened, COMMAND, *people)

    yield click
    java_class("ij.Prefs").set("erythema.segment", "")


@pytest.fixture
def recorder(opened):
    """ImageJ's open Recorder; gives the lines of the plugin in it."""
    recorder = java_class("ij.plugin.frame.Recorder")()
    yield lambda: [line for line in str(recorder.getText()).splitlines() if "erythema" in line]
    recorder.close()


def current_image():
    return java_class("ij.WindowManager").getCurrentImage()


def titles():
    ids = java_class("ij.WindowManager").getIDList()
    return sorted(str(java_class("ij.WindowManager").getImage(one).getTitle()) for one in ids)


def test_ok_means_the_networks_own_settings(click, opened, recorder, service):
    click(press_ok)
    assert [roi.name for roi in opened.rois()] == ["erythema 1"]
    assert recorder() == [f'run("Segment erythema", "service={service}");']


def test_the_choice_of_networks_has_that_of_the_service(click, service):
    with urllib.request.urlopen(f"{service}/networks") as answer:
        networks = [f"{one['name']} {one['version']}" for one in json.load(answer)]
    offered = []

    def person(dialog):
        choice = dialog.getChoices().get(0)
        offered.extend(str(choice.getItem(number)) for number in range(choice.getItemCount()))
        press_cancel(dialog)

    click(person)
    assert offered == networks


def everything(dialog):
    type_number(dialog, 0, "0.3")
    type_number(dialog, 1, "0.02")
    choose(dialog, 1, "replace ours")
    for output in ("Overlay", "Mask", "Probability image"):
        tick(dialog, output)
    press_ok(dialog)


def test_what_is_chosen_is_done_and_recorded(click, opened, recorder, service):
    image = current_image()
    click(everything)
    assert recorder() == [
        'run("Segment erythema", "threshold=0.3 smallest=0.0002 manager=replace overlay mask '
        f'probability service={service}");'
    ]
    photo = str(image.getTitle())
    assert titles() == [photo, f"{photo} mask", f"{photo} probability"]
    assert image.getOverlay().size() == len(opened.rois()) == 1
    assert opened.rois()[0].properties["erythema.threshold"] == "0.3"


def test_the_recorded_line_does_the_same_again(click, opened, recorder):
    image = current_image()
    click(everything)
    line, first = recorder()[0], opened.rois()
    opened.run_macro(
        f'selectImage({image.getID()}); close("\\\\Others"); roiManager("reset"); {line}'
    )
    assert [roi.properties for roi in opened.rois()] == [roi.properties for roi in first]
    assert len(titles()) == 3


def test_the_last_choice_is_the_dialogs_next_but_no_macros(click, opened):
    seen = []

    def look(dialog):
        seen.append(str(dialog.getNumericFields().get(0).getText()))
        seen.append(str(dialog.getChoices().get(1).getSelectedItem()))
        press_cancel(dialog)

    def choose_once(dialog):
        type_number(dialog, 0, "0.3")
        choose(dialog, 1, "none")
        press_ok(dialog)

    click(choose_once)
    with pytest.raises(FijiError):
        opened.run_macro('run("Segment erythema", "manager=maybe");')
    opened.run_macro('run("Segment erythema");')
    assert [roi.properties["erythema.threshold"] for roi in opened.rois()] == ["0.5"]
    click(look)
    assert seen == ["0.300", "none"]


def test_cancel_records_nothing_and_asks_for_nothing(click, opened, recorder, proxy):
    proxy.asked.clear()
    click(press_cancel)
    assert opened.rois() == []
    assert proxy.asked == [("/networks", "application/json")]
    assert recorder() == []


def test_another_command_is_recorded_while_the_dialog_is_open(click, opened, recorder, service):
    menu = java_class("ij.Executer")
    recorded = java_class("ij.plugin.frame.Recorder").getInstance()

    def person(dialog):
        menu("Invert").run()
        press_ok(dialog)

    click(person)
    lines = [line for line in str(recorded.getText()).splitlines() if line.startswith("run")]
    assert lines == ['run("Invert");', f'run("Segment erythema", "service={service}");']


@pytest.mark.parametrize("number", ["0", "1.5", "-1", "much"])
def test_a_threshold_out_of_range_cannot_be_chosen(click, number):
    enabled = []

    def person(dialog):
        ok = next(one for one in dialog.getButtons() if str(one.getLabel()).strip() == "OK")
        type_number(dialog, 0, number)
        while ok.isEnabled():
            yield
        enabled.append(ok.isEnabled())
        press_cancel(dialog)

    click(person)
    assert enabled == [False]


def labels(container):
    """The texts beside a dialog's fields."""
    found = []
    for component in container.getComponents():
        if isinstance(component, java_class("java.awt.Label")):
            found.append(str(component.getText()).strip())
        if isinstance(component, java_class("java.awt.Container")):
            found += labels(component)
    return found


def test_the_smallest_area_is_a_share_of_what_is_segmented(click):
    shown = []

    def person(dialog):
        shown.extend(labels(dialog))
        press_cancel(dialog)

    click(person)
    assert "% of photo or selection" in shown


def test_all_photos_are_offered_for_a_stack_only(click, opened):
    offered = []

    def person(dialog):
        boxes = [str(box.getLabel()) for box in dialog.getCheckboxes()]
        offered.append("All photos of the stack" in boxes)
        press_cancel(dialog)

    click(person)
    opened.run_macro('run("Duplicate...", "title=more"); run("Images to Stack", "use");')
    click(person)
    assert offered == [False, True]


def test_a_grey_image_is_told_without_a_dialog(click, opened):
    opened.run_macro('run("8-bit");')
    with pytest.raises(FijiError, match="no colour photo: it is grey"):
        click()


@pytest.mark.fiji
def test_the_recorded_line_runs_in_headless_fiji(run_python, service, photo, fiji_folder):
    line = (
        'run("Segment erythema", "threshold=0.3 smallest=0.0002 manager=replace overlay mask '
        f'probability service={service}");'
    )
    macro = f'open("{photo}"); {line} return getTitle() + ", " + nImages;'
    result = run_python(
        "from erythema.fiji import start\n"
        "with start(headless=True) as imagej:\n"
        f"    print(imagej.run_macro({macro!r}))\n",
        ERYTHEMA_FIJI=str(fiji_folder),
    )
    assert result.stdout == f"{photo.name} probability, 3\n", result.stderr


def test_the_call_makes_the_same_images_headless(run_python, service, photo):
    options = f"photo=[{photo}] mask probability service={service}"
    macro = (
        f'setBatchMode(true); n = call("erythema.Segment.run", "{options}");'
        ' return n + ", " + getTitle() + ", " + nImages;'
    )
    result = run_python(
        "from erythema.fiji import start\n"
        "with start(headless=True) as imagej:\n"
        f"    print(imagej.run_macro({macro!r}))\n"
    )
    assert result.stdout == f"1, {photo.name} probability, 2\n", result.stderr
