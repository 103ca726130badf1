"""A ticket opens the live stream for a shift, and nobody else can make one."""

from makegood.gate.tickets import TICKET_SECONDS, issue_ticket, read_ticket
from makegood.messages.ids import RepId
from makegood.testing.clock import FakeClock

KEY = b"key"


def test_a_ticket_is_good_for_a_shift():
    clock = FakeClock()
    ticket = issue_ticket(KEY, RepId("kathy/o"), clock)
    clock.advance(TICKET_SECONDS * 1000)
    assert read_ticket(KEY, ticket, clock) == "kathy/o"
    clock.advance(1000)
    assert read_ticket(KEY, ticket, clock) is None


def test_a_ticket_of_another_hand_is_none():
    clock = FakeClock()
    ticket = issue_ticket(KEY, RepId("kathy"), clock)
    for forged in ("", "kathy", ticket + "x", ticket.replace("kathy", "boss"), "\ud800", "é.x"):
        assert read_ticket(KEY, forged, clock) is None
    assert read_ticket(b"other", ticket, clock) is None
