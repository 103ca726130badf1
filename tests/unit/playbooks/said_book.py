"""The small book with promises, disclosures, and rules that read what was said."""

from makegood.playbooks.book import Library
from makegood.playbooks.load import load_book
from tests.unit.playbooks.small_book import SMALL

_CHANGES = {
    "  Promise Kept: {order: string}\n": """  Promise Kept: {order: string}
  Gift Promised: {order: string, agent: string, until_ms: int, worth_cents: int, brand: string}
  Gift Sent: {order: string}
  Fee Told: {order: string, agent: string, channel: string, cents: int}
  Fee Taken: {order: string, cents: int, kind: string}
""",
    "silence:\n": """  - id: fee_not_told
    on: Fee Taken
    title: A fee nobody mentioned
    about: event.order + "/fee"
    said_about: event.order
    when: 'event.kind != "tax" && event.cents > (has(said.fee) ? said.fee.least_cents : 0)'
    loses: money
    severity: 2
    cause: firm
    price: 'event.cents - (has(said.fee) ? said.fee.least_cents : 0)'
promises:
  - id: gift
    says: {en: A gift}
    on: Gift Promised
    kept_by: Gift Sent
    about: event.order
    within: 2d
    by: event.until_ms
    who: event.agent
    binds: {worth_cents: event.worth_cents}
    title: A gift did not come
    loses: goods
    severity: 3
  - id: no_fee
    says: {en: You need not pay it}
    within: 30d
    binds: {cents: int}
    title: A fee was to be waived
disclosures:
  - id: fee
    says: {en: The fee}
    on: Fee Told
    about: event.order
    amount: event.cents
    who: event.agent
    channel: event.channel
silence:
""",
    "entitlements:\n": """entitlements:
  - id: fee_back
    for: fee_not_told
    given: detection
    pays: {remedy: refund, ratio: 1.0}
    deadline: 3d
    basis: contract
    source: our terms
  - id: gift_worth
    for: gift
    given: detection
    when: has(failure.worth_cents) && failure.promised_by != "nobody"
    pays: {remedy: refund, cents: failure.worth_cents}
    deadline: 3d
    basis: contract
    source: what was promised
""",
    "for: [parcel_late, promise_broken]": (
        "for: [parcel_late, promise_broken, gift, no_fee, fee_not_told]"
    ),
    "requests:\n": """requests:
  - id: drop_fee
    title: {en: I was told I need not pay}
    looks_at: {promised: has(said.no_fee)}
    rows:
      - id: as_promised
        when: {promised: true}
        answer: allow
        gives: {remedy: refund, cents: said.no_fee.cents}
      - {id: nothing_said, answer: person, within: 1h}
""",
}


def _changed(text: str) -> str:
    for old, new in _CHANGES.items():
        assert text.count(old) == 1, old
        text = text.replace(old, new)
    return text


SAID = _changed(SMALL)

TWO_BRANDS = SAID.replace(
    "authority:",
    "  - id: zenith\n    name: Zenith\n    sender: care@zenith.example.com\n"
    "    offers_sender: offers@news.zenith.example.com\nauthority:",
    1,
).replace("  rep: {cents: 5000}", "  rep: {cents: 5000}\n  supervisor: {cents: 20000}", 1)


def said_library(text: str = SAID) -> Library:
    """Load the book."""
    book = load_book(text, name="said.yaml")
    return Library(active=book.hash, books={book.hash: book})
