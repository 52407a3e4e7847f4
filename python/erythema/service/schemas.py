"""What OpenAPI says of answers: JSON by its schema, all other forms as bytes."""

from typing import Any, Dict, Iterable

Schema = Dict[str, Any]

TEXT: Schema = {"type": "string"}
NUMBER: Schema = {"type": "number"}
INTEGER: Schema = {"type": "integer"}
NUMBER_OR_NONE: Schema = {"anyOf": [NUMBER, {"type": "null"}]}
_BINARY: Schema = {"type": "string", "format": "binary"}


def list_of(items: Schema) -> Schema:
    """Return the schema of a list."""
    return {"type": "array", "items": items}


def object_of(**properties: Schema) -> Schema:
    """Return the schema of an object that has all of these properties, and may have more."""
    return {"type": "object", "required": list(properties), "properties": properties}


POINTS = list_of(list_of(NUMBER))  # x and y each


def contents(media_types: Iterable[str], **schemas: Schema) -> Dict[str, Any]:
    """Return the forms of a body; ``schemas``: those of the forms that are JSON, as in ``json``."""
    return {
        media_type: {"schema": schemas.get(media_type.split("/")[1].replace("+", "_"), _BINARY)}
        for media_type in media_types
    }
