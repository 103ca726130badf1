"""What customers answered where somebody else asked them: once for its Idempotency-Key."""

from typing import Annotated, Literal

from django.http import HttpRequest
from ninja import Router, Schema
from pydantic import ConfigDict, Field

from makegood.api.access import CasesKey, Declined
from makegood.api.asking import declined, rep_of
from makegood.api.problems import Problem
from makegood.api.request_routes import WRITES, Fields, Named, joined, key_of
from makegood.api.said import Identifier
from makegood.api.shapes import Line, Words
from makegood.bootstrap import Makegood
from makegood.core.decide import Asker
from makegood.core.state import decode_state
from makegood.core.surveyed import found
from makegood.messages.errors import Refused
from makegood.messages.facts import Rated
from makegood.messages.ids import CustomerId, event_id
from makegood.runtime.acts import DESK, PORTAL
from makegood.runtime.intake import text_ref
from makegood.sources.personal import holds_address

router = Router(auth=CasesKey(), tags=["surveys"])


class RatingIn(Schema):
    """An answer to a survey of the rule book."""

    model_config = ConfigDict(extra="forbid")

    identifier: Identifier
    survey: Line = Field(description="Id of a survey of the rule book.")
    score: Annotated[int, Field(ge=0, le=10)] = Field(
        description="On its scale: csat 1-5, ces 1-7, nps 0-10, thumbs 0-1; more is better."
    )
    question: Line = Field(
        default="", description="Id of a question besides the first of the survey."
    )
    about: Line = Field(default="", description="Booking, segment or order.")
    met: Line = Field(default="", description="Sign-in name or number of the person met.")
    reasons: list[Literal["person", "policy", "product", "other"]] = Field(
        default_factory=list,
        max_length=4,
        description="What it was about, of a survey with thumbs.",
    )
    words: Words = Field(default="", description="What was added; kept apart from the log.")
    brand: Line = ""
    rep: Line = Field(default="", description="Who wrote it down; empty when the customer did.")


class RatingOut(Schema):
    """An answer as it stands; free of personal data."""

    customer: str
    survey: str
    about: str
    met: str
    score: int
    replaced: bool = Field(description="It took the place of an earlier answer.")
    bad: bool = Field(description="The rule book takes it for a failure; the owner calls.")


@router.post("/ratings", response={200: RatingOut, **WRITES})
def post_rating(request: HttpRequest, wanted: RatingIn, idempotency_key: Named) -> Fields:
    """Say how a customer rated something; a bad score is a failure, and somebody calls."""
    makegood = joined(request)
    _plain(wanted)
    asker = Asker()
    if wanted.rep:
        rep = rep_of(makegood, wanted.rep, wanted.brand)
        asker = Asker(rep=rep.rep, role=rep.role)
    message_id = f"{key_of(request).name}/{idempotency_key}"
    event = event_id(DESK if wanted.rep else PORTAL, message_id)
    ref = text_ref(event, "words") if wanted.words.strip() else ""
    body = Rated(
        survey=wanted.survey,
        score=wanted.score,
        about=wanted.about,
        brand=wanted.brand,
        met=wanted.met,
        words=ref,
        reasons=tuple(wanted.reasons),
        question=wanted.question,
    )
    texts = {ref: wanted.words} if ref else {}
    done = makegood.requests.ask(
        wanted.identifier, body, asker, message_id=message_id, texts=texts
    )
    if isinstance(done, Refused):
        raise declined(done)
    return _shown(makegood, done[0], body, wanted.about or event)


def _plain(wanted: RatingIn) -> None:
    """Refuse what may not stand in the log.

    Raises:
        Declined: 422 for an address.
    """
    if any(holds_address(value) for value in (wanted.about, wanted.met)):
        problem = Problem(
            code="personal",
            message="Something of this is personal; the log is kept for ever and may not hold it.",
            where="body",
            what_to_do="Put free words into `words`, and a sign-in name or a number into `met`.",
        )
        raise Declined(422, problem)


def _shown(makegood: Makegood, customer: CustomerId, body: Rated, about: str) -> Fields:
    with makegood.store.reading() as reading:
        row = reading.row(customer)
    one = found(decode_state(row.state).surveys, body.survey, about) if row else None
    rule = makegood.library.now(body.brand).surveys.get(body.survey)
    return {
        "customer": customer,
        "survey": body.survey,
        "about": one.about if one else body.about,
        "met": one.met if one else body.met,
        "score": body.score,
        "replaced": bool(one and one.again),
        "bad": rule is not None and rule.is_bad(body.score, body.question),
    }
