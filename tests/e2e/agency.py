"""A tour operator whose agencies ask for their clients: a rule book with one more request."""

from tests.unit.playbooks.small_book import SMALL
from tests.unit.playbooks.small_book import STANDING as SMALL_STANDING

MOVE_DATE = """\
requests:
  - id: move_date
    title: {en: "May we move the date?", pt: "Podemos mudar a data?"}
    source: agency handbook 4.2
    takes: {days_before: int, moves: int, tour_cents: int}
    values:
      fee: request.tour_cents / 10
    looks_at:
      days: request.days_before
      moves: request.moves
    answer_within: 4h
    rows:
      - id: in_good_time
        when: {days: ">= 30", moves: 0}
        answer: allow
        gives: {remedy: new_parcel, cents: 900}
      - id: at_a_tenth
        when: {days: 7..29, moves: 0}
        answer: allow
        charges: values.fee
      - id: too_late
        when: {days: "< 7"}
        answer: deny
        says:
          en: The coach is paid for already.
          pt: O autocarro já está pago.
      - {id: again, answer: person, within: 2h}
"""
STANDING = """\
standing:
  tier: {from: customer.tier, order: [member, silver, gold, platinum]}
  tenure: {since: customer.customer_since}
  public_voice: {from: customer.followers, wide_from: 100000}
"""
AGENCY = (
    SMALL.replace(SMALL_STANDING, STANDING, 1)
    .replace("requests:\n", MOVE_DATE, 1)
    .replace("tenure_years: int}", "tenure_years: int, customer_since: string}", 1)
    .replace("  rep: {cents: 5000}", "  rep: {cents: 5000}\n  supervisor: {cents: 20000}", 1)
    .replace(
        "authority:",
        "  - id: zenith\n    name: Zenith\n    sender: care@zenith.example.com\n"
        "    offers_sender: offers@news.zenith.example.com\nauthority:",
        1,
    )
)
