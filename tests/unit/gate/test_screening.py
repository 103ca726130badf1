"""Lists are parted whole or not at all, as they stand, and with what is wrong said in words."""

import os
from contextlib import suppress
from datetime import UTC, datetime
from pathlib import Path

import polars as pl
import pytest
from msgspec.structs import replace
from polars.testing import assert_frame_equal

from makegood.core.holds import Question
from makegood.gate.screening import hashed
from makegood.gate.screening.index import Index
from makegood.gate.screening.run import TOLD, Screened, Screening, Wanted
from makegood.gate.screening.spelling import keys_of
from makegood.messages.commands import MessageClass
from makegood.messages.errors import InputError
from makegood.messages.facts import FailureRaised, Identified
from makegood.messages.ids import profile_id
from tests.unit.gate.test_service import KEY, World

PROMO = Question(brand="cars", message_class=MessageClass.PROMOTIONAL)


@pytest.fixture
def world() -> World:
    """Ana was let down; her e-mail address is known."""
    world = World()
    world.take("user:ana", Identified(), lookups=("email:ana@example.org",))
    world.take("user:ana", FailureRaised(failure="other", brand="cars"))
    return world


def screen(world: World, source: Path, **more: object) -> Screened:
    screening = Screening(world.store, lambda: world.library, world.clock, KEY)
    wanted = Wanted(
        source=source,
        sendable=source.with_name(f"good{source.suffix}"),
        held=source.with_name(f"held{source.suffix}"),
        question=PROMO,
    )
    return screening.screen(replace(wanted, **more))


def test_a_list_of_text_comes_out_as_it_went_in(world, tmp_path):
    source = tmp_path / "list.csv"
    text = (
        'Email,note,points\n"ANA@example.org",x,007\nben@example.org,"a, b",\n'
        ',,1\n"c@d.example",é,1e3\n'
    )
    source.write_text(text)
    told = screen(world, source)
    assert (tmp_path / "good.csv").read_text() == (
        'Email,note,points\nben@example.org,"a, b",\nc@d.example,é,1e3\n'
    )
    held = (tmp_path / "held.csv").read_text().splitlines()
    assert held[0] == "Email,note,points," + ",".join(TOLD)
    assert held[1].startswith("ANA@example.org,x,007,hold,2")
    assert held[2].startswith(",,1,unreadable,")
    assert (told.rows, told.sendable, told.held, told.unreadable) == (4, 2, 2, 1)
    assert told.reasons == {"hold": 1, "unreadable": 1}
    assert source.read_text() == text
    assert sorted(os.listdir(tmp_path)) == ["good.csv", "held.csv", "list.csv"]


def test_service_mail_goes_to_everybody_and_says_whom_nobody_knows(world, tmp_path):
    source = tmp_path / "list.parquet"
    pl.DataFrame({"user_id": ["ana", "ben", None]}).write_parquet(source)
    receipt = Question(brand="cars", message_class=MessageClass.RECEIPT)
    told = screen(world, source, question=receipt)
    assert (told.sendable, told.held, told.unreadable) == (3, 0, 1)
    assert pl.read_parquet(tmp_path / "held.parquet").is_empty()


def test_reasons_are_counted_where_nobody_wants_the_others(world, tmp_path):
    source = tmp_path / "list.csv"
    source.write_text("email,a\nAna@example.org,1\nben@example.org,2\nnobody,3\n")
    told = screen(world, source, held=None)
    assert (told.reasons, told.sendable) == ({"hold": 1, "unreadable": 1}, 1)
    assert sorted(os.listdir(tmp_path)) == ["good.csv", "list.csv"]


def test_columns_of_every_type_stay_as_they_are(world, tmp_path):
    source = tmp_path / "list.parquet"
    at = datetime(2026, 5, 5, 8, tzinfo=UTC)
    columns = {
        "who": pl.Series(["Ana@example.org", "ben@example.org"], dtype=pl.Categorical),
        "enum": pl.Series(["a", "b"], dtype=pl.Enum(["a", "b"])),
        "list": [[1, 2], None],
        "struct": [{"a": 1, "b": "x"}, {"a": None, "b": "y"}],
        "at": [at, at],
        "day": [at.date(), None],
        "money": pl.Series(["1.50", "2.25"]).str.to_decimal(scale=2),
        "bytes": [b"\x00\xff", b""],
        "nothing": pl.Series([None, None], dtype=pl.Null),
        "email": ["Ana@example.org", "ben@example.org"],
    }
    frame = pl.DataFrame(columns)
    frame.write_parquet(source)
    frame = pl.read_parquet(source)
    screen(world, source)
    assert_frame_equal(pl.read_parquet(tmp_path / "good.parquet"), frame[1:])
    held = pl.read_parquet(tmp_path / "held.parquet")
    assert held["held_reason"].to_list() == ["hold"]
    assert_frame_equal(held.drop(TOLD), frame[:1])


def test_numbers_that_name_a_customer_are_read_as_text(world, tmp_path):
    world.take("user:42", FailureRaised(failure="other", brand="cars"))
    source = tmp_path / "list.parquet"
    pl.DataFrame({"id": [41, 42]}).write_parquet(source)
    screen(world, source, column="id", kind="user")
    assert pl.read_parquet(tmp_path / "good.parquet")["id"].to_list() == [41]


def test_a_list_that_was_screened_before_is_screened_anew(world, tmp_path):
    source = tmp_path / "list.csv"
    source.write_text("email,held_reason,held_case\nben@example.org,hold,k1\n")
    screen(world, source)
    assert (tmp_path / "good.csv").read_text() == "email\nben@example.org\n"


@pytest.mark.parametrize(
    ("name", "content", "says"),
    [
        ("list.txt", "email\n", "should end in"),
        ("list.csv", "", "cannot be screened"),
        ("list.csv", "email;name\na;b\n", "Say which column"),
        ("list.csv", "email,name\na@b.example,b,c\n", "cannot be screened"),
        ("list.csv", "email,a,a\nb@c.example,1,2\n", "names a column twice"),
        ("list.parquet", "no table", "cannot be screened"),
    ],
)
def test_what_is_no_list_is_said_and_nothing_is_written(world, tmp_path, name, content, says):
    source = tmp_path / name
    source.write_text(content)
    with pytest.raises(InputError, match=says):
        screen(world, source)
    assert os.listdir(tmp_path) == [name]


def test_a_quote_that_is_never_closed_makes_nobody_sendable(world, tmp_path):
    """The engine refuses such a list, or reads all that follows the quote as one cell."""
    source = tmp_path / "list.csv"
    source.write_text('email,a\n"b@c.example,1\n')
    sendable = 0
    with suppress(InputError):
        sendable = screen(world, source).sendable
    assert sendable == 0


def test_what_was_there_stays_when_a_list_cannot_be_read(world, tmp_path):
    source, good = tmp_path / "list.csv", tmp_path / "good.csv"
    source.write_text("email\na@b.example\n" * 2 + "a,b,c\n")
    good.write_text("of yesterday")
    with pytest.raises(InputError):
        screen(world, source)
    assert good.read_text() == "of yesterday"


def test_a_list_is_never_written_over_itself(world, tmp_path):
    source = tmp_path / "list.csv"
    source.write_text("email\na@b.example\n")
    with pytest.raises(InputError, match="names of their own"):
        screen(world, source, sendable=source)
    assert source.read_text() == "email\na@b.example\n"


def test_floats_name_nobody(world, tmp_path):
    source = tmp_path / "list.parquet"
    pl.DataFrame({"user_id": [1.5]}).write_parquet(source)
    with pytest.raises(InputError, match="text or integers"):
        screen(world, source)


def test_pseudonyms_are_found_by_processes_as_by_one():
    names = [f"user:{number}" for number in range(hashed.ALONE + 10)]
    wanted = frozenset(profile_id(name, KEY) for name in (names[3], names[-1], "user:nobody"))
    batches = [names[first : first + 9_000] for first in range(0, len(names), 9_000)]
    found = hashed.found_in(batches, wanted, KEY)
    assert found == {name: profile_id(name, KEY) for name in (names[3], names[-1])}
    assert hashed.found_in(batches[:1], wanted, KEY) == {names[3]: profile_id(names[3], KEY)}


def test_an_index_finds_what_is_there_and_nothing_else():
    keys = pl.Series([f"a{number}" for number in range(5_000)])
    index = Index(keys, pl.Series(range(5_000), dtype=pl.UInt32))
    asked = pl.Series(["a7", None, "b", "a4999", "", "a7"])
    rows, numbers = index.find(asked)
    assert (rows.to_list(), numbers.to_list()) == ([0, 3, 5], [7, 4999, 7])
    rows, numbers = index.find(pl.concat([keys, pl.Series([f"b{it}" for it in range(50_000)])]))
    assert rows.to_list() == numbers.to_list() == list(range(5_000))
    nothing = Index(pl.Series(dtype=pl.String), pl.Series(dtype=pl.UInt32))
    assert [len(one) for one in nothing.find(asked)] == [0, 0]


@pytest.mark.parametrize("ordinary", [0, 1_000])  # many odd ones, or a few
def test_a_kind_in_front_of_an_address_is_taken_off_once(ordinary):
    strange = [
        "email:Ana@Example.org",
        "email:email:a@b.c",
        " email:a@b.c",
        "a:b@c.d",
        "Email:a@b",
    ]
    wanted = ["ana@example.org", "email:a@b.c", "email:a@b.c", "a:b@c.d", "email:a@b"]
    texts = pl.Series(strange + ["ben@example.org"] * ordinary)
    assert keys_of(texts, "email").to_list() == wanted + ["ben@example.org"] * ordinary
