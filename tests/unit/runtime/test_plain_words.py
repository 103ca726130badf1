"""What a customer is told of a root cause is in the log: neither their name nor number is."""

from collections.abc import Iterator

import pytest

from makegood.bootstrap import Makegood
from makegood.core.decide import Asker
from makegood.core.state import decode_state
from makegood.messages.errors import Refused
from makegood.messages.facts import RootCauseNamed
from makegood.messages.ids import RepId
from makegood.testing.clock import FakeClock
from tests.e2e.calling import book_of_calls, hung_up
from tests.e2e.screens import customer_of, introduce, serving


@pytest.fixture
def served() -> Iterator[tuple[Makegood, FakeClock]]:
    with serving(book_of_calls()) as both:
        introduce(both[0], "user:ana", "Ana Will Ruiz")
        hung_up(both[0])
        yield both


@pytest.mark.parametrize(
    ("told", "may"),
    [
        ("Dear Ana, there are two people at that gate now.", False),
        ("Mrs Ruiz was right.", False),
        ("We call 212-555-0100 from now on.", False),
        ("There will be two people at that gate, and 555 seats.", True),
    ],
)
def test_it_names_nobody(served: tuple[Makegood, FakeClock], told: str, may: bool):
    makegood, _ = served
    customer = customer_of(makegood, "user:ana")
    with makegood.store.reading() as reading:
        row = reading.row(customer)
    assert row is not None
    case = decode_state(row.state).cases[-1]
    body = RootCauseNamed(case=case.id, cause="", kind="process", told=told)
    said = makegood.acts.act(
        customer, body, Asker(rep=RepId("omar"), role="supervisor"), message_id=told
    )
    assert isinstance(said, Refused) is not may
    if isinstance(said, Refused):
        assert said.code == "personal"
