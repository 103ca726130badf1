"""What telephone systems tell: the names and properties that rule books count on.

An event under one of these names that lacks something or says it in another way is stored all the
same; the answer warns, so that whoever connects the system sees it at once and not in a case that
nobody opened.
"""

import re
from collections.abc import Mapping
from typing import Literal, TypeAlias

from makegood.messages.call_facts import TRANSCRIBED as TRANSCRIBED
from makegood.messages.errors import InputError
from makegood.messages.facts import Fact, Facts
from makegood.sources.limits import check_text

Form: TypeAlias = Literal["text", "count", "yes or no", "who", "sentences"]
SENTENCES = "sentences"
WHOLE = "transcript"
MOST_SENTENCES = 2_000
LONGEST_SENTENCE = 400  # letters
_PIECE, _STEP = 40, 30  # words of a longer one that are kept together, and till the next begins
_ENDS = re.compile(r"(?<=[.!?])\s+|\n+")  # of a sentence, in a transcript that is one text
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
    "Call Queued": {},
    "Call Told Again": {"times": "count"},
    "Call Flagged": {},
    "Call Transcribed": {SENTENCES: "sentences"},
}  # fmt: skip
"""Beside what every event of a call may carry: `call`, `about`, `brand`, `queue`, `agent`."""
NEEDED: Mapping[str, tuple[str, ...]] = {
    "Call Transferred": ("transfers",),
    "Call Hung Up": ("by", "answered"),
    "Call Recorded": ("recording",),
    "Call Flagged": ("agent",),
    "Call Transcribed": (SENTENCES,),
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
        if properties.get(one) in (None, "", [])
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
    "sentences": "a list of texts",
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
        case "sentences":
            return isinstance(value, list) and all(isinstance(one, str) for one in value)


def apart_from(properties: Facts, event: str) -> tuple[Facts, dict[str, str]]:
    """Take the sentences of a transcript out, each with a reference of its own.

    Args:
        properties: Of the event; `transcript` as one text is parted into its sentences.
        event: Its id.

    Returns:
        The properties with references, and the sentences by reference.

    Raises:
        InputError: They are no list of texts, or more than anybody says in a call.
    """
    rest = {key: value for key, value in properties.items() if not _is_whole(key)}
    told = properties.get(SENTENCES)
    key = SENTENCES
    if told in (None, "", []):
        key = next((it for it in properties if _is_whole(it)), SENTENCES)
        told = properties.get(key)
    said = [piece for one in _texts_of(told, key) for piece in _pieces(one)]
    if len(said) > MOST_SENTENCES:
        raise InputError(
            f"properties.{key} has {len(said):,} sentences; the limit is {MOST_SENTENCES:,}."
        )
    texts = {f"{event}/{SENTENCES}/{n}": one for n, one in enumerate(said)}
    for ref, words in texts.items():
        check_text(words, ref.partition("/")[2])
    return {**rest, SENTENCES: [*texts]}, texts


def _is_whole(key: str) -> bool:
    return key.casefold() == WHOLE


def _texts_of(told: Fact, key: str) -> list[str]:
    """Give the sentences: of one text, of a list of them, or of turns that have a `text`."""
    if told in (None, ""):
        return []
    if isinstance(told, str) and key != SENTENCES:
        return [one for one in _ENDS.split(told) if one.strip()]
    found = [_turn_of(one) for one in told] if isinstance(told, list) else [None]
    texts = [one for one in found if one is not None]
    if len(texts) < len(found):
        raise InputError(f"properties.{key} should be a list of texts, one a sentence.")
    return texts


def _turn_of(one: Fact) -> str | None:
    words = one.get("text") if isinstance(one, dict) else one
    return words if isinstance(words, str) else None


def _pieces(sentence: str) -> list[str]:
    """Part what has no full stops, as machines write it: of it little is kept as well.

    The pieces overlap, so that a phrase is whole in one of them.
    """
    if len(sentence) <= LONGEST_SENTENCE:
        return [sentence]
    words = sentence.split()
    starts = range(0, max(1, len(words) - _PIECE + _STEP), _STEP)
    return [" ".join(words[at : at + _PIECE]) for at in starts]
