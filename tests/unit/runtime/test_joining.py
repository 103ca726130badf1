"""Two customers become one by an event, with the holds of both; and two again, each as before."""

import pytest
from msgspec.structs import replace

from makegood.messages.errors import InputError, Refused
from makegood.messages.facts import Identified, Linked, Unlinked
from makegood.messages.ids import RepId
from makegood.ports.links import Candidate, Evidence, LinkRun
from makegood.ports.rows import PersonRow
from makegood.replay.again import rows_of
from makegood.runtime.erasing import Erasing
from makegood.runtime.joining import LINKAGE, Decided, Joining
from makegood.runtime.link_age import DOUBTED
from makegood.runtime.link_runs import LinkRuns
from tests.unit.runtime.intake_world import Firm, arrival, no_car, quiet

ANA, ANN = "user:ana", "user:ann"
KATHY = RepId("kathy")
REPORT = LinkRun(
    run=0, at_ms=0, lists={}, linked_at=0.95, review_at=0.5, linked=0, asked=0, known=0, apart=0,
    left_out={}, precision=(0.9, 0.99, 1.0),
)  # fmt: skip


class House(Firm):
    """A firm that compares guest lists."""

    def __init__(self) -> None:
        super().__init__()
        self.joining = Joining(self.store, self.intake, self.clock)
        self.runs = LinkRuns(self.store, self.joining, self.clock)
        self.told: list[tuple[int, int]] = []

    def run(self, *found: Candidate, seen: tuple[str, ...] = ()) -> LinkRun:
        report = replace(REPORT, lists={"hotels": 2, "cars": 2})
        return self.runs.take(found, report, lambda *done: self.told.append(done), seen)

    def pair(self, status="review"):
        with self.store.reading() as reading:
            (pair,) = reading.link_pairs(status)
        return pair

    def bodies(self, kind) -> list:
        with self.store.reading() as reading:
            return [event.body for _, event in reading.log(0, 999) if isinstance(event.body, kind)]

    def is_one(self, left: str = ANA, right: str = ANN) -> bool:
        return self.customer(left) == self.customer(right)

    def acts(self) -> list[str]:
        with self.store.reading() as reading:
            return [act.what for act in reversed(reading.acts())]


def candidate(left: str = ANA, right: str = ANN, *, is_sure: bool = False, **more) -> Candidate:
    return Candidate(
        left=left, right=right, left_brand="hotels", right_brand="cars", probability=0.97,
        bits=5.0, is_sure=is_sure, why="" if is_sure else "Look at it.",
        evidence=(Evidence(title="Surname", left="Sá", right="Sa", says="the same", bits=7.0),),
        **more,
    )  # fmt: skip


@pytest.fixture
def house() -> House:
    house = House()
    house.take(no_car(house), quiet(house, "page", who=ANN))
    return house


def test_a_hold_on_one_side_is_honoured_at_once_after_the_link(house):
    assert not house.holds(ANN)
    told = house.run(candidate(is_sure=True))
    assert (told.linked, told.asked) == (1, 0)
    assert house.is_one()
    assert house.holds(ANN)


def test_a_link_is_an_event_of_its_own_in_a_commit_of_its_own(house):
    before = house.store.syncs()
    house.run(candidate(is_sure=True))
    assert house.store.syncs() - before == 3  # the run begins, the link, the run ends
    (body,) = house.bodies(Linked)
    assert (body.by, body.probability, body.run) == ("", 0.97, 1)
    with house.store.reading() as reading:
        (event,) = [e for _, e in reading.log(0, 99) if isinstance(e.body, Linked)]
    assert event.source == LINKAGE
    assert event.is_ours


def test_a_run_again_does_nothing_twice(house):
    house.run(candidate(is_sure=True))
    again = house.run(candidate(is_sure=True))
    assert (again.linked, again.known) == (0, 1)
    assert len(house.bodies(Linked)) == 1


def test_taken_apart_each_is_the_fold_of_their_own_history_again(house):
    before = {who: house.state(who) for who in (ANA, ANN)}
    house.run(candidate(is_sure=True))
    done = house.joining.unlink(house.pair("linked").id, KATHY, "Mother and daughter")
    assert isinstance(done, Decided)
    assert not done.still_one
    assert not house.is_one()
    assert {who: house.state(who) for who in (ANA, ANN)} == before
    assert (house.holds(ANA), house.holds(ANN)) == (True, False)
    assert [body.by for body in house.bodies(Unlinked)] == [KATHY]
    again = house.run(candidate(is_sure=True))
    assert (again.linked, again.apart) == (0, 1)
    assert not house.is_one()


def test_a_person_links_and_it_is_written_who_and_why(house):
    house.run(candidate())
    assert not house.is_one()
    pair = house.pair()
    house.joining.link(pair, KATHY, "She told me on the phone")
    assert house.is_one()
    (body,) = house.bodies(Linked)
    with house.store.reading() as reading:
        assert reading.texts([body.reason])[body.reason] == "She told me on the phone"
    assert body.by == KATHY
    assert house.acts() == ["links.made", "customers.linked"]


def test_who_is_kept_apart_is_never_asked_about_again(house):
    house.run(candidate())
    done = house.joining.keep_apart(house.pair().id, KATHY, "Two people of one name")
    assert isinstance(done, Decided)
    kept = house.pair("apart")
    assert (kept.evidence, kept.left_said, kept.by) == ((), "", KATHY)
    for sure in (False, True):
        again = house.run(candidate(is_sure=sure))
        assert (again.asked, again.linked, again.apart) == (0, 0, 1)
    assert house.joining.link(kept).code == "kept_apart"  # type: ignore[union-attr]
    assert not house.is_one()


def test_a_link_never_joins_by_the_way_whom_somebody_kept_apart(house):
    house.take(quiet(house, "third", who="user:third"))
    house.run(candidate(ANA, ANN))
    house.joining.keep_apart(house.pair().id, KATHY, "Sisters")
    done = house.run(
        candidate(ANA, "user:third", is_sure=True), candidate(ANN, "user:third", is_sure=True)
    )
    assert (done.linked, done.left_out) == (1, {"kept_apart": 1})
    assert not house.is_one()


def test_who_is_kept_apart_stays_so_when_the_number_is_learnt_to_be_a_customer_s(house):
    card = "loyalty:cars:7"
    house.run(candidate(ANA, card))
    house.joining.keep_apart(house.pair().id, KATHY, "Cousins")
    house.take(arrival(house, Identified(), "has", who=ANN, lookups=(card,)))
    for sure in (True, False):
        told = house.run(candidate(ANA, card, is_sure=sure))
        assert (told.linked, told.asked, told.apart) == (0, 0, 1)
    found = house.run(candidate(ANA, ANN, is_sure=True))
    assert (found.linked, found.left_out) == (0, {"kept_apart": 1})
    assert not house.is_one()


def test_a_question_is_kept_once_and_a_decision_stands(house):
    house.run(candidate())
    house.run(candidate())
    pair = house.pair()
    house.joining.link(pair, KATHY, "yes")
    assert not house.joining.link(pair, KATHY, "yes").changed  # type: ignore[union-attr]
    assert not house.joining.keep_apart(pair.id, KATHY, "no").changed  # type: ignore[union-attr]
    assert len(house.bodies(Linked)) == 1


def test_linked_apart_and_linked_again_are_three_events(house):
    house.run(candidate(is_sure=True))
    house.joining.unlink(house.pair("linked").id, KATHY, "no")
    house.joining.link(house.pair("apart"), KATHY, "yes, after all")
    assert house.is_one()
    assert len(house.bodies(Linked)) == 2
    assert len(house.bodies(Unlinked)) == 1


def test_who_is_one_by_another_link_too_is_told_to_be_so(house):
    house.take(quiet(house, "third", who="user:third"))
    also = arrival(house, Identified(), "also", who=ANA, also=("user:third",))
    more = arrival(house, Identified(), "more", who=ANN, also=("user:third",))
    house.run(candidate(is_sure=True))
    house.take(also, more)
    done = house.joining.unlink(house.pair("linked").id, KATHY, "no")
    assert isinstance(done, Decided)
    assert done.still_one


def test_a_customer_whose_history_cannot_be_folded_is_left_out(house):
    with house.store.writing() as writing:
        rows = writing.lock([house.customer(ANN)])
        writing.save([replace(row, stuck="why") for row in rows.values()])
    done = house.run(candidate(is_sure=True))
    assert done.left_out == {"stuck": 1}
    house.run(candidate())
    assert not house.is_one()


def test_who_was_forgotten_is_left_out_and_leaves_no_words(house):
    with house.store.writing() as writing:
        writing.put_persons([PersonRow(profile=house.intake.profile(ANN), identifier=ANN)])
    house.run(candidate())
    erasing = Erasing(house.store, house.intake.profile, dict, house.clock)
    erasing.person(ANN)
    with house.store.reading() as reading:
        assert reading.link_pairs("review") == ()
    done = house.run(candidate(is_sure=True))
    assert done.left_out == {"erased": 1}
    assert not house.is_one()


def test_who_is_forgotten_after_a_link_leaves_no_words_in_it(house):
    house.run(candidate(is_sure=True))
    Erasing(house.store, house.intake.profile, dict, house.clock).person(ANA)
    kept = house.pair("linked")
    assert (kept.evidence, kept.left_said, kept.right_said, kept.reason) == ((), "", "", "")


@pytest.mark.parametrize(
    ("asked", "mail", "phone"),
    [("email:Mia@Example.com", "mia@example.com", ""), ("phone:+4930123456", "", "030 12 34 56")],
)
def test_who_is_known_in_a_waiting_pair_alone_is_forgotten_by_mail_and_telephone(
    house, asked, mail, phone
):
    said = candidate("loyalty:hotels:1", "loyalty:cars:9")
    evidence = (Evidence(title="It", left=mail or phone, right="", says="", bits=1.0),)
    other = candidate("loyalty:hotels:2", "loyalty:cars:8")
    house.run(replace(said, evidence=evidence), other)
    erasing = Erasing(house.store, house.intake.profile, dict, house.clock)
    assert erasing.person(asked).rows == 1
    assert house.pair().left_said == "loyalty:hotels:2"
    with pytest.raises(InputError):
        erasing.person(asked)


def test_who_is_forgotten_leaves_no_mail_in_the_evidence_about_another_pair(house):
    mail = "ana@example.com"
    found = (Evidence(title="E-mail", left="", right=mail, says="", bits=1.0),)
    house.run(
        replace(candidate("loyalty:hotels:1", "loyalty:cars:9", is_sure=True), evidence=found)
    )
    with house.store.writing() as writing:
        known = PersonRow(profile=house.intake.profile(ANA), identifier=ANA, email=mail)
        writing.put_persons([known])
    Erasing(house.store, house.intake.profile, dict, house.clock).person(ANA)
    assert house.pair("linked").evidence == ()


def test_runs_of_other_months_do_not_make_one_customer_of_two_guests_of_a_list(house):
    def pair(left, right, brands):
        return replace(
            candidate(left, right, is_sure=True), left_brand=brands[0], right_brand=brands[1]
        )

    house.run(pair("loyalty:hotels:1", "loyalty:cars:1", ("hotels", "cars")))
    house.run(pair("loyalty:cars:1", "loyalty:trains:1", ("cars", "trains")))
    third = pair("loyalty:trains:1", "loyalty:hotels:2", ("trains", "hotels"))
    told = house.run(third)
    assert (told.linked, told.asked, told.left_out) == (0, 1, {})
    asked = house.pair()
    assert asked.why == "Two guests of one list would become one customer."
    assert isinstance(house.joining.link(asked, KATHY, "She has two cards"), Decided)
    assert house.is_one("loyalty:hotels:1", "loyalty:hotels:2")


def test_a_question_that_links_of_the_run_answer_is_not_asked(house):
    third = "loyalty:trains:1"
    sure = [candidate(is_sure=True), replace(candidate(ANN, third, is_sure=True),
            left_brand="cars", right_brand="trains")]  # fmt: skip
    told = house.run(*sure, replace(candidate(ANA, third), right_brand="trains"))
    assert house.is_one(ANA, third)
    assert (told.linked, told.asked, told.known) == (2, 0, 1)
    with house.store.reading() as reading:
        assert reading.link_pairs("review") == ()


def test_a_question_that_corrected_lists_no_longer_ask_is_withdrawn(house):
    other = candidate("loyalty:hotels:1", "loyalty:cars:9")
    house.run(candidate(), other)
    told = house.run(seen=(ANA, ANN, "loyalty:hotels:1"))
    assert (told.withdrawn, told.doubted) == (1, 0)
    assert house.pair().left_said == "loyalty:hotels:1"  # of whom one was not in the lists


def test_a_link_that_corrected_lists_do_not_bear_out_is_doubted_and_stays(house):
    house.run(candidate(is_sure=True))
    told = house.run(seen=(ANA, ANN))
    assert (told.withdrawn, told.doubted) == (0, 1)
    assert house.is_one()
    assert house.pair("linked").why == DOUBTED
    assert house.run(seen=(ANA, ANN)).doubted == 0
    assert house.run(candidate(is_sure=True), seen=(ANA, ANN)).doubted == 0


def test_what_a_person_linked_is_not_doubted(house):
    house.run(candidate())
    house.joining.link(house.pair(), KATHY, "She told me")
    assert house.run(seen=(ANA, ANN)).doubted == 0
    assert house.pair("linked").why != DOUBTED


def test_who_is_erased_is_found_without_reading_every_pair(house):
    found = (Evidence(title="E-mail", left="mia@example.com", right="", says="", bits=1.0),)
    others = [candidate(f"loyalty:hotels:{n}", f"loyalty:cars:{n}") for n in range(30)]
    house.run(*others, replace(candidate(), evidence=found))
    with house.store.reading() as reading:
        mia = house.intake.profile("email:mia@example.com")
        (named,) = reading.links_named([mia])
    assert named.left_said == ANA
    assert not any(it.named for it in (house.joining.row_of(one, (mia, mia), 0) for one in others))


def test_somebody_nothing_came_of_yet_is_found_by_the_link_later(house):
    house.run(candidate(ANA, "loyalty:cars:7", is_sure=True))
    assert house.is_one(ANA, "loyalty:cars:7")
    assert house.holds("loyalty:cars:7")
    with house.store.reading() as reading:
        profile = house.intake.profile("loyalty:cars:7")
        assert reading.persons([profile])[profile].identifier == "loyalty:cars:7"


def test_a_loyalty_number_means_the_customer_who_has_it(house):
    has = arrival(house, Identified(), "has", who=ANN, lookups=("loyalty:cars:7",))
    house.take(has)
    house.run(candidate(ANA, "loyalty:cars:7", is_sure=True))
    assert house.is_one(ANA, ANN)


def test_a_number_of_several_customers_means_nobody(house):
    for who in (ANA, ANN):
        has = arrival(house, Identified(), f"has {who}", who=who, lookups=("loyalty:cars:7",))
        house.take(has)
    house.take(quiet(house, "third", who="user:third"))
    done = house.run(candidate("user:third", "loyalty:cars:7", is_sure=True))
    assert done.left_out == {"shared": 1}


def test_a_dry_look_writes_nothing(house):
    before = house.store.syncs()
    done = house.runs.sort([candidate(is_sure=True), candidate(ANA, "user:x")])
    assert (len(done.linked), len(done.asked)) == (1, 1)
    assert house.store.syncs() == before


def test_a_replay_of_the_log_links_as_the_intake_did(house, tmp_path):
    import msgspec

    from makegood.replay.histories import ExportedLog

    house.run(candidate(is_sure=True))
    path = tmp_path / "log.jsonl"
    with house.store.reading() as reading:
        lines = [msgspec.json.encode(event) for _, event in reading.log(0, 999)]
    path.write_bytes(b"\n".join(lines) + b"\n")
    told = {one.customer: len(one.events) for one in ExportedLog(path).histories()}
    assert told == {row.customer: row.events for row in rows_of(house.store) if row.events}
    assert len(told) == 1


def test_a_pair_that_is_not_there_is_refused(house):
    gone = "l" + "0" * 32
    assert isinstance(house.joining.keep_apart(gone, KATHY, ""), Refused)
    assert isinstance(house.joining.unlink(gone, KATHY, ""), Refused)
