"""Webhook endpoints at the desk: who is told, how each fares, and what was sent and answered."""

from typing import Any

from django.contrib import messages
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_POST, require_safe
from msgspec import Struct

from makegood.core.notices import NoticeKind
from makegood.desk.access import Desk, at_the_desk, for_reps, makegood_of
from makegood.desk.case import UNPROCESSABLE
from makegood.desk.connections import connections_shell, must_connect
from makegood.effects.hooks import SINK
from makegood.messages.errors import InputError
from makegood.ports.notices import SinkHealth, TellingStatus
from makegood.ports.webhooks import GONE, Endpoint
from makegood.projections.roster import rep_name
from makegood.runtime.endpoints import LONGEST_DESCRIPTION, LONGEST_URL, Wanted
from makegood.sources.limits import writable

PAGE = 25
MANY = 10_000  # a count beyond it says "or more"
ACTS = frozenset({"rotate", "disable", "enable", "remove", "replay", "secret"})


class Card(Struct, frozen=True, kw_only=True):
    """One endpoint as the page shows it."""

    row: Endpoint
    health: SinkHealth
    state: str
    is_bad: bool
    by: str

    @property
    def many(self) -> bool:
        """Whether its counts say "or more"."""
        return max(self.health.waiting, self.health.failed) >= MANY


def _card(desk: Desk, row: Endpoint, health: SinkHealth) -> Card:
    state = "off" if row.disabled else "failing" if health.failures else "on"
    return Card(
        row=row,
        health=health,
        state="gone" if row.disabled == GONE else state,
        is_bad=row.disabled == GONE or bool(health.failures or health.failed),
        by=rep_name(desk.reps, row.by),
    )


@require_safe
@for_reps
def webhooks(request: HttpRequest) -> HttpResponse:
    with at_the_desk(request) as desk:
        must_connect(desk)
        page = _list_page(desk)
    return render(request, "desk/connection_webhooks.html", page)


def _list_page(desk: Desk, **more: object) -> dict[str, Any]:
    endpoints, health = desk.reading.endpoints(), desk.reading.sinks_health()
    return {
        **connections_shell(desk, "webhooks"),
        "zone": desk.makegood.book.timezone,
        "cards": [
            _card(desk, row, health.get(SINK + row.id) or SinkHealth(sink=row.id))
            for row in endpoints
        ],
        "kinds": [kind.value for kind in NoticeKind],
        "brands": sorted(desk.makegood.book.brands),
        "asked": {},
        **more,
    }


@require_POST
@for_reps
def add(request: HttpRequest) -> HttpResponse:
    """Make an endpoint, and show its page with the secret."""
    given = request.POST
    asked = {
        "url": writable(given.get("url", ""), LONGEST_URL + 1),
        "description": writable(given.get("description", ""), LONGEST_DESCRIPTION + 1),
        "kinds": given.getlist("kinds"),
        "brands": given.getlist("brands"),
    }
    with at_the_desk(request) as desk:
        must_connect(desk)
    wanted = Wanted(
        kinds=given.getlist("kinds"),
        brands=given.getlist("brands"),
        description=str(asked["description"]),
    )
    try:
        row = desk.makegood.endpoints.add(str(asked["url"]), wanted, desk.me.rep)
    except InputError as error:
        with at_the_desk(request) as desk:
            page = _list_page(desk, refused=str(error), asked=asked)
        return render(request, "desk/connection_webhooks.html", page, status=UNPROCESSABLE)
    messages.info(request, "It is told from now on. Copy its secret to the receiver.")
    return redirect("desk:webhook", row.id)


@never_cache
@require_safe
@for_reps
def webhook(request: HttpRequest, endpoint_id: str) -> HttpResponse:
    """Show one endpoint: its notices, and what was sent and answered."""
    with at_the_desk(request) as desk:
        must_connect(desk)
        page = _one_page(request, desk, endpoint_id)
    return render(request, "desk/connection_webhook.html", page)


def _one_page(
    request: HttpRequest, desk: Desk, endpoint_id: str, **more: object
) -> dict[str, Any]:
    row = desk.reading.endpoint(endpoint_id)
    if row is None:
        raise Http404
    sink = SINK + row.id
    health = desk.reading.sinks_health().get(sink) or SinkHealth(sink=row.id)
    given = request.GET.get("show", "")
    show = TellingStatus(given) if given in ("waiting", "failed") else None
    found = desk.reading.tellings(sink, show, _number(request, "before"), PAGE)
    sent = desk.reading.deliveries(row.id, _number(request, "sent_before"), PAGE)
    return {
        **connections_shell(desk, "webhooks"),
        "zone": desk.makegood.book.timezone,
        "card": _card(desk, row, health),
        "show": show.value if show else "",
        "notices": found,
        "next": found[-1].said.sequence if len(found) == PAGE else 0,
        "sent": sent,
        "sent_next": sent[-1].place if len(sent) == PAGE else 0,
        "secrets": None,
        **more,
    }


def _number(request: HttpRequest, name: str) -> int:
    given = request.GET.get(name, "")
    return int(given) if given.isascii() and given.isdigit() and len(given) < 16 else 0


@never_cache
@require_POST
@for_reps
def act(request: HttpRequest, endpoint_id: str, act: str) -> HttpResponse:
    """Do one of `ACTS` with an endpoint."""
    with at_the_desk(request) as desk:
        must_connect(desk)
        if act not in ACTS or desk.reading.endpoint(endpoint_id) is None:
            raise Http404
    endpoints = makegood_of(request).endpoints
    try:
        if act in ("rotate", "secret"):
            rotates = act == "rotate"
            secrets = endpoints.rotate(endpoint_id) if rotates else endpoints.secrets(endpoint_id)
            with at_the_desk(request) as desk:
                page = _one_page(request, desk, endpoint_id, secrets=secrets)
            return render(request, "desk/connection_webhook.html", page)
        messages.info(request, _done(request, desk, endpoint_id, act))
    except InputError as error:
        messages.error(request, str(error))
    if act == "remove":
        return redirect("desk:webhooks")
    return redirect("desk:webhook", endpoint_id)


def _done(request: HttpRequest, desk: Desk, endpoint_id: str, act: str) -> str:
    endpoints = desk.makegood.endpoints
    match act:
        case "disable":
            endpoints.disable(endpoint_id, desk.me.rep)
            return "It is off. It will hear nothing of what changes meanwhile."
        case "enable":
            endpoints.enable(endpoint_id)
            return "It is on, and hears what changes from now on and what waited."
        case "remove":
            endpoints.remove(endpoint_id)
            return "The endpoint is removed."
    notice = request.POST.get("notice", "")
    again = endpoints.replay(endpoint_id, [notice] if notice else ())
    return f"{again} will be sent again." if again else "There was nothing to send again."
