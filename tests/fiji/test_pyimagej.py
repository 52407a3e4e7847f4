"""With pyimagej: the traps that it sets, and the user's own gateway."""

import pytest

from erythema.fiji import FijiError, attach

pytestmark = pytest.mark.usefixtures("plugin")

# A user's script: Fiji is theirs, started by their own imagej.init.
THEIRS = """
import os, sys
import jpype.config, scyjava, imagej
jpype.config.destroy_jvm = False
scyjava.config.endpoints.clear()
scyjava.config.set_java_constraints(fetch="auto")
scyjava.config.add_classpath({plugin!r})
ij = imagej.init({fiji!r}, mode={mode!r})
import erythema.fiji
from erythema.fiji.bridge import java_class
"""

# The end of their Python, which a Java thread may abort, is no test's result.
END = """
sys.stdout.flush()
os._exit(0)
"""


@pytest.fixture
def in_their_fiji(run_python, fiji_folder, plugin, display, service):
    """Run Python code after imagej.init, in a process of its own; gives what it printed."""

    def run(code, mode="interactive"):
        begin = THEIRS.format(plugin=str(plugin), fiji=str(fiji_folder), mode=mode)
        shown = display if mode == "interactive" else None
        result = run_python(begin + code + END, DISPLAY=shown, ERYTHEMA_SERVICE=service)
        assert result.returncode == 0, result.stderr
        return result.stdout.splitlines()

    return run


@pytest.fixture
def fiji_without_imglyb(fiji_folder, tmp_path):
    """The Fiji, but for the jars that imglyb looks for."""
    folder = tmp_path / "Fiji"
    (folder / "jars").mkdir(parents=True)
    for jar in (fiji_folder / "jars").iterdir():
        if not jar.name.startswith(("imglib2-imglyb", "imglib2-unsafe")):
            (folder / "jars" / jar.name).symlink_to(jar)
    (folder / "plugins").mkdir()
    return folder


@pytest.mark.fiji
def test_their_windows_rois_and_preferences_stay(in_their_fiji, photo):
    said = in_their_fiji(f"""
manager = java_class("ij.plugin.frame.RoiManager").getRoiManager()
manager.addRoi(java_class("ij.gui.OvalRoi")(5, 5, 9, 9))
manager.rename(0, "theirs")
java_class("ij.Prefs").set("theirs.key", "kept")
java_class("ij.IJ").openImage({str(photo)!r}).show()
folder = java_class("ij.Prefs").getPrefsDir()
with erythema.fiji.attach(ij) as imagej:
    imagej.add_rois(imagej.segment(imagej.open({str(photo)!r})))
    print([roi.name for roi in imagej.rois()])
print(java_class("ij.WindowManager").getImageCount(), manager.isShowing(), manager.getCount())
print(java_class("ij.Prefs").get("theirs.key", ""), java_class("ij.Prefs").getPrefsDir() == folder)
""")
    assert said[-3:] == ["['theirs', 'erythema 1']", "2 True 2", "kept True"]


@pytest.mark.fiji
def test_dialogs_in_their_fiji_wait_for_them(in_their_fiji):
    said = in_their_fiji("""
import threading
from answering import open_dialog, press_ok
imagej = erythema.fiji.attach(ij)

def answer():
    while (dialog := open_dialog()) is None:
        pass
    press_ok(dialog)

threading.Thread(target=answer, daemon=True).start()
print(imagej.run_macro('Dialog.create("Site"); Dialog.show(); return "answered";'))
""")
    assert said[-1] == "answered"


@pytest.mark.fiji
def test_their_headless_fiji_is_segmented_in(in_their_fiji, photo):
    said = in_their_fiji(
        f"""
imagej = erythema.fiji.attach(ij)
image = imagej.open({str(photo)!r})
print(imagej.headless, [roi.name for roi in imagej.segment(image)])
""",
        mode="headless",
    )
    assert said[-1] == "True ['erythema 1']"


@pytest.mark.fiji
def test_an_unlabelled_rgb_array_is_rgb_beside_pyimagej_too(in_their_fiji, photo):
    said = in_their_fiji(
        f"""
pixels = erythema.read_photo({str(photo)!r})
image = erythema.fiji.to_image(pixels)
print(image.getBitDepth(), image.getStackSize(), (erythema.fiji.to_array(image) == pixels).all())
import xarray
labelled = xarray.DataArray(pixels[None], dims=("pln", "row", "col", "ch"))
print(erythema.fiji.to_image(labelled).getBitDepth())
""",
        mode="headless",
    )
    assert said[-2:] == ["24 1 True", "24"]


@pytest.mark.fiji
def test_a_fiji_without_the_plugin_is_told(run_python, fiji_folder):
    begin = THEIRS.replace("scyjava.config.add_classpath({plugin!r})\n", "")
    result = run_python(
        begin.format(fiji=str(fiji_folder), mode="headless")
        + "import numpy\nimage = erythema.fiji.to_image(numpy.zeros((9, 9, 3), 'uint8'))\n"
        "erythema.fiji.attach(ij).segment(image)"
    )
    assert "no Erythema plugin: `erythema install-plugin FOLDER`" in result.stderr


@pytest.mark.parametrize("no_gateway", [None, "Fiji.app"])
def test_what_is_no_gateway_is_told(no_gateway):
    with pytest.raises(FijiError, match=r"no gateway of pyimagej.*'gui' blocks"):
        attach(no_gateway)


@pytest.mark.fiji
def test_a_fiji_without_the_jars_of_imglyb_starts(run_python, fiji_without_imglyb, photo):
    result = run_python(
        "from erythema.fiji import start, to_array\n"
        f"with start({str(fiji_without_imglyb)!r}, headless=True) as imagej:\n"
        f"    print(to_array(imagej.open({str(photo)!r})).shape)"
    )
    assert result.stdout == "(640, 640, 3)\n", result.stderr


@pytest.mark.fiji
def test_a_fiji_starts_without_network_and_downloads_no_java(run_python, fiji_folder, tmp_path):
    home = tmp_path / "home"
    home.mkdir()
    nowhere = "http://127.0.0.1:9"
    result = run_python(
        "from erythema.fiji import start\nwith start(headless=True) as imagej: print('started')",
        ERYTHEMA_FIJI=str(fiji_folder),
        HOME=str(home),
        XDG_CACHE_HOME=str(home),
        HTTP_PROXY=nowhere,
        HTTPS_PROXY=nowhere,
        http_proxy=nowhere,
        https_proxy=nowhere,
    )
    assert result.stdout == "started\n", result.stderr
    assert not [path for path in home.rglob("*") if path.suffix == ".jar" or path.name == "java"]


def test_the_embedded_imagej_leaves_pyimagej_out(run_python):
    result = run_python(
        "import sys\nfrom erythema.fiji import start\n"
        "with start(headless=True): print('imagej' in sys.modules)"
    )
    assert result.stdout == "False\n", result.stderr


def test_the_embedded_imagej_starts_after_pyimagej_was_imported(run_python):
    result = run_python(
        "import imagej\nfrom erythema.fiji import start\n"
        "with start(headless=True) as session: print(session.version)"
    )
    assert result.stdout == "1.54p\n", result.stderr
