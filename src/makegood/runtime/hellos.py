"""Makes hellos and thanks due: so many for a rep in a month, and by lot where one is drawn.

How many a rep has said this month is a fact across customers, so it is counted in the transaction
that makes the next one due.
Source: ideas, "Facts across customers"; story 5.
"""

import logging
from collections import Counter
from collections.abc import Callable, Mapping, Sequence
from datetime import UTC, datetime
from functools import partial
from zoneinfo import ZoneInfo

from makegood.core.hellos import is_quiet
from makegood.core.in_touch import Ready
from makegood.core.lots import draw
from makegood.core.my_person import own_choice
from makegood.core.state import State, decode_state
from makegood.messages.events import OWN_SOURCE
from makegood.messages.hello_facts import AgreementEnds, Assigned, HelloDue, HelloKind
from makegood.messages.ids import AgreementId, CustomerId, ProfileId, RepId
from makegood.playbooks.book import Library
from makegood.playbooks.people_terms import PeopleRules
from makegood.ports.accounts import Standing
from makegood.ports.clock import Clock
from makegood.ports.rows import CustomerRow, RepRow
from makegood.ports.store import Reading, Store, Writing
from makegood.ports.ties import Tie, TieKind
from makegood.runtime.agreement_ends import (
    AGREEMENTS,
    AgreementWatch,
    end_of,
    is_of_agreement,
    standing_now,
)
from makegood.runtime.intake import Intake, patiently
from makegood.runtime.leaving import Leavings
from makegood.runtime.told import Told

HELLOS = f"{OWN_SOURCE}:hellos"
PAGE = 100
EVERY_S = 30.0  # a hello of this month need not come in this minute
_COUNTED: Mapping[HelloKind, TieKind] = {"hello": TieKind.GREETED, "thanks": TieKind.THANKED}
_LOG = logging.getLogger("makegood.hellos")


class Hellos:
    """Makes what may be said a rep's task."""

    def __init__(
        self, store: Store, intake: Intake, library_of: Callable[[], Library], clock: Clock
    ) -> None:
        self._store = store
        self._intake = intake
        self._library_of = library_of
        self._clock = clock
        self._agreements = AgreementWatch(store, intake, library_of, clock)

    def give(self) -> int:
        """Go once through all that may be said, the oldest first; say how much became due.

        Nobody is locked for what has to wait till next month, or for somebody who is away.
        """
        self._agreements.go_on()
        done, after = 0, None
        while True:
            with self._store.reading() as reading:
                ties = reading.ties(TieKind.READY, after=after, limit=PAGE)
                now = _Round(reading, self._library_of(), self._clock.now_ms()) if ties else None
            wanted = [tie for tie in ties if now is not None and now.may_be_said(tie)]
            if wanted:
                done += patiently(partial(self._page, wanted))
            if len(ties) < PAGE:
                return done
            after = ties[-1].key

    def _page(self, ties: Sequence[Tie]) -> int:
        now_ms, library = self._clock.now_ms(), self._library_of()
        with self._store.writing() as writing:
            found = writing.customers_of(sorted({tie.profile for tie in ties}))
            rows = writing.lock(sorted(set(found.values())))
            writing.hold_loads(sorted({tie.rep for tie in ties}))
            now = _Round(writing, library, now_ms)  # under the locks: what it reads stays so
            standing = standing_now(writing, library, [tie.profile for tie in ties])
            known = _known(writing, tuple(rows))
            told: list[Told] = []
            for tie in ties:
                customer = found.get(tie.profile)
                row = rows.get(customer) if customer in known else None
                if customer is not None and row is not None and not row.stuck:
                    told += now.told(tie, customer, row, standing)
            self._intake.record(writing, told, now_ms, library)
        return sum(isinstance(one.body, HelloDue) for one in told)


class _Round:
    """What a page goes by: who is there, and how many of a kind each may still say this month."""

    def __init__(self, reading: Reading, library: Library, now_ms: int) -> None:
        since_ms = month_ms(now_ms, library.now().timezone)
        self._now_ms = now_ms
        self._library = library
        self._reps = {row.rep: row for row in reading.reps()}
        self._given = {
            kind: Counter(reading.tie_counts(tie, since_ms)) for kind, tie in _COUNTED.items()
        }

    def may_be_said(self, tie: Tie) -> bool:
        """Whether somebody is there who has one left, by whichever book gives the most."""
        book = self._library.now()
        kind: HelloKind = "thanks" if tie.channel == "thanks" else "hello"
        most = max(_most(kind, one.people) for one in (book, *book.by_brand.values()))
        return _works(self._reps.get(tie.rep), self._now_ms) and (
            self._given[kind][tie.rep] < most
        )

    def told(
        self, tie: Tie, customer: CustomerId, row: CustomerRow, standing: Standing
    ) -> list[Told]:
        """Say what becomes of one that is ready; nothing while the month's number is used up.

        That is asked before a lot is drawn, and of both arms: were the control kept back while
        the others wait, only those would be compared who came early.
        """
        state = decode_state(row.state)
        choice, ready = own_choice(state.my_person), _still(state, tie, self._now_ms)
        if choice is None or choice.rep != tie.rep or ready is None:
            return []
        if is_of_agreement(self._library, ready.thing.id):
            ends_ms = end_of(standing, tie.profile, ready.thing.about, self._now_ms)
            if ends_ms != ready.thing.ends_ms:
                return [_other_end(ready, ends_ms, f"{customer}/{row.events}")]
        people = self._library.now(choice.brand).people
        left = self._given[ready.kind][tie.rep] < _most(ready.kind, people)
        if not left or not _works(self._reps.get(tie.rep), self._now_ms):
            return []
        said = _due(customer, state, ready, tie.rep, people, row.events)
        if any(isinstance(one.body, HelloDue) and one.body.treated for one in said):
            self._given[ready.kind][tie.rep] += 1
        return said


def _known(writing: Writing, customers: Sequence[CustomerId]) -> frozenset[CustomerId]:
    """Give those of whom anything is known; of who was forgotten nobody can be greeted."""
    own = writing.profiles_of(customers)
    persons = writing.persons([one for profiles in own.values() for one in profiles])
    return frozenset(
        id_ for id_, profiles in own.items() if any(one in persons for one in profiles)
    )


def month_ms(now_ms: int, timezone: str) -> int:
    """Say when this month began, on the clocks of the firm."""
    now = datetime.fromtimestamp(now_ms / 1000, tz=UTC).astimezone(ZoneInfo(timezone))
    return int(now.replace(day=1, hour=0, minute=0, second=0, microsecond=0).timestamp() * 1000)


def _most(kind: HelloKind, people: PeopleRules) -> int:
    return people.thanks.most if kind == "thanks" else people.hello.most


def _still(state: State, tie: Tie, now_ms: int) -> Ready | None:
    """Look again under the lock: it may have been said, be true no more, or come amiss."""
    if is_quiet(state):
        return None
    for one in state.in_touch.ready:
        if f"{one.kind}/{one.thing.id}/{one.thing.event}" == tie.item:
            return one if now_ms < one.thing.until_ms else None
    return None


def _works(row: RepRow | None, now_ms: int) -> bool:
    """Whether somebody is there to say it; on leave they are not, and it waits for them."""
    return row is not None and not row.left_ms and not row.is_away(now_ms)


def _due(
    customer: CustomerId,
    state: State,
    ready: Ready,
    rep: RepId,
    rules: PeopleRules,
    at: int,
) -> list[Told]:
    """Make it due or, by lot, keep it back; what the customer asked for is never kept back."""
    control = rules.thanks.control if ready.kind == "thanks" else rules.hello.control
    known = state.in_touch.lot(ready.kind)
    drawn = draw(customer, ready.kind, control)
    told: list[Told] = []
    treated = True
    if control and not ready.thing.asked_for:
        treated = known.treated if known is not None else drawn.treated
        if known is None:
            lot = Assigned(
                experiment=ready.kind, treated=drawn.treated, propensity=drawn.propensity
            )
            told.append(_told(ready, lot, f"{customer}/{ready.kind}/{at}"))
    body = HelloDue(
        kind=ready.kind,
        rep=rep,
        thing=ready.thing.id,
        source=ready.thing.event,
        treated=treated,
    )
    name = f"{customer}/{ready.kind}/{ready.thing.id}/{ready.thing.event}/{at}"
    told.append(_told(ready, body, name))
    return told


def _other_end(ready: Ready, ends_ms: int, name: str) -> Told:
    """Say that an agreement ends at another time, or not at all: then nobody says that it does."""
    body = AgreementEnds(agreement=AgreementId(ready.thing.about), ends_ms=ends_ms)
    message_id = f"{ready.thing.about}/{ends_ms}/{name}"
    return Told(profile=ready.profile, body=body, message_id=message_id, source=AGREEMENTS)


def _told(ready: Ready, body: Assigned | HelloDue, message_id: str) -> Told:
    return Told(profile=ready.profile, body=body, message_id=message_id, source=HELLOS)


def enrol(
    store: Store, intake: Intake, customer: CustomerId, experiment: str, control: float
) -> None:
    """Draw a lot for a customer in an experiment, once.

    Args:
        store: The store.
        intake: Takes the fact.
        customer: Who; an id from before a merge still finds them.
        experiment: Its name.
        control: The share of control; 0 draws nothing.
    """
    if not control:
        return

    def drew() -> None:
        with store.writing() as writing:
            profile = ProfileId(customer)
            found = writing.customers_of([profile]).get(profile)
            row = writing.lock([found]).get(found) if found is not None else None
            if found is None or row is None or row.stuck:
                return
            if decode_state(row.state).in_touch.lot(experiment) is None:
                one = draw(found, experiment, control)
                body = Assigned(
                    experiment=experiment, treated=one.treated, propensity=one.propensity
                )
                name = f"{found}/{experiment}/{row.events}"
                told = Told(profile=profile, body=body, message_id=name, source=HELLOS)
                intake.record(writing, [told], intake.now_ms())

    patiently(drew)


def run_forever(
    leavings: Leavings,
    hellos: Hellos,
    stopped: Callable[[], bool],
    sleep: Callable[[float], object],
) -> None:
    """Look after who leaves and what may be said until told to stop; a fault is waited out."""
    while not stopped():
        for do in (leavings.go_on, hellos.give):
            try:
                do()
            except Exception as fault:
                _LOG.error("keeping in touch rests: %s", type(fault).__name__)
        sleep(EVERY_S)
