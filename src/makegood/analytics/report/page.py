"""The frame of a report: one page that needs nothing else, with a table behind every chart."""

from collections.abc import Iterable
from importlib.resources import files

from django.utils.html import format_html, format_html_join
from django.utils.safestring import SafeString

from makegood.analytics.report import charts

_PAGE = """<!doctype html>
<html lang="en">
<head>
<meta charset="utf-8">
<meta name="viewport" content="width=device-width, initial-scale=1">
<meta http-equiv="Content-Security-Policy" content="default-src 'none'; style-src 'unsafe-inline'">
<title>{title}</title>
<style>{style}</style>
</head>
<body>
<main>
{body}
</main>
</body>
</html>
"""


def framed(title: str, parts: Iterable[SafeString], *, style: str = "") -> str:
    """Write a page; every value was escaped on its way into its part.

    Args:
        title: Of the window.
        parts: From the top down.
        style: What this page needs besides the style of all reports.
    """
    common = files("makegood.analytics.report").joinpath("report.css").read_text(encoding="utf-8")
    return format_html(
        _PAGE,
        title=title,
        style=SafeString(common + style),  # our own files
        body=format_html_join("\n", "{}", ((part,) for part in parts if part)),
    )


def stats(cards: Iterable[tuple[str | SafeString, str]]) -> SafeString:
    """Write the few numbers that count: (number, what it is)."""
    return format_html(
        '<div class="stats">{}</div>',
        format_html_join("", '<div class="card stat"><b>{}</b><span>{}</span></div>', cards),
    )


def figure(bars: charts.Bars, says: str, behind: SafeString) -> SafeString:
    """Draw a chart with the table behind it.

    Args:
        bars: What is drawn.
        says: What it shows, for whoever does not see it.
        behind: The table that says the same.
    """
    drawings = (  # our own drawing; its texts were escaped by the renderer
        ("wide", SafeString(charts.draw(bars, charts.WIDE))),
        ("narrow", SafeString(charts.draw(bars, charts.NARROW))),
    )
    return format_html(
        '<figure class="card"><div role="img" aria-label="{}">{}</div>'
        "<details><summary>The same as a table</summary>{}</details></figure>",
        f"{says}; the table below says the same.",
        format_html_join("", '<div class="{}">{}</div>', drawings),
        behind,
    )
