"""The JSON Schema of what a company says in public that it does."""

from collections.abc import Mapping

from makegood.playbooks.advertising import MOST_STARS
from makegood.playbooks.merging import REPLACES
from makegood.playbooks.remedies import LANGUAGE
from makegood.playbooks.schema_parts import (
    MARK,
    NAME,
    SPAN,
    TEXT,
    Schema,
    map_of,
    matches,
    ref,
    some,
    whole,
)
from makegood.playbooks.spans import DAY
from makegood.playbooks.triage import LEAST_SURE

_DAY = {**matches(DAY.pattern), "description": "A day, as in 2024-10-28."}
_SURE: Schema = {"type": "number", "minimum": LEAST_SURE, "maximum": 1}
_ANY_LANGUAGE = {"propertyNames": matches(LANGUAGE.pattern)}

KINDS: Mapping[str, Mapping[str, Schema]] = {
    "advertised promise": {
        "id*": NAME, REPLACES: MARK, "says*": ref("texts"), "url": TEXT, "brands": some(NAME),
        "since": _DAY, "until": _DAY, "words": {**map_of(some(TEXT)), **_ANY_LANGUAGE},
        "stars": whole(MOST_STARS), "failures": some(NAME), "waits": NAME, "within": SPAN,
        "promises": some(NAME), "read_from": _SURE,
    },
}  # fmt: skip
"""By the name of the part; a field with a star has to be there."""
