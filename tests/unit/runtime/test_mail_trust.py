"""Which mail is believed to be of the firm: what its own server found, and whose domains are."""

import pytest

from makegood.bootstrap import Makegood, open_makegood
from makegood.messages.facts import FailureRaised
from makegood.runtime.mail_addresses import freemail
from makegood.settings import Settings
from makegood.testing.clock import FakeClock
from tests.unit.runtime.test_mailroom import NOON_MS, history, taken


@pytest.fixture
def guarded():
    settings = Settings(database="memory:", key=b"k" * 32, mail_server="mx.cars.example")
    it = open_makegood(settings, clock=FakeClock(NOON_MS))
    yield it
    it.close()


@pytest.mark.parametrize(
    ("field", "became"),
    [
        ("mx.cars.example; dmarc=fail header.from=x", "set aside"),
        ("mx.cars.example 1; spf=pass smtp.mailfrom=evil.example;dkim=pass header.d=evil.example",
         "set aside"),
        ('mx.cars.example; dmarc=fail (p="dmarc=pass") x="; dmarc=pass"', "set aside"),
        ("MX.cars.example; dmarc = pass", "taken"),
        ("mx.cars.example; auth=pass smtp.auth=front", "taken"),
        ("mx.cars.example; dkim=pass header.d=DOMAIN", "taken"),
        ("evil.example; dmarc=fail", "taken"),
    ],
)  # fmt: skip
def test_who_says_to_be_of_the_firm_and_was_found_not_to_be_is_set_aside(
    guarded: Makegood, field: str, became: str
) -> None:
    sender = guarded.book.brands[next(iter(guarded.book.brands))].sender
    field = field.replace("DOMAIN", sender.rpartition("@")[2])
    forged = {"From: Desk": f"Authentication-Results: {field}\nFrom: Desk"}
    assert taken(guarded, "forwarded_en", **forged).became == became


def test_a_verdict_that_the_sender_wrote_below_counts_for_nothing(guarded: Makegood) -> None:
    says = "Authentication-Results: mx.cars.example; dmarc"
    forged = {"From: Desk": f"{says}=fail\n{says}=pass\nFrom: Desk"}
    assert taken(guarded, "forwarded_en", **forged).became == "set aside"


@pytest.mark.parametrize(("own", "opens"), [(frozenset(), True), (None, False)])
def test_who_writes_from_a_domain_that_is_everybodys_is_none_of_the_firm(own, opens: bool) -> None:
    plain = open_makegood(Settings(database="memory:", key=b"k" * 32), clock=FakeClock(NOON_MS))
    sender = plain.book.brands[next(iter(plain.book.brands))].sender
    plain.close()
    everybodys = own if own is not None else frozenset({sender.rpartition("@")[2]})
    settings = Settings(database="memory:", key=b"k" * 32, freemail=everybodys)
    it = open_makegood(settings, clock=FakeClock(NOON_MS))
    took = taken(it, "forwarded_en")
    raised = [one for one in history(it, took.customer) if isinstance(one, FailureRaised)]
    assert bool(raised) is opens
    it.close()


def test_the_packaged_list_of_everybodys_domains_is_read() -> None:
    assert {"gmail.com", "web.de"} <= freemail()
    assert all("." in one and one == one.strip().casefold() for one in freemail())
