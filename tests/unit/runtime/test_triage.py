"""A letter is read once, the book says what follows, people correct it, and no letter waits."""

from collections import Counter
from collections.abc import Mapping

import pytest
from hypothesis import given
from hypothesis import strategies as st
from msgspec.structs import replace

from makegood.bootstrap import Makegood, open_makegood
from makegood.messages.facts import FailureRaised, GotInTouch
from makegood.messages.ids import CustomerId, ProfileId, RepId
from makegood.messages.triage_facts import Triaged
from makegood.playbooks.triage import KindTerms, TriageTerms
from makegood.ports.letters import Letter
from makegood.ports.triage import KeptModel, TriageRow
from makegood.runtime.triage import Guessed, Triage, Wrote, judged
from makegood.runtime.triage_models import Labelled, capped, label_counts, labels, most_of_each
from makegood.settings import Settings
from makegood.testing.clock import FakeClock
from tests.unit.runtime.test_mailroom import NOON_MS, history, taken

KIND = KindTerms(failure="other", ask_from=0.5, open_from=0.9)
TERMS = TriageTerms(
    channels=frozenset({"mail"}), kinds={"not_working": KIND}, urgent=("stranded",)
)


class Said:
    """An answer of a model."""

    def __init__(self, label: str, chance: float) -> None:
        self.label = label
        self.chance = chance
        self.words = ("car",)


class Model:
    """A model that always says the same, and counts how often it is asked."""

    name = "m"

    def __init__(self, label: str = "not_working", chance: float = 0.95) -> None:
        self._said = Said(label, chance)
        self.asked = 0

    def read(self, text: str) -> Mapping[str, Guessed]:
        self.asked += 1
        if "\0" in text or not text.strip():
            raise ValueError(text)
        return {"kind": self._said}

    def language(self, text: str) -> str:
        return "en"


@pytest.fixture
def makegood():
    it = open_makegood(Settings(database="memory:", key=b"k" * 32), clock=FakeClock(NOON_MS))
    yield it
    it.close()


def reading_with(it: Makegood, model: Model | None, terms: TriageTerms = TERMS) -> Triage:
    book = replace(it.book, triage=terms, by_brand={})
    return Triage(it.store, it.acts, it.intake, lambda: book, it.clock, lambda _: model)


def wrote(it: Makegood, **changed: object) -> Wrote:
    took = taken(it, "letter_en")
    brand = next(iter(it.book.brands))
    (touch,) = of(it, took.customer, GotInTouch)
    made = Wrote(
        letter="l1", customer=took.customer, brand=brand, text="There was no car.",
        words=touch.words,
    )  # fmt: skip
    return replace(made, **changed)


def of(it: Makegood, customer: CustomerId, kind: type):
    return [one for one in history(it, customer) if isinstance(one, kind)]


def test_a_sure_letter_opens_the_failure_once(makegood: Makegood):
    model = Model()
    triage, letter = reading_with(makegood, model), wrote(makegood)
    for _ in range(2):
        said = triage.look(letter)
    assert said is not None
    assert (said.verdict, said.sure, said.failure) == ("open", 950, "other")
    (told,) = of(makegood, letter.customer, Triaged)
    (raised,) = of(makegood, letter.customer, FailureRaised)
    assert (told.model, raised.failure, model.asked) == ("m", "other", 1)
    with makegood.store.reading() as reading:
        assert reading.texts([told.words])[told.words] == "car"
        assert len(reading.cases_of([letter.customer])) == 1


class Dies:
    """What stops before it has done anything."""

    def act(self, *_: object, **__: object) -> None:
        raise OSError("the process stops")


def test_a_crash_before_the_failure_was_opened_loses_it_not(makegood: Makegood):
    it, model = makegood, Model()
    letter = wrote(it)
    book = replace(it.book, triage=TERMS, by_brand={})
    dies = Triage(it.store, Dies(), it.intake, lambda: book, it.clock, lambda _: model)
    with pytest.raises(OSError, match="stops"):  # after the event, and before the failure
        dies.look(letter)
    assert not of(it, letter.customer, FailureRaised)
    reading_with(it, model).look(letter)
    assert len(of(it, letter.customer, FailureRaised)) == 1
    assert model.asked == 1


@pytest.mark.parametrize(
    ("label", "chance", "verdict"),
    [
        ("not_working", 0.89, "ask"),
        ("not_working", 0.49, "nothing"),
        ("none", 0.99, "nothing"),
        ("unknown to the book", 0.99, "nothing"),
    ],
)
def test_less_sure_letters_open_nothing(
    makegood: Makegood, label: str, chance: float, verdict: str
):
    letter = wrote(makegood)
    said = reading_with(makegood, Model(label, chance)).look(letter)
    assert said is not None
    assert said.verdict == verdict
    assert not of(makegood, letter.customer, FailureRaised)


@pytest.mark.parametrize("chance", [0.7, 0.95])
def test_where_a_failure_was_raised_already_none_is_opened_or_asked_about(
    makegood: Makegood, chance: float
):
    letter = wrote(makegood, raise_it=False)
    said = reading_with(makegood, Model(chance=chance)).look(letter)
    assert said is not None
    assert (said.kind, said.verdict) == ("not_working", "nothing")  # it says what was done
    assert not of(makegood, letter.customer, FailureRaised)


def test_without_section_parts_or_a_sound_model_a_letter_is_what_it_was(makegood: Makegood):
    letter = wrote(makegood)
    assert reading_with(makegood, Model(), TriageTerms()).look(letter) is None
    assert reading_with(makegood, None).look(letter) is None
    assert reading_with(makegood, Model()).look(replace(letter, text=" ")) is None
    assert not of(makegood, letter.customer, Triaged)


def test_a_model_that_cannot_be_read_stops_no_letter(makegood: Makegood):
    def broken(_: KeptModel | None) -> None:
        raise ValueError("damaged")

    book = replace(makegood.book, triage=TERMS)
    it = Triage(
        makegood.store, makegood.acts, makegood.intake, lambda: book, makegood.clock, broken
    )
    assert it.look(wrote(makegood)) is None


def test_who_has_an_open_case_and_writes_again_opens_no_second_one_by_itself(makegood: Makegood):
    triage, letter = reading_with(makegood, Model()), wrote(makegood)
    triage.look(letter)
    again = triage.look(replace(letter, letter="l2"))
    assert again is not None
    assert again.verdict == "ask", "a letter of the same conversation, or a copy of it"
    assert len(of(makegood, letter.customer, FailureRaised)) == 1
    (first, second) = of(makegood, letter.customer, Triaged)
    assert (first.verdict, second.verdict) == ("open", "ask")


def test_in_the_place_of_a_model_that_does_not_fit_reads_the_one_that_ships(makegood: Makegood):
    with makegood.store.writing() as writing:
        writing.put_triage_model(KeptModel(name="older", at_ms=1, content=b"older"))

    def made(kept: KeptModel | None) -> Model:
        if kept is not None:
            raise ValueError("of another format")
        return Model()

    book = replace(makegood.book, triage=TERMS)
    it = Triage(makegood.store, makegood.acts, makegood.intake, lambda: book, makegood.clock, made)
    assert it.is_ready()
    said = it.look(wrote(makegood))
    assert said is not None
    assert said.model == "m"


def test_words_of_the_book_make_a_letter_urgent(makegood: Makegood):
    letter = wrote(makegood, text="We are STRANDED.")
    said, words = judged(Model(), letter, TERMS)
    assert said.urgent
    assert "stranded" in words
    assert not judged(Model(), replace(letter, text="Hello."), TERMS)[0].urgent


@pytest.mark.parametrize(
    ("word", "text", "urgent"),
    [
        ("ill", "I will wait.", False), ("ill", "My son is ILL.", True),
        ("at the airport", "We sit at the airport, again.", True),
        ("112", "Order 1125", False), ("困", "我们被困在机场", True), ("(help)", "(HELP)!", True),
    ],
)  # fmt: skip
def test_a_word_inside_of_another_makes_nothing_urgent(
    makegood: Makegood, word: str, text: str, urgent: bool
):
    letter = wrote(makegood, text=text)
    assert judged(Model(), letter, replace(TERMS, urgent=(word,)))[0].urgent is urgent


def test_a_label_stays_beside_what_the_model_said_and_goes_with_the_writer(makegood: Makegood):
    letter = wrote(makegood)
    triage = reading_with(makegood, Model())
    triage.look(letter)
    profile = ProfileId(letter.customer)
    row = TriageRow(letter="l1", profile=profile, labelled_ms=5, rep=RepId("kathy"), kind="none")
    triage.learn(row)  # of a letter that is not there, or not any more
    with makegood.store.reading() as reading:
        assert reading.triage_labels() == ()
    with makegood.store.writing() as writing:
        writing.put_letter(
            Letter(
                letter="l1", profile=profile, thread="t", mark="m", message_id="", at_ms=1,
                kind="letter", sender="a@example.com", subject="Car", text="gone",
            )
        )  # fmt: skip
    triage.learn(row)
    with makegood.store.reading() as reading:
        (known,) = reading.triage_labels()
    assert known.said is not None
    assert (known.said.kind, known.kind, known.rep) == ("not_working", "none", "kathy")
    assert [one.text for one in labels(makegood.store)] == ["Car\n\ngone"]
    assert label_counts(makegood.store) == {"none": 1}
    assert makegood.erasing.person("email:ana@example.com").rows
    with makegood.store.reading() as reading:
        assert reading.triaged(["l1"]) == {}


def test_what_was_read_is_dated_and_of_a_brand_whoever_read_it(makegood: Makegood):
    letter = wrote(makegood)
    triage = reading_with(makegood, Model())
    triage.look(letter)
    profile = ProfileId(letter.customer)
    with makegood.store.writing() as writing:
        for name in ("l1", "l2"):
            writing.put_letter(
                Letter(
                    letter=name, profile=profile, thread="t", mark=name, message_id="", at_ms=7,
                    kind="letter", sender="a@example.com", brand=letter.brand,
                )
            )  # fmt: skip
    now_ms = makegood.clock.now_ms()

    def counted() -> tuple[dict, ...]:
        with makegood.store.reading() as reading:
            return reading.read_between((1, now_ms, now_ms + 1))

    assert counted() == ({}, {(letter.brand, "machine"): 1})
    for name, kind in (("l1", "none"), ("l2", "not_working")):
        triage.learn(TriageRow(letter=name, profile=profile, labelled_ms=9, kind=kind))
    assert counted() == ({(letter.brand, "person"): 1}, {(letter.brand, ""): 1})
    assert makegood.erasing.person("email:ana@example.com").rows
    assert counted() == ({}, {})


def labelled(rep: str, kind: str, count: int) -> list[Labelled]:
    return [
        Labelled(
            text=f"{rep} {n}",
            held_out=False,
            row=TriageRow(
                letter=f"{rep}{kind}{n}", profile=ProfileId("p"), labelled_ms=n + 1,
                rep=RepId(rep), kind=kind,
            ),
        )
        for n in range(count)
    ]  # fmt: skip


@pytest.mark.parametrize(
    ("spam", "kathy", "lee", "kept"),
    [(90, 10, 0, (10, 10, 0)), (90, 10, 30, (40, 10, 30)), (90, 0, 0, (5, 0, 0)),
     (9, 10, 0, (9, 9, 0)), (90, 2, 0, (5, 2, 0)), (7, 7, 7, (7, 7, 7))],
)  # fmt: skip
def test_one_person_gives_no_more_than_their_share_of_what_is_learned(
    spam: int, kathy: int, lee: int, kept: tuple[int, ...]
):
    found = [
        *labelled("spam", "none", spam),
        *labelled("kathy", "none", kathy),
        *labelled("lee", "none", lee),
    ]
    by = Counter(one.row.rep for one in capped(found, "kind", TERMS)[0])
    assert tuple(by[RepId(rep)] for rep in ("spam", "kathy", "lee")) == kept


@given(st.lists(st.integers(0, 60), max_size=6), st.floats(0.01, 1))
def test_the_share_of_each_is_the_most_that_keeps_it(counts: list[int], share: float):
    most = most_of_each(counts, share)

    def keeps(limit: int) -> bool:
        return limit <= share * sum(min(one, limit) for one in counts) + 1e-9

    assert keeps(most)
    assert not any(keeps(limit) for limit in range(most + 1, max(counts, default=0) + 1))


def test_a_label_that_no_model_can_name_stops_no_training():
    found = labelled("kathy", "<b>/", 9) + labelled("kathy", "none", 9)
    kept, few = capped(found, "kind", TERMS)
    assert ({one.row.kind for one in kept}, few) == ({"none"}, ())


def test_a_label_with_two_letters_is_not_learned():
    found = labelled("kathy", "none", 9) + labelled("kathy", "lost", 2)
    kept, few = capped(found, "kind", TERMS)
    assert few == ("lost",)
    assert {one.row.kind for one in kept} == {"none"}
