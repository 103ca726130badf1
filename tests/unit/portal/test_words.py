"""The catalogue says the same things in every language."""

import string

import pytest

from makegood.portal.speech import CATALOGUE, Speech, language_of


def names_in(phrase: str) -> set[str]:
    return {name for _, name, _, _ in string.Formatter().parse(phrase) if name}


@pytest.mark.parametrize("language", sorted(set(CATALOGUE) - {"en"}))
def test_every_language_has_the_same_phrases_with_the_same_names(language: str):
    english, other = CATALOGUE["en"], CATALOGUE[language]
    assert set(english) == set(other)
    assert {key for key in english if names_in(english[key]) != names_in(other[key])} == set()


@pytest.mark.parametrize("language", sorted(set(CATALOGUE) - {"en"}))
def test_every_phrase_is_translated(language: str):
    same = {key for key, words in CATALOGUE[language].items() if words == CATALOGUE["en"][key]}
    assert same <= {"done.gift", "happened.named", "channel.sms"}


@pytest.mark.parametrize(
    ("asked", "header", "language"),
    [
        ("", "de-DE,de;q=0.9,en;q=0.8", "de"),
        ("es", "de", "es"),
        ("xx", "fr, es;q=0.5, de;q=0.1", "es"),
        ("", "fr", "en"),
        ("", ";;;q=x,,", "en"),
    ],
)
def test_the_language_is_asked_for_or_the_browser_s(
    makegood: object, asked: str, header: str, language: str
):
    from django.test import RequestFactory

    request = RequestFactory().get("/", {"lang": asked}, headers={"Accept-Language": header})
    assert language_of(request) == language


def test_a_language_we_do_not_speak_is_answered_in_english():
    assert Speech("fr").say("choice.button") == "Choose this"


@pytest.mark.parametrize(
    ("clock", "says"),
    [("1:05", "a la 1:05"), ("2:05", "a las 2:05"), ("11:05", "a las 11:05")],
)
def test_one_o_clock_is_one_in_spanish(clock: str, says: str):
    assert Speech("es").say("happened.today", clock=clock) == says


def test_a_distance_has_the_point_of_its_language():
    assert [Speech(tag).number(0.9) for tag in CATALOGUE] == ["0.9", "0,9", "0,9"]
