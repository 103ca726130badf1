"""What the JSON Schema says of what surveys share, and of further questions."""

from collections.abc import Mapping
from typing import Final

from makegood.playbooks.asking import LEAST_BACK, MOST_MONTHS, MOST_WEEKS
from makegood.playbooks.reading import NAME
from makegood.playbooks.rulings import SurveyKind
from makegood.playbooks.schema_parts import Schema, choice, list_of, matches, ref, whole
from makegood.playbooks.spans import SPAN
from makegood.playbooks.surveys import OUTSIDE

_SPAN: Schema = {
    **matches(SPAN.pattern),
    "description": "A span of time, as in 15m, 4h or 7d.",
}
_SCALE: Schema = {
    **matches(r"[0-9]+ to [0-9]+"),
    "description": "The ends of a custom scale, as in 1 to 5.",
}

SURVEY_MORE: Final[Mapping[str, Schema]] = {
    "scale": _SCALE,
    "also": list_of(ref("question of a survey")),
    "outside": choice(OUTSIDE),
}
"""Fields of a survey beside those that it always had."""
KINDS: Final[Mapping[str, Mapping[str, Schema]]] = {
    "section about asking": {
        "every": _SPAN, "too_few": whole(10_000, 1), "unreported": _SPAN,
        "weeks": whole(MOST_WEEKS, LEAST_BACK), "months": whole(MOST_MONTHS, LEAST_BACK),
        "after_closing": ref("question after a closed case"),
    },
    "question after a closed case": {
        "asks*": matches(NAME.pattern), "ask_after": _SPAN, "within": _SPAN,
    },
    "question of a survey": {
        "id*": matches(NAME.pattern), "question*": ref("texts"), "kind": choice(tuple(SurveyKind)),
        "scale": _SCALE, "bad_below": whole(10, 1),
    },
}  # fmt: skip
"""By the name of the part; a field with a star has to be there."""
