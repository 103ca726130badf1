"""A Makegood that listens in public, and posts to be heard."""

from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from makegood.books import opening
from makegood.bootstrap import Makegood, open_makegood
from makegood.messages.facts import Touchpoint
from makegood.messages.ids import CustomerId, ProfileId, RepId
from makegood.ports.voice import Post
from makegood.settings import Settings
from makegood.sources.voice.heard import Heard, post_named
from makegood.testing.clock import FakeClock

NOON_MS = 1_795_694_400_000  # 26 November 2026
MINUTE_MS = 60_000
KATHY = RepId("kathy")
ANA = "mastodon:ana@example.social"
_FAILURE = """failures:
  - id: unheard
    title: Nobody answered in public
    on: Public Post Unanswered
    about: event.post
    loses: attention
    severity: 2
    cause: firm
    brand: event.brand
"""
VOICE = """
voice:
  answer_within: 5m
  breach_after: 60m
  ours: ["@northwind@example.social", hello_bot@example.social]
  bots: [hello_bot@example.social]
  listen:
    - {id: hashtag, network: mastodon, url: "https://example.social", hashtag: northwind}
    - {id: blog, network: feed, url: "https://blog.example/feed", brand: northwind_vans}
    - {id: forum, network: webhook}
  keep: 180d
  searches:
    watch: [{words: Northwind refund}, {words: northwind vans, brand: northwind_vans}]
    ours: [northwind.example]
    reviews: [stars.example]
    keep: 90d
    first: 3
    owner: vera
"""


def book(tmp: Path) -> str:
    """Write the car rental's book with a voice, and give its path."""
    text = opening.read_book("car-rental")[0]
    fields = "{post: string, source: string, network: string, minutes: int, brand: string}"
    facts = "".join(
        f"  {name}: {fields}\n"
        for name in ("Public Post", "Public Post Answered", "Public Post Unanswered")
    )
    head, _, tail = text.partition("facts:")
    line, _, tail = tail.partition("\n")
    text = f"{head}facts:{line}\n{facts}{tail}"
    text = text.replace("\nfailures:\n", f"\n{_FAILURE}", 1) + VOICE
    text = text.replace("for: [promise_broken, ", "for: [unheard, promise_broken, ")
    path = tmp / "voice.yaml"
    path.write_text(text)
    return str(path)


@contextmanager
def listening(tmp: Path) -> Iterator[tuple[Makegood, FakeClock]]:
    """Open a Makegood that listens."""
    clock = FakeClock(NOON_MS)
    settings = Settings(database="memory:", key=b"k" * 32, book=book(tmp))
    it = open_makegood(settings, clock=clock)
    try:
        yield it, clock
    finally:
        it.close()


def said(external: str = "example.social/1", **changed: object) -> Heard:
    """Something that Ana said."""
    fields = {
        "external": external,
        "network": "mastodon",
        "author": "ana@example.social",
        "text": "No car. Again.",
        "at_ms": NOON_MS,
        "language": "en",
    }
    return Heard(**{**fields, **changed})  # type: ignore[arg-type]


def hear(it: Makegood, *heard: Heard, source: str = "hashtag", old_before_ms: int = 0):
    found = it.book.voice.listening(source)
    assert found is not None
    return it.voice.room.hear(found, heard, old_before_ms)


def post_of(it: Makegood, external: str = "example.social/1", network: str = "mastodon") -> Post:
    name = post_named(network, external)
    with it.store.reading() as reading:
        return reading.posts([name])[name]


def known(it: Makegood, identifier: str = "email:ana@example.org") -> CustomerId:
    """A customer whom we know; what they said makes no failure."""
    from makegood.core.decide import Asker
    from makegood.messages.person_facts import GotInTouch

    done = it.requests.ask(
        identifier, GotInTouch(channel="mail", thread="t"), Asker(), message_id=identifier
    )
    assert isinstance(done, tuple)
    return done[0]


def told(it: Makegood, customer: CustomerId) -> list[str]:
    """Give the names of what happened to somebody."""
    with it.store.reading() as reading:
        found = [event.body for event in reading.history(now(it, customer))]
    return [one.name for one in found if isinstance(one, Touchpoint)]


def now(it: Makegood, customer: CustomerId) -> CustomerId:
    """Give the customer as they are called since they were joined with somebody."""
    with it.store.reading() as reading:
        return reading.customers_of([ProfileId(customer)])[ProfileId(customer)]


def customer_of(it: Makegood, post: Post) -> CustomerId | None:
    with it.store.reading() as reading:
        return reading.customers_of([post.profile]).get(post.profile)


def ours(**changed: object) -> Heard:
    """What the firm wrote under it."""
    fields = {"author": "northwind@example.social", "reply_to": "example.social/1"}
    return said("example.social/2", **{"text": "We are sorry.", **fields, **changed})
