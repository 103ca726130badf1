"""What is measured: the right names, few labels, nobody's data, and only for who may read it."""

import re
from pathlib import Path

import httpx
import pytest
from prometheus_client.parser import text_string_to_metric_families

from makegood.api.keys import digest, mint
from makegood.runtime.pulse import SMTP, Pulse
from makegood.store.memory import MemoryStore
from makegood.testing.clock import FakeClock
from makegood.web.front import Front
from makegood.web.parts import Parts
from makegood.web.watching import is_local
from tests.integration.fronts import Running, joined, nothing_here, open_keys, running, serving

PAGE = Path("docs/reference/metrics.md")
QUESTION = {"identifier": "user:1", "brand": "", "class": "promotional", "channel": "mail"}
LOST = {
    "event": "Rental Unfulfilled",
    "userId": "1",
    "properties": {"reason": "no_vehicle", "reservation": "R1"},
}
PERSONAL = "Mxyzptlk"


@pytest.fixture(scope="module")
def front(tmp_path_factory):
    with running(tmp_path_factory.mktemp("metrics")) as served:
        yield served


def measured(front: Running) -> dict[str, dict[tuple[tuple[str, str], ...], float]]:
    """Every sample by its name and labels."""
    page = httpx.get(f"{front.url}/metrics")
    assert page.status_code == 200
    found: dict[str, dict[tuple[tuple[str, str], ...], float]] = {}
    for family in text_string_to_metric_families(page.text):
        for sample in family.samples:
            found.setdefault(sample.name, {})[tuple(sorted(sample.labels.items()))] = sample.value
    return found


def test_what_happens_is_counted_and_nothing_of_a_customer_stands_in_it(front):
    before = measured(front)
    with front.client() as client:
        track = {**LOST, "type": "track"}
        named = {
            "type": "identify", "userId": PERSONAL, "messageId": "n",
            "traits": {"name": PERSONAL, "email": f"{PERSONAL}@example.org"},
        }  # fmt: skip
        batch = [{**track, "messageId": "m1"}, {**track, "messageId": "m1"}, named, {"type": "x"}]
        assert client.post("/v1/batch", json={"batch": batch}).status_code == 200
        again = {**track, "messageId": "m1", "userId": "2"}
        assert client.post("/v1/batch", json={"batch": [again]}).status_code == 200
        client.post("/v1/may-send", json=QUESTION)
        client.post("/v1/may-send", json={**QUESTION, "identifier": f"user:{PERSONAL}x"})
        client.get(f"/desk/{PERSONAL}")
    after = measured(front)

    def more(name: str, **labels: str) -> float:
        key = tuple(sorted(labels.items()))
        return after[name][key] - before.get(name, {}).get(key, 0)

    assert more("makegood_events_total", result="accepted") == 2
    assert more("makegood_events_total", result="duplicate") == 1
    assert more("makegood_events_total", result="conflict") == 1
    assert more("makegood_events_total", result="rejected") == 1
    assert more("makegood_batch_events_count") == 2
    assert more("makegood_stored_seconds_count") == 2
    assert more("makegood_hold_seconds_count") == 1  # one request opened a case
    assert more("makegood_gate_answers_total", reason="hold", allowed="no") == 1
    assert more("makegood_gate_answers_total", reason="unknown", allowed="yes") == 1
    assert more("makegood_gate_seconds_count") == 2
    assert more("makegood_http_responses_total", part="ingest", status="2xx") == 2
    assert more("makegood_http_responses_total", part="desk", status="4xx") == 1
    assert PERSONAL.lower() not in repr(after).lower()


def test_the_labels_are_words_of_the_code(front):
    words = {value for name in measured(front).values() for key in name for _, value in key}
    numbers = re.compile(r"[0-9.e+Inf]+|[0-9]+\.[0-9]+.*")
    assert all(re.fullmatch(r"[a-z_0-9.]+", word) or numbers.match(word) for word in words
               if not word[:1].isupper())  # fmt: skip
    assert len(words) < 100


def test_the_page_of_the_reference_names_what_is_given_and_nothing_else(front):
    families = text_string_to_metric_families(httpx.get(f"{front.url}/metrics").text)
    given = {one.name for one in families if one.name.startswith("makegood_")}
    told = set(re.findall(r"^\| `(makegood_[a-z_]+?)(?:_total)?`", PAGE.read_text(), re.MULTILINE))
    assert given - told == set()
    assert told - given == set()


def test_only_a_key_with_the_scope_reads_it_from_elsewhere(front):
    def asked(**headers: str) -> int:
        named = {name.replace("_", "-"): value for name, value in headers.items()}
        return httpx.get(f"{front.url}/metrics", headers=named).status_code

    text, row = mint("watch", ("metrics",), 0)
    with front.store.writing() as writing:
        writing.put_key(row)
    assert asked() == 200
    assert asked(X_Forwarded_For="1.1.1.1") == 401
    assert asked(Authorization=f"Bearer {text}", X_Forwarded_For="1.1.1.1") == 200
    assert asked(Authorization=f"Bearer {front.keys['gate']}") == 403
    assert asked(Authorization="Bearer mg_wrong") == 401


def test_what_a_proxy_hands_on_is_never_from_this_machine():
    def scope(client, *headers: bytes):
        return {"client": client, "headers": [(name, b"x") for name in headers]}

    assert is_local(scope(("127.0.0.1", 1)), 0)
    assert is_local(scope(("::1", 1)), 0)
    assert not is_local(scope(("127.0.0.1", 1)), 1)
    assert not is_local(scope(("127.0.0.1", 1), b"x-real-ip"), 0)
    assert not is_local(scope(("10.0.0.1", 1)), 0)
    assert not is_local(scope(None), 0)
    assert not is_local(scope(("unix", 1)), 0)


def test_a_key_in_use_is_written_down_when_the_server_ends(tmp_path):
    store, clock = MemoryStore(), FakeClock()
    keys = open_keys(store)
    parts, _, _ = joined(store, clock)
    with serving(Front(lambda: Parts(parts), lambda: nothing_here)) as url:
        headers = {"Authorization": f"Bearer {keys['gate']}"}
        asked = httpx.post(f"{url}/v1/may-send", json=QUESTION, headers=headers)
        assert asked.status_code == 200
        with store.reading() as reading:
            assert reading.key_uses() == {}
    with store.reading() as reading:
        assert list(reading.key_uses()) == [digest(keys["gate"])]


def test_a_silent_smtp_gate_is_seen_by_its_place(tmp_path):
    with running(tmp_path) as front:
        Pulse(front.store, front.clock, SMTP, "mx1:25").beat({"passed": 3})
        front.clock.advance(90_000)
        found = measured(front)["makegood_smtp_gate_silent_seconds"]
        assert found == {(("gate", "mx1:25"),): 90.0}
