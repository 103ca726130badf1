"""Public voice on the desk: who waits is first, nobody is guessed, another brand's is hidden."""

from types import SimpleNamespace
from typing import Any

from makegood.bootstrap import Makegood
from makegood.core.decide import Asker
from makegood.messages.facts import FailureRaised
from makegood.messages.ids import RepId
from makegood.playbooks.voice import Listening
from makegood.ports.voice import HeardTo
from makegood.sources.voice.heard import Heard, post_named
from makegood.testing.clock import FakeClock
from tests.unit.desk.browsing import questions, words_of
from tests.unit.runtime.voice.world import known, now

AT = "/desk/voice"


def hear(it: Makegood, clock: FakeClock, external: str = "1", **changed: object) -> str:
    fields = {"author": "ana@example.social", "text": "No car <b>again</b>.", "language": "en"}
    brand = str(changed.pop("brand", ""))
    one = Heard(
        external=external,
        network="mastodon",
        at_ms=clock.now_ms(),
        **{**fields, **changed},  # type: ignore[arg-type]
    )
    it.voice.room.hear(Listening(id="hashtag", network="mastodon", brand=brand), [one])
    return post_named("mastodon", external)


def test_a_post_is_shown_as_words_and_answered_by_a_person(makegood, clock, kathy) -> None:
    assert "Nobody listens yet" in words_of(kathy.get(AT))
    post = hear(makegood, clock)
    shown = kathy.get(AT)
    assert "&lt;b&gt;" in shown.content.decode()
    assert "left" in words_of(shown)
    assert "<img" not in shown.content.decode()
    wrong = kathy.post(f"{AT}/{post}/answered", {"url": "javascript:alert(1)"}, follow=True)
    assert "Write the link as https://" in words_of(wrong)
    done = kathy.post(f"{AT}/{post}/answered", {"url": "https://example.social/9"}, follow=True)
    assert "answered after" in words_of(done)
    assert "Kathy" in words_of(done)
    again = kathy.post(f"{AT}/{post}/again", follow=True)
    assert "They wait again" in words_of(again)


def test_a_handle_needs_the_customers_word(makegood, clock, kathy) -> None:
    post = hear(makegood, clock)
    ana = known(makegood)
    form = {"customer": "email:ana@example.org"}
    assert "Only the customer can say" in words_of(
        kathy.post(f"{AT}/{post}/match", form, follow=True)
    )
    nobody = {"customer": "email:nobody@example.org", "consent": "yes"}
    assert "Nobody, or not only one" in words_of(
        kathy.post(f"{AT}/{post}/match", nobody, follow=True)
    )
    assert "MG-" in words_of(kathy.post(f"{AT}/{post}/code", form, follow=True))
    done = kathy.post(f"{AT}/{post}/match", {**form, "consent": "yes"}, follow=True)
    assert "told us that the handle is theirs" in words_of(done)
    done = kathy.post(f"{AT}/{post}/failure", follow=True)
    assert "Keep with their open case" in words_of(done)
    with makegood.store.reading() as reading:
        (case,) = [one for one in reading.cases_of([now(makegood, ana)]) if one.is_open]
    done = kathy.post(f"{AT}/{post}/attach", {"case": case.case}, follow=True)
    assert "kept with a case" in words_of(done)
    assert "Said in public" in words_of(kathy.get(f"/desk/cases/{case.case}"))
    assert "Said in public" in words_of(kathy.get(f"/desk/customers/{now(makegood, ana)}"))
    done = kathy.post(f"{AT}/{post}/unmatch", follow=True)
    assert "Whose it is, nobody said" in words_of(done)


def test_a_kept_link_to_a_customer_leads_on_when_a_handle_was_joined(
    makegood, clock, kathy
) -> None:
    before = [known(makegood, f"email:{n}@example.org") for n in range(8)]
    for n in range(8):
        post = hear(makegood, clock, str(n), author=f"a{n}@example.social")
        form = {"customer": f"email:{n}@example.org", "consent": "yes"}
        kathy.post(f"{AT}/{post}/match", form)
    moved = [one for one in before if now(makegood, one) != one]
    assert moved  # which name stays is told by their digests: of eight, some change
    for one in before:
        shown = kathy.get(f"/desk/customers/{one}", follow=True)
        assert "Said in public" in words_of(shown)
    assert kathy.get(f"/desk/customers/{'0' * 32}").status_code == 404


def test_a_source_that_is_listened_to_no_more_is_not_called_away(makegood, kathy) -> None:
    from makegood.desk.voice import _away  # only with the desk set up

    with makegood.store.writing() as writing:
        writing.put_heard_to(HeardTo(source="dropped", wrong="It answered 503."))
        writing.put_heard_to(HeardTo(source="mine", wrong="It answered 503."))
        writing.put_heard_to(HeardTo(source="hidden", wrong="It answered 503."))
        writing.put_heard_to(HeardTo(source="heard"))
    assert "dropped" not in words_of(kathy.get(AT))
    listen = [
        Listening(id=name, network="feed", brand=name) for name in ("mine", "hidden", "heard")
    ]
    with makegood.store.reading() as reading:
        me = SimpleNamespace(may_see=lambda brand: brand != "hidden")
        desk: Any = SimpleNamespace(reading=reading, me=me)
        assert [one.source for one in _away(desk, tuple(listen))] == ["mine"]


def test_another_brands_posts_do_not_exist(makegood, clock, vera) -> None:
    post = hear(makegood, clock, brand="northwind_cars")
    mine = hear(makegood, clock, "2", brand="northwind_vans", text="My van.")
    shown = words_of(vera.get(AT))
    assert "My van." in shown
    assert "No car" not in shown
    assert vera.post(f"{AT}/{post}/answered").status_code == 404
    assert vera.get(f"{AT}/{post}/files/{'0' * 64}").status_code == 404
    assert vera.post(f"{AT}/{mine}/answered").status_code == 302
    assert vera.post(f"{AT}/{mine}/eaten").status_code == 404


def test_what_is_done_to_a_customer_is_for_who_may_see_them(makegood, clock, kathy, vera) -> None:
    post, ana = hear(makegood, clock), known(makegood)
    form = {"customer": "email:ana@example.org", "consent": "yes"}
    kathy.post(f"{AT}/{post}/match", form)
    body = FailureRaised(failure="other", brand="northwind_cars", by=RepId("kathy"))
    asker = Asker(rep=RepId("kathy"), role="rep")
    makegood.acts.act(now(makegood, ana), body, asker, message_id="f")
    for act in ("failure", "unmatch", "attach"):
        assert vera.post(f"{AT}/{post}/{act}").status_code == 404
    with makegood.store.reading() as reading:
        assert len(reading.cases_of([now(makegood, ana)])) == 1
        assert reading.posts([post])[post].profile
    assert kathy.post(f"{AT}/{post}/unmatch").status_code == 302


def test_the_list_pages_with_as_many_questions_for_many(makegood, clock, kathy) -> None:
    hear(makegood, clock, "0")
    few = questions(makegood, kathy, AT)
    for n in range(1, 30):
        hear(makegood, clock, str(n))
    assert questions(makegood, kathy, AT) == few
    first = kathy.get(AT)
    assert first.content.decode().count("<article") == 20
    after = first.context["next"]
    second = kathy.get(AT, {"after": after})
    assert second.content.decode().count("<article") == 10
