"""Everything a customer writes is read: a round follows the log, and looks at what they wrote.

It runs beside the worker and after the commit, so no batch waits for it or pays for it. What it
has read it does not read again; killed in between, it reads a page twice and says the same.
"""

import logging
from collections.abc import Callable, Iterable, Sequence
from itertools import takewhile

from msgspec import Struct
from msgspec.structs import replace

from makegood.messages.errors import MakegoodError, StoreBusy
from makegood.messages.events import Event
from makegood.messages.ids import CustomerId, ProfileId
from makegood.playbooks.book import RuleBook, books_in
from makegood.ports.clock import Clock
from makegood.ports.store import Reading, Store
from makegood.ports.triage import TriageRow
from makegood.ports.voice import Post
from makegood.runtime.log_edge import Settled
from makegood.runtime.own_words import OwnWords, is_answer, own_words, plain_words
from makegood.runtime.triage import PUBLIC, Triage, Wrote

EVERY_S = 5.0
WITHOUT_MODEL_MS = 24 * 3_600_000
"""So long words wait for a worker that has a model; what is older is never read."""
_PAGE = 500
_POSTS = 50
_LOG = logging.getLogger("makegood.triage")


class _Found(Struct, frozen=True, kw_only=True):
    """Words in the log."""

    event: Event
    own: OwnWords


class WordsRead:
    """Reads what customers wrote elsewhere than in letters."""

    def __init__(
        self, store: Store, triage: Triage, book_of: Callable[[], RuleBook], clock: Clock
    ) -> None:
        self._store = store
        self._triage = triage
        self._book_of = book_of
        self._clock = clock
        self._settled = Settled()

    def run_forever(self, stopped: Callable[[], bool], sleep: Callable[[float], object]) -> None:
        """Read until told to stop; a fault of the store is waited out."""
        while not stopped():
            try:
                self.round(stopped)
            except Exception as fault:
                _LOG.error("what customers wrote was not read: %s", type(fault).__name__)
            sleep(EVERY_S)

    def round(self, stopped: Callable[[], bool] = lambda: False) -> int:
        """Read everything that came since the last round; say how many words were looked at."""
        book = self._book_of()
        with self._store.reading() as reading:
            before, edge = reading.words_read(), reading.log_edge()
        until = self._settled.place(edge)
        reads = any(one.triage.channels - {"mail"} for one in books_in(book))
        if before is None or not reads:
            # Who begins to read today does not open failures for what was said last year.
            if before != edge.place:
                self._at(edge.place)
            return 0
        if not self._triage.is_ready():
            self._leave_old(before, until)
            return 0
        looked, after = 0, before
        while not stopped():
            count, place = self._page(book, after, until)
            looked += count
            if place == after:
                break
            after = place
            self._at(after)
        if any(PUBLIC in one.triage.channels for one in books_in(book)):
            looked += self._posts(stopped)
        return looked

    def _at(self, place: int) -> None:
        with self._store.writing() as writing:
            writing.put_words_read(place)

    def _leave_old(self, after: int, until: int) -> None:
        """Pass over what waited too long for a model; another worker may have one meanwhile."""
        before_ms, place = self._clock.now_ms() - WITHOUT_MODEL_MS, after
        while True:
            with self._store.reading() as reading:
                log = reading.log(place, 1)
                if log and log[0][1].received_ms < before_ms:
                    log = reading.log(place, _PAGE)
            old = _beginning(log, lambda at, one: at <= until and one.received_ms < before_ms)
            if not old:
                break
            place = old[-1][0]
        if place != after:
            self._at(place)

    def _page(self, book: RuleBook, after: int, until: int) -> tuple[int, int]:
        """Read a page of the log; say how many words there were, and where it ended."""
        with self._store.reading() as reading:
            some = _beginning(reading.log(after, _PAGE), lambda at, _: at <= until)
            found = [
                _Found(event=event, own=own)
                for _, event in some
                if (own := own_words(event, book.sources)) is not None
            ]
            wrote = _wrote(reading, found)
        self._look(wrote)
        self._calm(event for _, event in some if is_answer(event.body))
        return len(wrote), some[-1][0] if some else after

    def _look(self, wrote: Sequence[tuple[CustomerId, Wrote]]) -> None:
        """Look at words one after the other; who wrote twice is let down once."""
        opened: set[CustomerId] = set()
        for customer, one in wrote:
            own = replace(one, raise_it=False) if customer in opened else one
            try:
                said = self._triage.look(own)
            except StoreBusy:
                raise
            except MakegoodError as fault:  # it would hold up what everybody else wrote
                _LOG.error("words could not be looked at: %s", type(fault).__name__)
                continue
            if said is not None and said.verdict == "open":
                opened.add(customer)

    def _calm(self, answers: Iterable[Event]) -> None:
        """What was urgent and has been answered is so no more, whoever of the linked wrote it."""
        latest: dict[ProfileId, int] = {}
        for one in answers:
            latest[one.profile] = max(one.received_ms, latest.get(one.profile, 0))
        if not latest:
            return
        with self._store.writing() as writing:
            customers = writing.customers_of(sorted(latest))
            members = writing.profiles_of(sorted(set(customers.values())))
            for profile, at_ms in sorted(latest.items()):
                own = members.get(customers.get(profile, CustomerId(profile)), ())
                writing.calm_words((profile, *own), at_ms)

    def _posts(self, stopped: Callable[[], bool]) -> int:
        """Read what was said in public and waits for an answer."""
        looked = 0
        while not stopped():
            with self._store.reading() as reading:
                posts = reading.posts_unread(_POSTS)
            for post in posts:
                self._post(post)
            looked += len(posts)
            if len(posts) < _POSTS:
                break
        with self._store.writing() as writing:
            writing.drop_settled_posts()
        return looked

    def _post(self, post: Post) -> None:
        """Read a post; one that could not be read, or whose brand reads none, comes no more."""
        if self._triage.look(_wrote_in_public(post)) is not None:
            return
        with self._store.writing() as writing:
            if post.post not in writing.triaged([post.post]):
                nobody = ProfileId("")
                writing.put_triaged(TriageRow(letter=post.post, profile=nobody, channel=PUBLIC))


def _beginning(
    log: Sequence[tuple[int, Event]], fits: Callable[[int, Event], bool]
) -> list[tuple[int, Event]]:
    """Give the entries of a page until one does not fit."""
    return list(takewhile(lambda one: fits(*one), log))


def _wrote(reading: Reading, found: Sequence[_Found]) -> list[tuple[CustomerId, Wrote]]:
    """Put words, and whose they are today, to what was found; few questions for all of a page."""
    if not found:
        return []
    texts = reading.texts([one.own.ref for one in found])
    customers = reading.customers_of(sorted({one.event.profile for one in found}))
    cases = reading.cases_of(sorted(set(customers.values())))
    looked_after = {row.customer for row in cases if row.is_open}
    brands = {row.case: row.brand for row in cases}
    made = []
    for one in found:
        own, text = one.own, texts.get(one.own.ref, "")
        if not text.strip():
            continue  # whoever wrote it was erased
        customer = customers.get(one.event.profile, CustomerId(one.event.profile))
        wrote = Wrote(
            letter=one.event.id,
            customer=CustomerId(one.event.profile),
            brand=own.brand or brands.get(own.case, ""),
            text=plain_words(text),
            words=own.ref,
            # Somebody looks after it already: what they add is no second failure by itself.
            raise_it=own.raise_it and customer not in looked_after,
            channel=own.channel,
            at_ms=one.event.received_ms,
        )
        made.append((customer, wrote))
    return made


def _wrote_in_public(post: Post) -> Wrote:
    return Wrote(
        letter=post.post,
        customer=CustomerId(""),
        brand=post.brand,
        text=post.text,
        channel=PUBLIC,
        at_ms=post.heard_ms,
    )
