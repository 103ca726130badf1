"""Somebody leaves: a successor for each customer, page by page; nobody is moved in silence.

A page is one transaction with a constant number of statements. What was done is seen in the state
of each customer, under a lock, so a crash in between loses nothing and does nothing twice.
Source: story 5; evidence (38).
"""

from collections.abc import Callable, Mapping, Sequence
from functools import partial
from typing import TypeAlias

from msgspec import Struct
from msgspec.structs import replace

from makegood.core.my_person import MyPerson, Standing, person_of
from makegood.core.state import State, decode_state
from makegood.messages.facts import HandedOver
from makegood.messages.hello_facts import RepStays, SuccessorNamed
from makegood.messages.ids import CustomerId, EventId, ProfileId, RepId, event_id
from makegood.playbooks.book import Library
from makegood.ports.acts import Act
from makegood.ports.clock import Clock
from makegood.ports.rows import CaseRow, CustomerRow, RepRow
from makegood.ports.store import Store, Writing
from makegood.ports.ties import Tie, TieKey, TieKind
from makegood.projections.roster import rep_name
from makegood.projections.sentence import sentence_about
from makegood.runtime.alike import base, profiles_of
from makegood.runtime.intake import Intake, patiently, text_ref
from makegood.runtime.noting import note
from makegood.runtime.rooms import NO_LOAD, may_be_chosen
from makegood.runtime.standing_in import cases_of
from makegood.runtime.successors import LEAVING, Naming, said_to, told_of
from makegood.runtime.told import Told

PAGE = 100  # customers of one transaction; the locks of a page are short


_Going: TypeAlias = Mapping[RepId, int]
"""Who leaves, and when."""


class _Locked(Struct, frozen=True, kw_only=True):
    """What a page works with, under the locks of its customers.

    Attributes:
        found: Today's customer of each profile.
        states: Of those who are not stuck.
        events: How many events each has; names what is said next.
    """

    found: Mapping[ProfileId, CustomerId]
    states: Mapping[CustomerId, State]
    events: Mapping[CustomerId, int]


class Leavings:
    """Says who leaves, and looks after their customers."""

    def __init__(
        self, store: Store, intake: Intake, library_of: Callable[[], Library], clock: Clock
    ) -> None:
        self._store = store
        self._intake = intake
        self._library_of = library_of
        self._clock = clock
        self._nothing_new: dict[RepId, tuple[int, int]] = {}
        self._looked_at: dict[RepId, _Going] = {}

    def begin(self, rep: RepId, leaves_ms: int, who: str) -> bool:
        """Write down when somebody leaves; 0 takes it back. False for nobody of the roster.

        Args:
            rep: Who leaves.
            leaves_ms: When.
            who: The supervisor, for the record of privileged acts.
        """
        with self._store.writing() as writing:
            writing.hold_loads([rep])
            row = next((one for one in writing.reps() if one.rep == rep), None)
            if row is None:
                return False
            if row.left_ms != leaves_ms:
                writing.put_reps([replace(row, left_ms=leaves_ms)])
                what = "rep.leaves" if leaves_ms else "rep.stays"
                after = {"leaves_ms": str(leaves_ms)} if leaves_ms else {}
                act = Act(what=what, at_ms=self._clock.now_ms(), who=who, about=rep, after=after)
                note(writing, act)
        return True

    def go_on(self) -> int:
        """Do all that is to be done now; say how many customers and cases were looked after."""
        with self._store.reading() as reading:
            reps, loads = reading.reps(), reading.loads()
        now_ms, done = self._clock.now_ms(), 0
        going = {row.rep: row.left_ms for row in reps if row.left_ms}
        for row in reps:
            load = loads.get(row.rep, NO_LOAD)
            seen = (load.theirs, load.leaving)
            if row.left_ms and load.theirs > load.leaving and self._is_news(row.rep, seen):
                told = self._tell(row.rep)
                done += told
                if not told:
                    self._nothing_new[row.rep] = seen
            if row.left_ms and load.leaving:
                done += self._tell_anew(row, going)
            if not row.left_ms and load.leaving:
                done += self._pages(TieKind.LEAVING, row.rep, self._take_back, _whoever)[0]
            if row.has_left(now_ms):
                done += self._cases(row)
        return done

    def _is_news(self, rep: RepId, seen: tuple[int, int]) -> bool:
        """Whether a look again can help: whoever is stuck stays so until something happens."""
        return self._nothing_new.get(rep) != seen

    def _tell(self, rep: RepId) -> int:
        """Put somebody forward to every customer who was not told yet; the others are not locked.

        So it goes on where it was, though it was stopped in the middle.
        """
        told: set[EventId] = set()

        def noted(_rep: RepId, ties: Sequence[Tie]) -> int:
            told.update(tie.choice for tie in ties)
            return len(ties)

        self._pages(TieKind.LEAVING, rep, noted, _whoever)
        return self._pages(
            TieKind.THEIRS, rep, self._put_forward, lambda tie: tie.choice not in told
        )[0]

    def _tell_anew(self, row: RepRow, going: _Going) -> int:
        """Tell customers who were told of another day, or of a successor who leaves as well.

        Whose customers were looked at since the last change of the roster are not looked at again.
        """
        if self._looked_at.get(row.rep) == going:
            return 0
        done, all_of_them = self._pages(
            TieKind.LEAVING,
            row.rep,
            self._put_forward,
            lambda tie: tie.until_ms != row.left_ms or tie.then in going,
        )
        if all_of_them:
            self._looked_at[row.rep] = going
        return done

    def _pages(
        self,
        kind: TieKind,
        rep: RepId,
        page_of: Callable[[RepId, Sequence[Tie]], int],
        concerns: Callable[[Tie], bool],
    ) -> tuple[int, bool]:
        """Go through all ties of a kind once, each page in a transaction of its own.

        Returns:
            How many were done, and whether that is all whom it concerns: a stuck one is not.
        """
        done, wanted, after = 0, 0, None
        while True:
            with self._store.reading() as reading:
                ties = reading.ties(kind, rep=rep, after=after, limit=PAGE)
            if page := [tie for tie in ties if concerns(tie)]:
                done += patiently(partial(page_of, rep, page))
                wanted += len(page)
            if len(ties) < PAGE:
                return done, done == wanted
            after = _key(ties)

    def _put_forward(self, rep: RepId, ties: Sequence[Tie]) -> int:
        """Put somebody forward to each customer of a page, in a transaction of its own."""
        with self._store.writing() as writing:
            return self.put_forward(writing, rep, ties)

    def put_forward(self, writing: Writing, rep: RepId, ties: Sequence[Tie]) -> int:
        """Put somebody forward to each customer of a page."""
        now_ms, library = self._clock.now_ms(), self._library_of()
        locked = _lock(writing, [tie.profile for tie in ties])
        loads = writing.hold_loads(sorted(row.rep for row in writing.reps()))
        reps = {row.rep: row for row in writing.reps()}  # as they are under the lock
        row = reps.get(rep)
        if row is None or not row.left_ms:
            return 0
        speaks = _languages(writing, tuple(locked.states))
        rules = library.now().people
        open_to = frozenset(one.rep for one in reps.values() if may_be_chosen(one, "", rules))
        naming = Naming(row, profiles_of(reps, loads, rules, now_ms), open_to)
        told: list[Told] = []
        for tie in ties:
            customer = locked.found.get(tie.profile)
            state = locked.states.get(customer) if customer is not None else None
            if customer is None or state is None or not _is_to_hear(state, tie, reps):
                continue
            terms = library.now(tie.brand).people.leaving
            one = naming.named(state, tie, speaks.get(customer, ""), terms.likeness)
            at = (locked.events[customer], now_ms)
            told += said_to(tie, customer, state.in_touch, one, terms.control, at)
        self._intake.record(writing, told, now_ms, library)
        return sum(isinstance(one.body, SuccessorNamed) for one in told)

    def _take_back(self, _rep: RepId, ties: Sequence[Tie]) -> int:
        """Tell a page of customers nothing, and forget that somebody was to leave."""
        with self._store.writing() as writing:
            locked = _lock(writing, [tie.profile for tie in ties])
            told = [
                Told(
                    profile=tie.profile,
                    body=RepStays(rep=tie.rep, choice=tie.choice),
                    message_id=f"{tie.choice}/stays/{locked.events[customer]}",
                    source=LEAVING,
                )
                for tie in ties
                if (customer := locked.found.get(tie.profile)) in locked.states
                and customer is not None
            ]
            self._intake.record(writing, told, self._clock.now_ms())
        return len(told)

    def _cases(self, row: RepRow) -> int:
        """Hand the open cases of somebody who is gone over, each with its story."""
        return sum(
            patiently(partial(self._hand_over, row.rep, page))
            for page in cases_of(self._store, row.rep, PAGE)
        )

    def _hand_over(self, rep: RepId, cases: Sequence[CaseRow]) -> int:
        now_ms, library = self._clock.now_ms(), self._library_of()
        with self._store.writing() as writing:
            locked = _lock(writing, [ProfileId(one.customer) for one in cases])
            reps = {row.rep: row for row in writing.reps()}
            told: list[Told] = []
            texts: dict[str, tuple[ProfileId, str]] = {}
            for one in cases:
                customer = locked.found.get(ProfileId(one.customer))
                state = locked.states.get(customer) if customer is not None else None
                case = state.case(one.case) if state is not None else None
                if customer is None or state is None or case is None or case.owner != rep:
                    continue
                message_id = f"{case.id}/{rep}/{locked.events[customer]}"
                ref = text_ref(event_id(LEAVING, message_id), "note")
                to = _next_owner(state.my_person, one.brand, reps, now_ms)
                body = HandedOver(case=case.id, to=to, by=rep, note=ref)
                parts = sentence_about(case, "The customer", (), library, now_ms)
                story = "".join(part.words for part in parts)
                name = rep_name(tuple(reps.values()), rep)
                texts[ref] = (case.origin.profile, f"{name} no longer works here. {story}")
                told.append(
                    Told(
                        profile=case.origin.profile,
                        body=body,
                        message_id=message_id,
                        source=LEAVING,
                        brand=one.brand,
                    )
                )
            self._intake.record(writing, told, now_ms, library)
            if texts:
                writing.put_texts(texts)
        return len(told)


def _whoever(_tie: Tie) -> bool:
    return True


def _key(ties: Sequence[Tie]) -> TieKey:
    return ties[-1].key


def _lock(writing: Writing, profiles: Sequence[ProfileId]) -> _Locked:
    found = writing.customers_of(sorted(set(profiles)))
    rows: Mapping[CustomerId, CustomerRow] = writing.lock(sorted(set(found.values())))
    return _Locked(
        found=found,
        states={id_: decode_state(row.state) for id_, row in rows.items() if not row.stuck},
        events={id_: row.events for id_, row in rows.items()},
    )


def _is_to_hear(state: State, tie: Tie, reps: Mapping[RepId, RepRow]) -> bool:
    """Look again under the lock: meanwhile the customer may have chosen, or been told."""
    known = told_of(state, tie)
    if known is not None and known.leaves_ms == reps[tie.rep].left_ms:
        heir = reps.get(known.successor)
        if heir is None or not heir.left_ms:
            return False
    return any(
        one.event == tie.choice and one.rep == tie.rep and one.standing is Standing.THEIRS
        for one in state.my_person.choices
    )


def _languages(writing: Writing, customers: Sequence[CustomerId]) -> dict[CustomerId, str]:
    """Say what each customer speaks, in two statements for all of them."""
    profiles = writing.profiles_of(customers)
    persons = writing.persons([one for own in profiles.values() for one in own])
    spoken: dict[CustomerId, str] = {}
    for customer, own in profiles.items():
        tags = (persons[one].language for one in own if one in persons)
        spoken[customer] = next((base(tag) for tag in tags if tag), "")
    return spoken


def _next_owner(mine: MyPerson, brand: str, reps: Mapping[RepId, RepRow], now_ms: int) -> RepId:
    """Give the customer's person, or who is put forward; empty leaves it to whoever is on duty."""
    theirs = person_of(mine, brand)
    for rep in (theirs, mine.heir(theirs, now_ms, brand)):
        row = reps.get(rep)
        serves = row is not None and (not brand or not row.brands or brand in row.brands)
        if row is not None and serves and not row.has_left(now_ms) and rep not in mine.denied:
            return rep
    return RepId("")
