"""Webhook endpoints against real receivers that verify, fail, hang, redirect and go away."""

import json
import random
import time
from contextlib import contextmanager
from datetime import UTC, datetime
from email.utils import format_datetime
from pathlib import Path
from threading import Event

import pytest
from standardwebhooks import Webhook, WebhookVerificationError

from makegood.effects.hooks import Home, body_of, secret_of
from makegood.effects.webhook import Webhooks
from makegood.messages.errors import InputError
from makegood.messages.facts import Identified, Touchpoint
from makegood.ports.arrivals import Arrival
from makegood.ports.notices import TellingStatus
from makegood.runtime.endpoints import Endpoints, Wanted
from makegood.runtime.intake import Intake, body_digest
from makegood.runtime.telling import LONGEST_REST_MS, Teller
from makegood.store.memory import MemoryStore
from makegood.testing.book import DAY_MS, HOUR_MS, MINUTE_MS, small_book, small_library
from makegood.testing.clock import FakeClock
from makegood.testing.counterparts import LocalCounterpart, Reply
from tests.integration.mail_server import certificate

LIBRARY = small_library()
KEY = b"the key of a deployment of tests"
HOLD = ("hold.opened",)
PAGE = Path(__file__).parents[2] / "docs/reference/webhooks.md"


class Firm:
    """Everything between a failure and a receiver."""

    def __init__(self, *, private=True, webhooks=None, answer_seconds=5.0, **more):
        self.clock = FakeClock(int(time.time() * 1000))
        self.store = MemoryStore()
        self.intake = Intake(self.store, lambda: LIBRARY, self.clock, b"key")
        self.webhooks = webhooks or Webhooks({}, answer_seconds=answer_seconds)
        home = Home(key=KEY, base_url="https://mg.example/", private=private)
        self.endpoints = Endpoints(self.store, self.webhooks, small_book, self.clock, home, **more)
        self.teller = Teller(
            self.store,
            self.endpoints.sinks,
            lambda _reading, customers: dict.fromkeys(customers, ("*",)),
            self.clock,
            rng=random.Random(1),
            noted=self.endpoints.flush,
        )
        self.count = 0

    def add(self, local, kinds=HOLD, **more):
        return self.endpoints.add(local.url, Wanted(kinds=kinds, **more), "kathy").id

    def no_car(self, who="user:ana"):
        self.count += 1
        facts = {"reservation": f"R{self.count}", "reason": "x", "price_cents": 100}
        self._take(Touchpoint(name="Rental Unfulfilled", properties=facts), who)

    def known(self, who, *lookups):
        self.count += 1
        self._take(Identified(traits={}), who, lookups=lookups)

    def _take(self, body, who, **more):
        arrival = Arrival(
            source="rental",
            message_id=f"{self.count}",
            identifier=who,
            time_ms=self.clock.now_ms(),
            body=body,
            body_digest=body_digest(body),
            **more,
        )
        self.intake.take([arrival])

    def log(self, endpoint):
        with self.store.reading() as reading:
            return reading.deliveries(endpoint, 0, 100)

    def told(self, endpoint):
        with self.store.reading() as reading:
            return reading.tellings(f"webhook:{endpoint}", None, 0, 100)

    def close(self):
        self.teller.close()
        self.webhooks.close()


@pytest.fixture
def firm():
    made = Firm()
    yield made
    made.close()


@contextmanager
def receiver(*replies):
    """Answer with these one after another, then with yes."""
    left = list(replies)
    with LocalCounterpart(lambda _received: left.pop(0) if left else Reply(status=204)) as local:
        yield local


def verify(secret, received):
    return Webhook(secret).verify(received.body, dict(received.headers))


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


def test_a_receiver_that_hangs_is_given_up_and_logged():
    firm, go_on = Firm(answer_seconds=0.3), Event()

    def hang(_received):
        go_on.wait(30)
        return Reply()

    with LocalCounterpart(hang) as local:
        endpoint = firm.add(local)
        firm.no_car()
        firm.teller.run_once()
        (one,) = firm.told(endpoint)
        assert one.status is TellingStatus.WAITING
        assert one.error.startswith("It did not answer")
        (logged,) = firm.log(endpoint)
        assert (logged.status, logged.answer_body) == (0, "")
        go_on.set()
    firm.close()


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


def test_every_endpoint_has_a_secret_of_its_own():
    secrets = {secret_of(key, id_, n) for key in (KEY, b"x" * 32) for id_ in "ab" for n in (1, 2)}
    assert len(secrets) == 8


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


@pytest.mark.parametrize(
    ("url", "says"),
    [
        ("http://example.org/", "https"), ("https://127.0.0.1/", "open internet"),
        ("https://[::1]/", "open internet"), ("https://169.254.169.254/", "open internet"),
        ("https://10.0.0.1:8443/x", "open internet"), ("ftp://example.org", "Write the address"),
        ("https://u:p@example.org/", "password"), ("https://", "Write the address"),
        ("https://example.org:99999/", "port"), ("https://e.org/" + "x" * 2000, "Write the"),
    ],
)  # fmt: skip
def test_an_address_that_may_not_be_reached_is_refused_at_once(url, says):
    firm = Firm(private=False)
    with pytest.raises(InputError, match=says):
        firm.endpoints.add(url, Wanted(), "kathy")
    assert firm.endpoints.every() == ()
    firm.close()


def test_a_name_that_turns_private_later_gets_nothing(tmp_path):
    """The guard looks at each delivery, and the connection goes where it looked."""
    serving, trusting = certificate(tmp_path, "hook.example")
    now_private = []

    def guard(scheme, host, port):
        if now_private:
            from makegood.effects.addresses import public_address

            return public_address(scheme, host, port, lambda *_: ("10.0.0.7",))
        return "127.0.0.1"

    webhooks = Webhooks({}, guard, trusting)
    firm = Firm(private=False, webhooks=webhooks, guard=guard)
    with LocalCounterpart(tls=serving) as local:
        url = f"https://hook.example:{local.port}/x"
        endpoint = firm.endpoints.add(url, Wanted(kinds=HOLD), "kathy").id
        firm.no_car()
        firm.teller.run_once()
        assert len(local.received) == 1
        now_private.append(True)
        firm.no_car("user:ben")
        firm.teller.run_once()
        assert len(local.received) == 1
        assert "private address" in firm.told(endpoint)[0].error
    firm.close()


def test_a_receiver_that_hangs_delays_no_other_and_no_round():
    firm, go_on = Firm(answer_seconds=20), Event()

    def hang(_received):
        go_on.wait(30)
        return Reply()

    heard = Event()

    def note(_received):
        heard.set()
        return Reply()

    stopped = Event()
    with LocalCounterpart(hang) as slow, LocalCounterpart(note) as quick:
        firm.add(slow)
        firm.no_car()
        from threading import Thread

        lanes = Thread(target=firm.teller.run_forever, args=(stopped.is_set, stopped.wait))
        lanes.start()
        try:
            while not slow.received:
                stopped.wait(0.01)
            firm.add(quick)
            firm.no_car("user:ben")
            assert heard.wait(20)
            assert not go_on.is_set()
        finally:
            stopped.set()
            go_on.set()
            lanes.join()
            firm.close()


def test_the_largest_message_stays_below_twenty_thousand_bytes():
    from makegood.core.notices import MOST_NAMES, Notice, NoticeKind
    from makegood.messages.ids import CaseId, CustomerId, NoticeId, ProfileId
    from makegood.ports.notices import FeedNotice, Subject

    ids = tuple(ProfileId(f"p{n:032}") for n in range(5_000))
    names = tuple(CaseId(f"ke{n:032}") for n in range(MOST_NAMES))
    notice = Notice(
        id=NoticeId("n" * 33),
        kind=NoticeKind.CASE_CLOSED,
        customer=CustomerId(ids[0]),
        profile=ids[0],
        at_ms=1,
        case=names[0],
        names=names,
        into=names[1],
        brand="b" * 64,
    )
    said = FeedNotice(sequence=10**12, notice=notice)
    body = body_of(said, Subject(customer=CustomerId(ids[0]), profiles=ids), "https://x.example")
    assert len(json.dumps(body)) < 20_000
