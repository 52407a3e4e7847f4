"""What Segment erythema leaves as it is, and what it puts in its place."""

import threading

import pytest
from answering import click, press_ok

from erythema.fiji.bridge import java_class

COMMAND = "Segment erythema"


@pytest.fixture
def segment(opened):
    """Run the command on the current image by a macro; the function takes its options."""

    def segment(options=""):
        opened.run_macro(f'run("{COMMAND}", "{options}");')

    return segment


def image():
    return java_class("ij.WindowManager").getCurrentImage()


def manager():
    return java_class("ij.plugin.frame.RoiManager").getInstance()


def names(imagej):
    return [roi.name for roi in imagej.rois()]


def status():
    """The text in ImageJ's status bar."""
    bar = java_class("ij.IJ").getInstance().getStatusBar()
    label = java_class("javax.swing.JLabel")
    return " ".join(str(one.getText()) for one in bar.getComponents() if isinstance(one, label))


def stack_of_two():
    """A stack that has the current photo twice, shown; the photo's own window closes."""
    photo = image()
    stack = java_class("ij.ImageStack")(photo.getWidth(), photo.getHeight())
    for _ in range(2):
        stack.addSlice(photo.getProcessor().duplicate())
    photo.close()
    two = java_class("ij.ImagePlus")("two", stack)
    two.show()
    return two


EXPERTS_OWN = """
makeRectangle(1, 2, 30, 40);
roiManager("add");
roiManager("select", roiManager("count") - 1);
roiManager("rename", "mine");
roiManager("deselect");
run("Select None");
"""


def test_append_adds_after_what_is_there(opened, segment):
    segment()
    segment("manager=append")
    assert names(opened) == ["erythema 1", "erythema 1"]


def test_replace_takes_only_our_own_unedited_outlines_out(opened, segment):
    segment()
    opened.run_macro(EXPERTS_OWN)
    segment("manager=replace")
    assert names(opened) == ["mine", "erythema 1"]


def test_replace_leaves_edited_outlines_and_says_how_many(opened, segment):
    segment()
    manager().getRoi(0).setLocation(250.0, 260.0)
    segment("manager=replace")
    assert names(opened) == ["erythema 1", "erythema 1"]
    assert status() == "1 erythema outlined; edited or named outlines left as they are: 1"


def test_replace_leaves_the_outlines_of_another_photo(opened, segment):
    segment()
    opened.run_macro('run("Flip Horizontally");')
    segment("manager=replace")
    assert len(opened.rois()) == 2


def test_replace_in_a_selection_leaves_the_outlines_outside_of_it(opened, segment):
    segment()
    opened.run_macro("makeRectangle(0, 0, 64, 64);")
    segment("manager=replace")
    assert names(opened) == ["erythema 1"]


def test_a_site_keeps_the_name_that_a_user_gave(opened, segment):
    segment()
    opened.run_macro('roiManager("select", 0); roiManager("rename", "left 3"); run("Select None");')
    segment("manager=replace threshold=0.4")
    assert names(opened) == ["left 3"]
    assert opened.rois()[0].properties["erythema.threshold"] == "0.4"


def test_a_new_set_is_a_group_of_its_own_beside_what_is_there(opened, segment):
    segment()
    segment("manager=new")
    segment("manager=new")
    assert [roi.getGroup() for roi in manager().getRoisAsArray()] == [0, 1, 2]
    colors = {roi.getStrokeColor().getRGB() for roi in manager().getRoisAsArray()}
    assert len(colors) == 1  # the confidence's, not the group's


def test_none_leaves_the_roi_manager_alone(opened, segment):
    segment("manager=none overlay")
    assert opened.rois() == []
    assert image().getOverlay().size() == 1


def test_the_first_outlines_are_labelled(opened, segment):
    opened.run_macro(EXPERTS_OWN + 'roiManager("show all without labels"); roiManager("reset");')
    segment()
    assert image().getCanvas().getShowAllList().getDrawLabels()


def test_labels_that_were_switched_off_stay_off(opened, segment):
    segment()
    opened.run_macro('roiManager("show all without labels");')
    segment("manager=replace")
    shown = image().getCanvas().getShowAllList()
    assert shown.size() == 1
    assert not shown.getDrawLabels()


def test_what_is_selected_in_the_roi_manager_stays_selected(opened, segment):
    segment()
    opened.run_macro('run("Specify...", "width=400 height=400 x=150 y=150"); roiManager("add");')
    opened.run_macro('roiManager("select", 1);')
    selection = image().getRoi()
    segment("manager=replace")
    assert [roi.name == "erythema 1" for roi in opened.rois()] == [False, True]
    assert list(manager().getSelectedIndexes()) == [0]
    assert image().getRoi() == selection


def test_a_found_outline_that_is_selected_is_no_part_of_the_photo_to_look_at(opened, segment):
    segment()
    before = manager().getRoi(0).getBounds()
    opened.run_macro('roiManager("select", 0);')
    segment("manager=replace")
    assert manager().getRoi(0).getBounds() == before


def test_the_images_selection_overlay_and_calibration_stay(opened, segment):
    segment()
    opened.run_macro(
        'setVoxelSize(0.1, 0.1, 1, "mm"); makeRectangle(1, 1, 9, 9); run("Add Selection...");'
        "makeRectangle(100, 100, 500, 500);"
    )
    overlay, selection = image().getOverlay(), image().getRoi()
    segment("manager=replace")
    assert image().getOverlay() == overlay
    assert overlay.size() == 1
    assert image().getRoi() == selection
    assert str(image().getCalibration().getUnit()) == "mm"


def test_undo_undoes_what_it_would_have(opened, segment):
    before = image().getProcessor().duplicate().getPixels()
    opened.run_macro('run("Invert");')
    segment("manager=replace overlay")
    opened.run_macro('run("Undo");')
    after = image().getProcessor().getPixels()
    assert java_class("java.util.Arrays").equals(after, before)


def test_mask_and_probability_are_calibrated_images_of_the_photos_size(opened, segment):
    opened.run_macro(
        'setVoxelSize(0.1, 0.1, 1, "mm"); makeOval(150, 150, 400, 400);'
        f'run("{COMMAND}", "mask probability");'
    )
    title = opened.run_macro("return getTitle();").removesuffix(" probability")
    inside = (
        'setThreshold(0.5, 255); run("Create Selection"); getStatistics(area); return "" + area;'
    )
    areas = []
    for name, bits in (("mask", 8), ("probability", 32)):
        opened.run_macro(f'selectWindow("{title} {name}");')
        assert image().getBitDepth() == bits
        assert (image().getWidth(), image().getHeight()) == (640, 640)
        assert str(image().getCalibration().getUnit()) == "mm"
        assert image().getProcessor().getf(150, 150) == 0  # outside of the oval
        areas.append(float(opened.run_macro(inside)))
    assert areas[0] == pytest.approx(areas[1], rel=0.05)


def test_all_photos_of_a_stack_get_outlines_at_their_positions(opened, segment):
    stack_of_two()
    segment("stack mask")
    assert [roi.getPosition() for roi in manager().getRoisAsArray()] == [1, 2]
    assert image().getStackSize() == 2


def test_one_slice_is_replaced_and_the_other_stays(opened, segment):
    two = stack_of_two()
    segment("stack")
    first = manager().getRoi(0)
    two.setSlice(2)
    segment("manager=replace")
    assert [roi.getPosition() for roi in manager().getRoisAsArray()] == [1, 2]
    assert manager().getRoi(0) == first
    assert two.getSlice() == 2


def test_a_set_of_a_stack_is_saved_with_all_its_outlines(opened, segment, tmp_path):
    stack_of_two()
    segment(f"stack manager=none output=[{tmp_path}]")
    opened.run_macro(f'roiManager("open", "{tmp_path}/two.zip");')
    assert names(opened) == ["erythema 1", "erythema 1"]


def test_properties_show_model_version_threshold_and_confidence(opened, segment):
    segment()
    lines = str(manager().getRoi(0).getProperties()).splitlines()
    shown = dict(line.split(": ", 1) for line in lines)
    assert {"erythema.model", "erythema.version", "erythema.confidence"} < set(shown)
    assert shown["erythema.threshold"] == "0.5"


def test_the_line_is_green_where_the_network_is_sure(opened, segment):
    segment()
    roi = manager().getRoi(0)
    confidence = float(str(roi.getProperty("erythema.confidence")))
    expected = (
        java_class("java.awt.Color").green
        if confidence >= 0.8
        else java_class("java.awt.Color")(0, 128, 255)
        if confidence >= 0.5
        else java_class("java.awt.Color").magenta
    )
    assert roi.getStrokeColor() == expected


def test_two_images_at_once(opened, proxy):
    first = image()
    second = java_class("ij.ImagePlus")("flipped", first.getProcessor().duplicate())
    second.getProcessor().flipHorizontal()
    second.show()
    proxy.asked.clear()
    proxy.go.clear()

    def segment(one):
        java_class("ij.WindowManager").setTempCurrentImage(one)
        java_class("ij.IJ").run(COMMAND, "manager=none overlay")

    threads = [threading.Thread(target=segment, args=[one]) for one in (first, second)]
    for thread in threads:
        thread.start()
    while proxy.count("application/zip") < 2:
        pass
    proxy.go.set()
    for thread in threads:
        thread.join()
    found = [one.getOverlay().get(0).getBounds() for one in (first, second)]
    assert found[0].x == pytest.approx(640 - found[1].x - found[1].width, abs=20)
    assert not first.isLocked()
    assert not second.isLocked()


def press_esc():
    java_class("ij.IJ").setKeyDown(java_class("java.awt.event.KeyEvent").VK_ESCAPE)


def test_esc_ends_what_a_person_asked_for(opened, proxy):
    proxy.asked.clear()
    proxy.go.clear()

    def person(dialog):
        press_ok(dialog)
        while not proxy.count("application/zip"):
            yield
        press_esc()

    click(opened, COMMAND, person)
    proxy.go.set()
    assert opened.rois() == []
    assert status() == "Segment erythema was canceled"
    assert not image().isLocked()


def test_an_esc_while_the_dialog_waits_does_not_count(opened):
    def person(dialog):
        press_esc()
        press_ok(dialog)

    click(opened, COMMAND, person)
    assert names(opened) == ["erythema 1"]


def test_outlines_that_are_gone_already_take_no_others_with_them(opened, segment):
    opened.run_macro(EXPERTS_OWN)
    plugin = java_class("ij.IJ").getClassLoader()
    kind = java_class("java.lang.Class").forName("erythema.Manager", True, plugin)
    constructor = kind.getDeclaredConstructor(java_class("ij.ImagePlus").class_)
    remove = kind.getDeclaredMethod("remove", java_class("java.util.Collection").class_)
    constructor.setAccessible(True)
    remove.setAccessible(True)
    gone = java_class("java.util.ArrayList")([java_class("ij.gui.Roi")(0, 0, 5, 5)])
    remove.invoke(constructor.newInstance(image()), gone)
    assert names(opened) == ["mine"]
