"""Parity as one page that needs nothing else: charts, every number, and how it was compared."""

from collections.abc import Iterator

from django.utils.html import format_html, format_html_join
from django.utils.safestring import SafeString

from makegood.analytics.parity.figures import Comparison, Measure, Parity
from makegood.analytics.parity.wording import difference_words, figure_words, headline
from makegood.analytics.report.page import figure, framed, stats
from makegood.analytics.report.spans import Spans
from makegood.analytics.report.tables import count, table

_AXES = {
    "share": "this group less everybody else",
    "milliseconds": "pairs in which this group waited longer",
    "ratio": "pairs in which this group was given more",
}


def page_of(found: Parity) -> str:
    """Write the report as one HTML page; every value is escaped on its way in."""
    parts = (
        _head(found),
        stats(
            (
                (count(found.cases), "cases compared"),
                (count(found.requests), "requests compared"),
                (str(len(found.differing)), f"differences in {found.comparisons} comparisons"),
            )
        ),
        _left_out(found),
        *(_measure(measure) for measure in found.measures),
        _method(found),
    )
    return framed(f"Does everybody get the same service? By {found.by}", parts)


def _head(found: Parity) -> SafeString:
    since = f"from {found.since} " if found.since else ""
    return format_html(
        '<p class="eyebrow">parity by {} · {}until {}</p><h1>{}</h1><p class="soft">{}</p>',
        found.by, since, found.until[:10], headline(found),
        "Each group against everybody else with the same failure. The dashed rule is “the same "
        "for everybody”; a line that does not touch it is a difference.",
    )  # fmt: skip


def _left_out(found: Parity) -> SafeString:
    left = (
        (found.too_new, "had no time to be answered yet"),
        (found.imported, "are imported history, for which nothing was sent"),
    )
    words = [f"{number:,} cases {why}" for number, why in left if number]
    if found.failed:
        words.append(f"{found.failed:,} customers could not be judged")
    if not words:
        return SafeString("")
    return format_html('<p class="soft">Left out: {}.</p>', "; ".join(words))


def _measure(measure: Measure) -> SafeString:
    shown = tuple(_rows(measure))
    behind = _table(measure)
    if not shown:
        return format_html("<h2>{}</h2>{}", measure.title, behind)
    spans = Spans(
        rows=shown,
        same=measure.same,
        counts=_AXES[measure.unit],
        form="+.0%" if measure.unit == "share" else ".0%",
    )
    return format_html("<h2>{}</h2>{}", measure.title, figure(spans, measure.title, behind))


def _rows(measure: Measure) -> Iterator[tuple[str, float, float, float, bool]]:
    for one in measure.comparisons:
        found = one.difference
        if found is not None:
            yield one.group, found.value, found.low, found.high, one.verdict == "differs"


def _table(measure: Measure) -> SafeString:
    by_group: dict[str, Comparison] = {one.group: one for one in measure.comparisons}
    what = {"share": "share", "milliseconds": "median", "ratio": "median, mean"}[measure.unit]
    heads = ("group", "how many", what, "against the others", "verdict")
    rows = []
    for group in measure.groups:
        one = by_group.get(group.group)
        rows.append(
            (
                group.group,
                group.count,
                figure_words(measure, group),
                difference_words(measure, one)
                if one is not None
                else "what the other is compared with",
                one.verdict if one is not None else "",
            )
        )
    return table(heads, rows, caption="Intervals in brackets.", stacks=True)


def _method(found: Parity) -> SafeString:
    return format_html(
        "<h2>How it was compared</h2><ul>{}</ul><footer>{}</footer>",
        format_html_join("", "<li>{}</li>", ((one,) for one in found.method)),
        f"Made by makegood parity over {found.customers:,} customers until {found.until[:10]}: "
        "read-only. Nobody is named.",
    )
