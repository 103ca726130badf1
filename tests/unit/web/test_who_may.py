"""Every address there is, and for each who may: nobody adds one without saying so here."""

import re
from collections.abc import Iterator

import pytest
from django.test import Client
from django.urls import URLPattern, get_resolver
from msgspec.structs import replace

from makegood.api.keys import SCOPES, mint
from makegood.bootstrap import Makegood
from tests.e2e.screens import (
    case_of,
    customer_of,
    introduce,
    no_car,
    portal_path,
    profile_of,
    serving,
)
from tests.unit.desk.conftest import _signed_in

E = "e" + "0" * 32
L = "l" + "0" * 32
M = "m" + "0" * 32
N = "0" * 32
Q = "q" + "0" * 64
S = "s" + "0" * 64
W = "w" + "0" * 16
# path -> (method, Vera, Kathy, Omar). CASE and ANA are of a brand that Vera does not serve; Omar
# supervises and may change the rules. 404 and 422 under them: nothing there, nothing written.
DESK = {
    "desk/": ("GET", 200, 200, 200),
    "desk/asked": ("GET", 200, 200, 200),
    "desk/written": ("GET", 200, 200, 200),
    "desk/written/model": ("GET", 200, 200, 200),
    f"desk/written/{E}": ("POST", 404, 404, 404),
    "desk/search": ("GET", 200, 200, 200),
    "desk/cases/CASE": ("GET", 404, 200, 200),
    "desk/cases/CASE/note": ("POST", 404, 422, 422),
    "desk/customers/ANA": ("GET", 404, 200, 200),
    "desk/customers/ANA/feelings": ("GET", 404, 200, 200),
    "desk/customers/ANA/feelings/card": ("GET", 404, 200, 200),
    "desk/customers/ANA/raise": ("POST", 404, 422, 422),
    "desk/customers/ANA/ask/nothing": ("POST", 404, 404, 404),
    f"desk/customers/ANA/asked/{E}/settle": ("POST", 404, 404, 404),
    "desk/voice": ("GET", 200, 200, 200),
    "desk/voice/searches": ("GET", 200, 200, 200),
    f"desk/voice/searches/{N}": ("GET", 404, 404, 404),
    f"desk/voice/{N}/answered": ("POST", 404, 404, 404),
    f"desk/voice/{N}/files/{N}": ("GET", 404, 404, 404),
    "desk/customers/ANA/letters": ("GET", 404, 200, 200),
    "desk/customers/ANA/begin": ("POST", 404, 422, 422),
    "desk/customers/ANA/begin/draft": ("POST", 404, 200, 200),
    f"desk/customers/ANA/attached/{N}": ("GET", 404, 404, 404),
    "desk/customers/ANA/note": ("POST", 404, 422, 422),
    f"desk/customers/ANA/letters/{N}/reply": ("POST", 404, 404, 404),
    f"desk/customers/ANA/letters/{N}/undo": ("POST", 404, 404, 404),
    f"desk/customers/ANA/letters/{N}/failure": ("POST", 404, 404, 404),
    f"desk/customers/ANA/letters/{N}/triage": ("POST", 404, 404, 404),
    f"desk/customers/ANA/letters/{N}/draft": ("POST", 404, 404, 404),
    f"desk/customers/ANA/letters/{N}/page": ("GET", 404, 404, 404),
    f"desk/customers/ANA/letters/{N}/files/{N}": ("GET", 404, 404, 404),
    "desk/customers/ANA/say/promise": ("POST", 404, 422, 422),
    f"desk/customers/ANA/said/{E}/kept": ("POST", 404, 404, 404),
    "desk/umbrella/": ("GET", 200, 200, 200),
    "desk/umbrella/accounts": ("GET", 200, 200, 200),
    "desk/umbrella/accounts/keep": ("POST", 403, 403, 422),
    "desk/umbrella/accounts/of/nobody": ("GET", 404, 404, 404),
    "desk/umbrella/accounts/of/nobody/agree": ("POST", 403, 403, 404),
    "desk/umbrella/places": ("GET", 200, 200, 200),
    "desk/umbrella/places/import": ("POST", 403, 403, 422),
    "desk/umbrella/places/nowhere": ("GET", 404, 404, 404),
    "desk/umbrella/places/nowhere/save": ("POST", 403, 403, 404),
    "desk/umbrella/redirects": ("GET", 200, 200, 200),
    "desk/umbrella/walks": ("GET", 200, 200, 200),
    "desk/umbrella/walks/rank": ("POST", 404, 404, 404),
    "desk/umbrella/walks/w0": ("GET", 404, 404, 404),
    "desk/umbrella/walks/w0/decide": ("POST", 404, 404, 404),
    "desk/umbrella/links": ("GET", 200, 200, 200),
    f"desk/umbrella/links/{L}": ("GET", 404, 404, 404),
    f"desk/umbrella/links/{L}/link": ("POST", 404, 404, 404),
    "desk/team/": ("GET", 200, 200, 200),
    "desk/team/talks": ("GET", 200, 200, 200),
    "desk/team/silent": ("GET", 200, 200, 200),
    "desk/team/call-backs": ("GET", 200, 200, 200),
    "desk/customers/ANA/calls/called": ("POST", 404, 422, 422),
    "desk/team/customers": ("GET", 200, 200, 200),
    "desk/team/customers?rep=kathy": ("GET", 404, 200, 200),
    "desk/team/roster": ("GET", 200, 200, 200),
    "desk/team/roster/take": ("POST", 403, 403, 422),
    "desk/team/roster/of/kathy": ("GET", 403, 200, 200),
    "desk/team/roster/of/vera": ("GET", 200, 403, 200),
    "desk/team/roster/of/nobody": ("GET", 404, 404, 404),
    "desk/team/routing": ("GET", 200, 200, 200),
    "desk/team/apart": ("GET", 403, 403, 200),
    "desk/team/apart/back": ("POST", 403, 403, 404),
    "desk/customers/ANA/person/touch": ("POST", 404, 422, 422),
    "desk/team/reputation": ("GET", 200, 200, 200),
    "desk/team/reputation/people": ("GET", 403, 403, 200),
    "desk/team/reputation/rules": ("GET", 200, 200, 200),
    "desk/team/reputation/appeals": ("GET", 403, 403, 200),
    "desk/team/reputation/decide": ("POST", 403, 403, 404),
    "desk/team/asking": ("GET", 200, 200, 200),
    "desk/team/asking/unhappy": ("GET", 403, 403, 200),
    "desk/team/asking/of/boarding": ("GET", 404, 404, 404),
    "desk/team/root-causes": ("GET", 200, 200, 200),
    "desk/team/root-cause": ("GET", 404, 404, 404),
    "desk/team/root-cause/answer": ("POST", 404, 404, 404),
    "desk/feelings/": ("GET", 200, 200, 200),
    "desk/feelings/brand?name=northwind_cars": ("GET", 404, 200, 200),
    "desk/feelings/brand": ("GET", 404, 404, 404),
    "desk/feelings/touchpoint": ("GET", 404, 404, 404),
    "desk/feelings/promises": ("GET", 200, 200, 200),
    "desk/feelings/promises.csv": ("GET", 200, 200, 200),
    "desk/feelings/promises/nothing": ("GET", 404, 404, 404),
    f"desk/feelings/promises/nothing/{N}/kept": ("POST", 404, 404, 404),
    "desk/feelings/spend": ("GET", 200, 200, 200),
    "desk/feelings/spend.csv": ("GET", 200, 200, 200),
    "desk/feelings/letters": ("GET", 403, 403, 200),
    "desk/feelings/letters/preview": ("GET", 403, 403, 200),
    "desk/feelings/letters/board.2026-W47": ("GET", 403, 403, 404),
    "desk/floor/": ("GET", 200, 200, 200),
    "desk/floor/raise": ("POST", 422, 422, 422),
    "desk/floor/answers": ("GET", 200, 200, 200),
    "desk/floor/answers/one": ("GET", 404, 404, 404),
    "desk/floor/answers/give": ("POST", 404, 404, 404),
    "desk/floor/cases/CASE": ("GET", 404, 200, 404),
    "desk/floor/cases/CASE/note": ("POST", 404, 422, 404),
    "desk/team/hellos": ("GET", 200, 200, 200),
    "desk/team/leaving": ("GET", 200, 200, 200),
    "desk/team/leaving/begin": ("POST", 403, 403, 422),
    "desk/team/experiments": ("GET", 200, 200, 200),
    "desk/customers/ANA/person/hello": ("POST", 404, 422, 422),
    "desk/customers/ANA/person/met": ("POST", 404, 422, 422),
    "desk/customers/ANA/person/wish": ("POST", 404, 422, 422),
    "desk/customers/ANA/person/allow": ("POST", 404, 302, 302),
    "desk/rules": ("GET", 200, 200, 200),
    "desk/rules/edit": ("POST", 403, 403, 302),
    "desk/rules/text": ("GET", 403, 403, 200),
    "desk/rules/write": ("POST", 403, 403, 422),
    "desk/rules/example": ("POST", 403, 403, 302),
    "desk/rules/discard": ("POST", 403, 403, 302),
    "desk/rules/draft": ("GET", 403, 403, 200),
    "desk/rules/try": ("POST", 403, 403, 302),
    "desk/rules/trials/7": ("GET", 403, 403, 404),
    "desk/rules/trials/7/stop": ("POST", 403, 403, 302),
    "desk/rules/activate": ("POST", 403, 403, 422),
    "desk/rules/history": ("GET", 403, 403, 200),
    "desk/rules/roll-back": ("POST", 403, 403, 422),
    "desk/connections/": ("GET", 200, 200, 200),
    "desk/connections/mail": ("GET", 403, 403, 200),
    "desk/connections/mail/decide": ("POST", 403, 403, 404),
    "desk/connections/aside": ("GET", 403, 403, 200),
    "desk/connections/aside/<str:mail>.eml": ("GET", 403, 403, 404),
    "desk/connections/aside/again": ("POST", 403, 403, 404),
    "desk/connections/aside/file": ("POST", 403, 403, 404),
    "desk/connections/aside/discard": ("POST", 403, 403, 404),
    "desk/connections/parked": ("GET", 200, 200, 200),
    "desk/connections/parked/release": ("POST", 403, 403, 302),
    "desk/connections/sources": ("GET", 403, 403, 200),
    "desk/connections/sources/tell": ("POST", 403, 403, 302),
    "desk/connections/sources/nothing": ("GET", 403, 403, 404),
    "desk/connections/webhooks": ("GET", 403, 403, 200),
    "desk/connections/webhooks/add": ("POST", 403, 403, 422),
    f"desk/connections/webhooks/{W}": ("GET", 403, 403, 404),
    f"desk/connections/webhooks/{W}/rotate": ("POST", 403, 403, 404),
    "desk/connections/lists": ("GET", 200, 200, 200),
    "desk/connections/keys": ("GET", 403, 403, 200),
    "desk/connections/keys/make": ("POST", 403, 403, 302),
    "desk/connections/keys/00000000/rotate": ("POST", 403, 403, 302),
    "desk/connections/keys/00000000/revoke": ("POST", 403, 403, 422),
    "desk/connections/acts": ("GET", 403, 403, 200),
    "desk/connections/acts.csv": ("GET", 403, 403, 200),
    "desk/broken": ("GET", 200, 200, 200),
    f"desk/broken/{M}/retry": ("POST", 403, 403, 404),
}
# path -> (method, with a key that may see cases)
API = {
    "v1/cases": ("GET", 200),
    "v1/cases/CASE": ("GET", 200),
    "v1/cases/CASE/everyone": ("GET", 200),
    "v1/cases/CASE/told-twice": ("POST", 422),
    "v1/cases/CASE/root-cause": ("POST", 422),
    "v1/cases/CASE/end": ("POST", 422),
    "v1/cases/CASE/proposals": ("GET", 200),
    f"v1/cases/CASE/proposals/{E}/approve": ("POST", 422),
    f"v1/cases/CASE/proposals/{E}/turn-down": ("POST", 422),
    f"v1/cases/CASE/proposals/{E}/appeal": ("POST", 422),
    "v1/customers/ANA": ("GET", 200),
    "v1/customers/ANA/feelings": ("GET", 200),
    "v1/customers/ANA/requests": ("GET", 200),
    "v1/customers/ANA/said": ("GET", 200),
    "v1/customers/ANA/person": ("GET", 200),
    "v1/customers/ANA/calls": ("GET", 200),
    f"v1/customers/ANA/call-backs/{E}": ("POST", 422),
    "v1/persons": ("POST", 422),
    "v1/contacts": ("POST", 422),
    "v1/line-mails": ("POST", 422),
    "v1/contacts/answered": ("POST", 422),
    "v1/person-links": ("POST", 422),
    "v1/root-causes": ("GET", 200),
    "v1/surveys": ("GET", 200),
    "v1/feelings": ("GET", 422),
    "v1/feelings/periods": ("GET", 422),
    "v1/advertised": ("GET", 200),
    "v1/advertised/nothing/posts": ("GET", 404),
    "v1/spend": ("GET", 200),
    "v1/spend/acquisition": ("PUT", 422),
    "v1/root-causes/answer": ("POST", 422),
    "v1/reps": ("GET", 200),
    "v1/reps/kathy/busy": ("POST", 422),
    "v1/failures": ("POST", 422),
    "v1/commands": ("GET", 200),
    f"v1/commands/{M}/retry": ("POST", 404),
    "v1/requests": ("GET", 200),
    f"v1/requests/{Q}": ("GET", 404),
    f"v1/requests/{Q}/settle": ("POST", 422),
    f"v1/requests/{Q}/appeal": ("POST", 422),
    f"v1/requests/{Q}/everyone": ("GET", 404),
    "v1/everyone": ("GET", 400),
    "v1/budgets": ("GET", 200),
    "v1/mail-kinds": ("GET", 200),
    "v1/mail-kinds/nobody": ("GET", 404),
    "v1/coverage": ("GET", 200),
    "v1/letters": ("GET", 200),
    "v1/ratings": ("POST", 422),
    "v1/promises": ("POST", 422),
    "v1/disclosures": ("POST", 422),
    "v1/redirects": ("POST", 422),
    f"v1/said/{S}": ("GET", 404),
    f"v1/said/{S}/kept": ("POST", 422),
    f"v1/said/{S}/arrived": ("POST", 422),
}
# The same with a key of another scope: path -> (scope, method, with it)
SCOPED = {
    "v1/mail-kinds/nobody/class": ("mail", "POST", 422),
    "v1/suppressions": ("suppressions", "GET", 200),
    "v1/webhooks": ("webhooks", "GET", 200),
    f"v1/webhooks/{W}": ("webhooks", "PATCH", 422),
    f"v1/webhooks/{W}/secret": ("webhooks", "GET", 404),
    f"v1/webhooks/{W}/rotate": ("webhooks", "POST", 404),
    f"v1/webhooks/{W}/deliveries": ("webhooks", "GET", 404),
    f"v1/webhooks/{W}/notices": ("webhooks", "GET", 404),
    f"v1/webhooks/{W}/replay": ("webhooks", "POST", 422),
    "v1/accounts": ("accounts", "GET", 200),
    "v1/accounts/nobody": ("accounts", "GET", 404),
    "v1/accounts/nobody/parties": ("accounts", "GET", 404),
    "v1/agreements": ("accounts", "GET", 200),
    "v1/agreements/nothing": ("accounts", "GET", 404),
    "v1/agreements/nothing/end": ("accounts", "POST", 422),
}
# What comes after /c/<link>, and its method.
PORTAL = {
    "": "GET", "/choose": "POST", "/answer": "POST", "/write": "POST", "/call": "POST",
    "/claim": "POST", "/appeal": "POST", "/opened": "POST", "/again": "POST", "/back": "POST",
}  # fmt: skip
# Open to all, or guarded by a secret of its own, with tests of their own.
ELSEWHERE = re.compile(
    r"^$|static/|accounts/|v1/openapi\.json|v1/callbacks/|v1/\.\.\.|v1/$|u/|r/|s/|p/|h/|tell/|told/"
    r"|embed/"
)


@pytest.fixture
def makegood() -> Iterator[Makegood]:
    with serving() as (opened, _):
        introduce(opened)
        no_car(opened)
        yield opened


def _patterns(patterns, before: str = "") -> Iterator[str]:
    for one in patterns:
        here = before + str(one.pattern)
        if isinstance(one, URLPattern):
            yield re.sub(r"<path:[^>]*>", "...", here)
        else:
            yield from _patterns(one.url_patterns, here)


def _matches(pattern: str, path: str) -> bool:
    return re.fullmatch(re.sub(r"<[^>]+>", "[^/]+", pattern), path) is not None


def _there(makegood: Makegood, path: str) -> str:
    ana = customer_of(makegood, "user:ana")
    return "/" + path.replace("CASE", case_of(makegood)).replace("ANA", ana)


def test_for_every_address_somebody_has_said_who_may(makegood: Makegood):
    known = (*DESK, *API, *SCOPED, *(f"c/link{after}" for after in PORTAL))
    unsaid = [
        one
        for one in _patterns(get_resolver().url_patterns)
        if not ELSEWHERE.match(one) and not any(_matches(one, path) for path in known)
    ]
    assert unsaid == []


def _send(client: Client, method: str, path: str, **more: object):
    return client.generic(method, path, **more)  # type: ignore[arg-type]


@pytest.mark.parametrize("path", DESK)
def test_who_may_at_the_desk(makegood: Makegood, path: str):
    method, *expected = DESK[path]
    where = _there(makegood, path)
    got = [
        _send(_signed_in(name), method, where).status_code for name in ("vera", "kathy", "omar")
    ]
    assert got == expected


@pytest.mark.parametrize("path", DESK)
def test_a_stranger_is_sent_to_the_door_and_somebody_without_a_role_away(makegood: Makegood, path):
    from django.contrib.auth.models import User

    method, *_ = DESK[path]
    where = _there(makegood, path)
    answer = _send(Client(), method, where)
    assert (answer.status_code, answer["Location"].partition("?")[0]) == (302, "/accounts/login/")
    User.objects.get_or_create(username="without")
    assert _send(_signed_in("without"), method, where).status_code == 403


FLOOR = {
    "desk/": 302,
    "desk/floor/": 200,
    "desk/floor/raise": 422,
    "desk/floor/answers": 200,
}


@pytest.mark.parametrize("path", DESK)
def test_an_employee_has_one_page_and_no_other(makegood: Makegood, path: str):
    method, *_ = DESK[path]
    usual = 404 if path.startswith("desk/floor/") else 403  # what is not theirs does not exist
    answer = _send(_signed_in("mira"), method, _there(makegood, path))
    assert answer.status_code == FLOOR.get(path, usual)


@pytest.mark.parametrize("path", [one for one in DESK if DESK[one][0] == "POST"])
def test_a_form_of_the_desk_from_elsewhere_or_as_a_link_does_nothing(makegood: Makegood, path):
    where = _there(makegood, path)
    browser = _signed_in("omar")
    assert browser.get(where).status_code == 405
    careful = Client(enforce_csrf_checks=True)
    careful.cookies = browser.cookies
    assert careful.post(where).status_code == 403


@pytest.mark.parametrize("path", API)
def test_who_may_over_http(makegood: Makegood, path: str):
    method, expected = API[path]
    where = _there(makegood, path)
    now_ms = makegood.clock.now_ms()
    texts = {}
    with makegood.store.writing() as writing:
        for scope in ("cases", "ingest", "gate"):
            texts[scope], row = mint(scope, (scope,), now_ms)
            writing.put_key(row)
        texts["revoked"], row = mint("revoked", ("cases",), now_ms)
        writing.put_key(replace(row, revoked_ms=now_ms))
    got = {
        name: _send(Client(headers={"Authorization": f"Bearer {text}"}), method, where).status_code
        for name, text in texts.items()
    }
    assert got == {"cases": expected, "ingest": 403, "gate": 403, "revoked": 401}
    assert _send(Client(), method, where).status_code == 401
    assert _send(_signed_in("omar"), method, where).status_code == 401


@pytest.mark.parametrize("path", SCOPED)
def test_who_may_with_a_key_of_one_purpose(makegood: Makegood, path: str):
    wanted, method, expected = SCOPED[path]
    texts = {}
    with makegood.store.writing() as writing:
        for scope in SCOPES:
            texts[scope], row = mint(scope, (scope,), makegood.clock.now_ms())
            writing.put_key(row)
    got = {
        name: _send(Client(headers={"Authorization": f"Bearer {text}"}), method, f"/{path}")
        for name, text in texts.items()
    }
    codes = {name: answer.status_code for name, answer in got.items()}
    reading = f"{wanted}.read"
    open_to = [wanted, *([reading] if method == "GET" and reading in SCOPES else [])]
    assert codes == {**dict.fromkeys(SCOPES, 403), **dict.fromkeys(open_to, expected)}
    assert _send(_signed_in("omar"), method, f"/{path}").status_code == 401


@pytest.mark.parametrize("after", PORTAL)
def test_a_link_that_is_forged_foreign_or_old_opens_nothing(makegood: Makegood, after: str):
    introduce(makegood, "user:bob", "Bob Stone")
    no_car(makegood, "user:bob", reservation="R2")
    good = portal_path(makegood)
    foreign = makegood.links.portal_token(profile_of("user:bob"), case_of(makegood, "user:ana"))
    links = [good[:-1] + ("A" if good[-1] != "A" else "B"), "/c/x", f"/c/{foreign}"]
    for link in links:
        assert _send(Client(), PORTAL[after], link + after).status_code == 404
    if PORTAL[after] == "POST":
        assert Client().get(good + after).status_code == 405
    makegood.clock.advance(400 * 86_400_000)  # type: ignore[attr-defined]
    assert _send(Client(), PORTAL[after], good + after).status_code == 410
