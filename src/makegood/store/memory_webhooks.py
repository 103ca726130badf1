"""Webhook endpoints and their log in the memory engine."""

from collections.abc import Sequence

from msgspec.structs import replace

from makegood.ports.webhooks import Delivery, Endpoint
from makegood.store.memory_reading import MemoryReading
from makegood.store.sql_webhooks import FORGOTTEN

LAST = "deliveries"


class MemoryWebhookReading(MemoryReading):
    """The endpoints, and the log of each."""

    def endpoints(self) -> tuple[Endpoint, ...]:
        return tuple(self._t.webhooks[id_] for id_ in sorted(self._t.webhooks))

    def endpoint(self, endpoint: str) -> Endpoint | None:
        return self._t.webhooks.get(endpoint)

    def deliveries(
        self, endpoint: str, before: int, limit: int, notice: str = ""
    ) -> tuple[Delivery, ...]:
        found = [
            one
            for place, one in sorted(self._t.deliveries.items(), reverse=True)
            if one.endpoint == endpoint
            and (not notice or one.notice == notice)
            and (not before or place < before)
        ]
        return tuple(found[:limit])


class MemoryWebhooks(MemoryWebhookReading):
    """What changes them."""

    def put_endpoint(self, row: Endpoint) -> None:
        self._t.webhooks[row.id] = row

    def drop_endpoint(self, endpoint: str) -> bool:
        for place in [n for n, one in self._t.deliveries.items() if one.endpoint == endpoint]:
            del self._t.deliveries[place]
        known = endpoint in self._t.webhooks
        if known:
            del self._t.webhooks[endpoint]
        return known

    def put_deliveries(self, rows: Sequence[Delivery], forget_before_ms: int) -> None:
        t = self._t
        for row in rows:
            place = int(t.settings.get(LAST, "0")) + 1
            t.settings[LAST] = str(place)
            t.deliveries[place] = replace(row, place=place)
        old = sorted(
            (one.at_ms, place)
            for place, one in t.deliveries.items()
            if one.at_ms < forget_before_ms
        )
        for _, place in old[: FORGOTTEN * len(rows)]:
            del t.deliveries[place]
