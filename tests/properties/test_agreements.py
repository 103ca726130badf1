"""An agreement holds where and when it says: never by accident, never a day too long."""

from hypothesis import given
from hypothesis import strategies as st

from makegood.core.agreements import Here, Why, best_rate, judge, that_hold
from makegood.messages.agreements import Agreement, GuaranteeTerms, RateTerms, WaiverTerms
from makegood.messages.ids import AccountId, AgreementId
from makegood.messages.money import Money

BRANDS = ("grand", "inn", "lodge")
PLACES = {"grand": ("rome", "oslo"), "inn": ("bonn",), "lodge": ("cork",)}
NAMES = tuple(f"brand:{one}" for one in BRANDS) + tuple(
    f"place:{one}" for places in PLACES.values() for one in places
)
TERMS = st.one_of(
    st.builds(RateTerms, off_per_mille=st.integers(0, 1000)),
    st.builds(WaiverTerms, waives=st.sampled_from(("resort_fee", "late_fee"))),
    st.builds(GuaranteeTerms, promises=st.just("last_room"), broken_by=st.just(("walked",))),
)


@st.composite
def places(draw: st.DrawFn) -> tuple[str, str]:
    """A brand and one of its places, the brand alone, or neither."""
    brand = draw(st.sampled_from(("", *BRANDS)))
    place = draw(st.sampled_from(("", *PLACES[brand]))) if brand else ""
    return brand, place


@st.composite
def agreements(draw: st.DrawFn) -> Agreement:
    brand, place = draw(places())
    from_ms = draw(st.integers(0, 50))
    return Agreement(
        id=AgreementId(f"A-{draw(st.integers(0, 9))}"),
        account=AccountId("meridian"),
        terms=draw(TERMS),
        brand=brand,
        place=place,
        elsewhere=draw(st.booleans()),
        not_at=tuple(draw(st.sets(st.sampled_from(NAMES), max_size=2))),
        also_at=tuple(draw(st.sets(st.sampled_from(NAMES), max_size=2))),
        from_ms=from_ms,
        until_ms=draw(st.sampled_from((0, from_ms + 1, from_ms + 30))),
    )


@st.composite
def heres(draw: st.DrawFn) -> Here:
    brand, place = draw(places())
    return Here(brand=brand, place=place, at_ms=draw(st.integers(0, 100)))


@given(agreements(), heres())
def test_an_agreement_is_honoured_under_the_umbrella_unless_it_says_not(one, here):
    meant = {f"brand:{here.brand}", f"place:{here.place}"}
    home = one.place == here.place if one.place else not one.brand or one.brand == here.brand
    says = not meant & set(one.not_at) and (
        home or one.elsewhere or bool(meant & set(one.also_at))
    )
    in_time = one.from_ms <= here.at_ms and (not one.until_ms or here.at_ms < one.until_ms)
    assert judge(one, here).holds == (says and in_time)


@given(agreements(), heres(), st.integers(0, 100))
def test_what_has_ended_never_holds_again_and_what_has_begun_holds_to_its_end(one, here, later):
    then = Here(brand=here.brand, place=here.place, at_ms=here.at_ms + later)
    before, after = judge(one, here), judge(one, then)
    if before is Why.ENDED:
        assert after is Why.ENDED
    if before.holds and after is not Why.ENDED:
        assert after is before
    if after is Why.NOT_YET:
        assert before is Why.NOT_YET


@given(st.lists(agreements(), max_size=6), heres(), st.integers(0, 100_000))
def test_the_best_of_several_rates_is_one_that_holds_and_none_that_holds_is_lower(
    some, here, cents
):
    best = best_rate(some, here, Money(cents))
    prices = [
        price
        for one in that_hold(some, here)
        if isinstance(one.agreement.terms, RateTerms)
        and (price := one.agreement.terms.price_of("", Money(cents))) is not None
        and price.cents < cents
    ]
    assert (best is None) == (not prices)
    if best is not None:
        assert best.price == min(prices)
        assert best.honoured.why.holds


@given(st.lists(agreements(), max_size=6), heres())
def test_an_order_of_the_agreements_changes_nothing(some, here):
    unlike = list({one.id: one for one in some}.values())
    assert that_hold(unlike, here) == that_hold(list(reversed(unlike)), here)
