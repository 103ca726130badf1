"""What customers wrote is looked at from one list: urgent first, one click each, by permission."""

import re
from pathlib import Path

import pytest
from django.test import Client

from makegood.bootstrap import Makegood
from makegood.core.decide import Asker
from makegood.messages.facts import FailureRaised, GotInTouch, PersonRefused
from makegood.messages.ids import CustomerId, ProfileId, RepId
from makegood.messages.triage_facts import Triaged
from makegood.ports.training import Figures, Training
from makegood.ports.triage import KeptModel, TriageRow
from makegood.ports.voice import Post
from makegood.ports.words import WaitingWords
from makegood.runtime.triage_models import labels
from makegood.testing.clock import FakeClock
from tests.unit.desk.browsing import CountingStore, words_of

EML = Path("tests/mails/eml")
POST = "c" * 32


def brands(makegood: Makegood) -> list[str]:
    return list(makegood.book.brands)


def wrote(
    makegood: Makegood, item: str, *, who: str = "ana", verdict: str = "ask",
    urgent: bool = False, brand: str = "", channel: str = "line", at_ms: int = 1_000,
    text: str = "The car does not start.",
) -> CustomerId:  # fmt: skip
    """Let somebody write to their person, and a model read it."""
    brand = brand or brands(makegood)[0]
    ref = f"portal:{item}"
    body = GotInTouch(channel="page", brand=brand, words=ref)
    found = makegood.requests.ask(
        f"email:{who}@example.com", body, Asker(), message_id=item, texts={ref: text}
    )
    assert isinstance(found, tuple)
    said = Triaged(
        letter=item, kind="not_working" if verdict == "ask" else "none", sure=712,
        verdict=verdict, failure="other" if verdict == "ask" else "", urgent=urgent,
        language="en", brand=brand, channel=channel,
    )  # fmt: skip
    profile = ProfileId(found[0])
    row = TriageRow(
        letter=item, profile=profile, said=said, words=("start",), channel=channel, ref=ref
    )
    waits = WaitingWords(
        item=item, profile=profile, channel=channel, at_ms=at_ms, brand=brand,
        is_urgent=urgent, asks=verdict == "ask",
    )  # fmt: skip
    with makegood.store.writing() as writing:
        writing.put_triaged(row)
        writing.put_waiting_words(waits)
    return found[0]


def posted(makegood: Makegood, profile: str = "") -> None:
    brand = brands(makegood)[0]
    post = Post(
        post=POST, source="s", network="mastodon", author="@eve@example.social", at_ms=1,
        heard_ms=2, state="waiting", text="Stranded!", brand=brand, profile=ProfileId(profile),
        matched="consent" if profile else "",
    )  # fmt: skip
    said = Triaged(
        letter=POST, kind="not_working", sure=880, verdict="ask", failure="other", urgent=True,
        brand=brand, channel="public",
    )  # fmt: skip
    nobody = ProfileId("")
    with makegood.store.writing() as writing:
        writing.put_post(post)
        writing.put_triaged(TriageRow(letter=POST, profile=nobody, said=said, channel="public"))
        writing.put_waiting_words(
            WaitingWords(
                item=POST, profile=nobody, channel="public", at_ms=5, brand=brand,
                is_urgent=True, asks=True,
            )
        )  # fmt: skip


def names(response) -> list[str]:
    return re.findall(r'id="item-([0-9a-z]+)"', response.content.decode())


def known(makegood: Makegood, item: str) -> TriageRow:
    with makegood.store.reading() as reading:
        return reading.triaged([item])[item]


def raised(makegood: Makegood, customer: CustomerId) -> list[FailureRaised]:
    with makegood.store.reading() as reading:
        log = reading.history(customer)
    return [one.body for one in log if isinstance(one.body, FailureRaised)]


class Away:
    """Acts on a store that is gone in this moment."""

    def act(self, *_: object, **__: object) -> None:
        raise ConnectionError


def test_what_is_urgent_comes_first_and_can_be_seen_alone(makegood: Makegood, kathy: Client):
    wrote(makegood, "e1", at_ms=1)
    wrote(makegood, "e2", who="ben", at_ms=2, urgent=True, verdict="nothing")
    wrote(makegood, "e3", who="cyd", at_ms=3, urgent=True)
    page = kathy.get("/desk/written")
    assert names(page) == ["e2", "e3", "e1"]
    assert "All 3" in words_of(page)
    assert "The car does not start." in words_of(page)
    assert names(kathy.get("/desk/written?show=urgent")) == ["e2", "e3"]
    assert names(kathy.get("/desk/written?show=asked")) == ["e3", "e1"]
    assert names(kathy.get("/desk/written?show=nonsense&after=x")) == ["e2", "e3", "e1"]
    queue = words_of(kathy.get("/desk/"))
    assert "2 messages of customers cannot wait; of 2 a person is asked" in queue


def test_one_click_makes_the_failure_with_the_words_that_are_there(
    makegood: Makegood, kathy: Client
):
    ana = wrote(makegood, "e1")
    done = kathy.post("/desk/written/e1", {"say": "yes", "show": "asked"})
    assert done["Location"] == "/desk/written?show=asked"
    (failure,) = raised(makegood, ana)
    assert (failure.failure, failure.words, failure.by) == ("other", "portal:e1", "kathy")
    assert (known(makegood, "e1").kind, known(makegood, "e1").rep) == ("not_working", "kathy")
    assert names(kathy.get("/desk/written")) == []
    kathy.post("/desk/written/e1", {"say": "no"})
    assert known(makegood, "e1").kind == "not_working", "what was said first stands"
    assert len(raised(makegood, ana)) == 1


def test_a_yes_that_was_cut_short_is_said_again_and_makes_the_failure(
    makegood: Makegood, kathy: Client
):
    ana = wrote(makegood, "e1")
    acts, makegood.acts = makegood.acts, Away()  # type: ignore[assignment]
    with pytest.raises(ConnectionError):
        kathy.post("/desk/written/e1", {"say": "yes"})
    makegood.acts = acts
    assert names(kathy.get("/desk/written")) == ["e1"]
    kathy.post("/desk/written/e1", {"say": "yes"})
    assert len(raised(makegood, ana)) == 1
    assert names(kathy.get("/desk/written")) == []


@pytest.mark.parametrize(
    ("say", "kind", "urgency"),
    [("no", "none", "urgent"), ("seen", "not_working", "urgent")],
)  # fmt: skip
def test_every_answer_teaches_and_only_a_yes_opens_a_case(
    makegood: Makegood, kathy: Client, say: str, kind: str, urgency: str
):
    ana = wrote(makegood, "e1", urgent=True)
    kathy.post("/desk/written/e1", {"say": say})
    (one,) = labels(makegood.store)
    assert (one.text, one.row.kind, one.row.urgency) == ("The car does not start.", kind, urgency)
    assert raised(makegood, ana) == []
    assert names(kathy.get("/desk/written")) == []


def test_that_it_can_wait_is_no_answer_to_whether_it_is_a_failure(
    makegood: Makegood, kathy: Client
):
    wrote(makegood, "e1", urgent=True)
    wrote(makegood, "e2", who="ben", urgent=True, verdict="nothing")
    for item in ("e1", "e2"):
        kathy.post(f"/desk/written/{item}", {"say": "later"})
    page = kathy.get("/desk/written")
    assert names(page) == ["e1"]
    assert "It can wait" not in words_of(page)
    assert [(one.row.letter, one.row.urgency) for one in labels(makegood.store)] == [
        ("e2", "ordinary")
    ]
    kathy.post("/desk/written/e1", {"say": "no"})
    assert (known(makegood, "e1").kind, known(makegood, "e1").urgency) == ("none", "ordinary")


def test_a_post_of_nobody_known_teaches_and_that_of_a_customer_opens_a_case(
    makegood: Makegood, kathy: Client, clock: FakeClock
):
    posted(makegood)
    page = kathy.get("/desk/written")
    assert names(page) == [POST]
    assert "make it a failure" not in words_of(page)
    kathy.post(f"/desk/written/{POST}", {"say": "yes"})
    assert [one.text for one in labels(makegood.store)] == ["Stranded!"]
    with makegood.store.reading() as reading:
        assert reading.cases() == ()


def test_a_matched_post_is_made_one_failure_here_and_where_posts_are(
    makegood: Makegood, kathy: Client
):
    ana = wrote(makegood, "e1")
    posted(makegood, ana)
    assert "make it a failure" in words_of(kathy.get("/desk/written"))
    kathy.post(f"/desk/written/{POST}", {"say": "yes"})
    kathy.post(f"/desk/voice/{POST}/failure")
    (failure,) = raised(makegood, ana)
    with makegood.store.reading() as reading:
        assert reading.texts([failure.words])[failure.words] == "Stranded!"


def test_nobody_sees_or_settles_what_is_of_another_brand(
    makegood: Makegood, kathy: Client, vera: Client
):
    own = next(row for row in _reps(makegood) if row.rep == "vera").brands[0]
    other = next(one for one in brands(makegood) if one != own)
    wrote(makegood, "e1", brand=other)
    wrote(makegood, "e2", who="ben", brand=own)
    assert names(vera.get("/desk/written")) == ["e2"]
    assert "All 1" in words_of(vera.get("/desk/written"))
    assert vera.post("/desk/written/e1", {"say": "yes"}).status_code == 404
    assert known(makegood, "e1").labelled_ms == 0
    assert kathy.post("/desk/written/e1", {"say": "what"}).status_code == 404
    assert kathy.post("/desk/written/e9", {"say": "yes"}).status_code == 404


def _reps(makegood: Makegood):
    with makegood.store.reading() as reading:
        return reading.reps()


def test_who_is_kept_apart_sees_nothing_of_the_customer(makegood: Makegood, kathy: Client):
    ana = wrote(makegood, "e1")
    body = PersonRefused(rep=RepId("kathy"), side="customer")
    makegood.acts.act(ana, body, Asker(), message_id="apart")
    assert names(kathy.get("/desk/written")) == []


def test_a_page_follows_a_page_with_the_same_few_questions(makegood: Makegood, kathy: Client):
    for n in range(25):
        wrote(makegood, f"e{n:02}", who=f"c{n}", at_ms=n + 1)
    first = kathy.get("/desk/written")
    (more,) = re.findall(r'href="(\?show=[^"]*after=[^"]+)"', first.content.decode())
    rest = kathy.get(f"/desk/written{more.replace('&amp;', '&')}")
    assert [*names(first), *names(rest)] == [f"e{n:02}" for n in range(25)]
    makegood.store = counting = CountingStore(makegood.store)
    kathy.get("/desk/written")
    many = dict(counting.asked)
    with makegood.store.writing() as writing:
        writing.drop_waiting_words([f"e{n:02}" for n in range(1, 25)])
    counting.asked.clear()
    kathy.get("/desk/written")
    assert dict(counting.asked) == many


def test_the_queue_marks_and_filters_who_wrote_what_cannot_wait(makegood: Makegood, kathy: Client):
    ana = wrote(makegood, "e1", urgent=True, verdict="nothing")
    ben = wrote(makegood, "e2", who="ben")
    for who in (ana, ben):
        body = FailureRaised(failure="other", brand=brands(makegood)[0], words=f"w{who}")
        makegood.acts.act(who, body, Asker(), message_id=f"f{who}", texts={f"w{who}": "No car"})
    assert words_of(kathy.get("/desk/")).count("wrote: urgent") == 1
    shown = kathy.get("/desk/?show=urgent").content.decode()
    assert len(re.findall(r'class="case ', shown)) == 1
    kathy.post("/desk/written/e1", {"say": "seen"})
    assert "wrote: urgent" not in words_of(kathy.get("/desk/"))
    assert "Nobody with an open case wrote" in words_of(kathy.get("/desk/?show=urgent"))


def test_a_letter_that_was_made_a_failure_by_hand_waits_no_more(makegood: Makegood, kathy: Client):
    customer = makegood.post.room.take((EML / "letter_en.eml").read_bytes()).customer
    with makegood.store.writing() as writing:
        (letter,) = writing.letters_of([CustomerId(customer)])
        said = Triaged(letter=letter.letter, kind="x", sure=700, verdict="ask", failure="other")
        row = TriageRow(letter=letter.letter, profile=letter.profile, said=said)
        writing.put_triaged(row)
        waits = WaitingWords(
            item=letter.letter, profile=letter.profile, channel="mail", at_ms=1, asks=True
        )
        writing.put_waiting_words(waits)
    page = kathy.get("/desk/written")
    assert names(page) == [letter.letter]
    assert f"#letter-{letter.letter}" in page.content.decode()
    kathy.post(f"/desk/customers/{customer}/letters/{letter.letter}/failure")
    assert names(kathy.get("/desk/written")) == []


def test_the_model_says_what_came_of_each_training(makegood: Makegood, kathy: Client):
    shown = words_of(kathy.get("/desk/written/model"))
    assert "The model that ships" in shown
    assert "Nothing was trained yet." in shown
    figures = Figures(
        question="kind", learned=80, is_taken=False, why="Kept for a reason.", held=40, before=30,
        after=28, opened=20, opened_right=18, left_out=("lost",),
    )  # fmt: skip
    with makegood.store.writing() as writing:
        writing.put_triage_model(KeptModel(name="abc", at_ms=1_000, content=b"x"))
        for n in range(1, 13):
            row = Training(
                at_ms=n * 1_000, outcome="kept back", why="Worse.", labels=n, figures=(figures,)
            )
            writing.put_training(row)
    page = kathy.get("/desk/written/model")
    shown = words_of(page)
    assert "12 labels, by night" in shown
    assert "28 (95 % interval 54 to 82 in 100)" in shown
    assert "Of 20 that it would have opened, right: 18 (95 % interval 69 to 98 in 100)." in shown
    assert "Too few letters of: lost." in shown
    assert "abc" in shown
    older = words_of(kathy.get("/desk/written/model?before=3000"))
    assert "2 labels, by night" in older
    assert "3 labels, by night" not in older
    assert "?before=3000" in page.content.decode()


def test_without_the_parts_or_a_section_the_page_says_so(makegood: Makegood, kathy: Client):
    assert not makegood.book.triage.channels
    shown = words_of(kathy.get("/desk/written"))
    assert "the rule book has no section triage" in shown
