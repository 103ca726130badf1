"""Triage at work: a model reads each text once, the rule book says what follows, both are a fact.

The letter itself never waits for it: without the model's parts, without the section in the book,
or where a model fails, a letter is simply what it was. Nothing in the words of a letter can do
more than open a failure that the book names.
"""

import logging
import re
from collections.abc import Callable, Mapping
from typing import Protocol

from msgspec import Struct
from msgspec.structs import replace

from makegood.core.decide import Asker
from makegood.messages.body import TextRef
from makegood.messages.errors import Refused
from makegood.messages.events import OWN_SOURCE
from makegood.messages.facts import FailureRaised
from makegood.messages.ids import CustomerId, ProfileId, RepId, event_id
from makegood.messages.triage_facts import Triaged, opened_by
from makegood.playbooks.book import RuleBook
from makegood.playbooks.triage import NONE, TriageTerms
from makegood.ports.clock import Clock
from makegood.ports.store import Reading, Store, Writing
from makegood.ports.triage import PUBLIC as PUBLIC
from makegood.ports.triage import KeptModel, TriageRow
from makegood.ports.words import WaitingWords
from makegood.runtime.acts import DESK, PORTAL, Acts
from makegood.runtime.holding import held
from makegood.runtime.intake import Intake, patiently, text_ref
from makegood.runtime.mail_aside import SOURCE as MAIL
from makegood.runtime.told import Told

SOURCE = f"{OWN_SOURCE}:triage"
URGENT, ORDINARY = "urgent", "ordinary"
_LOG = logging.getLogger("makegood.triage")


class Guessed(Protocol):
    """The likeliest answer to one question of a text."""

    @property
    def label(self) -> str: ...
    @property
    def chance(self) -> float: ...
    @property
    def words(self) -> tuple[str, ...]: ...


class Reader(Protocol):
    """A model that can be asked."""

    @property
    def name(self) -> str:
        """Names the model."""

    def read(self, text: str) -> Mapping[str, Guessed]:
        """Answer each question: `kind`, `intent`, `urgency`."""

    def language(self, text: str) -> str:
        """Say in which language a text is; empty when nobody can tell."""


class Wrote(Struct, frozen=True, kw_only=True):
    """A letter to be looked at, or something else that a customer wrote.

    Attributes:
        letter: Names it: the letter, the post, or the event that brought the words.
        customer: Whose it is; empty for a post, which is nobody's event.
        brand: For whom it was written.
        text: Its subject and words.
        words: Ref of its words beside the log; once they are gone, nothing is made of it.
        raise_it: Whether it may open a failure or ask for one; not where one was raised already.
        channel: Where it was written, as `triage` of the rule book calls it.
        at_ms: When it came; 0 for just now.
        only_asks: A case of theirs is open: a person is asked whether it is one more failure.
    """

    letter: str
    customer: CustomerId
    brand: str
    text: str
    words: TextRef = ""
    raise_it: bool = True
    channel: str = "mail"
    at_ms: int = 0
    only_asks: bool = False

    @property
    def is_public(self) -> bool:
        """Whether it was said in public, where nothing is opened without a person."""
        return self.channel == PUBLIC


class Triage:
    """Reads letters as they come in, and hears what people say of it."""

    def __init__(
        self,
        store: Store,
        acts: Acts,
        intake: Intake,
        book_of: Callable[[], RuleBook],
        clock: Clock,
        reader_of: Callable[[KeptModel | None], Reader | None],
    ) -> None:
        """Join the parts.

        Args:
            reader_of: Makes a model ready; None where its parts are not installed.
        """
        self._store = store
        self._acts = acts
        self._intake = intake
        self._book_of = book_of
        self._clock = clock
        self._reader_of = reader_of
        self._known: tuple[str, Reader | None] | None = None

    def is_ready(self) -> bool:
        """Whether there is a model to ask."""
        return self._reader() is not None

    def look(self, wrote: Wrote) -> Triaged | None:
        """Read a letter, once; give what was made of it. None where nothing is read."""
        book = self._book_of().for_brand(wrote.brand)
        if wrote.channel not in book.triage.channels:
            return None
        with self._store.reading() as reading:
            known = reading.triaged([wrote.letter]).get(wrote.letter)
            if known is None and wrote.channel == MAIL and wrote.raise_it:
                wrote = replace(wrote, only_asks=_has_a_case(reading, wrote.customer))
        if known is not None and known.said is not None:
            return self._follow(wrote, known.said)  # a crash may have come between the two
        reader = self._reader()
        if reader is None:
            return None
        try:
            said, words = judged(reader, wrote, book.triage)
        except Exception as fault:  # whatever is in a letter, it stays a letter
            _LOG.warning("a letter could not be read by the model: %s", type(fault).__name__)
            return None
        kept = patiently(lambda: self._keep(wrote, said, words))
        return self._follow(wrote, kept) if kept is not None else None

    def _reader(self) -> Reader | None:
        """Give the model in use; one that was put in use meanwhile is read once."""
        with self._store.reading() as reading:
            name = reading.triage_model_name()
            if self._known is not None and self._known[0] == name:
                return self._known[1]
            kept = reading.triage_model()
        found = self._made(kept)
        if found is None and kept is not None:
            # As one of an older format after an upgrade: it is trained anew once enough is said.
            found = self._made(None)
        self._known = (name, found)
        return found

    def _made(self, kept: KeptModel | None) -> Reader | None:
        try:
            return self._reader_of(kept)
        except Exception as fault:
            _LOG.error("a model of triage cannot be used: %s", type(fault).__name__)
            return None

    def _keep(self, wrote: Wrote, said: Triaged, words: tuple[str, ...]) -> Triaged | None:
        """Keep what a letter was read as; None where whoever wrote it was erased meanwhile."""
        if wrote.is_public:
            return self._keep_post(wrote, said)
        profile = ProfileId(wrote.customer)
        message_id = f"letter/{wrote.letter}/triaged"
        ref = text_ref(event_id(SOURCE, message_id), "words")
        body = replace(said, words=ref) if words else said
        told = Told(profile=profile, body=body, message_id=message_id, source=SOURCE)
        with self._store.writing() as writing:
            held(writing, profile)
            if not writing.texts([wrote.words]):
                return None
            known = writing.triaged([wrote.letter]).get(wrote.letter)
            if known is not None and known.said is not None:
                return known.said  # somebody else took the same letter in at the same time
            self._intake.record(writing, [told], self._clock.now_ms())
            if words:
                writing.put_texts({ref: (profile, ", ".join(words))})
            row = known or TriageRow(letter=wrote.letter, profile=profile)
            ref = "" if wrote.channel == MAIL else wrote.words
            row = replace(row, said=body, words=words, channel=wrote.channel, ref=ref)
            row = self._dated(row, wrote)
            writing.put_triaged(row)
            self._wait(writing, wrote, row)
        return body

    def _keep_post(self, wrote: Wrote, said: Triaged) -> Triaged | None:
        """Keep what a post was read as beside it: no event, and no word of it, is made of it."""
        with self._store.writing() as writing:
            post = writing.change_post(wrote.letter)
            if post is None or post.state != "waiting":
                return None
            known = writing.triaged([wrote.letter]).get(wrote.letter)
            if known is not None and known.said is not None:
                return known.said
            row = known or TriageRow(letter=wrote.letter, profile=ProfileId(""), channel=PUBLIC)
            row = self._dated(replace(row, said=said), wrote)
            writing.put_triaged(row)
            self._wait(writing, wrote, row)
        return said

    def _dated(self, row: TriageRow, wrote: Wrote) -> TriageRow:
        """Write down when it came and for whom: it is counted by that."""
        at_ms = row.at_ms or wrote.at_ms or self._clock.now_ms()
        return replace(row, at_ms=at_ms, brand=wrote.brand)

    def _wait(self, writing: Writing, wrote: Wrote, row: TriageRow) -> None:
        """Put before a person what cannot wait, or what they are asked about."""
        said = row.said
        if said is None or row.labelled_ms or not (said.urgent or said.verdict == "ask"):
            return
        waits = WaitingWords(
            item=wrote.letter,
            profile=row.profile,
            channel=wrote.channel,
            at_ms=wrote.at_ms or self._clock.now_ms(),
            brand=wrote.brand,
            is_urgent=said.urgent,
            asks=said.verdict == "ask",
        )
        writing.put_waiting_words(waits)

    def _follow(self, wrote: Wrote, said: Triaged) -> Triaged:
        """Open the failure where that was decided; again, it is the same one."""
        if said.verdict != "open":
            return said
        # Its words are the letter's own: nothing is kept twice, or left by an erasure in between.
        body = FailureRaised(failure=said.failure, brand=wrote.brand, words=wrote.words)
        message_id = opened_by(wrote.letter)
        done = self._acts.act(wrote.customer, body, Asker(), message_id=message_id)
        if isinstance(done, Refused):
            _LOG.warning("a failure was not opened for a letter: %s", done.code)
        return said

    def learn(self, label: TriageRow) -> None:
        """Keep what a person says a letter is, beside what a model made of it.

        Of a letter that was erased since the person saw it, nothing is kept.
        """
        with self._store.writing() as writing:
            held(writing, label.profile)
            known = writing.triaged([label.letter]).get(label.letter)
            if not _is_there(writing, label.letter, known):
                return
            if known is not None:
                label = replace(
                    label, said=known.said, words=known.words, channel=known.channel,
                    ref=known.ref, at_ms=known.at_ms, brand=known.brand,
                )  # fmt: skip
            letter = writing.letter(label.letter) if not label.at_ms else None
            if letter is not None:  # no model ever read it
                label = replace(label, at_ms=letter.at_ms, brand=letter.brand)
            writing.put_triaged(label)
            writing.drop_waiting_words([label.letter])


def _has_a_case(reading: Reading, profile: CustomerId) -> bool:
    customer = reading.customers_of([ProfileId(profile)]).get(ProfileId(profile), profile)
    return any(row.is_open for row in reading.cases_of([customer]))


def can_wait(store: Store, letter: str) -> None:
    """Keep that a person says it can wait; whether it is a failure is asked all the same."""
    with store.writing() as writing:
        known = writing.triaged([letter]).get(letter)
        if known is not None and not known.labelled_ms:
            writing.put_triaged(replace(known, urgency=ORDINARY))
            writing.calm_item(letter)


def _is_there(reading: Reading, letter: str, known: TriageRow | None) -> bool:
    """Whether the words of what was read are still kept."""
    if known is not None and known.ref:
        return bool(reading.texts([known.ref]))
    if known is not None and known.channel == PUBLIC:
        post = reading.posts([letter]).get(letter)
        return post is not None and bool(post.text)
    return reading.letter(letter) is not None


def made_by(letter: str) -> str:
    """Name the failure that a person makes of a letter: two who do it make one."""
    return f"letter/{letter}/failure"


def is_failure(reading: Reading, letter: str) -> bool:
    """Whether a letter became a failure: by itself, by a person, or as one of the firm sent it."""
    sent_on = event_id(PORTAL, f"{MAIL}/{letter}/raised")
    own = event_id(PORTAL, opened_by(letter))
    return bool(reading.taken([own, sent_on, event_id(DESK, made_by(letter))]))


def judged(reader: Reader, wrote: Wrote, terms: TriageTerms) -> tuple[Triaged, tuple[str, ...]]:
    """Say what follows from what a model makes of a letter; give the words it rests on.

    Args:
        reader: The model.
        wrote: The letter.
        terms: What the book says.
    """
    found = reader.read(wrote.text)
    kind, intent, urgency = (found.get(one) for one in ("kind", "intent", "urgency"))
    of_kind = terms.kinds.get(kind.label) if kind is not None and kind.label != NONE else None
    lowered = wrote.text.casefold()
    marks = tuple(word for word in terms.urgent if _says(lowered, word))
    chance = kind.chance if kind is not None else 0.0
    said = Triaged(
        letter=wrote.letter,
        kind=kind.label if kind is not None else NONE,
        sure=_thousandths(chance),
        verdict=of_kind.verdict(chance) if of_kind is not None and wrote.raise_it else "nothing",
        failure=of_kind.failure if of_kind is not None else "",
        intent=intent.label if intent is not None else "",
        intent_sure=_thousandths(intent.chance) if intent is not None else 0,
        urgent=bool(marks) or (urgency is not None and urgency.label == URGENT),
        language=reader.language(wrote.text),
        model=reader.name,
        brand=wrote.brand,
        channel=wrote.channel,
    )
    if (wrote.is_public or wrote.only_asks) and said.verdict == "open":
        said = replace(said, verdict="ask")
    words = (kind.words if kind is not None else ()) + marks
    return said, tuple(dict.fromkeys(words))


def _says(text: str, word: str) -> bool:
    """Whether a text has a word, and not only as a part of another one.

    Scripts without capitals, as the Chinese, put no space between words: there a part counts.
    """
    begins = r"(?<!\w)" if _stands_alone(word[0]) else ""
    ends = r"(?!\w)" if _stands_alone(word[-1]) else ""
    return re.search(f"{begins}{re.escape(word)}{ends}", text) is not None


def _stands_alone(letter: str) -> bool:
    return letter.isdecimal() or letter.upper() != letter.lower()


def _thousandths(chance: float) -> int:
    return int(chance * 1000)  # rounded down: nothing is surer than it is


def label_of(
    known: TriageRow | None, letter: str, profile: ProfileId, rep: RepId, at_ms: int
) -> TriageRow:
    """Begin a label of a letter with what the model made of it."""
    said = known.said if known is not None else None
    # What somebody said of the hurry alone, before anybody said what it is.
    hurry = known.urgency if known is not None and not known.labelled_ms else ""
    return TriageRow(
        letter=letter,
        profile=profile,
        labelled_ms=at_ms,
        rep=rep,
        kind=said.kind if said is not None else NONE,
        intent=said.intent if said is not None else "",
        urgency=hurry or (URGENT if said is not None and said.urgent else ORDINARY),
    )
