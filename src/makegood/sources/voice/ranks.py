"""What a rank tool exports: which page stands at which place for which query, on which day.

A table with a head, whose columns are named; or the JSON of SerpApi as it comes.
Source: serpapi.com/organic-results (`organic_results` with `position`, `link` and `title`);
developers.google.com/webmaster-tools/search-console-api-original/v3/how-tos/all-your-data (the
dimensions `query`, `page`, `country` and `date`, and `position`: a mean, and of the firm's own
pages alone).
"""

import math
import re
from collections.abc import Iterator, Mapping
from datetime import date, datetime
from typing import Any, BinaryIO

import msgspec
from msgspec import Struct

from makegood.messages.errors import InputError
from makegood.playbooks.searches import host_of
from makegood.sources.limits import writable
from makegood.sources.voice.heard import link, word
from makegood.sources.voice.tables import Rows

FIELDS = ("query", "engine", "market", "day", "place", "url", "title")
NEEDED = ("query", "day", "place", "url")
EXPORTS: Mapping[str, Mapping[str, str]] = {
    "plain": {name: name for name in FIELDS},
    "search-console": {
        "query": "query", "day": "date", "market": "country", "place": "position", "url": "page",
    },
}  # fmt: skip
"""Column of each field, by the name of an export."""
ENGINES = {"search-console": "google search console", "plain": "google", "serpapi": "google"}
SERPAPI = "serpapi"
MOST_ROWS = 1_000_000
MOST_PLACES = 100
_MOST_JSON = 64 * 1024 * 1024
_LONGEST_URL = 1_500  # bytes: it is part of a key
_EPOCH = date(1970, 1, 1).toordinal()
_DAY, _DIGITS = 8, 10
_THOUSANDS = re.compile(r"[0-9]{1,3}(,[0-9]{3})+")


class Ranked(Struct, frozen=True, gc=False, kw_only=True):
    """A page at a place.

    Attributes:
        day: In days since 1970.
    """

    query: str
    engine: str
    market: str
    day: int
    place: int
    url: str
    title: str = ""


class Wrong(Struct, frozen=True, kw_only=True):
    """A row that cannot be taken.

    Attributes:
        line: Where it ends, from 1; of JSON, which result it is.
        why: What is wrong with it.
        record: As it came.
    """

    line: int
    why: str
    record: str


def columns_of(export: str, changed: Mapping[str, str]) -> Mapping[str, str]:
    """Give the columns of an export, with what somebody said otherwise.

    Raises:
        InputError: There is no such export, or no such field.
    """
    if export not in EXPORTS:
        known = ", ".join((*sorted(EXPORTS), SERPAPI))
        raise InputError(f"There is no export `{export}`; there are {known}.")
    for name in changed:
        if name not in FIELDS:
            raise InputError(f"`{name}` is no field of a result; there are {', '.join(FIELDS)}.")
    return {**EXPORTS[export], **changed}


def read_ranks(
    content: BinaryIO, columns: Mapping[str, str], said: Mapping[str, str], today: int
) -> Iterator[Ranked | Wrong]:
    """Read a table row by row, however long it is.

    Args:
        content: The table.
        columns: Of each field.
        said: What holds for all rows whose table has no column for it.
        today: In days since 1970; nothing is known of later days.

    Raises:
        InputError: It is no such table; says which column is missing.
    """
    rows = Rows(content)
    places = {name: rows.columns.get(columns.get(name, "").casefold()) for name in FIELDS}
    for name in NEEDED:
        if places[name] is None and not said.get(name):
            raise InputError(
                f"The table has no column `{columns.get(name, name)}` for `{name}`; say "
                f"--column {name}=..., one of {', '.join(rows.columns)[:300] or 'nothing'}."
            )
    for number, row in enumerate(rows, start=1):
        if number > MOST_ROWS:
            raise InputError(f"A table has at most {MOST_ROWS:,} rows; split it.")
        cells = {name: _cell(row, places[name]) or said.get(name, "") for name in FIELDS}
        try:
            yield ranked(cells, today)
        except InputError as error:
            record = writable("\t".join(row), 2_000)
            yield Wrong(line=rows.line, why=str(error), record=record)


def read_serpapi(
    content: BinaryIO, said: Mapping[str, str], today: int
) -> Iterator[Ranked | Wrong]:
    """Read one answer of SerpApi, or a list of them.

    Raises:
        InputError: It is none.
    """
    body = content.read(_MOST_JSON + 1)
    if len(body) > _MOST_JSON:
        raise InputError(f"The JSON is longer than {_MOST_JSON // 1024**2} MiB; split it.")
    try:
        found = msgspec.json.decode(body)
    except (msgspec.DecodeError, RecursionError, UnicodeDecodeError) as error:
        raise InputError(f"The file is no JSON: {error}.") from error
    answers = found if isinstance(found, list) else [found]
    number = 0
    for answer in answers:
        if not isinstance(answer, dict) or not isinstance(answer.get("organic_results"), list):
            raise InputError("The JSON has no `organic_results`, which an answer of SerpApi has.")
        for cells in _organic(answer, said):
            number += 1
            try:
                yield ranked(cells, today)
            except InputError as error:
                record = writable(str(cells), 2_000)
                yield Wrong(line=number, why=str(error), record=record)


def _organic(answer: Mapping[str, Any], said: Mapping[str, str]) -> Iterator[dict[str, str]]:
    asked, about = answer.get("search_parameters"), answer.get("search_metadata")
    asked = asked if isinstance(asked, dict) else {}
    about = about if isinstance(about, dict) else {}
    shared = {
        "query": str(asked.get("q") or said.get("query", "")),
        "engine": str(asked.get("engine") or said.get("engine", "")),
        "market": str(asked.get("gl") or said.get("market", "")),
        "day": str(about.get("created_at") or said.get("day", ""))[:_DIGITS],
    }
    for one in answer["organic_results"]:
        row = one if isinstance(one, dict) else {}
        own = {"place": row.get("position"), "url": row.get("link"), "title": row.get("title")}
        yield {**shared, **{key: "" if it is None else str(it) for key, it in own.items()}}


def ranked(cells: Mapping[str, str], today: int) -> Ranked:
    """Make a result of its words.

    Raises:
        InputError: Says what is wrong with it.
    """
    query, url = word(" ".join(cells["query"].split())), link(_nobodys(cells["url"].strip()))
    if not query:
        raise InputError("The query is missing.")
    if not host_of(url) or len(url.encode()) > _LONGEST_URL:
        raise InputError(f"`{cells['url'][:60]}` is no web address that can be kept.")
    return Ranked(
        query=query,
        engine=word(cells["engine"].strip().casefold())[:40] or "google",
        market=word(cells["market"].strip().casefold())[:40],
        day=_day(cells["day"].strip(), today),
        place=_place(cells["place"].strip()),
        url=url,
        title=word(cells["title"])[:300],
    )


def _nobodys(url: str) -> str:
    """Leave out a name and a password before the host: they are of whoever asked, not the page."""
    scheme, sign, rest = url.partition("://")
    end = next((at for at, letter in enumerate(rest) if letter in "/?#"), len(rest))
    return f"{scheme}{sign}{rest[:end].rpartition('@')[2]}{rest[end:]}"


def _day(text: str, today: int) -> int:
    """Read a day as it is written there, whatever day it was elsewhere at that moment."""
    is_plain = text.isascii() and text.isdigit()
    try:
        found = datetime.fromisoformat("" if is_plain and len(text) != _DAY else text)
        day = found.toordinal() - _EPOCH
    except ValueError:
        day = 0
    if day <= 0:
        raise InputError(f"`{text[:40]}` is no day; write 2026-11-26.")
    if day > today + 1:  # somewhere it is tomorrow already
        raise InputError(f"`{text[:40]}` is a day to come.")
    return day


def _place(text: str) -> int:
    """Read a place; a mean of a day, as 3.4, is rounded."""
    if _THOUSANDS.fullmatch(text):
        raise InputError(f"`{text[:40]}` may be a thousand or a part of one; write 1234 or 1.234.")
    try:
        found = float(text.replace(",", ".", 1))
    except ValueError:
        found = math.nan
    if not 1 <= found < 10**6:
        raise InputError(f"`{text[:40]}` is no place; places are from 1.")
    return math.floor(found + 0.5)


def day_of(text: str) -> int:
    """Read a day such as 2026-11-26, in days since 1970.

    Raises:
        InputError: It is none.
    """
    try:
        return date.fromisoformat(text).toordinal() - _EPOCH
    except ValueError:
        raise InputError(f"`{text[:40]}` is no day; write 2026-11-26.") from None


def _cell(row: list[str], place: int | None) -> str:
    return row[place].strip() if place is not None and place < len(row) else ""
