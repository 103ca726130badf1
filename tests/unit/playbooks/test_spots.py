"""A value of a book is changed in its own place, and not a character beside it."""

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from makegood.books.opening import read_book, shipped_books
from makegood.playbooks.load import check_book
from makegood.playbooks.mistakes import Report
from makegood.playbooks.nodes import plain, read_nodes
from makegood.playbooks.spots import changed, spots_of

CARS = read_book("car-rental")[0]
SMALL = """\
# Comments stay.
makegood: 1
parameters:
  late_minutes: 30   # a choice of the firm
  from_day: never
failures:
  - id: late
    when: &late |
      event.minutes >= 3 &&
        event.reason != "rain"   # inside: no comment
    severity: 'event.minutes > 60 ? 3 : 2'
  - id: twice
    when: *late
plans:
  - for: late
    hold: &hold {scope: umbrella, cool_off: 2d}   # {not: this}
    call_within: 15m
  - for: twice
    hold: *hold
requests:
  - id: later
    takes: {price_cents: int}
    rows:
      - {id: soon, when: {hours: "<= 3", fare: [flex, full], promised: false}, charges: 750}
messages:
  - {id: sorry, within: 3d}
"""


def written(text: str) -> dict[str, str]:
    return {spot.path: spot.written for spot in spots_of(text)}


def test_amounts_limits_and_conditions_are_found_with_what_stands_beside_them():
    found = {spot.path: spot for spot in spots_of(SMALL)}
    assert {path: spot.kind for path, spot in found.items()} == {
        "parameters/late_minutes": "number",
        "parameters/from_day": "word",
        "failures/late/when": "condition",
        "failures/late/severity": "condition",
        "plans/0/hold/cool_off": "span",
        "plans/0/call_within": "span",
        "requests/later/rows/soon/when/hours": "test",
        "requests/later/rows/soon/when/fare": "test",
        "requests/later/rows/soon/when/promised": "test",
        "requests/later/rows/soon/charges": "money",
    }
    assert found["parameters/late_minutes"].comment == "a choice of the firm"
    assert found["failures/late/when"].also == ("failures/twice/when",)
    assert found["plans/0/hold/cool_off"].also == ("plans/1/hold/cool_off",)
    assert found["requests/later/rows/soon/when/fare"].written == "[flex, full]"
    late = found["failures/late/when"]
    assert (late.place.line, late.place.column, late.last_line) == (8, 17, 10)


@pytest.mark.parametrize(
    ("path", "wanted", "before", "after"),
    [
        ("parameters/late_minutes", "45", "minutes: 30   #", "minutes: 45   #"),
        ("plans/0/hold/cool_off", "36h", "cool_off: 2d}", "cool_off: 36h}"),
        ("requests/later/rows/soon/when/hours", "< 2", '"<= 3"', '"< 2"'),
        ("requests/later/rows/soon/when/hours", "3", '"<= 3"', "3"),
        ("requests/later/rows/soon/when/promised", "> 3, it's", "d: false", "d: '> 3, it''s'"),
        ("requests/later/rows/soon/when/fare", "[flex]", "[flex, full]", "[flex]"),
        ("requests/later/rows/soon/when/fare", "flex", "[flex, full]", "flex"),
        ("requests/later/rows/soon/charges", "1250", "charges: 750", "charges: 1250"),
        (
            "failures/late/severity",
            'event.kind == "it\'s" ? 3 : 2',
            "'event.minutes > 60 ? 3 : 2'",
            "'event.kind == \"it''s\" ? 3 : 2'",
        ),
        (
            "failures/late/when",
            "event.minutes >= 4",
            'event.minutes >= 3 &&\n        event.reason != "rain"   # inside: no comment',
            "event.minutes >= 4",
        ),
    ],
)
def test_only_the_characters_of_the_value_change(path, wanted, before, after):
    assert before in SMALL
    text = changed(SMALL, {path: wanted})
    assert text == SMALL.replace(before, after)
    assert written(text) == {**written(SMALL), path: wanted}


def test_several_changes_are_one_text():
    wanted = {"parameters/late_minutes": "5", "requests/later/rows/soon/charges": "100000"}
    assert written(changed(SMALL, wanted)) == {**written(SMALL), **wanted}
    with pytest.raises(KeyError):
        changed(SMALL, {"parameters/late_minutes": "5", "parameters/nothing": "1"})


@pytest.mark.parametrize("text", ["", "- a list", "a: [", "\t", "a: *b"])
def test_what_is_no_book_has_no_places(text):
    assert spots_of(text) == ()


@pytest.mark.parametrize("name", sorted(shipped_books()))
def test_every_place_of_a_shipped_book_can_be_written_again(name):
    text = shipped_books()[name]
    spots = spots_of(text)
    assert len(spots) > 50
    assert changed(text, {spot.path: spot.written for spot in spots}) == text
    for spot in spots:
        if spot.kind == "money":
            more = changed(text, {spot.path: str(int(spot.written) + 1)})
            assert check_book(more, name=name).errors == ()


LIMITS = """\
approval: {within: 2h}
budgets:
  - {id: front, cents: 5000, per: day, roles: [rep]}
goodwill:
  most: {ratio: 1.5, except: [room]}
  used: failure.minutes < 60
  doses:
    used: {1: 0.1, 3: 0.2}
    unused: {1: 1.0}
  apologies: {within: 90d}
claims:
  - {id: taxi, most_cents: 6000, receipt_above_cents: 1000, within: 30d, answer_within: 2d}
promises:
  - {id: waived, on: Fee Waived, within: 7d, binds: {cents: event.cents, sum_cents: int}}
remedies:
  - {id: sister, redirects: {accepted_by: other, expires: 4h}}
standing:
  value: {cents: customer.worth_cents, bands: {usual: 0, high: 500000}}
  partner: {from: customer.partner, reciprocal_cents: customer.sales_cents}
  public_voice: {from: customer.followers, wide_from: 100000}
everyone: {same: [loss], within: 365d, judge_after: 30d, too_few: 20}
"""


def test_what_limits_what_is_given_is_found_and_names_of_facts_are_not():
    assert {spot.path: spot.kind for spot in spots_of(LIMITS)} == {
        "approval/within": "span",
        "budgets/front/cents": "money",
        "goodwill/most/ratio": "number",
        "goodwill/used": "condition",
        "goodwill/doses/used/1": "number",
        "goodwill/doses/used/3": "number",
        "goodwill/doses/unused/1": "number",
        "goodwill/apologies/within": "span",
        "claims/taxi/most_cents": "money",
        "claims/taxi/receipt_above_cents": "money",
        "claims/taxi/within": "span",
        "claims/taxi/answer_within": "span",
        "promises/waived/within": "span",
        "remedies/sister/redirects/expires": "span",
        "standing/value/bands/usual": "money",
        "standing/value/bands/high": "money",
        "standing/public_voice/wide_from": "number",
        "everyone/within": "span",
        "everyone/judge_after": "span",
        "everyone/too_few": "number",
    }


OTHERWISE = {
    "money": "123457",
    "number": "7",
    "span": "123h",
    "word": "other",
    "test": "'< 17'",
    "condition": "1 > 2",
}
PAGES = {**shipped_books(), "limits": LIMITS}


def leaves(value: object, path: str = "") -> dict[str, object]:
    """Every value of a text with where it stands, by keys, ids and numbers."""
    if isinstance(value, dict):
        below = [(str(key), one) for key, one in value.items()]
    elif isinstance(value, list):
        ids = [one.get("id") if isinstance(one, dict) else None for one in value]
        below = [(str(ids[n] or n), one) for n, one in enumerate(value)]
    else:
        return {path: value}
    found: dict[str, object] = {}
    for key, one in below:
        found |= leaves(one, f"{path}/{key}")
    return found


def said_by(text: str) -> dict[str, object]:
    return leaves(plain(read_nodes(text, Report("book"))[0]))


@settings(max_examples=12)
@given(st.data())
@pytest.mark.parametrize("name", sorted(PAGES))
def test_a_change_changes_exactly_that_value(name, data):
    text = PAGES[name]
    spot = data.draw(st.sampled_from(spots_of(text)))
    before, after = said_by(text), said_by(changed(text, {spot.path: OTHERWISE[spot.kind]}))
    places = {f"/{path}" for path in (spot.path, *spot.also)}
    differ = {path for path in {**before, **after} if before.get(path) != after.get(path)}
    assert differ
    assert {path for path in differ if not any(_is_in(path, one) for one in places)} == set()


def _is_in(path: str, place: str) -> bool:
    return path == place or path.startswith(f"{place}/")


@given(st.sampled_from(spots_of(SMALL)), st.text(st.characters(codec="utf-8"), min_size=1))
def test_whatever_is_typed_stands_there_and_changes_nothing_else(spot, typed):
    """A typed value becomes one value, whatever YAML would make of its signs."""
    wanted = "".join(sign for sign in typed if sign.isprintable()).strip()
    if not wanted:
        return
    text = changed(SMALL, {spot.path: wanted})
    found = written(text)
    assert found.pop(spot.path, wanted) == wanted  # a word where a span stood is no span
    rest = written(SMALL)
    del rest[spot.path]
    assert found == rest
