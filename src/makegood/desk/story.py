"""Gather everything one customer's pages tell, with a fixed number of queries."""

from collections.abc import Mapping

from msgspec import Struct

from makegood.core.fold import advance
from makegood.core.routing import brand_of
from makegood.core.state import State, decode_state
from makegood.desk.access import Desk
from makegood.messages.call_facts import FLAGGED
from makegood.messages.events import Event
from makegood.messages.facts import Rated, Touchpoint
from makegood.messages.ids import CommandId, CustomerId, ProfileId
from makegood.playbooks.book import Library
from makegood.ports.rows import CustomerRow, OutboxRow, PersonRow
from makegood.projections.roster import person_of
from makegood.projections.taken_over import with_moves
from makegood.projections.timeline import Line, Sources, refs_of, shown_by, timeline, under_way

_ABOUT_ANOTHER = ("asked", "said", "proposed", "question")  # facts that name an earlier event


class Story(Struct, frozen=True, kw_only=True):
    """One customer as the desk knows them.

    Attributes:
        state: Folded to now, so that a page never shows a timer that has passed as pending.
        stuck: Why the fold could not go on; empty when it could.
        lines: What happened, as far as this person serves the brand.
        pending: What was ordered and has not come back: (words, since when, last error).
    """

    customer: CustomerId
    profiles: tuple[ProfileId, ...]
    person: PersonRow | None
    state: State
    stuck: str
    history: tuple[Event, ...]
    lines: tuple[Line, ...]
    pending: tuple[tuple[str, int, str], ...]
    library: Library


def story_of(desk: Desk, customer: CustomerId) -> Story:
    """Read a customer's story."""
    reading, library = desk.reading, desk.makegood.library
    row = reading.row(customer) or CustomerRow(customer=customer)
    profiles = reading.profiles_of([customer]).get(customer, ())
    history = reading.history(customer)
    outbox = {
        row.command.id: row
        for row in reading.outbox_of(profiles)
        if desk.me.may_see(row.command.order.brand)
    }
    state = decode_state(row.state)
    if not row.stuck:
        state = advance(state, desk.now_ms, library).state
    sources = _sources(desk, state, outbox, history)
    return Story(
        customer=customer,
        profiles=profiles,
        person=person_of(tuple(reading.persons(profiles).values())),
        state=state,
        stuck=row.stuck,
        history=history,
        lines=with_moves(
            timeline(_theirs(desk, state, history), sources),
            [one for one in state.cases if desk.me.may_see(one.brand)],
            desk.reps,
        ),
        pending=under_way(sources),
        library=library,
    )


def _sources(
    desk: Desk,
    state: State,
    outbox: Mapping[CommandId, OutboxRow],
    history: tuple[Event, ...],
) -> Sources:
    library = desk.makegood.library
    return Sources(
        library=library,
        reps=desk.reps,
        outbox=outbox,
        failures=shown_by(state, library),
        texts=desk.reading.texts(refs_of(history)),
        surveys=state.surveys,
    )


def _is_blind(desk: Desk, event: Event) -> bool:
    """Whether a customer said something of the very person who reads."""
    body = event.body
    if isinstance(body, Touchpoint) and body.name == FLAGGED:
        return body.properties.get("agent") == desk.me.rep
    return isinstance(body, Rated) and body.met == desk.me.rep and body.by != desk.me.rep


def _theirs(desk: Desk, state: State, history: tuple[Event, ...]) -> tuple[Event, ...]:
    """Leave out what is about a brand they do not serve, and what was said of them alone."""
    history = tuple(event for event in history if not _is_blind(desk, event))
    if not desk.me.brands:
        return history
    brands: dict[str, str] = {}
    for case in state.cases:
        brands |= {failure.event: case.brand for failure in case.failures}
        brands |= {question.event: case.brand for question in case.unclear}
    for event in history:
        meant = (getattr(event.body, name, "") for name in _ABOUT_ANOTHER)
        known = next((brands[one] for one in meant if one in brands), None)
        brands.setdefault(event.id, brand_of(state, event.body) if known is None else known)
    return tuple(event for event in history if desk.me.may_see(brands[event.id]))
