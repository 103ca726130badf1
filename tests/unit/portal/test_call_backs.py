"""The customer's page says who calls them back, and until when; or that it is late."""

from collections.abc import Iterator
from datetime import datetime, timedelta
from zoneinfo import ZoneInfo

import pytest
from django.test import Client

from makegood.bootstrap import Makegood
from makegood.core.phone import CallBack
from makegood.core.state import decode_state
from makegood.messages.facts import Released
from makegood.messages.ids import RepId
from makegood.testing.clock import FakeClock
from tests.e2e.calling import book_of_calls, hung_up, seat
from tests.e2e.screens import MINUTE_MS, customer_of, introduce, portal_path, serving, take
from tests.unit.desk.browsing import words_of


@pytest.fixture
def served() -> Iterator[tuple[Makegood, FakeClock]]:
    with serving(book_of_calls()) as both:
        seat(both[0])
        introduce(both[0])
        yield both


def test_the_customer_reads_who_calls_back_and_when_it_is_late(
    makegood: Makegood, clock: FakeClock
):
    hung_up(makegood)
    page = portal_path(makegood)
    shown = words_of(Client().get(page))
    assert "Kathy calls you by " in shown
    assert "Please call me" not in shown
    hung_up(makegood, call="C2")
    assert words_of(Client().get(page)).count("calls you by ") == 1
    clock.advance(31 * MINUTE_MS)
    makegood.intake.advance([customer_of(makegood, "user:ana")], clock.now_ms())
    shown = words_of(Client().get(page))
    assert "calls you by" not in shown
    assert "Omar" in shown
    assert "late" in shown or "should have" in shown


def test_where_nobody_is_there_to_call_no_time_is_promised(makegood: Makegood):
    from msgspec.structs import replace

    with makegood.store.writing() as writing:
        rows = {row.rep: row for row in writing.reps()}
        away = [replace(rows[RepId(one)], present=False) for one in ("kathy", "omar")]
        writing.put_reps(away)
    hung_up(makegood)
    assert "calls you by" not in words_of(Client().get(portal_path(makegood)))


def wishes(makegood: Makegood, page: str, **sent: str):
    return Client().post(f"{page}/back", {"form": "f1", **sent})


def the_backs(makegood: Makegood) -> list[CallBack]:
    with makegood.store.reading() as reading:
        row = reading.row(customer_of(makegood, "user:ana"))
    assert row is not None
    return list(decode_state(row.state).phone.backs)


def test_looking_at_the_page_does_nothing_and_one_button_ends_all_calls(makegood: Makegood):
    hung_up(makegood)
    hung_up(makegood, call="C2")
    page = portal_path(makegood)
    for _ in range(2):
        assert "No call needed" in words_of(Client().get(page))
        assert Client().get(f"{page}/back").status_code == 405
    assert all(not one.done_ms for one in the_backs(makegood))
    for _ in range(2):  # sent twice
        assert wishes(makegood, page, none="yes").status_code in (302, 422)
    assert all(one.needless for one in the_backs(makegood))
    shown = words_of(Client().get(f"{page}?said=back"))
    assert "calls you by" not in shown
    assert "No call needed" not in shown
    assert "Whoever calls you knows it" in shown


def test_a_better_time_and_number_are_kept_and_told(makegood: Makegood, clock: FakeClock):
    hung_up(makegood)
    page = portal_path(makegood)
    zone = ZoneInfo(makegood.book.timezone)
    later = datetime.fromtimestamp(clock.now_ms() / 1000, zone) + timedelta(days=2)
    sent = {"from": f"{later:%Y-%m-%dT%H:%M}", "number": "+1 212 555 0199"}
    assert wishes(makegood, page, **sent).status_code == 302
    (one,) = the_backs(makegood)
    assert one.wish_ms == int(later.replace(second=0, microsecond=0).timestamp() * 1000)
    shown = words_of(Client().get(page))
    assert "You asked not to be called before" in shown
    assert "calls you on" not in shown, "nobody knows who is there then"
    assert "calls you by" not in shown
    assert "has the number that you named" in shown
    assert "0199" not in shown
    with makegood.store.reading() as reading:
        assert reading.texts([one.number]) == {one.number: "+1 212 555 0199"}


@pytest.mark.parametrize(
    ("sent", "says"),
    [
        ({}, "name a time or a number"),
        ({"number": "call me"}, "with digits"),
        ({"number": "<b>1</b>"}, "with digits"),
        ({"from": "soon"}, "a time from now on"),
        ({"from": "2001-01-01T10:00"}, "a time from now on"),
        ({"from": "2999-01-01T10:00"}, "a time from now on"),
    ],
)
def test_what_cannot_be_is_said_and_nothing_changes(makegood: Makegood, sent, says):
    hung_up(makegood)
    before = the_backs(makegood)
    answer = wishes(makegood, portal_path(makegood), **sent)
    assert answer.status_code == 422
    assert says in words_of(answer)
    assert the_backs(makegood) == before


def test_where_no_call_is_owed_nothing_is_asked_about_one(makegood: Makegood):
    hung_up(makegood)
    page = portal_path(makegood)
    wishes(makegood, page, none="yes")
    answer = Client().post(f"{page}/back", {"form": "f2", "number": "+1 212 555 0199"})
    assert answer.status_code == 422


def at_their_clock(makegood: Makegood, clock: FakeClock, **later: int) -> str:
    zone = ZoneInfo(makegood.book.timezone)
    then = datetime.fromtimestamp(clock.now_ms() / 1000, zone) + timedelta(**later)
    return f"{then:%Y-%m-%dT%H:%M}"


def number_of(makegood: Makegood) -> str:
    (one,) = the_backs(makegood)
    with makegood.store.reading() as reading:
        return reading.texts([one.number])[one.number]


def test_an_old_form_with_another_number_in_it_is_not_thanked_for_nothing(makegood: Makegood):
    hung_up(makegood)
    page = portal_path(makegood)
    for number in ("+1 212 555 0199", "+1 212 555 0199", "+1 212 555 0100", "+1 212 555 0199"):
        assert wishes(makegood, page, number=number).status_code == 302
        assert number_of(makegood) == number


def test_a_number_may_be_named_after_the_time_they_named_is_over(
    makegood: Makegood, clock: FakeClock
):
    hung_up(makegood)
    page = portal_path(makegood)
    assert wishes(makegood, page, **{"from": at_their_clock(makegood, clock, hours=1)})
    assert 'value="20' in Client().get(page).content.decode()
    clock.advance(61 * MINUTE_MS)
    assert 'type="datetime-local" value=""' in Client().get(page).content.decode()


def test_a_call_outlives_its_case_and_its_page_still_ends_it(makegood: Makegood):
    hung_up(makegood)
    page = portal_path(makegood)
    customer = customer_of(makegood, "user:ana")
    with makegood.store.reading() as reading:
        row = reading.row(customer)
    assert row is not None
    case = decode_state(row.state).cases[-1]
    body = Released(case=case.id, by=RepId("omar"), reason="r")
    take(makegood, "user:ana", body, "released")
    (one,) = the_backs(makegood)
    assert not one.done_ms
    assert "No call needed" in words_of(Client().get(page))
    assert wishes(makegood, page, none="yes").status_code == 302
    assert the_backs(makegood)[0].needless


def test_an_erasure_takes_the_number_and_the_link(makegood: Makegood, clock: FakeClock):
    hung_up(makegood)
    page = portal_path(makegood)
    assert wishes(makegood, page, number="+1 212 555 0199").status_code == 302
    (one,) = the_backs(makegood)
    makegood.erasing.person("user:ana")
    with makegood.store.reading() as reading:
        assert reading.texts([one.number]) == {}
        events = [event for _, event in reading.log(0, 999)]
        assert "0199" not in repr((events, reading.outbox_of([one.profile])))
        acts = reading.acts(limit=99)
    assert "0199" not in repr(acts)
    assert "0199" not in words_of(Client().get(page))
