"""What speaks for a pair and what against it: comparison by comparison, with values and weight."""

from collections.abc import Iterator, Mapping, Sequence

import duckdb
import pyarrow as pa
from msgspec import Struct

from makegood.linkage.bands import AGAINST, AGREES, NEAR, UNKNOWN, Guest, Pair
from makegood.linkage.comparing import SIGNS, Compared
from makegood.linkage.guests import COUNTS, LISTS, TEXTS, ask
from makegood.linkage.plan import FIELDS
from makegood.ports.links import Evidence

_STRONG = {"birth": 1, "mail": 1, "phone": 1, "number": 1, "given": 4, "surname": 1, "address": 2}
"""How many of the first levels of a comparison count as agreement."""


class Tables(Struct, frozen=True, kw_only=True):
    """Where things are.

    Attributes:
        scored: Table of the model.
        of: Those of the lists.
        compared: The comparisons.
    """

    scored: str
    of: tuple[str, ...]
    compared: tuple[Compared, ...]


def pairs_of(con: duckdb.DuckDBPyConnection, tables: Tables) -> Iterator[Pair]:
    """Give every scored pair with the signs of its comparisons."""
    names = [one.name for one in tables.compared]
    sql = f"{_joined(tables)} SELECT match_probability, match_weight, source_dataset_l, "
    sql += "unique_id_l, source_dataset_r, unique_id_r"
    for one in tables.compared:
        sql += f", {_level_of(one)}"
    sql += "".join(f", coalesce({when}, false)" for when in SIGNS.values())
    rows = ask(con, f"{sql} FROM joined ORDER BY match_weight DESC, unique_id_l, unique_id_r")
    for chance, bits, list_l, id_l, list_r, id_r, *said in rows:
        levels, further = said[: len(names)], said[len(names) :]
        yield Pair(
            left=(list_l, id_l),
            right=(list_r, id_r),
            probability=chance,
            bits=bits,
            signs={
                name: _sign(name, level, len(one.levels))
                for name, level, one in zip(names, levels, tables.compared, strict=True)
            }
            | {name: AGREES for name, holds in zip(SIGNS, further, strict=True) if holds},
        )


def _sign(name: str, level: int, levels: int) -> str:
    """Read a level: -1 not known, from 0 the levels in their order, last of all another value."""
    if level < 0:
        return UNKNOWN
    if level < _STRONG.get(name, 1):
        return AGREES
    return AGAINST if level == levels else NEAR


def evidence_for(
    con: duckdb.DuckDBPyConnection, tables: Tables, wanted: Sequence[tuple[Guest, Guest]]
) -> Mapping[tuple[Guest, Guest], tuple[Evidence, ...]]:
    """Give the evidence of pairs, field by field, with what the lists say."""
    _put_wanted(con, wanted)
    weights = ", ".join(_weight_of(one) for one in tables.compared)
    levels = ", ".join(_level_of(one) for one in tables.compared)
    sql = (
        f"{_joined(tables)} SELECT joined.source_dataset_l, joined.unique_id_l, "
        f"joined.source_dataset_r, joined.unique_id_r, {levels}, {weights} FROM joined "
        "JOIN _wanted w ON w.list_l = joined.source_dataset_l AND w.id_l = joined.unique_id_l "
        "AND w.list_r = joined.source_dataset_r AND w.id_r = joined.unique_id_r"
    )
    rows = ask(con, sql)
    said = _said(con, tables)
    found: dict[tuple[Guest, Guest], tuple[Evidence, ...]] = {}
    count = len(tables.compared)
    for list_l, id_l, list_r, id_r, *rest in rows:
        left, right = (list_l, id_l), (list_r, id_r)
        values = zip(tables.compared, rest[:count], rest[count:], strict=True)
        found[left, right] = tuple(
            _evidence(one, level, bits, said[left], said[right]) for one, level, bits in values
        )
    return found


def _evidence(
    one: Compared, level: int, bits: float, left: Mapping[str, str], right: Mapping[str, str]
) -> Evidence:
    words = [*(it.says for it in one.levels), one.otherwise[0]]
    mine, theirs = _shown(one, left), _shown(one, right)
    says = words[level] if level >= 0 else ""
    if level < 0 and mine and theirs:
        says = "cannot be compared, or belongs to more than three guests: says nothing"
    return Evidence(title=one.title, left=mine, right=theirs, says=says, bits=round(bits, 2))


def _shown(one: Compared, said: Mapping[str, str]) -> str:
    fields = one.shown
    if one.name in ("given", "surname") and not said.get(one.name):
        fields = ("name",)
    return ", ".join(said[name] for name in fields if said.get(name))


def _said(con: duckdb.DuckDBPyConnection, tables: Tables) -> Mapping[Guest, Mapping[str, str]]:
    """Give what the lists say of the guests of pairs, as it is written there."""
    found: dict[Guest, Mapping[str, str]] = {}
    columns = ", ".join(FIELDS)
    for table in tables.of:
        sql = f"SELECT unique_id, {columns} FROM {table}_shown WHERE unique_id IN "
        sql += "(SELECT id_l FROM _wanted WHERE list_l = ? UNION "
        sql += "SELECT id_r FROM _wanted WHERE list_r = ?)"
        for id_, *values in ask(con, sql, table, table):
            found[table, id_] = dict(zip(FIELDS, values, strict=True))
    return found


def _put_wanted(con: duckdb.DuckDBPyConnection, wanted: Sequence[tuple[Guest, Guest]]) -> None:
    columns: dict[str, list[str]] = {name: [] for name in ("list_l", "id_l", "list_r", "id_r")}
    for left, right in wanted:
        for name, value in zip(columns, (*left, *right), strict=True):
            columns[name].append(value)
    schema = pa.schema([(name, pa.string()) for name in columns])
    con.register("_given", pa.Table.from_pydict(columns, schema=schema))
    ask(con, "CREATE OR REPLACE TABLE _wanted AS SELECT * FROM _given")
    con.unregister("_given")


def _joined(tables: Tables) -> str:
    """Join the scores with the cleaned rows of both sides, so that levels can be told."""
    every = " UNION ALL ".join(f"SELECT '{table}' AS list, * FROM {table}" for table in tables.of)
    sides = ", ".join(
        f"{side}.{name} AS {name}_{side}"
        for name in (*TEXTS[1:], *LISTS, *COUNTS)
        for side in ("l", "r")
    )
    return (
        f"WITH every AS ({every}), joined AS (SELECT s.*, {sides} FROM {tables.scored} s "
        "JOIN every l ON l.list = s.source_dataset_l AND l.unique_id = s.unique_id_l "
        "JOIN every r ON r.list = s.source_dataset_r AND r.unique_id = s.unique_id_r)"
    )


def _level_of(one: Compared) -> str:
    """Give SQL for the level at which two values are alike."""
    levels = " ".join(f"WHEN {level.when} THEN {n}" for n, level in enumerate(one.levels))
    return f"CASE WHEN {one.unknown} THEN -1 {levels} ELSE {len(one.levels)} END"


def _weight_of(one: Compared) -> str:
    by_term = any(level.by_term for level in one.levels)
    return f"mw_{one.name} + mw_tf_adj_{one.name}" if by_term else f"mw_{one.name}"
