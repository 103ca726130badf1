"""What the JSON Schema of rule books is made of: small words for its parts."""

from collections.abc import Collection, Mapping
from typing import Any, TypeAlias

from makegood.playbooks.reading import NAME as _NAMES
from makegood.playbooks.remedies import LANGUAGE as _TAG
from makegood.playbooks.spans import SPAN as _SPANS

Schema: TypeAlias = Mapping[str, Any]


def needs(*fields: str) -> Schema:
    """Have these fields."""
    return {"required": [*fields]}


def ref(kind: str) -> Schema:
    """Be of a kind that the schema defines."""
    return {"$ref": f"#/definitions/{kind}"}


def matches(*patterns: str) -> Schema:
    """Be a text that one of some patterns fits, whole."""
    return {"type": "string", "pattern": f"^(?:{'|'.join(patterns)})$"}


def choice(known: Collection[str]) -> Schema:
    """Be one of some words."""
    return {"enum": [str(one) for one in known]}


def either(*kinds: Schema) -> Schema:
    """Be of one of some kinds."""
    return {"anyOf": [*kinds]}


def list_of(kind: Schema) -> Schema:
    """Be a list of a kind."""
    return {"type": "array", "items": kind}


def some(kind: Schema) -> Schema:
    """Be one of a kind, or a list of them."""
    return either(kind, list_of(kind))


def map_of(kind: Schema) -> Schema:
    """Map names to values of a kind."""
    return {"type": "object", "additionalProperties": kind}


def whole(most: int = 10**12, least: int = 0) -> Schema:
    """Be a whole number."""
    return {"type": "integer", "minimum": least, "maximum": most}


SCALAR: Schema = {"type": ["string", "number", "boolean"]}
FLAG: Schema = {"type": "boolean"}
TEXT: Schema = {**SCALAR, "pattern": r"\S"}
EXPRESSION: Schema = {**TEXT, "description": "An expression in CEL."}
NAME = matches(_NAMES.pattern)
SPAN: Schema = {
    **matches(_SPANS.pattern), "description": "A span of time, as in 15m, 4h or 7d.",
}  # fmt: skip
MARK: Schema = {"const": True, "description": "Stands in the place of the one below it."}
LANGUAGES: Schema = {"required": ["en"], "propertyNames": matches(_TAG.pattern)}
