"""Rows for the store's conformance suite, short to write and easy to tell apart."""

from msgspec.structs import replace

from makegood.messages.commands import Command, MessageClass, SendMessage, Urgency
from makegood.messages.events import Event, Stamp
from makegood.messages.facts import Body, Identified, Touchpoint
from makegood.messages.ids import (
    BookHash,
    CaseId,
    CommandId,
    CustomerId,
    EventId,
    ProfileId,
    RepId,
)
from makegood.ports.rows import AskedRow, CaseRow, LedgerRow, Offered, OutboxRow, OutboxStatus
from makegood.ports.store import Store

STAMP = Stamp(book=BookHash("book"), fold=1)


def profile(name: str) -> ProfileId:
    return ProfileId("p" + name)


def customer(name: str) -> CustomerId:
    return CustomerId("p" + name)


def event(
    message_id: str, about: str = "ana", time_ms: int = 1000, body: Body | None = None
) -> Event:
    return Event(
        source="shop",
        message_id=message_id,
        profile=profile(about),
        time_ms=time_ms,
        received_ms=time_ms + 5,
        body=body or Touchpoint(name="Flight Delayed", properties={"minutes": 200}),
        stamp=STAMP,
    )


def offered(
    message_id: str,
    about: str = "ana",
    time_ms: int = 1000,
    body: Body | None = None,
    digest: str = "same",
) -> Offered:
    return Offered(
        event=event(message_id, about, time_ms, body),
        body_digest=digest.encode().ljust(16, b"."),
    )


def identified(message_id: str, about: str, *lookups: str) -> Offered:
    body = Identified(lookups=tuple(profile(lookup) for lookup in lookups))
    return offered(message_id, about, body=body)


def command(
    name: str,
    about: str = "ana",
    due_ms: int = 1000,
    text: str = "sorry",
    until_ms: int = 0,
    urgency: Urgency = Urgency.SOON,
) -> Command:
    return Command(
        id=CommandId("m" + name),
        profile=profile(about),
        case=CaseId("kcase"),
        cause=EventId("ecause"),
        step=f"plan/{name}#0",
        due_ms=due_ms,
        useful_until_ms=until_ms,
        order=SendMessage(
            message=text, brand="blue", message_class=MessageClass.SERVICE, urgency=urgency
        ),
    )


def mailing(name: str, due_ms: int) -> Command:
    """An offer to everybody: the least urgent there is."""
    order = SendMessage(message="offer", brand="blue", message_class=MessageClass.PROMOTIONAL)
    return replace(command(name, due_ms=due_ms), order=order)


def case(name: str, about: str = "ana", **changes: object) -> CaseRow:
    row = CaseRow(
        case=CaseId("k" + name),
        customer=customer(about),
        opener=profile(about),
        brand="blue",
        phase="opened",
        severity=3,
        double=False,
        risk=1,
        opened_ms=1000,
        due_ms=0,
        waiting_for="call",
        owner=RepId("kathy"),
        line="Flight 12, 200 minutes late",
        is_open=True,
        held=True,
    )
    return replace(row, **changes)


def ledger_line(case_name: str, name: str, about: str = "ana", at_ms: int = 1000) -> LedgerRow:
    return LedgerRow(
        case=CaseId("k" + case_name),
        customer=customer(about),
        command=CommandId("m" + name),
        account="owed",
        remedy="refund",
        cents=4200,
        currency="USD",
        at_ms=at_ms,
    )


def append(store: Store, *offers: Offered) -> None:
    with store.writing() as writing:
        writing.append(offers)


def known(store: Store, *names: str) -> None:
    """Let people be customers."""
    append(store, *(offered(f"known {name}", name) for name in names))


def put(store: Store, *commands: Command) -> None:
    with store.writing() as writing:
        writing.put_commands(commands)


def status_of(store: Store, name: str) -> OutboxStatus:
    return outbox_row(store, name).status


def outbox_row(store: Store, name: str) -> OutboxRow:
    with store.reading() as reading:
        row = reading.command(CommandId("m" + name))
    assert row is not None, f"no command {name}"
    return row


def asked(name: str, about: str = "ana", *, due_ms: int = 10, brand: str = "blue") -> AskedRow:
    return AskedRow(
        event=EventId("e" + name),
        customer=customer(about),
        profile=profile(about),
        request="move_date",
        about="T7",
        brand=brand,
        at_ms=1,
        due_ms=due_ms,
    )
