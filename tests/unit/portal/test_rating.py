"""The page of a survey: looking answers nothing, one click does, and it can be changed."""

from collections.abc import Iterator

import pytest
from django.contrib.auth import get_user_model
from django.test import Client
from msgspec.structs import replace

from makegood.books.opening import read_book
from makegood.bootstrap import Makegood
from makegood.core.state import State, decode_state
from makegood.effects.words import Words
from makegood.messages.facts import Rated, Touchpoint
from makegood.messages.ids import RepId
from makegood.ports.reputation import Appeal
from makegood.runtime.reputations import appeal
from makegood.testing.book import HOUR_MS
from makegood.testing.clock import FakeClock
from tests.e2e.screens import customer_of, introduce, profile_of, serving, take
from tests.unit.desk.browsing import words_of

ABOUT = "B1/UA1"


@pytest.fixture
def served() -> Iterator[tuple[Makegood, FakeClock]]:
    with serving(read_book("airline")[0]) as both:
        yield both


def flown(makegood: Makegood, clock: FakeClock, met: str = "kathy") -> str:
    """Let Ana fly and be asked; give the address of her question."""
    introduce(makegood)
    facts: dict[str, object] = {
        "booking": "B1", "flight": "UA1", "brand": "meridian", "gate_agent": met, "minor": False,
    }  # fmt: skip
    take(makegood, "user:ana", Touchpoint(name="Leg Flown", properties=facts), "leg")
    clock.advance(2 * HOUR_MS)
    makegood.intake.advance([customer_of(makegood, "user:ana")], clock.now_ms())
    return path_of(makegood)


def path_of(makegood: Makegood, survey: str = "boarding", about: str = ABOUT) -> str:
    profile = profile_of("user:ana")
    return f"/s/{makegood.links.survey_token(profile, 'meridian', survey, about)}"


def state(makegood: Makegood) -> State:
    with makegood.store.reading() as reading:
        row = reading.row(customer_of(makegood, "user:ana"))
    assert row is not None
    return decode_state(row.state)


def test_looking_is_no_answer_and_names_the_person_met(makegood: Makegood, clock: FakeClock):
    page = Client().get(flown(makegood, clock))
    assert page.status_code == 200
    words = words_of(page)
    assert "How was boarding?" in words
    assert "About Kathy Moreno." in words
    assert "from “very bad” to “very good”" in words
    assert state(makegood).surveys[0].score is None


@pytest.mark.parametrize(
    ("lang", "words"), [("de", "Wie war das Einsteigen?"), ("es", "embarque")]
)
def test_it_asks_in_the_language_of_the_page(makegood, clock, lang: str, words: str):
    assert words in words_of(Client().get(f"{flown(makegood, clock)}?lang={lang}"))


def test_an_answer_is_taken_with_its_words_apart_from_the_log_and_can_be_changed(
    makegood: Makegood, clock: FakeClock
):
    path, client = flown(makegood, clock), Client(enforce_csrf_checks=True)
    sent = client.post(path, {"score": "5", "words": "She smiled.", "form": "f1"})
    assert sent.status_code == 302
    again = client.post(path, {"score": "5", "words": "She smiled.", "form": "f1"})
    assert again.status_code == 302
    one = state(makegood).surveys[0]
    assert (one.score, one.again) == (5, 0)
    with makegood.store.reading() as reading:
        assert reading.texts([one.words]) == {one.words: "She smiled."}
    assert "We have your answer" in words_of(client.get(sent["Location"]))
    client.post(path, {"score": "4", "form": "f2"})
    one = state(makegood).surveys[0]
    assert (one.score, one.again, one.words) == (4, 1, "")


def test_a_bad_answer_opens_a_case_with_the_words(makegood: Makegood, clock: FakeClock):
    Client().post(flown(makegood, clock), {"score": "1", "words": "He shouted.", "form": "f1"})
    case = state(makegood).open_case
    assert case is not None
    assert case.failures[0].rule == "rude_staff"
    assert case.failures[0].words == state(makegood).surveys[0].words != ""


@pytest.mark.parametrize("score", ["", "0", "6", "05", "five"])
def test_what_is_no_score_is_asked_for_again(makegood: Makegood, clock: FakeClock, score: str):
    answer = Client().post(flown(makegood, clock), {"score": score})
    assert answer.status_code == 422
    assert "Please choose one" in words_of(answer)
    assert state(makegood).surveys[0].score is None


def test_whoever_is_signed_in_at_the_desk_cannot_answer_as_the_customer(
    makegood: Makegood, clock: FakeClock
):
    path, kathy = flown(makegood, clock), Client()
    user = get_user_model().objects.get(username="kathy")
    kathy.force_login(user, backend="django.contrib.auth.backends.ModelBackend")
    assert kathy.post(path, {"score": "5"}).status_code == 302
    assert Client().post(path, {"score": "4"}).status_code == 302
    with makegood.store.reading() as reading:
        answers = [event.body for _, event in reading.log(0, 99)]
    assert [one.by for one in answers if isinstance(one, Rated)] == ["kathy", ""]


def test_what_a_person_wrote_of_a_meeting_goes_with_the_customer(
    makegood: Makegood, clock: FakeClock
):
    flown(makegood, clock)
    made = appeal(makegood.store, clock, RepId("kathy"), ABOUT, "Ana Ruiz was late herself.")
    assert isinstance(made, Appeal)
    makegood.erasing.person("user:ana")
    with makegood.store.reading() as reading:
        assert reading.appeal(made.id) == replace(made, why="")


def test_only_what_was_asked_can_be_answered(makegood: Makegood, clock: FakeClock):
    flown(makegood, clock)
    for path in (path_of(makegood, about="B1/UA2"), path_of(makegood, survey="x"), "/s/forged"):
        assert Client().post(path, {"score": "5"}).status_code == 404
    profile = profile_of("user:ana")
    other = makegood.links.unsubscribe_token(profile, "meridian", "mail")
    assert Client().get(f"/s/{other}").status_code == 404


def test_a_link_ends(makegood: Makegood, clock: FakeClock):
    path = flown(makegood, clock)
    clock.advance(31 * 24 * HOUR_MS)
    assert Client().post(path, {"score": "5"}).status_code == 410


def test_the_message_carries_the_link_of_its_question(makegood: Makegood, clock: FakeClock):
    path = flown(makegood, clock)
    with makegood.store.reading() as reading:
        (row,) = reading.outbox_of([profile_of("user:ana")])
        person = reading.persons([profile_of("user:ana")])[profile_of("user:ana")]
    words = Words(lambda: makegood.library, makegood.links)
    rendered = words.render(row.command, person, "mail")
    assert rendered.subject == "How was boarding?"
    link = next(word for word in rendered.text.split() if "/s/" in word)
    assert Client().get(link.removeprefix("http://localhost:8000")).status_code == 200
    assert path.startswith("/s/")


def test_the_way_out_of_questions_is_on_the_page(makegood: Makegood, clock: FakeClock):
    page = Client().get(flown(makegood, clock)).content.decode()
    left = page.split('href="/u/')[1].split('"')[0]
    Client().post(f"/u/{left}", {"scope": "one"})
    assert state(makegood).unsubscribed == (("meridian", "*"),)


def test_one_click_in_the_mail_is_no_answer_until_somebody_sends_it(makegood, clock):
    path = flown(makegood, clock)
    for score in range(1, 6):  # a program that checks links opens all of them
        shown = Client().get(f"{path}?score={score}")
        assert Client().head(f"{path}?score={score}").status_code == 200
        assert f'data-clicked="{score}"' in shown.content.decode()
    one = state(makegood).surveys[0]
    assert (one.score, one.rated_ms) == (None, 0)
    assert state(makegood).open_case is None
    Client().post(path, {"score": "2", "form": "f1c", "clicked": "1"})
    assert state(makegood).surveys[0].score == 2


def test_a_click_on_what_is_no_score_or_was_said_already_chooses_nothing(makegood, clock):
    path = flown(makegood, clock)
    for score in ("0", "6", "x", "<b>"):
        assert "data-clicked" not in Client().get(path, {"score": score}).content.decode()
    Client().post(path, {"score": "4", "form": "f1"})
    assert "data-clicked" not in Client().get(path, {"score": "4"}).content.decode()


def test_an_old_page_or_another_look_at_the_mail_never_takes_an_answer_back(makegood, clock):
    path = flown(makegood, clock)
    Client().post(path, {"score": "5", "form": "f1"})
    shown = Client().get(path, {"score": "1"}).content.decode()
    assert "data-clicked" not in shown
    assert 'name="score" value="1" checked' in shown  # its button still sends it


def test_what_was_written_is_still_there_when_the_answer_could_not_be_taken(makegood, clock):
    path = flown(makegood, clock)
    answer = Client().post(path, {"score": "", "words": "She <b>smiled</b>.", "form": "f1"})
    assert answer.status_code == 422
    assert "She &lt;b&gt;smiled&lt;/b&gt;.</textarea>" in answer.content.decode()


def test_the_mail_has_a_line_for_each_answer(makegood: Makegood, clock: FakeClock):
    flown(makegood, clock)
    with makegood.store.reading() as reading:
        (row,) = [
            one
            for one in reading.outbox_of([profile_of("user:ana")])
            if one.command.step.startswith("survey/")
        ]
        person = reading.persons([profile_of("user:ana")])[profile_of("user:ana")]
    words = Words(lambda: makegood.library, makegood.links)
    text = words.render(row.command, person, "mail").text
    assert "5 (very good): http" in text
    assert [text.count(f"?score={n}") for n in range(7)] == [0, 1, 1, 1, 1, 1, 0]
    german = words.render(row.command, replace(person, language="de"), "mail").text
    assert "1 (sehr schlecht): http" in german


def test_several_questions_are_answered_in_part_and_the_rest_later(makegood, clock):
    path, client = flown(makegood, clock), Client()
    shown = words_of(client.get(path))
    assert "Were you treated well?" in shown
    assert "Was it easy?" in shown
    sent = client.post(path, {"score-treated": "2", "words": "In a hurry.", "form": "f1"})
    assert sent.status_code == 302
    one = state(makegood).surveys[0]
    assert (one.score, one.more) == (None, (("treated", 2),))
    assert one.words
    client.post(path, {"score": "5", "score-treated": "2", "score-easy": "7", "form": "f2"})
    one = state(makegood).surveys[0]
    assert (one.score, dict(one.more)) == (5, {"treated": 2, "easy": 7})
    assert one.again == 0  # what was said before says nothing new
    assert one.words, "words stay when another question is answered"


def test_a_score_of_another_question_or_off_its_scale_is_no_answer(makegood, clock):
    path = flown(makegood, clock)
    answer = Client().post(path, {"score-treated": "6", "score-other": "1", "form": "f1"})
    assert answer.status_code == 422
    assert not state(makegood).surveys[0].is_answered
