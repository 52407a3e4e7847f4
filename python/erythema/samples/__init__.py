"""Three credited photos for the first run (CREDITS.md)."""

from pathlib import Path


def sample_photos() -> list[Path]:
    """The sample photos, by name; the first is the one that `erythema demo` opens.

    >>> [photo.name for photo in sample_photos()]
    ['PAT_1415_1440_629.jpg', 'PAT_165_256_460.jpg', 'PAT_2115_4613_260.jpg']
    """
    return sorted(Path(__file__).parent.glob("*.jpg"))
