"""Several server processes over PostgreSQL: one answer about all of them."""

import os
import re
from collections.abc import Iterator

import httpx
import pytest

from makegood.api.keys import mint
from makegood.store.postgres import PostgresStore
from tests.integration.served import front

pytestmark = [pytest.mark.postgres, pytest.mark.xdist_group("postgres"), pytest.mark.slow]
QUESTION = {"identifier": "user:1", "brand": "", "class": "promotional", "channel": "mail"}
ASKED = 24


@pytest.fixture
def server(postgres_url: str) -> Iterator[tuple[str, str]]:
    text, row = mint("tester", ("ingest", "gate"), 0)
    store = PostgresStore(postgres_url, pool_size=1)
    with store.writing() as writing:
        writing.put_key(row)
    store.close()
    secret = "a secret for tests, 32 bytes long"
    environment = {
        **os.environ, "MAKEGOOD_DATABASE": postgres_url, "MAKEGOOD_KEY": secret,
        "MAKEGOOD_LOG": "json",
    }  # fmt: skip
    with front(environment, processes=2) as (url, _):
        yield url, text


def test_any_process_tells_what_all_of_them_counted(server: tuple[str, str]):
    url, key = server
    headers = {"Authorization": f"Bearer {key}"}
    for _ in range(ASKED):  # each on a connection of its own, so that both get some
        asked = httpx.post(f"{url}/v1/may-send", json=QUESTION, headers=headers)
        assert asked.status_code == 200
    told = {
        float(count)
        for _ in range(8)
        for count in re.findall(
            r'^makegood_gate_answers_total{allowed="yes",reason="unknown"} (\S+)$',
            httpx.get(f"{url}/metrics").text,
            re.MULTILINE,
        )
    }
    assert told == {float(ASKED)}
    ready = httpx.get(f"{url}/readyz").json()
    assert ready["worker_silent_s"] is None  # nobody runs `makegood work` beside it
