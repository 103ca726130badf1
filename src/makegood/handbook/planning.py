"""The chapter on Plan B: what happens for each failure, step by step, with its times."""

from collections.abc import Iterator

from makegood.handbook.source import Source
from makegood.handbook.terms import Chapter, Entry, Link
from makegood.playbooks.book import RuleBook
from makegood.playbooks.terms import Offer, Plan, Tier
from makegood.projections.asked import within_words

_LEAD = (
    "The first step happens in the moment in which we hear of the failure. An offer names only "
    "what somebody has confirmed, and one named person stays with the customer to the end."
)


def plans_chapter(source: Source) -> Chapter:
    """Tell each plan as steps in time."""
    book = source.book
    plans = {plan.id: plan for plan in book.plans.values()}
    entries = tuple(_plan(source, plan) for plan in sorted(plans.values(), key=lambda p: p.line))
    return Chapter(anchor="plans", title="Plan B", lead=_LEAD, entries=entries)


def _plan(source: Source, plan: Plan) -> Entry:
    book = source.book
    titles = [book.failures[kind].title for kind in plan.failures]
    return Entry(
        anchor=f"plan-{plan.id}",
        title="; ".join(titles),
        rule=", ".join(plan.failures),
        where=f"line {plan.line}",
        steps=tuple(_steps(book, plan)),
        links=tuple(
            Link(anchor=f"message-{name}", text=name.replace("_", " ")) for name in _messages(plan)
        ),
        leads="What we say",
    )


def _messages(plan: Plan) -> tuple[str, ...]:
    double = plan.double.apology if plan.double else ""
    after = plan.then_offer.message if plan.then_offer else ""
    names = (
        plan.apology, plan.explanation, plan.offer_message, plan.chosen_message, double,
        plan.made_whole.question, after,
    )  # fmt: skip
    return tuple(dict.fromkeys(name for name in names if name))


def _steps(book: RuleBook, plan: Plan) -> Iterator[tuple[str, str]]:
    reach = "every brand" if plan.hold.scope == "umbrella" else "the brand that failed"
    yield "At once", f"Advertising, surveys and mixed mail of {reach} stop for this customer."
    yield "At once", _apology(book, plan)
    if plan.gives:
        yield "At once", f"Given without asking: {_titles(book, plan.gives)}."
    if plan.gives_outside:
        outside = _titles(book, plan.gives_outside)
        yield "At once", f"Where the cause lies outside the firm, instead: {outside}."
    yield from _choice(book, plan)
    yield from _second(book, plan)
    yield from _end(plan)


def _apology(book: RuleBook, plan: Plan) -> str:
    kinds = {
        "basic": "We say sorry",
        "status": "We say sorry, and that it is our fault",
        "commitment": "We say sorry, that it is our fault, and what we do about it",
    }
    said = f"{kinds[plan.apology_kind]}: “{_subject(book, plan.apology)}”."
    if plan.explanation:
        explained = _subject(book, plan.explanation)
        said += f" Where the cause lies outside the firm, we explain instead: “{explained}”."
    return said


def _subject(book: RuleBook, message: str) -> str:
    return book.messages[message].texts["en"].subject


def _choice(book: RuleBook, plan: Plan) -> Iterator[tuple[str, str]]:
    if not plan.offers:
        return
    first = [offer for offer in plan.offers if offer.tier in plan.tiers]
    yield "As soon as it is confirmed", f"The customer chooses: {_offers(book, first)}."
    if plan.open_within_ms:
        waits = within_words(plan.open_within_ms)
        yield f"After {waits}", "If the offer was not opened, somebody has to call."
    yield (
        f"After {within_words(plan.choose_within_ms)}",
        f"If nothing was chosen, the owner calls, within {within_words(plan.call_within_ms)}.",
    )


def _offers(book: RuleBook, offers: list[Offer]) -> str:
    return "; ".join(book.remedies[offer.id].title["en"] for offer in offers)


def _titles(book: RuleBook, remedies: tuple[str, ...]) -> str:
    return "; ".join(book.remedies[one].title["en"] for one in remedies)


def _second(book: RuleBook, plan: Plan) -> Iterator[tuple[str, str]]:
    double = plan.double
    if double is None:
        yield "After a second failure", "Nothing further is planned."
        return
    parts = [f"One person owns it and calls within {within_words(double.call_within_ms)}."]
    further = [
        offer
        for offer in plan.offers
        if offer.tier in double.tiers
        and (offer.tier not in plan.tiers or offer.tier is Tier.BEYOND)
    ]
    if further:
        parts.append(f"Offered besides: {_offers(book, further)}.")
    if double.apology:
        parts.append(f"We say it as it is: “{_subject(book, double.apology)}”.")
    yield "After a second failure", " ".join(parts)


def _end(plan: Plan) -> Iterator[tuple[str, str]]:
    whole = plan.made_whole
    again = (
        f", and once more after {within_words(whole.ask_again_ms)}" if whole.ask_again_ms else ""
    )
    asked = within_words(whole.ask_after_ms)
    yield f"{asked} after the last remedy", f"We ask whether it is good again{again}."
    said = "The customer says that it is good again"
    if whole.by_criterion:
        said += ", or what was given has arrived"
    cool = f", {within_words(plan.hold.cool_off_ms)} later" if plan.hold.cool_off_ms else ""
    yield "Made whole", f"{said}: the case closes, and marketing may speak again{cool}."
    yield (
        f"After {within_words(plan.hold.longest_ms)}",
        "If it is still open, a person is asked; marketing stays stopped.",
    )
    if plan.then_offer is not None:
        by = "the owner" if plan.then_offer.by_owner else "the brand"
        if plan.then_offer.by_chosen_rep:
            by = "the customer's own person"
        yield (
            f"{within_words(plan.then_offer.after_ms)} after made whole",
            f"Only now something is offered for sale, signed by {by}.",
        )
