"""The kinds of mail that one process knows, in memory: found fast, counted, written down later."""

from collections.abc import Iterable, Sequence
from hashlib import blake2b
from itertools import chain

from msgspec import Struct

from makegood.core.mailings import KnownKind, MailClass
from makegood.core.skeletons import (
    ALIKE,
    GAP,
    Skeleton,
    likeness,
    marks_of,
    sketch_of,
    subjects_alike,
)
from makegood.messages.commands import MessageClass
from makegood.ports.mail_kinds import MailDecision, MailKind

MOST_KINDS = 5_000  # kept in memory; a firm has some hundred templates
_MOST_TEXTS = 50_000  # texts that are known to the word
SAME = 0.9  # share of shingles in common with what a person spoke of, where the signs differ
_MOST_NEW = 100  # kinds written down for the first time at once: a flood of letters is no template
_MOST_NEAR = 200  # kinds of one sender and class that a new text is compared with
_EXAMPLE_WORDS = 40


class Seen(Struct, frozen=True, kw_only=True):
    """One mail, as it is counted.

    Attributes:
        skeleton: What its template left behind.
        fingerprint: Its digest.
        domain: Of its sender.
        judged: What it is by its own signs.
        recipients: Of its envelope.
    """

    skeleton: Skeleton
    fingerprint: str
    domain: str
    judged: MailClass
    recipients: Sequence[str]


class _Kind:
    """One kind, and what was counted of it since it was last written down."""

    def __init__(self, name: str, domain: str, judged: MailClass) -> None:
        self.name = name
        self.brand = judged.brand
        self.domain = domain
        self.message_class = judged.message_class
        self.says = judged.says
        self.marks: frozenset[int] = frozenset()
        self.sketch: frozenset[int] = frozenset()
        self.first: tuple[bytes, Skeleton] | None = None
        self.shown = ("", "")
        self.decided: MessageClass | None = None
        self.recipients = 0
        self.new = Counts()
        self.is_kept = False


class Counts(Struct, kw_only=True):
    """What was counted since the last time."""

    mails: int = 0
    recipients: int = 0
    held: int = 0
    first_ms: int = 0
    last_ms: int = 0

    def add(self, other: "Counts") -> None:
        """Count what another counted as well."""
        self.mails += other.mails
        self.recipients += other.recipients
        self.held += other.held
        starts = [one for one in (self.first_ms, other.first_ms) if one]
        self.first_ms = min(starts, default=0)
        self.last_ms = max(self.last_ms, other.last_ms)


class _Near:
    """Kinds of one sender's domain that are alike by their signs, in the order they came."""

    def __init__(self) -> None:
        self.kinds: list[_Kind] = []
        self._spoken: list[tuple[int, _Kind]] | None = None

    def spoken(self) -> list[tuple[int, _Kind]]:
        """Give the kinds that a person spoke of, and their places."""
        if self._spoken is None:
            kinds = enumerate(self.kinds)
            self._spoken = [(at, kind) for at, kind in kinds if kind.decided is not None]
        return self._spoken

    def listen(self) -> None:
        """Look anew for what people said, the next time somebody asks."""
        self._spoken = None

    def compared(self) -> Iterable[_Kind]:
        """Give what a new text is compared with: the last ones, and what a person spoke of."""
        before = len(self.kinds) - _MOST_NEAR
        older = (kind for at, kind in self.spoken() if at < before) if before > 0 else ()
        return chain(self.kinds[-_MOST_NEAR:], older)


class KindsSeen:
    """Finds the kind of a mail: by the same words, else by words that are much alike.

    Only mails of one sender's domain that are alike by their signs are ever one kind, so that a
    confirmation and a survey stay apart however long their common small print is.
    """

    def __init__(self) -> None:
        self._kinds: dict[str, _Kind] = {}
        self._texts: dict[tuple[str, str, str], str] = {}
        self._near: dict[tuple[str, str], _Near] = {}

    def known(self, seen: Seen) -> KnownKind:
        """Say what is known of a mail's kind, and what it would be called."""
        kind, many = self._find(seen), len(seen.recipients)
        if kind is None:
            return KnownKind(id=_name(_text(seen)), recipients=many)
        return _known(kind, many)

    def count(self, seen: Seen, now_ms: int) -> KnownKind:
        """Count a mail, and say what is known of its kind."""
        kind = self._find(seen) or self._begin(seen)
        many = len(seen.recipients)
        kind.new.add(Counts(mails=1, recipients=many, first_ms=now_ms, last_ms=now_ms))
        kind.recipients += many
        _show(kind, seen)
        return _known(kind)

    def count_ruled(self, found: MailClass, domain: str, recipients: int, now_ms: int) -> None:
        """Count a mail that a rule of the book classed, whose text nobody read."""
        kind = self._kinds.get(found.kind)
        if kind is None:
            kind = self._kinds[found.kind] = _Kind(found.kind, domain, found)
        kind.message_class, kind.says = found.message_class, found.says
        kind.new.add(Counts(mails=1, recipients=recipients, first_ms=now_ms, last_ms=now_ms))

    def decided(self, name: str) -> MessageClass | None:
        """Give what a person said a kind is."""
        kind = self._kinds.get(name)
        return kind.decided if kind else None

    def judged(self, found: MailClass) -> None:
        """Take what the signs say of a kind now, where they say more than of its first mail."""
        if (kind := self._kinds.get(found.kind)) and found.by == "signals":
            kind.message_class, kind.says = found.message_class, found.says

    def note_held(self, name: str, recipients: int) -> None:
        """Count recipients whom a hold would have spared a mail without a class."""
        if kind := self._kinds.get(name):
            kind.new.held += recipients

    def taken(self) -> tuple[MailKind, ...]:
        """Give what was counted since the last time."""
        counted = [kind for kind in self._kinds.values() if kind.new.last_ms]
        known = [kind for kind in counted if kind.is_kept]
        taken = known + [kind for kind in counted if not kind.is_kept][:_MOST_NEW]
        found = tuple(map(_row, taken))
        for kind in taken:
            kind.new, kind.is_kept = Counts(), True
        self._forget()
        return found

    def put_back(self, rows: Iterable[MailKind]) -> None:
        """Count again what could not be written down."""
        for row in rows:
            if kind := self._kinds.get(row.kind):
                kind.new.add(
                    Counts(
                        mails=row.mails,
                        recipients=row.recipients,
                        held=row.held,
                        first_ms=row.first_ms,
                        last_ms=row.last_ms,
                    )
                )

    def learn(self, rows: Iterable[MailKind], said: Iterable[MailDecision]) -> None:
        """Know kinds that were written down, here or by others, and what people said."""
        for row in rows:
            kind = self._kinds.get(row.kind)
            if kind is None:
                kind = self._from_row(row)
            kind.recipients = max(kind.recipients, row.recipients + kind.new.recipients)
            kind.decided, kind.is_kept = row.decided, True
            kind.shown = (row.subject or kind.shown[0], row.example or kind.shown[1])
        for decision in said:
            if kind := self._kinds.get(decision.kind):
                kind.decided = decision.message_class
        for near in self._near.values():
            near.listen()

    def _from_row(self, row: MailKind) -> _Kind:
        judged = MailClass(
            message_class=row.message_class,
            brand=row.brand,
            by="none" if row.message_class is None else "signals",
            says=row.says,
        )
        kind = self._kinds[row.kind] = _Kind(row.kind, row.domain, judged)
        kind.marks, kind.sketch = frozenset(row.subject_marks), frozenset(row.sketch)
        if kind.sketch or kind.marks:
            self._near_at(_place(row.domain, judged)).kinds.append(kind)
        return kind

    def _find(self, seen: Seen) -> _Kind | None:
        text = _text(seen)
        name = self._texts.get(text)
        if name is not None and name in self._kinds:
            return self._kinds[name]
        found = self._like(seen)
        if found is not None:
            self._remember(text, found.name)
        return found

    def _like(self, seen: Seen) -> _Kind | None:
        """Find a kind that is alike: of the same signs, else one that a person spoke of.

        Wording lists change, and what somebody said of a mail stays said when its signs become
        others; but then it has to be very much the same mail.
        """
        near = self._near.get(_place(seen.domain, seen.judged))
        if near is not None and (found := _best(near.compared(), seen, ALIKE)):
            return found
        spoken = [
            kind
            for one in ("", *MessageClass)
            if (there := self._near.get((seen.domain, str(one))))
            for _, kind in there.spoken()
        ]
        return (
            _best(chain(spoken[-_MOST_NEAR:], spoken[:-_MOST_NEAR]), seen, SAME)
            if spoken
            else None
        )

    def _near_at(self, place: tuple[str, str]) -> _Near:
        return self._near.setdefault(place, _Near())

    def _begin(self, seen: Seen) -> _Kind:
        """Begin a kind; two processes that see one text first give it the same name."""
        text = _text(seen)
        name = _name(text)
        kind = self._kinds[name] = _Kind(name, seen.domain, seen.judged)
        kind.marks, kind.sketch = marks_of(seen.skeleton.subject), sketch_of(seen.skeleton)
        self._near_at(_place(seen.domain, seen.judged)).kinds.append(kind)
        self._remember(text, name)
        return kind

    def _remember(self, text: tuple[str, str, str], name: str) -> None:
        if len(self._texts) >= _MOST_TEXTS:
            self._texts.clear()
        self._texts[text] = name

    def _forget(self) -> None:
        """Keep the memory small; what is forgotten here is learnt again from the store."""
        if len(self._kinds) <= MOST_KINDS:
            return
        oldest = list(self._kinds.values())[: len(self._kinds) - MOST_KINDS // 2]
        for kind in oldest:
            if kind.decided is None:
                del self._kinds[kind.name]
        for place, near in tuple(self._near.items()):
            near.kinds = [kind for kind in near.kinds if kind.name in self._kinds]
            near.listen()
            if not near.kinds:
                del self._near[place]


def _best(kinds: Iterable[_Kind], seen: Seen, least: float) -> _Kind | None:
    """Find the kind that is most alike, and at least so much; the first of equals."""
    sketch, marks = sketch_of(seen.skeleton), marks_of(seen.skeleton.subject)
    best: tuple[float, _Kind] | None = None
    for kind in kinds:
        if sketch and kind.sketch.isdisjoint(sketch):
            continue  # nearly every one that is not it
        if not subjects_alike(kind.marks, marks):
            continue
        alike = likeness(kind.sketch, sketch, least)
        if alike >= least and (best is None or alike > best[0]):
            best = (alike, kind)
    return best[1] if best is not None else None


def _text(seen: Seen) -> tuple[str, str, str]:
    return seen.domain, _class_of(seen.judged), seen.fingerprint


def _name(text: tuple[str, str, str]) -> str:
    return blake2b("\n".join(text).encode("utf-8", "replace"), digest_size=12).hexdigest()


def _known(kind: _Kind, more: int = 0) -> KnownKind:
    return KnownKind(id=kind.name, decided=kind.decided, recipients=kind.recipients + more)


def _class_of(judged: MailClass) -> str:
    return judged.message_class.value if judged.message_class else ""


def _place(domain: str, judged: MailClass) -> tuple[str, str]:
    return domain, _class_of(judged)


def _show(kind: _Kind, seen: Seen) -> None:
    """Find out what may be shown of a kind: the words that were sent to two people."""
    if all(kind.shown) or not seen.recipients:
        return
    who = blake2b(seen.recipients[0].lower().encode("utf-8", "replace"), digest_size=8).digest()
    if kind.first is None:
        kind.first = (who, seen.skeleton)
    elif kind.first[0] != who:
        before = kind.first[1]
        kind.shown = (
            _common(before.subject, seen.skeleton.subject) or GAP,
            _common(before.text, seen.skeleton.text) or GAP,
        )
        kind.first = None


def _common(one: Sequence[str], other: Sequence[str]) -> str:
    both = set(one) & set(other)
    found: list[str] = []
    for word in one:
        if word in both:
            if word != GAP or found[-1:] != [GAP]:
                found.append(word)
        elif found[-1:] != [GAP]:
            found.append(GAP)
    return " ".join(found[:_EXAMPLE_WORDS])


def _row(kind: _Kind) -> MailKind:
    new = kind.new
    return MailKind(
        kind=kind.name,
        brand=kind.brand,
        domain=kind.domain,
        subject=kind.shown[0],
        example=kind.shown[1],
        message_class=kind.message_class,
        says=kind.says,
        mails=new.mails,
        recipients=new.recipients,
        held=new.held,
        first_ms=new.first_ms,
        last_ms=new.last_ms,
        subject_marks=tuple(sorted(kind.marks)),
        sketch=tuple(sorted(kind.sketch)),
    )
