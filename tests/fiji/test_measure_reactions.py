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
