"""Seeded faults: hours of duty, what is told of a call, and what the week came to."""

from tests.mutations.fault import Fault

_TELLING = "src/makegood/core/call_telling.py"
_WEEKS = "src/makegood/analytics/monday/weeks.py"

FAULTS: tuple[Fault, ...] = (
    Fault(
        name="a-clock-runs-on-a-closed-day",
        file="src/makegood/playbooks/duty.py",
        old="            if day.isoformat() not in self.closed:\n",
        new="            if day.isoformat():\n",
        tests=("tests/properties/test_duty_hours.py",),
    ),
    Fault(
        name="a-call-is-announced-that-nobody-can-make",
        file=_TELLING,
        old="not terms.tell or not one.promised or one.told:",
        new="not terms.tell or one.told:",
        tests=("tests/unit/core/test_call_telling.py",),
    ),
    Fault(
        name="a-call-is-late-as-often-as-one-likes",
        file=_TELLING,
        old="not terms.late or one.late or not 0 < one.told_by_ms < by_ms:",
        new="not terms.late or not 0 < one.told_by_ms < by_ms:",
        tests=("tests/unit/core/test_call_telling.py",),
    ),
    Fault(
        name="whether-it-is-good-now-is-asked-a-year-later",
        file="src/makegood/core/after_closing.py",
        old="    elif at_ms < one.closed_ms + book.asking.closing_within_ms:\n",
        new="    elif one.closed_ms < at_ms:\n",
        tests=("tests/unit/core/test_after_closing.py",),
    ),
    Fault(
        name="who-still-writes-is-not-waited-for",
        file="src/makegood/runtime/log_edge.py",
        old="        if not writing:\n            return first.place\n",
        new="        if not writing or first.place:\n            return first.place\n",
        tests=("tests/unit/runtime/test_log_edge.py",),
    ),
    Fault(
        name="a-machine-is-believed-though-no-book-asks-for-it",
        file="src/makegood/runtime/advertised.py",
        old="self.failure in one.failures and 0 < needed <= self.chance",
        new="self.failure in one.failures and needed <= self.chance",
        tests=("tests/unit/runtime/test_posts_read_by_a_machine.py",),
    ),
    Fault(
        name="a-letter-is-about-the-week-that-is-not-over",
        file=_WEEKS,
        old="    return week.earlier(), due_ms\n",
        new="    return week, due_ms\n",
        tests=("tests/unit/analytics/test_monday_weeks.py",),
    ),
)
