"""The moving picture of the manual: a robot annotates the sample photos.

    ERYTHEMA_SCREENSHOTS=$PWD/fiji_plugin/screenshots pytest tests/fiji/test_annotate_pictures.py

renews the one in the repository. Without that variable it goes to a folder of the test.
"""

import os
import re
from itertools import pairwise
from pathlib import Path

from expert import NEXT, Expert
from PIL import Image, ImageChops, ImageDraw

from erythema.samples import sample_photos
from erythema.segmentation.network import default_network_folder

MOST_BYTES = 2_000_000
SIZE = (960, 768)
COLOURS = 240
OF_OUTLINES = [(255, 255, 0), (200, 200, 60), (0, 255, 255), (60, 200, 200)]  # few pixels each
POINTER = [(0, 0), (0, 16), (4, 12), (7, 19), (10, 18), (7, 11), (12, 11)]
CLICK_MS, LOOK_MS = 350, 1500

DRAFT = ("see", "draft: 1")
OWN = [[43, 32], [50, 33], [56, 39], [61, 46], [60, 54], [54, 58], [47, 55], [41, 48], [38, 40]]
SCRIPT = [
    *[DRAFT, NEXT],
    *[DRAFT, ("drag", 0, 0, -30, -20), NEXT],
    *[DRAFT, ("take", 0), ("press_button", "Delete outline (Del)"), ("draw", OWN), NEXT],
]


def test_annotate_folder(tmp_path, display, plugin):
    pictures = tmp_path / "pictures"
    pictures.mkdir()
    expert = Expert(tmp_path, sample_photos(), display)
    draft = ["--draft", str(default_network_folder())]

    run = expert.play(*SCRIPT, options=draft, pictures=pictures)

    assert "3 photos: 3 outlined" in run.stdout, run.stderr
    film = Path(os.environ.get("ERYTHEMA_SCREENSHOTS", tmp_path)) / "annotate.gif"
    save_film(film, sorted(pictures.glob("*.png")))
    assert film.stat().st_size < MOST_BYTES
    with Image.open(film) as saved:
        assert saved.n_frames > 15


def save_film(film, pictures):
    """Save pictures of a desktop as a film with the mouse, slower where much changes."""
    whole = [with_pointer(picture) for picture in pictures]
    palette = palette_of(whole)
    frames = [one.quantize(palette=palette, dither=Image.Dither.NONE) for one in whole]
    times = [LOOK_MS if much_changes(*pair) else CLICK_MS for pair in pairwise(whole)]
    frames[0].save(
        film, save_all=True, append_images=frames[1:], duration=[*times, 2 * LOOK_MS], loop=0
    )


def with_pointer(picture):
    x, y = map(int, re.fullmatch(r"\d+_(\d+)_(\d+)", picture.stem).groups())
    image = Image.open(picture).convert("RGB")
    tip = [(x + right, y + down) for right, down in POINTER]
    ImageDraw.Draw(image).polygon(tip, fill="white", outline="black")
    return image.resize(SIZE, Image.Resampling.LANCZOS)


def palette_of(images):
    """An image with the colours that some of all images have together, and those of outlines."""
    some = images[:: max(1, len(images) // 6)]
    together = Image.new("RGB", (SIZE[0], SIZE[1] * len(some)))
    for place, image in enumerate(some):
        together.paste(image, (0, place * SIZE[1]))
    colours = together.quantize(COLOURS).getpalette()[: 3 * COLOURS]
    palette = Image.new("P", (1, 1))
    palette.putpalette([*colours, *(value for colour in OF_OUTLINES for value in colour)])
    return palette


def much_changes(before, after):
    box = ImageChops.difference(before, after).getbbox()
    return box is not None and (box[2] - box[0]) * (box[3] - box[1]) > SIZE[0] * SIZE[1] / 4
