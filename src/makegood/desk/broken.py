"""What went wrong inside: dead letters to retry, commands that came too late, stuck customers."""

from collections.abc import Mapping, Sequence
from urllib.parse import urlsplit

from django.contrib import messages
from django.core.exceptions import PermissionDenied
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.views.decorators.http import require_POST, require_safe
from msgspec import Struct

from makegood.desk.access import Desk, at_the_desk, for_reps
from makegood.desk.shell import shell
from makegood.effects.hooks import SINK
from makegood.messages.commands import AskOwner, TellManagement
from makegood.messages.ids import CaseId, CommandId, CustomerId, ProfileId
from makegood.ports.rows import OutboxRow, OutboxStatus, PersonRow
from makegood.ports.webhooks import GONE, Endpoint
from makegood.projections.orders import order_words
from makegood.projections.roster import called, person_of, rep_name

PAGE = 50
STUCK = "stuck_customers"


class Letter(Struct, frozen=True, kw_only=True):
    """A command that did not get through."""

    id: CommandId
    what: str
    name: str
    case: CaseId
    attempts: int
    error: str
    at_ms: int


class Stuck(Struct, frozen=True, kw_only=True):
    """A customer whose history cannot be folded to its end."""

    customer: CustomerId
    name: str
    why: str


class Deaf(Struct, frozen=True, kw_only=True):
    """A tool outside that should hear of holds and cases, and does not."""

    name: str
    why: str
    is_gone: bool
    endpoint: str


@require_safe
@for_reps
def broken(request: HttpRequest) -> HttpResponse:
    after = CommandId(request.GET.get("after", ""))
    status = OutboxStatus.MISSED if request.GET.get("show") == "missed" else OutboxStatus.FAILED
    with at_the_desk(request) as desk:
        found, following = desk.undelivered(status, after, PAGE)
        stuck = _stuck(desk)
        library = desk.makegood.library
        page = {
            **shell(desk, page="broken"),
            "letters": _letters(desk, found),
            "show": status.value,
            "next": following,
            "zone": library.books[library.active].timezone,
            "stuck": len(stuck) if desk.brands else desk.reading.counts(STUCK)[STUCK],
            "stuck_people": stuck,
            "deaf": _deaf(desk),
            "unknown": desk.makegood.gate.asked().get("unknown", 0),
        }
    return render(request, "desk/broken.html", page)


def _deaf(desk: Desk) -> tuple[Deaf, ...]:
    """Who outside is told of holds and cases, and does not hear."""
    endpoints = {SINK + row.id: row for row in desk.reading.endpoints()}
    gone = {name for name, row in endpoints.items() if row.disabled == GONE}
    health = desk.reading.sinks_health()
    bad = {name for name, one in health.items() if one.failures or one.failed} | gone
    return tuple(
        Deaf(
            name=_called(endpoints[name]) if name in endpoints else name,
            why=health[name].error if name in health else "",
            is_gone=name in gone,
            endpoint=endpoints[name].id if name in endpoints else "",
        )
        for name in sorted(bad)
    )


def _called(row: Endpoint) -> str:
    """Name an endpoint for everybody; the rest of its address may be a secret."""
    return row.description or urlsplit(row.url).hostname or row.id


def _stuck(desk: Desk) -> tuple[Stuck, ...]:
    """Who is stuck, for somebody to look after until it is mended."""
    found = desk.stuck(PAGE)
    profiles = desk.reading.profiles_of(tuple(found))
    persons = desk.reading.persons(tuple(one for group in profiles.values() for one in group))
    return tuple(
        Stuck(
            customer=customer,
            name=called(person_of(tuple(persons[p] for p in profiles[customer] if p in persons))),
            why=why,
        )
        for customer, why in found.items()
    )


def _letters(desk: Desk, found: Sequence[OutboxRow]) -> tuple[Letter, ...]:
    persons = desk.reading.persons(tuple({row.command.profile for row in found}))
    return tuple(
        Letter(
            id=row.command.id,
            what=order_words(row.command, desk.makegood.library),
            name=_for_whom(desk, row, persons),
            case=row.command.case,
            attempts=row.attempts,
            error=row.error,
            at_ms=row.settled_ms or row.command.due_ms,
        )
        for row in found
    )


def _for_whom(desk: Desk, row: OutboxRow, persons: Mapping[ProfileId, PersonRow]) -> str:
    """Name the customer, or who of ours is asked."""
    order = row.command.order
    if isinstance(order, AskOwner):
        return rep_name(desk.reps, order.owner)
    if isinstance(order, TellManagement):
        return "management"
    return called(persons.get(row.command.profile))


@require_POST
@for_reps
def retry(request: HttpRequest, command_id: str) -> HttpResponse:
    """Let a dead letter wait for the worker again."""
    with at_the_desk(request) as desk:
        if not desk.me.is_supervisor:
            raise PermissionDenied
        row = desk.reading.command(CommandId(command_id))
        if row is None or not desk.me.may_see(row.command.order.brand):
            raise Http404
    with desk.makegood.store.writing() as writing:
        revived = writing.revive(CommandId(command_id), desk.now_ms)
    says = "It will be tried again at once." if revived else "It had been settled already."
    messages.info(request, says)
    return redirect("desk:broken")
