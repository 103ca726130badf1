"""The audit's report: what was found, as one page."""

from collections.abc import Sequence

from django.utils.html import format_html, format_html_join
from django.utils.safestring import SafeString

from makegood.analytics.audit import axes, sections
from makegood.analytics.audit.figures import SMALL, Audit, Line, share
from makegood.analytics.report import charts
from makegood.analytics.report.page import figure, framed, stats
from makegood.analytics.report.tables import count, table

_AXES = {"days": "days since the failure (0: first 24 hours)", "week": "week from Monday"}


def page_of(audit: Audit) -> str:
    """Write the report as one HTML page; every value is escaped on its way in."""
    parts = (
        _head(audit),
        _stats(audit),
        _warnings(audit),
        _when(audit),
        _what(audit),
        sections.kinds(audit),
        sections.second(audit),
        sections.examples(audit),
        sections.unclassified(audit),
        sections.accounts(audit),
        sections.left_out(audit),
        sections.method(audit),
    )
    return framed("Whom marketing reached after a bad day", parts)


def _head(audit: Audit) -> SafeString:
    first, last = audit.period
    span = f"Messages from {first} to {last}" if first else "No message could be read"
    return format_html(
        '<p class="eyebrow">{} · {} against {}</p><h1>{}</h1><p class="soft">{}</p>',
        span, audit.sends.name, audit.failures.name, _sentence(audit), _explained(audit),
    )  # fmt: skip


def _sentence(audit: Audit) -> SafeString:
    hit, whole = audit.held.customers, audit.failures.customers
    if not whole:
        return format_html("{}", "The failures file names nobody who was let down.")
    if not hit:
        return format_html(
            "{}",
            f"None of {_customers(whole)} let down got marketing while a hold would have stood.",
        )
    return format_html(
        "<em>{}</em> of {} let down got marketing while a hold would have stood.",
        f"{hit:,}", _customers(whole),
    )  # fmt: skip


def _customers(number: int) -> str:
    return f"{number:,} customer" if number == 1 else f"{number:,} customers"


def _explained(audit: Audit) -> str:
    rate = share(audit.held.customers, audit.failures.customers)
    book = f"by the rule book {audit.rule_book}" if audit.rule_book else "by a plain default hold"
    told = (
        f"That is {rate}. " if rate else f"Fewer than {SMALL} customers: too few to tell a rate. "
    )
    return (
        f"{told}Counted from each failure until it was resolved, for {audit.window_days} days at "
        f"most, {book}. How it was counted stands below."
    )


def _stats(audit: Audit) -> SafeString:
    held, full = audit.held, audit.held_full
    cards = (
        (count(held.messages), f"marketing messages within {audit.window_days} days"),
        (count(held.customers), "customers reached by them"),
        (
            count(full.messages),
            f"messages to {_customers(full.customers)} at most, had the hold stood as long as "
            + ("the rule book says" if audit.rule_book else "nothing was resolved"),
        ),
    )
    return stats(cards)


def _warnings(audit: Audit) -> SafeString:
    return format_html_join(
        "", '<p class="note"><b>Look at this first.</b> {}</p>', ((x,) for x in audit.warnings)
    )


def _when(audit: Audit) -> SafeString:
    since = axes.by_days_since(audit.by_days_since)
    days = axes.by_calendar(audit.by_day, audit.step)
    return format_html(
        "<h2>How soon after the failure</h2>{}<h2>When it went out</h2>{}",
        _figure(audit, since, "by days since the latest failure", "days"),
        _figure(audit, days, f"by {audit.step}", audit.step),
    )


def _what(audit: Audit) -> SafeString:
    messages = _figure(audit, audit.by_message, "by message", "message")
    if len(audit.by_brand) < 2:
        return format_html("<h2>Which messages</h2>{}", messages)
    brands = _figure(audit, audit.by_brand, "by brand that sent it", "brand")
    return format_html("<h2>Which messages</h2>{}<h2>Which brands</h2>{}", messages, brands)


def _figure(audit: Audit, lines: Sequence[Line], axis: str, first: str) -> SafeString:
    if not lines:
        return format_html('<p class="soft">{}</p>', "Nothing to show.")
    across = first in ("message", "brand")
    drawn = lines[: charts.TOP] if across else lines
    bars = charts.Bars(
        rows=tuple(
            (line.label, line.messages, line.messages_full - line.messages) for line in drawn
        ),
        first=f"within {audit.window_days} days",
        second="later, up to the longest hold",
        counts="messages",
        axis=_AXES.get(first, ""),
        across=across,
        label_from=5 if first in ("day", "week") else 0,
    )
    rows = [
        (
            line.label,
            *((line.kind,) if first == "message" else ()),
            line.messages,
            line.messages_full,
        )
        for line in lines
        if line.messages_full
    ]
    heads = (first, *(("purpose",) if first == "message" else ()), "messages", "at most")
    more = f" The chart shows the first {charts.TOP}." if len(lines) > len(drawn) else ""
    says = f"Marketing messages {axis}"
    return figure(bars, says, table(heads, rows, caption=f"{says}.{more}"))
