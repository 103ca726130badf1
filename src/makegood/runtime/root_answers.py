"""What becomes of a root cause: answered by who answers for it, or by a supervisor; kept once."""

from msgspec import Struct

from makegood.messages.errors import Refused
from makegood.messages.ids import RepId
from makegood.playbooks.book import Library
from makegood.ports.acts import Act
from makegood.ports.clock import Clock
from makegood.ports.pointers import AnswerKind, RootAnswer
from makegood.ports.store import Store
from makegood.projections.root_causes import Asking, rows_of_causes
from makegood.runtime.asking_owners import no_longer_asked
from makegood.runtime.noting import note
from makegood.sources.personal import holds_address

LONGEST_SAYS = 1000
_DAY_MS = 86_400_000


class Given(Struct, frozen=True, kw_only=True):
    """What somebody answers.

    Attributes:
        answer: `changed`, `will` change, or it `stays`.
        says: What, or why, in a sentence.
        at_ms: Since when it is changed, or by when it will be; None for now.
        who: Who answers, and what they may see.
    """

    cause: str
    answer: AnswerKind
    says: str
    who: Asking
    at_ms: int | None = None


def answer_cause(
    store: Store, clock: Clock, library: Library, given: Given
) -> RootAnswer | Refused:
    """Keep an answer. The same one twice is one answer; a root cause of others does not exist."""
    now_ms = clock.now_ms()
    wrong = _wrong(given, now_ms)
    if wrong is not None:
        return wrong
    with store.writing() as writing:
        found = writing.gathered("", 1, among=[given.cause])
        rows = rows_of_causes(writing, library, found, now_ms)
        otherwise = library.now().owners.otherwise
        if not rows or not given.who.may_answer(rows[0], otherwise):
            return Refused(code="no_such_cause", why="There is no such root cause of yours.")
        at_ms = now_ms if given.at_ms is None or given.answer == "stays" else given.at_ms
        row = RootAnswer(
            cause=given.cause,
            answer=given.answer,
            says=given.says,
            since_ms=at_ms,
            by=given.who.rep,
            said_ms=now_ms,
        )
        before = rows[0].answer
        if before is not None and _is_same(before, row, still_asks=bool(found[0].open)):
            return before
        writing.put_root_answer(row)
        (after_it,) = writing.gathered("", 1, among=[given.cause])
        if row.answer == "will" or not after_it.open:
            no_longer_asked(writing, found[0], now_ms)
        after = {"answer": row.answer, "says": row.says}
        act = Act(
            what="root_cause.answered", at_ms=now_ms, who=row.by, about=row.cause, after=after
        )
        note(writing, act)
    return row


def _is_same(before: RootAnswer, now: RootAnswer, *, still_asks: bool) -> bool:
    """Whether a form was sent twice: what is changed and asks again is answered anew."""
    said = (before.answer, before.says, before.by)
    if said != (now.answer, now.says, now.by):
        return False
    if now.answer == "will":
        return before.since_ms == now.since_ms
    return not still_asks and abs(now.since_ms - before.since_ms) < _DAY_MS


def _wrong(given: Given, now_ms: int) -> Refused | None:
    if not given.says.strip():
        return Refused(code="words_needed", why="Say what is changed, or why it stays.")
    if len(given.says) > LONGEST_SAYS:
        return Refused(code="too_long", why=f"An answer has at most {LONGEST_SAYS} letters.")
    if holds_address(given.says):
        return Refused(code="personal", why="An answer is read by many; nothing personal in it.")
    at_ms = now_ms if given.at_ms is None else given.at_ms
    if given.answer == "changed" and at_ms > now_ms:
        why = "What is changed, was changed before now; else say that it will change."
        return Refused(code="bad_end", why=why)
    if given.answer == "will" and at_ms <= now_ms:
        return Refused(code="bad_end", why="What will change, changes on a day to come.")
    return None


def asking_of(rep: RepId, *, supervises: bool, brands: tuple[str, ...] = ()) -> Asking:
    """Say who looks: a supervisor of some brands sees what has a case of them."""
    return Asking(
        rep=rep,
        sees_all=supervises and not brands,
        brands=brands if supervises else (),
    )
