"""What the JSON Schema says about waits."""

from collections.abc import Mapping
from typing import Any

from makegood.playbooks.merging import REPLACES
from makegood.playbooks.reading import NAME
from makegood.playbooks.spans import SPAN
from makegood.playbooks.terms import Cause, Loss
from makegood.playbooks.waits import FEWEST_WAITS, MOST_WAITS

_TEXT: Mapping[str, Any] = {"type": ["string", "number", "boolean"], "pattern": r"\S"}
_NAME = {"type": "string", "pattern": f"^(?:{NAME.pattern})$"}
_SPAN = {
    "type": "string",
    "pattern": f"^(?:{SPAN.pattern})$",
    "description": "A span of time, as in 15m, 4h or 7d.",
}
_SHARE = {"type": "number", "minimum": 0.5, "maximum": 0.99}
_TEXTS = {"anyOf": [_TEXT, {"type": "array", "items": _TEXT}]}

WAITS: Mapping[str, Mapping[str, Mapping[str, Any]]] = {
    "wait": {
        "id*": _NAME,
        REPLACES: {"const": True, "description": "Stands in the place of the one below it."},
        "channels": _TEXTS,
        "begins": _TEXT,
        "ends": _TEXTS,
        "given_up": _TEXTS,
        "about": {**_TEXT, "description": "An expression in CEL."},
        "at_most*": _SPAN,
        "at_least": _SPAN,
        "norm": {"$ref": "#/definitions/norm of a wait"},
        "tell": {"$ref": "#/definitions/telling of a wait"},
        "title*": _TEXT,
        "loses": {"enum": [str(one) for one in Loss]},
        "severity": {"type": "integer", "minimum": 1, "maximum": 5},
        "cause": {"enum": [str(one) for one in Cause]},
        "allow_because": _TEXT,
    },
    "norm of a wait": {
        "share": _SHARE,
        "waits": {"type": "integer", "minimum": FEWEST_WAITS, "maximum": MOST_WAITS},
        "over": _SPAN,
        "leave_out": _TEXTS,
    },
    "telling of a wait": {"message*": _NAME, "share": _SHARE},
}
