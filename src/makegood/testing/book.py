"""A small rule book built by hand, so that tests of the core need no YAML and no conditions."""

from collections.abc import Mapping

from makegood.messages.commands import MessageClass, Urgency
from makegood.messages.facts import Facts
from makegood.messages.ids import BookHash
from makegood.messages.money import Money, share_of
from makegood.playbooks.book import Entitled, FailureFacts, Finding, Library, RuleBook
from makegood.playbooks.rulings import RequestRule, Ruling
from makegood.playbooks.standing import TierPart
from makegood.playbooks.terms import (
    Answer,
    Brand,
    Cause,
    DoubleTerms,
    EveryoneTerms,
    FailureRule,
    HoldTerms,
    Loss,
    MadeWholeTerms,
    MessageTemplate,
    MessageText,
    Offer,
    Plan,
    Remedy,
    SilenceRule,
    ThenOffer,
    Tier,
)

MINUTE_MS = 60_000
HOUR_MS = 60 * MINUTE_MS
DAY_MS = 24 * HOUR_MS
SMALL_BOOK = BookHash("5ma11b00c5ma11b0")


def _no_car(event: Facts, _customer: Facts) -> tuple[Finding, ...]:
    if "reason" not in event:
        return (Finding(rule="no_car", outcome="cannot", missing="event.reason"),)
    if event["reason"] == "no_show":
        return ()
    price = event.get("price_cents")
    return (
        Finding(
            rule="no_car",
            outcome="yes",
            about=str(event.get("reservation", "")),
            brand=str(event.get("brand", "")),
            severity=4,
            price=Money(price) if isinstance(price, int) else None,
            details={"branch": event.get("branch"), "booking": event.get("booking")},
            seen=(("event.reason", event["reason"]),),
        ),
    )


def _late(event: Facts, _customer: Facts) -> tuple[Finding, ...]:
    minutes = event.get("delay_minutes")
    if not isinstance(minutes, int) or minutes < 60:
        return ()
    cause = Cause.NATURE if event.get("storm") else Cause.FIRM
    about = str(event.get("reservation", ""))
    finding = Finding(rule="late", outcome="yes", about=about, severity=2, cause=cause)
    return (finding,)


def _owed(failure: FailureFacts, _customer: Facts) -> tuple[Entitled, ...]:
    if failure.rule != "no_car":
        return ()
    if failure.price is None:
        missing = "failure.price"
        return (
            Entitled(entitlement="refund_all", outcome="cannot", remedy="refund", missing=missing),
        )
    amount = share_of(failure.price, 1.0)
    return (
        Entitled(
            entitlement="refund_all",
            outcome="yes",
            remedy="refund",
            amount=amount,
            deadline_ms=7 * DAY_MS,
            basis="contract",
        ),
    )


def _keep_longer(asked: Facts, _customer: Facts) -> Ruling:
    days = asked.get("days")
    if not isinstance(days, int):
        return Ruling(request="keep_longer", answer=Answer.PERSON, line=4, missing="request.days")
    looked_at = (("days", days),)
    if days <= 1:
        return Ruling(
            request="keep_longer",
            answer=Answer.ALLOW,
            row="a_day",
            line=5,
            looked_at=looked_at,
            remedy="snack",
            amount=Money(900),
            charge=Money(2_500),
        )
    if days > 7:
        says = {"en": "The car is promised to somebody else."}
        return Ruling(
            request="keep_longer",
            answer=Answer.DENY,
            row="promised",
            line=6,
            says=says,
            looked_at=looked_at,
        )
    return Ruling(
        request="keep_longer",
        answer=Answer.PERSON,
        row="ask",
        line=7,
        within_ms=HOUR_MS,
        looked_at=looked_at,
    )


def _message(name: str, message_class: MessageClass) -> MessageTemplate:
    text = MessageText(subject=f"About {name}", text=f"$greeting This is {name}. $link")
    return MessageTemplate(
        id=name, message_class=message_class, urgency=Urgency.SOON, texts={"en": text}
    )


def _plan(failure: str, hold: HoldTerms, offers: tuple[Offer, ...]) -> Plan:
    return Plan(
        id=failure,
        failures=(failure,),
        hold=hold,
        apology="sorry",
        explanation="explained",
        apology_kind="commitment",
        gives=("snack",) if failure == "late" else (),
        offers=offers,
        offer_message="offers",
        chosen_message="chosen",
        choose_within_ms=15 * MINUTE_MS,
        open_within_ms=10 * MINUTE_MS,
        call_within_ms=HOUR_MS,
        useful_ms=6 * HOUR_MS,
        double=DoubleTerms(tiers=(Tier.BETTER, Tier.BEYOND), call_within_ms=5 * MINUTE_MS),
        made_whole=MadeWholeTerms(question="good_again", ask_after_ms=2 * HOUR_MS),
        then_offer=ThenOffer(message="loyalty", after_ms=7 * DAY_MS),
        line=1,
    )


def _title(words: str) -> Mapping[str, str]:
    return {"en": words}


def small_book(*, cool_off_ms: int = 0) -> RuleBook:
    """Build the small rule book: a car that is not there, a delay, and a call that is promised."""
    hold = HoldTerms(scope="umbrella", cool_off_ms=cool_off_ms, longest_ms=30 * DAY_MS)
    offers = (
        Offer(id="ride_home", tier=Tier.BETTER),
        Offer(id="driver", tier=Tier.BEYOND),
        Offer(id="call_me", tier=Tier.BETTER, calls=True),
    )
    rules = {
        "no_car": FailureRule(
            id="no_car",
            on="Rental Unfulfilled",
            title="no car",
            loses=Loss.SERVICE,
            reads=("event.reason",),
            line=1,
        ),
        "late": FailureRule(
            id="late", on="Rental Late", title="late", loses=Loss.TIME, reads=(), line=2
        ),
    }
    silence = SilenceRule(
        id="callback_overdue",
        after="Callback Promised",
        unless="Callback Made",
        within_ms=4 * HOUR_MS,
        title="a call that did not come",
        loses=Loss.ATTENTION,
        severity=3,
        cause=Cause.FIRM,
        line=3,
    )
    confirm_ms = 2 * MINUTE_MS
    remedies = (
        Remedy(
            id="refund", kind="refund", title=_title("a refund"), cost_ratio=1.0, provider="pay"
        ),
        Remedy(id="snack", kind="care", title=_title("a snack"), cost_cents=900, provider="pay"),
        Remedy(
            id="ride_home",
            kind="ride",
            title=_title("a ride home"),
            cost_cents=9500,
            provider="rides",
            confirm_within_ms=confirm_ms,
        ),
        Remedy(
            id="driver",
            kind="driver",
            title=_title("a driver"),
            cost_cents=31_000,
            provider="rides",
            confirm_within_ms=confirm_ms,
        ),
        Remedy(id="call_me", kind="call", title=_title("a call")),
    )
    service, question = MessageClass.SERVICE, MessageClass.SURVEY
    messages = [_message(name, service) for name in ("sorry", "explained", "offers", "chosen")]
    messages += [_message("good_again", question), _message("loyalty", MessageClass.PROMOTIONAL)]
    plans = [_plan("no_car", hold, offers), _plan("late", hold, ())]
    plans += [_plan("callback_overdue", hold, ())]

    def about(properties: Facts) -> str:
        return str(properties.get("reservation", ""))

    keep_longer = RequestRule(
        id="keep_longer",
        title=_title("May I keep the car longer?"),
        takes={"days": "int"},
        rule=_keep_longer,
        line=4,
        within_ms=4 * HOUR_MS,
    )
    brand = Brand(
        id="cars", name="Cars", sender="care@cars.example", offers_sender="o@cars.example"
    )
    return RuleBook(
        hash=SMALL_BOOK,
        name="small",
        umbrella="Umbrella",
        currency="USD",
        timezone="UTC",
        failures=rules,
        triggers={"Rental Unfulfilled": _no_car, "Rental Late": _late},
        silences=(silence,),
        starts={silence.after: (silence,)},
        ends={silence.unless: (silence,)},
        about_of={silence.after: about, silence.unless: about},
        plans={plan.id: plan for plan in plans},
        remedies={remedy.id: remedy for remedy in remedies},
        owed=_owed,
        authority_cents={"agent": 50_000, "supervisor": 200_000},
        double_window_ms=180 * DAY_MS,
        brands={brand.id: brand},
        messages={message.id: message for message in messages},
        requests={keep_longer.id: keep_longer},
        everyone=EveryoneTerms(
            tier=TierPart(fact="tier", order=("silver", "gold")),
            came_back_by=frozenset({"Page Viewed"}),
            too_few=2,
        ),
    )


def small_library() -> Library:
    """A library with nothing but the small book."""
    book = small_book()
    return Library(active=book.hash, books={book.hash: book})
