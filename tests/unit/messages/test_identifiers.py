"""One person has one spelling, however a keyboard, a browser or another system writes it."""

import json

import pytest

from makegood.messages.errors import InputError
from makegood.messages.identifiers import normal
from makegood.sources.segment import Envelope, read_item

E_ACUTE, E_AND_ACUTE = "\u00e9", "e\u0301"  # the same letter, as one sign and as two


@pytest.mark.parametrize(
    ("one", "other"),
    [
        (f"email:Ren{E_ACUTE}@Example.org", f"email:ren{E_AND_ACUTE}@example.org"),
        ("email:ana@example.org.", "email:Ana@example.org"),
        ("email:ana@b\u00fccher.example\u3002", "email:ana@b\u00fccher.example"),
        ("email:ana@b\u00fccher.example", "email:Ana@XN--BCHER-KVA.example"),
        ("phone:+12125", "phone:+\uff11\uff12\uff11\uff12\uff15"),
        ("phone:+12125550100", "phone:\uff0b1 (212) 555\u201001 00"),
        ("phone:+97150", "phone:+\u0669\u0667\u0661\u0665\u0660"),
        (f"user:Ren{E_ACUTE}", f"user: Ren{E_AND_ACUTE} "),
        (f"loyalty:cars:{E_ACUTE}1", f"loyalty:cars:{E_AND_ACUTE}1"),
    ],
)  # fmt: skip
def test_two_spellings_are_one_identifier(one: str, other: str):
    assert normal(one) == normal(other)
    assert normal(normal(one)) == normal(one)


@pytest.mark.parametrize(
    "wrong", ["phone:+1212555\u0bf0", "phone:1234", "email:a@b@c", "email:\ud800@b.c"]
)  # fmt: skip
def test_what_is_no_identifier_stays_none(wrong: str):
    with pytest.raises(InputError):
        normal(wrong)


@pytest.mark.parametrize("wrong", ["user:\ud800", "loyalty:cars:\udfff", "user:a\x00b"])
def test_what_cannot_be_written_down_is_refused(wrong: str):
    with pytest.raises(InputError):
        normal(wrong)


def test_an_event_and_a_question_spell_a_user_alike():
    sent = {"type": "track", "event": "X", "userId": f"Ren{E_AND_ACUTE}"}
    envelope = Envelope(source="test", received_ms=0)
    read = read_item(json.dumps(sent).encode(), envelope)
    assert read.arrival.identifier == normal(f"user:Ren{E_ACUTE}")
