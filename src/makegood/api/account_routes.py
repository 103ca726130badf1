"""The routes of accounts and agreements: list, show, keep and end."""

from typing import Annotated

from django.http import HttpRequest
from ninja import Router
from pydantic import Field

from makegood.api.access import Declined, WithKey, key_of, must_speak_for
from makegood.api.account_shapes import (
    AccountIn,
    AccountOut,
    AccountPage,
    AgreementIn,
    AgreementOut,
    AgreementPage,
    EndIn,
    Fields,
    KeptOut,
    Name,
    PartyIn,
    PartyPage,
    account_fields,
    agreement_fields,
    instant,
)
from makegood.api.problems import Problem, missing
from makegood.api.shapes import ErrorOut, Line, PageSize
from makegood.bootstrap import Makegood
from makegood.core.agreements import is_seen_by
from makegood.messages.agreements import Agreement
from makegood.messages.ids import AccountId, AgreementId
from makegood.ports.accounts import Account, Party
from makegood.runtime.accounts import Fate
from makegood.sources.account_cells import (
    Ways,
    Written,
    account_of,
    agreement_of,
    end_of,
    party_of,
)

router = Router(auth=WithKey("accounts", "accounts.read", by_brand=True), tags=["accounts"])
_REFUSED: dict[int, type[ErrorOut]] = dict.fromkeys((400, 401, 403, 422, 429, 503), ErrorOut)
_FOUND: dict[int, type[ErrorOut]] = {**_REFUSED, 404: ErrorOut}


def _makegood(request: HttpRequest) -> Makegood:
    joined: Makegood = request.makegood  # type: ignore[attr-defined]
    return joined


def _ways(makegood: Makegood) -> Ways:
    book = makegood.book
    return Ways(zone=book.timezone, currency=book.currency)


def _kept(makegood: Makegood, wanted: Written) -> Fields:
    (kept,) = makegood.accounts.keep([wanted])
    if kept.fate is Fate.REFUSED:
        problem = Problem(
            code="refused",
            message=kept.why,
            where="body",
            what_to_do="See the message; nothing was stored.",
        )
        raise Declined(422, problem)
    return {"fate": kept.fate.value}


@router.get("/accounts", response={200: AccountPage, **_REFUSED})
def list_accounts(
    request: HttpRequest,
    begins: Annotated[Line, Field(description="Beginning of the id or a word of the name.")] = "",
    after: Line = "",
    limit: PageSize = 50,
) -> Fields:
    """List accounts."""
    with _makegood(request).store.reading() as reading:
        found = reading.accounts(begins=begins, after=AccountId(after), limit=limit + 1)
    return {
        "accounts": [account_fields(one, _now(request)) for one in found[:limit]],
        "next": found[limit - 1].id if len(found) > limit else None,
    }


@router.get("/accounts/{account}", response={200: AccountOut, **_FOUND})
def one_account(request: HttpRequest, account: Name) -> Fields:
    """Show an account."""
    return account_fields(_found(request, account), _now(request))


@router.put("/accounts/{account}", response={200: KeptOut, **_FOUND})
def keep_account(request: HttpRequest, account: Name, wanted: AccountIn) -> Fields:
    """Keep an account; the same again changes nothing."""
    must_speak_for(request, "")
    cells = {
        "account": account,
        "kind": wanted.kind,
        "name": wanted.name,
        "tells": wanted.tells,
        "acts_for": ";".join(wanted.acts_for),
    }
    return _kept(_makegood(request), account_of(cells))


@router.get("/accounts/{account}/parties", response={200: PartyPage, **_FOUND})
def list_parties(
    request: HttpRequest, account: Name, after: Line = "", limit: PageSize = 50
) -> Fields:
    """List who has which role in an account; for keys of the whole umbrella."""
    must_speak_for(request, "")
    one = _found(request, account)
    place = Party.place_of(one.id, after) if after else None
    if after and place is None:
        raise Declined(404, missing("party"))
    with _makegood(request).store.reading() as reading:
        found = reading.parties(one.id, after=place, limit=limit + 1)
        shown = found[:limit]
        persons = reading.persons([it.profile for it in shown]) if shown else {}
    names = {profile: row.identifier for profile, row in persons.items()}
    return {
        "parties": [
            {
                "profile": it.profile,
                "identifier": names.get(it.profile) or None,
                "role": it.role,
                "from_at": instant(it.from_ms),
                "until_at": instant(it.until_ms),
            }
            for it in shown
        ],
        "next": shown[-1].cursor if len(found) > limit else None,
    }


@router.put("/accounts/{account}/parties", response={200: KeptOut, **_FOUND})
def keep_party(request: HttpRequest, account: Name, wanted: PartyIn) -> Fields:
    """Give somebody a role, or change its end; the same again changes nothing."""
    must_speak_for(request, "")
    _found(request, account)
    cells = {
        "account": account,
        "identifier": wanted.identifier,
        "role": wanted.role,
        "from": wanted.from_,
        "until": wanted.until,
    }
    makegood = _makegood(request)
    return _kept(makegood, party_of(cells, _ways(makegood)))


@router.get("/agreements", response={200: AgreementPage, **_REFUSED}, tags=["agreements"])
def list_agreements(
    request: HttpRequest,
    account: Annotated[Line, Field(description="Only of this account.")] = "",
    after: Line = "",
    limit: PageSize = 50,
) -> Fields:
    """List agreements; a key of some brands sees theirs, the umbrella's, and what they honour."""
    with _makegood(request).store.reading() as reading:
        found = reading.agreements(
            account=AccountId(account) if account else None,
            brands=key_of(request).brands,
            after=AgreementId(after),
            limit=limit + 1,
        )
    return {
        "agreements": [agreement_fields(one) for one in found[:limit]],
        "next": found[limit - 1].id if len(found) > limit else None,
    }


@router.get("/agreements/{agreement}", response={200: AgreementOut, **_FOUND}, tags=["agreements"])
def one_agreement(request: HttpRequest, agreement: Name) -> Fields:
    """Show an agreement."""
    return agreement_fields(_seen(request, agreement))


@router.put("/agreements/{agreement}", response={200: KeptOut, **_FOUND}, tags=["agreements"])
def keep_agreement(request: HttpRequest, agreement: Name, wanted: AgreementIn) -> Fields:
    """Keep an agreement; once it has begun, only its end may change."""
    must_speak_for(request, wanted.brand)
    makegood = _makegood(request)
    with makegood.store.reading() as reading:
        before = reading.agreement(AgreementId(agreement))
    if before is not None:
        must_speak_for(request, _seen(request, agreement).brand)
    cells = {
        name: ";".join(value) if isinstance(value, list) else str(value)
        for name, value in wanted.dict(exclude={"prices", "elsewhere"}, by_alias=True).items()
    }
    cells |= {
        "agreement": agreement,
        "elsewhere": "yes" if wanted.elsewhere else "no",
        "prices": ";".join(f"{name}={price}" for name, price in wanted.prices.items()),
    }
    return _kept(makegood, agreement_of(cells, _ways(makegood)))


@router.post(
    "/agreements/{agreement}/end", response={200: AgreementOut, **_FOUND}, tags=["agreements"]
)
def end_agreement(request: HttpRequest, agreement: Name, wanted: EndIn) -> Fields:
    """End an agreement; what it meant until then stays true."""
    known = _seen(request, agreement)
    must_speak_for(request, known.brand)
    makegood = _makegood(request)
    until_ms = end_of(wanted.until, _ways(makegood))
    return agreement_fields(makegood.accounts.end(known.id, until_ms))


def _now(request: HttpRequest) -> int:
    return _makegood(request).clock.now_ms()


def _found(request: HttpRequest, account: str) -> Account:
    with _makegood(request).store.reading() as reading:
        one = reading.account(AccountId(account))
    if one is None:
        raise Declined(404, missing("account"))
    return one


def _seen(request: HttpRequest, agreement: str) -> Agreement:
    """Find an agreement; what a key may not see does not exist for it."""
    brands = key_of(request).brands
    with _makegood(request).store.reading() as reading:
        one = reading.agreement(AgreementId(agreement))
    if one is None or (brands and not is_seen_by(one, brands)):
        raise Declined(404, missing("agreement"))
    return one
