"""Told twice over HTTP: once for its key, by who said so, and by no key of another brand."""

import pytest
from django.test import Client

from makegood.bootstrap import Makegood
from makegood.ports.places import PlaceRow
from tests.e2e.screens import case_of, introduce, no_car
from tests.unit.api.test_brands_of_keys import client_of

BRAND = "northwind_cars"


@pytest.fixture
def client(headers: dict[str, str]) -> Client:
    return Client(headers=headers)


@pytest.fixture
def case(makegood: Makegood) -> str:
    introduce(makegood)
    no_car(makegood)
    return case_of(makegood)


def say(client: Client, case: str, name: str = "k1", **told: str):
    headers = {"Idempotency-Key": name}
    path = f"/v1/cases/{case}/told-twice"
    return client.post(path, told, content_type="application/json", headers=headers)


def counted(makegood: Makegood) -> dict[str, int]:
    with makegood.store.reading() as reading:
        return dict(reading.told_twice(0))


def test_everybody_who_notices_is_counted_and_a_repeat_is_not(makegood, client, case):
    with makegood.store.writing() as writing:
        writing.put_places([PlaceRow(place="harbour", brand=BRAND, name="Harbour", kind="branch")])
    assert say(client, case, who="customer", words="My name, again.").status_code == 200
    assert say(client, case, "k2", who="rep", rep="kathy").status_code == 200
    assert say(client, case, "k3", who="place", place="harbour").status_code == 200
    first = say(client, case, "k3", who="place", place="harbour").json()
    assert first["repeated"] is True
    assert counted(makegood) == {BRAND: 3}


def test_who_says_so_is_known(makegood, client, case):
    assert say(client, case, who="rep").status_code == 422
    assert say(client, case, who="rep", rep="nobody").status_code == 422
    assert say(client, case, who="place", place="nowhere").status_code == 422
    assert say(client, case, who="somebody").status_code == 422
    assert say(client, f"ke{'0' * 32}", who="customer").status_code == 404
    assert counted(makegood) == {}


def test_a_key_of_another_brand_finds_no_such_case(makegood, case):
    vans = client_of(makegood, "vans", ("cases",), brands=("northwind_vans",))
    assert say(vans, case, who="customer").status_code == 404
    assert counted(makegood) == {}
