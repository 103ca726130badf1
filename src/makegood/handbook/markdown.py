"""The handbook as Markdown, for a wiki or a pull request."""

import re
from collections.abc import Iterator
from html import escape

from makegood.handbook.terms import Cell, Chapter, Entry, Grid, Handbook

_MARKS = re.compile(r"([\\`*_{}\[\]#|~$])")


def markdown_of(handbook: Handbook) -> str:
    """Write a handbook as Markdown; what the book says cannot become markup."""
    return "\n".join(_page(handbook)).rstrip() + "\n"


def _page(handbook: Handbook) -> Iterator[str]:
    yield f"# {_plain(handbook.title)}\n"
    yield f"{_plain(handbook.eyebrow)}. {_plain(handbook.lead)}\n"
    for chapter in handbook.chapters:
        yield from _chapter(chapter)
    yield f"---\n\n{_plain(handbook.foot)}"


def _chapter(chapter: Chapter) -> Iterator[str]:
    yield f'<a id="{chapter.anchor}"></a>\n\n## {_plain(chapter.title)}\n'
    if chapter.lead:
        yield f"{_plain(chapter.lead)}\n"
    if chapter.grid is not None:
        yield from _grid(chapter.grid)
    for entry in chapter.entries:
        yield from _entry(entry)


def _entry(entry: Entry) -> Iterator[str]:
    yield f'<a id="{entry.anchor}"></a>\n\n### {_plain(entry.title)}\n'
    place = ", ".join(one for one in (entry.rule, entry.where) if one)
    if place:
        yield f"*{_plain(place)}*\n"
    yield from (f"{_plain(one)}\n" for one in entry.sentences)
    for when, what in entry.steps:
        yield f"- **{_plain(when)}**: {_plain(what)}"
    if entry.steps:
        yield ""
    if entry.grid is not None:
        yield from _grid(entry.grid)
    for shown in entry.shown:
        words = f"{_plain(shown.words)} " if shown.words else ""
        yield f"- {_plain(shown.label)}: {words}{_code(shown.code)}"
    if entry.shown:
        yield ""
    for said in entry.said:
        yield f"> **{_plain(said.language)}: {_plain(said.subject)}**\n>"
        yield from (f"> {_plain(line)}".rstrip() for line in said.text.split("\n"))
        yield ""


def _grid(grid: Grid) -> Iterator[str]:
    yield f"| {' | '.join(_plain(head) for head in grid.heads)} |"
    yield f"|{'---|' * len(grid.heads)}"
    for row in grid.rows:
        yield f"| {' | '.join(_cell(cell) for cell in row)} |"
    yield ""


def _cell(cell: Cell) -> str:
    anchor = f'<a id="{cell.anchor}"></a>' if cell.anchor else ""
    code = f" {_code(cell.code)}" if cell.code else ""
    small = f" ({_plain(cell.small)})" if cell.small else ""
    return f"{anchor}{_plain(cell.text)}{code.replace('|', chr(92) + '|')}{small}"


def _code(written: str) -> str:
    """Fence a piece of code by more backticks than it holds."""
    longest = max((len(one) for one in re.findall(r"`+", written)), default=0)
    fence = "`" * (longest + 1)
    return f"{fence} {' '.join(written.split())} {fence}"


def _plain(text: str) -> str:
    return _MARKS.sub(r"\\\1", escape(" ".join(text.split()), quote=False))
