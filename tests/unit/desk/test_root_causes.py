"""What is behind cases goes to who answers for it, with a clock, and comes back by itself."""

import pytest

from makegood.bootstrap import Makegood
from makegood.messages.ids import PlaceId
from makegood.ports.places import PlaceRow
from tests.e2e.screens import introduce, no_car
from tests.unit.desk.browsing import words_of

DAY_MS = 86_400_000
LIST = "/desk/team/root-causes"
ONE = "/desk/team/root-cause?cause=rule:no_car"
ANSWER = "/desk/team/root-cause/answer"
SENT = {"cause": "rule:no_car", "answer": "changed", "day": "2026-01-01", "says": "More cars."}


def name(client, case: str, form: str = "form", **values: str):
    return client.post(f"/desk/cases/{case}/root-cause", {"token": form} | values)


def behind(makegood: Makegood, client, who: str = "ana", **values: str) -> str:
    introduce(makegood, f"user:{who}", f"{who.capitalize()} Ruiz")
    case = no_car(makegood, f"user:{who}", reservation=f"R-{who}")
    assert name(client, case, who, **(values or {"rule": "no_car"})).status_code == 302
    return case


def test_the_owner_of_a_case_or_a_supervisor_names_what_is_behind_it(makegood, kathy, omar):
    case = behind(makegood, kathy)
    page = words_of(kathy.get(f"/desk/cases/{case}"))
    assert "What is behind it There was no car" in page
    assert "said what is behind it: There was no car" in page
    with_place(makegood)
    assert name(omar, case, "o", place="airport").status_code == 302
    assert "The Airport branch" in words_of(omar.get(LIST))
    assert "What is behind it The Airport branch" in words_of(omar.get(f"/desk/cases/{case}"))
    assert "There was no car" not in words_of(omar.get(LIST))  # the later name counts


def with_place(makegood: Makegood) -> None:
    row = PlaceRow(
        place=PlaceId("airport"), brand="northwind_cars", name="The Airport branch", kind="branch"
    )
    with makegood.store.writing() as writing:
        writing.put_places([row])


def test_a_place_is_one_of_the_table_of_places_and_else_the_nearest_is_named(makegood, kathy):
    introduce(makegood)
    case = no_car(makegood)
    with_place(makegood)
    refused = name(kathy, case, place="airprt")
    assert refused.status_code == 422
    said = words_of(refused)
    assert "no place `airprt` in the table of places. Did you mean `airport`?" in said
    assert "The Airport branch" in said  # to choose from


@pytest.mark.parametrize("wrong", [{"rule": "nothing_such"}, {"cause": "ana@example.org said so"}])
def test_what_is_no_rule_or_personal_is_refused(makegood, kathy, wrong):
    introduce(makegood)
    case = no_car(makegood)
    assert name(kathy, case, **wrong).status_code == 422


def test_cases_of_one_cause_are_one_item_with_its_count_and_clock(makegood, clock, kathy, omar):
    behind(makegood, kathy)
    behind(makegood, omar, "ben")
    clock.advance(3 * DAY_MS)
    shown = words_of(omar.get(LIST))
    assert "2 cases in 3 days since the first" in shown
    assert "waits for an answer" in shown
    assert "the supervisors answer" in shown
    assert "No root cause is yours" in words_of(kathy.get(LIST))
    assert kathy.get(ONE).status_code == 404
    clock.advance(12 * DAY_MS)
    late = words_of(omar.get(LIST))
    assert "not answered in time" in late
    assert "1 of these is late" in late


def test_what_is_changed_is_answered_and_a_new_case_asks_again_by_itself(
    makegood, clock, kathy, omar
):
    behind(makegood, kathy)
    clock.advance(DAY_MS)
    for _ in range(2):  # sent twice it stands once
        assert omar.post(ANSWER, SENT | {"day": "2026-01-02"})["Location"] == LIST
    assert "More cars." in words_of(omar.get(ONE))
    assert "came back" not in words_of(omar.get(LIST))
    clock.advance(DAY_MS)
    behind(makegood, omar, "ben")
    shown = words_of(omar.get(LIST))
    assert "came back after the change" in shown
    assert "1 came after the change" in shown


def test_what_will_change_is_late_after_its_day_and_what_stays_asks_no_more(
    makegood, clock, kathy, omar
):
    behind(makegood, kathy)
    sent = SENT | {"answer": "will", "day": "2026-01-05", "says": "New fleet."}
    assert omar.post(ANSWER, sent).status_code == 302
    assert "will change" in words_of(omar.get(LIST))
    clock.advance(6 * DAY_MS)
    assert "not changed in time" in words_of(omar.get(LIST))
    assert omar.post(ANSWER, sent | {"answer": "stays", "says": "No fleet."}).status_code == 302
    behind(makegood, omar, "ben")
    assert "stays, with a reason" in words_of(omar.get(LIST))


@pytest.mark.parametrize(
    "wrong",
    [
        {"answer": "perhaps"},
        {"says": ""},
        {"says": "Ask ana@example.org"},
        {"day": "soon"},
        {"day": "9999-12-31"},
        {"day": "2027-01-01"},
        {"day": "2020-01-01", "answer": "will"},
    ],
)
def test_a_bad_answer_is_said_at_the_form(makegood, kathy, omar, wrong):
    behind(makegood, kathy)
    assert omar.post(ANSWER, SENT | wrong).status_code == 422
    assert "waits for an answer" in words_of(omar.get(LIST))


def test_who_serves_other_brands_sees_no_case_of_a_cause(makegood, kathy, vera):
    case = behind(makegood, kathy)
    assert case not in vera.get(LIST).content.decode()
    assert vera.get(ONE).status_code == 404


def test_after_a_replay_from_the_beginning_everything_leads_where_it_led(makegood, kathy, omar):
    case = behind(makegood, kathy)
    with makegood.store.reading() as reading:
        row = reading.case(case)
        before = reading.pointed("cause", "rule:no_car")
    assert row is not None
    with makegood.store.writing() as writing:
        writing.put_pointers([row.customer], ())
    makegood.intake.refold([row.customer])
    with makegood.store.reading() as reading:
        assert reading.pointed("cause", "rule:no_car") == before
        assert len(before) == 1
