"""Whatever is sent, the interface answers it: no value that JSON can say is a fault of ours."""

from collections.abc import Iterator

import pytest
from django.test import Client

from makegood.bootstrap import Makegood
from tests.e2e.screens import introduce, serving
from tests.unit.api.test_said import HOUR, at
from tests.unit.playbooks.said_book import TWO_BRANDS


@pytest.fixture
def makegood() -> Iterator[Makegood]:
    with serving(TWO_BRANDS) as (opened, _):
        introduce(opened)
        yield opened


@pytest.fixture
def client(headers: dict[str, str]) -> Client:
    return Client(headers=headers, raise_request_exception=False)


def post(client: Client, path: str, body: str):
    headers = {"Idempotency-Key": "k1"}
    return client.post(f"/v1/{path}", body, content_type="application/json", headers=headers)


_UNTIL = f'"{at(HOUR)}"'
ODD = [
    *('"\\ud800"', '{"\\ud800": 1}', '["\\ud800"]', '"\\u0000"', '"' + "x" * 5_000 + '"', '"x"'),
    *("1e400", "9e300", "-1", "1" + "0" * 30, "1" + "0" * 5_000, "NaN", "Infinity"),
    *("null", "[]", "{}", "true", "[" * 2_000 + "]" * 2_000),
    *('"9999-12-31T23:59:59-12:00"', '"0001-01-01T00:00:00+14:00"'),
]
_WHO = {"identifier": '"user:ana"', "about": '"O1"', "brand": '"acme"', "language": '"en"'}
_SAID = _WHO | {"rep": '"kathy"'}
ROUTES = {
    "promises": _SAID
    | {"promise": '"no_fee"', "until": _UNTIL, "words": '"W"', "binds": '{"cents": 9}'},
    "disclosures": _SAID
    | {"disclosure": '"fee"', "cents": "9", "channel": '"phone"', "words": '"W"'},
    "redirects": _SAID
    | {"to": '"harbour"', "accepted_by": '"Maria"', "until": _UNTIL, "story": '"S"'},
    "requests": _WHO
    | {"request": '"drop_fee"', "facts": "{}", "asker": '""', "payer": '""', "told": '""'},
}


def bodies(route: str, odd: str) -> Iterator[str]:
    """The odd value in every field, and at every depth of the facts."""
    good = ROUTES[route]
    inside = ("cents", odd), ("x", odd), ("x", f"[{odd}]"), ("x", f'{{"y": {odd}}}')
    changed = [(field, odd) for field in good]
    for holder in {"binds", "facts"} & set(good):
        changed += [(holder, f'{{"{name}": {value}}}') for name, value in inside]
    for change in changed:
        fields = good | dict([change])
        yield "{" + ", ".join(f'"{name}": {value}' for name, value in fields.items()) + "}"


@pytest.mark.parametrize("odd", ODD, ids=range(len(ODD)))
@pytest.mark.parametrize("route", ROUTES)
def test_an_odd_value_anywhere_is_no_fault(client, route, odd):
    answers = {body: post(client, route, body).status_code for body in bodies(route, odd)}
    assert {body: status for body, status in answers.items() if status >= 500} == {}
