"""What telephone systems tell: the names and properties that rule books count on.

An event under one of these names that lacks something or says it in another way is stored all the
same; the answer warns, so that whoever connects the system sees it at once and not in a case that
nobody opened.
"""

from collections.abc import Mapping
from typing import Literal, TypeAlias

from makegood.messages.facts import Fact, Facts

Form: TypeAlias = Literal["text", "count", "yes or no", "who"]
WHO_HANGS_UP = ("agent", "customer", "line")
_CALL: Mapping[str, Form] = {
    "call": "text", "about": "text", "brand": "text", "queue": "text", "agent": "text",
    "direction": "text",
}  # fmt: skip
CALLS: Mapping[str, Mapping[str, Form]] = {
    "Call Ringing": {},
    "Call Answered": {"waited_seconds": "count"},
    "Call Held": {"held_seconds": "count", "holds": "count"},
    "Call Transferred": {"transfers": "count"},
    "Call Hung Up": {
        "by": "who", "answered": "yes or no", "waited_seconds": "count", "held_seconds": "count",
        "talked_seconds": "count", "transfers": "count", "solved": "yes or no",
    },
    "Call Recorded": {"recording": "text", "seconds": "count"},
}  # fmt: skip
"""Beside what every event of a call may carry: `call`, `about`, `brand`, `queue`, `agent`."""
NEEDED: Mapping[str, tuple[str, ...]] = {
    "Call Transferred": ("transfers",),
    "Call Hung Up": ("by", "answered"),
    "Call Recorded": ("recording",),
}
"""What such an event is of little use without, beside `call`."""


def look_at_call(name: str, properties: Facts) -> str:
    """Say what a rule will not find in an event of a call; empty for nothing."""
    forms = CALLS.get(name)
    if forms is None:
        return ""
    needed = ("call", *NEEDED.get(name, ()))
    found = [
        f"properties.{one} is missing: {name} says it."
        for one in needed
        if properties.get(one) in (None, "")
    ]
    for key, form in {**_CALL, **forms}.items():
        value = properties.get(key)
        if value not in (None, "") and not _fits(value, form):
            found.append(f"properties.{key} should be {_WORDS[form]}.")
    return " ".join(found)


_WORDS: Mapping[Form, str] = {
    "text": "a text",
    "count": "a whole number, 0 or more",
    "yes or no": "true or false",
    "who": f"one of {', '.join(WHO_HANGS_UP)}",
}


def _fits(value: Fact, form: Form) -> bool:
    match form:
        case "text":
            return isinstance(value, str)
        case "count":
            return isinstance(value, int) and not isinstance(value, bool) and value >= 0
        case "yes or no":
            return isinstance(value, bool)
        case "who":
            return value in WHO_HANGS_UP
