import base64
import json
import time
from datetime import UTC, datetime, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st
from standardwebhooks import Webhook

from makegood.effects.callbacks import (
    CallbackForged,
    CallbackStale,
    CallbackUnreadable,
    verify_callback,
)
from makegood.messages.facts import Carried, Confirmed, Declined, Dropped
from makegood.messages.money import Money
from makegood.testing.counterparts import SECRET
from tests.unit.effects.scene import NOW_MS, can_you, command

ID = command(can_you()).id
AT = datetime.fromtimestamp(NOW_MS // 1000, UTC)


def called(kind, data, secret=SECRET, at=AT):
    body = json.dumps({"type": kind, "data": {"command": ID, **data}})
    headers = {
        "Webhook-Id": "theirs-1",
        "Webhook-Timestamp": str(int(at.timestamp())),
        "Webhook-Signature": Webhook(secret).sign("theirs-1", at, body),
    }
    return headers, body.encode()


def read(kind, data, **how):
    headers, body = called(kind, data, **how)
    return verify_callback(headers, body, SECRET, NOW_MS)


@pytest.mark.parametrize(
    ("kind", "data", "expected"),
    [
        (
            "offer.answered",
            {"confirmed": True, "expires_at": "2030-01-01T00:00:00Z", "detail": {"minutes": 12}},
            Confirmed(command=ID, expires_ms=1_893_456_000_000, detail={"minutes": 12}),
        ),
        (
            "offer.answered",
            {"confirmed": True, "expires_ms": 5},
            Confirmed(command=ID, expires_ms=5),
        ),
        (
            "offer.answered",
            {"confirmed": False, "why": "no driver"},
            Declined(command=ID, why="no driver"),
        ),
        (
            "remedy.carried",
            {"reference": "T-1", "paid_cents": 4200, "currency": "eur"},
            Carried(command=ID, paid=Money(4200, "EUR"), reference="T-1"),
        ),
        ("remedy.failed", {"why": "closed"}, Dropped(command=ID, why="failed", reason="closed")),
    ],
)
def test_a_signed_callback_is_the_outcome_of_its_command(kind, data, expected):
    assert read(kind, data) == (ID, expected)


def test_a_letter_in_the_details_does_not_reach_the_log():
    _, body = read(
        "offer.answered",
        {"confirmed": True, "detail": {"letter": "x" * 500, "nested": {"name": "Ana"}, "eta": 3}},
    )
    assert body == Confirmed(command=ID, detail={"eta": 3})


def test_another_secret_is_forged():
    other = "whsec_" + base64.b64encode(b"somebody else's secret 123").decode()
    with pytest.raises(CallbackForged):
        read("offer.answered", {"confirmed": True}, secret=other)


def test_a_changed_body_is_forged():
    headers, body = called("offer.answered", {"confirmed": False})
    with pytest.raises(CallbackForged):
        verify_callback(headers, body.replace(b"false", b"true"), SECRET, NOW_MS)


def test_during_a_rotation_one_good_signature_is_enough():
    headers, body = called("offer.answered", {"confirmed": True})
    headers["Webhook-Signature"] = "v1,AAAA é " + headers["Webhook-Signature"]
    assert verify_callback(headers, body, SECRET, NOW_MS)[0] == ID


@pytest.mark.parametrize(
    ("seconds", "stale"), [(-301, True), (-300, False), (300, False), (301, True)]
)
def test_five_minutes_are_the_limit_both_ways(seconds, stale):
    at = AT + timedelta(seconds=seconds)
    if not stale:
        assert read("offer.answered", {"confirmed": True}, at=at)[0] == ID
        return
    with pytest.raises(CallbackStale):
        read("offer.answered", {"confirmed": True}, at=at)


@pytest.mark.parametrize("missing", ["Webhook-Id", "Webhook-Timestamp", "Webhook-Signature"])
def test_a_missing_header_is_forged(missing):
    headers, body = called("offer.answered", {"confirmed": True})
    del headers[missing]
    with pytest.raises(CallbackForged):
        verify_callback(headers, body, SECRET, NOW_MS)


@pytest.mark.parametrize(
    ("kind", "data"),
    [
        ("offer.answered", {}),
        ("offer.answered", {"confirmed": "yes"}),
        ("remedy.carried", {"paid_cents": 5}),
        ("remedy.carried", {"paid_cents": -5, "currency": "USD"}),
        ("something.else", {}),
        ("remedy.carried", {"command": "../../etc"}),
    ],
)
def test_a_signed_callback_of_another_form_is_unreadable(kind, data):
    with pytest.raises(CallbackUnreadable):
        read(kind, data)


@given(st.dictionaries(st.text(max_size=20), st.text(max_size=40)), st.binary(max_size=80))
def test_nothing_unsigned_gets_in(headers, body):
    with pytest.raises(CallbackForged):
        verify_callback(headers, body, SECRET, NOW_MS)


def test_an_address_in_a_reason_or_a_detail_does_not_reach_the_log():
    _, no = read("offer.answered", {"confirmed": False, "why": "ask ana@example.org first"})
    _, failed = read("remedy.failed", {"why": "no such account: ana@example.org"})
    _, done = read("remedy.carried", {"detail": {"to": "Ana <ana@example.org>", "eta": 3}})
    assert "ana@" not in repr((no, failed, done))
    assert isinstance(done, Carried)
    assert done.detail == {"eta": 3}


def test_a_time_without_an_offset_is_utc_wherever_the_server_stands(monkeypatch):
    monkeypatch.setenv("TZ", "America/New_York")
    time.tzset()
    try:
        _, body = read("offer.answered", {"confirmed": True, "expires_at": "2030-01-01T00:00:00"})
    finally:
        monkeypatch.undo()
        time.tzset()
    assert body == Confirmed(command=ID, expires_ms=1_893_456_000_000)


@pytest.mark.parametrize(
    ("kind", "data"),
    [
        ("remedy.carried", {"paid_cents": 10**30, "currency": "EUR"}),
        ("remedy.carried", {"paid_cents": -1, "currency": "EUR"}),
    ],
)
def test_a_sum_that_no_store_keeps_is_refused(kind, data):
    with pytest.raises(CallbackUnreadable):
        read(kind, data)


def test_a_number_that_no_store_keeps_is_left_out():
    _, body = read(
        "offer.answered", {"confirmed": True, "expires_ms": 10**30, "detail": {"n": 10**30}}
    )
    assert body == Confirmed(command=ID, expires_ms=2**53)
