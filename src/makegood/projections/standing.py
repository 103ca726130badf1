"""Who a customer is, part by part, each with who told it and when; what differs is shown twice.

Nothing here is an avatar or a photo: a face before the reply changes who gets an answer.
Source: story 1; Gunarathne et al. 2021 (evidence 31).
"""

from collections.abc import Callable, Iterator
from datetime import UTC, datetime

from msgspec import Struct

from makegood.core.standing import Told
from makegood.core.state import State
from makegood.messages.facts import Fact
from makegood.messages.money import Money
from makegood.playbooks.book import RuleBook
from makegood.playbooks.standing import StandingRules
from makegood.projections.figures import counted, money_words

_EARLIEST, _LATEST = 1900, 2200  # years; anything else is no year
_MOST_AGREEMENTS = 10
_BACK = "taken back"
Reader = Callable[[Fact], str]


class Basis(Struct, frozen=True, kw_only=True):
    """What one source says.

    Attributes:
        words: What it told, in words.
        value: The same as the fact.
        source: Who; empty when it was told before the book named the fact.
        at_ms: When; 0 when that is not known either.
    """

    words: str
    value: Fact
    source: str = ""
    at_ms: int = 0


class Part(Struct, frozen=True, kw_only=True):
    """One part of a standing.

    Attributes:
        id: Its name in the book: tier, tenure, value and so on.
        label: Its name for people.
        words: What is known, as short as a pill.
        mark: ok, warn, or nothing.
        glance: It is worth a pill; else it stands under the fold alone.
        differs: Two sources do not say the same.
        basis: Who says what, the newest first.
    """

    id: str
    label: str
    words: str
    mark: str = ""
    glance: bool = True
    differs: bool = False
    basis: tuple[Basis, ...] = ()


class Standing(Struct, frozen=True, kw_only=True):
    """Who this is.

    Attributes:
        is_prospect: Nobody knows of a purchase.
        parts: In the order of the book's grammar; those that nobody told of are left out.
    """

    is_prospect: bool
    parts: tuple[Part, ...]


def one_brand(state: State) -> str:
    """Name the only brand that a customer has a case of; empty for none and for several."""
    brands = {case.brand for case in state.cases}
    return brands.pop() if len(brands) == 1 else ""


def standing_of(state: State, book: RuleBook, now_ms: int) -> Standing | None:
    """Tell who a customer is; None when the book does not say how.

    Args:
        state: The customer's state.
        book: The active book, or that of the brand it is about.
        now_ms: Now.
    """
    rules = book.standing
    if rules is None:
        return None
    found = _Parts(state, book, rules, now_ms)
    is_prospect = not state.bought_ms and not rules.has_business(state.facts)
    return Standing(is_prospect=is_prospect, parts=tuple(found.parts()))


class _Parts:
    """Reads the parts of one customer."""

    def __init__(self, state: State, book: RuleBook, rules: StandingRules, now_ms: int) -> None:
        self.state = state
        self.book = book
        self.rules = rules
        self.now_ms = now_ms

    def parts(self) -> Iterator[Part]:
        for part in (
            self._tier(),
            self._tenure(),
            self._partner(),
            self._agreements(),
            self._value(),
            self._public_voice(),
            self._payment(),
        ):
            if part is not None:
                yield part

    def _tier(self) -> Part | None:
        terms = self.rules.tier
        if terms is None:
            return None

        def words(value: Fact) -> str:
            rank = terms.rank(value)
            if rank is None:
                return f"{_plain(value)}, not a tier of the rule book"
            return _capital(terms.order[rank])

        mark = "" if terms.rank(self.state.facts.get(terms.fact)) is not None else "warn"
        return self._part("tier", "Tier", terms.fact, words, mark=mark)

    def _tenure(self) -> Part | None:
        terms = self.rules.tenure
        if terms is None:
            return None
        part = (
            self._part("tenure", "Customer since", terms.fact, self._since) if terms.fact else None
        )
        bought_ms = self.state.bought_ms
        if part is not None or not bought_ms:
            return part
        day = datetime.fromtimestamp(bought_ms / 1000, UTC).date().isoformat()
        basis = Basis(words="first purchase", value=day, source="our log", at_ms=bought_ms)
        return Part(id="tenure", label="Customer since", words=self._since(day), basis=(basis,))

    def _since(self, value: Fact) -> str:
        is_number = isinstance(value, int | float) and not isinstance(value, bool)
        if self.rules.tenure is not None and self.rules.tenure.in_years and is_number:
            years = int(value)  # type: ignore[call-overload]
            return (
                f"customer for {counted(years, 'year')}" if years else "customer since this year"
            )
        year = _year(value)
        if not year:
            return f"since {_plain(value)}"
        years = datetime.fromtimestamp(self.now_ms / 1000, UTC).year - year
        return f"since {year}" + (f" ({counted(years, 'year')})" if years > 0 else "")

    def _partner(self) -> Part | None:
        terms = self.rules.partner
        if terms is None:
            return None

        def words(value: Fact) -> str:
            if value is False:
                return "No partner"
            return "Partner" if value is True else f"Partner: {_plain(value)}"

        is_one = self.state.facts.get(terms.fact) is not False
        part = self._part("partner", "Partner", terms.fact, words, glance=is_one)
        if not terms.reciprocal_cents:
            return part
        business = self._part(
            "partner", "Partner", terms.reciprocal_cents, lambda v: f"{self._sum(v)} from them"
        )
        if part is None or business is None:
            return part or business
        return Part(
            id="partner",
            label="Partner",
            words=f"{part.words}, {business.words}",
            glance=part.glance,
            differs=part.differs or business.differs,
            basis=(*part.basis, *business.basis),
        )

    def _agreements(self) -> Part | None:
        terms = self.rules.agreements
        if terms is None:
            return None

        def words(value: Fact) -> str:
            listed = [self._agreement(one) for one in value] if isinstance(value, list) else []
            kept = listed[:_MOST_AGREEMENTS] or [_plain(value)]
            more = len(listed) - len(kept)
            return "; ".join(kept) + (f"; {more} more" if more > 0 else "")

        part = self._part("agreements", "Agreements", terms.fact, words)
        value = self.state.facts.get(terms.fact)
        if part is None or not isinstance(value, list) or len(value) < 2:
            return part
        return Part(
            id="agreements",
            label="Agreements",
            words=f"{len(value)} agreements",
            differs=part.differs,
            basis=part.basis,
        )

    def _value(self) -> Part | None:
        terms = self.rules.value
        if terms is None:
            return None

        def words(value: Fact) -> str:
            is_number = isinstance(value, int | float) and not isinstance(value, bool)
            band = terms.band(value) if is_number else ""  # type: ignore[arg-type]
            return f"{_capital(band)} value" if band else f"Value {self._sum(value)}"

        return self._part("value", "Value", terms.fact, words)

    def _public_voice(self) -> Part | None:
        terms = self.rules.public_voice
        if terms is None:
            return None

        def words(value: Fact) -> str:
            wide = terms.is_wide(value)
            told = f"{value:,}" if isinstance(value, int) else _plain(value)
            if wide is None:
                return f"Public voice: {told}, cannot be read"
            return f"Wide public voice: {told}" if wide else f"Public voice: {told}"

        is_wide = terms.is_wide(self.state.facts.get(terms.fact))
        mark = "warn" if is_wide else ""
        return self._part(
            "public_voice",
            "Public voice",
            terms.fact,
            words,
            mark=mark,
            glance=is_wide is not False,
        )

    def _payment(self) -> Part | None:
        terms = self.rules.payment
        if terms is None:
            return None

        def words(value: Fact) -> str:
            if isinstance(value, bool):
                return f"Payment record: {'good' if terms.is_good(value) else 'not good'}"
            return f"Pays: {_plain(value)}"

        mark = "ok" if terms.is_good(self.state.facts.get(terms.fact)) else "warn"
        return self._part("payment", "Payment record", terms.fact, words, mark=mark)

    def _part(
        self,
        name: str,
        label: str,
        fact: str,
        words: Reader,
        *,
        mark: str = "",
        glance: bool = True,
    ) -> Part | None:
        """Put a part together; None when nobody told of it, or all took it back."""
        value = self.state.facts.get(fact)
        told = [one for one in self.state.told if one.fact == fact]
        basis = tuple(_basis(one, words) for one in told)
        if not basis and not _is_nothing(value):
            basis = (Basis(words=words(value), value=value),)
        if all(_is_nothing(one.value) for one in basis):
            return None
        differs = len({one.words for one in basis}) > 1
        return Part(
            id=name,
            label=label,
            words=f"{label} taken back" if basis[0].words == _BACK else basis[0].words,
            mark=mark,
            glance=glance or differs,
            differs=differs,
            basis=basis,
        )

    def _agreement(self, one: Fact) -> str:
        """Write an agreement: its id, then what was agreed."""
        if not isinstance(one, dict):
            return _plain(one)
        rest = [self._term(key, one[key]) for key in one if key != "id"]
        return ", ".join(([_plain(one["id"])] if "id" in one else []) + rest)

    def _term(self, key: str, value: Fact) -> str:
        name = key.removesuffix("_cents")
        words = self._sum(value) if name != key else _plain(value)
        return f"{name.replace('_', ' ')} {words}"

    def _sum(self, value: Fact) -> str:
        if isinstance(value, bool) or not isinstance(value, int | float):
            return _plain(value)
        return money_words(Money(round(value / 100) * 100, self.book.currency))


def _basis(told: Told, words: Reader) -> Basis:
    says = _BACK if _is_nothing(told.value) else words(told.value)
    return Basis(words=says, value=told.value, source=told.source, at_ms=told.at_ms)


def _is_nothing(value: Fact) -> bool:
    """Whether a source says nothing of a fact, or takes it back; no and 0 are answers."""
    return value is None or value in ("", [])


def _year(value: Fact) -> int:
    """Read the year of a day, of a year, or of milliseconds; 0 for anything else."""
    if isinstance(value, int) and not isinstance(value, bool) and value > _LATEST:
        if value >= 7_000_000_000_000:  # after the year 2191: no day on which anybody came
            return 0
        return datetime.fromtimestamp(value / 1000, UTC).year
    head = str(value)[:4]
    is_year = head.isascii() and head.isdigit() and _EARLIEST <= int(head) <= _LATEST
    return int(head) if is_year else 0


def _capital(words: str) -> str:
    return words[:1].upper() + words[1:]


def _plain(value: Fact) -> str:
    if isinstance(value, bool):
        return "yes" if value else "no"
    return str(value)[:80]
