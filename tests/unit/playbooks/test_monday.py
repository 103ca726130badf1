"""Who of management gets a letter about the week, as the rule book says it."""

from makegood.handbook.compose import handbook_of
from makegood.playbooks.load import load_book
from makegood.playbooks.monday import MondayRule, MondayTerms
from tests.unit.playbooks.small_book import SMALL

SECTION = """\
monday:
  keep: 90d
  letters:
    - id: board
      to: [md@firm.example.com, md@firm.example.com, coo@firm.example.com]
    - id: acme
      to: acme@firm.example.com
      language: es
      brands: acme
      day: friday
      hour: "16:45"
      timezone: Europe/Madrid
      paused: true
"""


def test_a_letter_is_of_all_brands_on_monday_at_seven_unless_it_says_otherwise():
    terms = load_book(SMALL + SECTION, name="small").monday
    assert terms.letters == (
        MondayRule(id="board", to=("md@firm.example.com", "coo@firm.example.com")),
        MondayRule(
            id="acme", to=("acme@firm.example.com",), language="es", brands=("acme",), weekday=4,
            minute=16 * 60 + 45, timezone="Europe/Madrid", paused=True,
        ),
    )  # fmt: skip
    assert terms.keep_ms == 90 * 86_400_000
    assert terms.letter("acme") == terms.letters[1]
    assert terms.letter("nobody") is None


def test_nobody_gets_one_where_the_book_says_nothing():
    assert load_book(SMALL, name="small").monday == MondayTerms()


def test_the_handbook_says_who_gets_one_and_no_address():
    book = load_book(SMALL + SECTION, name="small")
    chapter = next(one for one in handbook_of(book).chapters if one.anchor == "monday")
    said = " ".join(chapter.entries[0].sentences)
    assert "board: Monday at 07:00 (UTC), in English, about all brands." in said
    assert "acme: paused, in Spanish, about Acme." in said
    assert "kept for 90 days" in said
    assert "@" not in said
