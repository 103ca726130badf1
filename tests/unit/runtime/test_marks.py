"""What a campaign tool is told of a hold is what is true then, in whatever order it is told."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from makegood.core.notices import NoticeKind
from makegood.messages.errors import EffectFailed
from makegood.messages.facts import Identified, Unlinked, Unsubscribed
from makegood.messages.ids import RepId
from makegood.ports.marking import KeyRefused, NotTaken, Outcome, Place
from makegood.ports.notices import TellingStatus, wants
from makegood.projections.lag import bucket_of, upper_ms, within_ms
from makegood.runtime.marks import PROBE_MS
from tests.marking import Firm, PlainMarker

ANA, WORK, BEN = "ana@example.com", "ana@work.example.com", "ben@example.com"


def firm(*contacts: str, **changes) -> tuple[Firm, PlainMarker]:
    marker = PlainMarker(contacts=set(contacts or (ANA, WORK, BEN)), **changes)
    return Firm(marker), marker


def test_every_address_of_a_held_customer_is_marked_and_nobody_elses():
    it, vendor = firm()
    it.known("user:ana", ANA, WORK)
    it.known("user:ben", BEN)
    it.let_down("user:ana")
    it.tell()
    assert set(vendor.carriers) == {ANA, WORK}


def test_when_the_hold_lifts_the_marks_go():
    it, vendor = firm()
    it.known("user:ana", ANA)
    it.let_down("user:ana")
    it.tell()
    it.release("user:ana")
    it.tell()
    assert vendor.carriers == []
    assert it.sync().synced_ms == it.clock.now_ms()


def test_a_hold_that_is_over_by_the_time_it_is_told_marks_nobody():
    it, vendor = firm()
    it.known("user:ana", ANA)
    it.let_down("user:ana")
    it.release("user:ana")
    it.tell()
    assert vendor.carriers == []
    assert not any(name == "mark" for name, _ in vendor.calls)


def test_notices_that_are_told_again_and_in_the_wrong_order_change_nothing():
    it, vendor = firm()
    it.known("user:ana", ANA)
    it.let_down("user:ana")
    it.release("user:ana")
    it.let_down("user:ana", "R2")
    it.tell()
    assert vendor.carriers == [ANA]
    (sink,) = it.sinks.values()
    with it.store.reading() as reading:
        said = [one for one in reading.feed(0, 100) if one.notice.kind.is_hold]
    assert {one.notice.kind for one in said} == {NoticeKind.HOLD_OPENED, NoticeKind.HOLD_LIFTED}
    for one in [*reversed(said), *said]:
        sink.tell(one, _subject(it, "user:ana"), it.clock.now_ms())
    assert vendor.carriers == [ANA]


def test_what_changes_while_the_vendor_is_asked_is_put_right_at_once():
    it, vendor = firm()
    it.known("user:ana", ANA)
    it.let_down("user:ana")

    def lift(name: str) -> None:
        if name == "mark":
            vendor.before = lambda _name: None
            it.release("user:ana")

    vendor.before = lift
    it.tell()
    assert vendor.carriers == []


def test_a_shared_address_is_marked_as_long_as_any_of_those_it_may_mean_is_held():
    it, vendor = firm()
    it.known("user:ana", ANA)
    it.known("user:ben", ANA, BEN)
    it.let_down("user:ana")
    it.let_down("user:ben")
    it.tell()
    it.release("user:ben")
    it.tell()
    assert set(vendor.carriers) == {ANA}
    it.release("user:ana")
    it.tell()
    assert vendor.carriers == []


def test_when_two_are_joined_every_address_of_both_is_marked_and_apart_again_not():
    it, vendor = firm()
    it.known("user:ana", ANA)
    it.known("user:ben", BEN)
    it.let_down("user:ana")
    it.tell()
    assert vendor.carriers == [ANA]
    other = it.intake.profile("user:ben")
    it.take(Identified(), "user:ana", also=("user:ben",))
    it.tell()
    assert set(vendor.carriers) == {ANA, BEN}
    it.take(Unlinked(other=other, by=RepId("kathy")), "user:ana")
    it.tell()
    assert vendor.carriers == [ANA]


def test_an_address_that_is_learnt_later_is_marked_too():
    it, vendor = firm()
    it.known("user:ana", ANA)
    it.let_down("user:ana")
    it.tell()
    it.known("user:ana", ANA, WORK)
    it.tell()
    assert set(vendor.carriers) == {ANA, WORK}


def test_a_customers_own_no_marks_nobody():
    it, vendor = firm()
    it.known("user:ana", ANA)
    it.take(Unsubscribed(brand="*", channel="*"), "user:ana")
    it.tell()
    assert not it.truth.is_wanted(ANA, "")
    assert vendor.calls == []


def test_a_hold_of_one_brand_marks_that_brands_contacts_only():
    places = [Place(vendor="plain", id=it, brand=it) for it in ("vans", "cars", "")]
    vendors = [PlainMarker(place=it, contacts={ANA}) for it in places]
    it = Firm(*vendors)
    it.known("user:ana", ANA)
    it.let_down("user:ana", brand="vans")
    it.tell()
    assert [one.carriers for one in vendors] == [[ANA], [], [ANA]]
    it.let_down("user:ana", "R2")
    it.tell()
    assert [one.carriers for one in vendors] == [[ANA], [ANA], [ANA]]
    with it.store.reading() as reading:
        first = reading.feed(0, 100)[0].notice
    assert [wants(sink, first) for sink in it.sinks.values()] == [True, False, True]


def test_a_contact_that_is_none_is_written_down_and_left_alone():
    it, vendor = firm(BEN)
    it.known("user:ana", ANA)
    it.let_down("user:ana")
    it.tell()
    assert vendor.contacts == {BEN}
    with it.store.reading() as reading:
        (mark,) = reading.failed_marks("plain:hold", "", 9)
    assert (mark.address, mark.state) == (it.intake.profile(f"email:{ANA}"), "absent")
    assert it.lags() == {}


def test_a_vendor_that_is_away_is_told_again_until_it_took_it():
    it, vendor = firm()
    it.known("user:ana", ANA)
    it.let_down("user:ana")
    vendor.faults = [EffectFailed("down"), EffectFailed("down")]
    for _ in range(6):
        it.tell()
        it.clock.advance(10 * 60_000)
    assert vendor.carriers == [ANA]
    lag_ms = within_ms(it.lags(), 0.5)
    assert lag_ms >= 10 * 60_000, "the wait counts"


def test_a_refused_key_is_tried_again_once_a_quarter_of_an_hour_and_not_once_a_notice(caplog):
    it, vendor = firm()
    vendor.before = lambda _name: vendor.faults.append(KeyRefused("Plain answered 401."))
    for number in range(40):
        it.known(f"user:{number}", f"c{number}@example.com")
        it.let_down(f"user:{number}")
    for _ in range(30):
        it.tell()
        it.clock.advance(60_000)
    assert len(vendor.calls) <= 30 * 60_000 // PROBE_MS + 1
    assert it.sync().refused_ms > 0
    assert it.sync().error == "Plain answered 401."
    said = [line for line in caplog.messages if "the key is refused" in line]
    assert len(said) == 1
    with it.store.reading() as reading:
        rows = reading.tellings("plain:hold", TellingStatus.FAILED, 0, 100)
    assert rows == (), "nothing is given up because of a key"


def test_a_good_key_ends_the_refusal():
    it, vendor = firm()
    vendor.faults = [KeyRefused("Plain answered 401.")]
    it.known("user:ana", ANA)
    it.let_down("user:ana")
    it.tell()
    assert it.sync().refused_ms > 0
    for _ in range(4):
        it.clock.advance(PROBE_MS)
        it.tell()
    assert vendor.carriers == [ANA]
    assert (it.sync().refused_ms, it.sync().error) == (0, "")


def test_a_mark_that_cannot_be_taken_away_is_tried_again():
    it, vendor = firm()
    it.known("user:ana", ANA)
    it.let_down("user:ana")
    it.tell()
    it.release("user:ana")
    vendor.unmark = lambda emails: Outcome(refused=tuple(emails))  # type: ignore[method-assign]
    it.tell()
    with it.store.reading() as reading:
        (row,) = [
            one
            for one in reading.tellings("plain:hold", None, 0, 9)
            if one.said.notice.kind is NoticeKind.HOLD_LIFTED
        ]
    assert row.status is TellingStatus.WAITING
    assert "would not take 1 away" in row.error


def test_a_storm_is_told_in_few_calls_and_each_hold_counts_with_its_own_lag():
    it, vendor = firm(*(f"c{n:03}@example.com" for n in range(200)), most=500)
    it.intake.take([it.introduced(f"user:{n}", f"c{n:03}@example.com") for n in range(200)])
    for n in range(200):
        it.let_down(f"user:{n}")
        it.clock.advance(10)
    for _ in range(8):
        it.tell()
    assert len(vendor.carriers) == 200
    assert len(vendor.calls) <= 10
    assert sum(it.lags().values()) == 200
    for n in range(200):
        it.release(f"user:{n}")
    for _ in range(8):
        it.tell()
    assert vendor.carriers == []
    assert len(vendor.calls) <= 20
    with it.store.reading() as reading:
        rows = reading.tellings("plain:hold", None, 0, 1000)
    assert {row.status for row in rows} == {TellingStatus.DONE}


def test_what_a_run_has_set_since_is_not_set_again():
    it, vendor = firm(ANA, BEN, most=500)
    it.known("user:ana", ANA)
    it.let_down("user:ana")
    it.by.run(vendor)
    vendor.calls.clear()
    it.tell()
    assert vendor.calls == []
    it.clock.advance(1)
    it.let_down("user:ana", "R2")
    it.release("user:ana")
    it.tell()
    assert vendor.carriers == []


def test_what_was_set_ahead_is_set_again_when_it_changed_before_its_turn():
    it, vendor = firm(ANA, BEN, most=500)
    it.known("user:ana", ANA)
    it.known("user:ben", BEN)
    it.let_down("user:ana")
    it.let_down("user:ben")

    it.tell()
    assert set(vendor.carriers) == {ANA, BEN}
    it.release("user:ben")
    it.let_down("user:ana", "R2")
    it.release("user:ana")
    it.let_down("user:ben", "R2")
    it.tell()
    assert vendor.carriers == [BEN]


def test_an_address_that_the_tool_will_not_take_does_not_keep_out_the_others():
    it, vendor = firm(*(f"c{n}@example.com" for n in range(9)), most=500)
    it.intake.take([it.introduced(f"user:{n}", f"c{n}@example.com") for n in range(9)])
    it.intake.take([it.failed(f"user:{n}") for n in range(9)])
    plain = vendor.mark

    def picky(emails, *, ask=True):
        if "c4@example.com" in emails:
            raise NotTaken("Plain answered 400.")
        return plain(emails, ask=ask)

    vendor.mark = picky  # type: ignore[method-assign]
    it.tell()
    assert len(vendor.carriers) == 8
    fares = it.by.run(vendor)
    assert (fares.wanted, fares.refused, fares.error) == (9, 1, "")
    it.release("user:4")
    vendor.unmark = lambda emails: Outcome(refused=tuple(emails))  # type: ignore[method-assign]
    it.tell()
    with it.store.reading() as reading:
        assert reading.sinks_health()["plain:hold"].waiting == 0


def test_lag_counts_from_the_holds_commit_to_the_vendors_yes():
    it, vendor = firm()
    it.known("user:ana", ANA, WORK)
    it.let_down("user:ana")
    vendor.before = lambda _name: it.clock.advance(1_700)
    it.clock.advance(1_000)
    it.tell()
    assert sum(it.lags().values()) == 2
    assert 2_700 <= within_ms(it.lags(), 0.5) <= 2_700 * 1.2


@given(st.lists(st.integers(0, 10**9), min_size=1, max_size=200), st.sampled_from([0.5, 0.95, 1]))
def test_a_quantile_of_the_lags_is_never_too_low_and_at_most_a_fifth_too_high(lags, share):
    counts: dict[int, int] = {}
    for lag in lags:
        counts[bucket_of(lag)] = counts.get(bucket_of(lag), 0) + 1
    exact = sorted(lags)[-(-len(lags) * int(share * 100) // 100) - 1]
    found = within_ms(counts, share)
    assert max(exact, 100) <= found <= max(exact, 100) * 1.2 + 1


def test_buckets_are_few_and_a_clock_that_went_back_counts_as_no_lag():
    assert bucket_of(-5_000) == bucket_of(0) == 0
    assert bucket_of(10**15) <= 120
    assert within_ms({}, 0.95) == 0
    assert all(bucket_of(upper_ms(n)) in (n, n + 1) for n in range(100))


@pytest.mark.parametrize("words", ["", "no address", "a@b\x00c"])
def test_what_is_no_address_is_no_address(words):
    from makegood.runtime.marks import normal_email

    assert normal_email(words) == ""
    assert normal_email(" Ana@Example.COM ") == ANA


def _subject(it: Firm, who: str):
    from makegood.runtime.subjects import subjects_of

    with it.store.reading() as reading:
        (said,) = reading.feed(0, 1)
        return subjects_of(reading, [said], it._held_now)[said.sequence]


def test_what_waits_for_a_tag_that_has_to_be_made_is_not_given_up():
    it, vendor = firm()
    vendor.before = lambda _name: vendor.faults.append(EffectFailed("No tag.", retry=False))
    for number in range(5):
        it.known(f"user:{number}", f"c{number}@example.com")
        it.let_down(f"user:{number}")
    for _ in range(6):
        it.tell()
        it.clock.advance(PROBE_MS)
    with it.store.reading() as reading:
        assert reading.tellings("plain:hold", TellingStatus.FAILED, 0, 100) == ()
