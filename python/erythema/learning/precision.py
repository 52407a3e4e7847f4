"""Which number format a training computes in."""

from pathlib import Path

import tensorflow as tf

from erythema.learning.settings import PRECISIONS, SettingsError

CPU_FACTS = Path("/proc/cpuinfo")
AMPERE = (8, 0)  # NVIDIA's first compute capability with bfloat16


def choose_precision(wanted: str) -> str:
    """Return "float32" or "bfloat16"; for "auto" the one that this machine computes faster.

    A processor that only has AVX-512's bfloat16 gains too little: "auto" asks for matrix units
    (AMX), or for a GPU from NVIDIA's Ampere on.

    Raises
    ------
    SettingsError: ``wanted`` is none of ``PRECISIONS``.
    """
    if wanted not in PRECISIONS:
        raise SettingsError(f"there is no precision {wanted}; there are: {', '.join(PRECISIONS)}")
    if wanted != "auto":
        return wanted
    return "bfloat16" if _has_fast_bfloat16() else "float32"


def _has_fast_bfloat16() -> bool:
    gpus = tf.config.list_physical_devices("GPU")
    if gpus:
        details = tf.config.experimental.get_device_details(gpus[0])
        return tuple(details.get("compute_capability", (0, 0))) >= AMPERE
    return CPU_FACTS.exists() and "amx_bf16" in CPU_FACTS.read_text()
