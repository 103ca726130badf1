"""The server as it is run: one process, worker included, that stops when it is told to."""

import os
import signal
import subprocess
from collections.abc import Iterator
from pathlib import Path

import httpx
import pytest

from makegood.api.keys import mint
from makegood.bootstrap import SystemClock
from makegood.gate.tickets import issue_ticket
from makegood.messages.errors import InputError
from makegood.messages.ids import RepId
from makegood.settings import read_settings
from makegood.store.sqlite import SqliteStore
from makegood.web.parts import Joined, Parts
from makegood.web.watching import readiness
from tests.integration.fronts import joined
from tests.integration.served import front

LOST = {
    "event": "Rental Unfulfilled",
    "userId": "1",
    "messageId": "m1",
    "properties": {"reason": "no_vehicle", "reservation": "R1"},
}


@pytest.fixture
def environment(tmp_path: Path) -> dict[str, str]:
    database = f"sqlite:///{tmp_path / 'makegood.db'}"
    secret = "a secret for tests, 32 bytes long"
    return {**os.environ, "MAKEGOOD_DATABASE": database, "MAKEGOOD_KEY": secret}


@pytest.fixture
def key(tmp_path: Path) -> str:
    text, row = mint("tester", ("ingest", "gate"), 0)
    store = SqliteStore(tmp_path / "makegood.db")
    with store.writing() as writing:
        writing.put_key(row)
    store.close()
    return text


@pytest.fixture
def server(environment: dict[str, str]) -> Iterator[tuple[str, "subprocess.Popen[bytes]"]]:
    with front(environment) as served:
        yield served


@pytest.mark.slow
def test_it_takes_events_serves_screens_and_stops_when_told_to(server, key, environment):
    url, process = server
    headers = {"Authorization": f"Bearer {key}"}
    assert httpx.post(f"{url}/v1/track", json=LOST, headers=headers).status_code == 200
    question = {"identifier": "user:1", "brand": "", "class": "survey", "channel": "mail"}
    told = httpx.post(f"{url}/v1/may-send", json=question, headers=headers).json()
    assert told["allowed"] is False
    assert httpx.get(f"{url}/accounts/login/").status_code == 200
    secret = read_settings(environment).key
    ticket = issue_ticket(secret, RepId("kathy"), SystemClock())
    with httpx.stream("GET", f"{url}/live", params={"token": ticket}) as stream:
        assert next(stream.iter_lines()) == "retry: 2000"
        process.send_signal(signal.SIGTERM)  # a page that is open must not keep it alive
        assert process.wait(60) == 0


def test_many_processes_do_not_share_one_file(monkeypatch, tmp_path):
    from makegood.web.asgi import serve

    monkeypatch.setenv("MAKEGOOD_DATABASE", f"sqlite:///{tmp_path / 'm.db'}")
    with pytest.raises(InputError, match="one process"):
        serve(processes=2)


def test_a_dead_worker_makes_the_server_unready(tmp_path):
    store = SqliteStore(tmp_path / "makegood.db")
    parts, _, _ = joined(store, SystemClock())
    ended = Parts(
        Joined(
            take=parts.take,
            gate=parts.gate,
            store=store,
            clock=parts.clock,
            key=parts.key,
            work=lambda stopped, sleep: None,
        )
    )
    assert ended._worker is not None
    ended._worker.join(30)
    assert readiness(ended).missing == ("rule book", "worker")
    store.close()
