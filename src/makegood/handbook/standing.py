"""The chapter on who a customer is: what stands at the top of every page, and what it may do."""

from collections.abc import Iterator

from makegood.handbook.conditions import in_row
from makegood.handbook.source import Source
from makegood.handbook.terms import Cell, Chapter, Grid
from makegood.messages.money import Money
from makegood.playbooks.standing import StandingRules
from makegood.projections.figures import money_words

_LEAD = (
    "Every page about a customer shows who this is, each part with who told it and when. Where "
    "two sources differ you see both: ask, do not guess. A prospect, who never bought anything, "
    "is a customer."
)
_URGENT = "who is helped first; never what is given"
_MAY = "also what is given, where a rule says so"


def standing_chapters(source: Source) -> tuple[Chapter, ...]:
    """Say what is shown of a customer; no chapter when the book has no standing."""
    rules = source.book.standing
    if rules is None:
        return ()
    rows = tuple(
        (Cell(text=part), Cell(text=read, code=code), Cell(text=may))
        for part, read, code, may in _parts(source, rules)
    )
    grid = Grid(heads=("Part", "How it is read", "What it may decide"), rows=rows)
    return (Chapter(anchor="standing", title="Who a customer is", lead=_LEAD, grid=grid),)


def _parts(source: Source, rules: StandingRules) -> Iterator[tuple[str, str, str, str]]:
    if rules.tier is not None:
        yield "Tier", f"lowest first: {in_row(rules.tier.order)}", _fact(rules.tier.fact), _URGENT
    if rules.tenure is not None:
        events = sorted(rules.tenure.bought_by)
        bought = f"a purchase is {in_row(events, 'or')}" if events else "as it was told"
        yield "Customer since", bought, _fact(rules.tenure.fact), _MAY
    if rules.partner is not None:
        business = rules.partner.reciprocal_cents
        more = "with the business that comes from them, which decides only who is first"
        yield "Partner", more if business else "as it was told", _fact(rules.partner.fact), _MAY
    if rules.agreements is not None:
        yield "Agreements", "all of them, at every brand", _fact(rules.agreements.fact), _MAY
    if rules.value is not None:
        yield "Value", _bands(source, rules.value.bands), _fact(rules.value.fact), _URGENT
    if rules.public_voice is not None:
        voice = rules.public_voice
        wide = f"wide from {voice.wide_from:,}" if voice.wide_from else ""
        words = f"wide: {in_row(voice.wide, 'or')}" if voice.wide else ""
        yield "Public voice", "; ".join(filter(None, (wide, words))), _fact(voice.fact), _URGENT
    if rules.payment is not None:
        good = f"good: {in_row(rules.payment.good, 'or')}"
        yield "Payment record", good, _fact(rules.payment.fact), _MAY


def _bands(source: Source, bands: tuple[tuple[str, int], ...]) -> str:
    currency = source.book.currency
    said = [f"{name} from {money_words(Money(cents, currency))}" for name, cents in bands]
    return in_row(said) if said else "the sum itself"


def _fact(name: str) -> str:
    return f"customer.{name}" if name else ""
