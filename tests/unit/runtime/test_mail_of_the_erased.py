"""A mail of somebody erased comes again: nothing of it is made anew, and somebody sees why."""

from collections.abc import Mapping
from pathlib import Path

import pytest
from msgspec.structs import replace

from makegood.bootstrap import Makegood, open_makegood
from makegood.messages.facts import FailureRaised
from makegood.messages.ids import ProfileId
from makegood.messages.triage_facts import Triaged
from makegood.playbooks.triage import KindTerms, TriageTerms
from makegood.runtime.mail_addresses import addresses_of
from makegood.runtime.mailroom import Doors, Mailroom
from makegood.runtime.triage import Guessed, Triage
from makegood.settings import Settings
from makegood.testing.clock import FakeClock

EML = Path("tests/mails/eml")
NOON_MS = 1_795_694_400_000


@pytest.fixture
def makegood():
    it = open_makegood(Settings(database="memory:", key=b"k" * 32), clock=FakeClock(NOON_MS))
    yield it
    it.close()


def raw_of(name: str, **changed: str) -> bytes:
    raw = (EML / f"{name}.eml").read_bytes()
    for old, new in changed.items():
        raw = raw.replace(old.encode(), new.encode())
    return raw


def kept(it: Makegood, customer: str):
    with it.store.reading() as reading:
        return reading.letters_of([ProfileId(customer)], limit=99)


def aside(it: Makegood):
    with it.store.reading() as reading:
        return reading.unfit("mail")


@pytest.mark.parametrize("name", ["letter_en", "html_only"])
def test_the_same_mail_makes_nothing_anew_and_is_listed_without_a_word_of_it(
    makegood: Makegood, name: str
) -> None:
    took = makegood.post.room.take(raw_of(name))
    (letter,) = kept(makegood, took.customer)
    makegood.erasing.person("email:ana@example.com")
    for _ in range(2):
        again = makegood.post.room.take(raw_of(name))
        assert (again.became, again.customer) == ("set aside", "")
    assert kept(makegood, took.customer) == ()
    (row,) = aside(makegood)
    assert row.record == ""
    assert "was erased" in row.reason
    for one in letter.files:
        assert makegood.post.files.get(letter.letter, one.digest) is None
    with makegood.store.reading() as reading:
        assert reading.persons([ProfileId(took.customer)]) == {}


def test_a_changed_mail_under_its_name_is_set_aside_for_a_person_to_judge(
    makegood: Makegood,
) -> None:
    took = makegood.post.room.take(raw_of("letter_en"))
    makegood.erasing.person("email:ana@example.com")
    assert makegood.post.room.take(raw_of("letter_en", two="nine")).became == "set aside"
    assert kept(makegood, took.customer) == ()
    (row,) = aside(makegood)
    assert "nine" in row.record
    assert "same Message-ID was erased" in row.reason


def test_a_new_letter_of_who_was_erased_is_a_letter(makegood: Makegood) -> None:
    makegood.post.room.take(raw_of("letter_en"))
    makegood.erasing.person("email:ana@example.com")
    took = makegood.post.room.take(raw_of("letter_en", **{"<a1@": "<a77@"}, two="three"))
    assert took.became == "taken"
    assert len(kept(makegood, took.customer)) == 1


def test_what_a_machine_wrote_is_remembered_as_erased_too(makegood: Makegood) -> None:
    took = makegood.post.room.take(raw_of("letter_en"))
    makegood.post.room.take(raw_of("auto_reply"))
    makegood.erasing.person("email:ana@example.com")
    assert makegood.post.room.take(raw_of("auto_reply")).became == "set aside"
    assert kept(makegood, took.customer) == ()


def test_what_was_set_aside_and_erased_is_not_set_aside_with_its_words_again(
    makegood: Makegood,
) -> None:
    raw = raw_of("no_from") + b"\nana@example.com wrote this.\n"
    assert makegood.post.room.take(raw).became == "set aside"
    makegood.erasing.person("email:ana@example.com")
    assert makegood.post.room.take(raw).became == "set aside"
    (row,) = aside(makegood)
    assert (row.record, "was erased" in row.reason) == ("", True)


class ThenErased:
    """A door behind which whoever wrote is erased, between their event and their letter."""

    def __init__(self, it: Makegood) -> None:
        self._it = it

    def ask(self, *args, **named):
        done = self._it.requests.ask(*args, **named)
        self._it.erasing.person("email:ana@example.com")
        return done


def test_a_person_erased_while_their_mail_is_taken_stays_erased(makegood: Makegood) -> None:
    it = makegood
    room = Mailroom(
        it.store,
        Doors(intake=it.intake, requests=ThenErased(it), acts=it.acts),
        it.post.files,
        lambda reading: addresses_of(reading, it.lines, it.book),
        it.clock,
        with_files=True,
    )
    assert room.take(raw_of("html_only")).became == "set aside"
    with it.store.reading() as reading:
        customers = reading.customers_of([it.intake.profile("email:ana@example.com")])
    (customer,) = customers.values()
    assert kept(it, customer) == ()
    assert it.post.files._kept == {}


def test_words_of_the_erased_are_not_made_anew_by_a_mail_that_a_crash_cut_off(
    makegood: Makegood,
) -> None:
    """The event was written, the process died before the letter, and the person was erased."""
    took = makegood.post.room.take(raw_of("letter_en"))
    with makegood.store.writing() as writing:
        writing.erase_letters([ProfileId(took.customer)])  # as if it had never been kept
        writing.erase(took.customer)
    assert makegood.post.room.take(raw_of("letter_en")).became == "set aside"
    assert kept(makegood, took.customer) == ()


class Reads:
    """A model during whose reading something else happens; it is sure that a car was missing."""

    name, label, chance, words = "m", "not_working", 0.99, ("car",)

    def __init__(self, meanwhile) -> None:
        self._meanwhile = meanwhile

    def read(self, text: str) -> Mapping[str, Guessed]:
        self._meanwhile()
        return {"kind": self}

    def language(self, text: str) -> str:
        return "en"


def room_reading(it: Makegood, meanwhile=lambda: None) -> Mailroom:
    kinds = {"not_working": KindTerms(failure="other", ask_from=0.5, open_from=0.9)}
    terms = TriageTerms(channels=frozenset({"mail"}), kinds=kinds)
    book = replace(it.book, triage=terms, by_brand={})
    model = Reads(meanwhile)
    triage = Triage(it.store, it.acts, it.intake, lambda: book, it.clock, lambda _: model)
    return Mailroom(
        it.store,
        Doors(intake=it.intake, requests=it.requests, acts=it.acts, triage=triage),
        it.post.files,
        lambda reading: addresses_of(reading, it.lines, it.book),
        it.clock,
        with_files=True,
    )


def test_nothing_is_made_of_a_letter_whose_writer_is_erased_while_a_model_reads_it(
    makegood: Makegood,
) -> None:
    it = makegood
    room = room_reading(it, lambda: it.erasing.person("email:ana@example.com"))
    assert room.take(raw_of("letter_en")).became == "set aside"
    with it.store.reading() as reading:
        found = reading.customers_of([it.intake.profile("email:ana@example.com")])
        (customer,) = found.values()
        own = reading.profiles_of([customer])[customer]
        assert reading.texts_of(own) == {}
        assert reading.letters_of(own) == ()
        assert reading.cases_of([customer]) == ()
        bodies = [type(event.body) for event in reading.history(customer)]
    assert it.store._tables["triage"] == {}
    assert Triaged not in bodies
    assert FailureRaised not in bodies


def test_what_a_model_made_of_a_letter_goes_with_its_writer_and_the_words_are_kept_once(
    makegood: Makegood,
) -> None:
    it = makegood
    took = room_reading(it).take(raw_of("letter_en"))
    with it.store.reading() as reading:
        own = reading.profiles_of([took.customer])[took.customer]
        assert len(reading.cases_of([took.customer])) == 1
        kept_words = [text for text in reading.texts_of(own).values() if "no car" in text]
        assert len(kept_words) == 1
    it.erasing.person("email:ana@example.com")
    with it.store.reading() as reading:
        assert reading.texts_of(own) == {}
