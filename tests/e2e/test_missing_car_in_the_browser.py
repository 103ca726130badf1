"""The missing car as a visitor plays it: one page, three screens, and a clock that is moved."""

import os
import re
import signal
import socket
import subprocess
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import httpx
import pytest
from playwright.sync_api import (
    Browser,
    ConsoleMessage,
    FrameLocator,
    Page,
    expect,
    sync_playwright,
)

from tests.e2e.screens import serving

PATIENCE_MS = 30_000  # a loaded machine draws slowly
SCREENS = Path(os.environ.get("MAKEGOOD_SCREENS", ""))


def free_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])


@contextmanager
def served() -> Iterator[tuple[str, "subprocess.Popen[bytes]"]]:
    """The demo as `make run` serves it, without the storm."""
    port = free_port()
    process = subprocess.Popen(
        [
            sys.executable,
            "-m",
            "makegood.cli",
            "demo",
            "--serve",
            "--no-storm",
            "--port",
            str(port),
        ]
    )
    url = f"http://127.0.0.1:{port}"
    with httpx.Client(transport=httpx.HTTPTransport(retries=8)) as client:
        assert client.get(f"{url}/healthz", timeout=60).status_code == 200
    try:
        yield url, process
    finally:
        process.terminate()
        assert process.wait(60) == 0


@pytest.fixture(scope="module")
def stage() -> Iterator[str]:
    with served() as (url, _):
        yield url


@pytest.fixture(scope="module")
def browser(chromium_path: str) -> Iterator[Browser]:
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=chromium_path, args=["--no-sandbox"])
        yield browser
        browser.close()


@pytest.fixture
def page(browser: Browser, stage: str) -> Iterator[Page]:
    """A visitor at the beginning; every error of the page fails the test."""
    context = browser.new_context(viewport={"width": 1440, "height": 1000})
    page = context.new_page()
    page.set_default_timeout(PATIENCE_MS)
    wrong: list[str] = []
    page.on("pageerror", lambda error: wrong.append(str(error)))
    page.on("console", lambda said: wrong.append(said.text) if _is_ours(said) else None)
    page.on("response", lambda one: wrong.append(one.url) if one.status >= 500 else None)
    page.goto(stage)
    if page.get_by_role("button", name="Start again").is_enabled():
        page.get_by_role("button", name="Start again").click()
    yield page
    context.close()
    assert wrong == [] or SCREENS.name  # to take a picture, the browser itself adds a style


def _is_ours(said: ConsoleMessage) -> bool:
    """An error of a script or a policy; a page whose day was just forgotten may find nothing."""
    return said.type == "error" and "Failed to load resource" not in said.text


def look(page: Page, name: str) -> None:
    """Keep pictures for a person, when somebody asked for them."""
    if not SCREENS.name:
        return
    for scheme in ("light", "dark"):
        page.emulate_media(color_scheme=scheme)
        for width in (1440, 390):
            page.set_viewport_size({"width": width, "height": 1000 if width > 390 else 844})
            page.screenshot(path=SCREENS / f"{name}-{width}-{scheme}.png", full_page=True)
    page.emulate_media(color_scheme="light")
    page.set_viewport_size({"width": 1440, "height": 1000})


def press(page: Page, button: str) -> None:
    page.get_by_role("button", name=button).click()


def shows(where: Page | FrameLocator, words: str) -> None:
    expect(where.get_by_text(words).first).to_be_visible(timeout=PATIENCE_MS)


def test_the_whole_missing_car(page):
    phone, desk = page.frame_locator("iframe[name=phone]"), page.frame_locator("iframe[name=desk]")
    mailbox = page.locator(".mailbox-part")
    shows(phone, "Nothing here yet.")
    look(page, "1-before")
    desk.get_by_role("button", name="Sign in as Kathy").click()
    shows(desk, "Queue")

    press(page, "Lose the car")
    shows(phone, "we left you without a car")
    shows(desk, "Ana was let down")
    expect(mailbox).to_contain_text("Choose how we make it good")
    look(page, "2-lost")

    press(page, "Lose it at the other branch too")
    expect(mailbox).to_contain_text("We let you down a second time")
    shows(desk, "Ana was let down twice")
    shows(phone, "Kathy calls you by")
    look(page, "3-twice")

    phone.get_by_label(re.compile("A driver who takes you")).check()
    phone.get_by_role("button", name="Choose this").click()
    expect(mailbox).to_contain_text("Done as you chose")

    press(page, "Next morning, 09:00")
    stopped = mailbox.locator(".letter.stopped")
    expect(stopped).to_contain_text("how was your rental?")
    expect(stopped).to_contain_text("marketing waits until it is made good")
    expect(page.locator(".two .card").first).to_contain_text("We hope you were delighted")
    expect(page.locator(".two")).not_to_contain_text("We broke a promise")
    look(page, "4-morning")

    phone.get_by_role("button", name="Yes, it is good again").click()
    expect(page.locator("header.strip")).to_have_attribute("data-turn", "good")
    assert "Thank you for staying with us" not in mailbox.inner_text()

    press(page, "A week later")
    expect(mailbox).to_contain_text("Thank you for staying with us")
    expect(page.locator(".two")).to_contain_text("driver $310, booked to marketing")
    look(page, "5-offered")

    mailbox.locator("a[href*='/r/']").click()
    shows(phone, "A friend passed this on to you")
    phone.get_by_label("Your e-mail address").fill("friend@synthetic.example.com")
    phone.get_by_role("button", name="I would like that").click()
    expect(page.locator(".two")).to_contain_text("1 friend looked, 1 joined")


def test_that_the_call_centre_asks_again_breaks_no_promise_of_kathy_s(page):
    press(page, "Lose the car")
    press(page, "Lose it at the other branch too")
    press(page, "Let the call centre ask again")
    expect(page.locator("header.strip")).to_have_attribute("data-turn", "told_again")
    expect(page.locator(".mailbox-part")).to_contain_text("You need not tell it again")
    expect(page.locator(".two")).to_contain_text("the story had to be told twice")
    expect(page.locator(".two")).not_to_contain_text("We broke a promise")


def test_the_day_begins_anew(page):
    press(page, "Lose the car")
    expect(page.locator(".mailbox-part")).to_contain_text("Choose how we make it good")
    press(page, "Start again")
    shows(page, "No mail yet.")
    shows(page.frame_locator("iframe[name=phone]"), "Nothing here yet.")


def test_the_server_ends_while_somebody_still_looks(browser):
    with served() as (url, process):
        page = browser.new_page()
        page.goto(url)
        desk = page.frame_locator("iframe[name=desk]")
        with page.expect_event("requestfinished", lambda one: "/desk/" in one.url):
            desk.get_by_role("button", name="Sign in as Kathy").click()
        shows(desk, "Queue")
        process.send_signal(signal.SIGTERM)
        assert process.wait(60) == 0
        page.close()


def test_a_deployment_has_no_sign_in_without_a_password():
    with serving():
        from django.test import Client

        assert Client().get("/accounts/login/").status_code == 200
        assert Client().get("/demo/desk").status_code == 404
        assert Client().post("/demo/sign-in").status_code == 404
