"""How rows of the port become columns, and columns rows."""

import msgspec

from makegood.messages.commands import decode_command, rank_of
from makegood.messages.events import OrderKey
from makegood.messages.ids import CommandId
from makegood.ports.rows import (
    Activation,
    AskedRow,
    CaseRow,
    CustomerRow,
    KeyRow,
    LedgerRow,
    OutboxRow,
    OutboxStatus,
    PersonRow,
    RepRow,
    Snapshot,
)
from makegood.store.session import Row

OWNER = "owner:"  # begins the names of running counts of a rep's open cases
BRAND = "brand:"  # and of a brand's
NEVER = 2**63 - 1
"""Where a case without a due time stands in the queue: after every other of its risk."""
LAST_CHARACTER = "\U0010ffff"

CUSTOMER = "customer gate next_due_ms stuck last fired_ms events fold state"
SNAPSHOT = "customer time_ms received_ms source message_id fired_ms events commands state"
OUTBOX = "command_id profile status due_ms next_ms attempts fence error settled_ms command urgency"
CASES = (
    "case_id customer owner rank due_key is_open held opened_ms brand row_blob rules phase "
    "closed_ms friends cost_cents currency held_until_ms root root_kind"
)
KEYS = "failure case_id customer at_ms rule brand cause again"
ASKED = "event customer brand due_ms row_blob"
PERSON = "profile identifier name email phone language"

_ENCODER = msgspec.msgpack.Encoder()
pack = _ENCODER.encode
unpack_order = msgspec.msgpack.Decoder(OrderKey | None).decode
unpack_commands = msgspec.msgpack.Decoder(tuple[CommandId, ...]).decode
unpack_case = msgspec.msgpack.Decoder(CaseRow).decode
unpack_asked = msgspec.msgpack.Decoder(AskedRow).decode
unpack_ledger = msgspec.msgpack.Decoder(LedgerRow).decode
unpack_rep = msgspec.msgpack.Decoder(RepRow).decode
unpack_activation = msgspec.msgpack.Decoder(Activation).decode
unpack_key = msgspec.msgpack.Decoder(KeyRow).decode


def names(columns: str, table: str = "") -> str:
    """Write a column list for a SELECT."""
    prefix = f"{table}." if table else ""
    return ", ".join(prefix + name for name in columns.split())


def from_customer(row: CustomerRow) -> Row:
    return (
        row.customer,
        row.gate,
        row.next_due_ms,
        row.stuck,
        pack(row.last),
        row.fired_ms,
        row.events,
        row.fold,
        row.state,
    )


def to_customer(row: Row) -> CustomerRow:
    customer, gate, next_due_ms, stuck, last, fired_ms, events, fold, state = row
    return CustomerRow(
        customer=customer,
        state=state,
        last=unpack_order(last),
        fired_ms=fired_ms,
        gate=gate,
        next_due_ms=next_due_ms,
        stuck=stuck,
        events=events,
        fold=fold,
    )


def from_snapshot(row: Snapshot) -> Row:
    return (row.customer, *row.upto, row.fired_ms, row.events, pack(row.commands), row.state)


def to_snapshot(row: Row) -> Snapshot:
    return Snapshot(
        customer=row[0],
        upto=(row[1], row[2], row[3], row[4]),
        fired_ms=row[5],
        events=row[6],
        commands=unpack_commands(row[7]),
        state=row[8],
    )


def to_outbox(row: Row) -> OutboxRow:
    _id, _profile, status, _due_ms, next_ms, attempts, fence, error, settled_ms, command, _ = row
    return OutboxRow(
        command=decode_command(command),
        status=OutboxStatus(status),
        attempts=attempts,
        next_ms=next_ms,
        fence=fence,
        error=error,
        settled_ms=settled_ms,
    )


def most_urgent(row: OutboxRow) -> tuple[int, int, CommandId]:
    """The order of a claim: the most urgent first, then what has been due longest."""
    return (rank_of(row.command.order), row.command.due_ms, row.command.id)


def from_case(row: CaseRow) -> Row:
    return (
        row.case,
        row.customer,
        row.owner,
        *queue_key(row),
        int(row.is_open),
        int(row.held),
        row.opened_ms,
        row.brand,
        pack(row),
        ",".join(row.rules),
        row.phase,
        row.closed_ms,
        row.friends,
        row.cost_cents,
        row.currency,
        row.held_until_ms,
        row.root,
        row.root_kind,
    )


def queue_key(row: CaseRow) -> tuple[int, int]:
    """The place of a case in the queue, rising: the risk falls, then the due time rises."""
    return (-row.risk, row.due_ms or NEVER)


def to_person(row: Row) -> PersonRow:
    profile, identifier, name, email, phone, language = row
    return PersonRow(
        profile=profile,
        identifier=identifier,
        name=name,
        email=email,
        phone=phone,
        language=language,
    )


def person_words(row: PersonRow) -> frozenset[str]:
    """Everything a search by prefix can begin with: whole fields, and each word of the name."""
    value = row.identifier.partition(":")[2]
    whole = (row.identifier, value, row.name, row.email, row.phone, *row.name.split())
    return frozenset(word.casefold() for word in whole if word)


def merged(old: PersonRow | None, new: PersonRow) -> PersonRow:
    """Overlay personal data; an empty field leaves what is there."""
    if old is None:
        return new
    return PersonRow(
        profile=new.profile,
        identifier=new.identifier or old.identifier,
        name=new.name or old.name,
        email=new.email or old.email,
        phone=new.phone or old.phone,
        language=new.language or old.language,
    )


def says_more(old: PersonRow, new: PersonRow) -> bool:
    """Whether overlaying would change anything."""
    return (
        (new.identifier not in ("", old.identifier))
        or (new.name not in ("", old.name))
        or (new.email not in ("", old.email))
        or (new.phone not in ("", old.phone))
        or (new.language not in ("", old.language))
    )
