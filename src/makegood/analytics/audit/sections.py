"""The lower part of the report: kinds, second failures, examples, the accounts and the method."""

from django.utils.html import format_html, format_html_join
from django.utils.safestring import SafeString

from makegood.analytics.audit.figures import Audit, KindLine
from makegood.analytics.report.tables import count, table

_BASIS = {"rule": "its rule", "other": "plan for other failures", "default": "default hold"}
MOST = 50  # rows of a table; the rest is in the JSON


def kinds(audit: Audit) -> SafeString:
    parts = [format_html("<h2>{}</h2>", "What went wrong"), _kinds("kind", audit.by_kind)]
    parts += [_kinds("cause", audit.by_cause)] if audit.by_cause else []
    parts += [_kinds("severity", audit.by_severity)] if audit.by_severity else []
    return format_html_join("", "{}", ((part,) for part in parts))


def _kinds(name: str, lines: tuple[KindLine, ...]) -> SafeString:
    is_kind = name == "kind"
    heads = (name, *(("held by",) if is_kind else ()), "failures", "customers", "reached")
    rows = [
        (
            line.label,
            *((_BASIS[line.basis],) if is_kind else ()),
            line.failures,
            line.customers,
            line.reached,
        )
        for line in lines[:MOST]
    ]
    caption = f"Failures by {name}, and customers marketing reached."
    return table(heads, rows, caption=caption, stacks=is_kind)


def second(audit: Audit) -> SafeString:
    told = audit.second
    head = format_html("<h2>{}</h2>", "Let down twice")
    if not told.can_tell:
        says = "Cannot be told: the failures file does not say what each failure is about."
        return format_html('{}<p class="soft">{}</p>', head, says)
    return format_html(
        '{}<p>Customers let down again over something else within {} days: <b>{}</b> ({} '
        "further failures). Between one failure and the next they got <b>{}</b> marketing "
        'messages in the headline\'s window <span class="soft">(at most {})</span>.</p>',
        head, told.days, count(told.customers), count(told.failures),
        count(told.between.messages), count(told.between_full.messages),
    )  # fmt: skip


def examples(audit: Audit) -> SafeString:
    if not audit.examples:
        return SafeString("")
    rows = [
        (
            one.customer,
            one.failure,
            one.failed_at,
            one.message,
            one.sent_at,
            _after(one.hours_after),
        )
        for one in audit.examples
    ]
    heads = ("customer", "failure", "failed", "message", "sent", "after")
    return format_html(
        "<h2>{}</h2>{}",
        "What it looked like",
        table(
            heads,
            rows,
            caption="The soonest messages, one for each customer, masked.",
            stacks=True,
        ),
    )


def _after(hours: int) -> str:
    if hours < 1:
        return "within the hour"
    return f"{hours} h" if hours < 48 else f"{hours // 24} days"


def unclassified(audit: Audit) -> SafeString:
    if not audit.sends.unclassified:
        return SafeString("")
    rows = [(line.label, line.messages) for line in audit.unclassified[:MOST]]
    told = format_html(
        "<h2>Purpose unknown</h2><p>{} of {} messages could not be told marketing or service, and "
        "are in no figure above. {} of them went to {} customers within the headline's "
        "window.</p>",
        count(audit.sends.unclassified), count(audit.sends.rows),
        count(audit.unclassified_held.messages), count(audit.unclassified_held.customers),
    )  # fmt: skip
    if not rows:
        return told
    return format_html("{}{}", told, table(("message", "within the window"), rows))


def accounts(audit: Audit) -> SafeString:
    """Show that every row of both files is accounted for."""
    failures, sends = audit.failures, audit.sends
    first = (
        ("could not be used (reasons below)", failures.left_out),
        ("no failure by the rule book", failures.no_failure),
        ("could not be judged by the rule book", failures.cannot_judge),
        ("failures that hold", failures.holding),
        ("rows of the file", failures.rows),
    )
    second_rows = (
        ("could not be used (reasons below)", sends.left_out),
        ("did not arrive (bounced, dropped, queued)", sends.not_arrived),
        ("what came after a message (opened, clicked)", sends.came_later),
        ("sent, where another row says it arrived", sends.sent_and_arrived),
        ("service, receipts, safety, legal", sends.service),
        ("purpose unknown", sends.unclassified),
        ("marketing to people not in the failures file", sends.to_others),
        ("marketing to people let down, outside any hold", sends.outside_holds),
        ("the same message again", sends.repeated),
        ("marketing within the longest hold only", sends.held_longer),
        ("marketing that the headline counts", sends.held),
        ("rows of the file", sends.rows),
    )
    return format_html(
        "<h2>{}</h2>{}{}",
        "Every row accounted for",
        table(("failures", "rows"), first, is_account=True),
        table(("sends", "rows"), second_rows, is_account=True),
    )


def left_out(audit: Audit) -> SafeString:
    head = format_html("<h2>{}</h2>", "Rows that could not be used")
    if not audit.left_out:
        return format_html('{}<p class="soft">{}</p>', head, "None: every row could be read.")
    rows = [
        (one.file, one.says, f"{one.rows:,}", _rows(one.first_rows, one.rows))
        for one in audit.left_out
    ]
    caption = "Row 1 is the row of headings. --left-out writes all of them to a file."
    return format_html(
        "{}{}", head, table(("file", "why", "rows", "which"), rows, caption=caption, stacks=True)
    )


def _rows(first: tuple[int, ...], whole: int) -> str:
    more = f" and {whole - len(first):,} more" if whole > len(first) else ""
    return ", ".join(str(row) for row in first) + more


def method(audit: Audit) -> SafeString:
    used = [
        (file, field, heading)
        for file, columns in audit.columns.items()
        for field, heading in columns.items()
    ]
    return format_html(
        "<h2>How it was counted</h2><ol>{}</ol>{}<footer>{}</footer>",
        format_html_join("", "<li>{}</li>", ((one,) for one in audit.method)),
        table(("file", "read as", "heading"), used, caption="Columns that were used."),
        "Made by makegood audit: read-only, on one machine, from two files. Addresses are masked.",
    )
