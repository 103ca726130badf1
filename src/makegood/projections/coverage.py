"""What share of the sends we know of asked the gate or passed it, by brand and channel.

Counts are compared, not people: what an event tells of may be the very mail that had asked. So of
a brand and channel only the reports beyond those that asked count as not asked, and the share is
the most it can be. What nobody tells of is not in it.
"""

from collections.abc import Iterable, Sequence
from datetime import UTC, datetime

from msgspec import Struct

from makegood.ports.sends import Sends
from makegood.ports.store import Reading

DAYS = 30
DAY_MS = 86_400_000
_MOST_CAMPAIGNS = 20


class Part(Struct, frozen=True, kw_only=True):
    """One brand on one channel.

    Attributes:
        brand: Empty where no brand was said, or none that the rule book knows.
        own: Sent by Makegood, which asks the gate for each.
        asked: The gate said yes when it was asked.
        smtp: Recipients that passed the SMTP gate.
        screened: Rows of lists that were screened and may be written to.
        reported: Told of by events, by the source and event that tell most of each source.
        not_asked: Of the reported, those beyond all that asked or passed.
        last_day: The last day with any of them, since 1970.
    """

    brand: str
    channel: str
    own: int = 0
    asked: int = 0
    smtp: int = 0
    screened: int = 0
    reported: int = 0
    not_asked: int = 0
    last_day: int = 0

    @property
    def covered(self) -> int:
        return self.own + self.asked + self.smtp + self.screened

    @property
    def known(self) -> int:
        return self.covered + self.not_asked

    @property
    def per_mille(self) -> int | None:
        return _per_mille(self.covered, self.known)

    @property
    def share_words(self) -> str:
        return _percent(self.per_mille)

    @property
    def last_day_words(self) -> str:
        return day_words(self.last_day)


class Loose(Struct, frozen=True, kw_only=True):
    """A source that tells of sends nobody asked about.

    Attributes:
        source: Name of its write key.
        told: How many it told of.
        campaigns: Its largest, with their counts.
    """

    brand: str
    channel: str
    source: str
    told: int
    campaigns: tuple[tuple[str, int], ...]
    last_day: int

    @property
    def last_day_words(self) -> str:
        return day_words(self.last_day)


class Coverage(Struct, frozen=True, kw_only=True):
    """The whole.

    Attributes:
        days: How many days, up to and with today.
        parts: By brand and channel, the largest gap first.
        loose: What is not connected, the largest first.
    """

    days: int
    since_day: int
    parts: tuple[Part, ...]
    loose: tuple[Loose, ...]

    @property
    def covered(self) -> int:
        return sum(part.covered for part in self.parts)

    @property
    def known(self) -> int:
        return sum(part.known for part in self.parts)

    @property
    def not_asked(self) -> int:
        return sum(part.not_asked for part in self.parts)

    @property
    def per_mille(self) -> int | None:
        """The share in thousandths, rounded down: all is said only of all; None of none."""
        return _per_mille(self.covered, self.known)

    @property
    def share_words(self) -> str:
        return _percent(self.per_mille)

    @property
    def since_words(self) -> str:
        return day_words(self.since_day)

    @property
    def headline(self) -> str:
        """One sentence with the one number."""
        if not self.known:
            return f"No sends are known of the last {self.days} days."
        sends = f"{self.known:,} sends" if self.known > 1 else "one send"
        asked = f"{self.share_words} of the {sends} known since {self.since_words} asked the gate "
        if not self.not_asked:
            return f"{asked}or passed it; none is known that did not."
        return f"At most {asked}or passed it; {self.not_asked:,} did not."

    def shown(self) -> dict[str, object]:
        """Give it as the interface and the command line show it in JSON."""
        return {
            "days": self.days,
            "since": self.since_words,
            "share": _share(self.per_mille),
            "known": self.known,
            "covered": self.covered,
            "not_asked": self.not_asked,
            "parts": [_part_shown(part) for part in self.parts],
            "not_connected": [_loose_shown(one) for one in self.loose],
        }


def coverage(
    reading: Reading, now_ms: int, brands: Sequence[str] = (), days: int = DAYS
) -> Coverage:
    """Work out the coverage of the last days, in two statements.

    Args:
        reading: One look at the store.
        now_ms: The present.
        brands: Only of these; none for all, also of what has no brand.
        days: How many days, up to and with today.
    """
    since = now_ms // DAY_MS - days + 1
    sends = _of(reading.sends(since), brands)
    parts = sorted(_parts(sends), key=lambda it: (-it.not_asked, -it.known, it.brand, it.channel))
    gaps = {(part.brand, part.channel) for part in parts if part.not_asked}
    told = [one for one in sends if one.way == "reported" and (one.brand, one.channel) in gaps]
    campaigns = _of(reading.told_of(since, 10 * _MOST_CAMPAIGNS), brands) if told else ()
    loose = sorted(_loose(told, campaigns), key=lambda it: (-it.told, it.source))
    return Coverage(days=days, since_day=since, parts=tuple(parts), loose=tuple(loose))


def _of(sends: Iterable[Sends], brands: Sequence[str]) -> tuple[Sends, ...]:
    return tuple(one for one in sends if not brands or one.brand in brands)


def _parts(sends: Iterable[Sends]) -> Iterable[Part]:
    groups: dict[tuple[str, str], list[Sends]] = {}
    for one in sends:
        groups.setdefault((one.brand, one.channel), []).append(one)
    for (brand, channel), group in groups.items():
        ways = {
            way: sum(one.count for one in group if one.way == way)
            for way in ("own", "asked", "smtp", "screened")
        }
        reported = sum(one.count for one in _most_of_each([it for it in group if _told(it)]))
        asked = ways["asked"] + ways["smtp"] + ways["screened"]
        yield Part(
            brand=brand,
            channel=channel,
            reported=reported,
            not_asked=max(0, reported - asked),
            last_day=max(one.day for one in group),
            **ways,
        )


def _told(one: Sends) -> bool:
    return one.way == "reported"


def _most_of_each(told: Iterable[Sends]) -> list[Sends]:
    """Take of each source the event that tells most: a mail that is sent is delivered as well."""
    most: dict[tuple[str, str, str], Sends] = {}
    for one in told:
        key = (one.brand, one.channel, one.source)
        if key not in most or one.count > most[key].count:
            most[key] = one
    return list(most.values())


def _loose(told: Iterable[Sends], campaigns: Iterable[Sends]) -> Iterable[Loose]:
    named = [one for one in campaigns if one.campaign]
    for one in _most_of_each(told):
        key = (one.brand, one.channel, one.source, one.event)
        own = [it for it in named if (it.brand, it.channel, it.source, it.event) == key]
        yield Loose(
            brand=one.brand,
            channel=one.channel,
            source=one.source,
            told=one.count,
            campaigns=tuple((it.campaign, it.count) for it in own[:_MOST_CAMPAIGNS]),
            last_day=one.day,
        )


def _per_mille(part: int, whole: int) -> int | None:
    return part * 1000 // whole if whole else None


def _part_shown(part: Part) -> dict[str, object]:
    names = ("brand", "channel", "own", "asked", "smtp", "screened", "reported", "not_asked")
    shown = {name: getattr(part, name) for name in names}
    return {**shown, "share": _share(part.per_mille), "last_day": part.last_day_words}


def _loose_shown(one: Loose) -> dict[str, object]:
    return {
        "brand": one.brand,
        "channel": one.channel,
        "source": one.source,
        "told": one.told,
        "campaigns": [{"campaign": name, "told": told} for name, told in one.campaigns],
        "last_day": one.last_day_words,
    }


def _share(per_mille: int | None) -> float | None:
    return None if per_mille is None else per_mille / 1000


def _percent(per_mille: int | None) -> str:
    return "-" if per_mille is None else f"{per_mille / 10:g} %"


def day_words(day: int) -> str:
    """Write a day counted from 1970."""
    return datetime.fromtimestamp(day * DAY_MS // 1000, tz=UTC).date().isoformat()
