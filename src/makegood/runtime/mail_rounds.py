"""Rounds through a mailbox: what is new is taken, then written down as taken, one by one.

A crash between the two takes the last mail once more, and the mailroom knows it. A mailbox that
was made anew (another UIDVALIDITY) is read from its beginning, for the same reason safely.
"""

import logging
from collections import Counter
from collections.abc import Callable
from contextlib import AbstractContextManager

from makegood.ports.letters import BoxPlace
from makegood.ports.store import Store
from makegood.runtime.mailroom import Mailroom, Took
from makegood.sources.imap import Box, MailAway, OpenBox, opened_box

_LOG = logging.getLogger("makegood.mail")
PAUSE_S = 20.0
_TRIES = 3
_TOO_LARGE = "It is too large to be taken; read it in the mailbox itself."
Opening = Callable[[Box], AbstractContextManager[OpenBox]]


class MailRounds:
    """Looks into one mailbox."""

    def __init__(
        self, store: Store, room: Mailroom, box: Box, opening: Opening = opened_box
    ) -> None:
        self._store = store
        self._room = room
        self._box = box
        self._opening = opening

    def run_once(self, most: int = 500) -> Counter[str]:
        """Take what is new; say how many became what.

        Raises:
            MailAway: The mailbox is away; the next round goes on where this one stopped.
        """
        became: Counter[str] = Counter()
        with self._opening(self._box) as box:
            validity = box.validity()
            place = self._place(validity)
            for mail in box.after(place):
                took = self._take(mail.raw, "" if mail.is_whole else _TOO_LARGE)
                became[took.became] += 1
                self._settle(validity, mail.uid)
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

    def _place(self, validity: int) -> int:
        with self._store.reading() as reading:
            place = reading.box_place(self._box.name)
        return place.uid if place is not None and place.validity == validity else 0

    def _settle(self, validity: int, uid: int) -> None:
        with self._store.writing() as writing:
            writing.put_box_place(BoxPlace(box=self._box.name, validity=validity, uid=uid))
