"""What a customer asks for: one answer, a clock for a person, one appeal, and no silence."""

import pytest
from msgspec.structs import replace

from makegood.core.answering import MOST_WAITING
from makegood.core.asked import RequestState, RequestStatus
from makegood.core.decide import Asker, decide
from makegood.core.fold import step
from makegood.core.requests import KEPT_MS, MOST_SETTLED
from makegood.messages import facts
from makegood.messages.commands import Fulfil
from makegood.messages.facts import Body
from makegood.messages.ids import CustomerId, EventId, ProfileId, RepId
from makegood.messages.money import Money
from makegood.playbooks.book import Library
from makegood.projections.cases import project
from makegood.testing.book import HOUR_MS, MINUTE_MS
from makegood.testing.history import ANA, event
from tests.unit.core.day import Day, library

CUSTOMER = Asker()
KATHY = Asker(rep=RepId("kathy"), role="agent")
BO = Asker(rep=RepId("bo"), role="supervisor")


def asks(day: Day, asker: Asker = CUSTOMER, **more) -> RequestState:
    wanted = facts.Requested(**{"request": "keep_longer", "about": "R1"} | more)
    day.told(granted(day, wanted, asker))
    return day.state.requests[-1]


def granted(day: Day, wanted: Body, asker: Asker) -> Body:
    decision = decide(day.state, wanted, asker, day.now_ms, day.library)
    assert decision.refused is None
    assert decision.body is not None
    return decision.body


def refusal(day: Day, wanted: Body, asker: Asker) -> tuple[str, str]:
    decision = decide(day.state, wanted, asker, day.now_ms, day.library)
    assert decision.body is None
    assert decision.refused is not None
    return decision.refused.code, decision.refused.why


def yes(one: RequestState, **more) -> facts.Settled:
    return facts.Settled(asked=one.event, answer="allow", **more)


def no(one: RequestState, reason: str = "r") -> facts.Settled:
    return facts.Settled(asked=one.event, answer="deny", reason=reason)


def settles(day: Day, wanted: facts.Settled, asker: Asker) -> RequestState:
    day.told(granted(day, wanted, asker))
    return day.state.requests[-1]


def test_what_is_allowed_is_ordered_and_its_outcome_comes_back():
    day = Day()
    one = asks(day, facts={"days": 1})
    assert one.status is RequestStatus.ALLOWED
    assert (one.remedy, one.cost, one.charge) == ("snack", Money(900), Money(2_500))
    (command,) = day.commands
    assert command.id == one.command
    assert isinstance(command.order, Fulfil)
    assert (command.order.provider, command.order.amount) == ("pay", Money(900))
    assert (command.order.owed, command.order.about) == (False, "R1")
    day.told(facts.Carried(command=command.id, paid=Money(850)))
    one = day.state.requests[-1]
    assert (one.done, one.cost) == (True, Money(850))
    (line,) = project(day.state, CustomerId(ANA)).ledger
    assert (line.account, line.remedy, line.cents) == ("marketing", "snack", 850)
    assert day.state.cases == ()


def test_asking_again_about_the_same_gives_nothing_twice_by_itself():
    day = Day()
    asks(day, facts={"days": 1})
    again = asks(day, facts={"days": 1})
    assert (again.status, again.remedy, again.charge) == (RequestStatus.WAITING, "", None)
    assert len(day.commands) == 1
    told = granted(day, facts.Requested(request="keep_longer", facts={"days": 1}, about="R1"), BO)
    assert isinstance(told, facts.Requested)
    assert told.missing == "a person's yes to give snack about R1 once more"
    assert asks(day, facts={"days": 1}, about="R2").status is RequestStatus.ALLOWED
    assert asks(day, facts={"days": 1}, about="").status is RequestStatus.ALLOWED
    assert asks(day, facts={"days": 9}).status is RequestStatus.DENIED
    day.told(granted(day, yes(again, remedy="snack"), BO))
    assert len(day.commands) == 4


def test_the_answer_carries_its_reasons():
    body = granted(
        Day(), facts.Requested(request="keep_longer", facts={"days": 9}, by=RepId("x")), KATHY
    )
    assert isinstance(body, facts.Requested)
    assert (body.answer, body.row, body.line, body.by) == ("deny", "promised", 6, "kathy")
    assert body.says == {"en": "The car is promised to somebody else."}
    assert body.looked_at == (("days", 9),)
    assert body.within_ms == 4 * HOUR_MS


def test_a_replay_under_another_book_does_not_change_what_was_told():
    day = Day()
    asks(day, facts={"days": 9})
    told = granted(day, facts.Requested(request="keep_longer", facts={"days": 9}), CUSTOMER)
    kind = day.library.books[day.library.active]
    other = replace(kind, requests={})
    after = step(
        Day().state,
        event(told, at_ms=day.now_ms),
        Library(active=other.hash, books={other.hash: other}),
    )
    assert after.state.requests[0].status is RequestStatus.DENIED


@pytest.mark.parametrize(
    ("wanted", "code", "says"),
    [
        ({"request": "keep_long"}, "no_such_request", "keep_longer"),
        ({"facts": {"day": 1}}, "wrong_fact", "days"),
        ({"facts": {"days": "1"}}, "wrong_fact", "of type int"),
        ({"facts": {"days": True}}, "wrong_fact", "of type int"),
        ({"brand": "carz"}, "no_such_brand", "cars"),
    ],
)
def test_what_cannot_be_asked_says_what_is_wrong_and_the_nearest_right_name(wanted, code, says):
    found, why = refusal(Day(), facts.Requested(**{"request": "keep_longer"} | wanted), CUSTOMER)
    assert found == code
    assert says in why


@pytest.mark.parametrize("carried", [{}, {"days": None}])
def test_a_missing_fact_goes_before_a_person_and_never_says_no(carried):
    day = Day()
    one = asks(day, facts=carried)
    assert one.status is RequestStatus.WAITING
    assert one.due_ms == day.now_ms + 4 * HOUR_MS
    body = granted(day, facts.Requested(request="keep_longer", facts=carried), CUSTOMER)
    assert isinstance(body, facts.Requested)
    assert body.missing == "request.days"


def test_a_remedy_whose_size_nobody_can_tell_is_for_a_person():
    day = Day()
    book = day.library.books[day.library.active]
    rule = book.requests["keep_longer"]
    gives_a_share = replace(
        rule, rule=lambda a, c: replace(rule.rule(a, c), remedy="refund", amount=None)
    )
    book = replace(book, requests={rule.id: gives_a_share})
    day = Day(Library(active=book.hash, books={book.hash: book}))
    body = granted(day, facts.Requested(request="keep_longer", facts={"days": 1}), CUSTOMER)
    assert isinstance(body, facts.Requested)
    assert (body.answer, body.remedy, body.charge) == ("person", "", None)
    assert body.missing == "the amount of refund"


def test_who_the_customer_is_changes_nothing():
    plain, platinum = Day(), Day()
    platinum.told(facts.Identified(traits={"tier": "platinum"}))
    for days in (1, 3, 9):
        wanted = facts.Requested(request="keep_longer", facts={"days": days})
        assert granted(plain, wanted, CUSTOMER) == granted(platinum, wanted, CUSTOMER)


def test_an_answer_that_does_not_come_in_time_is_a_failure_and_stays_due():
    day = Day()
    one = asks(day, facts={"days": 3}, brand="cars")
    day.waits(HOUR_MS - 1)
    assert day.state.cases == ()
    day.waits(1)
    assert day.case.failures[-1].about == f"answer/{one.event}"
    assert day.case.brand == "cars"
    assert not day.asks().allowed
    assert day.state.requests[-1].late
    assert settles(day, yes(one), KATHY).status is RequestStatus.ALLOWED


def test_an_answer_that_does_not_come_grows_an_open_case_as_the_second_failure():
    day = Day()
    day.no_car()
    asks(day, facts={"days": 3})
    day.waits(HOUR_MS)
    assert len(day.state.cases) == 1
    assert day.case.double


def test_an_answer_in_time_stops_the_clock():
    day = Day()
    one = settles(day, yes(asks(day, facts={"days": 3}), remedy="snack"), KATHY)
    assert (one.status, one.by, one.due_ms) == (RequestStatus.ALLOWED, "kathy", 0)
    assert day.steps == [f"request/{one.event}/snack#0"]
    day.waits(30 * HOUR_MS)
    assert day.state.cases == ()


def test_a_second_answer_is_refused_and_would_change_nothing():
    day = Day()
    one = settles(day, no(asks(day, facts={"days": 3})), KATHY)
    assert refusal(day, yes(one), BO)[0] == "settled_already"
    day.told(yes(one, remedy="snack"))
    assert day.state.requests[-1] == one
    assert day.commands == []


def test_a_person_answers_with_a_reason_within_their_limit():
    day = Day()
    one = asks(day, facts={"days": 3})
    assert refusal(day, yes(one), CUSTOMER)[0] == "reps_only"
    assert refusal(day, no(one, reason=""), KATHY)[0] == "reason_needed"
    assert refusal(day, replace(no(one), remedy="snack"), KATHY)[0] == "no_gives_nothing"
    assert refusal(day, yes(one, remedy="snak"), KATHY) == (
        "no_such_remedy",
        "There is no remedy `snak`. Did you mean `snack`?",
    )
    assert refusal(day, yes(one, remedy="refund"), KATHY)[0] == "price_unknown"
    assert refusal(day, yes(one, cost=Money(5)), KATHY)[0] == "no_such_remedy"
    assert refusal(day, yes(one, charge=Money(-1)), KATHY)[0] == "bad_amount"
    assert refusal(day, yes(one, charge=Money(1, "EUR")), KATHY)[0] == "bad_amount"
    much = yes(one, remedy="refund", cost=Money(50_001))
    assert refusal(day, much, KATHY)[0] == "over_authority"
    assert granted(day, much, BO) == replace(much, by=BO.rep)
    assert refusal(day, yes(replace(one, event=EventId("e0"))), BO)[0] == "request_gone"


def test_leaving_the_price_low_does_not_widen_a_limit():
    day = Day()
    one = asks(day, facts={"days": 3})
    body = granted(day, yes(one, remedy="driver", cost=Money(1)), KATHY)
    assert isinstance(body, facts.Settled)
    assert body.cost == Money(31_000)


def test_asking_twice_about_the_same_adds_up():
    day = Day()
    settles(day, yes(asks(day, facts={"days": 3}), remedy="driver"), KATHY)
    again = asks(day, facts={"days": 3})
    assert refusal(day, yes(again, remedy="driver"), KATHY)[0] == "over_authority"
    other = asks(day, facts={"days": 3}, about="R2")
    assert granted(day, yes(other, remedy="driver"), KATHY)


def test_a_no_is_appealed_once_and_settled_by_somebody_else():
    day = Day()
    one = settles(day, no(asks(day, facts={"days": 3})), KATHY)
    wanted = facts.Appealed(asked=one.event)
    day.told(granted(day, wanted, CUSTOMER))
    one = day.state.requests[-1]
    assert (one.status, one.due_ms) == (RequestStatus.APPEALED, day.now_ms + HOUR_MS)
    assert refusal(day, wanted, KATHY)[0] == "appealed_already"
    assert refusal(day, yes(one), KATHY)[0] == "somebody_else"
    one = settles(day, no(one), BO)
    assert one.status is RequestStatus.DENIED
    assert refusal(day, wanted, CUSTOMER)[0] == "appealed_already"


def test_a_no_of_the_table_was_said_by_nobody_so_anybody_may_settle_its_appeal():
    day = Day()
    one = asks(day, KATHY, facts={"days": 9})
    day.told(granted(day, facts.Appealed(asked=one.event), KATHY))
    assert settles(day, yes(one), KATHY).status is RequestStatus.ALLOWED


def test_only_a_no_can_be_appealed():
    day = Day()
    one = asks(day, facts={"days": 1})
    assert refusal(day, facts.Appealed(asked=one.event), CUSTOMER)[0] == "nothing_to_appeal"
    unknown = facts.Appealed(asked=EventId("e0"))
    assert refusal(day, unknown, CUSTOMER)[0] == "request_gone"
    day.told(facts.Appealed(asked=one.event))
    assert day.state.requests[-1] == one


def test_an_appeal_without_an_answer_is_a_failure_of_its_own():
    day = Day()
    one = asks(day, facts={"days": 3})
    day.waits(HOUR_MS)
    settles(day, no(one), KATHY)
    day.told(facts.Appealed(asked=one.event))
    day.waits(HOUR_MS)
    abouts = [failure.about for failure in day.case.failures]
    assert abouts == [f"answer/{one.event}", f"answer/{one.event}/appeal"]
    assert day.case.double


def test_a_remedy_that_was_allowed_and_does_not_come_is_a_broken_promise():
    day = Day()
    one = asks(day, facts={"days": 1})
    day.told(facts.Dropped(command=one.command, why="withdrawn"))
    assert day.state.cases == ()
    dropped = facts.Dropped(command=one.command, why="failed")
    day.told(dropped)
    day.told(dropped)
    assert [failure.about for failure in day.case.failures] == [f"promise/{one.event}"]
    day.told(facts.Carried(command=one.command, paid=Money(900)))
    assert (day.state.requests[-1].done, day.state.requests[-1].failed) == (True, False)


def test_history_that_is_imported_orders_nothing():
    day = Day()
    body = granted(day, facts.Requested(request="keep_longer", facts={"days": 1}), CUSTOMER)
    day.told(body, imported=True)
    assert day.commands == []
    assert day.state.requests[-1].command


def test_what_was_settled_leaves_the_state_and_what_waits_or_was_ordered_stays():
    day = Day()
    waiting = asks(day, facts={"days": 3})
    paid = asks(day, facts={"days": 1})
    for _ in range(MOST_SETTLED + 5):
        day.waits(1)
        asks(day, facts={"days": 9})
    assert len(day.state.requests) == MOST_SETTLED + 2
    day.now_ms += KEPT_MS + MINUTE_MS
    asks(day, facts={"days": 9})
    assert [one.is_waiting for one in day.state.requests] == [True, False, False]
    assert day.state.request(paid.event) == paid
    assert day.state.request(waiting.event) is not None


def test_nobody_has_too_many_questions_open():
    day = Day()
    for _ in range(MOST_WAITING):
        asks(day, facts={"days": 3})
    wanted = facts.Requested(request="keep_longer", facts={"days": 3})
    assert refusal(day, wanted, CUSTOMER)[0] == "too_many_waiting"


def test_an_agency_asks_and_pays_for_its_client():
    agency = ProfileId("p" + "c" * 32)
    wanted = facts.Requested(
        request="keep_longer", facts={"days": 1}, asker=agency, payer=agency, told=agency
    )
    body = granted(Day(library()), wanted, KATHY)
    assert isinstance(body, facts.Requested)
    assert (body.asker, body.payer, body.told) == (agency, agency, agency)


def test_what_was_paid_in_another_currency_uses_up_no_limit_of_this_one():
    day = Day()
    one = settles(day, yes(asks(day, facts={"days": 3}), remedy="snack", cost=Money(900)), KATHY)
    day.told(facts.Carried(command=one.command, paid=Money(90_000, "EUR")))
    again = asks(day, facts={"days": 3})
    assert granted(day, yes(again, remedy="snack", cost=Money(50_000)), KATHY) is not None
    day.told(facts.Carried(command=one.command, paid=Money(1)))
    over = yes(again, remedy="snack", cost=Money(50_000))
    assert refusal(day, over, KATHY)[0] == "over_authority"


def test_a_limit_is_for_a_case_whether_it_is_given_by_a_grant_or_with_an_answer():
    day = Day()
    day.no_car("R1")
    one, other = (asks(day, facts={"days": 3}) for _ in range(2))
    gift = facts.Granted(
        case=day.id, remedy="x", cost=Money(30_000), by=RepId(""), off_script=True, reason="r"
    )
    settles(day, yes(one, remedy="snack", cost=Money(30_000)), KATHY)
    assert refusal(day, gift, KATHY)[0] == "over_authority"
    day.told(granted(day, replace(gift, cost=Money(20_000)), KATHY))
    over = yes(other, remedy="snack", cost=Money(900))
    assert refusal(day, over, KATHY)[0] == "over_authority"
    assert granted(day, over, BO) is not None
