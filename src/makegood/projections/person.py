"""Who a customer is, from the facts: standing, tenure, what went wrong before, what we said."""

from datetime import UTC, date, datetime

from babel.dates import format_date
from msgspec import Struct

from makegood.core.state import Case, State
from makegood.messages.facts import Fact
from makegood.playbooks.standing import StandingRules
from makegood.projections.figures import DAY_MS, counted, locale_for

YEAR_DAYS = 365
APOLOGY_DAYS = 90
_STANDING = ("tier", "status", "loyalty_tier")
_SINCE = ("customer_since", "member_since", "since", "created_at", "createdAt")
_SHOWN_ELSEWHERE = frozenset((*_STANDING, *_SINCE, "name", "email", "phone", "language"))
_LONGEST_LIST = 8


class Known(Struct, frozen=True, kw_only=True):
    """What a rep should know about somebody at a glance.

    Attributes:
        standing: Short words for pills, for example "Gold since 2016".
        facts: (label, value) lines, the basis in the value.
    """

    standing: tuple[str, ...]
    facts: tuple[tuple[str, str], ...]


def known_about(
    state: State, current: Case | None, now_ms: int, rules: StandingRules | None = None
) -> Known:
    """Tell who a customer is.

    Args:
        state: The customer's state.
        current: The case on the screen, counted apart from those before it.
        now_ms: Now.
        rules: What the book calls the standing; it is shown apart, with who told it.
    """
    since = _since_year(state.facts)
    lines = [
        *(_tenure(since, now_ms) if rules is None else ()),
        ("Failures, 12 months", _failures(state, current, now_ms)),
        ("Apologies, 90 days", _apologies(state, now_ms)),
        *_others(state.facts, rules.facts if rules is not None else frozenset()),
    ]
    return Known(standing=_standing(state.facts, since), facts=tuple(lines))


def _standing(facts: dict[str, Fact], since: int) -> tuple[str, ...]:
    tier = next((str(facts[name]) for name in _STANDING if facts.get(name)), "")
    words = [f"{tier.capitalize()} since {since}" if since else tier.capitalize()] if tier else []
    if not tier and since:
        words.append(f"Customer since {since}")
    if str(facts.get("public_voice", "")).lower() == "high":
        words.append("public voice: answer fast")
    return tuple(words)


def _since_year(facts: dict[str, Fact]) -> int:
    for name in _SINCE:
        value = str(facts.get(name, ""))[:4]
        if value.isdigit() and 1900 <= int(value) <= 2200:
            return int(value)
    return 0


def _tenure(since: int, now_ms: int) -> list[tuple[str, str]]:
    if not since:
        return []
    years = datetime.fromtimestamp(now_ms / 1000, UTC).year - since
    return [("Customer for", counted(years, "year") if years > 0 else "less than a year")]


def _failures(state: State, current: Case | None, now_ms: int) -> str:
    here = current.id if current is not None else ""
    recent = [
        case.id == here
        for case in state.cases
        for failure in case.failures
        if failure.at_ms > now_ms - YEAR_DAYS * DAY_MS
    ]
    before = recent.count(False)
    if not here:
        return str(before or "none")
    now = recent.count(True)
    return f"{now} in this case, {before or 'none'} before" if now else str(before or "none")


def _apologies(state: State, now_ms: int) -> str:
    count = sum(at_ms > now_ms - APOLOGY_DAYS * DAY_MS for at_ms in state.apologies_ms)
    return str(count) if count else "none"


def _others(facts: dict[str, Fact], apart: frozenset[str]) -> list[tuple[str, str]]:
    plain = [
        _labelled(name, value)
        for name, value in sorted(facts.items())
        if name not in _SHOWN_ELSEWHERE | apart and isinstance(value, str | int | float | bool)
    ]
    return plain[:_LONGEST_LIST]


def _labelled(name: str, value: str | int | float | bool) -> tuple[str, str]:
    """Write a fact as people say it: cents as an amount, a day by its month."""
    label = name.replace("_", " ").capitalize()
    if isinstance(value, bool):
        return label, "yes" if value else "no"
    if isinstance(value, int) and name.endswith("_cents"):
        return label.removesuffix(" cents"), f"{value / 100:,.2f}"
    return label, _day(value) if isinstance(value, str) else str(value)


def _day(written: str) -> str:
    try:
        day = date.fromisoformat(written)
    except ValueError:
        return written
    return str(format_date(day, "d MMM y", locale=locale_for("en"))) if "-" in written else written
