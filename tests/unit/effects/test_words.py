import pytest

from makegood.effects.locales import locale_of
from makegood.effects.words import greeting, spoken
from makegood.messages.commands import MessageClass
from makegood.messages.errors import EffectFailed
from makegood.playbooks.messages import GIVEN, OF_A_CASE
from makegood.playbooks.messages import spoken as spoken_names
from makegood.playbooks.terms import MessageText
from makegood.ports.rows import PersonRow
from tests.unit.effects.scene import ANA, PROFILE, book, command, message, template, words

BERTA = PersonRow(profile=PROFILE, name="Dr. Berta Maier", language="de-AT")


def test_an_apology_greets_names_the_owner_the_sum_and_the_page():
    said = words().render(command(message()), ANA, "mail")
    assert said.subject == "We are sorry about R-42"
    assert said.text.startswith("Hello Ana,\n\nYou are owed $189.00. Kathy looks after you: ")
    assert "https://care.example/c/" in said.text
    assert said.unsubscribe_url == ""


def test_the_same_in_german_with_german_money():
    said = words().render(command(message()), BERTA, "mail")
    assert said.language == "de"
    assert said.text.startswith("Guten Tag Berta,")
    assert "189,00" in said.text


def test_a_language_the_book_does_not_speak_falls_back_to_english_throughout():
    said = words().render(command(message()), PersonRow(profile=PROFILE, language="fi"), "mail")
    assert said.text.startswith("Hello,\n\nYou are owed $189.00.")


@pytest.mark.parametrize(
    ("name", "language", "expected"),
    [
        ("", "en", "Hello,"),
        ("Ana", "es", "Hola Ana,"),
        ("Prof. Dr. Ana Lopez", "de", "Guten Tag Ana,"),
        ("Ana", "sw", "Hello Ana,"),
        ("Dr.", "en", "Hello,"),
    ],
)
def test_greetings(name, language, expected):
    assert greeting(name, language) == expected


def test_without_an_owner_the_brand_speaks():
    said = words().render(command(message(variables={"about": "", "owed_cents": 1})), ANA, "mail")
    assert "Rent & Go looks after you" in said.text


def test_an_unknown_variable_is_a_dead_letter_and_not_a_gap_in_the_mail():
    broken = template("broken", {"en": MessageText(subject="x", text="Due in $minutes minutes")})
    with pytest.raises(EffectFailed, match="minutes") as failed:
        words(broken).render(command(message("broken")), ANA, "mail")
    assert not failed.value.retry


def test_a_message_that_no_book_has_says_so():
    with pytest.raises(EffectFailed, match="nowhere") as failed:
        words().render(command(message("nowhere")), ANA, "mail")
    assert not failed.value.retry


def test_every_variable_that_a_book_may_use_is_there():
    names = sorted(GIVEN | spoken_names(OF_A_CASE))
    text = " ".join(f"${name}" for name in names)
    every = template("every", {"en": MessageText(subject="x", text=text)})
    facts = {"about": "R", "owner": "k", "owed_cents": 18_900, "currency": "", "failure": "x"}
    said = words(every).render(command(message("every", variables=facts)), ANA, "mail")
    assert "$189.00" in said.text
    assert "Good Cars" in said.text


def test_what_no_event_told_is_said_in_the_words_of_the_rule():
    named = template("named", {"en": MessageText(subject="x", text="your flight$flight is off")})
    by_hand = message("named", variables={"failure": "flight_cancelled"})
    told = message("named", variables={"failure": "flight_cancelled", "flight": " XY12"})
    assert words(named).render(command(by_hand), ANA, "mail").text == "your flight is off\n"
    assert words(named).render(command(told), ANA, "mail").text == "your flight XY12 is off\n"


def test_facts_become_words():
    said = spoken(
        {"due_ms": 1_767_225_600_000, "fee_cents": -50, "offer": "ride", "offers": ["ride", "x"],
         "price": {"cents": 100, "currency": "EUR"}, "nothing": None, "minutes": 35},
        book(), locale_of("de"), str,
    )  # fmt: skip
    assert said["due"].startswith("31. Dezember 2025, 19:00")  # in the book's time zone
    assert said["due_date"] == "31. Dezember 2025"
    assert said["fee"].startswith("-0,50")
    assert said["offer"] == "Heimfahrt"
    assert said["offers"] == "- Heimfahrt\n- x"
    assert said["price"].startswith("1,00")
    assert (said["nothing"], said["minutes"]) == ("", "35")


def test_what_is_owed_in_two_currencies_is_said_as_two_sums():
    owed = [{"cents": 25_000, "currency": "EUR"}, {"cents": 100, "currency": "USD"}]
    facts = {"owed": owed, "owed_cents": 25_000, "currency": "EUR", "fee_cents": 100}
    for order in (facts, dict(reversed(facts.items()))):
        said = spoken(order, book(), locale_of("en"), str)
        assert said["owed"] == "€250.00 + $1.00"
        assert said["fee"] == "$1.00"  # a price is in the book's currency, whatever is owed in


def test_promotional_mail_ends_with_the_way_out_once():
    said = words().render(
        command(message("loyalty", message_class=MessageClass.PROMOTIONAL)), ANA, "mail"
    )
    assert said.unsubscribe_url
    assert said.text.count(said.unsubscribe_url) == 1
    assert "No more offers" in said.text


def test_a_subject_stays_one_line():
    tricky = message(variables={"about": "R\r\nBcc: all@example.org", "owed_cents": 1})
    assert "\n" not in words().render(command(tricky), ANA, "mail").subject


@pytest.mark.parametrize(
    ("tag", "language"),
    [("en-GB", "en"), ("de_AT", "de"), ("xx", "en"), ("", "en"), ("de-x-y", "de"), ("!!", "en")],
)
def test_any_language_tag_has_a_locale(tag, language):
    assert locale_of(tag).language == language
