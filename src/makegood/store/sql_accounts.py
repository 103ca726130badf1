"""Accounts, their parties and agreements, by SQL."""

from collections.abc import Mapping, Sequence

import msgspec

from makegood.messages.agreements import Agreement
from makegood.messages.ids import AccountId, AgreementId, ProfileId, RepId
from makegood.ports.accounts import Account, AtHand, Party, Role, Standing
from makegood.store.session import Value, replace
from makegood.store.shapes import LAST_CHARACTER, OWNER, pack
from makegood.store.sql_customers import SqlBase

MOST = 200  # rows of a page; nobody reads more at once
_account = msgspec.msgpack.Decoder(Account).decode
_party = msgspec.msgpack.Decoder(Party).decode
_agreement = msgspec.msgpack.Decoder(Agreement).decode
TALK = "talk:"
AT_HAND = """SELECT name, CAST(sum(amount) AS BIGINT) FROM tally
    WHERE name >= ? AND name < ? GROUP BY name
    UNION ALL SELECT 'talk:' || rep, count(*) FROM tie
    WHERE kind = 'talk' AND rep > '' GROUP BY rep
    UNION ALL SELECT '', CASE WHEN EXISTS (SELECT 1 FROM account) THEN 1 ELSE 0 END"""
KEEPS = "keeps:"
# A pseudonym has no colon; what stands after it is the rep.
KEPT = """ UNION ALL SELECT 'keeps:' || it.profile || ':' || own.owner, max(own.opened_ms)
    FROM profile it CROSS JOIN cases own
    WHERE it.profile = ANY(?) AND own.customer = it.customer AND own.is_open = 1
    AND own.owner > '' GROUP BY it.profile, own.owner"""
# CROSS JOIN, because SQLite then keeps this order and searches; PostgreSQL orders as it likes.
STANDING = """
    WITH own (wanted, customer, profile) AS (
        SELECT it.profile, it.customer, theirs.profile FROM profile it CROSS JOIN profile theirs
        WHERE it.profile = ANY(?) AND theirs.customer = it.customer
    ), meant (wanted, profile) AS (
        SELECT wanted, profile FROM own
        UNION SELECT profile, profile FROM party WHERE profile = ANY(?)
        UNION SELECT own.wanted, l.lookup FROM own CROSS JOIN lookup l
        WHERE l.profile = own.profile AND NOT EXISTS (
            SELECT 1 FROM lookup o CROSS JOIN profile p WHERE o.lookup = l.lookup
            AND p.profile = o.profile AND p.customer <> own.customer)
    ), mine (wanted, account, row_blob) AS (
        SELECT meant.wanted, p.account, p.row_blob FROM meant CROSS JOIN party p
        WHERE p.profile = meant.profile
    ), theirs (account) AS (
        SELECT account FROM mine UNION SELECT account FROM account WHERE account = ANY(?)
    )
    SELECT 'role', wanted, row_blob FROM mine
    UNION ALL SELECT 'other', p.account, p.row_blob FROM theirs CROSS JOIN party p
        WHERE p.account = theirs.account AND p.role IN ('pays', 'told')
    UNION ALL SELECT 'account', a.account, a.row_blob FROM theirs CROSS JOIN account a
        WHERE a.account = theirs.account
    UNION ALL SELECT 'agreement', g.account, g.row_blob FROM theirs CROSS JOIN agreement g
        WHERE g.account = theirs.account"""

# What a brand may see: its own and the umbrella's, and what others' is honoured there.
SEEN = """ AND (brand = ANY(?)
    OR ((elsewhere = 0 OR ? > (SELECT count(*) FROM agreement_at n
            WHERE n.agreement = agreement.agreement AND n.honoured = 0 AND n.brand = ANY(?)))
        AND (elsewhere = 1 OR EXISTS (SELECT 1 FROM agreement_at n
            WHERE n.agreement = agreement.agreement AND n.honoured = 1 AND n.brand = ANY(?)
            AND NOT EXISTS (SELECT 1 FROM agreement_at t WHERE t.agreement = n.agreement
                AND t.honoured = 0 AND t.brand = n.brand)))))"""


class AccountReading(SqlBase):
    """What is known of accounts."""

    def at_hand(self, profiles: Sequence[ProfileId] = ()) -> AtHand:
        begins = (OWNER, f"{OWNER}{LAST_CHARACTER}")
        sql, asked = (f"{AT_HAND}{KEPT}", [sorted(set(profiles))]) if profiles else (AT_HAND, [])
        found: dict[str, int] = dict(self._db.rows(sql, *begins, *asked))
        has_accounts = bool(found.pop(""))
        return AtHand(
            open_cases=_by_rep(OWNER, found),
            has_accounts=has_accounts,
            talks=_by_rep(TALK, found),
            kept=_kept(found),
        )

    def standing_of(
        self, profiles: Sequence[ProfileId], named: Sequence[AccountId] = ()
    ) -> Standing:
        if not profiles and not named:
            return Standing()
        wanted = sorted(set(profiles))
        found: dict[str, dict[str, list[bytes]]] = {}
        for what, key, blob in self._db.rows(STANDING, wanted, wanted, sorted(set(named))):
            found.setdefault(what, {}).setdefault(key, []).append(blob)
        accounts = {key: blobs[0] for key, blobs in found.get("account", {}).items()}
        return Standing(
            roles={ProfileId(key): _parties(it) for key, it in found.get("role", {}).items()},
            accounts={AccountId(key): _account(blob) for key, blob in sorted(accounts.items())},
            agreements={
                AccountId(key): tuple(sorted(map(_agreement, blobs), key=lambda one: one.id))
                for key, blobs in found.get("agreement", {}).items()
            },
            others={AccountId(key): _parties(it) for key, it in found.get("other", {}).items()},
        )

    def account(self, wanted: AccountId) -> Account | None:
        return self.accounts_named([wanted]).get(wanted)

    def accounts(
        self, *, begins: str = "", after: AccountId | None = None, limit: int = 50
    ) -> tuple[Account, ...]:
        values: list[Value] = [after or ""]
        where = "account > ?"
        if word := begins.strip().casefold():
            where += (
                " AND account IN (SELECT account FROM account_key WHERE word >= ? AND word < ?)"
            )
            values += [word, word + LAST_CHARACTER]
        sql = f"SELECT row_blob FROM account WHERE {where} ORDER BY account LIMIT ?"
        return tuple(_account(row[0]) for row in self._db.rows(sql, *values, min(limit, MOST)))

    def accounts_named(self, wanted: Sequence[AccountId]) -> Mapping[AccountId, Account]:
        sql = "SELECT row_blob FROM account WHERE account = ANY(?)"
        found = self._db.rows(sql, list(wanted)) if wanted else []
        return {one.id: one for one in (_account(row[0]) for row in found)}

    def parties(
        self,
        account: AccountId,
        *,
        after: tuple[AccountId, ProfileId, Role, int] | None = None,
        limit: int = 50,
    ) -> tuple[Party, ...]:
        where, values = "account = ?", [account]
        more: list[Value] = []
        if after is not None:
            where += " AND (profile, role, from_ms) > (?, ?, ?)"
            more += after[1:]
        sql = f"SELECT row_blob FROM party WHERE {where} ORDER BY profile, role, from_ms LIMIT ?"
        found = self._db.rows(sql, *values, *more, min(limit, MOST))
        return tuple(_party(row[0]) for row in found)

    def agreement(self, wanted: AgreementId) -> Agreement | None:
        return self.agreements_named([wanted]).get(wanted)

    def agreements(
        self,
        *,
        account: AccountId | None = None,
        brands: Sequence[str] = (),
        after: AgreementId | None = None,
        limit: int = 50,
    ) -> tuple[Agreement, ...]:
        where, values = "agreement > ?", [after or ""]
        more: list[Value] = []
        if account is not None:
            where += " AND account = ?"
            more.append(account)
        if brands:
            where += SEEN
            own = list(brands)
            more += [[*own, ""], len(set(own)), own, own]
        sql = f"SELECT row_blob FROM agreement WHERE {where} ORDER BY agreement LIMIT ?"
        found = self._db.rows(sql, *values, *more, min(limit, MOST))
        return tuple(_agreement(row[0]) for row in found)

    def agreements_named(self, wanted: Sequence[AgreementId]) -> Mapping[AgreementId, Agreement]:
        sql = "SELECT row_blob FROM agreement WHERE agreement = ANY(?)"
        found = self._db.rows(sql, list(wanted)) if wanted else []
        return {one.id: one for one in (_agreement(row[0]) for row in found)}


class AccountWriting(AccountReading):
    """What changes it."""

    def put_accounts(self, rows: Sequence[Account]) -> None:
        last = {row.id: row for row in rows}
        if not last:
            return
        columns = "account row_blob"
        values = [(one.id, pack(one)) for one in last.values()]
        self._db.put("account", columns, values, replace(columns, "account"))
        self._db.run("DELETE FROM account_key WHERE account = ANY(?)", sorted(last))
        words = [(word, one.id) for one in last.values() for word in sorted(account_words(one))]
        self._db.put("account_key", "word account", words, "DO NOTHING")

    def put_parties(self, rows: Sequence[Party]) -> None:
        last = {row.key: (*row.key, pack(row)) for row in rows}
        columns, key = "account profile role from_ms row_blob", "account profile role from_ms"
        if last:
            self._db.put("party", columns, list(last.values()), replace(columns, key))

    def put_agreements(self, rows: Sequence[Agreement]) -> None:
        last = {row.id: row for row in rows}
        if not last:
            return
        columns = "agreement account brand elsewhere row_blob"
        values = [
            (it.id, it.account, it.brand, int(it.elsewhere), pack(it)) for it in last.values()
        ]
        self._db.put("agreement", columns, values, replace(columns, "agreement"))
        self._db.run("DELETE FROM agreement_at WHERE agreement = ANY(?)", sorted(last))
        at = [(it.id, *one) for it in last.values() for one in sorted(_named(it))]
        self._db.put("agreement_at", "agreement brand honoured", at, "DO NOTHING")

    def erase_persons(self, profiles: Sequence[ProfileId]) -> int:
        if not profiles:
            return 0
        wanted = sorted(set(profiles))
        self._db.run("DELETE FROM person_key WHERE profile = ANY(?)", wanted)
        return self._db.changed("DELETE FROM person WHERE profile = ANY(?)", wanted)

    def drop_parties(self, profiles: Sequence[ProfileId]) -> int:
        sql = "DELETE FROM party WHERE profile = ANY(?)"
        return self._db.changed(sql, sorted(set(profiles))) if profiles else 0


def account_words(row: Account) -> frozenset[str]:
    """Everything a search by prefix can begin with."""
    return frozenset(word.casefold() for word in (row.id, row.name, *row.name.split()) if word)


def _named(row: Agreement) -> set[tuple[str, int]]:
    """The brands that an agreement names, and whether it is honoured there."""
    lists = ((row.not_at, 0), (row.also_at, 1))
    return {
        (name.removeprefix("brand:"), honoured)
        for names, honoured in lists
        for name in names
        if name.startswith("brand:")
    }


def in_order(party: Party) -> tuple[str, str, str, int]:
    """The order of the parties of a profile or account."""
    return party.key


def _parties(blobs: Sequence[bytes]) -> tuple[Party, ...]:
    return tuple(sorted(set(map(_party, blobs)), key=in_order))


def _by_rep(begin: str, counts: Mapping[str, int]) -> dict[RepId, int]:
    """Take the counts of reps whose names begin so; of nobody, and of none, nothing is said."""
    found = {name.removeprefix(begin): int(n) for name, n in counts.items()
             if name.startswith(begin)}  # fmt: skip
    return {RepId(rep): n for rep, n in found.items() if rep and n}


def _kept(counts: Mapping[str, int]) -> dict[ProfileId, tuple[RepId, int]]:
    """Take who owns the open case of a profile; of several the one that was opened last."""
    kept: dict[ProfileId, tuple[RepId, int]] = {}
    for name, opened_ms in counts.items():
        if not name.startswith(KEEPS):
            continue
        profile, _, rep = name.removeprefix(KEEPS).partition(":")
        if opened_ms > kept.get(ProfileId(profile), ("", -1))[1]:
            kept[ProfileId(profile)] = (RepId(rep), int(opened_ms))
    return kept
