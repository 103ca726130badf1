"""The JSON Schema of what `people` says about keeping in touch."""

from collections.abc import Mapping
from typing import Final

from makegood.playbooks.in_touch import MOST_MESSAGES, MOST_YEARS
from makegood.playbooks.in_touch_terms import LIKENESS, OUTCOMES, SOURCES
from makegood.playbooks.reading import NAME
from makegood.playbooks.schema_parts import (
    Schema,
    choice,
    either,
    list_of,
    matches,
    ref,
    some,
    whole,
)
from makegood.playbooks.spans import SPAN

_TEXT: Schema = {"type": ["string", "number", "boolean"], "pattern": r"\S"}
_EXPRESSION: Schema = {**_TEXT, "description": "An expression in CEL."}
_NAME: Schema = matches(NAME.pattern)
_SPAN: Schema = {
    **matches(SPAN.pattern),
    "description": "A span of time, as in 15m, 4h or 7d.",
}
_CONTROL: Schema = {"type": "number", "minimum": 0, "maximum": 0.5}
_LOTS: Mapping[str, Schema] = {"control": _CONTROL, "outcomes": some(choice(OUTCOMES))}

KINDS: Final[Mapping[str, Mapping[str, Schema]]] = {
    "part about hellos": {
        "every*": _SPAN, "only_if": choice(("consented",)), "most*": whole(MOST_MESSAGES),
        "within*": _SPAN, **_LOTS, "true*": list_of(ref("true thing")),
    },
    "true thing": {
        "id*": _NAME, "of": choice(SOURCES), "on": some(_TEXT), "about": _EXPRESSION,
        "ends": _EXPRESSION, "before": _SPAN, "after": _SPAN, "for": _SPAN, "says*": _TEXT,
    },
    "part about thanks": {
        "years*": some(either(whole(MOST_YEARS, 1), _TEXT)), "most*": whole(MOST_MESSAGES),
        "within*": _SPAN, **_LOTS, "says*": _TEXT,
    },
    "part about leaving": {
        "introduction*": _NAME, "gone*": _NAME, "stays": _NAME, "ask_again": _SPAN,
        "likeness": some(choice(LIKENESS)), **_LOTS,
    },
    "part about direct lines": {"domain*": _TEXT, **_LOTS},
}  # fmt: skip
"""By the name of the part; a field with a star has to be there."""
