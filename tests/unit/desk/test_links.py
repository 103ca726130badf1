"""The tab of who is who: evidence field by field, one click, and no other brand's data."""

import pytest

from makegood.bootstrap import Makegood
from makegood.core.holds import Question
from makegood.core.state import decode_state
from makegood.messages.commands import MessageClass
from makegood.ports.links import Candidate, Evidence, LinkPair, LinkRun
from tests.e2e.screens import customer_of, introduce, no_car
from tests.unit.desk.browsing import CountingStore, words_of

PAGE = "/desk/umbrella/links"
CARS, VANS = "northwind_cars", "northwind_vans"
RUN = LinkRun(
    run=0, at_ms=0, lists={CARS: 2, VANS: 2}, linked_at=0.95, review_at=0.5, linked=0, asked=0,
    known=0, apart=0, left_out={}, precision=(0.99, 0.995, 1.0),
)  # fmt: skip
PROMOTION = Question(brand="", message_class=MessageClass.PROMOTIONAL, channel="mail")


def candidate(number: int = 1, **changes: object) -> Candidate:
    plain: dict[str, object] = {
        "left": "user:ana",
        "right": f"user:ann{number}",
        "left_brand": CARS,
        "right_brand": VANS,
        "probability": 0.93,
        "bits": 3.7 - number / 100,
        "is_sure": False,
        "why": "The dates of birth differ.",
        "evidence": (
            Evidence(title="Given name", left="Ana", right="Annie", says="short", bits=2.0),
            Evidence(title="Surname", left="Ruiz", right="Ruiz", says="the same", bits=8.4),
            Evidence(title="E-mail", left="a@example.org", right="", says="", bits=0.0),
            Evidence(title="Date of birth", left="1971", right="1972", says="other", bits=-5.0),
        ),
    }
    return Candidate(**{**plain, **changes})  # type: ignore[arg-type]


def asked(makegood: Makegood, *found: Candidate) -> LinkPair:
    makegood.link_runs.take(found or (candidate(),), RUN, lambda *_: None)
    with makegood.store.reading() as reading:
        pairs = reading.link_pairs("review")
    return pairs[0]


def status(makegood: Makegood, pair: LinkPair) -> LinkPair:
    with makegood.store.reading() as reading:
        return reading.links_by_id([pair.id])[pair.id]


def test_a_pair_is_listed_with_its_names_and_why_a_person_is_asked(omar, makegood: Makegood):
    assert "Nobody has to be looked at." in words_of(omar.get(PAGE))
    asked(makegood)
    text = words_of(omar.get(PAGE))
    assert "Ana Ruiz and Annie Ruiz" in text
    assert "93 % likely" in text
    assert "The dates of birth differ." in text
    assert "1 put before a person" in text


def test_the_evidence_is_shown_field_by_field_in_words_with_its_weight(kathy, makegood: Makegood):
    pair = asked(makegood)
    text = words_of(kathy.get(f"{PAGE}/{pair.id}"))
    assert "Surname Ruiz Ruiz the same strongly for one person" in text
    assert "E-mail a@example.org not known cannot be compared says little" in text
    assert "Date of birth 1971 1972 other clearly against one person" in text
    assert "user:ana · user:ann1" in text


def test_one_click_links_and_writes_who_and_why(kathy, makegood: Makegood):
    introduce(makegood, "user:ana", "Ana Ruiz")
    introduce(makegood, "user:ann1", "Annie Ruiz")
    no_car(makegood, "user:ana")
    pair = asked(makegood)
    assert makegood.gate.ask("user:ann1", PROMOTION).allowed
    text = words_of(kathy.post(f"{PAGE}/{pair.id}/link", follow=True))
    assert "Linked: they are one customer" in text
    assert customer_of(makegood, "user:ana") == customer_of(makegood, "user:ann1")
    assert not makegood.gate.ask("user:ann1", PROMOTION).allowed
    kept = status(makegood, pair)
    assert (kept.by, kept.reason) == ("kathy", "Surname: the same; Given name: short")
    with makegood.store.reading() as reading:
        act = reading.acts(limit=1)[0]
    assert (act.what, act.who, act.after["reason"]) == ("customers.linked", "kathy", kept.reason)
    page = words_of(kathy.get(f"/desk/customers/{customer_of(makegood, 'user:ana')}"))
    assert "linked two profiles as one customer" in page


def test_a_wrong_link_is_taken_apart_and_each_is_as_before(kathy, makegood: Makegood):
    introduce(makegood, "user:ana", "Ana Ruiz")
    introduce(makegood, "user:ann1", "Annie Ruiz")
    no_car(makegood, "user:ana")

    def states():
        with makegood.store.reading() as reading:
            rows = [reading.row(customer_of(makegood, it)) for it in ("user:ana", "user:ann1")]
        return [decode_state(row.state) for row in rows if row is not None]

    before = states()
    pair = asked(makegood)
    kathy.post(f"{PAGE}/{pair.id}/link")
    assert "Say why" in words_of(kathy.post(f"{PAGE}/{pair.id}/unlink", follow=True))
    given = {"reason": "Mother and daughter"}
    text = words_of(kathy.post(f"{PAGE}/{pair.id}/unlink", given, follow=True))
    assert "Taken apart" in text
    assert "Mother and daughter" in text
    assert states() == before
    assert makegood.gate.ask("user:ann1", PROMOTION).allowed
    assert status(makegood, pair).status == "apart"


def test_kept_apart_is_remembered_and_nobody_is_asked_again(kathy, makegood: Makegood):
    pair = asked(makegood)
    given = {"reason": "Sisters"}
    text = words_of(kathy.post(f"{PAGE}/{pair.id}/apart", given, follow=True))
    assert "nobody is asked about these two again" in text
    asked(makegood, candidate(), candidate(2))
    text = words_of(kathy.get(PAGE))
    assert "To look at 1" in text
    assert "Kept apart 1" in text
    assert "Annie" not in words_of(kathy.get(f"{PAGE}?show=apart"))
    kept = words_of(kathy.get(f"{PAGE}/{pair.id}"))
    assert "Sisters" in kept
    assert "Ruiz" not in kept


def test_who_serves_one_of_the_brands_sees_nothing_of_a_pair(vera, makegood: Makegood):
    pair = asked(makegood)
    page = vera.get(PAGE)
    assert "Ruiz" not in words_of(page)
    assert "To look at 0" in words_of(page)
    assert "put before a person" not in words_of(page)
    assert vera.get(f"{PAGE}/{pair.id}").status_code == 404
    for act in ("link", "apart", "unlink"):
        assert vera.post(f"{PAGE}/{pair.id}/{act}", {"reason": "x"}).status_code == 404
    assert status(makegood, pair) == pair


def test_who_serves_both_brands_of_a_pair_sees_it(vera, makegood: Makegood):
    asked(makegood, candidate(left_brand=VANS))
    assert "Ana Ruiz" in words_of(vera.get(PAGE))


def test_a_decision_of_somebody_else_stands(kathy, omar, makegood: Makegood):
    pair = asked(makegood)
    kathy.post(f"{PAGE}/{pair.id}/apart")
    text = words_of(omar.post(f"{PAGE}/{pair.id}/apart", follow=True))
    assert "Somebody had decided this already" in text
    assert status(makegood, pair).by == "kathy"


@pytest.mark.parametrize("act", ["", "/nonsense"])
def test_what_is_not_there_is_not_found(kathy, makegood: Makegood, act):
    pair = asked(makegood)
    assert kathy.post(f"{PAGE}/{pair.id}/nonsense").status_code == 404
    assert kathy.get(f"{PAGE}/l{'0' * 32}").status_code == 404
    assert kathy.get(f"{PAGE}/..%2f{act}").status_code == 404


def test_the_list_pages_with_as_many_questions_for_two_rows_as_for_many(omar, makegood: Makegood):
    from makegood.desk.links import PAGE as ROWS

    makegood.link_runs.take([candidate(1), candidate(2)], RUN, lambda *_: None)
    makegood.store = counting = CountingStore(makegood.store)
    omar.get(PAGE)
    few, counting.asked = sum(counting.asked.values()), type(counting.asked)()
    found = [candidate(number) for number in range(ROWS + 2)]
    makegood.link_runs.take(found, RUN, lambda *_: None)
    counting.asked.clear()
    first = omar.get(PAGE)
    assert sum(counting.asked.values()) == few
    content = first.content.decode()
    assert content.count("<article") == ROWS
    following = content.split("after=")[1].split('"')[0]
    assert omar.get(f"{PAGE}?after={following}").content.decode().count("<article") == 2
    assert "This was the last page." in words_of(omar.get(f"{PAGE}?after=-999999.l{'0' * 32}"))
    assert omar.get(f"{PAGE}?after=nonsense&show=nonsense").status_code == 200
