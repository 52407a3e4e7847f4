"""Which pixels ImageJ sends of each kind of image, and that nothing of the image changes."""

import threading
from http.server import BaseHTTPRequestHandler, HTTPServer

import numpy as np
import pytest
from PIL import Image

from erythema.fiji import FijiError
from erythema.fiji.bridge import java_class
from erythema.segmentation.photo import read_photo
from erythema.segmentation.roi_set import Roi, digest, is_unedited, read_rois, rois_to_zip

OUTLINE = np.array([[1.5, 2.0625], [20.25, 3], [9, 17.9375]])

SAME_COLOURS = {
    "RGB": "",
    "duplicated": 'run("Duplicate...", "title=arm");',
    "calibrated": 'run("Set Scale...", "distance=10 known=1 unit=mm");',
    "with a line drawn": "makeLine(1, 2, 30, 20);",
    "composite": 'run("Make Composite");',
    "composite shown in grey": 'run("Make Composite", "display=Grayscale");',
    "composite with two channels hidden": 'run("Make Composite"); Stack.setActiveChannels("010");',
    "composite in another order": 'run("Make Composite"); run("Arrange Channels...", "new=312");',
    "composite with another display range": 'run("Make Composite"); setMinAndMax(50, 99);',
    "stack of three colours": 'run("RGB Stack");',
}

AS_CONVERTED = {
    "8-bit colour": 'run("8-bit Color", "number=64");',
    "16-bit composite": 'run("Make Composite"); run("16-bit"); setMinAndMax(20, 200);'
    "Stack.setChannel(2); setMinAndMax(0, 90);",
    "16-bit composite in another order": 'run("Make Composite"); run("16-bit");'
    'setMinAndMax(20, 200); run("Arrange Channels...", "new=231");',
}

STATE = """
    getSelectionBounds(x, y, width, height);
    getMinAndMax(low, high);
    return "" + getSliceNumber + " " + x + " " + width + " " + low + " " + high + " "
        + is("changes") + " " + Overlay.size + " " + getTitle;
"""


class Recording(BaseHTTPRequestHandler):
    """Answers each photo with one outline, and keeps the photo."""

    def do_POST(self):
        length = int(self.headers["Content-Length"])
        self.server.photos.append(read_photo(self.rfile.read(length)))
        properties = {"erythema.source": "model", "erythema.digest": digest(OUTLINE)}
        answer = rois_to_zip([Roi("erythema 1", [OUTLINE], properties)])
        self.send_response(200)
        self.send_header("Content-Type", "application/zip")
        self.send_header("Content-Length", str(len(answer)))
        self.send_header("Erythema-Reactions", "1")
        self.end_headers()
        self.wfile.write(answer)

    def log_message(self, *_):
        pass


@pytest.fixture
def send(imagej):
    """Runs the command on the current image; gives the photo that arrived."""
    with HTTPServer(("127.0.0.1", 0), Recording) as server:
        server.photos = []
        threading.Thread(target=server.serve_forever, daemon=True).start()

        def run():
            address = f"http://127.0.0.1:{server.server_port}"
            imagej.run_macro(f'run("Segment erythema", "service={address}");')
            return server.photos.pop()

        yield run
        server.shutdown()


@pytest.fixture
def colours(tmp_path):
    """Writes an image of random colours; gives its path."""

    def write(name, seed=0):
        pixels = np.random.default_rng(seed).integers(0, 256, (40, 50, 3)).astype(np.uint8)
        Image.fromarray(pixels).save(tmp_path / name)
        return tmp_path / name

    return write


@pytest.fixture
def arm(imagej, colours):
    """The file of an image of random colours that is open in ImageJ."""
    imagej.run_macro('close("*"); roiManager("reset");')
    path = colours("arm.png")
    imagej.open(path)
    yield path
    imagej.run_macro('close("*"); roiManager("reset");')


def shown():
    """The current image's colours, uint8 (height, width, 3)."""
    processor = java_class("ij.WindowManager").getCurrentImage().getProcessor()
    packed = np.array(processor.getPixels(), np.int32)
    packed = packed.reshape(processor.getHeight(), processor.getWidth())
    return np.stack([packed >> 16 & 255, packed >> 8 & 255, packed & 255], axis=2)


def plugin_class(name):
    """A class of the plugin, which ImageJ's own class loader has."""
    import jpype

    loader = java_class("ij.IJ").getClassLoader()
    return jpype.JClass(java_class("java.lang.Class").forName(name, True, loader))


@pytest.mark.parametrize("kind", SAME_COLOURS)
def test_the_stored_colours_are_sent_of(imagej, arm, send, kind):
    imagej.run_macro(SAME_COLOURS[kind])

    assert np.array_equal(send(), read_photo(arm))


@pytest.mark.parametrize("kind", AS_CONVERTED)
def test_the_colours_of_imagejs_own_conversion_are_sent_of(imagej, arm, send, kind):
    imagej.run_macro(AS_CONVERTED[kind])
    sent = send()
    imagej.run_macro('run("RGB Color");')

    assert np.array_equal(sent, shown())


def test_only_the_selected_part_is_sent(imagej, arm, send):
    imagej.run_macro("makeRectangle(3, 5, 40, 33);")

    assert np.array_equal(send(), read_photo(arm)[5:38, 3:43])


def test_the_shown_slice_of_a_stack_is_sent(imagej, arm, send, colours):
    second = colours("second.png", seed=1)
    imagej.run_macro(f'open("{second}"); run("Images to Stack", "name=arms use"); setSlice(2);')

    assert np.array_equal(send(), read_photo(second))


def test_the_shown_slice_of_a_virtual_stack_is_sent(imagej, arm, send, colours):
    second = colours("second.png", seed=1)
    imagej.run_macro(f'close("*"); File.openSequence("{arm.parent}", "virtual"); setSlice(2);')

    assert np.array_equal(send(), read_photo(second))


def test_the_shown_position_of_a_hyperstack_is_sent(imagej, arm, send, colours):
    second = colours("second.png", seed=1)
    imagej.run_macro(
        'run("Make Composite"); rename("first");'
        f'open("{second}"); run("Make Composite"); rename("second");'
        'run("Concatenate...", "open image1=first image2=second");'
        "Stack.setPosition(3, 1, 2);"
    )

    assert np.array_equal(send(), read_photo(second))


@pytest.mark.parametrize("kind", [*SAME_COLOURS, *AS_CONVERTED])
def test_nothing_changes_in(imagej, arm, send, kind):
    imagej.run_macro({**SAME_COLOURS, **AS_CONVERTED}[kind] + "makeOval(4, 3, 40, 35);")
    before = imagej.run_macro(STATE)
    send()

    assert imagej.run_macro(STATE) == before


def test_what_was_done_before_can_still_be_undone(imagej, arm, send):
    imagej.run_macro('run("Invert");')
    send()
    imagej.run_macro('run("Undo");')

    assert np.array_equal(shown(), read_photo(arm))


def test_a_grey_image_stops_the_macro_with_a_message(imagej, arm, send):
    imagej.run_macro('run("8-bit");')

    with pytest.raises(FijiError, match=r"arm\.png is no colour photo: it is grey, of 8 bits"):
        send()


def test_an_outline_that_java_placed_is_unedited_in_python(imagej, arm):
    imagej.run_macro("makeRectangle(3, 5, 40, 33);")
    image = java_class("ij.WindowManager").getCurrentImage()
    outline = java_class("ij.gui.PolygonRoi")(
        java_class("ij.process.FloatPolygon")(*OUTLINE.T.tolist()),
        java_class("ij.gui.Roi").POLYGON,
    )
    plugin_class("erythema.core.Photo").of(image).place(outline)
    (read,) = read_rois(bytes(java_class("ij.io.RoiEncoder").saveAsByteArray(outline)))

    assert np.array_equal(read.outlines, [OUTLINE + np.array([3, 5])])
    assert is_unedited(read)
