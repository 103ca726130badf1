"""The handbook as one HTML page that needs nothing else; every value is escaped on its way in."""

from collections.abc import Iterable, Iterator
from importlib.resources import files

from django.utils.html import format_html, format_html_join
from django.utils.safestring import SafeString

from makegood.analytics.report.page import framed, stats
from makegood.analytics.report.tables import table
from makegood.handbook.terms import Cell, Chapter, Entry, Grid, Handbook, Link, Said, Shown


def page_of(handbook: Handbook) -> str:
    """Write a handbook as HTML."""
    style = files("makegood.handbook").joinpath("handbook.css").read_text(encoding="utf-8")
    parts = (
        format_html(
            '<p class="eyebrow">{}</p><h1>{}</h1><p>{}</p>',
            handbook.eyebrow,
            handbook.title,
            handbook.lead,
        ),
        stats(handbook.counts),
        _contents(handbook.chapters),
        *(_chapter(chapter) for chapter in handbook.chapters),
        format_html("<footer>{}</footer>", handbook.foot),
    )
    return framed(handbook.title, parts, style=style)


def _contents(chapters: Iterable[Chapter]) -> SafeString:
    items = format_html_join(
        "", '<li><a href="#{}">{}</a></li>', ((one.anchor, one.title) for one in chapters)
    )
    return format_html('<nav class="card" aria-label="Contents"><ol>{}</ol></nav>', items)


def _chapter(chapter: Chapter) -> SafeString:
    return format_html(
        '<section aria-labelledby="{0}"><h2 id="{0}">{1}</h2>{2}{3}{4}</section>',
        chapter.anchor,
        chapter.title,
        format_html('<p class="soft">{}</p>', chapter.lead) if chapter.lead else "",
        _grid(chapter.grid) if chapter.grid is not None else "",
        format_html_join("", "{}", ((_entry(one),) for one in chapter.entries)),
    )


def _entry(entry: Entry) -> SafeString:
    return format_html(
        '<article class="card" id="{}"><h3>{}</h3>{}{}{}{}{}{}{}</article>',
        entry.anchor,
        entry.title,
        _place(entry),
        format_html_join("", "<p>{}</p>", ((one,) for one in entry.sentences)),
        _steps(entry.steps),
        _grid(entry.grid) if entry.grid is not None else "",
        _shown(entry.shown),
        format_html_join("", "{}", ((_said(one),) for one in entry.said)),
        _links(entry.leads, entry.links),
    )


def _place(entry: Entry) -> SafeString:
    said = " · ".join(one for one in (entry.rule, entry.where) if one)
    return format_html('<p class="place">{}</p>', said) if said else SafeString("")


def _steps(steps: tuple[tuple[str, str], ...]) -> SafeString:
    if not steps:
        return SafeString("")
    before = ("", *(when for when, _ in steps))
    rows = format_html_join(
        "",
        "<li{}><b>{}</b><span>{}</span></li>",
        (
            (SafeString(' class="same"') if when == last else "", when, what)
            for last, (when, what) in zip(before, steps, strict=False)
        ),
    )
    return format_html('<ol class="steps">{}</ol>', rows)


def _shown(shown: tuple[Shown, ...]) -> SafeString:
    if not shown:
        return SafeString("")
    rows = format_html_join(
        "",
        "<div><dt>{}</dt><dd>{}<code>{}</code></dd></div>",
        (
            (one.label, format_html("{}<br>", one.words) if one.words else "", one.code)
            for one in shown
        ),
    )
    return format_html('<dl class="as-written">{}</dl>', rows)


def _said(said: Said) -> SafeString:
    return format_html(
        '<details><summary>{}: {}</summary><div class="message">{}</div></details>',
        said.language,
        said.subject,
        format_html_join("", "<p>{}</p>", _paragraphs(said.text)),
    )


def _paragraphs(text: str) -> Iterator[tuple[SafeString]]:
    for paragraph in text.split("\n\n"):
        yield (
            format_html_join(SafeString("<br>"), "{}", ((one,) for one in paragraph.split("\n"))),
        )


def _links(leads: str, links: tuple[Link, ...]) -> SafeString:
    if not links:
        return SafeString("")
    items = format_html_join(
        "", '<li><a href="#{}">{}</a></li>', ((one.anchor, one.text) for one in links)
    )
    return format_html('<div class="links"><span>{}:</span><ul>{}</ul></div>', leads, items)


def _grid(grid: Grid) -> SafeString:
    rows = [tuple(_cell(cell) for cell in row) for row in grid.rows]
    return table(grid.heads, rows, caption=grid.caption, stacks=True)


def _cell(cell: Cell) -> SafeString:
    return format_html(
        "<span{}>{}{}{}</span>",
        format_html(' id="{}"', cell.anchor) if cell.anchor else "",
        cell.text,
        format_html(" <code>{}</code>", cell.code) if cell.code else "",
        format_html('<small class="place">{}</small>', cell.small) if cell.small else "",
    )
