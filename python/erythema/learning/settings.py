"""How a training goes, and the presets that ``--preset`` names."""

from dataclasses import dataclass

from erythema.errors import ErythemaError

PRECISIONS = ("auto", "float32", "bfloat16")


class SettingsError(ErythemaError, ValueError):
    """A setting that no training can have; the message gives the range."""


@dataclass(frozen=True)
class Settings:
    """What a training is told besides its photos.

    Parameters
    ----------
    width: channels of the U-Net's first level.
    size: side in pixels of the square that the network sees; a multiple of 16.
    epochs: at most so many.
    batch: photos a step of the optimiser.
    copies: how often an epoch shows each photo, augmented anew each time.
    patience: epochs without a lower validation loss after which training ends.
    validation: one patient of so many validates; at least 2.
    operating_point: threshold (a probability) and smallest area (a share of the photo's area) that
        the network is to be used with; None lets the validation photos choose.
    precision: "float32", "bfloat16" (convolutions; weights, loss and normalisation stay float32),
        or "auto": bfloat16 where the processor computes it fast.
    seed: of weights, split, order and augmentation.
    """

    width: int = 16
    size: int = 256
    epochs: int = 200
    batch: int = 4
    copies: int = 1
    patience: int = 15
    validation: int = 5
    operating_point: tuple[float, float] | None = None
    precision: str = "auto"
    seed: int = 0


# models/README.md says what of "study" the paper states and what is our choice.
PRESETS = {
    "default": Settings(),
    "study": Settings(
        width=64,
        size=512,
        epochs=100,
        batch=32,
        copies=8,
        validation=8,
        operating_point=(0.5, 0.0),
    ),
}


def preset(name: str) -> Settings:
    """Return the settings of a preset.

    Raises
    ------
    SettingsError: no preset has that name.

    >>> preset("study").batch
    32
    """
    if name not in PRESETS:
        raise SettingsError(f"there is no preset {name}; there are: {', '.join(PRESETS)}")
    return PRESETS[name]
