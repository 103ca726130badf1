"""Webhook endpoints over HTTP: made, changed, rotated, replayed, removed; and who may."""

import pytest
from django.test import Client
from msgspec.structs import replace

from makegood.api.keys import mint
from makegood.ports.notices import TellingStatus
from tests.unit.api.test_suppressions import fail

PATH = "/v1/webhooks"
URL = "https://93.184.215.14/hook"  # an address in the open internet, so that nothing is looked up


@pytest.fixture
def ask(makegood):
    text, row = mint("crm", ("webhooks",), makegood.clock.now_ms())
    with makegood.store.writing() as writing:
        writing.put_key(row)
    client = Client(headers={"Authorization": f"Bearer {text}"})

    def call(method, path="", body=None, expect=200, query=""):
        where = f"{PATH}{path}{query}"
        answer = client.generic(
            method,
            where,
            "" if body is None else __import__("json").dumps(body),
            "application/json",
        )
        assert answer.status_code == expect, answer.content
        return answer.json() if answer.content else None

    return call


@pytest.fixture
def made(ask):
    wanted = {"url": URL, "kinds": ["hold.*"], "description": "The CRM"}
    return ask("POST", body=wanted, expect=201)


def test_an_endpoint_is_made_with_its_secret_and_listed_without(ask, made):
    assert made["secret"].startswith("whsec_")
    assert made["kinds"] == ["hold.opened", "hold.lifted"]
    assert made["by"] == "crm"
    (listed,) = ask("GET")["webhooks"]
    assert "secret" not in listed
    assert listed == {key: made[key] for key in listed}
    assert ask("GET", f"/{made['id']}") == listed
    assert ask("GET", f"/{made['id']}/secret")["secret"] == made["secret"]


def test_a_repeated_request_makes_no_second_endpoint(ask, made):
    wanted = {"url": URL, "kinds": ["hold.opened", "hold.lifted"], "description": "The CRM"}
    assert ask("POST", body=wanted, expect=201)["id"] == made["id"]
    assert ask("POST", body={**wanted, "kinds": []}, expect=201)["id"] != made["id"]


def test_a_change_leaves_out_what_stays(ask, made):
    path = f"/{made['id']}"
    changed = ask("PATCH", path, {"kinds": []})
    assert (changed["kinds"], changed["description"]) == ([], "The CRM")
    off = ask("PATCH", path, {"disabled": True})
    assert off["disabled"] == "crm"
    assert ask("PATCH", path, {"disabled": False})["disabled"] is None
    ask("PATCH", path, {"url": "https://elsewhere.example"}, 422)
    ask("PATCH", path, {"brands": ["nobody"]}, 400)


def test_a_rotation_gives_both_secrets_for_a_day(ask, made):
    path = f"/{made['id']}/rotate"
    rotated = ask("POST", path)
    assert rotated["before"] == made["secret"]
    assert rotated["before_until"]
    ask("POST", path, expect=400)


def test_what_was_noticed_is_listed_and_sent_again(makegood, ask, made):
    fail(makegood, "user:ana")
    makegood.teller.publish(makegood.sinks())
    path = f"/{made['id']}"
    (one,) = ask("GET", f"{path}/notices")["notices"]
    assert (one["kind"], one["status"], one["attempts"]) == ("hold.opened", "waiting", 0)
    assert ask("GET", path)["waiting"] == 1
    assert ask("GET", f"{path}/deliveries") == {"deliveries": [], "next": None}
    assert ask("POST", f"{path}/replay", {"notices": [one["notice"]]}) == {"again": 0}
    assert ask("POST", f"{path}/replay", {"since": "2026-01-01T00:00:00Z"}) == {"again": 0}
    page = ask("GET", f"{path}/notices", query="?status=failed&limit=1")
    assert page == {"notices": [], "next": None}


def test_who_sent_something_again_stands_in_the_record(makegood, ask, made):
    fail(makegood, "user:ana")
    makegood.teller.publish(makegood.sinks())
    now_ms = makegood.clock.now_ms()
    with makegood.store.writing() as writing:
        (one,) = writing.claim_tellings(f"webhook:{made['id']}", now_ms, 1_000, 10)
        writing.settle_telling(replace(one, status=TellingStatus.DONE, settled_ms=now_ms))
    path = f"/{made['id']}/replay"
    assert ask("POST", path, {"notices": [one.said.notice.id]}) == {"again": 1}
    with makegood.store.reading() as reading:
        newest = reading.acts()[0]
    assert (newest.what, newest.who, newest.after) == ("webhook.replayed", "crm", {"notices": "1"})


def test_a_removed_endpoint_is_gone(ask, made):
    path = f"/{made['id']}"
    ask("DELETE", path, expect=204)
    ask("GET", path, expect=404)
    ask("DELETE", path, expect=404)
    assert ask("GET")["webhooks"] == []


@pytest.mark.parametrize("url", ["http://example.org", "https://127.0.0.1/", "nonsense"])
def test_an_address_that_may_not_be_reached_is_refused(ask, url):
    ask("POST", body={"url": url}, expect=400)


def test_only_a_key_with_the_scope_is_let_in(headers):
    client = Client()
    assert client.get(PATH).status_code == 401
    assert client.get(PATH, headers=headers).status_code == 403
    assert client.post(PATH, {}, "application/json", headers=headers).status_code == 403
