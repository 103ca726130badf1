"""Read the section `standing`, and make sensitive what may never size a remedy."""

from collections.abc import Collection, Iterator

from msgspec.structs import replace

from makegood.playbooks.mistakes import nearest
from makegood.playbooks.reading import Section
from makegood.playbooks.standing import (
    AgreementsPart,
    PartnerPart,
    PaymentPart,
    StandingRules,
    TenurePart,
    TierPart,
    ValuePart,
    VoicePart,
)
from makegood.playbooks.vocabulary import Path, Vocabulary

_NUMBER = frozenset({"int", "double"})
_WORD = frozenset({"string"})
_WORD_OR_FLAG = frozenset({"string", "bool"})
_DAY = frozenset({"string", "int"})
_LIST = frozenset({"list", "string"})


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
