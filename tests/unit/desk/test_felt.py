"""How a customer feels on the desk: what they said, what happened, and who may read it."""

import re

from django.test import Client
from msgspec.structs import replace

from makegood.bootstrap import Makegood
from makegood.core.decide import Asker
from makegood.messages.facts import Answered, FailureRaised, Promised, Triaged, Wrote
from makegood.messages.ids import CaseId, RepId
from makegood.messages.triage_facts import opened_by
from makegood.ports.rows import RepRow
from makegood.ports.triage import TriageRow
from makegood.ports.voice import HIDDEN, Post
from makegood.testing.book import DAY_MS, HOUR_MS
from tests.e2e.screens import case_of, customer_of, introduce, no_car, profile_of, take
from tests.unit.desk.browsing import words_of
from tests.unit.desk.test_voice import AT, hear, known, now

ANA = "user:ana"


def path(makegood: Makegood, more: str = "") -> str:
    return f"/desk/customers/{customer_of(makegood, ANA)}/feelings{more}"


def read(client: Client, where: str) -> str:
    response = client.get(where)
    assert response.status_code == 200
    return words_of(response)


def test_of_whom_nobody_knows_anything_nothing_is_said(makegood, kathy):
    introduce(makegood)
    told = read(kathy, path(makegood))
    assert "Has never said how they feel." in told
    assert "Nothing yet." in told
    assert "<svg" not in kathy.get(path(makegood)).content.decode()


def test_what_happened_is_no_feeling_and_what_they_said_is(makegood, clock, kathy):
    introduce(makegood)
    no_car(makegood)
    clock.advance(HOUR_MS)
    assert "Has never said how they feel." in read(kathy, path(makegood, "/card"))
    case = CaseId(case_of(makegood))
    take(makegood, ANA, Answered(case=case, answer="not_yet"), "not yet")
    assert "Last said: unhappy." in read(kathy, path(makegood, "/card"))
    clock.advance(HOUR_MS)
    no_car(makegood, branch="Harbour", reservation="R2", moved_from="R1")
    told = read(kathy, path(makegood))
    assert "Has not said since we let them down. Before that: unhappy." in told
    assert "Said that it is not good yet" in told
    drawn = kathy.get(path(makegood)).content.decode()
    assert drawn.count("<svg") == 2
    assert drawn.count('role="img"') == 2


def test_each_leads_to_its_place_in_the_timeline(makegood, kathy):
    introduce(makegood)
    no_car(makegood)
    page = kathy.get(path(makegood)).content.decode()
    (place,) = re.findall(r'href="(/desk/customers/[^"]+#[^"]+)"', page)
    customer, _, anchor = place.partition("#")
    assert f'id="{anchor}"' in kathy.get(customer).content.decode()


def test_the_page_of_a_customer_draws_nothing_and_asks_for_it_afterwards(makegood, kathy):
    introduce(makegood)
    no_car(makegood)
    page = kathy.get(f"/desk/customers/{customer_of(makegood, ANA)}").content.decode()
    assert "<svg" not in page
    assert f'hx-get="{path(makegood, "/card")}" hx-trigger="load"' in page


def test_who_serves_other_brands_sees_neither_the_thing_nor_what_follows(makegood, clock, vera):
    with makegood.store.writing() as writing:
        vera_ = RepRow(rep=RepId("vera"), name="Vera", role="rep", brands=("northwind_vans",))
        writing.put_reps([vera_])
    introduce(makegood)
    no_car(makegood, brand="northwind_vans")
    clock.advance(HOUR_MS)
    take(makegood, ANA, Answered(case=CaseId(case_of(makegood)), answer="good"), "good")
    clock.advance(30 * DAY_MS)
    no_car(makegood, reservation="R9")
    told = read(vera, path(makegood))
    assert "Last said: happy." in told
    assert "Only what is about the brands you serve." in told
    assert told.count("Let down:") == 1


def test_what_a_machine_read_says_so(makegood, clock, kathy):
    introduce(makegood)
    read_as = Triaged(letter="l1", kind="not_working", sure=970, verdict="open",
                      failure="other", model="m", brand="northwind_cars")  # fmt: skip
    take(makegood, ANA, read_as, "letter/l1/triaged")
    clock.advance(1_000)
    raised = FailureRaised(failure="other", brand="northwind_cars")
    makegood.acts.act(customer_of(makegood, ANA), raised, Asker(), message_id=opened_by("l1"))
    told = read(kathy, path(makegood))
    assert "as a model read their letter: not working (97 in 100)" in told
    assert "read by a machine, 97 in 100" in told
    assert "Has never said how they feel." in told
    row = TriageRow(
        letter="l1", profile=profile_of(ANA), said=read_as, labelled_ms=1, kind="delay"
    )
    for kind, is_there in (("delay", True), ("none", False)):
        with makegood.store.writing() as writing:
            writing.put_triaged(replace(row, kind=kind))
        assert ("as a model read their letter" in read(kathy, path(makegood))) is is_there


def test_stars_in_public_are_theirs_only_by_their_word(makegood, clock, kathy):
    introduce(makegood)
    post = Post(post="a" * 32, source="reviews", network="review", author="ana",
                at_ms=clock.now_ms(), heard_ms=clock.now_ms(), state="waiting", rating="5 of 5",
                brand="northwind_cars", text="Lovely.")  # fmt: skip
    with makegood.store.writing() as writing:
        writing.put_post(post)
    assert "Lovely." not in read(kathy, path(makegood))
    with makegood.store.writing() as writing:
        writing.change_post(post.post)
        writing.save_post(replace(post, profile=profile_of(ANA), matched="consent"))
    told = read(kathy, path(makegood))
    assert "Said in public (review, 5 of 5)." in told
    assert "Lovely." in told
    assert "Last said: happy." in told


def test_a_post_that_is_hidden_elsewhere_is_hidden_here(makegood, clock, kathy):
    introduce(makegood)
    for n, state in enumerate((*HIDDEN, "gone")):
        post = Post(post=f"{n}" * 32, source="s", network="review", author="ana", state=state,
                    at_ms=clock.now_ms(), heard_ms=clock.now_ms(), rating="5 of 5",
                    profile=profile_of(ANA), matched="consent", text="Lovely.")  # fmt: skip
        with makegood.store.writing() as writing:
            writing.put_post(post)
    told = read(kathy, path(makegood))
    assert "Said in public" not in told
    assert "Has never said how they feel." in told


def test_of_a_long_letter_the_beginning_stands_there_and_no_markup_of_theirs(makegood, kathy):
    introduce(makegood)
    no_car(makegood)
    wrote = Wrote(case=CaseId(case_of(makegood)), text="t1")
    words = f"<script>alert(1)</script>{'x' * 5_000}END"
    take(makegood, ANA, wrote, "wrote", texts={"t1": words})
    page = kathy.get(path(makegood)).content.decode()
    assert "Wrote to us." in page
    assert "<script>alert" not in page
    assert "xxx …" in page
    assert "END" not in page


def test_a_word_of_ours_that_was_not_kept_is_told_with_the_word(makegood, clock, kathy):
    introduce(makegood)
    due_ms = clock.now_ms() + HOUR_MS
    said = Promised(promise="other", due_ms=due_ms, by=RepId("kathy"), brand="northwind_cars")
    take(makegood, ANA, said, "promised")
    clock.advance(2 * HOUR_MS)
    told = read(kathy, path(makegood))
    assert "Let down: what was promised did not come (a promise)." in told
    page = kathy.get(path(makegood)).content.decode()
    (anchor,) = re.findall(r'#(e[0-9a-f]{32})"', page)
    timeline = kathy.get(f"/desk/customers/{customer_of(makegood, ANA)}").content.decode()
    assert f'id="{anchor}"' in timeline


def test_a_kept_link_leads_on_when_somebody_was_joined(makegood, clock, kathy):
    before = [known(makegood, f"email:{n}@example.org") for n in range(8)]
    for n in range(8):
        post = hear(makegood, clock, str(n), author=f"a{n}@example.social")
        form = {"customer": f"email:{n}@example.org", "consent": "yes"}
        kathy.post(f"{AT}/{post}/match", form)
    moved = [one for one in before if now(makegood, one) != one]
    assert moved  # which name stays is told by their digests: of eight, some change
    for one in moved:
        there = f"/desk/customers/{now(makegood, one)}/feelings"
        for more in ("?after=", "/card"):
            led = kathy.get(f"/desk/customers/{one}/feelings{more}")
            assert (led.status_code, led["Location"]) == (302, f"{there}{more}")
            assert "Said in public" in words_of(kathy.get(led["Location"]))
    assert kathy.get(f"/desk/customers/{'0' * 32}/feelings").status_code == 404


def test_who_may_not_see_somebody_is_not_led_to_them(makegood, kathy, vera):
    introduce(makegood)
    no_car(makegood, brand="northwind_cars")
    with makegood.store.writing() as writing:
        vera_ = RepRow(rep=RepId("vera"), name="Vera", role="rep", brands=("northwind_vans",))
        writing.put_reps([vera_])
    assert kathy.get(path(makegood)).status_code == 200
    assert vera.get(path(makegood)).status_code == 404
    assert kathy.get(path(makegood, "?after=%21")).status_code == 404
