"""A customer's telephone calls on the desk: what they were, who calls back, what was suggested."""

from collections.abc import Mapping
from typing import Any

from makegood.core.call_backs import is_named, may_call_back
from makegood.core.phone import CallBack, Hint
from makegood.core.telephone import spoke_in
from makegood.desk.access import Desk
from makegood.desk.shell import MOST_COUNTED
from makegood.desk.story import Story
from makegood.messages.ids import RepId
from makegood.ports.ties import Tie, TieKind
from makegood.projections.calls import call_words, passed_words, why_words
from makegood.projections.orders import failure_words
from makegood.projections.roster import rep_name

PAGE = 5  # the latest calls; the timeline has them all
MOST_BACKS = 10


def calls_shown(desk: Desk, story: Story, brand: str | None = None) -> dict[str, Any]:
    """Give the latest calls, the call-backs and what transcripts suggest, of brands they serve.

    Args:
        desk: The desk.
        story: The customer's.
        brand: On the page of a case its brand; None on the customer's.
    """
    phone = story.state.phone

    def sees(one: str) -> bool:
        return desk.me.may_see(one) and (not brand or not one or one == brand)

    hints = [one for one in phone.open_hints if sees(one.brand)]
    backs = [one for one in phone.backs if sees(one.brand) and not is_blind(desk, one)]
    backs.sort(key=lambda one: (bool(one.done_ms), one.due_ms))
    refs = [one.words for one in hints]
    refs += [one.number for one in backs[:MOST_BACKS] if one.number and not one.done_ms]
    texts = desk.reading.texts(refs) if refs else {}
    latest = sorted((one for one in phone.calls if sees(one.brand)), key=lambda one: -one.at_ms)
    return {
        "calls": [
            {"at_ms": one.at_ms, "says": call_words(one, desk.reps), "outward": one.outward}
            for one in latest[:PAGE]
        ],
        "more_calls": max(0, len(latest) - PAGE),
        "call_backs": [
            {**_back(desk, one), **wish_words(one.number, one.wish_ms, texts)}
            for one in backs[:MOST_BACKS]
        ],
        "hints": [_hint(desk, story, one, texts.get(one.words, "")) for one in hints],
    }


def wish_words(number: str, wish_ms: int, texts: Mapping[str, str]) -> dict[str, Any]:
    """Give what the customer wants of a call: from when on, and on which number."""
    return {
        "wish_ms": wish_ms,
        "number": texts.get(number, "") if number else "",
        "number_gone": bool(number) and number not in texts,
    }


def is_blind(desk: Desk, one: CallBack) -> bool:
    """Whether it is about who reads: what a customer said of them is not theirs to see."""
    return one.why == "flagged" and one.rep == desk.me.rep


def is_about(desk: Desk, tie: Tie) -> bool:
    """The same of a row of the list."""
    return tie.channel == "flagged" and tie.asked_for == desk.me.rep


def may_call(desk: Desk, one: CallBack) -> bool:
    """Whether the reader is one to call; what is anybody's is the supervisors'."""
    named = is_named(one, desk.me.rep)
    return may_call_back(one, desk.me.rep) and (named or desk.me.is_supervisor)


def _back(desk: Desk, one: CallBack) -> dict[str, Any]:
    return {
        "id": one.id,
        "why": why_words(one, desk.reps),
        "owner": rep_name(desk.reps, one.owner) if one.owner else "",
        "is_mine": one.owner == desk.me.rep,
        "due_ms": one.due_ms,
        "done_ms": one.done_ms,
        "done_by": rep_name(desk.reps, one.done_by) if one.done_by else "",
        "needless": one.needless,
        "tried_ms": one.tried_ms,
        "stuck": one.is_stuck,
        "passed": passed_words(one, desk.reps, but=desk.me.rep),
        "may_call": not one.done_ms and may_call(desk, one),
    }


def _hint(desk: Desk, story: Story, one: Hint, words: str) -> dict[str, Any]:
    book = desk.makegood.library.now(one.brand)
    rule = book.calls.hint(one.rule)
    return {
        "id": one.id,
        "title": rule.title if rule is not None else one.rule.replace("_", " "),
        "kind": failure_words(rule.fails_as if rule else one.fails_as, story.library),
        "words": words,
        "at_ms": one.at_ms,
        "spoke": desk.me.rep in spoke_in(story.state.phone, one),
    }


def backs_waiting(desk: Desk) -> dict[str, Any]:
    """Count the call-backs of who reads and, for supervisors, those of nobody by name."""
    found = desk.reading.ties(TieKind.CALL_BACK, rep=desk.me.rep, limit=MOST_COUNTED + 1)
    loose = (
        desk.reading.ties(TieKind.CALL_BACK, rep=RepId(""), limit=MOST_COUNTED + 1)
        if desk.me.is_supervisor
        else ()
    )
    seen = [one for one in loose if desk.me.may_see(one.brand) and not is_about(desk, one)]
    return {
        "backs": len(found),
        "many_backs": len(found) > MOST_COUNTED,
        "back_due_ms": found[0].until_ms if found else 0,
        "loose_backs": len(seen),
        "many_loose_backs": len(seen) > MOST_COUNTED,
    }
