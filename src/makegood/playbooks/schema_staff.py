"""What the JSON Schema says about lapses, owners and employees."""

from collections.abc import Mapping
from typing import Any

from makegood.playbooks.lapses import FEWEST_USES, MOST_USES
from makegood.playbooks.lapsing import HOLDS
from makegood.playbooks.merging import REPLACES
from makegood.playbooks.reading import NAME
from makegood.playbooks.remedies import LANGUAGE
from makegood.playbooks.spans import SPAN
from makegood.playbooks.terms import Cause, Loss

_TEXT: Mapping[str, Any] = {"type": ["string", "number", "boolean"], "pattern": r"\S"}
_EXPRESSION = {**_TEXT, "description": "An expression in CEL."}
_NAME = {"type": "string", "pattern": f"^(?:{NAME.pattern})$"}
_SPAN = {
    "type": "string",
    "pattern": f"^(?:{SPAN.pattern})$",
    "description": "A span of time, as in 15m, 4h or 7d.",
}
_FACT = {"type": "string", "pattern": r"^(?:customer\.\w+)$"}
_PEOPLE = {"type": "object", "additionalProperties": _TEXT}


def _ref(kind: str) -> Mapping[str, Any]:
    return {"$ref": f"#/definitions/{kind}"}


def _some(kind: Mapping[str, Any]) -> Mapping[str, Any]:
    return {"anyOf": [kind, {"type": "array", "items": kind}]}


def _whole(most: int, least: int) -> Mapping[str, Any]:
    return {"type": "integer", "minimum": least, "maximum": most}


PEOPLE: Mapping[str, Mapping[str, Mapping[str, Any]]] = {
    "lapse": {
        "id*": _NAME,
        REPLACES: {"const": True, "description": "Stands in the place of the one below it."},
        "line*": _ref("line of a lapse"),
        "after*": _ref("habit of a lapse"),
        "quiet_for*": _ref("quiet of a lapse"),
        "others_within": _SPAN,
        "call_within": _SPAN,
        "holds": {"enum": list(HOLDS)},
        "title*": _TEXT,
        "loses": {"enum": [str(one) for one in Loss]},
        "severity": _whole(5, 1),
        "cause": {"enum": [str(one) for one in Cause]},
        "allow_because": _TEXT,
    },
    "line of a lapse": {"on*": _some(_TEXT), "named*": _EXPRESSION},
    "habit of a lapse": {"uses*": _whole(MOST_USES, FEWEST_USES), "over*": _SPAN},
    "quiet of a lapse": {
        "at_least*": _SPAN,
        "longest_gaps*": {"type": "number", "minimum": 1, "maximum": 10},
    },
    "section about owners": {
        "answer_within": _SPAN, "rules": _PEOPLE, "places": _PEOPLE, "otherwise": _TEXT,
        "language": {"type": "string", "pattern": f"^(?:{LANGUAGE.pattern})$"},
    },
    "section about employees": {"found_by": _some(_FACT), "sees": _some(_FACT)},
}  # fmt: skip
