"""The queue shows the customer about to be lost first, page by page, with few questions."""

import re

import pytest
from msgspec.structs import replace

from makegood.bootstrap import Makegood
from makegood.core.choosing import NOT_FREE
from makegood.core.decide import Asker
from makegood.messages.facts import PersonRefused
from makegood.messages.ids import RepId
from makegood.testing.clock import FakeClock
from makegood.web.metrics import Metrics, OfStore
from tests.e2e.screens import MINUTE_MS, case_of, customer_of, introduce, no_car, take
from tests.unit.desk.browsing import questions, words_of

BATCH = 120


def crowd(makegood: Makegood, count: int) -> None:
    for number in range(count):
        introduce(makegood, f"user:c{number}", f"Synthetic {number:03}")
        no_car(makegood, f"user:c{number}", reservation=f"R{number}")


def cases_on(page) -> list[str]:
    return re.findall(r'href="/desk/cases/(k\w+)"', page.content.decode())


def test_a_stranger_is_sent_to_sign_in(makegood: Makegood):
    from django.test import Client

    answer = Client().get("/desk/")
    assert answer.status_code == 302
    assert answer["Location"] == "/accounts/login/?next=/desk/"


def test_an_account_without_a_role_sees_nothing(makegood: Makegood):
    from django.contrib.auth.models import User
    from django.test import Client

    user, _ = User.objects.get_or_create(username="guest")
    client = Client()
    client.force_login(user, backend="django.contrib.auth.backends.ModelBackend")
    assert client.get("/desk/").status_code == 403


def test_the_second_failure_comes_first(makegood: Makegood, clock: FakeClock, kathy):
    for name in ("bo", "ana"):
        introduce(makegood, f"user:{name}", name.title())
        no_car(makegood, f"user:{name}")
        clock.advance(MINUTE_MS)
    introduce(makegood, "user:eve", "Eve")
    no_car(makegood, "user:ana", branch="Harbour", reservation="R2")
    no_car(makegood, "user:eve")
    page = kathy.get("/desk/")
    assert cases_on(page)[0] == case_of(makegood, "user:ana")
    assert "There was no car, twice" in words_of(page)


def test_pages_follow_each_other_without_a_gap_or_a_repeat(makegood: Makegood, kathy):
    crowd(makegood, BATCH)
    path, seen = "/desk/?show=all", []
    while path:
        page = kathy.get(path)
        seen += cases_on(page)
        more = re.search(r'href="(\?show=all&amp;after=[^"]+)"', page.content.decode())
        path = "/desk/" + more[1].replace("&amp;", "&") if more else ""
    assert len(seen) == len(set(seen)) == BATCH


def test_a_place_in_the_queue_that_is_nonsense_begins_at_the_top(makegood: Makegood, kathy):
    crowd(makegood, 2)
    assert len(cases_on(kathy.get("/desk/?after=..x&show=nothing"))) == 2


def test_every_page_asks_the_same_number_of_questions_whatever_there_is(makegood: Makegood, kathy):
    crowd(makegood, 2)
    case, customer = case_of(makegood, "user:c0"), customer_of(makegood, "user:c0")
    paths = (
        "/desk/", f"/desk/cases/{case}", f"/desk/customers/{customer}", "/desk/search?q=synth",
        "/desk/broken",
    )  # fmt: skip
    few = [questions(makegood, kathy, path) for path in paths]
    crowd(makegood, 40)
    for number in range(20):
        from makegood.messages.facts import Touchpoint

        take(makegood, "user:c0", Touchpoint(name="Call Centre Contacted"), f"call{number}")
    many = [questions(makegood, kathy, path) for path in paths]
    assert few == many
    assert max(asked for asked, _ in many) <= 25
    assert {django for _, django in many} == {3}  # whether signed out, who, which role


def test_mine_shows_only_mine(makegood: Makegood, kathy):
    crowd(makegood, 6)
    mine = cases_on(kathy.get("/desk/?show=mine"))
    with makegood.store.reading() as reading:
        owners = {row.case: row.owner for row in reading.cases(limit=50)}
    assert mine
    assert {owners[case] for case in mine} == {"kathy"}
    assert len(mine) < 6


def test_a_rep_of_another_brand_does_not_see_the_case(makegood: Makegood, vera):
    introduce(makegood)
    case = no_car(makegood)
    introduce(makegood, "user:van", "Van Morris")
    van = no_car(makegood, "user:van", brand="northwind_vans")
    assert cases_on(vera.get("/desk/")) == [van]
    assert vera.get(f"/desk/cases/{case}").status_code == 404
    assert vera.get(f"/desk/customers/{customer_of(makegood, 'user:ana')}").status_code == 404
    assert "Ana Ruiz" not in words_of(vera.get("/desk/search?q=ana"))
    assert "Van Morris" in words_of(vera.get("/desk/search?q=van"))
    assert vera.post(f"/desk/cases/{case}/note", {"text": "x", "token": "t"}).status_code == 404


def test_an_empty_queue_says_so(makegood: Makegood, kathy):
    assert "Nobody is waiting." in words_of(kathy.get("/desk/"))


@pytest.mark.parametrize(
    "after", ["\u00b2.1.k0", "--5.1.k0", "1.\u00b2.k0", f"{'9' * 30}.1.k0", "1.1."]
)
def test_a_place_that_is_none_begins_at_the_top(makegood: Makegood, kathy, after: str):
    assert kathy.get("/desk/", {"after": after}).status_code == 200


def test_totals_count_only_what_a_rep_may_see(makegood: Makegood, vera, kathy):
    crowd(makegood, 3)
    introduce(makegood, "user:van", "Van Morris")
    no_car(makegood, "user:van", brand="northwind_vans")
    assert "of 1 open with you" in words_of(vera.get("/desk/"))
    assert "held from marketing" not in words_of(vera.get("/desk/"))
    assert "of 4 open with you" in words_of(kathy.get("/desk/"))
    assert "4 customers held from marketing" in words_of(kathy.get("/desk/"))


def test_a_full_page_of_other_brands_does_not_hide_a_rep_s_own_case(makegood: Makegood, vera):
    crowd(makegood, 60)
    introduce(makegood, "user:van", "Van Morris")
    van = no_car(makegood, "user:van", brand="northwind_vans")
    assert cases_on(vera.get("/desk/")) == [van]


def test_a_case_that_nobody_has_stands_out_and_has_a_list_of_its_own(makegood: Makegood, kathy):
    crowd(makegood, 1)
    customer = customer_of(makegood, "user:c0")
    assert "nobody has it" not in words_of(kathy.get("/desk/"))
    for one in ("kathy", "omar"):
        body = PersonRefused(rep=RepId(one), side="customer")
        makegood.acts.act(customer, body, Asker(), message_id=f"no {one}")
    page = words_of(kathy.get("/desk/"))
    assert "One open case has nobody to look after it." in page
    assert "nobody has it" in page
    assert cases_on(kathy.get("/desk/?show=nobodys")) == [case_of(makegood, "user:c0")]
    assert b"makegood_cases_without_owner 1.0" in Metrics().page(
        OfStore(makegood.store, makegood.clock)
    )


def test_who_is_on_leave_or_kept_apart_is_not_handed_a_case_in_the_same_words(
    makegood: Makegood, kathy
):
    crowd(makegood, 1)
    case = case_of(makegood, "user:c0")
    with makegood.store.writing() as writing:
        reps = {one.rep: one for one in writing.reps()}
    owner = next(one.owner for one in owners(makegood))
    other = next(one for one in reps.values() if one.rep != owner)

    def handed() -> str:
        told = {"to": other.rep, "note": "Their car was not there."}
        answer = kathy.post(f"/desk/cases/{case}/hand-over", told)
        assert answer.status_code == 422
        return words_of(answer)

    with makegood.store.writing() as writing:
        writing.put_reps([replace(other, away_from_ms=1)])
    away = handed()
    with makegood.store.writing() as writing:
        writing.put_reps([other])
    body = PersonRefused(rep=other.rep, side="customer")
    makegood.acts.act(customer_of(makegood, "user:c0"), body, Asker(), message_id="no")
    assert NOT_FREE in away
    assert NOT_FREE in handed()


def owners(makegood: Makegood):
    with makegood.store.reading() as reading:
        return reading.cases(limit=5)
