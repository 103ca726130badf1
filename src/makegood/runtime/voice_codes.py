"""Whose handle it is: by consent, or by a code that we gave the customer and they wrote there.

The code goes to the customer where we know them, and comes back in public: whoever writes it has
both the conversation and the handle. A code that we wrote in public would prove nothing, because
everybody reads it. A likeness of names is never enough.

A handle is a profile of its own, joined with the customer's by an event; taking it back is an
event too, and each history then stands for itself.
"""

import re
import secrets
from collections.abc import Sequence
from hashlib import blake2b

from msgspec.structs import replace

from makegood.messages.errors import Refused
from makegood.messages.events import OWN_SOURCE
from makegood.messages.facts import Unlinked
from makegood.messages.ids import CaseId, CustomerId, ProfileId, RepId
from makegood.messages.link_facts import Linked
from makegood.ports.acts import Act
from makegood.ports.store import Writing
from makegood.ports.voice import Handle, Post, VoiceCode
from makegood.runtime.intake import patiently
from makegood.runtime.noting import note
from makegood.runtime.told import Told
from makegood.runtime.voice_parts import Parts, facts_of

_SIGNS = "ACDEFGHJKMNPQRTUVWXY34679"  # none that is taken for another
_LENGTH = 10
CODE = re.compile(rf"\bMG-([{_SIGNS}]{{{_LENGTH}}})\b", re.IGNORECASE)
MATCHING = f"{OWN_SOURCE}:handles"
_NOBODY = RepId("")
NAMES_ALONE = frozenset({"feed", "review"})
"""Where an author is a name that several may have, and that nobody checks."""


class Matching:
    """Says whose a handle is, and takes it back."""

    def __init__(self, parts: Parts) -> None:
        self._parts = parts

    def code_for(self, customer: CustomerId) -> VoiceCode | Refused:
        """Make a code for a customer, to be told to them alone."""
        now_ms = self._parts.clock.now_ms()
        made = VoiceCode(
            code="".join(secrets.choice(_SIGNS) for _ in range(_LENGTH)),
            profile=ProfileId(customer),
            until_ms=now_ms + self._parts.terms("").code_ms,
        )
        with self._parts.store.writing() as writing:
            if not writing.customers_of([made.profile]):
                return Refused(code="no_such_customer", why="There is no such customer.")
            writing.put_voice_code(made)
        return made

    def consent(self, handle: str, customer: CustomerId, by: RepId = _NOBODY) -> Handle | Refused:
        """Write down that a customer told us that a handle is theirs.

        Args:
            handle: Network and handle.
            customer: Who told us.
            by: Whom they told; empty when another system says so.
        """

        def say() -> Handle | Refused:
            with self._parts.store.writing() as writing:
                now_ms = self._parts.clock.now_ms()
                return link(self._parts, writing, _row(self._parts, handle, now_ms, by), customer)

        return patiently(say)

    def take_back(self, handle: str, by: RepId) -> Handle | Refused:
        """Take a match back: no post of the handle is anybody's, and the histories part."""

        kept: list[str] = []

        def part() -> Handle | Refused:
            with self._parts.store.writing() as writing:
                row = writing.handles([handle]).get(handle)
                if row is None:
                    return Refused(code="no_match", why="This handle is nobody's.")
                kept[:] = self._part(writing, row, by)
            return row

        done = patiently(part)
        for post in kept:
            self._parts.files.drop(post)
        return done

    def _part(self, writing: Writing, row: Handle, by: RepId) -> tuple[str, ...]:
        now_ms = self._parts.clock.now_ms()
        customers = set(writing.customers_of([row.profile, row.customer]).values())
        writing.lock(sorted(customers))
        told = Told(
            profile=row.profile,
            body=Unlinked(other=row.customer, by=by),
            message_id=f"{_digest(row.handle)}/{row.at_ms}/apart",
            source=MATCHING,
        )
        self._parts.intake.record(writing, [told], now_ms)
        posts = writing.drop_handle(row.handle)
        for post in posts:
            kept = writing.change_post(post)
            if kept is not None:
                writing.save_post(_nobodys(kept))
        note(writing, Act(what="handle.parted", at_ms=now_ms, who=by, about=row.profile))
        return posts


def _nobodys(row: Post) -> Post:
    """Give a post as it was before it was anybody's: with no case, and nothing kept of it."""
    media = tuple(replace(one, digest="", size=0, why="") for one in row.media)
    nobody, none = ProfileId(""), CaseId("")
    return replace(row, profile=nobody, matched="", case=none, fetch_ms=0, media=media)


def link(parts: Parts, writing: Writing, row: Handle, customer: CustomerId) -> Handle | Refused:
    """Join a handle with a customer inside a transaction, and tell the log of its posts."""
    network, _, author = row.handle.partition(":")
    if network in NAMES_ALONE or not author:
        why = "A name that anybody may write there is no handle; several may have it."
        return Refused(code="no_handle", why=why)
    before = writing.handles([row.handle]).get(row.handle)
    known = writing.customers_of([ProfileId(customer)]).get(ProfileId(customer))
    if known is None:
        return Refused(code="no_such_customer", why="There is no such customer.")
    if before is not None:
        now = writing.customers_of([before.profile]).get(before.profile)
        if now == known:
            return before
        return Refused(
            code="taken", why="This handle is another customer's; take that back first."
        )
    row = replace(row, customer=ProfileId(known))
    writing.lock(sorted({known, *writing.customers_of([row.profile]).values()}))
    told = Told(
        profile=row.profile,
        body=Linked(other=row.customer, by=row.by),
        message_id=f"{_digest(row.handle)}/{row.at_ms}/{known}",
        source=MATCHING,
    )
    parts.intake.record(writing, [told], parts.clock.now_ms())
    writing.put_handle(row)
    facts: list[Told] = []
    for post in writing.posts_by(row.handle):
        kept = writing.change_post(post.post)
        if kept is not None and kept.state != "ours":
            kept = replace(kept, profile=row.profile, matched=row.how)
            writing.save_post(kept)
            facts += facts_of(kept)
    parts.intake.record(writing, facts, parts.clock.now_ms())
    if row.by:
        after = {"how": row.how}
        act = Act(what="handle.matched", at_ms=row.at_ms, who=row.by, about=known, after=after)
        note(writing, act)
    return row


def linked_by_code(parts: Parts, writing: Writing, rows: Sequence[Post], now_ms: int) -> None:
    """Match handles whose posts hold a code that a customer was given and that still counts."""
    written: dict[str, Post] = {}
    for row in rows:  # the oldest first: whoever copies a code comes after who had it
        for found in CODE.findall(row.text):
            written.setdefault(found.upper(), row)
    for code, known in writing.voice_codes(sorted(written)).items():
        owner = writing.customers_of([known.profile]).get(known.profile)
        if known.until_ms < now_ms or owner is None:
            continue
        made = replace(_row(parts, written[code].handle, now_ms, _NOBODY), how="code")
        link(parts, writing, made, owner)
        writing.put_voice_code(replace(known, until_ms=0))  # everybody can read it now


def _row(parts: Parts, handle: str, now_ms: int, by: RepId) -> Handle:
    profile = parts.intake.profile(f"handle:{handle}")
    return Handle(handle=handle, profile=profile, at_ms=now_ms, how="consent", by=by)


def _digest(handle: str) -> str:
    return blake2b(handle.encode("utf-8", "replace"), digest_size=16).hexdigest()
