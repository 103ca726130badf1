"""A letter to management as a mail: HTML that needs no picture and no style sheet, and plain text.

Mail programs drop style sheets and scripts, so every rule stands at its element; tables carry the
figures, because that is what all of them show.
"""

from collections.abc import Iterator
from html import escape

from makegood.ports.monday import Sheet, SheetRow

_FONT = "font-family:Georgia,'Times New Roman',serif;"
_CELL = "padding:3px 8px 3px 0;vertical-align:top;overflow-wrap:anywhere;"
_NUMBER = f"{_CELL}text-align:right;"
_TABLE = "border-collapse:collapse;width:100%;table-layout:fixed;"
_WIDTH = 74


def html_of(sheet: Sheet, base_url: str, link: str) -> str:
    """Write a letter as HTML.

    Args:
        sheet: Its words.
        base_url: Where the desk is.
        link: Path of this letter in the desk; empty for none.
    """
    return "\n".join(_html(sheet, base_url.rstrip("/"), link))


def _html(sheet: Sheet, base: str, link: str) -> Iterator[str]:
    yield (
        f'<!DOCTYPE html><html lang="{escape(sheet.language)}"><head><meta charset="utf-8">'
        f"<title>{escape(sheet.subject)}</title>"
        '<meta name="viewport" content="width=device-width">'
        '<meta name="color-scheme" content="light dark">'
        '<meta name="supported-color-schemes" content="light dark"></head>'
    )
    yield f'<body style="margin:0;padding:16px;{_FONT}font-size:15px;line-height:1.35;">'
    yield '<div style="max-width:640px;margin:0 auto;">'
    yield f'<h1 style="font-size:22px;margin:0 0 2px 0;">{escape(sheet.title)}</h1>'
    yield f'<p style="margin:0 0 12px 0;">{escape(sheet.week)}</p>'
    yield '<ul style="margin:0 0 12px 0;padding-left:20px;">'
    yield from (f"<li><strong>{escape(one)}</strong></li>" for one in sheet.doing)
    yield "</ul>"
    yield (
        f'<table style="{_TABLE}"><colgroup><col style="width:54%"><col style="width:23%">'
        '<col style="width:23%"></colgroup>'
    )
    for place, part in enumerate(sheet.parts):
        yield from _part_html(sheet, part.title, part.rows, base, is_first=not place)
    yield "</table>"
    yield from _brands_html(sheet)
    for note in sheet.notes:
        yield f'<p style="margin:8px 0 0 0;font-size:13px;">{escape(note)}</p>'
    yield f'<p style="margin:8px 0 0 0;font-size:13px;">{escape(sheet.foot)}</p>'
    if link:
        whole = escape(base + link)
        yield (
            '<p style="margin:8px 0 0 0;overflow-wrap:anywhere;">'
            f'<a href="{whole}">{whole}</a></p>'
        )
    yield "</div></body></html>"


def _part_html(
    sheet: Sheet, title: str, rows: tuple[SheetRow, ...], base: str, *, is_first: bool
) -> Iterator[str]:
    heads = sheet.heads if is_first else ("", "")
    line = "border-bottom:1px solid #999999;"
    yield (
        f'<tr><th scope="col" style="{_CELL}{line}text-align:left;padding-top:10px;">'
        f"{escape(title)}</th>"
        + "".join(
            f'<th scope="col" style="{_NUMBER}{line}padding-top:10px;font-weight:normal;">'
            f"{escape(head)}</th>"
            for head in heads
        )
        + "</tr>"
    )
    for row in rows:
        indent = "padding-left:16px;" if row.sub else ""
        label = escape(row.label)
        if row.link:
            label = f'<a href="{escape(base + row.link)}">{label}</a>'
        if row.note:
            label += f'<br><span style="font-size:13px;">{escape(row.note)}</span>'
        yield (
            f'<tr><td style="{_CELL}{indent}">{label}</td>'
            f'<td style="{_NUMBER}"><strong>{escape(row.now)}</strong></td>'
            f'<td style="{_NUMBER}">{escape(row.before)}</td></tr>'
        )


def _brands_html(sheet: Sheet) -> Iterator[str]:
    if not sheet.brand_rows:
        return
    yield f'<table style="{_TABLE}margin-top:12px;font-size:13px;"><tr>'
    for place, head in enumerate(sheet.brand_heads):
        style = _NUMBER if place else f"{_CELL}text-align:left;"
        style += "border-bottom:1px solid #999999;"
        yield f'<th scope="col" style="{style}">{escape(head)}</th>'
    yield "</tr>"
    for brand in sheet.brand_rows:
        cells = "".join(f'<td style="{_NUMBER}">{escape(one)}</td>' for one in brand.cells)
        yield f'<tr><td style="{_CELL}">{escape(brand.name)}</td>{cells}</tr>'
    yield "</table>"
    if sheet.brand_rest:
        yield f'<p style="margin:2px 0 0 0;font-size:13px;">{escape(sheet.brand_rest)}</p>'


def text_of(sheet: Sheet, base_url: str, link: str) -> str:
    """Write a letter as plain text, in columns that a fixed pitch keeps."""
    return "\n".join(_text(sheet, base_url.rstrip("/"), link)) + "\n"


def _text(sheet: Sheet, base: str, link: str) -> Iterator[str]:
    yield from (sheet.title, sheet.week, "")
    yield from (f"* {one}" for one in sheet.doing)
    for part in sheet.parts:
        yield ""
        yield f"{part.title.upper():<44}{sheet.heads[0]:>15}{sheet.heads[1]:>15}"
        yield "-" * _WIDTH
        for row in part.rows:
            yield _line(f"{'  ' * row.sub}{row.label}", (row.now, row.before))
            if row.note:
                yield f"  {row.note}"
    if sheet.brand_rows:
        yield ""
        yield from (
            f"{name[:23]:<24}" + "".join(f"{cell[:9]:>10}" for cell in cells)
            for name, cells in (
                (sheet.brand_heads[0], sheet.brand_heads[1:]),
                *((one.name, one.cells) for one in sheet.brand_rows),
            )
        )
        if sheet.brand_rest:
            yield sheet.brand_rest
    yield ""
    yield from (*sheet.notes, sheet.foot)
    if link:
        yield base + link


def _line(label: str, cells: tuple[str, str]) -> str:
    """Write a row; a long label keeps a line to itself."""
    figures = f"{cells[0]:>15}{cells[1]:>15}"
    return f"{label:<44}{figures}" if len(label) < 44 else f"{label}\n{'':<44}{figures}"
