"""What somebody may do on their own page about a case that is theirs."""

from collections.abc import Mapping

from msgspec import Struct

from makegood.core.state import Case
from makegood.desk.access import Desk, Me
from makegood.desk.on_duty import duties
from makegood.desk.requests import Asked, Form, asked_for
from makegood.messages.errors import Refused
from makegood.messages.facts import HandedOver, Promised
from makegood.messages.ids import RepId
from makegood.playbooks.book import RuleBook
from makegood.playbooks.employees import EMPLOYEE

ACTS: Mapping[str, str] = {
    "note": "Your note is kept.",
    "promise": "It is written down; if it does not come in time, that is a failure of ours.",
    "hand-over": "It is handed over; you see here what becomes of it if you raised it.",
    "done": "Thank you. The people at the desk ask the customer whether it is good again.",
    "give": "It is given.",
}
HOUR_MS = 3_600_000
MOST_HOURS = 24 * 365
OTHER = "other"


class FloorForm(Struct, frozen=True, kw_only=True):
    """What was sent about a case.

    Attributes:
        helpers: Who of the desk could take it, those on duty first.
        ref: Where the free text of this form is kept.
    """

    case: Case
    me: Me
    book: RuleBook
    helpers: tuple[tuple[RepId, str], ...]
    values: Mapping[str, str]
    ref: str
    now_ms: int

    def of_the_desk(self, **values: str) -> Form:
        """Give the same form as the desk reads it."""
        return Form(
            case=self.case,
            me=self.me,
            book=self.book,
            colleagues=frozenset(rep for rep, _ in self.helpers),
            values={**self.values, **values},
            ref=self.ref,
        )


def helpers(desk: Desk, brand: str) -> tuple[tuple[RepId, str], ...]:
    """Who at the desk serves a brand: on duty first, and never the person who asks."""
    people = [
        one
        for one in desk.reps
        if one.rep != desk.me.rep
        and one.role != EMPLOYEE
        and (not one.brands or not brand or brand in one.brands)
    ]
    hours = desk.makegood.book.duty
    on_duty = {one.rep for one in duties(desk.reps, desk.now_ms, {}, hours) if one.until_ms}
    people.sort(key=lambda one: (one.rep not in on_duty, one.name))
    return tuple((one.rep, one.name or str(one.rep)) for one in people)


def asked_on_the_floor(act: str, form: FloorForm) -> Asked | Refused:
    """Turn a sent form into a request."""
    if act == "note":
        return asked_for("note", form.of_the_desk())
    if act == "hand-over":
        return asked_for("hand-over", form.of_the_desk())
    if act == "give":
        return asked_for("grant", form.of_the_desk())
    return _promise(form) if act == "promise" else _done(form)


def _promise(form: FloorForm) -> Asked | Refused:
    ref, texts = form.of_the_desk().kept("words")
    hours = form.values.get("hours", "").strip()
    if not hours.isdecimal() or not 0 < int(hours[:6]) <= MOST_HOURS:
        return Refused(code="bad_end", why="Say in how many hours, as a whole number.")
    if not ref:
        return Refused(code="words_needed", why="Say in a sentence what you said.")
    body = Promised(
        promise=OTHER,
        about=form.case.failures[-1].about if form.case.failures else "",
        brand=form.case.brand,
        words=ref,
        due_ms=form.now_ms + int(hours[:6]) * HOUR_MS,
        by=form.me.rep,
    )
    return Asked(body=body, texts=texts)


def _done(form: FloorForm) -> Asked | Refused:
    """One's own part is done: the desk takes over, and only the customer says it is good."""
    ref, texts = form.of_the_desk().kept("note")
    if not ref:
        return Refused(code="story_needed", why="Say in a sentence what you did.")
    if not form.helpers:
        return Refused(code="nobody_there", why="Nobody at the desk could take it over yet.")
    body = HandedOver(case=form.case.id, to=form.helpers[0][0], by=form.me.rep, note=ref)
    return Asked(body=body, texts=texts)
