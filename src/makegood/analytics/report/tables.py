"""Tables of the report: numbers to the right, small ones marked, everything escaped."""

from collections.abc import Collection, Sequence

from django.utils.html import format_html, format_html_join
from django.utils.safestring import SafeString

FEW = 5  # a count below this is marked: chance alone could have made it


def count(number: int) -> SafeString:
    """Write a count; a small one is marked."""
    if 0 < number < FEW:
        return format_html('<span>{} <span class="few">(few)</span></span>', number)
    return format_html("{}", f"{number:,}")


def table(
    heads: Sequence[str],
    rows: Sequence[Sequence[str | int]],
    *,
    caption: str = "",
    is_account: bool = False,
    stacks: bool = False,
    right: Collection[int] = (),
) -> SafeString:
    """Write a table.

    Args:
        heads: One for each column.
        rows: Texts and counts.
        caption: Says what is counted.
        is_account: Rows of a file, not customers: nothing is marked as few, and the last row sums
            up the others.
        stacks: On a phone each row becomes a small list with the heads as labels.
        right: Columns of numbers that are written as texts.
    """
    numeric = {
        place for row in rows[:1] for place, cell in enumerate(row) if isinstance(cell, int)
    } | set(right)
    head = format_html_join(
        "",
        '<th scope="col"{}>{}</th>',
        ((_right(place in numeric), text) for place, text in enumerate(heads)),
    )
    body = format_html_join(
        "",
        "<tr{}>{}</tr>",
        (
            (
                _total(is_account and number == len(rows) - 1),
                _cells(heads, row, numeric, marks=not is_account),
            )
            for number, row in enumerate(rows)
        ),
    )
    return format_html(
        '<div class="scroll" tabindex="0" role="group" aria-label="{}"><table{}>{}'
        "<thead><tr>{}</tr></thead><tbody>{}</tbody></table></div>",
        caption or "Table",
        format_html(' class="{}"', "stack") if stacks else "",
        format_html("<caption>{}</caption>", caption) if caption else "",
        head,
        body,
    )


def _cells(
    heads: Sequence[str], row: Sequence[str | int], numeric: set[int], *, marks: bool
) -> SafeString:
    def shown(cell: str | int) -> str:
        if isinstance(cell, str):
            return cell
        return count(cell) if marks else f"{cell:,}"

    return format_html_join(
        "",
        '<td{} data-label="{}">{}</td>',
        ((_right(place in numeric), heads[place], shown(cell)) for place, cell in enumerate(row)),
    )


def _right(is_right: bool) -> SafeString | str:
    return format_html(' class="{}"', "n") if is_right else ""


def _total(is_total: bool) -> SafeString | str:
    return format_html(' class="{}"', "total") if is_total else ""
