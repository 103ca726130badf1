"""The JSON Schema of what a book says about what is said in public."""

from collections.abc import Mapping

from makegood.playbooks.mappings import Signing
from makegood.playbooks.schema_parts import (
    FLAG,
    NAME,
    SPAN,
    TEXT,
    Schema,
    choice,
    list_of,
    ref,
    some,
    whole,
)
from makegood.playbooks.searches import KINDS as KINDS_OF_PAGES
from makegood.playbooks.searches import MOST_FIRST, SIDES
from makegood.playbooks.voice import FEWEST_STARS, MOST_STARS, NETWORKS

KINDS: Mapping[str, Mapping[str, Schema]] = {
    "section about what is said in public": {
        "answer_within": SPAN, "breach_after": SPAN, "code_for": SPAN, "ours": some(TEXT),
        "bots": some(TEXT), "listen": list_of(ref("source of what is said in public")),
        "keep": SPAN, "searches": ref("part about searches"),
        "bad_stars_below": whole(MOST_STARS, FEWEST_STARS),
    },
    "part about searches": {
        "watch": list_of(ref("watched search")), "keep": SPAN, "first": whole(MOST_FIRST, 1),
        "owner": TEXT, "tell": some(choice(KINDS_OF_PAGES)),
        **{kind: some(TEXT) for kind in SIDES},
    },
    "watched search": {"words*": TEXT, "brand": NAME},
    "source of what is said in public": {
        "id*": NAME, "network*": choice(NETWORKS), "url": TEXT, "hashtag": TEXT, "account": TEXT,
        "search": TEXT, "mentions": FLAG, "brand": NAME, "every": SPAN,
        "signed": choice(tuple(Signing)),
    },
}  # fmt: skip
"""By the name of the part; a field with a star has to be there."""
