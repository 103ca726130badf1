"""What is written into a ticket: both or neither, over nobody, and once."""

from collections.abc import Iterator

import pytest

from makegood.effects.zendesk import Zendesk, ZendeskSettings, check_zendesk
from makegood.effects.zendesk_notes import tickets_in
from makegood.messages.errors import EffectFailed, InputError
from tests.vendors.zendesk import EMAIL, TOKEN, Account, Refusal, Ticket, serving, too_fast

TAKE = frozenset({"makegood_whole", "makegood_closed"})


@pytest.fixture
def account() -> Iterator[Account]:
    with serving(Account()) as it:
        yield it


@pytest.fixture
def zendesk(account) -> Iterator[Zendesk]:
    made = Zendesk(ZendeskSettings(url=account.url, email=EMAIL, token=TOKEN, allow_private=True))
    yield made
    made.close()


def write(zendesk: Zendesk, ticket: str = "7", mark: str = "[n1]") -> bool:
    note = f"This ticket has a case.\nMakegood {mark}"
    return zendesk.write(
        ticket, take=TAKE, put="makegood_open", note=note, mark=mark, now_ms=1_000
    )


def test_tag_and_internal_note_are_written_in_one_request(account, zendesk):
    ticket = account.add(7, "ana@example.org", "vip", "makegood", "makegood_whole")
    assert write(zendesk)
    assert ticket.tags == ["vip", "makegood", "makegood_open"]
    assert [(one["public"], "[n1]" in one["body"]) for one in ticket.comments] == [(False, True)]
    assert [method for method, _ in account.asked] == ["GET", "PUT"]


def test_a_repeat_writes_nothing_twice(account, zendesk):
    ticket = account.add(7, "ana@example.org", "makegood")
    assert write(zendesk)
    assert not write(zendesk)
    assert len(ticket.comments) == 1
    assert write(zendesk, mark="[n2]")
    assert len(ticket.comments) == 2


def test_what_somebody_else_tags_meanwhile_is_not_lost(account, zendesk):
    ticket = account.add(7, "ana@example.org", "makegood")

    def meanwhile(one: Ticket) -> None:
        account.before_put = None
        account.agent_tags(7, "urgent")

    account.before_put = meanwhile
    assert write(zendesk)
    assert ticket.tags == ["makegood", "urgent", "makegood_open"]


def test_who_is_always_outrun_comes_back_later(account, zendesk):
    account.add(7, "ana@example.org")

    def again(one: Ticket) -> None:
        account.agent_tags(7, f"t{len(one.tags)}")
        account.before_put = again

    account.before_put = again
    with pytest.raises(EffectFailed, match="all the time") as failed:
        write(zendesk)
    assert failed.value.retry


def test_a_closed_ticket_is_not_asked_to_change(account, zendesk):
    account.add(7, "ana@example.org").status = "closed"
    with pytest.raises(EffectFailed, match="is closed") as failed:
        write(zendesk)
    assert not failed.value.retry
    assert [method for method, _ in account.asked] == ["GET"]


def test_a_ticket_that_is_closed_in_between_is_left_with_its_reason(account, zendesk):
    account.add(7, "ana@example.org")
    account.before_put = lambda ticket: setattr(ticket, "status", "closed")
    with pytest.raises(EffectFailed, match="closed prevents ticket update") as failed:
        write(zendesk)
    assert not failed.value.retry


def test_a_deleted_ticket_is_not_there(account, zendesk):
    with pytest.raises(EffectFailed, match="not there any more") as failed:
        write(zendesk)
    assert not failed.value.retry


def test_who_asks_too_fast_comes_back_when_zendesk_says(account, zendesk):
    account.add(7, "ana@example.org")
    account.broken = [too_fast(93)]
    with pytest.raises(EffectFailed) as failed:
        write(zendesk)
    assert (failed.value.retry, failed.value.after_ms) == (True, 93_000)


@pytest.mark.parametrize("status", [500, 503])
def test_a_fault_of_zendesk_is_tried_again(account, zendesk, status):
    account.add(7, "ana@example.org")
    account.broken = [Refusal(status, {"error": "InternalError"})]
    with pytest.raises(EffectFailed) as failed:
        write(zendesk)
    assert failed.value.retry


def test_a_wrong_token_waits_for_a_person_and_is_said(account):
    settings = ZendeskSettings(url=account.url, email=EMAIL, token="x", allow_private=True)
    zendesk = Zendesk(settings)
    with pytest.raises(EffectFailed, match="MAKEGOOD_ZENDESK") as failed:
        write(zendesk)
    assert failed.value.retry
    assert failed.value.after_ms > 60_000
    assert "x" not in str(failed.value).split()
    zendesk.close()


def test_an_answer_that_is_none_is_a_fault(account, zendesk):
    account.add(7, "ana@example.org")
    account.broken = [Refusal(200, {"nothing": "of a ticket"})]
    with pytest.raises(EffectFailed, match="unexpected"):
        write(zendesk)


def test_nobody_at_home_is_a_fault(zendesk, account):
    settings = ZendeskSettings(
        url="http://127.0.0.1:9", email=EMAIL, token=TOKEN, allow_private=True
    )
    nobody = Zendesk(settings)
    with pytest.raises(EffectFailed, match="did not answer"):
        write(nobody)
    nobody.close()


def test_a_private_address_is_not_reached_unless_the_deployment_says_so():
    zendesk = Zendesk(ZendeskSettings(url="https://localhost", oauth="t"))
    with pytest.raises(EffectFailed, match="private address"):
        write(zendesk)
    zendesk.close()


@pytest.mark.parametrize(
    "setting",
    [
        {"url": "northwind.zendesk.com", "oauth": "t"},
        {"url": "https://northwind.zendesk.com/api/v2", "oauth": "t"},
        {"url": "http://northwind.zendesk.com", "oauth": "t"},
        {"url": "https://northwind.zendesk.com"},
        {"url": "https://northwind.zendesk.com", "token": "t"},
        {"url": "https://northwind.zendesk.com", "email": "e", "token": "t", "oauth": "t"},
    ],
)
def test_a_setting_that_cannot_work_is_found_at_the_start(setting):
    with pytest.raises(InputError, match="MAKEGOOD_ZENDESK"):
        check_zendesk(ZendeskSettings(**setting))


def test_tickets_are_told_from_everything_else_a_failure_may_be_about():
    abouts = ["zendesk:7", "R1", "zendesk:7", "zendesk:8", "zendesk:../9", "zammad:1", "zendesk:"]
    assert tickets_in(abouts, "zendesk") == ("7", "8")
