"""Rounds through a mailbox: what is new is taken, then written down as taken, one by one.

A crash between the two takes the last mail once more, and the mailroom knows it. What was in a
mailbox before anybody looked into it is old: nobody waits for years of letters to be answered, so
it is read only when it is asked for. Of a mailbox that was made anew (another UIDVALIDITY) what
came lately is read again, for the same reason safely; what was erased long ago stays so.
"""

import logging
from collections import Counter
from collections.abc import Callable
from contextlib import AbstractContextManager
from datetime import UTC, date, datetime

from msgspec.structs import replace

from makegood.ports.clock import Clock
from makegood.ports.letters import BoxPlace
from makegood.ports.store import Store
from makegood.runtime.mail_aside import Took
from makegood.runtime.mailroom import Mailroom
from makegood.sources.imap import Box, MailAway, OpenBox, opened_box

_LOG = logging.getLogger("makegood.mail")
PAUSE_S = 20.0
_TRIES = 3
_OVERLAP_MS = 2 * 86_400_000  # a mailbox knows days, and not those of which country
_TOO_LARGE = "It is too large to be taken; read it in the mailbox itself."
Opening = Callable[[Box], AbstractContextManager[OpenBox]]


class MailRounds:
    """Looks into one mailbox."""

    def __init__(
        self,
        store: Store,
        room: Mailroom,
        box: Box,
        clock: Clock,
        opening: Opening = opened_box,
    ) -> None:
        self._store = store
        self._room = room
        self._box = box
        self._clock = clock
        self._opening = opening

    def run_once(self, most: int = 500, *, everything: bool = False) -> Counter[str]:
        """Take what is new; say how many became what.

        Args:
            most: At most so many; the next round goes on.
            everything: Also what was there before anybody looked; what was taken is recognised.

        Raises:
            MailAway: The mailbox is away; the next round goes on where this one stopped.
        """
        became: Counter[str] = Counter()
        with self._opening(self._box) as box:
            place = self._place(*box.numbers())
            begins = replace(place, uid=0, since_ms=0) if everything else place
            for mail in box.after(begins.uid, _day_of(begins.since_ms)):
                took = self._take(mail.raw, "" if mail.is_whole else _TOO_LARGE)
                became[took.became] += 1
                place = self._settle(replace(place, uid=max(place.uid, mail.uid)))
                box.seen(mail.uid)
                if sum(became.values()) >= most:
                    break
        return became

    def _take(self, raw: bytes, note: str) -> Took:
        """Take one mail; one that fails again and again holds up no other.

        When the store is away it cannot be set aside either, and the round ends before it.
        """
        why = ""
        for _ in range(_TRIES):
            try:
                return self._room.take(raw, note)
            except Exception as fault:
                why = type(fault).__name__
                _LOG.warning("a mail could not be taken: %s", why)
        return self._room.set_aside(raw, f"It could not be taken ({why}).")

    def run_forever(self, stopped: Callable[[], bool], sleep: Callable[[float], object]) -> None:
        """Look until told to stop; a mailbox or a store that is away is waited out."""
        while not stopped():
            try:
                became = self.run_once()
                if became:
                    _LOG.info("mail: %s", dict(became))
            except MailAway as away:
                _LOG.warning("%s", away)
            except Exception as fault:
                _LOG.error("a round through the mailbox failed: %s", type(fault).__name__)
            sleep(PAUSE_S)

    def _place(self, validity: int, next_uid: int) -> BoxPlace:
        """Say how far the mailbox was read; a new one is read from here on."""
        with self._store.reading() as reading:
            known = reading.box_place(self._box.name)
        if known is not None and known.validity == validity:
            return known
        if known is None:
            return self._settle(
                BoxPlace(box=self._box.name, validity=validity, uid=max(next_uid - 1, 0))
            )
        since_ms = max(known.at_ms - _OVERLAP_MS, 1)
        return BoxPlace(box=self._box.name, validity=validity, uid=0, since_ms=since_ms)

    def _settle(self, place: BoxPlace) -> BoxPlace:
        place = replace(place, at_ms=self._clock.now_ms())
        with self._store.writing() as writing:
            writing.put_box_place(place)
        return place


def _day_of(at_ms: int) -> date | None:
    """Give the day of an instant, as mailboxes are searched by; None for no instant."""
    return datetime.fromtimestamp(at_ms / 1000, UTC).date() if at_ms else None
