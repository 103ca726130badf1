"""What a draft changes, what it would have done in the last year, and bringing it into use."""

from typing import Any

from django.contrib import messages
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils.safestring import mark_safe
from django.views.decorators.http import require_POST, require_safe

from makegood.desk.access import Desk, at_the_desk, for_reps
from makegood.desk.case import UNPROCESSABLE
from makegood.desk.drafting import Saving, Work, save, work_of
from makegood.desk.requests import LONGEST_TEXT
from makegood.desk.rule_forms import changes
from makegood.desk.rules import diff, must_edit, rules_shell
from makegood.desk.trial_words import headline_of, status_words
from makegood.messages.errors import InputError, PlaybookError
from makegood.ports.drafts import Trial
from makegood.projections.roster import rep_name
from makegood.sources.limits import writable


@require_safe
@for_reps
def draft(request: HttpRequest) -> HttpResponse:
    with at_the_desk(request) as desk:
        must_edit(desk)
        page = _page(desk)
    return render(request, "desk/rules_draft.html", page)


def _page(desk: Desk, refused: str = "") -> dict[str, Any]:
    work = work_of(desk, sees_draft=True)
    found = work.checked
    return {
        **rules_shell(desk, work, "draft"),
        "changes": changes(work.text, work.active_text),
        "diff": diff(work.active_text, work.text),
        "errors": found.errors,
        "mismatches": found.mismatches,
        "is_same": found.book is not None and found.book.hash == work.active.hash,
        "may_try": _may_try(work),
        "refused": refused,
        **_trial_part(desk, work),
    }


def _may_try(work: Work) -> bool:
    book = work.checked.book
    return work.draft is not None and book is not None and book.hash != work.active.hash


def _trial_part(desk: Desk, work: Work) -> dict[str, Any]:
    """The newest trial: of this draft against the active book, or of something else."""
    trials = desk.makegood.trials.newest(desk.reading)
    trial = _of(work, trials) or next((one for one in trials if one.status == "running"), None)
    result = desk.reading.trial_result(trial.place) if trial else None
    return {
        "trial": trial,
        "is_running": trial is not None and trial.status == "running",
        "is_done": trial is not None and _is_of(work, trial) and trial.status == "done",
        "was_other": trial is None and bool(trials),
        "says": status_words(trial, rep_name(desk.reps, trial.by)) if trial else "",
        "headline": headline_of(result, trial, work.active.timezone) if trial and result else "",
        # Our own page, made when the trial ended; every value was escaped on its way in.
        # Over nobody it would say nothing but noughts.
        "result": mark_safe(result.page) if result and trial and trial.done else "",  # noqa: S308
    }


def _of(work: Work, trials: tuple[Trial, ...]) -> Trial | None:
    """The newest trial of exactly this draft against exactly the active book."""
    return next((trial for trial in trials if _is_of(work, trial)), None)


def _is_of(work: Work, trial: Trial) -> bool:
    book = work.checked.book
    return book is not None and (trial.old, trial.new) == (work.active.hash, book.hash)


@require_POST
@for_reps
def begin(request: HttpRequest) -> HttpResponse:
    """Begin to compare the draft with the active book; a second time is the same comparison."""
    with at_the_desk(request) as desk:
        must_edit(desk)
        work = work_of(desk, sees_draft=True)
    new = work.checked.book
    try:
        if new is None or not _may_try(work):
            raise InputError("There is nothing to compare: the draft has mistakes or is none.")
        desk.makegood.trials.begin(work.active, new, desk.me.rep)
    except InputError as error:
        messages.info(request, str(error))
    return redirect("desk:rules-draft")


@require_safe
@for_reps
def progress(request: HttpRequest, place: int) -> HttpResponse:
    """Say how a comparison fares; at its end the whole page is shown anew."""
    with at_the_desk(request) as desk:
        must_edit(desk)
        trials = desk.makegood.trials.newest(desk.reading)
        trial = next((one for one in trials if one.place == place), None)
        if trial is None:
            raise Http404
        page = {
            "trial": trial,
            "is_running": trial.status == "running",
            "says": status_words(trial, rep_name(desk.reps, trial.by)),
        }
    response = render(request, "desk/_trial.html", page)
    if trial.status != "running":
        response["HX-Refresh"] = "true"
    return response


@require_POST
@for_reps
def stop(request: HttpRequest, place: int) -> HttpResponse:
    with at_the_desk(request) as desk:
        must_edit(desk)
    stopped = desk.makegood.trials.stop(place)
    messages.info(request, "It is stopped." if stopped else "It had ended already.")
    return redirect("desk:rules-draft")


@require_POST
@for_reps
def activate(request: HttpRequest) -> HttpResponse:
    """Make the draft the active book: checked, compared with this active book, with a reason."""
    reason = writable(request.POST.get("reason", ""), LONGEST_TEXT)
    with at_the_desk(request) as desk:
        must_edit(desk)
        work = work_of(desk, sees_draft=True)
        refused = _refusal(desk, work, request.POST.get("revision", ""), reason)
    refused = refused or _activated(desk, work, reason)
    if refused:
        with at_the_desk(request) as desk:
            page = _page(desk, refused) | {"reason": reason}
        return render(request, "desk/rules_draft.html", page, status=UNPROCESSABLE)
    messages.info(
        request, "The new rule book is active. What happened before stays judged by the old one."
    )
    return redirect("desk:rules-history")


def _refusal(desk: Desk, work: Work, revision: str, reason: str) -> str:
    """Say why a draft may not be activated; nothing when it may."""
    found = work.checked
    if work.draft is None or revision != str(work.revision):
        return "The draft is another one by now. Look at it before you activate it."
    if not found.holds:
        return "The draft has mistakes, or an example comes out otherwise."
    if not _may_try(work):
        return "The draft says the same as the active book."
    trial = _of(work, desk.makegood.trials.newest(desk.reading))
    if trial is None or trial.status != "done":
        return "See first what this draft would have done in the last year."
    return "" if reason else "Say why; it is kept with your name."


def _activated(desk: Desk, work: Work, reason: str) -> str:
    """Activate it, and end the draft; say what stood against it."""
    makegood, me = desk.makegood, desk.me
    try:
        makegood.shelf.activate(
            work.whole, "draft", by=me.rep, because=reason, instead_of=work.active.hash
        )
    except (InputError, PlaybookError) as error:
        return str(error)
    saving = Saving(text=work.text, by=me.rep, now_ms=desk.now_ms, says=reason, end="activated")
    save(makegood.store, work, saving)
    return ""
