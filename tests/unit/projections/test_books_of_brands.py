"""What the pages say about a brand that has its own book is said by that book."""

from msgspec.structs import replace

from makegood.messages.ids import BookHash, CustomerId, ProfileId
from makegood.messages.money import Money
from makegood.playbooks.book import Library
from makegood.portal.claims import claimable
from makegood.portal.guests import Guest
from makegood.portal.speech import Speech
from makegood.projections.alike import checked_remedy, like_of_kind
from makegood.projections.everyone import Wanted, everyone
from makegood.projections.roster import person_of
from makegood.projections.waived import waiver_words
from makegood.store.memory import MemoryStore
from makegood.testing.history import NOON_MS
from tests.unit.core.day import Day
from tests.unit.playbooks.claim_book import claim_library

HOUSE = claim_library().now()
OWN = replace(
    HOUSE,
    hash=BookHash("0w0"),
    waivers={"late_fee": {"en": "The fee for being late"}},
    remedies={**HOUSE.remedies, "flowers": replace(HOUSE.remedies["new_parcel"], id="flowers")},
    failures={**HOUSE.failures, "wilted": replace(HOUSE.failures["parcel_late"], id="wilted")},
)
BOOK = replace(
    HOUSE,
    requests={name: one for name, one in HOUSE.requests.items() if one.claim is None},
    by_brand={"zenith": OWN},
)
LIBRARY = Library(active=BOOK.hash, books={BOOK.hash: BOOK})


def test_everyone_of_a_brand_is_asked_with_its_failures_and_remedies():
    like = like_of_kind(BOOK, failure="wilted", brand="zenith", standing="")
    assert like.what == "wilted"
    wanted = Wanted(like=like, remedies=checked_remedy(BOOK.for_brand("zenith"), "flowers", None))
    with MemoryStore().reading() as reading:
        found = everyone(reading, replace(wanted, own_brand=True), with_default(BOOK), NOON_MS)
    (flowers,) = found.remedies
    assert (flowers.for_all, flowers.unpriced) == ((Money(0),), 0)


def with_default(book):
    """The book, comparing as a new store does."""
    return replace(book, everyone=type(book.everyone)())


def test_what_is_waived_has_the_words_of_the_brands_book():
    assert waiver_words("late_fee", LIBRARY) == "The fee for being late"
    assert waiver_words("bag_fee", LIBRARY) == "bag fee"


def guest(brand: str) -> Guest:
    day = Day(LIBRARY)
    day.happens("Parcel Late", order="O1", minutes=60, price_cents=1000, brand=brand)
    return Guest(
        token="t",
        customer=CustomerId("c"),
        profile=ProfileId("p"),
        person=person_of(()),
        state=day.state,
        case=day.case,
        book=LIBRARY.books[day.case.origin.book],
        library=LIBRARY,
        reps=(),
        now_ms=day.now_ms,
    )


def test_what_may_be_claimed_is_what_the_book_of_the_brand_pays():
    assert [one.id for one in claimable(guest("zenith"), Speech("en"))] == ["taxi"]
    assert claimable(guest("acme"), Speech("en")) == ()
