"""A person at ImageJ's dialogs, for tests: what is typed and clicked goes through AWT's events."""

from contextlib import contextmanager

import jpype

from erythema.fiji import dialogs, session
from erythema.fiji.bridge import java_class, post
from erythema.fiji.dialogs import waits_for_answer

MOST_LOOKS = 400  # at a dialog, some 50 ms apart


@contextmanager
def answering(*people):
    """Let each of `people` answer one dialog, in their order, within this block.

    A person is a function of the dialog, or a generator function: it is gone on with, again and
    again, while ImageJ works, so that it can wait by ``yield`` until it sees what it waits for.
    Who answers a dialog presses OK or Cancel at the end. A dialog for nobody is dismissed.
    """
    people_left = list(people)
    answered, at_work, looks = [], [], []
    dismiss = session.dismiss_dialog

    def look():
        if at_work:
            go_on(at_work[0])
            return None
        dialog = dialog_on_the_screen(answered)
        if dialog is not None and people_left:
            if waits_for_answer(dialog):
                answer(dialog)
            return None  # it is somebody's, also a moment before it can be answered
        return None if any(one.isShowing() for one in answered) else dismiss()

    def answer(dialog):
        answered.append(dialog)
        person = people_left.pop(0)(dialog)
        if person is not None:
            at_work.append(person)

    def go_on(person):
        looks.append(person)
        assert len(looks) < MOST_LOOKS, "what a person waits for does not come"
        try:
            next(person)
        except StopIteration:
            at_work.clear()

    session.dismiss_dialog = look
    try:
        yield
    finally:
        session.dismiss_dialog = dismiss
    assert not people_left, f"{len(people_left)} dialogs did not open"


def click(imagej, command, *people):
    """Click on a command of the menu whose dialogs people answer; see `answering`."""
    with answering(*people):
        imagej.click(command)


def click_beside(service, imagej, command, *people):
    """Click while the service is the one that is asked."""
    loader = java_class("ij.IJ").getClassLoader()  # the plugin's classes are in no other
    address = jpype.JClass("erythema.core.ServiceAddress", loader)
    address.remember(service)
    try:
        click(imagej, command, *people)
    finally:
        address.remember(None)


def open_dialog():
    """The GenericDialog that waits for an answer, or None."""
    dialog = dialog_on_the_screen()
    return dialog if dialog is not None and waits_for_answer(dialog) else None


def dialog_on_the_screen(seen=()):
    """The GenericDialog that shows and is not among `seen`, or None."""
    for window in java_class("java.awt.Window").getWindows():
        is_dialog = isinstance(window, java_class("ij.gui.GenericDialog"))
        if is_dialog and window.isShowing() and not any(window == one for one in seen):
            return window
    return None


def said(dialog):
    """What a dialog's labels say, in one line."""
    return dialogs._labels(dialog)


def press_ok(dialog):
    press(dialog, "  OK  ")


def press_cancel(dialog):
    press(dialog, "Cancel")


def press(dialog, label):
    """Click the button of a dialog with a label."""
    event = java_class("java.awt.event.ActionEvent")
    for button in dialog.getButtons():
        if button is not None and str(button.getLabel()).strip() == label.strip():
            post(event(button, event.ACTION_PERFORMED, button.getActionCommand()))
            return
    raise AssertionError(f"the dialog has no button {label}")


def tick(dialog, label, on=True):
    """Tick the check box of a dialog with a label, or take its tick away."""
    event = java_class("java.awt.event.ItemEvent")
    for box in dialog.getCheckboxes():
        if str(box.getLabel()).strip() == label and box.getState() != on:
            box.setState(on)
            change = event.SELECTED if on else event.DESELECTED
            post(event(box, event.ITEM_STATE_CHANGED, box.getLabel(), change))


def choose(dialog, number, item):
    """Take an item of a dialog's choice, counted from 0."""
    event = java_class("java.awt.event.ItemEvent")
    choice = dialog.getChoices().get(number)
    choice.select(item)
    post(event(choice, event.ITEM_STATE_CHANGED, item, event.SELECTED))


def type_number(dialog, number, text):
    """Write into a dialog's numeric field, counted from 0."""
    dialog.getNumericFields().get(number).setText(text)
