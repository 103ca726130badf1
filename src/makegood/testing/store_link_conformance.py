"""What every engine keeps of probable links."""

from msgspec.structs import replace

from makegood.messages.ids import ProfileId
from makegood.ports.links import Evidence, LinkPair, LinkRun
from makegood.testing.store_log_conformance import Conformance


def link_pair(number: int, **changes: object) -> LinkPair:
    """Give a pair of two brands that waits for a person."""
    plain = LinkPair(
        id=f"l{number:032x}",
        left=ProfileId(f"p{number:032x}"),
        right=ProfileId(f"p{number + 1_000:032x}"),
        left_brand="hotels",
        right_brand="cars",
        status="review",
        weight=number * 1_000,
        probability=0.8,
        left_said=f"user:{number}",
        right_said=f"loyalty:cars:{number}",
        evidence=(Evidence(title="Surname", left="Sá", right="Sa", says="the same", bits=7.5),),
    )
    return replace(plain, **changes)


class ProbableLinkConformance(Conformance):
    """Heaviest first, found by either side, counted by brands."""

    def test_pairs_come_heaviest_first_and_page(self) -> None:
        """The next page begins after weight and id; pairs of one weight are all given."""
        store = self.make_store()
        rows = [link_pair(number, weight=7_000) for number in range(3)] + [link_pair(-5 + 9)]
        with store.writing() as writing:
            writing.put_links([*rows, link_pair(9, status="apart"), link_pair(8, weight=-2)])
        with store.reading() as reading:
            first = reading.link_pairs("review", limit=2)
            rest = reading.link_pairs("review", after=(first[-1].weight, first[-1].id), limit=9)
            assert reading.link_pairs("linked") == ()
        assert [row.id for row in (*first, *rest)] == [
            row.id for row in (rows[2], rows[1], rows[0], rows[3], link_pair(8))
        ]

    def test_a_pair_is_seen_only_with_both_brands(self) -> None:
        """Of the brands that are asked for both sides have to be one."""
        store = self.make_store()
        with store.writing() as writing:
            writing.put_links([link_pair(1), link_pair(2, right_brand="hotels")])
        with store.reading() as reading:
            assert [it.id for it in reading.link_pairs("review", brands=("hotels",))] == [
                link_pair(2).id
            ]
            assert len(reading.link_pairs("review", brands=("hotels", "cars"))) == 2
            assert reading.link_counts() == {
                ("review", "hotels", "cars"): 1,
                ("review", "hotels", "hotels"): 1,
            }

    def test_a_pair_is_one_row_however_often_it_is_written(self) -> None:
        """The last word counts, also under a lock; what is dropped is gone."""
        store = self.make_store()
        row, apart = link_pair(1), link_pair(1, status="apart", evidence=(), turns=1)
        with store.writing() as writing:
            writing.put_links([row, row])
            writing.put_links([])
        with store.writing() as writing:
            assert writing.lock_links([row.id, "l" + "f" * 32]) == {row.id: row}
            writing.put_links([apart])
        with store.reading() as reading:
            assert reading.links_by_id([row.id]) == {row.id: apart}
            assert reading.links_by_id([]) == {}
        with store.writing() as writing:
            assert writing.drop_links([row.id, row.id]) == 1
            assert writing.drop_links([]) == 0

    def test_pairs_are_found_by_either_side(self) -> None:
        """Once each, also when both sides are asked for."""
        store = self.make_store()
        with store.writing() as writing:
            writing.put_links([link_pair(1), link_pair(2)])
        with store.reading() as reading:
            both = [link_pair(1).right, link_pair(1).left]
            assert reading.links_of(both) == (link_pair(1),)
            assert reading.links_of([link_pair(2).right]) == (link_pair(2),)
            assert reading.links_of([]) == ()

    def test_pairs_are_found_by_whom_their_evidence_names(self) -> None:
        """By any of the names, once each, until the pair says nothing of them or is gone."""
        store = self.make_store()
        ana, mia = ProfileId("p" + "a" * 32), ProfileId("p" + "b" * 32)
        rows = [link_pair(1, named=(ana, mia)), link_pair(2, named=(mia,)), link_pair(3)]
        with store.writing() as writing:
            writing.put_links(rows)
            assert writing.links_named([ana, mia]) == (rows[0], rows[1])
            assert writing.links_named([]) == ()
            writing.put_links([link_pair(1, named=(ana,), status="linked")])
        with store.reading() as reading:
            assert reading.links_named([mia]) == (rows[1],)
        with store.writing() as writing:
            writing.drop_links([rows[1].id])
            assert writing.links_named([mia]) == ()

    def test_runs_are_numbered_and_end(self) -> None:
        """The newest comes first, with what became of it."""
        store = self.make_store()
        plain = LinkRun(
            run=0, at_ms=5, lists={"hotels": 3, "cars": 2}, linked_at=0.95, review_at=0.5,
            linked=0, asked=0, known=0, apart=0, left_out={}, precision=(0.9, 0.95, 1.0),
        )  # fmt: skip
        with store.writing() as writing:
            assert writing.put_link_run(plain).run == 1
            second = writing.put_link_run(plain)
            writing.end_link_run(replace(second, linked=4))
        with store.reading() as reading:
            newest, oldest = reading.link_runs(9)
            assert (newest.run, newest.linked, oldest.run) == (2, 4, 1)
            assert len(reading.link_runs(1)) == 1
