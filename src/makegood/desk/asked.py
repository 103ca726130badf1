"""Ask for a customer, settle what waits for a person, appeal a no."""

from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.views.decorators.http import require_POST

from makegood.desk.access import at_the_desk, for_reps
from makegood.desk.asking import appealed, requested, settled
from makegood.desk.customers import UNPROCESSABLE, book_of, page_of, visible
from makegood.desk.story import story_of
from makegood.desk.tokens import message_id_of
from makegood.messages.errors import Refused
from makegood.messages.facts import Appealed, Requested, Settled
from makegood.messages.ids import CustomerId, EventId
from makegood.projections.asked import requests_in


@require_POST
@for_reps
def ask(request: HttpRequest, customer_id: str, name: str) -> HttpResponse:
    """Ask for the customer; the table answers at once."""
    wanted = CustomerId(customer_id)
    with at_the_desk(request) as desk:
        visible(desk, wanted)
        book, me, makegood = book_of(desk), desk.me, desk.makegood
    brand = request.POST.get("brand", "")
    rule = book.for_brand(brand).requests.get(name)
    if rule is None or not me.may_see(brand):
        raise Http404
    body = requested(rule, brand, _values(request), makegood.intake.profile)
    message_id = message_id_of(request, me.rep, f"{wanted}:ask:{name}")
    return _done(request, wanted, body, {}, message_id, f"ask {name}")


@require_POST
@for_reps
def answer(request: HttpRequest, customer_id: str, event: str, act: str) -> HttpResponse:
    """Settle or appeal a request of a brand that this person serves."""
    wanted, asked = CustomerId(customer_id), EventId(event)
    with at_the_desk(request) as desk:
        visible(desk, wanted)
        story = story_of(desk, wanted)
        book, me = book_of(desk), desk.me
    found = requests_in(story.history, story.state, story.library)
    theirs = any(one.event == asked and me.may_see(one.asked.brand) for one in found)
    if act not in ("settle", "appeal") or not theirs:
        raise Http404
    message_id = message_id_of(request, me.rep, f"{wanted}:{act}:{event}")
    ref, values = f"desk:{message_id}", _values(request)
    if act == "appeal":
        body, texts = appealed(asked, me, values, ref)
        return _done(request, wanted, body, texts, message_id, f"{act} {event}")
    made = settled(asked, me, book, values, ref)
    if isinstance(made, Refused):
        return _done(request, wanted, made, {}, message_id, f"{act} {event}")
    return _done(request, wanted, made[0], made[1], message_id, f"{act} {event}")


def _values(request: HttpRequest) -> dict[str, str]:
    return {name: request.POST.get(name, "") for name in request.POST}


def _done(
    request: HttpRequest,
    wanted: CustomerId,
    body: Requested | Settled | Appealed | Refused,
    texts: dict[str, str],
    message_id: str,
    form: str,
) -> HttpResponse:
    """Do it once and show the page again, or say at the form why not."""
    outcome: object = body
    if not isinstance(body, Refused):
        with at_the_desk(request) as desk:
            makegood, asker = desk.makegood, desk.me.asker
        outcome = makegood.requests.act(wanted, body, asker, message_id=message_id, texts=texts)
    if not isinstance(outcome, Refused):
        return redirect(f"/desk/customers/{wanted}#asked")
    with at_the_desk(request) as desk:
        page = page_of(desk, wanted)
    page |= {"asked_wrong": outcome.why, "asked_form": form, "asked_written": _values(request)}
    return render(request, "desk/customer.html", page, status=UNPROCESSABLE)
