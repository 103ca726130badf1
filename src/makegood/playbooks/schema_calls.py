"""What the JSON Schema says about telephone calls, and about the hours of duty."""

from collections.abc import Mapping
from typing import Any

from makegood.playbooks.calling import CLOCKS, MOST
from makegood.playbooks.duty import NO_ROSTER
from makegood.playbooks.merging import REPLACES
from makegood.playbooks.schema_parts import MARK, NAME, SPAN, choice, map_of, some

_TEXT: Mapping[str, Any] = {"type": ["string", "number", "boolean"], "pattern": r"\S"}
_WHOLE = {"type": "integer", "minimum": 0, "maximum": MOST}

CALLS: Mapping[str, Mapping[str, Mapping[str, Any]]] = {
    "section about calls": {
        "runaround": {"$ref": "#/definitions/run-around"},
        "gave_up": {"$ref": "#/definitions/giving up"},
        "hung_up_on": NAME,
        "flagged": NAME,
        "call_back": {"$ref": "#/definitions/call-back"},
        "hints": {"type": "array", "items": {"$ref": "#/definitions/hint"}},
    },
    "run-around": {"fails_as*": NAME, "transfers": _WHOLE, "held": SPAN, "told_again": _WHOLE},
    "giving up": {"fails_as*": NAME, "waited*": SPAN},
    "call-back": {
        "within*": SPAN, "higher_within": SPAN, "clock": choice(CLOCKS), "tell": NAME,
        "late": {"$ref": "#/definitions/call-back that is late"},
    },
    "call-back that is late": {"message*": NAME, "ahead*": SPAN},
    "section about duty": {
        "hours*": _TEXT, "closed": some(_TEXT), "no_roster": choice(NO_ROSTER),
    },
    "hint": {
        "id*": NAME, REPLACES: MARK, "title*": _TEXT, "fails_as*": NAME,
        "phrases*": map_of(some(_TEXT)),
    },
}  # fmt: skip
