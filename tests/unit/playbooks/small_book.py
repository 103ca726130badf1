"""A rule book as small as one can be, for tests that change one thing in it."""

STANDING = """\
standing:
  tier: {from: customer.tier, order: [basic, gold]}
"""
SMALL = """\
makegood: 1
name: small
umbrella: Small Firm
currency: USD
timezone: UTC
double_window: 90d
brands:
  - id: acme
    name: Acme
    sender: care@acme.example.com
    offers_sender: offers@news.acme.example.com
authority:
  rep: {cents: 5000}
parameters:
  late_minutes: 10
facts:
  Parcel Late:
    order: string
    minutes: int
    brand: string
    price_cents: int
    van: {temp_c: double}
  Promise Made: {order: string}
  Promise Kept: {order: string}
  customer: {tier: string, followers: int, tenure_years: int}
sensitive: [customer.tenure_years]
failures:
  - id: parcel_late
    on: Parcel Late
    title: The parcel came late
    about: event.order
    when: event.minutes >= params.late_minutes
    loses: time
    severity: 3
    cause: firm
    price: event.price_cents
    details:
      order: 'has(event.order) ? event.order : ""'
      minutes: event.minutes
silence:
  - id: promise_broken
    after: Promise Made
    unless: Promise Kept
    within: 2h
    about: event.order
    title: A promise was broken
entitlements:
  - id: money_back
    for: parcel_late
    from: 2024-01-01
    to: 2024-12-31
    given: declined
    when: failure.minutes >= 60
    pays: {remedy: refund, ratio: 0.5}
    deadline: 7d
    basis: guarantee
    source: our terms
remedies:
  - id: refund
    kind: refund
    title: {en: Money back}
    cost: {ratio: 1.0}
    provider: payments
  - id: new_parcel
    kind: exchange
    title: {en: A new parcel}
    cost: {cents: 900}
    provider: warehouse
    confirm_within: 2m
  - id: call_me
    kind: call
    title: {en: Call me}
plans:
  - for: [parcel_late, promise_broken]
    hold: {scope: umbrella, until: made_whole, cool_off: 1d, longest: 30d}
    apology: sorry
    offers:
      least: [apology: commitment, refund]
      better: [{remedy: new_parcel, declines: true}]
      beyond: [{remedy: call_me, calls: true}]
    offer_message: choose
    chosen_message: chosen
    choose_within: 1h
    open_within: 20m
    call_within: 2h
    useful_within: 24h
    on_double_deviation: {offer: beyond, call_within: 5m, apology: sorry}
    made_whole: {asked: thumbs, ask_after: 1d, ask_again: 3d}
    then_offer: {message: come_back, by: owner, after: 2d}
  - for: other
    hold: {scope: brand}
    apology: sorry
    offers: {least: [refund]}
    call_within: 2h
    useful_within: 24h
    on_double_deviation: {call_within: 5m}
    made_whole: {asked: thumbs, ask_after: 1d, or: least_delivered}
messages:
  - id: sorry
    class: service
    urgency: now
    texts:
      en: {subject: We are sorry, text: "$greeting it was $about. $link $owner"}
  - id: choose
    class: service
    texts:
      en: {subject: Choose, text: "$greeting $link"}
  - id: chosen
    class: receipt
    texts:
      en: {subject: Done, text: "$offer"}
  - id: thumbs
    class: survey
    texts:
      en: {subject: "Good again?", text: "$link"}
  - id: come_back
    class: promotional
    texts:
      en: {subject: Thank you, text: "$friend_link"}
standing:
  tier: {from: customer.tier, order: [basic, gold]}
everyone:
  same: [failure, loss]
  came_back_by: [Promise Kept]
  within: 180d
  judge_after: 20d
  too_few: 10
requests:
  - id: redeliver
    title: {en: Bring it again}
    source: our terms
    takes: {order: string, tries: int, weight_kg: double, reason: string, fee_cents: int}
    values:
      fee: request.fee_cents * 2
    looks_at:
      heavy: request.weight_kg > 20.0
      reason: {value: request.reason, one_of: [not_home, wrong_address]}
      tries: request.tries
    answer_within: 4h
    rows:
      - {id: free, when: {heavy: false, tries: "< 2"}, answer: allow}
      - id: at_a_price
        when: {reason: not_home, tries: 2..3}
        answer: allow
        charges: values.fee
      - id: with_a_new_one
        when: {reason: wrong_address}
        answer: allow
        gives: {remedy: refund, cents: 900}
      - {id: heavy, when: {heavy: true}, answer: person, within: 2h}
      - {id: no_more, answer: deny, says: {en: We tried three times.}}
examples:
  - name: late
    given:
      - event: Parcel Late
        with: {order: O1, minutes: 60, price_cents: 1000}
    expect: {failures: [parcel_late], held: true}
  - name: a second try
    asks: redeliver
    with: {weight_kg: 2.5, tries: 1}
    expect: {answer: allow, row: free}
"""


def changed(old: str, new: str) -> str:
    """Give the small book with one thing changed."""
    assert SMALL.count(old) >= 1, old
    return SMALL.replace(old, new, 1)
