"""Who answers for a rule or a place gets a mail with its clock; who is above, when it is late."""

from collections.abc import Iterator
from string import Formatter

import pytest
from msgspec.structs import replace

from makegood.books.opening import shipped_books
from makegood.bootstrap import Makegood
from makegood.core.decide import Asker
from makegood.effects.owner_words import OWNER_WORDS
from makegood.messages.commands import AskOwner
from makegood.messages.facts import RootCauseNamed
from makegood.messages.ids import CommandId, RepId
from makegood.playbooks.load import load_book
from makegood.ports.pointers import RootAnswer
from makegood.ports.rows import OutboxRow, OutboxStatus, RepRow
from makegood.projections.root_causes import answerer
from makegood.runtime.asking_owners import question
from makegood.testing.clock import FakeClock
from tests.e2e.screens import customer_of, introduce, no_car, serving
from tests.integration.mail_server import MailServer

DAY_MS = 86_400_000
OWNED = (
    "owners: {answer_within: 14d, rules: {no_car: mira}, places: {quay: mira}, otherwise: helen}\n"
)
BOOK = f"{shipped_books()['car-rental']}\n{OWNED}"
MIRA = RepRow(rep=RepId("mira"), name="Mira Sand", role="employee", email="mira@firm.example.com")
HELEN = RepRow(rep=RepId("helen"), name="Helen Ox", role="supervisor", email="h@firm.example.com")


@pytest.fixture
def mailed() -> Iterator[tuple[Makegood, FakeClock, MailServer]]:
    with MailServer() as server, serving(BOOK, smtp=f"smtp://127.0.0.1:{server.port}") as both:
        with both[0].store.writing() as writing:
            writing.put_reps([MIRA, HELEN])
        yield *both, server


def behind(makegood: Makegood, who: str, cause: str = "rule:no_car") -> None:
    introduce(makegood, f"user:{who}", who)
    case = no_car(makegood, f"user:{who}", reservation=f"R-{who}")
    done = makegood.acts.act(
        customer_of(makegood, f"user:{who}"),
        RootCauseNamed(case=case, cause=cause),
        Asker(rep=RepId("omar"), role="supervisor"),
        message_id=f"root-{who}",
    )
    assert not hasattr(done, "why"), done


def asked(makegood: Makegood) -> list[OutboxRow]:
    with makegood.store.reading() as reading:
        found = [row for one in OutboxStatus for row in reading.outbox(one, CommandId(""), 500)]
    return [row for row in found if isinstance(row.command.order, AskOwner)]


def test_an_owner_gets_one_mail_for_one_clock_however_often_somebody_looks(mailed):
    makegood, clock, server = mailed
    behind(makegood, "ana")
    assert [makegood.owners_asked.round() for _ in range(3)] == [1, 0, 0]
    clock.advance(DAY_MS)
    behind(makegood, "ben")
    assert makegood.owners_asked.round() == 0
    makegood.worker.run_once()
    mails = [one for one in server.box.mails if one["To"] == MIRA.email]
    assert len(mails) == 1
    (mail,) = mails
    text = mail.get_content()
    assert mail["X-Makegood-Class"] == "service"
    assert "Mira Sand" in text
    assert "There was no car" in text
    assert "January 15, 2026" in text
    assert "/desk/floor/answers/one?cause=rule%3Ano_car" in text
    assert "ana" not in text.replace("Mira Sand", "")
    assert [row.status for row in asked(makegood)] == [OutboxStatus.DONE]


def test_what_owners_are_asked_is_in_no_customer_s_history(mailed):
    makegood, _, _ = mailed
    behind(makegood, "ana")
    with makegood.store.reading() as reading:
        before = len(reading.log(0, 1000))
    makegood.owners_asked.round()
    while not makegood.worker.run_once().is_idle:
        pass
    with makegood.store.reading() as reading:
        bodies = [event for _, event in reading.log(0, 1000)][before:]
    ids = {row.command.id for row in asked(makegood)}
    assert ids
    assert all(getattr(one.body, "command", "") not in ids for one in bodies)


def test_what_is_late_is_put_to_who_answers_for_everything_else_once(mailed):
    makegood, clock, server = mailed
    behind(makegood, "ana")
    makegood.owners_asked.round()
    clock.advance(15 * DAY_MS)
    assert [makegood.owners_asked.round() for _ in range(2)] == [1, 0]
    makegood.worker.run_once()
    to_helen = [one for one in server.box.mails if one["To"] == HELEN.email]
    assert len(to_helen) == 1
    assert "let the time pass" in to_helen[0].get_content()


def test_an_owner_without_an_address_is_seen_by_a_person(mailed):
    makegood, _, _ = mailed
    with makegood.store.writing() as writing:
        writing.put_reps([RepRow(rep=MIRA.rep, name="Mira Sand", role="employee")])
    behind(makegood, "ana")
    makegood.owners_asked.round()
    while not makegood.worker.run_once().is_idle:
        pass
    (row,) = asked(makegood)
    assert row.status is OutboxStatus.FAILED
    assert "no mail address" in row.error


def test_a_promise_is_asked_about_again_when_its_day_is_over(mailed):
    makegood, clock, _ = mailed
    behind(makegood, "ana")
    makegood.owners_asked.round()
    answer = RootAnswer(
        cause="rule:no_car", answer="will", says="New cars.", by="mira",
        since_ms=clock.now_ms() + 3 * DAY_MS, said_ms=clock.now_ms(),
    )  # fmt: skip
    with makegood.store.writing() as writing:
        writing.put_root_answer(answer)
    assert makegood.owners_asked.round() == 0
    clock.advance(4 * DAY_MS)
    assert makegood.owners_asked.round() == 2  # the owner, and who is above
    assert makegood.owners_asked.round() == 0


def test_the_owner_of_a_rule_that_customers_find_worse_gets_a_mail_too(mailed):
    makegood, clock, server = mailed
    now_ms = clock.now_ms()
    order = AskOwner(
        about="rule", subject="no_car", title="There was no car", owner=MIRA.rep, due_ms=now_ms
    )
    with makegood.store.writing() as writing:
        writing.put_commands([question(order, now_ms, now_ms)])
    makegood.worker.run_once()
    (mail,) = server.box.mails
    assert "Customers find this rule worse" in mail.get_content()


def test_who_is_told_what_a_search_shows_reads_each_change(mailed):
    makegood, clock, server = mailed
    now_ms = clock.now_ms()
    order = AskOwner(
        about="search", subject="a", title="northwind refund", owner=MIRA.rep, due_ms=now_ms,
        words=("stars.example is at place 3",),
    )  # fmt: skip
    with makegood.store.writing() as writing:
        writing.put_commands([question(order, now_ms, now_ms)])
    makegood.worker.run_once()
    (mail,) = server.box.mails
    assert "northwind refund" in mail["Subject"]
    assert "- stars.example is at place 3" in mail.get_content()
    assert "/desk/voice/searches/a" in mail.get_content()
    assert "Please say" not in mail.get_content()


def test_who_left_or_never_was_here_answers_for_nothing():
    terms = makegood_owners()
    gone = RepRow(rep=RepId("mira"), name="Mira", role="rep", left_ms=5)
    assert answerer(terms, "rule:no_car", [gone, HELEN], 9) == "helen"
    assert answerer(terms, "rule:no_car", [gone, HELEN], 4) == "mira"
    assert answerer(terms, "rule:no_car", [], 4) == ""


def makegood_owners():
    return load_book(BOOK, name="book.yaml").owners


@pytest.mark.parametrize(
    ("languages", "usual", "subject", "by", "tag"),
    [
        (("de-AT", "en"), "", "Was steckt dahinter?", "15. Jänner 2026", "de-AT"),
        (("fr", "es"), "de", "¿Qué hay detrás?", "15 de enero de 2026", "es"),
        ((), "de", "Was steckt dahinter?", "15. Januar 2026", "de"),
        (("fr",), "", "What is behind this?", "January 15, 2026", "en"),
    ],
)
def test_an_owner_is_written_to_in_their_language_else_in_that_of_the_book(
    languages, usual, subject, by, tag
):
    said = f"otherwise: helen, language: {usual}" if usual else "otherwise: helen"
    book = BOOK.replace("otherwise: helen", said)
    with MailServer() as server, serving(book, smtp=f"smtp://127.0.0.1:{server.port}") as both:
        makegood, _ = both
        with makegood.store.writing() as writing:
            writing.put_reps([replace(MIRA, languages=languages), HELEN])
        behind(makegood, "ana")
        makegood.owners_asked.round()
        makegood.worker.run_once()
        (mail,) = [one for one in server.box.mails if one["To"] == MIRA.email]
    assert mail["Subject"].startswith(subject)
    assert mail["Content-Language"] == tag
    assert by in mail.get_content()
    assert "/desk/floor/answers/one?cause=rule%3Ano_car" in mail.get_content()


def test_all_languages_say_the_same_with_the_same_names():
    assert len({tuple(sorted(words)) for words in OWNER_WORDS.values()}) == 1
    for key, english in OWNER_WORDS["en"].items():
        named = {name for _, name, _, _ in Formatter().parse(english) if name}
        for words in OWNER_WORDS.values():
            assert {name for _, name, _, _ in Formatter().parse(words[key]) if name} == named
