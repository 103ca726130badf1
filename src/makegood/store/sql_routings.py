"""Decisions about who looks after whom, by SQL."""

from collections.abc import Mapping, Sequence

import msgspec

from makegood.core.routed import Routed
from makegood.messages.ids import CustomerId
from makegood.ports.routings import (
    MOST_ROUTINGS,
    Routing,
    RoutingAsked,
    RoutingCount,
    RoutingKey,
    tenure_band,
    wait_band,
)
from makegood.store.session import Row, replace
from makegood.store.shapes import pack
from makegood.store.sql_customers import SqlBase

ROUTING = (
    "event subject customer at_ms rep brand kind level tenure wait in_slice by_chance row_blob"
)
_PAGE = """SELECT customer, row_blob FROM routing WHERE at_ms >= ?{after}
    ORDER BY at_ms, event, subject LIMIT ?"""
_OF = """SELECT customer, row_blob FROM routing
    WHERE customer = ANY(?) AND at_ms >= ? AND at_ms <= ? ORDER BY at_ms, event, subject"""
_COUNT = """SELECT brand, kind, level, tenure, wait, count(*), sum(in_slice), sum(by_chance),
    sum(CASE WHEN wait < 0 AND at_ms <= ? THEN 1 ELSE 0 END)
    FROM routing WHERE at_ms >= ? GROUP BY brand, kind, level, tenure, wait
    ORDER BY brand, kind, level, tenure, wait"""
_ASKED = """SELECT rep, brand, count(*), sum(by_chance) FROM routing WHERE at_ms >= ?
    GROUP BY rep, brand ORDER BY rep, brand"""
_FROM = "SELECT event, customer, at_ms FROM routing WHERE customer = ANY(?) AND at_ms >= ?"
_unpack = msgspec.msgpack.Decoder(Routed).decode


class RoutingReading(SqlBase):
    """What was decided."""

    def routings(
        self, since_ms: int = 0, *, after: RoutingKey | None = None, limit: int = 200
    ) -> tuple[Routing, ...]:
        sql = _PAGE.format(after=" AND (at_ms, event, subject) > (?, ?, ?)" if after else "")
        most = min(limit, MOST_ROUTINGS)
        found = self._db.rows(sql, since_ms, *(after or ()), most)
        return tuple(Routing(customer=row[0], routed=_unpack(row[1])) for row in found)

    def routings_of(
        self, customers: Sequence[CustomerId], since_ms: int, until_ms: int
    ) -> tuple[Routing, ...]:
        found = self._db.rows(_OF, sorted(customers), since_ms, until_ms) if customers else ()
        return tuple(Routing(customer=row[0], routed=_unpack(row[1])) for row in found)

    def routing_counts(self, since_ms: int, overdue_ms: int = 0) -> tuple[RoutingCount, ...]:
        return tuple(
            RoutingCount(
                brand=brand,
                kind=kind,
                level=level,
                tenure=tenure,
                wait=wait,
                n=int(n),
                open_to_chance=int(open_to_chance),
                by_chance=int(by_chance),
                overdue=int(overdue),
            )
            for brand, kind, level, tenure, wait, n, open_to_chance, by_chance, overdue in (
                self._db.rows(_COUNT, overdue_ms, since_ms)
            )
        )

    def routing_asked(self, since_ms: int) -> tuple[RoutingAsked, ...]:
        return tuple(
            RoutingAsked(rep=rep, brand=brand, n=int(n), by_chance=int(by_chance))
            for rep, brand, n, by_chance in self._db.rows(_ASKED, since_ms)
        )


class RoutingWriting(RoutingReading):
    """Keeping them right."""

    def project_routings(
        self, since: Sequence[tuple[CustomerId, int]], routings: Sequence[Routing]
    ) -> None:
        self._clear(dict(since))
        rows = {(one.routed.event, one.routed.subject): _row(one) for one in routings}
        if rows:
            self._db.put(
                "routing", ROUTING, list(rows.values()), replace(ROUTING, "event subject")
            )

    def _clear(self, since: Mapping[CustomerId, int]) -> None:
        """Take away what stands from an instant on; of most customers that is everything."""
        whole = sorted(one for one, since_ms in since.items() if since_ms <= 0)
        if whole:
            self._db.run("DELETE FROM routing WHERE customer = ANY(?)", whole)
        others = sorted(since.keys() - set(whole))
        if not others:
            return
        found = self._db.rows(_FROM, others, min(since[one] for one in others))
        gone = {event for event, customer, at_ms in found if at_ms >= since[customer]}
        sql = "DELETE FROM routing WHERE event = ANY(?) AND customer = ANY(?)"
        self._db.run(sql, sorted(gone), others)  # all of one event are of one instant


def _row(one: Routing) -> Row:
    it = one.routed
    bands = (tenure_band(it.tenure_days), wait_band(it.waited_ms))
    drawn = (int(it.slice > 0), int(it.by_chance))
    key = (it.event, it.subject, one.customer, it.at_ms)
    return (*key, it.chosen, it.brand, it.kind, it.level, *bands, *drawn, pack(it))
