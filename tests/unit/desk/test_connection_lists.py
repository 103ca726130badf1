"""The desk says how far behind the marks at campaign tools are, and what a person has to do."""

from msgspec.structs import replace

from makegood.bootstrap import Makegood
from makegood.ports.marking import Checked, Lacking, Place, Placed
from makegood.ports.marks import Mark, Sync
from makegood.ports.rows import PersonRow
from makegood.projections.lag import bucket_of, hour_of
from tests.e2e.screens import profile_of
from tests.marking import PlainMarker
from tests.unit.desk.browsing import questions, words_of

URL = "/desk/connections/lists"
HOLD = Place(vendor="mailchimp", id="a1b2c3d4e5/makegood-hold")
VANS = Place(vendor="hubspot", id="vans_hold", brand="northwind_vans")


def connect(makegood: Makegood, *places: Place) -> None:
    placed = [Placed(marker=PlainMarker(place=it), every_ms=1) for it in places]
    makegood.marks.placed = placed


def write(makegood: Makegood, fares: Sync, *failed: str) -> None:
    now_ms = makegood.clock.now_ms()
    with makegood.store.writing() as writing:
        writing.put_sync(fares)
        rows = [(profile_of(f"email:{it}"), it) for it in failed]
        writing.put_marks(
            [Mark(place=fares.place, address=id_, state="absent", at_ms=now_ms) for id_, _ in rows]
        )
        writing.put_persons([PersonRow(profile=id_, identifier=f"email:{it}") for id_, it in rows])


def fares(makegood: Makegood, place: Place = HOLD, **more) -> Sync:
    now_ms = makegood.clock.now_ms()
    row = Sync(place=place.key, ended_ms=now_ms - 60_000, synced_ms=now_ms - 3_000, wanted=12)
    return replace(row, **more)


def test_without_a_campaign_tool_the_page_says_how_to_connect_one(makegood: Makegood, kathy):
    words = words_of(kathy.get(URL))
    assert "No campaign tool is connected. MAKEGOOD_MAILCHIMP or MAKEGOOD_HUBSPOT" in words


def test_the_lag_and_the_drift_are_shown_as_synced(makegood: Makegood, kathy):
    connect(makegood, HOLD)
    write(makegood, fares(makegood, added=2, removed=1))
    hour = hour_of(makegood.clock.now_ms())
    with makegood.store.writing() as writing:
        writing.add_lags(HOLD.key, hour, {bucket_of(2_000): 90, bucket_of(3_800): 10}, 0)
        writing.add_lags(HOLD.key, hour - 30, {bucket_of(900_000): 500}, 0)
    words = words_of(kathy.get(URL))
    assert "Synced 3 s ago; of 100 in the last 24 hours, half within 3 s, 95 % within 4 s" in words
    assert "12 addresses to mark; 2 marks had been missing and 1 mark had been too many" in words
    assert "Every campaign that was looked at leaves them out." in words
    assert "leak" not in words


def test_without_a_lag_nothing_is_said_of_holds_that_may_have_been_opened(
    makegood: Makegood, kathy
):
    connect(makegood, HOLD)
    write(makegood, fares(makegood, absent=1))
    words = words_of(kathy.get(URL))
    assert "Synced 3 s ago; no mark was set for a new hold in the last 24 hours." in words


def test_campaigns_are_named_with_what_to_do_and_what_cannot_be_looked_at(
    makegood: Makegood, kathy
):
    connect(makegood, HOLD)
    spring = Lacking(
        kind="campaign", id="1", name="<i>Spring</i>", status="schedule", do="Exclude it."
    )
    checked = Checked(lacking=(spring,), more=True, blind=("Journeys are not looked at.",))
    write(makegood, fares(makegood, checked=checked))
    words = words_of(kathy.get(URL))
    assert "&lt;i&gt;Spring&lt;/i&gt; campaign, schedule Exclude it." in words
    assert "There are more than were looked at." in words
    assert "Journeys are not looked at." in words


def test_a_refused_key_tells_a_person_what_to_do_and_shows_no_key(makegood: Makegood, omar):
    connect(makegood, HOLD)
    refused = fares(makegood, error="Mailchimp answered 401.", refused_ms=1)
    write(makegood, refused)
    words = words_of(omar.get(URL))
    assert "Mailchimp answered 401. Nothing is synced until a person puts a good key" in words
    assert "MAKEGOOD_MAILCHIMP" in words


def test_a_comparison_that_did_not_end_says_so(makegood: Makegood, omar):
    connect(makegood, HOLD)
    write(makegood, fares(makegood, error="Mailchimp answered 503.", error_ms=5))
    assert "The last comparison did not end: Mailchimp answered 503." in words_of(omar.get(URL))


def test_who_could_not_be_marked_is_paged(makegood: Makegood, kathy):
    connect(makegood, HOLD)
    emails = [f"c{n:03}@example.com" for n in range(60)]
    write(makegood, fares(makegood, absent=60), *emails)
    first = kathy.get(URL).content.decode()
    assert "60 addresses without a contact there" in first
    shown = [it for it in emails if it in first]
    assert len(shown) == 50
    following = first.split('href="?of=')[1].split('"')[0].replace("&amp;", "&")
    rest = kathy.get(f"{URL}?of={following}").content.decode()
    assert {it for it in emails if it in rest} == set(emails) - set(shown)


def test_who_serves_one_brand_sees_that_brands_places_only(makegood: Makegood, vera, kathy):
    connect(makegood, HOLD, VANS)
    write(makegood, fares(makegood, absent=1), "ana@example.com")
    write(makegood, fares(makegood, VANS))
    words = words_of(vera.get(URL))
    assert "vans_hold" in words
    assert "makegood-hold" not in words
    assert "ana@example.com" not in words
    assert "makegood-hold" in words_of(kathy.get(URL))
    connect(makegood, HOLD)
    assert "are not of your brands" in words_of(vera.get(URL))


def test_a_page_of_many_asks_the_store_as_often_as_a_page_of_one(makegood: Makegood, kathy):
    connect(makegood, HOLD)
    write(makegood, fares(makegood), "c0@example.com")
    few = questions(makegood, kathy, URL)
    write(makegood, fares(makegood, absent=50), *(f"c{n}@example.com" for n in range(50)))
    assert questions(makegood, kathy, URL) == few
