"""What a person asks for: judged under the customer's lock, then a fact like any other."""

from collections.abc import Callable, Mapping

from msgspec import Struct

from makegood.core.decide import Asker, Decision, decide
from makegood.core.routing import brand_of
from makegood.core.state import State, decode_state
from makegood.core.surveyed import found as found_survey
from makegood.messages.agreements import Agreement
from makegood.messages.errors import Refused, StoreBusy
from makegood.messages.events import OWN_SOURCE
from makegood.messages.facts import (
    Body,
    PersonRefused,
    Rated,
    Released,
    Requested,
    RootCauseNamed,
)
from makegood.messages.ids import CustomerId, EventId, ProfileId, event_id
from makegood.playbooks.book import Library
from makegood.ports.acts import Act
from makegood.ports.clock import Clock
from makegood.ports.store import Reading, Store
from makegood.runtime.agreeing import Agreeing, Concerned, standing_for
from makegood.runtime.budgets import Purses
from makegood.runtime.intake import Intake, patiently
from makegood.runtime.noting import note
from makegood.runtime.places import unknown_place
from makegood.runtime.plain_words import names_them
from makegood.runtime.rooms import seated
from makegood.runtime.taking_back import in_hand
from makegood.runtime.told import Told

DESK = f"{OWN_SOURCE}:desk"
PORTAL = f"{OWN_SOURCE}:portal"


class Acted(Struct, frozen=True, kw_only=True):
    """A request that was granted and is now a fact.

    Attributes:
        event: The fact in the log.
        body: As it was stored.
        reasons: What the decision rests on.
        repeated: The same request was granted before; nothing happened again.
    """

    event: EventId
    body: Body
    reasons: tuple[str, ...] = ()
    repeated: bool = False


class Acts:
    """Decides what people ask for and writes the answer down, in one transaction."""

    def __init__(
        self, store: Store, intake: Intake, library_of: Callable[[], Library], clock: Clock
    ) -> None:
        self._store = store
        self._intake = intake
        self._library_of = library_of
        self._clock = clock

    def act(
        self,
        customer: CustomerId,
        wanted: Body,
        asker: Asker,
        *,
        message_id: str,
        texts: Mapping[str, str] | None = None,
    ) -> Acted | Refused:
        """Decide a request and, when it is granted, append it.

        Args:
            customer: Whose case it is about; an id from before a merge still finds them, and
                what is about no case stays with that one when the two are parted again.
            wanted: The fact the request wants to become.
            asker: Who asks; the customer when `rep` is empty.
            message_id: Names the request; asked again under the same name it happens once.
            texts: Free texts by their refs, kept beside the log.

        Returns:
            The fact, or why not. A refusal is an answer, not an error.
        """
        return patiently(
            lambda: self._act(customer, wanted, asker, message_id=message_id, texts=texts or {})
        )

    def _act(
        self,
        customer: CustomerId,
        wanted: Body,
        asker: Asker,
        *,
        message_id: str,
        texts: Mapping[str, str],
    ) -> Acted | Refused:
        source = DESK if asker.rep else PORTAL
        wanted_id = event_id(source, message_id)
        now_ms = self._clock.now_ms()
        with self._store.writing() as writing:
            known = writing.customers_of([ProfileId(customer)])
            if ProfileId(customer) not in known:
                return Refused(code="no_such_customer", why="There is no such customer.")
            found = known[ProfileId(customer)]
            self._intake.tick(writing, [found], now_ms)
            row = writing.lock([found]).get(found)
            if row is None:
                raise StoreBusy("The customer was linked to another one just now.")
            if writing.taken([wanted_id]):
                return Acted(event=wanted_id, body=wanted, repeated=True)
            state = decode_state(row.state)
            library = self._library_of()  # whatever is activated now, one book judges and stamps
            purses = Purses(writing, state, library.now(brand_of(state, wanted)), now_ms)
            agreed = _agreed(writing, Concerned(ProfileId(found), wanted, now_ms))
            decision = _wrong_words(writing, wanted, found) or decide(
                state, wanted, purses.told(wanted, asker), now_ms, library, agreed
            )
            if decision.body is None:
                return decision.refused or Refused(code="refused", why="This cannot be done.")
            late = in_hand(writing, state, decision.body, now_ms)
            body = late or purses.take(wanted_id, decision.body, asker)
            if not isinstance(body, Refused):
                book = library.now(brand_of(state, wanted))
                body = seated(writing, state, body, book)
            if isinstance(body, Refused):
                return body
            profile = _profile(state, body, ProfileId(customer))
            told = Told(profile=profile, body=body, message_id=message_id, source=source)
            is_new = self._intake.record(writing, [told], now_ms, library)
            if texts and is_new:
                writing.put_texts({ref: (profile, text) for ref, text in texts.items()})
            if is_new and isinstance(body, Released):
                act = Act(what="hold.released", at_ms=now_ms, who=asker.rep, about=found)
                note(writing, act)
            if is_new and isinstance(body, PersonRefused) and asker.rep:
                act = Act(what="people.apart", at_ms=now_ms, who=asker.rep, about=found)
                note(writing, act)
        return Acted(event=wanted_id, body=body, reasons=decision.reasons, repeated=not is_new)


def _wrong_words(reading: Reading, wanted: Body, customer: CustomerId) -> Decision | None:
    """Say what is wrong with what somebody found behind a case: its place, or what it names."""
    if not isinstance(wanted, RootCauseNamed):
        return None
    refused = names_them(reading, wanted, customer)
    if refused is None and wanted.cause.startswith("place:"):
        refused = unknown_place(reading, wanted.cause.removeprefix("place:"))
    return Decision(refused=refused) if refused is not None else None


def _agreed(reading: Reading, event: Concerned) -> tuple[Agreement, ...]:
    """Look up what accounts agreed that a request rests on; nothing else is judged by it."""
    if not isinstance(event.body, Requested):
        return ()
    return Agreeing(standing_for(reading, [event])).agreements(event)


def _profile(state: State, body: Body, otherwise: ProfileId) -> ProfileId:
    """File what is said about something with the profile that began it."""
    case = state.case(getattr(body, "case", ""))
    if case is not None:
        return case.origin.profile
    back = state.phone.back(getattr(body, "call_back", ""))
    if back is not None:
        return back.profile
    asked = state.request(getattr(body, "asked", "")) or state.memory.find(
        getattr(body, "said", EventId(""))
    )
    if isinstance(body, Rated):
        asked_about = found_survey(state.surveys, body.survey, body.about)
        return asked_about.profile if asked_about is not None else otherwise
    return asked.profile if asked is not None else otherwise
