"""The rule book at the desk: who may change it, what comes back, and what it takes to activate."""

import re

import pytest

from makegood.books.opening import read_book, shipped_books
from tests.e2e.screens import introduce, no_car, serving
from tests.unit.desk.browsing import questions, words_of
from tests.unit.desk.conftest import _signed_in
from tests.unit.desk.rule_pages import (
    CALL,
    CARS,
    PAGES,
    POSTS,
    RIDE,
    activate,
    active_of,
    change,
    diff_lines,
    draft_of,
    fields,
    revision,
    stands,
    stands_as_text,
    tried,
)
from tests.unit.playbooks.test_spots import LIMITS


@pytest.fixture
def served():
    with serving(CARS) as both:
        yield both


def test_everybody_reads_the_book_and_only_an_editor_may_change_it(makegood, kathy, vera, omar):
    for client in (kathy, vera):
        words = words_of(client.get("/desk/rules"))
        assert "A ride home, and we pay" in words
        assert "95.00 USD" in words
        assert "Keep in the draft" not in words
        assert all(client.get(f"/desk/rules{page}").status_code == 403 for page in PAGES[1:])
        assert client.get("/desk/rules/trials/1").status_code == 403
        assert all(client.post(f"/desk/rules/{act}").status_code == 403 for act in POSTS)
    change(makegood, omar, ride="75")
    assert "95.00 USD" in words_of(kathy.get("/desk/rules"))
    assert all(omar.get(f"/desk/rules{page}").status_code == 200 for page in PAGES)


def test_strangers_are_sent_to_the_door_and_a_form_of_elsewhere_is_refused(makegood):
    from django.contrib.auth.models import User
    from django.test import Client

    for page in PAGES:
        assert Client().get(f"/desk/rules{page}").status_code == 302
    careful = Client(enforce_csrf_checks=True)
    user = User.objects.get(username="omar")
    careful.force_login(user, backend="django.contrib.auth.backends.ModelBackend")
    for act in POSTS:
        assert Client().post(f"/desk/rules/{act}").status_code == 302
        assert careful.post(f"/desk/rules/{act}", revision(makegood)).status_code == 403
    assert draft_of(makegood) is None


def test_an_amount_is_typed_in_units_of_money_and_changes_these_characters_alone(makegood, omar):
    page = change(makegood, omar, ride="1,075.5")
    newest = draft_of(makegood)
    assert newest is not None
    assert newest.text == CARS.replace("cost: {cents: 9500}", "cost: {cents: 107550}")
    assert (newest.by, newest.base) == ("omar", active_of(makegood))
    assert "Kept in the draft; nothing is active yet." in words_of(page)
    assert "The active book says 95.00" in words_of(page)


def test_the_next_one_sees_the_draft_and_adds_to_it(makegood, omar):
    change(makegood, omar, ride="75")
    change(makegood, omar, call="10m")
    assert (stands(makegood)[RIDE], stands(makegood)[CALL]) == ("7500", "10m")
    words = words_of(omar.get("/desk/rules/draft"))
    assert "Omar Haddad saved it last" in words
    assert "A ride home, and we pay · Costs us 95.00 75.00" in words
    assert "There was no car · A person calls within 15m 10m" in words


@pytest.mark.parametrize(
    ("typed", "says"),
    [
        ({"ride": "many"}, "is not an amount"),
        ({"ride": " "}, "Nothing is written here"),
        ({"call": "10 minutes"}, "is not a span of time"),
    ],
)
def test_what_cannot_stand_there_comes_back_as_typed(makegood, omar, typed, says):
    more = {"when": "true"} | typed
    page = omar.post("/desk/rules/edit", fields(makegood, **more))
    assert page.status_code == 422
    assert says in words_of(page)
    content = page.content.decode()
    assert all(value.strip() in content for value in more.values())
    assert draft_of(makegood) is None


def test_a_mistake_is_told_at_its_field_in_the_words_of_the_checker(makegood, omar):
    page = change(makegood, omar, when='event.reasons != "no_show"')
    content = page.content.decode()
    form = content[content.index('id="r-failures-no_car"') :].partition("</form>")[0]
    line = CARS[: CARS.index("event.reason !=")].count("\n") + 1
    assert f"Line {line}, column 11:" in form
    assert "Did you mean `event.reason`?" in form
    assert "event.reasons != &quot;no_show&quot;" in form
    assert "has to be mended first" not in content
    assert "be compared" in words_of(omar.get("/desk/rules/draft"))
    omar.post("/desk/rules/try")
    with makegood.store.reading() as reading:
        assert reading.trials(1) == ()


def test_two_people_at_different_values_disturb_nobody_and_at_one_value_are_told(makegood, omar):
    first, second = fields(makegood, ride="75"), fields(makegood, ride="80")
    other = fields(makegood, call="10m")
    omar.post("/desk/rules/edit", first)
    omar.post("/desk/rules/edit", other)
    page = omar.post("/desk/rules/edit", second)
    assert page.status_code == 422
    assert "Omar Haddad made this `75.00` while you typed" in words_of(page)
    assert 'value="80"' in page.content.decode()
    assert (stands(makegood)[RIDE], stands(makegood)[CALL]) == ("7500", "10m")
    omar.post("/desk/rules/edit", fields(makegood, ride="80"))  # as the page came back
    assert stands(makegood)[RIDE] == "8000"


def test_the_whole_text_is_kept_as_typed_also_when_it_is_no_yaml(makegood, omar):
    typed = "makegood: 1\r\nname: [\r\n"
    omar.post("/desk/rules/write", revision(makegood) | {"text": typed})
    newest = draft_of(makegood)
    assert newest is not None
    assert newest.text == "makegood: 1\nname: [\n"
    words = words_of(omar.get("/desk/rules/text"))
    assert "This is not YAML" in words
    assert re.search(r"line \d+, column \d+", words)
    assert "Mend it in the text" in words_of(omar.get("/desk/rules"))
    assert omar.get("/desk/rules/draft").status_code == 200


def test_a_text_that_is_saved_over_another_one_is_shown_against_it_first(makegood, omar):
    seen = revision(makegood)
    change(makegood, omar, ride="75")
    mine = CARS.replace("late_minutes: 30 ", "late_minutes: 45 ")
    page = omar.post("/desk/rules/write", seen | {"text": mine})
    assert page.status_code == 422
    assert "Somebody else saved meanwhile" in words_of(page)
    assert "+    cost: {cents: 7500}" in page.content.decode()
    assert "late_minutes: 45" in page.content.decode()
    assert stands(makegood)[RIDE] == "7500"
    omar.post("/desk/rules/write", revision(makegood) | {"text": mine})
    assert stands(makegood)[RIDE] == "9500"
    assert stands(makegood)["parameters/late_minutes"] == "45"


def test_what_no_database_can_hold_is_not_kept(makegood, omar):
    form = revision(makegood) | {"active": active_of(makegood), "text": f"{CARS}# a\x00b\x07\n"}
    omar.post("/desk/rules/write", form)
    assert diff_lines(stands_as_text(makegood))[-1] == "+# ab"


@pytest.mark.parametrize("text", ["", " \n", "x" * 200_001])
def test_a_text_without_end_or_without_anything_is_no_draft(makegood, omar, text):
    page = omar.post("/desk/rules/write", revision(makegood) | {"text": text})
    assert page.status_code == 422
    assert draft_of(makegood) is None


def test_a_draft_is_discarded_and_the_next_begins_with_the_active_book(makegood, omar):
    change(makegood, omar, ride="75")
    assert "another one by now" in words_of(
        omar.post("/desk/rules/discard", {"revision": "9"}, follow=True)
    )
    omar.post("/desk/rules/discard", revision(makegood))
    assert "95.00" in omar.get("/desk/rules").content.decode()
    change(makegood, omar, call="10m")
    assert stands(makegood)[RIDE] == "9500"


def test_what_the_settings_name_and_is_not_taken_up_is_said_on_the_page(makegood, omar, kathy):
    makegood.shelf.left_alone = "The rule book that MAKEGOOD_BOOK names says something else."
    assert "says something else" in words_of(omar.get("/desk/rules"))
    assert "says something else" not in words_of(kathy.get("/desk/rules"))


@pytest.mark.parametrize("page", PAGES)
def test_a_page_asks_as_often_however_much_there_is(makegood, omar, page):
    change(makegood, omar, ride="75")
    tried(makegood, omar)
    few = questions(makegood, omar, f"/desk/rules{page}")
    for number in range(3):
        introduce(makegood, f"user:{number}", f"N {number}")
        no_car(makegood, f"user:{number}", reservation=f"R{number}")
        activate(makegood, omar, f"Reason {number}.")
        change(makegood, omar, ride=f"{60 + number}")
        tried(makegood, omar)
    assert questions(makegood, omar, f"/desk/rules{page}") == few
    assert few[0] < 25


def test_nothing_typed_is_taken_for_markup(makegood, omar):
    attack = '<script>alert("gone")</script>'
    page = change(makegood, omar, when=attack)
    assert "<script>alert" not in page.content.decode()
    for path in PAGES:
        assert "<script>alert" not in omar.get(f"/desk/rules{path}").content.decode()


def test_a_book_that_builds_on_another_says_that_the_other_counts_too(tmp_path):
    house = shipped_books()["car-rental"].replace("name: car-rental\n", "name: house\n", 1)
    (tmp_path / "house.yaml").write_text(house, encoding="utf-8")
    own = "makegood: 1\nname: own\nbuilds_on: house  # ours\nauthority:\n  rep: {cents: 1000}\n"
    (tmp_path / "own.yaml").write_text(own, encoding="utf-8")
    with serving(read_book(str(tmp_path / "own.yaml"))[0]) as (opened, _):
        omar = _signed_in("omar")
        assert "This book builds on house . What only that one says counts" in words_of(
            omar.get("/desk/rules")
        )
        rep = "authority/rep/cents"
        omar.post("/desk/rules/edit", {f"was:{rep}": "1000", f"v:{rep}": "12.50"})
        assert "nothing to compare" in tried(opened, omar)
        activate(opened, omar)
        assert opened.book.authority_cents["rep"] == 1250
        assert opened.book.failures


def test_limits_are_fields_with_words_and_each_rule_has_a_sentence():
    from makegood.desk.rule_forms import rule_forms

    forms = rule_forms(LIMITS, active=LIMITS, currency="USD")
    found = {section.title: section for section in forms.sections}
    assert all(section.intro for section in found.values())
    said = {card.title: card for section in forms.sections for card in section.cards}
    labels = {title: [field.label for field in card.fields] for title, card in said.items()}
    assert labels["How much at most"] == ["Share of the price, 1 is all of it"]
    assert (
        labels["How much of the price"][0] == "Share of the price at severity 1, when it was used"
    )
    assert labels["Value"] == ["Usual from", "High from"]
    assert labels["Which cases are alike"] == [
        "Within",
        "Whether they came back is told after",
        "Shares are not told of fewer customers than",
    ]
    assert said["Front"].sentence == "What the role rep may give together each day."
    assert said["Waived"].sentence == "“Fee Waived” promises it, and people do."
    assert {title for title, card in said.items() if not card.sentence} == {
        "Who says yes to more",  # a rule that is the whole section: its line stands there
        "Which cases are alike",
    }
