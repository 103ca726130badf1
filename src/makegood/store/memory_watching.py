"""The memory engine's acts, beats and tallies."""

from collections.abc import Mapping

from makegood.messages.commands import rank_of
from makegood.ports.acts import ANY, FIRST_SEAL, Act, Sought, sealed
from makegood.ports.watching import Waiting
from makegood.store.memory_reading import MemoryReading
from makegood.store.schema import STEPS


class MemoryLook(MemoryReading):
    """One look, with what parts say of themselves."""

    def acts(self, sought: Sought = ANY, *, before: int = 0, limit: int = 50) -> tuple[Act, ...]:
        found = (
            act
            for _, act in sorted(self._t.acts.items(), reverse=True)
            if _is_meant(act, sought) and (not before or act.place < before)
        )
        return tuple(act for act, _ in zip(found, range(limit), strict=False))

    def acts_after(self, place: int, limit: int) -> tuple[Act, ...]:
        later = sorted(one for one in self._t.acts if one > place)
        return tuple(self._t.acts[one] for one in later[:limit])

    def acts_end(self) -> tuple[int, str]:
        last = self._t.acts.get(max(self._t.acts, default=0))
        return (last.place, last.seal) if last else (0, FIRST_SEAL)

    def schema_version(self) -> int:
        return len(STEPS)

    def unsettled_ms(self) -> int:
        return 0  # nothing is restored into memory

    def key_uses(self) -> Mapping[bytes, int]:
        return dict(self._t.key_uses)

    def beats(self) -> Mapping[str, int]:
        return dict(self._t.beats)

    def tallies(self) -> Mapping[str, int]:
        return dict(self._t.tallies)

    def waiting_commands(self, now_ms: int) -> Mapping[int, Waiting]:
        times: dict[int, list[int]] = {}
        for id_, next_ms in self._t.open_commands.items():
            times.setdefault(rank_of(self._t.commands[id_].command.order), []).append(next_ms)
        return {rank: _waiting(all_, now_ms) for rank, all_ in times.items()}

    def first_timer_ms(self) -> int:
        return min(self._t.due.values(), default=0)


class MemoryWatchWriting(MemoryLook):
    """What parts say of themselves."""

    def hold_acts(self) -> None:
        """The one writer already holds everything."""

    def put_act(self, act: Act) -> Act:
        place, prior = self.acts_end()
        done = sealed(act, place + 1, prior)
        self._t.acts[done.place] = done
        return done

    def settle_restore(self) -> None:
        """There is nothing to settle."""

    def put_key_uses(self, used_ms: Mapping[bytes, int]) -> None:
        for sha256, at_ms in used_ms.items():
            self._t.key_uses[sha256] = max(at_ms, self._t.key_uses.get(sha256, 0))

    def beat(self, name: str, now_ms: int) -> None:
        self._t.beats[name] = now_ms

    def end_beat(self, name: str) -> None:
        self._t.beats.pop(name, None)

    def tally(self, counted: Mapping[str, int]) -> None:
        for name, amount in counted.items():
            if amount:
                self._t.tallies[name] = self._t.tallies.get(name, 0) + amount


def _is_meant(act: Act, sought: Sought) -> bool:
    return (
        sought.who in ("", act.who)
        and sought.what in ("", act.what)
        and act.at_ms >= sought.since_ms
        and (not sought.until_ms or act.at_ms < sought.until_ms)
    )


def _waiting(times: list[int], now_ms: int) -> Waiting:
    due = [at for at in times if at <= now_ms]
    return Waiting(all=len(times), due=len(due), oldest_ms=min(due, default=0))
