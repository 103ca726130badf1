"""Sign-in, headers, static files and the database address."""

import logging
import os
import re
import sqlite3
import subprocess
import sys

import pytest
from django.test import Client

from makegood.bootstrap import Makegood
from makegood.messages.errors import InputError
from makegood.portal.speech import CATALOGUE
from makegood.web.database import django_database
from tests.e2e.screens import PASSWORD, introduce, no_car, profile_of
from tests.unit.desk.browsing import words_of


def test_somebody_signs_in_with_name_and_password_and_out_again(makegood: Makegood):
    client = Client(enforce_csrf_checks=True)
    page = client.get("/accounts/login/?next=/desk/")
    token = re.search(r'csrfmiddlewaretoken" value="([^"]+)"', page.content.decode())
    assert token is not None
    values = {"login": "kathy", "password": PASSWORD, "next": "/desk/"}
    answer = client.post("/accounts/login/", {**values, "csrfmiddlewaretoken": token[1]})
    assert answer["Location"] == "/desk/"
    assert "Kathy Moreno" in words_of(client.get("/desk/"))
    cookie = client.cookies["makegood_session"]
    assert cookie["httponly"]
    assert cookie["samesite"] == "Lax"


def signed_in(name: str = "kathy") -> Client:
    client = Client()
    client.post("/accounts/login/", {"login": name, "password": PASSWORD})
    assert client.get("/desk/").status_code == 200
    return client


def test_a_copy_of_the_cookie_is_worth_nothing_after_the_sign_out(makegood: Makegood):
    client, thief, elsewhere = signed_in(), Client(), signed_in()
    thief.cookies["makegood_session"] = client.cookies["makegood_session"].value
    assert thief.get("/desk/").status_code == 200
    client.post("/accounts/logout/")
    assert client.get("/desk/").status_code == 302
    assert thief.get("/desk/").status_code == 302
    assert elsewhere.get("/desk/").status_code == 200


def test_a_sign_in_ends_with_the_account_and_with_the_password(makegood: Makegood):
    from django.contrib.auth.models import User

    from makegood.web.accounts import ensure_user

    ensure_user("leo", PASSWORD, "rep", "Leo Brandt")
    client = signed_in("leo")
    ensure_user("leo", "another long one 7", "rep", "Leo Brandt")
    assert client.get("/desk/").status_code == 302
    ensure_user("leo", PASSWORD, "rep", "Leo Brandt")
    client = signed_in("leo")
    User.objects.filter(username="leo").update(is_active=False)
    assert client.get("/desk/").status_code == 302


def test_signing_in_takes_nothing_over_that_a_stranger_had_set(makegood: Makegood):
    stranger = Client()
    stranger.get("/accounts/login/?next=/desk/")
    before = stranger.cookies.get("makegood_session")
    victim = Client()
    if before is not None:
        victim.cookies["makegood_session"] = before.value
    victim.post("/accounts/login/", {"login": "kathy", "password": PASSWORD})
    assert victim.get("/desk/").status_code == 200
    assert stranger.get("/desk/").status_code == 302


@pytest.mark.parametrize("target", ["https://evil.example/", "//evil.example", "/\\evil.example"])
def test_a_sign_in_leads_nowhere_else(makegood: Makegood, target: str):
    values = {"login": "kathy", "password": PASSWORD, "next": target}
    answer = Client().post(f"/accounts/login/?next={target}", values)
    assert answer.status_code in (302, 400)
    assert "evil" not in answer.get("Location", "")


@pytest.mark.parametrize(
    "path",
    ["signup/", "email/", "confirm-email/", "confirm-email/x/",
     "password/reset/key/1-set-password/", "password/reset/done/", "password/set/", "inactive/",
     "login/code/", "3rdparty/", "sessions/", "signup/passkey/"],
)  # fmt: skip
def test_what_the_firm_does_itself_is_closed(makegood: Makegood, path: str):
    for client in (Client(), signed_in()):
        assert client.get(f"/accounts/{path}").status_code == 404
        assert client.post(f"/accounts/{path}", {"email": "kathy@example.org"}).status_code == 404


@pytest.mark.parametrize(
    "path", ["password/change/", "reauthenticate/", "2fa/", "2fa/totp/activate/"]
)
def test_what_stays_open_works(makegood: Makegood, path: str):
    assert signed_in().get(f"/accounts/{path}", follow=True).status_code == 200
    assert Client().get(f"/accounts/{path}").status_code == 302


def test_a_password_that_is_easily_guessed_opens_no_account(makegood: Makegood):
    from makegood.web.accounts import ensure_user

    for password in ("", "short", "password123"):
        with pytest.raises(InputError, match="not good enough"):
            ensure_user("lazy", password, "rep", "Lazy")


def test_a_wrong_password_and_an_unknown_name_read_the_same(makegood: Makegood):
    answers = [
        words_of(Client().post("/accounts/login/", {"login": name, "password": "wrong"}))
        for name in ("kathy", "unknown")
    ]
    assert "Sign in" in answers[0]
    assert answers[0] == answers[1]


def test_guessing_is_slowed_down(makegood: Makegood):
    client = Client()
    statuses = {
        client.post("/accounts/login/", {"login": "omar", "password": f"no{n}"}).status_code
        for n in range(12)
    }
    page = client.post("/accounts/login/", {"login": "omar", "password": PASSWORD})
    assert page.status_code != 302
    assert statuses <= {200, 429}


def test_nobody_signs_up_by_themselves(makegood: Makegood):
    from django.contrib.auth.models import User

    values = {"username": "mallory", "password1": "a long password 9"}
    Client().post("/accounts/signup/", values)
    assert not User.objects.filter(username="mallory").exists()


def test_a_second_factor_can_be_set_up(makegood: Makegood):
    client = Client()
    assert client.login(username="kathy", password=PASSWORD)
    assert "Authenticator App" in words_of(client.get("/accounts/2fa/"))


def test_every_answer_forbids_inline_scripts_and_foreign_frames(makegood: Makegood):
    for path in ("/accounts/login/", "/c/nonsense", "/nowhere"):
        answer = Client().get(path)
        policy = answer["Content-Security-Policy"]
        assert "script-src 'self'" in policy
        assert "unsafe" not in policy
        assert "frame-ancestors 'none'" in policy
        assert answer["X-Frame-Options"] == "DENY"
        assert answer["Referrer-Policy"] == "same-origin"
        assert "geolocation=()" in answer["Permissions-Policy"]
        assert answer["X-Content-Type-Options"] == "nosniff"
        assert answer["Cache-Control"].startswith(("no-store", "max-age=0"))
        assert not re.search(r"<(script|style)(?![^>]*src)[^>]*>", answer.content.decode())
        assert not re.search(r'\s(style|onclick)="', answer.content.decode())


def test_static_files_are_kept_for_ever_under_the_digest_of_their_content(makegood: Makegood):
    html = Client().get("/accounts/login/").content.decode()
    found = re.search(r'href="(/static/(\w{12})/makegood/base\.css)"', html)
    assert found is not None
    path, digest = found[1], found[2]
    answer = Client().get(path)
    assert answer["Content-Type"] == "text/css"
    assert "immutable" in answer["Cache-Control"]
    old = Client().get(path.replace(digest, "0" * 12))
    assert old["Cache-Control"] == "no-cache"


@pytest.mark.parametrize("name", ["../settings.py", "makegood/../../settings.py", "nothing.css"])
def test_nothing_else_can_be_reached_as_a_static_file(makegood: Makegood, name: str):
    assert Client().get(f"/static/{'0' * 12}/{name}").status_code in (400, 404)


def test_a_page_that_is_not_there_says_so_plainly(makegood: Makegood):
    introduce(makegood)
    answer = Client().get("/nowhere")
    assert answer.status_code == 404
    assert "There is nothing at this address" in words_of(answer)


def test_a_fault_speaks_the_reader_s_language_and_a_rep_s_is_english(makegood: Makegood):
    german = Client(headers={"accept-language": "de"})
    page = german.get("/nowhere")
    assert CATALOGUE["de"]["fault.missing.lead"] in words_of(page)
    assert '<html lang="de">' in page.content.decode()
    assert "To the queue" not in words_of(page)
    rep = words_of(german.get("/desk/nowhere"))
    assert "There is nothing at this address" in rep
    assert "To the queue" in rep


def test_a_forgotten_password_leads_to_who_can_set_one(makegood: Makegood):
    page = words_of(Client().get("/accounts/password/reset/"))
    assert "makegood user create" in page
    asked = Client().post("/accounts/password/reset/", {"email": "kathy@example.org"})
    assert asked.status_code == 405


def test_our_own_fault_shows_no_details(makegood: Makegood, monkeypatch: pytest.MonkeyPatch):
    client = Client(raise_request_exception=False)
    token = makegood.links.portal_token("p0", "k0")  # type: ignore[arg-type]
    with monkeypatch.context() as broken:
        broken.setattr(makegood, "store", None)
        answer = client.get(f"/c/{token}")
        spanish = client.get(f"/c/{token}?lang=es")
    assert answer.status_code == 500
    assert "Es culpa nuestra" in words_of(spanish)
    assert "That is our fault" in words_of(answer)
    assert "Traceback" not in answer.content.decode()


def test_an_account_is_brought_up_to_date_with_its_line_in_the_roster(makegood: Makegood):
    from django.contrib.auth.models import User

    from makegood.web.accounts import ensure_user

    ensure_user("nia", "a long password 1", "rep", "Nia Okoro", store=makegood.store)
    ensure_user("nia", "a long password 2", "supervisor", "Nia Okoro", store=makegood.store)
    user = User.objects.get(username="nia")
    assert user.check_password("a long password 2")
    assert [group.name for group in user.groups.all()] == ["supervisor"]
    with makegood.store.reading() as reading:
        (row,) = [rep for rep in reading.reps() if rep.rep == "nia"]
    assert (row.role, row.name) == ("supervisor", "Nia Okoro")
    with pytest.raises(InputError, match="not a role"):
        ensure_user("nia", "a long password 3", "king", "Nia")


def test_one_address_names_the_database_of_everything():
    assert django_database("sqlite:///makegood.db")["NAME"] == "makegood.db"
    absolute = django_database("sqlite:////var/lib/makegood.db")
    assert absolute["NAME"] == "/var/lib/makegood.db"
    assert absolute["OPTIONS"]["transaction_mode"] == "IMMEDIATE"
    server = django_database("postgresql://ana:s%40cret@db.example:5433/firm")
    assert (server["USER"], server["PASSWORD"], server["PORT"]) == ("ana", "s@cret", "5433")
    assert server["NAME"] == "firm"
    with pytest.raises(InputError, match="MAKEGOOD_DATABASE"):
        django_database("mysql://localhost/x")


def test_a_store_that_is_away_is_a_503_that_says_when_to_come_back(
    makegood: Makegood, monkeypatch: pytest.MonkeyPatch
):
    client = Client(raise_request_exception=False)
    token = makegood.links.portal_token("p0", "k0")  # type: ignore[arg-type]

    def full() -> None:
        raise sqlite3.OperationalError("database or disk is full")

    with monkeypatch.context() as broken:
        broken.setattr(makegood.store, "reading", full)
        answer = client.get(f"/c/{token}")
    assert answer.status_code == 503
    assert answer["Retry-After"].isdigit()
    assert "disk" not in answer.content.decode()


def test_an_unforeseen_fault_of_the_interface_is_json(
    makegood: Makegood, monkeypatch: pytest.MonkeyPatch
):
    from makegood.api.keys import mint

    text, row = mint("tester", ("cases",), 0)
    with makegood.store.writing() as writing:
        writing.put_key(row)
    client = Client(raise_request_exception=False, headers={"authorization": f"Bearer {text}"})

    def broken(*args: object) -> None:
        raise ZeroDivisionError("ana@example.org")

    monkeypatch.setattr(makegood.worker, "revive", broken)
    monkeypatch.setattr("makegood.api.routes.OutboxStatus", broken)
    answer = client.get("/v1/commands")
    assert answer.status_code == 500
    assert answer.json()["error"]["code"] == "our_fault"
    assert "ana@" not in answer.content.decode()


def test_neither_links_nor_what_somebody_wrote_stand_in_the_servers_log(
    makegood: Makegood, monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture
):
    introduce(makegood)
    token = makegood.links.portal_token(profile_of("user:ana"), no_car(makegood))
    client = Client(raise_request_exception=False)
    assert client.post(f"/c/{token}/write", {"text": ""}).status_code == 422

    words = "I am Ana and my desk was closed"

    def broken(*args: object, **more: object) -> None:
        raise ZeroDivisionError(words)

    monkeypatch.setattr(makegood.acts, "act", broken)
    assert client.post(f"/c/{token}/write", {"text": "x"}).status_code == 500
    assert "Unprocessable" in caplog.text
    assert "ZeroDivisionError" in caplog.text
    assert token not in caplog.text
    formatted = "".join(logging.Formatter().format(record) for record in caplog.records)
    assert "I am Ana" not in formatted


@pytest.mark.parametrize(
    "path", ["/desk/cases/k%00", "/c/a%0d%0ab", "/desk/search?q=%00", "/x%7F"]
)
def test_control_characters_in_an_address_are_refused(makegood: Makegood, path: str):
    answer = Client().get(path)
    assert answer.status_code == 400
    assert "cannot be read" in words_of(answer)


def test_a_language_of_odd_digits_is_no_fault(makegood: Makegood):
    for header in ("de;q=\u00b2", "de;q=.", "de;q=1e999", ";q=;q=", "de;q=9999"):
        assert Client().get("/u/nonsense", headers={"accept-language": header}).status_code == 404


def test_mail_of_the_screens_takes_the_same_way_as_mail_of_the_worker(tmp_path):
    script = (
        "from makegood.web import settings as s; "
        "print(s.EMAIL_USE_TLS, s.EMAIL_USE_SSL, s.EMAIL_PORT, s.EMAIL_HOST_USER, "
        "s.EMAIL_HOST_PASSWORD)"
    )
    environment = {
        **os.environ,
        "MAKEGOOD_DATABASE": f"sqlite:///{tmp_path / 'm.db'}",
        "MAKEGOOD_SMTP": "smtp://ana%40firm:s%2Fcret@mail.example:587?starttls=1",
    }
    run = subprocess.run(
        [sys.executable, "-c", script], env=environment, check=True, capture_output=True, text=True
    )
    assert run.stdout.split() == ["True", "False", "587", "ana@firm", "s/cret"]


@pytest.mark.parametrize("permission", ["rule book", "connections"])
def test_a_permission_beside_the_role_is_given_kept_and_taken_back(permission: str):
    from django.contrib.auth.models import User

    from makegood.web.accounts import ensure_user

    def may(given: bool | None) -> bool:
        asked = {} if given is None else {permission: given}
        ensure_user("mia", PASSWORD, "supervisor", "Mia Roth", permissions=asked)
        return User.objects.get(username="mia").groups.filter(name=permission).exists()

    assert [may(one) for one in (None, True, None, False, None)] == [
        False,
        True,
        True,
        False,
        False,
    ]
