"""The plugin and a service with token and TLS, as on a Jetson Nano."""

import pytest

ASK = (
    "from erythema.fiji import start\n"
    "with start(headless=True) as imagej:\n"
    '    print(imagej.run_macro(\'return call("erythema.Segment.run", "photo=[{photo}]");\'))\n'
)


def ask(run_python, photo, protected, **environment):
    address, token, pin = protected
    given = {"ERYTHEMA_SERVICE": address, "ERYTHEMA_TOKEN": token, "ERYTHEMA_PIN": pin}
    return run_python(ASK.format(photo=photo), **{**given, **environment})


def test_with_token_and_pin_the_outlines_come(run_python, photo, protected):
    result = ask(run_python, photo, protected)

    assert result.returncode == 0, result.stderr
    assert int(result.stdout) >= 1


def test_without_the_token_the_macro_says_what_to_set(run_python, photo, protected):
    result = ask(run_python, photo, protected, ERYTHEMA_TOKEN=None)

    assert result.returncode != 0
    assert "asks for its token" in result.stderr
    assert "set ERYTHEMA_TOKEN to it" in result.stderr


@pytest.mark.parametrize("pin", [None, "sha256//AAAA"], ids=["no pin", "another pin"])
def test_without_the_pin_the_token_is_not_sent(run_python, photo, protected, pin):
    result = ask(run_python, photo, protected, ERYTHEMA_PIN=pin)

    assert result.returncode != 0
    assert "is not trusted" in result.stderr
    assert f"Its pin is {protected[2]}" in result.stderr
