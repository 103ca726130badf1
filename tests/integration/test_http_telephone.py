"""A telephone system posts what happens in calls: over HTTP, once, and in any order."""

from collections.abc import Iterator
from importlib.resources import files
from itertools import count
from random import Random

import httpx
import pytest

from makegood.bootstrap import Makegood, open_makegood
from makegood.core.phone import Phone
from makegood.core.state import decode_state
from makegood.messages.events import encode_event
from makegood.messages.ids import RepId, profile_id
from makegood.ports.rows import RepRow
from makegood.replay.again import replay
from makegood.settings import Settings, SourceSecrets
from makegood.testing.clock import FakeClock
from makegood.web.asgi import parts_of
from makegood.web.front import Front
from tests.e2e.calling import CALLS
from tests.integration.fronts import nothing_here, serving

TOKEN = "a token of the telephone system, long enough"
KEY = b"k" * 32
AT_MS = 1_795_000_000_000
RECORDS = [
    {"what": "ringing"},
    {"what": "queued", "queue": "billing"},
    {"what": "answered", "agent": "tom", "waited_seconds": 40},
    {"what": "transferred", "transfers": 1},
    {"what": "transferred", "transfers": 2, "agent": "kathy"},
    {"what": "transferred", "transfers": 3, "agent": "tom"},
    {"what": "held", "held_seconds": 700},
    {"what": "told_again", "times": 2},
    {"what": "transcribed", "sentences": ["Good day.", "Oh, SHUT  UP now."]},
    {"what": "ended", "agent": "tom", "by": "agent", "answered": True, "solved": False},
]


class Switchboard:
    """A telephone system that posts to a Makegood."""

    def __init__(self, url: str, makegood: Makegood) -> None:
        self.url = url
        self.makegood = makegood

    def post(self, record: dict[str, object], token: str = TOKEN) -> httpx.Response:
        headers = {"Authorization": f"Bearer {token}"}
        return httpx.post(f"{self.url}/v1/in/telephone", json=record, headers=headers, timeout=30)

    def phone(self) -> Phone:
        profile = profile_id("user:42", KEY)
        with self.makegood.store.reading() as reading:
            row = reading.row(reading.customers_of([profile])[profile])
        assert row is not None
        return decode_state(row.state).phone


@pytest.fixture
def switchboard(tmp_path) -> Iterator[Switchboard]:
    book = tmp_path / "book.yaml"
    raw = files("makegood.books").joinpath("car-rental.yaml").read_text(encoding="utf-8")
    book.write_text(f"{raw}{CALLS}\nsources: [telephone]\n", encoding="utf-8")
    settings = Settings(
        database=f"sqlite:///{tmp_path / 'makegood.db'}",
        key=KEY,
        book=str(book),
        sources={"telephone": SourceSecrets(secrets=(TOKEN,))},
    )
    makegood = open_makegood(settings, clock=FakeClock(AT_MS))
    with makegood.store.writing() as writing:
        tom = RepRow(rep=RepId("tom"), name="Tom", role="agent", supervisor=RepId("sue"))
        sue = RepRow(rep=RepId("sue"), name="Sue", role="supervisor")
        writing.put_reps([tom, sue])
    with serving(Front(lambda: parts_of(makegood), lambda: nothing_here)) as url:
        yield Switchboard(url, makegood)
    makegood.close()


def records() -> list[dict[str, object]]:
    minute = count()
    return [
        {"call": "77", "customer": "42", "at": f"2026-11-18T09:{next(minute):02}:00Z",
         "brand": "northwind_cars", **one}
        for one in RECORDS
    ]  # fmt: skip


@pytest.mark.parametrize("seed", [None, 1, 2])
def test_whatever_the_order_it_is_one_call_with_one_call_back(switchboard: Switchboard, seed):
    told = records()
    if seed is not None:
        Random(seed).shuffle(told)
    for record in told:
        for accepted in (1, 0):  # each comes twice
            answer = switchboard.post(record)
            assert answer.status_code == 200
            assert answer.json()["rejected"] == 0
            assert (answer.json()["accepted"] > 0) is bool(accepted)
    phone = switchboard.phone()
    (call,), (back,), (hint,) = phone.calls, phone.backs, phone.hints
    assert (call.handed_on, call.held_seconds, call.told_more) == (3, 700, 2)
    assert (call.waited, call.ended_by, call.queues) == (40, "agent", ("billing",))
    assert (back.owner, back.rep) == ("sue", "tom")
    with switchboard.makegood.store.reading() as reading:
        customers = reading.customers_of([hint.profile])
        assert reading.texts([hint.words]) == {hint.words: "Oh, SHUT  UP now."}
        log = b"".join(encode_event(one) for one in reading.history(customers[hint.profile]))
        assert len(reading.cases_of([customers[hint.profile]])) == 1
    assert b"SHUT" not in log
    assert b"Good day" not in log
    assert replay(switchboard.makegood.store, switchboard.makegood.library).is_identical


def test_without_its_token_nothing_is_taken(switchboard: Switchboard):
    assert switchboard.post(records()[0], token="another token").status_code == 401


def test_a_system_that_counts_its_calls_and_writes_one_text_is_understood(switchboard):
    for record in records():
        told = {**record, "call": 77}
        if "sentences" in told:
            told["transcript"] = " ".join(told.pop("sentences"))
        if "agent" in told:
            told["agent"] = 12
        answer = switchboard.post(told).json()
        assert (answer["accepted"], answer["rejected"]) == (1, 0)
    phone = switchboard.phone()
    (call,), (back,), (hint,) = phone.calls, phone.backs, phone.hints
    assert (call.id, call.agents, back.rep) == ("77", ("12",), "12")
    with switchboard.makegood.store.reading() as reading:
        assert reading.texts([hint.words]) == {hint.words: "Oh, SHUT  UP now."}
