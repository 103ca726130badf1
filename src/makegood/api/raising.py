"""A failure raised over HTTP: once for each Idempotency-Key, whatever the network does."""

from makegood.api.access import Declined
from makegood.api.problems import Problem
from makegood.api.shapes import FailureIn
from makegood.bootstrap import Makegood
from makegood.core.decide import Asker
from makegood.messages.errors import Refused
from makegood.messages.facts import Body, FailureRaised
from makegood.messages.identifiers import normal
from makegood.messages.ids import ProfileId, RepId, event_id, profile_id
from makegood.ports.rows import KeyRow
from makegood.ports.store import Reading
from makegood.runtime.acts import DESK
from makegood.runtime.intake import text_ref


def raise_failure(
    makegood: Makegood, key: KeyRow, failure: FailureIn, idempotency_key: str
) -> dict[str, object]:
    """Append a failure.

    Raises:
        Declined: 404 for a customer nobody knows, 409 when the key named another failure before.
        InputError: The identifier or the failure kind is none.
    """
    profile = profile_id(normal(failure.identifier), makegood.settings.key)
    with makegood.store.reading() as reading:
        customer = reading.customers_of([profile]).get(profile)
        if customer is None:
            records = reading.gate_records(profile)
            customer = records[0].customer if len(records) == 1 else None
    if customer is None:
        raise Declined(404, _NOBODY)
    _check_kind(makegood, failure)
    message_id = f"{key.name}/{idempotency_key}"
    ref = text_ref(event_id(DESK, message_id), "words")
    rep = RepId(f"key:{key.name}")
    wanted = FailureRaised(
        failure=failure.failure,
        about=failure.about,
        brand=failure.brand,
        by=rep,
        words=ref if failure.words else "",
        severity=failure.severity,
    )
    texts = {ref: failure.words} if failure.words else {}
    acted = makegood.acts.act(customer, wanted, Asker(rep=rep), message_id=message_id, texts=texts)
    if isinstance(acted, Refused):
        raise Declined(404 if acted.code == "no_such_customer" else 409, _refused(acted))
    if acted.repeated:
        with makegood.store.reading() as reading:
            _check_same(reading, ProfileId(customer), message_id, wanted, texts)
    return {"event": acted.event, "repeated": acted.repeated}


def _check_kind(makegood: Makegood, failure: FailureIn) -> None:
    known = makegood.book.failures
    if failure.failure != "other" and failure.failure not in known:
        problem = Problem(
            code="unknown_failure",
            message=f"The rule book has no failure {failure.failure!r}.",
            where="body failure",
            what_to_do=f"Write other, or one of {', '.join(known)}.",
        )
        raise Declined(422, problem)


def _check_same(
    reading: Reading, profile: ProfileId, message_id: str, wanted: Body, texts: dict[str, str]
) -> None:
    customer = reading.customers_of([profile])[profile]
    stored = {
        event.body
        for event in reading.history(customer)
        if event.source == DESK and event.message_id == message_id
    }
    if stored != {wanted} or dict(reading.texts(list(texts))) != texts:
        raise Declined(409, _OTHER)


_NOBODY = Problem(
    code="customer_unknown",
    message="Nobody, or more than one customer, is known by this identifier.",
    where="body identifier",
    what_to_do="Name the customer by user:<id>, or send an identify call for them first.",
)
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
