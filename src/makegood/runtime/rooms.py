"""Room in a rep's book of business: taken under a lock, given to who waited longest.

How many customers a person has is a fact across customers, so it is counted in the transaction
that writes the choice down, and what came of it stands on the fact; the fold looks nothing up.
Source: ideas, "Facts across customers"; story 5.
"""

import logging
from collections.abc import Callable, Sequence

from msgspec.structs import replace

from makegood.core.choosing import NOT_AVAILABLE
from makegood.core.my_person import Standing
from makegood.core.state import State, decode_state
from makegood.messages.errors import Refused
from makegood.messages.events import OWN_SOURCE
from makegood.messages.facts import Body, PersonChosen, RoomGiven
from makegood.messages.ids import ProfileId, RepId
from makegood.playbooks.book import Library, RuleBook
from makegood.playbooks.employees import EMPLOYEE
from makegood.playbooks.people_terms import PeopleRules
from makegood.ports.clock import Clock
from makegood.ports.rows import RepRow
from makegood.ports.store import Store, Writing
from makegood.ports.ties import Load, Tie, TieKind
from makegood.runtime.intake import Intake, patiently
from makegood.runtime.told import Told

ROOMS = f"{OWN_SOURCE}:rooms"
NO_LOAD = Load()
_PASSED_OVER = 20
EVERY_S = 15.0  # who waited for weeks waits a quarter of a minute more
_LOG = logging.getLogger("makegood.rooms")


def room_of(rep: RepRow, rules: PeopleRules) -> int:
    """How many customers a rep may look after, as the roster says, else the book."""
    return rules.capacity if rep.capacity is None else rep.capacity


def may_be_chosen(rep: RepRow | None, brand: str, rules: PeopleRules) -> bool:
    """Whether customers of a brand may choose somebody, full or not.

    Not one who will leave, and none of the employees who look after nobody unless they offer to.
    """
    if rep is None or rep.left_ms or rep.role == EMPLOYEE or not room_of(rep, rules):
        return False
    return not brand or not rep.brands or brand in rep.brands


def seated(writing: Writing, state: State, wanted: Body, book: RuleBook) -> Body | Refused:
    """Take room for a choice, or a place in a waiting list.

    Args:
        writing: The open transaction; the customer is locked already.
        state: The customer's state.
        wanted: The choice, as it was decided; any other fact is given back as it is.
        book: The book of the brand it is for.

    Returns:
        The choice with who has room, or why it cannot be made.
    """
    if not isinstance(wanted, PersonChosen) or not wanted.choices:
        return wanted
    had = {one.rep: one.standing for one in state.my_person.choices if one.brand == wanted.brand}
    # First the lock: how many they may have, and whether they stay, may change until it is ours.
    loads = writing.hold_loads(wanted.choices)
    reps = {row.rep: row for row in writing.reps()}
    for rep in wanted.choices:
        ours = had.get(rep) is Standing.THEIRS
        if not ours and not may_be_chosen(reps.get(rep), wanted.brand, book.people):
            return Refused(code="not_available", why=NOT_AVAILABLE)
    waits: list[RepId] = []
    full: list[RepId] = []
    for rep in wanted.choices:
        load, standing = loads.get(rep, NO_LOAD), had.get(rep)
        # Nobody passes those who wait, or to whom this one is put forward: theirs is the room.
        left = room_of(reps[rep], book.people) - load.theirs - load.waiting - load.heir
        kept = state.in_touch.offers(rep, wanted.brand)
        if kept and left + load.waiting + 1 > 0:
            left = 1  # a place was kept for this customer
        if standing is Standing.THEIRS or left > 0:
            return replace(wanted, theirs=rep, waits=tuple(waits), full=tuple(full))
        in_line = standing is Standing.WAITING or load.waiting < book.people.waiting_list
        (waits if in_line else full).append(rep)
    return replace(wanted, waits=tuple(waits), full=tuple(full))


class Rooms:
    """Gives room that came free to who waited longest."""

    def __init__(
        self, store: Store, intake: Intake, library_of: Callable[[], Library], clock: Clock
    ) -> None:
        self._store = store
        self._intake = intake
        self._library_of = library_of
        self._clock = clock

    def fill(self, most: int = 100) -> int:
        """Give out what room there is, each in a transaction of its own; say how often.

        Args:
            most: At most so many for one rep; the next round goes on.
        """
        return sum(self._give(tie) for tie in self._next(most))

    def fill_forever(self, stopped: Callable[[], bool], sleep: Callable[[float], object]) -> None:
        """Fill now and then until told to stop; a fault of the store is waited out."""
        while not stopped():
            try:
                self.fill()
            except Exception as fault:
                _LOG.error("no room was given: %s", type(fault).__name__)
            sleep(EVERY_S)

    def _next(self, most: int) -> Sequence[Tie]:
        book, now_ms = self._library_of().now(), self._clock.now_ms()
        # A brand's book may give more room than this one; under the lock its own is asked.
        every = [one.people for one in (book, *book.by_brand.values()) if one.people.choices]
        if not every:
            return ()
        rules = max(every, key=lambda one: one.capacity)
        found: list[Tie] = []
        with self._store.reading() as reading:
            loads = reading.loads()
            if not any(load.waiting for load in loads.values()):
                return ()
            for rep in reading.reps():
                load = loads.get(rep.rep, NO_LOAD)
                left = 0 if rep.has_left(now_ms) else room_of(rep, rules) - load.theirs - load.heir
                if load.waiting and left > 0:
                    # One whose history is stuck must not keep the others waiting.
                    limit = min(left + _PASSED_OVER, most)
                    found += reading.ties(TieKind.WAITING, rep=rep.rep, limit=limit)
        return found

    def _give(self, tie: Tie) -> bool:
        return patiently(lambda: self._given(tie))

    def _given(self, tie: Tie) -> bool:
        """Look again under the locks: meanwhile the choice or the room may be another one's."""
        now_ms = self._clock.now_ms()
        with self._store.writing() as writing:
            customer = writing.customers_of([tie.profile]).get(tie.profile)
            row = writing.lock([customer]).get(customer) if customer is not None else None
            if row is None or row.stuck or not _waits(decode_state(row.state), tie):
                return False
            rules = self._library_of().now(tie.brand).people
            load = writing.hold_loads([tie.rep]).get(tie.rep, NO_LOAD)
            reps = {one.rep: one for one in writing.reps()}  # as they are under the lock
            rep = reps.get(tie.rep)
            taken = load.theirs + load.heir
            if rep is None or rep.left_ms or taken >= room_of(rep, rules):
                return False
            body = RoomGiven(rep=tie.rep, choice=tie.choice, brand=tie.brand)
            told = Told(
                profile=ProfileId(tie.profile),
                body=body,
                message_id=f"{tie.choice}/{tie.rep}",
                source=ROOMS,
            )
            return self._intake.record(writing, [told], now_ms)


def _waits(state: State, tie: Tie) -> bool:
    return any(
        one.event == tie.choice and one.rep == tie.rep and one.standing is Standing.WAITING
        for one in state.my_person.choices
    )
