"""Histories that become one, and that are told apart again."""

import pytest

from makegood.messages.facts import Unlinked
from makegood.messages.ids import RepId
from makegood.ports.rows import OutboxStatus
from tests.unit.runtime.intake_world import Firm, arrival, no_car, quiet, same_person


@pytest.fixture
def firm() -> Firm:
    return Firm()


def test_two_histories_become_one_and_nothing_is_sent_twice(firm):
    firm.take(no_car(firm, "a", who="anon:1"), no_car(firm, "b", who="user:ana"))
    firm.deliver()
    sent = {row.command.id for row in (*firm.outbox("anon:1"), *firm.outbox("user:ana"))}
    firm.take(same_person(firm, "link", "anon:1"))
    assert firm.customer("anon:1") == firm.customer("user:ana")
    (case,) = firm.state().cases
    assert firm.row().events == 3
    assert {row.command.id for row in firm.outbox()} >= sent
    assert all(row.status is OutboxStatus.DONE for row in firm.outbox() if row.command.id in sent)
    with firm.store.reading() as reading:
        assert [row.case for row in reading.cases()] == [case.id]


def test_a_hold_is_known_under_both_names_in_the_commit_of_the_link(firm):
    firm.take(no_car(firm, who="anon:1"), quiet(firm, "hello"))
    assert not firm.holds("user:ana")
    before = firm.store.syncs()
    firm.take(
        quiet(firm, "x"), same_person(firm, "link", "anon:1"), quiet(firm, "y", who="user:z")
    )
    assert firm.store.syncs() == before + 3
    assert firm.holds("user:ana")


def test_saying_again_who_somebody_is_folds_nothing_anew(firm):
    firm.take(same_person(firm, "1", "anon:1"))
    row = firm.row()
    before = firm.store.syncs()
    firm.take(same_person(firm, "2", "anon:1"), quiet(firm, "3"))
    assert firm.store.syncs() == before + 1
    assert firm.row().events == row.events + 2


def test_an_undone_link_gives_each_their_own_history_back(firm):
    firm.take(no_car(firm, who="anon:1"), quiet(firm, "hello"))
    firm.take(same_person(firm, "link", "anon:1"))
    assert firm.holds("user:ana")
    firm.take(
        arrival(
            firm, Unlinked(other=firm.intake.profile("anon:1"), by=RepId("kathy")), "not the same"
        )
    )
    assert firm.customer("user:ana") != firm.customer("anon:1")
    assert not firm.holds("user:ana")
    assert firm.holds("anon:1")
    waiting = [row.status for row in firm.outbox("anon:1")]
    assert OutboxStatus.WAITING in waiting
    firm.take(same_person(firm, "link", "anon:1"))
    assert firm.customer("user:ana") != firm.customer("anon:1"), "a repeat links nobody again"
