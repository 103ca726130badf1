"""Who else a failure concerns, as the form of the desk says it: who asks, pays and is told."""

from collections.abc import Mapping

from msgspec.structs import replace

from makegood.desk.access import Desk
from makegood.messages.errors import InputError
from makegood.messages.facts import FailureRaised
from makegood.messages.identifiers import normal
from makegood.messages.ids import AccountId, ProfileId
from makegood.runtime.raising import customer_meant
from makegood.sources.limits import writable

LONGEST = 200
_WHO = {"asker": "Who asks", "payer": "Who pays", "told": "Whom we write to"}


def with_others(desk: Desk, body: FailureRaised, typed: Mapping[str, str]) -> FailureRaised:
    """Add to a failure who asks, pays and is told, and the account it was booked through.

    Everybody has to be known already: a refund to somebody mistyped would reach nobody.

    Raises:
        InputError: Somebody, or the account, is not known.
    """
    named = {what: writable(typed.get(what, ""), LONGEST) for what in _WHO}
    found = {what: _known(desk, _WHO[what], text) for what, text in named.items() if text}
    account = AccountId(writable(typed.get("account", ""), LONGEST))
    if account and desk.reading.account(account) is None:
        raise InputError(f"There is no account {account[:60]}.")
    nobody = ProfileId("")
    return replace(
        body,
        asker=found.get("asker", nobody),
        payer=found.get("payer", nobody),
        told=found.get("told", nobody),
        account=account,
    )


def _known(desk: Desk, what: str, text: str) -> ProfileId:
    """Find somebody by an identifier; an address needs no `email:` before it, if it is of one."""
    typed = f"email:{text}" if "@" in text and ":" not in text else text
    try:
        name = normal(typed)
    except InputError as error:
        raise InputError(f"{what}: {error}") from error
    makegood = desk.makegood
    own = makegood.intake.profile(name)
    customer = customer_meant(makegood.store, makegood.intake, name)
    meant = desk.reading.profiles_of([customer]).get(customer, ()) if customer else ()
    # Their own first; of an address it is the customer's, who has a name and a language.
    wanted = [own] if own in meant else [*meant, own]
    persons = desk.reading.persons(wanted)
    found = next((one for one in wanted if one in persons), None)
    if found is None:
        raise InputError(f"{what}: nobody is known as {text[:60]}, or several are.")
    return found
