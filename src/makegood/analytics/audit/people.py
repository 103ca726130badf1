"""Who is who in two exports: identifiers in their normal form, and rows that share one."""

from collections import defaultdict
from collections.abc import Iterable, Mapping

import polars as pl
from msgspec import Struct

from makegood.analytics.audit.exports import ROW
from makegood.analytics.audit.headings import WHO
from makegood.analytics.report.masking import masked
from makegood.messages.errors import InputError
from makegood.messages.identifiers import SHARED_ABOVE, normal

ONE_PROGRAMME = "any"  # loyalty numbers are of one programme unless written brand:number


class Named(Struct, frozen=True, kw_only=True):
    """The identifiers of some rows.

    Attributes:
        pairs: `row`, `identifier`; one line for each identifier of a row.
        without: Rows whose cells are all empty.
        malformed: Rows that have cells, but none of an identifier's form.
    """

    pairs: pl.DataFrame
    without: tuple[int, ...]
    malformed: tuple[int, ...]


class People(Struct, frozen=True, kw_only=True):
    """The customers of the failures file.

    Attributes:
        known: `identifier`, `customer`; a shared identifier has no customer.
        rows: `row`, `customer`; one line for each row that is somebody's.
        shared: Rows that have only identifiers of several people.
        names: Customer -> masked identifier.
    """

    known: pl.DataFrame
    rows: pl.DataFrame
    shared: tuple[int, ...]
    names: Mapping[int, str]


def name_rows(frame: pl.DataFrame) -> Named:
    """Read the identifiers of each row.

    Args:
        frame: `row` and any of the columns email, phone, user, loyalty.
    """
    fields = [field for field in WHO if field in frame.columns]
    read = frame.select(
        ROW,
        pl.any_horizontal(pl.col(field) != "" for field in fields).alias("has_any"),
        *(pl.Series(field, [_normal(field, cell) for cell in frame[field]], dtype=pl.String)
          for field in fields),
    )  # fmt: skip
    pairs = (
        read.unpivot(fields, index=ROW, value_name="identifier")
        .drop_nulls("identifier")
        .select(ROW, "identifier")
        .unique()
    )
    nameless = read.filter(pl.all_horizontal(pl.col(field).is_null() for field in fields))
    return Named(
        pairs=pairs,
        without=tuple(nameless.filter(~pl.col("has_any"))[ROW]),
        malformed=tuple(nameless.filter("has_any")[ROW]),
    )


def _normal(field: str, cell: str) -> str | None:
    if not cell:
        return None
    is_bare = field == "loyalty" and ":" not in cell
    try:
        return normal(f"{field}:{ONE_PROGRAMME}:{cell}" if is_bare else f"{field}:{cell}")
    except InputError:
        return None


def link(pairs: pl.DataFrame) -> People:
    """Make customers out of the rows of the failures file.

    Two rows that share an identifier are one customer. An e-mail address or phone that stands
    with more than three user ids belongs to a household or an agency and joins nobody.
    """
    shared = _shared(pairs)
    own = pairs.join(shared, on="identifier", how="anti")
    groups = own.group_by(ROW).agg("identifier")
    customer_of = _joined(groups["identifier"].to_list())
    known = pl.DataFrame(
        {"identifier": list(customer_of), "customer": list(customer_of.values())},
        schema={"identifier": pl.String, "customer": pl.UInt32},
    )
    rows = own.join(known, on="identifier").select(ROW, "customer").unique()
    nobody = shared.with_columns(customer=pl.lit(None, dtype=pl.UInt32))
    only_shared = pairs.select(ROW).unique().join(rows, on=ROW, how="anti")
    return People(
        known=pl.concat([known, nobody]),
        rows=rows,
        shared=tuple(only_shared[ROW].sort()),
        names={customer: masked(name) for name, customer in sorted(customer_of.items())[::-1]},
    )


def _shared(pairs: pl.DataFrame) -> pl.DataFrame:
    is_user = pl.col("identifier").str.starts_with("user:")
    users = pairs.filter(is_user).rename({"identifier": "user"})
    return (
        pairs.filter(pl.col("identifier").str.contains("^(email|phone):"))
        .join(users, on=ROW)
        .group_by("identifier")
        .agg(pl.col("user").n_unique().alias("users"))
        .filter(pl.col("users") > SHARED_ABOVE)
        .select("identifier")
    )


def _joined(groups: Iterable[list[str]]) -> dict[str, int]:
    """Number the groups of identifiers that hang together (union-find)."""
    parent: dict[str, str] = {}

    def root(name: str) -> str:
        while parent[name] != name:
            parent[name] = parent[parent[name]]
            name = parent[name]
        return name

    for names in groups:
        for name in names:
            parent.setdefault(name, name)
            first, other = root(names[0]), root(name)
            parent[max(first, other)] = min(first, other)
    members: defaultdict[str, list[str]] = defaultdict(list)
    for name in parent:
        members[root(name)].append(name)
    return {name: number for number, one in enumerate(sorted(members)) for name in members[one]}
