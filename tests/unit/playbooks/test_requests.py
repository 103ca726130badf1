"""What a decision table answers, with its reasons; what it cannot tell goes before a person."""

import pytest

from makegood.messages.money import Money
from makegood.playbooks.load import BookErrors, check_book, load_book
from makegood.playbooks.rulings import Ruling
from makegood.playbooks.terms import Answer
from tests.unit.playbooks.small_book import SMALL, changed

HOUR_MS = 3_600_000


def ask(text: str = SMALL, **facts: object) -> Ruling:
    return load_book(text, name="small.yaml").requests["redeliver"].rule(facts, {})


def test_the_first_row_that_fits_answers_with_what_was_looked_at_and_read():
    ruling = ask(tries=1, weight_kg=3.5, reason="not_home")
    assert (ruling.answer, ruling.row) == (Answer.ALLOW, "free")
    assert ruling.looked_at == (("heavy", False), ("tries", 1))
    assert ruling.seen == (("request.weight_kg", 3.5), ("request.tries", 1))
    assert SMALL.splitlines()[ruling.line - 1].strip().startswith("- {id: free")
    assert (ruling.amount, ruling.charge, ruling.missing) == (None, None, "")


def test_a_charge_and_a_gift_are_worked_out():
    ruling = ask(tries=2, weight_kg=3.5, reason="not_home", fee_cents=450)
    assert (ruling.row, ruling.charge) == ("at_a_price", Money(900))
    assert ("request.fee_cents", 450) in ruling.seen
    ruling = ask(tries=3, weight_kg=3.5, reason="wrong_address")
    assert (ruling.row, ruling.remedy, ruling.amount) == ("with_a_new_one", "refund", Money(900))


def test_a_no_has_its_reason_in_words():
    ruling = ask(tries=4, weight_kg=3.5, reason="not_home")
    assert (ruling.answer, ruling.says) == (Answer.DENY, {"en": "We tried three times."})


def test_a_person_has_the_time_that_the_row_gives_or_the_table():
    assert ask(tries=4, weight_kg=30.0, reason="not_home").within_ms == 2 * HOUR_MS
    assert ask(tries=2, weight_kg=3.5).within_ms == 4 * HOUR_MS


@pytest.mark.parametrize(
    ("facts", "missing"),
    [
        ({"weight_kg": 3.5}, "request.tries"),
        ({"tries": 4, "weight_kg": 3.5, "reason": "dog"}, "reason cannot be 'dog'"),
        ({"tries": "many", "weight_kg": 3.5}, "tries cannot be 'many'"),
        ({"tries": 2, "weight_kg": 3.5, "reason": "not_home"}, "request.fee_cents"),
        (
            {"tries": 2, "weight_kg": 3.5, "reason": "not_home", "fee_cents": -1},
            "-2 is not a sum",
        ),
    ],
)
def test_what_cannot_be_told_is_never_a_no(facts: dict, missing: str):
    ruling = ask(**facts)
    assert (ruling.answer, ruling.row, ruling.missing) == (Answer.PERSON, "", missing)


def test_an_earlier_row_needs_no_fact_that_only_a_later_one_reads():
    assert ask(tries=0, weight_kg=1.0).row == "free"


def test_two_rows_where_only_one_may_fit_are_put_before_a_person():
    text = changed("    answer_within: 4h", "    hit: only")
    ruling = ask(text, tries=1, weight_kg=3.5, reason="wrong_address")
    assert (ruling.answer, ruling.row) == (Answer.PERSON, "")
    assert ruling.also == ("free", "with_a_new_one", "no_more")


def test_warnings_say_an_input_that_shows_them():
    text = changed("      - {id: no_more, answer: deny, says: {en: We tried three times.}}\n", "")
    (gap,) = check_book(text, name="small.yaml").warnings
    assert "No row of `redeliver` fits heavy = false, reason = not_home, tries = more than 3." in (
        gap.message
    )
    text = changed("when: {heavy: true}", 'when: {heavy: false, tries: "< 1"}')
    (idle,) = check_book(text, name="small.yaml").warnings
    assert "The row `heavy` can never count" in idle.message


def test_urgency_may_depend_on_who_asks_and_the_answer_may_not():
    for_persons = """
  - id: complain
    title: {en: Complain}
    looks_at: {loud: customer.followers > 10000}
    rows:
      - {id: loud, when: {loud: true}, answer: person, within: 5m}
      - {id: everybody, answer: person, within: 1h}
"""
    text = SMALL.replace("\nexamples:", for_persons + "examples:")
    assert check_book(text, name="small.yaml").errors == ()
    unfair = text.replace("everybody, answer: person, within: 1h", "everybody, answer: allow")
    (error,) = check_book(unfair, name="small.yaml").errors
    assert "`loud` decides what is given and reads customer.followers" in error.message


def test_a_row_may_name_a_limit_that_the_book_keeps_as_a_parameter():
    text = changed('tries: "< 2"', 'tries: "< params.free_tries"')
    text = text.replace("parameters:\n", "parameters:\n  free_tries: 2\n", 1)
    text = text.replace("tries: 2..3", "tries: params.free_tries..3")
    facts = {"tries": 1, "weight_kg": 1.0, "reason": "not_home", "fee_cents": 1}
    assert ask(text, **facts).row == "free"
    dear = text.replace("free_tries: 2", "free_tries: 1")
    assert ask(dear, **facts).row == "at_a_price"
    half = text.replace("free_tries: 2", "free_tries: 2.5")
    assert check_book(half, name="small.yaml").errors == ()
    for wrong, why in (
        ("free_trys: 2", "`free_tries` is not a parameter."),
        ("free_tries: many", "The parameter `free_tries` is no number"),
    ):
        found = check_book(text.replace("free_tries: 2", wrong), name="small.yaml").errors
        assert [one for one in found if why in one.message]


def test_a_column_of_words_may_ask_for_a_parameter():
    text = changed("when: {reason: wrong_address}", "when: {reason: params.our_fault}")
    text = text.replace("parameters:\n", "parameters:\n  our_fault: wrong_address\n", 1)
    assert ask(text, tries=3, weight_kg=3.5, reason="wrong_address").row == "with_a_new_one"


def test_a_parameter_that_nothing_reads_is_told():
    text = SMALL.replace("parameters:\n", "parameters:\n  forgotten: 2\n", 1)
    (warning,) = check_book(text, name="small.yaml").warnings
    assert "Nothing reads the parameter `forgotten`." in warning.message
    assert SMALL.count("late_minutes") > 1


def test_parameters_can_be_given_instead_of_the_books_own():
    text = changed("tries: request.tries\n", "tries: request.tries + params.late_minutes\n")
    own = load_book(text, name="small.yaml")
    other = load_book(text, name="small.yaml", parameters={"late_minutes": 1})
    facts = {"tries": 0, "weight_kg": 1.0, "reason": "not_home"}
    assert own.requests["redeliver"].rule(facts, {}).row == "no_more"
    assert other.requests["redeliver"].rule(facts, {}).row == "free"
    assert own.hash != other.hash
    with pytest.raises(BookErrors, match=r"no parameter `late_minute`\. Did you mean"):
        load_book(text, name="small.yaml", parameters={"late_minute": 1})
    with pytest.raises(BookErrors, match="is a number, and was given as a text"):
        load_book(text, name="small.yaml", parameters={"late_minutes": "1"})


def test_a_word_among_spans_is_a_mistake_and_told_as_one():
    text = changed("      tries: request.tries\n", "      tries: values.fee\n")
    checked = check_book(text.replace('tries: "< 2"', "tries: [few]", 1), name="small.yaml")
    (error,) = checked.errors
    assert text.splitlines()[error.line - 1].strip() == "when: {reason: not_home, tries: 2..3}"
