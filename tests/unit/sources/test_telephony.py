"""What a telephone system tells is taken as it is, with a word about what a rule will miss."""

import msgspec
import pytest

from makegood.books.opening import read_book
from makegood.messages.errors import InputError
from makegood.playbooks.load import load_book
from makegood.sources.segment import Envelope, Read, read_item
from makegood.sources.telephony import CALLS, NEEDED

ENVELOPE = Envelope(source="pbx", received_ms=1_800_000_000_000)
FULL = {
    "call": "C1", "about": "B1", "brand": "mobile", "queue": "billing", "agent": "r7",
    "direction": "in", "by": "agent", "answered": True, "waited_seconds": 0, "held_seconds": 40,
    "talked_seconds": 61, "transfers": 1, "holds": 2, "solved": False, "seconds": 60,
    "recording": "https://pbx.example/r/1", "times": 1, "sentences": ["Good day."],
}  # fmt: skip


def read(name: str, properties: dict[str, object]) -> Read:
    item = {"type": "track", "userId": "1", "event": name, "properties": properties}
    return read_item(msgspec.json.encode(item), ENVELOPE)


@pytest.mark.parametrize("name", CALLS)
def test_a_whole_event_of_a_call_is_taken_without_a_word(name):
    assert read(name, FULL).warning == ""


@pytest.mark.parametrize(
    ("name", "key", "value", "said"),
    [
        ("Call Hung Up", "by", "rep", "one of agent, customer, line"),
        ("Call Hung Up", "by", None, "properties.by is missing"),
        ("Call Hung Up", "answered", "yes", "true or false"),
        ("Call Answered", "waited_seconds", "12", "a whole number"),
        ("Call Held", "held_seconds", -1, "a whole number"),
        ("Call Held", "held_seconds", True, "a whole number"),
        ("Call Transferred", "transfers", None, "properties.transfers is missing"),
        ("Call Ringing", "call", "", "properties.call is missing"),
        ("Call Ringing", "queue", 7, "a text"),
        ("Call Recorded", "recording", None, "properties.recording is missing"),
    ],
)
def test_what_a_rule_would_miss_is_told_and_the_event_is_taken(name, key, value, said):
    found = read(name, {**FULL, key: value})
    assert said in found.warning
    assert found.arrival.body.name == name


def test_other_events_are_none_of_its_business():
    assert read("Call Booked", {"by": 7}).warning == ""


def test_a_recording_and_a_number_that_called_are_kept_apart():
    given = {**FULL, "recording_url": "https://pbx.example/r/2", "caller_id": "+12125550100"}
    found = read("Call Recorded", given).arrival
    logged = msgspec.json.encode(found.body).decode()
    assert "pbx.example" not in logged
    assert "12125550100" not in logged
    assert set(found.texts.values()) == {
        "https://pbx.example/r/1",
        "https://pbx.example/r/2",
        "+12125550100",
    }


def test_the_shipped_book_declares_what_is_told_in_the_same_words():
    text, name = read_book("telecom")
    book = load_book(text, name=name)
    rules = {one.on: one.id for one in book.failures.values() if one.on in CALLS}
    assert set(rules) == {"Call Transferred", "Call Hung Up"}
    for event in rules:
        assert NEEDED[event]
        assert any(f"event.{one}" in text for one in NEEDED[event])


SAID = "secret words of the call"


@pytest.mark.parametrize(
    "told",
    [
        {"sentences": ["Hello.", SAID], "transcript": f"Hello. {SAID}"},
        {"transcript": f"Hello. {SAID}"},
        {"Transcript": f"Hello.\n{SAID}", "sentences": []},
        {"transcript": ["Hello.", SAID]},
        {"transcript": [{"speaker": "agent", "text": "Hello."}, {"speaker": "c", "text": SAID}]},
        {"sentences": [{"text": "Hello."}, {"text": SAID}]},
    ],
)
def test_of_a_transcript_in_any_form_nothing_is_left_but_its_sentences(told):
    found = read("Call Transcribed", {"call": "C1", **told})
    body = found.arrival.body
    assert not found.warning
    assert list(found.arrival.texts.values()) == ["Hello.", SAID]
    assert body.properties == {"call": "C1", "sentences": list(found.arrival.texts)}


@pytest.mark.parametrize("told", [7, "one text", [7], [{"words": "x"}], {"text": "x"}])
def test_sentences_of_another_form_are_refused_with_the_reason(told):
    with pytest.raises(InputError, match=r"properties\.sentences should be a list of texts"):
        read("Call Transcribed", {"call": "C1", "sentences": told})


def test_a_transcript_without_full_stops_is_parted_and_a_phrase_stays_whole():
    spoken = [f"w{n}" for n in range(500)]
    texts = read("Call Transcribed", {"call": "C1", "transcript": " ".join(spoken)}).arrival.texts
    assert max(len(one) for one in texts.values()) < 400
    for at in range(490):
        phrase = " ".join(spoken[at : at + 10])
        assert any(phrase in one for one in texts.values())
