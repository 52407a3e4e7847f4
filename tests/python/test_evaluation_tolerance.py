"""What surface Dice tolerates: how far apart two readers' borders lie."""

import numpy as np
import pytest
from PIL import Image
from tiny_data_sets import save_outlines

from erythema.datasets.folder import read_folder
from erythema.evaluation.tolerance import READERS_DISTANCE, readers_tolerance


@pytest.fixture
def folder(tmp_path):
    """A photo of 512 x 512 with a square of 10 x 10 pixels, outlined by reader a."""
    Image.fromarray(np.zeros((512, 512, 3), np.uint8)).save(tmp_path / "P1.png")
    save_outlines(tmp_path / "reader_a/P1.zip", (100, 100, 110, 110))
    return tmp_path


def test_it_is_the_median_distance_of_both_readers_border_pixels(folder):
    save_outlines(folder / "reader_b/P1.zip", (103, 100, 113, 110))
    tolerance = readers_tolerance([read_folder(folder, "a")])
    # Of the 36 border pixels of either, 14 lie 0 from the other's, 4 lie 1, 4 lie 2, 14 lie 3.
    assert tolerance.pixels == 1.5
    assert tolerance.source == f"readers a and b on 1 photos of {folder.name}"


def test_a_photo_that_one_reader_did_not_outline_is_left_out(folder):
    save_outlines(folder / "reader_b/P1.zip", (103, 100, 113, 110))
    Image.fromarray(np.ones((512, 512, 3), np.uint8)).save(folder / "P2.png")
    save_outlines(folder / "reader_b/P2.zip", (0, 0, 9, 9))
    assert readers_tolerance([read_folder(folder, "a")]).pixels == 1.5


def test_with_one_reader_it_is_the_one_measured_on_other_photos(folder):
    tolerance = readers_tolerance([read_folder(folder)])
    assert tolerance.pixels == READERS_DISTANCE
    assert tolerance.source == "two readers on 20 other photos"
