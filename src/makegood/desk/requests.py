"""What a rep asks for, as the fact it wants to become."""

from collections.abc import Callable, Mapping
from typing import Final

from msgspec import Struct

from makegood.core.choosing import NOT_FREE
from makegood.core.state import Case
from makegood.desk.access import Me
from makegood.messages.errors import InputError, Refused
from makegood.messages.facts import (
    Answered,
    Approved,
    AskedAgain,
    Body,
    Called,
    Chosen,
    Contested,
    FailureRaised,
    Granted,
    HandedOver,
    Judged,
    Noted,
    PlaceAnswered,
    Proposed,
    Released,
    RootCauseNamed,
    TurnedDown,
)
from makegood.messages.ids import CommandId, EventId, RepId
from makegood.messages.money import Money
from makegood.messages.root_facts import ROOT_KINDS, RootKind
from makegood.playbooks.book import RuleBook
from makegood.projections.amounts import read_cents
from makegood.sources.limits import writable
from makegood.sources.personal import holds_address

LONGEST_TEXT = 4000


class Asked(Struct, frozen=True, kw_only=True):
    """A request: the fact it wants to become, and the free text that goes with it."""

    body: Body
    texts: Mapping[str, str] = {}


class Form(Struct, frozen=True, kw_only=True):
    """What was sent, and what it is about.

    Attributes:
        colleagues: Sign-in names of those who could take the case.
        ref: Where the free text of this form is kept.
        away: Of the colleagues, who is on leave.
    """

    case: Case
    me: Me
    book: RuleBook
    colleagues: frozenset[str]
    values: Mapping[str, str]
    ref: str
    away: frozenset[str] = frozenset()

    def text(self, name: str) -> str:
        return writable(self.values.get(name, ""), LONGEST_TEXT)

    def kept(self, name: str) -> tuple[str, Mapping[str, str]]:
        """Give the reference of a text and what to keep there; nothing for no text."""
        text = self.text(name)
        return (self.ref, {self.ref: text}) if text else ("", {})


def asked_for(act: str, form: Form) -> Asked | Refused:
    """Turn a sent form into a request; refuse one that nobody at the desk could mean."""
    make = _ACTS.get(act)
    if make is None:
        return Refused(code="no_such_act", why="The desk knows no such act.")
    return make(form)


def _choose(form: Form) -> Asked | Refused:
    return Asked(body=Chosen(case=form.case.id, offer=form.text("offer"), by=form.me.rep))


def _propose(form: Form) -> Asked | Refused:
    """Put what is above one's limit before a colleague; the form is that of a grant."""
    asked = _grant(form)
    if isinstance(asked, Refused) or not isinstance(asked.body, Granted):
        return asked
    grant = asked.body
    body = Proposed(
        case=grant.case,
        remedy=grant.remedy,
        cost=grant.cost,
        by=grant.by,
        off_script=grant.off_script,
        reason=grant.reason,
    )
    return Asked(body=body, texts=asked.texts)


def _approve(form: Form) -> Asked | Refused:
    return Asked(body=Approved(case=form.case.id, proposed=EventId(form.text("proposed"))))


def _turn_down(form: Form) -> Asked | Refused:
    ref, texts = form.kept("reason")
    proposed = EventId(form.text("proposed"))
    return Asked(body=TurnedDown(case=form.case.id, proposed=proposed, reason=ref), texts=texts)


def _contest(form: Form) -> Asked | Refused:
    ref, texts = form.kept("words")
    proposed = EventId(form.text("proposed"))
    return Asked(body=Contested(case=form.case.id, proposed=proposed, words=ref), texts=texts)


def _grant(form: Form) -> Asked | Refused:
    ref, texts = form.kept("reason")
    remedy = form.text("remedy")
    if not ref:
        return Refused(code="reason_needed", why="Say why; one sentence is enough.")
    try:
        cents = read_cents(form.text("amount"))
    except InputError as error:
        return Refused(code="bad_amount", why=str(error))
    known = form.book.remedies.get(remedy)
    if known is None and not remedy:
        return Refused(code="no_remedy", why="Say what to give.")
    body = Granted(
        case=form.case.id,
        remedy=remedy,
        cost=Money(cents, form.book.currency),
        by=form.me.rep,
        off_script=True,
        reason=ref,
    )
    return Asked(body=body, texts=texts)


def _good(form: Form) -> Asked | Refused:
    ref, texts = form.kept("words")
    answer = Answered(case=form.case.id, answer="good", by=form.me.rep, words=ref)
    return Asked(body=answer, texts=texts)


def _not_yet(form: Form) -> Asked | Refused:
    ref, texts = form.kept("words")
    answer = Answered(case=form.case.id, answer="not_yet", by=form.me.rep, words=ref)
    return Asked(body=answer, texts=texts)


def _call(form: Form) -> Asked | Refused:
    ref, texts = form.kept("note")
    reached = form.text("reached") == "yes"
    body = Called(case=form.case.id, by=form.me.rep, reached=reached, note=ref)
    return Asked(body=body, texts=texts)


def _note(form: Form) -> Asked | Refused:
    ref, texts = form.kept("text")
    if not ref:
        return Refused(code="nothing_written", why="There is nothing in the note yet.")
    return Asked(body=Noted(case=form.case.id, by=form.me.rep, text=ref), texts=texts)


def _again(form: Form) -> Asked | Refused:
    """One click: the customer was asked for what we know already."""
    ref, texts = form.kept("text")
    body = AskedAgain(case=form.case.id, who="rep", by=form.me.rep, words=ref)
    return Asked(body=body, texts=texts)


def _place(form: Form) -> Asked | Refused:
    """What a person at a place said to whoever of us rang there."""
    answer, who, why = form.text("answer"), form.text("name")[:80], form.text("why")[:400]
    if answer not in ("yes", "no"):
        return Refused(code="no_answer", why="Say whether they may come.")
    if answer == "no" and not why:
        return Refused(code="reason_needed", why="Write down why they said no.")
    until = form.text("until") if answer == "yes" else ""
    by, because = f"{form.ref}:by" if who else "", f"{form.ref}:why" if answer == "no" else ""
    body = PlaceAnswered(
        case=form.case.id,
        command=CommandId(form.text("command")),
        accepted=answer == "yes",
        until_ms=int(until) if until.isascii() and until.isdigit() and len(until) < 16 else 0,
        by=by,
        why=because,
    )
    texts = {ref: text for ref, text in ((by, who), (because, why)) if ref}
    return Asked(body=body, texts=texts)


def _hand_over(form: Form) -> Asked | Refused:
    ref, texts = form.kept("note")
    if not ref:
        why = "Tell the story in a line, so that the customer need not repeat it."
        return Refused(code="story_needed", why=why)
    to = RepId(form.text("to"))
    if to not in form.colleagues:
        return Refused(code="not_on_the_roster", why="Choose somebody who can take this case.")
    if to in form.away:
        return Refused(code="not_available", why=NOT_FREE)
    body = HandedOver(case=form.case.id, to=to, by=form.me.rep, note=ref)
    return Asked(body=body, texts=texts)


def _take(form: Form) -> Asked | Refused:
    return Asked(body=HandedOver(case=form.case.id, to=form.me.rep, by=form.me.rep))


def _release(form: Form) -> Asked | Refused:
    if not form.me.is_supervisor:
        why = "Only a supervisor may release a hold; hand the case over, or ask the customer."
        return Refused(code="supervisors_only", why=why)
    ref, texts = form.kept("reason")
    if not ref:
        return Refused(code="reason_needed", why="A release needs a reason.")
    return Asked(body=Released(case=form.case.id, by=form.me.rep, reason=ref), texts=texts)


def _root_cause(form: Form) -> Asked | Refused:
    """Name what is behind a case: a rule, else a place, else something in words."""
    words = " ".join(form.text("cause").split())
    if holds_address(words) or holds_address(form.text("place")):
        return Refused(code="personal", why="A root cause holds nothing personal.")
    named = (("rule", form.text("rule")), ("place", form.text("place").strip()), ("other", words))
    cause = next((f"{kind}:{what}" for kind, what in named if what), "")
    said = form.text("kind")
    kind: RootKind = next((one for one in ROOT_KINDS if one == said), "")
    action, texts = form.kept("action")
    if holds_address(texts.get(action, "")):
        return Refused(code="personal", why="What is done about it names nobody's address.")
    told = " ".join(form.text("told").split())
    if holds_address(told):
        return Refused(code="personal", why="What the customer is told names nobody's address.")
    body = RootCauseNamed(case=form.case.id, cause=cause, kind=kind, action=action, told=told)
    return Asked(body=body, texts=texts)


def _judge(form: Form) -> Asked | Refused:
    question = EventId(form.text("question"))
    if all(one.event != question for one in form.case.unclear):
        return Refused(code="nothing_to_judge", why="This case does not ask that.")
    failure = form.text("failure")
    if failure and failure not in form.book.failures:
        return Refused(code="no_such_failure", why="The rule book knows no such failure.")
    ref, texts = form.kept("reason")
    body = Judged(question=question, failure=failure, by=form.me.rep, reason=ref)
    return Asked(body=body, texts=texts)


def _price(form: Form) -> Asked | Refused:
    """Say what the customer paid: about a failure that is known, and so no second one."""
    about = form.text("about")
    failure = next((one for one in form.case.failures if one.about == about), None)
    if failure is None:
        return Refused(code="no_such_failure", why="This case has no failure of that booking.")
    try:
        cents = read_cents(form.text("amount"))
    except InputError as error:
        return Refused(code="bad_amount", why=str(error))
    if not cents:
        return Refused(code="bad_amount", why="Write what the customer paid, for example 95.50.")
    body = FailureRaised(
        failure=failure.rule,
        about=failure.about,
        brand=failure.brand,
        by=form.me.rep,
        price=Money(cents, form.book.currency),
    )
    return Asked(body=body)


_ACTS: Final[Mapping[str, Callable[[Form], Asked | Refused]]] = {
    "choose": _choose,
    "grant": _grant,
    "propose": _propose,
    "approve": _approve,
    "turn-down": _turn_down,
    "contest": _contest,
    "good": _good,
    "not-yet": _not_yet,
    "call": _call,
    "note": _note,
    "again": _again,
    "place": _place,
    "hand-over": _hand_over,
    "take": _take,
    "release": _release,
    "judge": _judge,
    "price": _price,
    "root-cause": _root_cause,
}
ACTS = tuple(_ACTS)
