"""One embedded ImageJ for all tests, in a virtual display where there is no other.

A process starts ImageJ once, so whatever needs another start runs in a process of its own.
"""

import os
import re
import shutil
import subprocess
import sys
from pathlib import Path

import jpype
import pytest
from counting import counting

import erythema.fiji
from erythema.fiji.bridge import java_class
from erythema.fiji.display import display_problem
from erythema.fiji.install import plugin_jar
from erythema.samples import sample_photos
from erythema.service.process import running_service

FIJI = os.environ.get("ERYTHEMA_FIJI")  # as it is before the embedded ImageJ is asked for
# Which ImageJ the tests have: "fiji" for that Fiji, a version such as 1.53t, else the embedded one.
IMAGEJ = os.environ.get("ERYTHEMA_TEST_IMAGEJ")
STATUS = pytest.StashKey[int]()


def pytest_sessionfinish(session, exitstatus):
    session.config.stash[STATUS] = int(exitstatus)


@pytest.hookimpl(trylast=True)
def pytest_unconfigure(config):
    """End at once where Java runs, whose threads may abort a process that takes itself apart."""
    is_worker = hasattr(config, "workerinput")  # of pytest-xdist, which has still to be told
    if jpype.isJVMStarted() and not is_worker:
        sys.stdout.flush()
        sys.stderr.flush()
        os._exit(config.stash[STATUS])


def pytest_collection_modifyitems(items):
    """Marks the tests that another ImageJ can run: those that start none of their own."""
    for item in items:
        fixtures = getattr(item, "fixturenames", [])
        if "imagej" in fixtures and "run_python" not in fixtures:
            item.add_marker("imagej")


@pytest.fixture(scope="session")
def plugin():
    """The plugin's jar, as `./run build` makes it."""
    try:
        return plugin_jar()
    except erythema.fiji.FijiError as error:
        pytest.skip(str(error))


@pytest.fixture(scope="session")
def display():
    """The name of a display: the desktop's, else a virtual one."""
    if display_problem() is None:
        return os.environ.get("DISPLAY", "")
    if not shutil.which("Xvfb"):
        pytest.skip("there is no display, and Xvfb is not installed")
    reading, writing = os.pipe()
    # Java's windows outlive the tests, and would end this process with a display that goes
    # before them: this one goes when this process has ended, and with it the standard input,
    # whose other end is left open for that.
    standard_input, _ = os.pipe()
    command = f"Xvfb -displayfd {writing} -screen 0 1280x1024x24 -noreset & cat; kill $!"
    subprocess.Popen(
        ["sh", "-c", command],
        stdin=standard_input,
        stderr=subprocess.DEVNULL,
        pass_fds=[writing],
    )
    os.close(writing)
    with os.fdopen(reading) as pipe:
        number = pipe.readline().strip()
    if not number:
        pytest.skip("Xvfb does not start here")
    return f":{number}"


@pytest.fixture(scope="session")
def proxy():
    """What stands between ImageJ and a service with the default network, and counts requests."""
    with running_service() as address, counting(address) as proxy:
        yield proxy


@pytest.fixture(scope="session")
def service(proxy):
    """The address at which ImageJ finds the service."""
    return proxy.address


@pytest.fixture(scope="session")
def protected(tmp_path_factory):
    """Address, token and pin of a service for others than this computer, as on a Jetson Nano."""
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


@pytest.fixture(scope="session")
def imagej(plugin, display, service, request):
    """ImageJ with windows: the embedded one, or the one that ERYTHEMA_TEST_IMAGEJ names."""
    if any("redness_network" in getattr(one, "fixturenames", ()) for one in request.session.items):
        # TensorFlow, which makes it, crashes or hangs where it is loaded beside a running Java.
        request.getfixturevalue("redness_network")
    with pytest.MonkeyPatch.context() as patch:
        patch.setenv("DISPLAY", display)
        patch.setenv("ERYTHEMA_FIJI", "")
        patch.setenv("ERYTHEMA_SERVICE", service)
        if IMAGEJ and IMAGEJ != "fiji":
            patch.setattr("erythema.fiji.launch.EMBEDDED_IMAGEJ", f"net.imagej:ij:{IMAGEJ}")
        with erythema.fiji.start(FIJI if IMAGEJ == "fiji" else None) as session:
            yield session


@pytest.fixture
def run_python(tmp_path):
    """Run Python code in a process of its own, in an empty folder and without a display.

    The function takes the code and environment variables (None takes one away) and returns
    the finished process, its output as text.
    """

    def run(code, **environment):
        changed = {**os.environ, "DISPLAY": None, "ERYTHEMA_FIJI": "", **environment}
        kept = {name: value for name, value in changed.items() if value is not None}
        helpers = str(Path(__file__).parent)
        kept["PYTHONPATH"] = os.pathsep.join([helpers, kept.get("PYTHONPATH", "")])
        return subprocess.run(
            [sys.executable, "-c", code], env=kept, cwd=tmp_path, capture_output=True, text=True
        )

    return run


@pytest.fixture(scope="session")
def fiji_folder():
    """The Fiji that the environment variable ERYTHEMA_FIJI names."""
    if not FIJI:
        pytest.skip("ERYTHEMA_FIJI names no Fiji")
    return Path(FIJI)


@pytest.fixture(scope="session")
def photo():
    """A sample photo with one red patch."""
    return sample_photos()[0]


@pytest.fixture
def opened(imagej, photo):
    """ImageJ with a photo open and an empty ROI Manager."""
    imagej.run_macro('roiManager("reset"); close("*");')
    imagej.open(photo)
    yield imagej
    imagej.run_macro('roiManager("reset"); close("*");')


@pytest.fixture
def plain_imagej(imagej, plugin, service, display, tmp_path):
    """Run a macro as a person at a command line does: in a plain ImageJ that starts and ends.

    It is the tests' ImageJ and Java, with the plugin in its plugins folder. The function takes the
    macro's file and argument, and gives the finished process, its output as text.
    """
    if IMAGEJ == "fiji":
        pytest.skip("a Fiji is no plain ImageJ")
    jar = java_class("ij.IJ").class_.getProtectionDomain().getCodeSource().getLocation()
    java = java_class("java.lang.System").getProperty("java.home")
    home = tmp_path / "ImageJ"
    (home / "plugins").mkdir(parents=True)
    shutil.copy(plugin, home / "plugins")

    def run(macro, argument="", headless=True, **environment):
        options = [f"-Djava.awt.headless={str(headless).lower()}", f"-Duser.home={home}"]
        command = [
            f"{java}/bin/java",
            *options,
            f"-Dplugins.dir={home}",
            "-jar",
            str(jar.getPath()),
        ]
        return subprocess.run(
            [*command, "-batch", str(macro), argument],
            env={**os.environ, "ERYTHEMA_SERVICE": service, "DISPLAY": display, **environment},
            capture_output=True,
            text=True,
        )

    return run
