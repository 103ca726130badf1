"""The comparison as one page that needs nothing else: charts, every number, and why."""

from collections.abc import Iterable, Iterator, Sequence
from itertools import groupby

from django.utils.html import format_html, format_html_join
from django.utils.safestring import SafeString

from makegood.analytics.report import charts
from makegood.analytics.report.page import figure, framed, stats
from makegood.analytics.report.tables import table
from makegood.projections.figures import HOUR_MS
from makegood.replay.comparing import Comparison, Figure
from makegood.replay.wording import amount_words, examples_of, figure_words, group_of, headline

_DRAWN = ("failures", "cannot_judge", "offers", "owed", "gift_amounts", "calls")
_CARDS = ("customers", "hold_time", "owed")
_NUMBERS = (1, 2, 3)


def page_of(found: Comparison) -> str:
    """Write the comparison as one HTML page; every value is escaped on its way in."""
    return framed("What a changed rule book would have done", (_head(found), *numbers_of(found)))


def numbers_of(found: Comparison) -> tuple[SafeString, ...]:
    """Write what stands below the head line: charts, every number, examples and limits."""
    return (
        stats(_cards(found)),
        _cases(found),
        *_charts(found),
        _everything(found),
        *_examples(found),
        _not_applied(found),
        _method(found),
    )


def _head(found: Comparison) -> SafeString:
    return format_html(
        '<p class="eyebrow">{} ({}) against {} ({})</p><h1>{}</h1><p class="soft">{}</p>',
        found.new.name, found.new.hash[:8], found.old.name, found.old.hash[:8], headline(found),
        "Both rule books judged the same events. What people decided is applied and not judged "
        "again; nothing was sent.",
    )  # fmt: skip


def _cards(found: Comparison) -> Iterator[tuple[str, str]]:
    for group in _CARDS:
        for one in found.of(group)[:1]:
            change = amount_words(one, one.difference, signed=True)
            yield amount_words(one, one.new), f"{figure_words(one)}, {change} against the old book"


def _cases(found: Comparison) -> SafeString:
    failed = f" {found.failed:,} customers could not be judged and are left out."
    return format_html(
        "<p>{} cases are opened by the new book alone, {} by the old one alone.{}</p>",
        f"{found.opened:,}", f"{found.not_opened:,}", failed if found.failed else "",
    )  # fmt: skip


def _charts(found: Comparison) -> Iterator[SafeString]:
    for group in _DRAWN:
        for currency, alike in groupby(found.of(group), key=lambda one: one.currency):
            figures = list(alike)
            title = group_of(figures[0]).title + (f" ({currency})" if currency else "")
            yield format_html("<h2>{}</h2>{}", title, _chart(figures, title))


def _chart(figures: Sequence[Figure], title: str) -> SafeString:
    first = max(figures, key=lambda one: max(one.old, one.new))
    by_change = sorted(figures, key=lambda one: (-abs(one.difference), one.name))
    drawn = by_change[: charts.TOP]
    bars = charts.Bars(
        rows=tuple(
            (one.name.replace("_", " "), _drawn(one, one.old), _drawn(one, one.new))
            for one in drawn
        ),
        first="old book",
        second="new book",
        counts=first.currency or group_of(first).title.lower(),
        beside=True,
        across=True,
    )
    return figure(bars, f"{title} by the old and the new book", _table(by_change, title))


def _drawn(one: Figure, number: int) -> float:
    """A number as the axis counts: whole units of money, hours."""
    return {"cents": number / 100, "milliseconds": number / HOUR_MS}.get(one.unit, number)


def _table(figures: Iterable[Figure], caption: str) -> SafeString:
    heads = ("what", "old", "new", "difference", "differs for")
    rows = [
        (
            figure_words(one),
            amount_words(one, one.old),
            amount_words(one, one.new),
            amount_words(one, one.difference, signed=True),
            f"{one.customers:,}",
        )
        for one in figures
    ]
    return table(heads, rows, caption=caption, right=(*_NUMBERS, 4), stacks=True)


def _everything(found: Comparison) -> SafeString:
    caption = "By each book, and for how many customers it differs."
    return format_html("<h2>{}</h2>{}", "Every number", _table(found.figures, caption))


def _examples(found: Comparison) -> Iterator[SafeString]:
    heads = ("customer", "old", "new", "why")
    for one, examples in examples_of(found):
        rows = [
            (
                example.customer,
                amount_words(one, example.old),
                amount_words(one, example.new),
                example.says,
            )
            for example in examples
        ]
        caption = f"The first of {one.customers:,}, masked."
        shown = table(heads, rows, caption=caption, stacks=True)
        yield format_html("<h2>{}</h2>{}", f"Why: {figure_words(one)}", shown)


def _not_applied(found: Comparison) -> SafeString:
    head = format_html("<h2>{}</h2>", "Decisions that could not be applied")
    if not found.not_applied:
        return format_html('{}<p class="soft">{}</p>', head, "None: each has its place.")
    rows = [
        (one.fact, one.what or "the case", one.why, f"{one.times:,}", ", ".join(one.customers))
        for one in found.not_applied
    ]
    heads = ("decision", "about", "why not", "times", "customers")
    return format_html("{}{}", head, table(heads, rows, stacks=True))


def _method(found: Comparison) -> SafeString:
    return format_html(
        "<h2>What this does not know</h2><ul>{}</ul><footer>{}</footer>",
        format_html_join("", "<li>{}</li>", ((one,) for one in found.not_simulated)),
        f"Made by makegood replay over {found.events:,} events until {found.until}: read-only. "
        "Customers are masked.",
    )
