"""Settings that no training can have are refused when they are made."""

import pytest

from erythema.learning.settings import PRESETS, Settings, SettingsError


@pytest.mark.parametrize("name", ["encoder", "loss", "augmentation", "schedule"])
def test_a_name_that_nobody_knows_is_refused_with_the_known_ones(name):
    known = getattr(PRESETS["default"], name)
    with pytest.raises(SettingsError, match=f"there is no {name} none-such; .*") as error:
        Settings(**{name: "none-such"})
    assert known in str(error.value)


@pytest.mark.parametrize("share", [-0.1, 0, 1, 1.2])
def test_a_share_of_nothing_or_of_all_is_refused(share):
    with pytest.raises(SettingsError, match=r"an extra share of .*: must lie between 0 and 1"):
        Settings(extra_share=share)


def test_without_validation_photos_the_operating_point_must_be_given():
    with pytest.raises(SettingsError, match="without validation photos, give the operating point"):
        Settings(validation=0)
