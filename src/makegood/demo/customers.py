"""Synthetic customers at work: they open pages, choose, and say whether it is good again."""

from heapq import heappop, heappush

from msgspec import Struct

from makegood.core.decide import Asker
from makegood.core.state import Case, OfferState, OfferStatus, decode_state
from makegood.demo.reactions import Mood
from makegood.demo.verbs import Verbs
from makegood.messages.commands import SendMessage
from makegood.messages.events import Event
from makegood.messages.facts import Answered, Body, Carried, Chosen, Opened
from makegood.messages.ids import CaseId, CustomerId, ProfileId, RepId

CUSTOMER = Asker(rep=RepId(""), role="")
PAGE = 5_000  # events of the log read at once


class Intent(Struct, frozen=True, array_like=True, order=True):
    """Something a customer will do; ordered by time, then by the message that led to it."""

    at_ms: int
    command: str
    deed: str
    profile: ProfileId
    case: CaseId


class Customers:
    """Reads what was delivered, decides when to react, and reacts."""

    def __init__(self, verbs: Verbs, mood: Mood) -> None:
        self._verbs = verbs
        self._mood = mood
        self._intents: list[Intent] = []
        self._position = 0
        plans = verbs.book.plans.values()
        self._offering = {plan.offer_message for plan in plans}
        self._asking = {plan.made_whole.question for plan in plans}

    @property
    def next_ms(self) -> int | None:
        """When the next one reacts."""
        return self._intents[0].at_ms if self._intents else None

    def read_mail(self) -> None:
        """Look at everything that was delivered since the last look."""
        with self._verbs.store.reading() as reading:
            while page := reading.log(self._position, PAGE):
                self._position = page[-1][0]
                for _, event in page:
                    if isinstance(event.body, Carried):
                        row = reading.command(event.body.command)
                        if row is not None and isinstance(row.command.order, SendMessage):
                            self._receive(event, row.command.case, row.command.order)

    def _receive(self, event: Event, case: CaseId, order: SendMessage) -> None:
        assert isinstance(event.body, Carried)  # noqa: S101 - the caller looked
        command = event.body.command
        if order.message in self._offering:
            wait_ms = self._mood.opens_after_ms(command)
            self._intend("open", wait_ms, event, command, case)
        elif order.message in self._asking:
            wait_ms = self._mood.answers_after_ms(command)
            self._intend("answer", wait_ms, event, command, case)

    def _intend(
        self, deed: str, wait_ms: int | None, event: Event, command: str, case: CaseId
    ) -> None:
        if wait_ms is not None:
            at_ms = event.time_ms + wait_ms
            heappush(self._intents, Intent(at_ms, command, deed, event.profile, case))

    def react(self, now_ms: int) -> int:
        """Do all that is due; give how many did something."""
        done = 0
        while self._intents and self._intents[0].at_ms <= now_ms:
            self._do(heappop(self._intents))
            done += 1
        return done

    def _do(self, intent: Intent) -> None:
        customer, case = find_case(self._verbs, intent.profile, intent.case)
        if case is None or not case.is_open:
            return
        match intent.deed:
            case "open":
                self._act(customer, Opened(case=case.id), intent)
                wait_ms = self._mood.chooses_after_ms(intent.command)
                if wait_ms is not None:
                    later = Intent(
                        intent.at_ms + wait_ms, intent.command, "choose", intent.profile, case.id
                    )
                    heappush(self._intents, later)
            case "choose":
                offer = self._mood.choice(standing(case), f"{case.id} {intent.command}")
                if offer is not None:
                    self._act(customer, Chosen(case=case.id, offer=offer.offer), intent)
            case _:
                good = self._mood.is_good(f"{case.id} {intent.command}", double=case.double)
                answer = Answered(case=case.id, answer="good" if good else "not_yet")
                self._act(customer, answer, intent)

    def _act(self, customer: CustomerId, wanted: Body, intent: Intent) -> None:
        message_id = f"demo/{intent.command}/{intent.deed}"
        self._verbs.act(customer, wanted, CUSTOMER, message_id)


def find_case(verbs: Verbs, profile: ProfileId, wanted: CaseId) -> tuple[CustomerId, Case | None]:
    """Find a case as it stands now."""
    with verbs.store.reading() as reading:
        customer = reading.customers_of([profile])[profile]
        row = reading.row(customer)
    return customer, decode_state(row.state).case(wanted) if row is not None else None


def standing(case: Case) -> tuple[OfferState, ...]:
    """Offers that can be chosen now."""
    return tuple(offer for offer in case.offers if offer.status is OfferStatus.CONFIRMED)
