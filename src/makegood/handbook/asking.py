"""The chapter on requests: decision tables in words, read from the first row to the last."""

import re
from collections.abc import Iterator

from makegood.handbook.source import Rule, Source
from makegood.handbook.terms import Cell, Chapter, Entry, Grid, Shown
from makegood.messages.money import Money
from makegood.playbooks.book import RequestRule
from makegood.playbooks.spans import span_ms
from makegood.projections.asked import within_words
from makegood.projections.figures import money_words

_LEAD = (
    "Read each table from the top: the first row that fits is the answer. When a fact is missing "
    "or no row fits, a person answers; a missing fact never says no. A no has a reason, and may "
    "be put before somebody else, once. A person who does not answer in time has broken our "
    "promise."
)
_BOUND = re.compile(r"(<=|>=|<|>)\s*(\S+)")
_BOUNDS = {">=": "{} or more", "<=": "{} or less", ">": "more than {}", "<": "less than {}"}


def requests_chapter(source: Source) -> Chapter:
    """Tell each decision table."""
    rules = {str(rule.fields.get("id")): rule for rule in source.rules("requests")}
    entries = tuple(_request(source, one, rules[one.id]) for one in source.book.requests.values())
    nothing = "This book answers no request by itself: a person answers each."
    return Chapter(
        anchor="requests",
        title="When a customer asks",
        lead=_LEAD if entries else nothing,
        entries=entries,
    )


def _request(source: Source, request: RequestRule, rule: Rule) -> Entry:
    return Entry(
        anchor=f"request-{request.id}",
        title=request.title["en"],
        rule=request.id,
        where=rule.where,
        sentences=tuple(_sentences(request, rule)),
        shown=tuple(_columns(source, rule)),
        grid=Grid(
            heads=("When", "Answer", "Row"),
            rows=tuple(_row(source, request, row) for row in rule.list_of("rows")),
        ),
    )


def _sentences(request: RequestRule, rule: Rule) -> Iterator[str]:
    within = within_words(request.within_ms)
    yield f"A person has {within} for an answer unless a row says otherwise."
    if rule.text("hit") == "only":
        yield "Only one row may fit; where two do, a person answers."
    if because := rule.text("allow_because"):
        yield f"Who asks may count here, because {because}."
    if request.source:
        yield f"Where it comes from: {request.source}."


def _columns(source: Source, rule: Rule) -> Iterator[Shown]:
    """Show what is worked out; a fact that is looked at as it came goes without saying."""
    worked_out = {**rule.map("values"), **rule.map("looks_at")}
    for name, written in worked_out.items():
        code = written.get("value") if isinstance(written, dict) else written
        if isinstance(code, str) and code not in (f"request.{name}", f"values.{name}"):
            wording = source.wording
            words = wording.condition(code) or wording.sum(code)
            yield Shown(label=name.replace("_", " "), words=words, code=code.strip())


def _row(source: Source, request: RequestRule, row: Rule) -> tuple[Cell, ...]:
    tests = [
        f"{name.replace('_', ' ')}: {_test(value)}" for name, value in row.map("when").items()
    ]
    answer, code = _answer(source, request, row)
    name = row.text("id")
    return (
        Cell(text="; ".join(tests) or "everything else"),
        Cell(text=answer, code=code),
        Cell(text=name.replace("_", " "), anchor=f"request-{request.id}-{name}", small=row.where),
    )


def _test(value: object) -> str:
    if isinstance(value, list):
        return " or ".join(_test(one) for one in value)
    if isinstance(value, bool):
        return "yes" if value else "no"
    written = str(value)
    if found := _BOUND.fullmatch(written):
        return _BOUNDS[found[1]].format(found[2])
    if ".." in written:
        return written.replace("..", " to ")
    return written.replace("_", " ")


def _answer(source: Source, request: RequestRule, row: Rule) -> tuple[str, str]:
    """Say what a row answers, and the expression behind a sum that has no simple words."""
    match row.text("answer"):
        case "deny":
            return f"No: {row.map('says').get('en', '')}", ""
        case "person":
            within = span_ms(row.text("within")) or request.within_ms
            return f"A person answers, within {within_words(within)}.", ""
    gives = row.map("gives")
    parts, codes = ["Yes"], []
    if gives:
        title = source.book.remedies[str(gives["remedy"])].title["en"]
        parts.append(f"we give: {title}")
        if "cents" in gives:
            amount, code = _sum(source, gives["cents"])
            parts[-1] += f" ({amount})" if amount else ""
            codes.append(code)
    if "charges" in row.fields:
        amount, code = _sum(source, row.fields["charges"])
        free = row.fields["charges"] == 0
        parts.append(
            "it costs the customer " + ("nothing" if free else amount or "the sum beside")
        )
        codes.append(code)
    says = str(row.map("says").get("en", ""))
    sentence = "; ".join(parts) + "."
    return (f"{sentence} {says}" if says else sentence), "; ".join(code for code in codes if code)


def _sum(source: Source, written: object) -> tuple[str, str]:
    if isinstance(written, int):
        return money_words(Money(written, source.book.currency)), ""
    code = " ".join(str(written).split())
    return source.wording.sum(code), code
