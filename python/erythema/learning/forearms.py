"""The photos of whole forearms that rendered skin tests are painted on, and where the arm is."""

from pathlib import Path
from typing import NamedTuple

import cv2
import numpy as np
from numpy.typing import NDArray

from erythema.datasets.folder import Entry, read_folder
from erythema.errors import ErythemaError
from erythema.segmentation.outline import fill, fill_each
from erythema.segmentation.photo import read_photo

# Every third scene in sorted order; their photos are for the rendered test set only.
HELD_OUT_SCENES = ("scene14", "scene17", "scene5", "scene8")

_DOUBTFUL = 9  # pixels, width of the band along the drawn outline where colour decides

# The forearm from wrist to elbow without watch and sleeve, outlined by hand to a few pixels: x, y.
# scene4_img3 shows too little of it.
_ARMS = {
    "scene12_img1": "0,121 36,130 100,129 156,120 230,114 312,117 312,245 260,236 200,225 150,214 "
    "60,215 40,222 15,245 0,262",
    "scene12_img4": "97,0 97,60 90,130 80,165 62,212 50,262 40,312 202,312 204,240 202,170 "
    "197,100 199,60 200,0",
    "scene13_img1": "0,104 100,100 180,95 312,103 312,276 260,263 180,244 100,230 0,225",
    "scene13_img5": "102,0 100,90 92,150 75,220 55,312 245,312 248,220 240,140 238,0",
    "scene14_img1": "84,0 86,60 80,130 68,200 54,280 52,312 212,312 216,220 214,160 206,80 205,0",
    "scene14_img5": "136,0 141,25 130,75 110,135 85,190 60,245 32,312 187,312 196,230 202,150 "
    "206,60 215,30 216,10 206,0",
    "scene15_img1": "113,0 108,85 90,155 70,215 59,270 57,312 214,312 226,240 236,150 242,70 246,0",
    "scene15_img4": "93,0 90,85 72,160 50,230 34,312 220,312 232,230 238,160 242,80 245,0",
    "scene16_img1": "40,134 80,130 130,128 190,121 312,121 312,244 260,236 190,222 150,208 "
    "60,204 40,210",
    "scene16_img4": "38,0 32,60 20,130 10,170 0,185 0,312 252,312 250,240 242,150 230,80 223,0",
    "scene17_img1": "0,90 100,87 180,87 250,93 312,100 312,276 250,265 170,245 100,233 0,227",
    "scene17_img5": "0,82 30,86 90,105 130,116 190,122 280,125 290,122 290,212 250,214 190,217 "
    "130,226 60,226 0,218",
    "scene18_img2": "0,114 100,117 190,110 312,119 312,266 260,258 180,235 110,216 30,208 0,218",
    "scene18_img6": "0,8 60,35 130,60 190,78 312,110 312,210 290,195 260,193 100,203 0,200",
    "scene4_img1": "98,186 112,166 125,150 150,147 150,187 125,189",
    "scene5_img1": "93,0 100,40 120,110 131,165 132,185 200,185 190,140 186,90 183,0",
    "scene5_img5": "134,45 135,90 150,150 157,160 178,160 176,110 173,50",
    "scene6_img1": "0,144 70,142 130,150 200,160 255,170 250,235 190,236 120,238 60,242 0,246",
    "scene6_img4": "0,152 80,150 150,158 250,175 250,236 190,236 110,243 50,252 15,259 0,250",
    "scene7_img1": "105,30 103,60 100,90 106,130 107,180 102,235 165,235 163,190 166,150 177,110 "
    "181,70 172,30",
    "scene7_img4": "103,52 99,110 105,155 105,205 100,262 163,262 160,215 166,170 177,120 176,90 "
    "170,52",
    "scene8_img1": "0,115 30,122 60,119 100,118 150,130 200,150 235,158 240,212 200,212 150,217 "
    "100,221 50,216 0,214",
    "scene8_img4": "0,150 35,145 80,143 110,142 150,152 200,162 225,166 225,228 170,232 100,240 "
    "40,235 0,232",
    "scene9_img1": "65,0 82,50 92,100 105,160 115,220 120,245 165,240 166,180 167,130 160,80 "
    "150,40 138,0",
    "scene9_img4": "50,130 110,115 170,95 230,78 290,60 312,58 312,140 260,150 200,170 150,176 "
    "60,177 50,170",
}


# The hands of the same photos, where they show.
_HANDS = {
    "scene16_img1": "40,134 20,130 8,130 0,165 0,272 12,262 25,240 30,220 40,208",
    "scene17_img5": "290,122 302,80 312,75 312,212 290,212",
    "scene4_img1": "163,148 175,137 200,123 240,125 242,138 222,140 245,145 250,136 258,142 "
    "258,165 248,190 230,194 190,186 167,187",
    "scene5_img1": "132,185 122,215 118,245 115,285 116,312 190,312 193,290 210,300 228,290 "
    "235,255 232,225 215,200 200,185",
    "scene5_img5": "157,160 152,180 152,205 160,212 175,218 185,220 190,205 192,185 185,168 "
    "178,160",
    "scene6_img1": "255,170 300,172 312,180 312,262 300,262 308,300 285,288 262,258 250,235",
    "scene6_img4": "250,175 300,175 312,180 312,292 300,296 280,280 265,255 250,236",
    "scene7_img1": "102,235 90,250 75,272 65,300 80,312 165,312 168,285 168,262 165,235",
    "scene7_img4": "100,262 85,280 70,300 68,312 165,312 168,285 163,262",
    "scene8_img1": "235,158 260,158 290,155 312,170 312,250 285,235 260,222 240,212",
    "scene8_img4": "225,166 245,165 270,168 300,180 312,195 312,246 290,245 260,238 225,228",
    "scene9_img1": "120,245 110,270 105,300 105,312 140,312 175,312 178,285 180,265 165,240",
    "scene9_img4": "50,130 35,125 15,115 0,112 0,185 30,190 50,180 50,170",
}


class ForearmError(ErythemaError, ValueError):
    """A folder that does not hold the photos of forearms; the message names it."""


class Forearm(NamedTuple):
    """A photo of a forearm, uint8 (height, width, 3), without the stickers that lay on it.

    ``skin``: bool (height, width), of arm and hand; ``arm``: of the arm alone.
    """

    scene: str
    photo: NDArray[np.uint8]
    skin: NDArray[np.bool_]
    arm: NDArray[np.bool_]


def read_forearms(folder: Path, *, held_out: bool) -> list[Forearm]:
    """Return the photos of the held-out scenes of a folder, or those of all its other scenes.

    Raises
    ------
    ForearmError: none of the photos whose arms are outlined here is in the folder.
    DataSetError: the folder is no data set.
    """
    entries = [
        entry
        for entry in read_folder(folder).entries
        if entry.id in _ARMS and (entry.patient in HELD_OUT_SCENES) == held_out
    ]
    if not entries:
        raise ForearmError(
            f"{folder}: none of the forearms that skin tests are rendered on ({min(_ARMS)}, ...) "
            "is here. Name the folder of these photos, or leave --forearms out."
        )
    return [_read(entry) for entry in entries]


def _read(entry: Entry) -> Forearm:
    photo = read_photo(entry.photo)
    outlines = [_corners(table[entry.id]) for table in (_ARMS, _HANDS) if entry.id in table]
    arm = fill(outlines[:1], photo.shape[:2])
    skin = _refine(photo, fill_each([[line] for line in outlines], photo.shape[:2]))
    stickers = _stickers(photo, arm).astype(np.uint8)
    bare = np.asarray(cv2.inpaint(photo, stickers, 5, cv2.INPAINT_TELEA), np.uint8)
    return Forearm(entry.patient, bare, skin, skin & _grown(arm, _DOUBTFUL))


def _corners(drawn: str) -> NDArray[np.float64]:
    return np.array([point.split(",") for point in drawn.split()], np.float64)


def _refine(photo: NDArray[np.uint8], drawn: NDArray[np.bool_]) -> NDArray[np.bool_]:
    """Let colour decide next to the drawn outline: GrabCut (doi:10.1145/1015706.1015720)."""
    mask = np.where(drawn, cv2.GC_PR_FGD, cv2.GC_PR_BGD).astype(np.uint8)
    mask[~_grown(~drawn, _DOUBTFUL)] = cv2.GC_FGD
    mask[~_grown(drawn, _DOUBTFUL)] = cv2.GC_BGD
    models = np.zeros((2, 1, 65))
    whole = (0, 0, 0, 0)  # not looked at where a mask is given
    cv2.setRNGSeed(0)
    cv2.grabCut(photo, mask, whole, models[0], models[1], 1, cv2.GC_INIT_WITH_MASK)
    found = np.isin(mask, (cv2.GC_FGD, cv2.GC_PR_FGD)).astype(np.uint8)
    return _grown(cv2.medianBlur(found, 5) > 0, 5)


def _stickers(photo: NDArray[np.uint8], arm: NDArray[np.bool_]) -> NDArray[np.bool_]:
    """What is small, and green, red or black as skin is not: bool (height, width)."""
    lab = cv2.cvtColor(photo, cv2.COLOR_RGB2LAB).astype(np.float32)
    around = cv2.medianBlur(photo, 51)
    usual = cv2.cvtColor(around, cv2.COLOR_RGB2LAB).astype(np.float32)
    lightness, red, _ = np.moveaxis(lab - usual, 2, 0)
    odd = ((np.abs(red) > 12) | (lightness < -60)) & ~_grown(~arm, 9)
    return _grown(odd, 7)


def _grown(mask: NDArray[np.bool_], width: int) -> NDArray[np.bool_]:
    kernel = cv2.getStructuringElement(cv2.MORPH_ELLIPSE, (width, width))
    return np.asarray(cv2.dilate(mask.astype(np.uint8), kernel) > 0)
