"""Who is this customer's own person now, and who stands in: one answer, with its reasons.

The fallback is the feature. Whoever was chosen is asked first; when they are busy the customer
waits a little, when they are off duty the cover takes it at once, and a conversation stays with
whom it was begun with. What was wished apart stays apart, whatever else speaks for it.
Source: story 5; evidence, "A person of one's own" (what went wrong elsewhere).
"""

from collections.abc import Iterator
from enum import StrEnum
from typing import Literal, TypeAlias

from msgspec import Struct

from makegood.messages.events import Absent, OnDuty
from makegood.messages.ids import CaseId, CommandId, EventId, ProfileId, RepId
from makegood.messages.person_facts import Side
from makegood.playbooks.people_terms import PeopleRules

NOBODY = RepId("")
CASE = "case"
"""The channel of a failure: nobody wrote, and a case needs an owner in its first minute."""
_LONGEST_CHAIN = 5  # a cover of a cover of a cover; a circle ends here too


class Standing(StrEnum):
    """How a choice stands."""

    THEIRS = "theirs"
    WAITING = "waiting"
    FULL = "full"
    NEXT = "next"


class Choice(Struct, frozen=True, gc=False, kw_only=True, omit_defaults=True):
    """One rep a customer chose.

    Attributes:
        standing: `theirs` is the customer's person; `waiting` is on the waiting list; `full` takes
            no more names; `next` is asked when those before cannot.
        at_ms: When it was chosen.
        event: The event that chose; all of one choice share it.
        brand: Where it counts; empty for the umbrella.
        since_ms: Since when it stands so; a place in a waiting list is kept through a new choice.
    """

    rep: RepId
    standing: Standing
    at_ms: int
    event: EventId
    brand: str = ""
    since_ms: int = 0


class Refusal(Struct, frozen=True, gc=False, kw_only=True, omit_defaults=True):
    """A rep this customer is kept apart from.

    Attributes:
        side: Whose wish it is; the other side never hears of it.
        why: The reason by reference, for a supervisor alone.
    """

    rep: RepId
    side: Side
    at_ms: int
    event: EventId
    by: RepId = NOBODY
    why: str = ""


class Thread(Struct, frozen=True, gc=False, kw_only=True, omit_defaults=True):
    """A conversation with a customer.

    Attributes:
        id: As the channel names it, else the event that began it.
        last: Whom the customer spoke with last; nobody yet.
        last_ms: When.
        came_ms: Since when the customer waits for an answer; 0 when nobody waits.
        asked_for: Whom it is for.
        until_ms: Till when it waits for that person alone; 0 when it does not.
        taker: Who is to answer now; empty for whoever is free.
        then: Who takes it after `until_ms`.
        reasons: Why it is with whom it is.
        profile: Whom the last event about it named.
        ends_ms: When the duty of `taker` ends, who then keeps nobody waiting; 0 for no `taker`.
        then_ends_ms: When that of `then` does.
        reply: The order that sends the last answer; empty when it was taken back or is known.
        replied: The event of that answer.
        reply_due_ms: When it goes out; it can be undone before.
        waited_ms: Since when the customer had waited for it.
    """

    id: str
    channel: str
    profile: ProfileId
    brand: str = ""
    case: CaseId = CaseId("")
    last: RepId = NOBODY
    last_ms: int = 0
    came_ms: int = 0
    asked_for: RepId = NOBODY
    until_ms: int = 0
    taker: RepId = NOBODY
    then: RepId = NOBODY
    reasons: tuple["Reason", ...] = ()
    words: str = ""
    ends_ms: int = 0
    then_ends_ms: int = 0
    reply: CommandId = CommandId("")
    replied: EventId = EventId("")
    reply_due_ms: int = 0
    waited_ms: int = 0


class Heir(Struct, frozen=True, gc=False, array_like=True):
    """Who stands in for somebody who leaves, until the customer has said who it is to be."""

    rep: RepId
    heir: RepId
    leaves_ms: int
    brand: str = ""


class MyPerson(Struct, frozen=True, gc=False, kw_only=True, omit_defaults=True):
    """Who looks after one customer, as far as the fold remembers it.

    Attributes:
        choices: In the order of the customer's wish; those of one brand stand together.
        refused: Whom they are kept apart from.
        threads: Conversations, the one spoken in last at the end.
        unsure: Two choices met when two histories became one; the customer is asked.
        asked: The order that asks.
        heirs: Who is put forward for whom, and from when on they stand in.
    """

    choices: tuple[Choice, ...] = ()
    refused: tuple[Refusal, ...] = ()
    threads: tuple[Thread, ...] = ()
    unsure: tuple[RepId, ...] = ()
    asked: CommandId = CommandId("")
    heirs: tuple[Heir, ...] = ()

    def heir(self, rep: RepId, at_ms: int, brand: str = "") -> RepId:
        """Give who stands in for somebody who left; empty for nobody, and before they leave.

        Of a choice for one brand that brand's heir does, else that of the umbrella.
        """
        gone = [one for one in self.heirs if one.rep == rep and one.leaves_ms <= at_ms]
        found = {one.brand: one.heir for one in gone}
        return found.get(brand) or found.get("", NOBODY)

    @property
    def denied(self) -> frozenset[RepId]:
        """Reps who and this customer are kept apart."""
        return frozenset(one.rep for one in self.refused)

    def chosen(self, brand: str = "") -> tuple[Choice, ...]:
        """Give the choice that counts for a brand: its own, else that of the umbrella."""
        own = tuple(one for one in self.choices if one.brand == brand)
        return own or tuple(one for one in self.choices if not one.brand)

    def thread(self, id_: str) -> Thread | None:
        """Find a conversation."""
        return next((one for one in self.threads if one.id == id_), None)


Why: TypeAlias = Literal[
    "theirs", "asked_for", "thread", "next", "waiting",
    "busy", "away", "off_duty", "left", "covers", "no_cover", "waited", "went_home",
    "nobody_chosen",
]  # fmt: skip


class Reason(Struct, frozen=True, gc=False, array_like=True):
    """One step of the answer, to be told in words.

    Attributes:
        why: What it says.
        rep: About whom.
        until_ms: Till when it is so; 0 for no end known.
        of: For `covers`: whose cover; for `waited` and `went_home`: whom it waited for.
    """

    why: Why
    rep: RepId = NOBODY
    until_ms: int = 0
    of: RepId = NOBODY


class Duty(Struct, frozen=True, gc=False):
    """Who works and who does not, as it was stamped on the event.

    Attributes:
        on_duty: The one with the fewest open cases at the front.
        absent: Those who are away or gone, and those off duty whose cover is named.
    """

    on_duty: tuple[OnDuty, ...] = ()
    absent: tuple[Absent, ...] = ()


class Need(Struct, frozen=True, gc=False, kw_only=True):
    """What somebody is needed for.

    Attributes:
        brand: For which brand; empty for the umbrella.
        channel: On which channel; `CASE` for a failure.
        thread: The conversation it continues; empty for none.
        to: Whom the customer asked for by name; empty for nobody.
        another: The customer asked for somebody else than whom they spoke to last.
    """

    at_ms: int
    brand: str = ""
    channel: str = CASE
    thread: str = ""
    to: RepId = NOBODY
    another: bool = False


class Candidate(Struct, frozen=True, gc=False, array_like=True):
    """Who of those on duty may take it: `theirs`, `asked_for`, `thread`, `next` or `covers`."""

    rep: RepId
    why: Why


class Preference(Struct, frozen=True, gc=False, kw_only=True):
    """Who should look after a customer, before anybody thinks of who happens to be free.

    Attributes:
        person: Whose customer it is, on duty or not; empty when nobody is chosen.
        candidates: On duty, in the order to be asked; empty leaves it to whoever is free.
        denied: These never.
        wait_until_ms: Till when it waits for the first candidate, who is busy; 0 for not at all.
        reasons: Why, the person first.
    """

    person: RepId = NOBODY
    candidates: tuple[Candidate, ...] = ()
    denied: frozenset[RepId] = frozenset()
    wait_until_ms: int = 0
    reasons: tuple[Reason, ...] = ()

    @property
    def first(self) -> RepId:
        """Who is asked first; empty when whoever is free may take it."""
        return self.candidates[0].rep if self.candidates else NOBODY

    @property
    def then(self) -> RepId:
        """Who takes it when the first did not in time; empty for whoever is free."""
        return self.candidates[1].rep if len(self.candidates) > 1 else NOBODY


def prefer(mine: MyPerson, duty: Duty, need: Need, rules: PeopleRules) -> Preference:
    """Say who should look after a customer now, and why.

    Args:
        mine: What is known about the customer and their people.
        duty: Who works and who does not, as it was stamped.
        need: What for.
        rules: The waits of the book, and how long a conversation stays with somebody.

    Returns:
        The people to ask, in order, each on duty and none of them denied. A person who is busy
        stands first with the time to wait for them; for one who is not there the cover stands
        first, then the customer's next choice.
    """
    wanted = list(dict.fromkeys(_wanted(mine, need, rules)))
    asking = _Asking(mine, duty, need, rules)
    for rep, why in wanted:
        asking.ask(rep, why)
    return asking.preference(wanted[0][0] if wanted else NOBODY)


def person_of(mine: MyPerson, brand: str = "") -> RepId:
    """Give the customer's own person for a brand, on duty or not; empty for nobody."""
    theirs = (one.rep for one in mine.chosen(brand) if one.standing is Standing.THEIRS)
    return next(theirs, NOBODY)


def own_choice(mine: MyPerson) -> Choice | None:
    """Give the choice by which somebody keeps in touch: the umbrella's, else the first brand's."""
    theirs = [one for one in mine.choices if one.standing is Standing.THEIRS]
    return min(theirs, key=lambda one: (bool(one.brand), one.since_ms, one.brand), default=None)


def keeper_of(mine: MyPerson) -> RepId:
    """Give who keeps in touch with a customer, for whichever brand; empty for nobody."""
    choice = own_choice(mine)
    return choice.rep if choice is not None else NOBODY


def _wanted(mine: MyPerson, need: Need, rules: PeopleRules) -> Iterator[tuple[RepId, Why]]:
    """Whom the customer wants, the dearest first; nobody twice for the same reason."""
    denied = mine.denied
    last = _still_with(mine, need, rules)
    chosen = mine.chosen(need.brand)
    found: list[tuple[RepId, Why]] = []
    if need.to:
        found.append((need.to, "asked_for"))
    if last and not need.another:
        found.append((last, "thread"))
    found += [(one.rep, "theirs") for one in chosen if one.standing is Standing.THEIRS]
    found += [(one.rep, "next") for one in chosen if one.standing is Standing.NEXT]
    seen: set[RepId] = set()
    for rep, why in found:
        skipped = need.another and rep == last and why != "asked_for"
        if rep not in denied and rep not in seen and not skipped:
            seen.add(rep)
            yield rep, why


def _still_with(mine: MyPerson, need: Need, rules: PeopleRules) -> RepId:
    """Whom a conversation is with; after a while without a word it is nobody's any more."""
    thread = mine.thread(need.thread) if need.thread else None
    is_fresh = thread is not None and need.at_ms - thread.last_ms < rules.thread_ms
    return thread.last if thread is not None and is_fresh else NOBODY


class _Asking:
    """Goes from one wanted person to the next, and notes who of them can and who cannot."""

    def __init__(self, mine: MyPerson, duty: Duty, need: Need, rules: PeopleRules) -> None:
        self._mine = mine
        self._need = need
        self._rules = rules
        self._denied = mine.denied
        self._on_duty = {one.rep: one for one in duty.on_duty}
        self._absent = {one.rep: one for one in duty.absent}
        self._free: list[Candidate] = []
        self._waited: list[Candidate] = []
        self._reasons: list[Reason] = []
        self._wait_until_ms = 0

    def ask(self, rep: RepId, why: Why) -> None:
        """Take one person, or whoever covers for them."""
        there = self._on_duty.get(rep)
        if there is not None and not there.serves(self._need.brand):
            return
        first = not self._reasons
        self._reasons.append(Reason(why, rep))
        if there is None:
            self._tell_absent(rep)
        elif there.is_busy(self._need.at_ms):
            wait_ms = self._rules.wait_ms(self._need.channel) if first else 0
            until_ms = self._need.at_ms + wait_ms if wait_ms else 0
            if until_ms:
                self._waited.append(Candidate(rep, why))
                self._wait_until_ms = until_ms
            self._reasons.append(Reason("busy", rep, until_ms))
        else:
            self._free.append(Candidate(rep, why))
            return
        self._let_cover(rep)

    def _tell_absent(self, rep: RepId) -> None:
        gone = self._absent.get(rep) or Absent(rep, "off_duty")
        self._reasons.append(Reason(gone.why, rep, gone.until_ms))

    def _let_cover(self, rep: RepId) -> None:
        """Let the named cover take it, or the cover's cover; a circle ends where it began."""
        of, seen = rep, {rep}
        for _ in range(_LONGEST_CHAIN):
            cover = self._cover_of(of)
            if not cover or cover in seen or cover in self._denied:
                return
            seen.add(cover)
            there = self._on_duty.get(cover)
            if there is None:
                self._tell_absent(cover)
            elif there.serves(self._need.brand) and not there.is_busy(self._need.at_ms):
                self._free.append(Candidate(cover, "covers"))
                self._reasons.append(Reason("covers", cover, of=rep))
                return
            of = cover

    def _cover_of(self, rep: RepId) -> RepId:
        known = self._on_duty.get(rep) or self._absent.get(rep)
        heir = self._mine.heir(rep, self._need.at_ms, self._need.brand)
        if rep not in self._on_duty and heir:
            return heir
        return known.cover if known is not None else NOBODY

    def preference(self, person: RepId) -> Preference:
        """Put whom the customer waits for first, then those who can; of the others, nobody."""
        found = {one.rep: one for one in (*self._free[::-1], *self._waited)}
        order = dict.fromkeys(one.rep for one in (*self._waited, *self._free))
        if not found and self._reasons:
            self._reasons.append(Reason("no_cover", person))
        return Preference(
            person=person,
            candidates=tuple(found[rep] for rep in order),
            denied=self._denied,
            wait_until_ms=self._wait_until_ms,
            reasons=tuple(self._reasons) or (Reason("nobody_chosen"),),
        )
