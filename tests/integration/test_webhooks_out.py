"""Webhook endpoints against real receivers that verify, fail, hang, redirect and go away."""

import json
from datetime import UTC, datetime
from email.utils import format_datetime

import pytest
from standardwebhooks import WebhookVerificationError

from makegood.effects.hooks import secret_of
from makegood.messages.errors import InputError
from makegood.ports.notices import TellingStatus
from makegood.runtime.telling import LONGEST_REST_MS
from makegood.testing.book import DAY_MS, HOUR_MS, MINUTE_MS
from makegood.testing.counterparts import Reply
from tests.integration.hook_world import KEY, PAGE, Firm, receiver, verify


@pytest.fixture
def firm():
    made = Firm()
    yield made
    made.close()


def test_a_receiver_verifies_a_thin_message_with_the_reference_library(firm):
    with receiver() as local:
        endpoint = firm.add(local, ())
        firm.known("user:ana", "email:ana@example.org", "phone:+4915112345678")
        firm.no_car()
        firm.teller.run_once()
        secret = firm.endpoints.secrets(endpoint).newest
        told = [verify(secret, one) for one in local.received]
        assert [one["type"] for one in told] == ["hold.opened", "case.opened"]
        hold, case = (one["data"] for one in told)
        assert (hold["scope"], hold["held"], hold["reason"]) == ("*", ["*"], "hold")
        assert case["link"] == f"https://mg.example/desk/cases/{case['case']}"
        assert hold["sequence"] < case["sequence"]
        assert len(hold["also"]) == 2
        for one in local.received:
            assert len(one.body) < 20_000
            words = one.body.decode() + str(one.headers)
            assert all(private not in words for private in ("ana", "example.org", "1511"))
        with pytest.raises(WebhookVerificationError):
            verify(secret_of(KEY, endpoint, 2), local.received[0])


def test_the_documented_messages_are_the_ones_that_are_sent(firm):
    page = PAGE.read_text(encoding="utf-8")
    documented = [json.loads(part.partition("```")[0]) for part in page.split("```json\n")[1:3]]
    with receiver() as local:
        firm.add(local, ())
        firm.no_car()
        firm.teller.run_once()
        sent = [json.loads(one.body) for one in local.received]
    for ours, theirs in zip(documented, sent, strict=True):
        assert ours["type"] == theirs["type"]
        assert list(ours) == list(theirs)
        assert list(ours["data"]) == list(theirs["data"])


def test_the_documented_receiver_keeps_who_is_held(firm):
    code = PAGE.read_text(encoding="utf-8").partition("```python\n")[2].partition("```")[0]
    names: dict[str, object] = {}
    exec(code, names)  # noqa: S102 - the page itself is what is tested
    seen, held = set(), {}
    with receiver() as local:
        endpoint = firm.add(local, ())
        firm.no_car()
        firm.teller.run_once()
        secret = firm.endpoints.secrets(endpoint).newest
        for one in (*local.received, *reversed(local.received)):
            names["receive"](dict(one.headers), one.body, secret, seen, held)
    assert [scopes for _, scopes in held.values()] == [["*"]]
    assert len(seen) == 2


def test_a_receiver_that_fails_is_told_again_with_the_same_id_and_another_time(firm):
    with receiver(Reply(status=500, content={"error": "full"})) as local:
        endpoint = firm.add(local)
        firm.no_car()
        firm.teller.run_once()
        (one,) = firm.told(endpoint)
        assert (one.status, one.error) == (
            TellingStatus.WAITING,
            'It answered 500: {"error": "full"}',
        )
        firm.clock.advance(MINUTE_MS)
        firm.teller.run_once()
        first, second = local.received
        assert first.id == second.id == one.said.notice.id
        assert first.headers["webhook-timestamp"] != second.headers["webhook-timestamp"]
        verify(firm.endpoints.secrets(endpoint).newest, second)
    newest, oldest = firm.log(endpoint)
    assert [(one.status, one.attempt) for one in (oldest, newest)] == [(500, 1), (204, 2)]
    assert oldest.answer_body == '{"error": "full"}'
    assert oldest.request_headers["webhook-id"] == one.said.notice.id
    assert json.loads(oldest.request_body)["type"] == "hold.opened"
    assert (newest.error, newest.answer_body) == ("", "")


def test_a_redirect_is_a_failure_and_nobody_follows_it(firm):
    with (
        receiver() as elsewhere,
        receiver(
            Reply(status=307, headers={"location": "http://127.0.0.1:1/"}),
            Reply(status=301, headers={"location": elsewhere.url}),
        ) as local,
    ):
        endpoint = firm.add(local)
        firm.no_car()
        for _ in range(2):
            firm.teller.run_once()
            (one,) = firm.told(endpoint)
            assert one.status is TellingStatus.WAITING
            assert "redirects are not followed" in one.error
            firm.clock.advance(10 * MINUTE_MS)
        assert elsewhere.received == []


def test_410_switches_an_endpoint_off_and_shows_it_to_a_person(firm):
    with receiver(Reply(status=410)) as local:
        endpoint = firm.add(local)
        firm.no_car()
        firm.no_car("user:ben")
        firm.teller.run_once()
        ((row, health),) = firm.endpoints.every()
        assert (row.disabled, row.disabled_ms) == ("gone", firm.clock.now_ms())
        assert (health.failed, health.waiting) == (1, 1)
        firm.no_car("user:cyd")
        firm.clock.advance(DAY_MS)
        firm.teller.run_once()
        assert len(local.received) == 1
        firm.endpoints.enable(endpoint)
        firm.teller.run_once()
        assert len(local.received) == 2
        assert firm.endpoints.replay(endpoint, since_ms=0) == 1
        firm.teller.run_once()
        assert len({one.id for one in local.received}) == 2


@pytest.mark.parametrize("as_date", [False, True])
def test_429_is_waited_out_as_long_as_it_asks(firm, as_date):
    until = datetime.fromtimestamp(firm.clock.now_ms() // 1000 + 3600, UTC)
    after = format_datetime(until, usegmt=True) if as_date else "3600"
    with receiver(Reply(status=429, headers={"retry-after": after})) as local:
        firm.add(local)
        firm.no_car()
        firm.teller.run_once()
        firm.clock.advance(HOUR_MS - MINUTE_MS)
        firm.teller.run_once()
        assert len(local.received) == 1
        firm.clock.advance(MINUTE_MS)
        firm.teller.run_once()
        assert len(local.received) == 2


def test_a_rotated_secret_signs_beside_the_new_one_for_a_day(firm):
    with receiver() as local:
        endpoint = firm.add(local)
        old = firm.endpoints.secrets(endpoint).newest
        both = firm.endpoints.rotate(endpoint)
        assert both.before == old
        assert both.newest != old
        assert both.before_until_ms == firm.clock.now_ms() + DAY_MS
        with pytest.raises(InputError, match="24 hours"):
            firm.endpoints.rotate(endpoint)
        firm.no_car()
        firm.teller.run_once()
        for secret in (old, both.newest):
            verify(secret, local.received[0])
        firm.clock.advance(DAY_MS)
        firm.no_car("user:ben")
        firm.teller.run_once()
        newest = local.received[-1]
        assert len(newest.headers["webhook-signature"].split()) == 1
        assert firm.endpoints.secrets(endpoint).before == ""
        assert firm.endpoints.rotate(endpoint).before == both.newest


def test_one_delivery_is_sent_again_by_hand_and_all_that_failed(firm):
    with receiver(*[Reply(status=503)] * 10) as local:
        endpoint = firm.add(local)
        firm.no_car()
        while (
            firm.told(endpoint)[:1] == () or firm.told(endpoint)[0].status is TellingStatus.WAITING
        ):
            firm.clock.advance(DAY_MS + 6 * HOUR_MS)
            firm.teller.run_once()
        (dead,) = firm.told(endpoint)
        assert (dead.status, dead.attempts) == (TellingStatus.FAILED, 10)
        firm.clock.advance(LONGEST_REST_MS)
        assert firm.endpoints.replay(endpoint, since_ms=firm.clock.now_ms()) == 0
        assert firm.endpoints.replay(endpoint) == 1
        firm.teller.run_once()
        assert firm.told(endpoint)[0].status is TellingStatus.DONE
        assert firm.endpoints.replay(endpoint, [dead.said.notice.id]) == 1
        firm.teller.run_once()
        assert len({one.id for one in local.received}) == 1
        assert len(local.received) == 12
    with pytest.raises(InputError, match="no endpoint"):
        firm.endpoints.replay("w0")


def test_a_long_answer_is_taken_and_kept_in_part(firm):
    with receiver(Reply(content={"x": "y" * 200_000})) as local:
        endpoint = firm.add(local)
        firm.no_car()
        firm.teller.run_once()
        assert firm.told(endpoint)[0].status is TellingStatus.DONE
        (logged,) = firm.log(endpoint)
        size = sum(len(n) + len(v) for n, v in logged.answer_headers.items())
        assert 60_000 < len(logged.answer_body) + size <= 64 * 1024


def test_an_endpoint_hears_only_its_kinds_and_brands(firm):
    with receiver() as local:
        firm.add(local, ("case.*",))
        firm.no_car()
        firm.teller.run_once()
        assert [json.loads(one.body)["type"] for one in local.received] == ["case.opened"]
    with pytest.raises(InputError, match=r"hold\.shut.*no kind"):
        firm.add(local, ("hold.shut",))
    with pytest.raises(InputError, match="no brand 'x'"):
        firm.add(local, brands=("x",))
