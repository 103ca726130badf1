"""What did not get through is seen by a person, and a supervisor tries it again."""

import re

from makegood.bootstrap import Makegood
from makegood.core.holds import Question
from makegood.messages.commands import MessageClass
from makegood.ports.rows import OutboxStatus
from tests.e2e.screens import introduce, no_car
from tests.unit.desk.browsing import words_of


def fail_everything(makegood: Makegood, status: OutboxStatus) -> list[str]:
    now_ms = makegood.clock.now_ms()
    with makegood.store.writing() as writing:
        rows = writing.claim(now_ms, 60_000, 100)
        for row in rows:
            writing.settle(row.command.id, row.fence, status, now_ms, "the server is away")
    return [row.command.id for row in rows]


def test_dead_letters_are_shown_with_their_error_and_retried_once(makegood: Makegood, kathy, omar):
    introduce(makegood)
    no_car(makegood)
    dead = fail_everything(makegood, OutboxStatus.FAILED)
    words = words_of(omar.get("/desk/broken"))
    assert words.count("the server is away") == len(dead)
    assert "Ana Ruiz" in words
    assert kathy.post(f"/desk/broken/{dead[0]}/retry").status_code == 403
    again = omar.post(f"/desk/broken/{dead[0]}/retry", follow=True)
    assert "It will be tried again at once." in words_of(again)
    with makegood.store.reading() as reading:
        row = reading.command(dead[0])
    assert row is not None
    assert row.status is OutboxStatus.WAITING
    second = omar.post(f"/desk/broken/{dead[0]}/retry", follow=True)
    assert "It had been settled already." in words_of(second)


def test_what_another_brand_did_not_deliver_is_not_shown(makegood: Makegood, vera):
    introduce(makegood)
    no_car(makegood)
    fail_everything(makegood, OutboxStatus.FAILED)
    words = words_of(vera.get("/desk/broken"))
    assert "Ana Ruiz" not in words
    assert "Everything got through." in words
    assert re.search(r"Not delivered Umbrella", words), "a badge counts what is not hers"


def test_what_came_too_late_is_put_before_a_person(makegood: Makegood, kathy):
    introduce(makegood)
    no_car(makegood)
    fail_everything(makegood, OutboxStatus.MISSED)
    words = words_of(kathy.get("/desk/broken?show=missed"))
    assert "Ana Ruiz" in words
    assert "Try again" not in words


def test_nothing_broken_says_so(makegood: Makegood, kathy):
    assert "Everything got through." in words_of(kathy.get("/desk/broken"))


def test_questions_about_nobody_we_know_are_counted_where_a_person_sees_it(
    makegood: Makegood, kathy
):
    assert "named nobody we know" not in words_of(kathy.get("/desk/broken"))
    question = Question(brand="northwind_cars", message_class=MessageClass.PROMOTIONAL)
    for _ in range(2):
        makegood.gate.ask("email:nobody@example.org", question)
    assert "2 questions to the gate named nobody we know" in words_of(kathy.get("/desk/broken"))
