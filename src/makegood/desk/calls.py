"""Call-backs that wait, by their clocks; and what a person says of a call or a suggestion."""

from typing import Any

from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.views.decorators.http import require_POST, require_safe

from makegood.core.state import decode_state
from makegood.desk.access import Desk, at_the_desk, for_reps
from makegood.desk.call_card import is_about, is_blind, may_call, wish_words
from makegood.desk.customers import UNPROCESSABLE, page_of, visible
from makegood.desk.queue import PAGE
from makegood.desk.team import team_shell
from makegood.desk.team_talks import place_of, read_place
from makegood.desk.tokens import message_id_of, new_token
from makegood.messages.call_facts import CalledBack, HintSettled
from makegood.messages.errors import Refused
from makegood.messages.ids import CustomerId, EventId, RepId
from makegood.ports.rows import PersonRow
from makegood.ports.ties import MOST_TIES, Tie, TieKind
from makegood.projections.calls import STUCK, why_of
from makegood.projections.roster import called, rep_name
from makegood.sources.limits import writable

ACTS = ("called", "hint")
LONGEST = 4_000
SHOWN = ("mine", "nobodys", "all")


@require_safe
@for_reps
def call_backs(request: HttpRequest) -> HttpResponse:
    """List the call-backs that wait: one's own; for supervisors nobody's and everybody's too."""
    with at_the_desk(request) as desk:
        show = request.GET.get("show", "mine")
        show = show if show in SHOWN and desk.me.is_supervisor else "mine"
        whose = {"mine": desk.me.rep, "nobodys": RepId("")}.get(show)
        after = read_place(request.GET.get("after", ""))
        found = desk.reading.ties(TieKind.CALL_BACK, rep=whose, after=after, limit=PAGE)
        apart = {
            one.customer
            for one in desk.reading.ties(TieKind.APART, rep=desk.me.rep, limit=MOST_TIES)
        }
        seen = [
            one
            for one in found
            if desk.me.may_see(one.brand) and one.customer not in apart and not is_about(desk, one)
        ]
        numbers = [one.words for one in seen if one.words]
        texts = desk.reading.texts(numbers) if numbers else {}
        persons = desk.reading.persons(tuple({one.profile for one in seen}))
        page = {
            **team_shell(desk, "call-backs"),
            "rows": [
                {
                    **_row(desk, one, persons.get(one.profile)),
                    **wish_words(one.words if _may(desk, one) else "", one.ends_ms, texts),
                }
                for one in seen
            ],
            "next": place_of(found[-1]) if len(found) == PAGE else "",
            "show": show,
            "zone": desk.makegood.book.timezone,
            "token": new_token(),
        }
    return render(request, "desk/call_backs.html", page)


def _row(desk: Desk, tie: Tie, person: PersonRow | None) -> dict[str, Any]:
    may = _may(desk, tie)
    return {
        "customer": tie.customer,
        "id": tie.item,
        "name": called(person),
        "phone": person.phone if person is not None and may else "",
        "brand": tie.brand,
        "why": why_of(tie, desk.reps),
        "owner": rep_name(desk.reps, tie.rep) if tie.rep else "",
        "is_mine": tie.rep == desk.me.rep,
        "may_call": may and tie.asked_for != desk.me.rep,
        "due_ms": tie.until_ms,
        "stuck": tie.thing == STUCK,
    }


def _may(desk: Desk, tie: Tie) -> bool:
    """Whether who reads is the one to call."""
    anybodys = not tie.rep or tie.thing == STUCK
    return tie.rep == desk.me.rep or (anybodys and desk.me.is_supervisor)


@require_POST
@for_reps
def act(request: HttpRequest, customer_id: str, act: str) -> HttpResponse:
    """Write down that somebody called back, or what a suggestion is."""
    wanted = CustomerId(customer_id)
    if act not in ACTS:
        raise Http404
    with at_the_desk(request) as desk:
        visible(desk, wanted)
        refused = _not_theirs(desk, wanted, request, act)
    message_id = message_id_of(request, desk.me.rep, f"{wanted}:calls:{act}")
    if refused is None:
        body, texts = _read(request, act, f"desk:{message_id}")
        outcome = desk.makegood.acts.act(
            wanted, body, desk.me.asker, message_id=message_id, texts=texts
        )
        if not isinstance(outcome, Refused):
            back = request.POST.get("back") == "call-backs"
            return redirect("desk:call-backs" if back else f"/desk/customers/{wanted}#calls")
        refused = outcome
    with at_the_desk(request) as desk:
        page = page_of(desk, wanted) | {"call_wrong": refused.why}
    return render(request, "desk/customer.html", page, status=UNPROCESSABLE)


def _not_theirs(desk: Desk, wanted: CustomerId, request: HttpRequest, act: str) -> Refused | None:
    """What is anybody's is a supervisor's of its brand; the rest is for the core to judge.

    Raises:
        Http404: It is of a brand that they do not serve, or not theirs to see.
    """
    row = desk.reading.row(wanted)
    if row is None:
        raise Http404
    phone = decode_state(row.state).phone
    if act == "hint":
        hint = phone.hint(request.POST.get("hint", ""))
        if hint is not None and not desk.me.may_see(hint.brand):
            raise Http404
        return None
    one = phone.back(request.POST.get("call_back", ""))
    if one is not None and (not desk.me.may_see(one.brand) or is_blind(desk, one)):
        raise Http404
    if one is None or one.done_ms or not one.is_anybodys or may_call(desk, one):
        return None
    return Refused(code="supervisors_only", why="It is with the supervisors: one of them calls.")


def _read(
    request: HttpRequest, act: str, ref: str
) -> tuple[CalledBack | HintSettled, dict[str, str]]:
    if act == "hint":
        hint = EventId(request.POST.get("hint", "")[:80])
        return HintSettled(hint=hint, accepted=request.POST.get("accepted") == "yes"), {}
    words = writable(request.POST.get("words", ""), LONGEST).strip()
    body = CalledBack(
        call_back=EventId(request.POST.get("call_back", "")[:80]),
        reached=request.POST.get("reached") == "yes",
        note=ref if words else "",
    )
    return body, ({ref: words} if words else {})
