"""The umbrella's accounts at the desk: made, changed and ended by a supervisor, seen by brand."""

import re
from html import unescape

import pytest
from django.test import Client

from makegood.bootstrap import Makegood
from makegood.desk.account_words import FIELDS
from makegood.messages.facts import FailureRaised
from makegood.messages.ids import PlaceId, ProfileId
from makegood.ports.places import PlaceRow
from makegood.sources.account_cells import Ways, account_of, agreement_of, party_of
from tests.e2e.screens import case_of, introduce, no_car, profile_of, take
from tests.unit.desk import browsing
from tests.unit.desk.browsing import questions

HERE = "/desk/umbrella/accounts"
BRAND = "northwind_cars"
ONE = f"{HERE}/of/meridian"
RATE = {"agreement": "A-1", "account": "meridian", "kind": "rate", "percent_off": "12.5"}


def keep(makegood: Makegood, *rows) -> None:
    kept = makegood.accounts.keep(rows)
    assert not [one.why for one in kept if one.why]


@pytest.fixture
def meridian(makegood: Makegood) -> None:
    zone = Ways(zone=makegood.book.timezone)
    past = {"agreement": "A-3", "from": "2025-01-01", "until": "2025-12-30"}
    theirs = {"agreement": "A-2", "brand": BRAND, "elsewhere": "no"}
    keep(
        makegood,
        account_of({"account": "meridian", "kind": "company", "name": "Meridian Tools"}),
        party_of({"account": "meridian", "identifier": "user:ana", "role": "guest"}, zone),
        party_of({"account": "meridian", "identifier": "user:till", "role": "pays"}, zone),
        agreement_of({**RATE, "until": "2026-03-31"}, zone),
        agreement_of({**RATE, **theirs}, zone),
        agreement_of({**RATE, **past}, zone),
    )


def words_of(response) -> str:
    return unescape(browsing.words_of(response))


def send(client: Client, path: str, **fields: str):
    return client.post(path, fields)


def test_a_supervisor_makes_an_account_and_everybody_finds_it(makegood, omar, kathy):
    made = {"account": "meridian", "kind": "company", "name": "Meridian Tools", "tells": "both"}
    assert send(omar, f"{HERE}/keep", **made).status_code == 302
    words = words_of(kathy.get(f"{HERE}?q=tool"))
    assert "Meridian Tools meridian a company the guest and whoever booked" in words
    assert "No account begins with “zzz”" in words_of(kathy.get(f"{HERE}?q=zzz"))
    assert send(kathy, f"{HERE}/keep", **made).status_code == 403


def test_what_is_wrong_is_said_and_what_was_typed_stays(makegood, omar):
    shown = send(omar, f"{HERE}/keep", account="m n", kind="company", name="Meridian")
    assert shown.status_code == 422
    assert "write letters, digits" in words_of(shown)
    assert 'value="m n"' in shown.content.decode()


def test_the_page_says_what_holds_and_why(meridian, kathy):
    words = words_of(kathy.get(ONE))
    assert "Tools' rate (A-1), agreed at the umbrella until 31 March 2026, holds" in words
    assert "has ended: it held until 30 December 2025" in words
    assert "user:ana is a guest: has what was agreed" in words
    assert "user:till pays, and gets back what is refunded" in words


def test_where_it_is_not_honoured_the_page_says_so(makegood, meridian, kathy):
    there = words_of(kathy.get(f"{ONE}?brand={BRAND}"))
    assert f"(A-2), agreed at {makegood.book.brands[BRAND].name}, holds here." in there
    away = words_of(kathy.get(f"{ONE}?brand=northwind_vans"))
    assert "is not honoured here: the agreement says so" in away


def test_who_serves_one_brand_sees_no_other_brands_agreement_and_nobodys_name(meridian, vera):
    words = words_of(vera.get(ONE))
    assert "A-1" in words
    assert "A-2" not in words
    assert "user:ana" not in words


def test_roles_and_agreements_are_given_and_ended_with_a_note_of_who(
    makegood, meridian, omar, kathy
):
    given = {"identifier": "email:bo@faraway.example.com", "role": "told"}
    assert send(omar, f"{ONE}/party", **given).status_code == 302
    assert send(omar, f"{ONE}/agree", agreement="B-1", kind="rate", code="CORP").status_code == 302
    assert send(omar, f"{ONE}/end", agreement="B-1").status_code == 302
    words = words_of(kathy.get(ONE))
    assert "email:bo@faraway.example.com is told what happens" in words
    assert "An agreement was made, changed or ended. B-1 omar" in words
    assert send(omar, f"{ONE}/end", agreement="B-1").status_code == 422
    assert send(omar, f"{ONE}/end", agreement="nothing").status_code == 422
    key = f"{profile_of('user:till')} pays 0"
    assert send(omar, f"{ONE}/leave", party=key).status_code == 302
    assert send(omar, f"{ONE}/leave", party=key).status_code == 422
    assert send(omar, f"{ONE}/leave", party="nonsense").status_code == 422
    assert send(kathy, f"{ONE}/end", agreement="A-1").status_code == 403


def test_a_wrong_agreement_is_refused_with_what_to_do(makegood, meridian, omar):
    shown = send(omar, f"{ONE}/agree", agreement="C-1", kind="rate", percent_off="130")
    assert shown.status_code == 422
    assert "write per cent as 15 or 12.5" in words_of(shown)
    shown = send(omar, f"{ONE}/agree", agreement="C-1", kind="guarantee", promises="car", owes="x")
    assert shown.status_code == 422


def test_the_case_says_which_agreement_holds_and_who_is_who(makegood, meridian, kathy):
    introduce(makegood)
    bo = ProfileId(profile_of("user:bo"))
    body = FailureRaised(failure="other", about="R1", asker=bo, account="meridian")  # type: ignore[arg-type]
    take(makegood, "user:ana", body, "raised")
    words = words_of(kathy.get(f"/desk/cases/{case_of(makegood, 'user:ana')}"))
    assert "Meridian Tools' rate (A-1), agreed at the umbrella until 31 March 2026" in words
    assert "Booked through Meridian Tools: somebody asks and till pays" in words


def test_a_case_without_accounts_asks_the_store_no_more_than_before(makegood, kathy):
    introduce(makegood)
    no_car(makegood)
    path = f"/desk/cases/{case_of(makegood, 'user:ana')}"
    assert "agreed" not in kathy.get(path).content.decode().split("</head>")[1]


def test_an_accounts_page_asks_as_much_for_many_parties_as_for_two(makegood, meridian, kathy):
    zone = Ways()
    few = questions(makegood, kathy, ONE)
    more = [
        party_of({"account": "meridian", "identifier": f"user:g{n}", "role": "guest"}, zone)
        for n in range(30)
    ]
    keep(makegood, *more)
    assert questions(makegood, kathy, ONE) == few


def test_a_place_of_an_agreement_is_one_that_is_kept_and_of_its_brand(makegood, meridian):
    zone = Ways(zone=makegood.book.timezone)
    there = {**RATE, "agreement": "A-9", "brand": BRAND}

    def why(**more: str) -> str:
        (kept,) = makegood.accounts.keep([agreement_of({**there, **more}, zone)], dry_run=True)
        return kept.why

    assert why(place="harbr") == "", "no places are kept: none can be checked"
    rows = (("harbour", BRAND), ("mill", "northwind_vans"))
    places = [PlaceRow(place=PlaceId(a), brand=b, name=a, kind="branch") for a, b in rows]
    with makegood.store.writing() as writing:
        writing.put_places(places)
    assert why(place="harbour") == ""
    assert "no place `harbr`" in why(place="harbr")
    assert "is a place of northwind_vans" in why(place="mill")
    assert "no place `nowhere`" in why(not_at="place:nowhere")
    assert why(not_at="place:mill") == ""


def test_what_is_refused_names_the_fields_as_the_page_does(makegood, meridian, omar):
    refused = words_of(send(omar, f"{ONE}/agree", agreement="C-1", kind="rate"))
    says = "A rate needs “Code in the booking systems”, “Per cent off” or “Fixed prices”"
    assert says in refused
    assert "percent_off" not in refused
    pages = unescape(omar.get(ONE).content.decode() + omar.get(HERE).content.decode())
    for name, label in FIELDS.items():
        found = re.findall(rf'<label for="([\w-]+)">{re.escape(label)}[ ,<]', pages)
        assert any(f'id="{one}" name="{name}"' in pages for one in found), name
