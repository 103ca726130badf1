"""What a rep does about a customer's own person."""

from collections.abc import Mapping

from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.views.decorators.http import require_POST

from makegood.core.decide import Asker
from makegood.desk.access import Desk, Me, at_the_desk, for_reps
from makegood.desk.customers import UNPROCESSABLE, page_of, visible
from makegood.desk.person_card import PLACES
from makegood.desk.tokens import message_id_of
from makegood.messages.errors import Refused
from makegood.messages.facts import (
    Contacted,
    GotInTouch,
    HelloAllowed,
    HelloDone,
    Introduced,
    PersonChosen,
    PersonRefused,
    WishNoted,
)
from makegood.messages.ids import CustomerId, EventId, RepId
from makegood.sources.limits import writable

ACTS = ("choose", "touch", "spoke", "apart", "hello", "met", "wish", "allow")
LONGEST = 4000
Touch = HelloDone | Introduced | WishNoted | HelloAllowed
Body = PersonChosen | GotInTouch | Contacted | PersonRefused | Touch
_BACK = {"talks": "desk:team-talks", "hellos": "desk:team-hellos", "leaving": "desk:team-leaving"}


@require_POST
@for_reps
def act(request: HttpRequest, customer_id: str, act: str) -> HttpResponse:
    """Write down what a customer said about their person, or that somebody spoke with them."""
    wanted = CustomerId(customer_id)
    with at_the_desk(request) as desk:
        visible(desk, wanted)
        me, makegood = desk.me, desk.makegood
    if act not in ACTS:
        raise Http404
    message_id = message_id_of(request, me.rep, f"{wanted}:person:{act}")
    values = {name: writable(request.POST.get(name, ""), LONGEST).strip() for name in request.POST}
    body, texts = _read(act, values, me, f"desk:{message_id}")
    outcome = makegood.acts.act(wanted, body, me.asker, message_id=message_id, texts=texts)
    if isinstance(outcome, Refused):
        return _again(request, wanted, outcome, values)
    if (back := _BACK.get(request.POST.get("back", ""))) is not None:
        return redirect(back)
    return redirect(f"/desk/customers/{wanted}#person")


def _read(act: str, values: Mapping[str, str], me: Me, ref: str) -> tuple[Body, dict[str, str]]:
    channel, thread = values.get("channel", "")[:40], values.get("thread", "")[:255]
    words = values.get("words", "")
    texts = {ref: words} if words else {}
    kept = ref if words else ""
    match act:
        case "choose":
            named = (RepId(values.get(name, "")) for name in PLACES)
            return PersonChosen(choices=tuple(one for one in named if one)), {}
        case "touch":
            to = RepId(values.get("to", ""))
            return GotInTouch(channel=channel, thread=thread, to=to, words=kept), texts
        case "spoke":
            return Contacted(rep=me.rep, channel=channel, thread=thread, note=kept), texts
        case "apart":
            return PersonRefused(rep=me.rep, side="rep", why=kept), texts
        case _:
            return _touch(act, values, me, kept), texts


def _touch(act: str, values: Mapping[str, str], me: Me, kept: str) -> Touch:
    """Read what is said about hellos and introductions."""
    match act:
        case "hello":
            hello = EventId(values.get("hello", "")[:80])
            said = values.get("said") == "yes"
            return HelloDone(hello=hello, by=me.rep, said=said, note=kept)
        case "met":
            rep, successor = RepId(values.get("rep", "")), RepId(values.get("successor", ""))
            brand = values.get("brand", "")[:80]
            return Introduced(rep=rep, successor=successor, by=me.rep, brand=brand)
        case "wish":
            return WishNoted(words=kept, by=me.rep)
        case _:
            return HelloAllowed(allowed=values.get("allowed") == "yes", by=me.rep)


def _again(
    request: HttpRequest, wanted: CustomerId, why: Refused, values: Mapping[str, str]
) -> HttpResponse:
    with at_the_desk(request) as desk:
        page = page_of(desk, wanted)
    page |= {"person_wrong": why.why, "person_written": values}
    return render(request, "desk/customer.html", page, status=UNPROCESSABLE)


def take_back(desk: Desk, customer: CustomerId, rep: RepId, message_id: str) -> Refused | None:
    """Let a supervisor take back what a rep wished; give why not."""
    body = PersonRefused(rep=rep, side="rep", again=True)
    asker = Asker(rep=desk.me.rep, role=desk.me.role)
    outcome = desk.makegood.acts.act(customer, body, asker, message_id=message_id)
    return outcome if isinstance(outcome, Refused) else None
