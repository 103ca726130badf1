"""The end of a history by SQL."""

from collections.abc import Sequence

from makegood.messages.events import Event, OrderKey, decode_event
from makegood.messages.ids import ProfileId
from makegood.store.session import Value
from makegood.store.sql_customers import ORDER, SqlBase

_LATEST = ", ".join(f"{name} DESC" for name in ORDER.split(", "))
_EARLIER = f"AND time_ms <= ? AND ({ORDER}) < (?, ?, ?, ?)"
_MOST_PARTS = 50  # more profiles than that are read together, and sorted


class HistoryReading(SqlBase):
    """What happened last."""

    def latest_events(
        self, profiles: Sequence[ProfileId], before: OrderKey | None, limit: int
    ) -> tuple[Event, ...]:
        whose = list(dict.fromkeys(profiles))
        if not whose:
            return ()
        # The first comparison is what the index can use; the second is the exact one.
        earlier = "" if before is None else _EARLIER
        bounds: list[Value] = [] if before is None else [before[0], *before]
        chosen = f"SELECT {ORDER}, event FROM log WHERE profile"
        values: list[Value] = []
        if len(whose) > _MOST_PARTS:
            found, values = f"{chosen} = ANY(?) {earlier}", [whose, *bounds]
        else:
            # Each by itself: then the index gives the last of each, and nothing else is sorted.
            part = f"SELECT * FROM ({chosen} = ? {earlier} ORDER BY {_LATEST} LIMIT ?) AS part"
            found = " UNION ALL ".join([part] * len(whose))
            for one in whose:
                values += [one, *bounds, limit]
        sql = f"SELECT event FROM ({found}) AS found ORDER BY {_LATEST} LIMIT ?"
        return tuple(decode_event(row[0]) for row in self._db.rows(sql, *values, limit))
