"""A customer's letters on the desk: what they wrote, what was answered, who is writing now."""

from collections.abc import Mapping, Sequence
from typing import Any

from msgspec import Struct
from msgspec.structs import replace

from makegood.desk.access import Desk
from makegood.desk.attachments import in_draft
from makegood.desk.first_card import first_of
from makegood.desk.note_card import MOST_NOTES, NoteShown, notes_shown
from makegood.desk.story import Story
from makegood.desk.triage_card import TriageShown, triage_shown
from makegood.effects.canned import canned_of
from makegood.messages.ids import CommandId, ProfileId
from makegood.ports.attached import Attached
from makegood.ports.letters import Jotting, KeptFile, Letter
from makegood.ports.rows import OutboxRow, OutboxStatus
from makegood.projections.roster import rep_name
from makegood.runtime.letters_sent import is_first

PAGE = 10
WRITING_MS = 25_000  # who has not touched a key for so long has stopped writing
_STANDS = {
    OutboxStatus.DONE: "sent",
    OutboxStatus.WITHDRAWN: "taken back",
    OutboxStatus.FAILED: "not delivered",
    OutboxStatus.MISSED: "not delivered",
    OutboxStatus.HELD: "not delivered",
}


class Shown(Struct, frozen=True, kw_only=True):
    """A letter as the desk shows it.

    Attributes:
        who: Who wrote it.
        stranger: An address that is not known as the customer's, and wrote it or is answered.
        stands: What became of an answer; empty for what came in.
        undo_ms: Till when an answer can be undone; 0 when it cannot.
        draft: What this rep has begun to answer.
        attached: What is attached to that.
        notes: What colleagues noted on it.
        triage: What a model made of it, and what a person said.
    """

    letter: Letter
    who: str
    stranger: str
    stands: str
    undo_ms: int
    draft: str
    attached: tuple[Attached, ...] = ()
    notes: tuple[NoteShown, ...] = ()
    triage: TriageShown | None = None

    @property
    def files(self) -> Sequence[KeptFile]:
        """What is attached."""
        return self.letter.files

    @property
    def is_answered(self) -> bool:
        """Whether a person can answer it."""
        return self.letter.kind in ("letter", "forwarded")

    @property
    def address(self) -> str:
        """Who truly wrote, as far as mail says: beside a name that anybody may give themselves."""
        is_named = self.letter.name and self.letter.kind != "answer"
        return "" if self.stranger == self.letter.sender or not is_named else self.letter.sender

    @property
    def is_first(self) -> bool:
        """Whether a rep began the conversation with it: then it has a subject of its own."""
        return is_first(self.letter)

    @property
    def is_addressed(self) -> bool:
        """Whether it says where an answer goes."""
        return bool(self.letter.answer_to or self.letter.sender)


def letters_shown(
    desk: Desk,
    story: Story,
    after: tuple[int, str] | None = None,
    whose: ProfileId = ProfileId(""),  # noqa: B008 - a plain text
) -> dict[str, Any]:
    """Give a page of letters of the brands that this person serves, newest first.

    Args:
        desk: Who looks.
        story: At whom.
        after: Where the page before ended.
        whose: With whom a case began, of those who are linked.
    """
    found = desk.reading.letters_of(story.profiles, after=after, limit=PAGE + 1)
    seen = [one for one in found[:PAGE] if desk.me.may_see(one.brand)]
    rows = {row.command.id: row for row in desk.reading.commands(_commands(seen))}
    jottings = desk.reading.jottings_of(story.profiles)
    own = {one.letter: one.text for one in jottings if one.rep == desk.me.rep}
    notes = notes_shown(desk, story)
    of_all = tuple(it for it in notes if not it.letter)
    known = known_as(desk, story.profiles)
    unsent = desk.reading.unsent_of(story.profiles)
    public = desk.reading.posts_of(story.profiles)
    triaged = desk.reading.triaged([one.letter for one in seen])
    last = found[PAGE - 1] if len(found) > PAGE else None
    return {
        "letters": [
            replace(
                _shown(desk, one, rows, own, known.names),
                notes=tuple(it for it in notes if it.letter == one.letter),
                attached=in_draft(desk, one, unsent, jottings),
                triage=triage_shown(desk, one, triaged.get(one.letter)),
            )
            for one in seen
        ],
        "notes": of_all[:MOST_NOTES],
        "notes_before": len(of_all) - len(of_all[:MOST_NOTES]),
        "letters_next": f"{last.at_ms}.{last.letter}" if last else "",
        "public": [one for one in public if desk.me.may_see(one.brand)],
        "others_writing": others_writing(desk, jottings),
        "canned": canned_of(desk.makegood.library.now()),
        "letter_terms": desk.makegood.library.now().letters,
        "letter_brands": [
            one for one in desk.makegood.library.now().brands.values() if desk.me.may_see(one.id)
        ],
        "attaches": desk.makegood.post.with_files,
        "first_letter": first_of(
            desk, tuple(known.emails), whose or story.customer, jottings, unsent
        ),
    }


def _commands(letters: Sequence[Letter]) -> list[CommandId]:
    return [one.command for one in letters if one.command]


class _Known(Struct, frozen=True, kw_only=True):
    """By what a customer is known.

    Attributes:
        names: Every address and identifier.
        emails: The addresses at which they can be written to, the main one first; one that is a
            customer of its own is not theirs. Each with whose it is, of those who are linked.
    """

    names: frozenset[str]
    emails: Mapping[str, ProfileId]


def known_as(desk: Desk, profiles: Sequence[ProfileId]) -> _Known:
    """Give every address that the customer is known by."""
    lookups = desk.reading.lookups_of(profiles)
    named = {one for group in lookups.values() for one in group}
    persons = desk.reading.persons(sorted({*profiles, *named}))
    others = set(desk.reading.customers_of(sorted(named))) - set(profiles)
    names = {one.email.casefold() for one in persons.values()}
    names |= {one.identifier.removeprefix("email:") for one in persons.values()}
    whose = {one: one for one in profiles}
    for profile in sorted(lookups):  # parted, each keeps what was written to an address of theirs
        for one in sorted(set(lookups[profile]) - others):
            whose.setdefault(one, profile)
    own = [persons[one] for one in (*profiles, *sorted(named - others)) if one in persons]
    emails = [(one.email.casefold(), whose[one.profile]) for one in own]
    emails += [
        (one.identifier[6:], whose[one.profile])
        for one in own
        if one.identifier.startswith("email:")
    ]
    found: dict[str, ProfileId] = {}
    for email, profile in filter(lambda one: one[0], emails):
        found.setdefault(email, profile)
    return _Known(names=frozenset(names), emails=found)


def _shown(
    desk: Desk,
    letter: Letter,
    rows: Mapping[CommandId, OutboxRow],
    drafts: Mapping[str, str],
    addresses: frozenset[str],
) -> Shown:
    row = rows.get(letter.command)
    waits = row is not None and row.status is OutboxStatus.WAITING
    due_ms = row.command.due_ms if row is not None and waits else 0
    is_answer = letter.kind == "answer"
    who = (
        rep_name(desk.reps, letter.rep)
        if is_answer
        else letter.name or letter.sender or "Nobody named"
    )
    stands = ""
    if is_answer:
        stands = _STANDS.get(row.status, "on its way") if row is not None else "on its way"
    return Shown(
        letter=letter,
        who=who,
        stranger="" if is_answer else _stranger(letter, addresses),
        stands=stands,
        undo_ms=due_ms if due_ms > desk.now_ms else 0,
        draft=drafts.get(letter.letter, ""),
    )


def _stranger(letter: Letter, addresses: frozenset[str]) -> str:
    """Name an address that nobody knew: a sender can be made up, and Reply-To leads anywhere."""
    named = (letter.sender, letter.answer_to or letter.sender)
    return next((one for one in named if one not in addresses), "")


def others_writing(desk: Desk, jottings: Sequence[Jotting]) -> list[str]:
    """Name who else is writing to the customer just now."""
    since_ms = desk.now_ms - WRITING_MS
    others = [one for one in jottings if one.rep != desk.me.rep and one.at_ms > since_ms]
    return list(dict.fromkeys(rep_name(desk.reps, one.rep) for one in others))
