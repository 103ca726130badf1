"""The letter to management: written once a week for each recipient, of what the log says."""

from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import pytest
from msgspec.structs import replace

from makegood.books.opening import shipped_books
from makegood.bootstrap import Makegood
from makegood.core.decide import Asker
from makegood.messages.commands import TellManagement
from makegood.messages.errors import InputError
from makegood.messages.facts import RootCauseNamed, Touchpoint
from makegood.messages.ids import CommandId, RepId
from makegood.playbooks.book import Library
from makegood.playbooks.monday import MondayTerms
from makegood.ports.arrivals import Arrival
from makegood.ports.rows import OutboxRow, OutboxStatus
from makegood.runtime.filling import fill_measured
from makegood.runtime.intake import body_digest
from makegood.runtime.monday import Mondays
from makegood.runtime.monday_rounds import MondayRounds
from makegood.testing.clock import FakeClock
from tests.e2e.screens import BASE_URL, customer_of, introduce, no_car, serving
from tests.integration.mail_server import MailServer

EML = Path("tests/mails/eml")
DAY_MS = 86_400_000
HOUR_MS = 3_600_000
MONDAY_SEVEN_MS = 1_767_614_400_000  # 2026-01-05 07:00 in New York
SECTION = """
monday:
  letters:
    - {id: board, to: [md@firm.example.com, coo@firm.example.com]}
    - {id: vans, to: vans@firm.example.com, language: de, brands: northwind_vans, hour: "08:00"}
"""
BOOK = f"{shipped_books()['car-rental']}\n{SECTION}"


class World:
    """A firm with a mail server, and somebody who goes round."""

    def __init__(self, makegood: Makegood, clock: FakeClock, server: MailServer) -> None:
        self.makegood = makegood
        self.clock = clock
        self.server = server
        self.mondays = self.another()

    def another(self) -> Mondays:
        makegood = self.makegood
        return Mondays(makegood.store, makegood.shelf.current, makegood.clock, BASE_URL)

    def until(self, at_ms: int) -> None:
        self.clock.advance(at_ms - self.clock.now_ms())

    def round(self) -> tuple[str, ...]:
        rounds = MondayRounds(self.makegood.store, self.mondays, self.clock)
        return rounds.round()

    def fail(self, who: str, cause: str = "") -> None:
        introduce(self.makegood, f"user:{who}", who.title())
        case = no_car(self.makegood, f"user:{who}", reservation=f"R-{who}")
        if cause:
            done = self.makegood.acts.act(
                customer_of(self.makegood, f"user:{who}"),
                RootCauseNamed(case=case, cause=cause, kind="policy"),
                Asker(rep=RepId("omar"), role="supervisor"),
                message_id=f"root-{who}",
            )
            assert not hasattr(done, "why"), done

    def mails(self) -> list[str]:
        self.makegood.worker.run_once()
        return [str(one["To"]) for one in self.server.box.mails if "Monday" in _title(one)]


def _title(mail: object) -> str:
    body = mail.get_body(("plain",))
    return body.get_content().splitlines()[0] if body is not None else ""


@pytest.fixture
def world() -> Iterator[World]:
    with MailServer() as server, serving(BOOK, smtp=f"smtp://127.0.0.1:{server.port}") as both:
        yield World(*both, server)


def queued(makegood: Makegood) -> list[OutboxRow]:
    with makegood.store.reading() as reading:
        found = [row for one in OutboxStatus for row in reading.outbox(one, CommandId(""), 500)]
    return [row for row in found if isinstance(row.command.order, TellManagement)]


def activate(world: World, text: str) -> None:
    world.makegood.shelf.activate(text, "it.yaml", by="omar", because="it is wanted")


def figures(letter: object) -> dict[str, tuple[str, str]]:
    return {row.label: (row.now, row.before) for part in letter.sheet.parts for row in part.rows}


def test_every_recipient_gets_one_mail_however_often_and_by_whomever_it_is_looked(world):
    world.fail("anastasia")
    world.until(MONDAY_SEVEN_MS - 1)
    assert world.round() == ()
    world.until(MONDAY_SEVEN_MS)
    assert world.round() == ("board.2026-W01",)
    assert world.round() == ()
    assert world.another().send_due() == ()
    assert sorted(world.mails()) == ["coo@firm.example.com", "md@firm.example.com"]
    world.clock.advance(DAY_MS)
    world.round()
    assert len(world.mails()) == 2, "and none again"
    assert [row.status for row in queued(world.makegood)][:2] == [OutboxStatus.DONE] * 2


def test_two_workers_at_the_same_moment_write_it_once(world):
    world.until(MONDAY_SEVEN_MS)
    with ThreadPoolExecutor(2) as pool:
        both = list(pool.map(lambda one: one.send_due(), (world.another(), world.another())))
    assert sorted(both) == [(), ("board.2026-W01",)]
    assert len(queued(world.makegood)) == 2


def test_the_mail_is_readable_without_pictures_and_names_no_customer(world):
    world.fail("anastasia", "rule:no_car")
    world.until(MONDAY_SEVEN_MS)
    world.round()
    world.mails()
    mail = next(one for one in world.server.box.mails if one["To"] == "md@firm.example.com")
    html = mail.get_body(("html",)).get_content()
    text = mail.get_body(("plain",)).get_content()
    assert mail["X-Makegood-Class"] == "service"
    assert mail["Subject"] == "The week 2026-W01: 1 let down, 1 waiting"
    assert "<img" not in html
    assert "<style" not in html
    assert "<script" not in html
    for words in (html, text):
        assert "nastasia" not in words
        assert "example.org" not in words
        assert "no_car" in words
        assert f"{BASE_URL}/desk/feelings/letters/board.2026-W01" in words
    assert all(len(line) < 400 for line in text.splitlines())
    with world.makegood.store.reading() as reading:
        kept = reading.monday("board.2026-W01")
    assert kept is not None
    assert text.replace("\r\n", "\n").rstrip() == kept.text.rstrip()
    assert html.replace("\r\n", "\n").rstrip() == kept.html.rstrip()


def test_it_counts_who_was_let_down_and_what_a_rule_caused(world):
    world.fail("ana", "rule:no_car")
    world.fail("ben")
    world.until(MONDAY_SEVEN_MS)
    found = figures(world.mondays.preview("2026-W01"))
    assert found["Customers let down"] == ("2", "0")
    assert found["Failures"] == ("2", "0")
    assert found["Customers held from marketing at the end of the week"] == ("2", "0")
    assert found["Cases open at the end of the week"] == ("2", "0")
    assert found["Failures that a rule of ours caused"] == ("1", "0")
    assert found["Rule that caused most: no_car"] == ("1", "")
    assert found["Failures whose root cause nobody named"] == ("1", "0")


def test_the_same_log_gives_the_same_letter_and_an_earlier_week_has_its_own_figures(world):
    world.fail("ana")
    world.until(MONDAY_SEVEN_MS)
    first = world.mondays.preview("2026-W01")
    assert world.another().preview("2026-W01") == first
    world.fail("ben")
    world.until(MONDAY_SEVEN_MS + 7 * DAY_MS)
    second = figures(world.mondays.preview("2026-W02"))
    assert second["Failures"] == ("1", "1")
    assert second["Cases open at the end of the week"] == ("2", "1")
    assert figures(world.mondays.preview("2026-W01")) == figures(first)


def test_a_letter_says_what_of_the_week_before_became_known_late(world):
    world.fail("ana")
    world.until(MONDAY_SEVEN_MS)
    world.round()
    # Told on Monday, and it happened on Friday.
    friday_ms = MONDAY_SEVEN_MS - 3 * DAY_MS
    body = Touchpoint(
        name="Rental Unfulfilled",
        properties={
            "reservation": "R-ben",
            "branch": "Airport",
            "brand": "northwind_cars",
            "reason": "no_vehicle",
            "price_cents": 9_000,
        },
    )
    arrival = Arrival(
        source="rental",
        message_id="late",
        identifier="user:ben",
        time_ms=friday_ms,
        body=body,
        body_digest=body_digest(body),
    )
    world.makegood.intake.take([arrival])
    world.until(MONDAY_SEVEN_MS + 7 * DAY_MS)
    world.round()
    with world.makegood.store.reading() as reading:
        letter = reading.monday("board.2026-W02")
    assert letter is not None
    late = "Since the letter of last week, failures of that week became known: 1 more."
    assert late in letter.sheet.notes
    assert figures(letter)["Failures"] == ("0", "2")


def test_a_week_that_was_missed_is_sent_late_once_and_says_so(world):
    world.until(MONDAY_SEVEN_MS)
    world.round()
    world.until(MONDAY_SEVEN_MS + 16 * DAY_MS)  # nobody worked for two weeks
    assert world.round() == ("board.2026-W03", "vans.2026-W03")
    assert world.round() == ()
    with world.makegood.store.reading() as reading:
        assert reading.monday("board.2026-W02") is None
        letter = reading.monday("board.2026-W03")
    assert letter is not None
    assert letter.late
    assert any(note.startswith("This letter is late") for note in letter.sheet.notes)


def test_a_mail_that_could_not_go_out_within_the_week_is_not_sent_beside_the_next(world):
    world.until(MONDAY_SEVEN_MS)
    world.round()
    world.until(MONDAY_SEVEN_MS + 7 * DAY_MS + 1)
    world.round()
    world.mails()
    by_letter = {(row.command.order.letter, row.status) for row in queued(world.makegood)}
    assert ("board.2026-W01", OutboxStatus.MISSED) in by_letter
    assert ("board.2026-W02", OutboxStatus.DONE) in by_letter


def test_a_letter_of_one_brand_has_its_figures_alone_in_its_language(world):
    world.fail("ana")
    world.until(MONDAY_SEVEN_MS + HOUR_MS)
    assert world.round() == ("board.2026-W01", "vans.2026-W01")
    with world.makegood.store.reading() as reading:
        letter = reading.monday("vans.2026-W01")
    assert letter is not None
    assert letter.sheet.language == "de"
    assert figures(letter)["Enttäuschte Kunden"] == ("0", "0")
    assert letter.brands == ("northwind_vans",)


def test_nobody_is_written_to_where_the_book_names_nobody():
    with serving() as (makegood, clock):
        clock.advance(30 * DAY_MS)
        mondays = Mondays(makegood.store, makegood.shelf.current, clock, BASE_URL)
        assert mondays.send_due() == ()
        assert mondays.preview().week == "2026-W04"


def test_a_letter_that_was_paused_when_it_was_due_does_not_come_when_it_goes_on(world):
    world.until(MONDAY_SEVEN_MS)
    assert world.round() == ("board.2026-W01",)
    second_ms = MONDAY_SEVEN_MS + 7 * DAY_MS
    world.until(second_ms - HOUR_MS)
    activate(world, BOOK.replace("{id: board,", "{id: board, paused: true,"))
    world.until(second_ms + HOUR_MS)
    world.round()
    activate(world, BOOK)
    world.until(second_ms + 2 * DAY_MS)
    assert world.round() == ()
    world.until(second_ms + 7 * DAY_MS)
    assert world.round() == ("board.2026-W03",)


def test_a_first_letter_comes_late_also_where_another_book_was_activated_meanwhile(world):
    world.until(MONDAY_SEVEN_MS + HOUR_MS)  # no worker ran
    activate(world, f"{BOOK}# a comment\n")
    world.until(MONDAY_SEVEN_MS + 3 * HOUR_MS)
    assert world.round() == ("board.2026-W01", "vans.2026-W01")


def test_a_letter_that_is_new_begins_with_its_own_week(world):
    activate(world, BOOK.replace("id: board,", "id: heads,"))
    world.until(MONDAY_SEVEN_MS + HOUR_MS)
    activate(world, BOOK)
    world.until(MONDAY_SEVEN_MS + 2 * HOUR_MS)
    assert world.round() == ("vans.2026-W01",)
    world.until(MONDAY_SEVEN_MS + 7 * DAY_MS)
    assert "board.2026-W02" in world.round()


def test_a_letter_that_cannot_be_written_keeps_no_other_one_back(world):
    world.until(MONDAY_SEVEN_MS + HOUR_MS)
    library = world.makegood.library
    board, vans = library.now().monday.letters
    nowhere = replace(board, timezone="Nowhere/Nowhere")
    book = replace(library.now(), monday=MondayTerms(letters=(nowhere, vans)))
    odd = Library(active=book.hash, books={book.hash: book})
    mondays = Mondays(world.makegood.store, lambda: odd, world.clock, BASE_URL)
    assert mondays.send_due() == ("vans.2026-W01",)


def test_a_customer_whose_state_cannot_be_read_keeps_no_letter_back(world):
    world.fail("ana")
    with world.makegood.store.writing() as writing:
        (row,) = writing.rows("", 10)
        writing.save([replace(row, state=b"broken")])
        writing.put_reckoned_to("")
    world.until(MONDAY_SEVEN_MS)
    assert world.round() == ("board.2026-W01",)
    with world.makegood.store.reading() as reading:
        assert reading.reckoned_to() is None


@pytest.mark.parametrize(("week", "says"), [("2026-W60", "no week"), ("2026-W09", "not begun")])
def test_what_is_no_week_or_has_not_begun_is_refused(world, week, says):
    with pytest.raises(InputError, match=says):
        world.mondays.preview(week)


def test_a_letter_the_book_does_not_have_is_refused(world):
    with pytest.raises(InputError, match="no letter 'nobody'"):
        world.mondays.preview(name="nobody")


def test_customers_of_before_an_upgrade_are_counted_once_page_by_page(world):
    world.fail("ana")
    world.fail("ben")
    with world.makegood.store.writing() as writing:
        with world.makegood.store.reading() as reading:
            them = [row.customer for row in reading.rows("", 10)]
            rows = [one for one in them for one in reading.cases_of([one])]
        # As an upgrade leaves it: cases without what they are counted by.
        names = {one.case: one.case for one in rows}
        writing.project([one.customer for one in rows], rows, (), names)
        writing.put_reckoned_to("")
    assert figures(world.mondays.preview("2026-W01"))["Failures"] == ("0", "0")
    notes = world.mondays.preview("2026-W01").sheet.notes
    assert any("still being counted" in note for note in notes)
    world.round()
    assert figures(world.mondays.preview("2026-W01"))["Failures"] == ("2", "0")


def test_a_replay_that_is_adopted_fills_rows_in_and_loses_nothing_of_the_letter(world):
    world.fail("ana", "rule:no_car")
    world.until(MONDAY_SEVEN_MS)
    before = figures(world.mondays.preview("2026-W01"))
    assert before["Failures"] == ("1", "0")
    assert fill_measured(world.makegood.store) > 0
    assert figures(world.mondays.preview("2026-W01")) == before


def returned(world: World, row: OutboxRow) -> str:
    """Bring the mail that says that an address of management is no more."""
    raw = (EML / "bounce_dsn.eml").read_bytes().replace(b"c1@", f"{row.command.id}@".encode())
    return world.makegood.post.room.take(raw).became


def test_an_address_that_is_no_more_is_shown_and_makes_nobody_a_customer(world):
    world.until(MONDAY_SEVEN_MS)
    world.round()
    world.mails()
    row = queued(world.makegood)[0]
    assert row.status is OutboxStatus.DONE
    with world.makegood.store.reading() as reading:
        before = reading.counts()["customers"]
    assert returned(world, row) == "returned"
    returned(world, row)
    with world.makegood.store.reading() as reading:
        assert reading.counts()["customers"] == before
        after = reading.command(row.command.id)
    assert after is not None
    assert after.status is OutboxStatus.FAILED
    assert "5.1.1" in after.error
    assert len(world.mails()) == 2, "and nothing is sent again by itself"
