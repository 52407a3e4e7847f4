"""What the service of a calibrated network says of how sure an outline is."""

import numpy as np
import pytest
from asking import encoded, segment, service_of, skin

from erythema.segmentation.outline import area, fill
from erythema.segmentation.roi_set import is_unedited, read_rois


@pytest.fixture(scope="module")
def calibrated(service_program, calibrated_network):
    """The service of a network that is sure to 0.75, and of the area to a factor of two."""
    with service_of(calibrated_network, program=service_program) as client:
        yield client


def cone():
    """Red in the middle, fading to skin 22 px from there: the probability is 0.5 at 11 px."""
    photo = skin()
    y, x = np.mgrid[0:48, 0:64] + 0.5
    redness = np.clip(1 - np.hypot(x - 32, y - 24) / 22, 0, 1)
    photo[..., 1] = np.round(204 - 127.5 * redness)  # 127.5 less green than red is 1.0
    return encoded(photo)


def ask(service, accept="application/json", **parameters):
    answer = segment(service, cone(), accept, **parameters)
    assert answer.status_code == 200
    return answer


def test_json_says_how_sure_it_is(calibrated):
    (reaction,) = ask(calibrated).json()["reactions"]
    assert reaction["confidence"] == 0.75
    assert reaction["area_low_px"] == pytest.approx(reaction["area_px"] / 2, abs=0.001)
    assert reaction["area_high_px"] == pytest.approx(reaction["area_px"] * 2, abs=0.001)
    assert "inner" not in reaction
    assert "outer" not in reaction


def test_geojson_and_roi_set_say_it_in_their_properties(calibrated):
    (feature,) = ask(calibrated, "application/geo+json").json()["features"]
    (roi,) = read_rois(ask(calibrated, "application/zip").content)
    for properties in (feature["properties"], roi.properties):
        assert properties["erythema.confidence"] == "0.750"
        low, high = (float(properties[f"erythema.area_{end}_px"]) for end in ("low", "high"))
        assert high == pytest.approx(4 * low, rel=1e-4)


def test_lines_enclose_both_ends_of_the_area_interval(calibrated):
    (reaction,) = ask(calibrated, lines="inner,outer").json()["reactions"]
    inner, outer = np.array(reaction["inner"]), np.array(reaction["outer"])
    assert area(inner) == pytest.approx(reaction["area_low_px"], rel=0.05)
    assert area(outer) == pytest.approx(reaction["area_high_px"], rel=0.05)
    nested = [fill([np.array(line)], (48, 64)) for line in (inner, reaction["outline"], outer)]
    assert not np.any(nested[0] & ~nested[1])
    assert not np.any(nested[1] & ~nested[2])


def test_one_line_may_be_asked_for(calibrated):
    (reaction,) = ask(calibrated, lines="outer").json()["reactions"]
    assert "inner" not in reaction
    assert "outer" in reaction


def test_in_geojson_a_line_is_a_feature_that_says_which(calibrated):
    answer = ask(calibrated, "application/geo+json", lines="outer,inner")
    outline, inner, outer = answer.json()["features"]
    assert "line" not in outline["properties"]
    assert inner["properties"] == {"name": "erythema 1", "line": "inner"}
    assert outer["properties"] == {"name": "erythema 1", "line": "outer"}
    assert inner["geometry"]["coordinates"][0][0] == inner["geometry"]["coordinates"][0][-1]


def test_in_a_roi_set_a_line_is_a_roi_of_its_own_role_and_colour(calibrated):
    answer = ask(calibrated, "application/zip", lines="inner,outer")
    rois = read_rois(answer.content)
    assert [roi.name for roi in rois] == ["erythema 1", "erythema 1 inner", "erythema 1 outer"]
    assert [roi.properties["erythema.role"] for roi in rois] == [
        "erythema",
        "erythema inner",
        "erythema outer",
    ]
    assert all(is_unedited(roi) for roi in rois)


def test_lines_do_not_change_the_mask(calibrated):
    plain = ask(calibrated, "image/png").content
    assert ask(calibrated, "image/png", lines="inner,outer").content == plain
