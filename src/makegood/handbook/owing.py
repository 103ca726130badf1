"""The chapter on what is owed: by law, contract or guarantee, with its dates and its source."""

import re
from collections.abc import Iterator, Mapping

from makegood.handbook.source import Law, Rule, Source
from makegood.handbook.terms import Chapter, Entry, Link, Shown
from makegood.messages.money import Money
from makegood.playbooks.spans import span_ms
from makegood.projections.asked import within_words
from makegood.projections.figures import money_words

_LEAD = (
    "Nobody has to ask for any of this. It is paid by itself, by the rule of the day of the "
    "failure, and it is never set off against what we give besides."
)
_BASES = {
    "law": "The law says so",
    "contract": "Our contract says so",
    "guarantee": "A published guarantee says so",
}
_VALUE = re.compile(r"\bvalues\.([a-z][a-z0-9_]*)")
_BOUNDS = {">=": "at least", "<=": "at most", ">": "more than", "<": "less than"}
_NOTHING = "This book names no law, contract or guarantee; whatever is given is given freely."


def owed_chapter(source: Source) -> Chapter:
    """Say what is owed, first by the book's own rules and then by its laws."""
    own = Law(text=Rule(fields={}, where=""), kinds={}, remedies={}, rules=())
    entries = [_owed(source, own, rule) for rule in source.rules("entitlements")]
    entries += [_owed(source, law, rule) for law in source.laws for rule in law.rules]
    return Chapter(
        anchor="owed",
        title="What is owed",
        lead=_LEAD if entries else _NOTHING,
        entries=tuple(entries),
    )


def _owed(source: Source, law: Law, rule: Rule) -> Entry:
    kinds = [one for kind in rule.list("for") for one in law.kinds.get(kind, (kind,))]
    titles = {kind: one.title for kind, one in source.book.failures.items() if kind in kinds}
    pays = rule.map("pays")
    remedy = law.remedies.get(str(pays.get("remedy")), str(pays.get("remedy")))
    reach = "; ".join(titles.values()) or "no failure of this book"
    return Entry(
        anchor=f"owed-{rule.text('id')}",
        title=_title(source, remedy),
        rule=rule.text("id"),
        where=rule.where,
        sentences=(
            f"For: {reach}.",
            *_only(source, rule),
            _paid(source, rule, pays),
            *_dates(source, rule),
            *_basis(law, rule),
        ),
        shown=_expressions(law, rule),
        links=tuple(Link(anchor=f"failure-{kind}", text=title) for kind, title in titles.items()),
    )


def _only(source: Source, rule: Rule) -> Iterator[str]:
    code = rule.code("when")
    if code:
        words = source.wording.condition(code)
        yield f"Only when {words}." if words else "Only under the condition below."


def _expressions(law: Law, rule: Rule) -> tuple[Shown, ...]:
    """Show what is worked out, and behind it each named value of the law that it reads."""
    pays = rule.map("pays")
    parts = {
        "When": rule.code("when"),
        "Sum": pays.get("cents"),
        "Share": pays.get("ratio"),
        "At most": pays.get("most_cents"),
    }
    shown = {label: code for label, code in parts.items() if isinstance(code, str) and code}
    values, todo = law.text.map("values"), list(shown.values())
    for code in todo:
        for name in _VALUE.findall(code):
            label = f"“{name.replace('_', ' ')}”"
            if name in values and label not in shown:
                shown[label] = str(values[name])
                todo.append(str(values[name]))
    return tuple(Shown(label=label, code=code.strip()) for label, code in shown.items())


def _title(source: Source, remedy: str) -> str:
    known = source.book.remedies.get(remedy)
    return known.title["en"] if known else remedy.replace("_", " ")


def _paid(source: Source, rule: Rule, pays: Mapping[str, object]) -> str:
    currency = str(pays.get("currency", source.book.currency))
    amount = _amount(source, pays, currency)
    most = pays.get("most_cents")
    if most is not None:
        cap = money_words(Money(most, currency)) if isinstance(most, int) else "the cap below"
        amount += f", at most {cap}"
    declined = rule.text("given") == "declined"
    once = "when the customer no longer wants the service" if declined else "at once"
    deadline = span_ms(rule.text("deadline"))
    until = f", and has to be paid within {within_words(deadline)}" if deadline else ""
    return f"It is {amount}, owed {once}{until}."


def _amount(source: Source, pays: Mapping[str, object], currency: str) -> str:
    cents, ratio = pays.get("cents"), pays.get("ratio")
    if isinstance(cents, int):
        return money_words(Money(cents, currency))
    if isinstance(cents, str):
        wording = source.wording
        return (wording.sum(cents) if currency == wording.currency else "") or "the sum below"
    if isinstance(ratio, int | float):
        return "the whole price" if ratio == 1 else f"{ratio:.0%} of the price"
    return "the share of the price below"


def _dates(source: Source, rule: Rule) -> Iterator[str]:
    first, last, before = (_day(source, rule.text(key)) for key in ("from", "to", "before"))
    if "never" in (first,):
        yield "It is written down and not in force: no day is set."
        return
    spans = [f"from {first}" if first else "", f"to {last}" if last else ""]
    spans.append(f"before {before}" if before and before != "never" else "")
    said = " ".join(one for one in spans if one)
    if said:
        yield f"It applies to failures {said}."


def _day(source: Source, written: str) -> str:
    if not written.startswith("params."):
        return written
    return str(source.parameters.get(written.removeprefix("params."), written))


def _basis(law: Law, rule: Rule) -> Iterator[str]:
    def said(key: str) -> str:
        return rule.text(key) or law.text.text(key)

    place = f" ({said('jurisdiction')})" if said("jurisdiction") else ""
    yield f"{_BASES.get(said('basis'), 'It is written')}{place}: {said('source')}."
    limit = rule.text("boundary")
    for sign, words in _BOUNDS.items():
        limit = limit.replace(f"{sign} ", f"{words} ")
    if limit:
        yield f"The limit: {limit}."
    if rule.text("form"):
        yield f"How it is paid: {rule.text('form')}."
