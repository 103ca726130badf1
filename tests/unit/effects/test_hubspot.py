"""HubSpot holds by a property: contacts are found by address, changed by id, and never made."""

from collections.abc import Iterator

import pytest
from msgspec.structs import replace

from makegood.effects.hubspot import HubspotSettings, Property, hubspot_markers
from makegood.messages.errors import EffectFailed, InputError
from makegood.ports.marking import KeyRefused
from makegood.testing.marker_conformance import MarkerConformance
from tests.vendors.hubspot import TOKEN, Hubspot, email, fault, flow, limited
from tests.vendors.local import Asked

HOLD = "makegood_hold"


def settings_of(vendor: Hubspot, **changes: object) -> HubspotSettings:
    return replace(HubspotSettings(token=TOKEN, base_url=vendor.url), **changes)


@pytest.fixture
def vendor() -> Iterator[Hubspot]:
    with Hubspot() as vendor:
        vendor.properties.add(HOLD)
        yield vendor


@pytest.fixture
def marker(vendor: Hubspot):
    (marker,) = hubspot_markers(settings_of(vendor))
    yield marker
    marker.close()


class TestHubspot(MarkerConformance):
    @pytest.fixture(autouse=True)
    def _vendor(self, vendor: Hubspot, marker) -> None:
        self.vendor = vendor
        self.marker = marker

    def join(self, *emails: str) -> None:
        self.vendor.join(*emails)

    def leave(self, email: str) -> None:
        (id_,) = [it for it, one in self.vendor.contacts.items() if one["email"] == email]
        del self.vendor.contacts[id_]

    def carriers(self) -> set[str]:
        return self.vendor.held()

    def refuse_key(self) -> None:
        self.vendor.instead = lambda _asked: None
        self.vendor.token = "pat-another"

    def be_away(self) -> None:
        self.vendor.instead = lambda _asked: fault(502, "GATEWAY", "ana@example.com is unlucky.")


def test_contacts_are_changed_by_id_and_nothing_else_of_them_is(vendor, marker):
    id_ = vendor.join("ana@example.com")
    vendor.contacts[id_] |= {"hs_email_optout": "false", "lifecyclestage": "customer"}
    before = dict(vendor.contacts[id_])
    marker.set_up()
    marker.mark(["ana@example.com", "zoe@example.com"])
    marker.unmark(["ana@example.com", "zoe@example.com"])
    assert vendor.contacts == {id_: {**before, HOLD: "false"}}
    writes = [it for it in vendor.asked if it.path.endswith("/update")]
    assert [it.body["inputs"] for it in writes] == [
        [{"id": str(id_), "properties": {HOLD: value}}] for value in ("true", "false")
    ]
    paths = {it.path for it in vendor.asked}
    assert not any("upsert" in it or "create" in it or "subscription" in it for it in paths)


def test_a_second_address_finds_its_contact_and_a_page_shows_both(vendor, marker):
    vendor.join("ana@example.com", others="ana@work.example.com")
    assert marker.mark(["ana@work.example.com"]).changed == ("ana@work.example.com",)
    assert vendor.held() == {"ana@example.com"}
    assert marker.marked().contacts == (("ana@example.com", "ana@work.example.com"),)


def test_more_carriers_than_a_search_gives_are_paged_by_id(vendor, marker):
    vendor.most_found = 200
    vendor.join(*(f"c{n}@example.com" for n in range(450)))
    for one in vendor.contacts.values():
        one[HOLD] = "true"
    seen, after = [], ""
    while True:
        page = marker.marked(after)
        seen += page.contacts
        after = page.following
        if not after:
            break
    assert len(set(seen)) == len(seen) == 450
    assert len(vendor.asked) == 5


def test_without_its_property_an_account_says_what_to_do(vendor):
    (marker,) = hubspot_markers(settings_of(vendor, properties=(Property(name="vip_hold"),)))
    vendor.join("ana@example.com")
    with pytest.raises(EffectFailed, match="no contact property vip_hold: run `makegood sync hub"):
        marker.mark(["ana@example.com"])
    with pytest.raises(EffectFailed, match="no contact property vip_hold"):
        marker.marked()
    made = marker.set_up()
    assert made[0] == "The property vip_hold was made."
    assert "leave it out of every marketing email" in made[1]
    assert marker.mark(["ana@example.com"]).done == ("ana@example.com",)
    marker.close()


@pytest.mark.parametrize(
    ("policy", "pause_ms"),
    [("SECONDLY", 1_000), ("TEN_SECONDLY_ROLLING", 10_000), ("DAILY", 3_600_000), ("", 10_000)],
)
def test_the_limit_that_was_met_says_how_long_to_wait(vendor, marker, policy, pause_ms):
    vendor.instead = lambda _asked: limited(policy)
    with pytest.raises(EffectFailed) as fault_:
        marker.mark(["ana@example.com"])
    assert fault_.value.after_ms == pause_ms


def test_emails_and_workflows_without_the_exclusion_are_listed_with_what_to_do(vendor, marker):
    marker.set_up()
    (made,) = vendor.lists.values()
    held = made["listId"]
    vendor.emails = [
        email("1", "Spring offers", "SCHEDULED"),
        email("2", "Leaves them out", "SCHEDULED", held),
        email("3", "Leaves others out", "DRAFT", "77"),
        email("4", "Sent long ago", "PUBLISHED"),
        email("5", "Of a workflow", "AUTOMATED"),
        *(email(f"9{n}", f"Old {n}", "PUBLISHED") for n in range(120)),
        email("6", "On page two", "RSS_TO_EMAIL_PUBLISHED"),
    ]
    vendor.flows = [
        flow("11", "Welcome"),
        flow("12", "Welcome, held", int(held)),
        flow("13", "Off", on=False),
        flow("14", "Of companies", of="0-2"),
    ]
    checked = marker.check()
    assert [(it.kind, it.name) for it in checked.lacking] == [
        ("email", "Spring offers"),
        ("email", "Leaves others out"),
        ("email", "On page two"),
        ("workflow", "Welcome"),
    ]
    assert all("Makegood: marketing is held (makegood_hold)" in it.do for it in checked.lacking)
    assert not checked.more


def test_what_the_token_may_not_read_is_said_and_the_rest_is_looked_at(vendor, marker):
    marker.set_up()
    vendor.scopes -= {"automation"}
    vendor.emails = [email("1", "Spring offers", "SCHEDULED")]
    vendor.flows = [flow("11", "Welcome")]
    checked = marker.check()
    assert [it.name for it in checked.lacking] == ["Spring offers"]
    assert any("may not read workflows (scope `automation`)" in it for it in checked.blind)
    vendor.scopes -= {"content"}
    assert any("may not read marketing emails" in it for it in marker.check().blind)
    assert marker.check().lacking == ()


def test_without_the_list_everything_lacks_the_exclusion_and_that_is_said(vendor, marker):
    vendor.emails = [email("1", "Leaves 12 out", "SCHEDULED", "12")]
    checked = marker.check()
    assert [it.name for it in checked.lacking] == ["Leaves 12 out"]
    assert "--set-up" in checked.blind[0]


def test_a_key_without_the_scope_for_contacts_is_refused(vendor, marker):
    vendor.instead = lambda _asked: fault(403, "MISSING_SCOPES", "no")
    with pytest.raises(KeyRefused, match="MISSING_SCOPES"):
        marker.mark(["ana@example.com"])


@pytest.mark.parametrize(
    ("changes", "says"),
    [
        ({"token": "short"}, "is not the access token"),
        ({"token": "pat-eu1-with a space in the middle"}, "is not the access token"),
        ({"properties": ()}, "name one property or more"),
        ({"properties": (Property(name="Bad Name"),)}, "name one property or more"),
        ({"properties": (Property(), Property(brand="b"))}, "each once"),
        ({"base_url": "http://api.example.com"}, "needs https"),
    ],
)
def test_a_wrong_setting_is_found_at_the_start_and_never_shows_the_token(vendor, changes, says):
    with pytest.raises(InputError, match=says) as error:
        hubspot_markers(settings_of(vendor, **changes))
    assert TOKEN not in str(error.value)


def test_what_the_local_vendor_refuses_is_what_the_real_one_refuses(vendor):
    vendor.join("ana@example.com")
    auth = {"authorization": f"Bearer {TOKEN}"}

    def status(path: str, body: object, method: str = "POST") -> int:
        return vendor.answer(Asked(method, f"/crm/v3/{path}", {}, auth, body)).status

    one = {"id": "501", "properties": {HOLD: "true"}}
    update = "objects/contacts/batch/update"
    assert status(update, {"inputs": [one]}) == 200
    assert status(update, {"inputs": [{**one, "id": "999"}, one]}) == 207
    assert (
        status(update, {"inputs": [{**one, "id": "ana@example.com", "idProperty": "email"}]})
        == 400
    )
    assert status(update, {"inputs": [one] * 101}) == 400
    assert status(update, {"inputs": [{**one, "properties": {"none": "true"}}]}) == 400
    assert status(update, {"inputs": [{**one, "properties": {HOLD: "yes"}}]}) == 400
    assert status(update, b"no json") == 400
    search = {"filterGroups": [{"filters": [{"propertyName": HOLD, "operator": "EQ",
              "value": "true"}]}]}  # fmt: skip
    assert status("objects/contacts/search", {**search, "limit": 201}) == 400
    assert status("objects/contacts/search", {**search, "limit": 200, "after": "9900"}) == 400
    assert [status("objects/contacts/search", search) for _ in range(4)] == [200, 200, 200, 429]
    assert vendor.answer(Asked("POST", f"/crm/v3/{update}", {}, {}, {})).status == 401
