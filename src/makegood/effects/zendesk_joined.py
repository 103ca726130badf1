"""Zendesk, joined to the rest: notes are written into its tickets, and it is asked who wrote one.

Two connections: notes may wait for minutes when Zendesk says "slower"; who opens the sidebar card
waits for no more than seconds.
"""

from collections.abc import Callable, Mapping, Sequence

from makegood.core.state import decode_state
from makegood.effects.zendesk import Requester, Zendesk, ZendeskSettings
from makegood.effects.zendesk_notes import ZendeskNotes, tickets_in
from makegood.messages.errors import EffectFailed
from makegood.messages.ids import CaseId, CustomerId
from makegood.ports.clock import Clock
from makegood.ports.notices import Sink
from makegood.ports.store import Store

_WHILE_SOMEBODY_WAITS = 5.0  # seconds


class HelpDesk:
    """The help desk of a deployment; one that is not connected hears nothing and knows nobody.

    Attributes:
        sinks: Who is told what changed, by name.
    """

    def __init__(
        self,
        settings: ZendeskSettings | None,
        store: Store,
        clock: Clock,
        rep_name: Callable[[str], str],
        base_url: str,
    ) -> None:
        """Join the parts.

        Args:
            settings: Where it is; None when none is connected.
            rep_name: Gives the name of a rep.
            base_url: Where our own pages are.
        """
        self.sinks: Mapping[str, Sink] = {}
        self._store = store
        self._clock = clock
        self._asked: Zendesk | None = None
        self._notes: ZendeskNotes | None = None
        if settings is None:
            return
        source = settings.source

        def tickets_of(customer: CustomerId, case: CaseId) -> Sequence[str]:
            return self._tickets_of(customer, case, source)

        self._asked = Zendesk(settings, seconds=_WHILE_SOMEBODY_WAITS)
        self._notes = ZendeskNotes(settings, Zendesk(settings), tickets_of, rep_name, base_url)
        self.sinks = {self._notes.name: self._notes}

    def requester(self, ticket: str) -> Requester:
        """Ask who wrote a ticket, while somebody waits for it.

        Raises:
            EffectFailed: It does not say.
        """
        if self._asked is None:
            raise EffectFailed("No help desk is connected.", retry=False)
        return self._asked.requester(ticket, self._clock.now_ms())

    def _tickets_of(self, customer: CustomerId, case: CaseId, source: str) -> Sequence[str]:
        """Give the tickets that the failures of a case are about."""
        with self._store.reading() as reading:
            row = reading.row(customer)
        found = decode_state(row.state).case(case) if row is not None else None
        if found is None:
            return ()
        return tickets_in((failure.about for failure in found.failures), source)

    def close(self) -> None:
        """Give back the connections."""
        for one in (self._notes, self._asked):
            if one is not None:
                one.close()
