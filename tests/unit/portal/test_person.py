"""The page about one's own person: chosen without a script, quiet about whom one avoids."""

import re

import pytest
from django.test import Client
from msgspec.structs import replace

from makegood.bootstrap import Makegood
from makegood.core.decide import Asker
from makegood.core.my_person import MyPerson, person_of
from makegood.core.state import decode_state
from makegood.effects.words import Words
from makegood.messages.facts import PersonChosen, PersonRefused
from makegood.messages.ids import RepId
from makegood.ports.reputation import Published
from makegood.ports.rows import OutboxStatus
from makegood.testing.clock import FakeClock
from tests.e2e.screens import (
    MINUTE_MS,
    REPS,
    customer_of,
    introduce,
    no_car,
    portal_path,
    profile_of,
)
from tests.unit.desk.browsing import CountingStore, words_of

KATHY, OMAR = RepId("kathy"), RepId("omar")
DAY_MS = 24 * 60 * MINUTE_MS


def path(makegood: Makegood, who: str = "user:ana") -> str:
    return f"/p/{makegood.links.person_token(profile_of(who), '')}"


def mine(makegood: Makegood, who: str = "user:ana") -> MyPerson:
    with makegood.store.reading() as reading:
        row = reading.row(customer_of(makegood, who))
    assert row is not None
    return decode_state(row.state).my_person


def roster(makegood: Makegood, rep: str, **more: object) -> None:
    with makegood.store.writing() as writing:
        row = next(one for one in writing.reps() if one.rep == rep)
        writing.put_reps([replace(row, **more)])


@pytest.fixture
def page(makegood: Makegood) -> str:
    introduce(makegood)
    introduce(makegood, "user:bo", "Bo")
    return path(makegood)


def test_looking_chooses_nobody(makegood: Makegood, page: str):
    words = words_of(Client().get(page))
    assert "You have chosen nobody yet." in words
    assert "Kathy Moreno" in words
    assert "too few have answered to tell" in words
    assert mine(makegood) == MyPerson()


def test_a_choice_is_made_in_order_changed_and_taken_back(makegood: Makegood, page: str):
    client = Client(enforce_csrf_checks=True)
    sent = client.post(f"{page}/choose", {"first": "omar", "second": "kathy", "form": "f"})
    assert sent.status_code == 302
    shown = words_of(client.get(sent["Location"]))
    assert "Omar Haddad is your person, since 1 January 2026." in shown
    client.post(f"{page}/choose", {"first": "kathy", "form": "g"})
    assert person_of(mine(makegood)) == KATHY
    client.post(f"{page}/choose", {"first": "", "form": "h"})
    assert mine(makegood).choices == ()


def test_the_same_form_sent_twice_is_one_choice(makegood: Makegood, page: str):
    for _ in range(2):
        Client().post(f"{page}/choose", {"first": "omar", "form": "f"})
    with makegood.store.reading() as reading:
        history = reading.history(customer_of(makegood, "user:ana"))
    assert sum(isinstance(one.body, PersonChosen) for one in history) == 1


def test_who_is_full_is_said_with_the_place_in_the_line(makegood: Makegood, page: str):
    roster(makegood, "kathy", capacity=1)
    Client().post(f"{path(makegood, 'user:bo')}/choose", {"first": "kathy"})
    assert "Full, 0 waiting" in words_of(Client().get(page))
    sent = Client().post(f"{page}/choose", {"first": "kathy", "second": "omar"})
    shown = words_of(Client().get(sent["Location"]))
    assert "You are number 1 on the waiting list of Kathy Moreno." in shown
    assert "Omar Haddad is your person" in shown


def test_room_is_told_by_one_mail_that_leads_to_this_page(makegood: Makegood, page: str):
    roster(makegood, "kathy", capacity=1)
    Client().post(f"{path(makegood, 'user:bo')}/choose", {"first": "kathy", "form": "a"})
    Client().post(f"{page}/choose", {"first": "kathy"})
    Client().post(f"{path(makegood, 'user:bo')}/choose", {"first": "", "form": "b"})
    assert makegood.rooms.fill() == 1
    assert makegood.rooms.fill() == 0
    assert person_of(mine(makegood)) == KATHY
    with makegood.store.reading() as reading:
        rows = reading.outbox(OutboxStatus.WAITING, "", 20)
        person = reading.persons([profile_of("user:ana")])[profile_of("user:ana")]
    (row,) = (one for one in rows if one.command.step.startswith("person/room"))
    said = Words(lambda: makegood.library, makegood.links, makegood._rep_name).render(
        row.command, person, "mail"
    )
    assert said.subject == "Kathy Moreno has room for you"
    found = re.search(r"/p/\S+", said.text)
    assert found is not None
    assert Client().get(found[0]).status_code == 200


def test_who_covers_is_named_with_the_reason(makegood: Makegood, clock: FakeClock, page: str):
    Client().post(f"{page}/choose", {"first": "kathy"})
    roster(makegood, "kathy", away_from_ms=clock.now_ms(), away_until_ms=clock.now_ms() + DAY_MS,
           cover="omar")  # fmt: skip
    shown = words_of(Client().get(page))
    assert "Kathy Moreno is away and back on 2 January 2026" in shown
    assert "Omar Haddad covers meanwhile, as Kathy Moreno asked." in shown


def test_somebody_can_be_avoided_without_a_word_and_taken_back(makegood: Makegood, page: str):
    client = Client()
    sent = client.post(f"{page}/refuse", {"rep": "kathy", "form": "a"})
    assert "You will not meet this person through us." in words_of(client.get(sent["Location"]))
    assert mine(makegood).denied == {KATHY}
    refused = client.post(f"{page}/choose", {"first": "kathy"})
    assert refused.status_code == 422
    assert "cannot be chosen just now" in words_of(refused)
    client.post(f"{page}/refuse", {"rep": "kathy", "again": "yes", "form": "b"})
    assert mine(makegood).denied == frozenset()
    assert client.post(f"{page}/refuse", {"rep": "nobody"}).status_code == 422


def test_what_a_rep_wished_is_shown_by_nothing_but_their_absence(makegood: Makegood, page: str):
    ana = customer_of(makegood, "user:ana")
    no = PersonRefused(rep=KATHY, side="rep", why="text:why")
    makegood.acts.act(
        ana, no, Asker(rep=KATHY, role="rep"), message_id="no", texts={"text:why": "She shouts."}
    )
    shown = Client().get(page).content.decode()
    assert "shouts" not in shown
    assert 'name="again"' not in shown
    assert shown.count('value="kathy"') == 1  # among those one may avoid, like everybody
    assert Client().post(f"{page}/choose", {"first": "kathy"}).status_code == 422


def test_who_serves_another_brand_left_or_takes_nobody_is_not_offered(makegood, page: str):
    roster(makegood, "kathy", left_ms=1)
    roster(makegood, "omar", capacity=0)
    shown = words_of(Client().get(page))
    assert "Kathy" not in shown
    assert "Omar Haddad Mon" not in shown
    vans = f"/p/{makegood.links.person_token(profile_of('user:ana'), 'northwind_cars')}"
    assert "Vera" not in words_of(Client().get(vans))


def test_what_others_say_is_a_range_with_the_number_behind_it(makegood: Makegood, page: str):
    said = Published(
        kind="rep", subject="kathy", standing="better", low=71, high=92, usual=70, at_least=45,
        reasons=(("policy", 10),), at_ms=makegood.clock.now_ms(),
    )  # fmt: skip
    with makegood.store.writing() as writing:
        writing.put_published([said])
    assert "of 100 were content" not in words_of(Client().get(page)), "before Kathy read it"
    with makegood.store.writing() as writing:
        writing.put_seen(KATHY, makegood.clock.now_ms())
    shown = words_of(Client().get(page))
    assert "between 71 and 92 of 100 were content (45 or more answered)" in shown
    assert "it was about: a rule they had to apply (10+)" in shown


@pytest.mark.parametrize(
    ("lang", "words"), [("de", "Ihre Ansprechperson"), ("es", "Su persona de confianza")]
)
def test_it_is_read_in_three_languages(page: str, lang: str, words: str):
    assert words in words_of(Client().get(f"{page}?lang={lang}"))


def test_two_records_that_were_one_customer_are_asked_about(makegood, clock, page: str):
    Client().post(f"{page}/choose", {"first": "kathy"})
    clock.advance(1000)
    Client().post(f"{path(makegood, 'user:bo')}/choose", {"first": "omar"})
    with makegood.store.writing() as writing:
        writing.link(profile_of("user:ana"), profile_of("user:bo"))
    one = customer_of(makegood, "user:ana")
    makegood.intake.refold([one])
    shown = words_of(Client().get(page))
    assert "You had chosen Kathy Moreno, and later Omar Haddad" in shown


def test_a_link_for_something_else_or_too_old_opens_nothing(makegood, clock, page: str):
    survey = makegood.links.survey_token(profile_of("user:ana"), "", "x", "y")
    assert Client().get(f"/p/{survey}").status_code == 404
    clock.advance(31 * DAY_MS)
    assert Client().get(page).status_code == 410


def test_the_page_of_a_case_leads_here(makegood: Makegood, page: str):
    no_car(makegood)
    found = re.search(r'href="(/p/[^"]+)"', Client().get(portal_path(makegood)).content.decode())
    assert found is not None
    assert Client().get(found[1]).status_code == 200


def test_the_page_asks_the_same_number_of_questions_whoever_works_here(makegood, page: str):
    counted = CountingStore(makegood.store)
    makegood.store = counted
    Client().get(page)
    few = sum(counted.asked.values())
    counted.asked.clear()
    with makegood.store.writing() as writing:
        writing.put_reps([replace(REPS[0], rep=RepId(f"r{n}"), name=f"R{n}") for n in range(60)])
    Client().get(page)
    assert sum(counted.asked.values()) == few
    assert "write a name to find them" in words_of(Client().get(page))
    assert "R59" in words_of(Client().get(f"{page}?find=r59"))


def test_who_has_left_is_nobody_to_write_to(makegood: Makegood, page: str):
    choose_kathy = Client().post(page + "/choose", {"first": "kathy", "form": "f1"})
    assert choose_kathy.status_code == 302
    makegood.leavings.begin(KATHY, makegood.clock.now_ms() - 1, "omar")
    shown = words_of(Client().get(page))
    assert "Kathy Moreno no longer works here. Please choose again." in shown
    assert "Kathy Moreno is your person" not in shown
    assert "Write to us" in shown
    assert "Kathy Moreno has a mail address" not in shown


def test_a_refused_choice_need_not_be_made_again(makegood: Makegood, page: str):
    twice = Client().post(page + "/choose", {"first": "omar", "second": "omar", "form": "f1"})
    assert twice.status_code == 422
    assert twice.content.decode().count('value="omar" selected') == 2
