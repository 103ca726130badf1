"""Exports of rank tools: any letters and signs, and what is wrong is told with its line."""

import io
import json

import pytest

from makegood.messages.errors import InputError
from makegood.sources.voice import ranks
from makegood.sources.voice.ranks import (
    Ranked,
    Wrong,
    columns_of,
    day_of,
    read_ranks,
    read_serpapi,
)

TODAY = day_of("2026-11-26")
TABLE = (
    "Query,Day,Place,URL,Title,Market\n"
    'northwind refund,2026-11-25,1,https://a.example/x,"A, b",DE\n'
    "northwind refund,2026-11-25,2,https://b.example/,,DE\n"
)
FIRST = Ranked(
    query="northwind refund", engine="google", market="de", day=TODAY - 1, place=1,
    url="https://a.example/x", title="A, b",
)  # fmt: skip


def read(content: bytes, export: str = "plain", **said: str) -> list[Ranked | Wrong]:
    return list(read_ranks(io.BytesIO(content), columns_of(export, {}), said, TODAY))


@pytest.mark.parametrize("letters", ["utf-8", "utf-8-sig", "utf-16"])
@pytest.mark.parametrize("sign", [",", ";", "\t"])
@pytest.mark.parametrize("end", ["\n", "\r\n"])
def test_a_table_is_read_in_any_letters_and_with_any_signs(
    letters: str, sign: str, end: str
) -> None:
    text = TABLE.replace(",", sign).replace(f'"A{sign} b"', '"A, b"').replace("\n", end)
    first, second = read(text.encode(letters))
    assert first == FIRST
    assert isinstance(second, Ranked)
    assert (second.place, second.url, second.title) == (2, "https://b.example/", "")


def test_what_the_table_does_not_say_is_said_beside_it() -> None:
    table = b"query,place,url\nnorthwind,1,https://a.example/\n"
    (one,) = read(table, day="2026-11-20", market="us", engine="bing")
    assert isinstance(one, Ranked)
    assert (one.day, one.market, one.engine) == (TODAY - 6, "us", "bing")
    with pytest.raises(InputError, match="no column `day`"):
        read(table)


def test_search_console_gives_a_mean_that_is_rounded() -> None:
    table = b"date,query,page,country,position\n2026-11-25,x,https://a.example/,deu,3.5\n"
    (one,) = read(table, "search-console")
    assert isinstance(one, Ranked)
    assert (one.place, one.market) == (4, "deu")


def test_a_name_and_a_password_are_no_part_of_a_page_and_an_at_sign_of_its_path_is() -> None:
    rows = "".join(
        f"x,2026-11-25,{place},{url}\n"
        for place, url in enumerate(
            ("https://ana:pw@a.example/x", "https://a.example/@ana?m=a@b.example"), start=1
        )
    )
    first, second = read(f"query,day,place,url\n{rows}".encode())
    assert isinstance(first, Ranked)
    assert isinstance(second, Ranked)
    assert first.url == "https://a.example/x"
    assert second.url == "https://a.example/@ana?m=a@b.example"


def test_a_place_that_may_be_a_thousand_or_a_mean_is_told() -> None:
    table = b"query;day;place;url\nx;2026-11-25;1,234;https://a.example/\n"
    table += b"x;2026-11-25;3,4;https://b.example/\n"
    wrong, mean = read(table)
    assert isinstance(wrong, Wrong)
    assert "a thousand or a part of one" in wrong.why
    assert isinstance(mean, Ranked)
    assert mean.place == 3


def test_a_day_is_the_one_that_is_written_wherever_that_was() -> None:
    table = b"query,day,place,url\nx,2026-11-25T23:30:00-08:00,1,https://a.example/\n"
    (one,) = read(table)
    assert isinstance(one, Ranked)
    assert one.day == TODAY - 1


@pytest.mark.parametrize(
    ("row", "why"),
    [
        ("x,26.11.2026,1,https://a.example/", "no day"),
        ("x,2026-13-01,1,https://a.example/", "no day"),
        ("x,1795651200,1,https://a.example/", "no day"),
        ("x,2026-11-29,1,https://a.example/", "to come"),
        ("x,1969-12-31,1,https://a.example/", "no day"),
        ("x,,1,https://a.example/", "no day"),
        (",2026-11-25,1,https://a.example/", "query is missing"),
        ("x,2026-11-25,0,https://a.example/", "no place"),
        ("x,2026-11-25,nan,https://a.example/", "no place"),
        ("x,2026-11-25,1e99,https://a.example/", "no place"),
        ("x,2026-11-25,-,https://a.example/", "no place"),
        ("x,2026-11-25,1,javascript:x()", "no web address"),
        ("x,2026-11-25,1,https://[x", "no web address"),
        ("x,2026-11-25,1,https:///x", "no web address"),
        ("x,2026-11-25,1,https://a.example/" + "ä" * 900, "can be kept"),
        ("x", "no web address"),
    ],
)
def test_a_wrong_row_is_told_with_its_line_and_the_others_are_read(row: str, why: str) -> None:
    head = "query,day,place,url\n"
    good = 'x,2026-11-25,1,"https://a.example/"\n'
    first, wrong, last = read(f"{head}{good}\n{row}\n{good}".encode())
    assert isinstance(wrong, Wrong)
    assert why in wrong.why
    assert wrong.line == 4
    assert wrong.record.startswith(row[:20].replace(",", "\t").strip())
    assert first == last


@pytest.mark.parametrize(
    ("table", "why"),
    [
        (b"", "no column `query`"),
        (b"query,day,place\n", "no column `url` for `url`; say --column url=..., one of query"),
        ("query,day".encode("utf-16-le"), "UTF-16 without a mark"),
        (b"\x80", "neither"),
        (
            b"query,day,place,url\n" + b"x,2026-11-25,1,https://a.example/\n" * 4 + b"\x80",
            "Line 6",
        ),
        (b'query,day,place,url\n"' + b"x" * 200_000 + b'"\n', "Line 2"),
        (b"query,day,place,url\n" + b"x" * 2_000_000, "Line 2 has no end"),
    ],
)
def test_a_table_that_is_none_is_told(table: bytes, why: str) -> None:
    with pytest.raises(InputError, match=why):
        read(table)


def test_columns_and_exports_that_are_not_there_are_told() -> None:
    with pytest.raises(InputError, match="no export `x`; there are plain"):
        columns_of("x", {})
    with pytest.raises(InputError, match="no field"):
        columns_of("plain", {"x": "y"})
    assert columns_of("plain", {"place": "Pos"})["place"] == "Pos"
    with pytest.raises(InputError, match="no day"):
        day_of("yesterday")


def test_a_table_without_an_end_is_not_read_to_it(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(ranks, "MOST_ROWS", 2)
    row = b"x,2026-11-25,1,https://a.example/\n"
    assert len(read(b"query,day,place,url\n" + row * 2)) == 2
    with pytest.raises(InputError, match="at most 2 rows"):
        read(b"query,day,place,url\n" + row * 3)


SERP = {
    "search_metadata": {"status": "Success", "created_at": "2026-11-25 09:00:00 UTC"},
    "search_parameters": {"engine": "google", "q": "northwind refund", "gl": "de"},
    "organic_results": [
        {"position": 1, "title": "A, b", "link": "https://a.example/x"},
        {"position": "x", "link": None},
        7,
    ],
}


def serp(found: object) -> list[Ranked | Wrong]:
    return list(read_serpapi(io.BytesIO(json.dumps(found).encode()), {"engine": "google"}, TODAY))


def test_an_answer_of_serpapi_is_read_as_it_comes() -> None:
    first, *wrong = serp(SERP)
    assert first == FIRST
    assert [one.line for one in wrong if isinstance(one, Wrong)] == [2, 3]
    assert serp([SERP, SERP])[3] == FIRST


@pytest.mark.parametrize("found", [1, {}, [{}], {"organic_results": 1}, [SERP, 1]])
def test_a_json_that_is_no_answer_is_told(found: object) -> None:
    with pytest.raises(InputError, match="no `organic_results`"):
        serp(found)


def test_a_file_that_is_no_json_is_told() -> None:
    with pytest.raises(InputError, match="no JSON"):
        list(read_serpapi(io.BytesIO(b"{"), {}, TODAY))
