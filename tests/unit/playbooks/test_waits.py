"""The section `waits`: what it takes, and every mistake."""

import pytest

from makegood.books.opening import shipped_laws
from makegood.playbooks.binding import bind
from makegood.playbooks.load import check_book
from tests.unit.playbooks.test_rule_book_page import BOOK

DAY_MS = 86_400_000
NORM = "    norm: {share: 0.9, waits: 100, over: 56d, leave_out: [2026-12-25, 2027-01-01]}\n"


def mistakes(old: str, new: str) -> str:
    assert old in BOOK
    checked = check_book(bind(BOOK.replace(old, new, 1), shipped_laws()), name="b")
    return "\n".join(str(one) for one in (*checked.errors, *checked.warnings))


@pytest.mark.parametrize(
    ("old", "new", "said"),
    [
        ("    channels: [mail, form]\n", "", "needs `channels`"),
        ("    channels: [mail, form]\n", "    begins: Call Queued\n", "Nothing ends this wait"),
        ("    begins: Call Queued\n", "    begins: Call Qeued\n", "Call Queued"),
        ("    ends: Call Answered\n", "    ends: Call Queued\n", "begins it"),
        ("    given_up: Call Abandoned\n", "    given_up: Call Abandonned\n", "Call Abandoned"),
        ("    about: event.call\n", "    about: event.cal\n", "event.call"),
        ("    about: event.call\n", "    about: event.call\n    channels: chat\n", "or else"),
        ("    begins: Call Queued\n    ends: Call Answered\n    given_up: Call Abandoned\n"
         "    about: event.call\n", "    channels: mail\n", "`letter_waits` already"),
        ("    at_most: 24h\n", "", "at_most"),
        ("    at_most: 24h\n", "    at_most: 1h\n", "longer than `at_least`"),
        ("{share: 0.9, waits: 100,", "{share: 0.2, waits: 100,", "between 0.5 and 0.99"),
        ("{share: 0.9, waits: 100,", "{share: 0.9, waits: 5,", "say nothing"),
        ("over: 56d,", "over: 500d,", "a year or less"),
        ("leave_out: [2026-12-25,", "leave_out: [christmas,", "no day"),
        ("message: still_waiting, share", "message: stil_waiting, share", "no message"),
        ("message: still_waiting, share", "message: thumbs, share", "class `service`"),
        ("we answer by $by. You", "we answer by $bye. You", "$bye"),
        (NORM, "", "without a norm"),
        ("  - id: call_waits\n", "  - id: promise_broken\n", "already the name of a failure"),
        ("  - id: call_waits\n", "  - id: other\n", "already the name of a failure"),
        ("    loses: time\n    severity: 1\n", "    severity: 0\n", "starts at 1"),
        ("promise_broken, letter_waits, call_waits", "promise_broken, call_waits",
         "No plan is for `letter_waits`"),
    ],
)  # fmt: skip
def test_each_mistake_is_told(old: str, new: str, said: str) -> None:
    assert said in mistakes(old, new)


def test_what_a_rule_says_is_read() -> None:
    checked = check_book(bind(BOOK, shipped_laws()), name="b")
    assert checked.errors == ()
    assert checked.book is not None
    waits = checked.book.waits
    letters, calls = waits.rules
    assert waits.by_channel == {"mail": letters, "form": letters}
    assert set(waits.by_event) == {"Call Queued", "Call Answered", "Call Abandoned"}
    assert (letters.share, letters.waits, letters.over_ms) == (0.9, 100, 56 * DAY_MS)
    assert letters.leave_out == {"2026-12-25", "2027-01-01"}
    assert (letters.tell, letters.told_share) == ("still_waiting", 0.9)
    assert calls.about({"call": "7"}) == "7"
    assert (calls.share, calls.due_after_ms(0)) == (0.0, 20 * 60_000)
    assert checked.book.hears("Call Queued")
    assert checked.book.says("Call Abandoned")
    assert checked.book.failures["call_waits"].title == "A call waited too long"
