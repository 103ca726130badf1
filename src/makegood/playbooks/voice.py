"""The section `voice`: where we listen in public, and how soon a person answers there."""

from collections.abc import Collection
from urllib.parse import urlsplit

from msgspec import Struct

from makegood.playbooks.mappings import Signing
from makegood.playbooks.reading import Section, without_repeats
from makegood.playbooks.searches import SearchTerms, read_searches

MINUTE_MS, DAY_MS = 60_000, 86_400_000
TARGET_MS, BREACH_MS = 5 * MINUTE_MS, 60 * MINUTE_MS
CODE_MS = 7 * 24 * 60 * MINUTE_MS
EVERY_MS = MINUTE_MS
FEWEST_STARS, MOST_STARS = 2, 5
SHORTEST_MS = MINUTE_MS // 2  # a server that is asked more often bars us
NETWORKS = ("feed", "mastodon", "bluesky", "webhook")
WHAT = {
    "feed": (),
    "mastodon": ("hashtag", "account", "mentions"),
    "bluesky": ("account", "search"),
    "webhook": (),
}
"""What may be listened to at each; of several exactly one is named."""
_ASKS = ("hashtag", "account", "search")


class Listening(Struct, frozen=True, kw_only=True):
    """A source of what is said in public.

    Attributes:
        network: What it speaks.
        url: Of the feed, or of the server; empty for a webhook.
        what: What is listened to: a hashtag, an account, mentions, or a search; empty for all.
        words: Which hashtag, account or search.
        brand: Whose posts they are; empty for the umbrella's.
        every_ms: How often it is asked.
        signed: How a webhook is signed.
    """

    id: str
    network: str
    url: str = ""
    what: str = ""
    words: str = ""
    brand: str = ""
    every_ms: int = EVERY_MS
    signed: Signing = Signing.STANDARD


class VoiceTerms(Struct, frozen=True, kw_only=True):
    """What a company sets about what is said in public.

    Attributes:
        target_ms: A person answers within this.
        breach_ms: Later than this is too late.
        code_ms: For so long a code that a customer was given proves whose a handle is.
        ours: Handles of the firm: what they write is an answer, and waits for none.
        bots: Those of them that a machine writes with; what they write is no answer.
        listen: Where we listen.
        keep_ms: For so long words of people who are no customers are kept; 0 for ever.
        searches: Which searches for us are watched.
        bad_stars_below: Who gives fewer of five stars is unhappy; 0 where the book says nothing.
    """

    target_ms: int = TARGET_MS
    breach_ms: int = BREACH_MS
    code_ms: int = CODE_MS
    ours: frozenset[str] = frozenset()
    bots: frozenset[str] = frozenset()
    listen: tuple[Listening, ...] = ()
    keep_ms: int = 0
    searches: SearchTerms = SearchTerms()
    bad_stars_below: int = 0

    def listening(self, name: str) -> Listening | None:
        """Find a source by its name."""
        return next((one for one in self.listen if one.id == name), None)


def read_voice(top: Section, brands: Collection[str]) -> VoiceTerms:
    """Read the section; without it nobody listens.

    Args:
        top: The rule book.
        brands: Those there are.
    """
    section = top.section("voice", "section about what is said in public")
    if section is None:
        return VoiceTerms()
    sections = section.sections("listen", "source of what is said in public")
    named = without_repeats(sections, tuple(one.name("id") for one in sections))
    terms = VoiceTerms(
        target_ms=section.span_ms("answer_within", default=TARGET_MS),
        breach_ms=section.span_ms("breach_after", default=BREACH_MS),
        code_ms=section.span_ms("code_for", default=CODE_MS),
        ours=_handles(section, "ours"),
        bots=_handles(section, "bots"),
        listen=tuple(_listening(one, name, brands) for one, name in named),
        keep_ms=section.span_ms("keep", default=0),
        searches=read_searches(section, brands),
        bad_stars_below=section.whole("bad_stars_below", default=0),
    )
    _check(section, terms)
    section.done()
    return terms


def _check(section: Section, terms: VoiceTerms) -> None:
    if not 0 < terms.target_ms <= terms.breach_ms:
        section.error(
            "breach_after",
            "An answer is too late only after the time in which it is wanted.",
            "Write for example `answer_within: 5m` and `breach_after: 60m`.",
        )
    if section.has("keep") and terms.keep_ms < max(DAY_MS, terms.breach_ms):
        section.error(
            "keep",
            "Words are kept for a day or longer, and until it is too late to answer them.",
            "Write for example `keep: 180d`, or leave it out to keep them.",
        )
    is_stars = FEWEST_STARS <= terms.bad_stars_below <= MOST_STARS
    if section.has("bad_stars_below") and not is_stars:
        section.error(
            "bad_stars_below",
            "Of five stars one is the fewest that anybody can give, and five are the most.",
            f"Write {FEWEST_STARS} to {MOST_STARS}, or leave it out.",
        )


def _handles(section: Section, key: str) -> frozenset[str]:
    return frozenset(one.strip().lstrip("@").casefold() for one, _ in section.texts(key))


def _listening(section: Section, name: str, brands: Collection[str]) -> Listening:
    network = section.choice("network", NETWORKS)
    brand = section.text("brand", default="")
    if brand and brand not in brands:
        section.error("brand", f"There is no brand `{brand}`.", "Name one of `brands:`.")
    what, words = _what(section, network)
    made = Listening(
        id=name,
        network=network,
        url=_url(section, network),
        what=what,
        words=words,
        brand=brand,
        every_ms=section.span_ms("every", default=EVERY_MS),
        signed=Signing(section.choice("signed", tuple(Signing), default=Signing.STANDARD)),
    )
    if made.every_ms < SHORTEST_MS:
        section.error("every", "A server that is asked more often bars us.", "Write 1m or more.")
    if section.has("signed") and network != "webhook":
        section.error("signed", "Only a webhook is signed.", "Leave it out.")
    section.done()
    return made


def _what(section: Section, network: str) -> tuple[str, str]:
    """Read what is listened to: exactly one of what this network has."""
    known = WHAT.get(network, ())
    given = [key for key in (*_ASKS, "mentions") if section.has(key)]
    found = {key: section.text(key, default="") for key in _ASKS if section.has(key)}
    mentions = section.flag("mentions")
    for key in given:
        if key not in known:
            section.error(key, f"`network: {network}` has no `{key}`.", "Leave it out.")
    if known and (len(given) != 1 or (given == ["mentions"] and not mentions)):
        section.error(
            "network", "Say what is listened to, once.", f"Write one of {', '.join(known)}."
        )
        return "", ""
    if not known or not given:
        return "", ""
    return given[0], found.get(given[0], "").lstrip("#@")


def _url(section: Section, network: str) -> str:
    if network == "webhook":
        if section.has("url"):
            section.error("url", "A webhook comes to us.", "Leave it out.")
        return ""
    url = section.text("url", default="")
    if not url and network:
        section.error("url", "It is not said where to listen.", "Write https://example.social.")
    try:
        parts = urlsplit(url)
        is_good = parts.scheme == "https" and bool(parts.hostname) and not parts.username
    except ValueError:
        is_good = False
    if url and not is_good:
        section.error("url", "`url` is no https address.", "Write https://example.social.")
    return url.rstrip("/") if network != "feed" else url
