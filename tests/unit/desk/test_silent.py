"""What is silent now, on the desk: how long, what is usual, and whose it is, page by page."""

import pytest
from django.test import Client
from msgspec.structs import replace

from makegood.bootstrap import Makegood
from makegood.core.decide import Asker
from makegood.messages.facts import PersonRefused
from makegood.messages.ids import RepId
from makegood.messages.waits import WaitNorm
from makegood.playbooks.waits import make_waits
from makegood.ports.silence import SilentRow
from makegood.testing.clock import FakeClock
from tests.e2e.screens import MINUTE_MS, customer_of, introduce, profile_of
from tests.unit.core.test_waiting import LETTERS
from tests.unit.desk.browsing import questions, words_of

SILENT = "/desk/team/silent"
PAGE = 50
HOUR = 60 * MINUTE_MS
NORM = WaitNorm(
    rule="letter_waits", waits=240, long_ms=4 * HOUR, low_ms=3 * HOUR, high_ms=5 * HOUR,
    told_ms=9 * HOUR,
)  # fmt: skip


def silent(makegood: Makegood, who: str, **more: object) -> SilentRow:
    introduce(makegood, f"user:{who}", who.title())
    now_ms = makegood.clock.now_ms()
    row = SilentRow(
        customer=customer_of(makegood, f"user:{who}"),
        profile=profile_of(f"user:{who}"),
        kind="wait",
        item="w",
        name="letter_waits",
        since_ms=now_ms - 6 * HOUR,
        due_ms=now_ms - 2 * HOUR,
        channel="mail",
        rep=RepId("kathy"),
        norm=NORM,
    )
    return replace(row, **more)


def keep(makegood: Makegood, *rows: SilentRow) -> None:
    with makegood.store.writing() as writing:
        writing.project_silent(sorted({one.customer for one in rows}), rows)


def test_it_says_who_waits_how_long_what_is_usual_and_whose_it_is(
    makegood: Makegood, clock: FakeClock, kathy: Client, omar: Client
):
    row = silent(makegood, "ana", by_ms=clock.now_ms() - HOUR)
    keep(makegood, row, silent(makegood, "bo", rep=RepId(""), norm=None))
    shown = words_of(kathy.get(SILENT))
    assert "Ana" in shown
    assert "2 h over" in shown.replace("\xa0", " ")
    assert "yours" in shown
    assert "Usual in this queue: up to" in shown
    assert "240 waits" in shown
    assert "and that is over." in shown
    assert "cannot tell yet" in shown
    assert "nobody\u2019s yet" in shown
    assert "Bo" not in words_of(kathy.get(f"{SILENT}?mine=1"))
    assert "Nobody waits longer" in words_of(omar.get(f"{SILENT}?mine=1"))
    assert "Kathy Moreno\u2019s" in words_of(omar.get(SILENT))


def test_what_is_due_later_is_not_silent(makegood: Makegood, clock: FakeClock, kathy: Client):
    keep(makegood, silent(makegood, "ana", due_ms=clock.now_ms() + MINUTE_MS))
    assert "Nobody waits longer" in words_of(kathy.get(SILENT))
    clock.advance(MINUTE_MS)
    assert "Ana" in words_of(kathy.get(SILENT))


def test_other_brands_and_who_is_kept_apart_are_not_shown(
    makegood: Makegood, kathy: Client, vera: Client
):
    keep(makegood, silent(makegood, "ana", brand="northwind"))
    assert "Ana" in words_of(kathy.get(SILENT))
    assert "Ana" not in words_of(vera.get(SILENT))
    no = PersonRefused(rep=RepId("kathy"), side="rep", why="text:why")
    asker = Asker(rep=RepId("kathy"), role="rep")
    ana = customer_of(makegood, "user:ana")
    makegood.acts.act(ana, no, asker, message_id="no", texts={"text:why": "A cousin."})
    keep(makegood, silent(makegood, "ana", brand="northwind"))
    assert "Ana" not in words_of(kathy.get(SILENT))


def test_where_the_book_alone_sets_the_limit_nothing_is_said_to_be_learned_later(
    makegood: Makegood,
):
    from makegood.desk.silent import _is_learned  # Django has to be ready first

    plain = replace(LETTERS, share=0.0)
    row = silent(makegood, "ana", norm=None)
    book = makegood.library.now()
    assert _is_learned(row, replace(book, waits=make_waits((LETTERS,))))
    assert not _is_learned(row, replace(book, waits=make_waits((plain,))))
    assert not _is_learned(replace(row, kind="promise"), book)


def test_what_is_of_other_brands_takes_no_place_on_a_page(
    makegood: Makegood, kathy: Client, vera: Client
):
    rows = [silent(makegood, f"c{n}", brand="northwind") for n in range(PAGE + 1)]
    keep(makegood, *rows, silent(makegood, "ana", since_ms=1, due_ms=rows[0].due_ms + 1))
    assert "Ana" not in words_of(kathy.get(SILENT))
    assert "Ana" in words_of(vera.get(SILENT))


def test_it_pages_and_asks_as_much_for_a_full_page_as_for_one_row(
    makegood: Makegood, kathy: Client
):
    keep(makegood, silent(makegood, "c0"))
    one = questions(makegood, kathy, SILENT)
    rows = [silent(makegood, f"c{n}") for n in range(PAGE + 1)]
    keep(makegood, *rows)
    assert questions(makegood, kathy, SILENT) == one
    first = kathy.get(SILENT).content.decode()
    assert first.count("<article") == PAGE
    from makegood.desk.silent import place_of  # Django has to be ready first

    last = sorted(rows, key=lambda row: row.key)[PAGE - 1]
    rest = kathy.get(SILENT, {"after": place_of(last)}).content.decode()
    assert rest.count("<article") == 1
    assert kathy.get(SILENT, {"after": "rubbish"}).status_code == 200


@pytest.mark.parametrize("text", ["", "x", "1.c", "99999999999999999999.c.w", "-1.c.w"])
def test_a_place_that_nobody_wrote_is_the_first_page(makegood: Makegood, text: str):
    from makegood.desk.silent import read_place  # Django has to be ready first

    assert read_place(text) is None


def test_what_is_usual_always_has_its_interval_or_cannot_be_told(makegood: Makegood):
    from makegood.desk.silent import usual_words  # Django has to be ready first

    assert usual_words(None).startswith("What is usual here: cannot tell yet")
    assert "cannot tell yet" in usual_words(replace(NORM, long_ms=0))
    assert "95 % interval" in usual_words(NORM)
    assert "at this hour of the week" in usual_words(replace(NORM, by_hour=True))
    assert "to unknown" in usual_words(replace(NORM, high_ms=0))
