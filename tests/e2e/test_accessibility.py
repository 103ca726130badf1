"""Every page, at both widths and in both schemes: nothing wrong for axe, nothing cut off."""

import pytest
from axe_playwright_python.sync_playwright import Axe
from msgspec.structs import replace
from playwright.sync_api import BrowserContext, Page

from makegood.bootstrap import Makegood
from makegood.messages.ids import EventId, ProfileId, RepId
from makegood.ports.marking import Checked, Lacking, Place, Placed
from makegood.ports.marks import Mark, Sync
from makegood.ports.reputation import Published, RatingRow, RuleAnswer
from makegood.ports.rows import OutboxStatus, PersonRow
from makegood.ports.sends import Sends
from makegood.projections.lag import bucket_of, hour_of
from makegood.runtime.keeping import Keys, Wish, digest_of
from makegood.runtime.keys import SCOPES
from makegood.runtime.reputations import appeal
from makegood.runtime.sends import DAY_MS
from makegood.sources.account_cells import Ways, account_of, agreement_of, party_of
from makegood.testing.clock import FakeClock
from tests.e2e.conftest import sign_in
from tests.e2e.hooks import a_failing_webhook
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
from tests.guests.pairs import some_pairs
from tests.marking import PlainMarker

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
    some_accounts(makegood)
    case = no_car(makegood, account="meridian")
    confirm_offers(makegood)
    carry_out(makegood)
    introduce(makegood, "user:jo", "J. Okafor")
    no_car(makegood, "user:jo", reason=None)
    introduce(makegood, "user:bo", "Bo Wolfeschlegelsteinhausenbergerdorff of Meridian Travel")
    no_car(makegood, "user:bo")
    clock.advance(31 * MINUTE_MS)
    no_car(makegood, branch="Harbour", reservation="R2", moved_from="R1")
    _fail_one(makegood)
    _connect(makegood)
    send(makegood)
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
        "campaign tools": "/desk/connections/lists",
        "rules": "/desk/rules",
        "draft of the rules": "/desk/rules/draft",
        "text of the rules": "/desk/rules/text",
        "history of the rules": "/desk/rules/history",
        "webhooks": "/desk/connections/webhooks",
        "webhook": f"/desk/connections/webhooks/{a_failing_webhook(makegood)}",
        "umbrella": "/desk/umbrella/",
        "accounts": "/desk/umbrella/accounts",
        "account": "/desk/umbrella/accounts/of/meridian",
        "links": "/desk/umbrella/links",
        "pair": f"/desk/umbrella/links/{some_pairs(makegood)}",
        "team": "/desk/team/",
        "reputation": "/desk/team/reputation",
        "reputation of rules": "/desk/team/reputation/rules",
        "reputation of people": f"/desk/team/reputation/people?of={some_reputations(makegood)}",
        "appeals": "/desk/team/reputation/appeals",
        "connections": "/desk/connections/",
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


def send(makegood: Makegood) -> None:
    """Let some ask before sending, and one tool tell of more."""
    for brand in makegood.book.brands:
        for way, count in (("asked", 12_400), ("smtp", 310), ("screened", 88_000)):
            makegood.coverage.count(brand, "mail", way, count)
    makegood.coverage.flush()
    told = Sends(
        day=makegood.clock.now_ms() // DAY_MS,
        brand=next(iter(makegood.book.brands)),
        channel="mail",
        way="reported",
        count=412_907,
        source="mailing-tool",
        event="Email Delivered",
        campaign="Summer of driving, second reminder",
    )
    with makegood.store.writing() as writing:
        writing.add_sends([told, replace(told, campaign="", source="receipts", count=900)])


def some_accounts(makegood: Makegood) -> None:
    """A company and its agency, with what they agreed: one of each kind, one that has ended."""
    ways = Ways(zone=makegood.book.timezone)
    rate = {"account": "meridian", "kind": "rate", "percent_off": "12.5", "code": "CORP"}
    who = {"account": "meridian", "role": "guest"}
    agency = {"account": "faraway", "kind": "agency", "name": "Faraway Travel", "tells": "both"}
    guarantee = {
        "agreement": "A-3", "account": "meridian", "kind": "guarantee", "promises": "a_car",
        "broken_by": "no_car", "owes": "refund", "amount": "50", "within": "7d",
    }  # fmt: skip
    away = {"brand": "northwind_vans", "elsewhere": "no", "until": "2026-06-30"}
    rows = (
        account_of({"account": "meridian", "kind": "company", "name": "Meridian Tools and Dyes"}),
        account_of({**agency, "acts_for": "meridian"}),
        party_of({**who, "identifier": "user:ana"}, ways),
        party_of({**who, "identifier": "email:till@meridian.example.com", "role": "pays"}, ways),
        agreement_of({**rate, "agreement": "A-1", "until": "2026-03-31"}, ways),
        agreement_of({**rate, **away, "agreement": "A-2"}, ways),
        agreement_of(guarantee, ways),
        agreement_of({**rate, "agreement": "A-0", "until": "2025-12-30"}, ways),
    )
    assert not [one.why for one in makegood.accounts.keep(rows) if one.why]


def some_reputations(makegood: Makegood) -> str:
    """What is said of a person and of a rule whose owner let the time pass, and two appeals."""
    clock, kathy = makegood.clock, RepId("kathy")
    reasons = (("policy", 10), ("person", 5))
    rep = Published(
        kind="rep", subject="kathy", standing="alike", low=68, high=84, usual=77, at_least=35,
        reasons=reasons, at_ms=1,
    )  # fmt: skip
    rule = Published(
        kind="rule", subject="late_fee", standing="worse", low=41, high=55, usual=77, at_least=60,
        reasons=reasons, worse_lately=True, at_ms=1,
    )  # fmt: skip
    asked = RuleAnswer(
        rule="late_fee", owner="omar", asked_ms=1, due_ms=clock.now_ms() - 1, before="kathy"
    )
    rating = RatingRow(
        seq=1, event=EventId("e"), profile=ProfileId("p"), survey="s", about="NW7", rep=kathy,
        rule="late_fee", place="", channel="", severity=0, met_ms=1, up=False,
        reasons=("policy", "person"),
    )  # fmt: skip
    with makegood.store.writing() as writing:
        writing.put_published([rep, rule])
        writing.put_rule_answer(asked)
        writing.add_ratings([rating], 0)
        writing.put_seen(kathy, 1)
    for about in ("NW7", "a-booking-of-a-very-long-number-0123456789-0123456789"):
        appeal(makegood.store, clock, kathy, about, "It was the storm, and the fee is not mine.")
    return "kathy"


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


def _connect(makegood: Makegood) -> None:
    """Two campaign tools, of which one refuses its key."""
    now_ms = makegood.clock.now_ms()
    places = (
        Place(vendor="mailchimp", id="a1b2c3d4e5/makegood-hold"),
        Place(vendor="hubspot", id="makegood_hold_vans", brand="northwind_vans"),
    )
    makegood.marks.placed = [
        Placed(marker=PlainMarker(place=it), every_ms=1_800_000) for it in places
    ]
    do = 'Send it to a segment with the condition "Tags: contact is not tagged makegood-hold".'
    lacking = tuple(
        Lacking(kind="campaign", id=it, name=it, status="schedule", do=do)
        for it in ("Spring offers", "A long name of a campaign for all who have ever rented vans")
    )
    checked = Checked(lacking=lacking, more=True, blind=("Customer journeys are not looked at.",))
    good = Sync(place=places[0].key, ended_ms=now_ms - 1_200_000, synced_ms=now_ms - 3_000,
                wanted=412, added=3, removed=1, absent=1, checked=checked)  # fmt: skip
    bad = Sync(place=places[1].key, refused_ms=now_ms - 9_000, error_ms=now_ms - 9_000,
               error="HubSpot answered 401 (INVALID_AUTHENTICATION).")  # fmt: skip
    address = profile_of("email:somebody.with.a.long.name@a-long-domain.example.com")
    with makegood.store.writing() as writing:
        writing.put_sync(good)
        writing.put_sync(bad)
        writing.add_lags(
            good.place, hour_of(now_ms), {bucket_of(2_000): 90, bucket_of(3_800): 9}, 0
        )
        writing.put_marks([Mark(place=good.place, address=address, state="absent")])
        name = "email:somebody.with.a.long.name@a-long-domain.example.com"
        writing.put_persons([PersonRow(profile=address, identifier=name)])


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
