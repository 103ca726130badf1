"""Agreements in words: what was agreed, where it is honoured, and why it holds here or not."""

from collections.abc import Iterable, Mapping
from datetime import UTC, datetime, timedelta
from zoneinfo import ZoneInfo

from msgspec import Struct

from makegood.core.agreements import Here, Honoured, Why, judge, that_hold
from makegood.messages.agreements import (
    Agreement,
    GuaranteeTerms,
    RateTerms,
    Terms,
    WaiverTerms,
)
from makegood.messages.ids import AccountId, AgreementId
from makegood.messages.money import Money
from makegood.ports.accounts import Account

_EPOCH = datetime(1970, 1, 1, tzinfo=UTC)
_MOST_LISTED = 3
Names = Mapping[str, str]


class Told(Struct, frozen=True, kw_only=True):
    """An agreement as a page shows it.

    Attributes:
        id: Its number.
        account: With whom.
        what: What was agreed.
        where: Where it was agreed, and where it is honoured.
        since: First day; empty for always.
        until: Last day; empty for no end.
        says: The whole as one sentence for here and now.
        holds: It holds here and now.
        state: `holds`, `not_here`, `not_yet` or `ended`.
    """

    id: AgreementId
    account: AccountId
    what: str
    where: str
    since: str
    until: str
    says: str
    holds: bool
    state: str


class Speaker(Struct, frozen=True, kw_only=True):
    """What the sentences are made with.

    Attributes:
        brands: Names of brands by id.
        accounts: Accounts by id.
        waivers: What may be waived, in words, by id.
        zone: IANA name of the time zone of days.
    """

    brands: Names
    accounts: Mapping[AccountId, Account]
    waivers: Names
    zone: str

    def tell(self, agreement: Agreement, here: Here) -> Told:
        """Tell of one agreement, here and now."""
        why = judge(agreement, here)
        return Told(
            id=agreement.id,
            account=agreement.account,
            what=terms_words(agreement.terms, self.waivers),
            where=where_words(agreement, self.brands),
            since=day_words(agreement.from_ms, self.zone),
            until=day_words(agreement.until_ms - 1, self.zone) if agreement.until_ms else "",
            says=self.sentence(agreement, why),
            holds=why.holds,
            state=_STATES.get(why, "holds"),
        )

    def sentence(self, agreement: Agreement, why: Why) -> str:
        """Say in one sentence whether an agreement holds, and why."""
        begin = f"{self.whose(agreement)} {_KINDS[agreement.kind]} ({agreement.id})"
        agreed = f"agreed {_with(agreement, self.brands)}{self._end(agreement)}"
        match why:
            case Why.UMBRELLA | Why.HONOURED | Why.ALSO_HERE:
                return f"{begin}, {agreed}, holds here too."
            case Why.AGREED_HERE:
                return f"{begin}, {agreed}, holds here."
            case Why.NOT_HERE | Why.ONLY_THERE:
                return f"{begin}, {agreed}, is not honoured here: the agreement says so."
            case Why.NOT_YET:
                return f"{begin} does not hold yet: it begins on {self._day(agreement.from_ms)}."
            case Why.ENDED:
                return f"{begin} has ended: it held until {self._day(agreement.until_ms - 1)}."

    def whose(self, agreement: Agreement) -> str:
        """Say whose it is: a company by its name, a person without one."""
        account = self.accounts.get(agreement.account)
        name = account.name if account is not None else ""
        if not name:
            return "The customer's own"
        return f"{name}'" if name.endswith("s") else f"{name}'s"

    def _end(self, agreement: Agreement) -> str:
        return f" until {self._day(agreement.until_ms - 1)}" if agreement.until_ms else ""

    def _day(self, at_ms: int) -> str:
        return day_words(at_ms, self.zone)


_STATES = {
    Why.NOT_HERE: "not_here",
    Why.ONLY_THERE: "not_here",
    Why.NOT_YET: "not_yet",
    Why.ENDED: "ended",
}
_KINDS = {"rate": "rate", "waiver": "waiver", "guarantee": "guarantee"}


def held(agreements: Iterable[Agreement], here: Here) -> tuple[Honoured, ...]:
    """Give those that hold; the sentence of each is `Speaker.sentence`."""
    return that_hold(agreements, here)


def day_words(at_ms: int, zone: str) -> str:
    """Write the day of an instant somewhere, as 31 March 2026; empty at no time."""
    if at_ms <= 0:
        return ""
    try:
        day = (_EPOCH + timedelta(milliseconds=at_ms)).astimezone(ZoneInfo(zone))
    except OverflowError:
        return "the end of time"
    return f"{day.day} {day:%B %Y}"


def money_words(money: Money) -> str:
    """Write a sum: 95.50 EUR."""
    return f"{money.cents // 100:,}.{money.cents % 100:02d} {money.currency}"


def per_cent(per_mille: int) -> str:
    """Write thousandths as per cent."""
    return f"{per_mille / 10:g} %"


def terms_words(terms: Terms, waivers: Names | None = None) -> str:
    """Say what was agreed."""
    match terms:
        case RateTerms():
            return _rate(terms)
        case WaiverTerms(waives=waives):
            return f"waives: {(waivers or {}).get(waives, waives)}"
        case GuaranteeTerms():
            return _guarantee(terms)


def _rate(terms: RateTerms) -> str:
    parts = [f"rate {terms.code}"] if terms.code else []
    if terms.off_per_mille:
        parts.append(f"{per_cent(terms.off_per_mille)} off")
    listed = [f"{name} at {money_words(price)}" for name, price in terms.prices[:_MOST_LISTED]]
    more = len(terms.prices) - len(listed)
    return ", ".join((*parts, *listed, *([f"and {more} more"] if more > 0 else [])))


def _guarantee(terms: GuaranteeTerms) -> str:
    promised = f"guarantees: {terms.promises.replace('_', ' ')}"
    if not terms.owes:
        return promised
    sum_ = (
        money_words(terms.amount)
        if terms.amount
        else f"{per_cent(terms.price_per_mille)} of the price"
    )
    return f"{promised}; when broken, {terms.owes.replace('_', ' ')} of {sum_}"


def where_words(agreement: Agreement, brands: Names) -> str:
    """Say where an agreement was made, and where it is honoured."""
    made = _with(agreement, brands)
    if agreement.scope != "umbrella" and not agreement.elsewhere:
        also = _listed(agreement.also_at, brands)
        honoured = f"honoured there and at {also}" if also else "honoured only there"
    else:
        honoured = "honoured everywhere"
    shut = _listed(agreement.not_at, brands)
    return f"agreed {made}, {honoured}{f', but not at {shut}' if shut else ''}"


def _with(agreement: Agreement, brands: Names) -> str:
    match agreement.scope:
        case "umbrella":
            return "at the umbrella"
        case "brand":
            return f"at {brands.get(agreement.brand, agreement.brand)}"
        case "place":
            return f"at {agreement.place} ({brands.get(agreement.brand, agreement.brand)})"


def _listed(names: Iterable[str], brands: Names) -> str:
    parted = [one.partition(":") for one in names]
    return ", ".join(
        brands.get(name, name) if kind == "brand" else name for kind, _, name in parted
    )
