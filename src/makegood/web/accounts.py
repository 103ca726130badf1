"""People of the firm: who may sign in, with which role, and their line in the roster."""

import time
from collections.abc import Mapping

from django.contrib.auth.models import Group, User
from django.contrib.auth.password_validation import validate_password
from django.core.exceptions import ValidationError
from django.db import transaction
from msgspec.structs import replace

from makegood.desk.access import PERMISSIONS
from makegood.messages.errors import InputError
from makegood.messages.ids import RepId
from makegood.playbooks.employees import EMPLOYEE
from makegood.ports.acts import Act
from makegood.ports.rows import RepRow
from makegood.ports.store import Store
from makegood.runtime.noting import note
from makegood.web.sessions import end_sign_ins

ROLES = ("rep", "supervisor", "employee")
"""Also the keys of a rule book's authority table."""


def ensure_user(
    username: str,
    password: str,
    role: str,
    name: str,
    *,
    store: Store | None = None,
    permissions: Mapping[str, bool] | None = None,
) -> None:
    """Make somebody able to sign in, or bring their password, role and name up to date.

    Args:
        username: Sign-in name; the same word names the rep in the roster.
        password: In clear; only its slow hash is kept.
        role: `rep`, `supervisor`, or `employee` for anybody else of the firm.
        name: What customers read.
        store: Also write the role and name into the roster kept there.
        permissions: What they may beside their role, as `desk.access` names it; what is not
            said stays as it is.

    Raises:
        InputError: The role is unknown, or the password is too easily guessed.
    """
    if role not in ROLES:
        raise InputError(f"{role!r} is not a role: choose one of {', '.join(ROLES)}.")
    _check_password(password)
    first, _, last = name.partition(" ")
    with transaction.atomic():
        user, is_new = User.objects.get_or_create(username=username)
        user.first_name, user.last_name = first, last
        user.is_active = True
        user.set_password(password)
        user.save()
        had = set(user.groups.values_list("name", flat=True))
        given = permissions or {}
        groups = [role, *(name for name in PERMISSIONS if given.get(name, name in had))]
        user.groups.set([Group.objects.get_or_create(name=one)[0] for one in groups])
    if store is not None:
        before = None if is_new else {"may": ", ".join(sorted(had))}
        _write_roster(store, (RepId(username), role, name), before, ", ".join(sorted(groups)))


def sign_out_everywhere(username: str, store: Store) -> None:
    """End every sign-in of somebody, and write that down.

    Raises:
        InputError: Nobody has this sign-in name.
    """
    user = User.objects.filter(username=username).first()
    if user is None:
        raise InputError(f"Nobody has the sign-in name {username!r}.")
    end_sign_ins(str(user.pk))
    with store.writing() as writing:
        note(writing, Act(what="signed_out.everywhere", at_ms=_now_ms(), about=username))


def _now_ms() -> int:
    return time.time_ns() // 1_000_000


def _check_password(password: str) -> None:
    try:
        validate_password(password)
    except ValidationError as error:
        raise InputError(f"The password is not good enough. {' '.join(error.messages)}") from None


def _write_roster(
    store: Store, who: tuple[RepId, str, str], before: Mapping[str, str] | None, may: str
) -> None:
    """Write the line of the roster, and that the account was made or changed."""
    rep, role, name = who
    with store.writing() as writing:
        known = {row.rep: row for row in writing.reps()}
        old = known.get(rep, RepRow(rep=rep, name=name, role=role, hours=_ALWAYS))
        hours = (old.hours or _ALWAYS) if old.role == EMPLOYEE else old.hours
        hours = "" if role == EMPLOYEE else hours  # nobody is given a case unasked
        row = replace(old, name=name, role=role, hours=hours)
        writing.put_reps((row,))
        what = "staff.made" if before is None else "staff.changed"
        act = Act(what=what, at_ms=_now_ms(), about=rep, before=before or {}, after={"may": may})
        note(writing, act)


_ALWAYS = "mon-sun 00:00-00:00"
