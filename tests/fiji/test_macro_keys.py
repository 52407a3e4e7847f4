"""What the keys of the commands are like, and what a macro is told that misspells one."""

import pytest
from test_plugin_shape import COMMANDS

from erythema.fiji import FijiError

# The classes that macros call, headless ones too.
CALLS = ["Compare", "Measure", "Save", "Segment", "SegmentFolder", "Send", "Service"]
# Those of the menu that a macro gives options.
RUNS = [
    line["command"]
    for line in COMMANDS
    if line["command"] not in ("About Erythema...", "Keep one reaction")
]

RUN_WAYS = [f'run("{command}", "OPTIONS");' for command in RUNS]
# Those that ask the service.
ASKING_WAYS = [way for way in RUN_WAYS if "Save outlines" not in way and "Annotate" not in way]
WAYS = [*RUN_WAYS, *(f'call("erythema.{name}.run", "OPTIONS");' for name in CALLS)]


def told(imagej, way, options):
    """What the macro is told that gives these options."""
    with pytest.raises(FijiError) as error:
        imagej.run_macro(way.replace("OPTIONS", options))
    return str(error.value)


@pytest.mark.parametrize("way", WAYS)
def test_a_misspelt_key_is_named_with_those_there_are(opened, way):
    message = told(opened, way, "treshold=0.5")

    assert '"treshold=0.5" is not an option' in message
    assert "The options are: " in message


@pytest.mark.parametrize("way", WAYS)
def test_keys_are_lower_case_words_that_imagej_can_tell_apart(opened, way):
    listed = told(opened, way, "treshold=0.5").split("The options are: ")[1]
    keys = [word.strip("=,") for word in listed.split(" in line")[0].split()]

    assert all(key.isalpha() and key.islower() for key in keys)
    assert sorted(keys) == sorted(set(keys))


@pytest.mark.parametrize("way", ASKING_WAYS)
def test_a_value_that_does_not_fit_is_named_with_its_key(opened, way):
    message = told(opened, way, "service=[no address]")

    assert "service=no address is not an address of a service" in message
