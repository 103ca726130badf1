"""Live updates: a stream tells which cases changed, to pages with a ticket only."""

import json

import httpx

from makegood.gate.tickets import TICKET_SECONDS, issue_ticket
from makegood.messages.ids import RepId
from makegood.ports.rows import RepRow
from makegood.web import live
from tests.integration.fronts import SECRET, running

BRAND = {"brand": "northwind_cars"}
LOST = {"event": "Rental Unfulfilled", "userId": "1", "properties": {"reason": "sold_out"}}


def test_a_stream_hears_of_the_case_that_an_event_opened(tmp_path):
    with running(tmp_path) as front, front.client() as client:
        ticket = issue_ticket(SECRET, RepId("kathy"), front.clock)
        with client.stream("GET", "/live", params={"token": ticket}) as stream:
            assert stream.headers["content-type"] == "text/event-stream"
            lines = stream.iter_lines()
            assert next(lines) == "retry: 2000"
            assert client.post("/v1/track", json=LOST).status_code == 200
            seen = _cases(lines)
        with front.store.reading() as reading:
            assert len(seen) == 1
            assert all(reading.case(case) is not None for case in seen)


def _cases(lines) -> list[str]:
    """Read one whole message; the cases it names."""
    for line in lines:
        if line.startswith("data: "):
            told = json.loads(line.removeprefix("data: "))
            assert told["position"] > 0
            return told["cases"]
    return []


def test_a_page_without_a_ticket_hears_nothing(tmp_path):
    with running(tmp_path) as front:
        ticket = issue_ticket(SECRET, RepId("kathy"), front.clock)
        assert httpx.head(f"{front.url}/live", params={"token": ticket}).status_code == 200
        front.clock.advance((TICKET_SECONDS + 1) * 1000)
        for token in ("", "forged", ticket):
            answer = httpx.get(f"{front.url}/live", params={"token": token})
            assert answer.status_code == 403
            assert answer.json()["error"]["what_to_do"] == "Load the page again."


def test_a_stream_ends_with_its_ticket(tmp_path):
    with running(tmp_path) as front, front.client() as client:
        ticket = issue_ticket(SECRET, RepId("kathy"), front.clock)
        with client.stream("GET", "/live", params={"token": ticket}) as stream:
            lines = stream.iter_lines()
            assert next(lines) == "retry: 2000"
            front.clock.advance((TICKET_SECONDS + 1) * 1000)
            assert client.post("/v1/track", json=LOST).status_code == 200
            assert sum(line.startswith("data: ") for line in lines) == 1  # and then it ends


def test_streams_are_not_without_number(tmp_path, monkeypatch):
    monkeypatch.setattr(live, "MOST_STREAMS", 0)
    with running(tmp_path) as front:
        ticket = issue_ticket(SECRET, RepId("kathy"), front.clock)
        answer = httpx.get(f"{front.url}/live", params={"token": ticket})
        assert answer.status_code == 503
        assert int(answer.headers["retry-after"]) >= 1


def test_nobody_takes_all_the_streams(tmp_path, monkeypatch):
    monkeypatch.setattr(live, "MOST_OF_ONE", 1)
    with running(tmp_path) as front, httpx.Client(base_url=front.url, timeout=30) as client:
        kathy = {"token": issue_ticket(SECRET, RepId("kathy"), front.clock)}
        omar = {"token": issue_ticket(SECRET, RepId("omar"), front.clock)}
        with client.stream("GET", "/live", params=kathy) as stream:
            lines = stream.iter_lines()
            assert next(lines) == "retry: 2000"
            assert client.head("/live", params=kathy).status_code == 503
            with client.stream("GET", "/live", params=omar) as other:
                assert other.status_code == 200


def test_a_stream_names_no_case_of_a_brand_that_its_reader_does_not_serve(tmp_path):
    with running(tmp_path) as front, front.client() as client:
        with front.store.writing() as writing:
            writing.put_reps(
                (RepRow(rep=RepId("vera"), name="Vera", role="rep", brands=("other",)),)
            )
        heard = []
        for name in ("vera", "kathy"):
            ticket = issue_ticket(SECRET, RepId(name), front.clock)
            with client.stream("GET", "/live", params={"token": ticket}) as stream:
                lines = stream.iter_lines()
                assert next(lines) == "retry: 2000"
                lost = {**LOST, "userId": name, "properties": {**LOST["properties"], **BRAND}}
                assert client.post("/v1/track", json=lost).status_code == 200
                heard.append(_cases(lines))
        assert heard[0] == []
        assert len(heard[1]) == 1
