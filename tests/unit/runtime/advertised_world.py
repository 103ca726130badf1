"""A rental company that advertises, and reviews of it; synthetic, as every customer here."""

from makegood.books import opening
from makegood.bootstrap import Makegood
from makegood.playbooks.voice import Listening
from makegood.sources.voice.heard import Heard, post_named

ADVERTISED = """
advertised:
  - id: ready
    says: {en: Your car is ready when you arrive}
    url: https://www.northwind.example/promises
    words: {en: [no car, car was ready], de: [kein Auto]}
    stars: 2
    failures: [no_car, other]
  - id: vans_clean
    says: {en: Every van is clean}
    brands: [northwind_vans]
    words: {en: [dirty van]}
    since: 2020-01-01
"""
BOOK = f"{opening.read_book('car-rental')[0]}{ADVERTISED}"


def heard(it: Makegood, external: str, text: str = "No car.", **more: object) -> str:
    """Let somebody say something in public; give the post's name."""
    brand = str(more.pop("brand", ""))
    fields = {"author": "ana@example.social", "language": "en", "at_ms": it.clock.now_ms()}
    one = Heard(external=external, network="review", text=text, **{**fields, **more})  # type: ignore[arg-type]
    it.voice.room.hear(Listening(id="reviews", network="webhook", brand=brand), [one])
    return post_named("review", external)


def verdicts(it: Makegood, *posts: str) -> list[tuple[str, str, str]]:
    """Say of posts which promise they are about, which way, and because of what."""
    with it.store.reading() as reading:
        found = reading.touches_of(posts)
    return [(one.promise, one.verdict, one.because) for one in found]
