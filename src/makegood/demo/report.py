"""What the storm came to: every number counted from the log and from the mail server."""

from collections.abc import Mapping

from msgspec import Struct


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
