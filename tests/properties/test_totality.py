"""No event can raise, whatever the state: also facts that make no sense, in any order."""

from hypothesis import given
from hypothesis import strategies as st

from makegood.core.decide import Asker, decide
from makegood.core.fold import advance, step
from makegood.core.holds import encode_gate, gate_row
from makegood.core.state import EMPTY, State, decode_state, encode_state
from makegood.messages import facts
from makegood.messages.ids import CaseId, CommandId, CustomerId, RepId
from makegood.messages.money import Money
from makegood.projections.cases import project
from makegood.testing.book import DAY_MS, HOUR_MS, MINUTE_MS, small_library
from makegood.testing.history import ANA, KATHY, NOON_MS, event

LIBRARY = small_library()

numbers = st.integers(0, 9)
bodies = st.sampled_from(
    [
        "no_car",
        "late",
        "unclear",
        "promise",
        "kept",
        "raised",
        "judged",
        "chosen",
        "answered",
        "granted",
        "released",
        "handed",
        "noted",
        "root",
        "wrote",
        "called",
        "confirmed",
        "declined",
        "carried",
        "dropped",
        "opened",
        "unsubscribed",
        "referred",
        "identified",
        "unlinked",
        "requested",
        "settled",
        "appealed",
        "promised",
        "kept_by_hand",
        "disclosed",
        "redirected",
        "arrived",
    ]
)
moves = st.lists(
    st.tuples(
        bodies,
        numbers,
        numbers,
        st.sampled_from([0, 1, MINUTE_MS, HOUR_MS, DAY_MS, 8 * DAY_MS, -HOUR_MS]),
        st.booleans(),
    ),
    min_size=1,
    max_size=25,
)


def any_body(kind: str, pick: int, more: int, state: State) -> facts.Body:
    """A fact about something that is there, was there, or never was."""
    cases = [case.id for case in state.cases] + [CaseId("knothing")]
    case = cases[pick % len(cases)]
    orders = list(state.orders) or [(CommandId("mnothing"), "nothing#0")]
    command, step_ = orders[(pick + more * 7) % len(orders)]
    step_ = step_ if pick % 3 else ""
    command = command if more % 4 else CommandId("m" + "0" * 32)
    about = f"R{pick % 3}"
    money = (None, Money(pick * 100), Money(-pick), Money(5, "EUR"))[more % 4]
    kathy = RepId("kathy")
    offer = ("ride_home", "driver", "call_me", "nothing")[more % 4]
    remedy = ("snack", "refund", "nothing")[more % 3]
    events = [one.event for each in state.cases for one in each.unclear]
    events += [one.event for each in state.cases for one in each.failures]
    question = events[more % len(events)] if events else event_id_of_nothing()
    requests = [one.event for one in state.requests] or [event_id_of_nothing()]
    asked = requests[more % len(requests)]
    said = [one.event for one in state.memory.said] or [event_id_of_nothing()]
    named: facts.Facts = {"reservation": about} if pick % 4 else {}
    table: dict[str, facts.Body] = {
        "no_car": facts.Touchpoint(
            name="Rental Unfulfilled",
            properties={**named, "reason": "x", "price_cents": None if more % 2 else pick * 100},
        ),
        "late": facts.Touchpoint(
            name="Rental Late", properties={**named, "delay_minutes": 60, "storm": more % 2}
        ),
        "unclear": facts.Touchpoint(name="Rental Unfulfilled", properties=named),
        "promise": facts.Touchpoint(name="Callback Promised", properties=named),
        "kept": facts.Touchpoint(name="Callback Made", properties=named),
        "raised": facts.FailureRaised(
            failure=("no_car", "nothing", "other")[more % 3], about=about, severity=pick - 2
        ),
        "judged": facts.Judged(question=question, failure=("", "late", "x")[pick % 3], by=kathy),
        "chosen": facts.Chosen(case=case, offer=offer, by=kathy if pick % 2 else RepId("")),
        "answered": facts.Answered(case=case, answer="good" if more % 2 else "not_yet"),
        "granted": facts.Granted(case=case, remedy=remedy, cost=Money(pick), by=kathy),
        "released": facts.Released(case=case, by=kathy, reason="r"),
        "handed": facts.HandedOver(case=case, to=RepId("bo"), by=kathy),
        "noted": facts.Noted(case=case, by=kathy, text="t"),
        "root": facts.RootCauseNamed(case=case, cause=("rule:no_car", "x")[more % 2], by=kathy),
        "rated": facts.Rated(survey=("x", "return")[more % 2], score=pick - 2, about=about),
        "wrote": facts.Wrote(case=case, text="t"),
        "called": facts.Called(case=case, by=kathy, reached=bool(more % 2)),
        "requested": facts.Requested(
            request=("keep_longer", "nothing")[more % 2],
            facts={"days": (None, "x", pick)[more % 3]},
            answer=("allow", "deny", "person")[pick % 3],  # type: ignore[arg-type]
            remedy=remedy if more % 2 else "",
            amount=money,
            within_ms=pick * HOUR_MS,
        ),
        "settled": facts.Settled(
            asked=asked,
            answer=("allow", "deny")[pick % 2],  # type: ignore[arg-type]
            remedy=remedy if more % 2 else "",
            cost=money,
            by=kathy,
        ),
        "appealed": facts.Appealed(asked=asked),
        "promised": facts.Promised(
            promise=("other", "callback_overdue", "nothing")[more % 3],
            about=about if pick % 2 else "",
            due_ms=NOON_MS + (pick - 2) * DAY_MS,
            binds={"cents": (None, "x", -pick, pick)[more % 4]},
            words="w" if more % 2 else "",
        ),
        "redirected": facts.Redirected(
            to="b2" if more % 3 else "",
            accepted_by="n",
            expires_ms=NOON_MS + (pick - 2) * HOUR_MS,
            words="w",
        ),
        "arrived": facts.Arrived(said=said[more % len(said)], taken=pick % 2 == 0),
        "kept_by_hand": facts.Kept(said=said[more % len(said)]),
        "disclosed": facts.Disclosed(
            disclosure="fee", about=about if more % 4 else "", amount=money or Money(pick)
        ),
        "confirmed": facts.Confirmed(command=command, step=step_, expires_ms=more),
        "declined": facts.Declined(command=command, step=step_),
        "carried": facts.Carried(command=command, step=step_, paid=money),
        "dropped": facts.Dropped(
            command=command,
            step=step_,
            why=("withdrawn", "missed", "failed", "held")[more % 4],
        ),
        "opened": facts.Opened(case=case),
        "unsubscribed": facts.Unsubscribed(brand="*", channel="mail", again=bool(more % 2)),
        "referred": facts.Referred(case=case, visitor="v", joined=bool(more % 2)),
        "identified": facts.Identified(traits={"tier": None}),
        "unlinked": facts.Unlinked(other=ANA, by=kathy),
        "linked": facts.Linked(other=ANA, by=kathy),
    }
    return table[kind]


def event_id_of_nothing():
    return event(facts.Opened(case=CaseId("k")), at_ms=NOON_MS, name="nothing").id


@given(moves=moves)
def test_no_event_raises_whatever_the_state(moves):
    state, now_ms = EMPTY, NOON_MS
    for n, (kind, pick, more, passes_ms, on_duty) in enumerate(moves):
        now_ms += passes_ms
        body = any_body(kind, pick, more, state)
        asker = Asker(rep=RepId("kathy") if on_duty else RepId(""), role="agent")
        decision = decide(state, body, asker, now_ms, LIBRARY)
        assert (decision.body is None) == (decision.refused is not None)
        duty = (KATHY,) if on_duty else ()
        at = event(body, at_ms=now_ms, name=f"{n}", on_duty=duty, imported=more == 9)
        state = step(state, at, LIBRARY).state
        assert not any(case.is_open for case in state.cases[:-1])
        assert list(state.timers) == sorted(state.timers)
        assert decode_state(encode_state(state)) == state
        encode_gate(gate_row(state))
        project(state, CustomerId(ANA))
    assert encode_state(advance(state, now_ms, LIBRARY).state)


@given(moves=moves)
def test_no_command_is_ever_given_twice_and_none_after_its_case_was_closed_but_what_is_due(moves):
    state, now_ms = EMPTY, NOON_MS
    given_ids: list[CommandId] = []
    for n, (kind, pick, more, passes_ms, _) in enumerate(moves):
        now_ms += abs(passes_ms)
        body = any_body(kind, pick, more, state)
        after = step(state, event(body, at_ms=now_ms, name=f"{n}"), LIBRARY)
        given_ids += [command.id for command in after.commands]
        state = after.state
    given_ids += [one.id for one in advance(state, now_ms + 60 * DAY_MS, LIBRARY).commands]
    assert len(given_ids) == len(set(given_ids))


@given(moves=moves)
def test_an_entitlement_is_never_ordered_beyond_what_is_owed(moves):
    state, now_ms = EMPTY, NOON_MS
    for n, (kind, pick, more, passes_ms, _) in enumerate(moves):
        now_ms += abs(passes_ms)
        body = any_body(kind, pick, more, state)
        before = state
        state = step(state, event(body, at_ms=now_ms, name=f"{n}"), LIBRARY).state
        known = {owed.payments for c in before.cases for f in c.failures for owed in f.owed}
        for case in state.cases:
            for failure in case.failures:
                for owed in failure.owed:
                    if owed.payments and owed.payments not in known and kind != "carried":
                        assert owed.short_cents <= 0
                        ordered = owed.payments[-1].cents
                        assert owed.short_cents + ordered >= 0
