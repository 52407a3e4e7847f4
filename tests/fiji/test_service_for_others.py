"""The plugin and a service with token and TLS, as on a Jetson Nano."""

import re
import subprocess
import sys

import pytest

ASK = (
    "from erythema.fiji import start\n"
    "with start(headless=True) as imagej:\n"
    '    print(imagej.run_macro(\'return call("erythema.Segment.run", "photo=[{photo}]");\'))\n'
)


@pytest.fixture(scope="module")
def protected(tmp_path_factory):
    """Address, token and pin of a service for others than this computer."""
    settings = ["--settings", str(tmp_path_factory.mktemp("settings"))]
    command = [sys.executable, "-m", "erythema.service", *settings]
    said = subprocess.run([*command, "--new-token"], capture_output=True, text=True, check=True)
    token = re.search(r"^    (\S+)$", said.stdout, re.MULTILINE)[1]
    serving = subprocess.Popen(
        [*command, "--host", "0.0.0.0", "--port", "0"], stdout=subprocess.PIPE, text=True
    )
    try:
        address, pin = (serving.stdout.readline().split()[-1] for _ in range(2))
        yield address.replace("0.0.0.0", "localhost"), token, pin
    finally:
        serving.kill()
        serving.communicate()


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
    assert "Set ERYTHEMA_TOKEN" in result.stderr


@pytest.mark.parametrize("pin", [None, "sha256//AAAA"], ids=["no pin", "another pin"])
def test_without_the_pin_the_token_is_not_sent(run_python, photo, protected, pin):
    result = ask(run_python, photo, protected, ERYTHEMA_PIN=pin)

    assert result.returncode != 0
    assert "is not trusted" in result.stderr
    assert "Set ERYTHEMA_PIN to the pin that the service printed" in result.stderr
