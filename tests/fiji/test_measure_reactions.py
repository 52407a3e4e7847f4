"""The command "Measure reactions" in ImageJ, and its call from a macro."""

import pytest

from erythema.fiji import FijiError

RECTANGLE = 'makeRectangle(20, 30, 4, 3); Roi.setName("birch"); roiManager("add"); '
READ = (
    'return "" + nResults + " " + getResultString("Name", 0) + " " + getResult("Area", 0) + " "'
    ' + getResult("Longest diameter", 0) + " " + getResult("Orthogonal diameter", 0) + " "'
    ' + getResultString("Unit", 0);'
)


@pytest.fixture(autouse=True)
def empty_results(imagej):
    imagej.run_macro('run("Clear Results");')


def test_sizes_come_into_the_results_table_in_the_image_s_unit(opened):
    opened.run_macro('run("Set Scale...", "distance=2 known=1 unit=mm");' + RECTANGLE)
    opened.click("Measure reactions")

    assert opened.run_macro(READ) == "1 birch 3 2.5 1.875 mm"


def test_both_diameters_lie_in_the_overlay(opened):
    opened.run_macro(RECTANGLE)
    opened.click("Measure reactions")

    names = opened.run_macro(
        'names = ""; for (i = 0; i < Overlay.size; i++) { Overlay.activateSelection(i);'
        ' names = names + Roi.getName + ";"; } return names;'
    )
    assert names == "birch D;birch d;"


def test_a_macro_measures_and_gets_the_number_of_outlines(opened, service):
    number = opened.run_macro(
        RECTANGLE + f'return call("erythema.Measure.run", "service={service}");'
    )

    assert number == "1"
    assert opened.run_macro(READ).startswith("1 birch 12 5 3.75 pixel")


def test_an_image_without_outlines_gets_a_message(opened):
    with pytest.raises(FijiError, match="There are no outlines"):
        opened.run_macro('run("Measure reactions");')


def test_outlines_found_in_another_photo_are_measured_where_they_are_selected_alone(opened):
    opened.run_macro('run("Segment erythema", "manager=append"); run("Flip Horizontally");')
    opened.run_macro(RECTANGLE + 'roiManager("deselect"); run("Measure reactions");')
    measured = opened.run_macro('return "" + nResults + " " + getResultString("Name", 0);')
    assert measured == "1 birch"

    opened.run_macro('roiManager("select", 0); run("Measure reactions");')
    assert opened.run_macro('return getResultString("Name", 1);') == "erythema 1"


def test_found_outlines_at_each_slice_of_a_stack_are_its_own(opened):
    opened.run_macro(
        'run("Select All"); run("Copy"); run("Add Slice"); run("Paste"); run("Select None");'
        'run("Flip Horizontally", "slice");'
        'run("Segment erythema", "stack"); roiManager("deselect"); run("Measure reactions");'
    )
    assert opened.run_macro('return "" + nResults;') == "2"
