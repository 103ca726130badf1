"""Probable links, by SQL."""

from collections.abc import Mapping, Sequence

import msgspec
from msgspec.structs import replace as replaced

from makegood.messages.ids import ProfileId
from makegood.ports.links import LinkPair, LinkRun, LinkStatus
from makegood.store.session import replace
from makegood.store.shapes import pack
from makegood.store.sql_customers import SqlBase

_pair = msgspec.msgpack.Decoder(LinkPair).decode
_run = msgspec.msgpack.Decoder(LinkRun).decode
_BEFORE = ""  # stands for the names of a pair that was written before they were kept
_COLUMNS = "pair status weight left_profile right_profile left_brand right_brand row_blob"


class LinkReading(SqlBase):
    """What is known of probable links."""

    def link_pairs(
        self,
        status: LinkStatus,
        *,
        brands: Sequence[str] = (),
        after: tuple[int, str] | None = None,
        limit: int = 50,
    ) -> tuple[LinkPair, ...]:
        sql = "SELECT row_blob FROM link_pair WHERE status = ?"
        given: list[str | int | Sequence[str]] = [status]
        if brands:
            sql += " AND left_brand = ANY(?) AND right_brand = ANY(?)"
            given += [list(brands), list(brands)]
        if after is not None:
            sql += " AND (weight < ? OR (weight = ? AND pair < ?))"
            given += [after[0], after[0], after[1]]
        found = self._db.rows(f"{sql} ORDER BY weight DESC, pair DESC LIMIT ?", *given, limit)
        return tuple(_pair(row[0]) for row in found)

    def links_by_id(self, ids: Sequence[str]) -> Mapping[str, LinkPair]:
        return self._links(ids, "")

    def _links(self, ids: Sequence[str], lock: str) -> Mapping[str, LinkPair]:
        if not ids:
            return {}
        sql = f"SELECT pair, row_blob FROM link_pair WHERE pair = ANY(?) ORDER BY pair{lock}"
        return {pair: _pair(blob) for pair, blob in self._db.rows(sql, sorted(set(ids)))}

    def links_of(self, profiles: Sequence[ProfileId]) -> tuple[LinkPair, ...]:
        if not profiles:
            return ()
        # Two searches by an index each; OR would read the whole table on SQLite.
        sql = (
            "SELECT pair, row_blob FROM link_pair WHERE left_profile = ANY(?) "
            "UNION ALL SELECT pair, row_blob FROM link_pair WHERE right_profile = ANY(?)"
        )
        rows = self._db.rows(sql, list(profiles), list(profiles))
        found: dict[str, bytes] = dict(rows)
        return tuple(_pair(found[pair]) for pair in sorted(found))

    def links_named(self, names: Sequence[ProfileId]) -> tuple[LinkPair, ...]:
        if not names:
            return ()
        sql = "SELECT DISTINCT pair FROM link_named WHERE name = ANY(?) ORDER BY pair"
        pairs = [row[0] for row in self._db.rows(sql, sorted({*names, _BEFORE}))]
        found = self._links(pairs, "")
        return tuple(found[pair] for pair in pairs if pair in found)

    def link_counts(self) -> Mapping[tuple[LinkStatus, str, str], int]:
        sql = (
            "SELECT status, left_brand, right_brand, count(*) FROM link_pair "
            "GROUP BY status, left_brand, right_brand"
        )
        return {(row[0], row[1], row[2]): row[3] for row in self._db.rows(sql)}

    def link_runs(self, limit: int) -> tuple[LinkRun, ...]:
        sql = "SELECT row_blob FROM link_run ORDER BY place DESC LIMIT ?"
        return tuple(_run(row[0]) for row in self._db.rows(sql, limit))


class LinkWriting(LinkReading):
    """What is learnt of probable links."""

    def put_links(self, rows: Sequence[LinkPair]) -> None:
        last = {row.id: row for row in rows}
        values = [
            (
                row.id, row.status, row.weight, row.left, row.right, row.left_brand,
                row.right_brand, pack(row),
            )
            for _, row in sorted(last.items())
        ]  # fmt: skip
        self._db.put("link_pair", _COLUMNS, values, replace(_COLUMNS, "pair"))
        self._forget_names(sorted(last))
        names = [(name, row.id) for row in last.values() for name in sorted(set(row.named))]
        if names:
            self._db.put("link_named", "name pair", sorted(names), "(name, pair) DO NOTHING")

    def _forget_names(self, ids: Sequence[str]) -> None:
        if ids:
            self._db.changed("DELETE FROM link_named WHERE pair = ANY(?)", list(ids))

    def lock_links(self, ids: Sequence[str]) -> Mapping[str, LinkPair]:
        return self._links(ids, "" if self._db.is_alone else " FOR UPDATE")

    def drop_links(self, ids: Sequence[str]) -> int:
        self._forget_names(sorted(set(ids)))
        sql = "DELETE FROM link_pair WHERE pair = ANY(?)"
        return self._db.changed(sql, sorted(set(ids))) if ids else 0

    def put_link_run(self, row: LinkRun) -> LinkRun:
        last = self._db.rows("SELECT COALESCE(MAX(place), 0) FROM link_run")[0][0]
        numbered = replaced(row, run=last + 1)
        self.end_link_run(numbered)
        return numbered

    def end_link_run(self, row: LinkRun) -> None:
        values = [(row.run, pack(row))]
        self._db.put("link_run", "place row_blob", values, replace("place row_blob", "place"))
