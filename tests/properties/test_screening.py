"""A screened list says of each row what the gate says when it is asked one by one."""

import tempfile
from collections.abc import Iterator
from contextlib import closing, contextmanager
from pathlib import Path

import polars as pl
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from msgspec.structs import replace
from polars.testing import assert_frame_equal

from makegood.core.holds import Question, iso
from makegood.gate.screening.names import FOUND, by_search, end_to_end
from makegood.gate.screening.run import Screening, Wanted
from makegood.gate.screening.shapes import Judge
from makegood.gate.screening.spelling import keys_of, plainly, prefix_of
from makegood.gate.screening.standing import answers
from makegood.gate.service import Gate
from makegood.messages.commands import MessageClass
from makegood.messages.errors import InputError
from makegood.messages.facts import FailureRaised, Identified, Unsubscribed
from makegood.messages.identifiers import KINDS, normal
from makegood.messages.ids import CustomerId
from makegood.playbooks.book import Library
from makegood.ports.arrivals import Arrival
from makegood.ports.store import Store
from makegood.runtime.intake import Intake
from makegood.store.memory import MemoryStore
from makegood.store.sqlite import SqliteStore
from tests.properties.life import Life
from tests.properties.moves import EMAILS, KEY, LIBRARY, WHO, SetClock
from tests.properties.strategies import days

STRANGE = (
    "email:ANA@Example.org ", "email: ana@example.org", "email:Ana <ana@example.org>", "ana", "",
    "email:", "email:ana@exämple.org", "email:a@b@c", "email:ana@example.org.", "email:a@.",
    "email:@a", "phone:0049 (30) 1234-567", "phone:12",
    "phone:+4930\uff11234567", "user:ana ", "user: ben", "USER:ana", "loyalty:acme:1",
    "loyalty:acme", "user:a\x1fb",
    "user:cafe\u0301", "user:café", "phone:+12125550100", "nobody:1", "anon:1\n",
    "email:nobody@example.org", "user:nobody", "email:ana@example.org\u2028", "phone:+1-212",
    "email:STRASSE@example.org", "email:straße@example.org", "loyalty::", "loyalty: : ", "user::",
)  # fmt: skip


def strict(library: Library) -> Library:
    """The same books, of brands that send to known people only."""
    books = {
        name: replace(
            book, brands={id_: replace(it, strict=True) for id_, it in book.brands.items()}
        )
        for name, book in library.books.items()
    }
    return Library(active=library.active, books=books)


def one_by_one(gate: Gate, identifier: str, question: Question) -> tuple[str, str, str, str]:
    """What the file should say of a row; ("", ...) for a row that may be written to."""
    try:
        answer = gate.ask(identifier, question)
    except InputError:
        held = question.message_class in ("promotional", "survey", "mixed")
        return ("unreadable" if held else "", "", "", "")
    if answer.allowed:
        return ("", "", "", "")
    since = iso(answer.since_ms) if answer.since_ms else ""
    return (answer.reason, since, answer.until, answer.case)


def screened(
    screening: Screening, rows: list[str], question: Question, suffix: str
) -> list[tuple[str, str, str, str]]:
    """What the files say, row by row, in the order of the list."""
    with tempfile.TemporaryDirectory() as folder:
        source = Path(folder) / f"list{suffix}"
        frame = pl.DataFrame({"n": range(len(rows)), "identifier": rows})
        frame.write_parquet(source) if suffix == ".parquet" else frame.write_csv(source)
        good, held = Path(folder) / f"good{suffix}", Path(folder) / f"held{suffix}"
        told = screening.screen(Wanted(source=source, sendable=good, held=held, question=question))
        read = pl.read_parquet if suffix == ".parquet" else pl.read_csv
        passing, stopped = read(good), read(held)
        assert passing.columns == frame.columns
        assert (told.rows, told.sendable, told.held) == (len(rows), len(passing), len(stopped))
        assert passing["n"].cast(pl.Int64).is_sorted()
        assert stopped["n"].cast(pl.Int64).is_sorted()
        found = {int(n): ("", "", "", "") for n in passing["n"]}
        for row in stopped.iter_rows(named=True):
            words = [row[f"held_{name}"] or "" for name in ("reason", "since", "until", "case")]
            found[int(row["n"])] = tuple(words)
        assert sorted(found) == list(range(len(rows)))
        return [found[n] for n in sorted(found)]


QUESTIONS = st.builds(
    Question,
    brand=st.sampled_from(("cars", "vans", "another brand", "")),
    message_class=st.sampled_from(MessageClass),
    channel=st.sampled_from(("mail", "sms")),
)


def check_both_ways(store: Store, library: Library, question: Question, now_ms: int) -> None:
    """Reading from end to end finds what searching finds, also with less than all names wanted."""
    judge = Judge(question, library.now(question.brand))
    with store.reading() as reading:
        told = [answers(reading, judge, library, now_ms, at_once=it) for it in (True, False)]
        assert_frame_equal(*(it.sort("customer") for it in told))
        customers = told[0]["customer"]
        for prefix in ("", "email:"):
            for some in (customers, customers.head(1), customers.tail(1)):
                ways = [pl.DataFrame(schema=FOUND), pl.DataFrame(schema=FOUND)]
                for number, look in enumerate((by_search, end_to_end)):
                    found = look(reading, some, prefix)
                    ways[number] = pl.concat([ways[number], *found]).unique().sort(list(FOUND))
                assert_frame_equal(*ways)


def check_life(store: Store, moves, question, *, is_strict, erased, waits_ms, suffix):
    life = Life(store).live(moves)
    library = strict(LIBRARY) if is_strict else LIBRARY
    with life.store.writing() as writing:
        for name in erased:
            if customer := life.customer(name):
                writing.erase(customer)
    life.clock.at_ms += waits_ms
    check_both_ways(life.store, library, question, life.clock.now_ms())
    gate = Gate(life.store, lambda: library, life.clock, KEY)
    screening = Screening(life.store, lambda: library, life.clock, KEY)
    rows = [*WHO, *EMAILS, *STRANGE] if suffix == ".parquet" else [*WHO, *EMAILS, *STRANGE[:4]]
    wanted = [one_by_one(gate, one, question) for one in rows]
    assert screened(screening, rows, question, suffix) == wanted


LIVES = {
    "moves": days,
    "question": QUESTIONS,
    "is_strict": st.booleans(),
    "erased": st.sets(st.sampled_from(WHO)),
    "waits_ms": st.sampled_from((0, 3_600_000, 40 * 86_400_000)),
    "suffix": st.sampled_from((".csv", ".parquet")),
}


@contextmanager
def sqlite() -> Iterator[Store]:
    with (
        tempfile.TemporaryDirectory() as folder,
        closing(SqliteStore(Path(folder) / "it.sqlite3")) as store,
    ):
        yield store


@given(**LIVES)
def test_a_screened_row_has_the_answer_of_the_gate(moves, question, **how):
    check_life(MemoryStore(), moves, question, **how)


@settings(max_examples=50)
@given(**LIVES)
def test_a_screened_row_has_the_answer_of_the_gate_on_sqlite(moves, question, **how):
    with sqlite() as store:
        check_life(store, moves, question, **how)


@pytest.mark.postgres
@pytest.mark.xdist_group("postgres")
@pytest.mark.parametrize("waits_ms", [0, 3_600_000])
def test_a_screened_row_has_the_answer_of_the_gate_on_postgresql(postgres_url, waits_ms):
    import random

    from makegood.store.postgres import PostgresStore
    from tests.properties.strategies import random_days

    question = Question(brand="cars", message_class=MessageClass.PROMOTIONAL, channel="mail")
    how = {"is_strict": False, "erased": set(WHO[:1]), "suffix": ".parquet"}
    with closing(PostgresStore(postgres_url)) as store:
        moves = random_days(random.Random(5), most=200)
        check_life(store, moves, question, waits_ms=waits_ms, **how)


names = st.sampled_from(("user:ana", "user:ben", "anon:1", *EMAILS, "loyalty:acme:1"))
found_by = st.sampled_from((*EMAILS, "loyalty:acme:1", "phone:+12125550100"))
bodies = st.one_of(
    st.builds(FailureRaised, failure=st.just("other"), brand=st.sampled_from(("cars", "vans"))),
    st.builds(
        Unsubscribed,
        brand=st.sampled_from(("cars", "*")),
        channel=st.sampled_from(("mail", "sms", "*")),
        again=st.booleans(),
    ),
)
happenings = st.lists(
    st.one_of(
        st.tuples(names, bodies, st.just(()), st.just(())),
        st.tuples(names, st.just(Identified()), st.lists(found_by, max_size=3), st.just(())),
        st.tuples(names, st.just(Identified()), st.just(()), st.lists(names, max_size=1)),
    ),
    max_size=12,
)


SHARED = {
    "happened": happenings,
    "question": QUESTIONS,
    "is_strict": st.booleans(),
    "stuck": st.booleans(),
}


@given(**SHARED)
def test_shared_and_linked_names_have_the_answer_of_the_gate(**how):
    check_shared(MemoryStore(), **how)


@settings(max_examples=50)
@given(**SHARED)
def test_shared_and_linked_names_have_the_answer_of_the_gate_on_sqlite(**how):
    with sqlite() as store:
        check_shared(store, **how)


def check_shared(store: Store, *, happened, question, is_strict, stuck):
    clock = SetClock()
    library = strict(LIBRARY) if is_strict else LIBRARY
    intake = Intake(store, lambda: library, clock, KEY)
    for number, (name, body, lookups, also) in enumerate(happened):
        clock.at_ms += 1
        one = Arrival(
            source="test",
            message_id=f"{number}",
            identifier=name,
            time_ms=clock.at_ms,
            body=body,
            body_digest=f"{number}".encode().ljust(16),
            lookups=tuple(dict.fromkeys(lookups)),
            also=tuple(other for other in also if other != name),
        )
        intake.take([one])
    with store.writing() as writing:
        for row in writing.rows(CustomerId(""), 1 if stuck else 0):
            writing.save([replace(row, stuck="a fault")])
    check_both_ways(store, library, question, clock.now_ms())
    gate = Gate(store, lambda: library, clock, KEY)
    rows = ["user:ana", "user:ben", "anon:1", *EMAILS, "loyalty:acme:1", "phone:+12125550100"]
    wanted = [one_by_one(gate, one, question) for one in rows]
    screening = Screening(store, lambda: library, clock, KEY)
    assert screened(screening, rows, question, ".parquet") == wanted


texts = st.one_of(
    st.text(),
    st.text(alphabet="abcXYZ0129@.:+-() /é\u0301\x1f\t\n\u2009ß"),
    st.sampled_from(STRANGE),
    st.builds("{}:{}".format, st.sampled_from(KINDS), st.text(alphabet="aB09@.: +-()/é\t")),
)


@given(rows=st.lists(texts, max_size=30))
def test_a_column_is_spelt_as_each_identifier_is(rows):
    assert keys_of(pl.Series(rows, dtype=pl.String)).to_list() == [spelt(one) for one in rows]


@pytest.mark.parametrize("kind", [*KINDS, "loyalty:acme"])
@given(rows=st.lists(texts, max_size=30))
def test_a_column_of_one_kind_is_spelt_as_each_identifier_is(kind, rows):
    wanted = [spelt(f"{kind}:{one.removeprefix(f'{kind}:')}") for one in rows]
    prefix = prefix_of(kind)
    spelt_so = keys_of(pl.Series(rows, dtype=pl.String), kind)
    assert [one if one is None else prefix + one for one in spelt_so] == wanted


@pytest.mark.parametrize("kind", ["", *KINDS, "loyalty:acme"])
@given(rows=st.lists(texts, max_size=30))
def test_what_the_engine_spells_is_spelt_as_each_identifier_is(kind, rows):
    frame = pl.DataFrame({"text": rows}, schema={"text": pl.String})
    fast = frame.select(plainly(pl.col("text"), kind)).to_series()
    slow = keys_of(frame["text"], kind)
    assert [one for one in fast if one is not None] == slow.filter(fast.is_not_null()).to_list()


def test_nearly_everything_is_spelt_by_the_engine():
    rows = ["Ana@Example.org", "ben@example.com", "+49 30 1234567", "7", "acme:7", "email:a@b.c"]
    frame = pl.DataFrame({"text": rows})
    plain = {
        kind: frame.select(plainly(pl.col("text"), kind)).to_series().to_list()
        for kind in ("email", "phone", "user", "loyalty", "loyalty:acme", "")
    }
    assert plain == {
        "email": ["ana@example.org", "ben@example.com", None, None, None, None],
        "phone": [None, None, "+49301234567", None, None, None],
        "user": rows,
        "loyalty": [None, None, None, None, "acme:7", "email:a@b.c"],
        "loyalty:acme": [f"acme:{one}" for one in rows],
        "": [None, None, None, None, None, "email:a@b.c"],
    }


def spelt(identifier: str) -> str | None:
    try:
        return normal(identifier)
    except InputError:
        return None
