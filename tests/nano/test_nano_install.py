"""``install.sh`` on a device: Python 3.6, TensorFlow installed as JetPack installs it, no network.

The device is a folder with the layout of Ubuntu 18.04: this system's own programs, seen read-only,
and an /etc, /opt, /var, /home and /root of its own.
"""

import hashlib
import importlib.metadata
import json
import os
import re
import shutil
import subprocess
import sys
import zipfile
from pathlib import Path

import pytest

import erythema

HERE = Path(__file__).parent
ALONE = ["unshare", "--mount", "--net", "--pid", "--fork", "--kill-child"]
PATH = "/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin"
PROGRAMS = "opt/erythema"
SETTINGS = "var/lib/erythema/settings"
FROM_ETC = (
    "alternatives",
    "default/useradd",
    "group",
    "gshadow",
    "ld.so.cache",
    "login.defs",
    "nsswitch.conf",
    "pam.d",
    "passwd",
    "security",
    "shadow",
)


class Device:
    """A folder that commands take for the root of their file system."""

    def __init__(self, root, shown):
        self.root = root
        self._shown = [f"{source}={target}" for target, source in shown.items()]

    def run(self, *command, **environment):
        """Run a command there, as root."""
        variables = {"PATH": PATH, "HOME": "/root"}
        offline = {"PIP_NO_INDEX": "1", "PIP_FIND_LINKS": "/wheels"}
        variables = {**variables, **offline, **environment}
        return subprocess.run(
            [*ALONE, "sh", str(HERE / "chroot.sh"), str(self.root), *self._shown, "--", "env", "-i"]
            + [f"{name}={value}" for name, value in variables.items()]
            + list(command),
            stdin=subprocess.DEVNULL,
            capture_output=True,
            text=True,
            check=False,
        )

    def install(self, *arguments, **environment):
        """Run the unpacked bundle's install.sh."""
        return self.run("/home/nano/bundle/install.sh", *arguments, **environment)

    def script(self, name, *lines):
        """Put a program into /root/bin, which only a PATH with it finds."""
        program = self.root / "root/bin" / name
        program.parent.mkdir(exist_ok=True)
        program.write_text("\n".join(["#!/bin/sh", *lines, ""]))
        program.chmod(0o755)

    def without_tensorflow(self):
        """The same device with a Python that nothing is installed for."""
        without = Device(self.root, {})
        without._shown = [pair for pair in self._shown if not pair.endswith("/site-packages")]
        return without

    def current(self):
        """The folder of the release that runs."""
        return (self.root / PROGRAMS / "current").resolve()

    def token_hash(self):
        return (self.root / SETTINGS / "token.sha256").read_text().strip()


@pytest.fixture(scope="module")
def device(bundle, nano_python, python36, wheels, tmp_path_factory):
    """A device on which the bundle was unpacked."""
    if sys.platform != "linux" or os.geteuid() != 0:
        pytest.skip("a file system of its own takes root on Linux")
    if subprocess.run([*ALONE, "ip", "link"], capture_output=True).returncode != 0:
        pytest.skip("a file system of its own takes unshare and ip, and leave to use them")
    root = _open_folder(tmp_path_factory, "device")
    prefix = python36.parents[1]
    shown = {
        "/usr": "/usr",
        "/dev": "/dev",
        "/usr/local": _local(tmp_path_factory, python36),
        str(prefix): prefix,
        str(prefix / "lib/python3.6/site-packages"): _jetpack(tmp_path_factory, nano_python),
        str(nano_python.parents[1]): nano_python.parents[1],
        "/wheels": wheels,
        "/tests": HERE,
        "/samples": Path(erythema.__file__).parent / "samples",
    }
    for name in ("bin", "sbin", "lib", "lib32", "lib64"):
        if Path("/", name).is_symlink():
            (root / name).symlink_to(os.readlink(f"/{name}"))
        elif Path("/", name).exists():
            shown[f"/{name}"] = f"/{name}"
    for name in (
        "opt",
        "proc",
        "root",
        "run",
        "tmp",
        "var/lib",
        "etc/default",
        "etc/systemd/system",
    ):
        (root / name).mkdir(parents=True)
    (root / "tmp").chmod(0o1777)
    for name in FROM_ETC:
        _copy(Path("/etc", name), root / "etc" / name)
    (root / "etc/hosts").write_text("127.0.0.1 localhost\n")
    shutil.copytree(bundle, root / "home/nano/bundle")
    (root / "home/nano").chmod(0o700)
    yield Device(root, shown)
    shutil.rmtree(root)


def _open_folder(tmp_path_factory, name):
    """A folder that the service's user can read."""
    folder = tmp_path_factory.mktemp(name)
    folder.chmod(0o755)
    return folder


def _local(tmp_path_factory, python36):
    """An /usr/local where python3 is Python 3.6."""
    folder = _open_folder(tmp_path_factory, "local")
    (folder / "bin").mkdir()
    (folder / "bin/python3").symlink_to(python36)
    return folder


def _jetpack(tmp_path_factory, nano_python):
    """System packages with TensorFlow, and what the bundle says that it needs, alone."""
    folder = _open_folder(tmp_path_factory, "jetpack")
    site = nano_python.parents[1] / "lib/python3.6/site-packages"
    needed = (
        Path(erythema.__file__).parent / "nano/device/requirements-tensorflow.txt"
    ).read_text()
    names = re.findall('^(.*)==.* ; python_version < "3.7"$', needed, re.M)
    for name in ["tensorflow", *names]:
        [found] = importlib.metadata.Distribution.discover(name=name, path=[str(site)])
        for top in found.read_text("top_level.txt").split():
            [module] = [site / found for found in (top, f"{top}.py") if (site / found).exists()]
            (folder / module.name).symlink_to(module)
    return folder


def _copy(source, target):
    if source.is_dir():
        shutil.copytree(source, target, symlinks=True)
    elif source.exists():
        shutil.copy(source, target)


@pytest.fixture(scope="module")
def installed(device):
    """What the first installation said; the device has it now."""
    run = device.install()
    assert run.returncode == 0, run.stdout + run.stderr
    return run.stdout


# Before anything is installed ------------------------------------------------


def test_it_needs_root(device):
    shutil.copy(device.root / "home/nano/bundle/install.sh", device.root / "tmp")
    run = device.run("runuser", "-u", "nobody", "--", "/tmp/install.sh")
    assert run.returncode == 1
    assert "this needs root. Type: sudo /tmp/install.sh" in run.stderr


def test_an_unknown_argument_gets_the_usage(device):
    run = device.install("--help")
    assert run.returncode == 2
    assert "--remove" in run.stderr


def test_another_python_is_refused_before_anything_is_installed(device):
    device.script("python3", "echo 3.8")

    run = device.install(PATH=f"/root/bin:{PATH}")

    (device.root / "root/bin/python3").unlink()

    assert run.returncode == 1
    assert "python3 is 3.8, and the packages are for 3.6 and 3.10" in run.stderr
    assert "nothing was installed" in run.stderr
    assert not (device.root / PROGRAMS).exists()


def test_packages_out_of_reach_are_a_message(device):
    run = device.install(PIP_FIND_LINKS="/nowhere")
    assert run.returncode == 1
    assert "the packages could not be installed" in run.stderr
    assert not (device.root / PROGRAMS / "current").exists()


def test_where_there_is_no_tensorflow_the_one_named_is_installed(device):
    wheel = empty_wheel(device.root / "root", "tensorflow")

    run = device.without_tensorflow().install(ERYTHEMA_TENSORFLOW=f"/root/{wheel}")

    [packages] = (device.root / PROGRAMS).glob("packages-*/lib/python3.6/site-packages")
    assert (packages / "tensorflow/__init__.py").exists(), run.stderr
    assert (packages / "gast").exists()
    assert "The service was tried and failed" in run.stderr
    device.install("--remove")


def empty_wheel(folder, name):
    """The name of a wheel with a module in which there is nothing."""
    metadata = f"{name}-9.dist-info"
    with zipfile.ZipFile(folder / f"{name}-9-py3-none-any.whl", "w") as wheel:
        wheel.writestr(f"{name}/__init__.py", "")
        wheel.writestr(f"{metadata}/METADATA", f"Metadata-Version: 2.1\nName: {name}\nVersion: 9\n")
        wheel.writestr(f"{metadata}/WHEEL", "Wheel-Version: 1.0\nRoot-Is-Purelib: true\n")
        wheel.writestr(f"{metadata}/RECORD", "")
    return f"{name}-9-py3-none-any.whl"


# Installed -------------------------------------------------------------------


def test_it_shows_the_token_once_and_keeps_its_hash_alone(device, installed):
    token = _token(installed)
    assert hashlib.sha256(token.encode()).hexdigest() == device.token_hash()
    for file in (device.root / "var/lib/erythema").rglob("*"):
        assert not file.is_file() or token.encode() not in file.read_bytes()


def test_it_says_how_to_connect_from_imagej(installed):
    assert "Plugins > Erythema > Segment erythema" in installed
    assert re.search(r"Service: https://\S+:8765", installed)


def test_what_the_service_keeps_is_its_user_s_alone(device, installed):
    run = device.run("stat", "--format", "%U %a", "/var/lib/erythema", f"/{SETTINGS}")
    assert run.stdout == "erythema 700\nerythema 700\n"
    run = device.run("runuser", "-u", "erythema", "--", "touch", "/opt/erythema/current/x")
    assert run.returncode != 0


def test_the_service_answers_over_tls_to_the_token(device, installed):
    run = device.run(
        "python3", "/tests/ask_service.py", _token(installed), "/samples/PAT_165_256_460.jpg"
    )

    assert run.returncode == 0, run.stdout + run.stderr
    came = json.loads(run.stdout)
    assert (came["ready"], came["without a token"], came["ended"]) == (200, 401, 0)
    assert came["segmented"]["network"] == "default"
    found = [reaction["area_px"] for reaction in came["segmented"]["reactions"]]
    assert found == pytest.approx(_areas("PAT_165_256_460.jpg"), rel=0.01)


def _areas(photo):
    """The areas of the reactions that this computer finds."""
    engine = erythema.open_engine(erythema.load_network(erythema.default_network_folder()))
    pixels = erythema.read_photo(Path(erythema.__file__).parent / "samples" / photo)
    return [reaction.area_px for reaction in erythema.segment(pixels, engine)]


def _token(said):
    """The token in what was said: the only word of 43 letters."""
    [token] = re.findall(r"^ *([\w-]{43})$", said, re.M)
    return token


# Again -----------------------------------------------------------------------


def test_a_second_run_upgrades_and_keeps_token_certificate_options_and_corrections(
    device, installed
):
    kept = {
        "token": device.root / SETTINGS / "token.sha256",
        "key": device.root / SETTINGS / "key.pem",
        "options": device.root / "etc/default/erythema",
        "correction": device.root / "var/lib/erythema/corrections/photo.jpg",
    }
    kept["correction"].parent.mkdir()
    kept["correction"].write_bytes(b"a photo")
    kept["options"].write_text(kept["options"].read_text().replace("16", "12"))
    before = {name: file.read_bytes() for name, file in kept.items()}
    release = device.current()

    run = device.install()

    assert run.returncode == 0, run.stdout + run.stderr
    assert "The token stays." in run.stdout
    assert {name: file.read_bytes() for name, file in kept.items()} == before
    assert device.current() != release
    folders = sorted(path.name.split("-")[0] for path in (device.root / PROGRAMS).iterdir())
    assert folders == ["current", "packages", "release"]


def test_a_version_that_does_not_run_changes_nothing(device, installed):
    release = device.current()
    graph = device.root / "home/nano/bundle/network/graph.pb"
    right = graph.read_bytes()
    graph.write_bytes(b"damaged")

    run = device.install()

    graph.write_bytes(right)
    assert run.returncode == 1
    assert "The service was tried and failed" in run.stderr
    assert "nothing was changed" in run.stderr
    assert "Traceback" not in run.stderr
    assert device.current() == release


@pytest.fixture
def systemd(device):
    """A stand-in for systemd: its calls go to /calls; ``says`` is the journal's script."""

    def make(says):
        (device.root / "run/systemd/system").mkdir(parents=True)
        device.script("systemctl", 'echo "$*" >>/calls')
        device.script("journalctl", says)
        device.script("sleep")
        return f"/root/bin:{PATH}"

    yield make
    for path in ("run/systemd", "root/bin"):
        shutil.rmtree(device.root / path)
    (device.root / "calls").unlink()


def test_under_systemd_the_service_is_stopped_for_the_trial_and_started(device, installed, systemd):
    path = systemd("echo erythema service on https://0.0.0.0:8765")

    run = device.install(PATH=path)

    assert run.returncode == 0, run.stderr
    assert (device.root / "calls").read_text().splitlines() == [
        "--quiet is-active erythema",
        "stop erythema",
        "daemon-reload",
        "--quiet enable erythema",
        "restart erythema",
    ]
    unit = (device.root / "etc/systemd/system/erythema.service").read_text()
    assert unit == (device.current() / "erythema.service").read_text()


def test_a_version_that_systemd_does_not_start_makes_way_for_the_one_before(
    device, installed, systemd
):
    release = device.current()
    before = f'[ "$(readlink /opt/erythema/current)" = {release.name} ]'
    path = systemd(f"{before} && echo erythema service on https://0.0.0.0:8765")

    run = device.install(PATH=path)

    assert run.returncode == 1
    assert "The one before runs again" in run.stderr
    assert device.current() == release
    assert (device.root / "calls").read_text().splitlines()[-1] == "restart erythema"
    assert len(list((device.root / PROGRAMS).glob("release-*"))) == 1


def test_a_new_token_can_be_made(device, installed):
    run = device.run("/opt/erythema/current/install.sh", "--new-token")
    assert run.returncode == 0, run.stderr
    assert hashlib.sha256(_token(run.stdout).encode()).hexdigest() == device.token_hash()
    assert _token(run.stdout) != _token(installed)


def test_removed_it_keeps_settings_and_corrections_and_says_where(device, installed):
    run = device.install("--remove")

    assert run.returncode == 0, run.stderr
    assert "Kept: /var/lib/erythema" in run.stdout
    assert not (device.root / PROGRAMS).exists()
    assert (device.root / SETTINGS / "token.sha256").exists()
    assert (device.root / "var/lib/erythema/corrections/photo.jpg").exists()
