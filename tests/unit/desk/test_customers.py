"""Find somebody, see everything, raise a failure in two clicks."""

from makegood.bootstrap import Makegood
from makegood.core.holds import Question
from makegood.messages.commands import MessageClass
from makegood.messages.facts import FailureRaised
from makegood.sources.account_cells import account_of
from tests.e2e.screens import case_of, customer_of, introduce, no_car
from tests.unit.desk.browsing import token_of, words_of

PROMOTION = Question(brand="northwind_cars", message_class=MessageClass.PROMOTIONAL)


def test_a_customer_is_found_by_name_address_and_number(makegood: Makegood, kathy):
    introduce(makegood)
    for text in ("ana", "Ana R", "ana@example.org", "user:ana"):
        assert "Ana Ruiz" in words_of(kathy.get("/desk/search", {"q": text}))
    assert "Nobody is known by this." in words_of(kathy.get("/desk/search", {"q": "zz"}))


def test_who_knows_only_the_booking_number_is_found_by_it(makegood: Makegood, kathy, vera):
    introduce(makegood)
    no_car(makegood, reservation="NWC-7731")
    for text in ("NWC-7731", "nwc-77", "NWC-7731@Air"):
        words = words_of(kathy.get("/desk/search", {"q": text}))
        assert "Ana Ruiz" in words
        assert "There was no car" in words
    assert "Ana Ruiz" not in words_of(vera.get("/desk/search", {"q": "NWC-7731"}))
    assert "Nobody is known by this." in words_of(kathy.get("/desk/search", {"q": "NWC-8"}))


def test_the_id_of_a_case_leads_to_it(makegood: Makegood, kathy):
    introduce(makegood)
    case = no_car(makegood)
    assert kathy.get("/desk/search", {"q": case})["Location"] == f"/desk/cases/{case}"


def test_two_clicks_raise_a_failure_and_stop_marketing(makegood: Makegood, kathy):
    introduce(makegood)
    customer = customer_of(makegood, "user:ana")
    assert makegood.gate.ask("user:ana", PROMOTION).allowed
    page = kathy.get(f"/desk/customers/{customer}")
    answer = kathy.post(
        f"/desk/customers/{customer}/raise",
        {"token": token_of(page), "failure": "no_car", "brand": "northwind_cars", "about": "R9",
         "words": "Nobody at the desk."},
    )  # fmt: skip
    assert answer["Location"] == f"/desk/cases/{case_of(makegood)}"
    assert not makegood.gate.ask("user:ana", PROMOTION).allowed
    assert "Nobody at the desk." in words_of(kathy.get(answer["Location"]))


def test_a_failure_raised_for_another_brand_leads_to_no_page_that_is_closed(
    makegood: Makegood, vera
):
    introduce(makegood)
    customer = customer_of(makegood, "user:ana")
    values = {"token": "a", "failure": "no_car", "brand": "northwind_cars"}
    answer = vera.post(f"/desk/customers/{customer}/raise", values, follow=True)
    assert answer.status_code == 200
    assert "It is taken care of" in words_of(answer)
    assert not makegood.gate.ask("user:ana", PROMOTION).allowed


def raised(makegood: Makegood) -> FailureRaised:
    customer = customer_of(makegood, "user:ana")
    with makegood.store.reading() as reading:
        bodies = [event.body for event in reading.history(customer)]
    return next(one for one in bodies if isinstance(one, FailureRaised))


def test_who_asks_pays_and_is_told_is_said_where_it_is_raised(makegood: Makegood, kathy):
    introduce(makegood)
    introduce(makegood, "user:till", "Till Berg")
    account = account_of({"account": "meridian", "kind": "company", "name": "Meridian Tools"})
    makegood.accounts.keep([account])
    customer = customer_of(makegood, "user:ana")
    values = {"failure": "no_car", "brand": "northwind_cars", "about": "R9"}
    others = {"asker": "user:till", "payer": "till@example.org", "account": "meridian"}
    path = f"/desk/customers/{customer}/raise"
    assert kathy.post(path, {"token": "a", **values, **others}).status_code == 302
    till = makegood.intake.profile("user:till")
    body = raised(makegood)
    assert (body.asker, body.payer, body.told, body.account) == (till, till, "", "meridian")
    words = words_of(kathy.get(f"/desk/cases/{case_of(makegood)}"))
    assert "Booked through Meridian Tools: Till Berg asks" in words


def test_a_refund_to_somebody_mistyped_is_refused_and_what_was_typed_stays(
    makegood: Makegood, kathy
):
    introduce(makegood)
    path = f"/desk/customers/{customer_of(makegood, 'user:ana')}/raise"
    values = {"failure": "no_car", "brand": "northwind_cars"}
    for token, wrong in enumerate(({"payer": "tilll@x.example"}, {"told": "till"},
                                   {"account": "nobody"})):  # fmt: skip
        answer = kathy.post(path, {"token": f"t{token}", **values, **wrong})
        assert answer.status_code == 422
        assert next(iter(wrong.values())) in answer.content.decode()
    assert makegood.gate.ask("user:ana", PROMOTION).allowed


def test_something_else_needs_words_and_a_wrong_kind_is_refused(makegood: Makegood, kathy):
    introduce(makegood)
    path = f"/desk/customers/{customer_of(makegood, 'user:ana')}/raise"
    assert kathy.post(path, {"token": "a", "failure": "other"}).status_code == 422
    assert kathy.post(path, {"token": "b", "failure": "nonsense"}).status_code == 422
    answer = kathy.post(path, {"token": "c", "failure": "no_car", "brand": "nobody"})
    assert answer.status_code == 422
    assert makegood.gate.ask("user:ana", PROMOTION).allowed


def test_a_customer_nobody_knows_is_not_found(makegood: Makegood, kathy):
    assert kathy.get("/desk/customers/p0").status_code == 404


def test_the_page_tells_everything_about_a_customer(makegood: Makegood, kathy):
    introduce(makegood)
    no_car(makegood)
    words = words_of(kathy.get(f"/desk/customers/{customer_of(makegood, 'user:ana')}"))
    for expected in ("Ana Ruiz", "Gold", "since 2016", "There was no car", "ana@example.org"):
        assert expected in words
