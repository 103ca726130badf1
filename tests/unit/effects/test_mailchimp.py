"""Mailchimp holds by a tag: what is sent is what its interface takes, and never a subscription."""

from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor

import pytest
from msgspec.structs import replace

from makegood.effects.mailchimp import Audience, MailchimpSettings, mailchimp_markers
from makegood.effects.vendor import check_base_url
from makegood.messages.errors import EffectFailed, InputError
from makegood.testing.marker_conformance import MarkerConformance
from tests.vendors.local import Asked, Said
from tests.vendors.mailchimp import KEY, LIST, Mailchimp, campaign, excludes, problem

TAG = "makegood-hold"


def settings_of(vendor: Mailchimp, **changes: object) -> MailchimpSettings:
    first = MailchimpSettings(key=KEY, audiences=(Audience(list=LIST),), base_url=vendor.url)
    return replace(first, **changes)


@pytest.fixture
def vendor() -> Iterator[Mailchimp]:
    with Mailchimp() as vendor:
        vendor.add_tag("makegood-hold-2")  # a search by prefix finds this one too
        vendor.add_tag(TAG)
        yield vendor


@pytest.fixture
def marker(vendor: Mailchimp):
    (marker,) = mailchimp_markers(settings_of(vendor))
    yield marker
    marker.close()


class TestMailchimp(MarkerConformance):
    @pytest.fixture(autouse=True)
    def _vendor(self, vendor: Mailchimp, marker) -> None:
        self.vendor = vendor
        self.marker = marker

    def join(self, *emails: str) -> None:
        self.vendor.join(*emails)

    def leave(self, email: str) -> None:
        self.vendor.leave(email)

    def carriers(self) -> set[str]:
        return self.vendor.tagged(TAG)

    def refuse_key(self) -> None:
        self.vendor.instead = lambda _asked: None
        self.vendor.key = "another-us6"

    def be_away(self) -> None:
        self.vendor.instead = lambda _asked: problem(503, "Down", "ana@example.com is unlucky.")


def test_no_request_of_ours_changes_a_subscription_or_makes_a_contact(vendor, marker):
    """Whatever is asked of the marker, by whoever is a contact in whatever state."""
    states = ("subscribed", "unsubscribed", "cleaned", "pending", "transactional", "archived")
    for state in states:
        vendor.join(f"{state}@example.com", status=state)
    before = dict(vendor.members[LIST])
    everybody = [*before, "zoe@example.com"]
    vendor.campaigns.append(campaign("Spring"))
    marker.set_up()
    marker.mark(everybody)
    marker.mark(everybody, ask=False)
    marker.marked()
    marker.check()
    marker.unmark(everybody)
    assert vendor.members[LIST] == before
    asked = {(it.method, it.path.split("/")[-1].rstrip("0123456789")) for it in vendor.asked}
    assert asked == {
        ("GET", "tag-search"), ("POST", ""), ("GET", "tags"), ("GET", "members"),
        ("GET", "campaigns"), ("GET", "automations"),
    }  # fmt: skip
    for request in vendor.asked:
        assert "status" not in (request.body or {})
        assert "members" not in request.path or request.method == "GET"


def test_the_local_vendor_would_have_noticed_an_unsubscription(vendor):
    import httpx

    url = f"{vendor.url}/3.0/lists/{LIST}/members/0cc175b9c0f1b6a831c399e269772661"
    body = {"email_address": "ana@example.com", "status": "unsubscribed"}
    httpx.put(url, json=body, auth=("any", KEY))
    assert vendor.members[LIST] == {"ana@example.com": "unsubscribed"}


def test_who_unsubscribed_is_seen_among_the_carriers(vendor, marker):
    vendor.join("ana@example.com", status="unsubscribed")
    marker.mark(["ana@example.com"])
    assert marker.marked().contacts == (("ana@example.com",),)


def test_without_its_tag_an_audience_says_what_to_do(vendor):
    other = settings_of(vendor, audiences=(Audience(list=LIST, tag="vip"),))
    (marker,) = mailchimp_markers(other)
    with pytest.raises(EffectFailed, match=r"no tag vip: run `makegood sync mailchimp --set-up`"):
        marker.mark(["ana@example.com"])
    assert marker.set_up() == ("The tag vip was made in the audience a1b2c3d4e5.",)
    vendor.join("ana@example.com")
    assert marker.mark(["ana@example.com"]).done == ("ana@example.com",)
    marker.close()


def test_an_audience_that_is_not_there_is_a_setting_to_correct(vendor):
    (marker,) = mailchimp_markers(settings_of(vendor, audiences=(Audience(list="ffffff"),)))
    with pytest.raises(EffectFailed, match="has no audience ffffff; correct the file") as fault:
        marker.mark(["ana@example.com"])
    assert not fault.value.retry
    marker.close()


def test_a_tag_that_was_deleted_and_made_again_is_found_again(vendor, marker):
    vendor.join("ana@example.com")
    marker.mark(["ana@example.com"])
    vendor.tags[LIST].clear()
    vendor.add_tag(TAG)
    assert marker.mark(["ana@example.com"]).changed == ("ana@example.com",)


def test_more_than_the_account_takes_at_once_is_never_sent(vendor, marker):
    vendor.join(*(f"c{n}@example.com" for n in range(40)))
    vendor.most_connections = 4
    with ThreadPoolExecutor(20) as pool:
        outcomes = list(pool.map(lambda n: marker.mark([f"c{n}@example.com"]), range(40)))
    assert all(it.done for it in outcomes)
    assert vendor.highest <= 4


def test_after_a_429_no_call_is_made_until_the_pause_is_over(vendor, marker):
    vendor.instead = lambda _asked: problem(429, "Too Many Requests", "slow down")
    with pytest.raises(EffectFailed) as first:
        marker.mark(["ana@example.com"])
    asked = len(vendor.asked)
    with pytest.raises(EffectFailed, match="asked for a pause") as second:
        marker.mark(["ana@example.com"])
    assert len(vendor.asked) == asked
    assert first.value.after_ms == 10_000
    assert 0 < second.value.after_ms <= 10_000


def test_an_answer_that_is_no_json_is_a_fault_and_not_a_yes(vendor, marker):
    marker.marked()
    vendor.instead = lambda asked: Said(content="gateway") if asked.method == "POST" else None
    with pytest.raises(EffectFailed, match="cannot be read"):
        marker.mark(["ana@example.com"])


def test_campaigns_and_automations_without_the_exclusion_are_listed_with_what_to_do(
    vendor, marker
):
    (segment,) = [id_ for id_, (name, _) in vendor.tags[LIST].items() if name == TAG]
    vendor.saved = {7: excludes(segment), 8: {"match": "all", "conditions": []}}
    saved = {"saved_segment_id": 7, "match": "all", "conditions": []}
    vendor.campaigns = [
        campaign("Spring offers"),
        campaign("Excludes", excludes(segment)),
        campaign("Excludes with others", excludes(segment, also=1)),
        campaign("Excludes as text", excludes(str(segment))),
        campaign("Any of two", excludes(segment, match="any", also=1), status="save"),
        campaign("Any of one", excludes(segment, match="any")),
        campaign("Another tag", excludes(segment + 1), status="paused"),
        campaign("By a saved segment", saved),
        campaign("By a wrong one", {**saved, "saved_segment_id": 8}, status="sending"),
        campaign("By a deleted one", {**saved, "saved_segment_id": 9}),
        campaign("Sent long ago", status="sent"),
        campaign("Another audience", audience="ffffff"),
    ]
    vendor.automations = [
        campaign("Welcome", status="sending"),
        campaign("Welcome, held", excludes(segment), status="sending"),
        campaign("Welcome elsewhere", status="sending", audience="ffffff"),
    ]
    checked = marker.check()
    assert {it.name for it in checked.lacking} == {
        "Spring offers", "Any of two", "Another tag", "By a wrong one", "By a deleted one",
        "Welcome",
    }  # fmt: skip
    assert {it.kind for it in checked.lacking if it.name == "Welcome"} == {"automation"}
    assert all("is not tagged makegood-hold" in it.do for it in checked.lacking)
    assert not checked.more
    assert any("Customer journeys" in it for it in checked.blind)
    assert any("Do not send to" in it for it in checked.blind)


def test_a_thousand_drafts_are_listed_in_part_and_that_is_said(vendor, marker):
    vendor.campaigns = [campaign(f"Draft {n}", status="save") for n in range(1000)]
    checked = marker.check()
    assert len(checked.lacking) == 200
    assert checked.more
    assert sum(it.path.endswith("/campaigns") for it in vendor.asked) < 5


@pytest.mark.parametrize(
    ("changes", "says"),
    [
        ({"key": "0123456789abcdef"}, "ends with a dash and the data centre"),
        ({"key": "x@y/../-us6"}, "ends with a dash and the data centre"),
        ({"audiences": ()}, "name each audience by its id"),
        ({"audiences": (Audience(list="a/../b"),)}, "name each audience by its id"),
        ({"audiences": (Audience(list="a1", tag=" "),)}, "a tag has 1 to 100 characters"),
        ({"base_url": "http://mailchimp.example.com"}, "needs https"),
        ({"base_url": "https://user:pw@example.com"}, "is not an address"),
        ({"base_url": "ftp://example.com"}, "is not an address"),
    ],
)
def test_a_wrong_setting_is_found_at_the_start_and_never_shows_the_key(vendor, changes, says):
    with pytest.raises(InputError, match=says) as error:
        mailchimp_markers(settings_of(vendor, **changes))
    assert "0123456789abcdef" not in str(error.value)


def test_the_data_centre_of_the_key_is_where_calls_go():
    assert check_base_url("https://us6.api.mailchimp.com/", "X") == "https://us6.api.mailchimp.com"
    assert check_base_url("http://127.0.0.1:8906", "X") == "http://127.0.0.1:8906"
    with pytest.raises(InputError, match="https"):
        check_base_url("http://10.0.0.1:8906", "X")


def test_what_the_local_vendor_refuses_is_what_the_real_one_refuses(vendor):
    (segment,) = [id_ for id_, (name, _) in vendor.tags[LIST].items() if name == TAG]
    from base64 import b64encode

    auth = {"authorization": "Basic " + b64encode(f"any:{KEY}".encode()).decode()}

    def status(method: str, path: str, body: object = None, **params: str) -> int:
        asked = Asked(method, f"/3.0/{path}", params, auth, body)
        return vendor.answer(asked).status

    at = f"lists/{LIST}/segments/{segment}"
    many = [f"c{n}@example.com" for n in range(501)]
    assert status("POST", at, {"members_to_add": many}) == 400
    assert status("POST", at, {"members_to_add": ["no address"]}) == 400
    assert status("POST", at, {}) == 400
    assert status("POST", f"lists/{LIST}/segments/99", {"members_to_add": []}) == 404
    assert status("GET", "lists/ffffff/tag-search") == 404
    assert status("GET", f"lists/{LIST}/members/ANA/tags") == 404
    assert status("GET", f"{at}/members", count="1001") == 400
    assert status("GET", "automations", list_id=LIST) == 400
    assert status("GET", "campaigns", status="draft") == 400
    assert vendor.answer(Asked("GET", "/3.0/campaigns", {}, {}, None)).status == 401
