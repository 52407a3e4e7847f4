"""The packages that the bundle pins: there for the device, complete, and enough."""

import re
import shutil
import subprocess
from pathlib import Path

import pytest
from pinned_packages import PIP, REQUIREMENTS

# What pip's options call the systems of a Nano and of an Orin.
SYSTEMS = {
    "3.6": """--python-version 3.6.9 --abi cp36m --abi abi3 --abi none
        --platform manylinux2014_aarch64 --platform manylinux_2_17_aarch64""",
    "3.10": """--python-version 3.10.12 --abi cp310 --abi abi3 --abi none
        --platform manylinux2014_aarch64 --platform manylinux_2_17_aarch64
        --platform manylinux_2_28_aarch64""",
}


@pytest.fixture
def large_folder(tmp_path):
    """A folder that is not kept for a look afterwards."""
    yield tmp_path
    shutil.rmtree(tmp_path)


def test_every_module_of_the_bundle_runs_on_python36_with_the_pins_alone(
    bundle, python36, wheels, large_folder
):
    python = _environment(large_folder, python36, wheels, bundle / "requirements.txt")
    source = bundle / "python"
    names = [
        ".".join(path.relative_to(source).with_suffix("").parts).replace(".__init__", "")
        for path in source.rglob("*.py")
        if path.name != "__main__.py"
    ]

    run = subprocess.run(
        [python, "-c", "\n".join(f"import {name}" for name in names)],
        env={"PYTHONPATH": str(source)},
        capture_output=True,
        text=True,
    )

    assert run.returncode == 0, run.stderr


def _environment(folder, python, wheels, requirements):
    subprocess.run([python, "-m", "venv", folder], check=True)
    pip = [folder / "bin/python", "-m", "pip", "install", "--quiet", "--no-deps", "--no-index"]
    for pinned in ([PIP], ["-r", requirements]):
        subprocess.run([*pip, "--find-links", wheels, *pinned], check=True)
    return folder / "bin/python"


@pytest.mark.parametrize("python", ["3.6", "3.10"])
def test_each_pin_and_nothing_beyond_them_is_there_for_the_device(
    python, request, wheels, large_folder
):
    pip = _pip(python, request)
    pins = [_pins(file, python) for file in REQUIREMENTS]

    _download(pip, python, wheels, large_folder / "service", pins[0])
    _download(pip, python, wheels, large_folder / "tensorflow", ["--no-deps", *pins[1]])

    assert _names(large_folder / "service") == {_normal(pin) for pin in pins[0]}
    assert _names(large_folder / "tensorflow") == {_normal(pin) for pin in pins[1]}


def _pip(python, request):
    """The pip of a Python of that version: it is what decides which pins apply."""
    if python == "3.6":
        return [str(request.getfixturevalue("nano_python")), "-m", "pip"]
    found = sorted(Path("~/.pyenv/versions").expanduser().glob(f"{python}.*/bin/python"))
    if not found:
        pytest.skip(f"there is no Python {python} on this machine")
    return [str(found[-1]), "-m", "pip"]


def _pins(file, python):
    """The pins for a version of Python, without their markers."""
    applies = {"3.6": '< "3.7"', "3.10": '>= "3.10"'}[python]
    return re.findall(rf"^(\S+==\S+) ; python_version {applies}$", file.read_text(), re.M)


def _download(pip, python, wheels, folder, pins):
    """Download wheels for the device, with what they need; pure ones may be built here."""
    command = [*pip, "download", "--quiet", "--only-binary", ":all:", "--find-links", str(wheels)]
    system = ["--implementation", "cp", *SYSTEMS[python].split(), "--dest", str(folder)]
    run = subprocess.run([*command, *system, *pins], capture_output=True, text=True)
    if run.returncode != 0 and not _reaches_the_registry(pip, folder):
        pytest.skip("the package registry cannot be reached")
    assert run.returncode == 0, run.stderr


def _reaches_the_registry(pip, folder):
    command = [*pip, "download", "--quiet", "--no-deps", "--no-cache-dir", "--dest", str(folder)]
    return subprocess.run([*command, "zipp==3.6.0"], capture_output=True).returncode == 0


def _names(folder):
    """NAME==VERSION of each wheel in a folder."""
    return {_normal("==".join(wheel.name.split("-")[:2])) for wheel in folder.iterdir()}


def _normal(pin):
    return re.sub(r"[-_.]+", "-", pin).lower()
