"""A draft of the rule book is compared, activated and rolled back in the desk."""

import re

import pytest

from makegood.playbooks.load import load_book
from tests.e2e.screens import introduce, no_car, serving
from tests.unit.desk.browsing import words_of
from tests.unit.desk.rule_pages import (
    CARS,
    activate,
    active_of,
    change,
    diff_lines,
    draft_of,
    revision,
    stands,
    tried,
)


@pytest.fixture
def served():
    with serving(CARS) as both:
        yield both


def test_it_is_activated_only_after_exactly_this_text_was_compared_with_this_book(makegood, omar):
    introduce(makegood)
    no_car(makegood, reason="strike")
    before = active_of(makegood)
    change(makegood, omar, ride="75", when='!(event.reason in ["no_show", "strike"])')
    assert "See first what this draft would have done" in words_of(activate(makegood, omar))
    assert (
        "Something changes for 1 of 1 customer of whom anything was heard since 1 January 2025."
        in tried(makegood, omar)
    )
    assert "<svg" in omar.get("/desk/rules/draft").content.decode()
    assert "Say why" in words_of(activate(makegood, omar, " "))
    change(makegood, omar, ride="80")
    assert "The last comparison was of another text" in words_of(omar.get("/desk/rules/draft"))
    assert "See first what this draft would have done" in words_of(activate(makegood, omar))
    assert active_of(makegood) == before
    tried(makegood, omar)
    words = words_of(activate(makegood, omar))
    assert "The new rule book is active" in words
    assert "Activated by Omar Haddad Rides cost less now." in words
    assert active_of(makegood) == load_book(draft_of(makegood).text, name="x").hash
    assert "There is no draft" in words_of(omar.get("/desk/rules/draft"))


def test_another_active_book_asks_for_another_comparison(makegood, omar):
    change(makegood, omar, ride="75")
    tried(makegood, omar)
    other = CARS.replace("late_minutes: 30 ", "late_minutes: 45 ")
    makegood.shelf.activate(other, "b", by="li", because="fairer")
    words = words_of(omar.get("/desk/rules/draft"))
    assert "Another book became active since this draft began." in words
    assert "Numbers that rules share · Late minutes 45 30" in words
    assert "See first what this draft would have done" in words_of(activate(makegood, omar))
    tried(makegood, omar)
    assert "The new rule book is active" in words_of(activate(makegood, omar))


def test_an_example_that_comes_out_otherwise_stands_in_the_way(makegood, omar):
    text = CARS.replace("pays: {remedy: refund, ratio: 1.0}", "pays: {remedy: refund, ratio: 0.5}")
    assert text != CARS
    omar.post("/desk/rules/write", revision(makegood) | {"text": text})
    assert "Owed: the example says contract_refund" in tried(makegood, omar)
    assert "an example comes out otherwise" in words_of(activate(makegood, omar))


def test_an_example_that_is_outdated_is_told_to_say_so_without_the_text(makegood, omar):
    now = stands(makegood)["parameters/late_minutes"]
    form = {"was:parameters/late_minutes": now, "v:parameters/late_minutes": "45"}
    omar.post("/desk/rules/edit", form)
    page = omar.get("/desk/rules/draft")
    assert "Failures: the example says car late , the draft does nothing ." in words_of(page)
    line = re.search(r'name="line" value="(\d+)"', page.content.decode())
    assert line is not None
    late = {"revision": "0", "line": line[1]}
    assert "another one by now" in words_of(omar.post("/desk/rules/example", late, follow=True))
    form = revision(makegood) | {"line": line[1]}
    words = words_of(omar.post("/desk/rules/example", form, follow=True))
    assert "says what the draft does" in words
    assert "comes out otherwise" not in words
    newest = draft_of(makegood)
    assert newest is not None
    changed = [one for one in diff_lines(newest.text) if one[0] in "+-"]
    assert len(changed) == 4  # the parameter, and what the example expects
    tried(makegood, omar)
    assert "The new rule book is active" in words_of(activate(makegood, omar))


def test_an_empty_log_has_nothing_to_compare_with_and_says_so(makegood, omar):
    change(makegood, omar, ride="75")
    words = tried(makegood, omar)
    assert "There is nothing to compare with" in words
    assert "Every number" not in words
    assert "1970" not in words
    assert "The new rule book is active" in words_of(activate(makegood, omar))


def test_the_same_as_the_active_book_is_nothing_to_try(makegood, omar):
    change(makegood, omar, ride="75")
    change(makegood, omar, ride="95")
    assert "The draft says the same as the active book." in words_of(omar.get("/desk/rules/draft"))
    omar.post("/desk/rules/try")
    with makegood.store.reading() as reading:
        assert reading.trials(1) == ()


def test_a_comparison_that_ended_early_says_how_and_can_be_begun_again(
    makegood, omar, monkeypatch
):
    from makegood.replay import trials

    change(makegood, omar, ride="75")
    with monkeypatch.context() as patched:
        patched.setattr(trials, "compare", lambda *_: 1 // 0)
        assert "It ended with a fault (ZeroDivisionError)" in tried(makegood, omar)
    fragment = omar.get("/desk/rules/trials/1")
    assert fragment["HX-Refresh"] == "true"
    assert omar.get("/desk/rules/trials/2").status_code == 404
    assert "It had ended already." in words_of(omar.post("/desk/rules/trials/1/stop", follow=True))
    assert "Compared over 0 events by Omar Haddad." in tried(makegood, omar)


def test_rolling_back_needs_a_reason_and_the_book_that_was_seen(makegood, omar):
    first = active_of(makegood)
    change(makegood, omar, ride="75")
    tried(makegood, omar)
    activate(makegood, omar)
    assert "Say why" in words_of(
        omar.post("/desk/rules/roll-back", {"active": active_of(makegood), "reason": ""})
    )
    late = omar.post("/desk/rules/roll-back", {"active": first, "reason": "Too low."})
    assert "became active meanwhile" in words_of(late)
    assert "Too low." in late.content.decode()
    form = {"active": active_of(makegood), "reason": "Too low."}
    words = words_of(omar.post("/desk/rules/roll-back", form, follow=True))
    assert "Rolled back by Omar Haddad Too low." in words
    assert active_of(makegood) == first
    assert "There is no earlier book to go back to." in words
