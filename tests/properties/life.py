"""A firm that lives through random days, for properties: every kind of event, and what is told.

`Life` takes moves and turns them into arrivals that fit what is known at that moment (a choice of
an offer that exists, the outcome of a command that was given, also of a withdrawn one), through
the real intake. What it took can be given again to another store in any order, with each event's
received time as it was.
"""

from collections import Counter
from collections.abc import Sequence

from msgspec.structs import replace

from makegood.core.state import Case, OfferStatus, State
from makegood.messages import facts
from makegood.messages.commands import Fulfil
from makegood.messages.facts import Body
from makegood.messages.ids import CaseId, EventId, ProfileId, event_id
from makegood.messages.money import Money
from makegood.ports.arrivals import Arrival
from makegood.ports.rows import OutboxStatus
from makegood.ports.store import Store
from makegood.runtime.intake import body_digest
from makegood.testing.book import HOUR_MS, MINUTE_MS
from tests.properties.bodies import (
    ABOUTS,
    KATHY,
    OF_STATE,
    PLAIN,
    about_case,
    about_request,
    requested,
    touchpoint,
)
from tests.properties.moves import EMAILS, WHO, Firm, Given, Move


class Life(Firm):
    """Lives through moves and remembers what it took, and what kinds of things happened."""

    def __init__(self, store: Store) -> None:
        super().__init__(store)
        self.given: list[Given] = []
        self.kinds: Counter[str] = Counter()
        self.sent: Counter[str] = Counter()

    def live(self, moves: Sequence[Move]) -> "Life":
        for move in moves:
            self.clock.at_ms += move.wait_ms
            self._do(move)
        self.until(self.clock.at_ms)
        return self

    def _do(self, move: Move) -> None:
        who = WHO[move.who % len(WHO)]
        if move.kind == "timers":
            self.until(self.clock.at_ms)
            return
        if move.kind == "deliver":
            self._deliver()
            return
        before = self.state(who)
        if move.kind == "deadline":
            if before.next_due_ms > self.clock.at_ms:
                self.clock.at_ms = before.next_due_ms
                self.kinds["event at a deadline"] += 1
            move = replace(move, kind="no_car", lag_ms=0)
        body = self._body(move, who, before)
        if body is None:
            return
        one_before = self._is_one(who)
        late = self._is_late(move, who)
        self._give(move, who, body)
        self._notice(before, self.state(who), move, body, late=late)
        self.kinds["linked"] += self._is_one(who) > one_before
        self.kinds["unlinked"] += self._is_one(who) < one_before

    def _is_one(self, who: str) -> int:
        """How many others are known to be the same customer."""
        own = self.customer(who)
        return sum(
            other != who and own is not None and self.customer(other) == own for other in WHO
        )

    def _is_late(self, move: Move, who: str) -> bool:
        """Whether something that happened after it was told before it."""
        time_ms = self.clock.at_ms - move.lag_ms
        return any(
            one.arrival.time_ms > time_ms for one in self.given if one.arrival.identifier == who
        )

    def _give(self, move: Move, who: str, body: Body) -> None:
        number = len(self.given)
        also: tuple[str, ...] = ()
        lookups: tuple[str, ...] = ()
        if move.kind == "link":
            also = (WHO[(WHO.index(who) + 1) % len(WHO)],)
        if isinstance(body, facts.Identified):
            lookups = (EMAILS[WHO.index(who)],)
        arrival = Arrival(
            source=f"source{move.pick % 3}",
            message_id=f"{number}",
            identifier=who,
            time_ms=self.clock.at_ms - move.lag_ms,
            body=body,
            body_digest=body_digest(body),
            also=also,
            lookups=lookups,
            imported=move.imported,
        )
        given = Given(arrival, self.clock.at_ms)
        self.given.append(given)
        self.take([given])

    def _body(self, move: Move, who: str, state: State) -> Body | None:
        about = ABOUTS[move.pick % len(ABOUTS)]
        kind, pick = move.kind, move.pick
        if kind in ("no_car", "late", "no_show", "unclear", "page", "promise", "kept", "returned"):
            return touchpoint(kind, about, pick)
        if kind in ("yes", "no", "carried", "dropped"):
            return self._outcome(kind, pick, who)
        if kind in PLAIN:
            return PLAIN[kind](pick)
        if kind == "unlink":
            after = WHO.index(who) + (1 if pick % 3 else -1)
            other = WHO[after % len(WHO)]
            return facts.Unlinked(other=self.intake.profile(other), by=KATHY)
        if kind == "requested":
            return requested(pick)
        if kind in OF_STATE:
            return OF_STATE[kind](state, pick)
        if kind in ("settled", "appealed"):
            return about_request(kind, state, pick)
        case = state.cases[pick % len(state.cases)] if state.cases else None
        return None if case is None else about_case(kind, case, pick)

    def _outcome(self, kind: str, pick: int, who: str) -> Body | None:
        """What the outside says about any command that was ever given, wanted still or not."""
        rows = self.outbox(who)
        if not rows:
            return None
        paying = [row for row in rows if isinstance(row.command.order, Fulfil)]
        rows = tuple(paying) if kind == "carried" and paying and pick % 2 else rows
        asked = tuple(row for row in rows if not row.command.case)  # what a request ordered
        rows = asked if asked and pick % 5 < 2 else rows
        row = rows[pick // 2 % len(rows)]
        command, step = row.command.id, row.command.step
        if row.status is OutboxStatus.WITHDRAWN:
            self.kinds["outcome of a withdrawn command"] += 1
        if kind == "yes":
            expires_ms = (0, 1, self.clock.at_ms + HOUR_MS)[pick % 3]
            return facts.Confirmed(command=command, step=step, expires_ms=expires_ms)
        if kind == "no":
            return facts.Declined(command=command, step=step)
        if kind == "dropped":
            why = ("withdrawn", "missed", "failed", "held")[pick % 4]
            self.kinds[f"dropped as {why}"] += 1
            return facts.Dropped(command=command, step=step, why=why)  # type: ignore[arg-type]
        order = row.command.order
        cents = order.amount.cents if isinstance(order, Fulfil) else 0
        paid = (Money(cents), Money(cents // 2), None)[pick % 3]
        return facts.Carried(command=command, step=step, paid=paid)

    def _deliver(self) -> None:
        """Do what a worker does: claim, hand over, settle; the outcome may come as a move."""
        with self.store.writing() as writing:
            rows = writing.claim(self.clock.at_ms, MINUTE_MS, 50)
            for row in rows:
                self.sent[row.command.id] += 1
                writing.settle(row.command.id, row.fence, OutboxStatus.DONE, self.clock.at_ms)
        self.kinds["delivered"] += bool(rows)

    def _notice(self, before: State, after: State, move: Move, body: Body, *, late: bool) -> None:
        name = body.name if isinstance(body, facts.Touchpoint) else type(body).__name__
        self.kinds[name] += 1
        failed = move.kind in ("no_car", "late", "raised")
        self.kinds["late failure"] += failed and late
        self.kinds["choice that stands"] += _settled(after) > _settled(before)
        self.kinds["price unknown"] += any(case.missing for case in after.cases)
        self.kinds["price found"] += any(
            case.missing and after.case(case.id) is not None and not _missing(after, case.id)
            for case in before.cases
        )
        self.kinds["overpaid"] += any(
            owed.over_cents for c in after.cases for f in c.failures for owed in f.owed
        )
        self.kinds["clock ahead"] += move.lag_ms < 0
        self.kinds["imported"] += move.imported
        self.kinds["second failure"] += _doubles(after) > _doubles(before)
        self.kinds["growth"] += _has_grown(before, after)
        silent = [one for case in after.cases for one in case.failures if "/" in one.about]
        self.kinds["silence"] += bool(silent)
        self.kinds["made whole"] += any(case.phase == "made_whole" for case in after.cases)
        self.kinds["offer after"] += any(case.offer_after for case in after.cases)
        self.kinds["stray"] += bool(after.strays)
        self._notice_requests(after)
        for one in after.surveys:
            dropped = one.why in ("held", "missed", "failed")
            what = "not sent" if dropped else one.why or ("asked" if one.asked_ms else "waiting")
            self.kinds[f"survey {what}"] += 1
            self.kinds["rated again"] += bool(one.again)
        self.kinds["bad score"] += any(
            one.about.startswith("return/") for case in after.cases for one in case.failures
        )
        for said in after.memory.said:
            what = "redirect" if said.kind == "redirect" else "promise"
            self.kinds[f"{what} kept"] += bool(said.kept_ms)
            self.kinds[f"{what} broken"] += said.broken
            self.kinds["said again"] += bool(said.again)
        self.kinds["topped up"] += any(
            len(owed.payments) > 1 for c in after.cases for f in c.failures for owed in f.owed
        )

    def _notice_requests(self, after: State) -> None:
        for proposal in (one for case in after.cases for one in case.proposals):
            status = "waiting" if proposal.is_waiting else proposal.status.value
            self.kinds[f"proposal {status}"] += 1
            self.kinds["proposal answered late"] += proposal.late
        for waiver in after.waivers:
            self.kinds["waived once" if waiver.once else "waived"] += 1
        for one in after.requests:
            self.kinds[f"request {one.status.value}"] += 1
            self.kinds["request answered late"] += one.late
            self.kinds["request ordered"] += bool(one.command)
            self.kinds["request kept"] += one.done
            self.kinds["request broken"] += one.failed
            self.kinds["claim paid in part"] += bool(one.part)


def _doubles(state: State) -> int:
    return sum(case.double for case in state.cases)


def _settled(state: State) -> int:
    chosen = (OfferStatus.CHOSEN, OfferStatus.KEPT)
    return sum(offer.status in chosen for case in state.cases for offer in case.offers)


def _missing(state: State, case_id: CaseId) -> bool:
    case = state.case(case_id)
    return case is not None and bool(case.missing)


def _has_grown(before: State, after: State) -> bool:
    rules = {one.event: one.rule for case in before.cases for one in case.failures}
    return any(
        rules.get(one.event, one.rule) != one.rule for case in after.cases for one in case.failures
    )


def event_of(given: Given) -> EventId:
    """The id of what was taken."""
    return event_id(given.arrival.source, given.arrival.message_id)


def names_of(case: Case) -> set[CaseId]:
    """Every id a case answers to."""
    return {case.id, *case.names}


def profile_of(firm: Firm, identifier: str) -> ProfileId:
    """The pseudonym of an identifier."""
    return firm.intake.profile(identifier)
