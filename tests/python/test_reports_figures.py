"""The figures in a report."""

import re
import xml.etree.ElementTree as ElementTree

import pytest

from erythema.evaluation.bland_altman import bland_altman
from erythema.evaluation.reliability import reliability
from erythema.reports.figures import (
    bland_altman_figure,
    learning_curves_figure,
    reliability_figure,
)

AREAS = bland_altman([90, 210, 310], [100, 200, 300], ["A", "B", "C"], logarithm=True)
ROWS = [
    {"epoch": 1, "loss": 0.9, "validation_loss": 0.8, "validation_dice": 0.2},
    {"epoch": 2, "loss": 0.5, "validation_loss": 0.6, "validation_dice": 0.4},
]


def ids(svg):
    return re.findall(r'\bid="([^"]+)"', svg)


def test_ids_of_two_figures_never_collide():
    one = learning_curves_figure(ROWS, name="one", title="Fold 1")
    other = learning_curves_figure(ROWS, name="other", title="Fold 1")
    assert ids(one)
    assert not set(ids(one)) & set(ids(other))


def test_references_within_a_figure_lead_somewhere():
    svg = bland_altman_figure(AREAS, logarithm=True, name="ratios")
    targets = re.findall(r'url\(#([^)]+)\)|href="#([^"]+)"', svg)
    assert targets
    assert {one or other for one, other in targets} <= set(ids(svg))


def test_a_figure_takes_its_colours_from_the_page():
    svg = bland_altman_figure(AREAS, logarithm=True, name="ratios")
    assert "var(--first)" in svg
    assert not re.search(r"#[0-9a-fA-F]{6}\b", svg)


def test_text_stays_text():
    svg = learning_curves_figure(ROWS, name="one", title="Fold 1 & more")
    words = [element.text for element in ElementTree.fromstring(svg).iter() if element.text]
    assert "Epoch" in words
    assert "Fold 1 & more" in words


def test_a_title_is_no_formula():
    assert "my$x^$net" in learning_curves_figure(ROWS, name="one", title="my$x^$net")


def test_a_figure_says_in_words_what_it_shows():
    svg = bland_altman_figure(AREAS, logarithm=True, name="ratios")
    label = ElementTree.fromstring(svg).get("aria-label")
    assert label.startswith("Bland-Altman plot of the areas found and drawn, as ratios")
    assert "3 photos" in label


def test_limits_as_ratios_and_as_differences_are_two_scales():
    raw = bland_altman([90, 210, 310], [100, 200, 300], ["A", "B", "C"], logarithm=False)
    assert "Found / drawn" in bland_altman_figure(AREAS, logarithm=True, name="a")
    assert "Found \N{MINUS SIGN} drawn (pixels)" in bland_altman_figure(
        raw, logarithm=False, name="a"
    )


@pytest.mark.parametrize("patients", [["A", "B"], ["A", "B", "C", "D", "E", "F"]])
def test_reliability_is_drawn_with_and_without_intervals(patients):
    photos = [[(4, 1.0, place % 3), (0, 0.0, 0), (6, 6.0, 6)] for place in range(len(patients))]
    svg = reliability_figure(reliability(photos, patients), name="reliability")
    assert "Share drawn by the reader" in svg


def test_the_same_figure_has_the_same_bytes():
    assert learning_curves_figure(ROWS, name="one", title="Fold 1") == learning_curves_figure(
        ROWS, name="one", title="Fold 1"
    )
