"""The rule book at the desk: read part by part, changed in place or as a text, as a draft."""

import re
from collections.abc import Mapping
from difflib import unified_diff
from typing import Any

from django.contrib import messages
from django.core.exceptions import PermissionDenied
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.views.decorators.http import require_POST, require_safe

from makegood.desk.access import Desk, at_the_desk, for_reps
from makegood.desk.case import UNPROCESSABLE
from makegood.desk.drafting import MOST_TRIES, Edited, Saving, Work, edited, save, work_of
from makegood.desk.fields import Typed
from makegood.desk.rule_forms import rule_forms
from makegood.desk.shell import shell
from makegood.messages.errors import InputError
from makegood.playbooks.book import RuleBook
from makegood.playbooks.example_text import example_saying
from makegood.projections.figures import listed
from makegood.projections.roster import rep_name
from makegood.sources.limits import without_control, writable

LONGEST_VALUE = 4000
LONGEST_TEXT = 200_000
_VALUE, _WAS = "v:", "was:"
_BUILDS_ON = re.compile(r"^builds_on:[ ]*([^#\n]+)", re.MULTILINE)


def must_edit(desk: Desk) -> None:
    """Let nobody on who may not change the rule book.

    Raises:
        PermissionDenied: They have no such permission, or serve some brands only.
    """
    if not desk.me.edits_rules:
        raise PermissionDenied


def rules_shell(desk: Desk, work: Work, tab: str) -> dict[str, Any]:
    """Give what every page about the rule book shows."""
    draft, shelf = work.draft, desk.makegood.shelf
    says_so = desk.me.edits_rules and shelf.named != work.active.hash
    return {
        **shell(desk, page="rules"),
        "tab": tab,
        "active": work.active,
        "draft": draft,
        "drafter": rep_name(desk.reps, draft.by) if draft else "",
        "is_stale": bool(draft) and draft is not None and draft.base != work.active.hash,
        "left_alone": shelf.left_alone if says_so else "",
        "zone": work.active.timezone,
        "revision": work.revision,
        "own_books": listed(_with_own_books(work.active)),
        "base": _base(work.text),
    }


def _with_own_books(book: RuleBook) -> tuple[str, ...]:
    """Name the brands that a text of their own says something else for."""
    return tuple(book.brands[brand].name for brand in book.by_brand if brand in book.brands)


def _base(text: str) -> str:
    """Name the book that this one builds on; empty when it stands alone."""
    found = _BUILDS_ON.search(text)
    return found[1].strip() if found else ""


@require_safe
@for_reps
def book(request: HttpRequest) -> HttpResponse:
    """Show the draft to whoever may change it, else the active book."""
    with at_the_desk(request) as desk:
        page = _book_page(desk)
    return render(request, "desk/rules.html", page)


def _book_page(
    desk: Desk,
    typed: Mapping[str, Typed] | None = None,
    wrong: Mapping[str, str] | None = None,
) -> dict[str, Any]:
    work = work_of(desk, sees_draft=desk.me.edits_rules)
    found = work.checked
    return {
        **rules_shell(desk, work, "book"),
        "forms": rule_forms(
            work.text,
            active=work.active_text,
            currency=work.active.currency,
            errors=found.errors,
            typed=typed,
            wrong=wrong,
        ),
        "wrong": wrong,
        "mismatches": found.mismatches,
    }


@require_POST
@for_reps
def edit(request: HttpRequest) -> HttpResponse:
    """Write the fields of one rule into the draft; what is not taken comes back as typed."""
    typed = _typed(request)
    for _ in range(MOST_TRIES):
        with at_the_desk(request) as desk:
            must_edit(desk)
            work = work_of(desk, sees_draft=True)
            who = rep_name(desk.reps, work.draft.by) if work.draft else "Somebody"
            found = edited(work, typed, who)
            if found.wrong:
                page = _book_page(desk, typed, found.wrong)
                return render(request, "desk/rules.html", page, status=UNPROCESSABLE)
        if not found.paths or _saved(desk, work, found):
            says = "Kept in the draft; nothing is active yet." if found.paths else "As before."
            messages.info(request, says)
            break
    else:
        messages.info(request, "Others were saving at the same time. Please try once more.")
    card = writable(request.POST.get("card", ""), 120)
    return redirect(f"{reverse('desk:rules')}#{card}")


def _saved(desk: Desk, work: Work, found: Edited) -> bool:
    saving = Saving(
        text=found.text, by=desk.me.rep, now_ms=desk.now_ms, says=", ".join(found.paths)
    )
    return save(desk.makegood.store, work, saving)


def _typed(request: HttpRequest) -> dict[str, Typed]:
    """Read the fields: what was shown, and what is there now."""
    return {
        name.removeprefix(_VALUE): Typed(
            was=_text(request, _WAS + name.removeprefix(_VALUE), LONGEST_VALUE),
            value=_text(request, name, LONGEST_VALUE),
        )
        for name in request.POST
        if name.startswith(_VALUE)
    }


def _text(request: HttpRequest, name: str, longest: int) -> str:
    """Read what was typed as it stands, but for what no text of a database can hold."""
    typed = request.POST.get(name, "").replace("\r\n", "\n").replace("\r", "\n")
    return without_control(typed)[:longest]


@require_POST
@for_reps
def example(request: HttpRequest) -> HttpResponse:
    """Let an example say what the draft does: somebody has read both and decided so."""
    with at_the_desk(request) as desk:
        must_edit(desk)
        work = work_of(desk, sees_draft=True)
    line = request.POST.get("line", "")
    missed = [one for one in work.checked.mismatches if str(one.line) == line and not one.file]
    says = "The draft is another one by now; look at it first."
    if missed and request.POST.get("revision", "") == str(work.revision):
        try:
            new = example_saying(
                work.text, missed[0].line, {one.what: one.found for one in missed}
            )
        except InputError as error:
            says = str(error)
        else:
            what = f"the example “{missed[0].example}”"
            saving = Saving(text=new, by=desk.me.rep, now_ms=desk.now_ms, says=what)
            if save(desk.makegood.store, work, saving):
                says = f"In the draft {what} says what the draft does."
    messages.info(request, says)
    return redirect("desk:rules-draft")


@require_safe
@for_reps
def text(request: HttpRequest) -> HttpResponse:
    """Show the whole text, for whoever writes rules."""
    with at_the_desk(request) as desk:
        must_edit(desk)
        work = work_of(desk, sees_draft=True)
        page = _text_page(desk, work, work.text)
    return render(request, "desk/rules_text.html", page)


def _text_page(desk: Desk, work: Work, shown: str) -> dict[str, Any]:
    found = work.checked
    return {
        **rules_shell(desk, work, "text"),
        "text": shown,
        "rows": min(max(shown.count("\n") + 2, 12), 40),
        "errors": found.errors,
        "warnings": found.warnings,
        "mismatches": found.mismatches,
    }


@require_POST
@for_reps
def write(request: HttpRequest) -> HttpResponse:
    """Keep a whole text as the draft, unless somebody else saved one meanwhile."""
    typed = _text(request, "text", LONGEST_TEXT + 1)
    with at_the_desk(request) as desk:
        must_edit(desk)
        work = work_of(desk, sees_draft=True)
        if not typed.strip() or len(typed) > LONGEST_TEXT:
            says = f"A rule book has from 1 to {LONGEST_TEXT:,} characters."
            page = _text_page(desk, work, typed) | {"refused": says}
            return render(request, "desk/rules_text.html", page, status=UNPROCESSABLE)
    is_same = request.POST.get("revision", "") == str(work.revision)
    is_same &= request.POST.get("active", "") == work.active.hash
    saving = Saving(text=typed, by=desk.me.rep, now_ms=desk.now_ms, says="the text")
    if typed.rstrip() == work.text.rstrip() or (
        is_same and save(desk.makegood.store, work, saving)
    ):
        messages.info(request, "Kept in the draft; nothing is active yet.")
        return redirect("desk:rules-text")
    with at_the_desk(request) as desk:
        work = work_of(desk, sees_draft=True)
        page = _text_page(desk, work, typed) | {"theirs": diff(typed, work.text)}
    return render(request, "desk/rules_text.html", page, status=UNPROCESSABLE)


def diff(left: str, right: str) -> str:
    """Say line by line how a text differs from another."""
    lines = unified_diff(left.splitlines(), right.splitlines(), n=1, lineterm="")
    return "\n".join(list(lines)[2:])


@require_POST
@for_reps
def discard(request: HttpRequest) -> HttpResponse:
    """End the draft; its revisions stay in the record."""
    with at_the_desk(request) as desk:
        must_edit(desk)
        work = work_of(desk, sees_draft=True)
    is_same = request.POST.get("revision", "") == str(work.revision)
    saving = Saving(text=work.text, by=desk.me.rep, now_ms=desk.now_ms, says="", end="discarded")
    if work.draft and is_same and save(desk.makegood.store, work, saving):
        messages.info(request, "The draft is gone; the active book is as it was.")
    else:
        messages.info(request, "The draft is another one by now; look at it first.")
    return redirect("desk:rules")
