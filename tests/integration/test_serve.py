"""`makegood serve` as a person runs it: a process, a key, an event, a question, a stop."""

import json
import os
import signal
import subprocess
import sys
from collections.abc import Iterator
from contextlib import suppress
from pathlib import Path
from threading import Event
from urllib.parse import urlsplit

import httpx
import pytest

from makegood.books.opening import read_book
from tests.integration.served import command, free_port

START_TRIES = 8  # each waits twice as long as the one before: a minute in all
NO_CAR = {
    "type": "track",
    "event": "Rental Unfulfilled",
    "messageId": "serve-1",
    "userId": "synthetic-1",
    "properties": {
        "reservation": "SYN-1",
        "branch": "Airport",
        "brand": "northwind_cars",
        "reason": "no_vehicle",
        "price_cents": 28_900,
    },
}


@pytest.fixture
def environ(tmp_path: Path) -> dict[str, str]:
    database = f"sqlite:///{tmp_path / 'serve.db'}"
    return {**os.environ, "MAKEGOOD_DATABASE": database, "MAKEGOOD_BOOK": "car-rental"}


@pytest.fixture
def served(environ: dict[str, str]) -> Iterator[tuple[str, subprocess.Popen[bytes]]]:
    """A running server and its address."""
    port = free_port()
    process = subprocess.Popen(
        [sys.executable, "-m", "makegood.cli", "serve", "--port", str(port)],
        env=environ,
        stdout=subprocess.PIPE,  # never written to: it is open until its last process has ended
        start_new_session=True,
    )
    url = f"http://127.0.0.1:{port}"
    with httpx.Client(transport=httpx.HTTPTransport(retries=START_TRIES)) as client:
        assert client.get(f"{url}/healthz", timeout=60).status_code == 200
    yield url, process
    with suppress(ProcessLookupError):
        os.killpg(process.pid, signal.SIGKILL)
    process.communicate()


def test_an_event_with_a_key_is_held_at_once_and_sigterm_ends_the_server(environ, served):
    url, process = served
    key = command(environ, "key", "create", "shop", "--scope", "ingest", "--scope", "gate")
    with httpx.Client(base_url=url, headers={"Authorization": f"Bearer {key}"}) as client:
        taken = client.post("/v1/track", json=NO_CAR)
        assert taken.status_code in (200, 202), taken.text
        question = {"identifier": "user:synthetic-1", "brand": "northwind_cars",
                    "class": "promotional", "channel": "mail"}  # fmt: skip
        answer = client.post("/v1/may-send", json=question).json()
        assert (answer["allowed"], answer["reason"]) == (False, "hold")
        assert client.get("/readyz").status_code == 200
    process.send_signal(signal.SIGTERM)
    assert process.wait(60) == 0


def test_a_person_made_on_the_command_line_signs_in(environ, served):
    url, _ = served
    password = "a bad day ends well"
    command(environ, "user", "create", "kathy", "--role", "rep", typed=f"{password}\n")
    with httpx.Client(base_url=url, follow_redirects=True) as client:
        page = client.get("/accounts/login/")
        token = page.text.partition('name="csrfmiddlewaretoken" value="')[2].partition('"')[0]
        form = {"login": "kathy", "password": password, "csrfmiddlewaretoken": token}
        desk = client.post("/accounts/login/", data=form, headers={"Origin": url, "Referer": url})
        assert desk.url.path == "/desk/", desk.text
        assert "Kathy" in desk.text


def test_no_process_outlives_a_server_that_was_killed(served):
    url, process = served
    process.kill()  # the parent alone; nobody is left to tell the one that serves
    process.communicate(timeout=30)
    with pytest.raises(httpx.ConnectError):
        httpx.get(f"{url}/healthz")


@pytest.mark.parametrize("taken", ["file", "port"])
def test_a_second_server_on_the_same_file_or_port_is_refused(environ, served, taken, tmp_path):
    url, process = served
    other = {**environ, "MAKEGOOD_DATABASE": f"sqlite:///{tmp_path / 'other.db'}"}
    port = urlsplit(url).port if taken == "port" else free_port()
    second = subprocess.run(
        [sys.executable, "-m", "makegood.cli", "serve", "--port", str(port)],
        env=environ if taken == "file" else other,
        capture_output=True,
        text=True,
        timeout=60,
        check=False,
    )
    assert second.returncode == 2, second.stderr
    assert "Another server is running" in second.stderr or "listens on" in second.stderr
    assert "Traceback" not in second.stderr
    assert process.poll() is None


def test_a_running_server_takes_up_a_book_that_was_activated_and_rolled_back(
    environ, served, tmp_path
):
    url, _ = served
    book = tmp_path / "fairer.yaml"
    book.write_text(
        read_book("car-rental")[0].replace("cost: {cents: 9500}", "cost: {cents: 9900}")
    )
    key = command(environ, "key", "create", "shop", "--scope", "ingest")
    again = Event()
    with httpx.Client(base_url=url, headers={"Authorization": f"Bearer {key}"}) as client:

        def stamp(number: int) -> str:
            """Give the book that an event is stamped with now."""
            taken = client.post("/v1/track", json={**NO_CAR, "messageId": f"book-{number}"})
            assert taken.status_code in (200, 202), taken.text
            log = command(environ, "export", "-o", "-").splitlines()
            events = [json.loads(line) for line in log]
            return next(
                one["stamp"]["book"] for one in events if one.get("message_id") == f"book-{number}"
            )

        def taken_up(wanted: str, numbers: range) -> bool:
            return any(stamp(number) == wanted or again.wait(0.5) for number in numbers)

        first = stamp(0)
        command(environ, "rules", "activate", str(book), "--because", "rides cost more")
        rows = json.loads(command(environ, "rules", "list", "--format", "json"))
        assert [row["kind"] for row in rows] == ["activated", "setting"]
        assert taken_up(rows[0]["book"], range(1, 20))
        command(environ, "rules", "rollback", "--because", "too dear", "--by", "kathy")
        assert taken_up(first, range(20, 40))
    rows = json.loads(command(environ, "rules", "list", "--format", "json"))
    newest = {name: rows[0][name] for name in ("book", "kind", "by", "because")}
    assert newest == {
        "book": first, "kind": "rolled_back", "by": "kathy", "because": "too dear"
    }  # fmt: skip
