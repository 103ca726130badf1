"""How a customer feels over HTTP: words of a scale, what says them, and gaps; no number."""

import pytest
from django.test import Client
from msgspec.structs import replace

from makegood.api.keys import mint
from makegood.bootstrap import Makegood
from makegood.messages.facts import Answered, Wrote
from makegood.messages.ids import CaseId
from makegood.testing.book import HOUR_MS
from tests.e2e.screens import case_of, customer_of, introduce, no_car, take

ANA = "user:ana"


@pytest.fixture
def where(makegood: Makegood) -> str:
    introduce(makegood)
    no_car(makegood)
    case = CaseId(case_of(makegood))
    for n, answer in enumerate(("not_yet", "good")):
        makegood.clock.advance(HOUR_MS)  # type: ignore[attr-defined]
        take(makegood, ANA, Answered(case=case, answer=answer), f"answer {n}")  # type: ignore[arg-type]
    makegood.clock.advance(HOUR_MS)  # type: ignore[attr-defined]
    take(makegood, ANA, Wrote(case=case, text="t-secret"), "wrote", texts={"t-secret": "My words"})
    return f"/v1/customers/{customer_of(makegood, ANA)}/feelings"


def get(where: str, headers: dict[str, str], **asked: object):
    answer = Client(headers=headers).get(where, asked)
    assert answer.status_code == 200, answer.content
    return answer.json()


def test_the_line_says_what_they_said_with_the_event_that_says_it(where, headers):
    found = get(where, headers)
    assert found["next"] is None
    assert found["line"]["now"] == found["line"]["last"] == "happy"
    assert found["line"]["read_from"] is None
    first, last = found["line"]["spans"]
    assert (first["feeling"], last["feeling"]) == ("unhappy", "happy")
    assert (first["until"], last["until"]) == (last["since"], None)
    assert {first["event"], last["event"]} <= {one["event"] for one in found["evidence"]}
    kinds = [(one["kind"], one["said"], one["feeling"]) for one in found["evidence"]]
    assert kinds == [
        ("wrote", True, None), ("good_again", True, "happy"), ("not_yet", True, "unhappy"),
        ("let_down", False, None),
    ]  # fmt: skip


def test_it_carries_no_words_of_the_customer_and_no_name(where, headers):
    answer = Client(headers=headers).get(where)
    assert b"My words" not in answer.content
    assert b"Ana" not in answer.content


def test_it_pages_to_the_end_and_a_made_up_place_is_refused(where, headers):
    whole = get(where, headers)["evidence"]
    page, got = get(where, headers, limit=1), []
    while True:
        got += page["evidence"]
        if page["next"] is None:
            break
        page = get(where, headers, limit=1, after=page["next"])
        assert page["line"] is None
    assert got == whole
    wrong = Client(headers=headers).get(where, {"after": "AAAA"})
    assert wrong.status_code == 400
    assert wrong.json()["error"]["what_to_do"]
    assert Client(headers=headers).get(where, {"after": "no place"}).status_code == 422


def test_a_key_of_another_brand_finds_nobody_and_its_own_brand_alone(makegood, where):
    text, row = mint("vans", ("cases",), makegood.clock.now_ms())
    with makegood.store.writing() as writing:
        writing.put_key(replace(row, brands=("northwind_vans",)))
    vans = {"Authorization": f"Bearer {text}"}
    assert Client(headers=vans).get(where).status_code == 404
    no_car(makegood, brand="northwind_vans", reservation="R7")
    found = get(where, vans)
    brands = {one["brand"] for one in found["evidence"]}
    assert "northwind_cars" not in brands


def test_nobody_knows_a_customer_that_is_none(makegood, headers):
    nobody = f"/v1/customers/p{'0' * 32}/feelings"
    assert Client(headers=headers).get(nobody).status_code == 404
