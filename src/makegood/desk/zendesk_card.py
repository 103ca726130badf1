"""The card in Zendesk's sidebar: the person, the hold, the case, and what may be given.

Zendesk proves that it asks; who asked for help is read from the ticket itself, by our own token,
so that nobody sees another customer by naming them. It changes nothing and links to the desk.
"""

import logging
from collections.abc import Iterable
from typing import Any
from urllib.parse import urlsplit

from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import render
from django.views.decorators.clickjacking import xframe_options_exempt
from django.views.decorators.csrf import csrf_exempt
from django.views.decorators.http import require_POST

from makegood.bootstrap import Makegood
from makegood.core.remedies import authority_used
from makegood.core.state import Case, OfferState
from makegood.desk.access import REP, Desk, Me, makegood_of
from makegood.desk.standing import standing_shown
from makegood.desk.story import Story, story_of
from makegood.desk.zendesk_token import NotZendesk, agent_of, check_pass, new_pass
from makegood.effects.zendesk import Requester, ZendeskSettings
from makegood.effects.zendesk_notes import held_here
from makegood.gate.held import held_now
from makegood.messages.errors import EffectFailed, InputError
from makegood.messages.identifiers import normal
from makegood.messages.ids import CustomerId, RepId
from makegood.projections.clock import due_of
from makegood.projections.planb import OfferCard, cards, limit_of
from makegood.projections.roster import called, first_name, rep_name
from makegood.projections.sentence import sentence_about

_LOG = logging.getLogger("makegood.zendesk")
SDK = "https://static.zdassets.com"  # where Zendesk serves its app framework from, for everybody
UNAUTHORISED = 401


@csrf_exempt
@xframe_options_exempt
@require_POST
def page(request: HttpRequest) -> HttpResponse:
    """Open the app: the token in, a page without anybody's data out."""
    makegood = makegood_of(request)
    settings = _settings(makegood)
    now_ms = makegood.clock.now_ms()
    try:
        agent = agent_of(request.POST.get("token", ""), settings, now_ms)
    except NotZendesk:
        answer = render(request, "desk/zendesk_no.html", status=UNAUTHORISED)
    else:
        shown = {"pass": new_pass(agent, makegood.settings.key, now_ms), "sdk": SDK}
        answer = render(request, "desk/zendesk.html", shown)
    answer["Content-Security-Policy"] = _policy(settings)
    return answer


@csrf_exempt
@require_POST
def card(request: HttpRequest) -> HttpResponse:
    """Give the card of the ticket that is open; the page's own script asks for it."""
    makegood = makegood_of(request)
    settings = _settings(makegood)
    try:
        given, now_ms = request.POST.get("pass", ""), makegood.clock.now_ms()
        agent = check_pass(given, makegood.settings.key, now_ms)
    except NotZendesk:
        return render(request, "desk/_zendesk_over.html", status=UNAUTHORISED)
    ticket = request.POST.get("ticket", "")
    if not (ticket.isascii() and ticket.isdigit() and len(ticket) < 20):
        raise Http404
    try:
        requester = makegood.help_desk.requester(ticket)
    except EffectFailed:
        return render(request, "desk/_zendesk_away.html", {"ticket": ticket})
    _LOG.info("card of ticket %s shown to %s", ticket, agent.subject)
    return render(
        request, "desk/_zendesk_card.html", shown_of(makegood, settings, ticket, requester)
    )


def shown_of(
    makegood: Makegood, settings: ZendeskSettings, ticket: str, requester: Requester
) -> dict[str, Any]:
    """Put the card together; it is silent about brands that this help desk does not serve."""
    with makegood.store.reading() as reading:
        desk = Desk(
            makegood=makegood,
            reading=reading,
            me=_agent(settings),
            reps=reading.reps(),
            now_ms=makegood.clock.now_ms(),
        )
        customers = _meant(desk, requester)
        about = f"{settings.source}:{ticket}"
        customer = _one(desk, customers, about)
        if customer is None:
            return {"several": len(customers) > 1}
        return _shown(desk, story_of(desk, customer), about)


def _shown(desk: Desk, story: Story, about: str) -> dict[str, Any]:
    makegood, library = desk.makegood, story.library
    case = _case_about(desk, story, about)
    now = library.now(case.brand if case is not None else "")
    held = held_now(desk.reading, [story.customer], library, desk.now_ms)
    name = first_name(story.person) or called(story.person)
    shown: dict[str, Any] = {
        "customer": story.customer,
        "name": called(story.person),
        "first": name,
        "stuck": story.stuck,
        "held": held_here(held.get(story.customer, ()), desk.me.brands),
        **standing_shown(desk, story, case),
        "case": case,
        "now_ms": desk.now_ms,
        "base_url": makegood.settings.base_url.rstrip("/"),
    }
    if case is None:
        return shown
    limit = limit_of(authority_used(story.state, case, now.currency), REP, now)
    left_cents = max(0, limit.limit.cents - limit.used.cents)
    return shown | {
        "sentence": sentence_about(case, name, story.history, library, desk.now_ms),
        "owner": rep_name(desk.reps, case.owner),
        "due": due_of(story.state, case, desk.now_ms),
        "limit": limit,
        "cards": may_be_given(case, cards(case, library, desk.now_ms), left_cents),
        "is_about": any(failure.about == about for failure in case.failures),
    }


def may_be_given(case: Case, found: Iterable[OfferCard], left_cents: int) -> tuple[OfferCard, ...]:
    """Give what is done, and of the choices those within what a rep may give without asking."""
    costs: dict[str, OfferState] = {offer.offer: offer for offer in case.offers}
    return tuple(
        one
        for one in found
        if one.stands == "done"
        or (one.stands == "open" and case.is_open and costs[one.offer].cost.cents <= left_cents)
    )


def _case_about(desk: Desk, story: Story, about: str) -> Case | None:
    """Give the case of this ticket, else the open one, else the last; of a brand served."""
    theirs = [case for case in story.state.cases if desk.me.may_see(case.brand)]
    of_ticket = [case for case in theirs if any(one.about == about for one in case.failures)]
    opened = [case for case in theirs if case.is_open]
    return next(iter([*of_ticket[::-1], *opened, *theirs[::-1]]), None)


def _meant(desk: Desk, requester: Requester) -> dict[CustomerId, bool]:
    """Find whom the requester's identifiers may mean; True for who is named and not looked up."""
    found: dict[CustomerId, bool] = {}
    given = (
        ("user", requester.external_id),
        ("email", requester.email),
        ("phone", requester.phone),
    )
    for kind, value in given:
        try:
            profile = desk.makegood.intake.profile(normal(f"{kind}:{value or ''}"))
        except InputError:
            continue
        own = desk.reading.customers_of([profile]).get(profile) if kind == "user" else None
        if own is not None:
            return {own: True}
        for record in desk.reading.gate_records(profile):
            found.setdefault(record.customer, False)
    return found


def _one(desk: Desk, customers: dict[CustomerId, bool], about: str) -> CustomerId | None:
    """Choose the one that is meant: alone, or with a case about this very ticket."""
    if len(customers) <= 1:
        return next(iter(customers), None)
    with_case = [
        customer
        for customer in customers
        if any(
            one.about == about
            for case in story_of(desk, customer).state.cases
            for one in case.failures
        )
    ]
    return with_case[0] if len(with_case) == 1 else None


def _agent(settings: ZendeskSettings) -> Me:
    """Look with the eyes of a rep who serves the brands of this help desk."""
    return Me(rep=RepId(""), name="", role=REP, brands=settings.brands, is_supervisor=False)


def _settings(makegood: Makegood) -> ZendeskSettings:
    settings = makegood.settings.zendesk
    if settings is None or settings.app is None:
        raise Http404
    return settings


def _policy(settings: ZendeskSettings) -> str:
    """Let this one Zendesk frame the page, and its framework run in it; nobody else."""
    url = urlsplit(settings.url)
    return "; ".join(
        (
            "default-src 'none'",
            f"script-src 'self' {SDK}",
            "style-src 'self'",
            "img-src 'self'",
            "connect-src 'self'",
            "form-action 'none'",
            "base-uri 'none'",
            f"frame-ancestors {url.scheme}://{url.netloc}",
        )
    )
