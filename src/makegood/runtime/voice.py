"""What is said in public is taken in: kept once, answered by persons, and timed.

Whoever writes in public waits until a person answers there. What a machine of the firm writes
under it is an acknowledgement, and stops no clock. What was there before anybody listened is kept
and waits for nobody. Only what is matched is told to the log, in the transaction that matches it.
Source: story 4; `voice` of the rule book (answered within 5 minutes, too late after 60).
"""

from collections import Counter
from collections.abc import Sequence
from functools import partial

from msgspec.structs import replace

from makegood.messages.errors import Refused
from makegood.messages.ids import RepId
from makegood.playbooks.voice import Listening, VoiceTerms
from makegood.ports.acts import Act
from makegood.ports.store import Writing
from makegood.ports.voice import HIDDEN, Handle, Post
from makegood.runtime.intake import patiently
from makegood.runtime.noting import note
from makegood.runtime.told import Told
from makegood.runtime.voice_again import answered, heard_again, told_answered
from makegood.runtime.voice_codes import linked_by_code
from makegood.runtime.voice_parts import Parts, facts_of
from makegood.sources.voice.heard import Heard, post_named

_AT_ONCE = 100
_ANSWERING = frozenset({"mastodon", "bluesky"})  # a feed tells of no replies, a webhook comes
NO_SUCH = Refused(code="no_such_post", why="There is no such post.")


class VoiceRoom:
    """Takes posts in, and hears of answers."""

    def __init__(self, parts: Parts) -> None:
        self._parts = parts

    def hear(
        self, source: Listening, heard: Sequence[Heard], old_before_ms: int = 0
    ) -> Counter[str]:
        """Take posts; say how many became what. A post that came before changes nothing.

        Args:
            source: By which they came.
            heard: In any order.
            old_before_ms: What was said before waits for nobody; 0 for nothing.
        """
        became: Counter[str] = Counter()
        ordered = sorted(heard, key=lambda one: (one.at_ms, one.external))
        for begin in range(0, len(ordered), _AT_ONCE):
            some = ordered[begin : begin + _AT_ONCE]
            became += patiently(partial(self._taken, source, some, old_before_ms))
        return became

    def _taken(self, source: Listening, some: Sequence[Heard], old_before_ms: int) -> Counter[str]:
        now_ms = self._parts.clock.now_ms()
        terms = self._parts.terms(source.brand)
        made = [(one, _post(one, source, terms, now_ms, old_before_ms)) for one in some]
        became: Counter[str] = Counter()
        with self._parts.store.writing() as writing:
            linked_by_code(
                self._parts, writing, [row for _, row in made if row.state != "ours"], now_ms
            )
            owners = writing.handles([row.handle for _, row in made])
            names = [row.post for _, row in made]
            there = writing.posts(names)
            ours = [*writing.replies_of_ours(names), *_replies(made)]
            told: list[Told] = []
            for one, row in made:
                matched = _matched(row, owners.get(row.handle))
                if row.post in there and not one.is_gone:
                    known, more = heard_again(writing, one, there[row.post], matched)
                else:
                    known, more = _kept(writing, one, matched, ours, terms)
                became[known] += 1
                told += more
            self._parts.intake.record(writing, told, now_ms)
        return became

    def answer(self, post: str, by: RepId, url: str = "") -> Post | Refused:
        """Write down that a person answered where the post stands.

        Args:
            post: Which.
            by: Who says so.
            url: Where the answer can be seen; empty where nothing leads to it.
        """
        return patiently(lambda: self._answered(post, by, url))

    def _answered(self, post: str, by: RepId, url: str) -> Post | Refused:
        now_ms = self._parts.clock.now_ms()
        with self._parts.store.writing() as writing:
            row = writing.change_post(post)
            if row is None:
                return NO_SUCH
            if row.state != "waiting":
                return Refused(code="answered", why="Nobody waits for an answer to this post.")
            after = replace(answered(row, now_ms, url), answered_by=by)
            writing.save_post(after)
            self._parts.intake.record(writing, facts_of(after)[1:], now_ms)
        return after

    def waits_again(self, post: str, by: RepId) -> Post | Refused:
        """Take back that somebody answered, when it was said here by mistake."""
        return patiently(lambda: self._waiting_again(post, by))

    def _waiting_again(self, post: str, by: RepId) -> Post | Refused:
        with self._parts.store.writing() as writing:
            row = writing.change_post(post)
            if row is None:
                return NO_SUCH
            if row.state != "answered" or row.answered_by != by:
                why = "Only who said so here takes it back."
                return Refused(code="not_yours", why=why)
            after = replace(
                row,
                state="waiting",
                answered_ms=0,
                answered_by=RepId(""),
                answer_url="",
                late_ms=0 if row.is_breached else row.breach_ms,
            )
            writing.save_post(after)
        return after

    def gone(self, post: str, by: RepId) -> Post | Refused:
        """Forget the words of a post that its author deleted; what is with a case stays there.

        Args:
            post: Which.
            by: Who says so; the log of acts names them.
        """

        def forget() -> Post | Refused:
            now_ms = self._parts.clock.now_ms()
            with self._parts.store.writing() as writing:
                row = writing.change_post(post)
                if row is None or row.state in HIDDEN:
                    return NO_SUCH
                after = _deleted(row, now_ms)
                writing.save_post(after)
                note(writing, Act(what="post.gone", at_ms=now_ms, who=by, about=post))
            return after

        after = patiently(forget)
        if isinstance(after, Post) and not after.case:
            self._parts.files.drop(after.post)
        return after

    def find_late(self, limit: int = _AT_ONCE) -> int:
        """Write down which posts no person answered in time; say how many were looked at."""
        return patiently(lambda: self._late(limit))

    def _late(self, limit: int) -> int:
        now_ms = self._parts.clock.now_ms()
        looked = 0
        listen = self._parts.terms("").listen
        answering = {one.id for one in listen if one.network in _ANSWERING}
        with self._parts.store.writing() as writing:
            places = writing.heard_to().values()
            heard = [it.good_ms for it in places if it.source in answering and not it.wrong]
            since_ms = min(heard, default=now_ms)  # an answer until then was heard
            late = writing.late_posts(min(now_ms, since_ms), limit)
            ours = writing.replies_of_ours([one.post for one in late])
            for found in late:
                row = writing.change_post(found.post)
                if row is None or not 0 < row.late_ms <= now_ms:
                    continue  # another worker looked
                # Heard by two workers at once, neither saw what the other one took.
                row = _all_replies(row, ours, self._parts.terms(row.brand))
                after = replace(row, late_ms=0, is_breached=_is_late(row))
                writing.save_post(after)
                looked += 1
                self._parts.intake.record(writing, facts_of(after)[1:], now_ms)
        return looked


def _is_late(row: Post) -> bool:
    return row.state == "waiting" or row.is_breached


def _replies(made: Sequence[tuple[Heard, Post]]) -> list[Post]:
    """Give what the firm wrote among these, by whatever clock it stands before what it answers."""
    return [row for one, row in made if row.state == "ours" and not one.is_gone]


def _kept(
    writing: Writing, one: Heard, row: Post, ours: Sequence[Post], terms: VoiceTerms
) -> tuple[str, list[Told]]:
    """Keep a post; say what it became, and what the log is told."""
    if one.is_gone:
        before = writing.change_post(row.post)
        if before is not None and before.state not in HIDDEN:
            writing.save_post(_deleted(before, row.heard_ms))
        return "gone", []
    row = told_answered(_all_replies(row, ours, terms), one)
    if not writing.put_post(row):
        return "known", []
    told = facts_of(row)
    if row.state == "ours" and row.reply_to:
        before = writing.change_post(row.reply_to)
        if before is not None and before.state == "waiting":
            after = _replied(before, row, terms, is_bot=row.acknowledged_ms > 0)
            writing.save_post(after)
            told += facts_of(after)[1:]
    return row.state, told


def _all_replies(row: Post, ours: Sequence[Post], terms: VoiceTerms) -> Post:
    for mine in (it for it in ours if it.reply_to == row.post):
        row = _replied(row, mine, terms, is_bot=mine.acknowledged_ms > 0)
    return row


def _replied(row: Post, reply: Post, terms: VoiceTerms, *, is_bot: bool) -> Post:
    """Stop the clock when a person of the firm wrote; a machine only acknowledges."""
    if row.state != "waiting":
        return row
    if is_bot or reply.handle.partition(":")[2] in terms.bots:
        first = row.acknowledged_ms or max(reply.at_ms, row.at_ms)
        return replace(row, acknowledged_ms=first)
    return answered(row, reply.at_ms, reply.url)


def _deleted(row: Post, now_ms: int) -> Post:
    """Give a post without its words; that it was answered, or was not, is counted all the same."""
    author = row.author if row.profile else ""  # a customer's goes when the match is taken back
    kept = row if row.case else replace(row, text="", media=(), url="", author=author)
    is_due = bool(row.answered_ms) or 0 < row.breach_ms <= now_ms
    breach_ms = row.breach_ms if is_due else 0
    return replace(kept, state="gone", late_ms=0, breach_ms=breach_ms, fetch_ms=0)


def _post(
    one: Heard, source: Listening, terms: VoiceTerms, now_ms: int, old_before_ms: int
) -> Post:
    """Make the row of a post; a clock that runs ahead is set to ours."""
    at_ms = min(one.at_ms or now_ms, now_ms)
    row = Post(
        post=post_named(one.network, one.external),
        source=source.id,
        network=one.network,
        author=one.author,
        at_ms=at_ms,
        heard_ms=now_ms,
        state="waiting",
        brand=source.brand,
        language=one.language,
        text=one.text,
        url=one.url,
        reply_to=post_named(one.network, one.reply_to) if one.reply_to else "",
        rating=one.rating,
        media=one.media,
    )
    handle = row.handle.partition(":")[2]
    if one.network != "review" and (handle in terms.ours or handle in terms.bots):
        is_bot = one.is_bot or handle in terms.bots
        return replace(row, state="ours", acknowledged_ms=at_ms if is_bot else 0)
    if at_ms < old_before_ms:
        return replace(row, state="old")
    late_ms = at_ms + terms.breach_ms
    return replace(row, target_ms=at_ms + terms.target_ms, breach_ms=late_ms, late_ms=late_ms)


def _matched(row: Post, owner: Handle | None) -> Post:
    if owner is None or row.state == "ours":
        return row
    return replace(row, profile=owner.profile, matched=owner.how)
