"""Whom a command reaches and who is paid by it: the customer, or who is told and who paid."""

from msgspec.structs import replace

from makegood.messages.commands import Command, Fulfil
from makegood.messages.ids import ProfileId
from makegood.messages.money import Money
from makegood.ports.rows import OutboxRow, OutboxStatus, PersonRow
from makegood.runtime.delivery import addressee, addressees
from makegood.store.memory import MemoryStore
from makegood.testing.store_samples import command, known, profile


def reached(*commands: Command):
    store = MemoryStore()
    known(store, "ana")
    with store.writing() as writing:
        writing.put_persons(
            [
                PersonRow(profile=profile(name), identifier=f"email:{name}@example.org")
                for name in ("ana", "bo", "till")
            ]
        )
    rows = [OutboxRow(command=one, status=OutboxStatus.LEASED) for one in commands]
    with store.reading() as reading:
        persons = addressees(reading, rows)
    return [addressee(one, persons) for one in commands]


def test_a_message_reaches_the_customer_or_who_is_told_in_their_place():
    own, told = reached(command("1"), replace(command("2"), to=profile("bo")))
    assert (own.person.email, told.person.email) == ("ana@example.org", "bo@example.org")
    assert own.payee is told.payee is None


def test_a_refund_names_who_paid_beside_the_customer():
    refund = Fulfil(
        remedy="refund",
        kind="refund",
        provider="pay",
        amount=Money(100),
        owed=True,
        about="R1",
        brand="blue",
        payee=profile("till"),
    )
    (to,) = reached(replace(command("1"), order=refund))
    assert to.person.email == "ana@example.org"
    assert to.payee is not None
    assert to.payee.email == "till@example.org"


def test_somebody_of_whom_nothing_is_kept_has_no_address():
    (to,) = reached(replace(command("1"), to=ProfileId("p" + "0" * 32)))
    assert to.person.email == ""
