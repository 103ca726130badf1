"""Accounts and agreements over HTTP: kept once, paged, and seen by brand."""

from typing import Any

import pytest
from django.test import Client
from msgspec.structs import replace

from makegood.api.keys import mint
from makegood.bootstrap import Makegood
from makegood.core.agreements import is_seen_by
from makegood.sources.account_cells import Ways, agreement_of
from tests.e2e.screens import introduce

RATE = {"account": "meridian", "kind": "rate", "percent_off": "12.5"}
CARS, VANS = "northwind_cars", "northwind_vans"


def key(makegood: Makegood, *scopes: str, brands: tuple[str, ...] = ()) -> dict[str, str]:
    text, row = mint(f"k-{'-'.join((*scopes, *brands))}", scopes, makegood.clock.now_ms())
    with makegood.store.writing() as writing:
        writing.put_key(replace(row, brands=brands))
    return {"Authorization": f"Bearer {text}"}


@pytest.fixture
def headers(makegood: Makegood) -> dict[str, str]:
    return key(makegood, "accounts")


def put(path: str, headers: dict[str, str], **body: Any) -> tuple[int, Any]:
    answer = Client().put(f"/v1/{path}", body, content_type="application/json", headers=headers)
    return answer.status_code, answer.json()


def post(path: str, headers: dict[str, str], **body: Any) -> tuple[int, Any]:
    answer = Client().post(f"/v1/{path}", body, content_type="application/json", headers=headers)
    return answer.status_code, answer.json()


def get(path: str, headers: dict[str, str]) -> tuple[int, Any]:
    answer = Client().get(f"/v1/{path}", headers=headers)
    return answer.status_code, answer.json()


@pytest.fixture
def meridian(makegood: Makegood, headers: dict[str, str]) -> None:
    company = {"kind": "company", "name": "Meridian Tools"}
    assert put("accounts/meridian", headers, **company) == (200, {"fate": "new"})


def test_the_same_again_changes_nothing(meridian, headers):
    company = {"kind": "company", "name": "Meridian Tools"}
    assert put("accounts/meridian", headers, **company) == (200, {"fate": "same"})
    assert put("agreements/A-1", headers, **RATE) == (200, {"fate": "new"})
    assert put("agreements/A-1", headers, **RATE) == (200, {"fate": "same"})
    code, one = get("agreements/A-1", headers)
    assert code == 200
    assert (one["kind"], one["scope"], one["off_per_mille"]) == ("rate", "umbrella", 125)


def test_fixed_prices_and_guarantees_come_back_as_they_were_sent(meridian, headers):
    prices = {"account": "meridian", "kind": "rate", "prices": {"van": "95.50", "*": "120 EUR"}}
    assert put("agreements/P-1", headers, **prices)[0] == 200
    shown = get("agreements/P-1", headers)[1]["prices"]
    assert shown["van"] == {"cents": 9_550, "currency": "USD"}
    assert shown["*"]["currency"] == "EUR"
    promised = {"promises": "a_car", "broken_by": ["no_car"], "owes": "refund", "amount": "50"}
    guarantee = {"account": "meridian", "kind": "guarantee", "within": "7d", **promised}
    assert put("agreements/G-1", headers, **guarantee)[0] == 200
    one = get("agreements/G-1", headers)[1]
    assert (one["cents"], one["broken_by"], one["waives"]) == (5_000, ["no_car"], None)


def test_what_is_wrong_is_said_and_nothing_is_stored(meridian, headers):
    code, said = put("agreements/A-1", headers, **{**RATE, "percent_off": "130"})
    assert code == 400
    assert "write per cent" in str(said)
    code, said = put("agreements/A-1", headers, **{**RATE, "account": "nobody"})
    assert code == 422
    assert "bring that in first" in str(said)
    assert get("agreements/A-1", headers)[0] == 404
    assert put("accounts/a b", headers, kind="company", name="X")[0] in (404, 422)


def test_roles_page_without_a_gap(meridian, headers):
    for n in range(5):
        body = {"identifier": f"user:g{n}", "role": "guest", "from": "2026-01-01"}
        assert put("accounts/meridian/parties", headers, **body)[0] == 200
    first = get("accounts/meridian/parties?limit=2", headers)[1]
    rest = get(f"accounts/meridian/parties?limit=9&after={first['next']}", headers)[1]
    names = {one["identifier"] for one in (*first["parties"], *rest["parties"])}
    assert names == {f"user:g{n}" for n in range(5)}
    assert rest["next"] is None
    assert get("accounts/meridian/parties?after=nonsense", headers)[0] == 404
    assert get("accounts/nobody/parties", headers)[0] == 404


def test_an_agreement_ends_once_and_keeps_its_past(meridian, headers):
    put("agreements/A-1", headers, **RATE)
    code, ended = post("agreements/A-1/end", headers)
    assert code == 200
    assert ended["until_at"] is not None
    assert post("agreements/A-1/end", headers)[0] == 400
    assert put("agreements/A-1", headers, **RATE)[0] == 422
    assert post("agreements/Z/end", headers)[0] == 404


def test_reading_alone_changes_nothing(makegood, meridian, headers):
    reads = key(makegood, "accounts.read")
    assert get("accounts?begins=tool", reads)[1]["accounts"][0]["id"] == "meridian"
    assert put("agreements/A-1", reads, **RATE)[0] == 403
    assert get("accounts", key(makegood, "cases"))[0] == 403


SCOPES: tuple[dict[str, Any], ...] = (
    {},
    {"brand": CARS},
    {"brand": VANS},
    {"brand": CARS, "elsewhere": False},
    {"brand": VANS, "elsewhere": False},
    {"brand": VANS, "not_at": [f"brand:{CARS}"]},
    {"brand": VANS, "elsewhere": False, "also_at": [f"brand:{CARS}"]},
)


def test_no_brand_sees_what_another_one_agreed_for_itself(makegood, meridian, headers):
    for n, where in enumerate(SCOPES):
        assert put(f"agreements/S-{n}", headers, **RATE, **where)[0] == 200
    for brand in (CARS, VANS):
        theirs = key(makegood, "accounts", brands=(brand,))
        listed = {one["id"] for one in get("agreements?limit=50", theirs)[1]["agreements"]}
        for n, where in enumerate(SCOPES):
            cells = {
                name: ";".join(it) if isinstance(it, list) else it for name, it in where.items()
            }
            cells["elsewhere"] = "no" if where.get("elsewhere") is False else "yes"
            one = agreement_of({**RATE, "agreement": f"S-{n}", **cells}, Ways())
            seen = is_seen_by(one, (brand,))
            assert (one.id in listed) is seen
            assert get(f"agreements/{one.id}", theirs)[0] == (200 if seen else 404)


def test_a_key_of_one_brand_agrees_for_that_brand_alone(makegood, meridian, headers):
    theirs = key(makegood, "accounts", brands=(CARS,))
    assert put("agreements/A-1", theirs, **RATE)[0] == 403
    assert put("agreements/A-1", theirs, **RATE, brand=VANS)[0] == 403
    assert put("agreements/A-1", theirs, **RATE, brand=CARS)[0] == 200
    put("agreements/A-2", headers, **RATE)
    assert post("agreements/A-2/end", theirs)[0] == 403
    put("agreements/A-3", headers, **RATE, brand=VANS, elsewhere=False)
    assert put("agreements/A-3", theirs, **RATE, brand=CARS)[0] == 404
    assert post("agreements/A-3/end", theirs)[0] == 404
    assert get("accounts/meridian/parties", theirs)[0] == 403
    assert put("accounts/meridian", theirs, kind="company", name="Else")[0] == 403


def test_a_failure_raised_for_a_client_names_who_asks_and_who_paid(makegood, meridian, headers):
    introduce(makegood)
    bo = {"identifier": "user:bo", "role": "asks"}
    assert put("accounts/meridian/parties", headers, **bo)[0] == 200
    ana = {"identifier": "user:ana", "role": "guest"}
    assert put("accounts/meridian/parties", headers, **ana)[0] == 200
    cases = {**key(makegood, "cases"), "Idempotency-Key": "f-1"}
    body = {"identifier": "user:ana", "about": "R7", "asker": "user:bo", "payer": "user:till"}
    code, raised = post("failures", cases, **body)
    assert code in (200, 201), raised
    again = post("failures", cases, **body)[1]
    assert again["repeated"] is True
    other = post("failures", cases, **{**body, "payer": "user:else"})
    assert other[0] == 409
    with makegood.store.reading() as reading:
        event = next(one for _, one in reading.log(0, 100) if one.id == raised["event"])
    parties = event.stamp.parties
    assert parties is not None
    assert parties.account == "meridian"
    assert parties.asks == makegood.intake.profile("user:bo")
    assert parties.pays == makegood.intake.profile("user:till")
