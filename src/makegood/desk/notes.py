"""Write a note of the team where there is no case: on a customer, or on one letter of theirs."""

from django.http import Http404, HttpRequest, HttpResponse
from django.views.decorators.http import require_POST

from makegood.desk.access import at_the_desk, for_reps
from makegood.desk.customers import visible
from makegood.desk.letters import back, letter_seen, page_again
from makegood.desk.tokens import message_id_of
from makegood.messages.errors import Refused
from makegood.messages.facts import NotedOnCustomer
from makegood.messages.ids import CustomerId, event_id
from makegood.runtime.acts import DESK
from makegood.runtime.intake import text_ref
from makegood.sources.limits import writable

LONGEST = 4_000


@require_POST
@for_reps
def note(request: HttpRequest, customer_id: str) -> HttpResponse:
    """Keep a note: only colleagues who may see its brand read it, and no customer ever."""
    wanted = CustomerId(customer_id)
    words = writable(request.POST.get("words", ""), LONGEST).strip()
    about = request.POST.get("letter", "")
    with at_the_desk(request) as desk:
        visible(desk, wanted)
        letter = letter_seen(desk, wanted, about) if about else None
        brand = letter.brand if letter is not None else request.POST.get("brand", "")
        if not desk.me.may_see(brand):
            raise Http404
        me, makegood = desk.me, desk.makegood
        message_id = message_id_of(request, me.rep, f"{wanted}:{about}:note")
    ref = text_ref(event_id(DESK, message_id), "words") if words else ""
    body = NotedOnCustomer(words=ref, brand=brand, letter=about, by=me.rep)
    whose = CustomerId(letter.profile) if letter is not None else wanted
    texts = {ref: words} if words else {}
    done = makegood.acts.act(whose, body, me.asker, message_id=message_id, texts=texts)
    if isinstance(done, Refused):
        return page_again(request, wanted, {"note_wrong": done.why, "note_at": about})
    return back(request, wanted, f"letter-{about}" if about else "notes")
