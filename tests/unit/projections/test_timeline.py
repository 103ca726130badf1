"""The timeline tells every fact in plain words and misses none that matters."""

from makegood.bootstrap import Makegood
from makegood.core.decide import Asker
from makegood.core.state import decode_state
from makegood.messages.facts import Answered, Called, Chosen, HandedOver, Noted
from makegood.messages.ids import RepId
from makegood.ports.rows import OutboxStatus
from makegood.projections.timeline import Sources, refs_of, shown_by, timeline, under_way
from tests.e2e.screens import carry_out, confirm_offers, customer_of, introduce, no_car

KATHY = Asker(rep=RepId("kathy"), role="rep")


def told(makegood: Makegood) -> tuple[tuple[str, ...], tuple[str, ...], tuple[str, ...]]:
    customer = customer_of(makegood, "user:ana")
    with makegood.store.reading() as reading:
        history = reading.history(customer)
        profiles = reading.profiles_of([customer])[customer]
        row = reading.row(customer)
        assert row is not None
        sources = Sources(
            library=makegood.library,
            reps=reading.reps(),
            outbox={one.command.id: one for one in reading.outbox_of(profiles)},
            failures=shown_by(decode_state(row.state), makegood.library),
            texts=reading.texts(refs_of(history)),
        )
    lines = timeline(history, sources)
    waiting = tuple(words for words, _, _ in under_way(sources))
    return tuple(one.says for one in lines), tuple(one.words for one in lines), waiting


def test_a_whole_recovery_reads_as_a_story(makegood: Makegood):
    introduce(makegood)
    case = no_car(makegood)
    confirm_offers(makegood)
    customer = customer_of(makegood, "user:ana")
    acts = (
        Noted(case=case, by=RepId("kathy"), text="n1"),
        Called(case=case, by=RepId("kathy"), reached=False),
        Chosen(case=case, offer="ride_home", by=RepId("kathy")),
        HandedOver(case=case, to=RepId("omar"), by=RepId("kathy")),
        Answered(case=case, answer="good"),
    )
    for index, body in enumerate(acts):
        asker = Asker() if isinstance(body, Answered) else KATHY
        texts = {"n1": "On the kerb, in the rain."}
        makegood.acts.act(customer, body, asker, message_id=f"a{index}", texts=texts)
    carry_out(makegood)
    says, words, _ = told(makegood)
    expected = (
        "Rental Unfulfilled: there was no car at Airport (R1). Marketing held from here.",
        "A ride home, and we pay: confirmed.",
        "Kathy Moreno noted:",
        "Kathy Moreno called and did not reach the customer.",
        "The customer chose: A ride home, and we pay, on the phone with Kathy Moreno.",
        "Kathy Moreno handed over to Omar Haddad.",
        "The customer said: it is good again.",
        "All of your money back ($182.40), owed: done, $182.40 paid.",
    )
    assert [line for line in expected if line not in says] == []
    assert "On the kerb, in the rain." in words


def test_what_is_ordered_and_not_back_is_under_way(makegood: Makegood):
    introduce(makegood)
    no_car(makegood)
    _, _, waiting = told(makegood)
    assert "All of your money back ($182.40), owed" in waiting
    carry_out(makegood)
    assert "All of your money back ($182.40), owed" not in told(makegood)[2]


def test_a_command_that_ended_without_an_event_is_told_from_the_outbox(makegood: Makegood):
    introduce(makegood)
    no_car(makegood)
    now_ms = makegood.clock.now_ms()
    with makegood.store.writing() as writing:
        for row in writing.claim(now_ms, 60_000, 100):
            writing.settle(row.command.id, row.fence, OutboxStatus.FAILED, now_ms, "no server")
    says, _, _ = told(makegood)
    assert "Message “We left you without a car” failed." in says


def test_what_could_not_be_judged_says_what_is_missing(makegood: Makegood):
    introduce(makegood)
    no_car(makegood, reason=None)
    says, _, _ = told(makegood)
    assert any("cannot judge, event.reason" in line for line in says)
