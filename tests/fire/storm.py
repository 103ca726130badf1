"""Bad weather: a seeded row of faults, each noted with its beginning and its end."""

import random
from collections.abc import Callable, Mapping, Sequence
from threading import Event

from tests.fire.evidence import Fault
from tests.fire.proxy import Lines, Manner
from tests.fire.receivers import now_ms

SPELL_S = (
    1.0,
    5.0,
)  # a spell of bad weather; longer than an answer takes, shorter than a client's patience
LULL_S = (0.3, 2.0)
CUT_BYTES = (1, 3_000)
WEATHERS = ("delay", "throttle", "silence", "refuse")
Strike = Callable[[], object]


class Storm:
    """Draws what happens next; the same seed draws the same, as far as the machine allows."""

    def __init__(
        self, seed: int, lines: Lines, strikes: Mapping[str, Strike], stop: Event
    ) -> None:
        """Join what can be hit.

        Args:
            seed: Of every draw.
            lines: The lines between the parts.
            strikes: What kills and restarts, by `what:where`.
            stop: Ends the storm early.
        """
        self._rng = random.Random(f"{seed}/storm")
        self._lines = lines
        self._strikes = strikes
        self._stop = stop
        self.faults: list[Fault] = []

    def blow(self, spells: int | None, until: Callable[[], bool]) -> None:
        """Let one thing after the other go wrong.

        Args:
            spells: So many, or as many as the time allows.
            until: Whether the time is over.
        """
        while not until() and not self._stop.is_set() and (spells is None or spells > 0):
            self._one_spell()
            spells = None if spells is None else spells - 1
            self._stop.wait(self._rng.uniform(*LULL_S))

    def _one_spell(self) -> None:
        luck = self._rng.random()
        if luck < 0.35:
            self._strike(self._rng.choice(sorted(self._strikes)))
        elif luck < 0.65:
            self._break(self._rng.choice(self._lines.names()))
        else:
            self._weather(self._rng.choice(self._lines.names()))

    def _strike(self, name: str) -> None:
        what, _, where = name.partition(":")
        began_ms = now_ms()
        self._strikes[name]()
        self.faults.append(Fault(what, where, began_ms, now_ms()))

    def _break(self, name: str) -> None:
        """Cut or reset what is connected, at once or after some bytes."""
        what = self._rng.choice(("reset", "cut", "cut_after"))
        began_ms = now_ms()
        if what == "cut_after":
            self._lines.cut_after(name, self._rng.randint(*CUT_BYTES))
            self._stop.wait(self._rng.uniform(*LULL_S))
        else:
            self._lines.break_all(name, reset=what == "reset")
        self.faults.append(Fault(what, name, began_ms, now_ms()))

    def _weather(self, name: str) -> None:
        weather = self._rng.choice(WEATHERS)
        manner = Manner(
            weather=weather,  # type: ignore[arg-type]
            delay_s=self._rng.uniform(0.02, 0.3),
            bytes_per_s=self._rng.randint(4_000, 40_000),
            share=self._rng.choice((0.5, 1.0)),
        )
        began_ms = now_ms()
        self._lines.behave(name, manner)
        self._stop.wait(self._rng.uniform(*SPELL_S))
        self._lines.behave(name, Manner())
        self.faults.append(Fault(weather, name, began_ms, now_ms()))


def by_kind(faults: Sequence[Fault]) -> str:
    """Say how often each kind of fault happened."""
    counts: dict[str, int] = {}
    for one in faults:
        name = f"{one.what} {one.where}"
        counts[name] = counts.get(name, 0) + 1
    return ", ".join(f"{times} x {name}" for name, times in sorted(counts.items()))
