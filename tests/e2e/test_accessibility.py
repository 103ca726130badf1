"""Every page, at both widths and in both schemes: nothing wrong for axe, nothing cut off."""

import pytest
from axe_playwright_python.sync_playwright import Axe
from playwright.sync_api import BrowserContext, Page

from makegood.bootstrap import Makegood
from makegood.ports.rows import OutboxStatus
from makegood.runtime.keeping import Keys, Wish, digest_of
from makegood.runtime.keys import SCOPES
from makegood.testing.clock import FakeClock
from tests.e2e.conftest import sign_in
from tests.e2e.screens import (
    MINUTE_MS,
    carry_out,
    case_of,
    confirm_offers,
    customer_of,
    introduce,
    no_car,
    portal_path,
    profile_of,
)

pytestmark = [pytest.mark.browser, pytest.mark.slow, pytest.mark.xdist_group("browser")]

_TARGETS = """least => [...document.querySelectorAll(
  'a.button, button, summary, input:not([type=hidden], [type=radio], [type=checkbox]), ' +
  'select, textarea, .choice')]
  .filter(one => one.offsetParent && !one.closest('.trap'))
  .filter(one => one.getBoundingClientRect().height < least - 0.5)
  .map(one => one.outerHTML.slice(0, 90))"""


@pytest.fixture
def paths(makegood: Makegood, clock: FakeClock) -> dict[str, str]:
    """One page of each kind, with something on it."""
    introduce(makegood, corporate_account="Northwind 4711", public_voice="high")
    case = no_car(makegood)
    confirm_offers(makegood)
    carry_out(makegood)
    introduce(makegood, "user:jo", "J. Okafor")
    no_car(makegood, "user:jo", reason=None)
    introduce(makegood, "user:bo", "Bo Wolfeschlegelsteinhausenbergerdorff of Meridian Travel")
    no_car(makegood, "user:bo")
    clock.advance(31 * MINUTE_MS)
    no_car(makegood, branch="Harbour", reservation="R2", moved_from="R1")
    _fail_one(makegood)
    _some_keys(makegood)
    confirm_offers(makegood, for_ms=40 * MINUTE_MS)
    ana = profile_of("user:ana")
    unsubscribe = makegood.links.unsubscribe_token(ana, "northwind_cars", "mail")
    return {
        "queue": "/desk/",
        "case": f"/desk/cases/{case}",
        "unclear case": f"/desk/cases/{case_of(makegood, 'user:jo')}",
        "customer": f"/desk/customers/{customer_of(makegood, 'user:ana')}",
        "case of a long name": f"/desk/cases/{case_of(makegood, 'user:bo')}",
        "long name": f"/desk/customers/{customer_of(makegood, 'user:bo')}",
        "search": "/desk/search?q=bo",
        "broken": "/desk/broken",
        "rules": "/desk/rules",
        "draft of the rules": "/desk/rules/draft",
        "text of the rules": "/desk/rules/text",
        "history of the rules": "/desk/rules/history",
        "keys": "/desk/connections/keys",
        "acts": "/desk/connections/acts",
        "second factor": "/accounts/2fa/",
        "portal": portal_path(makegood),
        "portal in German": f"{portal_path(makegood)}?lang=de",
        "portal, asking": portal_path(makegood, "user:bo"),
        "portal, unclear": portal_path(makegood, "user:jo"),
        "unsubscribe": f"/u/{unsubscribe}",
        "friend": f"/r/{makegood.links.referral_token(ana, case)}",
        "tell": "/tell/northwind_cars",
        "bad link": "/c/nonsense",
        "not found": "/nowhere",
    }


def _some_keys(makegood: Makegood) -> None:
    """One key of each state; each leaves its lines in the record of acts."""
    keys = Keys(makegood.store, makegood.clock)
    _, old = keys.make(Wish(name="booking-system", scopes=("ingest",), days=90))
    keys.rotate(digest_of(old))
    _, lost = keys.make(Wish(name="a-campaign-tool-of-a-long-name", scopes=tuple(SCOPES)))
    keys.revoke(digest_of(lost))


def _fail_one(makegood: Makegood) -> None:
    now_ms = makegood.clock.now_ms()
    with makegood.store.writing() as writing:
        (row, *rest) = writing.claim(now_ms, 60_000, 100)
        writing.settle(row.command.id, row.fence, OutboxStatus.FAILED, now_ms, "550 no such box")
        for other in rest:
            writing.retry_at(other.command.id, other.fence, now_ms, "")


def faults_of(page: Page, least_px: int) -> list[str]:
    found = Axe().run(page).response["violations"]
    wrong = [
        f"{one['id']}: {node['target']} {node.get('failureSummary', '')[:200]}"
        for one in found
        for node in one["nodes"]
    ]
    width, needed = page.evaluate("[innerWidth, document.documentElement.scrollWidth]")
    cut = [f"{needed} px do not fit into {width}"] if needed > width else []
    return wrong + cut + [f"small: {one}" for one in page.evaluate(_TARGETS, least_px)]


def test_no_page_has_a_fault(look: BrowserContext, paths: dict[str, str]):
    page = look.new_page()
    errors: list[str] = []
    page.on("pageerror", lambda error: errors.append(str(error)))
    page.on(
        "console",
        lambda said: errors.append(said.text) if "Content Security" in said.text else None,
    )
    page.goto("/accounts/login/")
    found = {"sign in": faults_of(page, 40)}
    sign_in(page, "omar")
    for name, path in paths.items():
        page.goto(path)
        customers_page = not path.startswith(("/desk", "/accounts"))
        found[name] = faults_of(page, 48 if customers_page else 40)
    assert {name: faults for name, faults in found.items() if faults} == {}
    assert errors == []


def test_open_forms_have_no_fault_either(look: BrowserContext, paths: dict[str, str]):
    page = look.new_page()
    sign_in(page, "omar")
    page.goto(paths["case"])
    for act in page.locator("details > summary").all():
        act.click()
    assert faults_of(page, 40) == []
    page.goto(paths["portal"])
    page.locator("summary").click()
    assert faults_of(page, 48) == []


def test_the_pages_stand_in_no_frame_outside_the_demo(look: BrowserContext, paths: dict[str, str]):
    page = look.new_page()
    page.goto("/tell/northwind_cars")
    with page.expect_console_message(lambda said: "frame-src 'none'" in said.text):
        page.evaluate(
            """path => { const frame = document.createElement('iframe'); frame.id = 'inside';
            frame.src = path; document.body.append(frame); }""",
            paths["portal"],
        )
