"""The chapter on what is given: each remedy with its cost, and who may give how much."""

from collections.abc import Iterator

from makegood.handbook.source import Source
from makegood.handbook.terms import Cell, Chapter, Entry, Grid
from makegood.messages.money import Money
from makegood.playbooks.terms import Remedy
from makegood.projections.asked import within_words
from makegood.projections.figures import money_words

OWED, ASKED = "when it is owed", "when it is asked for"
_LEAD = (
    "This is what can be given besides what is owed. Who gives something else, or more, leaves "
    "the script: that is allowed, with a reason."
)


def giving_chapter(source: Source) -> Chapter:
    """Say what each remedy is, what it costs and who carries it out."""
    heads = ("Remedy", "Cost", "Done by", "Given")
    lines = {str(rule.fields.get("id")): rule.where for rule in source.rules("remedies")}
    rows = tuple(
        (
            Cell(
                text=one.title["en"],
                anchor=f"remedy-{one.id}",
                small=f"{one.id}, {lines.get(one.id, '')}",
            ),
            Cell(text=_cost(source, one)),
            Cell(text=one.provider.replace("_", " ") or "one of us"),
            Cell(text=", ".join(_uses(source, one)) or "only by hand"),
        )
        for one in source.book.remedies.values()
    )
    return Chapter(
        anchor="given",
        title="What we give, and what it costs",
        lead=_LEAD,
        grid=Grid(heads=heads, rows=rows),
    )


def _cost(source: Source, remedy: Remedy) -> str:
    if remedy.cost_cents:
        said = money_words(Money(remedy.cost_cents, source.book.currency))
    elif remedy.cost_ratio:
        share = remedy.cost_ratio
        said = "the whole price" if share == 1 else f"{share:.0%} of the price"
    else:
        is_sized = {OWED, ASKED} & set(_uses(source, remedy))
        said = "what the rule says" if is_sized else "nothing"
    if remedy.confirm_within_ms:
        said += f"; offered only after a yes, within {within_words(remedy.confirm_within_ms)}"
    return said


def _uses(source: Source, remedy: Remedy) -> Iterator[str]:
    plans = list({plan.id: plan for plan in source.book.plans.values()}.values())
    if any(remedy.id in (*plan.gives, *plan.gives_outside) for plan in plans):
        yield "by itself"
    if any(offer.id == remedy.id for plan in plans for offer in plan.offers):
        yield "as a choice"
    owed = {str(rule.map("pays").get("remedy")) for rule in source.rules("entitlements")}
    for law in source.laws:
        for rule in law.rules:
            named = str(rule.map("pays").get("remedy"))
            owed.add(law.remedies.get(named, named))
    if remedy.id in owed:
        yield OWED
    answers = (row for request in source.rules("requests") for row in request.list_of("rows"))
    if any(row.map("gives").get("remedy") == remedy.id for row in answers):
        yield ASKED


def authority_chapter(source: Source) -> Chapter:
    """Say who may give how much without asking."""
    book = source.book
    entries = tuple(
        Entry(
            anchor=f"authority-{role}",
            title=role.replace("_", " ").capitalize(),
            rule=role,
            sentences=(
                f"May give remedies of up to {money_words(Money(cents, book.currency))} of cost "
                "for one case without asking anybody. What is owed does not count.",
            ),
        )
        for role, cents in book.authority_cents.items()
    )
    lead = "More than this is not forbidden: somebody with more authority says yes."
    nobody = "The book names no limit: nobody may give anything beyond the plans."
    return Chapter(
        anchor="authority",
        title="Who may give how much",
        lead=lead if entries else nobody,
        entries=entries,
    )
