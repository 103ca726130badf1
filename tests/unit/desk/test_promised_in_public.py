"""Promised in public: both figures, one press to say which way, and nobody's name."""

from collections.abc import Iterator

import pytest

from makegood.bootstrap import Makegood
from makegood.ports.advertised import Touching
from makegood.runtime.voice_keeping import without_words
from makegood.testing.clock import FakeClock
from tests.e2e.screens import serving
from tests.unit.desk.browsing import questions, words_of
from tests.unit.runtime.advertised_world import ADVERTISED, BOOK, heard, verdicts

AT = "/desk/feelings/promises"
MANY = BOOK + "".join(
    f"  - {{id: p{n:03}, says: {{en: Promise {n}}}, words: {{en: [car]}}, failures: [no_car]}}\n"
    for n in range(190)
)


@pytest.fixture
def served(request: pytest.FixtureRequest) -> Iterator[tuple[Makegood, FakeClock]]:
    with serving(getattr(request, "param", BOOK)) as both:
        yield both


def weigh(it: Makegood) -> None:
    while it.voice.advertised.run_once():
        pass


def test_both_figures_stand_beside_each_other(makegood, kathy):
    assert "nothing was heard about it" in words_of(kathy.get(AT))
    for n in range(30):
        heard(makegood, str(n), rating="1 of 5" if n < 25 else "")
    weigh(makegood)
    shown = words_of(kathy.get(AT))
    assert "Said in public: 25 of 30 posts say that it was not so: between" in shown
    assert "whichever way the 5 unjudged turn" in shown
    assert "Measured: it failed in 0 cases." in shown
    lines = kathy.get(f"{AT}.csv").content.decode().splitlines()
    assert lines[1].startswith("ready,90,posts_against,25,30,0.6")
    assert "ready,90,cases_failed,0,,," in lines
    assert "25 of 30" in words_of(kathy.get(f"{AT}?days=30"))


def test_one_press_says_which_way_and_nobodys_name_is_shown(makegood, kathy, omar):
    post = heard(makegood, "1", "No car <b>at all</b>.")
    weigh(makegood)
    page = kathy.get(f"{AT}/ready")
    assert "Because it has the words" in words_of(page)
    assert "&lt;b&gt;" in page.content.decode()
    assert "ana@example.social" not in page.content.decode()
    done = kathy.post(f"{AT}/ready/{post}/against", {"list": "unjudged"}, follow=True)
    assert done.redirect_chain[-1][0] == f"{AT}/ready?list=unjudged"
    assert "Written down, with your name" in words_of(done)
    assert "Kathy" in words_of(omar.get(f"{AT}/ready?list=against"))
    assert verdicts(makegood, post) == [("ready", "against", "person")]
    omar.post(f"{AT}/ready/{post}/aside", {"list": "https://example.org"}, follow=True)
    assert "No such posts" in words_of(kathy.get(f"{AT}/ready"))
    assert "About something else" in words_of(kathy.get(f"{AT}/ready?list=aside"))


def test_a_post_without_the_words_is_found_among_the_others(makegood, kathy):
    post = heard(makegood, "1", "An hour at the counter!")
    weigh(makegood)
    assert "No such posts" in words_of(kathy.get(f"{AT}/ready"))
    assert "An hour at the counter" in words_of(kathy.get(f"{AT}/ready?list=others"))
    kathy.post(f"{AT}/ready/{post}/unjudged", {"list": "others"})
    assert "There are no other posts" in words_of(kathy.get(f"{AT}/ready?list=others"))
    assert "An hour at the counter" in words_of(kathy.get(f"{AT}/ready?list=unjudged"))


def test_what_another_brand_says_and_hears_is_not_there(makegood, kathy, vera):
    cars = heard(makegood, "1", "No car by cars.", brand="northwind_cars")
    vans = heard(makegood, "2", "No car by vans.", brand="northwind_vans")
    weigh(makegood)
    theirs = words_of(vera.get(f"{AT}/ready"))
    assert "by vans" in theirs
    assert "by cars" not in theirs
    assert vera.post(f"{AT}/ready/{cars}/kept").status_code == 404
    assert vera.post(f"{AT}/ready/{vans}/kept").status_code == 302
    assert "1 of 1" not in words_of(vera.get(f"{AT}?brand=northwind_cars"))
    assert "Every van is clean" not in words_of(kathy.get(f"{AT}?brand=northwind_cars"))
    assert verdicts(makegood, cars) == [("ready", "unjudged", "words")]


def test_nothing_strange_is_taken(makegood, kathy):
    post = heard(makegood, "1")
    assert kathy.post(f"{AT}/ready/{post}/maybe").status_code == 404
    assert kathy.get(f"{AT}/ready/{post}/kept").status_code == 405
    assert kathy.get(f"{AT}?after=zzz&days=x&brand=y").status_code == 200
    for after in ("x", "1.2", "9" * 40, f"1.{'g' * 32}"):
        assert kathy.get(f"{AT}/ready?after={after}").status_code == 200
    makegood.voice.room.gone(post, "kathy")
    done = kathy.post(f"{AT}/ready/{post}/kept", follow=True)
    assert "its author took it back" in words_of(done)


def test_posts_page_to_the_end(makegood, kathy, clock):
    for n in range(45):
        heard(makegood, str(n), f"No car, number {n:02}.")
        clock.advance(1_000)
    weigh(makegood)
    seen, after = "", ""
    for _ in range(3):
        page = kathy.get(f"{AT}/ready?after={after}")
        seen += words_of(page)
        marks = page.content.decode().split("after=")
        after = marks[-1].split('"')[0] if len(marks) > 1 else ""
    assert all(f"number {n:02}." in seen for n in range(45))
    assert not after


@pytest.mark.parametrize("served", [MANY], indirect=True)
def test_many_promises_cost_no_more_questions_than_one(makegood, kathy):
    heard(makegood, "1")
    weigh(makegood)
    many = questions(makegood, kathy, AT)
    one = questions(makegood, kathy, f"{AT}/ready")
    assert many[0] <= one[0]
    page, shown = kathy.get(AT), 0
    while True:
        shown += page.content.decode().count('aria-labelledby="promise-')
        marks = page.content.decode().split("after=")
        if len(marks) == 1:
            break
        page = kathy.get(f"{AT}?after={marks[-1].split(chr(34))[0]}")
    assert shown == 192


def test_many_posts_cost_no_more_questions_than_one(makegood, kathy):
    heard(makegood, "0")
    weigh(makegood)
    first = [questions(makegood, kathy, f"{AT}/ready{it}") for it in ("", "?list=others")]
    for n in range(1, 60):
        heard(makegood, str(n))
    weigh(makegood)
    assert [questions(makegood, kathy, f"{AT}/ready{it}") for it in ("", "?list=others")] == first
    assert ADVERTISED


def test_a_post_whose_words_are_gone_stays_in_the_count_and_nobody_can_judge_it(makegood, kathy):
    post = heard(makegood, "1")
    weigh(makegood)
    with makegood.store.writing() as writing:
        row = without_words(writing.change_post(post))
        writing.prune_posts([row], [])
    page = words_of(kathy.get(f"{AT}/ready"))
    assert "0 of 1 post say that it was not so" in page
    assert "they were kept for as long as we keep them" in page
    assert "Says it was so" not in page.partition("Its words are gone")[2]
    assert kathy.post(f"{AT}/ready/{post}/against").status_code == 404
    assert verdicts(makegood, post) == [("ready", "unjudged", "words")]


def test_what_a_machine_read_is_labelled(makegood, kathy):
    row = Touching(
        promise="ready", post=heard(makegood, "1"), brand="", at_ms=makegood.clock.now_ms(),
        verdict="against", because="read",
    )  # fmt: skip
    weigh(makegood)
    with makegood.store.writing() as writing:
        writing.put_weighed([row.post], [row])
    assert "read by a machine" in words_of(kathy.get(f"{AT}/ready?list=against"))


def test_who_presses_what_somebody_said_before_is_told_so_and_stays_where_they_are(
    makegood, kathy, omar
):
    post = heard(makegood, "1", brand="northwind_cars")
    weigh(makegood)
    kathy.post(f"{AT}/ready/{post}/against")
    fields = {"list": "unjudged", "brand": "northwind_cars", "days": "30"}
    done = omar.post(f"{AT}/ready/{post}/against", fields, follow=True)
    assert "Kathy Moreno said so before; it stands." in words_of(done)
    assert done.redirect_chain[-1][0] == f"{AT}/ready?list=unjudged&brand=northwind_cars&days=30"
    assert "Kathy" in words_of(kathy.get(f"{AT}/ready?list=against"))
    elsewhere = omar.post(f"{AT}/ready/{post}/kept", {"brand": "https://example.org"})
    assert elsewhere["Location"] == f"{AT}/ready"
