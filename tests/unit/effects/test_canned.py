"""A canned reply is service, and says only what is known in an answer to a letter."""

from makegood.books.opening import read_book
from makegood.effects.canned import canned_of, canned_words
from makegood.messages.ids import ProfileId
from makegood.playbooks.load import check_book, load_book
from makegood.ports.rows import PersonRow
from tests.unit.playbooks.small_book import SMALL

CANNED = """\
  - id: on_its_way
    class: service
    canned: true
    texts:
      en: {subject: It is on its way, text: "$greeting it is on its way. $owner, $brand"}
      de: {subject: Es ist unterwegs, text: "$greeting es ist unterwegs. $owner, $brand"}
"""
HEAD = "messages:\n"


def book(canned: str = CANNED) -> str:
    assert SMALL.count(HEAD) == 1
    return SMALL.replace(HEAD, HEAD + canned)


def test_a_canned_reply_is_filled_in_in_the_customers_language() -> None:
    loaded = load_book(book(), name="b")
    assert canned_of(loaded) == (("on_its_way", "It is on its way"),)
    person = PersonRow(profile=ProfileId("p"), name="Jan Beispiel", language="de-AT")
    said = canned_words(loaded, "on_its_way", "acme", person, "Kathy Moreno")
    assert said == "Guten Tag Jan, es ist unterwegs. Kathy Moreno, Acme"
    assert canned_words(loaded, "on_its_way", "acme", None, "Kathy").startswith("Hello, it is")


def test_a_message_that_is_not_canned_is_put_into_no_answer() -> None:
    loaded = load_book(SMALL, name="b")
    assert canned_of(loaded) == ()
    for name in (*loaded.messages, "nothing"):
        assert canned_words(loaded, name, "acme", None, "Kathy") == ""


def test_what_an_answer_cannot_say_is_a_mistake_with_its_line() -> None:
    text = book(CANNED.replace('$owner, $brand"}\n      de', '$about"}\n      de'))
    (error,) = [one for one in check_book(text, name="b").errors if "$about" in one.message]
    assert error.line == text.count("\n", 0, text.index("canned: true")) + 1
    text = book(CANNED.replace("class: service", "class: promotional"))
    assert [one for one in check_book(text, name="b").errors if "service" in one.message]


def test_how_long_an_answer_can_be_undone_is_the_books() -> None:
    assert load_book(SMALL, name="b").people.undo_ms == 15_000
    people = "people: {choices: 1, capacity: 10, undo: 40s}\n"
    assert load_book(SMALL + people, name="b").people.undo_ms == 40_000


def test_nobody_is_warned_that_no_plan_sends_what_a_person_puts_in() -> None:
    text, name = read_book("car-rental")
    assert not [one for one in check_book(text, name=name).warnings if "reply_" in one.message]
