"""Webhook endpoints at the desk: made, shown with how they fare, rotated, told again, removed."""

import re

import pytest

from makegood.bootstrap import Makegood
from makegood.core.notices import NoticeKind
from makegood.effects.hooks import SINK
from makegood.ports.notices import TellingStatus
from makegood.ports.webhooks import GONE
from tests.e2e.hooks import URL, a_failing_webhook
from tests.e2e.screens import introduce, no_car
from tests.unit.desk.browsing import words_of

PATH = "/desk/connections/webhooks"


@pytest.fixture
def endpoint(makegood: Makegood) -> str:
    introduce(makegood)
    no_car(makegood)
    return a_failing_webhook(makegood)


def test_an_endpoint_is_added_and_its_secret_shown_only_when_asked_for(makegood: Makegood, omar):
    form = {"url": URL, "description": "CRM", "kinds": ["hold.opened"]}
    page = omar.post(f"{PATH}/add", form, follow=True)
    assert page.status_code == 200
    ((row, _),) = makegood.endpoints.every()
    assert (row.by, row.kinds) == ("omar", (NoticeKind.HOLD_OPENED,))
    assert "whsec_" not in page.content.decode()
    shown = omar.post(f"{PATH}/{row.id}/secret")
    assert makegood.endpoints.secrets(row.id).newest in shown.content.decode()
    assert "no-store" in shown["Cache-Control"]
    assert omar.get(f"{PATH}/{row.id}/secret").status_code == 405


def test_a_wrong_address_is_said_beside_what_was_typed(omar):
    form = {"url": "https://127.0.0.1/x", "description": "CRM", "kinds": ["case.opened"]}
    page = omar.post(f"{PATH}/add", form)
    assert page.status_code == 422
    assert "not on the open internet" in words_of(page)
    assert 'value="https://127.0.0.1/x"' in page.content.decode()
    assert re.search(r'value="case.opened"\s+checked', page.content.decode())


def test_a_failing_endpoint_and_one_that_is_gone_are_seen(makegood: Makegood, omar, endpoint):
    assert "It answered 500" in words_of(omar.get(PATH))
    page = omar.get(f"{PATH}/{endpoint}")
    assert "&lt;h1&gt;It is full.&lt;/h1&gt;" in page.content.decode()
    makegood.endpoints.disable(endpoint, GONE)
    assert "It answered 410" in words_of(omar.get(PATH))
    on_the_desk = words_of(omar.get("/desk/broken"))
    assert "answered 410 and was switched off" in on_the_desk
    omar.post(f"{PATH}/{endpoint}/enable")
    assert makegood.endpoints.find(endpoint).disabled == ""
    omar.post(f"{PATH}/{endpoint}/disable")
    assert makegood.endpoints.find(endpoint).disabled == "omar"


def test_what_failed_is_sent_again_one_by_one_or_all(makegood: Makegood, omar, endpoint):
    from msgspec.structs import replace

    sink = SINK + endpoint
    with makegood.store.writing() as writing:
        for one in writing.tellings(sink, TellingStatus.LEASED, 0, 10):
            failed = replace(one, status=TellingStatus.FAILED, settled_ms=1)
            assert writing.settle_telling(failed)
            last = one
    page = omar.post(f"{PATH}/{endpoint}/replay", {"notice": last.said.notice.id}, follow=True)
    assert "1 will be sent again." in words_of(page)
    with makegood.store.reading() as reading:
        left = len(reading.tellings(sink, TellingStatus.FAILED, 0, 10))
    assert left
    page = omar.post(f"{PATH}/{endpoint}/replay", follow=True)
    assert f"{left} will be sent again." in words_of(page)
    page = omar.post(f"{PATH}/{endpoint}/replay", follow=True)
    assert "nothing to send again" in words_of(page)


def test_a_rotation_shows_both_and_a_second_one_waits(makegood: Makegood, omar, endpoint):
    old = makegood.endpoints.secrets(endpoint).newest
    page = omar.post(f"{PATH}/{endpoint}/rotate")
    assert makegood.endpoints.secrets(endpoint).newest in page.content.decode()
    assert old not in page.content.decode()
    assert "second signature" in words_of(page)
    again = omar.post(f"{PATH}/{endpoint}/rotate", follow=True)
    assert "within the last 24 hours" in words_of(again)


def test_what_cannot_be_done_is_no_good_news(makegood: Makegood, omar, endpoint):
    makegood.endpoints.rotate(endpoint)
    page = omar.post(f"{PATH}/{endpoint}/rotate", follow=True).content.decode()
    assert re.search(r'class="notice alarm" role="alert">[^<]*secret', page)


def test_brands_are_called_by_their_names(makegood: Makegood, omar):
    form = {"url": URL, "kinds": [], "brands": ["northwind_vans"]}
    omar.post(f"{PATH}/add", form)
    page = omar.get(PATH)
    assert "everything · Northwind Vans" in words_of(page)
    assert "Northwind Cars" in words_of(page)
    assert "northwind_vans" not in words_of(page)


def test_a_removed_endpoint_is_gone(makegood: Makegood, omar, endpoint):
    page = omar.post(f"{PATH}/{endpoint}/remove", follow=True)
    assert "No tool is told yet." in words_of(page)
    assert omar.get(f"{PATH}/{endpoint}").status_code == 404
    assert makegood.endpoints.every() == ()


def test_who_may_not_connect_sees_no_tab(kathy):
    assert "Webhooks" not in words_of(kathy.get("/desk/connections/"))
