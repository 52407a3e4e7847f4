"""Probabilities are held against the share of pixels that the reader drew."""

import numpy as np
import pytest

pytest.importorskip("scipy", reason="evaluation needs SciPy: the extra 'evaluate'")

from erythema.evaluation.reliability import BINS, reliability, reliability_counts

EMPTY = (0, 0.0, 0)


def bins(**counts):
    """Counts of a photo whose bins are empty but for some, called b0 to b9."""
    return [counts.get(f"b{place}", EMPTY) for place in range(BINS)]


def test_each_pixel_is_counted_in_its_bin():
    probability = np.array([[0.05, 0.25, 0.25], [0.5, 0.75, 0.75]], np.float32)
    drawn = np.array([[False, True, False], [True, True, True]])
    assert reliability_counts(probability, drawn) == bins(
        b0=(1, pytest.approx(0.05), 0), b2=(2, 0.5, 1), b5=(1, 0.5, 1), b7=(2, 1.5, 2)
    )


@pytest.mark.parametrize("kind", [np.float32, np.float64])
def test_a_probability_on_an_edge_falls_into_the_bin_above(kind):
    on_edges = np.array([[0, 0.1, 0.2, 0.3, 0.4, 0.5, 0.6, 0.7, 0.8, 0.9]], kind)
    counts = reliability_counts(on_edges, np.zeros((1, 10), bool))
    assert [pixels for pixels, _, _ in counts] == [1] * 10


def test_certainty_falls_into_the_last_bin():
    assert reliability_counts(np.ones((2, 2), np.float32), np.ones((2, 2), bool)) == bins(
        b9=(4, 4.0, 4)
    )


def test_large_photos_are_summed_without_loss():
    probability = np.full((2000, 2000), 0.1, np.float32)
    pixels, total, _ = reliability_counts(probability, probability > 1)[1]
    assert total / pixels == pytest.approx(float(np.float32(0.1)), rel=1e-9)


def test_photos_are_summed_before_they_are_divided():
    photos = [bins(b2=(3, 0.75, 0), b9=(1, 1.0, 1)), bins(b2=(1, 0.25, 1))]
    both = reliability(photos, ["A", "B"])
    assert [(both.bins[2].pixels, both.bins[2].probability, both.bins[2].drawn)] == [
        (4, 0.25, 0.25)
    ]
    assert (both.bins[9].pixels, both.bins[9].probability, both.bins[9].drawn) == (1, 1, 1)
    assert both.error == 0


def test_the_calibration_error_is_weighted_by_pixels():
    # Off by 0.25 on 4 pixels, by 0.1 on 6: (1 + 0.6) / 10.
    photo = bins(b2=(4, 1.0, 2), b9=(6, 5.4, 6))
    assert reliability([photo], ["A"]).error == pytest.approx(0.16)


def test_an_empty_bin_has_no_interval():
    empty = reliability([bins(b0=(4, 0.0, 0))] * 6, list("ABCDEF")).bins[5]
    assert (empty.pixels, empty.probability, empty.drawn, empty.interval) == (0, 0, 0, None)


def test_the_band_holds_the_share_drawn():
    drawn = [0, 1, 2, 3, 4, 2]
    photos = [bins(b4=(4, 1.8, count)) for count in drawn]
    band = reliability(photos, list("ABCDEF")).bins[4]
    assert band.drawn == 0.5
    assert 0 < band.interval.low < 0.5 < band.interval.high < 1


def test_patients_without_a_pixel_in_the_bin_say_nothing_about_it():
    photos = [bins(b4=(4, 1.8, count)) for count in (0, 1, 2, 3, 4, 2)]
    more = [*photos, bins(b0=(9, 0.0, 0)), bins(b0=(9, 0.0, 1))]
    assert (
        reliability(more, list("ABCDEFGH")).bins[4] == reliability(photos, list("ABCDEF")).bins[4]
    )


def test_bins_seen_in_few_patients_have_no_interval():
    photos = [bins(b4=(4, 1.8, 1), b5=(2, 1.0, place % 2)) for place in range(4)]
    photos += [bins(b4=(4, 1.8, 2))] * 2
    of_all = reliability(photos, list("ABCDEF"))
    assert of_all.bins[4].interval is not None
    assert of_all.bins[5].interval is None
