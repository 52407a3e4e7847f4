"""How a training goes, and the presets that ``--preset`` names."""

from dataclasses import dataclass

from erythema.errors import ErythemaError

PRECISIONS = ("auto", "float32", "bfloat16")
ENCODERS = ("none", "efficientnet-lite0")
LOSSES = ("dice", "bce+dice")
AUGMENTATIONS = ("geometry", "geometry+appearance")
SCHEDULES = ("constant", "cosine")


class SettingsError(ErythemaError, ValueError):
    """A setting that no training can have; the message gives the range."""


@dataclass(frozen=True)
class Settings:
    """What a training is told besides its photos.

    Parameters
    ----------
    encoder: "none", a U-Net that begins from drawn weights, or "efficientnet-lite0", one whose
        encoder was trained on ImageNet.
    width: channels of the U-Net's first level; of its decoder where the encoder has its own.
    size: side in pixels of the square that the network sees; a multiple of 16, or of 32 with an
        encoder of its own.
    loss: "dice", or "bce+dice": the mean binary cross-entropy beside it.
    augmentation: "geometry", the study's movements, or "geometry+appearance": every angle, wider
        zooms, and changes of colour, light, blur, noise and JPEG.
    schedule: of the learning rate: "constant", or "cosine": a short rise, then half a cosine down
        to 0 at the last epoch.
    learning_rate: of Adam; an encoder of its own learns at a fifth of it.
    epochs: at most so many.
    batch: photos a step of the optimiser.
    copies: how often an epoch shows each photo, augmented anew each time.
    extra_share: of the photos that an epoch shows, those from data that is trained on beside.
    patience: epochs without a lower validation loss after which training ends.
    validation: one patient of so many validates; 0 lets nobody validate: all photos train, for all
        epochs.
    operating_point: threshold (a probability) and smallest area (a share of the photo's area) that
        the network is to be used with; None lets the validation photos choose.
    mirrored, window: how often the network is to look at a photo, as ``segmentation.passes.Passes``
        has them; training looks once.
    precision: "float32", "bfloat16" (convolutions; weights, loss and normalisation stay float32),
        or "auto": bfloat16 where the processor computes it fast.
    seed: of weights, split, order and augmentation.

    Raises
    ------
    SettingsError: a name or share that cannot be; or without validation photos there is nobody to
        choose the operating point.
    """

    encoder: str = "none"
    width: int = 16
    size: int = 256
    loss: str = "dice"
    augmentation: str = "geometry"
    schedule: str = "constant"
    learning_rate: float = 0.001
    epochs: int = 200
    batch: int = 4
    copies: int = 1
    extra_share: float = 0.4
    patience: int = 15
    validation: int = 5
    operating_point: tuple[float, float] | None = None
    mirrored: bool = False
    window: float | None = None
    precision: str = "auto"
    seed: int = 0

    def __post_init__(self) -> None:
        for name, known in (
            ("encoder", ENCODERS),
            ("loss", LOSSES),
            ("augmentation", AUGMENTATIONS),
            ("schedule", SCHEDULES),
        ):
            value = getattr(self, name)
            if value not in known:
                raise SettingsError(f"there is no {name} {value}; there are: {', '.join(known)}")
        if not 0 < self.extra_share < 1:
            raise SettingsError(f"an extra share of {self.extra_share}: must lie between 0 and 1")
        if self.validation == 0 and self.operating_point is None:
            raise SettingsError("without validation photos, give the operating point")


# models/README.md says what of "study" the paper states and what is our choice.
PRESETS = {
    "default": Settings(
        encoder="efficientnet-lite0",
        width=16,
        loss="bce+dice",
        augmentation="geometry+appearance",
        schedule="cosine",
        epochs=80,
        batch=8,
        validation=0,
        operating_point=(0.5, 0.001),
        mirrored=True,
        window=1.5,
    ),
    "plain": Settings(),
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
