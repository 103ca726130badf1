"""Who stands at the desk, and what they may see: asked once, before every view."""

from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from functools import wraps
from typing import Concatenate, ParamSpec, cast

from django.contrib.auth.decorators import login_required
from django.contrib.auth.models import User
from django.core.exceptions import PermissionDenied
from django.http import Http404, HttpRequest, HttpResponse
from msgspec import Struct

from makegood.bootstrap import Makegood
from makegood.core.decide import Asker
from makegood.messages.ids import CaseId, CommandId, CustomerId, RepId
from makegood.playbooks.employees import EMPLOYEE
from makegood.ports.rows import CaseRow, OutboxRow, OutboxStatus, RepRow
from makegood.ports.store import Reading
from makegood.runtime.noting import Actor, actor, become

REP = "rep"
SUPERVISOR = "supervisor"
ROLES = frozenset({REP, SUPERVISOR})
EVERYBODY = ROLES | {EMPLOYEE}
"""Who may raise a failure and look after it: anybody of the firm."""
RULES = "rule book"  # beside a role: may change the rule book; never for some brands only
CONNECTIONS = "connections"  # beside a role: may change what Makegood is connected to
PERMISSIONS = (RULES, CONNECTIONS)


class Me(Struct, frozen=True, kw_only=True):
    """Who is signed in.

    Attributes:
        role: Key of the authority table.
        brands: Brands they serve; empty for all.
        is_supervisor: May release a hold and retry what failed.
        edits_rules: May change the rule book, try it and activate it.
        connects: May change connections: keys, webhooks, what a mail is.
    """

    rep: RepId
    name: str
    role: str
    brands: tuple[str, ...]
    is_supervisor: bool
    edits_rules: bool = False
    connects: bool = False

    @property
    def asker(self) -> Asker:
        """The same person, as the core knows them."""
        return Asker(rep=self.rep, role=self.role)

    def may_see(self, brand: str) -> bool:
        """Whether a case of a brand is theirs to see; one without a brand is everybody's."""
        return not self.brands or not brand or brand in self.brands


class Desk(Struct, frozen=True, kw_only=True):
    """Everything a view works with: one consistent look at the store, and who looks."""

    makegood: Makegood
    reading: Reading
    me: Me
    reps: tuple[RepRow, ...]
    now_ms: int

    @property
    def brands(self) -> tuple[str, ...]:
        """What to ask the store for: their brands and what has none; empty for everything."""
        return (*self.me.brands, "") if self.me.brands else ()

    def stuck(self, limit: int) -> Mapping[CustomerId, str]:
        """Who is stuck and why, of those that this person may see."""
        found = self.reading.stuck(limit)
        cases = self.reading.cases_of(tuple(found))
        return {one: why for one, why in found.items() if may_see_customer(self, one, cases)}

    def undelivered(
        self, status: OutboxStatus, after: CommandId, limit: int
    ) -> tuple[tuple[OutboxRow, ...], CommandId]:
        """Page through what did not get through, of what this person may see.

        Returns:
            Theirs among the rows of the page, and where the next page begins; "" at the end.
        """
        found = self.reading.outbox(status, after, limit)
        theirs = tuple(row for row in found if self.me.may_see(row.command.order.brand))
        return theirs, found[-1].command.id if len(found) == limit else CommandId("")

    def case_row(self, case: str) -> CaseRow:
        """Find a case that this person may see; any other one does not exist for them."""
        row = self.reading.case(CaseId(case))
        if row is None or not self.me.may_see(row.brand):
            raise Http404
        return row


def may_see_customer(desk: Desk, wanted: CustomerId, cases: Sequence[CaseRow]) -> bool:
    """Somebody without a case is everybody's; one case of a brand served is enough."""
    brands = [row.brand for row in cases if row.customer == wanted]
    return not brands or any(desk.me.may_see(brand) for brand in brands)


P = ParamSpec("P")
View = Callable[Concatenate[HttpRequest, P], HttpResponse]


def makegood_of(request: HttpRequest) -> Makegood:
    """Give the Makegood that the middleware joined to the request."""
    return cast("Makegood", request.makegood)  # type: ignore[attr-defined]


def for_reps(view: Callable[Concatenate[HttpRequest, P], HttpResponse]) -> View[P]:
    """Let only signed-in people with a role in."""

    @login_required
    @wraps(view)
    def guarded(request: HttpRequest, *args: P.args, **kwargs: P.kwargs) -> HttpResponse:
        return view(request, *args, **kwargs)

    return cast("View[P]", guarded)


@contextmanager
def at_the_desk(request: HttpRequest, roles: frozenset[str] = ROLES) -> Iterator[Desk]:
    """Open one look at the store for the person who is signed in.

    Args:
        request: Theirs.
        roles: Who may; an employee has a page of their own, and no other.

    Raises:
        PermissionDenied: They have no such role.
    """
    makegood = makegood_of(request)
    user = request.user
    if not isinstance(user, User):
        raise PermissionDenied
    groups = set(user.groups.values_list("name", flat=True))
    if not roles & groups:
        raise PermissionDenied
    become(Actor(who=user.get_username(), how=how_signed_in(request), request=actor().request))
    with makegood.store.reading() as reading:
        reps = reading.reps()
        me = _me(request, reps, groups)
        yield Desk(
            makegood=makegood,
            reading=reading,
            me=me,
            reps=reps,
            now_ms=makegood.clock.now_ms(),
        )


def is_employee(request: HttpRequest) -> bool:
    """Whether somebody is signed in who has no place at the desk, but a page of their own."""
    user = request.user
    if not isinstance(user, User):
        return False
    groups = set(user.groups.values_list("name", flat=True))
    return EMPLOYEE in groups and not ROLES & groups


def how_signed_in(request: HttpRequest) -> str:
    """Say by what somebody is signed in: a password, or that and a second factor."""
    used = request.session.get("account_authentication_methods", ())
    kinds = [str(one.get("type") or one.get("method", "")) for one in used]
    return " + ".join(("signed in", *dict.fromkeys(kinds))) if kinds else "signed in"


def _me(request: HttpRequest, reps: tuple[RepRow, ...], groups: set[str]) -> Me:
    username = request.user.get_username()
    row = next((row for row in reps if row.rep == username), None)
    role = next((one for one in (SUPERVISOR, REP) if one in groups), EMPLOYEE)
    full_name = request.user.get_full_name() if isinstance(request.user, User) else ""
    return Me(
        rep=RepId(username),
        name=(row.name if row else "") or full_name or username,
        role=row.role if row and row.role and role != EMPLOYEE else role,
        brands=row.brands if row else (),
        is_supervisor=SUPERVISOR in groups,
        edits_rules=RULES in groups and not (row and row.brands),
        connects=CONNECTIONS in groups and not (row and row.brands),
    )
