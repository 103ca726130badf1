"""Kinds of mail over HTTP: in pages, without anybody's data, and said what they are."""

import pytest
from django.test import Client

from makegood.api.keys import mint
from makegood.bootstrap import Makegood
from makegood.messages.commands import MessageClass
from tests.unit.gate.mail_kinds_world import CHEERY, STRANGE, mail, to


@pytest.fixture
def client(headers: dict[str, str], makegood: Makegood) -> Client:
    for guest in range(2):
        makegood.mail_kinds.classify(mail(STRANGE, guest, "For {0}"), recipients=to(guest))
    makegood.mail_kinds.classify(mail(CHEERY, 0, "Good morning"), recipients=to(0))
    makegood.mail_kinds.tend()
    return Client(headers=headers)


def say(client: Client, kind: str, found: str | None):
    path = f"/v1/mail-kinds/{kind}/class"
    return client.post(path, {"class": found}, content_type="application/json")


def test_a_key_that_works_on_cases_calls_no_mail_a_service_message(headers, makegood: Makegood):
    text, row = mint("helper", ("cases",), makegood.clock.now_ms())
    with makegood.store.writing() as writing:
        writing.put_key(row)
    answer = say(Client(headers={"Authorization": f"Bearer {text}"}), "nobody", "service")
    assert (answer.status_code, answer.json()["error"]["code"]) == (403, "scope_missing")


def test_what_nobody_classed_is_listed_with_an_example_and_no_name(client: Client):
    (one,) = client.get("/v1/mail-kinds?waiting=true").json()["kinds"]
    assert (one["class"], one["by"], one["mails"], one["brand"]) == (
        None,
        "none",
        2,
        "northwind_cars",
    )
    assert "umbrella stand" in one["example"]
    assert "anna" not in str(one).lower()


def test_a_kind_is_said_changed_and_taken_back_and_a_repeat_adds_nothing(
    client: Client, makegood: Makegood
):
    (one,) = client.get("/v1/mail-kinds?waiting=true").json()["kinds"]
    for _ in range(2):
        said = say(client, one["id"], "survey").json()
        assert (said["class"], said["by"], said["said_by"]) == ("survey", "person", "key:tester")
    with makegood.store.reading() as reading:
        assert reading.last_mail_decision() == 1
    found = makegood.mail_kinds.classify(mail(STRANGE, 3, "For {0}"), recipients=to(3))
    assert found.message_class is MessageClass.SURVEY
    assert say(client, one["id"], None).json()["class"] is None
    assert client.get(f"/v1/mail-kinds/{one['id']}").json()["by"] == "none"


def test_kinds_come_in_pages(client: Client):
    seen = []
    after = ""
    while True:
        page = client.get("/v1/mail-kinds", {"limit": 1, "after": after}).json()
        seen += [one["id"] for one in page["kinds"]]
        after = page["next"]
        if after is None:
            break
    assert len(seen) == len(set(seen)) == 2


@pytest.mark.parametrize(
    ("path", "status"),
    [
        ("mail-kinds?after=nonsense", 422),
        ("mail-kinds?limit=0", 422),
        ("mail-kinds?brand=nobody", 400),
        ("mail-kinds/nobody", 404),
        ("mail-kinds/NO%20BODY", 422),
    ],
)
def test_what_cannot_be_asked_is_refused_in_one_shape(client: Client, path: str, status: int):
    answer = client.get(f"/v1/{path}")
    assert answer.status_code == status
    assert answer.json()["error"]["what_to_do"]


def test_a_kind_of_a_rule_and_an_unknown_class_are_refused(client: Client):
    assert say(client, "rule:northwind_cars:invoices", "survey").status_code == 400
    assert say(client, "nobody", "spam").status_code == 422
    assert say(client, "nobody", "survey").status_code == 404
