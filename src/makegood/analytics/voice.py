"""How many public posts a person answered before it was too late, by group, with intervals.

Groups are the source, the brand and the language of a post. Who wrote it, and how many follow
them, is not known here and makes no group.
Source: Wilson 1927, as in the parity report; `voice` of the rule book.
"""

from collections import Counter
from collections.abc import Callable, Sequence

from msgspec import Struct

from makegood.analytics.parity.intervals import Interval, wilson, z_for
from makegood.ports.voice import VoiceCount

_ALPHA = 0.05
_TOO_WIDE = 0.5  # an interval of half of all there could be tells nothing


class Share(Struct, frozen=True, kw_only=True):
    """How a group is answered.

    Attributes:
        kind: What makes it a group: all, source, brand or language.
        name: Which; empty for what nobody said.
        posts: That had to be answered by now.
        not_late: Before it was too late.
        in_time: Within the target.
        heard_late: Posts beside those: it was too late already when we heard them, whoever
            answered them; what is left out is told by the time of hearing alone.
        interval: Of the share that was not late; all groups hold at once.
    """

    kind: str
    name: str
    posts: int
    answered: int
    not_late: int
    in_time: int
    interval: Interval
    heard_late: int = 0

    @property
    def says_something(self) -> bool:
        """Whether the interval is narrow enough to tell."""
        return self.interval.high - self.interval.low <= _TOO_WIDE

    @property
    def low_percent(self) -> int:
        """The low end, in percent."""
        return round(100 * self.interval.low)

    @property
    def high_percent(self) -> int:
        """The high end, in percent."""
        return round(100 * self.interval.high)


_KINDS: tuple[tuple[str, Callable[[VoiceCount], str]], ...] = (
    ("all", lambda _: ""),
    ("source", lambda one: one.source),
    ("brand", lambda one: one.brand),
    ("language", lambda one: one.language.partition("-")[0].casefold()),
)


def shares(counts: Sequence[VoiceCount]) -> tuple[Share, ...]:
    """Give the share of each group; a kind with one group alone says nothing more than all."""
    groups: dict[tuple[str, str], Counter[str]] = {}
    for kind, named in _KINDS:
        for one in counts:
            sums = groups.setdefault((kind, named(one)), Counter())
            sums.update(
                posts=one.posts,
                answered=one.answered,
                late=one.not_late,
                time=one.in_time,
                heard_late=one.heard_late,
            )
    per_kind = Counter(kind for kind, _ in groups)
    kept = {key: sums for key, sums in groups.items() if key[0] == "all" or per_kind[key[0]] > 1}
    z = z_for(_ALPHA, len(kept))
    return tuple(
        Share(
            kind=kind,
            name=name,
            posts=sums["posts"],
            answered=sums["answered"],
            not_late=sums["late"],
            in_time=sums["time"],
            interval=wilson(sums["late"], sums["posts"], z),
            heard_late=sums["heard_late"],
        )
        for (kind, name), sums in kept.items()
    )
