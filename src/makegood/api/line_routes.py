"""Mail to a rep's own address: who answers it is found as for everything a customer says."""

from django.http import HttpRequest
from ninja import Router, Schema

from makegood.api.access import CasesKey, Declined
from makegood.api.asking import declined
from makegood.api.people_routes import TalkOut, who_answers
from makegood.api.problems import Problem
from makegood.api.request_routes import WRITES, Fields, joined, key_of
from makegood.bootstrap import Makegood
from makegood.core.decide import Asker
from makegood.messages.errors import InputError, Refused
from makegood.messages.facts import GotInTouch
from makegood.messages.ids import RepId, event_id
from makegood.runtime.acts import PORTAL
from makegood.runtime.intake import text_ref
from makegood.sources.mail_in import MailIn, read_mail

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

    A mail that a machine wrote is passed over: nobody waits for an answer to it.
    """
    makegood = joined(request)
    try:
        mail = read_mail(request.body)
    except InputError as error:
        raise _unreadable(str(error)) from error
    rep, brand = _whose(makegood, mail)
    if not rep:
        raise _unreadable("It came to nobody's own address.")
    if mail.automatic:
        return {"taken": False, "why": "A machine wrote it.", "talk": None}
    message_id = f"{key_of(request).name}/mail/{mail.id}"
    event = event_id(PORTAL, message_id)
    ref = text_ref(event, "words") if mail.words else ""
    body = GotInTouch(channel="mail", thread=mail.thread, brand=brand, to=rep, words=ref)
    texts = {ref: mail.words} if ref else {}
    try:
        done = makegood.requests.ask(
            f"email:{mail.sender}", body, Asker(), message_id=message_id, texts=texts
        )
    except InputError as error:
        raise _unreadable(str(error)) from error
    if isinstance(done, Refused):
        raise declined(done)
    talk = who_answers(makegood, done[0], mail.thread)
    return {"taken": True, "why": "Somebody answers it.", "talk": talk}


def _whose(makegood: Makegood, mail: MailIn) -> tuple[RepId, str]:
    """Give whose address it came to, and the brand whose domain that is; "" is the umbrella's."""
    with makegood.store.reading() as reading:
        reps = reading.reps()
    book = makegood.book
    for address in mail.recipients:
        rep = makegood.lines.rep_of(address, reps)
        if rep:
            domain = address.rpartition("@")[2]
            own = (
                brand
                for brand, it in sorted(book.by_brand.items())
                if it.people.line.domain == domain != book.people.line.domain
            )
            return rep, next(own, "")
    return RepId(""), ""


def _unreadable(why: str) -> Declined:
    problem = Problem(
        code="not_taken",
        message=why,
        where="body",
        what_to_do="Keep the mail; send it as it came in (message/rfc822), to a rep's address.",
    )
    return Declined(422, problem)
