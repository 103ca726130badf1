"""Warnings about what can never come to be, each with its place; and none where it can."""

from collections.abc import Mapping

import pytest
from hypothesis import given
from hypothesis import strategies as st

from makegood.playbooks.cel import CelEvaluationError, Scope, compile_expression
from makegood.playbooks.load import check_book
from makegood.playbooks.reach import Known, never_true
from tests.unit.playbooks.small_book import SMALL

WHEN = "event.minutes >= params.late_minutes"
PLAN = SMALL[SMALL.index("plans:\n") : SMALL.index("  - for: other")]


def warnings(text: str) -> list[str]:
    checked = check_book(text, name="small.yaml")
    assert checked.errors == ()
    return [str(one) for one in checked.warnings if "Nothing reads" not in one.message]


def changed(old: str, new: str) -> str:
    assert old in SMALL
    return SMALL.replace(old, new, 1)


def at(text: str, part: str, column: int) -> str:
    return f"small.yaml:{text[: text.index(part)].count(chr(10)) + 1}:{column}: "


@pytest.mark.parametrize(
    ("when", "why"),
    [
        ("'false'", "its constants say no"),
        ("params.late_minutes > 20", "its constants say no"),
        ("params.late_minutes > 20 && event.minutes > 3", "its constants say no"),
        ("'!(params.late_minutes == 10) || event.minutes < -1 && event.minutes > 0'", "constants"),
        ("event.minutes > 60 && event.minutes < 30", "no value of event.minutes fits"),
        ("event.minutes > 60 && !(event.minutes > params.late_minutes)", "no value of event.min"),
        ("event.minutes == 3 && event.minutes >= 4", "no value of event.minutes fits"),
        ("event.minutes == 3 && event.minutes != 3", "no value of event.minutes fits"),
        ("event.order == 'a' && event.order == 'b'", "no value of event.order fits"),
        ("event.order in ['a', 'b'] && event.order == 'c'", "no value of event.order fits"),
        ("event.minutes == 'late'", "event.minutes is declared otherwise"),
        ("event.order > 3", "event.order is declared otherwise"),
        ("event.van.temp_c == 'cold'", "event.van.temp_c is declared otherwise"),
        ("'!has(event.minutes) && event.minutes > 3'", "only where that is absent"),
        ("'event.minutes > 3 ? event.minutes < 2 : event.minutes > 4'", "no value of event.min"),
    ],
)
def test_a_failure_that_can_never_be_is_a_warning_and_so_is_its_plan_and_what_it_owes(when, why):
    text = changed(WHEN, when).replace(
        "[parcel_late, promise_broken]", "parcel_late"
    ).replace("  - for: other\n", "  - for: [other, promise_broken]\n")  # fmt: skip
    text = text[: text.index("examples:")]
    failure, owed, plan = warnings(text)
    assert failure.startswith(at(text, f"    when: {when}", 11))
    assert "The failure `parcel_late` can never be: " in failure
    assert why in failure
    assert owed.startswith(at(text, "  - id: money_back", 1))
    assert "`money_back` can never be owed: `parcel_late` can never be." in owed
    assert plan.startswith(at(text, "  - for: parcel_late", 10))
    assert "Nothing opens this plan: `parcel_late` can never be." in plan


@pytest.mark.parametrize(
    "when",
    [
        "params.late_minutes < 20 || event.minutes > 3",
        "event.minutes > 60 && event.minutes <= 61",
        "event.minutes == 3 || event.minutes == 4",
        "'!(event.minutes == 3 && event.order == \"a\")'",
        "event.minutes == 3.0",
        "event.minutes != 'late'",
        "has(event.minutes) && event.minutes > 3",
        "'!has(event.minutes) || event.minutes > 3'",
        "event.order in ['a', 'b'] && event.order != 'a'",
        "event.order == event.brand && event.order == 'a'",
        "size(event.order) > 3 && size(event.order) < 3",  # more than it can tell
    ],
)
def test_a_failure_that_can_be_or_of_which_nobody_can_tell_is_none(when):
    text = changed(WHEN, when)
    assert warnings(text[: text.index("examples:")]) == []


def test_a_failure_that_one_of_its_events_can_make_is_none():
    facts = "  Parcel Late:\n"
    text = changed(facts, f"  Parcel Lost: {{minutes: string}}\n{facts}")
    text = text.replace("on: Parcel Late", "on: [Parcel Late, Parcel Lost]").replace(
        WHEN, "event.minutes == 'never'"
    )
    text = text.replace("    price: event.price_cents\n", "").replace(
        "about: event.order\n    when", "about: event.minutes\n    when"
    )
    text = text.replace("      order: 'has(event.order) ? event.order : \"\"'\n", "")
    text = text.replace("pays: {remedy: refund, ratio: 0.5}", "pays: {remedy: refund, cents: 5}")
    assert warnings(text[: text.index("examples:")]) == []


DATES = "    from: 2024-01-01\n    to: 2024-12-31\n"


@pytest.mark.parametrize(
    ("old", "new", "why"),
    [
        (DATES, "    from: 2025-01-01\n    before: params.ends\n", "it ends before it begins"),
        ("declines: true", "declines: false", "offers anything with `declines: true`"),
        ("when: failure.minutes >= 60", "when: failure.kind == 'x'", "no value of failure.kind"),
        ("when: failure.minutes >= 60", "when: failure.cause == 'weather'", "no value of failure"),
        ("when: failure.minutes >= 60", "when: '!failure.declined'", "no value of failure.decl"),
        ("when: failure.minutes >= 60", "when: failure.price_cents == 'x'", "declared otherwise"),
        ("when: failure.minutes >= 60", "when: params.late_minutes > 60", "its constants say no"),
    ],
)
def test_what_can_never_be_owed_is_a_warning(old, new, why):
    text = changed(old, new).replace("parameters:\n", "parameters:\n  ends: 2024-06-01\n")
    (warning,) = warnings(text)
    assert warning.startswith(at(text, "  - id: money_back", 1))
    assert "`money_back` can never be owed: " in warning
    assert why in warning


@pytest.mark.parametrize(
    ("old", "new"),
    [
        (DATES, "    from: params.starts\n    before: 2023-01-01\n"),  # waits for its day
        (DATES, "    before: params.ends\n"),
        ("when: failure.minutes >= 60", "when: failure.kind == 'parcel_late'"),
        ("when: failure.minutes >= 60", "when: failure.declined"),
        ("given: declined", "given: detection"),
    ],
)
def test_what_may_be_owed_some_day_is_none(old, new):
    parameters = "parameters:\n  ends: 2024-06-01\n  starts: never\n"
    assert warnings(changed(old, new).replace("parameters:\n", parameters)) == []


def test_a_plan_that_has_no_end_of_its_own_is_a_warning():
    late = changed("longest: 30d", "longest: 1d")
    (warning,) = warnings(late)
    assert warning.startswith(
        at(late, "    made_whole: {asked: thumbs, ask_after: 1d, ask_again", 17)
    )
    assert "no end of its own: `longest` of its hold is over before anybody asks" in warning
    slow = changed("choose_within: 1h", "choose_within: 30d")
    (warning,) = warnings(slow)
    assert warning.startswith(at(slow, "    choose_within: 30d", 20))
    assert warnings(changed("longest: 30d", "longest: 25h")) == []


def test_a_remedy_that_nobody_may_give_is_a_warning():
    gift = (
        "  - id: gift\n    kind: gift\n    title: {en: A gift}\n    cost: {cents: 5001}\n"
        "    provider: shop\n"
    )
    text = changed("remedies:\n", f"remedies:\n{gift}")
    (warning,) = warnings(text)
    assert warning.startswith(at(text, "  - id: gift", 1))
    assert "Nobody may give the remedy `gift`: no plan offers it, it costs 5001 cents" in warning
    (other,) = warnings(text.replace("5001", "5000"))
    assert "only a rep can give it" in other
    assert warnings(text.replace("[{remedy: new_parcel,", "[gift, {remedy: new_parcel,")) == []


ATOMS = st.one_of(
    st.builds("event.n {} {}".format, st.sampled_from(["<", "<=", ">", ">=", "==", "!="]),
              st.integers(-2, 2)),
    st.builds("{} {} event.n".format, st.integers(-2, 2), st.sampled_from(["<", ">=", "=="])),
    st.builds("event.s {} '{}'".format, st.sampled_from(["==", "!="]), st.sampled_from("ab")),
    st.builds("event.s in ['{}', 'c']".format, st.sampled_from("ab")),
    st.builds("params.n {} {}".format, st.sampled_from(["<", "=="]), st.integers(-1, 1)),
    st.sampled_from(["event.b", "has(event.n)", "has(event.s)", "event.n == 'a'", "params.b"]),
)  # fmt: skip
CONDITIONS = st.recursive(
    ATOMS,
    lambda inner: st.one_of(
        st.builds("({} && {})".format, inner, inner),
        st.builds("({} || {})".format, inner, inner),
        st.builds("!({})".format, inner),
        st.builds("({} ? {} : {})".format, inner, inner, inner),
    ),
    max_leaves=7,
)
FACTS = st.fixed_dictionaries(
    {}, optional={"n": st.integers(-3, 3), "s": st.sampled_from("abcd"), "b": st.booleans()}
)
PARAMETERS: Mapping[str, object] = {"n": 0, "b": False}
SCOPE = Scope(names=("event", "params"))
KNOWN = Known(parameters=PARAMETERS, shapes={"event": {"n": "int", "s": "string", "b": "bool"}})


@given(CONDITIONS, st.lists(FACTS, min_size=5, max_size=30))
def test_what_is_said_never_to_be_true_is_true_for_no_facts(condition, many):
    made = compile_expression(condition, SCOPE)
    if not never_true(made, KNOWN):
        return
    for facts in many:
        try:
            answer = made.evaluate({"event": facts, "params": PARAMETERS})
        except CelEvaluationError:
            continue
        assert answer is not True, (condition, facts)
