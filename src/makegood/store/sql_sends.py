"""Counting sends by SQL: a row for each day and kind, each connection to rows of its own."""

from collections import Counter
from collections.abc import Sequence

from makegood.ports.sends import Sends
from makegood.store.session import Row
from makegood.store.sql_customers import SqlBase

KEY = "day brand channel way message_class source event_name campaign slot"
_ADD = f"({', '.join(KEY.split())}) DO UPDATE SET n = sends.n + excluded.n"
SENDS = """SELECT MAX(day), brand, channel, way, source, event_name, CAST(SUM(n) AS BIGINT)
    FROM sends WHERE day >= ? AND way <> 'held'
    GROUP BY brand, channel, way, source, event_name
    ORDER BY brand, channel, way, source, event_name"""
TOLD_OF = """SELECT MAX(day), brand, channel, source, event_name, campaign,
    CAST(SUM(n) AS BIGINT) AS total
    FROM sends WHERE day >= ? AND way = 'reported'
    GROUP BY brand, channel, source, event_name, campaign
    ORDER BY total DESC, source, campaign, event_name, brand, channel LIMIT ?"""


class SendsReading(SqlBase):
    """What is counted."""

    def sends(self, since_day: int) -> tuple[Sends, ...]:
        return tuple(
            Sends(
                day=day,
                brand=brand,
                channel=channel,
                way=way,
                source=source,
                event=event,
                count=count,
            )
            for day, brand, channel, way, source, event, count in self._db.rows(SENDS, since_day)
        )

    def told_of(self, since_day: int, limit: int) -> tuple[Sends, ...]:
        return tuple(
            Sends(
                day=day,
                brand=brand,
                channel=channel,
                way="reported",
                source=source,
                event=event,
                campaign=campaign,
                count=count,
            )
            for day, brand, channel, source, event, campaign, count in self._db.rows(
                TOLD_OF, since_day, limit
            )
        )

    def sends_held(self, since_day: int, until_day: int) -> tuple[Sends, ...]:
        sql = """SELECT day, brand, channel, CAST(SUM(n) AS BIGINT) FROM sends
            WHERE day >= ? AND day < ? AND way = 'held'
            GROUP BY day, brand, channel ORDER BY day, brand, channel"""
        return tuple(
            Sends(day=int(day), brand=brand, channel=channel, way="held", count=int(count))
            for day, brand, channel, count in self._db.rows(sql, since_day, until_day)
        )


class SendsWriting(SendsReading):
    """What adds to it."""

    def add_sends(self, sends: Sequence[Sends]) -> None:
        more: Counter[Row] = Counter()
        for it in sends:
            more[
                it.day,
                it.brand,
                it.channel,
                it.way,
                it.message_class,
                it.source,
                it.event,
                it.campaign,
            ] += it.count
        slot = self._db.slot() if more else 0
        rows: list[Row] = [(*key, slot, more[key]) for key in sorted(more) if more[key]]
        self._db.put("sends", f"{KEY} n", rows, _ADD)
