"""Count what the storm came to, from the folded log and from the outside world's file."""

from collections import Counter
from collections.abc import Iterable, Sequence

from makegood.core.failures import is_second
from makegood.core.state import Case, Failure, Phase, State
from makegood.demo.contrast import attempts_to, without_makegood
from makegood.demo.mailings import Mailings
from makegood.demo.refold import Past
from makegood.demo.report import Boundary, StormReport
from makegood.messages.facts import Carried, Identified, Touchpoint
from makegood.messages.ids import CommandId
from makegood.playbooks.book import RuleBook

LIMIT_MINUTES = 180  # a domestic flight so late is significantly late (14 CFR 260.2)
SYNTHETIC = (
    "Flights and weather are real. Customers, bookings and fares are synthetic; when the airline "
    "announced what is a model; how customers react is a seeded model."
)


class Tally:
    """Counts one finished run."""

    def __init__(self, past: Sequence[Past], mail: Mailings, book: RuleBook) -> None:
        self._past = past
        self._mail = mail
        self._book = book

    def report(self, days: str, shift_days: int, seconds: float) -> StormReport:
        """Count everything.

        Args:
            days: The real days, for the reader.
            shift_days: How far they were moved.
            seconds: Wall time that the intake of the events from outside took.
        """
        outside = [event for past in self._past for event in past.events if not event.is_ours]
        touches = [event.body for event in outside if isinstance(event.body, Touchpoint)]
        off = [body for body in touches if body.name == "Flight Cancelled"]
        failures = [failure for past in self._past for failure in failures_of(past.state)]
        cases = [case for past in self._past for case in past.state.cases]
        refunds, goodwill = self._paid_cents()
        brands = {brand.offers_sender: brand.id for brand in self._book.brands.values()}
        attempts = attempts_to(self._past, self._mail, brands)
        return StormReport(
            synthetic=SYNTHETIC,
            days=days,
            shift_days=shift_days,
            flights=len(_flights(touches)),
            cancelled_flights=len(_flights(off)),
            customers=sum(_is_introduced(past) for past in self._past),
            events=len(outside),
            failures=len(failures),
            failures_by_kind=dict(Counter(failure.rule for failure in failures)),
            failures_by_cause=dict(Counter(failure.cause.value for failure in failures)),
            holds_opened=len(cases),
            offers_sent=sum(_offers_sent(past, self._book) for past in self._past),
            service_mails_delivered=self._mail.service,
            text_messages_delivered=self._mail.texts,
            marketing_attempted=len(attempts),
            marketing_passed=len(self._mail.marketing),
            marketing_passed_while_held=_passed_while_held(self._past, self._mail, brands),
            cheered_customers=_cheered(self._past, self._mail, brands),
            double_deviations=sum(
                seconds_of(past.state, self._book.double_window_ms) for past in self._past
            ),
            cannot_judge=sum(_could_not_judge(past, self._book) for past in self._past),
            made_whole=sum(case.phase is Phase.MADE_WHOLE for case in cases),
            offers_after_made_whole=self._mail.offers_after,
            refunds_cents=refunds,
            goodwill_cents=goodwill,
            events_per_second=round(len(outside) / seconds, 1) if seconds else 0.0,
            without=without_makegood(self._past, attempts, self._book.double_window_ms),
            boundary=_boundary(touches),
        )

    def _paid_cents(self) -> tuple[int, int]:
        """What was refunded because it was owed, and what was given besides."""
        refunds = goodwill = 0
        for past in self._past:
            owed = set(_owed_commands(past.state))
            for event in past.events:
                if isinstance(event.body, Carried) and event.body.paid is not None:
                    cents = event.body.paid.cents
                    is_owed = event.body.command in owed
                    refunds += cents if is_owed else 0
                    goodwill += 0 if is_owed else cents
        return refunds, goodwill


def failures_of(state: State) -> tuple[Failure, ...]:
    """All failures of one customer, oldest case first."""
    return tuple(failure for case in state.cases for failure in case.failures)


def seconds_of(state: State, window_ms: int) -> int:
    """How many failures were the second one, in an open case or soon after an earlier one."""
    found = 0
    before: list[Case] = []
    for case in state.cases:
        for number, failure in enumerate(case.failures):
            earlier = State(cases=tuple(before))
            found += bool(number) or is_second(earlier, None, failure, window_ms)
        before.append(case)
    return found


def _is_introduced(past: Past) -> bool:
    return any(isinstance(event.body, Identified) for event in past.events)


def _flights(touches: Iterable[Touchpoint]) -> set[tuple[object, ...]]:
    names = ("flight", "date", "origin")
    return {tuple(body.properties.get(name) for name in names) for body in touches}


def _offers_sent(past: Past, book: RuleBook) -> int:
    offering = {plan.offer_message for plan in book.plans.values()}
    wanted = {
        command
        for case in past.state.cases
        for command, message in case.messages
        if message in offering
    }
    return sum(
        isinstance(event.body, Carried) and event.body.command in wanted for event in past.events
    )


def _owed_commands(state: State) -> Iterable[CommandId]:
    for failure in failures_of(state):
        for owed in failure.owed:
            yield from (payment.command for payment in owed.payments)


def _could_not_judge(past: Past, book: RuleBook) -> int:
    """Events about which no rule could say anything for want of a fact."""
    return sum(
        any(finding.outcome == "cannot" for finding in found)
        and not any(finding.outcome == "yes" for finding in found)
        for event in past.events
        if isinstance(event.body, Touchpoint)
        for found in [book.find(event.body.name, event.body.properties, past.state.facts)]
    )


def _reached(
    past: Sequence[Past], mail: Mailings, brands: dict[str, str]
) -> Iterable[tuple[Past, ...]]:
    """For each marketing mail, who behind its address was held when it was handed over."""
    behind: dict[str, list[Past]] = {}
    for one in past:
        if one.person is not None and one.held:
            behind.setdefault(one.person.email, []).append(one)
    for sent in mail.marketing:
        brand = brands.get(sent.sender, "")
        known = behind.get(sent.address, ())
        yield tuple(one for one in known if one.is_held(brand, sent.at_ms))


def _passed_while_held(past: Sequence[Past], mail: Mailings, brands: dict[str, str]) -> int:
    return sum(bool(held) for held in _reached(past, mail, brands))


def _cheered(past: Sequence[Past], mail: Mailings, brands: dict[str, str]) -> int:
    return len({one.customer for held in _reached(past, mail, brands) for one in held})


def _boundary(touches: Sequence[Touchpoint]) -> Boundary:
    exact = [body for body in touches if body.properties.get("delay_minutes") == LIMIT_MINUTES]
    landed = [body for body in exact if body.name == "Flight Arrived"]
    bookings = {body.properties.get("booking") for body in landed}
    return Boundary(
        limit_minutes=LIMIT_MINUTES, flights=len(_flights(landed)), customers=len(bookings)
    )
