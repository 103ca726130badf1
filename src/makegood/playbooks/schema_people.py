"""What the JSON Schema says about people and places: sections of a rule book of their own."""

from collections.abc import Mapping

from makegood.playbooks.in_touch_terms import OFFERS
from makegood.playbooks.merging import REPLACES
from makegood.playbooks.people import MOST_CHOICES
from makegood.playbooks.people_terms import SHOWN
from makegood.playbooks.places import QUALITY, READS, UNKNOWN
from makegood.playbooks.routing import MOST_SLICE
from makegood.playbooks.routing_terms import MOST_AMONG, ORDER, RELAXED
from makegood.playbooks.schema_parts import (
    EXPRESSION,
    FLAG,
    LANGUAGES,
    MARK,
    NAME,
    SPAN,
    TEXT,
    Schema,
    choice,
    list_of,
    map_of,
    ref,
    some,
    whole,
)
from makegood.playbooks.walks import VOLUNTEERS

KINDS: Mapping[str, Mapping[str, Schema]] = {
    "section about reputations": {
        "shown_from": whole(10_000, 30), "blind_below": whole(10_000, 5), "lately": SPAN,
        "period": SPAN,
    },
    "rule about places": {
        "id*": NAME, REPLACES: MARK, "kinds*": some(TEXT), "brands": some(TEXT),
        "needs*": ref("list of needs"), "within_km": whole(20_000),
        "quality": choice(QUALITY), "at_once": whole(20, 1), "most": whole(20, 1),
        "answer_within*": SPAN, "kept*": SPAN, "ask_again": whole(3),
        "availability": ref("rule about availability"), "ask*": NAME, "expect*": NAME,
        "free*": NAME, "story*": {**map_of(some(TEXT)), **LANGUAGES},
    },
    "list of needs": dict.fromkeys(READS, NAME),
    "rule about availability": {"oldest*": SPAN, "unknown": choice(UNKNOWN)},
    "rule about walks": {
        "id*": NAME, REPLACES: MARK, "title*": TEXT, "event*": TEXT, "takes*": ref("facts"),
        "volunteers": choice(VOLUNTEERS), "never": list_of(ref("reason never to walk")),
        "harm": list_of(ref("harm")),
    },
    "reason never to walk": {
        "id*": NAME, "when*": EXPRESSION, "says*": TEXT, "allow_because": TEXT,
    },
    "harm": {
        "id*": NAME, "when*": EXPRESSION, "points*": whole(1000), "says*": TEXT,
        "allow_because": TEXT,
    },
    "section about people": {
        "choices": whole(MOST_CHOICES, 1), "capacity*": whole(100_000),
        "most_cases": whole(10_000),
        "waits": map_of(SPAN), "thread": SPAN, "undo": SPAN, "waiting_list": whole(100_000),
        "shows": some(choice(SHOWN)), "room": NAME, "unsure": NAME,
        "offers": choice(OFFERS), "hello": ref("part about hellos"),
        "thanks": ref("part about thanks"), "leaving": ref("part about leaving"),
        "line": ref("part about direct lines"),
    },
    "section about routing": {
        "slice": {"type": "number", "minimum": 0, "maximum": float(MOST_SLICE)},
        "order": some(choice(ORDER)), "relaxes": some(choice(RELAXED)),
        "among": whole(MOST_AMONG, 1), "chance_below": whole(6), "chance_at_double": FLAG,
        "conversations": FLAG, "language": EXPRESSION, "unless": EXPRESSION,
        "allow_because": TEXT,
    },
}  # fmt: skip
