"""The section `standing`: which facts of a customer say who this is, and how each is read.

Whoever answers sees it at a glance. It may set who is helped first, and never the size of a
remedy: tier, value, reciprocal business and public voice are sensitive by being named here.
Source: story 1, everybody is platinum; DESIGN, Fairness.
"""

from collections.abc import Collection, Iterator, Mapping

from msgspec import Struct
from msgspec.structs import replace

from makegood.messages.facts import Fact, Facts
from makegood.playbooks.mistakes import nearest
from makegood.playbooks.reading import Section
from makegood.playbooks.vocabulary import Path, Vocabulary

_NUMBER = frozenset({"int", "double"})
_WORD = frozenset({"string"})
_WORD_OR_FLAG = frozenset({"string", "bool"})
_DAY = frozenset({"string", "int"})
_LIST = frozenset({"list", "string"})


class TierPart(Struct, frozen=True, kw_only=True):
    """The tier of a programme.

    Attributes:
        fact: Fact of the customer that says it.
        order: Every tier, the lowest first.
    """

    fact: str
    order: tuple[str, ...]

    def rank(self, value: Fact) -> int | None:
        """Place a tier in the order, 0 for the lowest; None for one that is not in it."""
        word = value.strip().lower() if isinstance(value, str) else ""
        return next((n for n, one in enumerate(self.order) if one.lower() == word), None)


class TenurePart(Struct, frozen=True, kw_only=True):
    """Since when somebody is a customer.

    Attributes:
        fact: Fact that says the day, or for how many years; empty when none does.
        in_years: It says for how many years.
        bought_by: Events that are a purchase: with the first of them a prospect is one no longer.
    """

    fact: str = ""
    in_years: bool = False
    bought_by: frozenset[str] = frozenset()


class ValuePart(Struct, frozen=True, kw_only=True):
    """What the business with this customer is worth.

    Attributes:
        fact: Fact that says it in cents.
        bands: (name, from so many cents), the lowest first; none shows the sum itself.
    """

    fact: str
    bands: tuple[tuple[str, int], ...] = ()

    def band(self, cents: int | float) -> str:
        """Name the band a value lies in; empty below the lowest."""
        return next((name for name, start in reversed(self.bands) if cents >= start), "")


class PaymentPart(Struct, frozen=True, kw_only=True):
    """How somebody pays.

    Attributes:
        good: The words that speak for them.
    """

    fact: str
    good: tuple[str, ...]

    def is_good(self, value: Fact) -> bool:
        """Whether a record speaks for the customer."""
        return str(value).strip().lower() in {word.lower() for word in self.good}


class PartnerPart(Struct, frozen=True, kw_only=True):
    """Business in both directions.

    Attributes:
        fact: Fact that says what kind of partner, or that it is one.
        reciprocal_cents: Fact that says what business comes from them; empty for none.
    """

    fact: str
    reciprocal_cents: str = ""


class AgreementsPart(Struct, frozen=True, kw_only=True):
    """What was agreed, for instance a corporate rate.

    Attributes:
        fact: Fact with a list, of ids or of maps with `id` and more; or with the one id.
    """

    fact: str


class VoicePart(Struct, frozen=True, kw_only=True):
    """How many hear what this customer says in public.

    Attributes:
        wide_from: A number from which the voice is wide; 0 when `wide` says it.
        wide: Words that mean a wide voice.
    """

    fact: str
    wide_from: int = 0
    wide: tuple[str, ...] = ()

    def is_wide(self, value: Fact) -> bool | None:
        """Whether a voice is wide; None when it cannot be told."""
        if isinstance(value, bool) or value is None:
            return None
        if isinstance(value, int | float):
            return value >= self.wide_from if self.wide_from else None
        words = {word.lower() for word in self.wide}
        return str(value).strip().lower() in words if words else None


class StandingRules(Struct, frozen=True, kw_only=True):
    """Which facts are which part of a standing; a part the book leaves out is None.

    Attributes:
        facts: Names of every fact that a part reads: source and date of these are remembered.
    """

    tier: TierPart | None = None
    tenure: TenurePart | None = None
    value: ValuePart | None = None
    payment: PaymentPart | None = None
    partner: PartnerPart | None = None
    agreements: AgreementsPart | None = None
    public_voice: VoicePart | None = None
    facts: frozenset[str] = frozenset()

    @property
    def purchases(self) -> frozenset[str]:
        """Events that are a purchase."""
        return self.tenure.bought_by if self.tenure is not None else frozenset()

    def has_business(self, customer: Facts) -> bool:
        """Whether any fact says that this is more than a prospect."""
        if self.tenure is not None and customer.get(self.tenure.fact) not in (None, ""):
            return True
        parts = (self.tier, self.value, self.partner, self.agreements)
        return any(customer.get(part.fact) for part in parts if part is not None)


def read_standing(top: Section, vocabulary: Vocabulary) -> tuple[StandingRules | None, Vocabulary]:
    """Read the section, and add what it makes sensitive to what the book may name.

    Args:
        top: The book.
        vocabulary: Its declared facts.

    Returns:
        The standing, None without the section; and the vocabulary.
    """
    section = top.section("standing", "standing")
    if section is None:
        return None, vocabulary
    reading = _Reading(section, vocabulary)
    rules = StandingRules(
        tier=reading.tier(),
        tenure=reading.tenure(),
        value=reading.value(),
        payment=reading.payment(),
        partner=reading.partner(),
        agreements=reading.agreements(),
        public_voice=reading.public_voice(),
        facts=frozenset(reading.names),
    )
    section.done()
    sensitive = dict.fromkeys((*vocabulary.sensitive, *reading.sensitive))
    return rules, replace(vocabulary, sensitive=tuple(sensitive))


class _Reading:
    """Reads the parts, and notes which facts they read."""

    def __init__(self, section: Section, vocabulary: Vocabulary) -> None:
        self.section = section
        self.vocabulary = vocabulary
        self.names: dict[str, None] = {}
        self.sensitive: list[Path] = []

    def tier(self) -> TierPart | None:
        part = self.section.section("tier", "tier")
        if part is None:
            return None
        fact = self._fact(part, "from", _WORD, sensitive=True)
        order = tuple(_words(part, "order"))
        part.done()
        return TierPart(fact=fact, order=order)

    def tenure(self) -> TenurePart | None:
        part = self.section.section("tenure", "tenure")
        if part is None:
            return None
        fact = self._fact(part, "since", _DAY, required=False)
        years = self._fact(part, "years", _NUMBER, required=False)
        if fact and years:
            part.error("years", "This tenure says both a day and years.", "Take `years:` out.")
        events = part.texts("bought_by")
        declared = self.vocabulary.events
        for name, place in events:
            if declared is not None and name not in declared:
                hint = nearest(name, declared)
                part.report.error(place, f"`facts` declares no event `{name}`.", hint)
        if not part.has("since") and not part.has("years") and not events:
            hint = "Add `since:`, `years:` or `bought_by:`."
            part.report.error(part.place, "This tenure begins with nothing.", hint)
        part.done()
        bought_by = frozenset(name for name, _ in events)
        return TenurePart(fact=fact or years, in_years=bool(years), bought_by=bought_by)

    def value(self) -> ValuePart | None:
        part = self.section.section("value", "value")
        if part is None:
            return None
        fact = self._fact(part, "cents", _NUMBER, sensitive=True)
        bands = tuple(_bands(part))
        part.done()
        return ValuePart(fact=fact, bands=bands)

    def payment(self) -> PaymentPart | None:
        part = self.section.section("payment", "payment record")
        if part is None:
            return None
        fact = self._fact(part, "from", _WORD_OR_FLAG)
        good = tuple(_words(part, "good"))
        part.done()
        return PaymentPart(fact=fact, good=good)

    def partner(self) -> PartnerPart | None:
        part = self.section.section("partner", "partner")
        if part is None:
            return None
        fact = self._fact(part, "from", _WORD_OR_FLAG)
        reciprocal = self._fact(part, "reciprocal_cents", _NUMBER, required=False, sensitive=True)
        part.done()
        return PartnerPart(fact=fact, reciprocal_cents=reciprocal)

    def agreements(self) -> AgreementsPart | None:
        part = self.section.section("agreements", "list of agreements")
        if part is None:
            return None
        fact = self._fact(part, "from", _LIST)
        part.done()
        return AgreementsPart(fact=fact)

    def public_voice(self) -> VoicePart | None:
        part = self.section.section("public_voice", "public voice")
        if part is None:
            return None
        has_words, has_number = part.has("wide"), part.has("wide_from")
        types = (_WORD if has_words else frozenset[str]()) | (
            _NUMBER if has_number or not has_words else frozenset[str]()
        )
        fact = self._fact(part, "from", types, sensitive=True)
        wide_from = part.whole("wide_from", default=0)
        wide = tuple(_words(part, "wide")) if has_words else ()
        if not wide_from and not wide:
            part.report.error(
                part.place,
                "This public voice does not say when it is wide.",
                "Add `wide_from:`, a number above 0, or `wide:`, a list of words.",
            )
        part.done()
        return VoicePart(fact=fact, wide_from=wide_from, wide=wide)

    def _fact(
        self,
        part: Section,
        key: str,
        types: Collection[str],
        *,
        required: bool = True,
        sensitive: bool = False,
    ) -> str:
        written = part.text(key) if required else part.text(key, default="")
        if not written:
            return ""
        root, _, name = written.partition(".")
        if root != "customer" or not name.isidentifier():
            part.error(key, f"`{written}` is no fact of the customer.", "Write `customer.<fact>`.")
            return ""
        self._check_declared(part, key, name, types)
        self.names[name] = None
        if sensitive:
            self.sensitive.append(("customer", name))
        return name

    def _check_declared(self, part: Section, key: str, name: str, types: Collection[str]) -> None:
        shape = self.vocabulary.customer
        if shape is None:
            return
        if name not in shape:
            part.error(
                key,
                f"`{key}` is customer.{name}, which is not a declared fact.",
                nearest(f"customer.{name}", (f"customer.{one}" for one in shape)),
            )
            return
        declared = shape[name]
        kind = declared if isinstance(declared, str) else "map"
        if kind not in types:
            wanted = " or ".join(sorted(types))
            part.error(key, f"`{key}` is customer.{name}, of type {kind}.", f"It reads {wanted}.")


def _words(part: Section, key: str) -> Iterator[str]:
    """Read a list of words; one that stands twice, whatever its letters, is a mistake."""
    seen: dict[str, None] = {}
    for word, place in part.texts(key, required=True):
        if word.lower() in seen:
            part.report.error(place, f"`{word}` stands in `{key}` twice.", "Keep one.")
        seen[word.lower()] = None
        yield word


def _bands(part: Section) -> Iterator[tuple[str, int]]:
    section = part.section("bands", "list of bands")
    if section is None:
        return
    before = -1
    for entry in part.named("bands", "band"):
        cents = section.whole(entry.key)
        if cents <= before:
            section.error(
                entry.key, f"`{entry.key}` begins below the band before it.", "Lowest first."
            )
        before = cents
        yield entry.key, cents


def told_facts(rules: StandingRules | None, traits: Mapping[str, Fact]) -> tuple[str, ...]:
    """Give the names of the facts among these that are part of a standing."""
    return () if rules is None else tuple(name for name in traits if name in rules.facts)
