"""Sources at the desk: each with its address, and what could not be taken, page by page."""

import pytest
from django.test import Client

from makegood.books.opening import read_book
from makegood.bootstrap import Makegood
from makegood.effects.zendesk import ZendeskSettings
from makegood.ports.unfit import Unfit
from makegood.settings import SourceSecrets
from tests.e2e.screens import serving
from tests.unit.desk.conftest import _signed_in
from tests.unit.sources.payloads import NORTHWIND

SECRETS = {"zendesk": SourceSecrets(secrets=("a secret that is long enough",))}


@pytest.fixture
def northwind():
    text, _ = read_book(NORTHWIND)
    zendesk = ZendeskSettings(url="https://northwind.zendesk.com", oauth="t")
    with serving(text, sources=SECRETS, zendesk=zendesk) as (makegood, _):
        yield makegood


@pytest.fixture
def omar(northwind: Makegood) -> Client:
    return _signed_in("omar")


def leave(makegood: Makegood, count: int, source: str = "zendesk") -> None:
    now_ms = makegood.clock.now_ms()
    rows = [
        Unfit(
            id=f"{n:032x}",
            source=source,
            at_ms=now_ms + n,
            reason=f"Reason {n}.",
            record="<b>x</b>",
        )
        for n in range(count)
    ]
    with makegood.store.writing() as writing:
        writing.put_unfit(rows)


def test_each_source_is_listed_with_its_address_and_whether_it_is_believed(northwind, omar):
    leave(northwind, 2)
    page = omar.get("/desk/connections/sources").content.decode()
    assert "http://localhost:8000/v1/in/zendesk" in page
    assert page.count("nobody is believed") == 2
    assert "2 records could not be taken" in page
    assert "None was written yet." in page


def test_what_could_not_be_taken_is_shown_page_by_page_and_is_never_run(northwind, omar):
    leave(northwind, 30)
    first = omar.get("/desk/connections/sources/zendesk")
    words = first.content.decode()
    assert "Reason 29." in words
    assert "Reason 4." not in words
    assert "&lt;b&gt;x&lt;/b&gt;" in words
    second = omar.get(f"/desk/connections/sources/zendesk?after={first.context['older']}")
    assert "Reason 4." in second.content.decode()
    assert "Reason 5." not in second.content.decode()
    assert second.context["older"] == ""


@pytest.mark.parametrize("after", ["", "x", "-", "1", "9" * 40 + "-a", "12-%00"])
def test_a_place_that_is_none_begins_at_the_newest_or_shows_nothing(northwind, omar, after):
    leave(northwind, 1)
    assert omar.get(f"/desk/connections/sources/zendesk?after={after}").status_code in (200, 400)


def test_a_source_of_another_book_is_not_there(northwind, omar):
    leave(northwind, 1, source="gone")
    assert omar.get("/desk/connections/sources/gone").status_code == 404


def test_who_may_not_connect_sees_nothing_of_it(northwind):
    kathy = _signed_in("kathy")
    assert kathy.get("/desk/connections/sources").status_code == 403
    assert kathy.get("/desk/connections/sources/zendesk").status_code == 403
    assert kathy.post("/desk/connections/sources/tell").status_code == 403
