"""Rendered skin tests: what is painted is known exactly, and looks as skin does."""

from pathlib import Path

import numpy as np
import pytest

from erythema.learning.flares import Reaction, paint, place
from erythema.learning.rendered_sets import SPLITS, render_nth
from erythema.learning.skin import (
    HAEMOGLOBIN,
    MELANIN,
    axis,
    from_srgb,
    haemoglobin_for,
    lab,
    melanin_for,
    to_srgb,
    tone,
    typology_angle,
    with_pigment,
)
from erythema.learning.synthesis import SMALLEST_DIAMETER, TEST, TRAINING, render

BENCHMARKS = Path(__file__).parents[1] / "benchmarks"

SKIN = from_srgb(np.array([224, 180, 150], np.uint8))
ROUND = Reaction(
    x=32.0,
    y=24.0,
    radius=10.0,
    axis_ratio=1.0,
    angle=0.0,
    softness=0.1,
    waves=np.zeros((4, 2)),
    redness=0.5,
    wheal=0.4,
    paleness=0.8,
)
EVEN = np.zeros((48, 64), np.float32)
ALL_ARM = np.ones((48, 64), np.float32)


def test_linear_light_and_back_is_the_same_photo():
    levels = np.repeat(np.arange(256, dtype=np.uint8)[:, None], 3, axis=1)
    np.testing.assert_array_equal(to_srgb(from_srgb(levels)), levels)


def test_haemoglobin_makes_skin_redder_and_melanin_makes_it_darker():
    before = lab(SKIN)
    assert lab(with_pigment(SKIN, 0.5, HAEMOGLOBIN))[1] > before[1] + 10
    assert lab(with_pigment(SKIN, 0.5, MELANIN))[0] < before[0] - 10


def test_the_same_flare_shows_less_on_darker_skin():
    shown = []
    for angle in (50, 0, -50):
        skin = with_pigment(SKIN, melanin_for(SKIN, angle), MELANIN)
        shown.append(np.linalg.norm(lab(with_pigment(skin, 0.5, HAEMOGLOBIN)) - lab(skin)))
    assert shown[0] > shown[1] > shown[2]


@pytest.mark.parametrize("angle", [-50, -20, 20, 35, 50])
def test_skin_is_recoloured_to_a_typology_angle(angle):
    skin = with_pigment(SKIN, melanin_for(SKIN, angle), MELANIN)
    assert typology_angle(skin) == pytest.approx(angle, abs=0.5)


@pytest.mark.parametrize(("angle", "expected"), [(50, 2), (35, 3), (20, 4), (-20, 5), (-50, 6)])
def test_tones_are_classes_of_the_typology_angle(angle, expected):
    assert tone(with_pigment(SKIN, melanin_for(SKIN, angle), MELANIN)) == expected


def test_a_flare_too_faint_to_see_is_made_redder_until_it_shows():
    dark = with_pigment(SKIN, melanin_for(SKIN, -50), MELANIN)
    amount = haemoglobin_for(dark, 0.1, least_difference=10)
    shown = np.linalg.norm(lab(with_pigment(dark, amount, HAEMOGLOBIN)) - lab(dark))
    assert 10 <= shown < 11
    assert haemoglobin_for(SKIN, 1.0, least_difference=10) == 1.0


def test_the_border_of_a_flare_is_where_its_redness_is_half_way_down():
    fields = paint([ROUND], EVEN.shape, EVEN)
    # Pixel 41's centre lies 9.5 from the reaction's, 42's 10.5: the radius is 10.
    assert fields.flare[24, 41] > 0.5 > fields.flare[24, 42]
    assert fields.haemoglobin[24, 41] > 0.25 > fields.haemoglobin[24, 42]
    assert (fields.flare >= 0.5).sum() == pytest.approx(np.pi * 10**2, rel=0.02)


def test_a_wheal_is_pale_and_raised():
    fields = paint([ROUND], EVEN.shape, EVEN)
    assert fields.haemoglobin[24, 32] == pytest.approx(0.5 * (1 - 0.8), abs=0.01)
    assert fields.haemoglobin[24, 38] > 0.4  # beside it
    assert fields.height[24, 32] > 3 > 0 == fields.height[24, 40]
    assert (fields.wheal >= 0.5).sum() == pytest.approx(np.pi * 4**2, rel=0.1)


def test_an_elongated_flare_has_the_area_of_the_round_one():
    long = paint([ROUND._replace(axis_ratio=0.6, angle=0.7)], EVEN.shape, EVEN)
    assert (long.flare >= 0.5).sum() == pytest.approx(np.pi * 10**2, rel=0.02)


def test_a_reaction_at_the_edge_of_the_photo_is_cut_off():
    half = paint([ROUND._replace(x=0.0)], EVEN.shape, EVEN)
    assert (half.flare >= 0.5).sum() == pytest.approx(np.pi * 10**2 / 2, rel=0.03)


def place_all(sites, radii, merging=0):
    rng = np.random.default_rng(0)
    return place(np.array(sites, float), np.array(radii, float), 4.0, ALL_ARM, merging, rng)


def test_a_reaction_shrinks_to_the_room_there_is():
    # 24 pixels to the upper edge, 20 to the left one; 1.3 radii must fit.
    assert place_all([(20, 24)], [10, 10]) == [(20, 24, 10)]
    (_, _, radius), *_ = place_all([(20, 24)], [30])
    assert radius == pytest.approx(20 / 1.3, rel=0.06)


def test_a_site_without_room_stays_empty():
    assert place_all([(3, 3), (32, 24)], [8, 8]) == [(32, 24, 8)]


def test_where_no_site_has_room_the_reaction_is_in_the_middle():
    [(x, y, radius)] = place_all([(3, 3)], [8])
    assert radius == 8
    assert 20 <= x <= 44
    assert 20 <= y <= 28


def test_neighbours_stay_apart():
    first, second = place_all([(20, 24), (44, 24)], [10, 10])
    assert 1.45 * (first[2] + second[2]) <= 44 - 20 + 1e-9
    assert second[2] == pytest.approx(24 / 1.45 - 10)


def test_a_merging_neighbour_overlaps():
    first, second = place_all([(32, 24)], [6], merging=1)
    assert np.hypot(first[0] - second[0], first[1] - second[1]) < first[2] + second[2]


def test_the_axis_of_a_bar():
    bar = np.zeros((100, 100), bool)
    bar[40:60] = True
    angle, thickness = axis(bar)
    assert angle == pytest.approx(0)
    assert thickness == pytest.approx(20, rel=0.01)


@pytest.mark.parametrize("name", TEST._fields)
def test_the_test_set_is_at_least_as_wide_as_training(name):
    training, test = getattr(TRAINING, name), getattr(TEST, name)
    assert test[0] <= training[0] <= training[1] <= test[1]


def test_the_same_seed_gives_the_same_photo():
    both = [
        render(TRAINING, [], reactions=True, rng=np.random.default_rng(5)).photo for _ in range(2)
    ]
    np.testing.assert_array_equal(*both)


@pytest.mark.parametrize("seed", range(5))
def test_a_rendering_with_reactions_has_visible_ones_on_the_arm(seed):
    rendering = render(TEST, [], reactions=True, rng=np.random.default_rng(seed))
    inside = rendering.erythema >= 0.5
    assert inside.sum() >= 0.8 * np.pi * (SMALLEST_DIAMETER / 2) ** 2
    assert not (inside & ~rendering.arm).any()
    wheals = rendering.wheals >= 0.5
    assert (inside & wheals).sum() == wheals.sum() > 0
    assert 1 <= rendering.tone <= 6
    index = np.log10(np.maximum(rendering.photo, 1.0)) @ [1, -1, 0]
    assert index[inside & ~wheals].mean() > index[rendering.arm & ~inside].mean()


def test_a_rendering_without_reactions_has_no_erythema_and_no_wheal():
    rendering = render(TEST, [], reactions=False, rng=np.random.default_rng(1))
    assert not (rendering.erythema >= 0.5).any()
    assert not (rendering.wheals >= 0.5).any()


def test_redness_alone_does_not_find_the_erythema(monkeypatch):
    monkeypatch.syspath_prepend(str(BENCHMARKS))
    from rendered_difficulty import scores

    found = scores(render_nth(SPLITS["test"], [], number) for number in range(1, 13))
    whole, arm = found.mean(axis=0)
    assert whole < 0.80
    assert 0.3 < arm < 0.80
