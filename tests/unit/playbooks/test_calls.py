"""The section `calls` as a book writes it: what it means, and what it may not say."""

import pytest

from makegood.playbooks.binding import bind
from makegood.playbooks.calling_terms import CallRules, HintRule
from makegood.playbooks.load import check_book
from tests.unit.playbooks.small_book import SMALL
from tests.unit.playbooks.test_composing import HEAD, HOUSE

HINT = "hints: [{id: rude, title: Rude, fails_as: other, phrases: {en: [shut up], es: [cállese]}}]"


def calls(text: str) -> tuple[CallRules | None, list[str]]:
    checked = check_book(f"{SMALL}\ncalls: {{{text}}}\n", name="x")
    rules = checked.book.calls if checked.book is not None else None
    return rules, [str(one) for one in checked.errors]


def test_a_book_without_it_hears_nothing_in_calls():
    checked = check_book(SMALL, name="x")
    assert checked.book is not None
    assert not checked.book.calls.heard
    assert not checked.book.hears("Call Hung Up")


def test_every_line_is_read():
    rules, errors = calls(
        "runaround: {fails_as: other, transfers: 3, held: 10m, told_again: 2}, "
        "gave_up: {fails_as: parcel_late, waited: 2m}, hung_up_on: other, flagged: other, "
        f"call_back: {{within: 30m}}, {HINT}"
    )
    assert errors == []
    assert rules is not None
    assert rules.runaround is not None
    assert (rules.runaround.transfers, rules.runaround.held_ms) == (3, 600_000)
    assert (rules.gave_up_as, rules.gave_up_ms) == ("parcel_late", 120_000)
    assert rules.call_back is not None
    assert rules.call_back.higher_ms == rules.call_back.within_ms == 1_800_000
    assert rules.kinds == ("other", "parcel_late")


@pytest.mark.parametrize(
    ("text", "why"),
    [
        ("runaround: {fails_as: other}", "has no limit"),
        ("runaround: {fails_as: othr, transfers: 2}", "`othr` is not a failure"),
        ("runaround: {transfers: 2}", "has no `fails_as`"),
        ("gave_up: {fails_as: other, waited: 0s}", "Nobody gives up who has not waited"),
        ("gave_up: {fails_as: other}", "has no `waited`"),
        ("hung_up_on: nothing", "`nothing` is not a failure"),
        ("flagged: other, call_back: {within: 0m}", "Nobody can call in no time"),
        ("call_back: {within: 3m}", "Nothing brings a call-back"),
        ("flagged: other, call_bac: {within: 3m}", "no field `call_bac`"),
        ("hints: [{id: a, title: A, fails_as: other, phrases: [shut up]}]", "names languages"),
        ("hints: [{id: a, title: A, fails_as: other, phrases: {de: [halt den Mund]}}]", "English"),
        ("hints: [{id: a, title: A, fails_as: other, phrases: {en: [no]}}]", "too short"),
        ("hints: [{id: a, title: A, fails_as: other}]", "has no `phrases`"),
    ],
)
def test_what_it_may_not_say_is_told(text, why):
    _, errors = calls(text)
    assert any(why in one for one in errors), errors


@pytest.mark.parametrize(
    ("said", "heard"),
    [
        ("Will you SHUT  UP!", True),
        ("¡Cállese!", True),
        ("He shut upstairs.", False),
        ("All is well.", False),
        ("", False),
    ],
)
def test_phrases_are_whole_words_of_every_language(said, heard):
    rules, _ = calls(HINT)
    assert rules is not None
    assert rules.hints[0].hears(said) is heard


def test_a_brand_says_otherwise_field_by_field_and_adds_hints():
    house = HOUSE + f"calls: {{flagged: other, call_back: {{within: 30m}}, {HINT}}}\n"
    more = HINT.replace("rude, title: Rude", "cold, title: Cold")
    own = f"{HEAD}calls: {{call_back: {{within: 10m}}, {more}}}\n"
    checked = check_book(bind(own, {}, {"house.yaml": house}.get), name="x")
    assert checked.errors == ()
    assert checked.book is not None
    rules = checked.book.calls
    assert rules.flagged_as == "other"
    assert rules.call_back is not None
    assert rules.call_back.within_ms == 600_000
    assert [one.id for one in rules.hints] == ["rude", "cold"]


def test_a_phrase_is_heard_however_its_accents_are_written():
    rule = HintRule(id="x", title="x", fails_as="other", phrases={"es": ("cállese",)})
    assert rule.hears("Oh, ca\u0301llese ya.")
    assert not rule.hears("encállese")


EXAMPLE = """
  - name: sent around and flagged
    given:
      - event: Call Told Again
        with: {call: C1, agent: r1, times: 2}
      - event: Call Flagged
        after: 1m
        with: {call: C1, agent: r1}
    expect: {failures: [other], held: true, double: false}
"""


def test_an_example_of_a_book_may_tell_what_happens_in_calls():
    text = "calls: {runaround: {fails_as: other, told_again: 2}, flagged: other}\n"
    checked = check_book(bind(text + SMALL + EXAMPLE, {}, {}.get), name="x")
    assert checked.errors == ()
    without = check_book(bind(SMALL + EXAMPLE, {}, {}.get), name="x")
    assert "No rule hears the event `Call Told Again`" in str(without.errors[0])
