"""Requests over HTTP: each happens once for its Idempotency-Key, and its answer says why."""

from collections.abc import Sequence

from makegood.api.access import Declined
from makegood.api.asked import (
    AppealIn,
    RequestIn,
    SettleIn,
    read_key,
    request_fields,
    request_key,
)
from makegood.api.paging import page_of
from makegood.api.problems import Problem, missing
from makegood.bootstrap import Makegood
from makegood.core.decide import Asker
from makegood.core.state import decode_state
from makegood.messages.errors import Refused
from makegood.messages.facts import Appealed, Facts, Requested, Settled
from makegood.messages.identifiers import normal
from makegood.messages.ids import CustomerId, EventId, ProfileId, RepId, event_id
from makegood.messages.money import Money
from makegood.ports.rows import KeyRow, RepRow
from makegood.projections.asked import Request, requests_in
from makegood.runtime.acts import DESK, Acted
from makegood.runtime.intake import text_ref
from makegood.sources.personal import Separator, holds_address

_STATUS = {
    "no_such_request": 422,
    "no_such_survey": 422,
    "no_such_question": 422,
    "no_reasons": 422,
    "off_the_scale": 422,
    "wrong_fact": 422,
    "no_such_brand": 422,
    "no_such_remedy": 422,
    "no_such_waiver": 422,
    "bad_amount": 422,
    "price_unknown": 422,
    "reason_needed": 422,
    "no_gives_nothing": 422,
    "over_authority": 403,
    "over_cap": 403,
    "budget_spent": 403,
    "somebody_else": 403,
    "nobody_may": 403,
    "no_such_proposal": 404,
    "no_remedy": 422,
    "no_such_customer": 404,
    "no_such_place": 422,
    "personal": 422,
    "too_long": 422,
    **dict.fromkeys(
        (
            "no_such_promise",
            "no_such_disclosure",
            "words_needed",
            "bad_end",
            "about_needed",
            "no_such_channel",
            "nowhere",
            "nobody_accepted",
            "story_needed",
            "needs_acceptance",
            "amount_needed",
            "receipt_needed",
            "more_than_claimed",
        ),
        422,
    ),
}
_WHERE = {
    "no_such_request": "body request",
    "wrong_fact": "body facts",
    "no_such_brand": "body brand",
    "no_such_survey": "body survey",
    "off_the_scale": "body score",
    "no_such_question": "body question",
    "no_reasons": "body reasons",
    "no_such_remedy": "body remedy",
    "no_such_waiver": "body waives",
    "reason_needed": "body reason",
    "cause_needed": "body how",
    "no_such_promise": "body promise",
    "no_such_disclosure": "body disclosure",
    "words_needed": "body words",
    "bad_end": "body until",
    "about_needed": "body about",
    "story_needed": "body story",
    "nobody_accepted": "body accepted_by",
    "nowhere": "body to",
    "needs_acceptance": "body remedy",
    "amount_needed": "body facts.cents",
    "receipt_needed": "body facts.receipt",
    "more_than_claimed": "body cents",
    "idempotency_conflict": "header Idempotency-Key",
}


def ask(makegood: Makegood, key: KeyRow, wanted: RequestIn, name: str) -> dict[str, object]:
    """Ask for a customer, known or not.

    Raises:
        Declined: 422 for what cannot be asked like this, 409 when the key named another request.
        InputError: An identifier is none.
    """
    message_id = f"{key.name}/{name}"

    def party(identifier: str) -> ProfileId:
        return makegood.intake.profile(normal(identifier)) if identifier else ProfileId("")

    body = Requested(
        request=wanted.request,
        facts=_plain(wanted),
        about=wanted.about,
        brand=wanted.brand,
        asker=party(wanted.asker),
        payer=party(wanted.payer),
        told=party(wanted.told),
    )
    asker = Asker(rep=RepId(f"key:{key.name}"))
    done = makegood.requests.ask(wanted.identifier, body, asker, message_id=message_id)
    if isinstance(done, Refused):
        raise declined(done)
    customer, acted = done
    return _shown(makegood, customer, acted.event, wanted.language)


def _plain(wanted: RequestIn) -> Facts:
    """Refuse what may not stand in the log: names, addresses and free words."""
    separated = Separator(lambda: "request").separate(wanted.facts, "facts")
    personal = [ref.partition("/")[2] for ref in separated.texts]
    if holds_address(wanted.about):
        personal.append("about")
    if personal:
        where = personal[0]
        problem = Problem(
            code="personal",
            message=f"{where} is personal; the log is kept for ever and may not hold it.",
            where=f"body {where}",
            what_to_do="Send the fact that the table needs, for example is_vip and not a name.",
        )
        raise Declined(422, problem)
    return separated.facts


def settle(
    makegood: Makegood, key: KeyRow, request: str, answer: SettleIn, name: str
) -> dict[str, object]:
    """Answer in the name of a person; their brands and their limit count.

    Raises:
        Declined: 403 for a person who may not, 404, 409, or 422 with what is wrong.
    """
    customer, one = found(makegood, request)
    rep = rep_of(makegood, answer.rep, one.asked.brand)
    currency = makegood.book.currency
    message_id = f"{key.name}/{name}"
    ref = text_ref(event_id(DESK, message_id), "reason") if answer.reason else ""
    body = Settled(
        asked=one.event,
        answer=answer.answer,
        remedy=answer.remedy,
        cost=None if answer.cents is None else Money(answer.cents, currency),
        charge=None if answer.charge_cents is None else Money(answer.charge_cents, currency),
        reason=ref,
        waives=answer.waives,
        once=answer.once,
    )
    asker = Asker(rep=rep.rep, role=rep.role)
    texts = {ref: answer.reason} if ref else {}
    done = makegood.requests.act(customer, body, asker, message_id=message_id, texts=texts)
    return _answered(makegood, customer, one, done, answer.language)


def appeal(
    makegood: Makegood, key: KeyRow, request: str, words: AppealIn, name: str
) -> dict[str, object]:
    """Appeal for the customer.

    Raises:
        Declined: 403 for a person who may not, 404, or 409 when there is nothing to appeal.
    """
    customer, one = found(makegood, request)
    rep = (
        rep_of(makegood, words.rep, one.asked.brand).rep if words.rep else RepId(f"key:{key.name}")
    )
    message_id = f"{key.name}/{name}"
    ref = text_ref(event_id(DESK, message_id), "words") if words.words else ""
    texts = {ref: words.words} if ref else {}
    body = Appealed(asked=one.event, words=ref)
    done = makegood.requests.act(
        customer, body, Asker(rep=rep), message_id=message_id, texts=texts
    )
    return _answered(makegood, customer, one, done, words.language)


def _answered(
    makegood: Makegood, customer: CustomerId, one: Request, done: Acted | Refused, language: str
) -> dict[str, object]:
    if isinstance(done, Refused):
        raise declined(done)
    return _shown(makegood, customer, one.event, language)


def look(makegood: Makegood, profile: ProfileId) -> tuple[CustomerId, tuple[Request, ...]]:
    """Read what a customer asked for; an id from before a merge still finds them.

    Raises:
        Declined: 404 when nobody is known by it.
    """
    with makegood.store.reading() as reading:
        customer = reading.customers_of([profile]).get(profile)
        row = reading.row(customer) if customer is not None else None
        if customer is None or row is None:
            raise Declined(404, missing("customer"))
        history = reading.history(customer)
    return customer, requests_in(history, decode_state(row.state), makegood.library)


def page(
    makegood: Makegood, profile: ProfileId, after: str, limit: int
) -> tuple[CustomerId, Sequence[Request], str | None]:
    """Give one page of what a customer asked for, and where the next one begins.

    Raises:
        Declined: 404 when nobody is known by it, or the customer never asked what it begins after.
    """
    customer, asked = look(makegood, profile)
    shown, following = page_of(
        asked, lambda one: request_key(one.profile, one.event), after, limit, "request"
    )
    return customer, shown, following


def found(makegood: Makegood, request: str) -> tuple[CustomerId, Request]:
    """Read one request.

    Raises:
        Declined: 404 when there is none.
    """
    profile, event = read_key(request)
    customer, asked = look(makegood, profile)
    for one in asked:
        if one.event == event:
            return customer, one
    raise Declined(404, missing("request"))


def _shown(
    makegood: Makegood, customer: CustomerId, event: EventId, language: str
) -> dict[str, object]:
    _, asked = look(makegood, ProfileId(customer))
    one = next(one for one in asked if one.event == event)
    return request_fields(one, customer, language)


def rep_of(makegood: Makegood, name: str, brand: str) -> RepRow:
    """Find a person of the firm who serves a brand.

    Raises:
        Declined: 422 for nobody, 403 for somebody who serves other brands.
    """
    with makegood.store.reading() as reading:
        rep = next((row for row in reading.reps() if row.rep == name), None)
    if rep is None:
        problem = Problem(
            code="no_such_rep",
            message="Nobody of the firm has this sign-in name.",
            where="body rep",
            what_to_do="Give the sign-in name of a person who works at the desk.",
        )
        raise Declined(422, problem)
    if rep.brands and brand and brand not in rep.brands:
        problem = Problem(
            code="other_brand",
            message="This person does not serve the brand it is about.",
            where="body rep",
            what_to_do="Let somebody do it who serves that brand.",
        )
        raise Declined(403, problem)
    return rep


def declined(refused: Refused) -> Declined:
    """Turn a refusal of the core into an answer with its status."""
    problem = Problem(
        code=refused.code,
        message=refused.why,
        where=_WHERE.get(refused.code, "body"),
        what_to_do="See the message; nothing was stored.",
    )
    return Declined(_STATUS.get(refused.code, 409), problem)
