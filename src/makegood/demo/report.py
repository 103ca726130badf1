"""What the storm came to, and how it is shown: with Makegood beside without.

Every number was counted from the log and from the mail server; what follows from the model of
reactions says so wherever it is shown.
"""

from collections.abc import Mapping

from msgspec import Struct
from rich.console import Console, Group
from rich.table import Table
from rich.text import Text

MODELLED = " (modelled)"


class WithoutMakegood(Struct, frozen=True, kw_only=True):
    """The same events and the same marketing, with nobody asking the gate.

    Attributes:
        cheery_mails: Promotional mails that would have reached a customer during the hold.
        cheered_customers: Customers who would have got at least one of them.
        second_failures: Customers let down twice; nobody would have told them apart.
        silent_customers: Let down, and never said or opened anything by themselves; without the
            events nobody would have known. Modelled, as far as it follows from reactions.
        began_during_the_run: Customers let down while the day's mailing was under way; a list
            screened at nine would have let them through.
    """

    cheery_mails: int
    cheered_customers: int
    second_failures: int
    silent_customers: int
    began_during_the_run: int


class Boundary(Struct, frozen=True, kw_only=True):
    """How much hangs on the words "at least": arrivals exactly at the limit."""

    limit_minutes: int
    flights: int
    customers: int


class StormReport(Struct, frozen=True, kw_only=True):
    """The one JSON object that `makegood demo --format json` prints.

    Attributes:
        synthetic: What is not real here, in words.
        shift_days: How far the real dates were moved.
        failures_by_cause: Weather ("nature", inferred) told apart from the firm's fault.
        cheered_customers: Customers whom marketing reached during a hold all the same.
        made_whole: Modelled: it follows from the model of reactions.
        refunds_cents: Owed and paid; modelled, as far as it follows from who declined to travel.
        goodwill_cents: Booked to marketing; modelled likewise.
        events_per_second: Events from outside taken durably per second of intake, on this run.
    """

    synthetic: str
    days: str
    shift_days: int
    flights: int
    cancelled_flights: int
    customers: int
    events: int
    failures: int
    failures_by_kind: Mapping[str, int]
    failures_by_cause: Mapping[str, int]
    holds_opened: int
    offers_sent: int
    service_mails_delivered: int
    text_messages_delivered: int
    marketing_attempted: int
    marketing_passed: int
    marketing_passed_while_held: int
    cheered_customers: int
    double_deviations: int
    cannot_judge: int
    made_whole: int
    offers_after_made_whole: int
    refunds_cents: int
    goodwill_cents: int
    events_per_second: float
    without: WithoutMakegood
    boundary: Boundary
    modelled: tuple[str, ...] = (
        "made_whole", "offers_after_made_whole", "refunds_cents", "goodwill_cents",
    )  # fmt: skip

    def show(self, console: Console | None = None) -> None:
        """Print the two tables and what they rest on."""
        parts = Group(_contrast(self), _counts(self), _notes(self))
        (console or Console()).print(parts)

    @property
    def contrast(self) -> tuple[tuple[str, str, str], ...]:
        """What is compared, without Makegood, and with it: for a terminal and for a page."""
        return tuple((name, _number(a), _number(b)) for name, a, b in _contrasted(self))


def _contrast(report: StormReport) -> Table:
    table = Table(title=f"The storm of {report.days}, twice", title_justify="left")
    table.add_column("The same events, the same marketing")
    table.add_column("without", justify="right")
    table.add_column("with Makegood", justify="right")
    for row in report.contrast:
        table.add_row(*row)
    return table


def _contrasted(report: StormReport) -> tuple[tuple[str, int | str, int | str], ...]:
    without = report.without
    return (
        ("Cheery mails to customers during a hold", without.cheery_mails,
         report.marketing_passed_while_held),
        ("Let-down customers who got at least one", without.cheered_customers,
         report.cheered_customers),
        ("Mails to those let down after a list was screened at nine",
         without.began_during_the_run, ""),
        ("Customers let down twice", without.second_failures,
         f"{report.double_deviations:,} recognised"),
        ("Let down, and never said a word" + MODELLED, without.silent_customers,
         "each has a case"),
        ("Cases that the customer called good again" + MODELLED, "nobody asks",
         report.made_whole),
        ("Offers that came after that, and only then" + MODELLED, "",
         report.offers_after_made_whole),
    )  # fmt: skip


def _counts(report: StormReport) -> Table:
    table = Table(title="Counted from the log and the mail server", title_justify="left")
    table.add_column("What")
    table.add_column("How many", justify="right")
    kinds = ", ".join(f"{name} {many:,}" for name, many in report.failures_by_kind.items())
    causes = ", ".join(_cause(name, many) for name, many in report.failures_by_cause.items())
    rows = (
        ("Flights with synthetic passengers, cancelled of them",
         f"{report.flights:,}, {report.cancelled_flights:,}"),
        ("Synthetic customers", report.customers),
        ("Events from outside", report.events),
        ("Failures", report.failures),
        ("by kind", kinds),
        ("by cause", causes),
        ("Double deviations", report.double_deviations),
        ("Events that no rule could judge, put before a person", report.cannot_judge),
        ("Holds opened", report.holds_opened),
        ("Marketing mails attempted, passed",
         f"{report.marketing_attempted:,}, {report.marketing_passed:,}"),
        ("Service mails, text messages delivered",
         f"{report.service_mails_delivered:,}, {report.text_messages_delivered:,}"),
        ("Plan B offered", report.offers_sent),
        ("Refunded because it was owed" + MODELLED, _dollars(report.refunds_cents)),
        ("Goodwill, booked to marketing" + MODELLED, _dollars(report.goodwill_cents)),
        ("Events taken durably per second of intake", f"{report.events_per_second:,.0f}"),
    )  # fmt: skip
    for name, value in rows:
        table.add_row(name, _number(value))
    return table


def _notes(report: StormReport) -> Text:
    boundary = report.boundary
    moved = (
        f"The days were moved by {report.shift_days} days, weekdays kept."
        if report.shift_days
        else "The days were not moved: the law of 2013 applies, and it owes no refund."
    )
    return Text(
        f"{report.synthetic} {moved}\n"
        f'"At least {boundary.limit_minutes} minutes": {boundary.flights} flight(s) with '
        f"{boundary.customers} synthetic customer(s) landed exactly at the limit and hang on that "
        "word.\n"
        "The weather as a cause is inferred; it explains, and never takes away what is owed. "
        '"Modelled" numbers follow from the seeded model of reactions and say nothing about '
        "real customers."
    )


def _cause(name: str, many: int) -> str:
    words = {"nature": "weather, inferred", "firm": "the firm"}
    return f"{words.get(name, name)} {many:,}"


def _dollars(cents: int) -> str:
    return f"${cents / 100:,.0f}"


def _number(value: int | str) -> str:
    return f"{value:,}" if isinstance(value, int) else value
