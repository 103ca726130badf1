"""Limits, brands and the names of requests at the door."""

import re
from collections.abc import Sequence

import httpx
from msgspec.structs import replace

from makegood.api.keys import mint
from makegood.api.limits import Allowance
from makegood.messages.ids import event_id
from makegood.ports.arrivals import Acknowledged, Arrival
from makegood.ports.rows import Taken
from makegood.runtime.own_brands import refused
from makegood.web.parts import Shape
from tests.integration.fronts import running

QUESTION = {"identifier": "user:1", "brand": "vans", "class": "promotional", "channel": "mail"}
LOST = {"event": "Rental Unfulfilled", "userId": "1", "messageId": "m1"}


def test_every_answer_to_a_key_says_what_is_left(tmp_path):
    shape = Shape(allowance=Allowance(per_second=0.001, burst=2))
    with running(tmp_path, shape=shape) as front, front.client() as client:
        answers = [client.post("/v1/may-send", json=QUESTION) for _ in range(3)]
    assert [one.status_code for one in answers] == [200, 200, 429]
    assert [one.headers["ratelimit"].partition(";t")[0] for one in answers] == [
        '"key";r=1',
        '"key";r=0',
        '"key";r=0',
    ]
    assert {one.headers["ratelimit-policy"] for one in answers} == {'"key";q=2;w=2000'}
    assert int(answers[2].headers["retry-after"]) > 500


def test_a_key_with_a_pace_of_its_own_keeps_to_it(tmp_path):
    with running(tmp_path) as front:
        text, row = mint("slow", ("gate",), 0)
        with front.store.writing() as writing:
            writing.put_key(replace(row, per_second=0.001, burst=1.0))
        headers = {"Authorization": f"Bearer {text}"}
        codes = [
            httpx.post(f"{front.url}/v1/may-send", json=QUESTION, headers=headers).status_code
            for _ in range(2)
        ]
    assert codes == [200, 429]


def test_a_request_keeps_a_sane_name_and_gets_one_otherwise(tmp_path):
    with running(tmp_path) as front:

        def named(given: str) -> str:
            answer = httpx.get(f"{front.url}/healthz", headers={"X-Request-Id": given})
            return answer.headers["x-request-id"]

        assert named("0af7651916cd43dd-7") == "0af7651916cd43dd-7"
        for wild in ("", "short", "ana@example.org is angry", "x" * 101, "a" * 8 + "\t{}"):
            assert re.fullmatch(r"[0-9a-f]{16}", named(wild))
        again = [httpx.get(f"{front.url}/nowhere").headers["x-request-id"] for _ in range(2)]
        assert again[0] != again[1]


def test_a_key_of_some_brands_asks_and_tells_of_these_alone(tmp_path):
    with running(tmp_path) as front:
        text, row = mint("vans", ("ingest", "gate"), 0)
        with front.store.writing() as writing:
            writing.put_key(replace(row, brands=("vans",)))
        headers = {"Authorization": f"Bearer {text}"}
        with httpx.Client(base_url=front.url, headers=headers) as client:

            def asked(brand: str) -> int:
                by_post = client.post("/v1/may-send", json={**QUESTION, "brand": brand})
                where = f"/v1/may-send/p{'0' * 32}"
                given = {"brand": brand, "class": "survey", "channel": "mail"}
                by_get = client.get(where, params=given)
                assert by_get.status_code == by_post.status_code
                return by_post.status_code

            assert [asked(brand) for brand in ("vans", "cars", "")] == [200, 403, 403]
            items = [
                {**LOST, "type": "track", "messageId": brand or "none", "properties": properties}
                for brand in ("vans", "cars", "")
                for properties in [{"brand": brand} if brand else {}]
            ]
            results = client.post("/v1/batch", json={"batch": items}).json()["results"]
            assert [one["status"] for one in results] == ["accepted", "rejected", "accepted"]
            assert "only for what is of vans" in results[1]["error"]
            one = client.post("/v1/track", json={**LOST, "properties": {"brand": "cars"}})
            assert one.status_code == 400


def test_what_the_rule_book_finds_to_be_another_brands_is_rejected(tmp_path):
    def take(arrivals: Sequence[Arrival]) -> list[Acknowledged]:
        return [
            refused(one)
            if one.brands and one.message_id == "theirs"
            else Acknowledged(taken=Taken.NEW, event=event_id(one.source, one.message_id))
            for one in arrivals
        ]

    with running(tmp_path, take=take) as front:
        theirs, own = ({**LOST, "type": "track", "messageId": one} for one in ("theirs", "own"))

        def post(*items: object, strict: bool) -> httpx.Response:
            text, row = mint(f"vans {strict}", ("ingest",), 0, strict=strict)
            with front.store.writing() as writing:
                writing.put_key(replace(row, brands=("vans",)))
            headers = {"Authorization": f"Bearer {text}"}
            return httpx.post(f"{front.url}/v1/batch", json={"batch": items}, headers=headers)

        both = post(theirs, own, strict=False)
        assert both.status_code == 200
        told = both.json()["results"]
        assert [one["status"] for one in told] == ["rejected", "accepted"]
        assert "only for what is of vans" in told[0]["error"]
        alone = post(theirs, strict=False)
        assert (alone.status_code, alone.json()["code"]) == (400, "item_rejected")
        strictly = post(theirs, own, strict=True)
        assert strictly.status_code == 400
        assert [one["status"] for one in strictly.json()["results"]] == ["rejected", "accepted"]
        assert "The other 1 are stored" in strictly.json()["error"]["what_to_do"]


def test_a_key_of_some_brands_hears_the_reason_and_not_the_case_of_another(tmp_path):
    with running(tmp_path) as front:
        for who, brand in (("1", "cars"), ("2", "vans"), ("3", "")):
            lost = {**LOST, "userId": who, "messageId": who}
            lost["properties"] = {"reason": "none", **({"brand": brand} if brand else {})}
            with front.client() as client:
                assert client.post("/v1/track", json=lost).status_code == 200
        text, row = mint("vans", ("gate",), 0)
        with front.store.writing() as writing:
            writing.put_key(replace(row, brands=("vans",)))

        def heard(who: str, headers: dict[str, str]) -> tuple[bool, str, bool]:
            asked = {**QUESTION, "identifier": f"user:{who}"}
            told = httpx.post(f"{front.url}/v1/may-send", json=asked, headers=headers).json()
            return told["allowed"], told["reason"], told["case"] is not None

        limited = {"Authorization": f"Bearer {text}"}
        whole = {"Authorization": f"Bearer {front.keys['gate']}"}
        assert [heard(who, whole) for who in "123"] == [(False, "hold", True)] * 3
        assert [heard(who, limited) for who in "123"] == [
            (False, "hold", False),
            (False, "hold", True),
            (False, "hold", True),
        ]
