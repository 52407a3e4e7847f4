"""The command "Compare outlines..." in ImageJ, and its call from a macro."""

import numpy as np
import pytest

from erythema.fiji import FijiError
from erythema.segmentation.roi_set import Roi, write_rois

LARGE, SMALL = (10, 10, 30, 30), (10, 10, 30, 20)  # 400 and 200 pixels: Dice 2 * 200 / 600
DICE = 0.666667


@pytest.fixture(autouse=True)
def empty_results(imagej):
    imagej.run_macro('run("Clear Results");')


@pytest.fixture
def sets(tmp_path):
    """The files of two ROI sets, a large rectangle in the first, half of it in the second."""
    paths = []
    for name, (left, top, right, bottom) in (("found", LARGE), ("drawn", SMALL)):
        corners = [[left, top], [right, top], [right, bottom], [left, bottom]]
        paths.append(tmp_path / f"{name}.zip")
        write_rois(paths[-1], [Roi("birch", [np.array(corners, float)], {})])
    return paths


def test_a_recorded_line_adds_the_agreement_and_draws_the_difference(opened, sets):
    opened.run_macro(f'run("Compare outlines...", "found=[{sets[0]}] drawn=[{sets[1]}]");')

    assert float(opened.run_macro('return d2s(getResult("dice", 0), 6);')) == DICE
    drawn = opened.run_macro(
        'Overlay.activateSelection(0); return "" + Overlay.size + " " + Roi.getName + " "'
        ' + getValue("Area");'
    )
    assert drawn == "1 only found 200"


def test_a_macro_compares_the_outlines_on_the_photo_with_a_file(opened, sets, service):
    dice = opened.run_macro(
        'makeRectangle(10, 10, 20, 20); roiManager("add"); run("Select None");'
        f'return call("erythema.Compare.run", "drawn=[{sets[1]}] service={service}");'
    )

    assert float(dice) == DICE


def test_of_a_stack_the_outlines_of_the_photo_that_is_shown_are_compared(opened, sets):
    dice = opened.run_macro(
        'newImage("two", "RGB", 64, 64, 2);'
        'makeRectangle(10, 10, 20, 20); Roi.setPosition(1); roiManager("add");'
        'makeRectangle(40, 40, 9, 9); Roi.setPosition(2); roiManager("add");'
        'run("Select None"); roiManager("deselect");'
        f'return call("erythema.Compare.run", "drawn=[{sets[1]}]");'
    )

    assert float(dice) == DICE


def test_a_file_without_outlines_stops_the_macro_with_its_name(opened, tmp_path):
    (tmp_path / "empty.zip").write_bytes(b"")

    with pytest.raises(FijiError, match=r"drawn=\[.*empty.zip\] holds no outlines"):
        opened.run_macro(
            'makeRectangle(1, 1, 9, 9); roiManager("add");'
            f'call("erythema.Compare.run", "drawn=[{tmp_path}/empty.zip]");'
        )
