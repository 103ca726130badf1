"""What every store does with ratings, what is published of them, appeals and answers."""

from concurrent.futures import ThreadPoolExecutor

from msgspec.structs import replace

from makegood.messages.ids import EventId, ProfileId, RepId
from makegood.ports.reputation import Appeal, Published, RatingRow, RuleAnswer, appeal_id
from makegood.testing.store_log_conformance import Conformance

RATING = RatingRow(
    seq=3, event=EventId("e3"), profile=ProfileId("p"), survey="s", about="B1", rep=RepId("li"),
    rule="fee", place="Pier", channel="phone", severity=2, met_ms=9, up=False, reason="policy",
    reasons=("policy",),
)  # fmt: skip
SAID = Published(
    kind="rep", subject="li", standing="alike", low=70, high=84, usual=78, at_least=35,
    reasons=(("policy", 10),), at_ms=5,
)  # fmt: skip
APPEAL = Appeal(id="a1", rep=RepId("li"), about="B1", why="It was the storm.", asked_ms=4)
ASKED = RuleAnswer(rule="fee", owner="vera", asked_ms=4, due_ms=9)


class ReputationConformance(Conformance):
    """Ratings and what is said of them."""

    def test_ratings_are_kept_by_their_place_and_the_log_is_read_once(self) -> None:
        store = self.make_store()
        later = replace(RATING, seq=7, about="B2")
        with store.writing() as writing:
            assert writing.ratings_read() == 0
            writing.add_ratings([later, RATING], 8)
        with store.writing() as writing:
            assert writing.ratings_read() == 8
            writing.add_ratings([replace(RATING, for_rep=True)], 8)
            writing.add_ratings([], 11)
        with store.reading() as reading:
            assert reading.ratings_read() == 11
            assert reading.ratings(0, 5) == (replace(RATING, for_rep=True), later)
            assert reading.ratings(3, 5) == (later,)
            assert reading.ratings(0, 1) == (replace(RATING, for_rep=True),)
            assert reading.ratings_about(RepId("li"), "B2") == (later,)
            assert reading.ratings_about(RepId("omar"), "B2") == ()

    def test_who_takes_ratings_or_publishes_is_alone(self) -> None:
        store = self.make_store()

        def round_of_one(_: int) -> None:
            with store.writing() as writing:
                read, rounds = writing.hold_ratings()
                writing.add_ratings([replace(RATING, seq=read + 1)], read + 1)
                writing.put_rounds(rounds + 1)

        with ThreadPoolExecutor(4) as pool:
            list(pool.map(round_of_one, range(12)))
        with store.reading() as reading:
            assert (reading.ratings_read(), reading.rounds()) == (12, 12)
            assert len(reading.ratings(0, 20)) == 12

    def test_what_is_published_takes_the_place_of_what_was(self) -> None:
        store = self.make_store()
        rule = Published(kind="rule", subject="fee", standing="cannot_tell")
        with store.writing() as writing:
            writing.put_published([SAID, rule, replace(SAID, subject="omar")])
            writing.put_published([replace(SAID, low=71)])
            writing.put_published([])
        with store.reading() as reading:
            assert [one.subject for one in reading.published("rep", "", 9)] == ["li", "omar"]
            assert [one.subject for one in reading.published("rep", "li", 9)] == ["omar"]
            assert reading.published("rule", "", 1) == (rule,)
            assert reading.published_of("rep", ["li", "nobody"]) == {"li": replace(SAID, low=71)}
            assert reading.published_of("rule", []) == {}

    def test_an_appeal_is_made_once_and_ends_once_somebody_looked(self) -> None:
        store = self.make_store()
        with store.writing() as writing:
            assert writing.put_new_appeal(APPEAL)
            assert not writing.put_new_appeal(replace(APPEAL, why="Again."))
            assert writing.put_new_appeal(replace(APPEAL, id="a2", rep=RepId("omar")))
        done = replace(APPEAL, verdict="kept", by=RepId("vera"), because="It is fair.")
        with store.writing() as writing:
            assert writing.appeal("a1") == APPEAL
            writing.put_appeal(done)
        with store.reading() as reading:
            assert reading.appeal("a1") == done
            assert reading.appeal("none") is None
            assert [one.id for one in reading.appeals(open_only=True)] == ["a2"]
            assert [one.id for one in reading.appeals(open_only=False)] == ["a1", "a2"]
            assert reading.appeals(open_only=False, after="a2") == ()
            assert reading.appeals_by(RepId("li"), 9) == (done,)

    def test_the_words_of_an_appeal_go_and_how_it_stands_stays(self) -> None:
        store = self.make_store()
        one = replace(APPEAL, id=appeal_id("li", "B1"), verdict="kept", because="It is fair.")
        other = replace(APPEAL, id=appeal_id("omar", "B1"), rep=RepId("omar"))
        with store.writing() as writing:
            assert writing.put_new_appeal(one)
            assert writing.put_new_appeal(other)
        with store.writing() as writing:
            assert writing.forget_appeals([("li", "B1"), ("li", "B1"), ("li", "B2")]) == 1
            assert writing.forget_appeals([("li", "B1")]) == 0
            assert writing.forget_appeals([]) == 0
        with store.reading() as reading:
            assert reading.appeal(one.id) == replace(one, why="", because="")
            assert reading.appeal(other.id) == other

    def test_owners_answer_and_people_look(self) -> None:
        store = self.make_store()
        with store.writing() as writing:
            writing.put_rule_answer(ASKED)
            assert writing.open_answers("", 9) == (ASKED,)
            assert writing.open_answers("fee", 9) == ()
            writing.put_seen(RepId("li"), 7)
            writing.put_seen(RepId("li"), 8)
        with store.writing() as writing:
            writing.put_rule_answer(replace(ASKED, says="It is being changed.", by="vera"))
        with store.reading() as reading:
            answers = reading.rule_answers(["fee", "other"])
            assert answers["fee"].says == "It is being changed."
            assert list(answers) == ["fee"]
            assert reading.open_answers("", 9) == ()
            assert reading.seen_ms(["li", "omar"]) == {"li": 8}
