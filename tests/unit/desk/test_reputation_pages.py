"""What customers say: oneself first, in words; rules and who answers; appeals."""

from makegood.messages.ids import EventId, ProfileId, RepId
from makegood.ports.reputation import Published, RatingRow, RuleAnswer
from tests.unit.desk.browsing import CountingStore, words_of

SAID = Published(
    kind="rep", subject="kathy", standing="better", low=78, high=91, usual=74, at_least=35,
    reasons=(("policy", 10),), at_ms=1,
)  # fmt: skip
FEE = Published(
    kind="rule", subject="late_fee", standing="worse", low=40, high=55, usual=74, at_least=40,
    worse_lately=True, at_ms=1,
)  # fmt: skip
ROOT = "/desk/team/reputation"


def publish(makegood, *rows: Published) -> None:
    with makegood.store.writing() as writing:
        writing.put_published(rows)


def page(client, path: str = "") -> str:
    response = client.get(ROOT + path)
    assert response.status_code == 200
    return words_of(response)


def test_who_has_no_ratings_reads_that_nothing_can_be_told(makegood, kathy):
    shown = page(kathy)
    assert "We cannot tell yet." in shown
    assert "It takes 30 ratings" in shown
    assert "Nothing follows from it by itself" in shown
    assert "a meeting counts 14 days after it" in shown
    assert "at most the last 6 ratings count" in shown


def test_one_reads_ones_own_page_before_a_supervisor_can(makegood, kathy, omar):
    publish(makegood, SAID)
    assert omar.get(f"{ROOT}/people?of=kathy").status_code == 404
    shown = page(kathy)
    assert "Of 100 customers alike, 78 to 91 would put a thumb up" in shown
    assert "A rule they had to apply (10 or more)" in shown
    assert "Of 100 customers alike, 78 to 91" in page(omar, "/people?of=kathy")


def test_what_is_said_anew_is_again_for_oneself_first(makegood, kathy, omar, clock):
    publish(makegood, SAID)
    page(kathy)
    later = Published(
        **{it: getattr(SAID, it) for it in SAID.__struct_fields__} | {"at_ms": 2**50}
    )
    publish(makegood, later)
    assert omar.get(f"{ROOT}/people?of=kathy").status_code == 404


def test_what_is_published_while_one_reads_counts_as_unread(makegood, kathy, omar, clock):
    page(kathy)  # before anything is published, though later than it was reckoned
    publish(makegood, SAID)
    assert omar.get(f"{ROOT}/people?of=kathy").status_code == 404


def test_many_appeals_cost_no_more_queries_than_one(makegood, kathy, omar):
    def asks() -> int:
        store = makegood.store
        makegood.store = counted = CountingStore(store)
        page(omar, "/appeals")
        makegood.store = store
        return sum(counted.asked.values())

    kathy.post(ROOT, {"about": "NW0", "why": "It was the storm."})
    one = asks()
    for number in range(1, 9):
        kathy.post(ROOT, {"about": f"NW{number}", "why": "It was the storm."})
    assert asks() == one


def test_people_stand_by_name_and_no_number_stands_beside_them(makegood, kathy, omar):
    publish(makegood, SAID)
    page(kathy)
    shown = page(omar, "/people")
    assert "78" not in shown
    assert "In no other order" in shown


def test_the_owner_of_a_rule_answers_and_everybody_reads_it(makegood, kathy, omar):
    publish(makegood, FEE)
    asked = RuleAnswer(rule="late_fee", owner="kathy", asked_ms=1, due_ms=2)
    with makegood.store.writing() as writing:
        writing.put_rule_answer(asked)
    shown = page(omar, "/rules")
    assert "worse lately" in shown
    assert "answer overdue since" in shown
    assert "Your answer" not in shown
    omar.post(f"{ROOT}/rules", {"rule": "late_fee", "says": "It is theirs."})
    assert "It is theirs." not in page(omar, "/rules")
    kathy.post(f"{ROOT}/rules", {"rule": "late_fee", "says": "It goes in June."})
    assert "It goes in June." in page(omar, "/rules")


def test_what_nobody_looked_at_in_time_is_overdue(makegood, kathy, omar, clock):
    kathy.post(ROOT, {"about": "NW7", "why": "It was the storm."})
    clock.advance(makegood.book.owners.answer_ms + 1)
    assert "answer overdue since" in page(omar, "/appeals")


def test_an_appeal_is_looked_at_by_somebody_else_and_tells_nobody_who_rated(makegood, kathy, omar):
    row = RatingRow(
        seq=1, event=EventId("e"), profile=ProfileId("p"), survey="s", about="NW7",
        rep=RepId("kathy"), rule="", place="", channel="", severity=0, met_ms=1, up=False,
        reasons=("policy",),
    )  # fmt: skip
    with makegood.store.writing() as writing:
        writing.add_ratings([row], 1)
    for about in ("NW7", "NW8"):
        kathy.post(ROOT, {"about": about, "why": "It was the storm."})
    shown = page(omar, "/appeals")
    assert "about NW7" in shown
    assert "answer due" in shown
    assert "Thumb" not in shown
    assert "policy" not in shown
    assert shown.count("Whether it was rated, and how, is not shown") == 2
    with makegood.store.reading() as reading:
        ids = [one.id for one in reading.appeals(open_only=True)]
    for id_ in ids:
        said = {"appeal": id_, "verdict": "left_out", "because": "The storm."}
        omar.post(f"{ROOT}/decide", said)
    own = page(kathy)
    assert own.count("if it was rated, that does not count for you") == 2
    assert own.count("The storm.") == 2
    assert "No appeal waits for you" in page(omar, "/appeals")


def test_a_supervisor_of_another_brand_decides_nothing(makegood, kathy, omar, vera):
    kathy.post(ROOT, {"about": "NW7", "why": "It was the storm."})
    with makegood.store.reading() as reading:
        (one,) = reading.appeals(open_only=True)
    said = {"appeal": one.id, "verdict": "left_out", "because": "So."}
    assert vera.post(f"{ROOT}/decide", said).status_code == 403
