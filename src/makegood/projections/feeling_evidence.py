"""What is under the line of how a customer feels: found in their own events and state."""

from collections.abc import Iterator, Mapping, Sequence

from msgspec import Struct
from msgspec.structs import replace

from makegood.core.case_parts import Failure
from makegood.core.phone import CallBack, Passed, PhoneCall
from makegood.core.routing import brand_of
from makegood.core.state import Case, State
from makegood.core.surveyed import ANSWERED_WITH, found
from makegood.core.telephone import about_of
from makegood.messages.call_facts import FLAGGED
from makegood.messages.events import Event, OrderKey
from makegood.messages.facts import (
    Answered,
    Called,
    CalledBack,
    Carried,
    GotInTouch,
    Rated,
    Released,
    Touchpoint,
    Triaged,
    Wrote,
)
from makegood.messages.ids import CommandId, EventId, RepId
from makegood.messages.triage_facts import opened_by
from makegood.playbooks.book import Library
from makegood.playbooks.feelings import Feeling, feeling_of, feeling_of_stars
from makegood.playbooks.rulings import SurveyQuestion
from makegood.ports.voice import HIDDEN, Post
from makegood.projections.feelings import Evidence
from makegood.projections.orders import failed_words
from makegood.projections.said import title_of
from makegood.projections.surveys import survey_of

NOBODY = RepId("")
_AFTER = 10**15 - 1
"""What no event of its own tells comes after the events of its instant, which may explain it."""


class Part(Struct, frozen=True, kw_only=True):
    """A part of a history.

    Attributes:
        events: In any order.
        since: Only what is not before this; None for everything.
        before: Only what is before this; None for everything.
        posts: What the customer said in public, by their own word.
        misread: Letters of which a person said since that they tell of no failure.
    """

    events: Sequence[Event]
    since: OrderKey | None = None
    before: OrderKey | None = None
    posts: Sequence[Post] = ()
    misread: frozenset[str] = frozenset()

    def has(self, order: OrderKey) -> bool:
        """Whether something at this place belongs to it."""
        is_late_enough = self.since is None or order >= self.since
        return is_late_enough and (self.before is None or order < self.before)


def evidence_in(part: Part, state: State, library: Library) -> tuple[Evidence, ...]:
    """Find what is under the line, the latest first.

    Args:
        part: The events, and between which places.
        state: The customer's state.
        library: Every book that an event was stamped with.
    """
    look = _Finder(part, state, library)
    told = (*look.of_events(), *look.of_failures(), *look.in_public())
    every = (*told, *look.late_calls(), *look.spoiled_calls())
    inside = (one for one in every if part.has(one.order))
    return tuple(sorted(inside, key=lambda one: one.order, reverse=True))


class _Finder:
    """Looks through one part."""

    def __init__(self, part: Part, state: State, library: Library) -> None:
        self._events = sorted(part.events, key=lambda one: one.order)
        self._posts, self._state, self._library = part.posts, state, library
        self._misread = {opened_by(letter) for letter in part.misread}
        self._by_id = {event.id: event for event in self._events}
        self._failed = {one.event: one for case in state.cases for one in case.failures}
        self._remedies = _remedies_in(state)
        self._flagged = _flagged_in(state)
        self._read: Mapping[str, Triaged] = {
            opened_by(event.body.letter): event.body
            for event in self._events
            if isinstance(event.body, Triaged)
        }

    def of_events(self) -> Iterator[Evidence]:
        """What an event says by itself."""
        for event in self._events:
            one = self._said(event) or self._done(event)
            if one is not None:
                yield one

    def _said(self, event: Event) -> Evidence | None:
        body = event.body
        base = Evidence(order=event.order, kind="wrote", event=event.id)
        brand = brand_of(self._state, body)
        match body:
            case Rated():
                return self._rated(event, body)
            case Answered(answer="good", by=by, words=words):
                return _with(
                    base, kind="good_again", feeling=Feeling.HAPPY, by=by, words=words, brand=brand
                )
            case Answered(by=by, words=words):
                return _with(
                    base, kind="not_yet", feeling=Feeling.UNHAPPY, by=by, words=words, brand=brand
                )
            case Wrote(text=text):
                return _with(base, words=text, brand=brand)
            case GotInTouch(words=words, channel=channel) if words:
                return _with(base, words=words, brand=brand, name=channel)
        return None

    def _done(self, event: Event) -> Evidence | None:
        body = event.body
        base = Evidence(order=event.order, kind="call", event=event.id)
        brand = brand_of(self._state, body)
        match body:
            case Called(reached=True, by=by):
                return _with(base, by=by, brand=brand)
            case CalledBack(reached=True, by=by, call_back=back):
                call = self._state.phone.back(back)
                is_flag = call is not None and call.why == "flagged"
                met = call.rep if call is not None and is_flag else NOBODY
                return _with(base, by=by, brand=call.brand if call else "", met=met)
            case Released(by=by):
                return _with(base, kind="released", by=by, brand=brand)
            case Carried(command=command, paid=paid) if command in self._remedies:
                remedy, of = self._remedies[command]
                money = {"paid_cents": paid.cents, "currency": paid.currency} if paid else {}
                return _with(base, kind="remedy", name=remedy, brand=of, **money)
        return None

    def _rated(self, event: Event, body: Rated) -> Evidence:
        asked = _asked(event, body, self._library)
        failure = self._failed.get(event.id)
        replaced = self._is_replaced(body)
        said = feeling_of(asked, body.score) if asked is not None and not replaced else None
        return Evidence(
            order=event.order,
            kind="answer",
            event=event.id,
            brand=body.brand,
            feeling=said,
            name=body.survey,
            question=body.question,
            score=body.score,
            most=asked.scale[1] if asked is not None else 0,
            about=body.about,
            words=body.words,
            by=body.by,
            met=RepId(body.met),
            taken_for=failure.rule if failure is not None else "",
            replaced=replaced,
        )

    def _is_replaced(self, body: Rated) -> bool:
        """Whether they said something else of the same since, and so do not say this any more."""
        asked = found(self._state.surveys, body.survey, body.about) if body.about else None
        return asked is not None and asked.answer_to(body.question) != body.score

    def of_failures(self) -> Iterator[Evidence]:
        """What we failed in, each when it first showed; also what no event told."""
        for case in self._state.cases:
            for failure in case.failures:
                event = self._by_id.get(failure.event)
                is_misread = (
                    event is not None and event.is_ours and event.message_id in self._misread
                )
                is_answer = ANSWERED_WITH in dict(failure.seen)  # which is under the line itself
                if not (is_answer or is_misread):
                    yield self._failure(failure, event)

    def _failure(self, failure: Failure, event: Event | None) -> Evidence:
        read = self._read.get(event.message_id) if event is not None and event.is_ours else None
        begun, word = self._begun(failure)
        title = failed_words(failure, self._library)
        return Evidence(
            order=(failure.at_ms, _AFTER, "", f"failure/{failure.event}/{failure.about}"),
            kind="let_down",
            event=begun,
            title=f"{title} ({word})" if word else title,
            brand=failure.brand,
            name=failure.rule,
            about=failure.about,
            words=failure.words,
            by=failure.by,
            met=_flagged(event) or self._flagged.get(failure.about, NOBODY),
            model=read.model or "triage" if read is not None else "",
            sure=read.sure if read is not None else 0,
            read_as=read.kind if read is not None else "",
        )

    def _begun(self, failure: Failure) -> tuple[EventId, str]:
        """Name what the timeline has a failure under: of a silence what began it, and our word."""
        if failure.event in self._by_id:
            return failure.event, ""
        waits = (one.event for one in self._state.waits if one.failure_about == failure.about)
        if begun := next(waits, None):
            return begun, ""
        about = failure.about.partition("/")[2]
        said = (one for one in self._state.memory.said if one.broken and one.about == about)
        if (word := next(said, None)) is None:
            return failure.event, ""
        return word.event, title_of(word.id, word.kind, self._library)

    def late_calls(self) -> Iterator[Evidence]:
        """Calls that the customer was promised, and that did not come."""
        for case in self._state.cases:
            call = case.call
            if call is not None and call.broken_ms:
                order = (call.broken_ms, _AFTER, "", f"call/{case.id}")
                yield Evidence(order=order, kind="late_call", brand=case.brand)

    def spoiled_calls(self) -> Iterator[Evidence]:
        """Calls that people of ours spoiled, where no failure of the book says so.

        With them call-backs that were promised and did not come.
        """
        failed = {one.about for one in self._failed.values()}
        for back in self._state.phone.backs:
            first = Passed(back.rep, back.why, back.at_ms, back.call)
            for n, one in enumerate((first, *back.passed)):
                call = self._state.phone.call(one.call)
                about = back.about if one is first else _about(call)
                found = self._spoiled(back, one, call, n)
                if about not in failed and (back.promised or one.why != "overdue"):
                    yield found

    def _spoiled(
        self, back: CallBack, one: Passed, call: PhoneCall | None, number: int
    ) -> Evidence:
        is_flag = one.why == "flagged"
        return Evidence(
            order=(one.at_ms, _AFTER, "", f"spoiled/{back.id}/{number}"),
            kind="late_call" if one.why == "overdue" else "spoiled_call",
            event=call.event if call is not None else EventId(""),
            brand=back.brand,
            name=one.why,
            about=one.call,
            met=one.rep if is_flag else NOBODY,
            by=NOBODY if is_flag or one.why == "overdue" else one.rep,
        )

    def in_public(self) -> Iterator[Evidence]:
        """What they said in public, where they told us that it is theirs."""
        for post in self._posts:
            if post.state not in (*HIDDEN, "gone"):
                yield Evidence(
                    order=(post.at_ms, _AFTER, "", f"post/{post.post}"),
                    kind="public",
                    brand=post.brand,
                    feeling=feeling_of_stars(post.rating, self._bad_stars_below(post.brand)),
                    name=post.network,
                    about=post.rating,
                    text=post.text,
                )

    def _bad_stars_below(self, brand: str) -> int:
        """Say what is bad of stars by the book in use: a post is stamped with none."""
        return self._library.now(brand).voice.bad_stars_below


def _with(base: Evidence, **more: object) -> Evidence:
    return replace(base, **more)


def _asked(event: Event, body: Rated, library: Library) -> SurveyQuestion | None:
    """Find the question as it stood in the book by which the answer was judged."""
    book = library.books.get(event.stamp.book)
    rule = book.for_brand(body.brand).surveys.get(body.survey) if book is not None else None
    rule = rule or survey_of(body.survey, library)
    return rule.asks(body.question) if rule is not None else None


def _flagged(event: Event | None) -> RepId:
    """Name whom a customer flagged: they do not read who did."""
    if event is None or not isinstance(event.body, Touchpoint) or event.body.name != FLAGGED:
        return NOBODY
    agent = event.body.properties.get("agent")
    return RepId(agent) if isinstance(agent, str) else NOBODY


def _about(call: PhoneCall | None) -> str:
    return call.told_as or about_of(call.id) if call is not None else ""


def _flagged_in(state: State) -> Mapping[str, RepId]:
    """Say of every matter over which a customer flagged somebody whom."""
    return {one.about: one.rep for one in state.phone.backs if one.why == "flagged"}


def _remedies_in(state: State) -> Mapping[CommandId, tuple[str, str]]:
    """Say of every order that makes something good which remedy it brings, and for which brand."""
    return {
        command: (remedy, case.brand)
        for case in state.cases
        for command, remedy in _of_case(case)
        if command
    }


def _of_case(case: Case) -> Iterator[tuple[CommandId, str]]:
    for gift in case.gifts:
        yield gift.command, gift.remedy
    for offer in case.offers:
        yield offer.ordered, offer.offer
    for failure in case.failures:
        for owed in failure.owed:
            for payment in owed.payments:
                yield payment.command, owed.remedy
