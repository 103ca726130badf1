"""Which tables and columns there are after so many steps of the schema."""

import re
from functools import cache

from makegood.store.schema import STEPS

_CREATED = re.compile(r"CREATE TABLE (\w+) \((.*)\)", re.DOTALL)
_ADDED = re.compile(r"ALTER TABLE (\w+) ADD COLUMN (\w+)")
_DROPPED = re.compile(r"DROP TABLE (?:IF EXISTS )?(\w+)")
_COLUMN = re.compile(r"^\s*(\w+) (?:TEXT|BIGINT|BLOB)\b", re.MULTILINE)


@cache
def columns_at(version: int) -> dict[str, tuple[str, ...]]:
    """Give the columns of each table, in the order in which an archive has them."""
    tables: dict[str, tuple[str, ...]] = {"meta": ("name", "words")}
    for statement in (one for step in STEPS[:version] for one in step):
        if found := _CREATED.match(statement):
            # One column a line, or all of them on one.
            listed = found[2].replace(", ", ",\n")
            tables[found[1]] = tuple(_COLUMN.findall(listed))
        elif found := _ADDED.match(statement):
            tables[found[1]] = (*tables[found[1]], found[2])
        elif found := _DROPPED.match(statement):
            tables.pop(found[1], None)
    return tables
