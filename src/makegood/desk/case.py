"""The case page: a sentence about a person, what is due, what may be given, what happened."""

from collections.abc import Sequence
from typing import Any

from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.views.decorators.http import require_POST, require_safe

from makegood.core.remedies import authority_used
from makegood.core.roots import lacks
from makegood.core.state import Case
from makegood.desk.access import Desk, at_the_desk, for_reps
from makegood.desk.agreed import agreed_in_case
from makegood.desk.call_card import calls_shown
from makegood.desk.everyone import like_this_case
from makegood.desk.letter_card import letters_shown
from makegood.desk.placing import asked_places
from makegood.desk.queue import side_rows
from makegood.desk.requests import Form, asked_for
from makegood.desk.shell import shell
from makegood.desk.standing import standing_shown
from makegood.desk.story import Story, story_of
from makegood.desk.tokens import message_id_of, new_token
from makegood.messages.errors import Refused
from makegood.messages.money import Money
from makegood.messages.root_facts import ROOT_KINDS
from makegood.playbooks.book import RuleBook, rules_of
from makegood.ports.rows import CaseRow, RepRow
from makegood.projections.clock import due_of
from makegood.projections.orders import remedy_words
from makegood.projections.planb import Pocket, cards, limit_of
from makegood.projections.proposals import ProposalCard, Reader, proposal_cards
from makegood.projections.reasons import reasons_of
from makegood.projections.root_causes import cause_words, places_in
from makegood.projections.roster import called, first_name, rep_name
from makegood.projections.sentence import sentence_about
from makegood.runtime.budgets import purse_of

UNPROCESSABLE = 422
MOST_PLACES = 200  # to choose from; any other is named by its id


@require_safe
@for_reps
def case(request: HttpRequest, case_id: str) -> HttpResponse:
    with at_the_desk(request) as desk:
        page = case_page(desk, desk.case_row(case_id))
    fragment = bool(getattr(request, "htmx", False)) and "fragment" in request.GET
    return render(request, "desk/_case.html" if fragment else "desk/case.html", page)


@require_POST
@for_reps
def act(request: HttpRequest, case_id: str, act: str) -> HttpResponse:
    """Do what a rep asks, once; show the page again, or why not."""
    with at_the_desk(request) as desk:
        row = desk.case_row(case_id)
        story = story_of(desk, row.customer)
        me = desk.me
        message_id = message_id_of(request, me.rep, f"{row.case}:{act}")
        case = _case_in(story, row)
        colleagues = _colleagues(desk, case)
        form = Form(
            case=case,
            me=me,
            book=desk.makegood.library.now(row.brand),
            colleagues=frozenset(rep.rep for rep in colleagues),
            away=frozenset(rep.rep for rep in colleagues if rep.is_away(desk.now_ms)),
            values={name: request.POST.get(name, "") for name in request.POST},
            ref=f"desk:{message_id}",
        )
        asked = asked_for(act, form)
    if not isinstance(asked, Refused):
        outcome = desk.makegood.acts.act(
            row.customer, asked.body, me.asker, message_id=message_id, texts=asked.texts
        )
        if not isinstance(outcome, Refused):
            return redirect("desk:case", case_id=case_id)
        asked = outcome
    with at_the_desk(request) as desk:
        page = case_page(desk, desk.case_row(case_id))
    page |= {"refused": asked, "refused_act": act, "written": request.POST}
    return render(request, "desk/case.html", page, status=UNPROCESSABLE)


def case_page(desk: Desk, row: CaseRow) -> dict[str, Any]:
    """Put the page together."""
    story = story_of(desk, row.customer)
    case = _case_in(story, row)
    now = desk.makegood.library.now(case.brand)
    book = story.library.books.get(case.origin.book) or now
    name = first_name(story.person) or called(story.person)
    return {
        **shell(desk, page="case"),
        "row": row,
        "case": case,
        "name": called(story.person),
        "first": name,
        "person": story.person,
        "customer": row.customer,
        "stuck": story.stuck,
        "sentence": sentence_about(case, name, story.history, story.library, desk.now_ms),
        **standing_shown(desk, story, case),
        "agreed": agreed_in_case(desk, case),
        "asked_places": asked_places(desk, case),
        "due": due_of(story.state, case, desk.now_ms),
        "owner": rep_name(desk.reps, case.owner),
        "is_mine": case.owner == desk.me.rep,
        "cards": cards(case, story.library, desk.now_ms),
        "limit": limit_of(authority_used(story.state, case, now.currency), desk.me.role, now),
        "purse": _purse(desk, now, row.brand),
        "proposals": _proposals(desk, story, case),
        "approval": bool(now.approval_ms),
        "remedies": _remedies(now, story),
        "failures": tuple(now.failures.values()),
        "colleagues": _colleagues(desk, case),
        "everyone": like_this_case(desk, story, case),
        "reasons": reasons_of(case, story.library),
        "lines": tuple(reversed(story.lines)),
        "pending": story.pending,
        "zone": book.timezone,
        "side": side_rows(desk),
        "token": new_token(),
        "brands": tuple(now.brands.values()),
        **letters_shown(desk, story, whose=case.origin.profile),
        **calls_shown(desk, story, case.brand),
        "raised": tuple((rep_name(desk.reps, rep), at_ms) for rep, at_ms in case.raised),
        **_behind(desk, now, case, story),
        "cause": case.failures[-1].cause.value if case.failures else "",
    }


def _behind(desk: Desk, book: RuleBook, case: Case, story: Story) -> dict[str, Any]:
    """What was named as the root cause, and what may be; of many places the brand's first ones."""
    if case.owner != desk.me.rep and not desk.me.is_supervisor:
        return {}  # it is not theirs to name
    brands = (case.brand,) if case.brand else ()
    texts = desk.reading.texts([case.action]) if case.action else {}
    names = (f"rule:{one}" for one in rules_of(book))
    titles = {one.partition(":")[2]: cause_words(one, story.library) for one in names}
    return {
        "root_kinds": ROOT_KINDS,
        "root_action": texts.get(case.action, ""),
        "root_lacks": lacks(case) if case.is_open else (),
        "root_words": cause_words(case.root, story.library, places_in(desk.reading, [case.root])),
        "root_rules": sorted(titles.items(), key=lambda pair: pair[1]),
        "root_places": desk.reading.places(brands=brands, limit=MOST_PLACES),
    }


def _purse(desk: Desk, book: RuleBook, brand: str) -> Pocket | None:
    """The budget that pays what the reader gives; None when none does."""
    purse = purse_of(desk.reading, book, desk.me.role, brand, desk.now_ms)
    if purse is None:
        return None
    currency = book.currency
    return Pocket(
        name=purse.budget.id.replace("_", " "),
        per=purse.budget.per,
        used=Money(purse.taken_cents, currency),
        limit=Money(purse.budget.cents, currency),
    )


def _proposals(desk: Desk, story: Story, case: Case) -> tuple[ProposalCard, ...]:
    """What waits for a second person, and what became of it."""
    if not case.proposals:
        return ()
    refs = [ref for one in case.proposals for ref in (one.reason, one.refusal) if ref]
    now = desk.makegood.library.now(case.brand)
    limit_cents = now.authority_cents.get(desk.me.role, 0)
    reader = Reader(rep=desk.me.rep, limit_cents=limit_cents)
    texts = desk.reading.texts(refs)
    return proposal_cards(story.state, case, story.library, reader, desk.reps, texts)


def _case_in(story: Story, row: CaseRow) -> Case:
    case = story.state.case(row.case)
    if case is None:
        raise Http404
    return case


def _remedies(book: RuleBook, story: Story) -> Sequence[tuple[str, str]]:
    return sorted(
        ((remedy, remedy_words(remedy, story.library)) for remedy in book.remedies),
        key=lambda pair: pair[1],
    )


def _colleagues(desk: Desk, case: Case) -> tuple[RepRow, ...]:
    """Who could take the case: everyone who serves the brand and works here, but who has it."""
    return tuple(
        rep
        for rep in desk.reps
        if rep.rep != case.owner
        and (not rep.brands or case.brand in rep.brands)
        and not rep.has_left(desk.now_ms)
    )
