"""A post that comes again: its words were edited, or an export tells by now who answered.

What is kept with a case stays as it was kept, and what was deleted or forgotten stays away.
"""

from msgspec.structs import replace

from makegood.ports.store import Writing
from makegood.ports.voice import HIDDEN, Post
from makegood.runtime.told import Told
from makegood.runtime.voice_parts import facts_of
from makegood.sources.voice.heard import Heard


def heard_again(writing: Writing, one: Heard, before: Post, row: Post) -> tuple[str, list[Told]]:
    """Take what changed about a post; say what became of it, and what the log is told.

    Args:
        writing: The transaction.
        one: As it was heard now.
        before: As it was when this transaction looked.
        row: As it would be kept if it were new.
    """
    if _as_now(before, one, row) == before:
        return "known", []  # the common case locks nothing
    locked = writing.change_post(row.post)
    if locked is None:
        return "known", []
    after = _as_now(locked, one, row)
    writing.save_post(after)
    if after.state != locked.state:
        return "answered", facts_of(after)[1:]
    return ("known" if after == locked else "edited"), []


def _as_now(before: Post, one: Heard, row: Post) -> Post:
    if before.state == "gone" or before.state in HIDDEN:
        return before
    after = told_answered(before, one)
    is_kept = bool(before.case) or before.source != row.source  # others may tell it shorter
    if is_kept or (row.text, row.rating) == (before.text, before.rating):
        return after
    return replace(
        after, text=row.text, rating=row.rating, media=row.media, edited_ms=row.heard_ms
    )


def told_answered(row: Post, one: Heard) -> Post:
    """Give a post as answered where an export says so; an answer to earlier words is none."""
    if row.state != "waiting" or one.answered_ms < max(1, one.at_ms):
        return row
    return answered(row, min(one.answered_ms, row.heard_ms), one.answer_url)


def answered(row: Post, at_ms: int, url: str) -> Post:
    """Give a post as answered; an answer that was in time and heard of late was in time."""
    at_ms = max(at_ms, row.at_ms + 1)
    return replace(
        row,
        state="answered",
        answered_ms=at_ms,
        answer_url=url,
        late_ms=0,
        is_breached=at_ms > row.breach_ms > 0,
    )
