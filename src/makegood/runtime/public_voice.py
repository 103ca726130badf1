"""The public voice, joined: posts taken in, whose they are, what is kept with a case."""

from collections.abc import Callable, Mapping
from functools import partial
from hashlib import blake2b
from threading import Thread

from msgspec import Struct
from msgspec.structs import replace

from makegood.effects.addresses import public_only
from makegood.messages.errors import InputError, Refused
from makegood.messages.ids import CaseId, RepId
from makegood.playbooks.voice import Listening
from makegood.ports.acts import Act
from makegood.ports.unfit import Unfit
from makegood.ports.voice import HeardTo, Post, handle_named
from makegood.runtime.advertised import AdvertisedRoom
from makegood.runtime.intake import patiently
from makegood.runtime.noting import note
from makegood.runtime.raising import customer_meant
from makegood.runtime.searches import Searches
from makegood.runtime.voice import NO_SUCH, VoiceRoom
from makegood.runtime.voice_codes import Matching
from makegood.runtime.voice_keeping import Keeping
from makegood.runtime.voice_parts import Parts
from makegood.runtime.voice_rounds import VoiceRounds, go_on
from makegood.sources.voice.fetching import Fetching, Guard
from makegood.sources.voice.webhook import Consent, read_body

_LONGEST_RECORD = 32 * 1024


class CameIn(Struct, frozen=True, kw_only=True):
    """What became of a delivery.

    Attributes:
        accepted: Posts and results that are new, and handles that were matched.
        duplicate: Posts and results that were there already.
        rejected: Items that could not be taken; kept, with the reason.
        reasons: Why, once each.
        ignored: Results of searches that nobody watches, or too deep, or too old to be kept.
    """

    accepted: int
    duplicate: int
    rejected: int
    reasons: tuple[str, ...]
    ignored: int = 0


class PublicVoice:
    """Everything about what is said in public.

    Attributes:
        room: Takes posts in, and hears of answers.
        matching: Says whose a handle is.
        rounds: Listens.
        advertised: Weighs posts against what is advertised.
        keeping: Forgets the words of people who are no customers.
        searches: Takes in what searches show.
    """

    def __init__(
        self,
        parts: Parts,
        secrets: Mapping[str, tuple[str, ...]],
        guard: Guard = public_only,
        *,
        with_files: bool,
        fetching: Fetching | None = None,
    ) -> None:
        """Join the parts.

        Args:
            parts: Of this deployment.
            secrets: Of sources, by name.
            guard: Chooses the address to connect to, or refuses.
            with_files: Media can be kept as long as the store keeps posts.
            fetching: Asks the internet, instead of one with this guard.
        """
        self._parts = parts
        self.room = VoiceRoom(parts)
        self.matching = Matching(parts)
        self.advertised = AdvertisedRoom(parts.store, parts.library_of, parts.clock)
        self.keeping = Keeping(parts)
        self.searches = Searches(parts)
        self.rounds = VoiceRounds(
            parts,
            self.room,
            fetching or Fetching(guard),
            lambda name: next(iter(secrets.get(name, ())), ""),
            with_files=with_files,
        )

    def webhook(self, name: str) -> Listening | None:
        """Find a webhook of the active book by its name."""
        found = self._parts.terms("").listening(name)
        return found if found is not None and found.network == "webhook" else None

    def take(self, source: Listening, body: bytes) -> CameIn:
        """Take a delivery whose signature was checked; what is wrong in it is kept.

        Raises:
            InputError: It is no delivery at all.
        """
        told = read_body(body, self.searches.today)
        became = self.room.hear(source, told.posts, self._old_before_ms(source))
        left = list(told.left)
        matched = 0
        for one in told.handles:
            why = self._consented(one)
            matched += not why
            if why:
                left.append((f"{one.network} handle", why))
        self._keep(source, left)
        known = became.pop("known", 0)
        came = self.searches.take(told.ranks, source.id, source.brand)
        placed = came.became["new"] + came.became["changed"]
        reasons = [why for _, why in left]
        reasons += [f"Result {one.line}: {one.why}" for one in came.wrong]
        return CameIn(
            accepted=sum(became.values()) + matched + placed,
            duplicate=known + came.became["known"] + came.became["twice"],
            rejected=len(left) + len(came.wrong),
            reasons=tuple(dict.fromkeys(reasons))[:20],
            ignored=sum(came.became[word] for word in ("unwatched", "deeper", "old")),
        )

    def _old_before_ms(self, source: Listening) -> int:
        """Say what was there before anybody listened: a webhook may bring its history first."""
        now_ms = self._parts.clock.now_ms()
        with self._parts.store.reading() as reading:
            place = reading.heard_to().get(source.id)
        if place is None:
            place = patiently(partial(self._heard_first, source, now_ms))
        return place.first_ms - self._parts.terms(source.brand).breach_ms

    def _heard_first(self, source: Listening, now_ms: int) -> HeardTo:
        with self._parts.store.writing() as writing:
            place = writing.change_heard_to(source.id)
            place = replace(place, first_ms=place.first_ms or now_ms)
            writing.put_heard_to(place)
        return place

    def _consented(self, one: Consent) -> str:
        """Match a handle; say why not."""
        customer = customer_meant(self._parts.store, self._parts.intake, one.customer)
        if customer is None:
            return "Nobody, or not only one customer, is known by this identifier."
        done = self.matching.consent(handle_named(one.network, one.handle), customer)
        return done.why if isinstance(done, Refused) else ""

    def _keep(self, source: Listening, left: list[tuple[str, str]]) -> None:
        rows = [
            Unfit(
                id=blake2b(f"{source.id}\x1f{why}\x1f{raw}".encode(), digest_size=16).hexdigest(),
                source=source.id,
                at_ms=self._parts.clock.now_ms(),
                reason=why,
                record=raw[:_LONGEST_RECORD],
            )
            for raw, why in left
        ]
        if rows:
            with self._parts.store.writing() as writing:
                writing.put_unfit(rows)

    def attach(self, post: str, case: CaseId, by: RepId) -> Post | Refused:
        """Keep a post with a case of the customer whose it is; its media are fetched then."""
        return patiently(lambda: self._attached(post, case, by))

    def _attached(self, post: str, case: CaseId, by: RepId) -> Post | Refused:
        now_ms = self._parts.clock.now_ms()
        with self._parts.store.writing() as writing:
            row = writing.change_post(post)
            if row is None:
                return NO_SUCH
            if not row.profile:
                why = "Whose post it is, nobody said; it is never guessed."
                return Refused(code="nobodys", why=why)
            found = writing.case(case)
            if found is None or found.customer != writing.customers_of([row.profile]).get(
                row.profile
            ):
                return Refused(code="no_such_case", why="The case is not that customer's.")
            wanted_ms = now_ms if row.media else 0
            after = replace(row, case=case, fetch_ms=wanted_ms, fetch_tries=0)
            writing.save_post(after)
            note(writing, Act(what="post.attached", at_ms=now_ms, who=by, about=case))
        return after

    def forget(self, handle: str) -> int:
        """Forget every post of an author who asks for it and is no customer; say how many.

        Raises:
            InputError: Nothing of them is kept, or they are a customer.
        """
        if not handle.partition(":")[2]:
            raise InputError("Name the handle: without one, it would be everybody unnamed.")
        with self._parts.store.writing() as writing:
            if writing.handles([handle]):
                why = "This handle is a customer's: erase the customer, or take the match back."
                raise InputError(why)
            rows = writing.erase_handle(handle)
            if not rows:
                raise InputError("Nothing of this handle is kept: write it as mastodon:name@host.")
            now_ms = self._parts.clock.now_ms()
            act = Act(
                what="handle.erased", at_ms=now_ms, about="a handle", after={"rows": str(rows)}
            )
            note(writing, act)
        return rows

    def threads(
        self, stopped: Callable[[], bool], sleep: Callable[[float], object]
    ) -> list[Thread]:
        """Give what works beside the worker."""
        rounds, args = self.rounds, (stopped, sleep)
        acts = (self.searches.tell, self.keeping.now_and_then, self.searches.now_and_then)
        return [
            Thread(target=go_on, args=(acts, *args), name="voice-tidy"),
            Thread(target=rounds.run_forever, args=args, name="voice"),
            Thread(target=rounds.keep_forever, args=args, name="voice-media"),
            Thread(target=self.advertised.run_forever, args=args, name="advertised"),
        ]
