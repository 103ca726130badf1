"""A failure raised over HTTP: once for each Idempotency-Key, whatever the network does."""

from msgspec.structs import replace

from makegood.api.access import Declined
from makegood.api.problems import Problem
from makegood.api.shapes import FailureIn
from makegood.bootstrap import Makegood
from makegood.core.decide import Asker
from makegood.messages.errors import Refused
from makegood.messages.facts import FailureRaised
from makegood.messages.identifiers import normal
from makegood.messages.ids import AccountId, ProfileId, RepId, event_id
from makegood.ports.rows import KeyRow, Taken
from makegood.runtime.acts import DESK
from makegood.runtime.intake import text_ref
from makegood.sources.personal import holds_address


def raise_failure(
    makegood: Makegood, key: KeyRow, failure: FailureIn, idempotency_key: str
) -> dict[str, object]:
    """Append a failure; nobody needs to be known by the identifier yet.

    Raises:
        Declined: 409 when the key named another failure before.
        InputError: The identifier or the failure kind is none.
    """
    _check(makegood, failure)
    message_id = f"{key.name}/{idempotency_key}"
    asker = Asker(rep=RepId(f"key:{key.name}"))
    wanted = FailureRaised(
        failure=failure.failure,
        about=failure.about,
        brand=failure.brand,
        severity=failure.severity,
        asker=_party(makegood, failure.asker),
        payer=_party(makegood, failure.payer),
        told=_party(makegood, failure.told),
        account=AccountId(failure.account),
    )
    raised = makegood.raising.raise_failure(
        failure.identifier, wanted, asker, message_id=message_id, words=failure.words
    )
    if isinstance(raised, Refused):
        raise Declined(409, _refused(raised))
    if raised.taken is Taken.CONFLICT:
        raise Declined(409, _OTHER)
    if raised.taken is Taken.DUPLICATE:
        profile = makegood.intake.profile(normal(failure.identifier))
        _check_same(makegood, profile, message_id, wanted, failure.words)
    return {"event": raised.event, "repeated": raised.taken is Taken.DUPLICATE}


def _party(makegood: Makegood, identifier: str) -> ProfileId:
    return makegood.intake.profile(normal(identifier)) if identifier else ProfileId("")


def _check(makegood: Makegood, failure: FailureIn) -> None:
    if holds_address(failure.about):
        problem = Problem(
            code="personal",
            message="about is personal; the log is kept for ever and may not hold it.",
            where="body about",
            what_to_do="Send the number of the booking, segment or order.",
        )
        raise Declined(422, problem)
    known = makegood.book.for_brand(failure.brand).failures
    if failure.failure != "other" and failure.failure not in known:
        problem = Problem(
            code="unknown_failure",
            message=f"The rule book has no failure {failure.failure!r}.",
            where="body failure",
            what_to_do=f"Write other, or one of {', '.join(known)}.",
        )
        raise Declined(422, problem)


def _check_same(
    makegood: Makegood, profile: ProfileId, message_id: str, wanted: FailureRaised, words: str
) -> None:
    """Tell a repeat from another failure that came under the same key."""
    ref = text_ref(event_id(DESK, message_id), "words") if words else ""
    with makegood.store.reading() as reading:
        customers = {record.customer for record in reading.gate_records(profile)}
        stored = {
            replace(event.body, by=RepId(""))
            for customer in customers
            for event in reading.history(customer)
            if event.source == DESK
            and event.message_id == message_id
            and isinstance(event.body, FailureRaised)
        }
        said = reading.texts([ref]).get(ref, "") if ref else ""
    if stored != {replace(wanted, words=ref)} or said != words:
        raise Declined(409, _OTHER)


_OTHER = Problem(
    code="idempotency_conflict",
    message="This Idempotency-Key named another failure before.",
    where="header Idempotency-Key",
    what_to_do="Give each new failure a key of its own.",
)


def _refused(refused: Refused) -> Problem:
    return Problem(
        code=refused.code,
        message=refused.why,
        where="body",
        what_to_do="See the message; nothing was stored.",
    )
