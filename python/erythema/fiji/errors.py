"""The one error of this room."""

from erythema.errors import ErythemaError


class FijiError(ErythemaError, RuntimeError):
    """ImageJ could not do what was asked; the message names the cause and the remedy."""
