"""What customers ask for: answered once by the table of that day, or by a person in time.

The table gives the same answer to everybody; a no has a reason and may be appealed once, to
somebody else than who said it. An answer that does not come in time is a failure of its own.
Source: DESIGN, "Facts across customers" and "Fairness"; science, section 1e.
"""

from msgspec.structs import replace

from makegood.core.asked import RequestState, Standing
from makegood.core.cases import take_failure
from makegood.core.decision import Asker, Decision, money_in, refuse
from makegood.core.failures import OTHER, SEVERITY_BY_HAND, silence_id
from makegood.core.remedies import expected_cost, is_unsized
from makegood.core.state import Failure, State
from makegood.core.timers import Timer, TimerKind
from makegood.core.turn import Turn
from makegood.messages.commands import Fulfil
from makegood.messages.facts import Appealed, Requested, Settled
from makegood.messages.ids import CaseId, CommandId, EventId, RepId
from makegood.messages.money import Money
from makegood.playbooks.book import RuleBook, Ruling
from makegood.playbooks.mistakes import nearest
from makegood.playbooks.requests import without_nothing, wrong_fact
from makegood.playbooks.terms import Answer, Cause

KEPT_MS = 90 * 86_400_000  # how long a settled request can still be appealed; the log keeps it
MOST_SETTLED = 20
MOST_WAITING = 20  # nobody has more open questions than that by themselves


def answer(state: State, wanted: Requested, asker: Asker, book: RuleBook) -> Decision:
    """Answer a request by its table; what the table leaves open goes before a person.

    Args:
        state: The customer's state.
        wanted: The request, without an answer.
        asker: Who writes it down.
        book: The active book.

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
    ruling = _sized(rule.rule(facts, state.facts), book)
    if ruling.remedy and _gave_already(state, wanted):
        missing = f"a person's yes to give {ruling.remedy} about {wanted.about} once more"
        ruling = _for_a_person(ruling, missing)
    return Decision(
        body=Requested(
            request=wanted.request,
            facts=facts,
            about=wanted.about,
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
        )
    )


def _sized(ruling: Ruling, book: RuleBook) -> Ruling:
    """Say what the remedy costs; one whose size nobody can tell is for a person."""
    if not ruling.remedy or ruling.amount is not None:
        return ruling
    remedy = book.remedies[ruling.remedy]
    if not is_unsized(remedy, None):
        return replace(ruling, amount=expected_cost(remedy, None, book.currency))
    return _for_a_person(ruling, f"the amount of {remedy.id}")


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
    if one.status is Standing.APPEALED and one.refused_by == asker.rep:
        return refuse("somebody_else", "You said no; somebody else decides about the appeal.")
    if wanted.answer == "allow":
        return _allow(state, one, wanted, asker, book)
    if not wanted.reason:
        return refuse("reason_needed", "A no needs a reason that the customer can be told.")
    if wanted.remedy or wanted.cost or wanted.charge:
        return refuse("no_gives_nothing", "Only what is allowed gives or costs something.")
    return Decision(body=replace(wanted, by=asker.rep))


def _allow(
    state: State, one: RequestState, wanted: Settled, asker: Asker, book: RuleBook
) -> Decision:
    for sum_ in (wanted.cost, wanted.charge):
        if sum_ is not None and (sum_.cents < 0 or sum_.currency != book.currency):
            return refuse("bad_amount", f"An amount is in {book.currency} and not negative.")
    if not wanted.remedy:
        if wanted.cost is not None:
            return refuse("no_such_remedy", "Say what is given for this amount.")
        return Decision(body=replace(wanted, by=asker.rep))
    remedy = book.remedies.get(wanted.remedy)
    if remedy is None:
        hint = nearest(wanted.remedy, book.remedies)
        return refuse("no_such_remedy", f"There is no remedy `{wanted.remedy}`. {hint}".strip())
    if wanted.cost is None and is_unsized(remedy, None):
        return refuse("price_unknown", "What it costs is not known; name a sum.")
    cost = cost_of(wanted, book) or Money(0, book.currency)
    limit_cents = book.authority_cents.get(asker.role, 0)
    used_cents = _given_by_people(state, one)
    if used_cents + cost.cents > limit_cents:
        why = (
            f"This takes {money_in(used_cents + cost.cents, book)} and your limit is "
            f"{money_in(limit_cents, book)}; ask somebody with a higher limit."
        )
        return refuse("over_authority", why, limit_cents)
    return Decision(body=replace(wanted, cost=cost, by=asker.rep))


def cost_of(wanted: Settled, book: RuleBook) -> Money | None:
    """What an answer costs: what the person says, and no less than a remedy costs by the book."""
    remedy = book.remedies.get(wanted.remedy)
    if remedy is None:
        return wanted.cost
    by_book = expected_cost(remedy, None, book.currency)
    return max(wanted.cost or by_book, by_book, key=lambda money: money.cents)


def _given_by_people(state: State, one: RequestState) -> int:
    """What people gave by answers about the same thing, so that asking twice adds up."""
    given = (
        other.cost.cents
        for other in state.requests
        if other.by and other.cost is not None and other.about == one.about
    )
    return sum(given)


def appeal(state: State, wanted: Appealed, asker: Asker) -> Decision:
    """Let a no be appealed, once."""
    one = state.request(wanted.asked)
    if one is None:
        return refuse("request_gone", "No such request can be answered; it may be long settled.")
    if one.appealed:
        return refuse("appealed_already", "This was appealed already; once is all.")
    if one.status is not Standing.DENIED:
        return refuse("nothing_to_appeal", "Only a no can be appealed.")
    return Decision(body=replace(wanted, by=asker.rep))


def asked(turn: Turn, body: Requested) -> None:
    """Apply a request: order what was allowed with it, or start the clock of a person."""
    one = RequestState(
        event=turn.cause,
        profile=turn.origin.profile,
        request=body.request,
        status=Standing.WAITING,
        at_ms=turn.at_ms,
        about=body.about,
        brand=body.brand,
        within_ms=body.within_ms,
    )
    if body.answer == "person":
        _wait(turn, one, Standing.WAITING)
    elif body.answer == "allow":
        _allowed(turn, one, body.remedy, body.amount, body.charge)
    else:
        _put(turn, replace(one, status=Standing.DENIED, ended_ms=turn.at_ms))


def settled(turn: Turn, body: Settled) -> None:
    """Apply a person's answer; one that comes second changes nothing."""
    one = turn.state.request(body.asked)
    if one is None or not one.is_waiting:
        return
    turn.clear_timers(one.event, TimerKind.ANSWER_BY)
    one = replace(one, due_ms=0, by=body.by, ended_ms=turn.at_ms)
    if body.answer == "allow":
        _allowed(turn, one, body.remedy, body.cost, body.charge)
    else:
        _put(turn, replace(one, status=Standing.DENIED, refused_by=body.by))


def appealed(turn: Turn, body: Appealed) -> None:
    """Apply an appeal: a person has as long as the request gives."""
    one = turn.state.request(body.asked)
    if one is not None and one.status is Standing.DENIED and not one.appealed:
        _wait(turn, replace(one, appealed=True), Standing.APPEALED)


def _wait(turn: Turn, one: RequestState, status: Standing) -> None:
    due_ms = turn.known_ms + one.within_ms
    about = "appeal" if one.appealed else ""
    turn.set_timer(TimerKind.ANSWER_BY, due_ms, one.event, about, one.brand)
    _put(turn, replace(one, status=status, due_ms=due_ms))


def _allowed(
    turn: Turn, one: RequestState, remedy: str, cost: Money | None, charge: Money | None
) -> None:
    one = replace(one, status=Standing.ALLOWED, charge=charge, ended_ms=turn.at_ms)
    if remedy:
        cost = cost or Money(0, turn.book.currency)
        command = _order(turn, one, remedy, cost)
        one = replace(one, remedy=remedy, cost=cost, command=command)
    _put(turn, one)


def _order(turn: Turn, one: RequestState, remedy: str, cost: Money) -> CommandId:
    known = turn.book.remedies.get(remedy)
    fulfil = Fulfil(
        remedy=remedy,
        kind=known.kind if known else remedy,
        provider=known.provider if known else "",
        amount=cost,
        owed=False,
        about=one.about,
        brand=one.brand,
        facts={"request": one.request},
    )
    return turn.issue(CaseId(""), f"request/{one.event}/{remedy}", fulfil)


def _put(turn: Turn, one: RequestState) -> None:
    """Put a request in its place; words of long ago, or of too many, leave, and money stays."""
    requests = turn.state.requests
    if any(other.event == one.event for other in requests):
        requests = tuple(one if other.event == one.event else other for other in requests)
    else:
        requests = (*requests, one)
    ended = sorted((other.ended_ms for other in requests if other.may_leave), reverse=True)
    oldest_ms = turn.at_ms - KEPT_MS
    if len(ended) > MOST_SETTLED:
        oldest_ms = max(oldest_ms, ended[MOST_SETTLED - 1])
    kept = (other for other in requests if not other.may_leave or other.ended_ms >= oldest_ms)
    turn.state = replace(turn.state, requests=tuple(kept))


def unanswered(turn: Turn, timer: Timer) -> None:
    """Take an answer that did not come in time for the failure it is; it is still due."""
    one = turn.state.request(timer.subject)
    if one is None or not one.is_waiting:
        return
    _put(turn, replace(one, late=True))
    origin = turn.origin
    event = silence_id(origin.source, origin.message_id, "answer")
    about = f"answer/{one.event}"
    _let_down(turn, one, event, f"{about}/{timer.about}" if timer.about else about)


def kept(turn: Turn, command: CommandId, paid: Money | None) -> bool:
    """Write down that a remedy was carried out; False when no request ordered it."""
    one = _ordered(turn, command)
    if one is None:
        return False
    _put(turn, replace(one, done=True, failed=False, cost=paid or one.cost))
    return True


def broken(turn: Turn, command: CommandId) -> bool:
    """A remedy that was allowed and does not come is a promise of ours that broke."""
    one = _ordered(turn, command)
    if one is None or one.done or one.failed:
        return False
    _put(turn, replace(one, failed=True))
    _let_down(turn, one, turn.cause, f"promise/{one.event}")
    return True


def _ordered(turn: Turn, command: CommandId) -> RequestState | None:
    return next((one for one in turn.state.requests if one.command == command), None)


def _let_down(turn: Turn, one: RequestState, event: EventId, about: str) -> None:
    failure = Failure(
        event=event,
        rule=OTHER,
        about=about,
        brand=one.brand,
        at_ms=turn.at_ms,
        severity=SEVERITY_BY_HAND,
        cause=Cause.FIRM,
        book=turn.origin.book,
        by=RepId(""),
        details={"request": one.request},
    )
    take_failure(turn, failure)
