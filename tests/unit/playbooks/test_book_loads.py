"""A book without mistakes: its hash, its terms, its triggers, what it says is owed."""

from msgspec.structs import replace

from makegood.messages.commands import MessageClass
from makegood.messages.money import Money
from makegood.playbooks.book import FailureFacts
from makegood.playbooks.examples import Asked
from makegood.playbooks.load import load_book, load_examples
from makegood.playbooks.terms import Cause, Tier
from tests.unit.playbooks.small_book import SMALL, changed

BOOK = load_book(SMALL, name="small.yaml")
LATE = {"order": "O1", "minutes": 75, "brand": "acme", "price_cents": 2001}
DAY_2024 = 1_704_067_200_000  # 2024-01-01T00:00:00Z
DAY_MS = 86_400_000


def found(
    properties: dict[str, object], text: str = SMALL, customer: dict[str, object] | None = None
):
    return load_book(text, name="small.yaml").find("Parcel Late", properties, customer or {})


def test_hash_is_of_the_content_and_not_of_comments_or_order():
    text = "# a comment\n" + SMALL.replace("name: small\n", "").replace(
        "umbrella: Small Firm", "umbrella:   'Small Firm'\nname: small"
    )
    assert load_book(text, name="other.yaml").hash == BOOK.hash
    assert len(BOOK.hash) == 16
    assert (
        load_book(changed("rep: {cents: 5000}", "rep: {cents: 5001}"), name="x").hash != BOOK.hash
    )


def test_loading_again_from_the_kept_text_gives_the_same_hash():
    assert load_book(BOOK.text, name="again").hash == BOOK.hash


def test_words_of_yaml_1_1_stay_words():
    text = changed("title: The parcel came late", "title: no").replace(
        "  - id: acme\n    name: Acme", "  - id: acme\n    name: on"
    )
    book = load_book(text, name="small.yaml")
    assert book.failures["parcel_late"].title == "no"
    assert book.brands["acme"].name == "on"


def test_head_of_the_book():
    assert (BOOK.name, BOOK.umbrella, BOOK.currency, BOOK.timezone) == (
        "small",
        "Small Firm",
        "USD",
        "UTC",
    )
    assert BOOK.authority_cents == {"rep": 5000}
    assert BOOK.double_window_ms == 90 * DAY_MS
    assert BOOK.brands["acme"].offers_sender == "offers@news.acme.example.com"


def test_every_kind_can_be_raised_by_hand_and_has_a_plan():
    assert set(BOOK.failures) == set(BOOK.plans) == {"parcel_late", "promise_broken", "other"}


def test_plan_is_read_with_its_terms():
    plan = BOOK.plans["promise_broken"]
    assert plan is BOOK.plans["parcel_late"]
    assert plan.hold.cool_off_ms == DAY_MS
    assert (plan.apology, plan.apology_kind) == ("sorry", "commitment")
    assert plan.gives == ("refund",)
    assert [(offer.id, offer.tier, offer.calls) for offer in plan.offers] == [
        ("new_parcel", Tier.BETTER, False),
        ("call_me", Tier.BEYOND, True),
    ]
    assert plan.double is not None
    assert plan.double.tiers == (Tier.BEYOND,)
    assert plan.then_offer is not None
    assert plan.then_offer.by_owner
    assert not plan.made_whole.by_criterion
    other = BOOK.plans["other"]
    assert other.hold.scope == "brand"
    assert other.made_whole.by_criterion
    assert other.then_offer is None


def test_tiers_of_a_first_failure_can_be_fewer():
    assert BOOK.plans["parcel_late"].tiers == (Tier.BETTER, Tier.BEYOND)
    text = changed(
        "    offer_message: choose", "    offer_first: better\n    offer_message: choose"
    )
    assert load_book(text, name="x").plans["parcel_late"].tiers == (Tier.BETTER,)


def test_messages_keep_class_and_languages():
    assert BOOK.messages["thumbs"].message_class is MessageClass.SURVEY
    assert BOOK.messages["sorry"].texts["en"].subject == "We are sorry"


def test_nothing_fires_below_the_limit():
    assert found({**LATE, "minutes": 9}) == ()
    assert BOOK.find("Parcel Arrived", {}, {}) == ()


def test_failure_at_the_limit_carries_its_facts():
    (finding,) = found({**LATE, "minutes": 10})
    assert (finding.rule, finding.outcome, finding.about) == ("parcel_late", "yes", "O1")
    assert (finding.brand, finding.severity, finding.cause) == ("acme", 3, Cause.FIRM)
    assert finding.price == Money(2001, "USD")
    assert finding.details == {"order": "O1", "minutes": 10}
    assert finding.seen == (("event.minutes", 10), ("params.late_minutes", 10))


def test_missing_fact_is_cannot_and_never_no():
    (finding,) = found({"order": "O1"})
    assert (finding.outcome, finding.missing, finding.about) == ("cannot", "event.minutes", "O1")


def test_missing_about_is_cannot():
    (finding,) = found({"minutes": 20})
    assert (finding.outcome, finding.missing) == ("cannot", "event.order")


def test_about_that_is_no_name_is_cannot_and_a_number_is_one():
    (odd,) = found({**LATE, "order": ["O1"]})
    assert odd.outcome == "cannot"
    (number,) = found({**LATE, "order": 4711})
    assert number.about == "4711"


def test_missing_price_and_detail_leave_the_failure_a_failure():
    (finding,) = found({"order": "O1", "minutes": 20})
    assert finding.outcome == "yes"
    assert finding.price is None
    (odd,) = found({"order": "O1", "minutes": 20, "price_cents": "9.99"})
    assert odd.price is None


def test_unknown_brand_is_the_umbrella():
    assert found({**LATE, "brand": "acne"})[0].brand == ""
    assert found({**LATE, "brand": 7})[0].brand == ""
    fixed = changed("cause: firm", "cause: firm\n    brand: acme")
    assert found({**LATE, "brand": "x"}, fixed)[0].brand == "acme"


def test_cause_and_severity_can_be_worked_out():
    text = changed("severity: 3", "severity: 'event.minutes > 60 ? 5 : 2'")
    text = text.replace(
        "cause: firm", 'cause: \'has(event.van) ? "nature" : "partner"\'\n    inferred_cause: true'
    )
    text = text.replace(
        "    apology: sorry\n    offers:\n",
        "    apology: sorry\n    explanation: sorry\n    offers:\n",
    )
    (finding,) = found({**LATE, "van": {}}, text)
    assert (finding.cause, finding.inferred, finding.severity) == (Cause.NATURE, True, 5)
    assert found({**LATE, "minutes": 20}, text)[0].severity == 2
    (odd,) = found(LATE, text.replace('"partner"', '"Partner"'))
    assert (odd.outcome, odd.missing) == ("cannot", "cause: 'Partner' is no cause")
    (odd,) = found(LATE, text.replace("? 5 : 2", "? 9 : 2"))
    assert (odd.outcome, odd.missing) == ("cannot", "severity: 9 is not 1 to 5")


def test_rules_on_one_event_are_one_trigger_and_report_each():
    second = """\
  - id: parcel_warm
    on: [Parcel Late, Promise Kept]
    title: The parcel came warm
    about: event.order
    when: event.van.temp_c > 8.0
    loses: goods
    severity: 2
    cause: partner
silence:
"""
    text = changed("silence:\n", second).replace(
        "Promise Kept: {order: string}", "Promise Kept: {order: string, van: {temp_c: double}}"
    )
    text = text.replace(
        "[parcel_late, promise_broken]", "[parcel_late, promise_broken, parcel_warm]"
    )
    book = load_book(text, name="x")
    findings = book.find("Parcel Late", {**LATE, "van": {"temp_c": 9.5}}, {})
    assert [(one.rule, one.outcome) for one in findings] == [
        ("parcel_late", "yes"),
        ("parcel_warm", "yes"),
    ]
    findings = book.find("Parcel Late", {**LATE, "minutes": 1}, {})
    assert [(one.rule, one.outcome, one.missing) for one in findings] == [
        ("parcel_warm", "cannot", "event.van")
    ]
    assert book.failures["parcel_warm"].on == "Parcel Late or Promise Kept"
    assert [
        one.rule for one in book.find("Promise Kept", {"order": "1", "van": {"temp_c": 20}}, {})
    ] == ["parcel_warm"]


def test_promises_are_known_by_both_their_events():
    (rule,) = BOOK.silences
    assert BOOK.starts == {"Promise Made": (rule,)}
    assert BOOK.ends == {"Promise Kept": (rule,)}
    assert rule.within_ms == 2 * 3_600_000
    assert BOOK.about_of["Promise Made"]({"order": "O9"}) == "O9"
    assert BOOK.about_of["Promise Kept"]({}) == ""


def test_failure_raised_by_hand_has_words_for_its_details():
    assert BOOK.failures["parcel_late"].details == {"order": ""}


FACTS = FailureFacts(
    rule="parcel_late",
    at_ms=DAY_2024,
    declined=True,
    price=Money(2001),
    cause=Cause.FIRM,
    details={"minutes": 60},
)


def test_what_is_owed_is_a_share_of_the_price_rounded_half_up():
    (owed,) = BOOK.owed(FACTS, {})
    assert (owed.entitlement, owed.outcome, owed.amount) == ("money_back", "yes", Money(1001))
    assert (owed.remedy, owed.deadline_ms, owed.basis) == ("refund", 7 * DAY_MS, "guarantee")
    assert owed.seen == (("failure.minutes", 60),)
    assert SMALL.splitlines()[owed.line - 1].strip() == "- id: money_back"


def test_the_rule_of_the_day_applies_from_its_first_to_its_last_day():
    assert BOOK.owed(replace(FACTS, at_ms=DAY_2024 - 1), {}) == ()
    last = DAY_2024 + 366 * DAY_MS  # 2024 is a leap year; `to` is the last day
    assert BOOK.owed(replace(FACTS, at_ms=last - 1), {}) != ()
    assert BOOK.owed(replace(FACTS, at_ms=last), {}) == ()


def test_owed_only_to_who_declined():
    assert BOOK.owed(replace(FACTS, declined=False), {}) == ()


def test_owed_to_nobody_below_the_limit_or_for_another_failure():
    assert BOOK.owed(replace(FACTS, details={"minutes": 59}), {}) == ()
    assert BOOK.owed(replace(FACTS, rule="other"), {}) == ()


def test_missing_fact_or_price_is_cannot():
    (owed,) = BOOK.owed(replace(FACTS, details={}), {})
    assert (owed.outcome, owed.missing) == ("cannot", "failure.minutes")
    (owed,) = BOOK.owed(replace(FACTS, price=None), {})
    assert (owed.outcome, owed.missing, owed.remedy) == ("cannot", "failure.price_cents", "refund")


def test_owed_sum_can_be_worked_out_and_capped():
    text = changed("ratio: 0.5}", "cents: 'failure.minutes * 10', most_cents: 500}")
    book = load_book(text, name="x")
    assert book.owed(replace(FACTS, price=None), {})[0].amount == Money(500)
    text = changed("ratio: 0.5}", "cents: 'failure.minutes - 100'}")
    (owed,) = load_book(text, name="x").owed(FACTS, {})
    assert owed.outcome == "cannot"


def test_examples_come_with_the_book():
    example, asking = load_examples(SMALL)
    assert asking.asks == Asked(request="redeliver", facts={"weight_kg": 2.5, "tries": 1})
    assert example.name == "late"
    assert example.given[0].properties == {"order": "O1", "minutes": 60, "price_cents": 1000}
    assert example.expect.failures == ("parcel_late",)
    assert example.expect.held is True
    assert example.expect.owed is None
