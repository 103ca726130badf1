"""Judge what customers ask for: by the table of that day, or by a person within their limit.

The table gives the same answer to everybody; a no has a reason and may be appealed once, to
somebody else than who said it.
Source: ideas, "Facts across customers" and "Fairness"; evidence, "Owed by law or custom".
"""

from msgspec.structs import replace

from makegood.core import claims
from makegood.core.agreements import Here, Honoured, place_of, that_hold
from makegood.core.asked import RequestState, RequestStatus
from makegood.core.decision import Asker, Decision, money_in, refuse
from makegood.core.failures import known
from makegood.core.goodwill import expected_cost, is_unsized, room_now
from makegood.core.remedies import authority_used, given_with
from makegood.core.state import State
from makegood.core.waivers import customer_facts, rests_on, used_by
from makegood.messages.agreements import Agreement
from makegood.messages.facts import Appealed, Requested, Settled
from makegood.messages.money import Money
from makegood.playbooks.book import RuleBook
from makegood.playbooks.mistakes import nearest
from makegood.playbooks.requests import without_nothing, wrong_fact
from makegood.playbooks.rulings import RequestRule, Ruling
from makegood.playbooks.terms import Answer

MOST_WAITING = 20  # nobody has more open questions than that by themselves


def answer(
    state: State,
    wanted: Requested,
    asker: Asker,
    now_ms: int,
    book: RuleBook,
    agreements: tuple[Agreement, ...] = (),
) -> Decision:
    """Answer a request by its table; what the table leaves open goes before a person.

    Args:
        state: The customer's state.
        wanted: The request, without an answer.
        asker: Who writes it down.
        now_ms: The present.
        book: The active book.
        agreements: What the customer's accounts agreed and is in force.

    Returns:
        The request with its answer, or a refusal: it cannot be asked like this.
    """
    rule = book.requests.get(wanted.request)
    if rule is None:
        hint = nearest(wanted.request, book.requests)
        why = f"The rule book has no request `{wanted.request}`. {hint}".strip()
        return refuse("no_such_request", why)
    if wanted.brand and wanted.brand not in book.brands:
        hint = nearest(wanted.brand, book.brands)
        return refuse("no_such_brand", f"There is no brand `{wanted.brand}`. {hint}".strip())
    facts = without_nothing(wanted.facts)
    if wrong := wrong_fact(facts, rule.takes):
        return refuse("wrong_fact", wrong)
    if sum(one.is_waiting for one in state.requests) >= MOST_WAITING:
        return refuse("too_many_waiting", "So many requests wait already; settle those first.")
    if rule.claim is not None and (lacks := claims.asks_for(state, rule.claim, facts)):
        return refuse(*lacks)
    about = claims.about_of(state, rule, wanted.about)
    wanted = replace(wanted, about=about, facts=facts)
    here = Here(brand=wanted.brand, place=place_of(wanted), at_ms=now_ms)
    honoured = that_hold(agreements, here)
    ruling = ruling_of(state, rule, wanted, now_ms, book, honoured)
    return Decision(
        body=Requested(
            request=wanted.request,
            facts=facts,
            about=about,
            brand=wanted.brand,
            asker=wanted.asker,
            payer=wanted.payer,
            told=wanted.told,
            by=asker.rep,
            answer=ruling.answer.value,
            row=ruling.row,
            line=ruling.line,
            says=dict(ruling.says),
            remedy=ruling.remedy,
            amount=ruling.amount,
            charge=ruling.charge,
            within_ms=ruling.within_ms or rule.within_ms,
            looked_at=ruling.looked_at,
            seen=ruling.seen,
            missing=ruling.missing,
            also=ruling.also,
            waives=ruling.waives,
            once=ruling.once,
            used=used_by(state, rule, wanted, ruling, honoured),
            claimed=claims.claimed(rule, facts, book.currency),
            agreed=rests_on(state, rule, wanted, ruling, honoured),
        )
    )


def ruling_of(
    state: State,
    rule: RequestRule,
    wanted: Requested,
    now_ms: int,
    book: RuleBook,
    honoured: tuple[Honoured, ...] = (),
) -> Ruling:
    """Say what the table, or the rule of a claim, answers a customer.

    Args:
        state: The customer.
        rule: The request.
        wanted: What is asked, about what.
        now_ms: The present.
        book: The book of the rule.
        honoured: Agreements of the customer's accounts that hold here and now.
    """
    if rule.claim is not None:
        return claims.rule_claim(state, rule, wanted.about, wanted.facts, (now_ms, book.currency))
    said = state.memory.facts(wanted.about)
    ruling = _sized(
        rule.answer(wanted.facts, customer_facts(state, honoured=honoured), said), book
    )
    left = _room(state, wanted.about, (ruling.remedy, ruling.amount), book)
    if left is not None:
        return _for_a_person(ruling, f"a person's yes: the cap of goodwill leaves {left}")
    if ruling.remedy and _gave_already(state, wanted):
        missing = f"a person's yes to give {ruling.remedy} about {wanted.about} once more"
        return _for_a_person(ruling, missing)
    return ruling


def _sized(ruling: Ruling, book: RuleBook) -> Ruling:
    """Say what the remedy costs; one whose size nobody can tell is for a person."""
    if not ruling.remedy or ruling.amount is not None:
        return ruling
    remedy = book.remedies[ruling.remedy]
    if not is_unsized(remedy, None):
        return replace(ruling, amount=expected_cost(remedy, None, book.currency))
    return _for_a_person(ruling, f"the amount of {remedy.id}")


def _room(state: State, about: str, given: tuple[str, Money | None], book: RuleBook) -> str | None:
    """Say what the cap of goodwill leaves about something that failed; None when it is enough."""
    place = known(state, about) if about else None
    remedy, cost = given
    if place is None or cost is None or not cost.cents:
        return None
    if not book.goodwill.counts(book.remedies.get(remedy)):
        return None
    left = room_now(book, state, place[0], cost.currency)
    return money_in(left, book) if left is not None and cost.cents > left else None


def _for_a_person(ruling: Ruling, missing: str) -> Ruling:
    return replace(
        ruling,
        answer=Answer.PERSON,
        row="",
        says={},
        remedy="",
        amount=None,
        charge=None,
        missing=missing,
        waives="",
        once=False,
    )


def _gave_already(state: State, wanted: Requested) -> bool:
    """Whether the same was asked about the same thing, and something was given for it."""
    return bool(wanted.about) and any(
        one.command and one.request == wanted.request and one.about == wanted.about
        for one in state.requests
    )


def settle(state: State, wanted: Settled, asker: Asker, book: RuleBook) -> Decision:
    """Let a person answer: not twice, not without a reason, not beyond their limit."""
    one = state.request(wanted.asked)
    if one is None:
        return refuse("request_gone", "No such request can be answered; it may be long settled.")
    if not asker.rep:
        return refuse("reps_only", "Only a person of the firm can answer this.")
    if not one.is_waiting:
        return refuse("settled_already", "This request has its answer already.")
    if one.status is RequestStatus.APPEALED and one.refused_by == asker.rep:
        return refuse("somebody_else", "You said no; somebody else decides about the appeal.")
    if wanted.answer == "allow":
        rest = claims.of_the_rest(state, one, wanted, book)
        if not isinstance(rest, Settled):
            return refuse(*rest)
        return _allow(state, one, rest, asker, book)
    if not wanted.reason:
        return refuse("reason_needed", "A no needs a reason that the customer can be told.")
    if wanted.remedy or wanted.cost or wanted.charge or wanted.waives:
        return refuse("no_gives_nothing", "Only what is allowed gives or costs something.")
    return Decision(body=replace(wanted, by=asker.rep))


def _allow(
    state: State, one: RequestState, wanted: Settled, asker: Asker, book: RuleBook
) -> Decision:
    for sum_ in (wanted.cost, wanted.charge):
        if sum_ is not None and (sum_.cents < 0 or sum_.currency != book.currency):
            return refuse("bad_amount", f"An amount is in {book.currency} and not negative.")
    if refused := _bad_waiver(wanted, book):
        return refused
    if not wanted.remedy:
        if wanted.cost is not None:
            return refuse("no_such_remedy", "Say what is given for this amount.")
        return Decision(body=replace(wanted, by=asker.rep))
    remedy = book.remedies.get(wanted.remedy)
    if remedy is None:
        hint = nearest(wanted.remedy, book.remedies)
        return refuse("no_such_remedy", f"There is no remedy `{wanted.remedy}`. {hint}".strip())
    if remedy.accepted_by:
        return refuse("needs_acceptance", "Somebody has to accept the customer; redirect them.")
    if wanted.cost is None and is_unsized(remedy, None):
        return refuse("price_unknown", "What it costs is not known; name a sum.")
    cost = cost_of(wanted, book) or Money(0, book.currency)
    if refused := _beyond(state, one, replace(wanted, cost=cost), asker, book):
        return refused
    return Decision(body=replace(wanted, cost=cost, by=asker.rep))


def _beyond(
    state: State, one: RequestState, wanted: Settled, asker: Asker, book: RuleBook
) -> Decision | None:
    """Refuse more than the limit of a person, or more goodwill than the cap leaves."""
    cost = wanted.cost or Money(0, book.currency)
    limit_cents = book.authority_cents.get(asker.role, 0)
    used_cents = _given_by_people(state, one, book.currency)
    if used_cents + cost.cents > limit_cents:
        why = (
            f"This takes {money_in(used_cents + cost.cents, book)} and your limit is "
            f"{money_in(limit_cents, book)}; ask somebody with a higher limit."
        )
        return refuse("over_authority", why, limit_cents)
    if one.claimed is not None:  # what was spent because of us is no goodwill
        return None
    if left := _room(state, one.about, (wanted.remedy, cost), book):
        return refuse("over_cap", f"The cap of goodwill leaves {left} for what went wrong.")
    return None


def _bad_waiver(wanted: Settled, book: RuleBook) -> Decision | None:
    """Only what the book names is waived, and with a reason: the next answer rests on it."""
    if wanted.waives and wanted.waives not in book.waivers:
        hint = nearest(wanted.waives, book.waivers)
        return refuse("no_such_waiver", f"Nothing is called `{wanted.waives}`. {hint}".strip())
    if wanted.waives and not wanted.reason:
        return refuse("reason_needed", "A waiver needs a reason that a colleague can be told.")
    return None


def cost_of(wanted: Settled, book: RuleBook) -> Money | None:
    """What an answer costs: what the person says, and no less than a remedy costs by the book."""
    remedy = book.remedies.get(wanted.remedy)
    if remedy is None:
        return wanted.cost
    by_book = expected_cost(remedy, None, book.currency)
    return max(wanted.cost or by_book, by_book, key=lambda money: money.cents)


def _given_by_people(state: State, one: RequestState, currency: str) -> int:
    """What people gave about the same thing, in its case too, so that asking twice adds up."""
    place = known(state, one.about) if one.about else None
    if place is not None:
        return authority_used(state, place[0], currency)
    given = (given_with(other) for other in state.requests if other.about == one.about)
    return sum(money.cents for money in given if money is not None and money.currency == currency)


def appeal(state: State, wanted: Appealed, asker: Asker) -> Decision:
    """Let a no be appealed, once."""
    one = state.request(wanted.asked)
    if one is None:
        return refuse("request_gone", "No such request can be answered; it may be long settled.")
    if one.appealed:
        return refuse("appealed_already", "This was appealed already; once is all.")
    if one.status is not RequestStatus.DENIED:
        return refuse("nothing_to_appeal", "Only a no can be appealed.")
    return Decision(body=replace(wanted, by=asker.rep))
