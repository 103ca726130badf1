"""Whom a webhook may reach, and what one receiver may cost the others."""

import json
from threading import Event

import pytest

from makegood.effects.hooks import body_of, secret_of
from makegood.effects.webhook import Webhooks
from makegood.messages.errors import InputError
from makegood.ports.notices import TellingStatus
from makegood.runtime.endpoints import Wanted
from makegood.testing.counterparts import LocalCounterpart, Reply
from tests.integration.hook_world import HOLD, KEY, Firm
from tests.integration.mail_server import certificate


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


def test_every_endpoint_has_a_secret_of_its_own():
    secrets = {secret_of(key, id_, n) for key in (KEY, b"x" * 32) for id_ in "ab" for n in (1, 2)}
    assert len(secrets) == 8


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
