"""The suppression list over HTTP: pages, changes, digests, tags, and who may."""

from hashlib import sha256

import pytest
from django.test import Client

from makegood.api.keys import mint
from makegood.messages.facts import Identified, Touchpoint
from makegood.ports.arrivals import Arrival
from makegood.runtime.intake import body_digest

PATH = "/v1/suppressions"


@pytest.fixture
def key(makegood):
    text, row = mint("mailer", ("suppressions",), makegood.clock.now_ms())
    with makegood.store.writing() as writing:
        writing.put_key(row)
    return {"Authorization": f"Bearer {text}"}


@pytest.fixture
def ask(key):
    client = Client()

    def get(expect=200, *, headers=None, **query):
        answer = client.get(PATH, query, headers={**key, **(headers or {})})
        assert answer.status_code == expect, answer.content
        return answer if expect != 200 or headers else answer.json()

    return get


def take(makegood, who, body, name, **more):
    arrival = Arrival(
        source="t",
        message_id=name,
        identifier=who,
        time_ms=makegood.clock.now_ms(),
        body=body,
        body_digest=body_digest(body),
        **more,
    )
    makegood.intake.take([arrival])


def fail(makegood, who, *lookups, name=""):
    take(makegood, who, Identified(traits={}), f"{who}{name}i", lookups=lookups)
    facts = {"reservation": f"R{who}{name}", "reason": "overbooked", "price_cents": 100}
    body = Touchpoint(name="Rental Unfulfilled", properties=facts)
    take(makegood, who, body, f"{who}{name}f")


def test_the_list_pages_and_then_says_where_its_changes_begin(makegood, ask):
    people = [f"user:{n}" for n in range(5)]
    for who in people:
        fail(makegood, who, f"email:{who[5:]}@example.org")
    makegood.teller.run_once()
    found, after, pages = [], "", 0
    while after is not None:
        page = ask(after=after, limit=2)
        found += page["suppressions"]
        after, pages = page["next"], pages + 1
        assert (page["changes"] is None) == (after is not None)
    assert pages == 3
    assert {name for one in found for name in one["identifiers"]} >= set(people)
    assert all(one["held"] and one["reason"] for one in found)
    assert page["as_of"].endswith("Z")
    assert ask(after=page["changes"])["suppressions"] == []
    fail(makegood, "user:late")
    makegood.teller.publish({})
    changed = ask(after=page["changes"])
    assert [one["identifiers"] for one in changed["suppressions"]] == [["user:late"]]
    assert ask(after=changed["changes"])["suppressions"] == []


def test_digests_stand_in_for_names(makegood, ask):
    fail(makegood, "user:ana", "email:ana@example.org")
    (one,) = ask(hashed="true")["suppressions"]
    assert one["sha256"] == [sha256(b"ana@example.org").hexdigest()]
    assert one["identifiers"] is None
    assert "ana" not in str(one)


def test_a_tag_spares_the_body_while_nothing_changes(makegood, ask):
    fail(makegood, "user:ana")
    first = ask(headers={"X": "1"})
    tag = first["ETag"]
    again = ask(304, headers={"If-None-Match": f'"x", {tag}'})
    assert again.content == b""
    assert again["ETag"] == tag
    fail(makegood, "user:ben")
    assert ask(headers={"If-None-Match": tag})["ETag"] != tag


def test_what_always_passes_suppresses_nobody(makegood, ask):
    fail(makegood, "user:ana")
    assert ask(**{"class": "service"})["suppressions"] == []
    assert len(ask(**{"class": "survey"})["suppressions"]) == 1


def test_a_brand_the_book_does_not_know_is_a_mistake(makegood, ask):
    assert b"brand" in ask(400, brand="nobody").content


def test_a_cursor_that_is_no_longer_kept_says_so(makegood, ask):
    fail(makegood, "user:ana")
    makegood.teller.run_once()
    with makegood.store.writing() as writing:
        assert writing.trim_notices(makegood.clock.now_ms() + 1, 100)
    assert b"cursor_too_old" in ask(410, after="c0").content
    assert ask(410, after="c999999999999999")
    assert ask(422, after="x")


def test_only_a_key_with_the_scope_reads_it(makegood, headers):
    client = Client()
    assert client.get(PATH).status_code == 401
    assert client.get(PATH, headers=headers).status_code == 403
