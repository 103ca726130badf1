"""A batch is taken apart; one bad item does not spoil its neighbours."""

import json

import pytest

from makegood.messages.errors import InputError
from makegood.sources.batch import Rejected, read_batch, read_one
from makegood.sources.segment import Envelope, Read

ENVELOPE = Envelope(source="booking", received_ms=1_767_323_060_000)
GOOD = {"type": "track", "event": "A", "userId": "1", "messageId": "m1"}


def body(*items: object, **more: object) -> bytes:
    return json.dumps({"batch": items, **more}).encode()


def test_each_item_is_judged_by_itself_in_order():
    outcomes = read_batch(body(GOOD, {"type": "track", "messageId": "m2"}, 7, GOOD), ENVELOPE)
    assert [type(outcome) for outcome in outcomes] == [Read, Rejected, Rejected, Read]
    bad = outcomes[1]
    assert isinstance(bad, Rejected)
    assert bad.message_id == "m2"
    assert "userId" in bad.error


def test_the_time_of_sending_stands_on_the_batch():
    item = {**GOOD, "timestamp": "2026-01-02T00:00:00Z"}
    (outcome,) = read_batch(body(item, sentAt="2026-01-02T00:00:10Z"), ENVELOPE)
    assert isinstance(outcome, Read)
    assert outcome.arrival.time_ms == ENVELOPE.received_ms - 10_000


def test_broken_text_in_one_item_is_its_own_fault():
    raw = b'{"batch":[{"type":"track","event":"\xff","userId":"1"},' + json.dumps(GOOD).encode()
    outcomes = read_batch(raw + b"]}", ENVELOPE)
    assert [type(outcome) for outcome in outcomes] == [Rejected, Read]


@pytest.mark.parametrize(
    "raw",
    [b"", b"[]", b"{}", b'{"batch":{}}', b'{"batch":[{"a":NaN}]}', b'{"batch":' + b"[" * 9999],
)
def test_a_body_that_is_no_batch_is_refused_as_a_whole(raw):
    with pytest.raises(InputError, match="The body is"):
        read_batch(raw, ENVELOPE)


def test_a_batch_has_at_most_2500_events():
    assert len(read_batch(body(*[{}] * 2500), ENVELOPE)) == 2500
    with pytest.raises(InputError, match="2,501 events"):
        read_batch(body(*[{}] * 2501), ENVELOPE)


@pytest.mark.parametrize(
    ("written", "kept"),
    [
        (r"cut \ud83d", "cut \ufffd"),
        (r"\uDE97\uD83D", "\ufffd\ufffd"),
        (r"\ud83d\ude97 whole", "\N{AUTOMOBILE} whole"),
        (r"a path C:\\ud83d", r"a path C:\ud83d"),
        (r"\ud83d\u0041", "\ufffdA"),
    ],
)
def test_half_a_character_costs_neither_its_event_nor_the_others(written: str, kept: str):
    item = '{"type":"track","event":"E","userId":"u","messageId":"m","properties":{"note":"%s"}}'
    broken = (item % written).encode()
    whole = (item % "x").replace('"m"', '"n"').encode()
    batch = b'{"batch":[' + broken + b"," + whole + b"]}"
    first, second = read_batch(batch, ENVELOPE)
    single = read_one(broken, ENVELOPE)
    assert isinstance(second, Read)
    for one in (first, single):
        assert isinstance(one, Read)
        assert list(one.arrival.texts.values()) == [kept]
