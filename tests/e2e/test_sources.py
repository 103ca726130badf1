"""The pages about sources, in each width and scheme."""

from collections.abc import Iterator

import pytest
from playwright.sync_api import BrowserContext

from makegood.books.opening import read_book
from makegood.bootstrap import Makegood
from makegood.effects.zendesk import ZendeskSettings
from makegood.ports.unfit import Unfit
from makegood.settings import SourceSecrets
from makegood.testing.clock import FakeClock
from tests.e2e.conftest import sign_in
from tests.e2e.screens import serving
from tests.e2e.test_accessibility import faults_of
from tests.unit.sources.payloads import NORTHWIND


@pytest.fixture
def served() -> Iterator[tuple[Makegood, FakeClock]]:
    text, _ = read_book(NORTHWIND)
    with serving(
        text,
        sources={"zendesk": SourceSecrets(secrets=("a secret that is long enough",))},
        zendesk=ZendeskSettings(url="https://northwind.zendesk.com", oauth="t"),
    ) as both:
        makegood, _ = both
        row = Unfit(
            id="0" * 32,
            source="zendesk",
            at_ms=makegood.clock.now_ms(),
            reason="No event of the source fits this record.",
            record='{"what": "merged", "ticket": "7", "requester_email": "ana@example.org"}' * 9,
        )
        with makegood.store.writing() as writing:
            writing.put_unfit([row])
        yield both


def test_the_pages_about_sources_have_no_fault(look: BrowserContext, tmp_path):
    page = look.new_page()
    sign_in(page, "omar")
    page.goto("/desk/connections/sources")
    found = {"sources": faults_of(page, 40)}
    page.screenshot(path=tmp_path / "sources.png", full_page=True)
    page.goto("/desk/connections/sources/zendesk")
    page.get_by_text("What came").click()
    found["source"] = faults_of(page, 40)
    page.screenshot(path=tmp_path / "source.png", full_page=True)
    assert {name: faults for name, faults in found.items() if faults} == {}
