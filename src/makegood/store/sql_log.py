"""Writing the log and the links between profiles by SQL."""

from collections.abc import Iterable, Sequence

from makegood.messages.errors import StoreBusy
from makegood.messages.events import Event, encode_event
from makegood.messages.facts import Identified
from makegood.messages.ids import CustomerId, EventId, ProfileId
from makegood.ports.rows import Offered, Receipt, Taken
from makegood.store.sql_customers import CustomerReading
from makegood.store.sql_state import StateWriting, add

LOG = "seq profile time_ms received_ms source message_id book fold event"
ONCE = "(event_id) DO NOTHING"
REACH = """
    WITH RECURSIVE reach (profile) AS (
        SELECT profile FROM profile WHERE profile = ?
        UNION SELECT edge.other FROM reach JOIN edge ON edge.profile = reach.profile
    ) SELECT profile FROM reach"""


class LogWriting(StateWriting, CustomerReading):
    """Events come in once; profiles become known, joined and separated."""

    def append(self, offered: Sequence[Offered]) -> tuple[Receipt, ...]:
        first: dict[EventId, Offered] = {}
        ids = [offer.event.id for offer in offered]
        for id_, offer in zip(ids, offered, strict=True):
            first.setdefault(id_, offer)
        known = self._enter(first)
        new = {id_ for id_, (_digest, is_new) in known.items() if is_new}
        receipts = []
        for id_, offer in zip(ids, offered, strict=True):
            receipts.append(Receipt(id=id_, taken=taken(id_ in new, known[id_][0], offer)))
            new.discard(id_)  # the next one of this id in the batch is a repeat
        return tuple(receipts)

    def _enter(self, first: dict[EventId, Offered]) -> dict[EventId, tuple[bytes, bool]]:
        """Store what is new; give each id's digest and whether it is new."""
        if not first:
            return {}
        seqs = dict(zip(first, self._db.positions(len(first)), strict=True))
        claims = [(id_, offer.body_digest, seqs[id_]) for id_, offer in sorted(first.items())]
        if self._db.put_new("dedupe", "event_id digest seq", claims, ONCE) == len(claims):
            known = {id_: (digest, True) for id_, digest, _seq in claims}
        else:
            sql = "SELECT event_id, digest, seq FROM dedupe WHERE event_id = ANY(?)"
            stored = self._db.rows(sql, list(first))
            known = {id_: (digest, seqs[id_] == seq) for id_, digest, seq in stored}
        self._store({seqs[id_]: first[id_].event for id_ in first if known[id_][1]})
        return known

    def _store(self, events: dict[int, Event]) -> None:
        if not events:
            return
        self._db.put("log", LOG, [_row(seq, event) for seq, event in events.items()], "DO NOTHING")
        self._know({event.profile for event in events.values()})
        self._db.put("lookup", "lookup profile", lookups_in(events.values()), "DO NOTHING")
        add(self._db, {"log": len(events)})

    def _know(self, profiles: Iterable[ProfileId]) -> None:
        rows = [(profile, profile) for profile in sorted(profiles)]
        self._db.put("profile", "profile customer", rows, "DO NOTHING")

    def link(self, left: ProfileId, right: ProfileId) -> None:
        if left == right:
            return
        self._know((left, right))
        self._db.put("edge", "profile other", [(left, right), (right, left)], "DO NOTHING")
        if len(set(self.customers_of((left, right)).values())) == 1:
            return
        remains, gone = sorted(self._locked_of(left, right))
        self._db.run("UPDATE profile SET customer = ? WHERE customer = ?", remains, gone)
        self._remove(gone)

    def unlink(self, left: ProfileId, right: ProfileId) -> tuple[CustomerId, ...]:
        if not self._db.rows("SELECT 1 FROM edge WHERE profile = ? AND other = ?", left, right):
            return ()
        customer, _ = self._locked_of(left, right)
        either = "(profile = ? AND other = ?) OR (profile = ? AND other = ?)"
        if not self._db.changed(f"DELETE FROM edge WHERE {either}", left, right, right, left):
            return ()
        side = {row[0] for row in self._db.rows(REACH, left)}
        if right in side:
            return ()
        members = set(self.profiles_of((customer,))[customer])
        self._remove(customer)
        return tuple(sorted((self._settle(side), self._settle(members - side))))

    def _settle(self, members: set[ProfileId]) -> CustomerId:
        customer = CustomerId(min(members))
        sql = "UPDATE profile SET customer = ? WHERE profile = ANY(?)"
        self._db.run(sql, customer, sorted(members))
        return customer

    def _locked_of(self, left: ProfileId, right: ProfileId) -> tuple[CustomerId, CustomerId]:
        before = self.customers_of((left, right))
        self.lock(tuple(before.values()))
        if self.customers_of((left, right)) != before:
            raise StoreBusy
        return before[left], before[right]


def taken(is_new: bool, digest: bytes, offer: Offered) -> Taken:
    """Tell what became of an offer whose id stands in the log with this digest."""
    if is_new:
        return Taken.NEW
    return Taken.DUPLICATE if digest == offer.body_digest else Taken.CONFLICT


def lookups_in(events: Iterable[Event]) -> list[tuple[ProfileId, ProfileId]]:
    """Give (look-up, profile) for every look-up that events name, sorted and once each."""
    pairs = {
        (lookup, event.profile)
        for event in events
        if isinstance(event.body, Identified)
        for lookup in event.body.lookups
    }
    return sorted(pairs)


def _row(seq: int, event: Event) -> tuple[int, str, int, int, str, str, str, int, bytes]:
    stamp = event.stamp
    blob = encode_event(event)
    return (seq, event.profile, *event.order, stamp.book, stamp.fold, blob)
