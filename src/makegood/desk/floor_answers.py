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
from makegood.desk.reputations import LONGEST, answered_for_rule, rules_asked
from makegood.desk.root_causes import ANSWERED, cause_shown, page_of_causes
from makegood.messages.errors import Refused

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
        "rules": rules_asked(desk) if not after else [],
        "longest": LONGEST,
    }


def _shell(desk: Desk) -> dict[str, Any]:
    return {
        "me": desk.me,
        "now_ms": desk.now_ms,
        "is_at_the_desk": desk.me.role != "employee",
    }


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
    done = answered_for_rule(request, EVERYBODY)
    if isinstance(done, Refused):
        with at_the_desk(request, EVERYBODY) as desk:
            page = _page(desk, "") | {"wrong": done.why}
        return render(request, "desk/floor_answers.html", page, status=UNPROCESSABLE)
    messages.info(request, "Your answer is shown.")
    return redirect("desk:floor-answers")
