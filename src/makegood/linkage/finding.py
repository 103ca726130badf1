"""One run: lists in, candidates and their report out; nothing is written anywhere."""

from collections.abc import Callable, Mapping, Sequence
from contextlib import closing
from itertools import islice
from math import sqrt
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import TypeAlias

import duckdb
from msgspec import Struct

from makegood.linkage.bands import Guest, Pair, band
from makegood.linkage.evidence import Tables, evidence_for, pairs_of
from makegood.linkage.guests import Loaded, ask, count_names, load, prepare
from makegood.linkage.model import score
from makegood.linkage.plan import Plan
from makegood.messages.errors import InputError
from makegood.ports.links import Candidate, Evidence

Progress: TypeAlias = Callable[[str, int], None]
_EVIDENCE_PAGE = 20_000
_Z = 1.96  # 95 %


class Found(Struct, frozen=True, kw_only=True):
    """What a run found.

    Attributes:
        lists: What became of each list.
        sure: Pairs to be linked.
        asked: Pairs for people.
        precision: Estimated share of right ones among the sure: low, middle, high. It is the
            model's own reckoning; what people decide tells more.
        seen: Typed identifiers of all guests that were compared.
    """

    lists: tuple[Loaded, ...]
    sure: tuple[Candidate, ...]
    asked: tuple[Candidate, ...]
    precision: tuple[float, float, float]
    seen: frozenset[str] = frozenset()


def find(
    files: Mapping[str, Path],
    plan: Plan,
    tell: Progress,
    *,
    memory: str = "",
    threads: int = 0,
    with_evidence: bool = True,
) -> Found:
    """Find who is who.

    Args:
        files: List of the plan -> its file.
        plan: How lists are read, and the thresholds.
        tell: Told the stage and how far it is.
        memory: At most so much, as DuckDB writes it: "2GB"; what does not fit goes to disk.
        threads: At most so many; 0 for all.

    Raises:
        InputError: A list cannot be read, or fewer than two have guests.
    """
    # What does not fit into memory is personal data: it goes where nobody else reads.
    con = duckdb.connect(config={"autoinstall_known_extensions": "false"})
    with TemporaryDirectory(prefix="makegood-link-") as folder, closing(con):
        ask(con, "SET temp_directory = ?", folder)
        ask(con, "SET enable_progress_bar = false")
        if memory:
            ask(con, "SET memory_limit = ?", memory)
        if threads:
            ask(con, f"SET threads = {threads:d}")
        return _find(con, files, plan, tell, with_evidence=with_evidence)


def _find(
    con: duckdb.DuckDBPyConnection,
    files: Mapping[str, Path],
    plan: Plan,
    tell: Progress,
    *,
    with_evidence: bool,
) -> Found:
    prepare(con)
    loaded: list[Loaded] = []
    brands: dict[str, str] = {}  # by table
    for number, told in enumerate(one for one in plan.lists if one.id in files):
        table = f"guests_{number}"
        brands[table] = told.brand
        read = load(con, table, told, files[told.id], lambda n, _: tell("reading", n))
        loaded.append(read)
    if sum(one.kept > 0 for one in loaded) < 2:
        raise InputError("Fewer than two lists have guests that can be compared.")
    count_names(con, tuple(brands))
    tell("comparing", 0)
    scored = score(con, tuple(brands), plan.review_at, plan.search_without)
    where = Tables(scored=scored.table, of=tuple(brands), compared=scored.compared)
    tell("sorting", 0)
    sure, asked = band(tuple(pairs_of(con, where)), plan)
    known = _evidence(con, where, (*sure, *asked), tell) if with_evidence else {}
    return Found(
        lists=tuple(loaded),
        sure=tuple(_candidate(pair, brands, known) for pair in sure),
        asked=tuple(_candidate(pair, brands, known) for pair in asked),
        precision=_precision([pair.probability for pair in sure]),
        seen=frozenset(
            id_ for table in brands for (id_,) in ask(con, f"SELECT unique_id FROM {table}")
        ),
    )


def _evidence(
    con: duckdb.DuckDBPyConnection, where: Tables, pairs: Sequence[Pair], tell: Progress
) -> Mapping[tuple[Guest, Guest], tuple[Evidence, ...]]:
    found: dict[tuple[Guest, Guest], tuple[Evidence, ...]] = {}
    every = iter(pairs)
    while page := list(islice(every, _EVIDENCE_PAGE)):
        found |= evidence_for(con, where, [(pair.left, pair.right) for pair in page])
        tell("explaining", len(found))
    return found


def _candidate(
    pair: Pair,
    brands: Mapping[str, str],
    known: Mapping[tuple[Guest, Guest], tuple[Evidence, ...]],
) -> Candidate:
    return Candidate(
        left=pair.left[1],
        right=pair.right[1],
        left_brand=brands[pair.left[0]],
        right_brand=brands[pair.right[0]],
        probability=pair.probability,
        bits=pair.bits,
        is_sure=not pair.why,
        why=pair.why,
        evidence=known.get((pair.left, pair.right), ()),
    )


def _precision(chances: Sequence[float]) -> tuple[float, float, float]:
    """Give the mean of the model's probabilities, with the interval of their sum."""
    if not chances:
        return (0.0, 0.0, 0.0)
    count = len(chances)
    middle = sum(chances) / count
    half = _Z * sqrt(sum(it * (1 - it) for it in chances)) / count
    return (max(0.0, middle - half), middle, min(1.0, middle + half))
