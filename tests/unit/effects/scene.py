"""A small firm with one book, for tests of what leaves it."""

from makegood.effects.links import Links
from makegood.effects.words import Words
from makegood.messages.commands import (
    Command,
    ConfirmOffer,
    Fulfil,
    MessageClass,
    Order,
    SendMessage,
    Urgency,
)
from makegood.messages.facts import Facts
from makegood.messages.ids import BookHash, CaseId, EventId, ProfileId, command_id
from makegood.messages.money import Money
from makegood.playbooks.book import Library, RuleBook
from makegood.playbooks.terms import (
    Brand,
    FailureRule,
    Loss,
    MessageTemplate,
    MessageText,
    Remedy,
)
from makegood.ports.rows import PersonRow

NOW_MS = 1_790_000_000_000
KEY = b"a key of thirty-two bytes or more"
PROFILE = ProfileId("p" + "1" * 32)
CASE = CaseId("ke" + "2" * 32)
BOOK = BookHash("0123456789abcdef")
ANA = PersonRow(
    profile=PROFILE,
    identifier="user:ana",
    name="Ana Lopez",
    email="ana@example.org",
    phone="+12125550100",
    language="en",
)
APOLOGY = {
    "en": MessageText(
        subject="We are sorry about $about",
        text="$greeting\n\nYou are owed $owed. $owner looks after you: $link\n",
    ),
    "de": MessageText(subject="Es tut uns leid", text="$greeting\n\nSie erhalten $owed: $link\n"),
}


class Hands:
    """A clock that stands still until it is moved."""

    def __init__(self, now_ms: int = NOW_MS) -> None:
        self._now_ms = now_ms

    def now_ms(self) -> int:
        return self._now_ms

    def move(self, ms: int) -> None:
        self._now_ms += ms


def template(
    id_: str,
    texts: dict[str, MessageText] | None = None,
    message_class: MessageClass = MessageClass.SERVICE,
) -> MessageTemplate:
    return MessageTemplate(
        id=id_, message_class=message_class, urgency=Urgency.SOON, texts=texts or APOLOGY, line=7
    )


OFFER = {"en": MessageText(subject="A thank-you", text="$greeting\nTell a friend: $friend_link")}


def book(*extra: MessageTemplate) -> RuleBook:
    messages = (
        template("apology"),
        template("loyalty", OFFER, MessageClass.PROMOTIONAL),
        *extra,
    )
    return RuleBook(
        hash=BOOK, name="test", umbrella="Good Cars", currency="USD",
        timezone="America/New_York",
        failures={
            "flight_cancelled": FailureRule(
                id="flight_cancelled", on="Flight Cancelled", title="The flight was cancelled",
                loses=Loss.SERVICE, reads=(), line=1, details={"flight": ""},
            )
        },
        triggers={}, silences=(), starts={}, ends={},
        about_of={}, plans={},
        remedies={
            "ride": Remedy(id="ride", kind="ride", title={"en": "A ride home", "de": "Heimfahrt"})
        },
        owed=lambda _failure, _customer: (), authority_cents={}, double_window_ms=0,
        brands={
            "rent": Brand(
                id="rent", name="Rent & Go", sender="care@rent.example",
                offers_sender="news@offers.rent.example", phone="+12125550199",
            )
        },
        messages={message.id: message for message in messages},
    )  # fmt: skip


def links(clock: Hands | None = None) -> Links:
    return Links(KEY, "https://care.example/", clock or Hands())


def words(*extra: MessageTemplate, clock: Hands | None = None) -> Words:
    library = Library(active=BOOK, books={BOOK: book(*extra)})
    return Words(lambda: library, links(clock), rep_name=str.title)


def message(
    id_: str = "apology",
    *,
    message_class: MessageClass = MessageClass.SERVICE,
    urgency: Urgency = Urgency.SOON,
    variables: Facts | None = None,
    question: bool = False,
) -> SendMessage:
    facts: Facts = {"about": "R-42", "owner": "kathy", "owed_cents": 18_900, "currency": "USD"}
    return SendMessage(
        message=id_,
        brand="rent",
        message_class=message_class,
        urgency=urgency,
        variables=facts if variables is None else variables,
        question=question,
    )


def refund(provider: str = "payments", cents: int = 18_900, *, owed: bool = True) -> Fulfil:
    return Fulfil(
        remedy="refund",
        kind="refund",
        provider=provider,
        amount=Money(cents),
        owed=owed,
        about="R-42",
        brand="rent",
    )


def can_you(provider: str = "cabs") -> ConfirmOffer:
    return ConfirmOffer(remedy="ride", provider=provider, about="R-42", brand="rent")


def command(
    order: Order,
    *,
    step: str = "no_car/apology",
    profile: ProfileId = PROFILE,
    due_ms: int = NOW_MS,
    useful_until_ms: int = 0,
) -> Command:
    return Command(
        id=command_id("test", "1", step, 0),
        profile=profile,
        case=CASE,
        cause=EventId("e" + "2" * 32),
        step=step,
        due_ms=due_ms,
        useful_until_ms=useful_until_ms,
        order=order,
    )
