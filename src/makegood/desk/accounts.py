"""Accounts at the desk: who belongs to them, who asks, pays and is told, and what was agreed."""

from collections.abc import Mapping, Sequence
from typing import Any

from django.contrib import messages
from django.core.exceptions import PermissionDenied
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.views.decorators.http import require_POST, require_safe
from msgspec import Struct

from makegood.core.agreements import Here
from makegood.desk.access import Desk, at_the_desk, for_reps, makegood_of
from makegood.desk.account_words import in_words
from makegood.desk.agreed import speaker
from makegood.desk.case import UNPROCESSABLE
from makegood.desk.umbrella import umbrella_shell
from makegood.messages.errors import InputError
from makegood.messages.ids import AccountId, AgreementId
from makegood.ports.accounts import Account, Party, PartyKey
from makegood.ports.acts import ACTS, Act, Sought
from makegood.projections.agreements import day_words
from makegood.runtime.accounts import Fate
from makegood.sources.account_cells import (
    Ways,
    Written,
    account_of,
    agreement_of,
    end_of,
    party_of,
)
from makegood.sources.limits import writable

PAGE = 50
_LONGEST = 8_000
_ACTS_READ = 200  # the latest of each kind, of which those about this account are shown
ROLES: Mapping[str, str] = {
    "guest": "is a guest: has what was agreed",
    "asks": "books and asks for others",
    "pays": "pays, and gets back what is refunded",
    "told": "is told what happens",
}
TELLS: Mapping[str, str] = {
    "guest": "the guest",
    "booker": "whoever booked",
    "both": "the guest and whoever booked",
}
KINDS: Mapping[str, str] = {
    "company": "a company",
    "agency": "an agency that acts for clients",
    "person": "a person",
}


class PartyRow(Struct, frozen=True, kw_only=True):
    """Somebody in a role, as a line of the page.

    Attributes:
        name: Who; empty where the reader may not see it.
        key: What a form that ends the role sends.
        now: They are in the role now.
    """

    name: str
    does: str
    since: str
    until: str
    key: str
    now: bool


def may_keep(desk: Desk) -> bool:
    """Whether somebody may change accounts: a supervisor of the whole umbrella."""
    return desk.me.is_supervisor and not desk.me.brands


@require_safe
@for_reps
def accounts(request: HttpRequest) -> HttpResponse:
    """List accounts, found by the beginning of a word."""
    with at_the_desk(request) as desk:
        page = _list(desk, request.GET.get("q", ""), request.GET.get("after", ""))
    return render(request, "desk/accounts.html", page)


def _list(desk: Desk, words: str, after: str, **more: object) -> dict[str, Any]:
    words = writable(words, 100)
    after = writable(after, 100)
    found = desk.reading.accounts(
        begins=words, after=AccountId(after) if after else None, limit=PAGE + 1
    )
    return {
        **umbrella_shell(desk, "accounts"),
        "accounts": [(one, KINDS[one.kind], TELLS[one.tells]) for one in found[:PAGE]],
        "begins": words,
        "next": found[PAGE - 1].id if len(found) > PAGE else "",
        "may_keep": may_keep(desk),
        "kinds": KINDS,
        "tells": TELLS,
        **more,
    }


@require_safe
@for_reps
def account(request: HttpRequest, account_id: str) -> HttpResponse:
    """Show one account."""
    with at_the_desk(request) as desk:
        page = _page(desk, account_id, request.GET)
    return render(request, "desk/account.html", page)


def _page(desk: Desk, account_id: str, asked: Mapping[str, str], **more: object) -> dict[str, Any]:
    one = desk.reading.account(AccountId(writable(account_id, 100)))
    if one is None:
        raise Http404
    listed = desk.reading.agreements(
        account=one.id,
        brands=desk.me.brands,
        after=AgreementId(writable(asked.get("agreement", ""), 100)),
        limit=PAGE + 1,
    )
    parties = desk.reading.parties(one.id, after=_after(one, asked), limit=PAGE + 1)
    clients = [it for it in one.clients if it.is_at(desk.now_ms)]
    named = desk.reading.accounts_named([it.account for it in clients])
    says = speaker(desk, {one.id: one})
    here = Here(brand=_brand(desk, asked), at_ms=desk.now_ms)
    agreements = [says.tell(it, here) for it in listed[:PAGE]]
    return {
        **umbrella_shell(desk, "accounts"),
        "account": one,
        "called": one.name or one.id,
        "kind": KINDS[one.kind],
        "told": TELLS[one.tells],
        "clients": [named[it.account] for it in clients if it.account in named],
        "agreements": agreements,
        "next_agreement": listed[PAGE - 1].id if len(listed) > PAGE else "",
        "brand": here.brand,
        "brands": sorted(it for it in desk.makegood.book.brands if desk.me.may_see(it)),
        "parties": _parties(desk, parties[:PAGE]),
        "next_party": parties[PAGE - 1].cursor if len(parties) > PAGE else "",
        "acts": _acts(desk, {one.id, *(it.id for it in listed)}),
        "may_keep": may_keep(desk),
        "roles": ROLES,
        **_titles(desk),
        "currency": desk.makegood.book.currency,
        "zone": desk.makegood.book.timezone,
        **more,
    }


def _titles(desk: Desk) -> dict[str, list[tuple[str, str]]]:
    """What an agreement may name, by id, in the words of the book."""
    book = desk.makegood.book
    return {
        "waivers": [(id_, book.waivers[id_].get("en", id_)) for id_ in sorted(book.waivers)],
        "failures": [(id_, book.failures[id_].title) for id_ in sorted(book.failures)],
        "remedies": [
            (id_, book.remedies[id_].title.get("en", id_)) for id_ in sorted(book.remedies)
        ],
    }


def _brand(desk: Desk, asked: Mapping[str, str]) -> str:
    """The brand for which the page says what holds; one they serve, or the umbrella."""
    wanted = asked.get("brand", "")
    known = wanted in desk.makegood.book.brands and desk.me.may_see(wanted)
    if known:
        return wanted
    return desk.me.brands[0] if desk.me.brands else ""


def _parties(desk: Desk, parties: Sequence[Party]) -> list[PartyRow]:
    """Who has which role; who it is, only for who serves the whole umbrella."""
    zone = desk.makegood.book.timezone
    shown = not desk.me.brands
    persons = desk.reading.persons([one.profile for one in parties]) if shown and parties else {}
    rows = []
    for one in parties:
        row = persons.get(one.profile)
        name = (row.name or row.identifier) if row is not None else ""
        rows.append(
            PartyRow(
                name=name,
                does=ROLES[one.role],
                since=day_words(one.from_ms, zone),
                until=day_words(one.until_ms - 1, zone) if one.until_ms else "",
                key=one.cursor,
                now=one.is_at(desk.now_ms),
            )
        )
    return rows


def _after(account: Account, asked: Mapping[str, str]) -> PartyKey | None:
    return Party.place_of(account.id, writable(asked.get("party", ""), 200))


def _acts(desk: Desk, about: set[str]) -> list[tuple[Act, str]]:
    """The latest changes of this account and of what it agreed."""
    kinds = ("account.changed", "agreement.changed")
    read = [
        one for kind in kinds for one in desk.reading.acts(Sought(what=kind), limit=_ACTS_READ)
    ]
    mine = [one for one in read if one.about in about]
    mine.sort(key=lambda one: one.place, reverse=True)
    return [(one, ACTS[one.what]) for one in mine[:20]]


@require_POST
@for_reps
def keep(request: HttpRequest) -> HttpResponse:
    """Keep a new account, or change one."""
    typed = {name: writable(request.POST.get(name, ""), _LONGEST) for name in request.POST}
    with at_the_desk(request) as desk:
        _must_keep(desk)
    try:
        wanted = account_of(typed)
        _kept(request, wanted)
    except InputError as error:
        with at_the_desk(request) as desk:
            page = _list(desk, "", "", refused=in_words(error), given=typed)
        return render(request, "desk/accounts.html", page, status=UNPROCESSABLE)
    return redirect("desk:account", account_id=wanted.id)


@require_POST
@for_reps
def act(request: HttpRequest, account_id: str, act: str) -> HttpResponse:
    """Give or end a role, make or end an agreement."""
    doing = _DOING.get(act)
    typed = {name: writable(request.POST.get(name, ""), _LONGEST) for name in request.POST}
    with at_the_desk(request) as desk:
        _must_keep(desk)
        if doing is None or desk.reading.account(AccountId(account_id)) is None:
            raise Http404
        book = desk.makegood.book
    try:
        ways = Ways(zone=book.timezone, currency=book.currency)
        doing(request, {**typed, "account": account_id}, ways)
    except InputError as error:
        with at_the_desk(request) as desk:
            page = _page(
                desk, account_id, {}, refused=in_words(error), refused_act=act, given=typed
            )
        return render(request, "desk/account.html", page, status=UNPROCESSABLE)
    return redirect("desk:account", account_id=account_id)


def _must_keep(desk: Desk) -> None:
    if not may_keep(desk):
        raise PermissionDenied


def _kept(request: HttpRequest, wanted: Written) -> None:
    """Keep one thing, and say what became of it.

    Raises:
        InputError: It is refused.
    """
    (kept,) = makegood_of(request).accounts.keep([wanted])
    if kept.fate is Fate.REFUSED:
        raise InputError(kept.why)
    says = "Nothing changed." if kept.fate is Fate.SAME else "It is kept, with your name."
    messages.info(request, says)


def _give(request: HttpRequest, typed: Mapping[str, str], ways: Ways) -> None:
    _kept(request, party_of(typed, ways))


def _agree(request: HttpRequest, typed: Mapping[str, str], ways: Ways) -> None:
    _kept(request, agreement_of(typed, ways))


def _leave(request: HttpRequest, typed: Mapping[str, str], _ways: Ways) -> None:
    key = Party.place_of(AccountId(typed["account"]), typed.get("party", ""))
    if key is None:
        raise InputError("Nobody has this role now; load the page again.")
    makegood_of(request).accounts.leave(key)
    messages.info(request, "The role has ended; that they had it stays known.")


def _end(request: HttpRequest, typed: Mapping[str, str], ways: Ways) -> None:
    makegood = makegood_of(request)
    id_ = AgreementId(typed.get("agreement", ""))
    with makegood.store.reading() as reading:
        known = reading.agreement(id_)
    if known is None or known.account != typed["account"]:
        raise InputError("This account has no such agreement; load the page again.")
    makegood.accounts.end(id_, end_of(typed.get("until", ""), ways))
    messages.info(request, f"{id_} ends; what it meant until then stays true.")


_DOING = {"party": _give, "leave": _leave, "agree": _agree, "end": _end}
