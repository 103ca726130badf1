"""Run the examples inside a rule book: the book's own tests, by the same fold as live traffic."""

from collections.abc import Iterator, Sequence
from typing import TypeGuard

from msgspec import Struct
from msgspec.structs import replace

from makegood.core.agreements import Here, that_hold, written_out
from makegood.core.answering import ruling_of
from makegood.core.fold import FOLD_VERSION, advance, step
from makegood.core.holds import is_holding
from makegood.core.state import EMPTY, State
from makegood.core.waived import Waiver
from makegood.messages.agreements import Agreement
from makegood.messages.events import Event, OnDuty, Stamp
from makegood.messages.facts import (
    Body,
    Chosen,
    Contacted,
    GotInTouch,
    Identified,
    Requested,
    Touchpoint,
)
from makegood.messages.ids import EventId, ProfileId, RepId
from makegood.playbooks.book import Library, RuleBook
from makegood.playbooks.example_talk import GivenTalk
from makegood.playbooks.examples import Example, Expected, GivenEvent, Tried
from makegood.playbooks.terms import Tier
from makegood.projections.asked import within_words
from makegood.replay.mail_examples import class_and_brand
from makegood.sources.airports import looked_up

_ANY_DAY_MS = 1_767_225_600_000  # 1 January 2026: a day on which today's law applies
_LONG_MS = 365 * 86_400_000
_REP = RepId("example")
_CUSTOMER = ProfileId("p" + "0" * 32)


class Mismatch(Struct, frozen=True, kw_only=True):
    """An example that did not come out as the book says.

    Attributes:
        line: Line of the example.
        file: The law it stands in; empty for the book.
        what: Which expectation.
        expected: As written.
        found: What the book does.
    """

    example: str
    line: int
    what: str
    expected: object
    found: object
    file: str = ""


def run_examples(book: RuleBook, examples: Sequence[Example]) -> tuple[Mismatch, ...]:
    """Run examples; give those that came out otherwise, none when the book does as it says.

    Each is run by the book it stands in: the umbrella's as if no brand had a book of its own.
    """
    alone = {"": replace(book, by_brand={}), **book.by_brand}
    libraries = {
        brand: Library(active=one.hash, books={one.hash: one}) for brand, one in alone.items()
    }
    return tuple(mismatch for one in examples for mismatch in _compared(one, libraries[one.brand]))


def _compared(example: Example, library: Library) -> Iterator[Mismatch]:
    expect = example.expect
    found = _found_by_law(example.tried, expect) if example.tried else _found(example, library)
    for what, (expected, came) in found.items():
        if expected is not None and expected != came:
            yield Mismatch(
                example=example.name,
                line=example.line,
                what=what,
                expected=expected,
                found=came,
                file=example.file,
            )


def _found_by_law(tried: Tried, expect: Expected) -> dict[str, tuple[object, object]]:
    owed = tried.owed(tried.failure, {})
    return {
        "owed": (
            expect.owed,
            {one.entitlement: one.amount.cents for one in owed if one.amount.cents},
        ),
        "unsure": (expect.unsure, tuple(one.entitlement for one in owed if one.missing)),
    }


def _found(example: Example, library: Library) -> dict[str, tuple[object, object]]:
    state = _played(example, library)
    failures = [failure for case in state.cases for failure in case.failures]
    expect = example.expect
    return {
        "failures": (expect.failures, tuple(failure.rule for failure in failures)),
        "cannot": (
            expect.cannot,
            tuple(one.rule for case in state.cases for one in case.unclear),
        ),
        "held": (expect.held, any(is_holding(case) for case in state.cases)),
        "offers": (
            set(expect.offers) if expect.offers is not None else None,
            _tiers(state),
        ),
        "owed": (
            dict(expect.owed) if expect.owed is not None else None,
            {
                owed.entitlement: owed.amount.cents
                for failure in failures
                for owed in failure.owed
                if owed.amount.cents
            },
        ),
        "unsure": (
            expect.unsure,
            tuple(one.entitlement for failure in failures for one in failure.owed if one.missing),
        ),
        "asked": (
            expect.asked,
            tuple(
                one.survey
                for one in sorted(state.surveys, key=lambda one: one.asked_ms)
                if one.asked_ms
            ),
        ),
        "double": (expect.double, any(case.double for case in state.cases)),
        **_answered(example, state, library.book(library.active)),
        **_classed(example, library.book(library.active)),
    }


def _classed(example: Example, book: RuleBook) -> dict[str, tuple[object, object]]:
    if example.mail is None:
        return {}
    message_class, brand = class_and_brand(example.mail, book)
    expect = example.expect
    return {"class": (expect.message_class, message_class), "brand": (expect.brand, brand)}


def _answered(example: Example, state: State, book: RuleBook) -> dict[str, tuple[object, object]]:
    asks, expect = example.asks, example.expect
    if asks is None:
        return {}
    wanted = Requested(request=asks.request, facts=asks.facts, about=asks.about)
    now_ms = (example.on_ms or _ANY_DAY_MS) + example.wait_ms
    now_ms += sum(one.after_ms for one in example.given)
    asked = replace(state, facts=dict(example.customer), waivers=_waived(example))
    honoured = that_hold(_agreed(example), Here(at_ms=now_ms))
    ruling = ruling_of(asked, book.requests[asks.request], wanted, now_ms, book, honoured)
    return {
        "answer": (expect.answer, ruling.answer),
        "row": (expect.row, ruling.row),
        "cents": (expect.cents, ruling.amount.cents if ruling.amount else None),
        "within": (
            None if expect.within_ms is None else within_words(expect.within_ms),
            within_words(ruling.within_ms),
        ),
        "charges": (expect.charges, ruling.charge.cents if ruling.charge else None),
    }


def _agreed(example: Example) -> tuple[Agreement, ...]:
    """Give what the example says was agreed: with the umbrella, and without an end."""
    return written_out(example.customer.get("agreed"))


def _waived(example: Example) -> tuple[Waiver, ...]:
    """Give what the example says was waived before."""
    said = example.customer.get("waived")
    names = [name for name, stands in said.items() if stands is True] if _is_map(said) else []
    return tuple(Waiver(what=name, event=EventId(""), at_ms=0) for name in names)


def _is_map(said: object) -> TypeGuard[dict[str, object]]:
    return isinstance(said, dict)


def _played(example: Example, library: Library) -> State:
    at_ms = example.on_ms or _ANY_DAY_MS
    state = EMPTY
    if example.customer:
        body = Identified(traits=dict(example.customer))
        state = step(state, _event(body, "customer", at_ms, library), library).state
    for n, given in enumerate(example.given):
        at_ms += given.after_ms
        event = _event(_given(given, library), str(n), at_ms, library)
        event = replace(event, stamp=replace(event.stamp, agreements=_agreed(example)))
        state = step(state, event, library).state
    if example.declines:
        state = _declined(state, at_ms, library)
    return advance(state, at_ms + example.wait_ms, library).state


def _given(given: GivenEvent, library: Library) -> Body:
    if given.talk is not None:
        return talk_of(given.talk)
    touchpoint = Touchpoint(name=given.name, properties=dict(given.properties))
    return looked_up(touchpoint, library.book(library.active))


def talk_of(talk: GivenTalk) -> GotInTouch | Contacted:
    """Give the event of a talk in an example, as a mailbox or a help desk would tell it."""
    thread = f"example/{talk.channel}/{talk.brand}"
    if talk.is_answer:
        return Contacted(rep=_REP, channel=talk.channel, thread=thread, brand=talk.brand)
    return GotInTouch(channel=talk.channel, thread=thread, brand=talk.brand)


def _declined(state: State, at_ms: int, library: Library) -> State:
    case = state.open_case
    offer = next((one for one in case.offers if one.declines), None) if case else None
    if case is None or offer is None:
        return state
    body = Chosen(case=case.id, offer=offer.offer)
    return step(state, _event(body, "declined", at_ms, library), library).state


def _event(body: Body, name: str, at_ms: int, library: Library) -> Event:
    duty = (OnDuty(_REP, at_ms + _LONG_MS),)
    return Event(
        source="example",
        message_id=name,
        profile=_CUSTOMER,
        time_ms=at_ms,
        received_ms=at_ms,
        body=body,
        stamp=Stamp(book=library.active, fold=FOLD_VERSION, on_duty=duty),
    )


def _tiers(state: State) -> set[Tier]:
    """Tiers that were given or offered; an apology and what is owed are the least of them."""
    tiers = {offer.tier for case in state.cases for offer in case.offers}
    spoken = any(case.messages or case.gifts for case in state.cases)
    owed = any(failure.owed for case in state.cases for failure in case.failures)
    return tiers | ({Tier.LEAST} if spoken or owed else set())
