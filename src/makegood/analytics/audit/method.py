"""How the audit counted, said in sentences that a doubtful reader can check."""

import polars as pl

from makegood.analytics.audit.classes import PROMOTIONAL_WORDS, SERVICE_WORDS, SURVEY_WORDS
from makegood.analytics.audit.dates import DAY_MS
from makegood.analytics.audit.figures import SMALL, FailureRows, Second, SendRows
from makegood.analytics.audit.options import Options
from makegood.analytics.audit.rulings import DEFAULT_HOLD
from makegood.playbooks.book import RuleBook
from makegood.playbooks.terms import HoldTerms


def method_of(book: RuleBook | None, options: Options, failures: pl.DataFrame) -> tuple[str, ...]:
    """Say how the figures came about."""
    days = options.window_ms // DAY_MS
    return (
        *_of_failures(book, failures),
        "The headline counts a message from the instant of a failure until it was resolved, "
        f"without any cool-off, and for {days} days at most, whatever the rule book says. It is "
        "the smaller figure on purpose.",
        "The larger figure is an upper bound: a hold lasts until the failure was resolved and its "
        "cool-off has passed, and without a date of resolution for the longest time the rule book "
        "names. Some of these customers may have been content sooner; the files do not say.",
        "A message at the very instant of a failure counts; one at the very end of a hold does "
        "not. A failure of which only the day is known counts from the end of that day; a message "
        "of which only the day is known counts when the hold covers its whole day; a resolution "
        "of which only the day is known counts from its beginning.",
        "People are matched by e-mail address, phone, user id or loyalty number, after bringing "
        "each to one form (letters of an e-mail small, a phone as + and digits). Any one of them "
        "is enough. Rows of the failures file that share one are the same customer. An address "
        "or phone that stands with more than three user ids matches nobody.",
        "A message's purpose is what its column says; else a List-Unsubscribe header means "
        "marketing; else words in its name and subject. Marketing: "
        f"{', '.join(PROMOTIONAL_WORDS[:6])} and {len(PROMOTIONAL_WORDS) - 6} more. Survey: "
        f"{', '.join(SURVEY_WORDS[:4])} and {len(SURVEY_WORDS) - 4} more. Service: "
        f"{', '.join(SERVICE_WORDS[:5])} and {len(SERVICE_WORDS) - 5} more. With words of both, "
        "or of none, it is unclassified: shown apart, never counted as marketing.",
        f"Dates without a time zone were read as {options.zone('failures')} in the failures file "
        f"and {options.zone('sends')} in the sends file.",
        f"Nothing is said about money or about who left because of it: two exports cannot tell. "
        f"Percentages are given from {SMALL} customers up.",
    )


def _of_failures(book: RuleBook | None, failures: pl.DataFrame) -> tuple[str, ...]:
    if book is None:
        return (
            "No rule book was given. Every usable row of the failures file was taken as a "
            f"failure and holds the marketing of every brand: {_hold(DEFAULT_HOLD)}.",
        )
    plans = dict.fromkeys(book.plans.values())
    holds = "; ".join(
        f"{', '.join(book.failures[name].title for name in plan.failures)}: {_hold(plan.hold)}"
        for plan in plans
    )
    unknown = _unknown(failures)
    return (
        f"The rule book {book.name} ({book.hash}) says what holds. A row whose kind is one of the "
        "book's events was judged by the book's conditions on the row's own cells; any other by "
        f"the name of its kind. Holds: {holds}.",
        *unknown,
    )


def _unknown(failures: pl.DataFrame) -> tuple[str, ...]:
    kinds = sorted(failures.filter(pl.col("basis") != "rule")["kind"].unique())
    if not kinds:
        return ()
    shown = ", ".join(kinds[:10]) + (f" and {len(kinds) - 10} more" if len(kinds) > 10 else "")
    return (
        f"The rule book does not name these kinds; they hold by its plan for other failures, or "
        f"by the default ({_hold(DEFAULT_HOLD)}) when it has none: {shown}.",
    )


def _hold(terms: HoldTerms) -> str:
    scope = "every brand" if terms.scope == "umbrella" else "the brand that failed"
    cool_off = f" and {terms.cool_off_ms // DAY_MS} days more" if terms.cool_off_ms else ""
    return (
        f"{scope}, until resolved{cool_off}, or {terms.longest_ms // DAY_MS} days when nothing "
        "says it was resolved"
    )


def warnings_of(failures: FailureRows, sends: SendRows, second: Second) -> tuple[str, ...]:
    """Say what deserves a look before the figures are believed."""
    matched = sends.outside_holds + sends.repeated + sends.held_longer + sends.held
    marketing = matched + sends.to_others
    found = []
    if failures.rows and sends.rows and marketing and not matched:
        found.append(
            "No marketing message went to anybody in the failures file. Either nobody was "
            "written to, or the two files name people differently (e-mail in one, user id in the "
            "other): add a column that both have."
        )
    for what, part, whole in (
        ("failures", failures.left_out, failures.rows),
        ("sends", sends.left_out, sends.rows),
        ("sends (purpose unknown)", sends.unclassified, sends.rows),
    ):
        if part * 5 > whole:
            found.append(
                f"More than a fifth of the rows is not counted: {part:,} of {whole:,} {what}."
            )
    if not second.can_tell:
        found.append(
            "Second failures cannot be told: the failures file does not say what each is about "
            "(a booking, an order). Name the column with --map failures.about=<heading>."
        )
    return tuple(found)
