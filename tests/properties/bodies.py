"""What a random move says: the body of an event that fits what is known of a customer."""

from collections.abc import Callable, Mapping

from makegood.core.state import Case, State
from makegood.messages import facts
from makegood.messages.facts import Body
from makegood.messages.ids import EventId, RepId
from makegood.messages.money import Money
from makegood.testing.book import DAY_MS, HOUR_MS, MINUTE_MS
from makegood.testing.clock import STORY_BEGINS_MS

ABOUTS = ("R1", "R2", "R3")
THREADS = ("t1", "t2")
KATHY = RepId("kathy")


def touchpoint(kind: str, about: str, pick: int) -> Body:
    match kind:
        case "no_car":
            more = {"price_cents": (21_000, 9_900)[pick % 2]} if pick % 5 else {}
            return facts.Touchpoint(
                name="Rental Unfulfilled",
                properties={"reservation": about, "reason": "overbooked", **more},
            )
        case "late":
            return facts.Touchpoint(
                name="Rental Late",
                properties={"reservation": about, "delay_minutes": 60, "storm": pick % 2 == 0},
            )
        case "no_show":
            return facts.Touchpoint(
                name="Rental Unfulfilled",
                properties={"reservation": about, "reason": "no_show"},
            )
        case "unclear":
            return facts.Touchpoint(name="Rental Unfulfilled", properties={"reservation": about})
        case "page":
            return facts.Touchpoint(name="Page Viewed", properties={"reservation": about})
        case "returned":
            told: facts.Facts = {"returned": about} if pick % 4 else {}
            return facts.Touchpoint(name="Car Returned", properties={"reservation": about, **told})
        case "promise":
            return facts.Touchpoint(name="Callback Promised", properties={"reservation": about})
        case _:
            named: facts.Facts = {"reservation": about} if pick % 4 else {}
            return facts.Touchpoint(name="Callback Made", properties=named)


TIERS = ("none", "silver", "gold")
PLAIN: Mapping[str, Callable[[int], Body]] = {
    "raised": lambda pick: facts.FailureRaised(
        failure=("no_car", "other", "late")[pick % 3],
        about=(*ABOUTS, "")[pick % 4],
        severity=pick % 6,
        by=KATHY,
        price=Money(5_000) if pick % 2 else None,
    ),
    "unsubscribed": lambda pick: facts.Unsubscribed(
        brand=("cars", "*")[pick % 2], channel=("mail", "*")[pick % 2], again=pick % 3 == 0
    ),
    "traits": lambda pick: facts.Identified(traits={"tier": TIERS[pick % 3]}),
    "link": lambda _pick: facts.Identified(),
    "promised": lambda pick: facts.Promised(
        promise=("other", "callback_overdue")[pick % 2],
        about=(*ABOUTS, "")[pick % 4],
        due_ms=STORY_BEGINS_MS + pick * HOUR_MS,
        by=KATHY,
        words="w",
        binds={"cents": 900} if pick % 3 else {},
    ),
    "rated": lambda pick: facts.Rated(
        survey=("return", "unknown")[pick % 7 == 0], about=(*ABOUTS, "")[pick % 4], score=pick % 6
    ),
    "redirected": lambda pick: facts.Redirected(
        to="b2", accepted_by="n", expires_ms=STORY_BEGINS_MS + pick * DAY_MS, by=KATHY, words="w"
    ),
    "got_in_touch": lambda pick: facts.GotInTouch(
        channel="mail", thread=THREADS[pick % 2], brand="cars", words="w"
    ),
    "disclosed": lambda pick: facts.Disclosed(
        disclosure="fee", about=ABOUTS[pick % 2], amount=Money(100 * pick), by=KATHY
    ),
}


def kept_by_hand(state: State, pick: int) -> Body | None:
    """A person says that a promise was kept; also one that was kept before, or is none."""
    said = [one for one in state.memory.said if one.kind != "redirect"]
    return facts.Kept(said=said[pick % len(said)].event, by=KATHY) if said else None


def arrived(state: State, pick: int) -> Body | None:
    """A person says what came of a redirect; also what is no redirect, or is told again."""
    said = state.memory.said
    sent = [one for one in said if one.kind == "redirect"] or said
    if not sent:
        return None
    return facts.Arrived(said=sent[pick % len(sent)].event, taken=pick % 2 == 0, by=KATHY)


def replied(_state: State, pick: int) -> Body:
    """A rep answers a letter, also one that nobody wrote."""
    thread = THREADS[pick % 2]
    return facts.Replied(rep=KATHY, letter=f"l{pick % 3}", thread=thread, words="w", brand="cars")


def taken_back(state: State, pick: int) -> Body:
    """An answer is taken back, also one that never was."""
    said = [one.replied for one in state.my_person.threads if one.replied]
    known = said[pick % len(said)] if said and pick % 5 else EventId("e0")
    return facts.ReplyTakenBack(said=known, by=KATHY, brand="cars")


def requested(pick: int) -> Body:
    """A request as `decide` answers it, and as another book might have answered it."""
    answers = ("allow", "allow", "deny", "person", "person")
    allowed = pick % 5 < 2
    claimed = pick % 4 == 3
    return facts.Requested(
        request=("keep_longer", "unknown")[pick % 6 == 0],
        facts={"days": pick, "receipt": f"r{pick % 2}"},
        claimed=Money(2_000) if claimed else None,
        about=ABOUTS[pick % 3],
        by=KATHY if pick % 2 else RepId(""),
        answer=answers[pick % 5],  # type: ignore[arg-type]
        remedy="snack" if (allowed and pick % 7) or claimed else "",
        amount=Money(900) if allowed or claimed else None,
        within_ms=(HOUR_MS, MINUTE_MS)[pick % 2],
        waives="fee" if allowed and pick % 3 else "",
        once=pick % 2 == 0,
        used=("fee",) if allowed and pick % 3 == 0 else (),
    )


def about_request(kind: str, state: State, pick: int) -> Body | None:
    """What is said about any request that is known, also what comes too late."""
    if not state.requests:
        return None
    denied = [one for one in state.requests if one.status == "denied"]
    if kind == "appealed" and denied:
        return facts.Appealed(asked=denied[pick % len(denied)].event)
    asked = state.requests[pick % len(state.requests)].event
    if kind == "appealed":
        return facts.Appealed(asked=asked)
    allowed = pick % 3 == 0
    return facts.Settled(
        asked=asked,
        answer="allow" if allowed else "deny",
        by=KATHY,
        remedy="snack" if allowed and pick % 2 else "",
        cost=Money(900 + pick) if allowed and pick % 2 else None,
        reason="" if allowed else "r",
        waives="fee" if allowed else "",
        once=allowed and pick % 4 < 2,
    )


def judged(state: State, pick: int) -> Body | None:
    waiting = [one for case in state.cases for one in case.unclear]
    known = [one.event for case in state.cases for one in case.failures]
    questions: list[EventId] = [one.event for one in waiting] or known
    if not questions:
        return None
    failure = ("no_car", "", "late")[pick % 3]
    return facts.Judged(question=questions[pick % len(questions)], failure=failure, by=KATHY)


OF_STATE: Mapping[str, Callable[[State, int], Body | None]] = {
    "judged": judged,
    "kept_by_hand": kept_by_hand,
    "arrived": arrived,
    "replied": replied,
    "taken_back": taken_back,
}


def about_case(kind: str, case: Case, pick: int) -> Body | None:
    offers = [one.offer for one in case.offers] or ["ride_home"]
    cost = Money(1_500 + pick)
    bodies: dict[str, Body] = {
        "chosen": facts.Chosen(case=case.id, offer=offers[pick % len(offers)], by=RepId("")),
        "good": facts.Answered(case=case.id, answer="good"),
        "not_yet": facts.Answered(case=case.id, answer="not_yet"),
        "released": facts.Released(case=case.id, by=KATHY, reason="r"),
        "granted": facts.Granted(case=case.id, remedy="snack", cost=cost, by=KATHY),
        "handed_over": facts.HandedOver(case=case.id, to=RepId("bo"), by=KATHY),
        "noted": facts.Noted(case=case.id, by=KATHY, text="t"),
        "root_named": facts.RootCauseNamed(
            case=case.id, cause=("rule:no_car", "place:b1", "other:x", "")[pick % 4], by=KATHY
        ),
        "wrote": facts.Wrote(case=case.id, text="t"),
        "called": facts.Called(case=case.id, by=KATHY, reached=pick % 3 > 0),
        "opened": facts.Opened(case=case.id),
        "referred": facts.Referred(case=case.id, visitor=f"v{pick % 3}", joined=pick % 2 == 0),
        "proposal": about_proposal(case, pick),
    }
    return bodies.get(kind)


def about_proposal(case: Case, pick: int) -> Body:
    """Propose something, or say what can be said about what was proposed, and what cannot."""
    if not case.proposals or pick % 5 == 0:
        cost = Money(1_500 + pick)
        return facts.Proposed(
            case=case.id, remedy="snack", cost=cost, by=KATHY, reason="r", within_ms=60_000
        )
    refused = tuple(one for one in case.proposals if one.status == "turned_down")
    waiting = tuple(one for one in case.proposals if one.is_waiting)
    some = (refused if pick % 2 else waiting) or case.proposals
    one = some[pick % len(some)]
    if one.status == "turned_down" or pick % 11 == 0:
        return facts.Contested(case=case.id, proposed=one.event, by=KATHY)
    if pick % 4 < 2:
        return facts.TurnedDown(case=case.id, proposed=one.event, by=KATHY, reason="r")
    return facts.Approved(case=case.id, proposed=one.event, by=KATHY, cost=Money(900))
