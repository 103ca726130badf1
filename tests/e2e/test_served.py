"""The whole server as a deployment runs it: a browser at the desk sees an event as it comes in."""

import os
import signal
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

import httpx
import pytest
from playwright.sync_api import Browser, expect

from tests.e2e.screens import PASSWORD
from tests.integration.served import command, free_port

pytestmark = [pytest.mark.browser, pytest.mark.slow, pytest.mark.xdist_group("browser")]


@pytest.fixture
def environ(tmp_path: Path) -> dict[str, str]:
    database = f"sqlite:///{tmp_path / 'desk.db'}"
    plain = {name: value for name, value in os.environ.items() if not name.startswith("DJANGO")}
    return {**plain, "MAKEGOOD_DATABASE": database, "MAKEGOOD_BOOK": "car-rental"}


@pytest.fixture
def address(environ: dict[str, str]) -> Iterator[str]:
    """A running server."""
    port = free_port()
    process = subprocess.Popen(
        [sys.executable, "-m", "makegood.cli", "serve", "--port", str(port)], env=environ
    )
    try:
        at = f"http://127.0.0.1:{port}"
        transport = httpx.HTTPTransport(retries=8)  # each try waits twice as long
        with httpx.Client(transport=transport, base_url=at, timeout=30) as client:
            assert client.get("/accounts/login/").status_code == 200
        yield at
    finally:
        process.send_signal(signal.SIGTERM)
        process.wait(timeout=60)


def send_no_car(address: str, key: str, branch: str, reservation: str) -> None:
    event = {
        "event": "Rental Unfulfilled",
        "messageId": f"live-{reservation}",
        "userId": "synthetic-1",
        "properties": {
            "reservation": reservation,
            "branch": branch,
            "brand": "northwind_cars",
            "reason": "no_vehicle",
            "price_cents": 28_900,
        },
    }
    answer = httpx.post(f"{address}/v1/track", json=event, auth=(key, ""), timeout=30)
    assert answer.status_code < 300, answer.text


def test_the_desk_shows_an_event_as_it_comes_in(
    browser: Browser, environ: dict[str, str], address: str
):
    key = command(environ, "key", "create", "rental", "--scope", "ingest").split()[-1]
    command(environ, "user", "create", "kathy", "--role", "rep", typed=f"{PASSWORD}\n")
    context = browser.new_context(base_url=address)
    context.set_default_timeout(30_000)
    page = context.new_page()
    page.goto("/accounts/login/?next=/desk/")
    page.get_by_label("Sign-in name").fill("kathy")
    page.get_by_label("Password").fill(PASSWORD)
    with page.expect_response(lambda answer: "/live?" in answer.url) as live:
        page.get_by_role("button", name="Sign in").click()
    assert live.value.status == 200
    expect(page.locator("main")).to_contain_text("Nobody is waiting.")
    send_no_car(address, key, "Airport", "SYN-1")
    expect(page.locator("a.case")).to_contain_text("There was no car", timeout=20_000)
    page.locator("a.case").click()
    expect(page.locator(".sentence")).to_contain_text("was let down: there was no car at Airport")
    send_no_car(address, key, "Harbour", "SYN-2")
    expect(page.locator(".sentence")).to_contain_text("was let down twice", timeout=20_000)
    context.close()
