"""Which column of an export is which: the usual headings of usual tools, or what the user says."""

import re
from collections.abc import Mapping, Sequence

from msgspec import Struct

from makegood.messages.errors import InputError

WHO = ("email", "phone", "user", "loyalty")
FAILURES: Mapping[str, tuple[str, ...]] = {
    "at": (
        "occurred_at", "failed_at", "happened_at", "incident_date", "event_time",
        "event_timestamp",
        "timestamp", "created_at", "created_time", "create_date", "created", "date_created",
        "created_date", "ticket_created_at", "ticket_created", "opened_at", "date_opened",
        "opened",
        "date_time", "datetime", "date", "time", "when", "at",
    ),
    "email": (
        "email", "e_mail", "email_address", "customer_email", "requester_email", "contact_email",
        "user_email", "guest_email", "passenger_email", "from_email", "recipient",
    ),
    "phone": (
        "phone", "phone_number", "mobile", "mobile_phone", "customer_phone", "requester_phone",
        "contact_phone", "work_phone",
    ),
    "user": (
        "user_id", "userid", "customer_id", "customer_number", "external_id",
        "requester_external_id", "unique_external_id", "account_id",
    ),
    "loyalty": (
        "loyalty_number", "loyalty_id", "loyalty", "frequent_flyer_number", "member_number",
        "membership_number", "member_id",
    ),
    "kind": (
        "failure", "failure_kind", "kind", "event", "event_name", "issue_type", "ticket_type",
        "type", "contact_reason", "reason", "category",
    ),
    "brand": ("brand", "brand_name", "brand_id", "label"),
    "resolved_at": (
        "resolved_at", "made_whole_at", "made_good_at", "solved_at", "resolved_time", "resolved",
        "date_solved", "date_resolved", "closed_at", "closed_time", "close_date", "date_closed",
    ),
    "about": (
        "about", "booking", "booking_id", "booking_reference", "reservation", "reservation_id",
        "reservation_number", "pnr", "order", "order_id", "order_number", "flight",
        "flight_number", "segment", "subscription_id",
    ),
    "severity": ("severity", "impact"),
    "cause": ("cause", "root_cause", "failure_cause"),
}  # fmt: skip
SENDS: Mapping[str, tuple[str, ...]] = {
    "at": (
        "sent_at", "send_time", "sent_time", "send_date", "sent_date", "date_sent", "sent",
        "delivered_at", "delivery_time", "event_time", "event_timestamp", "timestamp",
        "occurred_at", "date_time", "datetime", "date", "time", "created_at", "created", "at",
    ),
    "email": (
        "email", "e_mail", "email_address", "recipient", "recipient_email", "to_email", "to",
        "subscriber_email", "contact_email", "profile_email", "customer_email",
    ),
    "phone": ("phone", "phone_number", "mobile", "mobile_phone", "recipient_phone", "to_phone"),
    "user": ("user_id", "userid", "customer_id", "customer_number", "external_id", "account_id"),
    "loyalty": FAILURES["loyalty"],
    "message": (
        "campaign", "campaign_name", "campaign_title", "message_name", "message", "email_name",
        "mailing", "mailing_name", "flow_name", "automation_name", "template_name", "template",
        "title", "subject", "subject_line", "email_subject",
    ),
    "subject": ("subject", "subject_line", "email_subject"),
    "brand": FAILURES["brand"],
    "class": (
        "class", "message_class", "message_type", "email_type", "campaign_type", "purpose", "type",
        "category",
    ),
    "channel": ("channel", "message_channel", "campaign_message_channel", "medium"),
    "status": ("status", "delivery_status", "event", "event_type", "event_name"),
    "list_unsubscribe": ("list_unsubscribe", "list_unsubscribe_header"),
}  # fmt: skip
USUAL: Mapping[str, Mapping[str, tuple[str, ...]]] = {"failures": FAILURES, "sends": SENDS}
NEEDED: Mapping[str, tuple[str, ...]] = {"failures": ("at",), "sends": ("at", "message")}
LEAVE_OUT = "-"  # a field mapped to this is not read, however a column is called


class Columns(Struct, frozen=True, kw_only=True):
    """Which heading fills which field of one file.

    Attributes:
        file: "failures" or "sends".
        of: Field -> heading.
    """

    file: str
    of: Mapping[str, str]


def read_mapping(texts: Sequence[str]) -> dict[str, dict[str, str]]:
    """Read `--map failures.at=Created on` options.

    Raises:
        InputError: One is not of that form or names no field.
    """
    mapping: dict[str, dict[str, str]] = {"failures": {}, "sends": {}}
    for text in texts:
        target, equals, heading = text.partition("=")
        file, _, field = target.strip().partition(".")
        if not equals or file not in USUAL or field not in USUAL[file]:
            raise InputError(
                f"--map {text!r}: write failures.<field>=<heading> or sends.<field>=<heading>. "
                f"Fields of failures: {', '.join(FAILURES)}. Of sends: {', '.join(SENDS)}."
            )
        mapping[file][field] = heading.strip()
    return mapping


def find_columns(file: str, headings: Sequence[str], mapping: Mapping[str, str]) -> Columns:
    """Decide which heading fills which field.

    Args:
        file: "failures" or "sends".
        headings: As they stand in the file.
        mapping: Field -> heading, where the user said so; "-" leaves a field out.

    Raises:
        InputError: A mapped heading is not there, or a field that is needed was not found.
    """
    found: dict[str, str] = {}
    by_name = {squeezed(heading): heading for heading in reversed(headings)}
    for field, names in USUAL[file].items():
        wanted = mapping.get(field)
        heading = _mapped(file, field, wanted, headings) if wanted else _usual(names, by_name)
        if heading and headings.count(heading) > 1:
            raise InputError(f"{file}: the heading {heading!r} stands twice; rename one of them.")
        if heading:
            found[field] = heading
    _check_needed(file, headings, found)
    return Columns(file=file, of=found)


def squeezed(heading: str) -> str:
    """Bring a heading to the form in which the lists above name it."""
    return re.sub(r"[^a-z0-9]+", "_", heading.casefold()).strip("_")


def _mapped(file: str, field: str, wanted: str, headings: Sequence[str]) -> str:
    if wanted == LEAVE_OUT:
        return ""
    if wanted not in headings:
        raise InputError(
            f"--map {file}.{field}={wanted}: the file has no such heading. It has: "
            f"{_listed(headings)}."
        )
    return wanted


def _usual(names: Sequence[str], by_name: Mapping[str, str]) -> str:
    return next((by_name[name] for name in names if name in by_name), "")


def _check_needed(file: str, headings: Sequence[str], found: Mapping[str, str]) -> None:
    lacking = [field for field in NEEDED[file] if field not in found]
    if not any(field in found for field in WHO):
        lacking.append("email, phone, user or loyalty (one is enough)")
    if not lacking:
        return
    recognised = ", ".join(f"{field} = {name!r}" for field, name in found.items())
    raise InputError(
        f"The {file} file lacks: {'; '.join(lacking)}.\n"
        f"Headings found: {_listed(headings)}.\n"
        f"Recognised: {recognised or 'none'}.\n"
        f"Say which heading it is, for example --map {file}.{lacking[0].split(',')[0]}="
        f"'{headings[0]}'."
    )


def _listed(headings: Sequence[str]) -> str:
    return ", ".join(repr(heading) for heading in headings)
