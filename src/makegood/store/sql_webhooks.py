"""Webhook endpoints and their log by SQL."""

from collections.abc import Sequence

import msgspec
from msgspec.structs import replace as changed

from makegood.ports.webhooks import Delivery, Endpoint
from makegood.store.session import replace
from makegood.store.shapes import NEVER, pack
from makegood.store.sql_customers import SqlBase

FORGOTTEN = 20  # old ones for each new one: the log shrinks faster than it grows
_ENDPOINT = "endpoint row_blob"
_DELIVERY = "endpoint notice at_ms row_blob"
_unpack_endpoint = msgspec.msgpack.Decoder(Endpoint).decode
_unpack_delivery = msgspec.msgpack.Decoder(Delivery).decode
_FORGET = """DELETE FROM delivery WHERE seq IN (
    SELECT seq FROM delivery WHERE at_ms < ? ORDER BY at_ms LIMIT ?)"""


class WebhookReading(SqlBase):
    """The endpoints, and the log of each."""

    def endpoints(self) -> tuple[Endpoint, ...]:
        found = self._db.rows("SELECT row_blob FROM webhook ORDER BY endpoint")
        return tuple(_unpack_endpoint(row[0]) for row in found)

    def endpoint(self, endpoint: str) -> Endpoint | None:
        found = self._db.rows("SELECT row_blob FROM webhook WHERE endpoint = ?", endpoint)
        return _unpack_endpoint(found[0][0]) if found else None

    def deliveries(
        self, endpoint: str, before: int, limit: int, notice: str = ""
    ) -> tuple[Delivery, ...]:
        only = " AND notice = ?" if notice else ""
        sql = f"SELECT seq, row_blob FROM delivery WHERE endpoint = ?{only} AND seq < ?"
        values = (endpoint, notice) if notice else (endpoint,)
        found = self._db.rows(f"{sql} ORDER BY seq DESC LIMIT ?", *values, before or NEVER, limit)
        return tuple(changed(_unpack_delivery(blob), place=seq) for seq, blob in found)


class WebhookWriting(WebhookReading):
    """What changes them."""

    def put_endpoint(self, row: Endpoint) -> None:
        self._db.put("webhook", _ENDPOINT, [(row.id, pack(row))], replace(_ENDPOINT, "endpoint"))

    def drop_endpoint(self, endpoint: str) -> bool:
        self._db.run("DELETE FROM delivery WHERE endpoint = ?", endpoint)
        return self._db.changed("DELETE FROM webhook WHERE endpoint = ?", endpoint) == 1

    def put_deliveries(self, rows: Sequence[Delivery], forget_before_ms: int) -> None:
        values = [(row.endpoint, row.notice, row.at_ms, pack(row)) for row in rows]
        self._db.put("delivery", _DELIVERY, values, "DO NOTHING")
        self._db.run(_FORGET, forget_before_ms, FORGOTTEN * len(rows))
