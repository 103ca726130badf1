"""Promise something to a customer, tell what it costs, send them on; and say what came of it."""

from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.views.decorators.http import require_POST

from makegood.desk.access import at_the_desk, for_reps
from makegood.desk.customers import UNPROCESSABLE, book_of, page_of, visible
from makegood.desk.saying import ACTS, CAME, Form, read_came, read_say, say_forms
from makegood.desk.story import story_of
from makegood.desk.tokens import message_id_of
from makegood.messages.errors import Refused
from makegood.messages.facts import Arrived, Disclosed, Kept, Promised, Redirected
from makegood.messages.ids import CustomerId, EventId

Body = Promised | Disclosed | Redirected | Kept | Arrived


@require_POST
@for_reps
def say(request: HttpRequest, customer_id: str, act: str) -> HttpResponse:
    """Say something to a customer, for a brand that this person serves."""
    wanted = CustomerId(customer_id)
    with at_the_desk(request) as desk:
        visible(desk, wanted)
        book, me = book_of(desk), desk.me
    if act not in ACTS or not me.may_see(request.POST.get("brand", "")):
        raise Http404
    name, book = request.POST.get("name", ""), book.for_brand(request.POST.get("brand", ""))
    message_id = message_id_of(request, me.rep, f"{wanted}:{act}:{name}")
    form = Form(values=_values(request), book=book, ref=f"desk:{message_id}")
    return _done(request, wanted, read_say(act, form), message_id, f"say {act} {name}")


@require_POST
@for_reps
def came(request: HttpRequest, customer_id: str, event: str, act: str) -> HttpResponse:
    """Say what came of something, of a brand that this person serves."""
    wanted, said = CustomerId(customer_id), EventId(event)
    with at_the_desk(request) as desk:
        visible(desk, wanted)
        story, book, me = story_of(desk, wanted), book_of(desk), desk.me
    one = story.state.memory.find(said)
    if act not in CAME or one is None or not me.may_see(one.brand):
        raise Http404
    message_id = message_id_of(request, me.rep, f"{wanted}:{act}:{event}")
    form = Form(values=_values(request), book=book.for_brand(one.brand), ref=f"desk:{message_id}")
    return _done(request, wanted, read_came(act, said, form), message_id, f"came {event}")


def _values(request: HttpRequest) -> dict[str, str]:
    return {name: request.POST.get(name, "") for name in request.POST}


def _done(
    request: HttpRequest,
    wanted: CustomerId,
    read: tuple[Body, dict[str, str]] | Refused,
    message_id: str,
    form: str,
) -> HttpResponse:
    """Do it once and show the page again, or say at the form why not."""
    outcome: object = read
    if not isinstance(read, Refused):
        body, texts = read
        with at_the_desk(request) as desk:
            makegood, asker = desk.makegood, desk.me.asker
        outcome = makegood.requests.act(wanted, body, asker, message_id=message_id, texts=texts)
    if not isinstance(outcome, Refused):
        return redirect(f"/desk/customers/{wanted}#said")
    values = _values(request)
    with at_the_desk(request) as desk:
        page = page_of(desk, wanted)
        page["say_forms"] = say_forms(book_of(desk), form, values)
    page |= {"said_wrong": outcome.why, "said_form": form, "said_written": values}
    return render(request, "desk/customer.html", page, status=UNPROCESSABLE)
