"""An owner who does not work at the desk answers for what is theirs, and sees nothing else."""

from collections.abc import Iterator

import pytest
from msgspec.structs import replace

from makegood.bootstrap import Makegood
from makegood.messages.ids import RepId
from makegood.ports.reputation import RuleAnswer
from makegood.ports.rows import RepRow
from makegood.testing.clock import FakeClock
from tests.e2e.screens import introduce, serving
from tests.unit.desk.browsing import words_of
from tests.unit.desk.test_floor import raised
from tests.unit.desk.test_root_causes import behind, with_place
from tests.unit.runtime.test_asking_owners import BOOK, DAY_MS

LIST, ONE, GIVE = (f"/desk/floor/answers{end}" for end in ("", "/one", "/give"))
OURS, OTHERS = "?cause=rule:no_car", "?cause=place:airport"
SENT = {"cause": "rule:no_car", "answer": "stays", "says": "The fleet is as it is."}
MIRA = RepRow(rep=RepId("mira"), name="Mira Sand", role="employee")


@pytest.fixture
def served() -> Iterator[tuple[Makegood, FakeClock]]:
    with serving(BOOK) as both:
        with both[0].store.writing() as writing:
            writing.put_reps([MIRA])
        yield both


def test_an_employee_answers_for_what_is_theirs_and_nothing_else_exists(
    makegood, kathy, omar, mira
):
    with_place(makegood)
    behind(makegood, kathy, "ana")
    behind(makegood, omar, "ben", place="airport")
    assert "What you answer for" in words_of(mira.get("/desk/floor/"))
    page = words_of(mira.get(LIST))
    assert "There was no car" in page
    assert "Airport" not in page
    assert "Ruiz" not in words_of(mira.get(ONE + OURS))
    assert mira.get(ONE + OTHERS).status_code == 404
    assert mira.post(GIVE, SENT | {"cause": "place:airport"}).status_code == 404
    assert mira.post(GIVE, SENT | {"cause": "rule:\x00no_car"}).status_code == 302
    assert mira.post(GIVE, SENT | {"says": ""}).status_code == 422
    assert mira.post(GIVE, SENT)["Location"] == LIST
    assert "stays, with a reason" in words_of(mira.get(LIST))
    assert kathy.get(ONE + OURS).status_code == 404
    assert kathy.post(GIVE, SENT).status_code == 404


def test_a_supervisor_reads_which_owned_place_the_table_lacks_and_whose_mail_did_not_go(
    makegood, kathy, omar
):
    behind(makegood, kathy)
    says = "an owner for quay, which the table of places does not have"
    assert says in words_of(omar.get("/desk/team/root-causes"))
    assert says not in words_of(kathy.get("/desk/team/root-causes"))
    makegood.owners_asked.round()
    while not makegood.worker.run_once().is_idle:
        pass
    page = words_of(omar.get("/desk/broken"))
    assert "Question to who answers for “There was no car” for Mira Sand" in page
    assert "The roster has no mail address of this owner." in page


def test_the_same_answer_sent_twice_is_one_act(makegood, kathy, mira):
    behind(makegood, kathy)
    for _ in range(2):
        assert mira.post(GIVE, SENT).status_code == 302
    with makegood.store.reading() as reading:
        acts = [one for one in reading.acts(limit=50) if one.what == "root_cause.answered"]
    assert [one.who for one in acts] == ["mira"]


def test_who_left_answers_no_more_and_the_page_says_who_is_named(makegood, kathy, omar, mira):
    behind(makegood, kathy)
    with makegood.store.writing() as writing:
        writing.put_reps([replace(MIRA, left_ms=makegood.clock.now_ms())])
    assert mira.post(GIVE, SENT).status_code == 404
    shown = words_of(omar.get("/desk/team/root-causes"))
    assert "the supervisors answer: mira, whom the rule book names, does not work here" in shown


def test_a_supervisor_of_one_brand_sees_what_has_a_case_of_theirs_alone(makegood, kathy, omar):
    behind(makegood, kathy)
    with makegood.store.reading() as reading:
        row = next(one for one in reading.reps() if one.rep == "omar")
    brands = [one for one in makegood.book.brands if one != "northwind_cars"]
    with makegood.store.writing() as writing:
        writing.put_reps([replace(row, brands=(brands[0],))])
    assert "There was no car" not in words_of(omar.get("/desk/team/root-causes"))
    assert omar.get(f"/desk/team/root-cause{OURS}").status_code == 404
    assert omar.post("/desk/team/root-cause/answer", SENT).status_code == 404


def test_an_employee_answers_for_a_rule_that_customers_find_worse(makegood, clock, mira, kathy):
    now_ms = clock.now_ms()
    rows = [
        RuleAnswer(rule=rule, owner=owner, asked_ms=now_ms, due_ms=now_ms + DAY_MS)
        for rule, owner in (("no_car", "mira"), ("fee", "vera"))
    ]
    with makegood.store.writing() as writing:
        for row in rows:
            writing.put_rule_answer(row)
    page = words_of(mira.get(LIST))
    assert "Customers find this rule worse" in page
    assert mira.post(GIVE, {"rule": "fee", "says": "So it is."}).status_code == 404
    assert mira.post(GIVE, {"rule": "no_car", "says": " "}).status_code == 422
    assert mira.post(GIVE, {"rule": "no_car", "says": "More cars."}).status_code == 302
    assert "Customers find this rule worse" not in words_of(mira.get(LIST))


@pytest.mark.parametrize(("take", "link"), [({}, "?raised="), ({"take": "yes"}, "?mine=")])
def test_all_that_is_somebody_s_can_be_reached_page_by_page(makegood, mira, take, link):
    for n in range(35):
        introduce(makegood, f"user:u{n}", f"Uma{n} Ruiz")
        raised(mira, who=f"u{n}@example.org", token=f"t{n}", **take)
    seen, path = set(), "/desk/floor/"
    for _ in range(4):
        page = mira.get(path).content.decode()
        seen |= {one.partition('"')[0] for one in page.split('href="/desk/floor/cases/')[1:]}
        following = [part for part in page.split('href="') if part.startswith(link)]
        if not following:
            break
        path = "/desk/floor/" + following[0].partition('"')[0].replace("&amp;", "&")
    assert len(seen) == 35
