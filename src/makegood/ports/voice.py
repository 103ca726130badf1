"""What is said in public: posts, who answered them, and whose handle is whose.

No picture of an author is kept, and nothing that says how many people follow them: who is famous
gets no other answer.
"""

from collections.abc import Mapping, Sequence
from typing import Literal, Protocol

from msgspec import Struct

from makegood.messages.ids import CaseId, ProfileId, RepId

Standing = Literal["waiting", "answered", "old", "ours", "gone", "erased", "pruned"]
HIDDEN: tuple[Standing, ...] = ("ours", "erased", "pruned")
"""What nobody is shown in a list of posts."""


class Media(Struct, frozen=True, gc=False, kw_only=True, omit_defaults=True):
    """A picture, a sound or a film that belongs to a post.

    Attributes:
        kind: What the source says it is, such as image/png; nobody believes it.
        words: What it shows, as its author says.
        digest: Names its bytes once they are kept; empty before.
        why: Why it could not be kept; empty for no reason.
    """

    url: str
    kind: str = ""
    words: str = ""
    digest: str = ""
    size: int = 0
    why: str = ""


class Post(Struct, frozen=True, gc=False, kw_only=True, omit_defaults=True):
    """Something that somebody said in public.

    Attributes:
        post: Names it: the same post, come again, has the same name.
        source: By which source of the rule book it came.
        network: Where it was said: mastodon, bluesky, feed, review, or a word of the source.
        author: The handle, as the network writes it.
        at_ms: When it was said, never later than it was heard.
        heard_ms: When we took it.
        state: `waiting` for an answer, `answered` by a person, `old` for what was there before
            anybody listened, `ours` for what the firm wrote, `gone` for what its author deleted,
            `erased` for what was forgotten: its name alone stays, so that it does not come anew,
            `pruned` for what was kept for long enough: its times stay, and no word.
        target_ms: Until then an answer is in good time.
        breach_ms: Until then an answer is not too late; 0 for what nobody counts.
        late_ms: The same, until it was looked at whether it was too late; then 0.
        language: As a BCP 47 tag; empty when nobody said.
        url: Where it can be seen.
        reply_to: Name of the post it answers.
        rating: Of a review, as in 2 of 5.
        acknowledged_ms: When a machine of ours wrote something under it; that is no answer.
        answered_by: Who of the firm answered, where somebody said so here.
        answer_url: Where the answer can be seen.
        profile: Whose it is, by consent or by a code; empty for nobody known.
        matched: How we know.
        is_breached: No person answered in time.
        fetch_ms: From then on its media are fetched; 0 for not.
        edited_ms: When we heard that its author changed its words; 0 for never.
        fetch_tries: How often its media were asked for, and some did not come.
    """

    post: str
    source: str
    network: str
    author: str
    at_ms: int
    heard_ms: int
    state: Standing
    target_ms: int = 0
    breach_ms: int = 0
    late_ms: int = 0
    brand: str = ""
    language: str = ""
    text: str = ""
    url: str = ""
    reply_to: str = ""
    rating: str = ""
    media: tuple[Media, ...] = ()
    acknowledged_ms: int = 0
    answered_ms: int = 0
    answered_by: RepId = RepId("")
    answer_url: str = ""
    profile: ProfileId = ProfileId("")
    matched: Literal["", "consent", "code"] = ""
    case: CaseId = CaseId("")
    is_breached: bool = False
    fetch_ms: int = 0
    edited_ms: int = 0
    fetch_tries: int = 0

    @property
    def is_prunable(self) -> bool:
        """Whether its words are kept and are with no customer and no case."""
        is_theirs = bool(self.profile or self.case)
        return not is_theirs and self.state not in ("erased", "pruned")

    @property
    def is_heard_late(self) -> bool:
        """Whether it was too late already when we heard it first."""
        return 0 < self.breach_ms <= self.heard_ms

    @property
    def handle(self) -> str:
        """The network and the handle: one author."""
        return handle_named(self.network, self.author)

    @property
    def place(self) -> tuple[int, int, str]:
        """Its place in the list: who waits longest first, then what was settled, newest first."""
        waits = self.state == "waiting"
        return (0, self.at_ms, self.post) if waits else (1, -self.at_ms, self.post)


class Handle(Struct, frozen=True, gc=False, kw_only=True, omit_defaults=True):
    """A handle that somebody said is theirs.

    Attributes:
        handle: Network and handle.
        profile: The handle's own.
        customer: The profile it was joined with.
        how: They consented, or wrote the code that they were given.
        by: Who wrote their consent down; empty for the customer or another system.
    """

    handle: str
    profile: ProfileId
    at_ms: int
    how: Literal["consent", "code"]
    customer: ProfileId = ProfileId("")
    by: RepId = RepId("")


class VoiceCode(Struct, frozen=True, gc=False, kw_only=True):
    """A code that a customer was given, to write it in public.

    Attributes:
        until_ms: It proves nothing after that.
    """

    code: str
    profile: ProfileId
    until_ms: int


class HeardTo(Struct, frozen=True, gc=False, kw_only=True, omit_defaults=True):
    """How far a source was heard.

    Attributes:
        first_ms: When it was heard first.
        good_ms: When it answered last.
        place: Where the next look begins, as the source names it.
        etag: Of the last answer; the next question names it.
        modified: Likewise, Last-Modified.
        wrong: Why the last look failed; empty when it did not.
        next_ms: Not asked before.
    """

    source: str
    first_ms: int = 0
    good_ms: int = 0
    place: str = ""
    etag: str = ""
    modified: str = ""
    wrong: str = ""
    next_ms: int = 0


class VoiceCount(Struct, frozen=True, gc=False, kw_only=True):
    """How many posts of a group were due, and how many of them a person answered in time.

    Attributes:
        posts: That we heard before it was too late.
        answered: At any time.
        not_late: Before it was too late.
        in_time: Within the target.
        heard_late: Posts beside those: it was too late already when we heard them.
    """

    source: str
    brand: str
    language: str
    posts: int
    answered: int
    not_late: int
    in_time: int
    heard_late: int = 0


class VoiceReading(Protocol):
    """Looking."""

    def posts(self, posts: Sequence[str]) -> Mapping[str, Post]:
        """Find posts by their names."""

    def posts_listed(
        self,
        *,
        brands: Sequence[str] = (),
        after: tuple[int, int, str] | None = None,
        limit: int = 20,
    ) -> tuple[Post, ...]:
        """Page through all posts but the firm's own, who waits longest first.

        Args:
            brands: Of these; empty for all.
            after: Place of the last one of the page before.
            limit: At most so many.
        """

    def posts_of(self, profiles: Sequence[ProfileId], limit: int = 20) -> tuple[Post, ...]:
        """Give the last posts of some profiles, newest first."""

    def posts_by(self, handle: str, limit: int = 200) -> tuple[Post, ...]:
        """Give the last posts of an author, newest first."""

    def replies_of_ours(self, posts: Sequence[str]) -> tuple[Post, ...]:
        """Give what the firm wrote under some posts, the first first."""

    def late_posts(self, now_ms: int, limit: int) -> tuple[Post, ...]:
        """Give posts that came to be too late and were not looked at yet, the oldest first."""

    def posts_to_fetch(self, now_ms: int, limit: int) -> tuple[Post, ...]:
        """Give posts whose media are to be fetched."""

    def voice_counts(self, since_ms: int, until_ms: int) -> tuple[VoiceCount, ...]:
        """Count posts that had to be answered by a time of this window, by group."""

    def brands_to_prune(self) -> tuple[str, ...]:
        """Name the brands with posts that may be pruned, also one that no book has any more."""

    def posts_to_prune(self, brand: str, before_ms: int, limit: int) -> tuple[Post, ...]:
        """Give posts of a brand that may be pruned and were heard before, the oldest first."""

    def heard_to(self) -> Mapping[str, HeardTo]:
        """Say how far each source was heard."""

    def handles(self, handles: Sequence[str]) -> Mapping[str, Handle]:
        """Find handles that somebody said are theirs."""

    def voice_codes(self, codes: Sequence[str]) -> Mapping[str, VoiceCode]:
        """Find codes."""


class VoiceWriting(VoiceReading, Protocol):
    """Writing."""

    def put_post(self, row: Post) -> bool:
        """Keep a post; False when it is there already."""

    def change_post(self, post: str) -> Post | None:
        """Give a post that nobody else changes until this transaction ends."""

    def save_post(self, row: Post) -> None:
        """Write a post down as it is now."""

    def erase_posts(self, profiles: Sequence[ProfileId]) -> int:
        """Forget the handles, all their posts, and codes of some profiles; files have to go."""

    def prune_posts(self, rows: Sequence[Post], files: Sequence[str]) -> None:
        """Write posts down as they are without their words.

        Args:
            rows: As they are now.
            files: Names of those of them whose files have to go.
        """

    def erase_handle(self, handle: str) -> int:
        """Forget every post of an author, and whose the handle is."""

    def change_heard_to(self, source: str) -> HeardTo:
        """Give how far a source was heard; nobody else changes it until this transaction ends."""

    def put_heard_to(self, row: HeardTo) -> None:
        """Write down how far a source was heard."""

    def put_handle(self, row: Handle) -> None:
        """Write down whose a handle is."""

    def drop_handle(self, handle: str) -> tuple[str, ...]:
        """Forget whose a handle is; name the posts that were matched by it."""

    def put_voice_code(self, row: VoiceCode) -> None:
        """Keep a code."""


def forgotten(post: str) -> Post:
    """Give what is left of a post whose author was forgotten: its name."""
    return Post(post=post, source="", network="", author="", at_ms=0, heard_ms=0, state="erased")


def handle_named(network: str, author: str) -> str:
    """Name an author: the network, and the handle in small letters without its sign."""
    return f"{network}:{author.strip().lstrip('@').casefold()}"
