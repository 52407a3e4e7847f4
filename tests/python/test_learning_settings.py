"""Settings that no training can have are refused when they are made."""

import pytest

from erythema.learning.settings import PRESETS, Settings, SettingsError


@pytest.mark.parametrize("name", ["encoder", "loss", "augmentation", "schedule"])
def test_a_name_that_nobody_knows_is_refused_with_the_known_ones(name):
    known = getattr(PRESETS["default"], name)
    with pytest.raises(SettingsError, match=f"there is no {name} none-such; .*") as error:
        Settings(**{name: "none-such"})
    assert known in str(error.value)


def test_without_validation_photos_the_operating_point_must_be_given():
    with pytest.raises(SettingsError, match="without validation photos, give the operating point"):
        Settings(validation=0)
