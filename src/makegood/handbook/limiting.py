"""The chapters on the limits of what is given: goodwill, a second person, budgets; and waivers."""

from collections.abc import Iterator, Mapping

from makegood.handbook.conditions import in_row
from makegood.handbook.source import Rule, Source
from makegood.handbook.terms import Cell, Chapter, Entry, Grid, Link, Shown
from makegood.messages.money import Money
from makegood.playbooks.giving import ApologyTerms, Besides, Budget, Goodwill, share_on
from makegood.projections.asked import within_words
from makegood.projections.figures import money_words

_GOODWILL = (
    "These are the limits of what we give without owing it. What is owed by law, contract or "
    "guarantee is never counted here, never limited and never replaced."
)
_APPROVAL = "What is above your own limit is proposed to somebody who may give it."
_BUDGETS = (
    "What some of us may give together, whatever the case. What is owed, and what a plan gives by "
    "itself, takes from no budget."
)
_WAIVERS = (
    "What a customer may be let off, by an answer to a request or by one of us with a reason. It "
    "stands on the customer's page with who said so, and nobody has to ask twice."
)
_BESIDES: Mapping[Besides, str] = {
    Besides.TANGIBLE: "something tangible",
    Besides.PROMISE_KEPT: "a promise that was kept",
    Besides.PERSON: "a person who calls",
}
_USED = (True, False)
_PER = {"day": "a day", "week": "a week, from Monday", "month": "a month"}


def limits_chapters(source: Source) -> Iterator[Chapter]:
    """Say how much may be given, each chapter where the book has its section."""
    places = dict(source.sections())
    for name, make in _CHAPTERS.items():
        if name in places:
            yield make(source, places[name])


def _goodwill(source: Source, where: str) -> Chapter:
    goodwill = source.book.goodwill
    parts = (
        ("most", "How much at most", tuple(_most(source, goodwill)), (), None),
        ("match", "What fits what was lost", tuple(_match(source, goodwill)), (), None),
        (
            "doses",
            "How much of the price",
            _used(source, goodwill),
            _shown(source),
            _doses(goodwill),
        ),
        ("apologies", "How often sorry is enough", tuple(_sorry(goodwill.apologies)), (), None),
    )
    entries = tuple(
        Entry(
            anchor=f"goodwill-{name}",
            title=title,
            where=where,
            sentences=sentences,
            shown=shown,
            grid=grid,
        )
        for name, title, sentences, shown, grid in parts
        if sentences
    )
    return Chapter(
        anchor="goodwill", title="The limits of goodwill", lead=_GOODWILL, entries=entries
    )


def _most(source: Source, goodwill: Goodwill) -> Iterator[str]:
    if not goodwill.most_ratio:
        return
    yield (
        f"All goodwill of a case together is at most {goodwill.most_ratio:.0%} of the price, "
        "whoever gives it. While choices are open, the dearest of them counts."
    )
    if goodwill.uncounted:
        uncounted = _named(source, goodwill.uncounted)
        yield f"Not counted, because it does the service over: {uncounted}."
    yield "Without a price nobody can tell: what a person gives then needs a reason."


def _match(source: Source, goodwill: Goodwill) -> Iterator[str]:
    for loss, fitting in goodwill.match.items():
        remedies = _named(source, fitting, "or")
        yield f"Lost {loss.value} is made good by {remedies}. A call fits too."
    if goodwill.otherwise:
        title = _named(source, (goodwill.otherwise,))
        yield f"When nothing fits or can be had, this comes instead: {title}."
    if goodwill.match:
        yield "Who gives what does not fit says why."


def _named(source: Source, names: "tuple[str, ...] | frozenset[str]", word: str = "and") -> str:
    """Call remedies by their titles, and kinds by their names."""
    known = source.book.remedies
    ordered = [name for name in known if name in names] + sorted(set(names) - set(known))
    said = [
        f"“{known[name].title['en']}”" if name in known else f"any {name.replace('_', ' ')}"
        for name in ordered
    ]
    return in_row(said, word)


def _used(source: Source, goodwill: Goodwill) -> tuple[str, ...]:
    if not goodwill.doses:
        return ()
    remedies = [one.id for one in source.book.remedies.values() if one.dosed]
    what = _named(source, tuple(remedies)) if remedies else "A remedy by dose"
    return (
        f"{what}: a share of the price, by how bad it was and whether the service was used.",
        "Between two of these the line counts; where nobody knows whether it was used, the "
        "greater share.",
    )


def _shown(source: Source) -> tuple[Shown, ...]:
    goodwill = source.value("goodwill")
    code = Rule(fields=goodwill if isinstance(goodwill, dict) else {}, where="").code("used")
    words = source.wording.condition(code) if code else ""
    return (Shown(label="It was used when", words=words or "", code=code),) if code else ()


def _doses(goodwill: Goodwill) -> Grid | None:
    severities = sorted({severity for curve in goodwill.doses.values() for severity, _ in curve})
    rows = tuple(
        (
            Cell(text=f"severity {severity}"),
            *(Cell(text=f"{share_on(goodwill.doses[used], severity):.0%}") for used in _USED),
        )
        for severity in severities
    )
    return Grid(heads=("How bad", "It was used", "It was not used"), rows=rows) if rows else None


def _sorry(terms: ApologyTerms | None) -> Iterator[str]:
    if terms is not None:
        besides = in_row([_BESIDES[one] for one in terms.needs], "or")
        yield (
            f"Within {within_words(terms.within_ms)} of one apology the next is not said alone: "
            f"{besides} goes with it. Else no message goes, and the owner calls and says it."
        )


def _approval(source: Source, where: str) -> Chapter:
    book = source.book
    entry = Entry(
        anchor="approval-within",
        title="A second person says yes or no",
        where=where,
        sentences=(
            f"You propose it with a reason, and hear within {within_words(book.approval_ms)}; "
            "later than that it is an alarm in the queue.",
            "Nobody approves what they proposed, and who approves may give all of it together.",
            "A no has a reason, and is appealed once, to somebody else.",
        ),
    )
    return Chapter(anchor="approval", title="Above your limit", lead=_APPROVAL, entries=(entry,))


def _budgets(source: Source, _where: str) -> Chapter:
    lines = {rule.text("id"): rule.where for rule in source.rules("budgets")}
    entries = tuple(_budget(source, one, lines.get(one.id, "")) for one in source.book.budgets)
    return Chapter(
        anchor="budgets", title="What we may give together", lead=_BUDGETS, entries=entries
    )


def _budget(source: Source, one: Budget, where: str) -> Entry:
    brand = source.book.brands.get(one.brand)
    roles = in_row([role.replace("_", " ") for role in one.roles])
    cases = f"cases of {brand.name}" if brand is not None else "all cases"
    sum_words = money_words(Money(one.cents, source.book.currency))
    return Entry(
        anchor=f"budget-{one.id}",
        title=one.id.replace("_", " ").capitalize(),
        rule=one.id,
        where=where,
        sentences=(
            f"Together the role {roles} may give {sum_words} {_PER[one.per]}, in {cases}."
            if len(one.roles) == 1
            else f"Together the roles {roles} may give {sum_words} {_PER[one.per]}, in {cases}.",
            "When too little is left, somebody whose role has another budget gives it.",
        ),
    )


def _waivers(source: Source, where: str) -> Chapter:
    entries = tuple(
        Entry(
            anchor=f"waiver-{name}",
            title=title["en"],
            rule=name,
            where=where,
            sentences=tuple(_said_by(source, name)),
            links=tuple(_rows(source, name)),
            leads="Waived by",
        )
        for name, title in source.book.waivers.items()
    )
    return Chapter(anchor="waivers", title="What may be waived", lead=_WAIVERS, entries=entries)


def _said_by(source: Source, name: str) -> Iterator[str]:
    if not any(_rows(source, name)):
        yield "Only a person waives it."
    for once in dict.fromkeys(once for _, _, once in _waiving(source, name)):
        lasts = "is for the next time only" if once else "lasts"
        yield f"What is waived by a table of answers {lasts}."


def _rows(source: Source, name: str) -> Iterator[Link]:
    for request, row, _ in _waiving(source, name):
        title = source.book.requests[request].title["en"]
        yield Link(anchor=f"request-{request}-{row}", text=f"{title} ({row.replace('_', ' ')})")


def _waiving(source: Source, name: str) -> Iterator[tuple[str, str, bool]]:
    """Give the rows that waive something: (request, row, only once)."""
    for request in source.rules("requests"):
        for row in request.list_of("rows"):
            waives = row.fields.get("waives")
            said = waives if isinstance(waives, dict) else {"what": waives}
            if said.get("what") == name:
                yield request.text("id"), row.text("id"), said.get("once") is True


_CHAPTERS = {
    "goodwill": _goodwill,
    "approval": _approval,
    "budgets": _budgets,
    "waivers": _waivers,
}
