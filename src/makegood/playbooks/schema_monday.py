"""The JSON Schema of what a book says about letters to management."""

from collections.abc import Mapping

from makegood.playbooks.header import MAIL
from makegood.playbooks.monday import LANGUAGES, WEEKDAYS
from makegood.playbooks.schema_parts import (
    FLAG,
    NAME,
    SPAN,
    TEXT,
    Schema,
    choice,
    list_of,
    matches,
    ref,
    some,
)

KINDS: Mapping[str, Mapping[str, Schema]] = {
    "section about letters to management": {
        "keep": SPAN, "letters": list_of(ref("letter to management")),
    },
    "letter to management": {
        "id*": NAME, "to*": some(matches(MAIL.pattern)), "language": choice(LANGUAGES),
        "brands": some(NAME), "day": choice(WEEKDAYS), "hour": TEXT, "timezone": TEXT,
        "paused": FLAG,
    },
}  # fmt: skip
"""By the name of the part; a field with a star has to be there."""
