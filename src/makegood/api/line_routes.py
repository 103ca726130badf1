"""Mail to a rep's own address: who answers it is found as for everything a customer says."""

from collections.abc import Sequence

from django.http import HttpRequest
from ninja import Router, Schema

from makegood.api.access import CasesKey, Declined
from makegood.api.people_routes import TalkOut, who_answers
from makegood.api.problems import Problem
from makegood.api.request_routes import WRITES, Fields, joined
from makegood.bootstrap import Makegood
from makegood.messages.errors import InputError
from makegood.sources.mail.reading import read_mail

router = Router(auth=CasesKey(), tags=["people"])
_RAW = {
    "requestBody": {
        "required": True,
        "content": {"message/rfc822": {"schema": {"type": "string", "format": "binary"}}},
    }
}


class LineOut(Schema):
    """What became of a mail."""

    taken: bool
    why: str
    talk: TalkOut | None = None


@router.post("/line-mails", response={200: LineOut, **WRITES}, openapi_extra=_RAW)
def post_line_mail(request: HttpRequest) -> Fields:
    """Take a mail to somebody's own address, whole, as it came in; the same mail counts once.

    It counts once also when it comes by IMAP or SMTP as well. A mail that a machine wrote is
    passed over: nobody waits for an answer to it.
    """
    makegood = joined(request)
    raw = request.body
    try:
        mail = read_mail(raw)
    except InputError as error:
        raise _unreadable(str(error)) from error
    if not mail.sender:
        raise _unreadable("The mail does not say from whom it is; one address in From: does.")
    if not _is_to_a_rep(makegood, mail.recipients):
        raise _unreadable("It came to nobody's own address.")
    took = makegood.post.room.take(raw)
    if took.became not in ("taken", "known"):
        return {"taken": False, "why": took.why, "talk": None}
    talk = who_answers(makegood, took.customer, took.thread)
    return {"taken": True, "why": "Somebody answers it.", "talk": talk}


def _is_to_a_rep(makegood: Makegood, recipients: Sequence[str]) -> bool:
    """Whether one of the addresses is somebody's own; one that was called off is nobody's."""
    with makegood.store.reading() as reading:
        reps = reading.reps()
    return any(makegood.lines.rep_of(address, reps) for address in recipients)


def _unreadable(why: str) -> Declined:
    problem = Problem(
        code="not_taken",
        message=why,
        where="body",
        what_to_do="Keep the mail; send it as it came in (message/rfc822), to a rep's address.",
    )
    return Declined(422, problem)
