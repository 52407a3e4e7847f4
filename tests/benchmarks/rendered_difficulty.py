"""How far does redness alone go on the rendered test set?

    python tests/benchmarks/rendered_difficulty.py PHOTOS/forearms

Outlines the erythema of each rendered photo with reactions by Otsu's threshold on the erythema
index log10(R / G) of linear light (Dawson et al. 1980, doi:10.1088/0031-9155/25/4/008; from a
camera's channels Yamamoto and Takiwaki 2008, doi:10.1111/j.1600-0846.2007.00256.x), once in the
whole photo and once where it is told where the arm is. Prints the mean Dice: at 0.80 or above the
set would be too easy.
"""

import argparse
from pathlib import Path

import cv2
import numpy as np

from erythema.learning.forearms import read_forearms
from erythema.learning.rendered_sets import SPLITS, render_nth
from erythema.learning.skin import from_srgb
from erythema.measurement.agreement import dice


def erythema_index(photo):
    light = np.maximum(from_srgb(photo), 1e-3)
    return np.log10(light[..., 0] / light[..., 1])


def otsu(index, inside):
    """Where the index reaches the threshold that parts its values inside (Otsu 1979)."""
    low, high = index[inside].min(), index[inside].max()
    levels = np.rint((index - low) / (high - low) * 255).clip(0, 255).astype(np.uint8)
    threshold, _ = cv2.threshold(levels[inside], 0, 255, cv2.THRESH_OTSU)
    return inside & (levels > threshold)


def scores(renderings):
    """Dice of each rendering with reactions, in the whole photo and on the arm: (n, 2)."""
    rows = []
    for rendering in renderings:
        drawn = rendering.erythema >= 0.5
        if drawn.any():
            index = erythema_index(rendering.photo)
            everywhere = np.ones_like(rendering.arm)
            rows.append(
                [dice(otsu(index, inside), drawn) for inside in (everywhere, rendering.arm)]
            )
    return np.array(rows)


def main():
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("forearms", metavar="PHOTOS/forearms", type=Path)
    folder = parser.parse_args().forearms
    for name, split in SPLITS.items():
        arms = read_forearms(folder, held_out=split.held_out)
        numbers = range(1, split.photos + 1)
        found = scores(render_nth(split, arms, number) for number in numbers)
        whole, arm = found.mean(axis=0)
        print(
            f"{name}: {len(found)} photos, Dice {whole:.3f} in the whole photo, {arm:.3f} on arms"
        )


if __name__ == "__main__":
    main()
