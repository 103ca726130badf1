"""What every engine keeps of places, of what is asked of them, and of who was walked."""

from msgspec.structs import replace

from makegood.messages.ids import CaseId, CustomerId, PlaceId, ProfileId
from makegood.ports.places import Contact, PlaceRow
from makegood.ports.redirects import RedirectRow, Walker, WalkRow
from makegood.testing.store_log_conformance import Conformance

LAKESIDE = PlaceRow(
    place=PlaceId("lakeside"),
    brand="fernlight",
    name="Fernlight Lakeside",
    kind="hotel",
    latitude=41.88,
    longitude=-87.63,
    near={"harbour": 900},
    rank=3,
    contacts=(Contact(name="Front desk", email="desk@lakeside.example.com"),),
)
HARBOUR = PlaceRow(place=PlaceId("harbour"), brand="grand", name="Grand Harbour", kind="hotel")


def asked(number: int, customer: str = "ana", **changes: object) -> RedirectRow:
    """Give a place that was asked about a customer."""
    row = RedirectRow(
        row=f"m{number:032x}",
        kind="ask",
        customer=CustomerId(customer),
        profile=ProfileId(customer),
        case=CaseId("k1"),
        brand="grand",
        place="lakeside",
        status="asked",
        is_open=True,
        at_ms=1_000 + number,
    )
    return replace(row, **changes)


def walk(number: int, **changes: object) -> WalkRow:
    """Give a walk of two arrivals."""
    row = WalkRow(
        walk=f"w{number}",
        rule="overbooked",
        book="abc",
        brand="grand",
        at_ms=1_000 + number,
        need=1,
        walkers=(
            Walker(arrival="R1", points=1, reasons=("stays one night",)),
            Walker(arrival="R2", points=9, never=True),
        ),
    )
    return replace(row, **changes)


class PlaceConformance(Conformance):
    """Places, redirects and walks."""

    def test_a_place_is_kept_whole_and_written_again_is_one_still(self) -> None:
        store = self.make_store()
        with store.writing() as writing:
            writing.put_places(())
            writing.put_places([LAKESIDE, HARBOUR])
            writing.put_places([replace(LAKESIDE, rank=4), replace(LAKESIDE, rank=5)])
        with store.reading() as reading:
            assert reading.places() == (HARBOUR, replace(LAKESIDE, rank=5))
            assert reading.places(brands=["grand"]) == (HARBOUR,)
            assert reading.places(after="harbour", limit=1) == (replace(LAKESIDE, rank=5),)
            assert reading.places_by_id(["harbour", "nowhere"]) == {"harbour": HARBOUR}
            assert reading.places_by_id([]) == {}

    def test_what_is_asked_of_places_is_replaced_by_customer(self) -> None:
        store = self.make_store()
        others = asked(5, "ben", brand="fernlight")
        with store.writing() as writing:
            them = [CustomerId("ana"), CustomerId("ben")]
            writing.project_redirects(them, [asked(1), asked(2, is_open=False), others])
        with store.writing() as writing:
            writing.project_redirects([CustomerId("ana")], [asked(2), asked(3)])
        with store.reading() as reading:
            assert reading.redirects() == (others, asked(3), asked(2))
            assert reading.redirects(brands=["grand"], limit=1) == (asked(3),)
            assert reading.redirects(after=(1_003, asked(3).row)) == (asked(2),)
        with store.writing() as writing:
            writing.project_redirects([CustomerId("ana")], [])
        with store.reading() as reading:
            assert reading.redirects() == (others,)

    def test_a_customer_who_becomes_another_takes_the_rows_along(self) -> None:
        store = self.make_store()
        with store.writing() as writing:
            writing.project_redirects([CustomerId("ben")], [asked(1, "ben")])
            writing.project_redirects([CustomerId("ana")], [asked(1, "ana")])
        with store.reading() as reading:
            assert reading.redirects() == (asked(1, "ana"),)

    def test_only_what_is_open_is_listed_when_that_is_asked_for(self) -> None:
        store = self.make_store()
        with store.writing() as writing:
            writing.project_redirects([CustomerId("ana")], [asked(1), asked(2, is_open=False)])
        with store.reading() as reading:
            assert reading.redirects(open_only=True) == (asked(1),)

    def test_what_was_asked_twice_is_counted_by_brand_and_not_listed(self) -> None:
        store = self.make_store()
        rows = [asked(n, kind="told_twice", status="place") for n in (1, 2, 3)]
        with store.writing() as writing:
            writing.project_redirects([CustomerId("ana")], [*rows, asked(9)])
        with store.reading() as reading:
            assert reading.told_twice(0) == {"grand": 3}
            assert reading.told_twice(1_003) == {"grand": 1}
            assert reading.told_twice(9_000) == {}
            assert reading.redirects() == (asked(9),)

    def test_a_walk_is_decided_once(self) -> None:
        store = self.make_store()
        decided = walk(1, decided_by="kathy", decided_ms=5_000)
        with store.writing() as writing:
            assert writing.put_walk(walk(1))
            assert writing.put_walk(walk(2, brand="fernlight"))
            assert writing.put_walk(decided)
            assert not writing.put_walk(replace(decided, decided_by="ben"))
        with store.reading() as reading:
            assert reading.walk("w1") == decided
            assert reading.walk("w9") is None
            assert reading.walks() == (walk(2, brand="fernlight"), decided)
            assert reading.walks(brands=["grand"]) == (decided,)
            assert reading.walks(after=(1_002, "w2"), limit=5) == (decided,)
