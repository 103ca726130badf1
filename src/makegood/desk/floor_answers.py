"""What somebody of the firm answers for: root causes of theirs, and rules they are asked about.

An owner need not work at the desk. They see sums and no customer, and what they may not answer
does not exist for them.
"""

from typing import Any

from django.contrib import messages
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.views.decorators.http import require_POST, require_safe

from makegood.desk.access import EVERYBODY, Desk, at_the_desk, for_reps
from makegood.desk.cause_forms import answered, cause_of
from makegood.desk.root_causes import ANSWERED, cause_shown, page_of_causes
from makegood.messages.errors import Refused
from makegood.projections.root_causes import cause_words
from makegood.runtime.reputations import answer_for_rule
from makegood.sources.limits import writable

LONGEST = 500
PAGE = 50
UNPROCESSABLE = 422


@require_safe
@for_reps
def answers(request: HttpRequest) -> HttpResponse:
    """List what this person answers for, the late first."""
    with at_the_desk(request, EVERYBODY) as desk:
        page = _page(desk, request.GET.get("after", ""))
    return render(request, "desk/floor_answers.html", page)


def _page(desk: Desk, after: str) -> dict[str, Any]:
    return {
        **_shell(desk),
        **page_of_causes(desk, after),
        "rules": _rules(desk) if not after else [],
        "longest": LONGEST,
    }


def _shell(desk: Desk) -> dict[str, Any]:
    return {
        "me": desk.me,
        "now_ms": desk.now_ms,
        "is_at_the_desk": desk.me.role != "employee",
    }


def _rules(desk: Desk) -> list[dict[str, Any]]:
    """Give the rules this person is asked about: customers find them worse than others."""
    library = desk.makegood.library
    terms = library.now().owners
    theirs = [name for name, who in terms.rules.items() if who == desk.me.rep]
    found = list(desk.reading.rule_answers(theirs).values()) if theirs else []
    if terms.otherwise == desk.me.rep:  # what others let pass is theirs as well
        found += [one for one in desk.reading.open_answers("", PAGE) if one.rule not in theirs]
    return [
        {
            "id": one.rule,
            "title": cause_words(f"rule:{one.rule}", library),
            "due_ms": one.due_ms,
            "late": one.due_ms < desk.now_ms,
        }
        for one in found
        if one.owner == desk.me.rep and not one.says
    ]


@require_safe
@for_reps
def one(request: HttpRequest) -> HttpResponse:
    """Show one root cause to whoever answers for it."""
    with at_the_desk(request, EVERYBODY) as desk:
        page = _one(desk, request.GET.get("cause", ""))
    return render(request, "desk/floor_answer.html", page)


def _one(desk: Desk, wanted: str) -> dict[str, Any]:
    row = cause_of(desk, wanted)
    if row is None:
        raise Http404
    return {**_shell(desk), **cause_shown(desk, row)}


@require_POST
@for_reps
def answer(request: HttpRequest) -> HttpResponse:
    """Keep an answer about a root cause, or about a rule."""
    if "rule" in request.POST:
        return _about_rule(request)
    given = answered(request, EVERYBODY)
    if isinstance(given, Refused):
        with at_the_desk(request, EVERYBODY) as desk:
            page = _one(desk, request.POST.get("cause", ""))
        page |= {"wrong": given.why, "written": request.POST}
        return render(request, "desk/floor_answer.html", page, status=UNPROCESSABLE)
    messages.info(request, ANSWERED)
    return redirect("desk:floor-answers")


def _about_rule(request: HttpRequest) -> HttpResponse:
    with at_the_desk(request, EVERYBODY) as desk:
        makegood, rep = desk.makegood, desk.me.rep
    says = writable(request.POST.get("says", ""), LONGEST)
    rule = request.POST.get("rule", "")
    done = answer_for_rule(makegood.store, makegood.clock, rule, rep, says)
    if isinstance(done, Refused) and done.code == "not_yours":
        raise Http404
    if isinstance(done, Refused):
        with at_the_desk(request, EVERYBODY) as desk:
            page = _page(desk, "") | {"wrong": done.why}
        return render(request, "desk/floor_answers.html", page, status=UNPROCESSABLE)
    messages.info(request, "Your answer is shown.")
    return redirect("desk:floor-answers")
