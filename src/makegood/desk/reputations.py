"""What customers say: of oneself first, then of one's people; of rules; and appeals."""

from collections.abc import Sequence
from typing import Any

from django.contrib import messages
from django.core.exceptions import PermissionDenied
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from makegood.desk.access import Desk, at_the_desk, for_reps
from makegood.desk.queue import PAGE
from makegood.desk.team import team_shell
from makegood.messages.errors import Refused
from makegood.messages.ids import RepId
from makegood.playbooks.spans import DAY_MS
from makegood.ports.reputation import Appeal, RuleAnswer, Verdict
from makegood.ports.rows import RepRow
from makegood.projections.reputations import in_words, said_of, seen_first
from makegood.projections.root_causes import answerer, cause_words
from makegood.projections.roster import rep_name
from makegood.runtime.reputations import answer_for_rule, appeal, decide_appeal
from makegood.sources.limits import writable

LONGEST = 500


@require_http_methods(["GET", "HEAD", "POST"])
@for_reps
def mine(request: HttpRequest) -> HttpResponse:
    """Show somebody what customers say of them, before anybody else sees it; take an appeal."""
    with at_the_desk(request) as desk:
        me, store, clock = desk.me, desk.makegood.store, desk.makegood.clock
        if request.method != "POST":
            page = {
                **_shell(desk),
                "said": said_of(desk.reading, "rep", {me.rep: "you"})[me.rep],
                "terms": desk.makegood.book.reputation,
                "settles": desk.makegood.book.reputation.late_ms // DAY_MS,
                "own": desk.reading.appeals_by(me.rep, PAGE),
            }
    if request.method == "POST":
        about = writable(request.POST.get("about", ""), 80)
        why = writable(request.POST.get("why", ""), LONGEST)
        _tell(request, appeal(store, clock, me.rep, about, why), "Somebody else will look at it.")
        return redirect("desk:reputation")
    if request.method == "GET":
        with store.writing() as writing:
            writing.put_seen(me.rep, page["said"].at_ms)  # what they read, not when
    return render(request, "desk/reputation.html", page)


@require_safe
@for_reps
def people(request: HttpRequest) -> HttpResponse:
    """Let who looks after people read what is said of each, by name and in no other order."""
    wanted = request.GET.get("of", "")
    with at_the_desk(request) as desk:
        _must_supervise(desk)
        theirs = {row.rep: row.name or row.rep for row in desk.reps if _shares(desk, row)}
        seen = seen_first(desk.reading, sorted(theirs))
        if wanted and wanted not in seen:
            raise Http404
        page = {
            **_shell(desk),
            "people": sorted((name, rep, rep in seen) for rep, name in theirs.items()),
            "name": theirs.get(RepId(wanted), ""),
            "said": said_of(desk.reading, "rep", {wanted: theirs[RepId(wanted)]})[wanted]
            if wanted
            else None,
        }
    return render(request, "desk/reputation_people.html", page)


@require_http_methods(["GET", "HEAD", "POST"])
@for_reps
def rules(request: HttpRequest) -> HttpResponse:
    """Show what is said of rules, who answers for each, and the answer; take one."""
    after = request.GET.get("after", "")
    with at_the_desk(request) as desk:
        me, store, clock = desk.me, desk.makegood.store, desk.makegood.clock
        if request.method != "POST":
            found = desk.reading.published("rule", after, PAGE)
            answers = desk.reading.rule_answers([one.subject for one in found])
            owners = desk.makegood.library.now().owners
            page = {
                **_shell(desk),
                "zone": desk.makegood.library.now().timezone,
                "rules": [
                    {
                        "id": one.subject,
                        "title": _title(desk, one.subject),
                        "said": in_words(one, ""),
                        "owner": rep_name(
                            desk.reps,
                            answerer(owners, f"rule:{one.subject}", desk.reps, desk.now_ms),
                        ),
                        "answer": (answer := answers.get(one.subject)),
                        "asked": rep_name(desk.reps, RepId(answer.owner)) if answer else "",
                        "may_answer": answer is not None and answer.owner == me.rep,
                        "late": answer is not None
                        and not answer.says
                        and answer.due_ms < desk.now_ms,
                    }
                    for one in found
                ],
                "next": found[-1].subject if len(found) == PAGE else "",
            }
    if request.method == "POST":
        rule = request.POST.get("rule", "")
        says = writable(request.POST.get("says", ""), LONGEST)
        _tell(request, answer_for_rule(store, clock, rule, me.rep, says), "Your answer is shown.")
        return redirect("desk:reputation-rules")
    return render(request, "desk/reputation_rules.html", page)


def rules_asked(desk: Desk) -> list[dict[str, Any]]:
    """Give the rules this person is asked about and has not answered for, the first of them."""
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


def answered_for_rule(request: HttpRequest, roles: frozenset[str]) -> RuleAnswer | Refused:
    """Keep what was sent about a rule; who is not asked about it finds none."""
    with at_the_desk(request, roles) as desk:
        makegood, rep = desk.makegood, desk.me.rep
    says = writable(request.POST.get("says", ""), LONGEST)
    rule = request.POST.get("rule", "")
    done = answer_for_rule(makegood.store, makegood.clock, rule, rep, says)
    if isinstance(done, Refused) and done.code == "not_yours":
        raise Http404
    return done


@require_safe
@for_reps
def appeals(request: HttpRequest) -> HttpResponse:
    """List the appeals that somebody has to look at, but one's own."""
    with at_the_desk(request) as desk:
        _must_supervise(desk)
        theirs = {row.rep for row in desk.reps if _shares(desk, row)}
        found = desk.reading.appeals(open_only=True, after=request.GET.get("after", ""))
        page = {
            **_shell(desk),
            "zone": desk.makegood.library.now().timezone,
            "appeals": _appealed(
                desk, [one for one in found if one.rep in theirs and one.rep != desk.me.rep]
            ),
            "next": found[-1].id if len(found) == PAGE else "",
        }
    return render(request, "desk/reputation_appeals.html", page)


@require_POST
@for_reps
def decide(request: HttpRequest) -> HttpResponse:
    """Keep a rating, or leave it out, with a reason."""
    with at_the_desk(request) as desk:
        _must_supervise(desk)
        me, store, clock = desk.me, desk.makegood.store, desk.makegood.clock
        id_ = request.POST.get("appeal", "")
        row = desk.reading.appeal(id_)
        theirs = {one.rep for one in desk.reps if _shares(desk, one)}
        if row is None or row.rep not in theirs:
            raise Http404
    verdict: Verdict = "left_out" if request.POST.get("verdict") == "left_out" else "kept"
    because = writable(request.POST.get("because", ""), LONGEST)
    done = decide_appeal(store, clock, id_, me.rep, verdict, because)
    _tell(request, done, "It is written down, with your reason.")
    return redirect("desk:reputation-appeals")


def _shell(desk: Desk) -> dict[str, Any]:
    return {**team_shell(desk, "reputation"), "longest": LONGEST}


def _must_supervise(desk: Desk) -> None:
    if not desk.me.is_supervisor:
        raise PermissionDenied


def _shares(desk: Desk, row: RepRow) -> bool:
    return not desk.me.brands or bool(set(row.brands) & set(desk.me.brands))


def _title(desk: Desk, rule: str) -> str:
    return cause_words(f"rule:{rule}", desk.makegood.library)


def _appealed(desk: Desk, found: Sequence[Appeal]) -> list[dict[str, Any]]:
    terms = desk.makegood.book.owners
    return [
        {
            "row": one,
            "name": rep_name(desk.reps, one.rep),
            "due_ms": (due_ms := one.asked_ms + terms.answer_ms),
            "late": due_ms < desk.now_ms,
        }
        for one in found
    ]


def _tell(request: HttpRequest, done: object, thanks: str) -> None:
    if isinstance(done, Refused):
        messages.error(request, done.why)
    else:
        messages.info(request, thanks)
