"""One's own person in a real browser: both sides, both widths, both schemes, without a script."""

import pytest
from msgspec.structs import replace
from playwright.sync_api import BrowserContext, Page, expect

from makegood.bootstrap import Makegood
from makegood.core.decide import Asker
from makegood.core.routed import Routed
from makegood.messages.facts import GotInTouch, PersonChosen, PersonRefused
from makegood.messages.ids import EventId, RepId
from makegood.ports.routings import Routing
from makegood.testing.clock import FakeClock
from tests.e2e.conftest import follow, sign_in
from tests.e2e.looked_at import faults_on
from tests.e2e.screens import MINUTE_MS, customer_of, introduce, profile_of

pytestmark = [pytest.mark.browser, pytest.mark.slow, pytest.mark.xdist_group("browser")]
DAY_MS = 24 * 60 * MINUTE_MS
KATHY = RepId("kathy")


@pytest.fixture
def paths(makegood: Makegood, clock: FakeClock) -> dict[str, str]:
    """Every page about people, with something on it."""
    now_ms = clock.now_ms()
    with makegood.store.writing() as writing:
        rows = {row.rep: row for row in writing.reps()}
        writing.put_reps(
            [
                replace(
                    rows[RepId("kathy")], languages=("en", "es"), cover=RepId("omar"), capacity=1,
                    words="I have looked after people on the road for nineteen years.",
                    busy_until_ms=now_ms + 60 * MINUTE_MS,
                ),
                replace(rows[RepId("omar")], languages=("en", "de"), hours="mon-fri 08:00-18:00",
                        away_from_ms=now_ms + DAY_MS),
            ]
        )  # fmt: skip
        more = [
            replace(rows[RepId("vera")], rep=RepId(f"r{n}"), name=f"Person {n}", present=True,
                    brands=(), capacity=n, cover=RepId("kathy"), away_from_ms=1,
                    handover="Mrs Okafor wants to be called, not written to.")
            for n in range(3)
        ]  # fmt: skip
        writing.put_reps(more)
    acts = makegood.acts
    for name, said in (("user:ana", "Ana Reyes"), ("user:bo", "Bo Wolfeschlegelsteinhausen")):
        introduce(makegood, name, said)
        wanted = PersonChosen(choices=(RepId("kathy"), RepId("omar")))
        customer = customer_of(makegood, name)
        acts.act(customer, wanted, Asker(), message_id=f"{name}/choose")
        touch = GotInTouch(channel="phone", words=f"{name}/words")
        texts = {touch.words: "Could you ring me about the motor home? It is not urgent."}
        acts.act(customer, touch, Asker(), message_id=f"{name}/touch", texts=texts)
    decided = [
        Routing(customer=customer_of(makegood, "user:ana"), routed=Routed(
            EventId(f"e{n}"), "k", "talk", now_ms, KATHY, KATHY, (KATHY, RepId("omar")),
            brand=("", "northwind_vans")[n % 2], slice=500, by_chance=n % 20 == 0,
            waited_ms=(0, 600_000)[n % 3 == 0 or n % 2], level=("gold", "silver")[n % 2],
            tenure_days=n * 30,
        ))
        for n in range(120)
    ]  # fmt: skip
    with makegood.store.writing() as writing:
        writing.project_routings((), decided)
    no = PersonRefused(rep=RepId("omar"), side="rep", why="text:why")
    asker, ana = Asker(rep=RepId("omar"), role="supervisor"), customer_of(makegood, "user:ana")
    acts.act(ana, no, asker, message_id="no", texts={"text:why": "She is my sister-in-law."})
    bo = makegood.links.person_token(profile_of("user:bo"), "")
    return {
        "person": f"/p/{makegood.links.person_token(profile_of('user:ana'), '')}",
        "person, waiting": f"/p/{bo}?lang=de",
        "customer": f"/desk/customers/{ana}",
        "talks": "/desk/team/talks",
        "customers": "/desk/team/customers?rep=kathy",
        "waiting": "/desk/team/customers?rep=kathy&list=waiting",
        "roster": "/desk/team/roster",
        "row": "/desk/team/roster/of/kathy",
        "apart": "/desk/team/apart",
        "routing": "/desk/team/routing",
    }


def test_no_page_about_people_has_a_fault(look: BrowserContext, paths: dict[str, str]):
    page = look.new_page()
    sign_in(page, "omar")
    assert faults_on(page, paths) == {}


def test_a_person_is_chosen_without_a_script(makegood, plain_page: Page, paths: dict[str, str]):
    introduce(makegood, "user:cy", "Cy")
    plain_page.goto(f"/p/{makegood.links.person_token(profile_of('user:cy'), '')}")
    plain_page.get_by_label("First choice").select_option("omar")
    follow(plain_page.get_by_role("button", name="This is my choice"))
    assert plain_page.get_by_text("Omar Haddad is your person").is_visible()
    plain_page.get_by_text("Name somebody").click()
    plain_page.get_by_label("Who is it?").select_option("kathy")
    follow(plain_page.get_by_role("button", name="Keep this person away"))
    assert plain_page.get_by_text("You will not meet this person").is_visible()


def test_a_rep_answers_what_waits_by_keyboard(page: Page, paths: dict[str, str]):
    sign_in(page, "kathy")
    page.goto(paths["talks"])
    buttons = page.get_by_role("button", name="I have answered")
    count = buttons.count()
    assert count == 2
    buttons.first.focus()
    page.keyboard.press("Enter")
    expect(buttons).to_have_count(count - 1)
