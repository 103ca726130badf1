"""What is said in public, by SQL."""

from collections.abc import Mapping, Sequence

import msgspec

from makegood.messages.ids import ProfileId
from makegood.ports.voice import Handle, HeardTo, Post, VoiceCode, VoiceCount, forgotten
from makegood.store.session import replace
from makegood.store.shapes import pack
from makegood.store.sql_customers import SqlBase

POST = (
    "post source brand language handle reply_to profile standing slot rank at_ms target_ms "
    "breach_ms late_ms answered_ms fetch_ms heard_ms prunable row_blob weighed"
)
_HANDLE, _CODE, _HEARD = "handle profile row_blob", "code profile row_blob", "source row_blob"
_unpack = msgspec.msgpack.Decoder(Post).decode
_unpack_handle = msgspec.msgpack.Decoder(Handle).decode
_unpack_code = msgspec.msgpack.Decoder(VoiceCode).decode
_unpack_heard = msgspec.msgpack.Decoder(HeardTo).decode
_COUNTS = """
    SELECT source, brand, language, SUM(late_heard), SUM(1 - late_heard),
        SUM(CASE WHEN late_heard = 0 AND answered_ms > 0 THEN 1 ELSE 0 END),
        SUM(CASE WHEN late_heard = 0 AND answered_ms > 0 AND answered_ms <= breach_ms
            THEN 1 ELSE 0 END),
        SUM(CASE WHEN late_heard = 0 AND answered_ms > 0 AND answered_ms <= target_ms
            THEN 1 ELSE 0 END)
    FROM (SELECT source, brand, language, answered_ms, breach_ms, target_ms,
            CASE WHEN breach_ms <= heard_ms THEN 1 ELSE 0 END AS late_heard
        FROM public_post WHERE breach_ms > ? AND breach_ms <= ?
            AND standing IN ('waiting', 'answered', 'gone', 'pruned')) due
    GROUP BY source, brand, language ORDER BY source, brand, language"""


class VoiceReading(SqlBase):
    """Posts, handles, codes, and how far sources were heard."""

    def posts(self, posts: Sequence[str]) -> Mapping[str, Post]:
        if not posts:
            return {}
        sql = "SELECT post, row_blob FROM public_post WHERE post = ANY(?)"
        return {post: _unpack(blob) for post, blob in self._db.rows(sql, sorted(set(posts)))}

    def posts_listed(
        self,
        *,
        brands: Sequence[str] = (),
        after: tuple[int, int, str] | None = None,
        limit: int = 20,
    ) -> tuple[Post, ...]:
        sql = (
            "SELECT row_blob FROM public_post WHERE standing <> 'ours' "
            "AND standing NOT IN ('erased', 'pruned')"
        )
        theirs = " AND brand = ANY(?)" if brands else ""
        later = " AND (slot, rank, post) > (?, ?, ?)" if after else ""
        found = self._db.rows(
            f"{sql}{theirs}{later} ORDER BY slot, rank, post LIMIT ?",
            *((sorted(set(brands)),) if brands else ()),
            *(after or ()),
            limit,
        )
        return tuple(_unpack(row[0]) for row in found)

    def posts_of(self, profiles: Sequence[ProfileId], limit: int = 20) -> tuple[Post, ...]:
        if not profiles:
            return ()
        found = self._db.rows(
            "SELECT row_blob FROM public_post WHERE profile <> '' AND profile = ANY(?) "
            "ORDER BY at_ms DESC, post DESC LIMIT ?",
            sorted(set(profiles)),
            limit,
        )
        return tuple(_unpack(row[0]) for row in found)

    def posts_by(self, handle: str, limit: int = 200) -> tuple[Post, ...]:
        found = self._db.rows(
            "SELECT row_blob FROM public_post WHERE handle = ? "
            "ORDER BY at_ms DESC, post DESC LIMIT ?",
            handle,
            limit,
        )
        return tuple(_unpack(row[0]) for row in found)

    def replies_of_ours(self, posts: Sequence[str]) -> tuple[Post, ...]:
        if not posts:
            return ()
        found = self._db.rows(
            "SELECT row_blob FROM public_post WHERE standing = 'ours' AND reply_to = ANY(?) "
            "ORDER BY at_ms, post",
            sorted(set(posts)),
        )
        return tuple(_unpack(row[0]) for row in found)

    def late_posts(self, now_ms: int, limit: int) -> tuple[Post, ...]:
        found = self._db.rows(
            "SELECT row_blob FROM public_post WHERE late_ms > 0 AND late_ms <= ? "
            "ORDER BY late_ms, post LIMIT ?",
            now_ms,
            limit,
        )
        return tuple(_unpack(row[0]) for row in found)

    def posts_to_fetch(self, now_ms: int, limit: int) -> tuple[Post, ...]:
        found = self._db.rows(
            "SELECT row_blob FROM public_post WHERE fetch_ms > 0 AND fetch_ms <= ? "
            "ORDER BY fetch_ms, post LIMIT ?",
            now_ms,
            limit,
        )
        return tuple(_unpack(row[0]) for row in found)

    def voice_counts(self, since_ms: int, until_ms: int) -> tuple[VoiceCount, ...]:
        return tuple(
            VoiceCount(
                source=source, brand=brand, language=language, posts=int(posts),
                answered=int(answered), not_late=int(not_late), in_time=int(in_time),
                heard_late=int(late),
            )
            for source, brand, language, late, posts, answered, not_late, in_time in self._db.rows(
                _COUNTS, since_ms, until_ms
            )
        )  # fmt: skip

    def brands_to_prune(self) -> tuple[str, ...]:
        sql = "SELECT DISTINCT brand FROM public_post WHERE prunable > 0 ORDER BY brand"
        return tuple(row[0] for row in self._db.rows(sql))

    def posts_to_prune(self, brand: str, before_ms: int, limit: int) -> tuple[Post, ...]:
        found = self._db.rows(
            "SELECT row_blob FROM public_post WHERE prunable > 0 AND brand = ? AND heard_ms < ? "
            "ORDER BY heard_ms, post LIMIT ?",
            brand,
            before_ms,
            limit,
        )
        return tuple(_unpack(row[0]) for row in found)

    def heard_to(self) -> Mapping[str, HeardTo]:
        found = self._db.rows("SELECT source, row_blob FROM heard_to ORDER BY source")
        return {source: _unpack_heard(blob) for source, blob in found}

    def handles(self, handles: Sequence[str]) -> Mapping[str, Handle]:
        if not handles:
            return {}
        sql = "SELECT handle, row_blob FROM public_handle WHERE handle = ANY(?)"
        found = self._db.rows(sql, sorted(set(handles)))
        return {handle: _unpack_handle(blob) for handle, blob in found}

    def voice_codes(self, codes: Sequence[str]) -> Mapping[str, VoiceCode]:
        if not codes:
            return {}
        sql = "SELECT code, row_blob FROM public_code WHERE code = ANY(?)"
        return {code: _unpack_code(blob) for code, blob in self._db.rows(sql, sorted(set(codes)))}


class VoiceWriting(VoiceReading):
    """Keeping, answering, matching and forgetting them."""

    def put_post(self, row: Post) -> bool:
        return self._db.put_new("public_post", POST, [_values(row)], "(post) DO NOTHING") > 0

    def change_post(self, post: str) -> Post | None:
        # An update that changes nothing locks the row on both engines.
        found = self._db.rows(
            "UPDATE public_post SET rank = rank WHERE post = ? RETURNING row_blob", post
        )
        return _unpack(found[0][0]) if found else None

    def save_post(self, row: Post) -> None:
        self._db.put("public_post", POST, [_values(row)], replace(POST, "post"))

    def erase_posts(self, profiles: Sequence[ProfileId]) -> int:
        if not profiles:
            return 0
        wanted = sorted(set(profiles))
        found = self._db.rows(
            "DELETE FROM public_post WHERE (profile <> '' AND profile = ANY(?)) OR handle IN "
            "(SELECT handle FROM public_handle WHERE profile = ANY(?)) RETURNING post",
            wanted,
            wanted,
        )
        self._db.run("DELETE FROM public_handle WHERE profile = ANY(?)", wanted)
        self._db.run("DELETE FROM public_code WHERE profile = ANY(?)", wanted)
        return self._gone(found)

    def prune_posts(self, rows: Sequence[Post], files: Sequence[str]) -> None:
        if rows:
            values = [_values(row) for row in rows]
            self._db.put("public_post", POST, values, replace(POST, "post"))
            gone = sorted(row.post for row in rows)
            self._db.run("DELETE FROM words_waiting WHERE item = ANY(?)", gone)
        if files:
            names = [(one,) for one in files]
            self._db.put("letter_gone", "letter", names, "(letter) DO NOTHING")

    def erase_handle(self, handle: str) -> int:
        found = self._db.rows("DELETE FROM public_post WHERE handle = ? RETURNING post", handle)
        self._db.run("DELETE FROM public_handle WHERE handle = ?", handle)
        return self._gone(found)

    def _gone(self, found: Sequence[Sequence[str]]) -> int:
        """Remember that the files of what is forgotten have to go, as those of letters do."""
        self._db.put("letter_gone", "letter", [(row[0],) for row in found], "(letter) DO NOTHING")
        for row in found:
            self.save_post(forgotten(row[0]))
        if found:
            gone = sorted(row[0] for row in found)
            self._db.run("DELETE FROM advertised_post WHERE post = ANY(?)", gone)
            self._db.run("DELETE FROM weighed_case WHERE post = ANY(?)", gone)
            self._db.run("DELETE FROM triage WHERE letter = ANY(?)", gone)
            self._db.run("DELETE FROM words_waiting WHERE item = ANY(?)", gone)
        return len(found)

    def change_heard_to(self, source: str) -> HeardTo:
        fresh = HeardTo(source=source)
        self._db.put_new("heard_to", _HEARD, [(source, pack(fresh))], "(source) DO NOTHING")
        found = self._db.rows(
            "UPDATE heard_to SET source = source WHERE source = ? RETURNING row_blob", source
        )
        return _unpack_heard(found[0][0])

    def put_heard_to(self, row: HeardTo) -> None:
        self._db.put("heard_to", _HEARD, [(row.source, pack(row))], replace(_HEARD, "source"))

    def put_handle(self, row: Handle) -> None:
        values = (row.handle, row.profile, pack(row))
        self._db.put("public_handle", _HANDLE, [values], replace(_HANDLE, "handle"))

    def drop_handle(self, handle: str) -> tuple[str, ...]:
        self._db.run("DELETE FROM public_handle WHERE handle = ?", handle)
        sql = "SELECT post FROM public_post WHERE handle = ? AND profile <> '' ORDER BY post"
        return tuple(row[0] for row in self._db.rows(sql, handle))

    def put_voice_code(self, row: VoiceCode) -> None:
        values = (row.code, row.profile, pack(row))
        self._db.put("public_code", _CODE, [values], replace(_CODE, "code"))


def _values(row: Post) -> tuple[object, ...]:
    slot, rank, _ = row.place
    return (
        row.post, row.source, row.brand, row.language, row.handle, row.reply_to,
        row.profile, row.state, slot, rank, row.at_ms, row.target_ms,
        row.breach_ms, row.late_ms, row.answered_ms, row.fetch_ms, row.heard_ms,
        int(row.is_prunable), pack(row), "",
    )  # fmt: skip
