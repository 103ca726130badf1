"""Every kind of mistake in a rule book: its line, what it says, and what to do."""

import pytest

from makegood.playbooks.load import check_book, load_book, load_examples
from makegood.playbooks.mistakes import BookErrors
from tests.unit.playbooks.mistakes_table import MISTAKES
from tests.unit.playbooks.small_book import SMALL, changed


def errors_of(text: str):
    return check_book(text, name="small.yaml").errors


@pytest.mark.parametrize("kind", MISTAKES)
def test_mistake_is_named_with_its_line_and_a_hint(kind):
    old, new, at, message, hint = MISTAKES[kind]
    text = changed(old, new)
    line = text.count("\n", 0, text.index(at)) + 1
    found = errors_of(text)
    assert [e for e in found if e.line == line and message in e.message and hint in e.hint], (
        line,
        [str(error) for error in found],
    )


def test_the_small_book_has_no_mistake():
    checked = check_book(SMALL, name="small.yaml")
    assert checked.errors == ()
    assert checked.warnings == ()
    assert checked.book is not None


def test_all_mistakes_come_at_once_in_the_order_of_the_text_like_from_a_compiler():
    text = SMALL.replace("currency: USD", "currency: dollars").replace(
        "loses: time", "loses: tome"
    )
    text = text.replace("better: [{remedy: new_parcel, declines: true}]", "better: [new_parcl]")
    with pytest.raises(BookErrors) as raised:
        load_book(text, name="small.yaml")
    lines = str(raised.value).splitlines()
    assert len(lines) == len(raised.value.errors) == 3
    assert lines[0].startswith("small.yaml:4:11: `dollars` is not a currency.")
    assert [error.line for error in raised.value.errors] == sorted(
        error.line for error in raised.value.errors
    )
    assert lines[2].endswith("`new_parcl` is not a remedy. Did you mean `new_parcel`?")


def test_column_points_into_a_condition():
    (error,) = errors_of(
        changed("when: event.minutes >=", "when: event.order == 'x' || event.minute >=")
    )
    assert error.column == len("    when: event.order == 'x' || ") + 1


def test_line_points_into_a_condition_of_several_lines():
    text = changed(
        "when: event.minutes >= params.late_minutes",
        "when: |\n      event.minutes >= 5 &&\n      event.minute < 9",
    )
    (error,) = errors_of(text)
    line = text.splitlines()[error.line - 1]
    assert line[error.column - 1 :].startswith("event.minute < 9")


def test_nonsense_is_one_mistake_and_not_a_crash():
    for text in (
        "",
        "[]",
        "a",
        "- 1",
        "\x00",
        "makegood: &a [*a]",
        "*b",
        "a: !!int x",
        '"\\ud800": 1',
    ):
        assert errors_of(text), text


def test_a_book_that_nests_without_end_is_refused():
    assert "nested more than" in errors_of("a: " + "[" * 500)[0].message


def test_a_book_whose_aliases_grow_without_end_is_refused():
    lines = ["a0: &a0 [x, x, x, x, x, x, x, x, x, x]"]
    lines += [f"a{n}: &a{n} [{', '.join([f'*a{n - 1}'] * 10)}]" for n in range(1, 9)]
    assert any("more than" in error.message for error in errors_of("\n".join(lines)))


def test_the_same_mistake_behind_an_alias_counts_once():
    text = SMALL.replace("hold: {scope: umbrella,", "hold: &h {scope: planet,")
    text = text.replace("hold: {scope: brand}", "hold: *h")
    assert len([e for e in errors_of(text) if "planet" in e.message]) == 1


def test_an_allowed_exception_is_a_warning_with_its_reason():
    text = changed("when: failure.minutes", "when: customer.followers > 5 && failure.minutes")
    text = text.replace(
        "source: our terms", "source: our terms\n    allow_because: a court said so"
    )
    checked = check_book(text, name="small.yaml")
    assert checked.errors == ()
    (warning,) = checked.warnings
    assert "customer.followers, allowed because: a court said so" in warning.message


def test_reading_the_whole_customer_counts_as_reading_what_is_sensitive():
    text = changed("when: failure.minutes", 'when: customer["tier"] == "x" && failure.minutes')
    assert any("never the size" in error.message for error in errors_of(text))


def test_severity_may_follow_the_customer():
    text = changed("severity: 3", "severity: 'customer.followers > 1000 ? 4 : 3'")
    assert errors_of(text) == ()


LOST = """  - id: parcel_lost
    on: Parcel Late
    title: The parcel is lost
    about: event.order
    loses: goods
    severity: 4
    cause: firm
    details:
      order: 'has(event.order) ? event.order : ""'
      minutes: event.minutes
silence:
"""


def test_a_severity_that_follows_the_customer_may_not_choose_between_two_plans():
    text = changed("severity: 3", "severity: 'customer.followers > 1000 ? 5 : 3'")
    text = text.replace("silence:\n", LOST, 1)
    two_plans = text.replace("- for: other", "- for: [other, parcel_lost]", 1)
    assert two_plans != text
    found = [e for e in errors_of(two_plans) if "follows the customer" in e.message]
    assert ["parcel_late" in error.message for error in found] == [True]
    one_plan = text.replace("- for: [parcel_late,", "- for: [parcel_late, parcel_lost,", 1)
    assert one_plan != text
    assert [e for e in errors_of(one_plan) if "follows the customer" in e.message] == []


def test_inferred_cause_may_not_deny_what_is_owed():
    text = changed(
        "cause: firm",
        'cause: \'event.minutes > 500 ? "nature" : "firm"\'\n    inferred_cause: true',
    )
    text = text.replace(
        "    apology: sorry\n    offers:\n",
        "    apology: sorry\n    explanation: sorry\n    offers:\n",
    )
    assert errors_of(text) == ()
    text = text.replace(
        "when: failure.minutes", 'when: failure.cause == "firm" && failure.minutes'
    )
    (error,) = errors_of(text)
    assert "never deny" in error.message


def test_a_message_may_not_rest_on_a_detail_that_may_be_missing():
    text = changed("for: [parcel_late, promise_broken]", "for: [parcel_late]")
    text = text.replace("for: other", "for: [other, promise_broken]")
    text = text.replace('"$greeting $link"', '"$minutes late. $link"')
    (error,) = errors_of(text)
    assert "`parcel_late` may not know it" in error.message
    assert "has(event.minutes)" in error.hint


def test_what_is_never_used_is_a_warning():
    text = changed("better: [{remedy: new_parcel, declines: true}]", "better: []")
    text = text.replace(
        "{remedy: call_me, calls: true}", "{remedy: call_me, calls: true, declines: true}"
    )
    checked = check_book(text, name="small.yaml")
    assert checked.errors == ()
    assert [warning.message for warning in checked.warnings] == [
        "No plan offers the remedy `new_parcel`; only a rep can give it."
    ]


def test_a_language_that_only_some_messages_speak_is_a_warning():
    text = changed(
        "en: {subject: Done", "de: {subject: Ja, text: '$offer'}\n      en: {subject: Done"
    )
    messages = [warning.message for warning in check_book(text, name="small.yaml").warnings]
    assert len(messages) == 4
    assert all("not there in de" in message for message in messages)


def test_a_plan_that_does_nothing_more_after_a_second_failure_is_a_warning():
    text = changed("    on_double_deviation: {call_within: 5m}\n", "")
    (warning,) = check_book(text, name="small.yaml").warnings
    assert "second failure" in warning.message


def test_examples_of_a_book_with_mistakes_are_not_given():
    with pytest.raises(BookErrors):
        load_examples(changed("makegood: 1", "makegood: 3"))
    assert check_book(changed("makegood: 1", "makegood: 3"), name="x").examples == ()
