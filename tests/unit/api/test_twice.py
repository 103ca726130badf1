"""Two of the same at once, in threads: everything that is posted happens once."""

from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from threading import Barrier

import pytest
from django.test import Client

from makegood.bootstrap import Makegood
from tests.e2e.screens import customer_of, introduce, serving
from tests.unit.api.test_said import HOUR, at
from tests.unit.playbooks.said_book import TWO_BRANDS

WHO = {"identifier": "user:ana", "about": "O1", "brand": "acme"}
SAID = WHO | {"rep": "kathy"}
UNTIL = at(HOUR)
POSTS = {
    "promises": SAID | {"promise": "no_fee", "until": UNTIL, "words": "W", "binds": {"cents": 9}},
    "disclosures": SAID | {"disclosure": "fee", "cents": 900},
    "redirects": SAID | {"to": "inn", "accepted_by": "Maria", "until": UNTIL, "story": "S"},
    "requests": WHO | {"request": "drop_fee", "facts": {}},
    "failures": WHO | {"failure": "other", "words": "The lift."},
}


@pytest.fixture
def makegood() -> Iterator[Makegood]:
    with serving(TWO_BRANDS) as (opened, _):
        yield opened


def _post(headers: dict[str, str], path: str, body: object):
    named = headers | {"Idempotency-Key": "k1"}
    return Client().post(f"/v1/{path}", body, content_type="application/json", headers=named)


@pytest.mark.parametrize("known", [True, False], ids=["known", "unknown"])
@pytest.mark.parametrize("path", POSTS)
def test_the_same_at_once_happens_once_and_another_body_is_a_conflict(
    makegood, headers, path, known
):
    if known:
        introduce(makegood)
    gate = Barrier(4)

    def post(_: int):
        gate.wait()
        return _post(headers, path, POSTS[path])

    with ThreadPoolExecutor(4) as pool:
        answers = list(pool.map(post, range(4)))
    assert [one.status_code for one in answers] == [200] * 4, answers[0].content
    with makegood.store.reading() as reading:
        history = reading.history(customer_of(makegood, "user:ana"))
    kinds = [type(event.body).__name__ for event in history]
    assert len([one for one in kinds if one != "Identified"]) == 1, kinds
    other = _post(headers, path, POSTS[path] | {"about": "O2"})
    assert other.status_code == 409
    elsewhere = _post(headers, path, POSTS[path] | {"identifier": "user:bob"})
    assert elsewhere.status_code == 409
